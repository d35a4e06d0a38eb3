//! How the cost of one piece of work grows with what there is: tables with a bar beside each figure, and drawings.

use super::asked::{explored, root, written};
use super::page::say;
use super::plot::{self, Curve};
use super::{beam, work};

/// So often the work is done before time passes.
const EACH: u32 = 100;

/// A paper with curves: the file that it is drawn in, what grows, and what is measured.
struct Paper {
    file: &'static str,
    along: &'static str,
    curves: Vec<Measured>,
}

/// A curve: what it is of, at which places, and how many nanoseconds one takes there.
struct Measured {
    name: &'static str,
    at: &'static [u32],
    each: Box<dyn Fn(u32) -> Option<f64>>,
}

const TO_A_THOUSAND: &[u32] = &[10, 100, 1_000];
const TO_TEN_THOUSAND: &[u32] = &[10, 100, 1_000, 10_000];
const TO_A_HUNDRED_THOUSAND: &[u32] = &[10, 100, 1_000, 10_000, 100_000];
const TO_A_MILLION: &[u32] = &[10, 1_000, 100_000, 1_000_000];

fn measured(name: &'static str, at: &'static [u32], each: impl Fn(u32) -> Option<f64> + 'static) -> Measured {
    Measured { name, at, each: Box::new(each) }
}

fn papers() -> Vec<Paper> {
    let call = |scheduler: &'static str| move |idle: u32| beside(IDLE, idle, "call server hello", scheduler);
    let wake = |scheduler: &'static str| move |many: u32| Some(1e9 / work::wakes(many, scheduler)?);
    let restart = |function: &'static str| move |many: u32| Some(1e9 / beam::rate(function, many)?);
    vec![
        Paper {
            file: "docs/growth.svg",
            along: "idle processes beside it",
            curves: vec![
                measured("a call, `random`", TO_A_MILLION, call("random")),
                measured("a call, `swarm`", TO_A_MILLION, call("swarm")),
                measured("a call, `pct`", TO_TEN_THOUSAND, call("pct")),
                measured("a call, `pos`", TO_A_HUNDRED_THOUSAND, call("pos")),
                measured("a start and a stop of one more", TO_A_HUNDRED_THOUSAND, |idle| {
                    beside(
                        OTHERS,
                        idle,
                        "start_child others idle as=$pid; terminate_child others $pid",
                        "random",
                    )
                }),
                measured("a restart among siblings", TO_A_HUNDRED_THOUSAND, |siblings| {
                    beside(SIBLINGS, siblings, "send server die; settle", "random")
                }),
                measured("a restart among siblings, in Erlang", TO_A_HUNDRED_THOUSAND, restart("restarts")),
            ],
        },
        Paper {
            file: "docs/history.svg",
            along: "restarts before it that still count",
            curves: vec![
                measured("a restart", TO_A_HUNDRED_THOUSAND, |restarts| {
                    beside(HISTORY, restarts, "send server die; settle", "random")
                }),
                measured("a restart, in Erlang", TO_TEN_THOUSAND, restart("restarts_after")),
            ],
        },
        Paper {
            file: "docs/steps.svg",
            along: "processes that can run at once",
            curves: vec![
                measured("a step, `random`", TO_A_MILLION, wake("random")),
                measured("a step, `swarm`", TO_A_THOUSAND, wake("swarm")),
                measured("a step, `pct`", TO_A_THOUSAND, wake("pct")),
                measured("a step, `pos`", TO_A_THOUSAND, wake("pos")),
            ],
        },
    ]
}

/// A server beside idle processes that nobody supervises.
const IDLE: &str = "supervisor top { worker server }
     server server { on call hello { reply ok } }
     process waiter { receive never }
     client c { repeat MANY { spawn waiter }; WORK }";
/// The same with a supervisor that can start others.
const OTHERS: &str = "supervisor top { dynamic_supervisor others }
     server idle { }
     process waiter { receive never }
     client c { repeat MANY { spawn waiter }; WORK }";
/// A server beside siblings under its supervisor.
const SIBLINGS: &str = "shared n 0
     supervisor top max_restarts=1000000 { worker server }
     server idle { }
     server server { on info die { exit reason=dead } }
     client c { repeat MANY { add n 1; child_spec idle id=$n as=$spec; start_child top $spec }; WORK }";
/// A server that has been restarted often.
const HISTORY: &str = "supervisor top max_restarts=10000000 max_seconds=1000000 { worker server }
     server server { on info die { exit reason=dead } }
     client c { repeat MANY { send server die; settle; sleep 1 }; WORK }";

/// Nanoseconds for one piece of work: between many times and few, of the calm run and one under a seed.
fn beside(text: &str, many: u32, work: &str, scheduler: &str) -> Option<f64> {
    let run = |times: u32| {
        let work = format!("repeat {times} {{ repeat {EACH} {{ {work} }}; sleep 20 }}");
        let text = text.replace("MANY", &many.to_string()).replace("WORK", &work);
        let text = format!("scenario \"growth\" horizon=1000000000\n{text}");
        explored(&written(&format!("growth-{times}"), &text)?, scheduler, 1)
    };
    // Where there are many, making them takes long: the work must take as long, or the difference says little.
    let (rounds, turns) = ((many / 50).clamp(400, 20_000), if many > 10_000 { 1 } else { 3 });
    let least = |times: u32| (0..turns).filter_map(|_| run(times)).reduce(f64::min);
    let each = (least(rounds + 1)? - least(1)?) * 1e9 / f64::from(rounds * EACH) / 2.0;
    (each > 0.0).then_some(each)
}

/// Prints all of it, and draws it.
pub fn print() {
    for paper in papers() {
        say(&format!("| work | {} | ns each | |\n|---|---|---|---|", paper.along));
        let mut curves: Vec<Curve> = Vec::new();
        for Measured { name, at, each } in paper.curves {
            eprintln!("{name}");
            let mut points = Vec::new();
            for many in at {
                let Some(each) = each(*many) else {
                    say(&format!("| {name} | {many} | | it does not run |"));
                    continue;
                };
                // A bar twice as long is twice as slow: 400 ns a mark.
                let bar = "#".repeat((each / 400.0).round().clamp(1.0, 60.0) as usize);
                say(&format!("| {name} | {many} | {each:.0} | `{bar}` |"));
                points.push((f64::from(*many), each));
            }
            curves.push((name, points));
        }
        let drawing = plot::drawn(&curves, paper.along, "nanoseconds for one");
        if let Err(error) = std::fs::write(root().join(paper.file), drawing) {
            eprintln!("{} cannot be written: {error}", paper.file);
        }
        say(&format!(
            "\n![What one costs, up, with so many {}, to the right, both by powers of ten]({})\n",
            paper.along,
            paper.file.trim_start_matches("docs/")
        ));
    }
}
