//! Children that are dead, and whose supervisors do not know it.

use crate::kernel::{Atom, Pid, Term};
use crate::model::{Part, Sentence};
use crate::otp::{Restart, is_abnormal};

use super::super::script::ScriptWorld;

/// A child that has ended, and its supervisor has not noticed.
pub(super) struct Unnoticed {
    supervisor: Pid,
    pub(super) child: Pid,
    restart: Restart,
}

/// Everybody whose supervisor believes them alive, though they are not.
pub(super) fn unnoticed(world: &ScriptWorld) -> impl Iterator<Item = Unnoticed> {
    world.processes().flat_map(|process| {
        process.behaviour().members().unwrap_or_default().into_iter().filter_map(|member| {
            let child = member.pid.filter(|pid| world.process(*pid).is_none())?;
            Some(Unnoticed { supervisor: process.pid, child, restart: member.restart })
        })
    })
}

impl Unnoticed {
    /// Whether its restart type says that it must run all the same, having ended with this reason.
    pub(super) fn must_run(&self, reason: Option<&Term>) -> bool {
        match self.restart {
            Restart::Permanent => true,
            Restart::Transient => reason.is_some_and(is_abnormal),
            Restart::Temporary => false,
        }
    }

    /// What is wrong.
    pub(super) fn told(&self, reason: Option<&Term>) -> Sentence {
        vec![
            Part::Process(self.child),
            Part::text(" is dead and "),
            Part::Process(self.supervisor),
            Part::text(" has not noticed"),
            Part::Aside(vec![
                Part::text(": it ended with "),
                Part::Term(reason.cloned().unwrap_or(Atom::NOPROC.into())),
            ]),
        ]
    }
}
