//! Erlang's order of terms.
//!
//! It needs the texts of atoms, so it is not the order that tables are kept in. Whoever shows a table, or goes
//! through one where others can see it, goes through it in this order.

use std::borrow::Borrow;
use std::cmp::Ordering;

use super::atom::Atoms;
use super::term::Term;

impl Term {
    /// As `<` and `>` compare: number, atom, reference, pid, tuple, map, list, bitstring (Reference Manual,
    /// "Term Comparisons"). Among themselves pids and references are in some order, as they are in Erlang.
    pub fn compare(&self, other: &Term, atoms: &Atoms) -> Ordering {
        match (self, other) {
            (Term::Int(left), Term::Int(right)) => left.cmp(right),
            (Term::Atom(left), Term::Atom(right)) => atoms.text(*left).cmp(atoms.text(*right)),
            (Term::Ref(left), Term::Ref(right)) => left.cmp(right),
            (Term::Pid(left), Term::Pid(right)) => left.cmp(right),
            (Term::Tuple(left, _), Term::Tuple(right, _)) => {
                left.len().cmp(&right.len()).then_with(|| in_turn(&**left, &**right, atoms))
            }
            (Term::Map(left, _), Term::Map(right, _)) => left.len().cmp(&right.len()).then_with(|| {
                let (left, right) = (sides(left, atoms), sides(right, atoms));
                in_turn(left.0, right.0, atoms).then_with(|| in_turn(left.1, right.1, atoms))
            }),
            (Term::List(left, _), Term::List(right, _)) => {
                in_turn(&**left, &**right, atoms).then(left.len().cmp(&right.len()))
            }
            (Term::Text(left), Term::Text(right)) => left.cmp(right),
            _ => self.kind().cmp(&other.kind()),
        }
    }

    /// The pairs of a map or a table by their keys.
    pub fn by_key<K: Borrow<Term>, V>(pairs: impl IntoIterator<Item = (K, V)>, atoms: &Atoms) -> Vec<(K, V)> {
        let mut pairs: Vec<(K, V)> = pairs.into_iter().collect();
        pairs.sort_by(|(left, _), (right, _)| left.borrow().compare(right.borrow(), atoms));
        pairs
    }

    /// Where terms of this kind stand among those of others.
    fn kind(&self) -> u8 {
        match self {
            Term::Int(_) => 0,
            Term::Atom(_) => 1,
            Term::Ref(_) => 2,
            Term::Pid(_) => 3,
            Term::Tuple(_, _) => 4,
            Term::Map(_, _) => 5,
            Term::List(_, _) => 6,
            Term::Text(_) => 7,
        }
    }
}

/// The first pair that differs decides.
fn in_turn<'a>(
    left: impl IntoIterator<Item = &'a Term>,
    right: impl IntoIterator<Item = &'a Term>,
    atoms: &Atoms,
) -> Ordering {
    left.into_iter()
        .zip(right)
        .map(|(left, right)| left.compare(right, atoms))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// The keys of a map, in order, and their values.
fn sides<'a>(pairs: &'a [(Term, Term)], atoms: &Atoms) -> (Vec<&'a Term>, Vec<&'a Term>) {
    Term::by_key(pairs.iter().map(|(key, value)| (key, value)), atoms).into_iter().unzip()
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::super::atom::{Atom, Atoms};
    use super::super::fingerprint::mix;
    use super::super::term::Term;

    #[test]
    fn atoms_are_in_the_order_of_their_names_whatever_their_numbers_are() {
        let atoms = Atoms::default();
        let names: Vec<String> = (0..200).map(|word| format!("{:x}", mix(word) % 4_096)).collect();
        let all: Vec<(&str, Atom)> = names.iter().map(|name| (&**name, atoms.intern(name))).collect();
        let mut by_number_too = 0;
        for (name, atom) in &all {
            for (other_name, other) in &all {
                let order = Term::Atom(*atom).compare(&Term::Atom(*other), &atoms);
                assert_eq!(order, name.cmp(other_name), "{name} {other_name}");
                by_number_too += usize::from(order == atom.cmp(other));
            }
        }
        assert!((16_000..24_000).contains(&by_number_too), "{by_number_too}");
        let mut sorted: Vec<&str> = names.iter().map(|name| &**name).collect();
        sorted.sort_unstable();
        let pairs = Term::by_key(all.iter().map(|(name, atom)| (Term::Atom(*atom), *name)), &atoms);
        assert!(pairs.into_iter().map(|(_, name)| name).eq(sorted));
    }

    #[test]
    fn terms_are_in_the_order_that_erlang_sorts_them_in() {
        let atoms = Atoms::default();
        // Interned in the other order, and one that is known from the start.
        let (b, a, ok) = (atoms.intern("b"), atoms.intern("a"), atoms.intern("ok"));
        let int = Term::Int;
        let tuple = |parts: &[Term]| Term::tuple(parts.to_vec());
        let list = |parts: &[Term]| Term::list(parts.to_vec());
        let map = |pairs: &[(Term, Term)]| Term::map(pairs.to_vec());
        // lists:sort/1 of Erlang/OTP 25 leaves this list as it is.
        let sorted = [
            int(-1),
            int(2),
            a.into(),
            b.into(),
            ok.into(),
            tuple(&[]),
            tuple(&[ok.into()]),
            tuple(&[int(1), b.into()]),
            tuple(&[a.into(), int(1)]),
            map(&[(ok.into(), int(0))]),
            map(&[(a.into(), int(2)), (b.into(), int(1))]),
            map(&[(a.into(), int(2)), (b.into(), int(3))]),
            map(&[(a.into(), int(1)), (ok.into(), int(0))]),
            list(&[]),
            list(&[int(1)]),
            list(&[int(1), int(1)]),
            list(&[a.into()]),
            Term::Text("".into()),
            Term::Text("a".into()),
            Term::Text("ab".into()),
        ];
        for (place, left) in sorted.iter().enumerate() {
            for (other, right) in sorted.iter().enumerate() {
                let order: Ordering = place.cmp(&other);
                assert_eq!(left.compare(right, &atoms), order, "{left:?} {right:?}");
            }
        }
    }
}
