//! Module `unicode`: lists of characters and of binaries, of any depth, to one text. Where a text ends in the middle
//! or goes wrong, what is left is told as the emulator tells it.

use crate::kernel::{Atom, Atoms};

use super::super::bits::Bits;
use super::super::raise::Raise;
use super::super::term::Term;
use super::{Answer, Row};

/// The functions of module `unicode`.
pub const TABLE: &[Row] = &[
    ("bin_is_7bit", 1, bin_is_7bit),
    ("characters_to_binary", 2, characters_to_binary),
    ("characters_to_list", 2, characters_to_list),
];

const LATIN1: Atom = Atom::of("latin1");
const UNICODE_NAME: Atom = Atom::of("unicode");
const UTF8: Atom = Atom::of("utf8");

/// A text on its way through.
struct Reading {
    latin1: bool,
    text: Vec<char>,
    /// The first bytes of a character that a binary ended in, at most three.
    begun: Vec<u8>,
}

/// How reading ended before the end: what is left.
struct Stopped(Term);

fn bin_is_7bit(args: &[Term], _: &Atoms) -> Answer {
    let bytes = args[0].as_binary();
    Ok(Term::boolean(bytes.is_some_and(|bytes| bytes.is_ascii())))
}

fn characters_to_binary(args: &[Term], atoms: &Atoms) -> Answer {
    // What is left of the only binary of a list is told bare, but here alone.
    let data = match &args[0] {
        Term::Cons(cons) if matches!((cons.head(), cons.tail()), (Term::Bits(_), Term::Nil)) => cons.head(),
        data => data,
    };
    read(data, args, atoms, |text| Term::binary(text.iter().collect::<String>().as_bytes()))
}

fn characters_to_list(args: &[Term], atoms: &Atoms) -> Answer {
    read(&args[0], args, atoms, |text| {
        Term::list(text.iter().map(|character| Term::Int(i64::from(u32::from(*character)))))
    })
}

/// The characters of a text in Unicode, if it is one to its end.
pub(super) fn characters(data: &Term) -> Option<Vec<char>> {
    let mut reading = Reading { latin1: false, text: Vec::new(), begun: Vec::new() };
    (is_data(data) && reading.all(data).is_ok() && reading.begun.is_empty()).then_some(reading.text)
}

fn read(data: &Term, args: &[Term], atoms: &Atoms, written: impl Fn(&[char]) -> Term) -> Answer {
    let latin1 = match &args[1] {
        Term::Atom(LATIN1) => true,
        Term::Atom(UNICODE_NAME | UTF8) => false,
        _ => return Err(Raise::badarg()),
    };
    if !is_data(&args[0]) {
        return Err(Raise::badarg());
    }
    let mut reading = Reading { latin1, text: Vec::new(), begun: Vec::new() };
    let stopped = reading.all(data);
    let text = written(&reading.text);
    let ended = |tag: Atom, rest: Term| Ok(Term::tuple([tag.into(), text.clone(), rest]));
    match stopped {
        Err(Stopped(rest)) => {
            let rest = match (reading.begun.as_slice(), rest) {
                ([], rest) => rest,
                (begun, Term::Nil) => Term::binary(begun),
                (begun, rest) => Term::list([Term::binary(begun), rest]),
            };
            ended(Atom::ERROR, rest)
        }
        Ok(()) if reading.begun.is_empty() => Ok(text),
        Ok(()) if reading.begun[1..].iter().any(|byte| byte & 0xc0 != 0x80) => {
            ended(Atom::ERROR, Term::binary(&reading.begun))
        }
        Ok(()) => ended(atoms.intern("incomplete"), Term::binary(&reading.begun)),
    }
}

impl Reading {
    fn all(&mut self, data: &Term) -> Result<(), Stopped> {
        let (mut here, mut waiting) = (data.clone(), Vec::new());
        loop {
            let next = match &here {
                Term::Nil => match waiting.pop() {
                    Some(tail) => Ok(tail),
                    None => return Ok(()),
                },
                Term::Bits(bits) => self.bits(bits).map(|()| Term::Nil),
                Term::Cons(cons) => {
                    let tail = cons.tail().clone();
                    match cons.head() {
                        Term::Nil => Ok(tail),
                        Term::Cons(_) => {
                            waiting.push(tail);
                            Ok(cons.head().clone())
                        }
                        Term::Bits(bits) => match self.bits(bits) {
                            Ok(()) => Ok(tail),
                            Err(Stopped(rest)) => Err(Stopped(Term::cons(rest, tail))),
                        },
                        character => match self.character(character) {
                            Some(()) => Ok(tail),
                            None => Err(Stopped(here.clone())),
                        },
                    }
                }
                _ => Ok(Term::Nil),
            };
            here = next.map_err(|Stopped(rest)| {
                Stopped(waiting.iter().rev().fold(rest, |rest, tail| Term::cons(rest, tail.clone())))
            })?;
        }
    }

    fn character(&mut self, term: &Term) -> Option<()> {
        let value = u32::try_from(term.as_int()?).ok().filter(|value| !self.latin1 || *value < 256)?;
        let character = char::from_u32(value).filter(|_| self.begun.is_empty())?;
        self.text.push(character);
        Some(())
    }

    /// All of a binary; what is left of it when it goes wrong.
    fn bits(&mut self, bits: &Bits) -> Result<(), Stopped> {
        let bytes = bits.bytes();
        if self.latin1 {
            self.text.extend(bytes.iter().map(|byte| char::from(*byte)));
            return Ok(());
        }
        let mut at = 0;
        if !self.begun.is_empty() {
            let missing = length(self.begun[0]) - self.begun.len();
            if bytes.len() < missing {
                self.begun.extend_from_slice(&bytes);
                return Ok(());
            }
            let whole = [&self.begun, &bytes[..missing]].concat();
            let text = std::str::from_utf8(&whole).map_err(|_| Stopped(Term::Bits(bits.clone())))?;
            self.text.extend(text.chars());
            self.begun.clear();
            at = missing;
        }
        match std::str::from_utf8(&bytes[at..]) {
            Ok(text) => self.text.extend(text.chars()),
            Err(wrong) => {
                let end = at + wrong.valid_up_to();
                self.text.extend(String::from_utf8_lossy(&bytes[at..end]).chars());
                if bytes.len() - end >= length(bytes[end]) {
                    return Err(Stopped(Term::Bits(bits.slice(end * 8, bits.len() - end * 8))));
                }
                self.begun = bytes[end..].to_vec();
            }
        }
        Ok(())
    }
}

/// How many bytes a character has that begins with this one; 0 if none does.
fn length(first: u8) -> usize {
    match first {
        0..0x80 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf8 => 4,
        _ => 0,
    }
}

/// Whether all is there that a text can be made of, right or wrong.
fn is_data(data: &Term) -> bool {
    let mut waiting = vec![data.clone()];
    while let Some(term) = waiting.pop() {
        match &term {
            Term::Nil => (),
            Term::Bits(bits) if bits.is_binary() => (),
            Term::Cons(cons) => {
                waiting.push(cons.tail().clone());
                if !matches!(cons.head(), Term::Int(_) | Term::Big(_)) {
                    waiting.push(cons.head().clone());
                }
            }
            _ => return false,
        }
    }
    true
}
