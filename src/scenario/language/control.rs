//! Statements that hold blocks: branches, loops, and what is done with every entry or under a lock.
//!
//! They are one thing in the file and another in a program, which has no blocks, so there are two types: what is
//! read here becomes the jumps of [`Control`].

mod lowered;

use kdl::KdlDocument;

use super::super::ast::{Condition, Duration, DurationKind, Entry, Name, Span, StatementKind, Value};
use super::super::mistake::Mistake;
use super::super::parse::scope::{ANYWHERE, SCRIPT};
use super::super::parse::statement::block;
use super::super::parse::step::Step;
use super::super::parse::words::hint;
use super::condition::{condition, table_or_queue};
use super::message::{message_pattern, receive_one};
use super::registry::since_locks;
use super::statement::Block;
use super::word::Word;

pub use lowered::{Control, Part};

/// A statement that holds blocks.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the fields are named after the words of the language")]
pub enum Compound {
    /// `if CONDITION { … }`, with the `else { … }` that may follow.
    If { condition: Condition, then: Block, otherwise: Option<Block> },
    /// `each TABLE $key $value { … }`, `each QUEUE $item { … }` and `each $list $item { … }`
    Each { over: Over, item: Name, value: Option<Name>, body: Block },
    /// `match VALUE… { when PATTERN… { … } otherwise { … } }`. The last result, `match result`, if `None`; then there
    /// are clauses for exits and errors, too.
    Match { value: Option<Value>, clauses: Vec<Clause>, otherwise: Option<Block> },
    /// `repeat N { … }`
    Repeat { times: u64, body: Block },
    /// `eventually within=MS every=MS { … }`: 1000 and 10 if unsaid.
    Eventually { within: Option<Duration>, every: Option<Duration>, body: Block },
    /// `receive { when PATTERN… { … } after MS { … } }`
    Receive { clauses: Vec<Clause>, after: Option<(Duration, Block)> },
    /// `Registry.dispatch/4`. `parallel=#true`: each partition's processes in a task of their own.
    Dispatch { entry: Entry, pid: Name, value: Name, parallel: bool, body: Block },
    /// `Registry.lock/3`
    Lock { registry: Name, key: Value, body: Block },
}

/// What a loop goes over.
#[derive(Clone, Debug, PartialEq)]
pub enum Over {
    /// A table or a queue of the process, or a table that all share.
    Store(Name),
    /// A list.
    List(Value),
}

/// How a statement ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With a result.
    Returned,
    /// With an exit.
    Exited,
    /// With an error.
    Raised,
}

/// `when PATTERN… { … }`, or after `match result` also `exit PATTERN… { … }` and `raise PATTERN… { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// What the statement before must have ended with; a message or a value is always a result.
    pub of: End,
    /// What is matched. `when DOWN …` and `when EXIT …` are spelt out as the tuples they match.
    pub pattern: Value,
    /// What is then done.
    pub body: Block,
    /// The `when` line.
    pub span: Span,
}

impl Compound {
    /// The blocks that it holds, in file order.
    pub fn blocks(&self) -> Vec<&Block> {
        match self {
            Self::If { then, otherwise, .. } => [then].into_iter().chain(otherwise).collect(),
            Self::Each { body, .. }
            | Self::Repeat { body, .. }
            | Self::Eventually { body, .. }
            | Self::Dispatch { body, .. }
            | Self::Lock { body, .. } => vec![body],
            Self::Match { clauses, otherwise, .. } => {
                clauses.iter().map(|clause| &clause.body).chain(otherwise).collect()
            }
            Self::Receive { clauses, after } => {
                clauses.iter().map(|clause| &clause.body).chain(after.iter().map(|(_, body)| body)).collect()
            }
        }
    }
}

impl From<Compound> for StatementKind {
    fn from(said: Compound) -> StatementKind {
        StatementKind::Compound(said)
    }
}

