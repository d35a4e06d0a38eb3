//! Goes through the steps of a pattern, with what is left to try on a stack.

use super::one::{is_word, other_case};
use super::program::{Program, Step};
use super::tree::{Assert, How};

/// Where each group of a match begins and ends, the whole of it being the first; in characters.
pub type Captures = Vec<Option<(usize, usize)>>;

/// Where and how to look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Start {
    /// The character to begin at.
    pub from: usize,
    /// Only there, and nowhere behind.
    pub anchored: bool,
    /// A match of nothing is none.
    pub not_empty: bool,
    /// A match of nothing at the beginning is none.
    pub not_empty_at_start: bool,
}

/// There was too much to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// How many steps there may be.
const EFFORT_MAX: u64 = 20_000_000;

/// How deep routines and assertions may be within each other.
const DEPTH_MAX: usize = 250;

enum Undo {
    /// A way to try.
    Way(usize, usize),
    /// To try with one less, down to the least.
    Fewer {
        next: usize,
        at: usize,
        least: usize,
    },
    /// To try with one more, as long as it matches.
    More {
        step: usize,
        at: usize,
        left: usize,
    },
    Slot(usize, Option<usize>),
    Register(usize, usize),
}

struct Matcher<'a> {
    program: &'a Program,
    text: &'a [u32],
    start: Start,
    slots: Vec<Option<usize>>,
    registers: Vec<usize>,
    stack: Vec<Undo>,
    effort: u64,
}

impl Program {
    /// The first match in a text.
    ///
    /// # Errors
    ///
    /// When it takes too long to find out.
    pub fn find(&self, text: &[u32], start: Start) -> Result<Option<Captures>, TooLong> {
        let mut matcher = Matcher {
            program: self,
            text,
            start,
            slots: Vec::new(),
            registers: vec![usize::MAX; self.loops],
            stack: Vec::new(),
            effort: 0,
        };
        let last = if start.anchored || self.flags.anchored { start.from } else { text.len() };
        for at in start.from..=last {
            if self.flags.firstline && at > start.from && text[at - 1] == 10 {
                break;
            }
            if let Some(captures) = matcher.whole(at)? {
                return Ok(Some(captures));
            }
        }
        Ok(None)
    }
}

