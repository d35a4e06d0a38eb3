//! The same work done by treefall and by others, in turns, as a table with ratios: so much for a second of a processor.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml` builds treefall too, needs `erl` and `erlc` for the
//! rows of Erlang, and writes what `docs/performance.md` shows.

mod bare;
mod beam;
mod growth;
mod plot;
mod processor;
mod shuttled;
mod stated;
mod treefall;

use treefall::Shape;

/// Each figure is the middle one of so many, unless the command line says of how many.
const ROUNDS: usize = 3;

/// One who does a piece of work: so many items a second.
type Doer = (&'static str, fn() -> Option<f64>);

/// A piece of work, and who does it; treefall comes first.
struct Row {
    work: &'static str,
    doers: Vec<Doer>,
}

fn rows() -> Vec<Row> {
    vec![
        Row {
            work: "small supervised run, whole runs/s",
            doers: vec![
                ("treefall, random", || treefall::small_runs("random")),
                ("treefall, random, every choice", || treefall::small_runs("random --no-reduction")),
                ("treefall, swarm", || treefall::small_runs("swarm")),
                ("treefall, pct", || treefall::small_runs("pct")),
                ("treefall, pos", || treefall::small_runs("pos")),
                ("shuttle, random", || Some(shuttled::small_runs(shuttled::By::Random))),
                ("shuttle, pct", || Some(shuttled::small_runs(shuttled::By::Pct))),
                ("Erlang", || beam::rate("small_runs")),
                ("bare loop", || Some(bare::small_runs())),
            ],
        },
        Row {
            work: "messages handled/s",
            doers: vec![
                ("treefall", || treefall::repeated(treefall::MESSAGES)),
                ("treefall, with a record of everything", || treefall::recorded(treefall::MESSAGES)),
                ("Erlang", || beam::rate("messages")),
            ],
        },
        Row {
            work: "`gen_server:call`/s",
            doers: vec![
                ("treefall", || treefall::repeated(treefall::CALLS)),
                ("Erlang", || beam::rate("calls")),
            ],
        },
        Row {
            work: "spawn, exit and `DOWN`/s",
            doers: vec![
                ("treefall", || treefall::repeated(treefall::SPAWNS)),
                ("Erlang", || beam::rate("spawns")),
            ],
        },
        Row {
            work: "`one_for_one` restarts/s",
            doers: vec![
                ("treefall", || treefall::repeated(treefall::RESTARTS)),
                ("Erlang", || beam::rate("restarts")),
            ],
        },
        Row {
            work: "children of `one_for_all`, 1,000 beside each other, started anew/s",
            doers: vec![("treefall", treefall::group)],
        },
        Row {
            work: "children of a dynamic supervisor, 100,000",
            doers: vec![
                ("treefall, starts", || treefall::children(false)),
                ("treefall, stops", || treefall::children(true)),
            ],
        },
        Row { work: "lines read and lowered/s", doers: vec![("treefall", treefall::lines)] },
        Row {
            work: "states of a search/s",
            doers: vec![
                ("treefall, a supervised tree", || treefall::states(&Shape::Tree, 1)),
                ("treefall, the same, of two threads each", || treefall::states(&Shape::Tree, 2)),
                ("treefall, a restart and its callers", || treefall::states(&Shape::Restart, 1)),
                ("treefall, the same, of two threads each", || treefall::states(&Shape::Restart, 2)),
                ("treefall, senders to one server", || treefall::states(&Shape::Senders, 1)),
                ("treefall, the same, of two threads each", || treefall::states(&Shape::Senders, 2)),
                ("stateright, senders to one actor", || Some(stated::states(1))),
            ],
        },
        Row {
            work: "starts to the first verdict/s",
            doers: vec![("treefall, 30 lines", treefall::starts), ("Erlang, nothing", beam::starts)],
        },
    ]
}

fn main() {
    treefall::build();
    beam::build();
    let rounds = std::env::args().nth(1).and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS);
    println!("| work | who | a second | treefall is |\n|---|---|---|---|");
    for Row { work, doers } in rows() {
        eprintln!("{work}");
        let mut measured: Vec<Vec<f64>> = vec![Vec::new(); doers.len()];
        for _ in 0..rounds {
            for ((_, doer), rates) in doers.iter().zip(&mut measured) {
                rates.extend(doer());
            }
        }
        let medians: Vec<Option<f64>> = measured.iter_mut().map(|rates| median(rates)).collect();
        let ours = medians[0];
        for (nth, ((who, _), rate)) in doers.iter().zip(medians).enumerate() {
            let work = if nth == 0 { work } else { "" };
            let ratio = match (ours, rate) {
                (Some(ours), Some(rate)) if nth > 0 => format!("{:.2} times as fast", ours / rate),
                _ => String::new(),
            };
            let rate = rate.map_or("not here".to_owned(), |rate| grouped(rate.round() as u64));
            println!("| {work} | {who} | {rate} | {ratio} |");
        }
    }
    println!();
    growth::print();
}

fn median(rates: &mut [f64]) -> Option<f64> {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied()
}

/// `1,234,567`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
