//! `PartitionSupervisor.resize!/2` (Elixir 1.18): partitions are stopped from the last one on, or started
//! again, one after another, by whoever resizes.

use crate::kernel::{Atom, Context, Pid, Term};
use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::hooks::Common;
use crate::otp::message::SupervisorRequest;
use crate::otp::name::Name;
use crate::otp::raise::Raise;

use super::look::{argument_error, pool};
use super::tables::PoolTable;

/// A resize that is going on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Resizing {
    name: Name,
    supervisor: Pid,
    before: u32,
    after: u32,
    /// The next partition to stop or to start.
    next: u32,
}

impl Resizing {
    /// Begins. Whoever shrinks says so first, so that no key is routed to what is about to stop.
    ///
    /// # Errors
    ///
    /// When there is no such supervisor, or it never had so many partitions.
    pub fn begin<G: Guest>(
        name: Name,
        count: &Term,
        context: &mut Context<'_, Actor<G>>,
    ) -> Result<Resizing, Raise> {
        let Some(supervisor) = name.whereis(context)? else {
            let asked = [
                Atom::PARTITION_SUPERVISOR.into(),
                Atom::RESIZE.into(),
                Term::list([name.term(), count.clone()]),
            ];
            return Err(Raise::Exit(Term::tagged(Atom::NOPROC, Term::tuple(asked))));
        };
        let PoolTable { partitions: before, most, .. } = *pool(&name, context)?;
        let after = match count {
            Term::Int(count) => u32::try_from(*count).ok().filter(|count| *count <= most),
            _ => return Err(Raise::Error(Atom::FUNCTION_CLAUSE.into())),
        };
        let after = after.ok_or_else(argument_error)?;
        let resizing = Resizing { name, supervisor, before, after, next: before.min(after) };
        if after < before {
            resizing.set(context);
        }
        Ok(resizing)
    }

    fn set<G: Guest>(&self, context: &mut Context<'_, Actor<G>>) {
        let tables = context.common_mut().tables_mut();
        if let Some(table) = tables.pool_of(&self.name, self.supervisor) {
            table.partitions = self.after;
        }
    }

    /// How many partitions there were.
    pub fn before(&self) -> u32 {
        self.before
    }

    /// What the supervisor is to be asked next; nothing when it is done.
    pub fn request<G: Guest>(&self) -> Option<(Pid, SupervisorRequest<G>)> {
        if self.next >= self.before.max(self.after) {
            return None;
        }
        let id = Term::Int(self.next.into());
        let request = if self.after < self.before {
            SupervisorRequest::TerminateChild(id)
        } else {
            SupervisorRequest::RestartChild(id)
        };
        Some((self.supervisor, request))
    }

    /// Goes on with the supervisor's answer.
    ///
    /// # Errors
    ///
    /// When a partition cannot be stopped or started.
    pub fn answered<G: Guest>(
        mut self,
        answer: &Term,
        context: &mut Context<'_, Actor<G>>,
    ) -> Result<Resizing, Raise> {
        if answer.untag(Atom::ERROR).is_some() {
            return Err(Raise::Error(Atom::RUNTIME_ERROR.into()));
        }
        self.next += 1;
        if self.after > self.before && self.next == self.after {
            self.set(context);
        }
        Ok(self)
    }
}
