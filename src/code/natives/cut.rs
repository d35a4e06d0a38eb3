//! Where the machine ends and the world outside would begin: what is logged and written is told to whoever listens.

use crate::kernel::Atom;

use super::super::host::{Call, Told};
use super::super::term::Term;
use super::{ActsRow, Answer};

fn ok(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Atom::OK.into())
}

fn yes(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Term::boolean(true))
}

fn nil(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Atom::NIL.into())
}

fn unlimited(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Atom::of("unlimited").into())
}

/// `logger:error(Report)`, and such, of a level that the function's own name says.
fn log_error(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.tell(Told::Logged(Atom::ERROR.into(), arguments[0].clone()));
    Ok(Atom::OK.into())
}

fn log_info(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.tell(Told::Logged(Atom::of("info").into(), arguments[0].clone()));
    Ok(Atom::OK.into())
}

/// What Erlang writes as `logger:macro_log(Location, Level, Report..)`.
fn macro_log(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.tell(Told::Logged(arguments[1].clone(), arguments[2].clone()));
    Ok(Atom::OK.into())
}

fn log(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.tell(Told::Logged(arguments[0].clone(), arguments[1].clone()));
    Ok(Atom::OK.into())
}

fn elixir_log(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    call.host.tell(Told::Logged(arguments[0].clone(), arguments[1].clone()));
    Ok(Atom::OK.into())
}

/// `'Elixir.Logger':'__should_log__'/2`: the level, as `__do_log__/4` wants it.
fn should_log(_: &mut Call<'_>, arguments: &[Term]) -> Answer {
    Ok(arguments[0].clone())
}

fn text_of(term: &Term, into: &mut Vec<u8>) {
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

fn put_chars(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let mut text = Vec::new();
    if let Some(last) = arguments.last() {
        text_of(last, &mut text);
    }
    call.host.tell(Told::Output(String::from_utf8_lossy(&text).into_owned()));
    Ok(Atom::OK.into())
}

/// `io:format`: the format alone, since nobody reads it but people.
fn format(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let mut text = Vec::new();
    let format = if arguments.len() == 3 { &arguments[1] } else { &arguments[0] };
    text_of(format, &mut text);
    call.host.tell(Told::Output(String::from_utf8_lossy(&text).into_owned()));
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

/// Of module `init`.
pub const INIT: &[ActsRow] = &[
    ("get_argument", 1, not_given),
    ("get_arguments", 0, none_given),
    ("get_plain_arguments", 0, none_given),
];

/// Of module `logger`.
pub const LOGGER: &[ActsRow] = &[
    ("allow", 2, yes),
    ("macro_log", 3, macro_log),
    ("macro_log", 4, macro_log),
    ("macro_log", 5, macro_log),
    ("log", 2, log),
    ("log", 3, log),
    ("log", 4, log),
    ("error", 1, log_error),
    ("error", 2, log_error),
    ("warning", 1, log_error),
    ("warning", 2, log_error),
    ("notice", 1, log_info),
    ("notice", 2, log_info),
    ("info", 1, log_info),
    ("info", 2, log_info),
    ("debug", 1, ok),
    ("debug", 2, ok),
    ("set_process_metadata", 1, ok),
    ("update_process_metadata", 1, ok),
    ("add_handler", 3, ok),
    ("remove_handler", 1, ok),
];

/// Of module `proc_lib`: what a process that crashes says of itself, which its end says too.
pub const PROC_LIB: &[ActsRow] = &[("crash_report", 4, ok)];

fn undefined(_: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(Atom::UNDEFINED.into())
}

/// Of module `application_controller`.
pub const APPLICATION_CONTROLLER: &[ActsRow] = &[("get_env", 2, undefined)];

/// Of module `error_logger`.
pub const ERROR_LOGGER: &[ActsRow] = &[
    ("get_format_depth", 0, unlimited),
    ("error_msg", 2, log),
    ("error_report", 2, log),
    ("info_msg", 2, log),
];

/// Of module `'Elixir.Logger'`.
pub const ELIXIR_LOGGER: &[ActsRow] = &[
    ("__should_log__", 2, should_log),
    ("__do_log__", 4, elixir_log),
    ("metadata", 1, ok),
    ("metadata", 0, nil),
];

/// Of module `io`.
pub const IO: &[ActsRow] = &[
    ("printable_range", 0, printable_range),
    ("put_chars", 1, put_chars),
    ("put_chars", 2, put_chars),
    ("put_chars", 3, put_chars),
    ("nl", 0, ok),
    ("nl", 1, ok),
    ("format", 1, format),
    ("format", 2, format),
    ("format", 3, format),
];
