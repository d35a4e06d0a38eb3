//! Lowering statements: one arm a statement of the language.

use crate::kernel::{Atom, Term};

use super::super::ast::{
    Block, Catch, Expectation, Name, NewChild, Registration, Span, SpawnMode, Statement, StatementKind,
    Target, Value,
};
use super::compile::{Compiler, milliseconds};
use super::control::Control;
use super::data::Data;
use super::operation::{AsyncStream, OperationKind, SuperviseRequest};
use super::program::{Asked, Expected, Expression, Pattern};
use super::relation::Relation;
use super::trees;

impl Compiler<'_> {
    pub(super) fn block(&mut self, block: &Block) {
        for (index, statement) in block.iter().enumerate() {
            self.statement(statement, Catch::by(block.get(index + 1)));
        }
    }

    fn statement(&mut self, statement: &Statement, catch: Catch) {
        let span = statement.span;
        if self.control(&statement.kind, span, catch) {
            return;
        }
        let kind = self.action(&statement.kind);
        self.catch = catch;
        self.push(kind, span);
    }

    /// Statements that hold blocks; false for all others.
    fn control(&mut self, kind: &StatementKind, span: Span, catch: Catch) -> bool {
        use OperationKind as Op;
        use StatementKind as Said;
        match kind {
            Said::If { condition, then, otherwise } => {
                let question = self.question(condition);
                let unless = self.push(Op::Control(Control::Unless(question, 0)), span);
                self.block(then);
                match otherwise {
                    None => self.land(unless),
                    Some(otherwise) => {
                        let end = self.push(Op::Control(Control::Jump(0)), span);
                        self.land(unless);
                        self.block(otherwise);
                        self.land(end);
                    }
                }
            }
            Said::EachEntry { table, key, value, body } => {
                let (key, value) = (self.slot(&key.text), self.slot(&value.text));
                let store = self.store(table);
                self.push(Op::Control(Control::EachBegin(store)), span);
                self.each(key, Some(value), body, span);
            }
            Said::EachItem { queue, item, body } => {
                let item = self.slot(&item.text);
                let store = self.store(queue);
                self.push(Op::Control(Control::EachBegin(store)), span);
                self.each(item, None, body, span);
            }
            Said::Repeat { times, body } => {
                self.push(Op::Control(Control::RepeatBegin(*times)), span);
                let start = self.here();
                let next = self.push(Op::Control(Control::RepeatNext(0)), span);
                self.repeated(body, span);
                self.push(Op::Control(Control::Jump(start)), span);
                self.land(next);
            }
            Said::Eventually { within, every, body } => {
                let within = self.duration_or(within.as_ref(), milliseconds(Said::EVENTUALLY_WITHIN_MS));
                let every = self.duration_or(every.as_ref(), milliseconds(Said::EVENTUALLY_EVERY_MS));
                self.push(Op::Control(Control::EventuallyBegin { within, every }), span);
                self.repeated(body, span);
                self.push(Op::Control(Control::EventuallyEnd), span);
            }
            Said::Match { value, clauses, otherwise } => {
                let value = value.as_ref().map(|value| self.value(value));
                let patterns: Vec<Pattern> =
                    clauses.iter().map(|clause| self.pattern(&clause.pattern)).collect();
                let place = self
                    .push(Op::Control(Control::Match { value, clauses: Vec::new(), otherwise: None }), span);
                let mut ends = Vec::new();
                let mut entries = Vec::new();
                for (clause, pattern) in clauses.iter().zip(patterns) {
                    entries.push((pattern, self.here()));
                    self.block(&clause.body);
                    ends.push(self.push(Op::Control(Control::Jump(0)), clause.span));
                }
                let default = otherwise.as_ref().map(|body| {
                    let here = self.here();
                    self.block(body);
                    here
                });
                for end in ends {
                    self.land(end);
                }
                if let Op::Control(Control::Match { clauses, otherwise, .. }) =
                    &mut self.operations[place].kind
                {
                    (*clauses, *otherwise) = (entries, default);
                }
            }
            Said::Receive { clauses, after } => {
                let patterns: Vec<_> = clauses.iter().map(|clause| self.message(&clause.pattern)).collect();
                let timeout = after.as_ref().map(|(after, _)| self.duration(after));
                let place = self.push(Op::Receive { clauses: Vec::new(), after: None }, span);
                let mut ends = Vec::new();
                let mut entries = Vec::new();
                for (clause, pattern) in clauses.iter().zip(patterns) {
                    entries.push((pattern, self.here()));
                    self.block(&clause.body);
                    ends.push(self.push(Op::Control(Control::Jump(0)), clause.span));
                }
                let timed_out = timeout.zip(after.as_ref()).map(|(timeout, (_, body))| {
                    let here = self.here();
                    self.block(body);
                    (timeout, here)
                });
                for end in ends {
                    self.land(end);
                }
                if let Op::Receive { clauses, after } = &mut self.operations[place].kind {
                    (*clauses, *after) = (entries, timed_out);
                }
            }
            Said::Registry(said) => return self.registry_control(said, span, catch),
            _ => return false,
        }
        true
    }

    pub(super) fn each(&mut self, key: u16, value: Option<u16>, body: &Block, span: Span) {
        let start = self.here();
        let next = self.push(OperationKind::Control(Control::EachNext { key, value, end: 0 }), span);
        self.repeated(body, span);
        self.push(OperationKind::Control(Control::Jump(start)), span);
        self.land(next);
    }

    fn action(&mut self, kind: &StatementKind) -> OperationKind {
        use OperationKind as Op;
        use StatementKind as Said;
        match kind {
            Said::Reply(value) => Op::Reply(self.value(value)),
            Said::ReplyTo { from, value } => Op::ReplyTo { from: self.value(from), value: self.value(value) },
            Said::Continue(value) => Op::Continue(self.value(value)),
            Said::Timeout { after, message } => Op::Timeout {
                after: self.duration(after),
                message: message.as_ref().map(|message| self.value(message)),
            },
            Said::StopSelf { reason } => Op::StopSelf(self.value_or(reason.as_ref(), Atom::NORMAL)),
            Said::Goto(phase) => Op::Goto(self.phase(phase)),
            Said::Ignore => Op::Ignore,
            Said::Fail(value) => Op::Fail(self.value(value)),
            Said::Send { target, value, priority } => {
                Op::Send { target: self.target(target), value: self.value(value), priority: *priority }
            }
            Said::Cast { target, value } => {
                Op::Cast { target: self.target(target), value: self.value(value) }
            }
            Said::Call { target, value, timeout, bind } => Op::Call {
                target: self.target(target),
                value: self.value(value),
                timeout: self.duration_or(timeout.as_ref(), milliseconds(Said::CALL_TIMEOUT_MS)),
                bind: self.bind(bind.as_ref()),
            },
            Said::ReceiveOne { pattern, timeout } => Op::ReceiveOne {
                timeout: timeout.as_ref().map(|timeout| self.duration(timeout)),
                pattern: self.message(pattern),
            },
            Said::SendAfter { after, target, value, bind }
            | Said::StartTimer { after, target, value, bind } => Op::SendAfter {
                after: self.duration(after),
                target: self.target(target),
                value: self.value(value),
                bind: self.bind(bind.as_ref()),
                tagged: matches!(kind, Said::StartTimer { .. }),
            },
            Said::CancelTimer { timer, bind } => {
                Op::CancelTimer { timer: self.value(timer), bind: self.bind(bind.as_ref()) }
            }
            Said::Sleep(time) => Op::Sleep(self.duration(time)),
            Said::Hang => Op::Hang,
            Said::Spawn { mode, process, arguments, options, bind, reference } => Op::Spawn {
                start: self.names.start_function(&process.text),
                arguments: self.values(arguments),
                link: matches!(mode, SpawnMode::Link | SpawnMode::Request { link: true, .. }),
                monitor: matches!(mode, SpawnMode::Monitor | SpawnMode::Request { monitor: true, .. }),
                request: matches!(mode, SpawnMode::Request { .. }),
                priority: options.priority,
                alias: options.alias,
                tag: options.tag.as_ref().map(|tag| self.value(tag)),
                bind: self.bind(bind.as_ref()),
                reference: self.bind(reference.as_ref()),
            },
            Said::Start { linked, monitored, module, arguments, name, timeout, bind, reference } => {
                let mut start = self.names.start_function(&module.text);
                start.name = trees::started_name(name, &start, self.names);
                Op::Start {
                    start,
                    arguments: self.values(arguments),
                    via: self.registered_via(name),
                    timeout: timeout.as_ref().map(|timeout| self.duration(timeout)),
                    how: crate::otp::How { link: *linked, monitor: *monitored },
                    bind: self.bind(bind.as_ref()),
                    reference: self.bind(reference.as_ref()),
                }
            }
            Said::EnterLoop { server, arguments, name, timeout, continues } => Op::EnterLoop {
                start: self.names.start_function(&server.text),
                arguments: self.values(arguments),
                name: name.as_ref().map(|name| self.names.registered(&name.text)),
                timeout: timeout.as_ref().map(|timeout| self.duration(timeout)),
                continues: continues.as_ref().map(|value| self.value(value)),
            },
            Said::InitAck(value) => Op::InitAck(self.value(value)),
            Said::InitFail { value, reason } => Op::InitFail {
                value: self.value(value),
                reason: self.value_or(reason.as_ref(), Atom::NORMAL),
            },
            Said::Stop { target, reason, timeout, bind } => Op::Stop {
                target: self.target(target),
                reason: self.value_or(reason.as_ref(), Atom::NORMAL),
                timeout: self.duration_or(timeout.as_ref(), Expression::Constant(Atom::INFINITY.into())),
                bind: self.bind(bind.as_ref()),
            },
            Said::Link { target, priority } => {
                Op::Relation(Relation::Link { target: self.target(target), priority: *priority })
            }
            Said::Unlink(target) => Op::Relation(Relation::Unlink(self.target(target))),
            Said::Monitor { target, options, bind } => Op::Relation(Relation::Monitor {
                target: self.target(target),
                priority: options.priority,
                alias: options.alias,
                tag: options.tag.as_ref().map(|tag| self.value(tag)),
                bind: self.bind(bind.as_ref()),
            }),
            Said::Alias { mode, priority, bind } => Op::Relation(Relation::Alias {
                mode: *mode,
                priority: *priority,
                bind: self.bind(bind.as_ref()),
            }),
            Said::Unalias { alias, bind } => {
                Op::Relation(Relation::Unalias { alias: self.value(alias), bind: self.bind(bind.as_ref()) })
            }
            Said::MakeRef { bind } => Op::Relation(Relation::MakeRef { bind: self.bind(bind.as_ref()) }),
            Said::Callers { bind } => Op::Callers { bind: self.bind(bind.as_ref()) },
            Said::Parent { target, bind } => {
                Op::Relation(Relation::Parent { target: self.target(target), bind: self.bind(bind.as_ref()) })
            }
            Said::Demonitor { reference, flush, info, bind } => Op::Relation(Relation::Demonitor {
                reference: self.value(reference),
                flush: *flush,
                info: *info,
                bind: self.bind(bind.as_ref()),
            }),
            Said::TrapExit(flag) => Op::Relation(Relation::TrapExit(*flag)),
            Said::Exit { target, reason, priority } => Op::Relation(Relation::Exit {
                target: self.target(target),
                reason: self.value(reason),
                priority: *priority,
            }),
            Said::ExitSelf { reason } => Op::ExitSelf(self.value(reason)),
            Said::Raise(value) => Op::Raise(self.value(value)),
            Said::Throw(value) => Op::Throw(self.value(value)),
            Said::Register { name, target } => Op::Relation(Relation::Register {
                name: self.atom(name),
                target: target.as_ref().map_or(Expression::SelfPid, |target| self.target(target)),
            }),
            Said::Unregister(name) => Op::Relation(Relation::Unregister(self.atom(name))),
            Said::Whereis { name, bind } => {
                Op::Relation(Relation::Whereis { name: self.atom(name), bind: self.bind(bind.as_ref()) })
            }
            Said::IsAlive { target, bind } => Op::Relation(Relation::IsAlive {
                target: self.target(target),
                bind: self.bind(bind.as_ref()),
            }),
            Said::Return(value) => Op::TaskReturn(self.value(value)),
            Said::Async { linked, task, arguments, supervisor, shutdown, bind, pid, reference } => {
                Op::Async {
                    start: self.names.start_function(&task.text),
                    arguments: self.values(arguments),
                    supervisor: supervisor.as_ref().map(|supervisor| self.target(supervisor)),
                    link: *linked,
                    shutdown: trees::task_shutdown(shutdown.as_ref().map(|said| said.value)),
                    bind: self.bind(bind.as_ref()),
                    pid: self.bind(pid.as_ref()),
                    reference: self.bind(reference.as_ref()),
                }
            }
            Said::AsyncStream(stream) => Op::AsyncStream(Box::new(AsyncStream {
                start: self.names.start_function(&stream.task.text),
                arguments: self.values(&stream.arguments),
                over: self.value(&stream.over),
                supervisor: stream.supervisor.as_ref().map(|supervisor| self.target(supervisor)),
                link: stream.linked,
                shutdown: trees::task_shutdown(stream.shutdown.as_ref().map(|said| said.value)),
                max_concurrency: stream.max_concurrency,
                ordered: stream.ordered,
                timeout: self.duration_or(stream.timeout.as_ref(), milliseconds(Said::CALL_TIMEOUT_MS)),
                kills_late_tasks: stream.kills_late_tasks,
                zips_input: stream.zips_input,
                take: stream.take,
                bind: self.bind(stream.bind.as_ref()),
            })),
            Said::AwaitTask { task, timeout, bind } => Op::AwaitTask {
                task: self.value(task),
                timeout: self.duration_or(timeout.as_ref(), milliseconds(Said::CALL_TIMEOUT_MS)),
                bind: self.bind(bind.as_ref()),
            },
            Said::Yield { task, timeout, bind } => Op::YieldTask {
                task: self.value(task),
                timeout: self.duration_or(timeout.as_ref(), milliseconds(Said::CALL_TIMEOUT_MS)),
                bind: self.bind(bind.as_ref()),
            },
            Said::ShutdownTask { task, how, bind } => Op::ShutdownTask {
                task: self.value(task),
                how: trees::task_shutdown(Some(*how)),
                bind: self.bind(bind.as_ref()),
            },
            Said::StartChild { supervisor, child, bind } => Op::Supervise {
                supervisor: self.target(supervisor),
                request: self.new_child(child),
                bind: self.bind(bind.as_ref()),
            },
            Said::TerminateChild { supervisor, child, bind } => {
                let request = SuperviseRequest::Terminate(self.value(child));
                self.supervise(supervisor, request, bind.as_ref())
            }
            Said::RestartChild { supervisor, child, bind } => {
                let request = SuperviseRequest::Restart(self.value(child));
                self.supervise(supervisor, request, bind.as_ref())
            }
            Said::DeleteChild { supervisor, child, bind } => {
                let request = SuperviseRequest::Delete(self.value(child));
                self.supervise(supervisor, request, bind.as_ref())
            }
            Said::WhichChildren { supervisor, bind } => {
                let request = SuperviseRequest::WhichChildren;
                self.supervise(supervisor, request, bind.as_ref())
            }
            Said::WhichChild { supervisor, child, bind } => {
                let request = SuperviseRequest::WhichChild(self.value(child));
                self.supervise(supervisor, request, bind.as_ref())
            }
            Said::CountChildren { supervisor, bind } => {
                let request = SuperviseRequest::CountChildren;
                self.supervise(supervisor, request, bind.as_ref())
            }
            Said::GetChildspec { supervisor, child, bind } => {
                let request = SuperviseRequest::GetChildspec(self.value(child));
                self.supervise(supervisor, request, bind.as_ref())
            }
            Said::CodeChange { supervisor, init, bind } => Op::CodeChange {
                supervisor: self.target(supervisor),
                init: Box::new(trees::supervisor(init, self.names).result),
                bind: self.bind(bind.as_ref()),
            },
            Said::Suspend { target, bind } => {
                Op::Suspend { target: self.target(target), bind: self.bind(bind.as_ref()) }
            }
            Said::Resume { target, bind } => {
                Op::Resume { target: self.target(target), bind: self.bind(bind.as_ref()) }
            }
            Said::CheckChildspecs { specs, auto_shutdown, bind } => Op::CheckChildspecs {
                specs: self.value(specs),
                auto_shutdown: auto_shutdown.as_ref().map(|value| self.value(value)),
                bind: self.bind(bind.as_ref()),
            },
            Said::ChildSpec { of, overrides, bind } => Op::ChildSpec {
                of: self.spec_source(of),
                overrides: self.spec_overrides(overrides),
                bind: self.bind(bind.as_ref()),
            },
            Said::StartApplication { application, kind } => Op::StartApplication {
                application: self.application(&application.text),
                kind: kind.as_ref().map(|kind| kind.value),
            },
            Said::StopApplication(application) => Op::StopApplication(self.application(&application.text)),
            Said::Set { variable, value } => {
                let value = self.value(value);
                Op::Data(Data::Set(self.place(variable), value))
            }
            Said::Add { variable, amount } => {
                let amount = self.value(amount);
                Op::Data(Data::Add(self.place(variable), amount))
            }
            Said::Bind { variable, value } => {
                let value = self.value(value);
                let slot = self.slot(&variable.text);
                Op::Data(Data::Bind(Pattern::Set(slot), value))
            }
            Said::Insert { table, key, value } => Op::Data(Data::Insert {
                store: self.store(table),
                key: self.value(key),
                value: self.value(value),
            }),
            Said::Delete { table, key } => {
                Op::Data(Data::Delete { store: self.store(table), key: self.value(key) })
            }
            Said::Lookup { table, key, bind } | Said::Take { table, key, bind } => Op::Data(Data::Lookup {
                store: self.store(table),
                key: self.value(key),
                take: matches!(kind, Said::Take { .. }),
                bind: self.bind(bind.as_ref()),
            }),
            Said::Size { of, bind } => {
                Op::Data(Data::Size { store: self.store(of), bind: self.bind(bind.as_ref()) })
            }
            Said::Now { bind } => Op::Data(Data::Now { bind: self.bind(bind.as_ref()) }),
            Said::Push { queue, value } => {
                Op::Data(Data::Push { store: self.store(queue), value: self.value(value) })
            }
            Said::Pop { queue, bind } => {
                Op::Data(Data::Pop { store: self.store(queue), bind: self.bind(bind.as_ref()) })
            }
            Said::Acquire(resource) => Op::Acquire(self.atom(resource)),
            Said::Release(resource) => Op::Release(self.atom(resource)),
            Said::Log { text, values } => Op::Log { text: self.text(text), values: self.values(values) },
            Said::Note(text) => Op::Log { text: self.text(text), values: Vec::new() },
            Said::Registry(said) => Op::Registry(self.registry(said)),
            Said::Expect(expectation) => Op::Expect(self.expectation(expectation)),
            Said::MonitorNode { node, flag } => {
                Op::Relation(Relation::MonitorNode { node: self.atom(node), flag: *flag })
            }
            Said::Connection(change) => Op::Connection(*change),
            Said::Settle { within } => {
                Op::Settle(self.duration_or(within.as_ref(), milliseconds(Said::SETTLE_WITHIN_MS)))
            }
            Said::Await(client) => {
                Op::Await(*self.names.clients.get(&client.text).expect("the parser knows the clients"))
            }
            Said::If { .. }
            | Said::EachEntry { .. }
            | Said::EachItem { .. }
            | Said::Match { .. }
            | Said::Repeat { .. }
            | Said::Eventually { .. }
            | Said::Receive { .. } => unreachable!("these hold blocks and have been lowered"),
        }
    }

    fn supervise(
        &mut self,
        supervisor: &Target,
        request: SuperviseRequest,
        bind: Option<&Name>,
    ) -> OperationKind {
        OperationKind::Supervise { supervisor: self.target(supervisor), request, bind: self.bind(bind) }
    }

    fn expectation(&mut self, expectation: &Expectation) -> Expected {
        match expectation {
            Expectation::Result(pattern) => Expected::Result(self.pattern(pattern)),
            Expectation::Exit(pattern) => Expected::Exit(self.pattern(pattern)),
            Expectation::Either { result, exit } => {
                Expected::Either(self.pattern(result), self.pattern(exit))
            }
            Expectation::Raise(pattern) => Expected::Raise(self.pattern(pattern)),
            Expectation::Restarted(ids) => Expected::Restarted(ids.iter().map(|id| self.atom(id)).collect()),
            Expectation::Untouched(ids) => Expected::Untouched(ids.iter().map(|id| self.atom(id)).collect()),
            Expectation::Alive(targets) => {
                Expected::Alive(targets.iter().map(|target| self.target(target)).collect())
            }
            Expectation::Dead(targets) => {
                Expected::Dead(targets.iter().map(|target| self.target(target)).collect())
            }
            Expectation::Children { supervisor, ids } => {
                let mut values = vec![self.target(supervisor)];
                values.extend(self.values(ids));
                Expected::Children(values)
            }
            Expectation::Count { supervisor, counts } => {
                use super::super::ast::CountField;
                let fields = [
                    (CountField::Specs, counts.specs),
                    (CountField::Active, counts.active),
                    (CountField::Supervisors, counts.supervisors),
                    (CountField::Workers, counts.workers),
                ];
                let wanted =
                    fields.into_iter().filter_map(|(field, number)| Some((field, number?))).collect();
                Expected::CountOf(self.target(supervisor), wanted)
            }
            Expectation::Incarnation { id, number } => Expected::Incarnation(self.atom(id), *number),
            Expectation::Condition(condition) => {
                let question = self.question(condition);
                Expected::Question(Box::new(Asked { question, words: condition.clone() }))
            }
        }
    }

    fn new_child(&mut self, child: &NewChild) -> SuperviseRequest {
        match child {
            NewChild::Module { module, arguments, options } => {
                let spec = trees::started_spec(module, options, self.names);
                if self.names.tasks.contains(&module.text) {
                    let (restart, shutdown) = trees::task_options(options);
                    let arguments = self.values(arguments);
                    return SuperviseRequest::StartTask {
                        spec: Box::new(spec),
                        restart,
                        shutdown,
                        arguments,
                    };
                }
                SuperviseRequest::Start(
                    Box::new(spec),
                    self.values(arguments),
                    self.registered_via(&options.name),
                )
            }
            NewChild::Node(child) => {
                SuperviseRequest::Start(Box::new(trees::child_spec(child, self.names)), Vec::new(), None)
            }
            NewChild::Raw(spec) => SuperviseRequest::StartRaw(self.value(spec)),
            NewChild::Arguments(values) => SuperviseRequest::StartWith(self.values(values)),
        }
    }

    /// The name of what a line starts, if a registry is to keep it: it may depend on variables.
    fn registered_via(&mut self, registration: &Registration) -> Option<Expression> {
        match registration {
            Registration::Via(via) => Some(self.via(via)),
            Registration::Default | Registration::None(_) | Registration::Name(_) => None,
        }
    }

    fn value_or(&mut self, value: Option<&Value>, default: Atom) -> Expression {
        value.map_or(Expression::Constant(Term::Atom(default)), |value| self.value(value))
    }

    fn application(&self, name: &str) -> u16 {
        *self.names.applications.get(name).expect("the parser knows the applications")
    }
}
