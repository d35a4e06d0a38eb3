//! What operations compute and compare: expressions, patterns, and the places that they name.

use crate::kernel::{Atom, Term};

/// What a target begins with that is any child of a supervisor: no program writes such an atom.
pub const ANY_CHILD: Atom = Atom::of("(any)");

/// An index into the operations of one definition.
pub type Address = u32;
/// A variable of a definition.
pub type Slot = u16;

/// A value to be computed.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// Known when the file is read.
    Constant(Term),
    /// A variable of the definition.
    Slot(Slot),
    /// A shared variable.
    Shared(u16),
    /// The pid of the process.
    SelfPid,
    /// A tuple of what these come to.
    Tuple(Vec<Expression>),
    /// A list of what these come to.
    List(Vec<Expression>),
    /// A map of what these keys and values come to.
    Map(Vec<(Expression, Expression)>),
}

/// What a value must look like.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// Any value at all, which gets no name.
    Any,
    /// Equal to this value. An unbound variable is bound to what is there.
    Is(Expression),
    /// Anything, and from then on the variable's value, whatever that was: `as=`.
    Set(Slot),
    /// A tuple of these.
    Tuple(Vec<Pattern>),
    /// A list of these.
    List(Vec<Pattern>),
    /// A map that has these keys.
    Map(Vec<(Expression, Pattern)>),
}

impl Expression {
    /// Visits this expression and all that it is made of.
    pub fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'a Expression)) {
        visitor(self);
        match self {
            Expression::Constant(_) | Expression::Slot(_) | Expression::Shared(_) | Expression::SelfPid => (),
            Expression::Tuple(parts) | Expression::List(parts) => {
                parts.iter().for_each(|part| part.visit(visitor));
            }
            Expression::Map(pairs) => {
                for (key, value) in pairs {
                    key.visit(visitor);
                    value.visit(visitor);
                }
            }
        }
    }

    /// Whether what it comes to depends on a shared variable.
    fn reads_shared(&self) -> bool {
        match self {
            Expression::Shared(_) => true,
            Expression::Constant(_) | Expression::Slot(_) | Expression::SelfPid => false,
            Expression::Tuple(parts) | Expression::List(parts) => parts.iter().any(Expression::reads_shared),
            Expression::Map(pairs) => {
                pairs.iter().any(|(key, value)| key.reads_shared() || value.reads_shared())
            }
        }
    }
}

impl Pattern {
    /// Whether what it fits depends on a shared variable.
    pub fn reads_shared(&self) -> bool {
        match self {
            Pattern::Any | Pattern::Set(_) => false,
            Pattern::Is(expression) => expression.reads_shared(),
            Pattern::Tuple(patterns) | Pattern::List(patterns) => patterns.iter().any(Pattern::reads_shared),
            Pattern::Map(pairs) => {
                pairs.iter().any(|(key, value)| key.reads_shared() || value.reads_shared())
            }
        }
    }
}

/// Where a table or queue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// A table of the process.
    Table(u16),
    /// A queue of the process.
    Queue(u16),
    /// A table that all processes share.
    SharedTable(u16),
}

/// A variable to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// Of the definition.
    Slot(Slot),
    /// A variable that all processes share, by its number.
    Shared(u16),
}
