//! A sweep of a design that there are too many orders of: one kill of each process at each step of its calm run.
//!
//! The file asks for none of these kills, so what they break decides nothing by itself. But where the file's own design
//! stands all of its kills, another one that does not is worse.

use std::collections::BTreeSet;

use crate::kernel::StopFlag;
use crate::model::sweep::{Base, Sweeping, Swept};

use super::broken::{BreakingRun, Broken};
use super::design::{Design, Read};

/// What came of killing everybody once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// So many kills were tried, each in a run of its own.
    pub kills: u64,
    /// After so many of them something broke, whatever clients expect.
    pub broken: u64,
    /// What broke, each kind after the first kill that led to it.
    pub kinds: Vec<Broken>,
}

impl Sweep {
    /// What it breaks that the other one does not: a property that holds there whoever is killed.
    pub(super) fn worse_than(&self, other: &Sweep) -> Option<&Broken> {
        let known: BTreeSet<&str> = other.kinds.iter().map(|kind| kind.property.as_str()).collect();
        self.kinds.iter().find(|kind| !known.contains(kind.property.as_str()))
    }
}

/// Kills everybody once, in so many runs at most.
pub(super) fn sweep(design: &Design, read: &Read<'_>, kills_max: u64, stop: &StopFlag) -> Sweep {
    let Some((_, mut simulation)) = (kills_max > 0).then(|| read(&design.text)).flatten() else {
        return Sweep::default();
    };
    let (_, base) = Base::calm(&simulation);
    let bases = [base];
    simulation.permit_kills(1);
    let mut swept = Swept::default();
    let sweeping = Sweeping { jobs: 1, runs_max: kills_max, pairs: false, stop: stop.clone() };
    swept.strike(&simulation, &bases, &sweeping, &mut |_, _, _| ());
    let mut sweep = Sweep { kills: swept.kills.kills(), ..Sweep::default() };
    for kind in &swept.kinds {
        let played = kind.first.play(&simulation);
        let mut breaches = played.run.verdict.breaches().iter();
        // What a client expects, it expects where nobody is killed.
        if let Some(breach) = breaches.find(|breach| breach.property != "expect") {
            sweep.broken += kind.runs;
            sweep.kinds.push(Broken::of(&simulation, &played, breach, BreakingRun::Kill(kind.first.told())));
        }
    }
    sweep
}
