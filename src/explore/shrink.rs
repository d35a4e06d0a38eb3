//! Shrinking a run: the fewest decisions in which it must differ from the calm run to fail as it does.
//!
//! First faults go, as many as can. Then one late thing is tried alone, then two, since most failures need no
//! more. If that does not do, Zeller and Hildebrandt's `ddmin` ("Simplifying and isolating failure-inducing
//! input", IEEE TSE 2002) leaves out large parts first, then smaller ones, until none of those that are left
//! can go. At last whatever is late is made no later than it must be. This module knows nothing about
//! failures: whoever shrinks says what counts.

use crate::kernel::StopFlag;

use super::decision::{Decision, Moment, Taken};

/// Runs with some decisions, and says which of them took effect if the run fails in the same way.
pub type Fails<'a> = dyn FnMut(&[Decision]) -> Option<Vec<Taken>> + 'a;

/// So many things are tried alone at most.
const ALONE_MAX: usize = 500;

/// So many pairs of late things are tried at most.
const PAIRS_MAX: usize = 1_000;

/// Of so many things that overtake a late one each is tried as the last one.
const OVERTAKERS_MAX: usize = 128;

/// Fewer and fewer decisions, as long as the run with them fails in the same way. Of those that are alike the
/// first go first. `others` are things that were not late, and may make it fail alone. None of the decisions
/// returned can be left out, unless `stop` is raised: then nothing more is tried.
pub fn shrink(
    decisions: Vec<Decision>,
    others: &[Moment],
    stop: &StopFlag,
    fails: &mut Fails<'_>,
) -> Vec<Taken> {
    if let Some(none) = fails(&[]) {
        return none;
    }
    let mut least = without_faults(decisions, stop, fails);
    least = few(&least, others, stop, fails).unwrap_or(least);
    loop {
        least = chunks(least, stop, fails);
        least = sooner(least, fails);
        let again = chunks(least.clone(), stop, fails);
        if again.len() == least.len() {
            return fails(&least).unwrap_or_default();
        }
        least = again;
    }
}

/// The decisions of those that took effect, if it fails.
fn fewer(decisions: &[Decision], fails: &mut Fails<'_>) -> Option<Vec<Decision>> {
    Some(fails(decisions)?.into_iter().map(|taken| taken.decision).collect())
}

/// Leaves out all faults if that works, or else as many as can go one by one.
fn without_faults(decisions: Vec<Decision>, stop: &StopFlag, fails: &mut Fails<'_>) -> Vec<Decision> {
    let harmless: Vec<Decision> = decisions.iter().filter(|each| !each.is_fault()).copied().collect();
    if harmless.len() < decisions.len()
        && let Some(fewer) = fewer(&harmless, fails)
    {
        return fewer;
    }
    let mut least = decisions;
    let mut place = 0;
    while place < least.len() && !stop.is_raised() {
        let less = least[place].is_fault().then(|| fewer(&left_out(&least, place, 1), fails)).flatten();
        match less {
            Some(less) => least = less,
            None => place += 1,
        }
    }
    least
}

/// What must happen out of turn, with nothing late, or one thing, or two. Of those that make it fail alone,
/// the one that has to wait for the least is taken.
fn few(
    decisions: &[Decision],
    others: &[Moment],
    stop: &StopFlag,
    fails: &mut Fails<'_>,
) -> Option<Vec<Decision>> {
    let (mut early, mut late) = (Vec::new(), Vec::new());
    for decision in decisions {
        match *decision {
            Decision::Early { .. } => early.push(*decision),
            Decision::Late { what, .. } => late.push(what),
        }
    }
    if let Some(none) = fewer(&early, fails) {
        return Some(none);
    }
    // What was late last is nearest to the failure.
    late.reverse();
    let as_late_as_can_be = |what: &Moment| Decision::Late { what: *what, until: None };
    let mut best: Option<(usize, Vec<Decision>)> = None;
    let fresh = others.iter().rev().filter(|other| !late.contains(other));
    for what in late.iter().chain(fresh).take(ALONE_MAX).take_while(|_| !stop.is_raised()) {
        let alone = [&early[..], &[as_late_as_can_be(what)]].concat();
        let Some(alone) = fewer(&alone, fails).map(|alone| sooner(alone, fails)) else { continue };
        let waits = fails(&alone).into_iter().flatten().map(|taken| taken.overtaken_by.len()).sum();
        if best.as_ref().is_none_or(|(least, _)| waits < *least) {
            best = Some((waits, alone));
        }
    }
    let pairs = late
        .iter()
        .enumerate()
        .flat_map(|(place, one)| {
            late[..place].iter().map(move |other| [*one, *other].map(|each| as_late_as_can_be(&each)))
        })
        .take(PAIRS_MAX)
        .take_while(|_| !stop.is_raised());
    best.map(|(_, alone)| alone)
        .or_else(|| pairs.into_iter().find_map(|pair| fewer(&[&early[..], &pair].concat(), fails)))
}

