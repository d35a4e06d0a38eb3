//! What leads through a program, and how blocks are lowered to it.

use crate::kernel::Atom;

use super::super::super::ast::Span;
use super::super::super::script::compiler::Compiler;
use super::super::super::script::expression::{Address, Expression, Pattern, Slot, Store};
use super::super::super::script::parts::Parts;
use super::super::super::script::resolver::milliseconds;
use super::super::condition::Question;
use super::super::effects::{ALONE, Effects, SEES};
use super::super::form::Lowered;
use super::super::statement::{Block, Catch, OperationKind, StatementKind};
use super::{Clause, Compound, End, Over};

/// Leads through a program.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "named after the statements of the language")]
pub enum Control {
    Jump(Address),
    /// Jumps when the answer is no.
    Unless(Question<Lowered>, Address),
    /// Jumps to the first clause that matches the value, or what the operation before has ended with.
    Match {
        value: Option<Expression>,
        clauses: Vec<(End, Pattern, Address)>,
        otherwise: Option<Address>,
    },
    EachBegin(Store),
    EachOf(Expression),
    EachNext {
        key: Slot,
        value: Option<Slot>,
        end: Address,
    },
    RepeatBegin(u64),
    RepeatNext(Address),
    EventuallyBegin {
        within: Expression,
        every: Expression,
    },
    EventuallyEnd,
    Receive {
        clauses: Vec<(Pattern, Address)>,
        after: Option<(Expression, Address)>,
    },
    Dispatch {
        registry: Atom,
        key: Expression,
    },
    Parallel(Part),
    Lock {
        registry: Atom,
        key: Expression,
    },
    Unlock,
    /// Forgets the variables that a repeated block binds.
    Unbind(Vec<Slot>),
    /// The callback or process ends.
    Return,
}

/// A part of dispatching in parallel, in the order of the program.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Starts the tasks and goes on where they are awaited; or begins the block itself.
    Start {
        /// The registry whose processes are visited.
        registry: Atom,
        /// The key under which they are registered.
        key: Expression,
        /// Where the tasks are awaited.
        awaited_at: Address,
    },
    /// A task looks for its processes. The block follows, once for each.
    Share {
        /// The registry whose processes are visited.
        registry: Atom,
        /// The key under which they are registered.
        key: Expression,
    },
    /// The block has been run: a task ends.
    End,
    /// The next task is awaited.
    Await,
}

impl Control {
    /// What it can tell of others, and others of it. Whether a return is noticed depends on what is returned.
    pub(in crate::scenario) fn effects(&self) -> Effects {
        match self {
            Self::Jump(_)
            | Self::Unless(..)
            | Self::Match { .. }
            | Self::EachBegin(_)
            | Self::EachOf(_)
            | Self::EachNext { .. }
            | Self::RepeatBegin(_)
            | Self::RepeatNext(_)
            | Self::EventuallyBegin { .. }
            | Self::EventuallyEnd
            | Self::Receive { .. }
            | Self::Unbind(_)
            | Self::Return => ALONE,
            // A registry's tables are everybody's.
            Self::Dispatch { .. } | Self::Parallel(_) | Self::Lock { .. } | Self::Unlock => SEES,
        }
    }

    /// What it computes.
    pub(in crate::scenario) fn parts<'a>(&'a self, parts: &mut Parts<'a>) {
        match self {
            Self::Jump(_)
            | Self::EachBegin(_)
            | Self::EachNext { .. }
            | Self::RepeatBegin(_)
            | Self::RepeatNext(_)
            | Self::EventuallyEnd
            | Self::Parallel(Part::End | Part::Await)
            | Self::Unlock
            | Self::Unbind(_)
            | Self::Return => (),
            Self::EachOf(list) => parts.values.push(list),
            Self::Unless(question, _) => question.parts(parts),
            Self::Match { value, .. } => parts.values.extend(value),
            Self::EventuallyBegin { within, every } => parts.times.extend([within, every]),
            Self::Receive { after, .. } => parts.times.extend(after.iter().map(|(after, _)| after)),
            Self::Dispatch { key, .. }
            | Self::Lock { key, .. }
            | Self::Parallel(Part::Start { key, .. } | Part::Share { key, .. }) => parts.values.push(key),
        }
    }
}

