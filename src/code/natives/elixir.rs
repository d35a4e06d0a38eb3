//! What Elixir itself is started with, as module `elixir_config` tells it: its table and its server belong to the
//! application `elixir`, which is not started (lib/elixir/src/elixir.erl, Elixir 1.14).

use crate::kernel::Atoms;

use super::super::raise::Raise;
use super::super::term::Term;
use super::Row;

const PORTS: [(&str, i64); 8] = [
    ("ftp", 21),
    ("sftp", 22),
    ("tftp", 69),
    ("http", 80),
    ("https", 443),
    ("ldap", 389),
    ("ws", 80),
    ("wss", 443),
];

/// What this is set to, if it is known.
fn setting(key: &Term, atoms: &Atoms) -> Option<Term> {
    if let Some([_, scheme]) = key.as_tuple() {
        let scheme = scheme.as_binary()?;
        let port = PORTS.iter().find(|(name, _)| name.as_bytes() == &*scheme);
        return port.map(|(_, port)| Term::Int(*port));
    }
    match atoms.text(key.as_atom()?) {
        "at_exit" | "argv" | "parser_options" | "no_warn_undefined" | "tracers" => Some(Term::Nil),
        "docs" | "debug_info" | "relative_paths" => Some(Term::boolean(true)),
        "no_halt" | "ignore_already_consolidated" | "ignore_module_conflict" | "warnings_as_errors" => {
            Some(Term::boolean(false))
        }
        _ => None,
    }
}

/// Of module `elixir_config`.
pub const CONFIG: &[Row] = &[
    ("get", 1, |args, atoms| setting(&args[0], atoms).ok_or_else(Raise::badarg)),
    ("get", 2, |args, atoms| Ok(setting(&args[0], atoms).unwrap_or_else(|| args[1].clone()))),
];
