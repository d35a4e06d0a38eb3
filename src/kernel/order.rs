//! Erlang's order of terms.
//!
//! It needs the texts of atoms, so it is not the order that tables are kept in.

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
                left.len().cmp(&right.len()).then_with(|| in_turn(left.iter(), right.iter(), atoms))
            }
            (Term::Map(left, _), Term::Map(right, _)) => left.len().cmp(&right.len()).then_with(|| {
                let (left, right) = (by_key(left, atoms), by_key(right, atoms));
                let keys = in_turn(left.iter().map(|(key, _)| key), right.iter().map(|(key, _)| key), atoms);
                keys.then_with(|| in_turn(left.iter().map(|(_, v)| v), right.iter().map(|(_, v)| v), atoms))
            }),
            (Term::List(left, _), Term::List(right, _)) => {
                in_turn(left.iter(), right.iter(), atoms).then(left.len().cmp(&right.len()))
            }
            (Term::Text(left), Term::Text(right)) => left.cmp(right),
            _ => self.kind().cmp(&other.kind()),
        }
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
    left: impl Iterator<Item = &'a Term>,
    right: impl Iterator<Item = &'a Term>,
    atoms: &Atoms,
) -> Ordering {
    left.zip(right)
        .map(|(left, right)| left.compare(right, atoms))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

fn by_key<'a>(pairs: &'a [(Term, Term)], atoms: &Atoms) -> Vec<&'a (Term, Term)> {
    let mut pairs: Vec<_> = pairs.iter().collect();
    pairs.sort_by(|(left, _), (right, _)| left.compare(right, atoms));
    pairs
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::super::atom::Atoms;
    use super::super::term::Term;

    #[test]
    fn terms_are_in_the_order_that_erlang_sorts_them_in() {
        let mut atoms = Atoms::default();
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
