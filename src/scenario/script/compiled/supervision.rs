//! What compiled supervisors know of their children, as Observer reads it: OTP's own `supervisor` and Elixir's
//! `DynamicSupervisor` keep it in the state that their frames hold.

use crate::code::term::Term as Value;
use crate::kernel::{Atom, Pid, Term};
use crate::otp::{
    ChildType, Decision, ErrorContext, Member, Offender, OffenderPid, Restart, Strategy, Supervised,
};

const STATE: Atom = Atom::of("state");
const STRUCT: Atom = Atom::of("__struct__");
const DYNAMIC_SUPERVISOR: Atom = Atom::of("Elixir.DynamicSupervisor");

/// How a term is written for others.
type Outward = fn(&Value) -> Term;

/// The state of a supervisor.
pub(super) struct Supervision {
    strategy: Strategy,
    intensity: u32,
    period: u32,
    /// When it has restarted, in seconds, the last time first.
    restarts: Vec<i64>,
    /// The children, the one that was started last first.
    members: Vec<Member>,
    is_dynamic: bool,
}

impl Supervision {
    /// The state that a process holds, if it is a supervisor: what its frames hold, what was put last first.
    pub(super) fn of<'v>(mut held: impl Iterator<Item = &'v Value>, outward: Outward) -> Option<Supervision> {
        held.find_map(|term| of_record(term, outward).or_else(|| of_struct(term, outward)))
    }

    /// The same for whoever shows it, in the order in which children were started.
    pub(super) fn shown(self) -> Supervised {
        let kind = if self.is_dynamic { "dynamic" } else { self.strategy.word() };
        let alike = self.is_dynamic || self.strategy == Strategy::SimpleOneForOne;
        Supervised { kind, alike, members: self.members.into_iter().rev().collect() }
    }

    /// What the supervisor has decided that logs this at this second, if the report says as much.
    pub(super) fn decides(
        &self,
        context: ErrorContext,
        reason: &Term,
        child: &Offender,
        now: i64,
    ) -> Option<Decision> {
        let id = child.id.clone();
        match context {
            ErrorContext::Shutdown if reason.is(Atom::of("reached_max_restart_intensity")) => {
                Some(Decision::GivingUp { child: id, intensity: self.intensity, period: self.period })
            }
            ErrorContext::ChildTerminated => match (&child.pid, child.restart) {
                (OffenderPid::Pid(pid), Restart::Temporary) => Some(Decision::NotRestarted {
                    child: id,
                    pid: *pid,
                    reason: reason.clone(),
                    restart: child.restart,
                    kept: false,
                }),
                (OffenderPid::Pid(pid), _) => self.restarts(id, *pid, reason, now),
                _ => None,
            },
            ErrorContext::Shutdown | ErrorContext::StartError | ErrorContext::ShutdownError => None,
        }
    }

    /// The restart of a child, unless there were too many. (supervisor.erl, add_restart/3, and dynamic_supervisor.ex,
    /// add_restart/1, count in the same way.)
    fn restarts(&self, child: Term, pid: Pid, reason: &Term, now: i64) -> Option<Decision> {
        let since = now - i64::from(self.period);
        let used = 1 + self.restarts.iter().take_while(|restart| **restart >= since).count() as u32;
        let newer = self.members.iter().map(|member| &member.id);
        let stop: Vec<Term> = match self.strategy {
            Strategy::OneForOne | Strategy::SimpleOneForOne => Vec::new(),
            Strategy::OneForAll => newer.filter(|id| **id != child).cloned().collect(),
            Strategy::RestForOne => newer.take_while(|id| **id != child).cloned().collect(),
        };
        let start = match self.strategy {
            Strategy::OneForAll => self.members.iter().rev().map(|member| member.id.clone()).collect(),
            _ => [child.clone()].into_iter().chain(stop.iter().rev().cloned()).collect(),
        };
        (used <= self.intensity).then(|| Decision::Restarting {
            child,
            pid: Some(pid),
            reason: reason.clone(),
            strategy: self.strategy,
            used,
            intensity: self.intensity,
            period: self.period,
            stop,
            start,
            again: false,
        })
    }
}

/// `#state{name, strategy, children, dynamics, intensity, period, restarts, ..}` (supervisor.erl, OTP 24 to 28).
fn of_record(term: &Value, outward: Outward) -> Option<Supervision> {
    let [tag, _, strategy, children, dynamics, intensity, period, restarts, _, _, ..] = term.as_tuple()?
    else {
        return None;
    };
    let strategy = Strategy::of(&outward(strategy)).filter(|_| tag.is(STATE))?;
    let [ids, Value::Map(specs)] = children.as_tuple()? else { return None };
    let specified: Vec<Member> = ids.items().filter_map(|id| child(specs.get(id)?, outward)).collect();
    let members = match strategy {
        // One template, and who was made of it.
        Strategy::SimpleOneForOne => {
            let pids = dynamics.as_tuple().and_then(|pair| pair.get(1).cloned());
            let Some(Value::Map(pids)) = pids else { return None };
            let of = |pid: &Value| Some(Member { pid: Some(pid.as_pid()?), ..specified.first()?.clone() });
            pids.iter().filter_map(|(pid, _)| of(pid)).collect()
        }
        _ => specified,
    };
    let (intensity, period) = (number(intensity)?, number(period)?);
    let restarts = restarts.items().filter_map(Value::as_int).collect();
    Some(Supervision { strategy, intensity, period, restarts, members, is_dynamic: false })
}

/// `#child{pid, id, mfargs, restart_type, significant, shutdown, child_type, ..}`.
fn child(record: &Value, outward: Outward) -> Option<Member> {
    let [_, pid, id, _, restart, _, _, kind, ..] = record.as_tuple()? else { return None };
    Some(Member {
        id: outward(id),
        pid: pid.as_pid(),
        restarting: pid.as_tuple().is_some(),
        restart: Restart::of(&outward(restart))?,
        kind: ChildType::of(&outward(kind))?,
    })
}

/// `%DynamicSupervisor{}`: its children are `%{pid => {mfa, restart, shutdown, type, modules}}`, those that are tried
/// again `%{pid => {:restarting, child}}`.
fn of_struct(term: &Value, outward: Outward) -> Option<Supervision> {
    let Value::Map(fields) = term else { return None };
    let field = |name: &str| fields.get(&Value::Atom(Atom::of(name)));
    if !fields.get(&Value::Atom(STRUCT))?.is(DYNAMIC_SUPERVISOR) {
        return None;
    }
    let Value::Map(children) = field("children")? else { return None };
    let members = children.iter().filter_map(|(pid, child)| {
        let (child, restarting) = match child.as_tuple()? {
            [tag, child] if tag.is(Atom::RESTARTING) => (child.as_tuple()?, true),
            child => (child, false),
        };
        let [_, restart, _, kind, ..] = child else { return None };
        Some(Member {
            id: Atom::UNDEFINED.into(),
            pid: pid.as_pid(),
            restarting,
            restart: Restart::of(&outward(restart))?,
            kind: ChildType::of(&outward(kind))?,
        })
    });
    Some(Supervision {
        strategy: Strategy::OneForOne,
        intensity: number(field("max_restarts")?)?,
        period: number(field("max_seconds")?)?,
        restarts: field("restarts")?.items().filter_map(Value::as_int).collect(),
        members: members.collect(),
        is_dynamic: true,
    })
}

fn number(term: &Value) -> Option<u32> {
    u32::try_from(term.as_int()?).ok()
}
