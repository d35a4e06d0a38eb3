//! Whom one talks to: a process, or whoever has a name, and what it can be told.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use crate::kernel::{Atom, Atoms, Pid, Target, Term};

use super::data::Data;

/// The address of an actor of type `A`, or of a supervisor.
///
/// It can be kept in a state and sent in a message. A name is looked up each time that it is used, as in Erlang.
///
/// # Examples
///
/// ```
/// use treefall::actors::*;
///
/// const POOL: Address<Supervisor> = Address::named("pool");
/// assert_eq!(POOL, Address::named("pool"));
/// assert_eq!(POOL.pid(), None);
///
/// let simulation = Simulation::new("an empty pool").tree(Supervisor::new("pool", Strategy::OneForOne));
/// let run = simulation.run().unwrap();
/// let pool = run.end().process(&POOL).unwrap();
/// assert_eq!(Address::<Supervisor>::of_process(pool).pid(), Some(pool));
/// ```
pub struct Address<A: ?Sized> {
    whom: Whom,
    of: PhantomData<fn() -> Box<A>>,
}

/// A process, or a name with its text as far as it is known.
#[derive(Clone, Copy)]
enum Whom {
    Process(Pid),
    Name(Atom, &'static str),
    /// A name on a node, each with its text.
    Remote([(Atom, &'static str); 2]),
}

impl<A: ?Sized> Address<A> {
    /// Whoever has this name when it is used.
    ///
    /// # Examples
    ///
    /// See [`Address`].
    pub const fn named(name: &'static str) -> Self {
        Address { whom: Whom::Name(Atom::of(name), name), of: PhantomData }
    }

    /// This process. Whoever says so knows what it is.
    ///
    /// # Examples
    ///
    /// See [`Address`].
    pub const fn of_process(pid: Pid) -> Self {
        Address { whom: Whom::Process(pid), of: PhantomData }
    }

    /// Whoever has this name on that node when it is used: `{Name, Node}`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// const POOL: Address<Supervisor> = Address::on("east", "pool");
    /// assert_eq!(format!("{POOL:?}"), "{pool, east}");
    /// ```
    pub const fn on(node: &'static str, name: &'static str) -> Self {
        Address { whom: Whom::Remote([(Atom::of(name), name), (Atom::of(node), node)]), of: PhantomData }
    }

    /// The process, if it is not a name.
    ///
    /// # Examples
    ///
    /// See [`Address`].
    pub fn pid(&self) -> Option<Pid> {
        match self.whom {
            Whom::Process(pid) => Some(pid),
            Whom::Name(..) | Whom::Remote(_) => None,
        }
    }

    /// The name, if it is one.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// const POOL: Address<Supervisor> = Address::named("pool");
    /// assert_eq!(POOL.name(), Some("pool"));
    /// ```
    pub fn name(&self) -> Option<&'static str> {
        match self.whom {
            Whom::Name(_, text) if !text.is_empty() => Some(text),
            Whom::Name(..) | Whom::Remote(_) | Whom::Process(_) => None,
        }
    }

    /// As the kernel knows it; a name is known to the table from now on.
    pub(super) fn target(&self, atoms: &Atoms) -> Target {
        match self.whom {
            Whom::Process(pid) => Target::Pid(pid),
            Whom::Name(name, text) => {
                if !text.is_empty() {
                    atoms.intern(text);
                }
                Target::Name(name)
            }
            Whom::Remote(parts) => {
                for (_, text) in parts {
                    atoms.intern(text);
                }
                self.key()
            }
        }
    }

    fn key(&self) -> Target {
        match self.whom {
            Whom::Process(pid) => Target::Pid(pid),
            Whom::Name(name, _) => Target::Name(name),
            Whom::Remote([(name, _), (node, _)]) => Target::Remote(name, node),
        }
    }
}

impl<A: ?Sized> Clone for Address<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A: ?Sized> Copy for Address<A> {}

impl<A: ?Sized> PartialEq for Address<A> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<A: ?Sized> Eq for Address<A> {}

impl<A: ?Sized> Hash for Address<A> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl<A: ?Sized> fmt::Debug for Address<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.whom {
            Whom::Process(pid) => write!(f, "{pid:?}"),
            Whom::Name(name, "") => write!(f, "{name:?}"),
            Whom::Name(_, text) => f.write_str(text),
            Whom::Remote([(_, name), (_, node)]) => write!(f, "{{{name}, {node}}}"),
        }
    }
}

/// A pid or a name.
impl<A: ?Sized + 'static> Data for Address<A> {
    fn to_term(&self, atoms: &Atoms) -> Term {
        self.target(atoms).into()
    }

    fn from_term(term: &Term, _: &Atoms) -> Option<Self> {
        let whom = match term {
            Term::Pid(pid) => Whom::Process(*pid),
            Term::Atom(name) => Whom::Name(*name, ""),
            _ => return None,
        };
        Some(Address { whom, of: PhantomData })
    }
}
