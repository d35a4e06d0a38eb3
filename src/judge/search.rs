//! Trying the designs next to one, then those next to these.

use std::collections::BTreeSet;

use crate::explore::{Compare, Decision};
use crate::kernel::StopFlag;
use crate::model::{Played, in_order, run_under};
use crate::scenario::Simulation;
use crate::scenario::ast::Knob;

use super::broken::{BreakingRun, Broken};
use super::change::{Change, Dial, Key, Proposal, apply};
use super::consulted::Consulted;
use super::cost::Costs;
use super::design::{Design, Read};
use super::kills::{Sweep, sweep};
use super::neighbours::{orders_left, proposals};
use super::trial::{DesignVerdict, Effort, Tried, given_up, trial};

/// How much is tried.
#[derive(Clone, Debug)]
pub struct Budget {
    /// What is varied.
    pub knobs: BTreeSet<Knob>,
    /// How many changes at once: unsaid, two where the design is broken and none helps by itself, else one.
    pub distance: Option<u8>,
    /// Of each design, so many states at most in search of every order.
    pub states: u64,
    /// Of a design with more, so many seeds.
    pub seeds: u64,
    /// So many designs of two changes at most.
    pub pairs: usize,
    /// On so many threads.
    pub jobs: usize,
    /// What no run of a design has asked for is not run again when it is changed.
    pub share: bool,
}

impl Budget {
    /// What of it is for a verdict alone.
    pub(super) fn effort(&self) -> Effort {
        Effort { states: self.states, seeds: self.seeds, kills: 0, costs: false }
    }
}

/// A design and what it came to.
#[derive(Clone, Debug)]
pub struct Judged {
    /// What makes it of the one that is judged.
    pub changes: Vec<Change>,
    /// The file that says it.
    pub text: String,
    /// What it came to.
    pub verdict: DesignVerdict,
    /// What it costs, if it holds.
    pub costs: Option<Costs>,
    /// It was not run: it goes the same way as the one that it was made of.
    pub shared: bool,
    /// What its runs have asked of it.
    pub(super) consulted: Consulted,
    /// What was proposed last on the way to it; nothing of the file's own.
    pub(super) key: Option<Key>,
}

/// What came of judging a design.
#[derive(Clone, Debug)]
pub struct Judging {
    /// The design that is judged.
    pub own: Judged,
    /// Others, those of one change first.
    pub others: Vec<Judged>,
    /// How many changes at once were tried.
    pub distance: u8,
    /// Designs of two changes that were not tried any more.
    pub untried: usize,
    /// Of which not all orders are next to it: whose children, in how many orders, and how many of these are.
    pub orders: Vec<(String, u128, usize)>,
    /// It was given up before all was tried.
    pub given_up: bool,
}

/// How far it is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// What is tried.
    pub of: Work,
    /// How much of it is done.
    pub done: usize,
    /// How much there is.
    pub all: usize,
}

/// What is tried, one after the other or side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// The design as it is.
    Own,
    /// Those that one change makes.
    OneChange,
    /// Of each of these, those that a second one makes.
    TwoChanges,
    /// Those that are worse.
    Mutants,
    /// The design, with an outage of so many lengths.
    Outages,
}

/// Who hears how far it is.
pub type Listen<'l> = dyn FnMut(Progress) + 'l;

/// Somebody wants no more.
struct GivenUp;

/// What all trials of one judging share.
pub(super) struct Bench<'b> {
    pub(super) read: &'b Read<'b>,
    pub(super) budget: &'b Budget,
    pub(super) effort: Effort,
    pub(super) stop: &'b StopFlag,
    /// The decisions that break the design that is judged.
    pub(super) known: Vec<Decision>,
    /// What kills break of the design that is judged, if it holds: they break no more in another one that does.
    pub(super) stands: Option<Sweep>,
}

