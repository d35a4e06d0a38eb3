//! A judgement, as a comment on a pull request.

use crate::judge::{Costs, DesignVerdict};
use crate::trace::Line;

use super::super::markup::{code, code_in_cell, fenced, plain};
use super::super::terminal::{ON_A_PIPE, rendered};
use super::report::Report;
use super::told::{change_words, costs_words, drawn, reasons, verdict_words, worth};

/// So many changes and reasons are told.
const SHOWN: usize = 10;

/// The whole judgement as one comment.
pub(super) fn page(report: &Report<'_>) -> String {
    let judging = report.judging;
    let mut page = format!("### treefall judge {}\n\n", code(&report.loaded.name));
    for tree in &report.loaded.scenario.trees {
        page.push_str(&format!("- as it is: {}\n", code(&drawn(&tree.supervisor))));
    }
    let word = match &judging.own.verdict {
        DesignVerdict::Proved(_) | DesignVerdict::Sampled(_) => "holds",
        DesignVerdict::Breaks(_) => "**breaks**",
        DesignVerdict::Unclear(_) | DesignVerdict::Refused => "unclear",
    };
    page.push_str(&format!("- {word}: {}\n", plain(&verdict_words(&judging.own.verdict))));
    if !report.holding.is_empty() {
        page.push_str("\n| | change | holds | costs |\n|---|---|---|---|\n");
    }
    for (place, judged) in report.holding.iter().enumerate().take(SHOWN) {
        let costs = |costs: &Costs| costs_words(costs);
        page.push_str(&format!(
            "| {} | {} | {} | {} |\n",
            place + 1,
            code_in_cell(&change_words(&judged.changes)),
            plain(&verdict_words(&judged.verdict)),
            plain(&judged.costs.as_ref().map_or_else(String::new, costs))
        ));
    }
    let more = report.holding.len().saturating_sub(SHOWN);
    if more > 0 {
        page.push_str(&format!("\n{more} more hold.\n"));
    }
    let reasons = reasons(report);
    if !reasons.is_empty() {
        page.push_str("\n| breaks | with |\n|---|---|\n");
    }
    for (broken, alike) in reasons.iter().take(SHOWN) {
        let changes: Vec<String> =
            alike.iter().take(SHOWN).map(|judged| code_in_cell(&change_words(&judged.changes))).collect();
        let more = alike.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let changes = changes.join(", ");
        let why = plain(&format!("{}: {}", broken.property, broken.why));
        page.push_str(&format!("| {why} | {changes}{more} |\n"));
    }
    page.push('\n');
    page.push_str(&plain(&worth(report).join(" ")));
    page.push('\n');
    page
}

/// What has no table of its own, as it is printed elsewhere.
pub(super) fn quoted(what: &str, lines: &[Line]) -> String {
    format!("### treefall judge {what}\n\n{}", fenced(&rendered(lines, ON_A_PIPE, false)))
}
