//! Values, patterns, names, durations and targets.

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
    /// The name itself, without what marks it as one in the file.
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
    /// Visits it, and then all that it is made of.
    pub fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'a Value)) {
        visitor(self);
        match &self.kind {
            ValueKind::Tuple(values) | ValueKind::List(values) => {
                values.iter().for_each(|value| value.visit(visitor));
            }
            ValueKind::Map(pairs) => pairs.iter().for_each(|(key, value)| {
                key.visit(visitor);
                value.visit(visitor);
            }),
            ValueKind::Atom(_)
            | ValueKind::Int(_)
            | ValueKind::Text(_)
            | ValueKind::Variable(_)
            | ValueKind::SelfPid
            | ValueKind::Wildcard => (),
        }
    }

    /// Whether it, or a part of it, is so.
    pub fn any(&self, is_so: impl Fn(&ValueKind) -> bool) -> bool {
        let mut found = false;
        self.visit(&mut |part| found |= is_so(&part.kind));
        found
    }

    /// Whether there is a map in it. In a pattern a map asks only for the keys that it names.
    pub fn holds_map(&self) -> bool {
        self.any(|kind| matches!(kind, ValueKind::Map(_)))
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
    /// `(any)SUPERVISOR`: of its children that live, the one that was started first.
    AnyChild(Name),
}

impl Target {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Name(name) | Self::Variable(name) | Self::Remote(name, _) | Self::AnyChild(name) => {
                name.span
            }
            Self::SelfPid(span) => *span,
            Self::Via(via) => via.span,
        }
    }
}

/// A span of virtual time.
#[derive(Clone, Debug, PartialEq)]
pub struct Duration {
    /// How long it is, or what says so when the statement runs.
    pub kind: DurationKind,
    /// Where it stands.
    pub span: Span,
}

/// How long a [`Duration`] is.
#[derive(Clone, Debug, PartialEq)]
pub enum DurationKind {
    /// This many milliseconds.
    Milliseconds(u64),
    /// It never ends: `infinity`.
    Infinity,
    /// As many milliseconds as a variable says when the statement runs.
    Variable(String),
}

/// `(REGISTRY)key` as a name for a process: `{via, Module, {Holder, Key}}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Via {
    /// Who keeps the name.
    pub module: ViaModule,
    /// The registry or the partition supervisor.
    pub holder: Pool,
    /// The key that it is kept under.
    pub key: Value,
    /// The value that a process which takes the name registers. Only a term can say it.
    pub value: Option<Value>,
    /// Where it stands.
    pub span: Span,
}

impl Via {
    /// The tuple that Erlang knows it as.
    pub fn value(&self) -> Value {
        let span = self.span;
        let atom = |text: &str| Value { kind: ValueKind::Atom(text.to_owned()), span };
        let tuple = |parts| Value { kind: ValueKind::Tuple(parts), span };
        let name = [self.holder.value(), self.key.clone()].into_iter().chain(self.value.clone());
        tuple(vec![atom("via"), atom(self.module.word()), tuple(name.collect())])
    }
}

/// Whoever keeps names, by a name of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Pool {
    /// What the file calls it.
    pub name: Name,
    /// The name that a registry keeps for it, if it has no local one.
    pub via: Option<Box<Via>>,
}

impl Pool {
    /// Its name: an atom, or the tuple of a via name.
    pub fn value(&self) -> Value {
        match &self.via {
            Some(via) => via.value(),
            None => Value { kind: ValueKind::Atom(self.name.text.clone()), span: self.name.span },
        }
    }
}

worded! {
    /// The module of a via name.
    ViaModule {
        /// `'Registry'`
        Registry = "Registry",
        /// `'PartitionSupervisor'`
        PartitionSupervisor = "PartitionSupervisor",
    }
}

/// `(REGISTRY)key`: an entry of a registry.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The registry that keeps the entry, by its name.
    pub registry: Name,
    /// The key that it is kept under.
    pub key: Value,
}
