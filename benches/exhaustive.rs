//! Everything: how long it takes to try all orders of a scenario, from its text to the last state.
//!
//! `cargo bench --bench exhaustive`. Items are states; compare only within one run on one machine.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use treefall::cli::every_end;
use treefall::scenario::{Simulation, parse};

fn main() {
    divan::main();
}

const SCENARIOS: [(&str, &str); 4] = [
    ("restart_2_clients", include_str!("../scenarios/bench/restart_2_clients.kdl")),
    ("restart_3_clients", include_str!("../scenarios/bench/restart_3_clients.kdl")),
    ("restart_4_clients", include_str!("../scenarios/bench/restart_4_clients.kdl")),
    ("five_senders", include_str!("../scenarios/bench/five_senders.kdl")),
];

fn everything(text: &str) -> u64 {
    let simulation = Simulation::of(&parse("bench.kdl", text).expect("the benchmark's scenario is right"));
    every_end(&simulation, u64::from(u32::MAX), &mut |world| {
        black_box(world);
    })
    .expect("it is finite")
}

/// A supervised server that is killed once, and calls of several clients; and five senders to one counter.
#[divan::bench(args = SCENARIOS.map(|(name, _)| name), sample_count = 5, sample_size = 1)]
fn all_orders(bencher: Bencher<'_, '_>, name: &str) {
    let (_, text) = SCENARIOS.into_iter().find(|(known, _)| *known == name).expect("it is one of them");
    bencher.counter(ItemsCount::new(everything(text))).bench(|| everything(black_box(text)));
}
