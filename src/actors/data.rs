//! What actors say to each other, as values of the user's own types.
//!
//! Between processes only terms travel, so that actors in Rust, scripted servers and compiled modules can talk.
//! [`Data`] is a type that can be written as a term and read from one. [`data!`](crate::data) makes such a type.

use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::hash::Hash;

use crate::kernel::{Atom, Atoms, Pid, Ref, Term};

/// A value that can be sent: written as a term, and read from one.
///
/// # Examples
///
/// ```
/// use treefall::actors::Data;
/// use treefall::kernel::Atoms;
///
/// let atoms = Atoms::default();
/// let sent = (7, "seven".to_owned()).to_term(&atoms);
/// assert_eq!(<(i64, String)>::from_term(&sent, &atoms), Some((7, "seven".to_owned())));
/// ```
pub trait Data: Clone + Eq + Hash + Debug + Send + Sync + 'static {
    /// The term that it is sent as.
    ///
    /// # Examples
    ///
    /// See [`Data`].
    fn to_term(&self, atoms: &Atoms) -> Term;

    /// What such a term says; none if it says nothing of this type.
    ///
    /// # Examples
    ///
    /// See [`Data`].
    fn from_term(term: &Term, atoms: &Atoms) -> Option<Self>;
}

/// What is never said: the requests of an actor that takes none.
///
/// # Examples
///
/// See [`Actor`](super::Actor).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Never {}

impl Data for Never {
    fn to_term(&self, _: &Atoms) -> Term {
        match *self {}
    }

    fn from_term(_: &Term, _: &Atoms) -> Option<Self> {
        None
    }
}

impl Data for Term {
    fn to_term(&self, _: &Atoms) -> Term {
        self.clone()
    }

    fn from_term(term: &Term, _: &Atoms) -> Option<Self> {
        Some(term.clone())
    }
}

/// The atom `ok`.
impl Data for () {
    fn to_term(&self, _: &Atoms) -> Term {
        Atom::OK.into()
    }

    fn from_term(term: &Term, _: &Atoms) -> Option<Self> {
        term.is(Atom::OK).then_some(())
    }
}

impl Data for bool {
    fn to_term(&self, _: &Atoms) -> Term {
        Term::boolean(*self)
    }

    fn from_term(term: &Term, _: &Atoms) -> Option<Self> {
        match term {
            Term::Atom(Atom::TRUE) => Some(true),
            Term::Atom(Atom::FALSE) => Some(false),
            _ => None,
        }
    }
}

/// Integers that fit the integers of a term.
macro_rules! integers {
    ($($type:ty)+) => {$(
        impl Data for $type {
            fn to_term(&self, _: &Atoms) -> Term {
                Term::Int(i64::from(*self))
            }

            fn from_term(term: &Term, _: &Atoms) -> Option<Self> {
                match term {
                    Term::Int(value) => <$type>::try_from(*value).ok(),
                    _ => None,
                }
            }
        }
    )+};
}

integers! { i64 i32 i16 i8 u32 u16 u8 }

/// A text; one that somebody else writes as an atom is read as well.
impl Data for String {
    fn to_term(&self, _: &Atoms) -> Term {
        Term::Text(self.as_str().into())
    }

    fn from_term(term: &Term, atoms: &Atoms) -> Option<Self> {
        match term {
            Term::Text(text) => Some(text.as_ref().to_owned()),
            Term::Atom(atom) => Some(atoms.text(*atom).to_owned()),
            _ => None,
        }
    }
}

impl Data for Pid {
    fn to_term(&self, _: &Atoms) -> Term {
        (*self).into()
    }

    fn from_term(term: &Term, _: &Atoms) -> Option<Self> {
        term.as_pid()
    }
}

impl Data for Ref {
    fn to_term(&self, _: &Atoms) -> Term {
        (*self).into()
    }

    fn from_term(term: &Term, _: &Atoms) -> Option<Self> {
        match term {
            Term::Ref(reference) => Some(*reference),
            _ => None,
        }
    }
}

/// `{some, Value}` or `none`.
impl<T: Data> Data for Option<T> {
    fn to_term(&self, atoms: &Atoms) -> Term {
        match self {
            Some(value) => Term::tagged(atoms.intern("some"), value.to_term(atoms)),
            None => atoms.intern("none").into(),
        }
    }

    fn from_term(term: &Term, atoms: &Atoms) -> Option<Self> {
        if term.is(Atom::of("none")) {
            return Some(None);
        }
        term.untag(Atom::of("some")).and_then(|value| T::from_term(value, atoms)).map(Some)
    }
}

/// `{ok, Value}` or `{error, Value}`; of `()` the atom alone.
impl<T: Data, E: Data> Data for Result<T, E> {
    fn to_term(&self, atoms: &Atoms) -> Term {
        match self {
            Ok(value) => outcome(Atom::OK, value, atoms),
            Err(value) => outcome(Atom::ERROR, value, atoms),
        }
    }

