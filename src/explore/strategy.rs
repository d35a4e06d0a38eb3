//! The schedulers to explore with, by name.

use std::fmt;

use crate::kernel::Behaviour;

use super::pct::Pct;
use super::pos::Pos;
use super::random::Random;
use super::scheduler::Scheduler;
use super::swarm::Swarm;

/// How the runs of seeds are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Plain dice.
    Random,
    /// By rank, with so many things in the wrong order.
    Pct {
        /// How many.
        depth: u32,
    },
    /// Orders of racing events.
    Pos,
    /// Each seed by a mix of its own.
    Swarm,
}

impl Strategy {
    /// The scheduler of a seed. `steps` is how many steps the calm run takes: the schedulers that spread
    /// something over a run spread it over as many.
    pub fn scheduler<B: Behaviour>(self, seed: u64, steps: u64) -> Box<dyn Scheduler<B>> {
        match self {
            Strategy::Random => Box::new(Random::new(seed)),
            Strategy::Pct { depth } => Box::new(Pct::new(seed, depth, steps)),
            Strategy::Pos => Box::new(Pos::new(seed)),
            Strategy::Swarm => Box::new(Swarm::new(seed, steps)),
        }
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Strategy::Random => f.write_str("random"),
            Strategy::Pct { depth } => write!(f, "pct, depth {depth}"),
            Strategy::Pos => f.write_str("pos"),
            Strategy::Swarm => f.write_str("swarm"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::{ProptestConfig, any, proptest};

    use crate::explore::describe;
    use crate::explore::schedule::digest;
    use crate::explore::toy::{self, Family, Image, Toy};
    use crate::kernel::{Choice, Events, Fingerprint, World};

    use super::Strategy;

    const ALL: [Strategy; 5] = [
        Strategy::Random,
        Strategy::Pct { depth: 1 },
        Strategy::Pct { depth: 3 },
        Strategy::Pos,
        Strategy::Swarm,
    ];

    /// Runs to the end, or for so many steps, and says what it did.
    fn walk(strategy: Strategy, seed: u64, kills: u32, image: &Image) -> (World<Toy>, Vec<String>) {
        let mut events = Events::recorded();
        let mut world = toy::world(image, &mut events);
        world.allow_faults(toy::kills(kills, image), None);
        let mut scheduler = strategy.scheduler::<Toy>(seed, 60);
        let (mut family, mut lines) = (Family::default(), Vec::new());
        while lines.len() < 2_000 && !world.is_over() {
            family.learn(&events.drain(), image);
            let choice = scheduler.choose(&world.choices()).expect("something can happen");
            assert!(world.choices().contains(choice), "{strategy} made up {choice:?}");
            lines.push(describe(choice, &family));
            world.step(choice, image, &mut events);
        }
        (world, lines)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn each_picks_what_is_offered_and_a_seed_is_a_run(seed in any::<u64>(), kills in 0..4_u32) {
            let image = toy::image();
            for strategy in ALL {
                let (world, lines) = walk(strategy, seed, kills, &image);
                let again = walk(strategy, seed, kills, &image);
                assert_eq!(again, (world, lines), "{strategy}");
            }
        }
    }

    #[test]
    fn each_goes_many_ways() {
        let image = toy::image();
        for strategy in ALL {
            let walks: Vec<_> = (0..200).map(|seed| walk(strategy, seed, 2, &image)).collect();
            let ends: BTreeSet<u64> = walks.iter().map(|(world, _)| Fingerprint::of(world)).collect();
            let kills = walks.iter().filter(|(_, lines)| lines.iter().any(|line| line.starts_with("kill")));
            let kills = kills.count();
            assert!(ends.len() > 20, "{strategy}: {} ends", ends.len());
            assert!((40..=200).contains(&kills), "{strategy}: {kills} runs with faults");
        }
    }

    /// Seeds in bug reports mean these runs. They may change only with a line in the changelog.
    #[test]
    fn the_streams_are_frozen() {
        let image = toy::image();
        let told = |strategy: Strategy| {
            let digests: Vec<String> = (0..4)
                .map(|seed| {
                    let (_, lines) = walk(strategy, seed, 2, &image);
                    format!("{} steps {:016x}", lines.len(), digest(&lines.join("\n")))
                })
                .collect();
            format!("{strategy}: {}", digests.join(", "))
        };
        insta::assert_snapshot!(ALL.map(told).join("\n"), @"
        random: 24 steps a175b365050a134b, 31 steps 173daaf0fbd1474f, 32 steps 7275a01bac788a3d, 59 steps 954d0bb2c11a1ec7
        pct, depth 1: 47 steps 39f62d531d632ff2, 45 steps 53eacc2e8939a315, 47 steps cf1aac26c82e3c1a, 60 steps a8c97cd419362438
        pct, depth 3: 58 steps 5d33246c7b0aaf19, 72 steps 03704b2bd2061342, 45 steps fa85d2851239754c, 57 steps e7697ba31583a6cb
        pos: 57 steps 3ed89c1cb17627ba, 31 steps e3ee9d5d961bcd01, 28 steps b3353d1bc3f9fc2b, 37 steps 56c8c0532544df3a
        swarm: 58 steps d25470ed2f686bb5, 52 steps 8be75b948f17f43f, 51 steps 25e0635bc4179d98, 73 steps cf90b03cd956face
        ");
    }

    #[test]
    fn the_choices_of_nothing_are_none() {
        let image = toy::image();
        let mut events = Events::<Toy>::ignored();
        let mut world = toy::world(&image, &mut events);
        while let Some(choice) = world.choices().calm() {
            world.step(choice, &image, &mut events);
        }
        for strategy in ALL {
            let picked: Option<Choice> = strategy.scheduler::<Toy>(1, 60).choose(&world.choices());
            assert_eq!(picked, None, "{strategy}");
        }
    }
}
