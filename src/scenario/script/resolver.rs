//! What the operands of a statement mean: its names are numbers, its variables slots, its values expressions. It knows
//! no statements.

use std::collections::BTreeSet;

use crate::kernel::{Atom, Term};

use super::super::ast::{Duration, DurationKind, Name, Registration, Target, Value, ValueKind};
use super::expression::{ANY_CHILD, Expression, Pattern, Slot, Store, Variable};
use super::names::Numbering;

/// Resolves the operands of one definition.
#[derive(Debug)]
pub struct Resolver<'a> {
    pub names: &'a mut Numbering,
    pub slots: Vec<String>,
    pub tables: Vec<String>,
    pub queues: Vec<String>,
    pub phases: Vec<String>,
    /// The slots that something before this statement can have bound.
    pub seen: BTreeSet<Slot>,
    /// Whether the statement whose operands they are reads or writes what others can.
    pub touches_shared: bool,
    /// What the process computes before the statement.
    pub beforehand: Vec<Beforehand>,
}

/// A variable that gets its value before a statement.
#[derive(Debug)]
pub struct Beforehand {
    pub slot: Slot,
    pub value: Expression,
    /// Whether what had been resolved until then reads or writes what others can.
    pub touches_shared: bool,
}

impl<'a> Resolver<'a> {
    /// Of what belongs to no process, or of a definition of which nothing is known yet.
    pub fn new(names: &'a mut Numbering) -> Self {
        Resolver {
            names,
            slots: Vec::new(),
            tables: Vec::new(),
            queues: Vec::new(),
            phases: Vec::new(),
            seen: BTreeSet::new(),
            touches_shared: false,
            beforehand: Vec::new(),
        }
    }

    pub fn slot(&mut self, name: &str) -> Slot {
        let index = self.slots.iter().position(|slot| slot == name).unwrap_or_else(|| {
            self.slots.push(name.to_owned());
            self.slots.len() - 1
        });
        let slot = Slot::try_from(index).expect("a file of a megabyte has fewer variables");
        self.seen.insert(slot);
        slot
    }

    pub fn phase(&mut self, phase: &Name) -> u16 {
        let index = self.phases.iter().position(|known| *known == phase.text);
        u16::try_from(index.expect("the parser knows the phases")).expect("few phases")
    }

    pub fn atom(&mut self, name: &Name) -> Atom {
        self.names.atoms.intern(&name.text)
    }

    pub fn store(&mut self, name: &Name) -> Store {
        let number = |index: usize| u16::try_from(index).expect("few tables");
        if let Some(index) = self.tables.iter().position(|table| *table == name.text) {
            return Store::Table(number(index));
        }
        if let Some(index) = self.queues.iter().position(|queue| *queue == name.text) {
            return Store::Queue(number(index));
        }
        self.touches_shared = true;
        Store::SharedTable(*self.names.shared_tables.get(&name.text).expect("the parser knows the tables"))
    }

    pub fn place(&mut self, name: &Name) -> Variable {
        match self.names.shared.get(&name.text) {
            Some(index) if !self.slots.contains(&name.text) => {
                self.touches_shared = true;
                Variable::Shared(*index)
            }
            _ => Variable::Slot(self.slot(&name.text)),
        }
    }

    fn variable(&mut self, name: &str) -> Expression {
        match self.names.shared.get(name) {
            Some(index) if !self.slots.iter().any(|slot| slot == name) => {
                self.touches_shared = true;
                Expression::Shared(*index)
            }
            _ => Expression::Slot(self.slot(name)),
        }
    }

    pub fn value(&mut self, value: &Value) -> Expression {
        if let Some(term) = self.names.constant(value) {
            return Expression::Constant(term);
        }
        match &value.kind {
            ValueKind::Variable(name) => self.variable(name),
            ValueKind::SelfPid => Expression::SelfPid,
            ValueKind::Tuple(values) => Expression::Tuple(self.values(values)),
            ValueKind::List(values) => Expression::List(self.values(values)),
            ValueKind::Map(pairs) => Expression::Map(
                pairs.iter().map(|(key, value)| (self.value(key), self.value(value))).collect(),
            ),
            ValueKind::Atom(_) | ValueKind::Int(_) | ValueKind::Text(_) | ValueKind::Wildcard => {
                unreachable!("constants are done, and the parser lets no wildcard stand for a value")
            }
        }
    }

    pub fn values(&mut self, values: &[Value]) -> Vec<Expression> {
        values.iter().map(|value| self.value(value)).collect()
    }

