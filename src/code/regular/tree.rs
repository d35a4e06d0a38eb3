//! Patterns as trees.

use super::one::One;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Empty,
    One(One),
    Sequence(Vec<Node>),
    /// The first that matches.
    Choice(Vec<Node>),
    Repeat {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
        how: How,
    },
    Capture(usize, Box<Node>),
    Atomic(Box<Node>),
    Look {
        behind: bool,
        negated: bool,
        node: Box<Node>,
    },
    Back {
        group: usize,
        caseless: bool,
    },
    Condition {
        on: Box<Condition>,
        yes: Box<Node>,
        no: Box<Node>,
    },
    /// A group as a routine; 0 is the whole pattern.
    Call(usize),
    Assert(Assert),
    /// `\K`: the match begins here.
    Keep,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Group(usize),
    Look(Node),
    /// What Erlang writes as `(?(DEFINE)...)`.
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Greedy,
    Lazy,
    Possessive,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assert {
    /// What Erlang writes as `^`.
    Start,
    LineStart,
    /// What Erlang writes as `$`.
    End,
    /// `$` where it matches at the very end alone.
    EndOnly,
    LineEnd,
    /// What Erlang writes as `\A`.
    TextStart,
    /// What Erlang writes as `\z`.
    TextEnd,
    /// What Erlang writes as `\Z`.
    LastLineEnd,
    Word {
        negated: bool,
    },
    /// What Erlang writes as `\G`.
    From,
}

impl Node {
    /// How many characters it matches, if that is always the same number.
    pub(super) fn width(&self) -> Option<usize> {
        match self {
            Node::One(_) => Some(1),
            Node::Sequence(nodes) => nodes.iter().map(Node::width).sum(),
            Node::Choice(nodes) => {
                let mut widths = nodes.iter().map(Node::width);
                let first = widths.next()??;
                widths.all(|width| width == Some(first)).then_some(first)
            }
            Node::Repeat { node, min, max, .. } => {
                (Some(*min) == *max).then(|| node.width())?.map(|width| width * *min as usize)
            }
            Node::Capture(_, node) | Node::Atomic(node) => node.width(),
            Node::Empty | Node::Look { .. } | Node::Assert(_) | Node::Keep => Some(0),
            Node::Condition { yes, no, .. } => yes.width().filter(|width| no.width() == Some(*width)),
            Node::Back { .. } | Node::Call(_) => None,
        }
    }

    /// The alternatives of what looks back, each of which has a width of its own.
    pub(super) fn alternatives(self) -> Vec<Node> {
        match self {
            Node::Choice(nodes) => nodes,
            node => vec![node],
        }
    }
}
