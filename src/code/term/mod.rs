//! Erlang terms as the machine has them: shared, never changed, with all that Erlang knows.
//!
//! The order that is derived here is for tables alone. As Erlang orders terms is in `order.rs`, since that needs the
//! names of atoms.

mod float;
mod list;
mod map;
mod order;
pub mod print;

use std::sync::Arc;

use num_bigint::BigInt;

use crate::kernel::{Atom, Pid, Ref};

use super::bits::{Bits, Matcher};

pub use list::{Cons, Items};
pub use map::{Map, SMALL_MAX};

/// A term. `==` is Erlang's `=:=`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Term {
    /// The empty list.
    Nil,
    /// A name standing for itself.
    Atom(Atom),
    /// An integer that fits.
    Int(i64),
    /// One that does not: never of a value that [`Term::Int`] could hold.
    Big(Arc<BigInt>),
    /// A number with a fraction.
    Float(Float),
    /// A process identifier.
    Pid(Pid),
    /// A reference that somebody made.
    Ref(Ref),
    /// What Erlang writes as `[Head | Tail]`.
    Cons(Arc<Cons>),
    /// What Erlang writes as `{A, B}`.
    Tuple(Arc<[Term]>),
    /// What Erlang writes as `#{Key => Value}`.
    Map(Map),
    /// A binary or a bit string.
    Bits(Bits),
    /// A function that is a value.
    Fun(Arc<Fun>),
    /// A bit string that is being matched: in registers alone, never seen by code.
    Matcher(Arc<Matcher>),
}

/// A float, never infinite and never not a number, compared by its value: `0.0 =:= -0.0`, as before OTP 27.
#[derive(Clone, Copy, Debug)]
pub struct Float(f64);

/// A function value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fun {
    /// `fun(..) -> .. end`, with what it closes over.
    Local {
        /// The module that it is in.
        module: Atom,
        /// Its place in the module's table of functions.
        index: u32,
        /// How many arguments it takes.
        arity: u8,
        /// What it closes over.
        free: Box<[Term]>,
    },
    /// What Erlang writes as `fun M:F/A`.
    External {
        /// The module that it names.
        module: Atom,
        /// The function that it names.
        function: Atom,
        /// How many arguments it takes.
        arity: u8,
    },
}

impl Term {
    /// What Erlang writes as `{A, B, ..}`.
    pub fn tuple(terms: impl IntoIterator<Item = Term>) -> Term {
        Term::Tuple(terms.into_iter().collect())
    }

    /// What Erlang writes as `[A, B, ..]`.
    pub fn list(terms: impl IntoIterator<Item = Term, IntoIter: DoubleEndedIterator>) -> Term {
        Term::list_onto(terms, Term::Nil)
    }

    /// What Erlang writes as `[A, B, .. | Tail]`.
    pub fn list_onto(
        terms: impl IntoIterator<Item = Term, IntoIter: DoubleEndedIterator>,
        tail: Term,
    ) -> Term {
        terms.into_iter().rev().fold(tail, |tail, head| Term::cons(head, tail))
    }

    /// What Erlang writes as `[Head | Tail]`.
    pub fn cons(head: Term, tail: Term) -> Term {
        Term::Cons(Arc::new(Cons::new(head, tail)))
    }

    /// The integer of any size.
    pub fn integer(value: BigInt) -> Term {
        match i64::try_from(&value) {
            Ok(value) => Term::Int(value),
            Err(_) => Term::Big(Arc::new(value)),
        }
    }

    /// The float of a result; none if that is no number or infinite, which Erlang calls `badarith`.
    pub fn float(value: f64) -> Option<Term> {
        value.is_finite().then_some(Term::Float(Float(value)))
    }

    /// The binary of these bytes.
    pub fn binary(bytes: &[u8]) -> Term {
        Term::Bits(Bits::of(bytes))
    }

    /// `true` or `false`.
    pub const fn boolean(value: bool) -> Term {
        Term::Atom(if value { Atom::TRUE } else { Atom::FALSE })
    }

    /// Whether this is the given atom.
    pub fn is(&self, atom: Atom) -> bool {
        matches!(self, Term::Atom(a) if *a == atom)
    }

    /// The atom, if it is one.
    pub fn as_atom(&self) -> Option<Atom> {
        match self {
            Term::Atom(atom) => Some(*atom),
            _ => None,
        }
    }

    /// The pid, if it is one.
    pub fn as_pid(&self) -> Option<Pid> {
        match self {
            Term::Pid(pid) => Some(*pid),
            _ => None,
        }
    }

