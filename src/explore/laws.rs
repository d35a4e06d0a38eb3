//! The laws that schedulers, search and replay stand on: a world is a value, a run is its choices.

use proptest::prelude::{ProptestConfig, any, proptest};

use crate::kernel::{Choice, EventKind, Events, Fingerprint};

use super::random::Random;
use super::replay::Replay;
use super::schedule::Schedule;
use super::scheduler::Scheduler;
use super::toy::{self, Family, Toy};

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_recorded_run_replays_to_an_equal_world(seed in any::<u64>()) {
        let (recorded, schedule) = toy::record(seed);
        let read = Schedule::parse(&schedule.to_string()).expect("it was written by us");
        let image = toy::image();
        let mut events = Events::recorded();
        let mut world = toy::world(&image, &mut events);
        let mut family = Family::default();
        let mut replay = Replay::of(&read);
        loop {
            family.learn(&events.drain(), &image);
            let Some(choice) = replay.choose(&world.choices(), &family).expect("it fits") else { break };
            world.step(choice, &image, &mut events);
        }
        Scheduler::<Toy>::finish(&replay).expect("both have ended");
        assert_eq!(world, recorded);
    }

    #[test]
    fn listening_changes_nothing_and_a_seed_is_a_run(seed in any::<u64>()) {
        let (recorded, _) = toy::record(seed);
        let image = toy::image();
        let mut events = Events::ignored();
        let mut world = toy::world(&image, &mut events);
        let mut random = Random::new(seed);
        while let Some(choice) = toy::pick(&mut random, &world) {
            world.step(choice, &image, &mut events);
        }
        assert_eq!(world, recorded);
        assert_eq!(Fingerprint::of(&world), Fingerprint::of(&recorded));
    }

    #[test]
    fn a_clone_is_the_same_world_and_leads_its_own_life(seed in any::<u64>(), steps in 0..60_usize) {
        let image = toy::image();
        let mut events = Events::<Toy>::ignored();
        let mut world = toy::world(&image, &mut events);
        let mut random = Random::new(seed);
        for _ in 0..steps {
            let Some(choice) = toy::pick(&mut random, &world) else { break };
            world.step(choice, &image, &mut events);
        }
        let mut fork = world.clone();
        let mut back = toy::world(&image, &mut events);
        assert_eq!(fork, world);
        assert_eq!(Fingerprint::of(&fork), Fingerprint::of(&world));
        let (mut here, mut there) = (random.clone(), random);
        loop {
            let offered: Vec<Choice> = world.choices().iter().collect();
            assert!(fork.choices().iter().eq(offered.iter().copied()), "the same choices in the same order");
            back.clone_from(&world);
            assert_eq!(back, world, "whatever was there before");
            assert_eq!(Fingerprint::of(&back), Fingerprint::of(&world));
            assert!(back.choices().iter().eq(offered.iter().copied()), "the same choices in the same order");
            offered.first().into_iter().for_each(|first| back.step(*first, &image, &mut events));
            let choice = toy::pick(&mut here, &world);
            assert_eq!(toy::pick(&mut there, &fork), choice);
            let Some(choice) = choice else { break };
            let before = fork.clone();
            world.step(choice, &image, &mut events);
            assert_eq!(fork, before, "a step here is no step there");
            assert!(fork != world, "a step changes the world");
            fork.step(choice, &image, &mut events);
            assert_eq!(fork, world);
        }
    }

    #[test]
    fn exactly_the_offered_choices_are_contained(seed in any::<u64>()) {
        let image = toy::image();
        let mut events = Events::<Toy>::recorded();
        let mut world = toy::world(&image, &mut events);
        world.allow_faults(toy::kills(1, &image), None);
        let (mut random, mut people) = (Random::new(seed), Vec::new());
        loop {
            for event in events.drain() {
                if let EventKind::Spawned { .. } = event.kind {
                    people.push(event.pid);
                }
            }
            let choices = world.choices();
            let offered: Vec<Choice> = choices.iter().collect();
            assert!(offered.iter().all(|choice| choices.contains(*choice)), "{offered:?}");
            let pairs = people.iter().flat_map(|from| people.iter().map(move |to| (*from, *to)));
            let deliveries = pairs.map(|(from, to)| Choice::Deliver { from, to });
            let others = people.iter().flat_map(|pid| [Choice::Run(*pid), Choice::Kill(*pid)]);
            let ticks = (0..40).flat_map(|due| [0, 1].map(|nth| Choice::Tick { due, nth }));
            for choice in deliveries.chain(others).chain(ticks) {
                assert_eq!(choices.contains(choice), offered.contains(&choice), "{choice:?}");
            }
            let Some(choice) = toy::pick(&mut random, &world) else { break };
            world.step(choice, &image, &mut events);
        }
    }

    #[test]
    fn arrivals_at_two_processes_may_be_swapped(seed in any::<u64>(), steps in 0..60_usize) {
        let image = toy::image();
        let mut events = Events::<Toy>::ignored();
        let mut world = toy::world(&image, &mut events);
        let mut random = Random::new(seed);
        for _ in 0..steps {
            let Some(choice) = toy::pick(&mut random, &world) else { break };
            world.step(choice, &image, &mut events);
        }
        let arrivals: Vec<(Choice, _)> = world
            .choices()
            .iter()
            .filter_map(|choice| match choice {
                Choice::Deliver { to, .. } => Some((choice, to)),
                Choice::Run(_) | Choice::Tick { .. } | Choice::Kill(_) | Choice::Fault(_) => None,
            })
            .collect();
        for (first, here) in &arrivals {
            for (second, there) in arrivals.iter().filter(|(_, there)| there != here) {
                let after = |order: [Choice; 2]| {
                    let (mut world, mut events) = (world.clone(), Events::ignored());
                    order.into_iter().for_each(|choice| world.step(choice, &image, &mut events));
                    world
                };
                let (one, other) = (after([*first, *second]), after([*second, *first]));
                assert_eq!(one, other, "at {here:?} and at {there:?}");
                assert_eq!(Fingerprint::of(&one), Fingerprint::of(&other));
            }
        }
    }
}

/// The laws above would hold of a world in which nothing happens.
#[test]
fn the_toy_world_has_what_the_laws_are_about() {
    let (mut swaps, mut ticks, mut replaced, mut worlds) = (0, 0, 0, std::collections::BTreeSet::new());
    for seed in 0..50 {
        let (world, schedule) = toy::record(seed);
        let lines: Vec<&str> = schedule.lines.iter().map(|line| line.text.as_str()).collect();
        swaps +=
            usize::from(lines.windows(2).any(|pair| pair.iter().all(|line| line.starts_with("deliver"))));
        ticks += lines.iter().filter(|line| line.starts_with("tick")).count();
        replaced += usize::from(lines.iter().any(|line| line.contains("#2")));
        worlds.insert(Fingerprint::of(&world));
    }
    assert!(
        swaps > 40 && ticks > 20 && replaced > 10 && worlds.len() > 5,
        "{swaps} {ticks} {replaced} {worlds:?}"
    );
}
