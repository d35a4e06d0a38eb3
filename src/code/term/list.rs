//! Lists: cells of a head and a tail. Whatever goes along one goes in a loop, since a list may be as long as it likes.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::Term;

/// A cell of a list.
#[derive(Clone, Debug)]
pub struct Cons {
    head: Term,
    tail: Term,
}

impl Cons {
    /// What Erlang writes as `[Head | Tail]`.
    pub fn new(head: Term, tail: Term) -> Cons {
        Cons { head, tail }
    }

    /// What Erlang writes as `hd`.
    pub fn head(&self) -> &Term {
        &self.head
    }

    /// What Erlang writes as `tl`.
    pub fn tail(&self) -> &Term {
        &self.tail
    }
}

/// Goes along the elements of a list.
#[derive(Clone, Debug)]
pub struct Items<'a> {
    rest: &'a Term,
}

impl<'a> Items<'a> {
    pub(super) fn of(list: &'a Term) -> Self {
        Items { rest: list }
    }

    /// What is left: once there are no more elements, the tail of the list.
    pub fn tail(&self) -> &'a Term {
        self.rest
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = &'a Term;

    fn next(&mut self) -> Option<&'a Term> {
        let Term::Cons(cons) = self.rest else { return None };
        self.rest = &cons.tail;
        Some(&cons.head)
    }
}

impl Drop for Cons {
    fn drop(&mut self) {
        let mut tail = std::mem::replace(&mut self.tail, Term::Nil);
        while let Term::Cons(cons) = tail {
            match Arc::into_inner(cons) {
                Some(mut cons) => tail = std::mem::replace(&mut cons.tail, Term::Nil),
                None => break,
            }
        }
    }
}

impl PartialEq for Cons {
    fn eq(&self, other: &Cons) -> bool {
        let (mut left, mut right) = (self, other);
        loop {
            if std::ptr::eq(left, right) {
                return true;
            }
            if left.head != right.head {
                return false;
            }
            match (&left.tail, &right.tail) {
                (Term::Cons(a), Term::Cons(b)) => (left, right) = (a, b),
                (a, b) => return a == b,
            }
        }
    }
}

impl Eq for Cons {}

impl Hash for Cons {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut cell = self;
        loop {
            cell.head.hash(state);
            match &cell.tail {
                Term::Cons(next) => {
                    state.write_u8(1);
                    cell = next;
                }
                tail => return tail.hash(state),
            }
        }
    }
}

impl PartialOrd for Cons {
    fn partial_cmp(&self, other: &Cons) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Cons {
    fn cmp(&self, other: &Cons) -> Ordering {
        let (mut left, mut right) = (self, other);
        loop {
            if std::ptr::eq(left, right) {
                return Ordering::Equal;
            }
            match left.head.cmp(&right.head) {
                Ordering::Equal => (),
                unequal => return unequal,
            }
            match (&left.tail, &right.tail) {
                (Term::Cons(a), Term::Cons(b)) => (left, right) = (a, b),
                (a, b) => return a.cmp(b),
            }
        }
    }
}
