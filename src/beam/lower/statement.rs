//! Statements as Erlang terms: `{Catch, Start, End, Operation}`. This is an interpreter of the parsed form of its
//! own: what the model makes of a statement it does not know.

use crate::scenario::ast::{
    Block, Callbacks, Catch, Clause, Clients, Compound, ConnectionChange, Data, Messages, Network, Parsed,
    Statement, StatementKind,
};

use super::client::expected;
use super::process::with_priority;
use super::program::Program;
use super::registry::entry;
use super::value::{
    bind, condition, duration, duration_or, list, name, optional, pattern, target, tuple, value, value_or,
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

    fn statement(&mut self, statement: &Statement) -> String {
        match &statement.kind {
            StatementKind::Callbacks(said) => callback(said),
            StatementKind::Messages(said) => message(said),
            StatementKind::Processes(said) => self.process_statement(said),
            StatementKind::Relations(said) => super::process::relation(said),
            StatementKind::Tasks(said) => self.task(said),
            StatementKind::Supervisors(said) => self.asked_of_supervisor(said),
            StatementKind::Registries(said) => super::registry::asked(said),
            StatementKind::Network(said) => network(said),
            StatementKind::Data(said) => data(said),
            StatementKind::Clients(said) => client(said),
            StatementKind::Compound(said) => self.compound(said),
        }
    }

    fn compound(&mut self, said: &Compound) -> String {
        match said {
            Compound::If { condition: asked, then, otherwise } => {
                let then = self.block(then);
                let otherwise = otherwise.as_ref().map_or("[]".to_owned(), |block| self.block(block));
                tuple("'if'", [condition(asked), then, otherwise])
            }
            Compound::EachEntry { table, key, value: entry, body } => {
                tuple("each", [name(table), name(key), name(entry), self.block(body)])
            }
            Compound::EachItem { queue, item, body } => {
                tuple("each", [name(queue), name(item), "none".to_owned(), self.block(body)])
            }
            Compound::Match { value: what, clauses, otherwise } => {
                let clauses = self.clauses(clauses);
                let otherwise = otherwise.as_ref().map_or("none".to_owned(), |block| self.block(block));
                tuple("match", [optional(what.as_ref(), value), clauses, otherwise])
            }
            Compound::Repeat { times, body } => tuple("repeat", [times.to_string(), self.block(body)]),
            Compound::Eventually { within, every, body } => {
                let within = duration_or(within.as_ref(), StatementKind::EVENTUALLY_WITHIN_MS);
                tuple(
                    "eventually",
                    [
                        within,
                        duration_or(every.as_ref(), StatementKind::EVENTUALLY_EVERY_MS),
                        self.block(body),
                    ],
                )
            }
            Compound::Receive { clauses, after } => {
                let clauses = self.clauses(clauses);
                let after = match after {
                    None => "none".to_owned(),
                    Some((time, body)) => format!("{{{},{}}}", duration(time), self.block(body)),
                };
                tuple("'receive'", [clauses, after])
            }
            Compound::Dispatch { entry: of, pid, value: what, parallel, body } => {
                let word = if *parallel { "dispatch_parallel" } else { "dispatch" };
                let said = tuple(word, [entry(of), name(pid), name(what), self.block(body)]);
                tuple("registry", [said])
            }
            Compound::Lock { registry, key, body } => {
                tuple("registry", [tuple("lock", [name(registry), value(key), self.block(body)])])
            }
        }
    }

    fn clauses(&mut self, clauses: &[Clause]) -> String {
        list(clauses.iter().map(|clause| {
            let body = self.block(&clause.body);
            format!("{{{},{body}}}", pattern(&clause.pattern))
        }))
    }
}

