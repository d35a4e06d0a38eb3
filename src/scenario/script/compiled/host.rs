//! The world as running code reaches it: every action is one of the kernel's, or looks at what all share.

use std::collections::BTreeMap;

use crate::code::captures::Captures;
use crate::code::ets::Tables;
use crate::code::files::Files;
use crate::code::host::{Action, Alias, Host, Told};
use crate::code::load::Code;
use crate::code::machine::{self, Entry, Probe};
use crate::code::raise::Raise;
use crate::code::term::{Fun, Term as Value};
use crate::kernel::{self, Atom, Pid, Ref, Spawn, Target, Through};
use crate::otp::{Actor, Decision, Plain, Report};

use super::super::{Note, Script, ScriptContext, say};
use super::running::Running;
use super::supervision::Supervision;
use super::{convert, reports};

const CURRENT_FUNCTION: Atom = Atom::of("current_function");
const ERROR_HANDLER: Atom = Atom::of("error_handler");
const TIMEOUT: Atom = Atom::of("timeout");

/// What running code can do.
pub(super) struct World<'w, 'c> {
    pub(super) context: &'w mut ScriptContext<'c>,
    /// It has done more in one step than a step may.
    pub(super) spent: bool,
    /// It has asked for this process of Erlang's kernel, which is not there.
    pub(super) lacks: Option<Atom>,
}

type Answer = Result<Value, Raise>;

impl World<'_, '_> {
    fn code(&self) -> &Code {
        &self.context.image().code
    }

    fn spawn(&mut self, action: Action) -> Answer {
        let Action::Spawn { module, function, arguments, link, monitor } = action else {
            return Err(Raise::badarg());
        };
        let code = self.code();
        let (Some(module), Some(function)) = (module.as_atom(), function.as_atom()) else {
            return Err(Raise::badarg());
        };
        let label = label(module, &arguments, code);
        let entry = Entry::of(code, module, function, arguments);
        let script = Script::Compiled(Box::new(Running::new(entry, self.context.pid())));
        let how = Spawn { label, link, monitor, awaited: false };
        let (pid, reference) = self.context.spawn(Actor::Plain(Plain::new(script)), how);
        Ok(match reference {
            Some(reference) => Value::tuple([pid.into(), reference.into()]),
            None => pid.into(),
        })
    }

    fn group_leader(&self) -> Pid {
        let me = self.context.pid();
        self.context.world().process(me).and_then(|process| process.group_leader).unwrap_or(me)
    }

    /// Notes that somebody asks for a process of Erlang's kernel that is not there.
    fn asks_for(&mut self, name: Atom) {
        if machine::is_service(self.code().atoms.text(name)) && self.context.whereis(name).is_none() {
            self.misses(name);
        }
    }

    fn target(&mut self, whom: &Value) -> Result<Target, Raise> {
        match whom {
            Value::Pid(pid) => Ok(Target::Pid(*pid)),
            Value::Atom(name) => {
                self.asks_for(*name);
                Ok(Target::Name(*name))
            }
            Value::Tuple(pair) => match &pair[..] {
                [Value::Atom(name), Value::Atom(Atom::NONODE)] => Ok(Target::Name(*name)),
                [Value::Atom(name), Value::Atom(node)] => Ok(Target::Remote(*name, *node)),
                _ => Err(Raise::badarg()),
            },
            _ => Err(Raise::badarg()),
        }
    }

