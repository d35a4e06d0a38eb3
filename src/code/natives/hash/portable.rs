//! `erlang:phash2/1` and its elder, `erlang:phash/2`: the whole of 32 bits.

use num_bigint::{BigInt, Sign};

use crate::code::bits::Bits;
use crate::code::term::{Fun, Term};
use crate::kernel::Atoms;
use crate::kernel::jenkins::{GOLDEN, NIL, NIL_ALONE, atom_hash, block, integer, mixed, salt, word};

/// What is still to be done.
enum Task<'t> {
    Term(&'t Term),
    /// A pair of a map is done.
    Pair,
    /// A map is done: what was before it.
    Map {
        hash: u32,
        pairs: u32,
    },
}

/// The hash that `phash2` cuts to its range.
pub fn phash2(term: &Term, atoms: &Atoms) -> u32 {
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
            Task::Term(Term::Map(map)) => {
                hash = mixed(hash, word(map.len() as u64), 0, salt(16));
                if !map.is_empty() {
                    tasks.push(Task::Map { hash, pairs });
                    (hash, pairs) = (0, 0);
                    for (key, value) in map.iter() {
                        tasks.extend([Task::Pair, Task::Term(value), Task::Term(key)]);
                    }
                }
            }
            Task::Term(term) => hash = part(hash, term, &mut tasks, atoms),
        }
    }
    hash
}

/// The hash with one more term, of which what it consists of may be left to do.
fn part<'t>(hash: u32, term: &'t Term, tasks: &mut Vec<Task<'t>>, atoms: &Atoms) -> u32 {
    match term {
        Term::Nil if hash == 0 => NIL_ALONE,
        Term::Nil => mixed(hash, NIL, 0, salt(2)),
        Term::Atom(atom) if hash == 0 => atom_hash(atoms.text(*atom)),
        Term::Atom(atom) => mixed(hash, atom_hash(atoms.text(*atom)), 0, salt(3)),
        Term::Int(value) => integer(hash, *value),
        Term::Big(value) => big(hash, value),
        Term::Float(value) => {
            // Zero has one hash, whatever its sign.
            let bits = if value.value() == 0.0 { 0 } else { value.value().to_bits() };
            mixed(hash, word(bits >> 32), word(bits), salt(12))
        }
        Term::Cons(_) => list(hash, term, tasks),
        Term::Tuple(elements) => {
            tasks.extend(elements.iter().rev().map(Task::Term));
            mixed(hash, word(elements.len() as u64), 0, salt(9))
        }
        Term::Bits(bits) => binary(hash, bits),
        Term::Matcher(matcher) => binary(hash, &matcher.tail()),
        Term::Fun(fun) => match &**fun {
            Fun::External { module, function, arity } => {
                let hash = mixed(hash, u32::from(*arity), atom_hash(atoms.text(*module)), GOLDEN);
                mixed(hash, atom_hash(atoms.text(*function)), 0, salt(14))
            }
            Fun::Local { module, index, free, .. } => {
                tasks.extend(free.iter().rev().map(Task::Term));
                let hash = mixed(hash, word(free.len() as u64), atom_hash(atoms.text(*module)), GOLDEN);
                mixed(hash, *index, 0, GOLDEN)
            }
        },
        Term::Pid(pid) => mixed(hash, word(pid.lineage()), word(pid.lineage() >> 32), salt(5)),
        Term::Ref(reference) => {
            mixed(hash, word(reference.lineage()), word(reference.lineage() >> 32), salt(7))
        }
        Term::Map(_) => hash,
    }
}

/// The bytes at the head of a list go four at a time; then one element of any other kind, then the rest.
fn list<'t>(mut hash: u32, list: &'t Term, tasks: &mut Vec<Task<'t>>) -> u32 {
    let (mut rest, mut packed, mut count) = (list, 0_u32, 0);
    while let Term::Cons(cons) = rest {
        let Term::Int(byte @ 0..=255) = cons.head() else {
            tasks.extend([Task::Term(cons.tail()), Task::Term(cons.head())]);
            break;
        };
        packed = packed << 8 | *byte as u32;
        count += 1;
        if count == 4 {
            hash = mixed(hash, packed, 0, salt(4));
            (packed, count) = (0, 0);
        }
        rest = cons.tail();
        if !matches!(rest, Term::Cons(_)) {
            tasks.push(Task::Term(rest));
        }
    }
    if count > 0 { mixed(hash, packed, 0, salt(4)) } else { hash }
}

fn big(hash: u32, number: &BigInt) -> u32 {
    let salt = salt(if number.sign() == Sign::Minus { 10 } else { 11 });
    let digits = number.magnitude().iter_u64_digits();
    digits.fold(hash, |hash, digit| mixed(hash, word(digit), word(digit >> 32), salt))
}

fn binary(hash: u32, bits: &Bits) -> u32 {
    let start = salt(13).wrapping_add(hash);
    if bits.is_empty() {
        return start;
    }
    let bytes = bits.bytes();
    let (whole, last) = (bits.len() / 8, bits.len() % 8);
    let hash = block(&bytes[..whole], start);
    if last == 0 {
        return hash;
    }
    mixed(hash, last as u32, u32::from(bytes[whole] >> (8 - last)), salt(15))
}

