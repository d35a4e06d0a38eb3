//! The same work done by treefall and by others, in turns, as tables with ratios: so much for a second of a processor.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml` builds treefall too, needs `erl` and `erlc` for the
//! rows of Erlang, and writes what `docs/performance.md` shows.

mod asked;
mod bare;
mod beam;
mod growth;
mod jobs;
mod page;
mod plot;
mod processor;
mod room;
mod shuttled;
mod stated;
mod table;
mod work;

use page::say;
use table::Row;
use work::Shape;

/// Each figure is the middle one of so many, unless the command line says of how many.
const ROUNDS: usize = 3;

/// Small runs.
fn runs() -> Vec<Row> {
    vec![
        Row {
            work: "small supervised run, whole runs/s",
            doers: vec![
                ("treefall, random", || work::small_runs("random")),
                ("treefall, random, every choice", || work::small_runs("random --no-reduction")),
                ("treefall, random, no oracle", || work::small_runs_unjudged("random")),
                ("treefall, swarm", || work::small_runs("swarm")),
                ("treefall, pct", || work::small_runs("pct")),
                ("treefall, pos", || work::small_runs("pos")),
                ("shuttle, random", || Some(shuttled::small_runs(shuttled::By::Random))),
                ("shuttle, pct", || Some(shuttled::small_runs(shuttled::By::Pct))),
                ("Erlang", || beam::rate("small_runs", 0)),
                ("bare loop", || Some(bare::small_runs())),
            ],
        },
        Row {
            work: "starts to the first verdict/s",
            doers: vec![("treefall, 30 lines", work::starts), ("Erlang, nothing", beam::starts)],
        },
        Row { work: "lines of 10,000 read and lowered/s", doers: vec![("treefall", work::lines)] },
    ]
}

/// Steady work of few processes.
fn steady() -> Vec<Row> {
    vec![
        Row {
            work: "messages handled/s",
            doers: vec![
                ("treefall", || work::repeated(work::MESSAGES)),
                ("treefall, with a record of everything", || work::recorded(work::MESSAGES)),
                ("Erlang", || beam::rate("messages", 0)),
            ],
        },
        Row {
            work: "`gen_server:call`/s",
            doers: vec![("treefall", || work::repeated(work::CALLS)), ("Erlang", || beam::rate("calls", 0))],
        },
        Row {
            work: "spawn, exit and `DOWN`/s",
            doers: vec![
                ("treefall", || work::repeated(work::SPAWNS)),
                ("Erlang", || beam::rate("spawns", 0)),
            ],
        },
        Row {
            work: "`one_for_one` restarts/s",
            doers: vec![
                ("treefall", || work::repeated(work::RESTARTS)),
                ("Erlang", || beam::rate("restarts", 0)),
            ],
        },
    ]
}

/// Many processes.
fn many() -> Vec<Row> {
    vec![
        Row {
            work: "children of `one_for_all`, 1,000 beside each other, started anew/s",
            doers: vec![("treefall", work::group), ("Erlang", || beam::rate("group", 1_000))],
        },
        Row {
            work: "children of a `supervisor`, 100,000, started/s",
            doers: vec![
                ("treefall", || work::children(work::STATIC, 100_000, false)),
                ("Erlang", || beam::rate("static_starts", 100_000)),
            ],
        },
        Row {
            work: "children of a `supervisor`, 100,000, stopped/s",
            doers: vec![
                ("treefall", || work::children(work::STATIC, 100_000, true)),
                ("Erlang", || beam::rate("static_stops", 100_000)),
            ],
        },
        Row {
            work: "children of a `DynamicSupervisor`, 100,000, started/s",
            doers: vec![
                ("treefall", || work::children(work::DYNAMIC, 100_000, false)),
                ("Elixir", || beam::rate("dynamic_starts", 100_000)),
            ],
        },
        Row {
            work: "children of a `DynamicSupervisor`, 100,000, stopped/s",
            doers: vec![
                ("treefall", || work::children(work::DYNAMIC, 100_000, true)),
                ("Elixir, 10,000", || beam::rate("dynamic_stops", 10_000)),
            ],
        },
    ]
}

/// Searches of all orders.
fn searches() -> Vec<Row> {
    let whole = |file: &'static str, doer: table::Doer| Row { work: file, doers: vec![doer] };
    vec![
        Row {
            work: "states of a search/s",
            doers: vec![
                ("treefall, a supervised tree", || work::states(&Shape::Tree, 1)),
                ("treefall, the same, of two threads each", || work::states(&Shape::Tree, 2)),
                ("treefall, a restart and its callers", || work::states(&Shape::Restart, 1)),
                ("treefall, the same, of two threads each", || work::states(&Shape::Restart, 2)),
                ("treefall, senders to one server", || work::states(&Shape::Senders, 1)),
                ("treefall, the same, of two threads each", || work::states(&Shape::Senders, 2)),
                ("stateright, senders to one actor", || Some(stated::states(1))),
            ],
        },
        whole(
            "whole searches/s, a kill while 2 clients call",
            ("treefall", || work::searches("restart_2_clients", 20)),
        ),
        whole(
            "whole searches/s, a kill while 3 clients call",
            ("treefall", || work::searches("restart_3_clients", 5)),
        ),
        whole(
            "whole searches/s, a kill while 4 clients call",
            ("treefall", || work::searches("restart_4_clients", 1)),
        ),
        whole(
            "whole searches/s, 5 senders to one server",
            ("treefall", || work::searches("five_senders", 5)),
        ),
    ]
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // What is there already may be what somebody wants to measure.
    if !words.iter().any(|word| word == "--built") {
        asked::build();
    }
    beam::build();
    let rounds = words.iter().find_map(|word| word.parse().ok()).unwrap_or(ROUNDS);
    let parts: [(&str, &dyn Fn()); 4] = [
        ("rates", &|| {
            table::print([runs(), steady(), many(), searches()].into_iter().flatten(), rounds);
        }),
        ("bytes", &room::print),
        ("threads", &|| jobs::print(rounds)),
        ("growth", &growth::print),
    ];
    let named: Vec<&str> = words.iter().map(String::as_str).filter(|word| is_part(word, &parts)).collect();
    for (part, print) in parts {
        if !named.is_empty() && !named.contains(&part) {
            continue;
        }
        say(&format!("On {}, {rounds} of each:\n", page::machine()));
        print();
        say(&format!("\nThe load was {} in the end.", page::load()));
        page::write(part);
    }
}

fn is_part(word: &str, parts: &[(&str, &dyn Fn())]) -> bool {
    parts.iter().any(|(part, _)| *part == word)
}