    fn from_term(term: &Term, atoms: &Atoms) -> Option<Self> {
        read_outcome(Atom::OK, term, atoms)
            .map(Ok)
            .or_else(|| read_outcome(Atom::ERROR, term, atoms).map(Err))
    }
}

fn outcome<T: Data>(tag: Atom, value: &T, atoms: &Atoms) -> Term {
    if is_unit::<T>() { tag.into() } else { Term::tagged(tag, value.to_term(atoms)) }
}

fn read_outcome<T: Data>(tag: Atom, term: &Term, atoms: &Atoms) -> Option<T> {
    match is_unit::<T>() {
        true => term.is(tag).then(|| T::from_term(&Atom::OK.into(), atoms))?,
        false => T::from_term(term.untag(tag)?, atoms),
    }
}

fn is_unit<T: 'static>() -> bool {
    TypeId::of::<T>() == TypeId::of::<()>()
}

impl<T: Data> Data for Vec<T> {
    fn to_term(&self, atoms: &Atoms) -> Term {
        Term::list(self.iter().map(|value| value.to_term(atoms)))
    }

    fn from_term(term: &Term, atoms: &Atoms) -> Option<Self> {
        let Term::List(terms, _) = term else { return None };
        terms.iter().map(|term| T::from_term(term, atoms)).collect()
    }
}

impl<T: Data + Ord> Data for BTreeSet<T> {
    fn to_term(&self, atoms: &Atoms) -> Term {
        Term::list(self.iter().map(|value| value.to_term(atoms)))
    }

    fn from_term(term: &Term, atoms: &Atoms) -> Option<Self> {
        Some(Vec::from_term(term, atoms)?.into_iter().collect())
    }
}

impl<K: Data + Ord, V: Data> Data for BTreeMap<K, V> {
    fn to_term(&self, atoms: &Atoms) -> Term {
        Term::map(self.iter().map(|(key, value)| (key.to_term(atoms), value.to_term(atoms))))
    }

    fn from_term(term: &Term, atoms: &Atoms) -> Option<Self> {
        let Term::Map(pairs, _) = term else { return None };
        pairs
            .iter()
            .map(|(key, value)| Some((K::from_term(key, atoms)?, V::from_term(value, atoms)?)))
            .collect()
    }
}

/// Tuples are tuples.
macro_rules! tuples {
    ($(($($name:ident $place:tt),+))+) => {$(
        impl<$($name: Data),+> Data for ($($name,)+) {
            fn to_term(&self, atoms: &Atoms) -> Term {
                Term::tuple([$(self.$place.to_term(atoms)),+])
            }

            fn from_term(term: &Term, atoms: &Atoms) -> Option<Self> {
                const LENGTH: usize = [$($place),+].len();
                let parts = term.as_tuple().filter(|parts| parts.len() == LENGTH)?;
                Some(($($name::from_term(&parts[$place], atoms)?,)+))
            }
        }
    )+};
}

tuples! { (A 0, B 1) (A 0, B 1, C 2) (A 0, B 1, C 2, D 3) }

