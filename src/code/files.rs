//! Files: a small tree in memory, which is what `prim_file` reads and writes.
//!
//! It begins empty but for three folders, since nothing of the disk can be a part of a run. Errors are those of Linux,
//! by the names that Erlang has for them. There are no links, rights or owners, and nothing of any module is known here.

use std::sync::Arc;

use rpds::RedBlackTreeMapSync;

use crate::kernel::{Pid, Ref};

/// All files of a run, with what is open. A copy shares them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Files {
    /// By their absolute paths; the root's is empty.
    nodes: RedBlackTreeMapSync<Path, Node>,
    contents: RedBlackTreeMapSync<u64, Content>,
    open: RedBlackTreeMapSync<Ref, Open>,
    /// What has been read ahead, by the reference of its `prim_buffer`.
    buffers: RedBlackTreeMapSync<Ref, Arc<[u8]>>,
    here: Path,
    /// How many files have been made.
    made: u64,
}

type Path = Arc<[u8]>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Node {
    Folder,
    /// By its number, which stays when it is renamed.
    File(u64),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Content {
    bytes: Arc<[u8]>,
    /// In seconds since 1970.
    changed: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Open {
    file: u64,
    at: usize,
    how: How,
    owner: Pid,
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct How {
    /// It can be read.
    pub read: bool,
    /// It can be written.
    pub write: bool,
    /// What is written goes to its end.
    pub append: bool,
    /// It must not be there before.
    pub exclusive: bool,
}

/// What is asked of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    /// How many bytes it has.
    pub size: usize,
    /// Whether it is a folder.
    pub folder: bool,
    /// When it was changed last, in seconds since 1970.
    pub changed: i64,
    /// The number that it has.
    pub number: u64,
}

/// From where a place in a file is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The beginning of the file.
    Beginning,
    /// Where one is.
    Here,
    /// The end of the file.
    End,
}

/// What is said where Erlang says `{error, Name}`.
pub type Failure = &'static str;

/// The folders that there are in the beginning; in the last one a run begins.
const FOLDERS: [&str; 3] = ["", "/tmp", "/app"];

impl Default for Files {
    fn default() -> Files {
        let folders = FOLDERS.map(|name| (Path::from(name.as_bytes()), Node::Folder));
        Files {
            nodes: folders.into_iter().collect(),
            contents: RedBlackTreeMapSync::new_sync(),
            open: RedBlackTreeMapSync::new_sync(),
            buffers: RedBlackTreeMapSync::new_sync(),
            here: FOLDERS[2].as_bytes().into(),
            made: 0,
        }
    }
}

impl Files {
    /// The absolute path of a path, all of whose folders are there.
    fn resolve(&self, path: &[u8]) -> Result<Path, Failure> {
        if path.is_empty() {
            return Err("enoent");
        }
        let mut whole = if path.starts_with(b"/") { Vec::new() } else { self.here.to_vec() };
        for part in path.split(|byte| *byte == b'/').filter(|part| !part.is_empty()) {
            match self.nodes.get(whole.as_slice()) {
                None => return Err("enoent"),
                Some(Node::File(_)) => return Err("enotdir"),
                Some(Node::Folder) => (),
            }
            match part {
                b"." => (),
                b".." => whole.truncate(whole.iter().rposition(|byte| *byte == b'/').unwrap_or(0)),
                part => {
                    whole.push(b'/');
                    whole.extend_from_slice(part);
                }
            }
        }
        Ok(whole.into())
    }

    fn node(&self, path: &[u8]) -> Result<(Path, Node), Failure> {
        let path = self.resolve(path)?;
        let node = *self.nodes.get(&path).ok_or("enoent")?;
        Ok((path, node))
    }

    fn file(&self, path: &[u8]) -> Result<u64, Failure> {
        match self.node(path)?.1 {
            Node::File(number) => Ok(number),
            Node::Folder => Err("eisdir"),
        }
    }

    fn content(&self, number: u64) -> Result<&Content, Failure> {
        self.contents.get(&number).ok_or("ebadf")
    }

    /// The bytes of a file.
    ///
    /// # Errors
    ///
    /// When there is none, or it is a folder.
    pub fn read_file(&self, path: &[u8]) -> Result<Arc<[u8]>, Failure> {
        Ok(self.content(self.file(path)?)?.bytes.clone())
    }

    /// Makes a file of these bytes, or gives them to the one that there is.
    ///
    /// # Errors
    ///
    /// When it is a folder, or its folder is not there.
    pub fn write_file(&mut self, path: &[u8], bytes: Vec<u8>, now: i64) -> Result<(), Failure> {
        let file = self.made_for(path, now)?;
        self.contents.insert_mut(file, Content { bytes: bytes.into(), changed: now });
        Ok(())
    }

    fn made_for(&mut self, path: &[u8], now: i64) -> Result<u64, Failure> {
        let path = self.resolve(path)?;
        match self.nodes.get(&path) {
            Some(Node::Folder) => Err("eisdir"),
            Some(Node::File(number)) => Ok(*number),
            None => {
                self.made += 1;
                self.nodes.insert_mut(path, Node::File(self.made));
                self.contents.insert_mut(self.made, Content { bytes: [].into(), changed: now });
                Ok(self.made)
            }
        }
    }

    /// What there is at a path.
    ///
    /// # Errors
    ///
    /// When there is nothing.
    pub fn info(&self, path: &[u8]) -> Result<Info, Failure> {
        match self.node(path)?.1 {
            Node::Folder => Ok(Info { size: 4_096, folder: true, changed: 0, number: 0 }),
            Node::File(number) => self.info_of(number),
        }
    }

    fn info_of(&self, number: u64) -> Result<Info, Failure> {
        let Content { bytes, changed } = self.content(number)?;
        Ok(Info { size: bytes.len(), folder: false, changed: *changed, number })
    }

    /// The names in a folder.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn list(&self, path: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
        let (path, Node::Folder) = self.node(path)? else { return Err("enotdir") };
        Ok(self.below(&path).filter(|name| !name.contains(&b'/')).map(<[u8]>::to_vec).collect())
    }

    /// What is in a folder and in those in it, by its path from there.
    fn below<'f>(&'f self, folder: &'f [u8]) -> impl Iterator<Item = &'f [u8]> {
        self.nodes.keys().filter_map(move |path| path.strip_prefix(folder)?.strip_prefix(b"/"))
    }

    /// Makes a folder.
    ///
    /// # Errors
    ///
    /// When there is something already, or its own folder is not there.
    pub fn make_folder(&mut self, path: &[u8]) -> Result<(), Failure> {
        let path = self.resolve(path)?;
        if self.nodes.contains_key(&path) {
            return Err("eexist");
        }
        self.nodes.insert_mut(path, Node::Folder);
        Ok(())
    }

    /// Removes a file. Who has it open can still use it.
    ///
    /// # Errors
    ///
    /// When there is none, or it is a folder.
    pub fn delete(&mut self, path: &[u8]) -> Result<(), Failure> {
        match self.node(path)? {
            (_, Node::Folder) => Err("eperm"),
            (path, Node::File(number)) => {
                self.nodes.remove_mut(&path);
                self.forget(number);
                Ok(())
            }
        }
    }

    /// Lets the bytes of a file go that nobody can reach any more.
    fn forget(&mut self, number: u64) {
        let is_named = self.nodes.values().any(|node| *node == Node::File(number));
        if !is_named && self.open.values().all(|open| open.file != number) {
            self.contents.remove_mut(&number);
        }
    }

    /// Removes an empty folder.
    ///
    /// # Errors
    ///
    /// When it is none, or something is in it.
    pub fn delete_folder(&mut self, path: &[u8]) -> Result<(), Failure> {
        let (path, Node::Folder) = self.node(path)? else { return Err("enotdir") };
        if self.below(&path).next().is_some() || path.is_empty() {
            return Err("eexist");
        }
        self.nodes.remove_mut(&path);
        Ok(())
    }

    /// Gives a file or a folder another path.
    ///
    /// # Errors
    ///
    /// When it is not there, or what is there already does not make room.
    pub fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<(), Failure> {
        let (from, node) = self.node(from)?;
        let to = self.resolve(to)?;
        if to == from {
            return Ok(());
        }
        let is_folder = node == Node::Folder;
        if is_folder && to.strip_prefix(&*from).is_some_and(|rest| rest.starts_with(b"/")) {
            return Err("einval");
        }
        match (self.nodes.get(&to), is_folder) {
            (Some(Node::Folder), false) => return Err("eisdir"),
            (Some(Node::File(_)), true) => return Err("enotdir"),
            (Some(Node::Folder), true) if self.below(&to).next().is_some() => return Err("eexist"),
            _ => (),
        }
        let moved: Vec<Vec<u8>> = self.below(&from).map(<[u8]>::to_vec).collect();
        for name in moved {
            let path = |folder: &[u8]| -> Path { [folder, b"/", &*name].concat().into() };
            if let Some(node) = self.nodes.get(&path(&from)).copied() {
                self.nodes.remove_mut(&path(&from));
                self.nodes.insert_mut(path(&to), node);
            }
        }
        let replaced = self.nodes.get(&to).copied();
        self.nodes.remove_mut(&from);
        self.nodes.insert_mut(to, node);
        if let Some(Node::File(number)) = replaced {
            self.forget(number);
        }
        Ok(())
    }

    /// Where relative paths begin.
    pub fn here(&self) -> &[u8] {
        if self.here.is_empty() { b"/" } else { &self.here }
    }

    /// Changes where relative paths begin.
    ///
    /// # Errors
    ///
    /// When it is no folder.
    pub fn go(&mut self, path: &[u8]) -> Result<(), Failure> {
        let (path, Node::Folder) = self.node(path)? else { return Err("enotdir") };
        self.here = path;
        Ok(())
    }

    /// Opens a file, by a reference that nobody has.
    ///
    /// # Errors
    ///
    /// When it cannot be read or made as is asked for.
    pub fn open(&mut self, path: &[u8], how: How, by: (Ref, Pid), now: i64) -> Result<(), Failure> {
        let is_there = self.resolve(path).is_ok_and(|path| self.nodes.contains_key(&path));
        if how.exclusive && is_there {
            return Err("eexist");
        }
        let file = match how.write {
            true => self.made_for(path, now)?,
            false => self.file(path)?,
        };
        // Who only writes begins anew.
        if how.write && !how.read && !how.append {
            self.contents.insert_mut(file, Content { bytes: [].into(), changed: now });
        }
        let (reference, owner) = by;
        self.open.insert_mut(reference, Open { file, at: 0, how, owner });
        Ok(())
    }

    /// Closes a file.
    ///
    /// # Errors
    ///
    /// When it is not open.
    pub fn close(&mut self, reference: Ref) -> Result<(), Failure> {
        let file = self.open.get(&reference).ok_or("einval")?.file;
        self.open.remove_mut(&reference);
        self.forget(file);
        Ok(())
    }

    /// Closes what a process that has died had open.
    pub fn owner_died(&mut self, owner: Pid) {
        let left: Vec<Ref> = self
            .open
            .iter()
            .filter(|(_, open)| open.owner == owner)
            .map(|(reference, _)| *reference)
            .collect();
        for reference in left {
            self.close(reference).unwrap_or_default();
        }
    }

    /// Whether a process has a file open.
    pub fn concern(&self, owner: Pid) -> bool {
        self.open.values().any(|open| open.owner == owner)
    }

    fn opened(&self, reference: Ref) -> Result<Open, Failure> {
        self.open.get(&reference).copied().ok_or("einval")
    }

    /// Some bytes from where one is, or from a place; none at the end.
    ///
    /// # Errors
    ///
    /// When it is not open to be read.
    pub fn read(
        &mut self,
        reference: Ref,
        from: Option<usize>,
        count: usize,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let open = self.opened(reference)?;
        if !open.how.read {
            return Err("ebadf");
        }
        let bytes = &self.content(open.file)?.bytes;
        let begin = from.unwrap_or(open.at);
        let end = begin.saturating_add(count).min(bytes.len());
        let read = bytes.get(begin..end).unwrap_or_default().to_vec();
        if from.is_none() {
            self.open.insert_mut(reference, Open { at: begin + read.len(), ..open });
        }
        Ok((!read.is_empty() || count == 0).then_some(read))
    }

    /// Writes some bytes to where one is, or to a place.
    ///
    /// # Errors
    ///
    /// When it is not open to be written.
    pub fn write(
        &mut self,
        reference: Ref,
        at: Option<usize>,
        written: &[u8],
        now: i64,
    ) -> Result<(), Failure> {
        let open = self.opened(reference)?;
        if !open.how.write {
            return Err("ebadf");
        }
        let mut bytes = self.content(open.file)?.bytes.to_vec();
        let begin = if open.how.append { bytes.len() } else { at.unwrap_or(open.at) };
        let end = begin.checked_add(written.len()).filter(|end| *end < LARGEST).ok_or("efbig")?;
        bytes.resize(bytes.len().max(end), 0);
        bytes[begin..end].copy_from_slice(written);
        self.contents.insert_mut(open.file, Content { bytes: bytes.into(), changed: now });
        if at.is_none() {
            self.open.insert_mut(reference, Open { at: end, ..open });
        }
        Ok(())
    }

    /// Goes to a place in a file, and says which it is.
    ///
    /// # Errors
    ///
    /// When it is not open, or the place is before its beginning.
    pub fn seek(&mut self, reference: Ref, mark: Mark, offset: i64) -> Result<usize, Failure> {
        let open = self.opened(reference)?;
        let from = match mark {
            Mark::Beginning => 0,
            Mark::Here => open.at,
            Mark::End => self.content(open.file)?.bytes.len(),
        };
        let at = (from as i64).checked_add(offset).and_then(|at| usize::try_from(at).ok()).ok_or("einval")?;
        self.open.insert_mut(reference, Open { at, ..open });
        Ok(at)
    }

    /// Ends a file where one is.
    ///
    /// # Errors
    ///
    /// When it is not open to be written.
    pub fn truncate(&mut self, reference: Ref, now: i64) -> Result<(), Failure> {
        let open = self.opened(reference)?;
        if !open.how.write {
            return Err("einval");
        }
        let mut bytes = self.content(open.file)?.bytes.to_vec();
        if open.at >= LARGEST {
            return Err("efbig");
        }
        bytes.resize(open.at, 0);
        self.contents.insert_mut(open.file, Content { bytes: bytes.into(), changed: now });
        Ok(())
    }

    /// What there is of an open file.
    ///
    /// # Errors
    ///
    /// When it is not open.
    pub fn info_of_open(&self, reference: Ref) -> Result<Info, Failure> {
        self.info_of(self.opened(reference)?.file)
    }

    /// What a buffer holds.
    pub fn buffer(&self, reference: Ref) -> &[u8] {
        self.buffers.get(&reference).map_or(&[], |bytes| bytes)
    }

    /// Gives a buffer what it is to hold; an empty one is forgotten.
    pub fn set_buffer(&mut self, reference: Ref, bytes: &[u8]) {
        match bytes.is_empty() {
            true => self.buffers.remove_mut(&reference),
            false => {
                self.buffers.insert_mut(reference, bytes.into());
                true
            }
        };
    }
}

/// How large a file may be.
const LARGEST: usize = 1 << 28;
