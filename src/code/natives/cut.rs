//! Where the machine ends and the world outside would begin: what is written is told to whoever listens.

use crate::kernel::Atom;

use super::super::host::{Action, Call, Told};
use super::super::term::Term;
use super::{ActsRow, Answer};

fn ok(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Atom::OK.into())
}

fn yes(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Term::boolean(true))
}

/// The characters of a term as devices take them: a binary, or a list that may hold others.
pub(super) fn text_of(term: &Term, into: &mut Vec<u8>) {
    match term {
        Term::Bits(bits) => into.extend_from_slice(&bits.bytes()),
        Term::Int(char) => {
            let char = u32::try_from(*char).ok().and_then(char::from_u32).unwrap_or('?');
            into.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
        }
        Term::Cons(_) => {
            let mut items = term.items();
            for item in items.by_ref() {
                text_of(item, into);
            }
            text_of(items.tail(), into);
        }
        _ => (),
    }
}

/// What is written, line by line; of an empty one nobody needs to be told.
fn tells(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let mut text = Vec::new();
    if let Some(last) = arguments.last() {
        text_of(last, &mut text);
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    if !text.trim().is_empty() {
        call.host.tell(Told::Output(text), call.stack);
    }
    Ok(Atom::OK.into())
}

/// No argument was given on the command line of the emulator.
fn none_given(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Term::Nil)
}

fn not_given(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Atom::ERROR.into())
}

/// Which characters `~p` takes for text (`erl +pc`, of which this is the default).
fn printable_range(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Atom::of("latin1").into())
}

/// File names are in UTF-8.
fn name_encoding(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Atom::of("utf8").into())
}

/// Of module `file`.
pub const FILE: &[ActsRow] = &[("native_name_encoding", 0, name_encoding)];

/// Of module `init`.
pub const INIT: &[ActsRow] = &[("get_argument", 1, not_given), ("get_plain_arguments", 0, none_given)];

/// Of module `proc_lib`: what a process that crashes says of itself, which its end says too.
pub const PROC_LIB: &[ActsRow] = &[("crash_report", 4, ok)];

/// `init:stop/0,1` and `erlang:halt/0,1,2`: the node ends.
fn halt(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.act(Action::Halt(arguments.first().cloned().unwrap_or(Term::Int(0))))
}

/// Of module `init`, what ends the node.
pub const STOP: &[ActsRow] = &[("stop", 0, halt), ("stop", 1, halt)];

/// Of module `erlang`, what ends the node.
pub const HALT: &[ActsRow] = &[("halt", 0, halt), ("halt", 1, halt), ("halt", 2, halt)];

/// Of module `net_kernel`: whether a device on a node takes text.
pub const NODES: &[ActsRow] = &[("dflag_unicode_io", 1, yes)];

/// Of module `io`.
pub const IO: &[ActsRow] = &[("printable_range", 0, printable_range)];

/// Of the module that stands in for others.
pub const TELLS: &[ActsRow] = &[("tells", 1, tells)];

// What OTP's application controller asks of the world outside: files that say what applications are, and how they are
// configured. And what those are told who ask for an environment where nobody has started one.

const CONTROLLER: Atom = Atom::of("application_controller");

/// The configuration, as `erl -config sys` names it.
const CONFIG: &str = "sys.config";

/// The text of the file that a list of characters names.
fn text(call: &Call<'_>, name: &Term) -> Option<Vec<u8>> {
    let char = |char: &Term| u8::try_from(char.as_int()?).ok().map(char::from);
    let name = name.items().map(char).collect::<Option<String>>()?;
    call.code.application(name.trim_start_matches("./"))
}

fn where_is_file(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    Ok(match text(call, &arguments[0]) {
        Some(_) => arguments[0].clone(),
        None => Atom::of("non_existing").into(),
    })
}

fn get_file(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    Ok(match text(call, &arguments[0]) {
        Some(text) => Term::tuple([Atom::OK.into(), Term::binary(&text), arguments[0].clone()]),
        None => Atom::ERROR.into(),
    })
}

/// The same without its name, as OTP 28 asks.
fn read_file(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    Ok(match text(call, &arguments[0]) {
        Some(text) => Term::tuple([Atom::OK.into(), Term::binary(&text)]),
        None => Atom::ERROR.into(),
    })
}

/// What the emulator was started with: at most a configuration.
fn get_arguments(call: &mut Call<'_>, _: &[Term]) -> Answer {
    let name = Term::list(CONFIG.bytes().map(|byte| Term::Int(byte.into())));
    let config =
        call.code.application(CONFIG).map(|_| Term::tuple([Atom::of("config").into(), Term::list([name])]));
    Ok(Term::list(config))
}

/// Whether nobody has started the controller. If the application is one of the user's, it is missed.
fn is_without(call: &mut Call<'_>, application: &Term) -> bool {
    if call.host.tables().is_named(Atom::of("ac_tab")) {
        return false;
    }
    let name = application.as_atom().map(|name| format!("{}.app", call.code.atoms.text(name)));
    if name.is_some_and(|name| call.code.has_users_application(&name)) {
        call.host.misses(CONTROLLER);
    }
    true
}

fn get_env(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    if is_without(call, &arguments[0]) {
        let library = match (arguments[0].as_atom(), arguments[1].as_atom()) {
            (Some(application), Some(key)) => call.code.library_setting(application, key),
            _ => None,
        };
        return Ok(library.map_or(Atom::UNDEFINED.into(), |value| Term::tuple([Atom::OK.into(), value])));
    }
    let key = Term::tuple([Atom::of("env").into(), arguments[0].clone(), arguments[1].clone()]);
    Ok(match call.host.tables().value(Atom::of("ac_tab"), &key, &call.code.atoms) {
        Some(value) => Term::tuple([Atom::OK.into(), value]),
        None => Atom::UNDEFINED.into(),
    })
}

/// Of module `code`.
pub const FILES: &[ActsRow] = &[("where_is_file", 1, where_is_file)];

/// Of module `erl_prim_loader`.
pub const LOADER: &[ActsRow] = &[("get_file", 1, get_file), ("read_file", 1, read_file)];

/// Of module `init`.
pub const ARGUMENTS: &[ActsRow] = &[("get_arguments", 0, get_arguments)];

/// Of module `application_controller`.
pub const ENVIRONMENT: &[ActsRow] = &[("get_env", 2, get_env)];
