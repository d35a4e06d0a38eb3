//! Plays a script of toys under a schedule: the calm one, or one drawn from a seed.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::kernel::{Event, EventKind, Events, World};

use super::toy::{Act, Shared, Toy, atom};
use super::{Actor, Release, Report};

/// What a played script leaves.
pub(crate) struct Played {
    /// Everything that happened.
    pub(crate) events: Vec<Event<Actor<Toy>>>,
    /// The world as it ended.
    pub(crate) world: World<Actor<Toy>>,
}

/// The release that most tests are written for.
pub(crate) const OTP_25: Release = Release { otp: 25, elixir: (1, 14) };

/// The newest that is modelled.
pub(crate) const OTP_29: Release = Release { otp: 29, elixir: (1, 18) };

/// Plays a script calmly, until nothing can happen.
pub(crate) fn play(acts: Vec<Act>, release: Release) -> Played {
    play_by(acts, release, None)
}

/// Plays a script under a schedule drawn from a seed; within 10 ms of virtual time everybody gets a turn.
pub(crate) fn play_seed(acts: Vec<Act>, release: Release, seed: u64) -> Played {
    play_by(acts, release, Some(ChaCha8Rng::seed_from_u64(seed)))
}

fn play_by(acts: Vec<Act>, release: Release, mut dice: Option<ChaCha8Rng>) -> Played {
    let mut events = Events::recorded();
    let driver = Actor::Plain(match Toy::driver(acts) {
        super::Body::Plain(toy) => super::Plain::new(toy),
        _ => unreachable!("drivers are plain"),
    });
    let mut world = World::new(atom("test"), driver, Shared::default(), Some(10), &mut events);
    for _ in 0..2_000_000 {
        let choices = world.choices();
        let choice = match &mut dice {
            None => choices.calm(),
            Some(_) if choices.is_empty() => None,
            Some(dice) => {
                let count = u64::try_from(choices.len()).expect("a usize fits");
                let index = (u128::from(dice.next_u64()) * u128::from(count)) >> 64;
                choices.get(usize::try_from(index).expect("below the count"))
            }
        };
        let Some(choice) = choice else {
            return Played { events: events.drain(), world };
        };
        world.step(choice, &release, &mut events);
    }
    panic!("two million steps were not enough");
}

impl Played {
    /// What the toys and drivers said.
    pub(crate) fn said(&self) -> Vec<String> {
        self.lines(|report| match report {
            Report::Guest(line) => Some(line.clone()),
            _ => None,
        })
    }

    /// The lines that `line` makes of the reports.
    pub(crate) fn lines(&self, line: impl Fn(&Report<Toy>) -> Option<String>) -> Vec<String> {
        self.events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::Reported(report) => line(report),
                _ => None,
            })
            .collect()
    }
}
