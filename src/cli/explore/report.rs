//! What exploring one file came to, as data: what is printed, and what machines write down for each other.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::model::campaign::{Failure, Found};
use crate::trace::{Line, Tone};

use super::super::exit::Exit;
use super::super::summary::{Entry, line_of};
use super::super::terminal::Terminal;
use super::super::words::{count, percentage};
use super::odds::{self, Odds};
use super::unreached::Unreached;
use super::words::forgotten_waits;

/// The result of exploring one file, or a part of its seeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::cli) struct Report {
    /// The scenario, as it was given.
    pub(super) file: String,
    /// The hash of its text.
    pub(super) hash: String,
    /// The version of treefall.
    pub(super) version: String,
    /// The scheduler, as schedules call it.
    pub(super) scheduler: String,
    /// The depth that the guarantee of PCT is for. It says nothing of faults: where there are some, there is none.
    pub(super) depth: Option<u32>,
    /// Whether it went on after a failure.
    pub(super) keep_going: bool,
    /// Whether the file says that something is wrong with it.
    pub(super) expects_failure: bool,
    /// All seeds of the campaign that this is a part of; none if time was the limit.
    pub(super) campaign: Option<Range<u64>>,
    /// The seeds that were tried.
    pub(super) tried: Vec<Range<u64>>,
    /// Whether somebody has pressed Ctrl-C.
    pub(super) interrupted: bool,
    /// Where each `sometimes` property begins, and what to say if no run has reached it.
    pub(super) unreached: BTreeMap<usize, Unreached>,
    /// The calm run.
    pub(super) calm: Found,
    /// The runs of the seeds.
    pub(super) seeds: Found,
    /// How long it took, on all machines together.
    pub(super) seconds: f64,
    /// Whether it claims to be the whole campaign, put together from parts.
    #[serde(skip)]
    pub(super) merged: bool,
    /// Why not every order was tried before, if that was wanted.
    #[serde(skip)]
    pub(super) unproved: Option<String>,
    /// What it lacks for that, beside seeds.
    #[serde(skip)]
    pub(in crate::cli) lacks: Vec<String>,
}

/// Why nothing is known of a file.
const NO_TIME: &str = "the time was up before any run had ended (--for)";

/// Shows a failure before it is told, and may tell it in colour.
pub(in crate::cli) type Story<'a> = dyn FnMut(&Failure, &mut Terminal<'_>) -> Option<Vec<Line>> + 'a;

/// What it comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Verdict {
    /// One word for people.
    pub(super) word: &'static str,
    /// One for programs.
    pub(super) id: &'static str,
    /// The exit status.
    pub(in crate::cli) exit: Exit,
}

impl Report {
    /// The scenario, as it was given.
    pub(in crate::cli) fn file(&self) -> String {
        self.file.clone()
    }

    /// Whether somebody has pressed Ctrl-C before it was done.
    pub(in crate::cli) fn was_interrupted(&self) -> bool {
        self.interrupted
    }

    /// Whether time was its only limit, so that nobody knows which seeds there should be.
    pub(in crate::cli) fn has_no_seeds_to_miss(&self) -> bool {
        self.campaign.is_none()
    }

    /// All runs together.
    pub(super) fn total(&self) -> Found {
        let mut total = self.calm.clone();
        total.append(self.seeds.clone());
        total
    }

    /// The seeds that the campaign has and nobody has tried, though they come before the first failure or
    /// none was to stop it.
    pub(super) fn missing(&self) -> Vec<Range<u64>> {
        let Some(campaign) = &self.campaign else { return Vec::new() };
        if !self.keep_going && self.calm.has_failed() {
            return Vec::new();
        }
        let end = match self.keep_going {
            true => None,
            false => self.seeds.failures.iter().filter_map(|failure| failure.seed).min(),
        };
        let end = end.unwrap_or(campaign.end);
        let (mut missing, mut next) = (Vec::new(), campaign.start);
        for tried in self.tried.iter().filter(|tried| !tried.is_empty()) {
            if tried.start.min(end) > next {
                missing.push(next..tried.start.min(end));
            }
            next = next.max(tried.end);
        }
        if next < end {
            missing.push(next..end);
        }
        missing
    }

    pub(in crate::cli) fn verdict(&self) -> Verdict {
        let of = |word, id, exit| Verdict { word, id, exit };
        let total = self.total();
        match worst(&total.failures) {
            Some((failure, exit)) => {
                let id = JUDGED.iter().find(|(id, _)| Some(*id) == failure.verdict["verdict"].as_str());
                let word = match exit {
                    Exit::Held => "found",
                    Exit::Wrong => "wrong",
                    _ => "broken",
                };
                of(word, id.map_or("broken", |(id, _)| id), exit)
            }
            None if self.interrupted => of("interrupted", "interrupted", Exit::Interrupted),
            None if total.runs == 0
                || total.limited.is_some()
                || !self.not_seen(&total).is_empty()
                || self.has_gaps() =>
            {
                of("inconclusive", "inconclusive", Exit::Inconclusive)
            }
            None if self.expects_failure => of("not found", "not-found", Exit::Inconclusive),
            None => of("held", "held", Exit::Held),
        }
    }

