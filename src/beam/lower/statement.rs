//! Statements as Erlang terms: `{Catch, Start, End, Operation}`, one arm a statement of the language.

use crate::kernel::Alias;
use crate::scenario::ast::{
    Block, Catch, Clause, ConnectionChange, CountField, Expectation, MonitorOptions, NewChild, Registration,
    SpawnMode, Statement, StatementKind, Value,
};

use super::program::Program;
use super::value::{
    atom, bind, condition, duration, duration_or, field, list, name, pattern, registered, target, value,
    values,
};

impl Program<'_> {
    /// A block.
    pub(super) fn block(&mut self, block: &Block) -> String {
        let mut lowered = Vec::new();
        for (index, statement) in block.iter().enumerate() {
            let catch = match Catch::by(block.get(index + 1)) {
                Catch::Nothing => "none",
                Catch::Exit => "exit",
                Catch::Raise => "raise",
            };
            let operation = self.statement(statement);
            let span = statement.span;
            lowered.push(format!("{{{catch},{},{},{operation}}}", span.start, span.end));
        }
        format!("[{}]", lowered.join(",\n "))
    }

    fn block_or_none(&mut self, block: Option<&Block>) -> String {
        block.map_or("none".to_owned(), |block| self.block(block))
    }

    fn clauses(&mut self, clauses: &[Clause]) -> String {
        list(clauses.iter().map(|clause| {
            let body = self.block(&clause.body);
            format!("{{{},{body}}}", pattern(&clause.pattern))
        }))
    }

    fn statement(&mut self, statement: &Statement) -> String {
        use StatementKind as Said;
        match &statement.kind {
            Said::Reply(answer) => format!("{{reply,{}}}", value(answer)),
            Said::ReplyTo { from, value: answer } => {
                format!("{{reply_to,{},{}}}", value(from), value(answer))
            }
            Said::Continue(what) => format!("{{continue,{}}}", value(what)),
            Said::Timeout { after, message: None } => format!("{{timeout,{}}}", duration(after)),
            Said::Timeout { after, message: Some(message) } => {
                format!("{{timeout,{},{}}}", duration(after), value(message))
            }
            Said::StopSelf { reason } => format!("{{stop_self,{}}}", value_or(reason.as_ref(), "normal")),
            Said::Goto(phase) => format!("{{goto,{}}}", name(phase)),
            Said::Ignore => "ignore".to_owned(),
            Said::Fail(reason) => format!("{{fail,{}}}", value(reason)),

            Said::Send { target: to, value: what, priority } => {
                format!("{{send,{},{}{}}}", target(to), value(what), with_priority(*priority))
            }
            Said::Cast { target: to, value: what } => format!("{{cast,{},{}}}", target(to), value(what)),
            Said::Call { target: to, value: what, timeout, bind: into } => format!(
                "{{call,{},{},{},{}}}",
                target(to),
                value(what),
                duration_or(timeout.as_ref(), Said::CALL_TIMEOUT_MS),
                bind(into.as_ref())
            ),
            Said::Receive { clauses, after } => {
                let clauses = self.clauses(clauses);
                let after = match after {
                    None => "none".to_owned(),
                    Some((time, body)) => {
                        let body = self.block(body);
                        format!("{{{},{body}}}", duration(time))
                    }
                };
                format!("{{'receive',{clauses},{after}}}")
            }
            Said::ReceiveOne { pattern: wanted, timeout } => {
                let timeout = timeout.as_ref().map_or("none".to_owned(), duration);
                format!("{{receive_one,{},{timeout}}}", pattern(wanted))
            }
            Said::SendAfter { after, target: to, value: what, bind: into }
            | Said::StartTimer { after, target: to, value: what, bind: into } => {
                let tagged = matches!(statement.kind, Said::StartTimer { .. });
                let (after, to, what, into) = (duration(after), target(to), value(what), bind(into.as_ref()));
                format!("{{send_after,{after},{to},{what},{into},{tagged}}}")
            }
            Said::CancelTimer { timer, bind: into } => {
                format!("{{cancel_timer,{},{}}}", value(timer), bind(into.as_ref()))
            }
            Said::Sleep(time) => format!("{{sleep,{}}}", duration(time)),
            Said::Hang => "hang".to_owned(),

            Said::Spawn { mode, process, arguments, options, bind: into, reference } => {
                let mode = match mode {
                    SpawnMode::Plain => "nolink".to_owned(),
                    SpawnMode::Link if options.priority => "{link,[priority]}".to_owned(),
                    SpawnMode::Link => "link".to_owned(),
                    SpawnMode::Monitor => format!("{{monitor,{}}}", monitor_options(options)),
                    SpawnMode::Request { link, monitor } => {
                        let tag = options.tag.as_ref().map_or("none".to_owned(), value);
                        let options = with_options(*link, *monitor, options.priority);
                        format!("{{request,{options},{tag}}}")
                    }
                };
                format!(
                    "{{spawn,{mode},{},{},{},{},{}}}",
                    self.what(&process.text),
                    name(process),
                    values(arguments),
                    bind(into.as_ref()),
                    bind(reference.as_ref())
                )
            }
            Said::Start {
                linked,
                monitored,
                module,
                arguments,
                name: registration,
                timeout,
                bind: into,
                reference,
            } => {
                let taken = self.started_name(registration, &module.text);
                let label = taken.clone().unwrap_or_else(|| module.text.clone());
                let taken = match self.registration(registration, &module.text) {
                    Registration::Via(name) => super::registry::via(name),
                    _ => taken
                        .map_or("{k,undefined}".to_owned(), |name| format!("{{k,{}}}", registered(&name))),
                };
                let (word, how) = match (*monitored, *linked) {
                    (true, linked) => {
                        ("start_monitor", format!("{{watched,{linked},{}}}", bind(reference.as_ref())))
                    }
                    (false, true) => ("start", "link".to_owned()),
                    (false, false) => ("start", "nolink".to_owned()),
                };
                format!(
                    "{{{word},{how},{},{},{},{},{},{}}}",
                    self.what(&module.text),
                    atom(&label),
                    taken,
                    values(arguments),
                    timeout.as_ref().map_or("none".to_owned(), duration),
                    bind(into.as_ref())
                )
            }
            Said::EnterLoop { server, arguments, name: registered_as, timeout, continues } => {
                let then = match (timeout, continues) {
                    (_, Some(what)) => format!("{{continue,{}}}", value(what)),
                    (Some(timeout), None) => format!("{{timeout,{}}}", duration(timeout)),
                    (None, None) => "none".to_owned(),
                };
                let known = registered_as.as_ref();
                let known = known.map_or("undefined".to_owned(), |name| registered(&name.text));
                format!("{{enter_loop,{},{},{known},{then}}}", name(server), values(arguments))
            }
            Said::InitAck(result) => format!("{{init_ack,{}}}", value(result)),
            Said::InitFail { value: result, reason } => {
                format!("{{init_fail,{},{}}}", value(result), value_or(reason.as_ref(), "normal"))
            }
            Said::Stop { target: whom, reason, timeout, bind: into } => format!(
                "{{stop,{},{},{},{}}}",
                target(whom),
                value_or(reason.as_ref(), "normal"),
                duration_or(timeout.as_ref(), "infinity"),
                bind(into.as_ref())
            ),
            Said::Link { target: whom, priority } => {
                format!("{{link,{}{}}}", target(whom), with_priority(*priority))
            }
            Said::Unlink(whom) => format!("{{unlink,{}}}", target(whom)),
            Said::Monitor { target: whom, options, bind: into } => {
                format!("{{monitor,{},{},{}}}", target(whom), monitor_options(options), bind(into.as_ref()))
            }
            Said::Alias { mode, priority, bind: into } => {
                let mode = if *mode == Alias::ReplyDemonitor { "reply" } else { "explicit_unalias" };
                let options = if *priority { format!("[{mode},priority]") } else { format!("[{mode}]") };
                format!("{{alias,{options},{}}}", bind(into.as_ref()))
            }
            Said::Unalias { alias, bind: into } => {
                format!("{{unalias,{},{}}}", value(alias), bind(into.as_ref()))
            }
            Said::MakeRef { bind: into } => format!("{{make_ref,{}}}", bind(into.as_ref())),
            Said::Callers { bind: into } => format!("{{callers,{}}}", bind(into.as_ref())),
            Said::Parent { target: whom, bind: into } => {
                format!("{{parent,{},{}}}", target(whom), bind(into.as_ref()))
            }
            Said::Demonitor { reference, flush, info, bind: into } => {
                format!("{{demonitor,{},{flush},{info},{}}}", value(reference), bind(into.as_ref()))
            }
            Said::TrapExit(flag) => format!("{{trap_exit,{flag}}}"),
            Said::Exit { target: whom, reason, priority } => {
                format!("{{exit,{},{}{}}}", target(whom), value(reason), with_priority(*priority))
            }
            Said::ExitSelf { reason } => format!("{{exit_self,{}}}", value(reason)),
            Said::Raise(what) => format!("{{raise,{}}}", value(what)),
            Said::Throw(what) => format!("{{throw,{}}}", value(what)),
            Said::Register { name: taken, target: whom } => {
                format!("{{register,{},{}}}", name(taken), whom.as_ref().map_or("self".to_owned(), target))
            }
            Said::Unregister(given) => format!("{{unregister,{}}}", name(given)),
            Said::Whereis { name: wanted, bind: into } => {
                format!("{{whereis,{},{}}}", registered(&wanted.text), bind(into.as_ref()))
            }
            Said::IsAlive { target: whom, bind: into } => {
                format!("{{is_alive,{},{}}}", target(whom), bind(into.as_ref()))
            }

            Said::Return(result) => format!("{{return,{}}}", value(result)),
            Said::Async { linked, task, arguments, supervisor, shutdown, bind: into, pid, reference } => {
                let shutdown = self.task_shutdown(shutdown.as_ref().map(|said| said.value));
                format!(
                    "{{async,{},{},{},{},{shutdown},{},{},{}}}",
                    if *linked { "link" } else { "nolink" },
                    name(task),
                    values(arguments),
                    supervisor.as_ref().map_or("none".to_owned(), target),
                    bind(into.as_ref()),
                    bind(pid.as_ref()),
                    bind(reference.as_ref())
                )
            }
            Said::AsyncStream(stream) => {
                let shutdown = self.task_shutdown(stream.shutdown.as_ref().map(|said| said.value));
                let options = [
                    format!("{{max_concurrency,{}}}", stream.max_concurrency),
                    format!("{{ordered,{}}}", stream.ordered),
                    format!("{{on_timeout,{}}}", if stream.kills_late_tasks { "kill_task" } else { "exit" }),
                    format!("{{zip_input_on_exit,{}}}", stream.zips_input),
                    format!("{{shutdown,{shutdown}}}"),
                ];
                format!(
                    "{{async_stream,{},{},{},{},{},{},{},{},{}}}",
                    if stream.linked { "link" } else { "nolink" },
                    name(&stream.task),
                    value(&stream.over),
                    values(&stream.arguments),
                    stream.supervisor.as_ref().map_or("none".to_owned(), target),
                    duration_or(stream.timeout.as_ref(), Said::CALL_TIMEOUT_MS),
                    list(options),
                    stream.take.map_or("all".to_owned(), |take| take.to_string()),
                    bind(stream.bind.as_ref())
                )
            }
            Said::AwaitTask { task, timeout, bind: into } => format!(
                "{{await_task,{},{},{}}}",
                value(task),
                duration_or(timeout.as_ref(), Said::CALL_TIMEOUT_MS),
                bind(into.as_ref())
            ),
            Said::Yield { task, timeout, bind: into } => format!(
                "{{yield,{},{},{}}}",
                value(task),
                duration_or(timeout.as_ref(), Said::CALL_TIMEOUT_MS),
                bind(into.as_ref())
            ),
            Said::ShutdownTask { task, how, bind: into } => {
                let how = self.task_shutdown(Some(*how));
                format!("{{shutdown_task,{},{how},{}}}", value(task), bind(into.as_ref()))
            }

            Said::StartChild { supervisor, child, bind: into } => {
                let child = match child {
                    NewChild::Module { module, arguments, options } if self.is_task(&module.text) => {
                        let (restart, shutdown) = self.task_options(options);
                        let spec = self.started_spec(module, options);
                        format!("{{task,{},{},{spec},{restart},{shutdown}}}", name(module), values(arguments))
                    }
                    NewChild::Module { module, arguments, options } => {
                        let spec = self.started_spec(module, options);
                        match &options.name {
                            Registration::Via(name) => {
                                let name = super::registry::via(name);
                                format!("{{named,{spec},{name},{}}}", values(arguments))
                            }
                            _ => format!("{{spec,{spec},{}}}", values(arguments)),
                        }
                    }
                    NewChild::Node(child) => format!("{{spec,{},[]}}", self.drawn_spec(child, false)),
                    NewChild::Raw(spec) => format!("{{raw,{}}}", value(spec)),
                    NewChild::Arguments(arguments) => format!("{{arguments,{}}}", values(arguments)),
                };
                format!("{{start_child,{},{child},{}}}", target(supervisor), bind(into.as_ref()))
            }
            Said::TerminateChild { supervisor, child, bind: into } => {
                format!(
                    "{{ask,{},terminate_child,{},{}}}",
                    target(supervisor),
                    value(child),
                    bind(into.as_ref())
                )
            }
            Said::RestartChild { supervisor, child, bind: into } => {
                format!(
                    "{{ask_ok,{},restart_child,{},{}}}",
                    target(supervisor),
                    value(child),
                    bind(into.as_ref())
                )
            }
            Said::DeleteChild { supervisor, child, bind: into } => {
                format!(
                    "{{ask,{},delete_child,{},{}}}",
                    target(supervisor),
                    value(child),
                    bind(into.as_ref())
                )
            }
            Said::CodeChange { supervisor, init, bind: into } => {
                let key = self.new_init(init);
                format!("{{code_change,{},{key},{}}}", target(supervisor), bind(into.as_ref()))
            }
            Said::Suspend { target: whom, bind: into } => {
                format!("{{sys,suspend,{},{}}}", target(whom), bind(into.as_ref()))
            }
            Said::Resume { target: whom, bind: into } => {
                format!("{{sys,resume,{},{}}}", target(whom), bind(into.as_ref()))
            }
            Said::WhichChildren { supervisor, bind: into } => {
                format!("{{ask_all,{},which_children,{}}}", target(supervisor), bind(into.as_ref()))
            }
            Said::WhichChild { supervisor, child, bind: into } => {
                format!(
                    "{{ask_ok,{},which_child,{},{}}}",
                    target(supervisor),
                    value(child),
                    bind(into.as_ref())
                )
            }
            Said::CountChildren { supervisor, bind: into } => {
                format!("{{ask_all,{},count_children,{}}}", target(supervisor), bind(into.as_ref()))
            }
            Said::GetChildspec { supervisor, child, bind: into } => {
                format!(
                    "{{ask_ok,{},get_childspec,{},{}}}",
                    target(supervisor),
                    value(child),
                    bind(into.as_ref())
                )
            }
            Said::CheckChildspecs { specs, auto_shutdown, bind: into } => {
                let auto_shutdown = auto_shutdown.as_ref().map_or("none".to_owned(), value);
                format!("{{check_childspecs,{},{auto_shutdown},{}}}", value(specs), bind(into.as_ref()))
            }
            Said::ChildSpec { of, overrides, bind: into } => self.child_spec(of, overrides, into.as_ref()),
            Said::StartApplication { application, kind } => {
                let kind = kind.as_ref().map_or_else(|| self.kind_of(&application.text), |kind| kind.value);
                format!("{{start_application,{},{}}}", name(application), kind.word())
            }
            Said::StopApplication(application) => format!("{{stop_application,{}}}", name(application)),

            Said::Set { variable, value: what } => format!("{{set,{},{}}}", name(variable), value(what)),
            Said::Add { variable, amount } => format!("{{add,{},{}}}", name(variable), value(amount)),
            Said::Bind { variable, value: what } => format!("{{bind,{},{}}}", name(variable), value(what)),
            Said::Insert { table, key, value: what } => {
                format!("{{insert,{},{},{}}}", name(table), value(key), value(what))
            }
            Said::Delete { table, key } => format!("{{delete,{},{}}}", name(table), value(key)),
            Said::Lookup { table, key, bind: into } => {
                format!("{{lookup,{},{},{}}}", name(table), value(key), bind(into.as_ref()))
            }
            Said::Take { table, key, bind: into } => {
                format!("{{take,{},{},{}}}", name(table), value(key), bind(into.as_ref()))
            }
            Said::Now { bind: into } => format!("{{now,{}}}", bind(into.as_ref())),
            Said::Size { of, bind: into } => format!("{{size,{},{}}}", name(of), bind(into.as_ref())),
            Said::Push { queue, value: what } => format!("{{push,{},{}}}", name(queue), value(what)),
            Said::Pop { queue, bind: into } => format!("{{pop,{},{}}}", name(queue), bind(into.as_ref())),
            Said::Acquire(resource) => format!("{{acquire,{}}}", name(resource)),
            Said::Release(resource) => format!("{{release,{}}}", name(resource)),

            Said::If { condition: asked, then, otherwise } => {
                let then = self.block(then);
                let otherwise = otherwise.as_ref().map_or("[]".to_owned(), |block| self.block(block));
                format!("{{'if',{},{then},{otherwise}}}", condition(asked))
            }
            Said::EachEntry { table, key, value: entry, body } => {
                format!("{{each,{},{},{},{}}}", name(table), name(key), name(entry), self.block(body))
            }
            Said::EachItem { queue, item, body } => {
                format!("{{each,{},{},none,{}}}", name(queue), name(item), self.block(body))
            }
            Said::Match { value: what, clauses, otherwise } => {
                let what = what.as_ref().map_or("none".to_owned(), value);
                let clauses = self.clauses(clauses);
                format!("{{match,{what},{clauses},{}}}", self.block_or_none(otherwise.as_ref()))
            }
            Said::Repeat { times, body } => format!("{{repeat,{times},{}}}", self.block(body)),
            Said::Log { .. } | Said::Note(_) => "log".to_owned(),

            Said::Registry(said) => self.registry(said),

            Said::Expect(expectation) => format!("{{expect,{}}}", expected(expectation)),
            Said::Connection(change) => format!(
                "{{connection,{}}}",
                match change {
                    ConnectionChange::Disconnect => "disconnect",
                    ConnectionChange::Cut => "cut",
                    ConnectionChange::Heal => "heal",
                }
            ),
            Said::MonitorNode { node, flag } => format!("{{monitor_node,{},{flag}}}", name(node)),
            Said::Settle { within } => {
                format!("{{settle,{}}}", duration_or(within.as_ref(), Said::SETTLE_WITHIN_MS))
            }
            Said::Eventually { within, every, body } => {
                let within = duration_or(within.as_ref(), Said::EVENTUALLY_WITHIN_MS);
                let every = duration_or(every.as_ref(), Said::EVENTUALLY_EVERY_MS);
                format!("{{eventually,{within},{every},{}}}", self.block(body))
            }
            Said::Await(client) => format!("{{await,{}}}", name(client)),
        }
    }
}

