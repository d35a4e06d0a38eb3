//! The names that OTP's processes are started under.
//!
//! A local name is the kernel's own. Any other is kept by somebody else (`{via, Module, Name}`), and this is
//! all that the behaviours know of it: whom it means, how one takes it, how one gives it up.

use crate::kernel::{Atom, Context, Observed, Pid, Term};

use super::actor::Actor;
use super::guest::Guest;
use super::raise::Raise;
use super::registry::{Change, Pending, Via};

/// What a process is registered as.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Name {
    /// `{local, Name}`
    Local(Atom),
    /// `{via, Module, Name}`
    Via(Box<Via>),
}

/// How far a new process has come with taking its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Naming {
    /// It has not begun.
    Before,
    /// Whoever keeps the name is written to in steps, and these are left.
    Steps(Box<Pending>),
    /// It has it.
    Done,
}

/// How a step of taking a name ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Registered {
    /// Others may run, and then it goes on.
    Interrupted,
    /// The process has its name.
    Done,
}

/// Why a new process has not got its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// This one has it; nobody, if it is gone by now.
    By(Option<Pid>),
    /// Whoever keeps the name raised this.
    Raised(Raise),
}

impl Name {
    /// The local name, if it is one.
    pub fn local(&self) -> Option<Atom> {
        match self {
            Name::Local(name) => Some(*name),
            Name::Via(_) => None,
        }
    }

    /// Reads an atom or `{via, Module, Name}`; none if it is nothing like that.
    pub fn of(term: &Term) -> Option<Name> {
        match term {
            Term::Atom(name) => Some(Name::Local(*name)),
            other => Some(Name::Via(Box::new(Via::of(other)?))),
        }
    }

    /// As it is written.
    pub fn term(&self) -> Term {
        match self {
            Name::Local(name) => (*name).into(),
            Name::Via(via) => via.term(),
        }
    }

    /// `gen:where/1` (OTP 25).
    pub(super) fn whereis<G: Guest>(
        &self,
        context: &mut Context<'_, Actor<G>>,
    ) -> Result<Option<Pid>, Raise> {
        match self {
            Name::Local(name) => Ok(holder(*name, context)),
            Name::Via(via) => via.whereis(context),
        }
    }

    /// `gen:register_name/1` (OTP 25), in the new process itself. The name is there before `init` runs, and by
    /// then others may have found it.
    pub(super) fn register<G: Guest>(
        &self,
        naming: &mut Naming,
        context: &mut Context<'_, Actor<G>>,
    ) -> Result<Registered, Taken> {
        let change = match (std::mem::replace(naming, Naming::Done), self) {
            (Naming::Done, _) => return Ok(Registered::Done),
            (Naming::Before, Name::Local(name)) => {
                if let Some(pid) = holder(*name, context) {
                    return Err(Taken::By(Some(pid)));
                }
                // The running process lives and is new, so the name is all that could be wrong.
                context.register(*name, context.pid()).map_err(|_| Taken::By(None))?;
                return Ok(interrupted(context));
            }
            (Naming::Before, Name::Via(via)) => via.register(context),
            (Naming::Steps(left), _) => left.go_on(context),
        };
        let mut change = change.map_err(Taken::Raised)?;
        loop {
            match change {
                Change::Pending(left) if context.can_be_interrupted() => {
                    *naming = Naming::Steps(left);
                    return Ok(Registered::Interrupted);
                }
                Change::Pending(left) => change = left.go_on(context).map_err(Taken::Raised)?,
                Change::Done(result) if result.untag(Atom::OK).is_some() => return Ok(interrupted(context)),
                Change::Done(_) => return Err(Taken::By(self.whereis(context).map_err(Taken::Raised)?)),
            }
        }
    }

    /// `gen:unregister_name/1` (OTP 25), before a process that has failed to start says so.
    pub(super) fn unregister<G: Guest>(&self, context: &mut Context<'_, Actor<G>>) {
        match self {
            Name::Local(name) if holder(*name, context) == Some(context.pid()) => {
                let _ = context.unregister(*name);
            }
            Name::Local(_) => (),
            Name::Via(via) => via.unregister(context),
        }
    }
}

/// Who has a local name. That nobody has it goes without saying where it is to be taken.
fn holder<G: Guest>(name: Atom, context: &mut Context<'_, Actor<G>>) -> Option<Pid> {
    let found = context.world().whereis_on(context.node(), name)?;
    if found != context.pid() {
        context.saw(Observed::Name(name), Some(found.into()));
    }
    Some(found)
}

fn interrupted<G: Guest>(context: &Context<'_, Actor<G>>) -> Registered {
    if context.can_be_interrupted() { Registered::Interrupted } else { Registered::Done }
}

impl Taken {
    /// What `start_link` returns.
    pub(super) fn error(holder: Option<Pid>) -> Term {
        Term::tagged(Atom::ALREADY_STARTED, holder.map_or(Atom::UNDEFINED.into(), Term::from))
    }
}

impl From<Atom> for Name {
    fn from(name: Atom) -> Self {
        Name::Local(name)
    }
}
