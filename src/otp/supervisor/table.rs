//! The table that a supervisor of Elixir's makes in its `init/1` and owns: that of a registry, or of a
//! partition supervisor, into which each child is entered as it starts.

use crate::kernel::{Context, Term};
use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::hooks::{Common, Image};

use super::Supervisor;
use super::init::OwnTable;
use super::job::{Job, StartResult};

impl<G: Guest> Supervisor<G> {
    /// Makes the table.
    pub(super) fn open_table(&self, context: &mut Context<'_, Actor<G>>) {
        let me = context.pid();
        let tables = context.common_mut().tables_mut();
        match &self.table {
            Some(OwnTable::Registry(options)) => tables.open_registry(options, me),
            Some(OwnTable::Partitions { name, count }) => tables.open_pool(name, *count, me),
            None => (),
        }
    }

    /// A start function has returned: `PartitionSupervisor.start_child/5` enters the process into the table
    /// before the supervisor hears of it.
    pub(super) fn enter_child(
        &self,
        job: &Job<G>,
        outcome: &StartResult,
        context: &mut Context<'_, Actor<G>>,
    ) {
        let (Some(OwnTable::Partitions { name, .. }), StartResult::Runs(pid, _)) = (&self.table, outcome)
        else {
            return;
        };
        let Some(row) = job.starts_row() else { return };
        if let Term::Int(number) = self.rows().child(row).spec.id
            && let Ok(number) = u32::try_from(number)
        {
            let (me, release) = (context.pid(), context.image().release());
            context.common_mut().tables_mut().enter_child((name, me), number, *pid, release);
        }
    }
}
