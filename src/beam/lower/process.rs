//! The birth of processes, their end, and what they are to others, as Erlang terms.

use crate::kernel::Alias;
use crate::scenario::ast::{Name, Parsed, Processes, Registration, Relations, StartedModule, Value};

use super::program::Program;
use super::value::{
    atom, bind, duration, duration_or, list, name, optional, registered, target, tuple, value, value_or,
    values,
};

impl Program<'_> {
    pub(super) fn process_statement(&mut self, said: &Processes<Parsed>) -> String {
        let none = || "none".to_owned();
        match said {
            Processes::Spawn { process, arguments, bind: into } => {
                self.spawn("nolink".to_owned(), process, arguments, [bind(into), none()])
            }
            Processes::SpawnLink { process, arguments, bind: into, priority } => {
                let mode = if *priority { "{link,[priority]}" } else { "link" };
                self.spawn(mode.to_owned(), process, arguments, [bind(into), none()])
            }
            Processes::SpawnMonitor { process, arguments, bind: into, reference, alias, tag, priority } => {
                let mode = tuple("monitor", [monitor_options(*alias, tag.as_ref(), *priority)]);
                self.spawn(mode, process, arguments, [bind(into), bind(reference)])
            }
            Processes::SpawnRequest { link, monitor, process, arguments, reference, tag, priority } => {
                let options = request_options(*link, *monitor, *priority);
                let mode = tuple("request", [options, optional(tag.as_ref(), value)]);
                self.spawn(mode, process, arguments, [none(), bind(reference)])
            }
            Processes::Start { started, arguments, timeout, bind: into } => {
                let timeout = optional(timeout.as_ref(), duration);
                self.start("start", "nolink".to_owned(), started, arguments, [timeout, bind(into)])
            }
            Processes::StartLink { started, arguments, timeout, bind: into } => {
                let timeout = optional(timeout.as_ref(), duration);
                self.start("start", "link".to_owned(), started, arguments, [timeout, bind(into)])
            }
            Processes::StartMonitor { started, arguments, timeout, bind: into, link, reference } => {
                let timeout = optional(timeout.as_ref(), duration);
                let how = tuple("watched", [link.to_string(), bind(reference)]);
                self.start("start_monitor", how, started, arguments, [timeout, bind(into)])
            }
            Processes::EnterLoop { server, arguments, name: known, timeout, continues } => {
                let then = match (timeout, continues) {
                    (_, Some(what)) => tuple("continue", [value(what)]),
                    (Some(timeout), None) => tuple("timeout", [duration(timeout)]),
                    (None, None) => none(),
                };
                let known = known.as_ref().map_or("undefined".to_owned(), |name| registered(&name.text));
                tuple("enter_loop", [name(server), values(arguments), known, then])
            }
            Processes::InitAck { value: result } => tuple("init_ack", [value(result)]),
            Processes::InitFail { value: result, reason } => {
                tuple("init_fail", [value(result), value_or(reason.as_ref(), "normal")])
            }
            Processes::Stop { target: whom, reason, timeout, bind: into } => {
                let reason = value_or(reason.as_ref(), "normal");
                tuple("stop", [target(whom), reason, duration_or(timeout.as_ref(), "infinity"), bind(into)])
            }
            Processes::ExitSelf { reason } => tuple("exit_self", [value(reason)]),
            Processes::Raise { reason } => tuple("raise", [value(reason)]),
            Processes::Throw { value: what } => tuple("throw", [value(what)]),
        }
    }

    fn spawn(
        &self,
        mode: String,
        process: &Name,
        arguments: &[Value],
        [pid, reference]: [String; 2],
    ) -> String {
        let what = self.what(&process.text);
        tuple("spawn", [mode, what, name(process), values(arguments), pid, reference])
    }

    fn start(
        &self,
        word: &str,
        how: String,
        started: &StartedModule,
        arguments: &[Value],
        [timeout, into]: [String; 2],
    ) -> String {
        let StartedModule { module, name: registration } = started;
        let taken = self.started_name(registration, &module.text);
        let label = taken.clone().unwrap_or_else(|| module.text.clone());
        let taken = match self.registration(registration, &module.text) {
            Registration::Via(name) => super::registry::via(name),
            _ => taken.map_or("{k,undefined}".to_owned(), |name| format!("{{k,{}}}", registered(&name))),
        };
        let what = self.what(&module.text);
        tuple(word, [how, what, atom(&label), taken, values(arguments), timeout, into])
    }
}