    fn info(&mut self, pid: Pid, item: &Value) -> Answer {
        self.context.look_around();
        let Some(item) = item.as_atom() else { return Err(Raise::badarg()) };
        let Some(process) = self.context.world().process(pid) else { return Ok(Atom::UNDEFINED.into()) };
        let value = match self.code().atoms.text(item) {
            "registered_name" => match process.name {
                Some(name) => name.into(),
                None => return Ok(Value::Nil),
            },
            "links" => {
                let mut links: Vec<Pid> = process.links.iter().map(|(pid, _)| pid).collect();
                links.sort_unstable();
                Value::list(links.into_iter().map(Value::from))
            }
            "messages" => {
                let atoms = self.context.image().atoms();
                let messages = process.mailbox.iter().map(|message| convert::received(message, atoms));
                Value::list(messages.collect::<Vec<_>>())
            }
            // A trace that only a report would show.
            "current_stacktrace" => Value::Nil,
            "message_queue_len" => Value::Int(process.mailbox.len() as i64),
            "trap_exit" => process.trap_exit.into(),
            "status" => Atom::of(if process.is_waiting() { "waiting" } else { "runnable" }).into(),
            "group_leader" => process.group_leader.unwrap_or(pid).into(),
            "reductions" | "memory" | "heap_size" | "total_heap_size" | "stack_size" => Value::Int(0),
            "dictionary" => match process.behaviour() {
                Actor::Plain(plain) => match &plain.activity.guest {
                    Script::Compiled(running) => running.dictionary(),
                    _ => Value::Nil,
                },
                _ => Value::Nil,
            },
            "monitors" => {
                let mut monitors: Vec<_> = process.monitors.iter().collect();
                monitors.sort_unstable_by_key(|(reference, _)| *reference);
                let monitors = monitors.into_iter().map(|(_, monitor)| {
                    let whom = monitor.name.map_or(monitor.pid.into(), Value::from);
                    Value::tuple([Atom::PROCESS.into(), whom])
                });
                Value::list(monitors.collect::<Vec<_>>())
            }
            "monitored_by" => {
                let mut watchers: Vec<Pid> =
                    process.watchers.iter().map(|(_, watcher)| watcher.pid).collect();
                watchers.sort_unstable();
                Value::list(watchers.into_iter().map(Value::from))
            }
            "parent" => process.parent.map_or(Atom::UNDEFINED.into(), Value::from),
            "priority" => Atom::NORMAL.into(),
            "error_handler" => ERROR_HANDLER.into(),
            "current_function" | "initial_call" => match process.behaviour() {
                Actor::Plain(plain) => match &plain.activity.guest {
                    Script::Compiled(running) => running.calls(item == CURRENT_FUNCTION, self.code()),
                    _ => Atom::UNDEFINED.into(),
                },
                _ => Atom::UNDEFINED.into(),
            },
            _ => return Err(Raise::badarg()),
        };
        Ok(Value::tuple([item.into(), value]))
    }
}

impl Host for World<'_, '_> {
    fn me(&self) -> Pid {
        self.context.pid()
    }

    fn reader(&self) -> Option<Pid> {
        let (world, me) = (self.context.world(), self.context.pid());
        let leader = world.process(me)?.group_leader.filter(|leader| *leader != me)?;
        (world.process(leader)?.group_leader != Some(leader)).then_some(leader)
    }

    fn can_be_interrupted(&self) -> bool {
        self.context.can_be_interrupted()
    }

    fn is_doomed(&self) -> bool {
        self.spent || self.context.is_doomed()
    }

    fn lacks(&mut self) -> Option<Atom> {
        self.lacks.take()
    }

    fn misses(&mut self, name: Atom) {
        self.lacks = Some(name);
    }

    fn poll(&mut self, probe: &Probe<'_>) -> Option<Value> {
        let image = self.context.image();
        let atoms = image.atoms();
        let taken = self.context.receive_now(|received| probe.accepts(&convert::received(received, atoms)));
        taken.map(|received| convert::received(&received, atoms))
    }

    fn send(&mut self, to: &Value, message: Value) -> Result<(), Raise> {
        self.spent |= !self.context.may_go_on(0);
        let body = convert::message(&message);
        match to {
            Value::Ref(alias) => {
                self.context.send_to_alias(Through { alias: *alias, priority: false }, body);
                Ok(())
            }
            to => {
                let target = self.target(to)?;
                let named_here = matches!(to, Value::Atom(_));
                match self.context.send_to(target, body) {
                    Err(_) if named_here => Err(Raise::badarg()),
                    Ok(()) | Err(_) => Ok(()),
                }
            }
        }
    }

    fn arrives(&mut self, whom: Pid) {
        // To ask whether somebody lives is to have been heard by him before.
        self.context.is_alive(whom);
    }

    fn make_ref(&mut self) -> Ref {
        self.context.make_ref()
    }

    fn now(&self) -> u64 {
        self.context.now()
    }

