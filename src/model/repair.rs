//! The nearest schedule that still fails after its scenario was edited.

use std::collections::{BTreeMap, BTreeSet};

use similar::{ChangeTag, TextDiff};

use crate::explore::ScheduleLine as Step;
use crate::explore::{Calm, Lenient, Prefixed, Random, Rest, Schedule, SchedulerKind, describe};

use super::play::{Played, Subject, VERSION, play_under};
use super::seam::Model;
use super::verdict::Verdict;

/// How many calm steps are tried before a line that does not fit is left out.
const PATIENCE: [u32; 6] = [0, 1, 2, 4, 8, 16];
/// So many beginnings of the old run are continued, each under so many seeds.
const BEGINNINGS: usize = 50;
const SEEDS_EACH: u64 = 20;
/// And at last so many seeds are tried from the start.
const SEEDS: u64 = 2_000;

/// A schedule that fits.
#[derive(Debug)]
pub struct Repaired<M: Model> {
    /// The schedule that fits again.
    pub schedule: Schedule,
    /// The run that it makes, which fails.
    pub played: Played<M>,
    /// What had to be done.
    pub how: Repair,
    /// Which lines differ, in their order.
    pub changes: Vec<Change>,
    /// What is called otherwise now: the old name and the new one.
    pub renamed: Vec<(String, String)>,
}

/// What had to be done to a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// What no longer fits was left out.
    LeftOut,
    /// After a beginning it goes on otherwise.
    Continued {
        /// How many steps of the old run are the beginning.
        steps: usize,
        /// The seed of the dice that go on.
        seed: u64,
    },
    /// It is another run: that of a seed of `swarm`.
    Anew(u64),
}

/// A line that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was in the old schedule only.
    LeftOut(String),
    /// It is in the new schedule only.
    New(String),
}

/// Looks for it: what no longer fits is left out; then the run goes on otherwise from ever earlier places;
/// then it is another run. Of the first kind the one with the fewest changes is taken.
pub fn repair<M: Model>(model: &M, subject: Subject<'_>, old: &Schedule) -> Option<Repaired<M>> {
    let renamed = renamed(model, old);
    let lines = rename(&old.lines, &renamed);
    let mut best: Option<Repaired<M>> = None;
    for patience in PATIENCE {
        for lines in [&lines, &old.lines] {
            let (played, followed) = follow(model, lines, patience);
            if broken(&played) {
                let renamed = if std::ptr::eq(lines, &old.lines) { Vec::new() } else { renamed.clone() };
                let found = Repaired::of(subject, old, played, followed, Repair::LeftOut, renamed);
                if best.as_ref().is_none_or(|best| found.changes.len() < best.changes.len()) {
                    best = Some(found);
                }
            }
        }
    }
    best.or_else(|| {
        let (nearest, followed) = follow(model, &lines, 0);
        let (played, steps, seed) = continued(model, &nearest, followed)?;
        let all = played.run.choices.len();
        Some(Repaired::of(subject, old, played, all, Repair::Continued { steps, seed }, renamed))
    })
    .or_else(|| {
        let (played, seed) = anew(model)?;
        let all = played.run.choices.len();
        Some(Repaired::of(subject, old, played, all, Repair::Anew(seed), Vec::new()))
    })
}

fn broken<M: Model>(played: &Played<M>) -> bool {
    matches!(played.run.verdict, Verdict::Broken(_))
}

fn follow<M: Model>(model: &M, lines: &[Step], patience: u32) -> (Played<M>, usize) {
    let mut lenient = Lenient::new(lines, patience);
    let played = play_under(model, &mut lenient);
    (played, lenient.followed())
}

/// A beginning of the run, the longest that will do, and dice from there on.
fn continued<M: Model>(model: &M, nearest: &Played<M>, followed: usize) -> Option<(Played<M>, usize, u64)> {
    let stride = followed.div_ceil(BEGINNINGS).max(1);
    let choices = &nearest.run.choices;
    let beginnings = (0..=followed.min(choices.len())).rev().step_by(stride);
    let tries = beginnings.flat_map(|kept| (0..SEEDS_EACH).map(move |seed| (kept, seed)));
    tries.into_iter().find_map(|(kept, seed)| {
        let mut scheduler = Prefixed::new(&choices[..kept], Random::new(seed));
        let played = play_under(model, &mut scheduler);
        broken(&played).then_some((played, kept, seed))
    })
}

/// Another run altogether.
fn anew<M: Model>(model: &M) -> Option<(Played<M>, u64)> {
    let steps = play_under(model, &mut Calm).run.steps;
    (0..SEEDS).find_map(|seed| {
        let mut swarm = SchedulerKind::SWARM.scheduler(seed, steps);
        let played = play_under(model, &mut *swarm);
        broken(&played).then_some((played, seed))
    })
}

/// Whom the schedule names that nobody is called in a calm run any more, and who is called much like it.
fn renamed<M: Model>(model: &M, old: &Schedule) -> Vec<(String, String)> {
    let calm = play_under(model, &mut Calm);
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

impl<M: Model> Repaired<M> {
    fn of(
        subject: Subject<'_>,
        old: &Schedule,
        played: Played<M>,
        followed: usize,
        how: Repair,
        renamed: Vec<(String, String)>,
    ) -> Self {
        let made = match &how {
            Repair::LeftOut | Repair::Continued { .. } => {
                format!("{}, repaired", old.scheduler.as_deref().unwrap_or("random"))
            }
            Repair::Anew(_) => "swarm".to_owned(),
        };
        let seed = if let Repair::Anew(seed) = how { Some(seed) } else { old.seed };
        let made = made.replace(", repaired, repaired", ", repaired");
        let lines = played.run.choices.iter().take(followed).map(|choice| describe(*choice, &played.cast));
        let schedule = Schedule {
            scheduler: Some(made),
            rest: match played.run.cycle {
                _ if followed < played.run.choices.len() || old.rest == Rest::Calm => Rest::Calm,
                Some(length) => Rest::Repeat(length),
                None => Rest::Nothing,
            },
            ..Schedule::new(VERSION, subject.name, subject.hash, seed, lines)
        };
        let text = |lines: &[Step]| lines.iter().map(|line| line.text.clone() + "\n").collect::<String>();
        let (before, after) = (text(&rename(&old.lines, &renamed)), text(&schedule.lines));
        let diff = TextDiff::from_lines(&before, &after);
        let changes = diff.iter_all_changes().filter_map(|change| {
            let line = change.value().trim_end().to_owned();
            match change.tag() {
                ChangeTag::Equal => None,
                ChangeTag::Delete => Some(Change::LeftOut(line)),
                ChangeTag::Insert => Some(Change::New(line)),
            }
        });
        let changes = changes.collect();
        Repaired { schedule, played, how, changes, renamed }
    }
}
