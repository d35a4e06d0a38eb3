//! Numbers: what the operators and the functions of one number in module `erlang` do.
//!
//! The emulator's rounding is kept: an integer that does not fit is made a float word by word, so its last bit may be
//! another than that of the nearest float.

use num_bigint::{BigInt, Sign};
use num_traits::{FromPrimitive, Signed, ToPrimitive, Zero};

use crate::code::raise::Raise;
use crate::code::term::Term;

use super::{Answer, Row};

/// How many bits an integer may have (erts, big.h: `BIG_ARITY_MAX` words).
const BITS_MAX: u64 = 64 * ((1 << 19) - 1);

/// The functions of module `erlang` that are here.
pub const TABLE: &[Row] = &[
    ("+", 1, |args, _| plus(&args[0])),
    ("-", 1, |args, _| negate(&args[0])),
    ("+", 2, |args, _| add(&args[0], &args[1])),
    ("-", 2, |args, _| subtract(&args[0], &args[1])),
    ("*", 2, |args, _| multiply(&args[0], &args[1])),
    ("/", 2, |args, _| divide(&args[0], &args[1])),
    ("div", 2, |args, _| quotient(&args[0], &args[1])),
    ("rem", 2, |args, _| remainder(&args[0], &args[1])),
    ("band", 2, |args, _| bit_and(&args[0], &args[1])),
    ("bor", 2, |args, _| bit_or(&args[0], &args[1])),
    ("bxor", 2, |args, _| bit_xor(&args[0], &args[1])),
    ("bnot", 1, |args, _| bit_not(&args[0])),
    ("bsl", 2, |args, _| shift_left(&args[0], &args[1])),
    ("bsr", 2, |args, _| shift_right(&args[0], &args[1])),
    ("abs", 1, |args, _| absolute(&args[0])),
    ("float", 1, |args, _| float(&args[0])),
    ("round", 1, |args, _| whole(&args[0], f64::round)),
    ("trunc", 1, |args, _| whole(&args[0], f64::trunc)),
    ("ceil", 1, |args, _| whole(&args[0], f64::ceil)),
    ("floor", 1, |args, _| whole(&args[0], f64::floor)),
];

/// What Erlang writes as `A + B`.
#[inline]
pub fn add(left: &Term, right: &Term) -> Answer {
    if let (Term::Int(a), Term::Int(b)) = (left, right)
        && let Some(sum) = a.checked_add(*b)
    {
        return Ok(Term::Int(sum));
    }
    slowly(left, right, |a, b| a + b, |a, b| a + b)
}

/// What Erlang writes as `A - B`.
#[inline]
pub fn subtract(left: &Term, right: &Term) -> Answer {
    if let (Term::Int(a), Term::Int(b)) = (left, right)
        && let Some(difference) = a.checked_sub(*b)
    {
        return Ok(Term::Int(difference));
    }
    slowly(left, right, |a, b| a - b, |a, b| a - b)
}

/// What Erlang writes as `A * B`.
#[inline]
pub fn multiply(left: &Term, right: &Term) -> Answer {
    if let (Term::Int(a), Term::Int(b)) = (left, right)
        && let Some(product) = a.checked_mul(*b)
    {
        return Ok(Term::Int(product));
    }
    slowly(left, right, |a, b| a * b, |a, b| a * b)
}

/// `A / B`: always a float.
pub fn divide(left: &Term, right: &Term) -> Answer {
    let (left, right) = (to_float(left), to_float(right));
    let (Some(left), Some(right)) = (left, right) else { return Err(Raise::badarith()) };
    finite(left / right)
}

/// `A div B`: towards zero.
#[inline]
pub fn quotient(left: &Term, right: &Term) -> Answer {
    if let (Term::Int(a), Term::Int(b)) = (left, right)
        && let Some(quotient) = a.checked_div(*b)
    {
        return Ok(Term::Int(quotient));
    }
    division(left, right, |a, b| a / b)
}

/// `A rem B`: has the sign of `A`.
#[inline]
pub fn remainder(left: &Term, right: &Term) -> Answer {
    if let (Term::Int(a), Term::Int(b)) = (left, right)
        && let Some(remainder) = a.checked_rem(*b)
    {
        return Ok(Term::Int(remainder));
    }
    division(left, right, |a, b| a % b)
}

/// `-A`, of any number.
#[inline]
pub fn negate(term: &Term) -> Answer {
    match term {
        Term::Int(a) => Ok(a.checked_neg().map_or_else(|| Term::integer(-BigInt::from(*a)), Term::Int)),
        Term::Big(a) => Ok(Term::integer(-&**a)),
        Term::Float(a) => finite(-a.value()),
        _ => Err(Raise::badarith()),
    }
}

/// `+A`: any number itself.
pub fn plus(term: &Term) -> Answer {
    if is_number(term) { Ok(term.clone()) } else { Err(Raise::badarith()) }
}

/// What Erlang writes as `A band B`.
#[inline]
pub fn bit_and(left: &Term, right: &Term) -> Answer {
    match (left, right) {
        (Term::Int(a), Term::Int(b)) => Ok(Term::Int(a & b)),
        _ => integers(left, right, |a, b| a & b),
    }
}

/// What Erlang writes as `A bor B`.
#[inline]
pub fn bit_or(left: &Term, right: &Term) -> Answer {
    match (left, right) {
        (Term::Int(a), Term::Int(b)) => Ok(Term::Int(a | b)),
        _ => integers(left, right, |a, b| a | b),
    }
}