    fn act(&mut self, action: Action) -> Answer {
        self.spent |= !self.context.may_go_on(0);
        let context = &mut *self.context;
        let done = Ok(Value::boolean(true));
        match action {
            Action::Spawn { .. } => self.spawn(action),
            Action::Link(pid) => match context.link(pid) {
                Ok(()) => done,
                Err(_) => Err(Raise::error(Atom::NOPROC)),
            },
            Action::Unlink(pid) => {
                context.unlink(pid);
                done
            }
            Action::Monitor(whom, alias) => {
                let target = self.target(&whom)?;
                Ok(match alias.map(mode) {
                    Some(mode) => self.context.monitor_with_alias(target, mode, false).into(),
                    None => self.context.monitor(target).into(),
                })
            }
            Action::Demonitor(reference, flush, info) => {
                let active = match flush {
                    true => context.demonitor_flush(reference),
                    false => context.demonitor(reference),
                };
                Ok(Value::boolean(!info || active))
            }
            Action::Alias(reply) => {
                let ends = if reply { Alias::Reply } else { Alias::Explicit };
                Ok(context.alias(mode(ends)).into())
            }
            Action::Activate(monitor, ends) => {
                context.activate(monitor, mode(ends));
                done
            }
            Action::Unalias(alias) => Ok(Value::boolean(context.unalias(alias))),
            Action::Exit(pid, reason) => {
                context.exit(pid, convert::outward(&reason));
                done
            }
            Action::Register(name, pid) => match (name.as_atom(), pid.as_pid()) {
                (Some(name), Some(pid)) if context.register(name, pid).is_ok() => done,
                _ => Err(Raise::badarg()),
            },
            Action::Unregister(name) => match name.as_atom() {
                Some(name) if context.unregister(name).is_ok() => done,
                _ => Err(Raise::badarg()),
            },
            Action::Whereis(name) => {
                context.look_around();
                let name = name.as_atom().ok_or_else(Raise::badarg)?;
                self.asks_for(name);
                Ok(self.context.whereis(name).map_or(Atom::UNDEFINED.into(), Value::from))
            }
            Action::Registered => {
                context.look_around();
                let names = context.world().names();
                Ok(Value::list(names.iter().map(|(name, _)| (*name).into()).collect::<Vec<Value>>()))
            }
            Action::Processes => {
                context.look_around();
                let mut pids: Vec<Pid> = context.world().processes().map(|process| process.pid).collect();
                pids.sort_unstable();
                Ok(Value::list(pids.into_iter().map(Value::from)))
            }
            Action::IsAlive(pid) => Ok(Value::boolean(context.is_alive(pid))),
            Action::TrapExit(flag) => Ok(Value::boolean(context.trap_exit(flag))),
            Action::Info(pid, item) => self.info(pid, &item),
            Action::GroupLeader => Ok(self.group_leader().into()),
            Action::SetGroupLeader(leader, whom) => {
                if whom == context.pid() {
                    context.join_group(leader);
                }
                done
            }
            Action::StartTimer(after, whom, message, wrapped) => {
                let target = self.target(&whom)?;
                let reference = self.context.make_ref();
                let message = match wrapped {
                    true => Value::tuple([TIMEOUT.into(), reference.into(), message]),
                    false => message,
                };
                self.context.start_timer(reference, after, target, convert::message(&message));
                Ok(reference.into())
            }
            Action::CancelTimer(timer) => Ok(left(context.cancel_timer(timer))),
            Action::ReadTimer(timer) => Ok(left(context.read_timer(timer))),
            Action::Halt(status) => {
                context.common_mut().halted.get_or_insert(convert::outward(&status));
                self.spent = true;
                done
            }
            Action::Monotonic => {
                let monotonic = &mut context.common_mut().compiled_mut().monotonic;
                *monotonic += 1;
                Ok(Value::Int(*monotonic as i64))
            }
        }
    }

    fn tables(&mut self) -> &mut Tables {
        &mut self.context.common_mut().compiled_mut().tables
    }

    fn persistent(&mut self) -> &mut BTreeMap<Value, Value> {
        &mut self.context.common_mut().compiled_mut().persistent
    }

    fn files(&mut self) -> &mut Files {
        &mut self.context.common_mut().compiled_mut().files
    }

    fn captures(&mut self) -> &mut Captures {
        &mut self.context.common_mut().compiled_mut().captures
    }

