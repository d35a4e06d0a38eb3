//! What a process needs and nobody has: the run cannot go on, and people are told what it is, who called it, and what
//! to do. How places and names are called is for others to know.

use std::fmt::Display;

/// What is needed and is not there.
#[derive(Clone, Debug, PartialEq)]
pub struct Missing {
    /// What it is, and why it is not there.
    what: String,
    /// What to do about it.
    help: String,
    /// Who needs it, the nearest first.
    callers: Vec<Caller>,
}

/// Somebody who waits for what is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Caller {
    /// Its function, and where in the source it calls.
    pub place: String,
    /// Whether it is the user's own.
    pub users: bool,
}

/// The processes of Erlang's kernel that are not there by themselves, and the module that asks each for what it does.
const SERVICES: [(&str, Option<&str>); 6] = [
    ("application_controller", None),
    ("code_server", Some("code")),
    ("file_server_2", Some("file")),
    ("global_name_server", Some("global")),
    ("inet_db", Some("inet_db")),
    ("rex", Some("rpc")),
];

/// Whether this is the name of a process of Erlang's kernel that is not there by itself.
pub fn is_service(name: &str) -> bool {
    SERVICES.iter().any(|(service, _)| *service == name)
}

impl Missing {
    /// A function of the emulator that this machine does not have.
    pub(super) fn native(module: &str, function: &str, arity: u8, callers: Vec<Caller>) -> Missing {
        let what =
            format!("{module}:{function}/{arity} is a part of the emulator that treefall does not have");
        Missing { what, help: instead_of(module), callers }
    }

    /// A process of Erlang's own that nobody has started.
    pub(super) fn process(name: &str, callers: Vec<Caller>) -> Missing {
        let what = format!("the process {name} is a part of Erlang's kernel, and nobody has started it");
        let module = SERVICES.iter().find(|(service, _)| *service == name).and_then(|(_, module)| *module);
        let start = "write which applications run: `start \"application.ensure_all_started\" APPLICATION`";
        Missing { what, help: module.map_or_else(|| start.to_owned(), instead_of), callers }
    }

    /// A module that is there and cannot be read, or an instruction that is not known.
    pub(super) fn readable(why: impl Display, callers: Vec<Caller>) -> Missing {
        let help = "compile it with a release of Erlang from 24 to 28".to_owned();
        Missing { what: why.to_string(), help, callers }
    }

    /// What people are told, a line each: what is missing, who calls it, for which code of theirs, and what to do.
    pub fn told(&self) -> String {
        let (nearest, users) = (self.callers.first(), self.callers.iter().find(|caller| caller.users));
        let mut lines = vec![self.what.clone()];
        lines.extend(nearest.map(|caller| format!("called by {}", caller.place)));
        lines.extend(
            users.filter(|caller| Some(*caller) != nearest).map(|caller| format!("for {}", caller.place)),
        );
        lines.push(format!("help: {}", self.help));
        lines.join("\n")
    }
}

fn instead_of(module: &str) -> String {
    format!("put a module `{module}` that does without it into a folder of `code` that comes first")
}
