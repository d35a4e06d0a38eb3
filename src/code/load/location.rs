//! Where a file of compiled code is: in a folder, or in an archive, an `.ez` as OTP's code server reads them, which is
//! a zip file.

use std::fmt;
use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

use miniz_oxide::inflate::decompress_to_vec_with_limit;

/// Where a file is.
#[derive(Clone, Debug)]
pub(super) struct Location {
    file: PathBuf,
    /// What it is called in the archive that the file is.
    within: Option<String>,
}

impl Location {
    /// The files of a folder or of an archive.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub(super) fn all(folder: &Path) -> Result<Vec<Location>> {
        if folder.is_file() {
            let names = names(&fs::read(folder)?).ok_or_else(|| broken(folder))?;
            let within = |name| Location { file: folder.to_owned(), within: Some(name) };
            return Ok(names.into_iter().map(within).collect());
        }
        fs::read_dir(folder)?.map(|entry| Ok(Location { file: entry?.path(), within: None })).collect()
    }

    /// What it is called, without its folder.
    pub(super) fn name(&self) -> Option<&str> {
        match &self.within {
            Some(name) => name.rsplit('/').next(),
            None => self.file.file_name()?.to_str(),
        }
    }

    /// What stands in it.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub(super) fn read(&self) -> Result<Vec<u8>> {
        let bytes = fs::read(&self.file)?;
        match &self.within {
            Some(name) => read(&bytes, name).ok_or_else(|| broken(&self.file)),
            None => Ok(bytes),
        }
    }
}

fn broken(archive: &Path) -> Error {
    Error::new(ErrorKind::InvalidData, format!("{} is no archive of modules", archive.display()))
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        self.within.iter().try_for_each(|name| write!(f, "/{name}"))
    }
}

/// How large what lies in an archive may be.
const LARGEST: usize = 64 << 20;

/// What an archive has of one file.
struct Entry<'a> {
    name: &'a str,
    /// Where the header before its bytes is.
    at: usize,
    packed: usize,
    deflated: bool,
}

fn number(bytes: &[u8], at: usize, len: usize) -> Option<usize> {
    let bytes = bytes.get(at..at + len)?;
    Some(bytes.iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte)))
}

/// All files, as the directory at its end lists them.
fn entries(archive: &[u8]) -> Option<Vec<Entry<'_>>> {
    let end = archive.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let (count, mut at) = (number(archive, end + 10, 2)?, number(archive, end + 16, 4)?);
    let mut entries = Vec::new();
    for _ in 0..count {
        let len = number(archive, at + 28, 2)?;
        let rest = number(archive, at + 30, 2)? + number(archive, at + 32, 2)?;
        entries.push(Entry {
            name: std::str::from_utf8(archive.get(at + 46..at + 46 + len)?).ok()?,
            at: number(archive, at + 42, 4)?,
            packed: number(archive, at + 20, 4)?,
            deflated: number(archive, at + 10, 2)? == 8,
        });
        at += 46 + len + rest;
    }
    Some(entries)
}

/// The names of the files in an archive, with their folders; none if it is no archive.
fn names(archive: &[u8]) -> Option<Vec<String>> {
    Some(entries(archive)?.into_iter().map(|entry| entry.name.to_owned()).collect())
}

/// What stands in a file of an archive.
fn read(archive: &[u8], name: &str) -> Option<Vec<u8>> {
    let entry = entries(archive)?.into_iter().find(|entry| entry.name == name)?;
    let begin = entry.at + 30 + number(archive, entry.at + 26, 2)? + number(archive, entry.at + 28, 2)?;
    let bytes = archive.get(begin..begin + entry.packed)?;
    match entry.deflated {
        true => decompress_to_vec_with_limit(bytes, LARGEST).ok(),
        false => Some(bytes.to_vec()),
    }
}
