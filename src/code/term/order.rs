//! Erlang's order of terms: number < atom < reference < fun < pid < tuple < map < nil < list < bit string.
//!
//! There are two. The one of `<` and `==` has `1 == 1.0`. The one of map keys has every integer before every float, so
//! that two keys are alike only if they are `=:=`.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};
use num_traits::FromPrimitive;

use crate::kernel::Atoms;

use super::{Cons, Fun, Map, Term};

/// Which of the two orders, with what it takes to compare atoms.
#[derive(Clone, Copy)]
struct Order<'a> {
    exact: bool,
    atoms: &'a Atoms,
}

impl Term {
    /// The order of `<` and `==`.
    pub fn compare(&self, other: &Term, atoms: &Atoms) -> Ordering {
        Order { exact: false, atoms }.terms(self, other)
    }

    /// The order in which a map has its keys.
    pub fn compare_keys(&self, other: &Term, atoms: &Atoms) -> Ordering {
        Order { exact: true, atoms }.terms(self, other)
    }

    /// `==`, for which nobody needs to know names.
    pub fn equals(&self, other: &Term) -> bool {
        match (self, other) {
            (Term::Int(a), Term::Int(b)) => a == b,
            (Term::Int(_) | Term::Big(_), Term::Float(_)) | (Term::Float(_), Term::Int(_) | Term::Big(_)) => {
                numbers(self, other).is_eq()
            }
            (Term::Cons(a), Term::Cons(b)) => lists_equal(a, b),
            (Term::Tuple(a), Term::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.equals(b))
            }
            (Term::Map(a), Term::Map(b)) => {
                a.len() == b.len()
                    && a.iter().all(|(key, value)| b.get(key).is_some_and(|other| value.equals(other)))
            }
            (Term::Fun(a), Term::Fun(b)) => match (&**a, &**b) {
                (Fun::Local { free: one, .. }, Fun::Local { free: two, .. }) => {
                    same_code(a, b) && one.len() == two.len() && one.iter().zip(two).all(|(a, b)| a.equals(b))
                }
                (a, b) => a == b,
            },
            _ => self == other,
        }
    }

    /// Where its type is among the types.
    fn rank(&self) -> u8 {
        match self {
            Term::Int(_) | Term::Big(_) | Term::Float(_) => 0,
            Term::Atom(_) => 1,
            Term::Ref(_) => 2,
            Term::Fun(_) => 3,
            Term::Pid(_) => 4,
            Term::Tuple(_) => 5,
            Term::Map(_) => 6,
            Term::Nil => 7,
            Term::Cons(_) => 8,
            Term::Bits(_) | Term::Matcher(_) => 9,
        }
    }
}

impl Order<'_> {
    fn terms(self, left: &Term, right: &Term) -> Ordering {
        match (left, right) {
            (Term::Int(a), Term::Int(b)) => a.cmp(b),
            (Term::Atom(a), Term::Atom(b)) if a == b => Ordering::Equal,
            (Term::Atom(a), Term::Atom(b)) => self.atoms.text(*a).cmp(self.atoms.text(*b)),
            (Term::Cons(a), Term::Cons(b)) => self.lists(a, b),
            (Term::Tuple(a), Term::Tuple(b)) => a.len().cmp(&b.len()).then_with(|| self.arrays(a, b)),
            (Term::Map(a), Term::Map(b)) => self.maps(a, b),
            (Term::Bits(a), Term::Bits(b)) => a.cmp(b),
            (Term::Pid(a), Term::Pid(b)) => a.cmp(b),
            (Term::Ref(a), Term::Ref(b)) => a.cmp(b),
            (Term::Fun(a), Term::Fun(b)) => self.funs(a, b),
            _ => match left.rank().cmp(&right.rank()) {
                Ordering::Equal if left.rank() > 0 => Ordering::Equal,
                Ordering::Equal if self.exact => {
                    is_float(left).cmp(&is_float(right)).then_with(|| numbers(left, right))
                }
                Ordering::Equal => numbers(left, right),
                unequal => unequal,
            },
        }
    }

    fn arrays(self, left: &[Term], right: &[Term]) -> Ordering {
        let unequal = left.iter().zip(right).map(|(a, b)| self.terms(a, b)).find(|order| order.is_ne());
        unequal.unwrap_or_else(|| left.len().cmp(&right.len()))
    }

    fn lists(self, left: &Cons, right: &Cons) -> Ordering {
        let (mut left, mut right) = (left, right);
        loop {
            if std::ptr::eq(left, right) {
                return Ordering::Equal;
            }
            match self.terms(left.head(), right.head()) {
                Ordering::Equal => (),
                unequal => return unequal,
            }
            match (left.tail(), right.tail()) {
                (Term::Cons(a), Term::Cons(b)) => (left, right) = (a, b),
                (a, b) => return self.terms(a, b),
            }
        }
    }

    /// The number of pairs decides, then the keys in their order, then the values in the order of their keys.
    fn maps(self, left: &Map, right: &Map) -> Ordering {
        let sizes = left.len().cmp(&right.len());
        if sizes.is_ne() {
            return sizes;
        }
        let keys = Order { exact: true, ..self };
        let (left, right) = (left.in_order(self.atoms), right.in_order(self.atoms));
        let pairs = || left.iter().zip(&right);
        let unequal = pairs().map(|(a, b)| keys.terms(a.0, b.0)).find(|order| order.is_ne());
        let unequal =
            unequal.or_else(|| pairs().map(|(a, b)| self.terms(a.1, b.1)).find(|order| order.is_ne()));
        unequal.unwrap_or(Ordering::Equal)
    }

    fn funs(self, left: &Fun, right: &Fun) -> Ordering {
        let name = |one, other| self.terms(&Term::Atom(one), &Term::Atom(other));
        match (left, right) {
            (
                Fun::Local { module: a, index: i, free: one, arity: m },
                Fun::Local { module: b, index: j, free: two, arity: n },
            ) => name(*a, *b)
                .then(i.cmp(j))
                .then(m.cmp(n))
                .then(one.len().cmp(&two.len()))
                .then_with(|| self.arrays(one, two)),
            (
                Fun::External { module: a, function: f, arity: m },
                Fun::External { module: b, function: g, arity: n },
            ) => name(*a, *b).then_with(|| name(*f, *g)).then(m.cmp(n)),
            (Fun::Local { .. }, Fun::External { .. }) => Ordering::Less,
            (Fun::External { .. }, Fun::Local { .. }) => Ordering::Greater,
        }
    }
}

