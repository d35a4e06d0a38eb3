//! How the cost of one step grows with what there is: a table with a bar beside each figure, and a drawing.

use super::plot::{self, Curve};
use super::treefall::{root, takes};

/// Where it is drawn.
const DRAWING: &str = "docs/growth.svg";

/// With so many idle workers beside the server that the work is about.
const SIBLINGS: [u32; 6] = [1, 10, 100, 1_000, 10_000, 100_000];
/// So often the work is done before time passes.
const EACH: u32 = 100;

/// What is done beside idle workers.
const WORK: [(&str, &str); 3] = [
    ("a call", "call server hello"),
    ("a restart by `one_for_one`", "send server die; settle"),
    ("a start and a stop of one more", "start_child pool idle as=$pid; terminate_child pool $pid"),
];

fn scenario(siblings: u32, times: u32, work: &str) -> String {
    format!(
        "scenario \"growth\" horizon=1000000000
         supervisor top max_restarts=1000000 {{ dynamic_supervisor pool; worker server }}
         server idle {{ }}
         server server {{ on call hello {{ reply ok }}; on info die {{ exit reason=dead }} }}
         client c {{
             repeat {siblings} {{ start_child pool idle }}
             repeat {times} {{ repeat {EACH} {{ {work} }}; sleep 20 }}
         }}"
    )
}

/// Nanoseconds for one piece of work: between the least of three of many times, and the least of three of few.
fn each(siblings: u32, work: &str) -> Option<f64> {
    let run = |times: u32| {
        let path = std::env::temp_dir().join(format!("treefall-growth-{times}.kdl"));
        std::fs::write(&path, scenario(siblings, times, work)).ok()?;
        takes(&format!(
            "explore {} --jobs 1 --seeds 0..1 --scheduler random --run-steps 100000000 --run-work 1000000000 --run-processes 2000000",
            path.display()
        ))
    };
    // So often time passes: seldom enough where starting the others takes a second.
    let rounds = if siblings > 10_000 { 100 } else { 400 };
    let least = |times: u32| (0..3).filter_map(|_| run(times)).reduce(f64::min);
    Some((least(rounds + 1)? - least(1)?) * 1e9 / f64::from(rounds * EACH) / 2.0)
}

/// Prints all of it, and draws it.
pub fn print() {
    println!("| work | beside | ns each | |\n|---|---|---|---|");
    let mut curves: Vec<Curve> = Vec::new();
    for (name, work) in WORK {
        eprintln!("{name}");
        let mut points = Vec::new();
        for siblings in SIBLINGS {
            let Some(each) = each(siblings, work) else {
                println!("| {name} | {siblings} | | it does not run |");
                continue;
            };
            // A bar twice as long is twice as slow: 400 ns a mark.
            let bar = "#".repeat((each / 400.0).round().clamp(1.0, 60.0) as usize);
            println!("| {name} | {siblings} | {each:.0} | `{bar}` |");
            points.push((f64::from(siblings), each));
        }
        curves.push((name, points));
    }
    let drawing = plot::drawn(&curves, "idle workers beside it", "nanoseconds for one");
    let path = root().join(DRAWING);
    if let Err(error) = std::fs::write(&path, drawing) {
        eprintln!("{} cannot be written: {error}", path.display());
    }
}
