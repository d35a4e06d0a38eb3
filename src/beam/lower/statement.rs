//! Statements as Erlang terms: `{Catches, Start, End, Operation}`. They are written from what the file says, and the
//! driver has an interpreter of its own: what the model makes of a statement neither knows.

use crate::scenario::ast::{
    Block, Catch, Clause, Compound, End, Over, Statement, StatementKind, Supervisors,
};

use super::program::Program;
use super::value::{duration, duration_or, entry, list, name, optional, pattern, tuple, value};

impl Program<'_> {
    /// A block: a list of its statements.
    pub(super) fn block(&mut self, block: &Block) -> String {
        let mut lowered = Vec::new();
        for (index, statement) in block.iter().enumerate() {
            let catch = Catch::by(block.get(index + 1));
            let classes = [("exit", catch.exit), ("raise", catch.raise)];
            let catch =
                list(classes.iter().filter(|(_, caught)| *caught).map(|(class, _)| (*class).to_owned()));
            let operation = self.statement(statement);
            let span = statement.span;
            lowered.push(format!("{{{catch},{},{},{operation}}}", span.start, span.end));
        }
        format!("[{}]", lowered.join(",\n "))
    }

    fn statement(&mut self, statement: &Statement) -> String {
        match (statement.kind.said(), &statement.kind) {
            (Err(said), _) => self.compound(said),
            (
                Ok(_),
                StatementKind::Supervisors(Supervisors::StartApplication { application, kind: None }),
            ) => {
                let kind = self.kind_of(&application.text).word().to_owned();
                tuple("start_application", [name(application), kind])
            }
            (Ok(said), StatementKind::Registries(_)) => tuple("registry", [self.said(said)]),
            (Ok(said), _) => self.said(said),
        }
    }

    fn compound(&mut self, said: &Compound) -> String {
        match said {
            Compound::If { condition: asked, then, otherwise } => {
                let then = self.block(then);
                let otherwise = otherwise.as_ref().map_or("[]".to_owned(), |block| self.block(block));
                tuple("'if'", [self.said(asked.kind.said()), then, otherwise])
            }
            Compound::Each { over: Over::Store(store), item, value, body } => {
                tuple("each", [name(store), name(item), optional(value.as_ref(), name), self.block(body)])
            }
            Compound::Each { over: Over::List(list), item, body, .. } => {
                tuple("each_of", [value(list), name(item), self.block(body)])
            }
            Compound::Match { value: what, clauses, otherwise } => {
                let clauses = list(clauses.iter().map(|clause| {
                    let of = match clause.of {
                        End::Returned => "value",
                        End::Exited => "exit",
                        End::Raised => "raise",
                    };
                    format!("{{{of},{},{}}}", pattern(&clause.pattern), self.block(&clause.body))
                }));
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