/// What Erlang writes as `A bxor B`.
#[inline]
pub fn bit_xor(left: &Term, right: &Term) -> Answer {
    match (left, right) {
        (Term::Int(a), Term::Int(b)) => Ok(Term::Int(a ^ b)),
        _ => integers(left, right, |a, b| a ^ b),
    }
}

/// `bnot A`, of any integer.
pub fn bit_not(term: &Term) -> Answer {
    match term {
        Term::Int(a) => Ok(Term::Int(!a)),
        Term::Big(a) => Ok(Term::integer(!&**a)),
        _ => Err(Raise::badarith()),
    }
}

/// What Erlang writes as `A bsl B`.
pub fn shift_left(left: &Term, right: &Term) -> Answer {
    shift(left, right, 1)
}

/// What Erlang writes as `A bsr B`.
pub fn shift_right(left: &Term, right: &Term) -> Answer {
    shift(left, right, -1)
}

/// `abs(A)`, of any number.
pub fn absolute(term: &Term) -> Answer {
    match term {
        Term::Int(a) if *a >= 0 => Ok(term.clone()),
        Term::Int(_) => negate(term),
        Term::Big(a) => Ok(Term::integer(a.abs())),
        // What is not below zero stays: a negative zero too.
        Term::Float(a) => finite(if a.value() < 0.0 { -a.value() } else { a.value() }),
        _ => Err(Raise::badarg()),
    }
}

/// `float(A)`: `badarg` if it is too large for one.
pub fn float(term: &Term) -> Answer {
    match term {
        Term::Float(_) => Ok(term.clone()),
        _ => to_float(term).and_then(Term::float).ok_or_else(Raise::badarg),
    }
}

/// `round(A)` and its like, by what makes a float whole.
pub fn whole(term: &Term, rule: fn(f64) -> f64) -> Answer {
    match term {
        Term::Int(_) | Term::Big(_) => Ok(term.clone()),
        Term::Float(a) => BigInt::from_f64(rule(a.value())).map(Term::integer).ok_or_else(Raise::badarg),
        _ => Err(Raise::badarg()),
    }
}

/// Whether it is an integer or a float.
pub fn is_number(term: &Term) -> bool {
    matches!(term, Term::Int(_) | Term::Big(_) | Term::Float(_))
}

/// The integer, of whatever size.
pub fn to_big(term: &Term) -> Option<BigInt> {
    match term {
        Term::Int(a) => Some(BigInt::from(*a)),
        Term::Big(a) => Some((**a).clone()),
        _ => None,
    }
}

/// The number as a float; none if it is too large for one.
pub fn to_float(term: &Term) -> Option<f64> {
    match term {
        Term::Int(a) => Some(*a as f64),
        Term::Float(a) => Some(a.value()),
        Term::Big(a) => {
            const WORD: f64 = 18_446_744_073_709_551_616.0;
            let digits = a.magnitude().to_u64_digits();
            let size = digits.iter().rev().fold(0.0, |value, digit| value * WORD + *digit as f64);
            size.is_finite().then_some(if a.sign() == Sign::Minus { -size } else { size })
        }
        _ => None,
    }
}

fn slowly(
    left: &Term,
    right: &Term,
    whole: fn(BigInt, BigInt) -> BigInt,
    fractions: fn(f64, f64) -> f64,
) -> Answer {
    if let (Some(a), Some(b)) = (to_big(left), to_big(right)) {
        return fitting(whole(a, b));
    }
    match (to_float(left), to_float(right)) {
        (Some(a), Some(b)) => finite(fractions(a, b)),
        _ => Err(Raise::badarith()),
    }
}

fn division(left: &Term, right: &Term, of: fn(BigInt, BigInt) -> BigInt) -> Answer {
    match (to_big(left), to_big(right)) {
        (Some(a), Some(b)) if !b.is_zero() => Ok(Term::integer(of(a, b))),
        _ => Err(Raise::badarith()),
    }
}

fn integers(left: &Term, right: &Term, of: fn(BigInt, BigInt) -> BigInt) -> Answer {
    match (to_big(left), to_big(right)) {
        (Some(a), Some(b)) => Ok(Term::integer(of(a, b))),
        _ => Err(Raise::badarith()),
    }
}

/// To the left by `sign` times what `by` says.
fn shift(term: &Term, by: &Term, sign: i64) -> Answer {
    let (Some(value), Some(by)) = (to_big(term), to_big(by)) else { return Err(Raise::badarith()) };
    let by = by * sign;
    if value.is_zero() || by.is_zero() {
        return Ok(Term::integer(value));
    }
    match (by.sign(), by.magnitude().to_u64()) {
        (Sign::Minus, Some(places)) => Ok(Term::integer(value >> places)),
        (Sign::Minus, None) => Ok(Term::Int(if value.is_negative() { -1 } else { 0 })),
        (_, Some(places)) if places <= BITS_MAX => fitting(value << places),
        _ => Err(Raise::system_limit()),
    }
}

fn fitting(value: BigInt) -> Answer {
    if value.bits() > BITS_MAX { Err(Raise::system_limit()) } else { Ok(Term::integer(value)) }
}

fn finite(value: f64) -> Answer {
    Term::float(value).ok_or_else(Raise::badarith)
}
