//! The smallest changes of a tree with which a failing run, and every other, would have held.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::judge::{Budget, DesignVerdict, Judging};
use crate::kernel::StopFlag;
use crate::model::{Smallest, all_processors};
use crate::scenario::Simulation;
use crate::scenario::ast::Knob;
use crate::trace::{Line, Tone};

use super::super::judge::{change_words, judged, verdict_words};
use super::super::loaded::Loaded;
use super::super::terminal::Terminal;

/// Of each design so many states, and else so many seeds: an explanation is waited for.
const STATES: u64 = 5_000;
const SEEDS: u64 = 100;
/// So many changes are told.
const SHOWN: usize = 3;

/// Tries what is one change away. Of compiled code nothing can be changed.
pub(super) fn judging(
    loaded: &Loaded,
    smallest: &Smallest<Simulation>,
    stop: &StopFlag,
    terminal: &mut Terminal<'_>,
) -> Option<Judging> {
    if !loaded.scenario.code.folders.is_empty() {
        return None;
    }
    let knobs: BTreeSet<Knob> = Knob::WORDS.iter().map(|(_, knob)| *knob).collect();
    let budget = Budget {
        knobs,
        distance: Some(1),
        states: STATES,
        seeds: SEEDS,
        pairs: 0,
        jobs: all_processors(),
        share: true,
    };
    let judging = judged(loaded, &budget, &smallest.decisions(), stop, terminal);
    (!judging.others.is_empty()).then_some(judging)
}

/// One line each.
pub(super) fn lines(judging: &Judging) -> Vec<Line> {
    let holding = judging.holding();
    if judging.given_up && holding.is_empty() {
        return Vec::new();
    }
    let headline = match holding.len() {
        0 => "No single change of the tree would do better.",
        1 => "One change of the tree would:",
        _ => "These changes of the tree would do, each alone:",
    };
    let mut lines = vec![Line::new().with(Tone::Plain, headline)];
    for judged in holding.iter().take(SHOWN) {
        lines.push(
            Line::new()
                .with(Tone::Good, format!("  {}", change_words(&judged.changes)))
                .with(Tone::Faint, format!("  {}", verdict_words(&judged.verdict))),
        );
    }
    if holding.len() > SHOWN {
        let more = holding.len() - SHOWN;
        lines.push(Line::new().with(Tone::Faint, format!("  and {more} more: treefall judge")));
    }
    lines
}

/// The same for programs.
pub(super) fn json(judging: &Judging) -> Value {
    let told = judging.holding().into_iter().map(|judged| {
        let proved = matches!(judged.verdict, DesignVerdict::Proved(_));
        json!({ "change": change_words(&judged.changes), "proved": proved })
    });
    told.collect()
}