/// The options that `erlang:send/3`, `exit/3` and `link/2` know; without any they are those without options.
fn with_priority(priority: bool) -> &'static str {
    if priority { ",[priority]" } else { "" }
}

/// Options of `spawn_request/4`.
fn with_options(link: bool, monitor: bool, priority: bool) -> String {
    let said = [("link", link), ("monitor", monitor)].into_iter().filter(|(_, said)| *said);
    list(said.map(|(word, _)| if priority { format!("{{{word},[priority]}}") } else { word.to_owned() }))
}

/// Options of `monitor/3` and `spawn_opt/2`: `{alias, Mode}`, `{tag, Expression}` and `priority`.
fn monitor_options(options: &MonitorOptions) -> String {
    let alias = options.alias.map(|mode| match mode {
        Alias::ExplicitUnalias => "{alias,explicit_unalias}".to_owned(),
        Alias::Demonitor => "{alias,demonitor}".to_owned(),
        Alias::ReplyDemonitor => "{alias,reply_demonitor}".to_owned(),
    });
    let tag = options.tag.as_ref().map(|tag| format!("{{tag,{}}}", value(tag)));
    let priority = options.priority.then(|| "priority".to_owned());
    list(alias.into_iter().chain(tag).chain(priority))
}

fn value_or(said: Option<&Value>, default: &str) -> String {
    said.map_or_else(|| format!("{{k,{default}}}"), value)
}

