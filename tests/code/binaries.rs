//! The natives on binaries, and on lists of characters.

use treefall::code::term::Term;

use super::witness::{Dice, Suite};

fn number(value: usize) -> Term {
    Term::Int(value as i64)
}

/// A binary of few letters, so that something is found in it.
fn letters(dice: &mut Dice, most: usize) -> Term {
    let bytes: Vec<u8> = (0..dice.below(most + 1)).map(|_| dice.of(b"aab,")).collect();
    let bits = treefall::code::bits::Bits::of(&bytes);
    let from = dice.below(bits.len() / 8 + 1).min(dice.below(3));
    Term::Bits(bits.slice(from * 8, bits.len() - from * 8))
}

/// Most often a binary, seldom something else.
fn subject(suite: &Suite, dice: &mut Dice) -> Term {
    match dice.below(20) {
        0 => Term::Bits(dice.bits(6)),
        1 => suite.atom("wrong"),
        2 => Term::Nil,
        _ => Term::Bits(dice.binary(9)),
    }
}

fn pattern(suite: &Suite, dice: &mut Dice) -> Term {
    match dice.below(12) {
        0 => suite.atom("wrong"),
        1 => Term::Nil,
        2 => Term::binary(b""),
        3..6 => letters(dice, 3),
        _ => {
            let count = 1 + dice.below(3);
            let patterns: Vec<Term> = (0..count).map(|_| letters(dice, 4)).collect();
            Term::list(patterns)
        }
    }
}

fn part(dice: &mut Dice) -> Term {
    let (start, len) = (dice.below(10) as i64 - 1, dice.below(20) as i64 - 9);
    Term::tuple([Term::Int(start), Term::Int(len)])
}

fn options(suite: &Suite, dice: &mut Dice) -> Term {
    let all = ["global", "trim", "trim_all", "global", "trim", "global", "wrong"];
    let count = dice.below(4);
    let options: Vec<Term> = (0..count)
        .map(|_| match dice.below(4) {
            0 => Term::tuple([suite.atom("scope"), part(dice)]),
            _ => {
                let most = if dice.below(20) == 0 { 7 } else { 6 };
                suite.atom(all[dice.below(most)])
            }
        })
        .collect();
    Term::list(options)
}

#[test]
fn patterns() {
    let mut suite = Suite::new("patterns", "");
    let mut dice = Dice::new(4);
    for _ in 0..4000 {
        let (bytes, pattern) = (letters(&mut dice, 12), pattern(&suite, &mut dice));
        let options = options(&suite, &mut dice);
        let scope = Term::list([Term::tuple([suite.atom("scope"), part(&mut dice)])]);
        suite.calls("binary", "split", &[bytes.clone(), pattern.clone(), options.clone()]);
        suite.calls("binary", "split", &[bytes.clone(), pattern.clone()]);
        for name in ["match", "matches"] {
            suite.calls("binary", name, &[bytes.clone(), pattern.clone()]);
            suite.calls("binary", name, &[bytes.clone(), pattern.clone(), scope.clone()]);
            suite.calls("binary", name, &[bytes.clone(), pattern.clone(), options.clone()]);
        }
    }
    suite.holds();
}

/// Bytes, binaries and bit strings in lists, most often well made.
fn pieces(suite: &Suite, dice: &mut Dice, depth: usize) -> Term {
    match dice.below(if depth == 0 { 3 } else { 6 }) {
        0 => Term::Nil,
        1 => Term::Bits(if dice.below(8) == 0 { dice.bits(4) } else { dice.binary(4) }),
        2 if dice.below(8) == 0 => {
            dice.of(&[suite.atom("wrong"), Term::Int(256), Term::Int(-1), Term::float(1.5).expect("a float")])
        }
        2 => Term::Nil,
        _ => {
            let count = dice.below(5);
            let items: Vec<Term> = (0..count)
                .map(|_| match dice.below(3) {
                    0 => pieces(suite, dice, depth - 1),
                    _ => {
                        let most = if dice.below(30) == 0 { 300 } else { 256 };
                        number(dice.below(most))
                    }
                })
                .collect();
            let tail = if dice.below(4) == 0 { pieces(suite, dice, depth - 1) } else { Term::Nil };
            Term::list_onto(items, tail)
        }
    }
}

#[test]
fn bytes_in_lists() {
    let mut suite = Suite::new("bytes in lists", "");
    let mut dice = Dice::new(5);
    for _ in 0..4000 {
        let pieces = pieces(&suite, &mut dice, 3);
        for name in ["iolist_size", "iolist_to_binary", "list_to_binary", "list_to_bitstring"] {
            suite.calls("erlang", name, std::slice::from_ref(&pieces));
        }
        suite.calls("binary", "list_to_bin", &[pieces]);
    }
    suite.holds();
}