/// Judges the design that a text is; none if it is no scenario. `known` are decisions that are known to break it.
pub fn judge(
    text: &str,
    read: &Read<'_>,
    budget: &Budget,
    known: &[Decision],
    stop: &StopFlag,
    listen: &mut Listen<'_>,
) -> Option<Judging> {
    let design = Design::of(text.to_owned(), Vec::new(), read)?;
    listen(Progress { of: Work::Own, done: 0, all: 1 });
    let effort = Effort { kills: budget.seeds / 5, costs: true, ..budget.effort() };
    let mut bench = Bench { read, budget, effort, stop, known: known.to_vec(), stands: None };
    let tried = bench.trial(&design);
    if let (DesignVerdict::Breaks(broken), Some(played)) = (&tried.verdict, &tried.played)
        && !matches!(broken.how, BreakingRun::Calm | BreakingRun::Alike)
    {
        bench.known = decisions(&design.simulation, played);
    }
    let own = Judged::of(&design, tried);
    bench.stands = match &own.verdict {
        DesignVerdict::Sampled(sample) => Some(sample.sweep.clone()),
        DesignVerdict::Proved(_) => Some(sweep(&design, read, effort.kills, stop)),
        DesignVerdict::Breaks(_) | DesignVerdict::Unclear(_) | DesignVerdict::Refused => None,
    };
    let orders = Vec::new();
    let mut judging = Judging { own, others: Vec::new(), distance: 1, untried: 0, orders, given_up: false };
    if budget.distance != Some(0) {
        judging.given_up = bench.around(&design, &mut judging, listen).is_err();
    }
    judging.given_up |= stop.is_raised();
    Some(judging)
}

/// What of a run is not the calm run's.
fn decisions(simulation: &Simulation, played: &Played<Simulation>) -> Vec<Decision> {
    let mut compare = Compare::new(&played.run.choices);
    run_under(simulation, &mut compare);
    compare.decisions()
}

impl Judging {
    /// Other designs that hold: the fewest changes first, then those that stand every kill of a sweep, then in the order
    /// in which they were tried.
    pub fn holding(&self) -> Vec<&Judged> {
        let mut holding: Vec<&Judged> = self.others.iter().filter(|judged| judged.verdict.holds()).collect();
        let breaks = |verdict: &DesignVerdict| matches!(verdict, DesignVerdict::Sampled(sample) if sample.sweep.broken > 0);
        holding.sort_by_key(|judged| (judged.changes.len(), breaks(&judged.verdict)));
        holding
    }
}

impl Judged {
    pub(super) fn of(design: &Design, tried: Tried) -> Judged {
        let (changes, text) = (design.changes.clone(), design.text.clone());
        let Tried { verdict, costs, consulted, .. } = tried;
        Judged { changes, text, verdict, costs, shared: false, consulted, key: None }
    }

    /// What was not run, and came to this.
    pub(super) fn untried(changes: Vec<Change>, text: String, verdict: DesignVerdict) -> Judged {
        let (costs, consulted) = (None, Consulted::default());
        Judged { changes, text, verdict, costs, shared: false, consulted, key: None }
    }

    /// Whether a design that goes the same way comes to the same. What a search has found of the file's own is looked
    /// for in others in another way, and nobody knows how far he was who was stopped.
    fn is_shared(&self) -> bool {
        match &self.verdict {
            DesignVerdict::Proved(_) | DesignVerdict::Sampled(_) => true,
            DesignVerdict::Breaks(Broken { how: BreakingRun::Kill(_), .. }) => false,
            DesignVerdict::Breaks(broken) => broken.how == BreakingRun::Calm || !self.changes.is_empty(),
            DesignVerdict::Unclear(_) | DesignVerdict::Refused => false,
        }
    }
}