    fn tell(&mut self, told: Told, stack: &[Value]) {
        let note = |text: &str, values: Vec<kernel::Term>| Note::Log { text: text.into(), values };
        match told {
            Told::Output(text) => {
                say(|| note(&format!("writes {}", on_one_line(&text)), Vec::new()), self.context)
            }
            Told::Logged(_, report @ Value::Map(_)) => {
                let report = convert::outward(&report);
                match reports::of_supervisor(&report) {
                    Some(report) => {
                        let now = (self.context.now() / 1_000) as i64;
                        let decision = decision(&report, stack, now);
                        self.context.report(|| report);
                        if let Some(decision) = decision {
                            self.context.report(|| Report::Decision(decision));
                        }
                    }
                    None => say(|| note("logs", vec![reports::label(&report)]), self.context),
                }
            }
            Told::Logged(_, message) => say(|| note("logs", vec![convert::outward(&message)]), self.context),
        }
    }
}

/// A text without what would break a line of the story.
fn on_one_line(text: &str) -> String {
    let lines = text.trim_end().lines().map(str::trim);
    let text = lines.collect::<Vec<_>>().join(" ");
    text.chars()
        .flat_map(|letter| if letter.is_control() { letter.escape_default().collect() } else { vec![letter] })
        .collect()
}

/// How an alias ends, as the kernel has it.
fn mode(alias: Alias) -> kernel::Alias {
    match alias {
        Alias::Demonitor => kernel::Alias::Demonitor,
        Alias::Reply => kernel::Alias::ReplyDemonitor,
        Alias::Explicit => kernel::Alias::ExplicitUnalias,
    }
}

/// What a supervisor whose frames hold this has decided as it logs a report.
fn decision(report: &Report<Script>, stack: &[Value], now: i64) -> Option<Decision> {
    let Report::Supervisor { context, reason, offender } = report else { return None };
    Supervision::of(stack.iter().rev(), convert::outward)?.decides(*context, reason, offender, now)
}

/// The milliseconds that a timer had left, or `false` if there is none.
fn left(time: Option<u64>) -> Value {
    time.map_or(Value::boolean(false), |left| Value::Int(left as i64))
}

/// What people call a process: its name if `gen` starts it with one, else the module of its callbacks, else the one
/// that its first function is in.
fn label(module: Atom, arguments: &[Value], code: &Code) -> Atom {
    const PROC_LIB: Atom = Atom::of("proc_lib");
    const LOCAL: Atom = Atom::of("local");
    const GLOBAL: Atom = Atom::of("global");
    const GEN: Atom = Atom::of("gen");
    let shown = |atom: Atom| {
        let text = code.atoms.text(atom);
        text.strip_prefix("Elixir.").map_or(atom, |name| code.atoms.intern(name))
    };
    let named = |term: &Value| match term.as_tuple() {
        Some([kind, Value::Atom(name)]) if kind.is(LOCAL) || kind.is(GLOBAL) => Some(*name),
        _ => None,
    };
    if module == Atom::ERLANG {
        return match arguments.first() {
            Some(Value::Fun(fun)) => match &**fun {
                Fun::Local { module, .. } | Fun::External { module, .. } => shown(*module),
            },
            Some(Value::Atom(module)) => shown(*module),
            _ => shown(module),
        };
    }
    // `proc_lib:init_p(Parent, Ancestors, gen, init_it, [Behaviour, Starter, Parent, Name?, Module, ..])`
    let started = match arguments {
        [_, _, Value::Atom(GEN), _, list] if module == PROC_LIB => list.as_list(),
        [_, _, Value::Atom(started), ..] if module == PROC_LIB => return shown(*started),
        [_, _, Value::Fun(fun)] if module == PROC_LIB => {
            return match &**fun {
                Fun::Local { module, .. } | Fun::External { module, .. } => shown(*module),
            };
        }
        _ => None,
    };
    let Some(started) = started else { return shown(module) };
    if let Some(name) = started.iter().find_map(named) {
        return shown(name);
    }
    let place = started.len().checked_sub(3);
    match place.map(|place| (&started[place], &started[place + 1])) {
        // What is behind a behaviour that is a `gen_server` itself.
        Some((Value::Atom(Atom::SUPERVISOR), Value::Tuple(inner))) => {
            inner.get(1).and_then(Value::as_atom).map_or(shown(Atom::SUPERVISOR), shown)
        }
        Some((Value::Atom(module), _)) => shown(*module),
        _ => shown(module),
    }
}
