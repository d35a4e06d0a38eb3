//! Segments of bit strings.

use num_bigint::BigInt;
use treefall::code::bits::{Builder, Matcher};
use treefall::code::raise::Raise;
use treefall::code::segment;
use treefall::code::term::Term;

use super::witness::{Dice, Suite};

const SOURCE: &str = r"
get_integer(B, K, N, unsigned, big) -> case B of <<_:K/bits, X:N/big, R/bits>> -> {X, R}; _ -> no end;
get_integer(B, K, N, unsigned, little) -> case B of <<_:K/bits, X:N/little, R/bits>> -> {X, R}; _ -> no end;
get_integer(B, K, N, signed, big) -> case B of <<_:K/bits, X:N/signed-big, R/bits>> -> {X, R}; _ -> no end;
get_integer(B, K, N, signed, little) -> case B of <<_:K/bits, X:N/signed-little, R/bits>> -> {X, R}; _ -> no end.
get_float(B, K, N, big) -> case B of <<_:K/bits, X:N/float-big, R/bits>> -> {X, R}; _ -> no end;
get_float(B, K, N, little) -> case B of <<_:K/bits, X:N/float-little, R/bits>> -> {X, R}; _ -> no end.
get_bits(B, K, N) -> case B of <<_:K/bits, X:N/bits, R/bits>> -> {X, R}; _ -> no end.
get_all(B, K, 8) -> case B of <<_:K/bits, X/binary>> -> {X, <<>>}; _ -> no end;
get_all(B, K, 3) -> case B of <<_:K/bits, X/binary-unit:3>> -> {X, <<>>}; _ -> no end.
get_utf(B, K, utf8, big) -> case B of <<_:K/bits, X/utf8, R/bits>> -> {X, R}; _ -> no end;
get_utf(B, K, utf16, big) -> case B of <<_:K/bits, X/utf16-big, R/bits>> -> {X, R}; _ -> no end;
get_utf(B, K, utf16, little) -> case B of <<_:K/bits, X/utf16-little, R/bits>> -> {X, R}; _ -> no end;
get_utf(B, K, utf32, big) -> case B of <<_:K/bits, X/utf32-big, R/bits>> -> {X, R}; _ -> no end;
get_utf(B, K, utf32, little) -> case B of <<_:K/bits, X/utf32-little, R/bits>> -> {X, R}; _ -> no end.
put_integer(B, X, N, big) -> <<B/bits, X:N/big>>;
put_integer(B, X, N, little) -> <<B/bits, X:N/little>>.
put_float(B, X, N, big) -> <<B/bits, X:N/float-big>>;
put_float(B, X, N, little) -> <<B/bits, X:N/float-little>>.
put_bits(B, X, N) -> <<B/bits, X:N/bits>>.
put_all(B, X, 8) -> <<B/bits, X/binary>>;
put_all(B, X, 3) -> <<B/bits, X/binary-unit:3>>.
put_utf(B, X, utf8, big) -> <<B/bits, X/utf8>>;
put_utf(B, X, utf16, big) -> <<B/bits, X/utf16-big>>;
put_utf(B, X, utf16, little) -> <<B/bits, X/utf16-little>>;
put_utf(B, X, utf32, big) -> <<B/bits, X/utf32-big>>;
put_utf(B, X, utf32, little) -> <<B/bits, X/utf32-little>>.
sizes(B) -> {bit_size(B), byte_size(B)}.
";

/// What a match comes to: what was got and what is left.
fn matched(
    suite: &Suite,
    bits: &Term,
    skip: usize,
    get: impl FnOnce(&mut Matcher) -> Option<Term>,
) -> Result<Term, Raise> {
    let mut matcher = segment::start_match(bits).expect("it is a bit string");
    let got = matcher.skip(skip).and_then(|()| get(&mut matcher));
    Ok(match got {
        Some(got) => Term::tuple([got, Term::Bits(matcher.tail())]),
        None => suite.atom("no"),
    })
}

fn built(bits: &Term, put: impl FnOnce(&mut Builder) -> Result<(), Raise>) -> Result<Term, Raise> {
    let mut builder = segment::append_to(bits.clone(), 1)?;
    put(&mut builder)?;
    Ok(Term::Bits(builder.finish()))
}

fn integer(dice: &mut Dice) -> Term {
    let value = BigInt::from_signed_bytes_le(&dice.bytes(20));
    Term::integer(value)
}

fn float(dice: &mut Dice) -> Term {
    loop {
        let value = match dice.below(4) {
            0 => f64::from_bits(dice.word()),
            1 => f64::from(f32::from_bits(dice.word() as u32)),
            2 => dice.word() as i64 as f64 / 2_f64.powi(30 + dice.below(70) as i32),
            _ => dice.of(&[
                0.0,
                1.0,
                65504.0,
                65519.99,
                65520.0,
                1.0e39,
                5.960464477539063e-8,
                2.98e-8,
                3.4e38,
            ]),
        };
        if let Some(float) = Term::float(value) {
            return float;
        }
    }
}

fn character(dice: &mut Dice) -> i64 {
    match dice.below(5) {
        0 => dice.below(0x80) as i64,
        1 => dice.below(0x900) as i64,
        2 => dice.of(&[0xd7ff, 0xd800, 0xdfff, 0xe000, 0xfffe, 0xffff, 0x10000, 0x10_ffff, 0x11_0000, -1]),
        _ => dice.below(0x11_0100) as i64,
    }
}

const ORDERS: [&str; 2] = ["big", "little"];