    /// Whether it is a whole campaign with holes. A part of one has none.
    fn has_gaps(&self) -> bool {
        self.merged && !(self.missing().is_empty() && self.lacks.is_empty())
    }

    /// What no run has reached.
    fn not_seen(&self, total: &Found) -> Vec<&Unreached> {
        let places = total.not_seen.iter().flatten();
        places.filter_map(|place| self.unreached.get(place)).collect()
    }

    /// `held  pool.kdl  10001 runs, 1500000 steps, 12 final states`
    pub(super) fn headline(&self, wide: usize) -> Line {
        let Verdict { word, exit, .. } = self.verdict();
        let tone = match exit {
            Exit::Held => Tone::Good,
            Exit::Inconclusive | Exit::Interrupted => Tone::Warning,
            Exit::Unwritten | Exit::Broken | Exit::Wrong => Tone::Bad,
        };
        Line::new()
            .with(tone, format!("{word:<12} "))
            .with(Tone::Plain, format!("{:<wide$}", self.file))
            .with(Tone::Faint, format!("  {}", self.effort()))
    }

    /// `10001 runs, 1500000 steps, 12 final states`
    fn effort(&self) -> String {
        let total = self.total();
        let about = if total.ends.is_exact() { "" } else { "about " };
        format!(
            "{}, {}, {about}{}",
            count(total.runs, "run"),
            count(total.steps, "step"),
            count(total.ends.distinct(), "final state")
        )
    }

    /// What is kept of it for others; `explain` says why what is in a schedule fails.
    pub(super) fn entry(&self, path: &Path, explain: impl FnOnce(&Path) -> Option<String>) -> Entry {
        let verdict = self.verdict();
        let result = self.json();
        let failures = self.total().failures;
        let told: Vec<&str> = failures.iter().flat_map(|failure| &failure.told).map(String::as_str).collect();
        let is_broken = verdict.exit == Exit::Broken;
        Entry {
            path: path.to_path_buf(),
            word: verdict.word.to_owned(),
            exit: verdict.exit,
            effort: self.effort(),
            why: result["why"].as_str().unwrap_or_default().to_owned(),
            told: told.join("\n"),
            explained: result["schedule"]
                .as_str()
                .filter(|_| is_broken)
                .and_then(|path| explain(Path::new(path))),
            line: line_of(&result["failures"][0]),
        }
    }

    /// Prints all but the headline, and what it is worth if that is asked for.
    pub(super) fn print_details(&self, with_worth: bool, terminal: &mut Terminal<'_>, story: &mut Story<'_>) {
        let (total, verdict) = (self.total(), self.verdict());
        let mut lines: Vec<String> = Vec::new();
        lines.extend(self.unproved.iter().map(|why| format!("sampled, not proved: {why}")));
        lines.extend(total.limited.iter().map(|(why, runs)| format!("{}: {why}", count(*runs, "run"))));
        if total.decides_nothing()
            && !self.interrupted
            && let [left] = self.missing().as_slice()
            && !self.merged
        {
            let Range { start, end } = left;
            lines.push(format!(
                "no run has come to a verdict, so the seeds from {start} on are not tried (--seeds {start}..{end} does)"
            ));
        }
        // One that was stopped by its first failure has hardly begun.
        if verdict.exit == Exit::Inconclusive || self.keep_going {
            lines.extend(self.not_seen(&total).into_iter().map(|unreached| unreached.of_runs(total.runs)));
        }
        if total.runs == 0 && !self.interrupted {
            lines.push(NO_TIME.to_owned());
        }
        if verdict.word == "not found" {
            lines.push("what this file says is wrong with it was not found under these seeds".to_owned());
        }
        if self.merged {
            let missing = self.missing();
            lines.extend(
                missing.iter().map(|gap| format!("nobody has tried the seeds {}..{}", gap.start, gap.end)),
            );
            lines.extend(self.lacks.iter().cloned());
        }
        if with_worth || self.depth.is_some() {
            lines.extend(self.worth());
        }
        if total.noted > 0 && !total.has_failed() {
            lines.push(forgotten_waits(total.noted, &count(total.runs, "run")));
        }
        if with_worth && (self.keep_going || !total.has_failed()) {
            lines.extend(total.meter.lines(true));
        }
        let lines: Vec<Line> =
            lines.iter().map(|told| Line::new().with(Tone::Plain, format!("  {told}"))).collect();
        terminal.print_lines(&lines);
        for failure in &total.failures {
            if terminal.quiet && exit_of(failure) == Exit::Held {
                continue;
            }
            terminal.print("\n");
            let in_colour = story(failure, terminal);
            if self.keep_going {
                let runs = count(failure.count, "run");
                let share = percentage(failure.count, total.runs);
                let told = format!("{runs} ({share}) failed like this one:");
                terminal.print_lines(&[Line::new().with(Tone::Plain, told)]);
            }
            let plain =
                || failure.told.iter().map(|told| Line::new().with(Tone::Plain, told.as_str())).collect();
            terminal.print_lines(&in_colour.unwrap_or_else(plain));
        }
        if total.others > 0 {
            let told = format!("{} failed in yet other ways", count(total.others, "run"));
            terminal.print_lines(&[Line::new(), Line::new().with(Tone::Plain, told)]);
        }
        if total.has_failed() {
            terminal.print("\n");
        }
    }

