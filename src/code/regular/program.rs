//! From a tree to steps that a matcher goes through.

use std::collections::BTreeMap;

use super::Flags;
use super::one::One;
use super::parse::{Parsed, Wrong};
use super::tree::{Assert, Condition, How, Node};

/// A pattern that can be run.
#[derive(Clone, Debug)]
pub struct Program {
    pub(super) steps: Vec<Step>,
    /// Where the routine of each group begins, the whole pattern being 0.
    pub(super) routines: Vec<usize>,
    pub(super) groups: usize,
    pub(super) loops: usize,
    pub(super) flags: Flags,
    names: BTreeMap<String, usize>,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    One(One),
    /// As many of one as there are, or as few.
    Many {
        one: One,
        min: usize,
        max: usize,
        how: How,
    },
    Assert(Assert),
    Jump(usize),
    /// The first way, and then the other.
    Split(usize, usize),
    /// The match begins here.
    Keep,
    /// A group begins, or ends.
    Open(usize),
    Close(usize),
    /// A loop's turn begins here.
    Turn(usize),
    /// Goes on behind the loop if the turn has matched nothing.
    Turned {
        register: usize,
        out: usize,
    },
    Back {
        group: usize,
        caseless: bool,
    },
    /// The steps up to `Done` are tried on their own; then it goes on at `next`.
    Atomic {
        next: usize,
    },
    /// Looks back by one of these widths, each with its steps; or ahead, where there is none.
    Look {
        behind: Option<usize>,
        negated: bool,
        next: usize,
    },
    /// Whether a group has matched.
    Group {
        group: usize,
        no: usize,
    },
    Call(usize),
    Done,
    Fail,
}

/// How many steps a pattern may have.
const STEPS_MAX: usize = 200_000;

impl Program {
    /// The steps of a pattern.
    ///
    /// # Errors
    ///
    /// When there are too many.
    pub fn of(parsed: Parsed, flags: Flags) -> Result<Program, Wrong> {
        let mut program = Program {
            steps: Vec::new(),
            routines: vec![0; parsed.groups + 1],
            groups: parsed.groups,
            loops: 0,
            flags,
            names: parsed.names,
        };
        program.node(&parsed.tree)?;
        program.steps.push(Step::Done);
        let mut captures = Vec::new();
        collect(&parsed.tree, &mut captures);
        for (group, node) in captures {
            program.routines[group] = program.steps.len();
            program.node(node)?;
            program.steps.push(Step::Done);
        }
        Ok(program)
    }

    /// How many groups it captures.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// The groups that have names, in the order of these.
    pub fn names(&self) -> &BTreeMap<String, usize> {
        &self.names
    }

    fn add(&mut self, step: Step) -> Result<usize, Wrong> {
        if self.steps.len() >= STEPS_MAX {
            return Err(Wrong::Bad("regular expression is too large", 0));
        }
        self.steps.push(step);
        Ok(self.steps.len() - 1)
    }

    fn node(&mut self, node: &Node) -> Result<(), Wrong> {
        match node {
            Node::Empty => (),
            Node::One(one) => drop(self.add(Step::One(one.clone()))?),
            Node::Sequence(nodes) => nodes.iter().try_for_each(|node| self.node(node))?,
            Node::Choice(nodes) => self.choice(nodes)?,
            Node::Repeat { node, min, max, how } => self.repeat(node, *min as usize, *max, *how)?,
            Node::Capture(group, node) => {
                self.add(Step::Open(*group))?;
                self.node(node)?;
                self.add(Step::Close(*group))?;
            }
            Node::Atomic(node) => self.atomic(|program| program.node(node))?,
            Node::Look { behind, negated, node } => self.look(*behind, *negated, node)?,
            Node::Back { group, caseless } => {
                self.add(Step::Back { group: *group, caseless: *caseless })?;
            }
            Node::Condition { on, yes, no } => self.condition(on, yes, no)?,
            Node::Call(group) => drop(self.add(Step::Call(*group))?),
            Node::Assert(assert) => drop(self.add(Step::Assert(*assert))?),
            Node::Keep => drop(self.add(Step::Keep)?),
        }
        Ok(())
    }

    fn choice(&mut self, nodes: &[Node]) -> Result<(), Wrong> {
        let mut ends = Vec::new();
        for (place, node) in nodes.iter().enumerate() {
            let split = (place + 1 < nodes.len()).then(|| self.add(Step::Fail)).transpose()?;
            self.node(node)?;
            if let Some(split) = split {
                ends.push(self.add(Step::Fail)?);
                self.steps[split] = Step::Split(split + 1, self.steps.len());
            }
        }
        for end in ends {
            self.steps[end] = Step::Jump(self.steps.len());
        }
        Ok(())
    }

