//! The instructions that make and compare terms, and those that are executed seldom.

use crate::kernel::Atom;

use super::super::load::Module;
use super::super::natives::arithmetic;
use super::super::raise::{Class, Raise};
use super::super::term::{Fun, Map, Term};
use super::op::{Arithmetic, Comparison, Failure, Kind, Label, Op, Source, Tail, Target};
use super::process::{Catch, Place};
use super::run::{Flow, Machine, source};
use super::trace::{Traced, location, stacktrace};

const BADMAP: Atom = Atom::of("badmap");
const BADKEY: Atom = Atom::of("badkey");
const BADRECORD: Atom = Atom::of("badrecord");
const IF_CLAUSE: Atom = Atom::of("if_clause");
const TRY_CLAUSE: Atom = Atom::of("try_clause");

impl<'c> Machine<'c, '_> {
    /// What needs nothing but terms and the frame.
    pub(super) fn plain(&mut self, op: &'c Op) -> Flow {
        let module: &'c Module = self.module;
        match op {
            Op::Trim(size) => {
                let len = self.process.stack.len() - usize::from(*size);
                self.process.stack.truncate(len);
            }
            Op::Forget(places) => {
                for place in places {
                    self.set(Target::Y(*place), Term::Nil);
                }
            }
            Op::IsFunctionOf(fail, value, arity) => {
                let arity = self.get(*arity);
                let is = match self.look(*value, &mut Term::Nil) {
                    Term::Fun(fun) => arity == Term::Int(i64::from(fun.arity())),
                    _ => false,
                };
                if !is {
                    self.at = *fail as usize;
                }
            }
            Op::SelectArity(value, fail, choices) => {
                let size = self.look(*value, &mut Term::Nil).as_tuple().map(<[Term]>::len);
                let chosen = choices.iter().find(|(arity, _)| Some(*arity as usize) == size);
                self.at = chosen.map_or(*fail, |(_, label)| *label) as usize;
            }
            Op::GetHead(list, to) => {
                if let Term::Cons(cons) = self.get(*list) {
                    self.set(*to, cons.head().clone());
                }
            }
            Op::GetTail(list, to) => {
                if let Term::Cons(cons) = self.get(*list) {
                    self.set(*to, cons.tail().clone());
                }
            }
            Op::Swap(a, b) => {
                let (left, right) = (self.get(source(*a)), self.get(source(*b)));
                self.set(*a, right);
                self.set(*b, left);
            }
            Op::Timeout => (),
            Op::MakeFun(lambda, to, free) => {
                let of = &module.lambdas[*lambda as usize];
                let free = free.iter().map(|value| self.get(*value)).collect();
                let fun = Fun::Local { module: module.name, index: *lambda, arity: of.arity, free };
                self.set(*to, Term::Fun(fun.into()));
            }
            Op::Catch(label, handler) => {
                let (stack, frames) = (self.process.stack.len() as u32, self.process.frames.len() as u32);
                let place = Place { module: self.number, at: *label };
                self.process.catches.push(Catch { place, handler: *handler, stack, frames });
            }
            Op::CatchEnd | Op::TryEnd => {
                self.process.catches.pop();
            }
            Op::SetElement(value, tuple, place) => {
                let (value, mut tuple_value) = (self.get(*value), self.get(*tuple));
                if let Term::Tuple(elements) = &mut tuple_value {
                    std::sync::Arc::make_mut(elements)[*place as usize] = value;
                }
                match *tuple {
                    Source::X(x) => self.set(Target::X(x), tuple_value),
                    Source::Y(y) => self.set(Target::Y(y), tuple_value),
                    _ => (),
                }
            }
            Op::HasKeys(fail, map, keys) => {
                let has = match self.get(*map) {
                    Term::Map(map) => {
                        keys.iter().all(|key| map.get(self.look(*key, &mut Term::Nil)).is_some())
                    }
                    _ => false,
                };
                if !has {
                    self.at = *fail as usize;
                }
            }
            _ => return self.seldom(op),
        }
        Ok(())
    }

    /// What is executed less often.
    pub(super) fn seldom(&mut self, op: &'c Op) -> Flow {
        match op {
            Op::FunctionClause => {
                let (function, arity) =
                    self.module.function_at(self.at as Label - 1).unwrap_or((Atom::NIL, 0));
                let arguments = Term::list(self.x[..usize::from(arity)].to_vec());
                let at = Place { module: self.number, at: self.at as Label - 1 };
                let top = [self.module.name.into(), function.into(), arguments, location(at, self.code)];
                self.raise(Raise::error(Atom::FUNCTION_CLAUSE), Some(Term::tuple(top)))
            }
            Op::Fail(failure, value) => {
                let value = self.get(*value);
                let raise = match failure {
                    Failure::BadMatch => Raise::tagged(Atom::BADMATCH, value),
                    Failure::Case => Raise::tagged(Atom::CASE_CLAUSE, value),
                    Failure::BadRecord => Raise::tagged(BADRECORD, value),
                    Failure::If => Raise::error(IF_CLAUSE),
                };
                self.raise(raise, None)
            }
            Op::TryCaseEnd(value) => {
                let raise = Raise::tagged(TRY_CLAUSE, self.get(*value));
                self.raise(raise, None)
            }
            Op::BuildStacktrace => {
                self.x[0] = stacktrace(&self.x[0], self.code);
                Ok(())
            }
            Op::Reraise(trace, value) => {
                let (trace, value) = (Traced(self.get(*trace)), self.get(*value));
                self.unwinds(trace.class().unwrap_or(Class::Error), value, trace)
            }
            Op::RawRaise => {
                let classes = [Class::Error, Class::Exit, Class::Throw];
                let Some(class) = classes.into_iter().find(|class| self.x[0].is(class.atom())) else {
                    self.x[0] = Atom::BADARG.into();
                    return Ok(());
                };
                let (value, trace) = (self.x[1].clone(), Traced(self.x[2].clone()));
                self.unwinds(class, value, trace)
            }
            Op::UpdateRecord(from, to, updates) => {
                if let Term::Tuple(elements) = self.get(*from) {
                    let mut elements: Vec<Term> = elements.to_vec();
                    for (place, value) in updates {
                        elements[*place as usize] = self.get(*value);
                    }
                    self.set(*to, Term::tuple(elements));
                }
                Ok(())
            }
            Op::ToFloat(from, to) => {
                let value = match self.look(*from, &mut Term::Nil) {
                    Term::Float(value) => Some(value.value()),
                    Term::Int(value) => Some(*value as f64),
                    Term::Big(value) => num_traits::ToPrimitive::to_f64(&**value).filter(|v| v.is_finite()),
                    _ => None,
                };
                match value {
                    Some(value) => self.set_float(*to, value),
                    None => return self.raise(Raise::badarith(), None),
                }
                Ok(())
            }
            Op::FloatArithmetic(of, a, b, to) => {
                let (a, b) = (self.float(*a), self.float(*b));
                let value = match of {
                    Arithmetic::Add => a + b,
                    Arithmetic::Subtract => a - b,
                    Arithmetic::Multiply => a * b,
                    Arithmetic::Divide => a / b,
                };
                if !value.is_finite() {
                    return self.raise(Raise::badarith(), None);
                }
                self.set_float(*to, value);
                Ok(())
            }
            Op::FloatNegate(from, to) => {
                let value = -self.float(*from);
                self.set_float(*to, value);
                Ok(())
            }
            Op::Unknown(opcode) => Err(self.cannot_read(format!("instruction {opcode} is not known"))),
            Op::Native(mfa, native) => self.call_native(*mfa, *native, usize::from(mfa.arity), Tail::Only),
            _ => self.segment(op),
        }
    }

    pub(super) fn arithmetic(
        &mut self,
        of: Arithmetic,
        fail: Label,
        a: Source,
        b: Source,
        to: Target,
    ) -> Flow {
        let (mut left_slot, mut right_slot) = (Term::Nil, Term::Nil);
        let (left, right) = (self.look(a, &mut left_slot), self.look(b, &mut right_slot));
        if let (Term::Int(left), Term::Int(right)) = (left, right) {
            let value = match of {
                Arithmetic::Add => left.checked_add(*right),
                Arithmetic::Subtract => left.checked_sub(*right),
                Arithmetic::Multiply => left.checked_mul(*right),
                Arithmetic::Divide => None,
            };
            if let Some(value) = value {
                self.set(to, Term::Int(value));
                return Ok(());
            }
        }
        let (answer, name) = match of {
            Arithmetic::Add => (arithmetic::add(left, right), "+"),
            Arithmetic::Subtract => (arithmetic::subtract(left, right), "-"),
            Arithmetic::Multiply => (arithmetic::multiply(left, right), "*"),
            Arithmetic::Divide => (arithmetic::divide(left, right), "/"),
        };
        let arguments = [left.clone(), right.clone()];
        self.answered(answer, fail, to, (Atom::ERLANG, Atom::of(name)), &arguments)
    }

    pub(super) fn compares(&self, comparison: Comparison, a: Source, b: Source) -> bool {
        let (mut left_slot, mut right_slot) = (Term::Nil, Term::Nil);
        let (left, right) = (self.look(a, &mut left_slot), self.look(b, &mut right_slot));
        match comparison {
            Comparison::Exact => left == right,
            Comparison::NotExact => left != right,
            comparison => {
                let ordering = match (left, right) {
                    (Term::Int(left), Term::Int(right)) => left.cmp(right),
                    (left, right) => left.compare(right, &self.code.atoms),
                };
                match comparison {
                    Comparison::Less => ordering.is_lt(),
                    Comparison::NotLess => ordering.is_ge(),
                    Comparison::Equal => ordering.is_eq(),
                    _ => ordering.is_ne(),
                }
            }
        }
    }

    pub(super) fn is(&self, kind: Kind, value: Source) -> bool {
        let mut slot = Term::Nil;
        let value = self.look(value, &mut slot);
        match kind {
            Kind::Integer => matches!(value, Term::Int(_) | Term::Big(_)),
            Kind::Float => matches!(value, Term::Float(_)),
            Kind::Number => matches!(value, Term::Int(_) | Term::Big(_) | Term::Float(_)),
            Kind::Atom => matches!(value, Term::Atom(_)),
            Kind::Pid => matches!(value, Term::Pid(_)),
            Kind::Reference => matches!(value, Term::Ref(_)),
            Kind::Port => false,
            Kind::Nil => matches!(value, Term::Nil),
            Kind::Binary => matches!(value, Term::Bits(bits) if bits.is_binary()),
            Kind::BitString => matches!(value, Term::Bits(_)),
            Kind::List => matches!(value, Term::Nil | Term::Cons(_)),
            Kind::NonEmptyList => matches!(value, Term::Cons(_)),
            Kind::Tuple => matches!(value, Term::Tuple(_)),
            Kind::Function => matches!(value, Term::Fun(_)),
            Kind::Boolean => matches!(value, Term::Atom(Atom::TRUE | Atom::FALSE)),
            Kind::Map => matches!(value, Term::Map(_)),
        }
    }

    pub(super) fn get_keys(&mut self, fail: Label, map: Source, pairs: &[(Source, Target)]) {
        let Term::Map(map) = self.get(map) else {
            self.at = fail as usize;
            return;
        };
        for (key, to) in pairs {
            match map.get(self.look(*key, &mut Term::Nil)) {
                Some(value) => self.set(*to, value.clone()),
                None => {
                    self.at = fail as usize;
                    return;
                }
            }
        }
    }

    pub(super) fn put_map(
        &mut self,
        fail: Label,
        map: Source,
        to: Target,
        pairs: &[(Source, Source)],
        exact: bool,
    ) -> Flow {
        let value = self.get(map);
        let Term::Map(mut map) = value else {
            if fail != 0 {
                self.at = fail as usize;
                return Ok(());
            }
            return self.raise(Raise::tagged(BADMAP, value), None);
        };
        if map.is_empty() && !exact {
            let pairs = pairs.iter().map(|(key, value)| (self.get(*key), self.get(*value)));
            map = Map::of(pairs.collect::<Vec<_>>(), &self.code.atoms);
            self.set(to, Term::Map(map));
            return Ok(());
        }
        for (key, value) in pairs {
            let (key, value) = (self.get(*key), self.get(*value));
            if exact && map.get(&key).is_none() {
                if fail != 0 {
                    self.at = fail as usize;
                    return Ok(());
                }
                return self.raise(Raise::tagged(BADKEY, key), None);
            }
            map = map.put(key, value, &self.code.atoms);
        }
        self.set(to, Term::Map(map));
        Ok(())
    }
}
