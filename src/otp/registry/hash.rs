//! `erlang:phash2/2`: which partition a key belongs to.
//!
//! Erlang promises that the number is the same on every machine and in every release, so the partition of a
//! key is a fact that a scenario can rely on, and so can the comparison with the real one. It follows
//! `make_hash2_helper` in `erl_term_hashing.c` (OTP 27), which mixes as Bob Jenkins has proposed. Pids and
//! references are the exception: their numbers are accidents of a run there and digests here.

use crate::kernel::jenkins::{NIL, NIL_ALONE, atom_hash, block, integer, mixed, salt, word};
use crate::kernel::{Atoms, Fingerprint, Term};

/// `erlang:phash2(Term, Range)`: a number below `range`.
pub fn phash2(term: &Term, range: u32, atoms: &Atoms) -> u32 {
    hash(term, atoms) % range.max(1)
}

/// What is still to be done.
enum Task<'t> {
    Term(&'t Term),
    /// What is left of a list, empty or not.
    Rest(&'t [Term]),
    /// A pair of a map is done.
    Pair,
    /// A map is done: what was before it.
    Map {
        hash: u32,
        pairs: u32,
    },
}

fn hash(term: &Term, atoms: &Atoms) -> u32 {
    match term {
        Term::Atom(atom) => return atom_hash(atoms.text(*atom)),
        Term::List(elements, _) if elements.is_empty() => return NIL_ALONE,
        _ => (),
    }
    let (mut hash, mut pairs) = (0, 0);
    let mut tasks = vec![Task::Term(term)];
    while let Some(task) = tasks.pop() {
        match task {
            Task::Pair => {
                pairs ^= hash;
                hash = 0;
            }
            Task::Map { hash: before, pairs: outer } => {
                hash = mixed(before, pairs, 0, salt(19));
                pairs = outer;
            }
            Task::Rest(rest) => list(rest, &mut hash, &mut tasks),
            Task::Term(Term::List(elements, _)) => list(elements, &mut hash, &mut tasks),
            Task::Term(Term::Atom(atom)) => {
                let number = atom_hash(atoms.text(*atom));
                hash = if hash == 0 { number } else { mixed(hash, number, 0, salt(3)) };
            }
            Task::Term(Term::Int(number)) => hash = integer(hash, *number),
            Task::Term(Term::Text(content)) => {
                let start = salt(13).wrapping_add(hash);
                hash = if content.is_empty() { start } else { block(content.as_bytes(), start) };
            }
            Task::Term(Term::Tuple(elements, _)) => {
                hash = mixed(hash, small(elements.len()), 0, salt(9));
                tasks.extend(elements.iter().rev().map(Task::Term));
            }
            Task::Term(Term::Map(entries, _)) => {
                hash = mixed(hash, small(entries.len()), 0, salt(16));
                if !entries.is_empty() {
                    tasks.push(Task::Map { hash, pairs });
                    (hash, pairs) = (0, 0);
                    for (key, value) in entries.iter() {
                        tasks.extend([Task::Pair, Task::Term(value), Task::Term(key)]);
                    }
                }
            }
            Task::Term(accident @ (Term::Pid(_) | Term::Ref(_))) => {
                let digest = Fingerprint::of(accident);
                hash = mixed(hash, word(digest), word(digest >> 32), salt(7));
            }
        }
    }
    hash
}

/// The bytes at the head of a list go four at a time; then one element of any other kind, then the rest.
fn list<'t>(elements: &'t [Term], hash: &mut u32, tasks: &mut Vec<Task<'t>>) {
    let is_byte = |term: &Term| matches!(term, Term::Int(0..=255));
    let bytes = elements.iter().take_while(|term| is_byte(term)).count();
    for four in elements[..bytes].chunks(4) {
        let packed = four.iter().fold(0_u32, |packed, byte| match byte {
            Term::Int(byte) => (packed << 8).wrapping_add(word(byte.cast_unsigned())),
            _ => packed,
        });
        *hash = mixed(*hash, packed, 0, salt(4));
    }
    match elements[bytes..].split_first() {
        Some((other, rest)) => tasks.extend([Task::Rest(rest), Task::Term(other)]),
        None if *hash == 0 => *hash = NIL_ALONE,
        None => *hash = mixed(*hash, NIL, 0, salt(2)),
    }
}

fn small(length: usize) -> u32 {
    u32::try_from(length).expect("a file of a megabyte makes no term of four thousand million parts")
}

#[cfg(test)]
mod tests {
    use super::phash2;
    use crate::kernel::{Atoms, Term};

    /// What `erlang:phash2/1` returns on OTP 25, which is the hash modulo 2^27.
    #[test]
    fn it_is_erlangs() {
        let atoms = Atoms::default();
        let [abc, a, b, via] = ["abc", "a", "b", "via"].map(|text| Term::Atom(atoms.intern(text)));
        let accented = Term::Atom(atoms.intern("\u{e9}"));
        let text = |text: &str| Term::Text(text.into());
        let int = Term::Int;
        let ints = |all: &[i64]| Term::list(all.iter().copied().map(Term::Int));
        let cases = [
            (abc, 26_499),
            (a.clone(), 97),
            (accented, 233),
            (int(0), 88_723_725),
            (int(1), 2_614_250),
            (int(-1), 44_071_773),
            (int(5), 5_878_562),
            (int(134_217_727), 112_602_999),
            (int(134_217_728), 12_354_923),
            (int(268_435_455), 108_355_148),
            (int(-268_435_456), 70_671_433),
            (int(1 << 40), 13_893_919),
            (int(-(1 << 40)), 48_180_921),
            (int(i64::MAX), 28_179_613),
            (ints(&[]), 113_427_502),
            (ints(&[1]), 84_609_158),
            (ints(&[1, 2, 300]), 61_734_885),
            (ints(&[104, 101, 108, 108, 111]), 81_920_127),
            (Term::list([a.clone()]), 23_864_141),
            (text(""), 13_708_901),
            (text("a"), 112_802_447),
            (text("abcdefghijkl"), 15_432_855),
            (text("abcdefghijklm"), 11_441_572),
            (Term::tuple([]), 87_486_268),
            (Term::tuple([a.clone()]), 35_332_806),
            (Term::tuple([a.clone(), b.clone()]), 101_277_806),
            (Term::tuple([via, Term::tuple([int(1), int(2)])]), 53_652_749),
            (Term::map([]), 39_679_005),
            (Term::map([(a.clone(), int(1))]), 59_617_982),
            (Term::map([(a, int(1)), (b, int(2))]), 103_634_663),
        ];
        for (term, expected) in cases {
            assert_eq!(phash2(&term, 1 << 27, &atoms), expected, "{term:?}");
        }
    }
}
