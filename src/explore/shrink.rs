//! Shrinking a run: the fewest decisions in which it must differ from the calm run to fail as it does.
//!
//! A run is the calm run and a list of deviations from it, each at its step. Leaving some out is another
//! run, which may fail in the same way. Zeller and Hildebrandt's `ddmin` ("Simplifying and isolating
//! failure-inducing input", IEEE TSE 2002) leaves out large parts first, then smaller ones, until none of
//! those that are left can go. This module knows nothing about failures: whoever shrinks says what counts.

use crate::kernel::{Behaviour, Choice, Choices};

use super::scheduler::Scheduler;

/// A decision that the calm run would not have made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// The step, from 1.
    pub step: u64,
    /// What happens there.
    pub choice: Choice,
    /// What would have happened in the calm run from there.
    pub instead: Option<Choice>,
}

/// The calm run, but for some deviations. One that is not on offer at its step does not happen.
#[derive(Clone, Debug)]
pub struct Deviating<'a> {
    planned: &'a [Deviation],
    step: u64,
    /// Those that did happen, and do differ from the calm choice.
    pub taken: Vec<Deviation>,
}

impl<'a> Deviating<'a> {
    /// With these deviations, ordered by step.
    pub fn new(planned: &'a [Deviation]) -> Self {
        Deviating { planned, step: 0, taken: Vec::new() }
    }
}

impl<B: Behaviour> Scheduler<B> for Deviating<'_> {
    fn choose(&mut self, choices: &Choices<'_, B>) -> Option<Choice> {
        self.step += 1;
        let (step, calm) = (self.step, choices.calm());
        let due = self.planned.iter().take_while(|deviation| deviation.step <= step).count();
        let (now, later) = self.planned.split_at(due);
        self.planned = later;
        let wanted = now.iter().find(|deviation| deviation.step == step);
        // Where a process is kept may differ from run to run: only the offered choice knows.
        let offered = wanted.and_then(|wanted| choices.iter().find(|choice| *choice == wanted.choice));
        match offered {
            Some(choice) if Some(choice) != calm => {
                self.taken.push(Deviation { step, choice, instead: calm });
                Some(choice)
            }
            Some(_) | None => calm,
        }
    }
}

/// The deviations of a recorded run.
#[derive(Clone, Debug)]
pub struct Compare<'a> {
    recorded: &'a [Choice],
    step: u64,
    /// Those found so far.
    pub found: Vec<Deviation>,
}

impl<'a> Compare<'a> {
    /// Follows the choices of a run.
    pub fn new(recorded: &'a [Choice]) -> Self {
        Compare { recorded, step: 0, found: Vec::new() }
    }
}

impl<B: Behaviour> Scheduler<B> for Compare<'_> {
    fn choose(&mut self, choices: &Choices<'_, B>) -> Option<Choice> {
        self.step += 1;
        let (first, rest) = self.recorded.split_first()?;
        self.recorded = rest;
        let instead = choices.calm();
        if Some(*first) != instead {
            self.found.push(Deviation { step: self.step, choice: *first, instead });
        }
        Some(*first)
    }
}

/// How far what follows a decision may move when that decision is left out: one step more or less was needed.
const SHIFT_MAX: i64 = 3;

/// Fewer and fewer deviations, as long as `fails` says of the run with them that it fails in the same way,
/// and which of them did happen in it. Faults go first. None of those returned can be left out.
pub fn shrink(
    deviations: Vec<Deviation>,
    fails: &mut dyn FnMut(&[Deviation]) -> Option<Vec<Deviation>>,
) -> Vec<Deviation> {
    if let Some(none) = fails(&[]) {
        return none;
    }
    let mut least = without_faults(deviations, fails);
    loop {
        let before = least.len();
        least = chunks(least, fails);
        least = shifted(least, fails);
        if least.len() == before {
            return least;
        }
    }
}

fn is_fault(deviation: &Deviation) -> bool {
    matches!(deviation.choice, Choice::Kill(_) | Choice::Fault(_))
}

/// Leaves out all faults if that works, or else as many as can go one by one.
fn without_faults(
    deviations: Vec<Deviation>,
    fails: &mut dyn FnMut(&[Deviation]) -> Option<Vec<Deviation>>,
) -> Vec<Deviation> {
    let harmless: Vec<Deviation> = deviations.iter().filter(|each| !is_fault(each)).copied().collect();
    if harmless.len() < deviations.len()
        && let Some(fewer) = fails(&harmless)
    {
        return fewer;
    }
    let mut least = deviations;
    let mut place = 0;
    while place < least.len() {
        let fewer = is_fault(&least[place]).then(|| fails(&left_out(&least, place, 1))).flatten();
        match fewer {
            Some(fewer) => least = fewer,
            None => place += 1,
        }
    }
    least
}

