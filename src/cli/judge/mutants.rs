//! `treefall judge --mutants`: what nothing in a file would notice.

use serde_json::json;

use crate::judge::{DesignVerdict, Mutant, Mutation, mutate};
use crate::kernel::StopFlag;
use crate::trace::{Line, Tone};

use super::super::exit::Exit;
use super::super::loaded::Loaded;
use super::super::terminal::Terminal;
use super::super::words::{count, percentage};
use super::args::Args;
use super::engine::{print, watched};
use super::markdown;
use super::report::worth;
use super::told::{one_change_words, shared_words, verdict_words};

/// Makes the design of one file worse.
pub(super) fn one(
    loaded: &Loaded,
    args: &Args,
    stop: &StopFlag,
    terminal: &mut Terminal<'_>,
) -> (&'static str, Exit) {
    let budget = args.budget();
    let mutation =
        watched(loaded, terminal, |read, listen| mutate(&loaded.text, read, &budget, stop, listen));
    let lines = || lines(loaded, &mutation, args);
    print(terminal, || as_json(loaded, &mutation), || markdown::quoted("--mutants", &lines()), |_| lines());
    worth(&mutation.own)
}

/// Those that nothing noticed, and how many were.
fn survivors(mutation: &Mutation) -> (Vec<&Mutant>, usize) {
    let unnoticed = mutation.mutants.iter().filter(|mutant| mutant.verdict.holds()).collect();
    (
        unnoticed,
        mutation.mutants.iter().filter(|mutant| matches!(mutant.verdict, DesignVerdict::Breaks(_))).count(),
    )
}

fn lines(loaded: &Loaded, mutation: &Mutation, args: &Args) -> Vec<Line> {
    let plain = |text: String| Line::new().with(Tone::Plain, text);
    let mut lines = vec![plain(loaded.name.clone())];
    if !mutation.own.holds() {
        let (head, rest) = match &mutation.own {
            DesignVerdict::Breaks(_) => (
                Line::new().with(Tone::Bad, "breaks  "),
                "What is broken cannot be made worse: mend it first (treefall judge).",
            ),
            _ => (
                Line::new().with(Tone::Warning, "unclear "),
                "Nobody knows whether it holds, so nothing was made worse.",
            ),
        };
        lines.push(head.with(Tone::Plain, verdict_words(&mutation.own)));
        lines.push(plain(rest.to_owned()));
        return lines;
    }
    lines.push(Line::new().with(Tone::Good, "holds   ").with(Tone::Plain, verdict_words(&mutation.own)));
    let (unnoticed, noticed) = survivors(mutation);
    let all = unnoticed.len() + noticed;
    let score = percentage(noticed as u64, all as u64);
    lines.push(plain(format!("{noticed} of {} noticed: {score}", count(all as u64, "mutant"))));
    if !unnoticed.is_empty() {
        lines.push(Line::new());
        lines.push(plain("Nothing here would tell if this were so:".to_owned()));
    }
    for mutant in &unnoticed {
        lines.push(Line::new().with(Tone::Warning, format!("  {}", one_change_words(&mutant.change))));
    }
    let idle = mutation.idle();
    if !idle.is_empty() {
        lines.push(Line::new());
        lines.push(plain("No mutant breaks this:".to_owned()));
    }
    for (asked, line) in idle {
        let place = Line::new().with(Tone::Faint, format!("  line {line}: "));
        lines.push(place.with(Tone::Warning, asked.line.clone()));
    }
    lines.push(Line::new());
    let unclear = mutation.mutants.len() - all;
    let unclear = if unclear > 0 { format!("; {unclear} are unclear") } else { String::new() };
    let (states, seeds) = (args.max_states, args.seeds);
    let worth = format!(
        "Each up to its first failure, in every order up to {states} states, else under {seeds} seeds{unclear}."
    );
    lines.push(Line::new().with(Tone::Faint, worth));
    let shared = mutation.mutants.iter().filter(|mutant| mutant.shared).count();
    lines.extend(shared_words(shared).map(|told| Line::new().with(Tone::Faint, told)));
    if mutation.given_up {
        lines.push(Line::new().with(Tone::Warning, "It was given up before all were tried."));
    }
    lines
}

fn as_json(loaded: &Loaded, mutation: &Mutation) -> serde_json::Value {
    let (unnoticed, noticed) = survivors(mutation);
    let words = |mutant: &&Mutant| mutant.change.words();
    json!({
        "file": loaded.name,
        "verdict": worth(&mutation.own).0,
        "mutants": unnoticed.len() + noticed,
        "noticed": noticed,
        "unnoticed": unnoticed.iter().map(words).collect::<Vec<_>>(),
        "idle": mutation.idle().iter().map(|(asked, line)| json!({ "line": line, "code": asked.line })).collect::<Vec<_>>(),
        "shared": mutation.mutants.iter().filter(|mutant| mutant.shared).count(),
        "given_up": mutation.given_up,
    })
}
