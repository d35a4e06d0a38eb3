//! What became of those who take part in a failure: an answer does not come, a message is not heard, a table is not
//! written, and the reason is often that whoever should have done it had died.

use std::collections::BTreeSet;

use crate::kernel::{Atom, EventKind, Pid, Received, Signal, Term};
use crate::otp::{Decision, Guest, Message, Report, Request, SupervisorRequest, is_abnormal};
use crate::trace::Recording;

/// The steps in which those who take part in these steps died, and in which their supervisors decided what to do
/// about it, up to the last step that matters.
pub(super) fn of<G: Guest>(steps: &BTreeSet<u64>, until: u64, recording: &Recording<'_, G>) -> BTreeSet<u64> {
    let mut asked = BTreeSet::new();
    let mut helpers = BTreeSet::new();
    for event in steps.iter().flat_map(|step| recording.step(*step)) {
        match &event.kind {
            EventKind::Sent { to, signal: Signal::Message { .. } | Signal::Exit(_) } => {
                asked.insert(*to);
            }
            EventKind::Took(_) => drop(asked.insert(event.pid)),
            EventKind::Spawned { awaited: false, .. } => drop(helpers.insert(event.pid)),
            _ => (),
        }
    }
    let mut fates = BTreeSet::new();
    // What the supervisors of those who were asked call them.
    let mut children: BTreeSet<(Pid, Atom)> = BTreeSet::new();
    // Who is at work on what was sent in these steps.
    let mut busy = BTreeSet::new();
    for event in recording.events().iter().take_while(|event| event.step <= until) {
        match &event.kind {
            EventKind::Spawned { parent: Some(parent), label, .. } if asked.contains(&event.pid) => {
                children.insert((*parent, *label));
            }
            EventKind::Took(taken) => {
                let takes_away = taken_away(taken).is_some_and(|child| match child {
                    Term::Atom(id) => children.contains(&(event.pid, *id)),
                    Term::Pid(pid) => asked.contains(pid),
                    _ => false,
                });
                if takes_away {
                    fates.insert(event.step);
                }
                let sent = recording.sent(event).is_some_and(|sent| steps.contains(&sent.step));
                match sent {
                    true => drop(busy.insert(event.pid)),
                    false => drop(busy.remove(&event.pid)),
                }
            }
            EventKind::Exited { reason, .. }
                if asked.contains(&event.pid) || helpers.contains(&event.pid) && is_abnormal(reason) =>
            {
                fates.insert(event.step);
            }
            EventKind::Reported(Report::Decision(decision))
                if about(decision).is_some_and(|pid| asked.contains(&pid)) =>
            {
                fates.insert(event.step);
            }
            _ => (),
        }
        if busy.contains(&event.pid) && !matches!(event.kind, EventKind::Arrived { .. }) {
            fates.insert(event.step);
        }
    }
    fates
}

/// The child that a supervisor is told to have no process of any more: one that has died is not tried again either.
fn taken_away<G: Guest>(taken: &Received<Message<G>>) -> Option<&Term> {
    match taken {
        Received::Message(Message::Call { request: Request::Supervisor(request), .. }) => match &**request {
            SupervisorRequest::TerminateChild(child) | SupervisorRequest::DeleteChild(child) => Some(child),
            _ => None,
        },
        _ => None,
    }
}

/// Whose end a supervisor does something about.
fn about(decision: &Decision) -> Option<Pid> {
    match decision {
        Decision::NotRestarted { pid, .. } => Some(*pid),
        Decision::Restarting { pid, .. } => *pid,
        _ => None,
    }
}