fn callback(said: &Callbacks<Parsed>) -> String {
    match said {
        Callbacks::Reply { value: answer } => tuple("reply", [value(answer)]),
        Callbacks::ReplyTo { from, value: answer } => tuple("reply_to", [value(from), value(answer)]),
        Callbacks::Continue { value: what } => tuple("continue", [value(what)]),
        Callbacks::Timeout { after, message: None } => tuple("timeout", [duration(after)]),
        Callbacks::Timeout { after, message: Some(message) } => {
            tuple("timeout", [duration(after), value(message)])
        }
        Callbacks::StopSelf { reason } => tuple("stop_self", [value_or(reason.as_ref(), "normal")]),
        Callbacks::Goto { phase } => tuple("goto", [name(phase)]),
        Callbacks::Ignore => "ignore".to_owned(),
        Callbacks::Fail { reason } => tuple("fail", [value(reason)]),
    }
}

fn message(said: &Messages<Parsed>) -> String {
    match said {
        Messages::Send { target: to, value: what, priority } => {
            with_priority("send", [target(to), value(what)], *priority)
        }
        Messages::Cast { target: to, value: what } => tuple("cast", [target(to), value(what)]),
        Messages::Call { target: to, value: what, timeout, bind: into } => tuple(
            "call",
            [
                target(to),
                value(what),
                duration_or(timeout.as_ref(), StatementKind::CALL_TIMEOUT_MS),
                bind(into),
            ],
        ),
        Messages::SendAfter { after, target: to, value: what, bind: into } => {
            tuple("send_after", [duration(after), target(to), value(what), bind(into), "false".to_owned()])
        }
        Messages::StartTimer { after, target: to, value: what, bind: into } => {
            tuple("send_after", [duration(after), target(to), value(what), bind(into), "true".to_owned()])
        }
        Messages::CancelTimer { timer, bind: into } => tuple("cancel_timer", [value(timer), bind(into)]),
        Messages::Sleep { time } => tuple("sleep", [duration(time)]),
        Messages::Hang => "hang".to_owned(),
        Messages::ReceiveOne { pattern: wanted, timeout } => {
            tuple("receive_one", [pattern(wanted), optional(timeout.as_ref(), duration)])
        }
    }
}

fn data(said: &Data<Parsed>) -> String {
    match said {
        Data::Set { variable, value: what } => tuple("set", [name(variable), value(what)]),
        Data::Add { variable, amount } => tuple("add", [name(variable), value(amount)]),
        Data::Bind { variable, value: what } => tuple("bind", [name(variable), value(what)]),
        Data::Insert { table, key, value: what } => tuple("insert", [name(table), value(key), value(what)]),
        Data::Delete { table, key } => tuple("delete", [name(table), value(key)]),
        Data::Lookup { table, key, bind: into } => tuple("lookup", [name(table), value(key), bind(into)]),
        Data::Take { table, key, bind: into } => tuple("take", [name(table), value(key), bind(into)]),
        Data::Now { bind: into } => tuple("now", [bind(into)]),
        Data::Size { of, bind: into } => tuple("size", [name(of), bind(into)]),
        Data::Members { of, bind: into } => tuple("members", [name(of), bind(into)]),
        Data::Length { list, bind: into } => tuple("length", [value(list), bind(into)]),
        Data::Push { queue, value: what } => tuple("push", [name(queue), value(what)]),
        Data::Pop { queue, bind: into } => tuple("pop", [name(queue), bind(into)]),
        Data::Acquire { resource } => tuple("acquire", [name(resource)]),
        Data::Release { resource } => tuple("release", [name(resource)]),
    }
}

fn network(said: &Network<Parsed>) -> String {
    match said {
        Network::MonitorNode { node, flag } => tuple("monitor_node", [name(node), flag.to_string()]),
        Network::Connection { change } => {
            let change = match change {
                ConnectionChange::Disconnect => "disconnect",
                ConnectionChange::Cut => "cut",
                ConnectionChange::Heal => "heal",
            };
            tuple("connection", [change.to_owned()])
        }
    }
}

fn client(said: &Clients<Parsed>) -> String {
    match said {
        Clients::Log { .. } | Clients::Note { .. } => "log".to_owned(),
        Clients::Expect { expected: what } => tuple("expect", [expected(what)]),
        Clients::Settle { within } => {
            tuple("settle", [duration_or(within.as_ref(), StatementKind::SETTLE_WITHIN_MS)])
        }
        Clients::Await { client } => tuple("await", [name(client)]),
    }
}
