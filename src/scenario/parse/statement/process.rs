//! Processes: their birth, their links, their names and their end.

use crate::kernel::Alias;

use super::super::super::ast::{
    MonitorOptions, Name, Registration, SpawnMode, StatementKind, Target, Value, ValueKind,
};
use super::super::super::global;
use super::super::super::mistake::Mistake;
use super::super::condition::routed;
use super::super::names::Kind;
use super::super::options::registration;
use super::super::tree::check_module;
use super::{Step, boolean, registry};

pub(super) fn spawn(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    spawned(step, SpawnMode::Plain)
}

pub(super) fn spawn_link(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    spawned(step, SpawnMode::Link)
}

pub(super) fn spawn_monitor(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    spawned(step, SpawnMode::Monitor)
}

/// `spawn_request PROCESS ARGUMENT… link=#true monitor=#true tag=TAG as=$request`
pub(super) fn spawn_request(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let link = step.boolean_property("link").is_some_and(|said| said.value);
    let monitor = step.boolean_property("monitor").is_some_and(|said| said.value);
    spawned(step, SpawnMode::Request { link, monitor })
}

fn spawned(step: &mut Step<'_, '_, '_>, mode: SpawnMode) -> Option<StatementKind> {
    let process = step.name("a process definition")?;
    match check_module(step, &process) {
        Some(Kind::Process) | None => (),
        Some(_) => {
            let message = format!("`{}` is not a process definition", process.text);
            let mistake = Mistake::new(process.span, message, "cannot be spawned");
            step.report(mistake.with_help("`start` and `start_link` start servers and tasks"));
        }
    }
    let arguments = step.values()?;
    let bind = step.bind_property("as");
    let (reference, options) = match mode {
        SpawnMode::Monitor => (step.bind_property("ref"), monitor_options(step)),
        SpawnMode::Plain => (None, MonitorOptions::default()),
        SpawnMode::Link => (None, MonitorOptions { priority: priority(step), ..MonitorOptions::default() }),
        SpawnMode::Request { .. } => {
            let tag = step.value_property("tag");
            let options = MonitorOptions { alias: None, tag, priority: priority(step) };
            return Some(StatementKind::Spawn {
                mode,
                process,
                arguments,
                options,
                bind: None,
                reference: bind,
            });
        }
    };
    Some(StatementKind::Spawn { mode, process, arguments, options, bind, reference })
}

pub(super) fn start(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    started(step, false, false)
}

pub(super) fn start_link(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    started(step, true, false)
}

pub(super) fn start_monitor(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    started(step, false, true)
}

fn started(step: &mut Step<'_, '_, '_>, linked: bool, monitored: bool) -> Option<StatementKind> {
    let module = step.name("a definition")?;
    let kind = check_module(step, &module);
    match kind {
        Some(Kind::Process) if !step.parser.names.acknowledges(&module.text) => {
            let message = format!("`{}` is a plain process", module.text);
            let mistake = Mistake::new(module.span, message, "cannot be started");
            let help = match (linked, monitored) {
                (_, true) => "use `spawn_monitor`, or let it say `init_ack`",
                (true, false) => "use `spawn_link`",
                (false, false) => "use `spawn`",
            };
            step.report(mistake.with_help(help));
        }
        Some(Kind::Process | Kind::Server) | None => (),
        Some(_) if monitored => {
            let message = format!("`{}` is no server", module.text);
            let mistake = Mistake::new(module.span, message, "has no `start_monitor`");
            step.report(mistake.with_help("use `start`, and then `monitor`"));
        }
        Some(_) => (),
    }
    let arguments = step.values()?;
    let name: Registration = registration(step);
    if let (Some(Kind::Process), Registration::Name(name)) = (kind, &name) {
        let message = "a process registers itself".to_owned();
        let mistake = Mistake::new(name.span, message, "nobody else does");
        step.report(mistake.with_help(format!("let it say `register {}`", name.text)));
    }
    let timeout = step.duration_property("timeout");
    let bind = step.bind_property("as");
    let (mut linked, mut reference) = (linked, None);
    if monitored {
        linked = step.boolean_property("link").is_some_and(|said| said.value);
        reference = step.bind_property("ref");
    }
    Some(StatementKind::Start { linked, monitored, module, arguments, name, timeout, bind, reference })
}

pub(super) fn init_ack(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::InitAck(step.value_row("what its start returns")?))
}

pub(super) fn init_fail(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let value = step.value_row("what its start returns")?;
    Some(StatementKind::InitFail { value, reason: step.value_property("reason") })
}

pub(super) fn enter_loop(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let server = step.name("a server definition")?;
    if !matches!(check_module(step, &server), Some(Kind::Server) | None) {
        let message = format!("`{}` is no server", server.text);
        step.report(Mistake::new(server.span, message, "a process cannot become it"));
    }
    let arguments = step.values()?;
    let name = match registration(step) {
        Registration::Default | Registration::None(_) => None,
        Registration::Name(name) => Some(name),
        Registration::Via(via) => {
            let mistake = Mistake::new(via.span, "a registry's name cannot be entered with", "not modelled");
            step.report(mistake.with_help("leave `name=` out: the server has its name all the same"));
            None
        }
    };
    let timeout = step.duration_property("timeout");
    let continues = step.value_property("continue");
    if timeout.is_some() && continues.is_some() {
        let message = "`enter_loop` takes `timeout=` or `continue=`".to_owned();
        step.misused(step.line.span, message, "both of them");
    }
    Some(StatementKind::EnterLoop { server, arguments, name, timeout, continues })
}