impl Matcher<'_> {
    /// A match that begins here.
    fn whole(&mut self, at: usize) -> Result<Option<Captures>, TooLong> {
        self.slots.clear();
        self.slots.resize((self.program.groups + 1) * 3, None);
        self.slots[0] = Some(at);
        self.stack.clear();
        let Some(end) = self.run(0, at, 0)? else { return Ok(None) };
        self.slots[1] = Some(end);
        Ok(Some(self.slots.chunks(3).map(|group| group[0].zip(group[1])).collect()))
    }

    /// Whether a match that ends here is one of nothing, where that is none.
    fn is_too_little(&self, at: usize) -> bool {
        let Start { from, not_empty, not_empty_at_start, .. } = self.start;
        self.slots[0] == Some(at) && (not_empty || not_empty_at_start && at == from)
    }

    /// Runs from a step to the `Done` that ends it; what is left on the stack above can be tried again.
    fn run(&mut self, step: usize, at: usize, depth: usize) -> Result<Option<usize>, TooLong> {
        let base = self.stack.len();
        let (mut step, mut at) = (step, at);
        loop {
            self.effort += 1;
            if self.effort > EFFORT_MAX || depth > DEPTH_MAX {
                return Err(TooLong);
            }
            let next = match &self.program.steps[step] {
                Step::Done if depth == 0 && self.is_too_little(at) => None,
                Step::Done => return Ok(Some(at)),
                _ => self.step(step, at, depth)?,
            };
            match next.or_else(|| self.go_back(base)) {
                Some(next) => (step, at) = next,
                None => return Ok(None),
            }
        }
    }

    fn step(&mut self, step: usize, at: usize, depth: usize) -> Result<Option<(usize, usize)>, TooLong> {
        let program = self.program;
        Ok(match &program.steps[step] {
            Step::One(one) => {
                self.text.get(at).filter(|point| one.matches(**point)).map(|_| (step + 1, at + 1))
            }
            Step::Many { .. } => self.many(step, at),
            Step::Assert(assert) => self.holds(*assert, at).then_some((step + 1, at)),
            Step::Jump(to) => Some((*to, at)),
            Step::Split(one, other) => {
                self.stack.push(Undo::Way(*other, at));
                Some((*one, at))
            }
            Step::Keep => {
                self.save(0, Some(at));
                Some((step + 1, at))
            }
            // Until a group is closed, it is what it was when it was closed before.
            Step::Open(group) => {
                self.save(group * 3 + 2, Some(at));
                Some((step + 1, at))
            }
            Step::Close(group) => {
                self.save(group * 3, self.slots[group * 3 + 2]);
                self.save(group * 3 + 1, Some(at));
                Some((step + 1, at))
            }
            Step::Turn(register) => {
                self.stack.push(Undo::Register(*register, self.registers[*register]));
                self.registers[*register] = at;
                Some((step + 1, at))
            }
            Step::Turned { register, out } => {
                Some((if self.registers[*register] == at { *out } else { step + 1 }, at))
            }
            Step::Back { group, caseless } => self.back(*group, *caseless, at).map(|end| (step + 1, end)),
            Step::Atomic { next } => self.alone(step + 1, at, depth)?.map(|end| (*next, end)),
            Step::Look { behind, negated, next } => {
                let start = at.checked_sub(behind.unwrap_or(0));
                let kept = self.slots.clone();
                let found = match start {
                    Some(start) => self.alone(step + 1, start, depth)?,
                    None => None,
                };
                if *negated && found.is_some() {
                    self.restore(&kept);
                }
                (found.is_some() != *negated).then_some((*next, at))
            }
            Step::Group { group, no } => {
                let matched = self.slots[group * 3 + 1].is_some();
                Some((if matched { step + 1 } else { *no }, at))
            }
            Step::Call(group) => {
                let kept = self.slots.clone();
                let end = self.alone(program.routines[*group], at, depth)?;
                self.restore(&kept);
                end.map(|end| (step + 1, end))
            }
            Step::Done | Step::Fail => None,
        })
    }

    /// A part on its own: once it has matched, no other way through it is tried.
    fn alone(&mut self, step: usize, at: usize, depth: usize) -> Result<Option<usize>, TooLong> {
        let base = self.stack.len();
        let end = self.run(step, at, depth + 1)?;
        // What it has set is still to be undone.
        let mut kept = self.stack.split_off(base);
        kept.retain(|undo| matches!(undo, Undo::Slot(..) | Undo::Register(..)));
        self.stack.append(&mut kept);
        Ok(end)
    }

    fn restore(&mut self, kept: &[Option<usize>]) {
        for (slot, value) in kept.iter().enumerate() {
            if self.slots[slot] != *value {
                self.save(slot, *value);
            }
        }
    }

    fn save(&mut self, slot: usize, value: Option<usize>) {
        self.stack.push(Undo::Slot(slot, self.slots[slot]));
        self.slots[slot] = value;
    }

    fn go_back(&mut self, base: usize) -> Option<(usize, usize)> {
        while self.stack.len() > base {
            match self.stack.pop()? {
                Undo::Way(step, at) => return Some((step, at)),
                Undo::Fewer { next, at, least } => {
                    if at - 1 > least {
                        self.stack.push(Undo::Fewer { next, at: at - 1, least });
                    }
                    return Some((next, at - 1));
                }
                Undo::More { step, at, left } => {
                    let Step::Many { one, .. } = &self.program.steps[step] else { continue };
                    if self.text.get(at).is_some_and(|point| one.matches(*point)) {
                        if left > 1 {
                            self.stack.push(Undo::More { step, at: at + 1, left: left - 1 });
                        }
                        return Some((step + 1, at + 1));
                    }
                }
                Undo::Slot(slot, value) => self.slots[slot] = value,
                Undo::Register(register, value) => self.registers[register] = value,
            }
        }
        None
    }

    fn many(&mut self, step: usize, at: usize) -> Option<(usize, usize)> {
        let Step::Many { one, min, max, how } = &self.program.steps[step] else { return None };
        let most = if *how == How::Lazy { *min } else { *max };
        let count = self.text[at..].iter().take(most).take_while(|point| one.matches(**point)).count();
        self.effort += count as u64;
        if count < *min {
            return None;
        }
        let end = at + count;
        match how {
            How::Greedy if count > *min => {
                self.stack.push(Undo::Fewer { next: step + 1, at: end, least: at + min });
            }
            How::Lazy if max > min => self.stack.push(Undo::More { step, at: end, left: max - min }),
            _ => (),
        }
        Some((step + 1, end))
    }

    fn back(&self, group: usize, caseless: bool, at: usize) -> Option<usize> {
        let (from, to) = self.slots[group * 3].zip(self.slots[group * 3 + 1])?;
        let end = at + to - from;
        let there = self.text.get(at..end)?;
        let unicode = self.program.flags.unicode;
        let alike =
            |(one, other): (&u32, &u32)| one == other || caseless && other_case(*one, unicode) == *other;
        self.text[from..to].iter().zip(there).all(alike).then_some(end)
    }

    fn holds(&self, assert: Assert, at: usize) -> bool {
        let flags = self.program.flags;
        let end = self.text.len();
        let last = at == end || at + 1 == end && self.text[at] == 10;
        match assert {
            Assert::Start => at == 0 && !flags.notbol,
            Assert::LineStart => match at {
                0 => !flags.notbol,
                _ => self.text[at - 1] == 10 && at < end,
            },
            Assert::End => last && !flags.noteol,
            Assert::EndOnly => at == end && !flags.noteol,
            Assert::LineEnd => self.text.get(at).map_or(!flags.noteol, |point| *point == 10),
            Assert::TextStart => at == 0,
            Assert::TextEnd => at == end,
            Assert::LastLineEnd => last,
            Assert::Word { negated } => {
                let word = |point: Option<&u32>| point.is_some_and(|point| is_word(*point, flags.ucp));
                let before = at.checked_sub(1).and_then(|at| self.text.get(at));
                (word(before) != word(self.text.get(at))) != negated
            }
            Assert::From => at == self.start.from,
        }
    }
}