impl Bench<'_> {
    /// Tries a design.
    pub(super) fn trial(&self, design: &Design) -> Tried {
        trial(design, self.read, &self.known, self.effort, self.stop)
    }

    /// Tries what is one change away, and then, if that is wanted, what is two away.
    fn around(&self, design: &Design, judging: &mut Judging, listen: &mut Listen<'_>) -> Result<(), GivenUp> {
        let own_holds = judging.own.verdict.holds();
        let mut first = proposals(design, &self.budget.knobs);
        // Of what holds, the question is what could be less.
        first.retain(|proposal| !(own_holds && proposal.allows_more()));
        let mut known: BTreeSet<String> = BTreeSet::from([judging.own.text.clone()]);
        let all = first.len();
        let own = judging.own.clone();
        judging.orders = orders_left(design, &self.budget.knobs);
        let work = |proposal: &Proposal| self.settle(design, &own, proposal, own_holds);
        let mut done = 0;
        listen(Progress { of: Work::OneChange, done, all });
        in_order(&first, self.budget.jobs, work, |_, judged| {
            if self.stop.is_raised() {
                return Err(GivenUp);
            }
            done += 1;
            listen(Progress { of: Work::OneChange, done, all });
            if known.insert(judged.text.clone()) {
                judging.others.push(judged);
            }
            Ok(())
        })?;
        let helped = judging.others.iter().any(|judged| judged.verdict.holds());
        match self.budget.distance {
            Some(distance) if distance < 2 => Ok(()),
            None if own_holds || helped => Ok(()),
            Some(_) | None => self.pairs(design, judging, &mut known, listen),
        }
    }

    /// Tries two changes at once, neither of which is enough.
    fn pairs(
        &self,
        design: &Design,
        judging: &mut Judging,
        known: &mut BTreeSet<String>,
        listen: &mut Listen<'_>,
    ) -> Result<(), GivenUp> {
        judging.distance = 2;
        let enough: BTreeSet<Key> = judging
            .others
            .iter()
            .filter(|judged| judged.verdict.holds())
            .filter_map(|judged| judged.key.clone())
            .collect();
        let broken =
            |judged: &&Judged| matches!(judged.verdict, DesignVerdict::Breaks(_) | DesignVerdict::Unclear(_));
        let firsts: Vec<Judged> = judging.others.iter().filter(broken).cloned().collect();
        let of_design: BTreeSet<Key> =
            proposals(design, &self.budget.knobs).iter().map(Proposal::key).collect();
        let share = self.budget.pairs.div_ceil(firsts.len().max(1));
        let work = |first: &Judged| self.second(first, &enough, &of_design, share);
        let (mut done, all) = (0, firsts.len());
        listen(Progress { of: Work::TwoChanges, done, all });
        in_order(&firsts, self.budget.jobs, work, |_, (found, untried)| {
            if self.stop.is_raised() {
                return Err(GivenUp);
            }
            done += 1;
            listen(Progress { of: Work::TwoChanges, done, all });
            judging.untried += untried;
            judging.others.extend(found.into_iter().filter(|judged| known.insert(judged.text.clone())));
            Ok(())
        })
    }

    /// What is one change away from a design that is one change away; and how many of those were not tried.
    fn second(
        &self,
        first: &Judged,
        enough: &BTreeSet<Key>,
        of_design: &BTreeSet<Key>,
        share: usize,
    ) -> (Vec<Judged>, usize) {
        let Some(design) = Design::of(first.text.clone(), first.changes.clone(), self.read) else {
            return (Vec::new(), 0);
        };
        let Some(own) = first.key.clone() else { return (Vec::new(), 0) };
        let mut second = proposals(&design, &self.budget.knobs);
        // Each pair once; what only the first change makes possible comes after it whatever it is.
        second.retain(|proposal| {
            let key = proposal.key();
            let same_line = (key.0, &key.1) == (own.0, &own.1);
            let later = key > own || !of_design.contains(&key);
            later && !enough.contains(&key) && (!same_line || key.0 == Knob::Order)
        });
        let untried = second.len().saturating_sub(share);
        second.truncate(share);
        let mut found = Vec::new();
        for proposal in &second {
            if self.stop.is_raised() {
                break;
            }
            found.push(self.settle(&design, first, proposal, false));
        }
        (found, untried)
    }

    /// Tries what is proposed of a design that has come to `base`.
    pub(super) fn settle(
        &self,
        design: &Design,
        base: &Judged,
        proposal: &Proposal,
        own_holds: bool,
    ) -> Judged {
        let judged = self.shared(design, base, proposal).unwrap_or_else(|| match proposal {
            Proposal::Change(change) => self.judged(design, change.clone()),
            Proposal::Dial(dial) if own_holds => self.furthest(design, base, dial),
            Proposal::Dial(dial) => self.nearest(design, dial),
        });
        Judged { key: Some(proposal.key()), ..judged }
    }

    /// What a design comes to that differs in nothing that any run of `base` has asked for: the same.
    pub(super) fn shared(&self, design: &Design, base: &Judged, proposal: &Proposal) -> Option<Judged> {
        let is_shared = self.budget.share && base.is_shared() && base.consulted.never_asked(design, proposal);
        let alike = is_shared.then(|| self.alike(design, base, proposal.furthest())).flatten()?;
        Some(Judged { shared: true, ..alike })
    }

    /// What a design comes to whose runs go the same way as those of `base`.
    fn alike(&self, design: &Design, base: &Judged, change: Change) -> Option<Judged> {
        let text = apply(&design.text, &change.edits)?;
        let changes: Vec<Change> = design.changes.iter().cloned().chain([change]).collect();
        let made = Design::of(text.clone(), changes.clone(), self.read)?;
        let mut judged = Judged { changes, text, ..base.clone() };
        // Kills ask for more than the runs of seeds did.
        if let DesignVerdict::Sampled(sample) = &mut judged.verdict {
            sample.sweep = sweep(&made, self.read, self.effort.kills, self.stop);
        }
        Some(self.with_kills(judged))
    }

    /// The same, broken if kills break of it what they do not break of the design that is judged.
    fn with_kills(&self, judged: Judged) -> Judged {
        let (DesignVerdict::Sampled(sample), Some(stands)) = (&judged.verdict, &self.stands) else {
            return judged;
        };
        match sample.sweep.worse_than(stands).cloned() {
            Some(broken) => Judged { verdict: DesignVerdict::Breaks(broken), costs: None, ..judged },
            None => judged,
        }
    }

    /// Of a design that holds, which is `base`: the furthest number with which it still does.
    fn furthest(&self, design: &Design, base: &Judged, dial: &Dial) -> Judged {
        let far = self.judged(design, dial.at(dial.far));
        if far.verdict.holds() {
            return far;
        }
        let found = self.between(design, dial, base.clone(), (dial.near, dial.far));
        if found.text == base.text { far } else { found }
    }

    /// Of a design that does not hold: the nearest number with which it does.
    fn nearest(&self, design: &Design, dial: &Dial) -> Judged {
        let far = self.judged(design, dial.at(dial.far));
        if !far.verdict.holds() {
            return far;
        }
        self.between(design, dial, far, (dial.far, dial.near))
    }

    /// By bisection: the last number with which it holds, on the way from `best`, with which it does, to one with which it
    /// does not.
    fn between(&self, design: &Design, dial: &Dial, mut best: Judged, ends: (u64, u64)) -> Judged {
        let (mut holds, mut breaks) = ends;
        loop {
            if let Some((least, alike)) = self.least_alike(design, dial, &best, (holds, breaks)) {
                (holds, best) = (least, alike);
            }
            if holds.abs_diff(breaks) <= 1 || self.stop.is_raised() {
                return best;
            }
            let middle = holds.midpoint(breaks);
            let tried = self.judged(design, dial.at(middle));
            match tried.verdict.holds() {
                true => (holds, best) = (middle, tried),
                false => breaks = middle,
            }
        }
    }

    /// The one that allows no more restarts than the runs of `best` have counted: it goes the same way.
    fn least_alike(
        &self,
        design: &Design,
        dial: &Dial,
        best: &Judged,
        (holds, breaks): (u64, u64),
    ) -> Option<(u64, Judged)> {
        let least = self.budget.share.then(|| best.consulted.least_alike(design, dial)).flatten()?;
        if least >= holds || least <= breaks {
            return None;
        }
        let mut alike = self.alike(design, best, dial.at(least))?;
        if let Some(costs) = &mut alike.costs {
            costs.note_no_headroom(&dial.of, least);
        }
        Some((least, alike))
    }

    fn judged(&self, design: &Design, change: Change) -> Judged {
        let text = apply(&design.text, &change.edits).unwrap_or_default();
        let changes: Vec<Change> = design.changes.iter().cloned().chain([change]).collect();
        // To read it may take long, too, and nobody waits for it any more.
        if self.stop.is_raised() {
            return Judged::untried(changes, text, given_up());
        }
        match Design::of(text.clone(), changes.clone(), self.read) {
            None => Judged::untried(changes, text, DesignVerdict::Refused),
            Some(made) => self.with_kills(Judged::of(&made, self.trial(&made))),
        }
    }
}
