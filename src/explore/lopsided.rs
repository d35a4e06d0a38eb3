//! A random scheduler in whose runs some are slow: whole stretches of work come before others.
//!
//! Where every choice is equally likely, two busy processes keep in step, and runs in which one is done
//! before the other begins are as rare as long rows of heads. Real machines have slow cores and cold caches.

use std::collections::BTreeMap;

use crate::kernel::{Behaviour, Choice, Choices, Pid};

use super::dice::Dice;
use super::mismatch::Mismatch;
use super::names::Names;
use super::scheduler::Scheduler;

/// Each is up to so many powers of four slower than the fastest.
const GEARS: u64 = 5;
/// The speed of the highest gear.
const FASTEST: u64 = 1 << (2 * (GEARS - 1));
/// So many choices are looked at one by one.
const FEW: usize = 16;

/// Throws the dice over all choices, loaded in favour of the fast.
#[derive(Clone, Debug)]
pub struct Lopsided {
    dice: Dice,
    speeds: BTreeMap<(Pid, Pid), u64>,
}

impl Lopsided {
    /// The scheduler of this seed. The same seed meets the same choices with the same picks.
    pub fn new(seed: u64) -> Self {
        Lopsided { dice: Dice::new(seed), speeds: BTreeMap::new() }
    }

    /// A process is as slow as it is, and so is the way from one process to another.
    fn speed(&mut self, choice: Choice) -> u64 {
        let whose = match choice {
            Choice::Deliver { from, to } => (from, to),
            Choice::Run(pid) => (pid, pid),
            Choice::Tick { .. } => return 1,
            Choice::Kill(_) | Choice::Fault(_) => return 0,
        };
        let dice = &mut self.dice;
        *self.speeds.entry(whose).or_insert_with(|| {
            let gear = dice.throw(GEARS);
            1 << (2 * gear)
        })
    }
}

impl<B: Behaviour> Scheduler<B> for Lopsided {
    fn choose(&mut self, choices: &Choices<'_, B>, _: &dyn Names) -> Result<Option<Choice>, Box<Mismatch>> {
        let count = choices.without_faults();
        // One of many is drawn without looking at all of them: any is as likely as every other, and the slow
        // ones are often put back. Whoever has been unlucky as often as there are choices looks at all.
        for _ in 0..if count > FEW { count } else { 0 } {
            if let Some(choice) = choices.get(self.dice.index(count))
                && self.dice.throw(FASTEST) < self.speed(choice)
            {
                return Ok(Some(choice));
            }
        }
        let speeds: Vec<(Choice, u64)> = (0..count)
            .filter_map(|index| choices.get(index))
            .map(|choice| (choice, self.speed(choice)))
            .collect();
        let mut left = self.dice.throw(speeds.iter().map(|(_, speed)| speed).sum());
        for (choice, speed) in &speeds {
            if left < *speed {
                return Ok(Some(*choice));
            }
            left -= speed;
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_left_out_and_speeds_stay() {
        let mut scheduler = Lopsided::new(1);
        let fault = Choice::Fault(0);
        assert_eq!(scheduler.speed(fault), 0);
        let tick = Choice::Tick { due: 5, nth: 0 };
        assert_eq!(scheduler.speed(tick), 1);
    }
}