/// Some primes just above 2 to the power of 28, by the numbers that the emulator gives them.
const PRIMES: [u32; 15] = [
    0,
    268_440_163,
    268_439_161,
    268_435_459,
    268_436_141,
    268_438_633,
    268_437_017,
    268_438_039,
    268_437_511,
    268_439_627,
    268_440_479,
    268_440_577,
    268_440_581,
    268_440_593,
    268_440_611,
];

/// What is still to be done for the elder hash.
enum Step<'t> {
    Term(&'t Term),
    /// The rest of a list after an element that is no byte.
    Rest(&'t Term),
    /// A list is done.
    ListEnd,
    /// A tuple of so many elements is done.
    TupleEnd(usize),
}

/// The hash that `phash` cuts to its range.
pub(super) fn phash(term: &Term, atoms: &Atoms) -> u32 {
    let mut hash = 0_u32;
    let mut steps = vec![Step::Term(term)];
    while let Some(step) = steps.pop() {
        hash = match step {
            Step::ListEnd => hash.wrapping_mul(PRIMES[8]),
            Step::TupleEnd(arity) => onto(hash, 9, word(arity as u64)),
            Step::Rest(list @ Term::Cons(_)) | Step::Term(list @ Term::Cons(_)) => {
                elder_list(hash, list, &mut steps)
            }
            Step::Rest(tail) => {
                steps.extend([Step::ListEnd, Step::Term(tail)]);
                hash
            }
            Step::Term(Term::Tuple(elements)) => {
                steps.push(Step::TupleEnd(elements.len()));
                steps.extend(elements.iter().rev().map(Step::Term));
                hash
            }
            Step::Term(Term::Fun(fun)) => match &**fun {
                Fun::External { module, function, arity } => {
                    let names = [*module, *function].map(|name| atom_hash(atoms.text(name)));
                    names
                        .into_iter()
                        .fold(onto(hash, 11, u32::from(*arity)), |hash, name| onto(hash, 1, name))
                }
                Fun::Local { module, index, free, .. } => {
                    steps.extend(free.iter().rev().map(Step::Term));
                    let hash =
                        onto(onto(hash, 10, word(free.len() as u64)), 1, atom_hash(atoms.text(*module)));
                    onto(onto(hash, 2, *index), 2, 0)
                }
            },
            Step::Term(term) => elder(hash, term, atoms),
        };
    }
    hash
}

fn onto(hash: u32, prime: usize, value: u32) -> u32 {
    hash.wrapping_mul(PRIMES[prime]).wrapping_add(value)
}

fn elder(hash: u32, term: &Term, atoms: &Atoms) -> u32 {
    match term {
        Term::Nil => onto(hash, 3, 1),
        Term::Atom(atom) => onto(hash, 1, atom_hash(atoms.text(*atom))),
        Term::Int(value) => elder_integer(hash, &BigInt::from(*value)),
        Term::Big(value) => elder_integer(hash, value),
        Term::Matcher(matcher) => elder(hash, &Term::Bits(matcher.tail()), atoms),
        Term::Float(value) => {
            let bits = if value.value() == 0.0 { 0 } else { value.value().to_bits() };
            onto(hash, 6, word(bits) ^ word(bits >> 32))
        }
        Term::Bits(bits) => {
            let bytes = bits.bytes();
            let (whole, last) = (bits.len() / 8, bits.len() % 8);
            let mut hash = bytes[..whole].iter().fold(hash, |hash, byte| onto(hash, 1, u32::from(*byte)));
            if last > 0 {
                hash = onto(onto(hash, 1, u32::from(bytes[whole] >> (8 - last))), 12, last as u32);
            }
            onto(hash, 4, word(whole as u64))
        }
        Term::Map(_) => onto(hash, 13, PRIMES[14].wrapping_add(phash2(term, atoms))),
        Term::Pid(pid) => bytes_of(hash, word(pid.lineage()), 5).wrapping_mul(PRIMES[6]),
        Term::Ref(reference) => bytes_of(hash, word(reference.lineage()), 9).wrapping_mul(PRIMES[10]),
        Term::Cons(_) | Term::Tuple(_) | Term::Fun(_) => hash,
    }
}

fn bytes_of(hash: u32, number: u32, prime: usize) -> u32 {
    number.to_le_bytes().iter().fold(hash, |hash, byte| onto(hash, prime, u32::from(*byte)))
}

fn elder_integer(hash: u32, value: &BigInt) -> u32 {
    let words = value.magnitude().to_u32_digits();
    let words = if words.is_empty() { vec![0] } else { words };
    let hash = words.into_iter().fold(hash, |hash, word| bytes_of(hash, word, 2));
    hash.wrapping_mul(PRIMES[if value.sign() == Sign::Minus { 4 } else { 3 }])
}

fn elder_list<'t>(mut hash: u32, list: &'t Term, steps: &mut Vec<Step<'t>>) -> u32 {
    let mut rest = list;
    while let Term::Cons(cons) = rest {
        let Term::Int(byte @ 0..=255) = cons.head() else {
            steps.extend([Step::Rest(cons.tail()), Step::Term(cons.head())]);
            return hash;
        };
        hash = onto(hash, 2, *byte as u32);
        rest = cons.tail();
    }
    steps.extend([Step::ListEnd, Step::Term(rest)]);
    hash
}