    pub fn pattern(&mut self, value: &Value) -> Pattern {
        // A map in a pattern asks only for the keys that it names, so it is no constant.
        if let Some(term) = self.names.constant(value)
            && !value.holds_map()
        {
            return Pattern::Is(Expression::Constant(term));
        }
        match &value.kind {
            ValueKind::Wildcard => Pattern::Any,
            ValueKind::Variable(name) => Pattern::Is(self.variable(name)),
            ValueKind::SelfPid => Pattern::Is(Expression::SelfPid),
            ValueKind::Tuple(values) => {
                Pattern::Tuple(values.iter().map(|value| self.pattern(value)).collect())
            }
            ValueKind::List(values) => {
                Pattern::List(values.iter().map(|value| self.pattern(value)).collect())
            }
            ValueKind::Map(pairs) => Pattern::Map(
                pairs.iter().map(|(key, value)| (self.value(key), self.pattern(value))).collect(),
            ),
            ValueKind::Atom(_) | ValueKind::Int(_) | ValueKind::Text(_) => unreachable!("constants are done"),
        }
    }

    /// A pattern of a `receive`. What it compares with is computed before the process waits.
    pub fn message(&mut self, value: &Value) -> Pattern {
        let pattern = self.pattern(value);
        self.fixed(pattern)
    }

    /// Replaces what only the running process can read by a variable that is set beforehand.
    fn fixed(&mut self, pattern: Pattern) -> Pattern {
        match pattern {
            Pattern::Is(value @ (Expression::Shared(_) | Expression::SelfPid)) => {
                let name = format!("_{}", self.slots.len());
                let slot = self.slot(&name);
                let touches_shared = std::mem::take(&mut self.touches_shared);
                self.beforehand.push(Beforehand { slot, value, touches_shared });
                Pattern::Is(Expression::Slot(slot))
            }
            Pattern::Tuple(parts) => Pattern::Tuple(parts.into_iter().map(|part| self.fixed(part)).collect()),
            Pattern::List(parts) => Pattern::List(parts.into_iter().map(|part| self.fixed(part)).collect()),
            other @ (Pattern::Any | Pattern::Is(_) | Pattern::Set(_) | Pattern::Map(_)) => other,
        }
    }

    pub fn bind(&mut self, name: Option<&Name>) -> Option<Pattern> {
        name.map(|name| Pattern::Set(self.slot(&name.text)))
    }

    pub fn target(&mut self, target: &Target) -> Expression {
        match target {
            Target::Name(name) => {
                let name = self.names.atoms.intern(&name.text);
                Expression::Constant(name.into())
            }
            Target::Variable(name) => self.variable(&name.text),
            Target::SelfPid(_) => Expression::SelfPid,
            Target::Via(via) => self.value(&via.value()),
            Target::AnyChild(supervisor) => Expression::Constant(self.any_child(supervisor)),
            Target::Remote(name, node) => {
                let (name, node) = (self.names.atoms.intern(&name.text), self.names.atoms.intern(&node.text));
                Expression::Constant(Term::tagged(name, node.into()))
            }
        }
    }

    /// Whom such a target means, and what whoever is not there is called by.
    fn any_child(&mut self, supervisor: &Name) -> Term {
        self.touches_shared = true;
        let nobody = self.names.atoms.intern(&format!("(any){}", supervisor.text));
        self.names.atoms.intern("(any)");
        Term::tuple([ANY_CHILD.into(), self.atom(supervisor).into(), nobody.into()])
    }

    pub fn duration(&mut self, duration: &Duration) -> Expression {
        match &duration.kind {
            DurationKind::Milliseconds(time) => milliseconds(*time),
            DurationKind::Infinity => Expression::Constant(Atom::INFINITY.into()),
            DurationKind::Variable(name) => self.variable(name),
        }
    }

    pub fn duration_or(&mut self, duration: Option<&Duration>, default: Expression) -> Expression {
        duration.map_or(default, |duration| self.duration(duration))
    }

    /// The name of what a line starts, if a registry is to keep it: it may depend on variables.
    pub fn registered_via(&mut self, registration: &Registration) -> Option<Expression> {
        match registration {
            Registration::Via(via) => Some(self.value(&via.value())),
            Registration::Variable(name) => Some(self.variable(&name.text)),
            Registration::Default | Registration::None(_) | Registration::Name(_) => None,
        }
    }
}

pub fn milliseconds(time: u64) -> Expression {
    Expression::Constant(Term::Int(i64::try_from(time).unwrap_or(i64::MAX)))
}
