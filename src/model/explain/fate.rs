//! What became of those who take part in a failure: an answer does not come, a message is not heard, a table is not
//! written, and the reason is often that whoever should have done it had died.

use std::collections::BTreeSet;

use crate::kernel::{EventKind, Pid, Signal};
use crate::otp::{Decision, Guest, Report, is_abnormal};
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
    // Who is at work on what was sent in these steps.
    let mut busy = BTreeSet::new();
    for event in recording.events().iter().take_while(|event| event.step <= until) {
        match &event.kind {
            EventKind::Took(_) => {
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

/// Whose end a supervisor does something about.
fn about(decision: &Decision) -> Option<Pid> {
    match decision {
        Decision::NotRestarted { pid, .. } => Some(*pid),
        Decision::Restarting { pid, .. } => *pid,
        _ => None,
    }
}
