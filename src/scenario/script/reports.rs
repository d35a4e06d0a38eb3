//! What supervisors have reported, counted as far as the file asks for it.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{Atom, Term};
use crate::otp::{ErrorContext, Guest, Level, Report};

use super::super::ast::ReportKind;
use super::super::language::Wanted;

/// How often each report was logged. The order is history, and nobody's to ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reports(BTreeMap<Logged, u32>);

/// One report, as far as it can be asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Logged {
    supervisor: Atom,
    kind: ReportKind,
    level: Level,
    child: Term,
    /// Of a progress report there is none.
    reason: Option<Term>,
}

fn kind(context: ErrorContext) -> ReportKind {
    match context {
        ErrorContext::StartError => ReportKind::StartError,
        ErrorContext::ChildTerminated => ReportKind::ChildTerminated,
        ErrorContext::ShutdownError => ReportKind::ShutdownError,
        ErrorContext::Shutdown => ReportKind::Shutdown,
    }
}

impl Reports {
    /// A supervisor has logged this; it counts if somebody asks for it.
    pub(super) fn hear<G: Guest>(
        &mut self,
        supervisor: Atom,
        report: &Report<G>,
        asked: &BTreeSet<(Atom, ReportKind)>,
    ) {
        let (kind, level, offender, reason) = match report {
            Report::Supervisor { context, reason, offender } => {
                (kind(*context), Level::Error, offender, Some(reason))
            }
            Report::Progress { started, level } => (ReportKind::Progress, *level, started, None),
            _ => return,
        };
        if asked.contains(&(supervisor, kind)) {
            let (child, reason) = (offender.id.clone(), reason.cloned());
            *self.0.entry(Logged { supervisor, kind, level, child, reason }).or_insert(0) += 1;
        }
    }

    /// How many there are of these.
    pub(super) fn count(&self, wanted: &Wanted, child: Option<&Term>, reason: Option<&Term>) -> Term {
        let matching = self.0.iter().filter(|(logged, _)| {
            logged.supervisor == wanted.supervisor
                && logged.kind == wanted.kind
                && wanted.level.is_none_or(|level| level == logged.level)
                && child.is_none_or(|child| *child == logged.child)
                && reason.is_none_or(|reason| logged.reason.as_ref().is_some_and(|found| is(found, reason)))
        });
        Term::Int(matching.map(|(_, times)| i64::from(*times)).sum())
    }
}

/// The whole reason, or the first element of it, as in `expect exit`.
fn is(found: &Term, reason: &Term) -> bool {
    found == reason || found.as_tuple().and_then(<[Term]>::first) == Some(reason)
}
