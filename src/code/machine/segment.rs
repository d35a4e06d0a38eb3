//! The instructions on bit strings.

use std::sync::Arc;

use super::super::bits::{Bits, Builder, Matcher};
use super::super::raise::Raise;
use super::super::segment;
use super::super::term::Term;
use super::op::{Flags, Label, MatchStep, Op, Piece, Segment, Source, Target};
use super::run::{Flow, Machine};

impl Machine<'_, '_> {
    /// Executes an instruction on bit strings.
    pub(super) fn segment(&mut self, op: &Op) -> Flow {
        match op {
            Op::StartMatch(fail, from, to) => {
                match segment::start_match(self.look(*from, &mut Term::Nil)) {
                    Some(matcher) => self.set(*to, Term::Matcher(Arc::new(matcher))),
                    None => self.jump(*fail),
                }
                Ok(())
            }
            Op::GetSegment(fail, context, segment, size, unit, flags, to) => {
                let size = size.map(|size| self.get(size));
                let found = self.matching(*context, |matcher| {
                    get(matcher, *segment, size.as_ref(), *unit as usize, *flags)
                });
                match found {
                    Some(value) => self.set(*to, value),
                    None => self.jump(*fail),
                }
                Ok(())
            }
            Op::SkipBits(fail, context, size, unit) => {
                let size = size.map(|size| self.get(size));
                let skipped = self.matching(*context, |matcher| {
                    let bits = match &size {
                        Some(size) => segment::size_to_match(size, *unit as usize)?,
                        None if matcher.is_in_units(*unit as usize) => matcher.left(),
                        None => return None,
                    };
                    matcher.skip(bits)
                });
                self.goes_on(skipped, *fail)
            }
            Op::SkipUtf(fail, context, segment, flags) => {
                let skipped = self.matching(*context, |matcher| get(matcher, *segment, None, 1, *flags));
                self.goes_on(skipped.map(drop), *fail)
            }
            Op::TestTail(fail, context, bits) => {
                let is = self.matching(*context, |matcher| (matcher.left() == *bits as usize).then_some(()));
                self.goes_on(is, *fail)
            }
            Op::TestUnit(fail, context, unit) => {
                let is = self.matching(*context, |matcher| matcher.is_in_units(*unit as usize).then_some(()));
                self.goes_on(is, *fail)
            }
            Op::MatchString(fail, context, bits, from) => {
                let len = (*bits as usize).div_ceil(8);
                let string = &self.module.strings[*from as usize..][..len];
                let is = self.matching(*context, |matcher| matcher.string(string, *bits as usize));
                self.goes_on(is, *fail)
            }
            _ => self.whole(op),
        }
    }