    /// The integer, if it is one that fits.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Term::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The elements, if it is a tuple.
    pub fn as_tuple(&self) -> Option<&[Term]> {
        match self {
            Term::Tuple(terms) => Some(terms),
            _ => None,
        }
    }

    /// The binary's bytes, if it is a binary.
    pub fn as_binary(&self) -> Option<std::borrow::Cow<'_, [u8]>> {
        match self {
            Term::Bits(bits) if bits.is_binary() => Some(bits.bytes()),
            _ => None,
        }
    }

    /// The elements of a list, and then its tail: `[]` if it is a proper one.
    pub fn items(&self) -> Items<'_> {
        Items::of(self)
    }

    /// Whether it is made of no more terms than are left, of which as many are taken.
    pub fn fits(&self, left: &mut usize) -> bool {
        let mut open = vec![self];
        while let Some(term) = open.pop() {
            let parts = match term {
                Term::Tuple(terms) => terms.len(),
                Term::Map(map) => 2 * map.len(),
                Term::Cons(_) => 2,
                Term::Fun(fun) => match &**fun {
                    Fun::Local { free, .. } => free.len(),
                    Fun::External { .. } => 0,
                },
                _ => 0,
            };
            // What is wide is not spread out if it does not fit.
            match left.checked_sub(1 + parts) {
                Some(less) => *left = less + parts,
                None => return false,
            }
            match term {
                Term::Tuple(terms) => open.extend(terms.iter()),
                Term::Map(map) => open.extend(map.iter().flat_map(|(key, value)| [key, value])),
                Term::Cons(cons) => open.extend([cons.tail(), cons.head()]),
                Term::Fun(fun) => {
                    if let Fun::Local { free, .. } = &**fun {
                        open.extend(free.iter());
                    }
                }
                _ => (),
            }
        }
        true
    }

    /// Every pid and reference in it.
    pub fn handles(&self, tell: &mut dyn FnMut(&Term)) {
        match self {
            Term::Pid(_) | Term::Ref(_) => tell(self),
            Term::Tuple(terms) => terms.iter().for_each(|term| term.handles(tell)),
            Term::Cons(_) => {
                let mut items = self.items();
                items.by_ref().for_each(|term| term.handles(tell));
                items.tail().handles(tell);
            }
            Term::Map(map) => map.iter().for_each(|(key, value)| {
                key.handles(tell);
                value.handles(tell);
            }),
            Term::Fun(fun) => {
                if let Fun::Local { free, .. } = &**fun {
                    free.iter().for_each(|term| term.handles(tell));
                }
            }
            Term::Nil
            | Term::Atom(_)
            | Term::Int(_)
            | Term::Big(_)
            | Term::Float(_)
            | Term::Bits(_)
            | Term::Matcher(_) => (),
        }
    }

    /// The elements, if it is a proper list.
    pub fn as_list(&self) -> Option<Vec<Term>> {
        let mut items = self.items();
        let elements: Vec<Term> = items.by_ref().cloned().collect();
        matches!(items.tail(), Term::Nil).then_some(elements)
    }
}

impl Float {
    /// Its value as a number.
    pub fn value(self) -> f64 {
        self.0
    }

    fn key(self) -> u64 {
        // The one number that has two representations.
        if self.0 == 0.0 { 0 } else { self.0.to_bits() }
    }
}

impl PartialEq for Float {
    fn eq(&self, other: &Float) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Float {}

impl std::hash::Hash for Float {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        state.write_u64(self.key());
    }
}

impl PartialOrd for Float {
    fn partial_cmp(&self, other: &Float) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Float {
    fn cmp(&self, other: &Float) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl Fun {
    /// How many arguments it takes.
    pub fn arity(&self) -> u8 {
        match self {
            Fun::Local { arity, .. } | Fun::External { arity, .. } => *arity,
        }
    }
}

impl From<Atom> for Term {
    fn from(atom: Atom) -> Term {
        Term::Atom(atom)
    }
}

impl From<Pid> for Term {
    fn from(pid: Pid) -> Term {
        Term::Pid(pid)
    }
}

impl From<Ref> for Term {
    fn from(reference: Ref) -> Term {
        Term::Ref(reference)
    }
}

impl From<i64> for Term {
    fn from(value: i64) -> Term {
        Term::Int(value)
    }
}

impl From<bool> for Term {
    fn from(value: bool) -> Term {
        Term::boolean(value)
    }
}

#[cfg(test)]
mod tests {
    use super::Term;

    #[test]
    fn a_term_is_three_words() {
        assert_eq!(std::mem::size_of::<Term>(), 24);
    }

    #[test]
    fn a_long_list_can_be_compared_and_dropped() {
        let long = || Term::list((0..1_000_000).map(Term::Int));
        assert!(long() == long());
    }
}
