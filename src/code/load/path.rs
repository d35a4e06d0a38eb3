//! Where modules come from: folders of files, and archives, of which each is read when it is first needed.
//!
//! Modules are numbered by their names as soon as the folders are known, so that what a process remembers of its
//! place in the code does not depend on who needed a module first.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::kernel::{Atom, Atoms};

use super::super::machine::op::Label;
use super::super::natives::Native;
use super::super::term::Term;
use super::applications::Applications;
use super::assembled::ASSEMBLED;
use super::location::Location;
use super::names::NAMES;
use super::{Malformed, Module};

/// The native of a name, if there is one: it goes before a module's own function.
pub type Natives = fn(module: Atom, function: Atom, arity: u8) -> Option<Native>;

/// All modules that can be called.
#[derive(Debug)]
pub struct Code {
    /// The names of atoms, to which loading adds.
    pub atoms: Atoms,
    /// What orders that mean nothing, and bytes that look random, are made of; 0 if those are as they come.
    pub shuffle: u64,
    natives: Natives,
    numbers: BTreeMap<Atom, u32>,
    slots: Vec<Slot>,
    applications: Applications,
}

#[derive(Debug)]
struct Slot {
    name: Atom,
    /// Where it is, if it has a file.
    file: Option<Location>,
    users: bool,
    module: OnceLock<Result<Module, Unreadable>>,
}

/// Why a module cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    file: String,
    why: String,
}

/// Where a function is.
#[derive(Clone, Copy, Debug)]
pub enum Found {
    /// In the machine itself.
    Native(Native),
    /// In a module, by its number.
    Code(u32, Label),
    /// Nowhere: there is no such module, or it does not export it.
    Nowhere,
}

impl Code {
    /// No modules at all, only these natives.
    pub(in crate::code) fn with(natives: Natives, atoms: Atoms) -> Code {
        Code {
            atoms,
            natives,
            shuffle: 0,
            numbers: BTreeMap::new(),
            slots: Vec::new(),
            applications: Applications::default(),
        }
    }

    /// The same with another number for what means nothing.
    #[must_use]
    pub fn shuffled(self, shuffle: u64) -> Code {
        Code { shuffle, ..self }
    }

    /// Adds the modules of these folders of the user's, and of those that are installed; of two with one name the
    /// first one is meant.
    ///
    /// # Errors
    ///
    /// When a folder cannot be read.
    pub fn search(&mut self, folders: &[PathBuf], installed: &[PathBuf]) -> std::io::Result<()> {
        for name in NAMES {
            self.atoms.intern(name);
        }
        let mut files: BTreeMap<String, (Location, bool)> = BTreeMap::new();
        let folders = folders.iter().map(|folder| (folder, true));
        for (folder, users) in folders.chain(installed.iter().map(|folder| (folder, false))) {
            for location in Location::all(folder)? {
                self.applications.add(&location, users);
                if let Some(module) = location.name().and_then(|name| name.strip_suffix(".beam")) {
                    files.entry(module.to_owned()).or_insert((location, users));
                }
            }
        }
        let mut slots: Vec<Slot> = files
            .into_iter()
            .map(|(name, (file, users))| Slot {
                name: self.atoms.intern(&name),
                file: Some(file),
                users,
                module: OnceLock::new(),
            })
            .collect();
        slots.push(Slot {
            name: self.atoms.intern(ASSEMBLED),
            file: None,
            users: false,
            module: OnceLock::from(Ok(Module::assembled(&self.atoms))),
        });
        self.numbers = slots.iter().zip(0..).map(|(slot, number)| (slot.name, number)).collect();
        self.slots = slots;
        Ok(())
    }

    /// Why a function that others call from outside is nowhere, if it is.
    pub fn why_nowhere(&self, module: Atom, function: Atom, arity: u8) -> Option<String> {
        let name = format!("{}:{}/{arity}", self.atoms.text(module), self.atoms.text(function));
        let loaded = self.number(module).map(|number| self.module(number));
        match (self.find(module, function, arity), loaded) {
            (Found::Code(..) | Found::Native(_), _) => None,
            (Found::Nowhere, None) => Some(format!("there is no module for {name} in the folders of `code`")),
            (Found::Nowhere, Some(Err(why))) => Some(format!("{name} cannot be read: {why}")),
            (Found::Nowhere, Some(Ok(_))) => Some(format!("{name} is not exported")),
        }
    }

    /// The number of a module, if there is one of this name.
    pub fn number(&self, name: Atom) -> Option<u32> {
        self.numbers.get(&name).copied()
    }

    /// A module by its number, read if nobody has needed it yet.
    ///
    /// # Errors
    ///
    /// When its file cannot be read.
    pub fn module(&self, number: u32) -> Result<&Module, &Unreadable> {
        let Slot { file, module, .. } = &self.slots[number as usize];
        module.get_or_init(|| read(file.as_ref(), self.natives, &self.atoms)).as_ref()
    }

    /// Whether a module is the user's own, and not one that came with Erlang or Elixir.
    pub fn is_users(&self, name: Atom) -> bool {
        self.number(name).is_some_and(|number| self.slots[number as usize].users)
    }

    /// Whether the module of this number is one of the user's.
    pub fn is_of_user(&self, number: u32) -> bool {
        self.slots.get(number as usize).is_some_and(|slot| slot.users)
    }

    /// A module by its name.
    pub fn named(&self, name: Atom) -> Option<&Module> {
        self.module(self.number(name)?).ok()
    }

    /// Whether there is such an `.app` file in the folders of the user's.
    pub fn has_users_application(&self, file: &str) -> bool {
        self.applications.is_users(file)
    }

    /// What stands in the `.app` file or the `sys.config` of this name, if there is one in the folders.
    pub fn application(&self, file: &str) -> Option<Vec<u8>> {
        self.applications.text(file)
    }

    /// What an application that Erlang or Elixir run on is configured with, if that is a number or a name.
    pub fn library_setting(&self, application: Atom, key: Atom) -> Option<Term> {
        let value = self.applications.library_value(self.atoms.text(application), self.atoms.text(key))?;
        let quoted = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
        let is_name = value.starts_with(|letter: char| letter.is_ascii_lowercase())
            && value.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        match value.parse() {
            Ok(number) => Some(Term::Int(number)),
            Err(_) => quoted.or(is_name.then_some(&value)).map(|name| self.atoms.intern(name).into()),
        }
    }

    /// The names of all modules, in order.
    pub fn names(&self) -> impl Iterator<Item = Atom> + '_ {
        self.slots.iter().map(|slot| slot.name)
    }

    /// Where a function is.
    pub fn find(&self, module: Atom, function: Atom, arity: u8) -> Found {
        if let Some(native) = (self.natives)(module, function, arity) {
            return Found::Native(native);
        }
        let Some(number) = self.number(module) else { return Found::Nowhere };
        match self.module(number).ok().and_then(|module| module.export(function, arity)) {
            Some(label) => Found::Code(number, label),
            None => Found::Nowhere,
        }
    }
}

fn read(file: Option<&Location>, natives: Natives, atoms: &Atoms) -> Result<Module, Unreadable> {
    let unreadable =
        |why: String| Unreadable { file: file.map(Location::to_string).unwrap_or_default(), why };
    let Some(location) = file else { return Err(unreadable("it has no file".to_owned())) };
    let bytes = location.read().map_err(|error| unreadable(error.to_string()))?;
    Module::load(&bytes, natives, atoms).map_err(|Malformed(why)| unreadable(why.to_owned()))
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.why)
    }
}