pub(super) fn link(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let target = step.target("a target")?;
    Some(StatementKind::Link { target, priority: priority(step) })
}

pub(super) fn unlink(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Unlink(step.target("a target")?))
}

pub(super) fn monitor(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let target = local(step.target("a target")?, step)?;
    let options = monitor_options(step);
    Some(StatementKind::Monitor { target, options, bind: step.bind_property("as") })
}

/// `priority=#true`: what is sent, or comes of it, is a priority message.
pub(super) fn priority(step: &mut Step<'_, '_, '_>) -> bool {
    let Some(said) = step.boolean_property("priority") else { return false };
    let otp = step.parser.names.otp;
    if otp < 28 {
        let message = format!("OTP {otp} has no priority messages");
        step.report(Mistake::new(said.span, message, "since OTP 28"));
    }
    said.value
}

/// `alias=` of a monitor: when the address ends.
pub(in super::super) const ALIASES: &[(&str, Alias)] = &[
    ("explicit_unalias", Alias::ExplicitUnalias),
    ("demonitor", Alias::Demonitor),
    ("reply_demonitor", Alias::ReplyDemonitor),
];

fn monitor_options(step: &mut Step<'_, '_, '_>) -> MonitorOptions {
    let alias = step.choice_property("alias", ALIASES).map(|said| said.value);
    MonitorOptions { alias, tag: step.value_property("tag"), priority: priority(step) }
}

/// `alias/0`, or with the word `reply` one that ends with the first message.
pub(super) fn alias(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let mode = match step.optional_name("`reply`")? {
        None => Alias::ExplicitUnalias,
        Some(name) if name.text == "explicit_unalias" => Alias::ExplicitUnalias,
        Some(name) if name.text == "reply" => Alias::ReplyDemonitor,
        Some(name) => {
            let message = format!("there is no alias that ends with `{}`", name.text);
            step.misused(name.span, message, "neither `reply` nor `explicit_unalias`");
            return None;
        }
    };
    let priority = priority(step);
    Some(StatementKind::Alias { mode, priority, bind: step.bind_property("as") })
}

pub(super) fn unalias(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let alias = step.value("an alias")?;
    Some(StatementKind::Unalias { alias, bind: step.bind_property("as") })
}

pub(super) fn make_ref(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::MakeRef { bind: step.bind_property("as") })
}

pub(super) fn parent(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let target = step.target("a process")?;
    Some(StatementKind::Parent { target, bind: step.bind_property("as") })
}

pub(super) fn demonitor(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let reference = step.value("a reference")?;
    let flush = step.boolean_property("flush").is_some_and(|said| said.value);
    let info = step.boolean_property("info").is_some_and(|said| said.value);
    Some(StatementKind::Demonitor { reference, flush, info, bind: step.bind_property("as") })
}

pub(super) fn trap_exit(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::TrapExit(boolean(step)?))
}

/// With a target `exit/2`, without `exit/1`.
pub(super) fn exit(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let target = if step.at_end() { None } else { Some(step.target("a target")?) };
    if !step.has_property("reason") {
        let message = "`exit` needs a reason".to_owned();
        step.misused(step.line.span, message, "no `reason=`");
    }
    let reason = step.value_property("reason")?;
    Some(match target {
        Some(target) => StatementKind::Exit { target, reason, priority: priority(step) },
        None => StatementKind::ExitSelf { reason },
    })
}

pub(super) fn kill(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let target = step.target("a target")?;
    let reason = Value { kind: ValueKind::Atom("kill".to_owned()), span: step.line.word_span };
    Some(StatementKind::Exit { target, reason, priority: false })
}

pub(super) fn raise(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Raise(step.value_row("a reason")?))
}

pub(super) fn throw(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Throw(step.value_row("a value")?))
}

pub(super) fn register(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if registry::is_meant(step) {
        return registry::register(step);
    }
    let name = step.name("a name")?;
    let target = if step.at_end() { None } else { Some(step.target("a target")?) };
    Some(StatementKind::Register { name, target })
}

pub(super) fn unregister(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if registry::is_meant(step) {
        return registry::unregister(step);
    }
    let name = Target::Name(registered(step)?);
    match local(name, step)? {
        Target::Name(name) => Some(StatementKind::Unregister(name)),
        Target::Variable(_) | Target::Via(_) | Target::SelfPid(_) | Target::Remote(..) => None,
    }
}

/// A target without a global name, which `erlang` knows nothing of.
fn local(target: Target, step: &mut Step<'_, '_, '_>) -> Option<Target> {
    match &target {
        Target::Name(name) if global::inner(&name.text).is_some() => {
            let message = format!("`{}` knows no global names", step.line.word);
            let mistake = Mistake::new(name.span, message, "a global name");
            step.report(mistake.with_help("`whereis` gives the pid: `whereis (global)NAME as=$pid`"));
            None
        }
        Target::Name(_) | Target::Variable(_) | Target::Via(_) | Target::SelfPid(_) | Target::Remote(..) => {
            Some(target)
        }
    }
}

/// A name that a process may have. Asking for one that nobody has is the point of `whereis`, but
/// one that nobody can ever have is a slip.
fn registered(step: &mut Step<'_, '_, '_>) -> Option<Name> {
    match step.target("a name")? {
        Target::Name(name) => Some(name),
        other => {
            let message = format!("`{}` needs a name", step.line.word);
            step.misused(other.span(), message, "not a name");
            None
        }
    }
}

pub(super) fn alive(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let target = step.target("a process")?;
    routed(step, &target);
    Some(StatementKind::IsAlive { target, bind: step.bind_property("as") })
}
