//! Replaying a schedule: names become choices again, one step at a time, or the replay stops and says why.

use crate::kernel::{Behaviour, Choice, Choices};

use super::mismatch::Mismatch;
use super::names::{Names, describe, on_offer};
use super::schedule::{Rest, Schedule, ScheduleLine};
use super::scheduler::Scheduler;

/// How far a schedule has been replayed.
#[derive(Clone, Debug)]
pub struct Replay<'a> {
    schedule: &'a Schedule,
    taken: usize,
}

impl<'a> Replay<'a> {
    /// From the first choice on.
    pub fn of(schedule: &'a Schedule) -> Self {
        Replay { schedule, taken: 0 }
    }

    fn mismatch<B: Behaviour>(
        &self,
        wanted: Option<&ScheduleLine>,
        choices: &Choices<'_, B>,
        names: &dyn Names,
    ) -> Box<Mismatch> {
        Box::new(Mismatch {
            step: self.taken + 1,
            wanted: wanted.cloned(),
            offered: choices.iter().map(|choice| describe(choice, names)).collect(),
            unknown: wanted.and_then(|line| unknown(&line.text, names)),
        })
    }
}

impl<B: Behaviour> Scheduler<B> for Replay<'_> {
    /// The choice that the next line names, or none when the run and the schedule have both ended, or the
    /// schedule says that from there it goes round. It does not fit if that choice is not on offer, or one of the
    /// two has ended and the other has not.
    fn choose(
        &mut self,
        choices: &Choices<'_, B>,
        names: &dyn Names,
    ) -> Result<Option<Choice>, Box<Mismatch>> {
        let Some(line) = self.schedule.lines.get(self.taken) else {
            return match self.schedule.rest {
                Rest::Calm => Ok(choices.calm()),
                // Once is enough to see it.
                Rest::Repeat(_) => Ok(None),
                Rest::Nothing if choices.without_faults() == 0 => Ok(None),
                Rest::Nothing => Err(self.mismatch(None, choices, names)),
            };
        };
        match on_offer(&line.text, choices, names) {
            Some(choice) => {
                self.taken += 1;
                Ok(Some(choice))
            }
            None => Err(self.mismatch(Some(line), choices, names)),
        }
    }

    fn finish(&self) -> Result<(), Box<Mismatch>> {
        match self.schedule.lines.get(self.taken) {
            None => Ok(()),
            Some(line) => Err(Box::new(Mismatch {
                step: self.taken + 1,
                wanted: Some(line.clone()),
                offered: Vec::new(),
                unknown: None,
            })),
        }
    }
}

/// The first name in a choice that belongs to nobody.
fn unknown(choice: &str, names: &dyn Names) -> Option<String> {
    let (word, rest) = choice.split_once(' ')?;
    let named = match word {
        "deliver" => rest.split_once(" -> ").map_or(vec![rest], |(from, to)| vec![from, to]),
        "run" | "kill" => vec![rest],
        _ => Vec::new(),
    };
    named.into_iter().find(|name| !names.knows(name)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use crate::explore::Scheduler;
    use crate::explore::schedule::Schedule;
    use crate::explore::toy::{self, Family, Toy};
    use crate::kernel::Events;

    use super::{Mismatch, Replay, Rest};

    /// Replays as far as it goes.
    fn replay(schedule: &Schedule) -> Result<(), Box<Mismatch>> {
        let image = toy::image();
        let mut events = Events::recorded();
        let mut world = toy::world(&image, &mut events);
        let mut family = Family::default();
        let mut replay = Replay::of(schedule);
        loop {
            family.learn(&events.drain(), &image);
            match replay.choose(&world.choices(), &family)? {
                Some(choice) => world.step(choice, &image, &mut events),
                None => return Scheduler::<Toy>::finish(&replay),
            }
        }
    }

    #[test]
    fn a_schedule_that_does_not_fit_says_where_and_what_was_on_offer() {
        let schedule = toy::record(3).1;
        assert_eq!(replay(&schedule), Ok(()));
        let mut messages = Vec::new();
        let mut try_with = |edit: &dyn Fn(&mut Schedule)| {
            let mut edited = schedule.clone();
            edit(&mut edited);
            messages.push(replay(&edited).expect_err("it was spoilt").to_string());
        };
        try_with(&|schedule| schedule.lines[1].text = "run root/d".to_owned());
        try_with(&|schedule| schedule.lines.swap(0, 1));
        try_with(&|schedule| schedule.lines.truncate(2));
        try_with(&|schedule| {
            let last = schedule.lines.last().cloned().expect("it has lines");
            schedule.lines.push(last);
        });
        insta::assert_snapshot!(messages.join("\n\n"), @"
        step 2 wants `run root/d`, which cannot happen there
          nobody has been called `root/d` so far
          on offer: deliver root -> root/c
                    run root/a
                    deliver root -> root/a
                    run root/b
                    deliver root -> root/b
                    run root/c

        step 1 wants `deliver root -> root/b`, which cannot happen there
          nobody has been called `root/b` so far
          on offer: run root

        the schedule ends before step 3, and the run goes on
          on offer: deliver root -> root/c
                    run root/a
                    deliver root -> root/a
                    run root/b
                    run root/c

        the run ends before step 64, and the schedule goes on: `deliver root/b#2 -> root/a`
        ");
    }

    #[test]
    fn after_calm_the_calm_run_takes_over() {
        let mut schedule = toy::record(3).1;
        schedule.lines.truncate(2);
        schedule.rest = Rest::Calm;
        assert_eq!(replay(&schedule), Ok(()));
    }
}
