//! A process of compiled code as a value, and what all of them share.

use std::collections::BTreeMap;

use crate::code::captures::Captures;
use crate::code::ets::Tables;
use crate::code::files::Files;
use crate::code::machine::{Entry, Place, Process};
use crate::code::term::Term as Value;
use crate::kernel::{Atom, Pid, Ref};

/// A process of compiled code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Running {
    pub(super) process: Process,
    /// It has been told its pid.
    pub(super) begun: bool,
    /// What it does when its function has returned.
    pub(super) driver: Driver,
}

/// What all compiled processes share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shared {
    /// The tables of `ets`.
    pub tables: Tables,
    /// What `persistent_term` keeps.
    pub persistent: BTreeMap<Value, Value>,
    /// The files in memory.
    pub files: Files,
    /// How many monotonic integers have been made.
    pub monotonic: u64,
    /// What is captured of what is logged.
    pub captures: Captures,
    /// How many tests have begun, if those of one module are run.
    pub tests_begun: u32,
    /// Why no run can go on.
    pub stuck: Option<Stuck>,
}

/// Why no run can go on, in words for people.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Stuck {
    /// Code goes on for ever.
    Endless(String),
    /// Code needs what is not there.
    Missing(String),
}

/// What a compiled process does when its function has returned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Driver {
    /// It ends then and there.
    Ends,
    /// There is no such function: it ends with that.
    Undefined(Atom, Atom),
    /// It has begun by itself what `start` says, by its place in the file, and stays as the parent of that.
    Start(u16, bool),
    /// It is a client that makes the call of a line, by its place in the file.
    Run(u16),
    /// It runs the tests of a module.
    Tests(Box<TestRun>),
    /// It is one test.
    Test(Box<Test>),
}

/// The tests of a module, on their way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TestRun {
    /// The line that asks for them, by its place in the file.
    pub(super) line: u16,
    pub(super) stage: Stage,
    /// What `setup_all` has made.
    pub(super) context: Value,
    /// Those that are left, the next one last.
    pub(super) tests: Vec<Value>,
}

/// How far the tests of a module have come.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Stage {
    Begin,
    Listing,
    SettingUp,
    Waiting(Pid, Ref),
    CleaningUp,
}

/// One test on its way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Test {
    pub(super) line: u16,
    pub(super) module: Atom,
    pub(super) name: Atom,
    pub(super) context: Value,
    /// How many of its three calls have been begun: registering for `on_exit`, `setup`, the test.
    pub(super) begun: u8,
}

impl Running {
    /// A process that begins with a call.
    pub fn new(entry: Entry, parent: Pid) -> Running {
        let initial = (entry.module.into(), entry.function.into(), entry.given);
        let driver = match entry.place {
            Place::NOWHERE => Driver::Undefined(entry.module, entry.function),
            _ => Driver::Ends,
        };
        let process = Process::new(parent, entry.place, entry.arguments, initial);
        Running { process, begun: false, driver }
    }

    /// A process that a driver leads from call to call.
    pub fn driven(driver: Driver, parent: Pid) -> Running {
        let none = (Atom::UNDEFINED.into(), Atom::UNDEFINED.into(), 0);
        let process = Process::new(parent, Place::NOWHERE, Vec::new(), none);
        Running { process, begun: false, driver }
    }

    /// Whether it is there to start the others, or to test them.
    pub fn asks(&self) -> bool {
        matches!(self.driver, Driver::Start(..) | Driver::Run(_) | Driver::Tests(_) | Driver::Test(_))
    }
}
