//! Values, patterns, names, durations and targets.

use super::registry::Via;

pub use crate::model::Span;

/// Something with its place in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// A name with its place in the file. A variable's name is kept without its `$`.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A value or a pattern: the same grammar, but for `_`, which only a pattern may hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Where it stands. Values in a row that make a tuple have the span of the whole row.
    pub span: Span,
}

impl Value {
    /// Whether there is a map in it. In a pattern a map asks only for the keys that it names.
    pub fn holds_map(&self) -> bool {
        match &self.kind {
            ValueKind::Map(_) => true,
            ValueKind::Tuple(values) | ValueKind::List(values) => values.iter().any(Value::holds_map),
            ValueKind::Atom(_)
            | ValueKind::Int(_)
            | ValueKind::Text(_)
            | ValueKind::Variable(_)
            | ValueKind::SelfPid
            | ValueKind::Wildcard => false,
        }
    }
}

/// What a [`Value`] is.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind {
    /// A bare word, or `#true` and `#false`.
    Atom(String),
    /// A whole number.
    Int(i64),
    /// A quoted string.
    Text(String),
    /// `$name`: its value; in a pattern, whatever is there, from then on called `$name`.
    Variable(String),
    /// `self`: the pid of the process that runs the statement.
    SelfPid,
    /// `_`: anything.
    Wildcard,
    /// Values in a row, `(tag)value`, or a tuple in Erlang syntax.
    Tuple(Vec<Value>),
    /// A list, which only Erlang syntax can write.
    List(Vec<Value>),
    /// A map, which only Erlang syntax can write. In file order, keys may repeat.
    Map(Vec<(Value, Value)>),
}

/// Whom an operation is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// A registered name, looked up when it is used.
    Name(Name),
    /// A variable that holds a pid or a name.
    Variable(Name),
    /// The process itself.
    SelfPid(Span),
    /// A name that a registry or a partition supervisor keeps.
    Via(Box<Via>),
    /// `(NODE)name`: a name, and the node that has it.
    Remote(Name, Name),
}

impl Target {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Name(name) | Self::Variable(name) | Self::Remote(name, _) => name.span,
            Self::SelfPid(span) => *span,
            Self::Via(via) => via.span,
        }
    }
}

/// A span of virtual time.
#[derive(Clone, Debug, PartialEq)]
pub struct Duration {
    /// How long.
    pub kind: DurationKind,
    /// Where it stands.
    pub span: Span,
}

/// How long a [`Duration`] is.
#[derive(Clone, Debug, PartialEq)]
pub enum DurationKind {
    /// This many milliseconds.
    Milliseconds(u64),
    /// For ever.
    Infinity,
    /// As many milliseconds as a variable says when the statement runs.
    Variable(String),
}