    /// Where matching stands, and what is built.
    fn whole(&mut self, op: &Op) -> Flow {
        match op {
            Op::RestOf(context, to) => {
                if let Some(rest) = self.matching(*context, |matcher| Some(matcher.tail())) {
                    self.set(*to, Term::Bits(rest));
                }
                Ok(())
            }
            Op::GetPosition(context, to) => {
                if let Some(position) = self.matching(*context, |matcher| Some(matcher.position())) {
                    self.set(*to, Term::Int(position as i64));
                }
                Ok(())
            }
            Op::SetPosition(context, position) => {
                if let Term::Int(position) = self.get(*position) {
                    self.matching(*context, |matcher| {
                        matcher.set_position(position as usize);
                        Some(())
                    });
                }
                Ok(())
            }
            Op::Match(fail, context, steps) => self.match_steps(*fail, *context, steps),
            Op::CreateBinary(fail, to, pieces) => match self.build(pieces) {
                Ok(bits) => {
                    self.set(*to, Term::Bits(bits));
                    Ok(())
                }
                Err(_) if *fail != 0 => {
                    self.jump(*fail);
                    Ok(())
                }
                Err(raise) => self.raise(raise, None),
            },
            Op::UtfSize(of, value, to) => {
                let value = self.get(*value);
                let size = match of {
                    Segment::Utf16 => segment::utf16_size(&value),
                    _ => segment::utf8_size(&value),
                };
                self.set(*to, Term::Int(size));
                Ok(())
            }
            Op::AddSizes(fail, a, b, unit, to) => {
                let sum = match (self.get(*a), self.get(*b)) {
                    (Term::Int(a), Term::Int(b)) if a >= 0 && b >= 0 => {
                        b.checked_mul(i64::from(*unit)).and_then(|b| a.checked_add(b))
                    }
                    _ => None,
                };
                match sum {
                    Some(sum) => self.set(*to, Term::Int(sum)),
                    None if *fail != 0 => self.jump(*fail),
                    None => return self.raise(Raise::badarg(), None),
                }
                Ok(())
            }
            Op::InitWritable => {
                self.set(Target::X(0), Term::Bits(Bits::of(&[])));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn goes_on(&mut self, matched: Option<()>, fail: Label) -> Flow {
        if matched.is_none() {
            self.jump(fail);
        }
        Ok(())
    }

    /// Does something with the matcher in a register.
    fn matching<T>(&mut self, context: Source, act: impl FnOnce(&mut Matcher) -> Option<T>) -> Option<T> {
        let place = match context {
            Source::X(place) => Target::X(place),
            Source::Y(place) => Target::Y(place),
            _ => return None,
        };
        // Taken out, so that nobody else has it and it is changed where it is.
        let taken = self.take(place);
        let Term::Matcher(mut matcher) = taken else {
            self.set(place, taken);
            return None;
        };
        let result = act(Arc::make_mut(&mut matcher));
        self.set(place, Term::Matcher(matcher));
        result
    }

    fn match_steps(&mut self, fail: Label, context: Source, steps: &[MatchStep]) -> Flow {
        for step in steps {
            let matched = match step {
                MatchStep::EnsureAtLeast(stride, unit) => self.matching(context, |matcher| {
                    let rest = matcher.left().checked_sub(*stride as usize)?;
                    rest.is_multiple_of((*unit).max(1) as usize).then_some(())
                }),
                MatchStep::EnsureExactly(stride) => {
                    self.matching(context, |matcher| (matcher.left() == *stride as usize).then_some(()))
                }
                MatchStep::Integer(flags, bits, to) => {
                    let found = self.matching(context, |matcher| {
                        segment::get_integer(matcher, *bits as usize, flags.signed, flags.little)
                    });
                    found.map(|value| self.set(*to, value))
                }
                MatchStep::Binary(bits, to) => {
                    let found = self.matching(context, |matcher| segment::get_bits(matcher, *bits as usize));
                    found.map(|value| self.set(*to, value))
                }
                MatchStep::Skip(bits) => self.matching(context, |matcher| matcher.skip(*bits as usize)),
                MatchStep::Tail(to) => {
                    let rest = self.matching(context, |matcher| {
                        let left = matcher.left();
                        matcher.take(left)
                    });
                    rest.map(|rest| self.set(*to, Term::Bits(rest)))
                }
                MatchStep::Exactly(bits, value) => {
                    let found = self.matching(context, |matcher| {
                        segment::get_integer(matcher, *bits as usize, false, false)
                    });
                    found.filter(|found| *found == Term::integer((*value).into())).map(drop)
                }
            };
            if matched.is_none() {
                return self.goes_on(None, fail);
            }
        }
        Ok(())
    }

    fn build(&mut self, pieces: &[Piece]) -> Result<Bits, Raise> {
        let (mut builder, rest) = match pieces {
            [first @ Piece { segment: Segment::Binary, size: None, .. }, rest @ ..] => {
                (segment::append_to(self.get(first.value), first.unit.max(1) as usize)?, rest)
            }
            pieces => (Builder::onto(Bits::of(&[])), pieces),
        };
        for piece in rest {
            self.put(&mut builder, piece)?;
        }
        Ok(builder.finish())
    }

    fn put(&self, builder: &mut Builder, piece: &Piece) -> Result<(), Raise> {
        let Piece { segment, unit, flags, value, size } = *piece;
        if let (Segment::Text, Source::Int(from), Some(Source::Int(len))) = (segment, value, size) {
            builder.bytes(&self.module.strings[from as usize..][..len as usize]);
            return Ok(());
        }
        let (mut value_slot, mut size_slot) = (Term::Nil, Term::Nil);
        let value = self.look(value, &mut value_slot);
        let bits = match size {
            Some(size) => Some(segment::size_to_build(self.look(size, &mut size_slot), unit as usize)?),
            None => None,
        };
        match (segment, bits) {
            (Segment::Integer, Some(bits)) => segment::put_integer(builder, value, bits, flags.little),
            (Segment::Float, Some(bits)) => segment::put_float(builder, value, bits, flags.little),
            (Segment::Binary, Some(bits)) => segment::put_bits(builder, value, bits),
            (Segment::Binary, None) => segment::put_all(builder, value, unit.max(1) as usize),
            (Segment::Utf8, _) => segment::put_utf8(builder, value),
            (Segment::Utf16, _) => segment::put_utf16(builder, value, flags.little),
            (Segment::Utf32, _) => segment::put_utf32(builder, value, flags.little),
            _ => Err(Raise::badarg()),
        }
    }
}

fn get(
    matcher: &mut Matcher,
    segment: Segment,
    size: Option<&Term>,
    unit: usize,
    flags: Flags,
) -> Option<Term> {
    let bits = match size {
        Some(size) => Some(segment::size_to_match(size, unit)?),
        None => None,
    };
    match (segment, bits) {
        (Segment::Integer, Some(bits)) => segment::get_integer(matcher, bits, flags.signed, flags.little),
        (Segment::Float, Some(bits)) => segment::get_float(matcher, bits, flags.little),
        (Segment::Binary, Some(bits)) => segment::get_bits(matcher, bits),
        (Segment::Binary, None) => matcher.take_all(unit).map(Term::Bits),
        (Segment::Utf8, _) => segment::get_utf8(matcher),
        (Segment::Utf16, _) => segment::get_utf16(matcher, flags.little),
        (Segment::Utf32, _) => segment::get_utf32(matcher, flags.little),
        _ => None,
    }
}