fn is_float(term: &Term) -> bool {
    matches!(term, Term::Float(_))
}

fn lists_equal(left: &Cons, right: &Cons) -> bool {
    let (mut left, mut right) = (left, right);
    loop {
        if std::ptr::eq(left, right) {
            return true;
        }
        if !left.head().equals(right.head()) {
            return false;
        }
        match (left.tail(), right.tail()) {
            (Term::Cons(a), Term::Cons(b)) => (left, right) = (a, b),
            (a, b) => return a.equals(b),
        }
    }
}

fn same_code(left: &Fun, right: &Fun) -> bool {
    match (left, right) {
        (
            Fun::Local { module: a, index: i, arity: m, .. },
            Fun::Local { module: b, index: j, arity: n, .. },
        ) => (a, i, m) == (b, j, n),
        _ => false,
    }
}

/// Numbers by their values, without any rounding.
fn numbers(left: &Term, right: &Term) -> Ordering {
    match (left, right) {
        (Term::Int(a), Term::Int(b)) => a.cmp(b),
        (Term::Big(a), Term::Big(b)) => a.cmp(b),
        (Term::Int(_), Term::Big(b)) => sign_of(b).reverse(),
        (Term::Big(a), Term::Int(_)) => sign_of(a),
        (Term::Float(a), Term::Float(b)) => float_order(a.value(), b.value()),
        (Term::Int(a), Term::Float(b)) => int_and_float(*a, b.value()),
        (Term::Float(a), Term::Int(b)) => int_and_float(*b, a.value()).reverse(),
        (Term::Big(a), Term::Float(b)) => big_and_float(a, b.value()),
        (Term::Float(a), Term::Big(b)) => big_and_float(b, a.value()).reverse(),
        _ => Ordering::Equal,
    }
}

/// A number that does not fit into 64 bits, against one that does.
fn sign_of(big: &BigInt) -> Ordering {
    if big.sign() == Sign::Minus { Ordering::Less } else { Ordering::Greater }
}

fn float_order(left: f64, right: f64) -> Ordering {
    left.partial_cmp(&right).expect("a term's float is a number")
}

/// From here on a float has no fraction.
const WHOLE: f64 = 9_007_199_254_740_992.0;

fn int_and_float(int: i64, float: f64) -> Ordering {
    // Below, the integers that are rounded all lie beyond the float, and stay there.
    if float.abs() < WHOLE { float_order(int as f64, float) } else { i128::from(int).cmp(&(float as i128)) }
}

fn big_and_float(big: &BigInt, float: f64) -> Ordering {
    match BigInt::from_f64(float) {
        Some(float) => big.cmp(&float),
        None => sign_of(big),
    }
}
