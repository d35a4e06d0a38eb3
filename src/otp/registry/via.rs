//! `{via, Module, Name}`: processes by a key of a registry, or by the partition that a key belongs to.

use crate::kernel::{Atom, Context, Pid, Term};
use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::name::Via;
use crate::otp::raise::Raise;

use super::change::{Change, register, unregister};
use super::look::{holder, lookup, routed};

impl Via {
    /// `Module:whereis_name(Name)`. A registry answers with the living only; a partition supervisor with
    /// whoever it started last.
    ///
    /// # Errors
    ///
    /// When there is no such registry or supervisor, or the registry's keys are not unique.
    pub fn whereis<G: Guest>(&self, context: &mut Context<'_, Actor<G>>) -> Result<Option<Pid>, Raise> {
        match self {
            Via::Registry { registry, key, .. } => {
                let holder = holder(*registry, key, context)?;
                Ok(holder.filter(|pid| *pid == context.pid() || context.is_alive(*pid)))
            }
            Via::Partition { supervisor, key } => routed(supervisor, key, context).map(Some),
        }
    }

    /// `Module:send(Name, Message)`: whom a message goes to, dead or alive.
    ///
    /// # Errors
    ///
    /// When nobody has the name, or several have.
    pub fn addressee<G: Guest>(&self, context: &mut Context<'_, Actor<G>>) -> Result<Pid, Raise> {
        let Via::Registry { registry, key, .. } = self else {
            return self.whereis(context)?.ok_or_else(|| Raise::Error(Atom::BADARG.into()));
        };
        let found = lookup(*registry, key, context)?;
        match &found {
            Term::List(entries, _) if entries.is_empty() => Err(Raise::Error(Atom::BADARG.into())),
            Term::List(entries, _) if let [entry] = &entries[..] => {
                let pid = entry.as_tuple().and_then(|pair| pair[0].as_pid());
                pid.ok_or_else(|| Raise::Error(Atom::BADARG.into()))
            }
            _ => Err(Raise::Error(Term::tagged(Atom::CASE_CLAUSE, found))),
        }
    }

    /// `Module:register_name(Name, self())`, as far as others can come between; what it comes to is tagged `ok`
    /// if the process has the name.
    ///
    /// # Errors
    ///
    /// When there is no such registry, its partition is dead, or the module gives out no names.
    pub(in crate::otp) fn register<G: Guest>(
        &self,
        context: &mut Context<'_, Actor<G>>,
    ) -> Result<Change, Raise> {
        match self {
            Via::Registry { registry, key, value } => {
                let value = value.clone().unwrap_or(Atom::NIL.into());
                register(*registry, key.clone(), value, context)
            }
            Via::Partition { .. } => Err(Raise::Error(Atom::RUNTIME_ERROR.into())),
        }
    }

    /// Gives the name up: `Module:unregister_name(Name)`.
    pub(in crate::otp) fn unregister<G: Guest>(&self, context: &mut Context<'_, Actor<G>>) {
        if let Via::Registry { registry, key, .. } = self {
            // The process is about to die of something else, which is what its starter hears of.
            let _ = unregister(*registry, key, context).and_then(|change| change.finish(context));
        }
    }
}
