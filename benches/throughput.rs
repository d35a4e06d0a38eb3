//! How much work one core does: whole small runs, messages, calls and restarts.
//!
//! `cargo bench` runs all of it. Figures are items a second where an item is named; compare them only
//! within one run on one machine.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use treefall::explore::{Nameless, Random, Scheduler, SchedulerKind};
use treefall::kernel::{Events, StopFlag};
use treefall::model::{self, Model, run_under};
use treefall::scenario::{ScriptWorld, Simulation, parse};

fn main() {
    divan::main();
}

const SMALL_RUN: &str = include_str!("../scenarios/bench/small_run.kdl");
const MANY: u64 = 10_000;

fn simulation(text: &str) -> Simulation {
    Simulation::of(&parse("bench.kdl", text).expect("the benchmark's scenario is right"))
}

/// The calm run to its end, with nobody listening and nobody judging.
fn calm(simulation: &Simulation, mut world: ScriptWorld) -> ScriptWorld {
    let mut events = Events::ignored();
    while let Some(choice) = world.choices().calm() {
        world.step(choice, simulation.image(), &mut events);
    }
    world
}

/// Whole runs of the yardstick, each from a clone of the prepared world.
#[divan::bench]
fn small_run_calm(bencher: Bencher<'_, '_>) {
    let simulation = simulation(SMALL_RUN);
    let world = simulation.start(&mut Events::ignored());
    bencher.counter(ItemsCount::new(1_u32)).bench(|| calm(&simulation, black_box(world.clone())));
}

/// The same under a random scheduler, another seed each time.
#[divan::bench]
fn small_run_random(bencher: Bencher<'_, '_>) {
    let simulation = simulation(SMALL_RUN);
    let prepared = simulation.start(&mut Events::ignored());
    let mut seed = 0;
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| {
        seed += 1;
        let (mut world, mut events) = (prepared.clone(), Events::ignored());
        let mut random = Random::new(seed);
        while let Ok(Some(choice)) = random.choose(&world.choices(), &Nameless) {
            world.step(choice, simulation.image(), &mut events);
        }
        world
    });
}

/// The same with everything recorded and every property judged, as `treefall run` does.
#[divan::bench]
fn small_run_judged(bencher: Bencher<'_, '_>) {
    let simulation = simulation(SMALL_RUN);
    bencher.counter(ItemsCount::new(1_u32)).bench(|| {
        model::run(&simulation, true, &StopFlag::default(), &mut |world, _| world.choices().calm()).verdict
    });
}

/// The same, judged and not recorded, as `treefall explore` does, by every scheduler.
#[divan::bench(args = ["random", "pct", "pos", "swarm"])]
fn small_run_explored(bencher: Bencher<'_, '_>, scheduler: &str) {
    let simulation = simulation(SMALL_RUN);
    let kind = match scheduler {
        "random" => SchedulerKind::RANDOM,
        "pct" => SchedulerKind::pct(3),
        "pos" => SchedulerKind::POS,
        _ => SchedulerKind::SWARM,
    };
    let (mut seed, length) = (0, model::calm_length(&simulation, kind, &StopFlag::default()));
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| {
        seed += 1;
        let mut scheduler = kind.scheduler(seed, length);
        run_under(&simulation, &mut *scheduler).verdict
    });
}

/// Casts from one client to one server, delivered and handled.
#[divan::bench]
fn messages(bencher: Bencher<'_, '_>) {
    let text = format!(
        "supervisor top {{ worker server }}
         server server {{ var n 0; on cast hello {{ add n 1 }} }}
         client c {{ repeat {MANY} {{ cast server hello }} }}"
    );
    repeated(bencher, &text);
}

/// Calls of one client to one server.
#[divan::bench]
fn calls(bencher: Bencher<'_, '_>) {
    let text = format!(
        "supervisor top {{ worker server }}
         server server {{ on call hello {{ reply ok }} }}
         client c {{ repeat {MANY} {{ call server hello }} }}"
    );
    repeated(bencher, &text);
}

/// Restarts of one child by its supervisor.
#[divan::bench]
fn restarts(bencher: Bencher<'_, '_>) {
    let text = format!(
        "supervisor top max_restarts={MANY} {{ worker server }}
         server server {{ on info die {{ exit reason=dead }} }}
         client c {{ repeat {MANY} {{ send server die; settle }} }}"
    );
    repeated(bencher, &text);
}

/// From a text of 10,000 lines to what can be run.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn ten_thousand_lines(bencher: Bencher<'_, '_>) {
    let servers = (0..2_000)
        .map(|number| format!("server s{number} {{\n    on call hello {{\n        reply ok\n    }}\n}}\n"));
    let workers: String = (0..2_000).map(|number| format!("worker s{number};")).collect();
    let text = format!("supervisor top {{ {workers} }}\n{}", servers.collect::<String>());
    bencher.counter(ItemsCount::new(text.lines().count())).bench(|| simulation(black_box(&text)));
}

fn repeated(bencher: Bencher<'_, '_>, text: &str) {
    let simulation = simulation(text);
    let world = simulation.start(&mut Events::ignored());
    bencher.counter(ItemsCount::new(MANY)).bench(|| calm(&simulation, black_box(world.clone())));
}
