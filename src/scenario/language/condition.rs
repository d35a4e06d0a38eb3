//! Conditions: what `if`, `expect` and properties ask.

use kdl::{KdlEntry, KdlEntryFormat, KdlNode};

use crate::kernel::Atom;
use crate::otp::Level;

use super::super::ast::{Comparison, Condition, CountField, ReportKind, Reports, ViaModule};
use super::super::parse::parser::Parser;
use super::super::parse::scope::Scope;
use super::super::parse::value;
use super::super::parse::words::hint;
use super::super::script::expression::Store;
use super::row::*;

forms! {
    /// A question with a yes or a no.
    Question {
        /// `has TABLE KEY`, of a table of the server, or a shared one.
        Has { table: Table, key: One },
        /// `not-has TABLE KEY`
        HasNot { table: Table, key: One },
        /// `empty NAME`, of a table or a queue.
        Empty { of: TableOrQueue },
        /// `not-empty NAME`
        NotEmpty { of: TableOrQueue },
        /// `alive TARGET`. In a property, a child id.
        Alive { target: Living },
        /// `dead TARGET`
        Dead { target: Living },
        /// `LEFT is RIGHT` and its like.
        Compare { left: Measured, comparison: Copied<Comparison>, right: One },
    }
}

forms! {
    /// The left side of a comparison.
    Measure {
        /// A value; in practice a variable.
        Value { value: One },
        /// `size NAME`: how many a table or a queue holds.
        Size { of: TableOrQueue },
        /// `count SUPERVISOR FIELD`: as `count_children` would say. Only in properties and `expect`.
        Count { supervisor: Whom, field: Copied<CountField> },
        /// `living NAME`: how many processes live that are called so by whoever has started them. Only in properties and
        /// `expect`.
        Living { called: Labelled },
        /// `reports SUPERVISOR KIND`: how many such reports it has logged. Only in properties and `expect`.
        Reports { reports: Reported },
    }
}

roles! {
    /// A table of the server, or a shared one.
    Table: Name => Store, lower(name, resolver) resolver.store(name);
    /// A queue of the server.
    Queue: Name => Store, lower(name, resolver) resolver.store(name);
    /// Either of them.
    TableOrQueue: Name => Store, lower(name, resolver) resolver.store(name);
    /// Who is asked whether it is alive, which others decide.
    Living: Target => Expression,
        lower(target, resolver) {
            resolver.touches_shared = true;
            resolver.target(target)
        },
        parts(target, parts) parts.values.push(target);
    /// The left side of a comparison.
    Measured: Measure<Parsed> => Measure<Lowered>,
        lower(measure, resolver) measure.lower(resolver), parts(measure, parts) measure.parts(parts);
    /// What those are called who are counted, which others decide.
    Labelled: Name => Atom,
        lower(name, resolver) {
            resolver.touches_shared = true;
            resolver.atom(name)
        };
    /// Reports of supervisors, which are counted from the start.
    Reported: Box<Reports> => Box<Wanted>,
        lower(reports, resolver) {
            resolver.touches_shared = true;
            Box::new(Wanted::of(reports, resolver))
        },
        parts(wanted, parts) parts.values.extend(wanted.child.iter().chain(&wanted.reason));
}

readings! {
    Table, |step, _| table(step);
    Queue, |step, _| queue(step);
    TableOrQueue, |step, _| table_or_queue(step);
}

/// The reports that a condition asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The child id of the supervisor.
    pub supervisor: Atom,
    /// Of which kind.
    pub kind: ReportKind,
    /// Of which level, if that matters.
    pub level: Option<Level>,
    /// About which child, if that matters.
    pub child: Option<Expression>,
    /// With which reason, if that matters.
    pub reason: Option<Expression>,
}

impl Wanted {
    /// What the file says of them; they are counted from the start.
    fn of(said: &Reports, resolver: &mut Resolver<'_>) -> Wanted {
        let supervisor = resolver.atom(&said.supervisor);
        resolver.names.reports.insert((supervisor, said.kind));
        Wanted {
            supervisor,
            kind: said.kind,
            level: said.level,
            child: said.child.as_ref().map(|child| resolver.value(child)),
            reason: said.reason.as_ref().map(|reason| resolver.value(reason)),
        }
    }
}

/// A question, with the words that the file has for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// What is asked.
    pub question: Question<Lowered>,
    /// How the file says it.
    pub words: Condition,
}

