//! What runs have asked of a design: which supervisors had anything to decide, and whom they stopped.
//!
//! A supervisor that only started its children has asked neither its strategy nor its intensity, nor how its children
//! are restarted or stopped. So a design that differs in nothing but that goes the same way, step by step, and need not
//! be run.

use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::{EventKind, Pid};
use crate::otp::{Decision, Report, Started, Strategy};
use crate::scenario::ScriptEvent;
use crate::scenario::ast::{Knob, Supervisor, SupervisorBody};
use crate::trace::Directory;

use super::change::{Dial, Proposal};
use super::design::{Design, SpecLine};

/// What runs have asked, by the labels of processes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Consulted {
    /// Supervisors that have decided something.
    deciders: BTreeSet<String>,
    /// How many restarts a supervisor has counted at once, at most: beyond all bounds if they were too many.
    counted: BTreeMap<String, u32>,
    /// Supervisors that have told a child to stop.
    stoppers: BTreeSet<String>,
    /// Who was told to stop by his supervisor.
    stopped: BTreeSet<String>,
    /// Who has ended.
    ended: BTreeSet<String>,
    /// Somebody did not want to start, or it is not known who it was: take it that everything was asked.
    all: bool,
}

impl Consulted {
    /// What has been asked in one event.
    pub(super) fn hear(&mut self, event: &ScriptEvent, people: &Directory) {
        match &event.kind {
            EventKind::Exited { .. } => self.note(event.pid, people, |known| &mut known.ended),
            EventKind::Reported(Report::Initialised(Started::Ignore)) => self.all = true,
            EventKind::Reported(Report::Decision(Decision::Stopping { pid, .. })) => {
                self.note(event.pid, people, |known| &mut known.stoppers);
                self.note(*pid, people, |known| &mut known.stopped);
            }
            EventKind::Reported(Report::Decision(decision)) => {
                self.note(event.pid, people, |known| &mut known.deciders);
                match decision {
                    Decision::Restarting { used, .. } => self.count(people.label(event.pid), *used),
                    Decision::GivingUp { .. } => self.count(people.label(event.pid), u32::MAX),
                    _ => (),
                }
            }
            _ => (),
        }
    }

    fn note(
        &mut self,
        pid: Pid,
        people: &Directory,
        among: impl Fn(&mut Consulted) -> &mut BTreeSet<String>,
    ) {
        self.all |= !people.has(pid);
        let label = people.label(pid);
        if !among(self).contains(label) {
            among(self).insert(label.to_owned());
        }
    }

    fn count(&mut self, supervisor: &str, used: u32) {
        match self.counted.get_mut(supervisor) {
            Some(most) => *most = used.max(*most),
            None => drop(self.counted.insert(supervisor.to_owned(), used)),
        }
    }

    /// The same runs and others.
    pub(super) fn and(&mut self, other: Consulted) {
        self.deciders.extend(other.deciders);
        other.counted.iter().for_each(|(supervisor, used)| self.count(supervisor, *used));
        self.stoppers.extend(other.stoppers);
        self.stopped.extend(other.stopped);
        self.ended.extend(other.ended);
        self.all |= other.all;
    }

    /// Whether none of these runs has asked what a proposal would change.
    pub(super) fn never_asked(&self, design: &Design, proposal: &Proposal) -> bool {
        let (knob, of, _) = proposal.key();
        match knob {
            // A process can look at a specification, and nobody knows at what compiled code looks.
            _ if self.all || design.shows_specifications() => false,
            Knob::Strategy | Knob::Intensity => {
                let drawn = drawn(design);
                drawn.contains(of.as_str()) && self.are_among(&drawn) && !self.deciders.contains(&of)
            }
            Knob::Restart | Knob::Shutdown => {
                let lines = design.spec_lines();
                let mut lines = lines.iter().filter(|line| line.name.text == of);
                lines
                    .next()
                    .is_some_and(|line| self.spares(line, knob) && lines.all(|line| self.spares(line, knob)))
            }
            _ => false,
        }
    }

    /// The fewest restarts that a supervisor may allow for all of these runs to go the same way.
    pub(super) fn least_alike(&self, design: &Design, dial: &Dial) -> Option<u64> {
        let is_known = dial.property == "max_restarts" && !self.all && self.are_among(&drawn(design));
        is_known.then(|| self.counted.get(&dial.of).copied().map_or(0, u64::from))
    }

    /// Whether each that has decided something is one of those that a file draws: who is started by a line of code may go by
    /// another name than the file has for it.
    fn are_among(&self, drawn: &BTreeSet<&str>) -> bool {
        self.deciders.iter().all(|label| drawn.contains(label.as_str()))
    }

    /// Whether nobody has asked how this child is restarted or stopped.
    fn spares(&self, line: &SpecLine<'_>, knob: Knob) -> bool {
        let plainly = |supervisor: &&Supervisor| {
            matches!(supervisor.body, SupervisorBody::Children(_))
                && supervisor.strategy() != Strategy::SimpleOneForOne
        };
        let Some(above) = line.under.filter(plainly) else {
            // It may go by any name.
            return self.deciders.is_empty() && self.stoppers.is_empty();
        };
        let (above, name) = (&above.name.text, &line.name.text);
        let stopped = self.stopped.contains(name);
        match knob {
            Knob::Shutdown => !stopped,
            // A significant child that is permanent is no child.
            _ => {
                let significant = line.options.significant.as_ref().is_some_and(|said| said.value);
                let is_asked = self.deciders.contains(above) || stopped || self.ended.contains(name);
                !is_asked && !significant
            }
        }
    }
}

/// The names of all supervisors that a file draws.
fn drawn(design: &Design) -> BTreeSet<&str> {
    design.supervisors().into_iter().map(|supervisor| supervisor.name.text.as_str()).collect()
}
