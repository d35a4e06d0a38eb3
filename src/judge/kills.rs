//! A sweep of a design that there are too many orders of: one kill of each process at each step of its calm run.
//!
//! It says how a design takes what its file does not ask about. So it decides nothing, and is told.

use crate::kernel::StopFlag;
use crate::model::sweep::{Base, Sweeping, Swept};

use super::design::{Design, Read};

/// What came of killing everybody once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// So many kills were tried, each in a run of its own.
    pub kills: u64,
    /// After so many of them something broke, whatever clients expect.
    pub broken: u64,
    /// What broke first, and after which kill.
    pub first: Option<(String, String)>,
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
    let first = swept.kinds.first().and_then(|kind| {
        let played = kind.first.play(&simulation);
        let mut breaches = played.run.verdict.breaches().iter();
        let breach = breaches.find(|breach| breach.property != "expect")?;
        Some((breach.property.clone(), kind.first.told()))
    });
    let broken = swept.kinds.iter().map(|kind| kind.runs).sum();
    Sweep { kills: swept.kills.kills(), broken, first }
}