/// The words that begin such statements.
pub(in crate::scenario) const WORDS: &[Word] = &[
    Word { usage: "if CONDITION { … }", places: ANYWHERE, read: if_ },
    Word { usage: "each TABLE $key $value { … }", places: ANYWHERE, read: each },
    Word { usage: "match VALUE… { when PATTERN… { … } }", places: ANYWHERE, read: match_ },
    Word { usage: "repeat TIMES { … }", places: SCRIPT, read: repeat },
    Word { usage: "eventually within=MS every=MS { … }", places: SCRIPT, read: eventually },
    Word { usage: "receive PATTERN… timeout=MS", places: SCRIPT, read: receive },
    Word {
        usage: "dispatch (REGISTRY)key $pid $value parallel=#true { … }",
        places: ANYWHERE,
        read: dispatch,
    },
    Word { usage: "lock REGISTRY KEY { … }", places: ANYWHERE, read: lock },
];

fn body(step: &mut Step<'_, '_, '_>) -> Option<Block> {
    let inner = step.block()?;
    Some(block(step.parser, step.scope, inner))
}

fn if_(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let condition = condition(step);
    let then = body(step)?;
    Some(Compound::If { condition: condition?, then, otherwise: None }.into())
}

/// Over a table with two variables, over a queue or a list with one.
fn each(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if step.peeks_variable() {
        step.line.usage = "each $list $member { … }";
        let (list, item) = (step.value("a list")?, step.variable("a member")?);
        step.bind_variable(&item);
        let body = body(step)?;
        return Some(Compound::Each { over: Over::List(list), item, value: None, body }.into());
    }
    let of = table_or_queue(step)?;
    let over_queue = step.scope.state.queues.contains(&of.text);
    let (first, second) = if over_queue {
        step.line.usage = "each QUEUE $item { … }";
        (step.variable("an item"), None)
    } else {
        (step.variable("a key"), step.variable("a value"))
    };
    for variable in [&first, &second].into_iter().flatten() {
        step.bind_variable(variable);
    }
    let body = body(step)?;
    let value = if over_queue { None } else { Some(second?) };
    Some(Compound::Each { over: Over::Store(of), item: first?, value, body }.into())
}

fn match_(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let last_result = step.peek_word() == Some("result") && step.peek_second().is_none();
    let value = if last_result {
        step.skip();
        step.check_result();
        Some(None)
    } else {
        step.value_row("a value, or `result`").map(Some)
    };
    let block = step.block()?;
    let last = if matches!(value, Some(None)) { Clauses::OF_RESULTS } else { Clauses::OF_VALUES };
    let clauses = clauses(step, block, last);
    Some(Compound::Match { value: value?, clauses: clauses.list, otherwise: clauses.otherwise }.into())
}

fn repeat(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let times = step.number("the number of times", 1);
    let body = body(step)?;
    Some(Compound::Repeat { times: times?.value, body }.into())
}

fn eventually(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let within = step.duration_property("within");
    let every = step.duration_property("every");
    if let Some(Duration { kind: DurationKind::Milliseconds(0) | DurationKind::Infinity, span }) = every {
        let message = "`every=` must be milliseconds from 1";
        step.report(Mistake::new(span, message, "would never try again"));
    }
    Some(Compound::Eventually { within, every, body: body(step)? }.into())
}

/// With a block, a receive with clauses; without, the wait for one message.
fn receive(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if !(step.has_block() && step.at_end()) {
        return receive_one(step);
    }
    let block = step.block()?;
    let clauses = clauses(step, block, Clauses::OF_MESSAGES);
    Some(Compound::Receive { clauses: clauses.list, after: clauses.after }.into())
}

fn dispatch(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let entry = step.entry()?;
    let (pid, value) = (step.variable("a process"), step.variable("a value"));
    for variable in [&pid, &value].into_iter().flatten() {
        step.bind_variable(variable);
    }
    let parallel = step.boolean_property("parallel").is_some_and(|said| said.value);
    let body = if parallel {
        let inner = step.block()?;
        block(step.parser, &mut step.scope.elsewhere(), inner)
    } else {
        body(step)?
    };
    Some(Compound::Dispatch { entry, pid: pid?, value: value?, parallel, body }.into())
}

