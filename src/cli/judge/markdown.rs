//! A judgement, as a comment on a pull request.

use crate::judge::{Costs, Verdict};

use super::report::Report;
use super::told::{change_words, costs_words, drawn, reasons, verdict_words, worth};

/// So many changes and reasons are told.
const SHOWN: usize = 10;

/// The whole judgement as one comment.
pub(super) fn page(report: &Report<'_>) -> String {
    let judging = report.judging;
    let mut page = format!("### treefall judge `{}`\n\n", report.loaded.name);
    for tree in &report.loaded.scenario.trees {
        page.push_str(&format!("- as it is: `{}`\n", drawn(&tree.supervisor)));
    }
    let word = match &judging.own.verdict {
        Verdict::Proved(_) | Verdict::Sampled(_) => "holds",
        Verdict::Breaks(_) => "**breaks**",
        Verdict::Unclear(_) | Verdict::Refused => "unclear",
    };
    page.push_str(&format!("- {word}: {}\n", escaped(&verdict_words(&judging.own.verdict))));
    if !report.holding.is_empty() {
        page.push_str("\n| | change | holds | costs |\n|---|---|---|---|\n");
    }
    for (place, judged) in report.holding.iter().enumerate().take(SHOWN) {
        page.push_str(&format!(
            "| {} | `{}` | {} | {} |\n",
            place + 1,
            change_words(&judged.changes).replace('|', "\\|"),
            verdict_words(&judged.verdict),
            escaped(&judged.costs.as_ref().map_or_else(String::new, |costs: &Costs| costs_words(costs)))
        ));
    }
    let reasons = reasons(report);
    if !reasons.is_empty() {
        page.push_str("\n| breaks | with |\n|---|---|\n");
    }
    for (broken, alike) in reasons.iter().take(SHOWN) {
        let changes: Vec<String> =
            alike.iter().take(SHOWN).map(|judged| format!("`{}`", change_words(&judged.changes))).collect();
        let more = alike.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let changes = changes.join(", ").replace('|', "\\|");
        page.push_str(&format!("| {}: {} | {changes}{more} |\n", broken.property, escaped(&broken.why)));
    }
    page.push('\n');
    page.push_str(&worth(report).join(" "));
    page.push('\n');
    page
}

/// A text that means nothing to Markdown.
fn escaped(text: &str) -> String {
    let special = |letter: char| "\\`*_{}[]<>|#".contains(letter);
    text.chars().flat_map(|letter| special(letter).then_some('\\').into_iter().chain([letter])).collect()
}