/// Leaves out halves, quarters and so on down to single ones, again from the start after each that went.
fn chunks(
    deviations: Vec<Deviation>,
    fails: &mut dyn FnMut(&[Deviation]) -> Option<Vec<Deviation>>,
) -> Vec<Deviation> {
    let mut least = deviations;
    let mut size = least.len().div_ceil(2);
    while size > 0 {
        let mut place = 0;
        let before = least.len();
        while place < least.len() {
            match fails(&left_out(&least, place, size)) {
                Some(fewer) => least = fewer,
                None => place += size,
            }
        }
        // Single ones may go now that others have gone.
        if size > 1 {
            size = size.div_ceil(2);
        } else if least.len() == before {
            size = 0;
        }
    }
    least
}

/// Leaves out single ones, with those that follow some steps earlier or later.
fn shifted(
    deviations: Vec<Deviation>,
    fails: &mut dyn FnMut(&[Deviation]) -> Option<Vec<Deviation>>,
) -> Vec<Deviation> {
    for place in 0..deviations.len() {
        for shift in (-SHIFT_MAX..=SHIFT_MAX).filter(|shift| *shift != 0) {
            let mut rest = left_out(&deviations, place, 1);
            for later in &mut rest[place..] {
                later.step = later.step.saturating_add_signed(shift);
            }
            let ordered = rest.windows(2).all(|pair| pair[0].step < pair[1].step);
            if ordered && let Some(fewer) = fails(&rest) {
                return fewer;
            }
        }
    }
    deviations
}

/// All but `count` from a place on.
fn left_out(deviations: &[Deviation], place: usize, count: usize) -> Vec<Deviation> {
    let end = deviations.len().min(place + count);
    [&deviations[..place], &deviations[end..]].concat()
}

#[cfg(test)]
mod tests {
    use crate::explore::toy::{self, Toy};
    use crate::explore::{Random, Scheduler};
    use crate::kernel::{Choice, Events, Fault, FaultKind, Pid, World};

    use super::{Compare, Deviating, Deviation, shrink};

    fn start() -> World<Toy> {
        let image = toy::image();
        let mut world = toy::world(&image, &mut Events::ignored());
        world.allow_faults(vec![Fault { left: 2, kind: FaultKind::Kill(toy::labels(&image)) }]);
        world
    }

    /// Runs to the end, and says in which order processes first ran.
    fn ran(scheduler: &mut dyn Scheduler<Toy>) -> (Vec<Choice>, Vec<Pid>) {
        let (image, mut world, mut events) = (toy::image(), start(), Events::ignored());
        let (mut choices, mut order) = (Vec::new(), Vec::new());
        while !world.choices().is_over() {
            let Some(choice) = scheduler.choose(&world.choices()) else { break };
            if let Choice::Run(pid) = choice
                && !order.contains(&pid)
            {
                order.push(pid);
            }
            choices.push(choice);
            world.step(choice, &image, &mut events);
        }
        (choices, order)
    }

    /// The failure: the third child runs before the first.
    fn fails(order: &[Pid]) -> bool {
        let image = toy::image();
        let pids = toy::pids(&image);
        let place = |pid: Pid| order.iter().position(|other| *other == pid);
        place(pids[3]).zip(place(pids[1])).is_some_and(|(third, first)| third < first)
    }

    fn try_with(planned: &[Deviation]) -> Option<Vec<Deviation>> {
        let mut deviating = Deviating::new(planned);
        let (_, order) = ran(&mut deviating);
        fails(&order).then_some(deviating.taken)
    }

    #[test]
    fn what_is_left_is_needed() {
        let mut shrunk_runs = 0;
        for seed in 0..60 {
            let (choices, order) = ran(&mut Random::new(seed));
            if !fails(&order) {
                continue;
            }
            let mut compare = Compare::new(&choices);
            ran(&mut compare);
            let deviations = compare.found;
            assert_eq!(try_with(&deviations), Some(deviations.clone()), "it is the same run");
            let least = shrink(deviations.clone(), &mut |planned| try_with(planned));
            assert_eq!(try_with(&least), Some(least.clone()), "it still fails");
            for place in 0..least.len() {
                let mut fewer = least.clone();
                fewer.remove(place);
                assert_eq!(try_with(&fewer), None, "decision {place} of {least:?} can go");
            }
            assert!(least.len() <= 2, "one child overtakes another: {least:?}");
            let faults = least.iter().filter(|each| matches!(each.choice, Choice::Kill(_))).count();
            assert_eq!(faults, 0, "no fault is needed for that: {least:?}");
            shrunk_runs += usize::from(least.len() < deviations.len());
        }
        assert!(shrunk_runs > 10, "{shrunk_runs}");
    }
}
