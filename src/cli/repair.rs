//! The nearest schedule that still fails after its scenario was edited.

use std::collections::{BTreeMap, BTreeSet};

use similar::{ChangeTag, TextDiff};

use crate::explore::Line as Step;
use crate::explore::{Calm, Lenient, Prefixed, Random, Rest, Schedule, SchedulerKind, describe};
use crate::model::{Played, VERSION, Verdict, play_under};
use crate::scenario::Simulation;
use crate::trace::{Line, Tone};

use super::loaded::Loaded;

/// How many calm steps are tried before a line that does not fit is left out.
const PATIENCE: [u32; 6] = [0, 1, 2, 4, 8, 16];
/// So many beginnings of the old run are continued, each under so many seeds.
const BEGINNINGS: usize = 50;
const SEEDS_EACH: u64 = 20;
/// And at last so many seeds are tried from the start.
const SEEDS: u64 = 2_000;
/// So many changed lines are shown.
const SHOWN: usize = 8;

/// A schedule that fits.
pub(super) struct Repaired {
    pub(super) schedule: Schedule,
    pub(super) played: Played<Simulation>,
    /// What had to be done.
    how: How,
    changes: Vec<(ChangeTag, String)>,
    /// What is called otherwise now.
    renamed: Vec<(String, String)>,
}

enum How {
    LeftOut,
    Continued { steps: usize, seed: u64 },
    Anew(u64),
}

/// Looks for it: what no longer fits is left out; then the run goes on otherwise from ever earlier places;
/// then it is another run. Of the first kind the one with the fewest changes is taken.
pub(super) fn repair(loaded: &Loaded, old: &Schedule) -> Option<Repaired> {
    let renamed = renamed(loaded, old);
    let lines = rename(&old.lines, &renamed);
    let mut best: Option<Repaired> = None;
    for patience in PATIENCE {
        for lines in [&lines, &old.lines] {
            let (played, followed) = follow(loaded, lines, patience);
            if broken(&played) {
                let renamed = if std::ptr::eq(lines, &old.lines) { Vec::new() } else { renamed.clone() };
                let found = Repaired::of(loaded, old, played, followed, How::LeftOut, renamed);
                if best.as_ref().is_none_or(|best| found.changes() < best.changes()) {
                    best = Some(found);
                }
            }
        }
    }
    best.or_else(|| {
        let (nearest, followed) = follow(loaded, &lines, 0);
        let (played, steps, seed) = continued(loaded, &nearest, followed)?;
        let all = played.run.choices.len();
        Some(Repaired::of(loaded, old, played, all, How::Continued { steps, seed }, renamed))
    })
    .or_else(|| {
        let (played, seed) = anew(loaded)?;
        let all = played.run.choices.len();
        Some(Repaired::of(loaded, old, played, all, How::Anew(seed), Vec::new()))
    })
}

fn broken(played: &Played<Simulation>) -> bool {
    matches!(played.run.verdict, Verdict::Broken(_))
}

fn follow(loaded: &Loaded, lines: &[Step], patience: u32) -> (Played<Simulation>, usize) {
    let mut lenient = Lenient::new(lines, patience);
    let played = play_under(&loaded.simulation, &mut lenient);
    (played, lenient.followed())
}

/// A beginning of the run, the longest that will do, and dice from there on.
fn continued(
    loaded: &Loaded,
    nearest: &Played<Simulation>,
    followed: usize,
) -> Option<(Played<Simulation>, usize, u64)> {
    let stride = followed.div_ceil(BEGINNINGS).max(1);
    let choices = &nearest.run.choices;
    let beginnings = (0..=followed.min(choices.len())).rev().step_by(stride);
    let tries = beginnings.flat_map(|kept| (0..SEEDS_EACH).map(move |seed| (kept, seed)));
    tries.into_iter().find_map(|(kept, seed)| {
        let mut scheduler = Prefixed::new(&choices[..kept], Random::new(seed));
        let played = play_under(&loaded.simulation, &mut scheduler);
        broken(&played).then_some((played, kept, seed))
    })
}

/// Another run altogether.
fn anew(loaded: &Loaded) -> Option<(Played<Simulation>, u64)> {
    let steps = play_under(&loaded.simulation, &mut Calm).run.steps;
    (0..SEEDS).find_map(|seed| {
        let mut swarm = SchedulerKind::Swarm.scheduler(seed, steps);
        let played = play_under(&loaded.simulation, &mut *swarm);
        broken(&played).then_some((played, seed))
    })
}

/// Whom the schedule names that nobody is called in a calm run any more, and who is called much like it.
fn renamed(loaded: &Loaded, old: &Schedule) -> Vec<(String, String)> {
    let calm = play_under(&loaded.simulation, &mut Calm);
    let now: BTreeSet<&str> = calm.cast.directory().names().map(base).collect();
    let before: BTreeSet<&str> = old.lines.iter().flat_map(|line| names_in(&line.text)).map(base).collect();
    let gone: Vec<&str> = before.difference(&now).copied().collect();
    let mut new: Vec<&str> = now.difference(&before).copied().collect();
    let mut renamed = Vec::new();
    for name in &gone {
        let nearest = new.iter().copied().min_by_key(|other| strsim::levenshtein(name, other));
        // Where one is gone and one is new there is no doubt; else more than half of it must be as it was.
        let only = gone.len() == 1 && new.len() == 1;
        let alike = |other: &&str| 2 * strsim::levenshtein(name, other) < name.len().max(other.len());
        if let Some(nearest) = nearest.filter(|nearest| only || alike(nearest)) {
            new.retain(|other| *other != nearest);
            renamed.push(((*name).to_owned(), nearest.to_owned()));
        }
    }
    renamed
}