    fn repeat(&mut self, node: &Node, min: usize, max: Option<u32>, how: How) -> Result<(), Wrong> {
        let max = max.map_or(usize::MAX, |max| max as usize);
        if let Node::One(one) = node {
            self.add(Step::Many { one: one.clone(), min, max, how })?;
            return Ok(());
        }
        if how == How::Possessive {
            return self.atomic(|program| program.turns(node, min, max, true));
        }
        self.turns(node, min, max, how == How::Greedy)
    }

    fn turns(&mut self, node: &Node, min: usize, max: usize, greedy: bool) -> Result<(), Wrong> {
        let branch = |one, other| if greedy { Step::Split(one, other) } else { Step::Split(other, one) };
        if max == usize::MAX {
            for _ in 1..min {
                self.node(node)?;
            }
            let enter = (min == 0).then(|| self.add(Step::Fail)).transpose()?;
            let register = self.loops;
            self.loops += 1;
            let turn = self.add(Step::Turn(register))?;
            self.node(node)?;
            let out = self.steps.len() + 2;
            self.add(Step::Turned { register, out })?;
            self.add(branch(turn, out))?;
            if let Some(enter) = enter {
                self.steps[enter] = branch(turn, out);
            }
            return Ok(());
        }
        for _ in 0..min {
            self.node(node)?;
        }
        let mut splits = Vec::new();
        for _ in min..max {
            splits.push(self.add(Step::Fail)?);
            self.node(node)?;
        }
        let out = self.steps.len();
        for split in splits {
            self.steps[split] = branch(split + 1, out);
        }
        Ok(())
    }

    fn atomic(&mut self, inner: impl FnOnce(&mut Program) -> Result<(), Wrong>) -> Result<(), Wrong> {
        let start = self.add(Step::Fail)?;
        inner(self)?;
        self.add(Step::Done)?;
        self.steps[start] = Step::Atomic { next: self.steps.len() };
        Ok(())
    }

    fn look(&mut self, behind: bool, negated: bool, node: &Node) -> Result<(), Wrong> {
        if !behind {
            return self.look_by(None, negated, node);
        }
        let nodes = node.clone().alternatives();
        if negated || nodes.len() == 1 {
            // None of them may be there.
            return nodes.iter().try_for_each(|node| self.look_by(node.width(), negated, node));
        }
        let looks =
            nodes.into_iter().map(|node| Node::Look { behind: true, negated: false, node: node.into() });
        // As any assertion, it is not gone back into.
        self.atomic(|program| program.choice(&looks.collect::<Vec<Node>>()))
    }

    fn look_by(&mut self, behind: Option<usize>, negated: bool, node: &Node) -> Result<(), Wrong> {
        let start = self.add(Step::Fail)?;
        self.node(node)?;
        self.add(Step::Done)?;
        self.steps[start] = Step::Look { behind, negated, next: self.steps.len() };
        Ok(())
    }

    fn condition(&mut self, on: &Condition, yes: &Node, no: &Node) -> Result<(), Wrong> {
        let start = match on {
            Condition::Group(_) | Condition::Never => self.add(Step::Fail)?,
            Condition::Look(look) => {
                // Either it holds and there is the one way, or it does not and there is the other.
                let Node::Look { behind, negated, node } = look else { return Ok(()) };
                let opposite = Node::Look { behind: *behind, negated: !negated, node: node.clone() };
                let yes = Node::Sequence(vec![look.clone(), yes.clone()]);
                return self.choice(&[yes, Node::Sequence(vec![opposite, no.clone()])]);
            }
        };
        self.node(yes)?;
        let end = self.add(Step::Fail)?;
        let other = self.steps.len();
        self.steps[start] = match on {
            Condition::Group(group) => Step::Group { group: *group, no: other },
            _ => Step::Jump(other),
        };
        self.node(no)?;
        self.steps[end] = Step::Jump(self.steps.len());
        Ok(())
    }
}

/// All groups that capture, wherever they are.
fn collect<'a>(node: &'a Node, captures: &mut Vec<(usize, &'a Node)>) {
    match node {
        Node::Sequence(nodes) | Node::Choice(nodes) => nodes.iter().for_each(|node| collect(node, captures)),
        Node::Capture(group, inner) => {
            captures.push((*group, node));
            collect(inner, captures);
        }
        Node::Repeat { node, .. } | Node::Atomic(node) | Node::Look { node, .. } => collect(node, captures),
        Node::Condition { on, yes, no } => {
            if let Condition::Look(look) = &**on {
                collect(look, captures);
            }
            collect(yes, captures);
            collect(no, captures);
        }
        _ => (),
    }
}