/// Leaves out halves, quarters and so on down to single ones, again from the start after each that went.
fn chunks(decisions: Vec<Decision>, stop: &StopFlag, fails: &mut Fails<'_>) -> Vec<Decision> {
    let mut least = decisions;
    let mut size = least.len().div_ceil(2);
    while size > 0 && !stop.is_raised() {
        let mut place = 0;
        let before = least.len();
        while place < least.len() && !stop.is_raised() {
            match fewer(&left_out(&least, place, size), fails) {
                Some(less) => least = less,
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

/// Lets what is late come right after something such that it fails then, and would not any sooner.
fn sooner(decisions: Vec<Decision>, fails: &mut Fails<'_>) -> Vec<Decision> {
    let mut least = decisions;
    for place in 0..least.len() {
        let Some(taken) = fails(&least) else { return least };
        let Decision::Late { what, .. } = least[place] else { continue };
        let mine = |taken: &&Taken| taken.decision == least[place];
        let overtakers = taken.iter().find(mine).map_or(&[][..], |taken| &taken.overtaken_by);
        let mut until = |nth: usize| {
            let mut tried = least.clone();
            tried[place] = Decision::Late { what, until: Some(overtakers[nth]) };
            fails(&tried).is_some_and(|taken| taken.len() == tried.len()).then_some(tried)
        };
        let sooner = match overtakers.len() {
            0 => None,
            few if few <= OVERTAKERS_MAX => (0..few).find_map(until),
            many => {
                let (mut holds, mut broken) = (0, many - 1);
                while holds + 1 < broken {
                    let middle = usize::midpoint(holds, broken);
                    match until(middle) {
                        Some(_) => broken = middle,
                        None => holds = middle,
                    }
                }
                until(broken)
            }
        };
        least = sooner.unwrap_or(least);
    }
    least
}

/// All but `count` from a place on.
fn left_out(decisions: &[Decision], place: usize, count: usize) -> Vec<Decision> {
    let end = decisions.len().min(place + count);
    [&decisions[..place], &decisions[end..]].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, any, prop_assume, proptest};

    use crate::explore::toy::{self, Toy};
    use crate::explore::{Compare, Deciding, Decision, Random, Scheduler, Taken};
    use crate::kernel::{Choice, Events, Pid, StopFlag, World};

    use super::shrink;

    fn start() -> World<Toy> {
        let image = toy::image();
        let mut world = toy::world(&image, &mut Events::ignored());
        world.allow_faults(toy::kills(2, &image), None);
        world
    }

    /// Runs to the end, and says in which order processes first ran.
    fn ran(scheduler: &mut dyn Scheduler<Toy>) -> (Vec<Choice>, Vec<Pid>) {
        let (image, mut world, mut events) = (toy::image(), start(), Events::ignored());
        let (mut choices, mut order) = (Vec::new(), Vec::new());
        while !world.is_over() {
            let Some(choice) = toy::pick(scheduler, &world) else { break };
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

    fn try_with(decisions: &[Decision]) -> Option<Vec<Taken>> {
        let mut deciding = Deciding::new(decisions);
        let (_, order) = ran(&mut deciding);
        fails(&order).then(|| deciding.taken())
    }

    fn decisions_of(choices: &[Choice]) -> Vec<Decision> {
        let mut compare = Compare::new(choices);
        ran(&mut compare);
        compare.decisions()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_run_is_the_calm_one_and_its_decisions(seed in any::<u64>()) {
            let (choices, _) = ran(&mut Random::new(seed));
            let (again, _) = ran(&mut Deciding::new(&decisions_of(&choices)));
            assert_eq!(again, choices);
        }

        #[test]
        fn what_is_left_is_needed(seed in any::<u64>()) {
            let (choices, order) = ran(&mut Random::new(seed));
            prop_assume!(fails(&order));
            let decisions = decisions_of(&choices);
            let taken = shrink(decisions.clone(), &[], &StopFlag::default(), &mut |decisions| try_with(decisions));
            let least: Vec<Decision> = taken.iter().map(|taken| taken.decision).collect();
            assert_eq!(try_with(&least), Some(taken), "it still fails");
            for place in 0..least.len() {
                let mut fewer = least.clone();
                fewer.remove(place);
                assert_eq!(try_with(&fewer), None, "decision {place} of {least:?} can go");
            }
            assert!(least.len() <= 1, "one child is late: {least:?}");
            assert!(!least.iter().any(Decision::is_fault), "no fault is needed for that: {least:?}");
        }
    }
}
