//! The schedulers to explore with, by name.

use std::fmt;

use crate::kernel::Behaviour;

use super::pct::Pct;
use super::pos::Pos;
use super::random::Random;
use super::scheduler::Scheduler;
use super::sparing::Sparing;
use super::swarm::Swarm;

/// How the runs of seeds are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchedulerKind {
    /// Which scheduler is asked.
    pub by: By,
    /// Whether what can make no difference is chosen too, and not taken at once.
    pub everywhere: bool,
}

/// By what the runs of seeds are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Plain dice: each choice is as likely as any other.
    Random,
    /// By rank, with so many things in the wrong order.
    Pct {
        /// How many things come in the wrong order.
        depth: u32,
    },
    /// Orders of racing events.
    Pos,
    /// Each seed by a mix of its own.
    Swarm,
}

impl SchedulerKind {
    /// How many things `pct` puts in the wrong order unless something else is said.
    pub const DEPTH: u32 = 3;

    /// Plain dice, where it matters.
    pub const RANDOM: SchedulerKind = SchedulerKind::of(By::Random);
    /// Orders of racing events, where it matters.
    pub const POS: SchedulerKind = SchedulerKind::of(By::Pos);
    /// Each seed by a mix of its own, where it matters.
    pub const SWARM: SchedulerKind = SchedulerKind::of(By::Swarm);

    /// All of them by their words.
    pub const WORDS: &[(&str, SchedulerKind)] = &[
        ("random", SchedulerKind::RANDOM),
        ("pct", SchedulerKind::pct(SchedulerKind::DEPTH)),
        ("pos", SchedulerKind::POS),
        ("swarm", SchedulerKind::SWARM),
    ];

    /// By this, where it matters.
    pub const fn of(by: By) -> SchedulerKind {
        SchedulerKind { by, everywhere: false }
    }

    /// By rank, with so many things in the wrong order, where it matters.
    pub const fn pct(depth: u32) -> SchedulerKind {
        SchedulerKind::of(By::Pct { depth })
    }

    /// The scheduler of a seed. `steps` is how many times one is asked in the calm run: the schedulers that spread
    /// something over a run spread it over as many.
    pub fn scheduler<B: Behaviour>(self, seed: u64, steps: u64) -> Box<dyn Scheduler<B>> {
        match self.by {
            By::Random => self.asking(Random::new(seed)),
            By::Pct { depth } => self.asking(Pct::new(seed, depth, steps)),
            By::Pos => self.asking(Pos::new(seed)),
            By::Swarm => self.asking(Swarm::new(seed, steps)),
        }
    }

    fn asking<B: Behaviour>(self, scheduler: impl Scheduler<B> + 'static) -> Box<dyn Scheduler<B>> {
        Box::new(Sparing::new(scheduler).everywhere(self.everywhere))
    }

    /// Whether it spreads something over a run, and has to know how long one is.
    pub fn needs_length(self) -> bool {
        match self.by {
            By::Pct { .. } | By::Swarm => true,
            By::Random | By::Pos => false,
        }
    }

    /// What `treefall run` needs before `--seed` to take it, with a blank behind it: plain dice need nothing.
    pub fn options(self) -> String {
        let everywhere = if self.everywhere { "--no-reduction " } else { "" };
        match self.by {
            By::Random => everywhere.to_owned(),
            By::Pct { depth } => format!("--scheduler pct --depth {depth} {everywhere}"),
            By::Pos => format!("--scheduler pos {everywhere}"),
            By::Swarm => format!("--scheduler swarm {everywhere}"),
        }
    }
}

impl SchedulerKind {
    /// What a line of a scenario needs behind `seed=` to mean it: plain dice need nothing.
    pub fn properties(self) -> String {
        match self.by {
            By::Random => String::new(),
            By::Pct { depth } => format!(" scheduler=pct depth={depth}"),
            By::Pos => " scheduler=pos".to_owned(),
            By::Swarm => " scheduler=swarm".to_owned(),
        }
    }
}

