//! A comparison, for people and for programs.

use serde_json::json;

use crate::beam::{Difference, Installed};

use super::super::loaded::Loaded;
use super::compare::Comparison;

/// What is installed, in words.
pub(super) fn release(installed: &Installed) -> String {
    match &installed.elixir {
        Some(elixir) => format!("Erlang/OTP {} and Elixir 1.{}", installed.otp, elixir.minor),
        None => format!("Erlang/OTP {}", installed.otp),
    }
}

/// A comparison, for people.
pub(super) fn as_text(
    loaded: &Loaded,
    comparison: &Comparison,
    installed: &Installed,
    width: usize,
) -> String {
    let file = &loaded.name;
    match comparison {
        Comparison::Agrees { runs, simulated, shown, mixed } => {
            let runs = if *runs == 1 { "1 run".to_owned() } else { format!("{runs} runs") };
            let number = simulated.outcomes.len();
            let race = match (number, simulated.all) {
                (1, _) => String::new(),
                (_, true) => format!(", which showed {shown} of all {number} outcomes"),
                (_, false) => {
                    format!(", which showed {shown} of the {number} outcomes that treefall has seen")
                }
            };
            let mixed = match mixed {
                0 => String::new(),
                mixed => format!(" and {mixed} times a mixture of them"),
            };
            format!("{file}: agrees with {} in {runs}{race}{mixed}\n", release(installed))
        }
        Comparison::Disagrees { run, certain, differences } => {
            let sure = if *certain {
                "which no run of treefall does"
            } else {
                "which no run of treefall is seen to do"
            };
            let mut text = format!("{file}: differs from {} in run {run}, {sure}\n", release(installed));
            for difference in differences {
                text.push_str(&beside(difference, width));
            }
            text
        }
        Comparison::NotComparable(why) => format!("{file}: cannot be compared: {why}\n"),
        Comparison::Failed(why) => format!("{file}: error: {why}\n"),
    }
}

/// Both stories of a part beside each other, the first difference marked.
fn beside(difference: &Difference, width: usize) -> String {
    let column = (width.saturating_sub(7) / 2).max(20);
    let mut text = format!("\n  {}\n", difference.part);
    let mut row = |mark: &str, left: &str, right: &str| {
        let (left, right) = (folded(left, column), folded(right, column));
        for at in 0..left.len().max(right.len()) {
            let nothing = String::new();
            let (left, right) = (left.get(at).unwrap_or(&nothing), right.get(at).unwrap_or(&nothing));
            let mark = if at == 0 { mark } else { " " };
            let padding = " ".repeat(column.saturating_sub(left.chars().count()));
            text.push_str(format!("  {mark} {left}{padding} | {right}").trim_end());
            text.push('\n');
        }
    };
    row(" ", "treefall", "Erlang");
    for line in &difference.lines {
        let side = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        row(if line.first_difference { ">" } else { " " }, &side(&line.treefall), &side(&line.real));
    }
    text
}

/// A text in pieces of so many characters.
fn folded(text: &str, column: usize) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(column).map(|piece| piece.iter().collect()).collect()
}

/// A comparison, for programs.
pub(super) fn as_json(loaded: &Loaded, comparison: &Comparison, installed: &Installed) -> serde_json::Value {
    let elixir = installed.elixir.as_ref().map(|elixir| format!("1.{}", elixir.minor));
    let mut object = json!({ "file": loaded.name, "otp": installed.otp, "elixir": elixir });
    let rest = match comparison {
        Comparison::Agrees { runs, simulated, shown, mixed } => json!({
            "verdict": "agrees", "runs": runs, "outcomes": simulated.outcomes.len(), "all": simulated.all,
            "shown": shown, "mixed": mixed,
        }),
        Comparison::Disagrees { run, certain, differences } => {
            let differences: Vec<_> = differences
                .iter()
                .map(|difference| {
                    let lines = difference.lines.iter().map(|line| {
                        json!({
                            "treefall": line.treefall, "erlang": line.real,
                            "first_difference": line.first_difference,
                        })
                    });
                    json!({ "part": difference.part.to_string(), "lines": lines.collect::<Vec<_>>() })
                })
                .collect();
            json!({ "verdict": "differs", "run": run, "certain": certain, "differences": differences })
        }
        Comparison::NotComparable(why) => json!({ "verdict": "not comparable", "why": why.to_string() }),
        Comparison::Failed(why) => json!({ "verdict": "error", "why": why }),
    };
    if let (Some(object), serde_json::Value::Object(rest)) = (object.as_object_mut(), rest) {
        object.extend(rest);
    }
    object
}
