//! Looking for patterns in a binary: the first place where one of them is, and of those there the longest.

use std::borrow::Cow;

use crate::kernel::{Atom, Atoms};

use super::super::super::bits::Bits;
use super::super::super::raise::Raise;
use super::super::super::term::Term;
use super::super::Answer;
use super::arguments::{binary, count, within};

const BM: Atom = Atom::of("bm");
const AC: Atom = Atom::of("ac");
const SCOPE: Atom = Atom::of("scope");
const GLOBAL: Atom = Atom::of("global");
const TRIM: Atom = Atom::of("trim");
const TRIM_ALL: Atom = Atom::of("trim_all");

/// What is looked for.
struct Patterns<'a> {
    all: Vec<Cow<'a, [u8]>>,
    /// Which bytes one of them begins with.
    begins: [bool; 256],
}

impl<'a> Patterns<'a> {
    /// As [`Patterns::of`]; but where what is looked through ends at 0, nobody asks whether they are patterns.
    fn up_to(end: usize, term: &'a Term) -> Result<Patterns<'a>, Raise> {
        if end > 0 { Patterns::of(term) } else { Ok(Patterns { all: Vec::new(), begins: [false; 256] }) }
    }

    /// A binary, several, or what [`compile_pattern`] made of them.
    fn of(term: &'a Term) -> Result<Patterns<'a>, Raise> {
        let listed = match term {
            Term::Tuple(pair) if pair.len() == 2 && (pair[0].is(BM) || pair[0].is(AC)) => &pair[1],
            other => other,
        };
        let binaries: Vec<&Bits> = match listed {
            Term::Bits(_) => vec![binary(listed)?],
            Term::Cons(_) => {
                let mut items = listed.items();
                let binaries = items.by_ref().map(binary).collect::<Result<_, Raise>>()?;
                matches!(items.tail(), Term::Nil).then_some(binaries).ok_or_else(Raise::badarg)?
            }
            _ => return Err(Raise::badarg()),
        };
        let all: Vec<Cow<[u8]>> = binaries.into_iter().map(Bits::bytes).collect();
        let mut begins = [false; 256];
        for pattern in &all {
            begins[usize::from(*pattern.first().ok_or_else(Raise::badarg)?)] = true;
        }
        Ok(Patterns { all, begins })
    }

    /// The first match that lies between two places, and how long it is.
    fn find(&self, bytes: &[u8], from: usize, to: usize) -> Option<(usize, usize)> {
        (from..to).filter(|at| self.begins[usize::from(bytes[*at])]).find_map(|at| {
            let here = self.all.iter().filter(|pattern| bytes[at..to].starts_with(pattern));
            here.map(|pattern| pattern.len()).max().map(|len| (at, len))
        })
    }

    /// All matches, none of which overlap.
    fn find_all(&self, bytes: &[u8], mut from: usize, to: usize) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        while let Some((at, len)) = self.find(bytes, from, to) {
            found.push((at, len));
            from = at + len;
        }
        found
    }
}

/// How to look, and how to split.
#[derive(Default)]
struct Options {
    scope: Option<(usize, usize)>,
    global: bool,
    trim: bool,
    trim_all: bool,
}

impl Options {
    fn of(list: Option<&Term>, bytes: usize, splits: bool) -> Result<Options, Raise> {
        let mut options = Options::default();
        let mut items = list.unwrap_or(&Term::Nil).items();
        for item in items.by_ref() {
            match item {
                Term::Atom(GLOBAL) if splits => options.global = true,
                Term::Atom(TRIM) if splits => options.trim = true,
                Term::Atom(TRIM_ALL) if splits => options.trim_all = true,
                Term::Tuple(pair) if pair.len() == 2 && pair[0].is(SCOPE) => {
                    let part = pair[1].as_tuple().filter(|part| part.len() == 2).ok_or_else(Raise::badarg)?;
                    options.scope = Some(within(&part[0], &part[1], bytes)?);
                }
                _ => return Err(Raise::badarg()),
            }
        }
        matches!(items.tail(), Term::Nil).then_some(options).ok_or_else(Raise::badarg)
    }

    fn range(&self, bytes: usize) -> (usize, usize) {
        self.scope.map_or((0, bytes), |(from, len)| (from, from + len))
    }
}

/// A compiled pattern is the pattern itself, under the name of the way in which the emulator would look for it.
pub(super) fn compile_pattern(args: &[Term], atoms: &Atoms) -> Answer {
    if matches!(args[0], Term::Tuple(_)) {
        return Err(Raise::badarg());
    }
    let patterns = Patterns::of(&args[0])?;
    let kind = if patterns.all.len() == 1 { "bm" } else { "ac" };
    Ok(Term::tuple([atoms.intern(kind).into(), args[0].clone()]))
}

fn place((at, len): (usize, usize)) -> Term {
    Term::tuple([count(at), count(len)])
}

pub(super) fn match_2(args: &[Term], atoms: &Atoms) -> Answer {
    let nomatch = || atoms.intern("nomatch").into();
    found(args, |patterns, bytes, (from, to)| patterns.find(bytes, from, to).map_or_else(nomatch, place))
}

pub(super) fn match_3(args: &[Term], atoms: &Atoms) -> Answer {
    match_2(args, atoms)
}

pub(super) fn matches_2(args: &[Term], _: &Atoms) -> Answer {
    found(args, |patterns, bytes, (from, to)| {
        Term::list(patterns.find_all(bytes, from, to).into_iter().map(place))
    })
}

pub(super) fn matches_3(args: &[Term], atoms: &Atoms) -> Answer {
    matches_2(args, atoms)
}

fn found(args: &[Term], find: impl FnOnce(&Patterns, &[u8], (usize, usize)) -> Term) -> Answer {
    let bytes = binary(&args[0])?.bytes();
    let options = Options::of(args.get(2), bytes.len(), false)?;
    let range = options.range(bytes.len());
    Ok(find(&Patterns::up_to(range.1, &args[1])?, &bytes, range))
}

pub(super) fn split_2(args: &[Term], atoms: &Atoms) -> Answer {
    split_3(args, atoms)
}

pub(super) fn split_3(args: &[Term], _: &Atoms) -> Answer {
    let bits = binary(&args[0])?;
    let bytes = bits.bytes();
    let options = Options::of(args.get(2), bytes.len(), true)?;
    let (from, to) = options.range(bytes.len());
    let patterns = Patterns::up_to(to, &args[1])?;
    let found = match options.global {
        true => patterns.find_all(&bytes, from, to),
        false => patterns.find(&bytes, from, to).into_iter().collect(),
    };
    let begins = [0].into_iter().chain(found.iter().map(|(at, len)| at + len));
    let ends = found.iter().map(|(at, _)| *at).chain([bytes.len()]);
    let mut parts: Vec<(usize, usize)> = begins.zip(ends).collect();
    if options.trim_all {
        parts.retain(|(begin, end)| begin < end);
    } else if options.trim {
        let full = parts.iter().rposition(|(begin, end)| begin < end).map_or(0, |place| place + 1);
        parts.truncate(full);
    }
    Ok(Term::list(parts.into_iter().map(|(begin, end)| Term::Bits(bits.slice(begin * 8, (end - begin) * 8)))))
}