impl Condition {
    /// The same, resolved.
    pub(in crate::scenario) fn lower(&self, resolver: &mut Resolver<'_>) -> Asked {
        Asked { question: self.kind.lower(resolver), words: self.clone() }
    }
}

impl Sayable for Condition {
    fn said(&self) -> Said<'_> {
        self.kind.said()
    }
}

impl Sayable for Measure<Parsed> {
    fn said(&self) -> Said<'_> {
        Measure::said(self)
    }
}

/// What a condition can begin with, unless it begins with a value.
pub const WORDS: &[&str] =
    &["has", "not-has", "empty", "not-empty", "alive", "dead", "size", "count", "living", "reports"];

/// Reads the rest of the line as a condition.
pub fn condition(step: &mut Step<'_, '_, '_>) -> Option<Condition> {
    let start = step.peek().map(value::entry_span);
    let kind = kind(step)?;
    let span = start.map_or(step.line.span, |start| start.to(step.line.span));
    Some(Condition { kind, span })
}

fn kind(step: &mut Step<'_, '_, '_>) -> Option<Question<Parsed>> {
    let word = step.peek_word().unwrap_or_default();
    if WORDS.contains(&word) {
        step.skip();
    }
    Some(match word {
        "has" => Question::Has { table: table(step)?, key: step.value("a key")? },
        "not-has" => Question::HasNot { table: table(step)?, key: step.value("a key")? },
        "empty" => Question::Empty { of: table_or_queue(step)? },
        "not-empty" => Question::NotEmpty { of: table_or_queue(step)? },
        "alive" => Question::Alive { target: whom(step)? },
        "dead" => Question::Dead { target: whom(step)? },
        "size" => {
            let of = table_or_queue(step)?;
            comparison(step, Measure::Size { of })?
        }
        "count" => {
            let operand = count(step)?;
            comparison(step, operand)?
        }
        "living" => {
            let called = living(step)?;
            comparison(step, Measure::Living { called })?
        }
        "reports" => {
            let operand = reports(step)?;
            comparison(step, operand)?
        }
        _ => {
            unknown_beginning(step, word)?;
            let value = step.value("a condition")?;
            comparison(step, Measure::Value { value })?
        }
    })
}

/// A word that is neither a condition nor compared with anything is a misspelt condition.
fn unknown_beginning(step: &mut Step<'_, '_, '_>, word: &str) -> Option<()> {
    let compared = step
        .peek_second_word()
        .is_some_and(|second| Comparison::WORDS.iter().any(|(word, _)| *word == second));
    if word.is_empty() || word.starts_with('$') || compared {
        return Some(());
    }
    let span = step.peek().map(value::entry_span)?;
    let mistake = Mistake::new(span, format!("`{word}` is not a condition"), "unknown word");
    let help = hint(word, WORDS);
    step.report(Mistake { help, ..mistake });
    None
}

/// A child's id or a process's name, or a variable.
pub fn whom(step: &mut Step<'_, '_, '_>) -> Option<Target> {
    if step.peek_word().is_some_and(|word| step.parser.names.ids.contains(word)) {
        return step.name("a process").map(Target::Name);
    }
    let target = step.target("a process")?;
    routed(step, &target);
    Some(target)
}

/// Reports a name that leads somewhere only when it is called.
pub fn routed(step: &mut Step<'_, '_, '_>, target: &Target) {
    if let Target::Via(via) = target
        && via.module == ViaModule::PartitionSupervisor
    {
        let mistake =
            Mistake::new(via.span, "a partition supervisor routes keys, and keeps no names", "whom?");
        let key = "look where it leads first: `whereis (POOL)key as=$pid`";
        step.report(mistake.with_help(key));
    }
}

/// Whether a condition stands where servers' handlers do.
fn in_a_server(step: &Step<'_, '_, '_>) -> bool {
    !matches!(step.scope.place, Code::Outside | Code::Client | Code::Process | Code::Task)
}

/// `reports SUPERVISOR KIND child=ID reason=REASON level=LEVEL`
fn reports(step: &mut Step<'_, '_, '_>) -> Option<Measure<Parsed>> {
    if in_a_server(step) {
        let mistake =
            Mistake::new(step.line.span, "a server cannot read the log here", "`reports` in a server");
        step.report(mistake.with_help("clients, processes and properties can"));
        return None;
    }
    let supervisor = step.name("a supervisor's child id")?;
    step.check_id(&supervisor);
    let Some(entry) = step.peek() else {
        step.name("what it reports, like `child_terminated`")?;
        return None;
    };
    step.skip();
    let kind = step.entry_choice(entry, "what it reports", ReportKind::WORDS)?.value;
    let child = step.value_property("child");
    let reason = step.value_property("reason");
    let level = step.choice_property("level", Level::WORDS).map(|level| level.value);
    Some(Measure::Reports { reports: Box::new(Reports { supervisor, kind, child, reason, level }) })
}