/// `pool/worker` of `pool/worker#2`.
fn base(name: &str) -> &str {
    match name.rsplit_once('#') {
        Some((base, nth)) if nth.parse::<u32>().is_ok() => base,
        _ => name,
    }
}

fn names_in(line: &str) -> Vec<&str> {
    match line.split_once(' ') {
        Some(("deliver", rest)) => {
            let (from, to) = rest.split_once(" -> ").unwrap_or((rest, rest));
            [from, to].into_iter().filter(|name| !name.starts_with("timer ")).collect()
        }
        Some(("run" | "kill", rest)) => vec![rest],
        _ => Vec::new(),
    }
}

fn rename(lines: &[Step], renamed: &[(String, String)]) -> Vec<Step> {
    let renamed: BTreeMap<&str, &str> =
        renamed.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    let one = |name: &str| match renamed.get(base(name)) {
        Some(to) => format!("{to}{}", &name[base(name).len()..]),
        None => name.to_owned(),
    };
    let line = |step: &Step| {
        let text = match step.text.split_once(' ') {
            Some(("deliver", rest)) => match rest.split_once(" -> ") {
                Some((from, to)) => format!("deliver {} -> {}", one(from), one(to)),
                None => step.text.clone(),
            },
            Some((word @ ("run" | "kill"), rest)) => format!("{word} {}", one(rest)),
            _ => step.text.clone(),
        };
        Step { text, number: step.number }
    };
    lines.iter().map(line).collect()
}

impl Repaired {
    fn of(
        loaded: &Loaded,
        old: &Schedule,
        played: Played<Simulation>,
        followed: usize,
        how: How,
        renamed: Vec<(String, String)>,
    ) -> Self {
        let made = match &how {
            How::LeftOut | How::Continued { .. } => {
                format!("{}, repaired", old.scheduler.as_deref().unwrap_or("random"))
            }
            How::Anew(_) => "swarm".to_owned(),
        };
        let seed = if let How::Anew(seed) = how { Some(seed) } else { old.seed };
        let made = made.replace(", repaired, repaired", ", repaired");
        let lines = played.run.choices.iter().take(followed).map(|choice| describe(*choice, &played.cast));
        let schedule = Schedule {
            scheduler: Some(made),
            rest: match played.run.cycle {
                _ if followed < played.run.choices.len() || old.rest == Rest::Calm => Rest::Calm,
                Some(length) => Rest::Repeat(length),
                None => Rest::Nothing,
            },
            ..Schedule::new(VERSION, loaded.subject().name, loaded.hash(), seed, lines)
        };
        let text = |lines: &[Step]| lines.iter().map(|line| line.text.clone() + "\n").collect::<String>();
        let (before, after) = (text(&rename(&old.lines, &renamed)), text(&schedule.lines));
        let diff = TextDiff::from_lines(&before, &after);
        let changes = diff.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal);
        let changes = changes.map(|change| (change.tag(), change.value().trim_end().to_owned())).collect();
        Repaired { schedule, played, how, changes, renamed }
    }

    fn changes(&self) -> usize {
        self.changes.len()
    }

    fn count(&self, tag: ChangeTag) -> usize {
        self.changes.iter().filter(|(there, _)| *there == tag).count()
    }

    /// What was changed.
    pub(super) fn lines(&self, old: &Schedule) -> Vec<Line> {
        let plain = |text: String| Line::new().with(Tone::Plain, text);
        let of = old.lines.len();
        let (gone, new) = (self.count(ChangeTag::Delete), self.count(ChangeTag::Insert));
        let counted = format!("{gone} of its {of} lines left out, {new} new");
        let headline = match self.how {
            How::LeftOut if self.changes.is_empty() => format!("It fails again with all of its {of} lines."),
            How::LeftOut => format!("It fails again: {counted}."),
            How::Continued { steps, seed } => {
                format!("It fails again if it goes on otherwise after step {steps} (seed {seed}): {counted}.")
            }
            How::Anew(seed) => {
                format!("None like it fails any more, but another run does: seed {seed} of swarm.")
            }
        };
        let mut lines = vec![plain(headline)];
        for (from, to) in &self.renamed {
            lines.push(plain(format!("  {from} is called {to} now")));
        }
        if matches!(self.how, How::Anew(_)) {
            return lines;
        }
        for (tag, text) in self.changes.iter().take(SHOWN) {
            lines.push(match tag {
                ChangeTag::Delete => Line::new().with(Tone::Bad, format!("  - {text}")),
                ChangeTag::Insert | ChangeTag::Equal => Line::new().with(Tone::Good, format!("  + {text}")),
            });
        }
        if self.changes.len() > SHOWN {
            let more = self.changes.len() - SHOWN;
            lines.push(Line::new().with(Tone::Faint, format!("    and {more} more")));
        }
        lines
    }

    /// The same for programs.
    pub(super) fn json(&self) -> serde_json::Value {
        let renamed = self.renamed.iter().map(|(from, to)| serde_json::json!({ "from": from, "to": to }));
        serde_json::json!({
            "how": match self.how {
                How::LeftOut => "left-out",
                How::Continued { .. } => "continued",
                How::Anew(_) => "anew",
            },
            "left_out": self.count(ChangeTag::Delete),
            "new": self.count(ChangeTag::Insert),
            "renamed": renamed.collect::<Vec<_>>(),
        })
    }
}