#[test]
fn what_is_matched() {
    let mut suite = Suite::new("bit strings matched", SOURCE);
    let mut dice = Dice::new(1);
    for _ in 0..4000 {
        let bits = dice.bits(24);
        let term = Term::Bits(bits.clone());
        let skip = dice.below(20);
        let order = dice.of(&ORDERS);
        let little = order == "little";
        let (skipped, order) = (Term::Int(skip as i64), suite.atom(order));

        let size = dice.below(150);
        let sign = dice.of(&["signed", "unsigned"]);
        let got = matched(&suite, &term, skip, |m| segment::get_integer(m, size, sign == "signed", little));
        let sign = suite.atom(sign);
        suite.says(
            "witness",
            "get_integer",
            &[term.clone(), skipped.clone(), Term::Int(size as i64), sign, order.clone()],
            &got,
        );

        let got = matched(&suite, &term, skip, |m| segment::get_bits(m, size));
        suite.says("witness", "get_bits", &[term.clone(), skipped.clone(), Term::Int(size as i64)], &got);

        let size = dice.of(&[16, 32, 64, 16, 32, 64, 8, 0]);
        let got = matched(&suite, &term, skip, |m| segment::get_float(m, size, little));
        suite.says(
            "witness",
            "get_float",
            &[term.clone(), skipped.clone(), Term::Int(size as i64), order],
            &got,
        );

        let unit = dice.of(&[8, 3]);
        let got = matched(&suite, &term, skip, |m| m.take_all(unit).map(Term::Bits));
        suite.says("witness", "get_all", &[term.clone(), skipped, Term::Int(unit as i64)], &got);
        let sizes = [bits.len(), bits.len().div_ceil(8)].map(|size| Term::Int(size as i64));
        suite.says("witness", "sizes", &[term], &Ok(Term::tuple(sizes)));
    }
    suite.holds();
}

/// Bits that are nearly characters.
fn nearly_text(dice: &mut Dice) -> Term {
    let mut builder = Builder::onto(dice.bits(2));
    let character = character(dice) as u32;
    match dice.below(4) {
        0 => builder.utf8(character),
        1 => builder.utf16(character, dice.below(2) == 0),
        2 => builder.utf32(character, dice.below(2) == 0),
        _ => Some(()),
    };
    match dice.below(3) {
        0 => builder.bits(&dice.bits(3)),
        1 => builder.bytes(&[
            dice.of(&[0xc0, 0xe0, 0xed, 0xf0, 0xf4, 0xd8]),
            dice.of(&[0x80, 0xa0, 0x90, 0x9f, 0xbf]),
            0x80,
            0x80,
        ]),
        _ => (),
    }
    Term::Bits(builder.finish())
}

#[test]
fn characters() {
    let mut suite = Suite::new("characters in bit strings", SOURCE);
    let mut dice = Dice::new(2);
    for _ in 0..6000 {
        let term = nearly_text(&mut dice);
        let Term::Bits(bits) = &term else { unreachable!() };
        let skip = dice.below(bits.len() + 1).min(dice.below(24));
        let (name, order) = dice.of(&[
            ("utf8", "big"),
            ("utf16", "big"),
            ("utf16", "little"),
            ("utf32", "big"),
            ("utf32", "little"),
        ]);
        let little = order == "little";
        let got = matched(&suite, &term, skip, |m| match name {
            "utf8" => segment::get_utf8(m),
            "utf16" => segment::get_utf16(m, little),
            _ => segment::get_utf32(m, little),
        });
        let (kind, order) = (suite.atom(name), suite.atom(order));
        suite.says(
            "witness",
            "get_utf",
            &[term.clone(), Term::Int(skip as i64), kind.clone(), order.clone()],
            &got,
        );

        let character = Term::Int(character(&mut dice));
        let put = built(&term, |b| match name {
            "utf8" => segment::put_utf8(b, &character),
            "utf16" => segment::put_utf16(b, &character, little),
            _ => segment::put_utf32(b, &character, little),
        });
        suite.says("witness", "put_utf", &[term, character, kind, order], &put);
    }
    suite.holds();
}

#[test]
fn what_is_built() {
    let mut suite = Suite::new("bit strings built", SOURCE);
    let mut dice = Dice::new(3);
    for _ in 0..4000 {
        let term = Term::Bits(dice.bits(5));
        let order = dice.of(&ORDERS);
        let little = order == "little";
        let order = suite.atom(order);
        let wrong = suite.atom("wrong");

        let size = dice.below(150);
        let value = if dice.below(50) == 0 { wrong.clone() } else { integer(&mut dice) };
        let put = built(&term, |b| segment::put_integer(b, &value, size, little));
        suite.says(
            "witness",
            "put_integer",
            &[term.clone(), value.clone(), Term::Int(size as i64), order.clone()],
            &put,
        );

        let value = if dice.below(10) == 0 { value } else { float(&mut dice) };
        let size = dice.of(&[16, 32, 64, 16, 32, 64, 8, 0]);
        let put = built(&term, |b| segment::put_float(b, &value, size, little));
        suite.says("witness", "put_float", &[term.clone(), value, Term::Int(size as i64), order], &put);

        let value = if dice.below(50) == 0 { wrong } else { Term::Bits(dice.bits(12)) };
        let size = dice.below(100);
        let put = built(&term, |b| segment::put_bits(b, &value, size));
        suite.says("witness", "put_bits", &[term.clone(), value.clone(), Term::Int(size as i64)], &put);
        let unit = dice.of(&[8, 3]);
        let put = built(&term, |b| segment::put_all(b, &value, unit));
        suite.says("witness", "put_all", &[term, value, Term::Int(unit as i64)], &put);
    }
    suite.holds();
}
