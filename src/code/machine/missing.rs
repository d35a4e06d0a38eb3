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
    /// Who needs it.
    callers: Callers,
}

/// Who waits for what is missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Callers {
    /// The nearest.
    nearest: Option<String>,
    /// The user's own, if that is another.
    users: Option<String>,
    /// The module that the user's own has called.
    called: Option<String>,
}

/// Somebody who waits for what is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Caller {
    /// The module that it is in.
    pub module: String,
    /// Its function, and where in the source it calls.
    pub place: String,
    /// Whether it is the user's own.
    pub users: bool,
}

/// The processes of Erlang's kernel, of Elixir and of ExUnit that are not there by themselves, and the module that asks each for what it does.
const SERVICES: [(&str, Option<&str>); 11] = [
    ("application_controller", None),
    ("code_server", Some("code")),
    ("elixir_config", Some("elixir_config")),
    ("file_server_2", Some("file")),
    ("global_name_server", Some("global")),
    ("inet_db", Some("inet_db")),
    ("kernel_safe_sup", None),
    ("kernel_sup", None),
    ("logger_sup", None),
    ("rex", Some("rpc")),
    ("Elixir.ExUnit.CaptureServer", Some("Elixir.ExUnit.CaptureIO")),
];

/// Whether this is the name of a process of Erlang's kernel that is not there by itself.
pub fn is_service(name: &str) -> bool {
    SERVICES.iter().any(|(service, _)| *service == name)
}

impl Callers {
    /// Of all who wait, the nearest first; and of the place where the user's code was left for good, with the module that
    /// it went to.
    pub(super) fn of(all: Vec<Caller>, left: Option<(Caller, String)>) -> Callers {
        let nearest = all.first().map(|caller| caller.place.clone());
        match all.iter().position(|caller| caller.users) {
            Some(0) => Callers { nearest, users: None, called: None },
            Some(place) => {
                let called = Some(all[place - 1].module.clone());
                Callers { nearest, users: Some(all[place].place.clone()), called }
            }
            None => {
                let (users, called) = left.map(|(caller, called)| (caller.place, called)).unzip();
                Callers { nearest, users, called }
            }
        }
    }
}

impl Missing {
    /// A function of the emulator that this machine does not have.
    pub(super) fn native(module: &str, function: &str, arity: u8, callers: Callers) -> Missing {
        let what =
            format!("{module}:{function}/{arity} is a part of the emulator that treefall does not have");
        Missing { what, help: instead_of(callers.called.as_deref().unwrap_or(module)), callers }
    }

    /// A process of Erlang's own that nobody has started.
    pub(super) fn process(name: &str, callers: Callers) -> Missing {
        let whose = match name {
            "elixir_config" => "Elixir",
            name if name.starts_with("Elixir.ExUnit") => "ExUnit",
            _ => "Erlang's kernel",
        };
        let what = format!("the process {name} is a part of {whose}, and nobody has started it");
        let module = SERVICES.iter().find(|(service, _)| *service == name).and_then(|(_, module)| *module);
        let start = "write which applications run: `start \"application.ensure_all_started\" APPLICATION`";
        let called = callers.called.as_deref();
        let help = module.map_or_else(|| start.to_owned(), |module| instead_of(called.unwrap_or(module)));
        Missing { what, help, callers }
    }

    /// A module that is there and cannot be read, or an instruction that is not known.
    pub(super) fn readable(why: impl Display, callers: Callers) -> Missing {
        let help = "compile it with a release of Erlang from 24 to 28".to_owned();
        Missing { what: why.to_string(), help, callers }
    }

    /// What people are told, a line each: what is missing, who calls it, for which code of theirs, and what to do.
    pub fn told(&self) -> String {
        let Callers { nearest, users, .. } = &self.callers;
        let mut lines = vec![self.what.clone()];
        lines.extend(nearest.as_ref().map(|place| format!("called by {place}")));
        lines.extend(users.as_ref().map(|place| format!("for {place}")));
        lines.push(format!("help: {}", self.help));
        lines.join("\n")
    }
}

fn instead_of(module: &str) -> String {
    if ["erlang", "erts_internal"].contains(&module) {
        return "call it in a module of its own, and put one of that name that does without it into a folder of `code` \
                that comes first"
            .to_owned();
    }
    format!("put a module `{module}` that does without it into a folder of `code` that comes first")
}