impl Compiler<'_> {
    /// Lowers the statements of a block, one behind the other.
    pub fn block(&mut self, block: &Block) {
        for (index, statement) in block.iter().enumerate() {
            statement.kind.lower(self, statement.span, Catch::by(block.get(index + 1)));
        }
    }

    fn control(&mut self, control: Control, span: Span) -> usize {
        self.push(OperationKind::Control(control), span)
    }

    /// A statement that holds blocks.
    pub fn compound(&mut self, said: &Compound, span: Span, catch: Catch) {
        match said {
            Compound::If { condition, then, otherwise } => {
                let question = condition.kind.lower(&mut self.resolver);
                let unless = self.control(Control::Unless(question, 0), span);
                self.block(then);
                match otherwise {
                    None => self.land(unless),
                    Some(otherwise) => {
                        let end = self.control(Control::Jump(0), span);
                        self.land(unless);
                        self.block(otherwise);
                        self.land(end);
                    }
                }
            }
            Compound::Each { over, item, value, body } => {
                let item = self.resolver.slot(&item.text);
                let value = value.as_ref().map(|value| self.resolver.slot(&value.text));
                let begin = match over {
                    Over::Store(store) => Control::EachBegin(self.resolver.store(store)),
                    Over::List(list) => Control::EachOf(self.resolver.value(list)),
                };
                self.control(begin, span);
                self.each(item, value, body, span);
            }
            Compound::Repeat { times, body } => {
                self.control(Control::RepeatBegin(*times), span);
                let start = self.here();
                let next = self.control(Control::RepeatNext(0), span);
                self.repeated(body, span);
                self.control(Control::Jump(start), span);
                self.land(next);
            }
            Compound::Eventually { within, every, body } => {
                let within = self
                    .resolver
                    .duration_or(within.as_ref(), milliseconds(StatementKind::EVENTUALLY_WITHIN_MS));
                let every = self
                    .resolver
                    .duration_or(every.as_ref(), milliseconds(StatementKind::EVENTUALLY_EVERY_MS));
                self.control(Control::EventuallyBegin { within, every }, span);
                self.repeated(body, span);
                self.control(Control::EventuallyEnd, span);
            }
            Compound::Match { value, clauses, otherwise } => {
                let value = value.as_ref().map(|value| self.resolver.value(value));
                let patterns: Vec<Pattern> =
                    clauses.iter().map(|clause| self.resolver.pattern(&clause.pattern)).collect();
                let place =
                    self.control(Control::Match { value, clauses: Vec::new(), otherwise: None }, span);
                let (entries, default) = self.clauses(clauses, otherwise.as_ref());
                let entries = clauses.iter().zip(patterns).zip(entries);
                let entries = entries.map(|((clause, pattern), entry)| (clause.of, pattern, entry)).collect();
                if let OperationKind::Control(Control::Match { clauses, otherwise, .. }) =
                    &mut self.operations[place].kind
                {
                    (*clauses, *otherwise) = (entries, default);
                }
            }
            Compound::Receive { clauses, after } => {
                let patterns: Vec<Pattern> =
                    clauses.iter().map(|clause| self.resolver.message(&clause.pattern)).collect();
                let timeout = after.as_ref().map(|(after, _)| self.resolver.duration(after));
                let place = self.control(Control::Receive { clauses: Vec::new(), after: None }, span);
                let (entries, late) = self.clauses(clauses, after.as_ref().map(|(_, body)| body));
                if let OperationKind::Control(Control::Receive { clauses, after }) =
                    &mut self.operations[place].kind
                {
                    (*clauses, *after) = (patterns.into_iter().zip(entries).collect(), timeout.zip(late));
                }
            }
            Compound::Dispatch { entry, pid, value, parallel, body } => {
                let (registry, key) = (self.resolver.atom(&entry.registry), self.resolver.value(&entry.key));
                let (pid, value) = (self.resolver.slot(&pid.text), self.resolver.slot(&value.text));
                if *parallel {
                    return self.dispatch_in_parallel((registry, key), (pid, value), body, span, catch);
                }
                self.control(Control::Dispatch { registry, key }, span);
                self.each(pid, Some(value), body, span);
            }
            Compound::Lock { registry, key, body } => {
                let (registry, key) = (self.resolver.atom(registry), self.resolver.value(key));
                self.control(Control::Lock { registry, key }, span);
                self.block(body);
                self.control(Control::Unlock, span);
            }
        }
    }

    /// The blocks of clauses, one behind the other, and then what applies when none does: where each begins.
    fn clauses(&mut self, clauses: &[Clause], otherwise: Option<&Block>) -> (Vec<Address>, Option<Address>) {
        let (mut ends, mut entries) = (Vec::new(), Vec::new());
        for clause in clauses {
            entries.push(self.here());
            self.block(&clause.body);
            ends.push(self.control(Control::Jump(0), clause.span));
        }
        let otherwise = otherwise.map(|body| {
            let here = self.here();
            self.block(body);
            here
        });
        for end in ends {
            self.land(end);
        }
        (entries, otherwise)
    }

    fn each(&mut self, key: Slot, value: Option<Slot>, body: &Block, span: Span) {
        let start = self.here();
        let next = self.control(Control::EachNext { key, value, end: 0 }, span);
        self.repeated(body, span);
        self.control(Control::Jump(start), span);
        self.land(next);
    }

    /// `Start`, `Share`, the block for each process, `End`, `Await`.
    fn dispatch_in_parallel(
        &mut self,
        (registry, key): (Atom, Expression),
        (pid, value): (Slot, Slot),
        body: &Block,
        span: Span,
        catch: Catch,
    ) {
        self.catch = catch;
        let start = Part::Start { registry, key: key.clone(), awaited_at: 0 };
        let start = self.control(Control::Parallel(start), span);
        self.control(Control::Parallel(Part::Share { registry, key }), span);
        self.each(pid, Some(value), body, span);
        self.control(Control::Parallel(Part::End), span);
        let here = self.here();
        self.catch = catch;
        self.control(Control::Parallel(Part::Await), span);
        if let OperationKind::Control(Control::Parallel(Part::Start { awaited_at, .. })) =
            &mut self.operations[start].kind
        {
            *awaited_at = here;
        }
    }
}
