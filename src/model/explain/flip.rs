//! The step that decides: calm before it the run holds, calm after it the run fails.

use crate::explore::{Calm, Prefixed};

use super::super::run::run_until;
use super::super::seam::Model;
use super::super::smallest::{Smallest, breaks};
use super::super::verdict::Verdict;
use crate::kernel::StopFlag;

/// The step that decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flip {
    /// Which it is.
    pub step: u64,
    /// Which of the decisions it belongs to.
    pub place: usize,
    /// Of how many.
    pub of: usize,
    /// That decision is a fault.
    pub fault: bool,
    /// Whether all properties hold without it, or only this one.
    pub all_hold: bool,
}

/// Finds it by trying: the last step before which the rest of the run can still be saved by being calm. Nothing if it
/// is not found before `stop` is raised.
pub fn flip<M: Model>(model: &M, smallest: &Smallest<M>, failure: &str, stop: &StopFlag) -> Option<Flip> {
    let mut steps: Vec<(u64, usize)> = Vec::new();
    for (place, taken) in smallest.taken.iter().enumerate() {
        let overtaking = taken.overtaken_by.iter();
        steps.extend(overtaking.filter_map(|moment| Some((smallest.played.step_of(*moment)?, place))));
    }
    steps.sort_unstable();
    let choices = &smallest.played.run.choices;
    steps.iter().rev().find_map(|&(step, place)| {
        let kept = usize::try_from(step - 1).unwrap_or(usize::MAX).min(choices.len());
        let verdict = run_until(model, stop, &mut Prefixed::new(&choices[..kept], Calm)).verdict;
        (verdict != Verdict::Abandoned && !breaks(model, &verdict, failure)).then(|| Flip {
            step,
            place,
            of: smallest.taken.len(),
            fault: smallest.taken[place].decision.is_fault(),
            all_hold: verdict == Verdict::Held,
        })
    })
}
