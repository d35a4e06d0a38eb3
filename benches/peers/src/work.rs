//! The work that treefall does for the tables: whatever starting takes is left out by doing the work twice, once many
//! times and once a few times, and looking at the difference.

use super::asked::{LONG, explored, takes, written};

pub const MESSAGES: &str = "scenario \"work\" horizon=1000000000
    supervisor top { worker server }
    server server { var n 0; on cast hello { add n 1 } }
    client c { repeat TIMES { repeat 100 { cast server hello }; sleep 20 } }";
pub const CALLS: &str = "scenario \"work\" horizon=1000000000
    supervisor top { worker server }
    server server { on call hello { reply ok } }
    client c { repeat TIMES { repeat 100 { call server hello }; sleep 20 } }";
pub const SPAWNS: &str = "scenario \"work\" horizon=1000000000
    supervisor top { worker server }
    server server { }
    process short { note \"gone\" }
    client c { repeat TIMES { repeat 100 { spawn short as=$pid; monitor $pid as=$ref; receive DOWN $ref }; sleep 20 } }";
pub const RESTARTS: &str = "scenario \"restarts\" horizon=1000000000
    supervisor top max_restarts=1000000 { worker server }
    server server { on info die { exit reason=dead } }
    client c { repeat TIMES { repeat 100 { send server die; settle }; sleep 20 } }";

/// Children of a supervisor of OTP's, as many as are asked for.
pub const STATIC: &str = "scenario \"children\" horizon=1000000000
    shared n 0
    supervisor pool { }
    server idle { }
    client c { repeat TIMES { add n 1; child_spec idle id=$n as=$spec; start_child pool $spec }; END }";
/// Children of a supervisor of Elixir's.
pub const DYNAMIC: &str = "scenario \"children\" horizon=1000000000
    supervisor top { dynamic_supervisor pool restart=temporary }
    server idle { }
    client c { repeat TIMES { start_child pool idle }; END }";

/// The difference between many and few, by the second.
fn rate(items: f64, many: Option<f64>, few: Option<f64>) -> Option<f64> {
    Some(items / (many? - few?)).filter(|rate| rate.is_finite() && *rate > 0.0)
}

/// The yardstick.
const SMALL_RUN: &str = "scenarios/bench/small_run.kdl";

/// Whole runs of the yardstick.
pub fn small_runs(scheduler: &str) -> Option<f64> {
    runs_of(SMALL_RUN, scheduler)
}

/// The same with the oracles that are asked by themselves switched off.
pub fn small_runs_unjudged(scheduler: &str) -> Option<f64> {
    let text = std::fs::read_to_string(super::asked::root().join(SMALL_RUN)).ok()?;
    let allowed = ["orphans", "deadlock", "overlap", "held-resources"];
    let allowed: String = allowed.iter().map(|oracle| format!("allow {oracle}\n")).collect();
    runs_of(&written("unjudged", &format!("{text}\n{allowed}"))?, scheduler)
}

fn runs_of(path: &str, scheduler: &str) -> Option<f64> {
    let run =
        |seeds: u32| takes(&format!("explore {path} --jobs 1 --seeds 0..{seeds} --scheduler {scheduler}"));
    rate(20_000.0, run(21_000), run(1_000))
}

/// A scenario that does something so many times, calmly and under two seeds.
pub fn repeated(scenario: &str) -> Option<f64> {
    // Time passes after each hundred: where it stands still, a run is watched for going round.
    let run = |times: u32| {
        let path = written(&format!("repeated-{times}"), &scenario.replace("TIMES", &times.to_string()))?;
        explored(&path, "random", 2)
    };
    rate(3.0 * 100_000.0, run(1_100), run(100))
}

/// The same, once and with everything recorded.
pub fn recorded(scenario: &str) -> Option<f64> {
    let run = |times: u32| {
        let path = written(&format!("recorded-{times}"), &scenario.replace("TIMES", &times.to_string()))?;
        takes(&format!("run -q --trace none {LONG} {path}"))
    };
    rate(100_000.0, run(1_100), run(100))
}

/// Children started one after the other, or all that there are stopped: calmly, and under a seed.
pub fn children(scenario: &str, children: u32, stopped: bool) -> Option<f64> {
    let run = |children: u32, end: &str| {
        let text = scenario.replace("TIMES", &children.to_string()).replace("END", end);
        explored(&written(&format!("children-{children}"), &text)?, "random", 1)
    };
    let (start, stop) = ("settle", "stop pool reason=shutdown");
    let items = 2.0 * f64::from(children);
    match stopped {
        false => rate(items, run(children + 100, start), run(100, start)),
        true => rate(items, run(children, stop), run(children, start)),
    }
}

/// Starts of the thousand children of a supervisor that starts all anew when one of them dies.
pub fn group() -> Option<f64> {
    let names = || (1..1_000).map(|number| format!("w{number}"));
    let workers: String = names().map(|name| format!("worker {name}; ")).collect();
    let servers: String = names().map(|name| format!("server {name} {{ }}\n")).collect();
    let run = |times: u32| {
        let text = format!(
            "scenario \"group\" horizon=1000000000
             supervisor top strategy=one_for_all max_restarts=1000000 {{ worker server; {workers} }}
             server server {{ on info die {{ exit reason=dead }} }}
             {servers}
             client c {{ repeat {times} {{ send server die; settle; sleep 20 }} }}"
        );
        explored(&written(&format!("group-{times}"), &text)?, "random", 1)
    };
    rate(2.0 * 1_000.0 * 50.0, run(51), run(1))
}

/// Steps of so many processes that all wake at the same time: each is woken, and runs.
pub fn wakes(processes: u32, scheduler: &str) -> Option<f64> {
    let rounds = (200_000 / processes).clamp(1, 1_000);
    let run = |rounds: u32| {
        let text = format!(
            "scenario \"wakes\" horizon=1000000000
             supervisor top {{ worker server }}
             server server {{ }}
             process sleeper {{ repeat {rounds} {{ sleep 1000 }} }}
             client c {{ repeat {processes} {{ spawn sleeper }} }}"
        );
        explored(&written(&format!("wakes-{rounds}"), &text)?, scheduler, 1)
    };
    rate(2.0 * 2.0 * f64::from(processes) * f64::from(rounds), run(rounds + 1), run(1))
}

/// Lines of a file that are read and lowered.
pub fn lines() -> Option<f64> {
    let run = |handlers: u32| {
        let handlers = (0..handlers).map(|number| {
            format!("    on call hello{number} {{\n        reply ok\n        log \"said\"\n    }}\n")
        });
        let text = format!(
            "supervisor top {{ worker server }}\nserver server {{\n{}}}\n",
            handlers.collect::<String>()
        );
        let path = written("lines", &text)?;
        takes(&format!("run -q --trace none {path}"))
    };
    rate(4.0 * 2_500.0, run(2_510), run(10))
}

/// A shape of what is searched: the text of a file, or its path.
pub enum Shape {
    Tree,
    Restart,
    Senders,
}

impl Shape {
    /// Where its file is.
    pub fn path(&self) -> Option<String> {
        let many = |count: u32, line: &str| -> String {
            (0..count)
                .map(|number| format!("client c{number} {{ {} }}\n", line.replace('#', &number.to_string())))
                .collect()
        };
        match self {
            Shape::Tree => Some("scenarios/guide/11_observer_watches_and_kills.kdl".to_owned()),
            Shape::Restart => {
                let callers = many(6, "call server work; expect ok or_exit=_");
                let text = format!(
                    "supervisor top {{ worker server }}
                     server server {{ on call work {{ reply ok }} }}
                     client killer {{ monitor server as=$ref; kill server; receive DOWN $ref }}
                     {callers}"
                );
                written("restart", &text)
            }
            Shape::Senders => {
                let senders = many(14, "cast counter add #");
                let text = format!(
                    "supervisor top {{ worker counter }}
                     server counter {{ var last 0; on cast add $number {{ set last $number }} }}
                     {senders}"
                );
                written("senders", &text)
            }
        }
    }

    /// The command line of a search that is given up at so many states.
    pub fn search(&self, jobs: u32, states: u32) -> Option<String> {
        let path = self.path()?;
        Some(format!("explore --exhaustive --jobs {jobs} --max-states {states} --trace none {path}"))
    }
}

/// States of a search of every order.
pub fn states(shape: &Shape, jobs: u32) -> Option<f64> {
    let run = |states: u32| takes(&shape.search(jobs, states)?);
    rate(100_000.0, run(110_000), run(10_000))
}

/// Searches of every order of a file, from its start to the verdict.
pub fn searches(file: &str, times: u32) -> Option<f64> {
    let run = || takes(&format!("explore --exhaustive --jobs 1 --trace none scenarios/bench/{file}.kdl"));
    let took: Option<f64> = (0..times).map(|_| run()).sum();
    Some(f64::from(times) / took?)
}

/// From nothing to the verdict of one calm run.
pub fn starts() -> Option<f64> {
    let took = (0..20).map(|_| takes("run -q --trace none scenarios/bench/small_run.kdl"));
    let took: Option<f64> = took.sum();
    Some(20.0 / took?)
}