impl fmt::Display for SchedulerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.by {
            By::Random => f.write_str("random"),
            By::Pct { depth } => write!(f, "pct, depth {depth}"),
            By::Pos => f.write_str("pos"),
            By::Swarm => f.write_str("swarm"),
        }?;
        if self.everywhere { f.write_str(", no reduction") } else { Ok(()) }
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

    use super::SchedulerKind;

    const ALL: [SchedulerKind; 5] = [
        SchedulerKind::RANDOM,
        SchedulerKind::pct(1),
        SchedulerKind::pct(3),
        SchedulerKind::POS,
        SchedulerKind::SWARM,
    ];

    /// Runs to the end, or for so many steps, and says what it did.
    fn walk(kind: SchedulerKind, seed: u64, kills: u32, image: &Image) -> (World<Toy>, Vec<String>) {
        let mut events = Events::recorded();
        let mut world = toy::world(image, &mut events);
        world.allow_faults(toy::kills(kills, image), None);
        let mut scheduler = kind.scheduler(seed, 60);
        let (mut family, mut lines) = (Family::default(), Vec::new());
        while lines.len() < 2_000 && !world.is_over() {
            family.learn(&events.drain(), image);
            let choice = toy::pick(&mut *scheduler, &world).expect("something can happen");
            assert!(world.choices().contains(choice), "{kind} made up {choice:?}");
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
            for kind in ALL {
                let (world, lines) = walk(kind, seed, kills, &image);
                let again = walk(kind, seed, kills, &image);
                assert_eq!(again, (world, lines), "{kind}");
            }
        }
    }

    #[test]
    fn each_goes_many_ways() {
        let image = toy::image();
        for kind in ALL {
            let walks: Vec<_> = (0..200).map(|seed| walk(kind, seed, 2, &image)).collect();
            let ends: BTreeSet<u64> = walks.iter().map(|(world, _)| Fingerprint::of(world)).collect();
            let kills = walks.iter().filter(|(_, lines)| lines.iter().any(|line| line.starts_with("kill")));
            let kills = kills.count();
            assert!(ends.len() > 20, "{kind}: {} ends", ends.len());
            assert!((40..=200).contains(&kills), "{kind}: {kills} runs with faults");
        }
    }

    /// Seeds in bug reports mean these runs. They may change only with a line in the changelog.
    #[test]
    fn the_streams_are_frozen() {
        let image = toy::image();
        let told = |kind: SchedulerKind| {
            let digests: Vec<String> = (0..4)
                .map(|seed| {
                    let (_, lines) = walk(kind, seed, 2, &image);
                    format!("{} steps {:016x}", lines.len(), digest(&lines.join("\n")))
                })
                .collect();
            format!("{kind}: {}", digests.join(", "))
        };
        insta::assert_snapshot!(ALL.map(told).join("\n"), @"
        random: 24 steps a175b365050a134b, 31 steps 173daaf0fbd1474f, 32 steps 7275a01bac788a3d, 59 steps b8fd4b98e96bb392
        pct, depth 1: 47 steps b8184eed59b1ab1c, 45 steps b6fbb1ea14a4535a, 47 steps e139d4cb282c6b20, 60 steps 2bda1113dc6e9043
        pct, depth 3: 58 steps 95b2c107337fa618, 72 steps 3ba3540df083af01, 45 steps 96f38ff07e4dc975, 57 steps 28a34a0fcd5263a0
        pos: 57 steps b498cd25376edc61, 31 steps e3ee9d5d961bcd01, 28 steps b3353d1bc3f9fc2b, 37 steps eccaf01133bde8f9
        swarm: 58 steps 0241c9d268e0cc68, 52 steps fe1c93573e78aeb6, 51 steps ccaafc53796c6481, 73 steps c3052a04f8d223dd
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
        for kind in ALL {
            let picked: Option<Choice> = toy::pick(&mut *kind.scheduler(1, 60), &world);
            assert_eq!(picked, None, "{kind}");
        }
    }
}
