//! What is logged: told to whoever listens, and given to the tests that capture it. The processes of Elixir's `Logger` and
//! those of the kernel's `logger` are not there.

use crate::kernel::{Atom, Atoms, Pid, Ref};

use super::super::captures::level;
use super::super::host::{Call, Told};
use super::super::term::Term;
use super::super::term::print::{Names, Printer, Syntax};
use super::cut::text_of;
use super::lambda::{pid_text, reference_text};
use super::time::clock_time;
use super::{ActsRow, Answer};

/// What a message is captured of at most.
const TEXT_MAX: usize = 10_000;

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

/// Something is logged: a text, a format with what belongs into it, or a report.
fn logs(call: &mut Call<'_>, level: Term, message: &[Term]) -> Answer {
    if !call.host.captures().is_empty() {
        let name = level.as_atom().map_or("", |name| call.code.atoms.text(name));
        let (severity, said) = self::level(name);
        let text = format!("\n{} [{said}] {}\n", clock_time(call), captured(message, &call.code.atoms));
        call.host.captures().hear(severity, &text);
    }
    call.host.tell(Told::Logged(level, message[0].clone()), call.stack);
    Ok(Atom::OK.into())
}

/// The text of a message: of a report as Elixir would inspect it.
fn captured(message: &[Term], atoms: &Atoms) -> String {
    struct Numbers;
    impl Names for Numbers {
        fn pid(&self, pid: Pid) -> String {
            format!("#PID{}", pid_text(pid))
        }

        fn reference(&self, reference: Ref) -> String {
            reference_text(reference)
        }
    }
    let printer = Printer { syntax: Syntax::Elixir, atoms, names: &Numbers, limit: TEXT_MAX };
    let told = |term: &Term| {
        let is_pairs = term.as_list().is_some_and(|list| list.iter().all(|pair| pair.as_tuple().is_some()));
        match term {
            Term::Map(map) => {
                let pairs = map.iter().map(|(key, value)| Term::tuple([key.clone(), value.clone()]));
                printer.print(&Term::list(pairs.collect::<Vec<_>>()))
            }
            Term::Bits(_) | Term::Cons(_) if !is_pairs => {
                let mut text = Vec::new();
                text_of(term, &mut text);
                String::from_utf8_lossy(&text).into_owned()
            }
            term => printer.print(term),
        }
    };
    let parts = message.iter().take(2).filter(|term| !matches!(term, Term::Nil));
    let given = |(nth, term): (usize, &Term)| if nth == 0 { told(term) } else { printer.print(term) };
    parts.enumerate().map(given).collect::<Vec<_>>().join(" ")
}

/// `logger:error(Report)` and such, whose level is what the function is called.
fn logs_at(level: &str, call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let has_format = arguments.len() > 1 && !matches!(arguments[0], Term::Map(_));
    let level = call.code.atoms.intern(level).into();
    logs(call, level, &arguments[..if has_format { 2 } else { 1 }])
}

fn log_error(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    logs_at("error", call, arguments)
}

fn log_warning(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    logs_at("warning", call, arguments)
}

fn log_notice(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    logs_at("notice", call, arguments)
}

fn log_info(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    logs_at("info", call, arguments)
}

/// What Erlang writes as `logger:macro_log(Location, Level, Report | Format, Arguments.., Metadata..)`.
fn macro_log(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    log(call, &arguments[1..])
}

fn log(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let has_format = matches!(arguments.get(2), Some(Term::Cons(_))) && !matches!(arguments[1], Term::Map(_));
    logs(call, arguments[0].clone(), &arguments[1..if has_format { 3 } else { 2 }])
}

fn elixir_log(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    logs(call, arguments[0].clone(), &arguments[1..2])
}

/// `'Elixir.Logger':'__should_log__'/2`: the level, as `__do_log__/4` wants it.
fn should_log(_: &mut Call<'_>, arguments: &[Term]) -> Answer {
    Ok(arguments[0].clone())
}

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
    ("warning", 1, log_warning),
    ("warning", 2, log_warning),
    ("notice", 1, log_notice),
    ("notice", 2, log_notice),
    ("info", 1, log_info),
    ("info", 2, log_info),
    ("debug", 1, ok),
    ("debug", 2, ok),
    ("set_process_metadata", 1, ok),
    ("update_process_metadata", 1, ok),
    ("add_handler", 3, ok),
    ("remove_handler", 1, ok),
];

/// Of module `error_logger`.
pub const ERROR_LOGGER: &[ActsRow] = &[
    ("get_format_depth", 0, unlimited),
    ("error_msg", 2, log_error),
    ("error_report", 2, log_error),
    ("info_msg", 2, log_info),
];

/// Of module `'Elixir.Logger'`.
pub const ELIXIR_LOGGER: &[ActsRow] = &[
    ("__should_log__", 2, should_log),
    ("__do_log__", 4, elixir_log),
    ("metadata", 1, ok),
    ("metadata", 0, nil),
    ("flush", 0, ok),
];

/// The least severe level of the options of a capture: of all if none is said.
fn least(options: &Term, atoms: &Atoms) -> u8 {
    let is_level = |pair: &Term| match pair.as_tuple() {
        Some([key, value]) if key.is(Atom::of("level")) => value.as_atom(),
        _ => None,
    };
    let said = options.items().find_map(is_level).filter(|level| *level != Atom::NIL);
    level(said.map_or("debug", |said| atoms.text(said))).0
}

/// `add_capture(Device, Options)`, of Elixir up to 1.14.
fn add_capture(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let least = least(&arguments[1], &call.code.atoms);
    call.host.captures().begin(arguments[0].clone(), arguments[0].clone(), least);
    Ok(Atom::OK.into())
}

/// `log_capture_on(Pid, Device, Options)`, since Elixir 1.15.
fn capture_on(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    let (key, least) = (Term::from(call.host.make_ref()), least(&arguments[2], &call.code.atoms));
    call.host.captures().begin(key.clone(), arguments[1].clone(), least);
    Ok(key)
}

/// Up to Elixir 1.14 it only keeps the console quiet, which there is none of.
fn quiet(call: &mut Call<'_>, _: &[Term]) -> Answer {
    Ok(call.host.make_ref().into())
}

/// The device is given all of it before whoever captures closes it. It answers itself, so that nobody has to wait.
fn end_capture(call: &mut Call<'_>, arguments: &[Term]) -> Answer {
    if let Some((device, text)) = call.host.captures().end(&arguments[0])
        && !text.is_empty()
    {
        let code = call.code;
        let atom = |name| Term::from(code.atoms.intern(name));
        let chars = Term::tuple([atom("put_chars"), atom("unicode"), Term::binary(text.as_bytes())]);
        let request = [atom("io_request"), device.clone(), call.host.make_ref().into(), chars];
        call.host.send(&device, Term::tuple(request))?;
    }
    Ok(Atom::OK.into())
}

/// Of module `'Elixir.ExUnit.CaptureLog'`.
pub const CAPTURE_LOG: &[ActsRow] = &[("add_capture", 2, add_capture), ("remove_capture", 1, end_capture)];

/// Of module `'Elixir.ExUnit.CaptureServer'`.
pub const CAPTURE_SERVER: &[ActsRow] =
    &[("log_capture_on", 1, quiet), ("log_capture_on", 3, capture_on), ("log_capture_off", 1, end_capture)];