/// A child's id, or what a definition is called of which processes are spawned.
fn living(step: &mut Step<'_, '_, '_>) -> Option<Name> {
    if in_a_server(step) {
        let message = "a server cannot see who lives";
        step.report(Mistake::new(step.line.span, message, "`living` in a server"));
        return None;
    }
    step.process()
}

fn count(step: &mut Step<'_, '_, '_>) -> Option<Measure<Parsed>> {
    if in_a_server(step) {
        let message = "a server cannot look into a supervisor here";
        let mistake = Mistake::new(step.line.span, message, "`count` in a server");
        step.report(mistake.with_help("ask it: `count_children SUPERVISOR as=$counts`"));
        return None;
    }
    let supervisor = whom(step)?;
    let words = step.peek();
    let Some(entry) = words else {
        step.name("one of `specs`, `active`, `supervisors`, `workers`")?;
        return None;
    };
    step.skip();
    let field = step.entry_choice(entry, "the field", CountField::WORDS)?;
    Some(Measure::Count { supervisor, field: field.value })
}

fn comparison(step: &mut Step<'_, '_, '_>, left: Measure<Parsed>) -> Option<Question<Parsed>> {
    let Some(entry) = step.peek() else {
        let message = "this condition compares with nothing".to_owned();
        let mistake = Mistake::new(step.line.span, message, "no comparison follows");
        step.report(mistake.with_help("like `$count above 3` or `$state is ready`"));
        return None;
    };
    step.skip();
    let comparison = step.entry_choice(entry, "a comparison", Comparison::WORDS)?;
    let right = step.value_row("a value to compare with")?;
    Some(Question::Compare { left, comparison: comparison.value, right })
}

/// A table of the server, or a shared one.
pub fn table(step: &mut Step<'_, '_, '_>) -> Option<Name> {
    let name = step.name("a table")?;
    check_table(step, &name, false);
    Some(name)
}

/// A table or a queue.
pub fn table_or_queue(step: &mut Step<'_, '_, '_>) -> Option<Name> {
    let name = step.name("a table or a queue")?;
    check_table(step, &name, true);
    Some(name)
}

/// A queue of the server.
pub fn queue(step: &mut Step<'_, '_, '_>) -> Option<Name> {
    let name = step.name("a queue")?;
    if !step.scope.state.queues.contains(&name.text) {
        let advice = match step.scope.place {
            Code::Process | Code::Task | Code::Client => "only a server has queues".to_owned(),
            _ => format!("declare it in the server: `queue {}`", name.text),
        };
        step.report(unknown("queue", &name, &step.scope.state.queues, &advice));
    }
    Some(name)
}

fn check_table(step: &mut Step<'_, '_, '_>, name: &Name, or_queue: bool) {
    let state = &step.scope.state;
    let tables = state.tables.iter().chain(step.parser.names.shared_tables.keys());
    let known: Vec<&String> = tables.chain(state.queues.iter().filter(|_| or_queue)).collect();
    if known.contains(&&name.text) {
        return;
    }
    let what = if or_queue { "table or queue" } else { "table" };
    let advice = match step.scope.place {
        Code::Process | Code::Task | Code::Client | Code::Outside => {
            format!("declare it at the top level: `shared_table {}`", name.text)
        }
        _ => format!("declare it in the server: `table {}`", name.text),
    };
    let mistake = unknown(what, name, known, &advice);
    step.report(mistake);
}

/// Reads a line that is a condition, as properties hold them.
pub fn line(parser: &mut Parser<'_>, scope: &mut Scope, node: &KdlNode) -> Option<Condition> {
    // The line's own word is the first of the condition: read it as an argument too.
    let name = node.name();
    let mut led = KdlEntry::new(name.value());
    led.set_span(name.span());
    let value_repr = name.repr().unwrap_or(name.value()).to_owned();
    led.set_format(KdlEntryFormat { value_repr, ..KdlEntryFormat::default() });
    let mut step = Step::leading(parser, scope, node, &led);
    let condition = condition(&mut step)?;
    step.finish();
    Some(condition)
}