#[test]
fn bytes() {
    let mut suite = Suite::new("bytes", "");
    let mut dice = Dice::new(6);
    let one: [(&str, &str); 13] = [
        ("binary", "bin_to_list"),
        ("binary", "copy"),
        ("binary", "decode_unsigned"),
        ("binary", "encode_unsigned"),
        ("binary", "first"),
        ("binary", "last"),
        ("binary", "longest_common_prefix"),
        ("erlang", "binary_to_list"),
        ("erlang", "bitstring_to_list"),
        ("erlang", "bit_size"),
        ("erlang", "byte_size"),
        ("unicode", "bin_is_7bit"),
        ("binary", "longest_common_suffix"),
    ];
    for _ in 0..1500 {
        let bytes = subject(&suite, &mut dice);
        for (module, name) in one {
            suite.calls(module, name, std::slice::from_ref(&bytes));
        }
        let order = suite.atom(dice.of(&["big", "little", "little", "wrong"]));
        suite.calls("binary", "decode_unsigned", &[bytes.clone(), order.clone()]);
        let value = num_bigint::BigInt::from_signed_bytes_le(&dice.bytes(20));
        suite.calls("binary", "encode_unsigned", &[Term::integer(value), order]);
        let (from, to) = (Term::Int(dice.below(12) as i64 - 1), Term::Int(dice.below(16) as i64 - 4));
        for (module, name) in [("binary", "part"), ("erlang", "binary_part"), ("binary", "bin_to_list")] {
            suite.calls(module, name, &[bytes.clone(), Term::tuple([from.clone(), to.clone()])]);
            suite.calls(module, name, &[bytes.clone(), from.clone(), to.clone()]);
        }
        suite.calls("erlang", "binary_to_list", &[bytes.clone(), from.clone(), to.clone()]);
        for (module, name) in [("binary", "at"), ("binary", "copy"), ("erlang", "split_binary")] {
            suite.calls(module, name, &[bytes.clone(), from.clone()]);
        }
        let many: Vec<Term> = (0..dice.below(4)).map(|_| letters(&mut dice, 5)).collect();
        suite.calls("binary", "longest_common_prefix", &[Term::list(many.clone())]);
        suite.calls("binary", "longest_common_suffix", &[Term::list(many)]);
    }
    suite.holds();
}

/// Characters and binaries in lists, now and then cut short or wrong.
fn characters(suite: &Suite, dice: &mut Dice, depth: usize) -> Term {
    let some = "aé€😀\u{7ff}\u{800}\u{ffff}".chars().collect::<Vec<char>>();
    match dice.below(if depth == 0 { 2 } else { 5 }) {
        0 => Term::Nil,
        1 => {
            let text: String = (0..dice.below(4)).map(|_| dice.of(&some)).collect();
            let mut bytes = text.into_bytes();
            match dice.below(4) {
                0 => bytes.truncate(dice.below(bytes.len() + 1)),
                1 => bytes = bytes.split_off(dice.below(bytes.len() + 1)),
                2 if dice.below(3) == 0 => {
                    bytes.push(dice.of(&[0xc0, 0xc1, 0xc3, 0xe0, 0xe2, 0xed, 0xf0, 0xf4, 0xf5, 0xf8, 0xff]));
                    bytes.extend((0..dice.below(4)).map(|_| dice.of(&[0x80, 0x8f, 0x90, 0xa0, 0xbf, 0x40])));
                }
                _ => (),
            }
            if dice.below(100) == 0 { Term::Bits(dice.bits(2)) } else { Term::binary(&bytes) }
        }
        _ => {
            let count = dice.below(5);
            let items: Vec<Term> = (0..count)
                .map(|_| match dice.below(5) {
                    0..3 => characters(suite, dice, depth - 1),
                    3 if dice.below(8) == 0 => {
                        let wrong = [-1, 0xd800, 0xdfff, 0x11_0000, 255, 256, i64::MAX].map(Term::Int);
                        if dice.below(10) == 0 { suite.atom("wrong") } else { dice.of(&wrong) }
                    }
                    _ => Term::Int(i64::from(u32::from(dice.of(&some)))),
                })
                .collect();
            let tail = if dice.below(6) == 0 { characters(suite, dice, depth - 1) } else { Term::Nil };
            Term::list_onto(items, tail)
        }
    }
}

#[test]
fn texts() {
    let mut suite = Suite::new("texts", "");
    let mut dice = Dice::new(7);
    for _ in 0..6000 {
        let data = characters(&suite, &mut dice, 3);
        let encoding = suite.atom(dice.of(&["unicode", "utf8", "unicode", "latin1"]));
        suite.calls("unicode", "characters_to_binary", &[data.clone(), encoding.clone()]);
        suite.calls("unicode", "characters_to_list", &[data, encoding]);
    }
    suite.holds();
}
