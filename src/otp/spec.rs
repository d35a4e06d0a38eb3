//! Child specifications and supervisor flags, once they are known to be valid, and OTP's words for what is in
//! them. Files, traces and Erlang programs are written and read with these words and no others.

use std::fmt;

use crate::kernel::{Atom, Term};

/// Values that OTP writes as atoms.
macro_rules! words {
    ($name:ident: $($variant:ident = $word:literal $atom:ident,)+) => {
        impl $name {
            /// All of them, by OTP's words.
            pub const WORDS: &[(&str, $name)] = &[$(($word, $name::$variant),)+];

            /// OTP's word for it.
            pub fn word(self) -> &'static str {
                match self {
                    $($name::$variant => $word,)+
                }
            }

            /// OTP's word as an atom.
            pub fn atom(self) -> Atom {
                match self {
                    $($name::$variant => Atom::$atom,)+
                }
            }

            /// What this atom stands for, if for any of them.
            pub fn of(term: &Term) -> Option<$name> {
                Self::WORDS.iter().map(|(_, value)| *value).find(|value| term.is(value.atom()))
            }
        }
    };
}

words! { Restart:
    Permanent = "permanent" PERMANENT,
    Transient = "transient" TRANSIENT,
    Temporary = "temporary" TEMPORARY,
}

words! { ChildType:
    Worker = "worker" WORKER,
    Supervisor = "supervisor" SUPERVISOR,
}

words! { Strategy:
    OneForOne = "one_for_one" ONE_FOR_ONE,
    OneForAll = "one_for_all" ONE_FOR_ALL,
    RestForOne = "rest_for_one" REST_FOR_ONE,
    SimpleOneForOne = "simple_one_for_one" SIMPLE_ONE_FOR_ONE,
}

words! { AutoShutdown:
    Never = "never" NEVER,
    AnySignificant = "any_significant" ANY_SIGNIFICANT,
    AllSignificant = "all_significant" ALL_SIGNIFICANT,
}

/// When a child is restarted; of an application, whether its end is the end of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Restart {
    /// It is restarted whatever it has ended with.
    Permanent,
    /// Only after an abnormal exit: not after `normal`, `shutdown` or `{shutdown, Term}`.
    Transient,
    /// Never; its specification goes with it.
    Temporary,
}

/// How a child is shut down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shutdown {
    /// It is killed without being asked.
    BrutalKill,
    /// It is told to, and killed after so many milliseconds.
    Timeout(u64),
    /// It is told to, and awaited for ever.
    Infinity,
}

impl Shutdown {
    /// Those that are no number, by OTP's words.
    pub const WORDS: &[(&str, Shutdown)] =
        &[("brutal_kill", Shutdown::BrutalKill), ("infinity", Shutdown::Infinity)];

    /// What a child specification means that does not say: five seconds, and of a supervisor as long as it takes.
    pub const fn default_of(kind: ChildType) -> Shutdown {
        match kind {
            ChildType::Worker => Shutdown::Timeout(5000),
            ChildType::Supervisor => Shutdown::Infinity,
        }
    }

    /// As OTP writes it.
    pub fn term(self) -> Term {
        match self {
            Shutdown::BrutalKill => Atom::BRUTAL_KILL.into(),
            Shutdown::Infinity => Atom::INFINITY.into(),
            Shutdown::Timeout(time) => Term::Int(i64::try_from(time).unwrap_or(i64::MAX)),
        }
    }

    /// What OTP takes this for, if for any of them.
    pub fn of(term: &Term) -> Option<Shutdown> {
        match term {
            Term::Int(time) => u64::try_from(*time).ok().map(Shutdown::Timeout),
            term if term.is(Atom::INFINITY) => Some(Shutdown::Infinity),
            term if term.is(Atom::BRUTAL_KILL) => Some(Shutdown::BrutalKill),
            _ => None,
        }
    }
}

impl fmt::Display for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shutdown::BrutalKill => f.write_str("brutal_kill"),
            Shutdown::Infinity => f.write_str("infinity"),
            Shutdown::Timeout(time) => write!(f, "{time}"),
        }
    }
}

/// What a child says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChildType {
    /// A process that does the work.
    Worker,
    /// A process that supervises others.
    Supervisor,
}

/// Which children a restart concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// The one that died.
    OneForOne,
    /// All of them.
    OneForAll,
    /// The one that died and those started after it.
    RestForOne,
    /// The one that died, of many made from one template.
    SimpleOneForOne,
}

/// Whether a supervisor ends when its significant children have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AutoShutdown {
    /// It does not.
    Never,
    /// When any significant child ends by itself.
    AnySignificant,
    /// When the last significant child ends by itself.
    AllSignificant,
}

/// How a supervisor supervises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flags {
    /// Which children a restart concerns.
    pub strategy: Strategy,
    /// How many restarts are allowed within a period.
    pub intensity: u32,
    /// The period, in seconds.
    pub period: u32,
    /// Whether it ends with its significant children.
    pub auto_shutdown: AutoShutdown,
}

/// How one child is started, restarted and stopped. `S` is how a process is started.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChildSpec<S> {
    /// What the supervisor calls it.
    pub id: Term,
    /// How it is started.
    pub start: S,
    /// When it is restarted.
    pub restart: Restart,
    /// Whether its end may end the supervisor.
    pub significant: bool,
    /// How it is stopped.
    pub shutdown: Shutdown,
    /// What it says it is.
    pub kind: ChildType,
    /// Its modules, for code change; none stands for the module that starts it.
    pub modules: Option<Term>,
}

/// A start function as a raw specification names it: whether there is such a function shows only when it
/// is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StartFunction<S> {
    /// Somebody defined it.
    Known(S),
    /// Nobody did: calling `{Module, Function, Arguments}` raises `undef`.
    Unknown(Term),
}

impl<S> ChildSpec<S> {
    /// The same specification with another view of how the child is started.
    pub fn map_start<T>(self, view: impl FnOnce(S) -> T) -> ChildSpec<T> {
        let ChildSpec { id, start, restart, significant, shutdown, kind, modules } = self;
        ChildSpec { id, start: view(start), restart, significant, shutdown, kind, modules }
    }
}

#[cfg(test)]
mod tests {
    use super::{AutoShutdown, ChildType, Restart, Shutdown, Strategy};
    use crate::kernel::{Atom, Atoms, Term};

    #[test]
    fn a_word_and_its_atom_are_the_same() {
        let atoms = Atoms::default();
        let same = |word: &str, atom: Atom| assert_eq!(atoms.text(atom), word);
        Restart::WORDS.iter().for_each(|(word, value)| same(word, value.atom()));
        ChildType::WORDS.iter().for_each(|(word, value)| same(word, value.atom()));
        Strategy::WORDS.iter().for_each(|(word, value)| same(word, value.atom()));
        AutoShutdown::WORDS.iter().for_each(|(word, value)| same(word, value.atom()));
        for (word, value) in Shutdown::WORDS {
            assert_eq!(value.to_string(), *word);
            same(word, value.term().as_atom().expect("it is a word"));
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for (_, value) in Strategy::WORDS {
            assert_eq!(Strategy::of(&value.atom().into()), Some(*value));
        }
        for value in [Shutdown::BrutalKill, Shutdown::Infinity, Shutdown::Timeout(7)] {
            assert_eq!(Shutdown::of(&value.term()), Some(value));
        }
        assert_eq!(Shutdown::of(&Term::Int(-1)), None);
    }
}
