//! What supervisors have reported, counted as far as the file asks for it.

use std::collections::BTreeMap;

use crate::kernel::{Atom, Term};
use crate::otp::{ErrorContext, Level, Report};

use super::super::ast::{self, ReportKind};
use super::compile::Compiler;
use super::fault::label;
use super::program::Expression;
use super::{Script, ScriptContext};

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

/// The reports that a condition asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The child id of the supervisor.
    supervisor: Atom,
    /// Of which kind.
    kind: ReportKind,
    /// Of which level, if that matters.
    level: Option<Level>,
    /// About which child, if that matters.
    pub child: Option<Expression>,
    /// With which reason, if that matters.
    pub reason: Option<Expression>,
}

impl Compiler<'_> {
    /// What a condition asks for; it is counted from the start.
    pub fn reports(&mut self, said: &ast::Reports) -> Wanted {
        let supervisor = self.atom(&said.supervisor);
        self.names.reports.insert((supervisor, said.kind));
        Wanted {
            supervisor,
            kind: said.kind,
            level: said.level,
            child: said.child.as_ref().map(|child| self.value(child)),
            reason: said.reason.as_ref().map(|reason| self.value(reason)),
        }
    }
}

/// The running process has logged this.
pub(super) fn logged(report: &Report<Script>, context: &mut ScriptContext<'_>) {
    let (kind, level, offender, reason) = match report {
        Report::Supervisor { context: when, reason, offender } => {
            (kind(*when), Level::Error, offender, Some(reason))
        }
        Report::Progress { started, level } => (ReportKind::Progress, *level, started, None),
        _ => return,
    };
    let supervisor = label(context);
    if !context.image().reports.contains(&(supervisor, kind)) {
        return;
    }
    let logged = Logged { supervisor, kind, level, child: offender.id.clone(), reason: reason.cloned() };
    *context.common_mut().reports.0.entry(logged).or_insert(0) += 1;
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