    /// What it is worth that nothing was found, if that can be said.
    pub(super) fn worth(&self) -> Option<String> {
        if !matches!(self.verdict().word, "held" | "not found") {
            return None;
        }
        let (seeds, parties, steps) = (self.seeds.runs, self.seeds.parties, self.calm.steps);
        if let Some(depth) = self.depth {
            let of = format!("a bug of depth {depth} in the first {}", count(steps, "step"));
            return Some(match odds::pct(seeds, parties, steps, depth) {
                Odds::Below(one_in) => {
                    let chance = odds::decimal(one_in);
                    format!("{of}, of {parties} parties, is missed with a probability below {chance}")
                }
                Odds::Takes(takes) => {
                    let takes = count(takes, "seed");
                    format!("{takes} would miss {of}, of {parties} parties, with a probability below 0.01")
                }
            });
        }
        let one_in = odds::one_in(seeds);
        (one_in > 1)
            .then(|| format!("what fails at least 1 run in {one_in} is missed with a probability below 0.01"))
    }

    /// The result for programs that read no more than it.
    pub(super) fn json(&self) -> Value {
        let total = self.total();
        let failures: Vec<Value> = total.failures.iter().map(told).collect();
        let worst = worst(&total.failures).map_or(Value::Null, |(failure, _)| told(failure));
        let field = |name: &str| worst.get(name).cloned().unwrap_or(Value::Null);
        let why = match (&worst, &total.limited) {
            (Value::Null, Some((why, _))) => why.as_str().into(),
            (Value::Null, None) if total.runs == 0 && !self.interrupted => NO_TIME.into(),
            (Value::Null, None) => match (self.not_seen(&total).first(), self.lacks.first()) {
                (Some(why), _) => why.of_runs(total.runs).into(),
                (None, lacks) => lacks.map(String::as_str).into(),
            },
            _ => field("why"),
        };
        json!({
            "verdict": self.verdict().id,
            "file": self.file,
            "runs": total.runs,
            "steps": total.steps,
            "states": null,
            "final_states": total.ends.distinct(),
            "final_states_seen_once": total.ends.once(),
            "scheduler": self.scheduler,
            "seed": field("seed"),
            "schedule": field("schedule"),
            "property": field("property"),
            "why": why,
            "seconds": self.seconds,
            "again": field("again"),
            "failures": failures,
            "never_reached": self.not_seen(&total).into_iter().map(Unreached::json).collect::<Vec<_>>(),
            "intensity": total.meter.json(),
        })
    }
}

/// The words that a single run is judged by, and what exit status each deserves.
const JUDGED: [(&str, Exit); 6] = [
    ("held", Exit::Held),
    ("broken-as-expected", Exit::Held),
    ("inconclusive", Exit::Inconclusive),
    ("held-unexpectedly", Exit::Broken),
    ("broken", Exit::Broken),
    ("unrunnable", Exit::Wrong),
];

/// What a failure deserves by itself.
fn exit_of(failure: &Failure) -> Exit {
    let word = failure.verdict["verdict"].as_str();
    JUDGED.iter().find(|(id, _)| Some(*id) == word).map_or(Exit::Broken, |(_, exit)| *exit)
}

/// The failure that counts: the worst, and of those the first.
fn worst(failures: &[Failure]) -> Option<(&Failure, Exit)> {
    let judged = failures.iter().map(|failure| (failure, exit_of(failure)));
    judged.reduce(|worst, next| if next.1 > worst.1 { next } else { worst })
}

/// A failure for programs.
fn told(failure: &Failure) -> Value {
    let mut value = failure.verdict.clone();
    value["runs"] = failure.count.into();
    value
}