fn lock(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    since_locks(step);
    let (registry, key) = (step.registry_name()?, step.value("a key")?);
    Some(Compound::Lock { registry, key, body: body(step)? }.into())
}

/// The clauses of `receive` or `match`, and what applies when none does.
struct Clauses {
    list: Vec<Clause>,
    after: Option<(Duration, Block)>,
    otherwise: Option<Block>,
}

impl Clauses {
    /// The words that clauses begin with, where messages are matched.
    const OF_MESSAGES: &[&str] = &["when", "after"];
    /// Where a value is.
    const OF_VALUES: &[&str] = &["when", "otherwise"];
    /// Where the last result is, which may be none.
    const OF_RESULTS: &[&str] = &["when", "exit", "raise", "otherwise"];
}

/// Reads clauses that begin with these words.
fn clauses(step: &mut Step<'_, '_, '_>, document: &KdlDocument, words: &[&'static str]) -> Clauses {
    let mut clauses = Clauses { list: Vec::new(), after: None, otherwise: None };
    for node in document.nodes() {
        let usage = match node.name().value() {
            "after" => "after MS { … }",
            "otherwise" => "otherwise { … }",
            "exit" => "exit PATTERN… { … }",
            "raise" => "raise PATTERN… { … }",
            _ => "when PATTERN… { … }",
        };
        let mut line = Step::new(step.parser, step.scope, node, usage);
        let word = line.line.word;
        let done = match words.iter().find(|known| **known == word) {
            Some(&"after") => after(&mut line).map(|after| clauses.after = Some(after)),
            Some(&"otherwise") => body(&mut line).map(|body| clauses.otherwise = Some(body)),
            Some(&"exit") => when(&mut line, words, End::Exited).map(|clause| clauses.list.push(clause)),
            Some(&"raise") => when(&mut line, words, End::Raised).map(|clause| clauses.list.push(clause)),
            Some(_) => when(&mut line, words, End::Returned).map(|clause| clauses.list.push(clause)),
            None => {
                let message = format!("`{word}` is no clause");
                let mistake = Mistake::new(line.line.word_span, message, "unknown here");
                let of_results = Clauses::OF_RESULTS.contains(&word) && words == Clauses::OF_VALUES;
                let help = match of_results {
                    true => Some("exits and errors are those of the line before: `match result`".to_owned()),
                    false => returned(word).or_else(|| hint(word, words)),
                };
                line.report(Mistake { help, ..mistake });
                None
            }
        };
        match done {
            Some(()) => line.finish(),
            None => line.forgive(),
        }
    }
    if clauses.list.is_empty() && clauses.after.is_none() && document.nodes().is_empty() {
        let message = format!("`{}` needs a clause", step.line.word);
        step.misused(step.line.span, message, "its block is empty");
    }
    clauses
}

fn when(step: &mut Step<'_, '_, '_>, words: &[&str], of: End) -> Option<Clause> {
    let receive = words == Clauses::OF_MESSAGES;
    let pattern = if receive { message_pattern(step) } else { step.pattern_row("a pattern") };
    if pattern.is_none() {
        step.forgive();
    }
    let (span, body) = (step.line.span, body(step)?);
    Some(Clause { of, pattern: pattern?, body, span })
}

fn after(step: &mut Step<'_, '_, '_>) -> Option<(Duration, Block)> {
    let duration = step.duration("the time");
    let body = body(step)?;
    Some((duration?, body))
}

/// What a clause for the usual results of a call is, for who writes the result alone.
fn returned(word: &str) -> Option<String> {
    match word {
        "ok" | "error" => Some(format!("what was returned is `when {word} … {{ … }}`")),
        "timeout" | "noproc" => Some(format!("that is how a call exits: `exit {word} {{ … }}`")),
        _ => None,
    }
}
