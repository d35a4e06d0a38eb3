//! How much work five workloads are, counted and not timed: steps, and how often memory is asked for; and how much memory
//! a worker and a state take. A clock on a shared machine says little, and these say the same everywhere.
//!
//! Steps are what they are. Allocations may move by a twentieth, since the standard library decides some of them; who
//! makes them fewer writes the new number down.

use allocation_counter::measure;
use treefall::cli::every_end;
use treefall::explore::{Calm, Nameless, SchedulerKind};
use treefall::kernel::StopFlag;
use treefall::model::campaign::Beginnings;
use treefall::model::{calm_length, run_under};
use treefall::scenario::{Simulation, parse};

const SMALL_RUN: &str = include_str!("../scenarios/bench/small_run.kdl");
const CLIENTS: &str = include_str!("../scenarios/bench/restart_2_clients.kdl");

/// What a workload takes.
#[derive(Debug)]
struct Effort {
    steps: u64,
    allocations: u64,
}

#[track_caller]
fn takes(expected: Effort, work: impl FnOnce() -> u64) {
    let mut steps = 0;
    let allocations = measure(|| steps = work()).count_total;
    let told = Effort { steps, allocations };
    let most = expected.allocations + expected.allocations / 20;
    let least = expected.allocations - expected.allocations / 20;
    assert!(
        steps == expected.steps && (least..=most).contains(&allocations),
        "it takes {told:?}, and {expected:?} was written down"
    );
}

fn simulation(text: &str) -> Simulation {
    Simulation::of(&parse("effort.kdl", text).expect("the workload is right"))
}

/// So many runs of the yardstick, one seed after the other.
fn explored(kind: SchedulerKind) -> u64 {
    let simulation = simulation(SMALL_RUN);
    let length = calm_length(&simulation, kind, &StopFlag::default());
    (0..100).map(|seed| run_under(&simulation, &mut *kind.scheduler(seed, length)).steps).sum()
}

#[test]
fn small_runs_of_plain_dice() {
    takes(Effort { steps: 14_336, allocations: 19_456 }, || explored(SchedulerKind::RANDOM));
}

#[test]
fn small_runs_of_the_default_scheduler() {
    takes(Effort { steps: 13_651, allocations: 20_402 }, || explored(SchedulerKind::SWARM));
}

/// A hundred seeds as a campaign runs them: what they begin with is taken once.
fn explored_together(text: &str, kind: SchedulerKind) -> u64 {
    let simulation = simulation(text);
    let length = calm_length(&simulation, kind, &StopFlag::default());
    let mut beginnings = Beginnings::of(&simulation);
    let mut run = |seed| {
        let mut scheduler = kind.scheduler(seed, length);
        beginnings.run(&StopFlag::default(), &mut |world, _| {
            scheduler.choose(&world.choices(), &Nameless).ok().flatten()
        })
    };
    (0..100).map(|seed| run(seed).steps).sum()
}

#[test]
fn small_runs_that_begin_together() {
    takes(Effort { steps: 14_336, allocations: 19_502 }, || {
        explored_together(SMALL_RUN, SchedulerKind::RANDOM)
    });
}

#[test]
fn runs_of_a_tree_that_takes_long_to_start() {
    let workers: String = (0..60).map(|number| format!("worker w{number} server; ")).collect();
    let text = format!(
        "supervisor top {{ worker server; {workers} }}
         server server {{ on call hello {{ reply ok }} }}
         client a {{ call server hello }}
         client b {{ call server hello }}"
    );
    takes(Effort { steps: 26_700, allocations: 40_970 }, || explored_together(&text, SchedulerKind::RANDOM));
}

/// The calm run of a scenario that does something so many times.
fn calmly(text: &str, times: u32) -> u64 {
    run_under(&simulation(&text.replace("TIMES", &times.to_string())), &mut Calm).steps
}

const CALLS: &str = "supervisor top { worker server }
    server server { on call hello { reply ok } }
    client c { repeat TIMES { call server hello } }";

#[test]
fn a_thousand_calls_ask_for_no_memory() {
    // Not so many that the run is watched for going round, which compares worlds. In a debug build the kernel checks
    // itself every 64 steps, and takes five allocations for it.
    let allocations = |times| measure(|| _ = calmly(CALLS, times)).count_total;
    let (few, many) = (allocations(500), allocations(1_500));
    assert!(many - few < 500, "{} allocations for a thousand calls more", many - few);
}

#[test]
fn a_thousand_restarts() {
    let text = "supervisor top max_restarts=TIMES { worker server }
        server server { on info die { exit reason=dead } }
        client c { repeat TIMES { send server die; settle } }";
    takes(Effort { steps: 9_012, allocations: 9_933 }, || calmly(text, 1_000));
}

#[test]
fn every_order_of_a_restart() {
    takes(Effort { steps: 485, allocations: 24_133 }, || {
        every_end(&simulation(CLIENTS), u64::from(u32::MAX), &mut |_| ()).expect("it is finite")
    });
}

/// Whatever looks at all siblings when one is started makes a list of them.
#[test]
fn a_child_takes_as_much_however_many_siblings_it_has() {
    const STATIC: &str = "shared n 0
        supervisor pool { }
        server idle { }
        client c { repeat TIMES { add n 1; child_spec idle id=$n as=$spec; start_child pool $spec } }";
    let bytes = |times| measure(|| _ = calmly(STATIC, times)).bytes_total;
    let (few, more, many) = (bytes(100), bytes(500), bytes(900));
    assert!(
        many - more < (more - few) * 2,
        "{} bytes for the first 400, {} for the next",
        more - few,
        many - more
    );
}

/// Bytes may move by a twentieth as well.
#[track_caller]
fn holds(expected: u64, bytes: u64) {
    assert!(
        (expected - expected / 20..=expected + expected / 20).contains(&bytes),
        "it holds {bytes} bytes, and {expected} were written down"
    );
}

#[test]
fn the_bytes_of_an_idle_worker_and_of_what_its_supervisor_keeps_of_it() {
    const IDLE: &str = "supervisor top { dynamic_supervisor pool }
        server idle { }
        client c { repeat TIMES { start_child pool idle } }";
    let world = |workers: u32| {
        let mut run = None;
        let text = IDLE.replace("TIMES", &workers.to_string());
        let taken = measure(|| run = Some(run_under(&simulation(&text), &mut Calm).world));
        assert!(run.is_some_and(|world| world.process_count() > workers as usize));
        u64::try_from(taken.bytes_current).expect("the world is still there")
    };
    holds(1_536, (world(2_000) - world(1_000)) / 1_000);
}

#[test]
fn the_bytes_of_a_state_of_a_search() {
    let simulation = simulation(include_str!("../scenarios/bench/restart_3_clients.kdl"));
    let mut states = 0;
    let taken = measure(|| {
        states = every_end(&simulation, u64::from(u32::MAX), &mut |_| ()).expect("it is finite");
    });
    holds(145, taken.bytes_max / states);
}