pub(super) fn relation(said: &Relations<Parsed>) -> String {
    match said {
        Relations::Link { target: whom, priority } => with_priority("link", [target(whom)], *priority),
        Relations::Unlink { target: whom } => tuple("unlink", [target(whom)]),
        Relations::Monitor { target: whom, alias, tag, priority, bind: into } => {
            let options = monitor_options(*alias, tag.as_ref(), *priority);
            tuple("monitor", [target(whom), options, bind(into)])
        }
        Relations::Alias { mode, priority, bind: into } => {
            let mode = if *mode == Alias::ReplyDemonitor { "reply" } else { "explicit_unalias" };
            let options = if *priority { format!("[{mode},priority]") } else { format!("[{mode}]") };
            tuple("alias", [options, bind(into)])
        }
        Relations::Unalias { alias, bind: into } => tuple("unalias", [value(alias), bind(into)]),
        Relations::MakeRef { bind: into } => tuple("make_ref", [bind(into)]),
        Relations::Parent { target: whom, bind: into } => tuple("parent", [target(whom), bind(into)]),
        Relations::Demonitor { reference, flush, info, bind: into } => {
            tuple("demonitor", [value(reference), flush.to_string(), info.to_string(), bind(into)])
        }
        Relations::TrapExit { flag } => tuple("trap_exit", [flag.to_string()]),
        Relations::Exit { target: whom, reason, priority } => {
            with_priority("exit", [target(whom), value(reason)], *priority)
        }
        Relations::Register { name: taken, target: whom } => {
            tuple("register", [name(taken), whom.as_ref().map_or("self".to_owned(), target)])
        }
        Relations::Unregister { name: given } => tuple("unregister", [name(given)]),
        Relations::Whereis { name: wanted, bind: into } => {
            tuple("whereis", [registered(&wanted.text), bind(into)])
        }
        Relations::IsAlive { target: whom, bind: into } => tuple("is_alive", [target(whom), bind(into)]),
    }
}

/// The options that `erlang:send/3`, `exit/3` and `link/2` know; without any they are those without options.
pub(super) fn with_priority<const N: usize>(word: &str, parts: [String; N], priority: bool) -> String {
    tuple(word, parts.into_iter().chain(priority.then(|| "[priority]".to_owned())))
}

/// Options of `spawn_request/4`.
fn request_options(link: bool, monitor: bool, priority: bool) -> String {
    let said = [("link", link), ("monitor", monitor)].into_iter().filter(|(_, said)| *said);
    list(said.map(|(word, _)| if priority { format!("{{{word},[priority]}}") } else { word.to_owned() }))
}

/// Options of `monitor/3` and `spawn_opt/2`: `{alias, Mode}`, `{tag, Expression}` and `priority`.
fn monitor_options(alias: Option<Alias>, tag: Option<&Value>, priority: bool) -> String {
    let alias = alias.map(|mode| match mode {
        Alias::ExplicitUnalias => "{alias,explicit_unalias}".to_owned(),
        Alias::Demonitor => "{alias,demonitor}".to_owned(),
        Alias::ReplyDemonitor => "{alias,reply_demonitor}".to_owned(),
    });
    let tag = tag.map(|tag| tuple("tag", [value(tag)]));
    list(alias.into_iter().chain(tag).chain(priority.then(|| "priority".to_owned())))
}