fn expected(expectation: &Expectation) -> String {
    let ids = |ids: &[crate::scenario::ast::Name]| list(ids.iter().map(name));
    match expectation {
        Expectation::Result(wanted) => format!("{{result,{}}}", pattern(wanted)),
        Expectation::Exit(wanted) => format!("{{exit,{}}}", pattern(wanted)),
        Expectation::Either { result, exit } => {
            format!("{{either,{},{}}}", pattern(result), pattern(exit))
        }
        Expectation::Raise(wanted) => format!("{{raise,{}}}", pattern(wanted)),
        Expectation::Restarted(whom) => format!("{{restarted,{}}}", ids(whom)),
        Expectation::Untouched(whom) => format!("{{untouched,{}}}", ids(whom)),
        Expectation::Alive(whom) => format!("{{alive,{},true}}", list(whom.iter().map(target))),
        Expectation::Dead(whom) => format!("{{alive,{},false}}", list(whom.iter().map(target))),
        Expectation::Children { supervisor, ids } => {
            format!("{{children,{},{}}}", target(supervisor), values(ids))
        }
        Expectation::Count { supervisor, counts } => {
            let wanted = [
                (CountField::Specs, counts.specs),
                (CountField::Active, counts.active),
                (CountField::Supervisors, counts.supervisors),
                (CountField::Workers, counts.workers),
            ];
            let wanted = wanted.into_iter().filter_map(|(which, number)| Some((field(which), number?)));
            let wanted = list(wanted.map(|(which, number)| format!("{{{which},{number}}}")));
            format!("{{count,{},{wanted}}}", target(supervisor))
        }
        Expectation::Incarnation { id, number } => format!("{{incarnation,{},{number}}}", name(id)),
        Expectation::Condition(asked) => format!("{{condition,{}}}", condition(asked)),
    }
}