/// Defines enums and structs that can be sent. They get what a state needs too: `Clone`, `Debug`, `PartialEq`, `Eq`
/// and `Hash`.
///
/// `Put { key, value }` is sent as `{put, Key, Value}`, `Get(key)` as `{get, Key}` and `Keys` as `keys`: so it reads in
/// a story, and so a scripted server or a compiled module says it. A variant holds nothing, one value, or values
/// with names.
///
/// # Examples
///
/// ```
/// use treefall::actors::Data;
/// use treefall::kernel::{Atom, Atoms, Term};
///
/// treefall::data! {
///     /// What a bucket is asked.
///     pub enum Ask {
///         Put { key: String, value: i64 },
///         Get(String),
///         AllKeys,
///     }
///     pub struct Job { number: i64 }
/// }
///
/// let atoms = Atoms::default();
/// assert_eq!(Ask::AllKeys.to_term(&atoms), Term::from(Atom::of("all_keys")));
/// let job = Job { number: 3 };
/// assert_eq!(job.to_term(&atoms), Term::tagged(Atom::of("job"), Term::Int(3)));
/// assert_eq!(Job::from_term(&job.to_term(&atoms), &atoms), Some(job));
/// ```
#[macro_export]
macro_rules! data {
    () => {};
    (
        $(#[$meta:meta])* $vis:vis enum $name:ident {
            $( $(#[$inner:meta])* $variant:ident $( ( $one:ty ) )? $( { $( $(#[$about:meta])* $field:ident : $type:ty ),+ $(,)? } )? ),+ $(,)?
        }
        $($rest:tt)*
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        $vis enum $name {
            $( $(#[$inner])* $variant $( ( $one ) )? $( { $( $(#[$about])* $field : $type ),+ } )? ),+
        }

        impl $crate::actors::Data for $name {
            fn to_term(&self, atoms: &$crate::kernel::Atoms) -> $crate::kernel::Term {
                match self {
                    $( $name::$variant $( ( $crate::data!(@ value $one) ) )? $( { $( $field ),+ } )? => {
                        $crate::actors::row(stringify!($variant), &[
                            $( <$one as $crate::actors::Data>::to_term($crate::data!(@ value $one), atoms), )?
                            $( $( <$type as $crate::actors::Data>::to_term($field, atoms), )+ )?
                        ], atoms)
                    } )+
                }
            }

            fn from_term(term: &$crate::kernel::Term, atoms: &$crate::kernel::Atoms) -> ::std::option::Option<Self> {
                $(
                    if let ::std::option::Option::Some(parts) = $crate::actors::parts(stringify!($variant), term, atoms) {
                        #[allow(unused_mut, reason = "a variant may have no parts")]
                        let mut parts = parts.iter();
                        let read = $name::$variant
                            $( ( <$one as $crate::actors::Data>::from_term(parts.next()?, atoms)? ) )?
                            $( { $( $field: <$type as $crate::actors::Data>::from_term(parts.next()?, atoms)? ),+ } )?;
                        return parts.next().is_none().then_some(read);
                    }
                )+
                ::std::option::Option::None
            }
        }
        $crate::data! { $($rest)* }
    };
    (
        $(#[$meta:meta])* $vis:vis struct $name:ident { $( $(#[$about:meta])* $seen:vis $field:ident : $type:ty ),+ $(,)? }
        $($rest:tt)*
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        $vis struct $name { $( $(#[$about])* $seen $field : $type ),+ }

        impl $crate::actors::Data for $name {
            fn to_term(&self, atoms: &$crate::kernel::Atoms) -> $crate::kernel::Term {
                let parts = [ $( <$type as $crate::actors::Data>::to_term(&self.$field, atoms) ),+ ];
                $crate::actors::row(stringify!($name), &parts, atoms)
            }

            fn from_term(term: &$crate::kernel::Term, atoms: &$crate::kernel::Atoms) -> ::std::option::Option<Self> {
                let mut parts = $crate::actors::parts(stringify!($name), term, atoms)?.iter();
                let read = $name { $( $field: <$type as $crate::actors::Data>::from_term(parts.next()?, atoms)? ),+ };
                parts.next().is_none().then_some(read)
            }
        }
        $crate::data! { $($rest)* }
    };
    (@ $value:ident $one:ty) => { $value };
}

/// `{tag, Part, ..}`, or the tag alone: what [`data!`](crate::data) sends.
#[doc(hidden)]
pub fn row(name: &str, parts: &[Term], atoms: &Atoms) -> Term {
    let tag: Term = atoms.intern(&snake(name)).into();
    match parts {
        [] => tag,
        parts => Term::tuple([tag].into_iter().chain(parts.iter().cloned())),
    }
}

/// The parts behind a tag; none if the term has another.
#[doc(hidden)]
pub fn parts<'t>(name: &str, term: &'t Term, atoms: &Atoms) -> Option<&'t [Term]> {
    let (tag, parts) = match term {
        Term::Atom(tag) => (*tag, &[][..]),
        term => {
            let (tag, parts) = term.as_tuple()?.split_first()?;
            (tag.as_atom()?, parts)
        }
    };
    is_snake_of(atoms.text(tag), name).then_some(parts)
}

/// `AllKeys` as `all_keys`.
fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 2);
    for (place, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && place > 0 {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Whether a text is the snake of a name, without making it.
fn is_snake_of(text: &str, name: &str) -> bool {
    let mut letters = text.bytes();
    let same = name.bytes().enumerate().all(|(place, letter)| {
        (!letter.is_ascii_uppercase() || place == 0 || letters.next() == Some(b'_'))
            && letters.next() == Some(letter.to_ascii_lowercase())
    });
    same && letters.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::{Data, is_snake_of, snake};
    use crate::kernel::{Atom, Atoms, Term};

    crate::data! {
        enum Said { Nothing, One(i64), Several { first: String, rest: Vec<i64> } }
    }

    #[test]
    fn what_is_written_is_read_again_and_nothing_else() {
        let atoms = Atoms::default();
        let several = Said::Several { first: "a".to_owned(), rest: vec![1, 2] };
        for said in [Said::Nothing, Said::One(7), several] {
            assert_eq!(Said::from_term(&said.to_term(&atoms), &atoms), Some(said));
        }
        let one = atoms.intern("one");
        let strange = [Term::from(one), Term::tuple([one.into(), Term::Int(1), Term::Int(2)]), Term::Int(1)];
        assert!(strange.iter().all(|term| Said::from_term(term, &atoms).is_none()));
        let unit: Result<(), ()> = Err(());
        assert_eq!(unit.to_term(&atoms), Atom::ERROR.into());
        assert_eq!(Result::<i64, ()>::from_term(&Atom::ERROR.into(), &atoms), Some(Err(())));
        assert_eq!(Result::<(), i64>::from_term(&Atom::OK.into(), &atoms), Some(Ok(())));
    }

    #[test]
    fn a_snake_is_recognised_without_being_made() {
        for name in ["A", "AllKeys", "Put", "HTTP"] {
            assert!(is_snake_of(&snake(name), name));
            assert!(!is_snake_of(&(snake(name) + "s"), name) && !is_snake_of("al", name));
        }
    }
}
