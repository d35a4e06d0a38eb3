//! What was changed in a schedule so that it fails again.

use serde_json::{Value, json};

use crate::explore::Schedule;
use crate::model::{Change, Model, Repair, Repaired};
use crate::trace::{Line, Tone};

/// So many changed lines are shown.
const SHOWN: usize = 8;

/// What was changed, for people. `old` is the schedule as it was.
pub(super) fn lines<M: Model>(repaired: &Repaired<M>, old: &Schedule) -> Vec<Line> {
    let plain = |text: String| Line::new().with(Tone::Plain, text);
    let of = old.lines.len();
    let (gone, new) = count(&repaired.changes);
    let counted = format!("{gone} of its {of} lines left out, {new} new");
    let headline = match repaired.how {
        Repair::LeftOut if repaired.changes.is_empty() => {
            format!("It fails again with all of its {of} lines.")
        }
        Repair::LeftOut => format!("It fails again: {counted}."),
        Repair::Continued { steps, seed } => {
            format!("It fails again if it goes on otherwise after step {steps} (seed {seed}): {counted}.")
        }
        Repair::Anew(seed) => {
            format!("None like it fails any more, but another run does: seed {seed} of swarm.")
        }
    };
    let mut lines = vec![plain(headline)];
    for (from, to) in &repaired.renamed {
        lines.push(plain(format!("  {from} is called {to} now")));
    }
    if matches!(repaired.how, Repair::Anew(_)) {
        return lines;
    }
    for change in repaired.changes.iter().take(SHOWN) {
        lines.push(match change {
            Change::LeftOut(text) => Line::new().with(Tone::Bad, format!("  - {text}")),
            Change::New(text) => Line::new().with(Tone::Good, format!("  + {text}")),
        });
    }
    if repaired.changes.len() > SHOWN {
        let more = repaired.changes.len() - SHOWN;
        lines.push(Line::new().with(Tone::Faint, format!("    and {more} more")));
    }
    lines
}

/// What was changed, for programs.
pub(super) fn as_json<M: Model>(repaired: &Repaired<M>) -> Value {
    let renamed = repaired.renamed.iter().map(|(from, to)| json!({ "from": from, "to": to }));
    let (gone, new) = count(&repaired.changes);
    json!({
        "how": match repaired.how {
            Repair::LeftOut => "left-out",
            Repair::Continued { .. } => "continued",
            Repair::Anew(_) => "anew",
        },
        "left_out": gone,
        "new": new,
        "renamed": renamed.collect::<Vec<_>>(),
    })
}

/// How many lines were left out, and how many are new.
fn count(changes: &[Change]) -> (usize, usize) {
    let gone = changes.iter().filter(|change| matches!(change, Change::LeftOut(_))).count();
    (gone, changes.len() - gone)
}
