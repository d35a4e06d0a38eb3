//! `treefall judge --outages`: what survives an outage that lasts so long.

use std::time::Instant;

use serde_json::{Value, json};

use crate::judge::{Outages, Survival, Verdict, outages};
use crate::kernel::StopFlag;
use crate::trace::{Line, Tone};

use super::super::exit::Exit;
use super::super::loaded::Loaded;
use super::super::terminal::{Format, Terminal, Wanted};
use super::args::Args;
use super::engine::{read, told_progress};
use super::markdown;

/// Tries the outages of one file.
pub(super) fn one(
    loaded: &Loaded,
    args: &Args,
    stop: &StopFlag,
    terminal: &mut Terminal<'_>,
) -> (&'static str, Exit) {
    if loaded.scenario.outages.is_empty() {
        let name = loaded.name.clone();
        terminal
            .complain(|_, _| format!("error: {name}: no `outage` line, as in `outage db at=1000 for=10000`"));
        return ("wrong", Exit::Wrong);
    }
    let begun = Instant::now();
    let read = |text: &str| read(loaded, text);
    let tables = outages(&loaded.text, &read, &args.budget(), stop, &mut |progress| {
        if terminal.is_watched() {
            terminal.progress(&told_progress(&loaded.name, progress, begun.elapsed()));
        }
    });
    terminal.progress("");
    let tables = tables.expect("it has been read before");
    match terminal.format {
        Format::Json => terminal.print_json(&json!({
            "file": loaded.name,
            "outages": tables.iter().map(as_json).collect::<Vec<_>>(),
        })),
        Format::Text => {
            let lines: Vec<Line> = tables.iter().flat_map(|table| lines(loaded, table)).collect();
            match terminal.drawing {
                Some(Wanted::Markdown) => terminal.print(&markdown::quoted("--outages", &lines)),
                _ => terminal.print_lines(&lines),
            }
        }
    }
    ("tried", Exit::Held)
}

fn lines(loaded: &Loaded, table: &Outages) -> Vec<Line> {
    let allowed = match &table.supervisor {
        Some((name, restarts, seconds)) => format!("; {name} allows {restarts} restarts in {seconds} s"),
        None => String::new(),
    };
    let mut lines = vec![
        Line::new().with(Tone::Plain, loaded.name.clone()),
        Line::new()
            .with(Tone::Name, table.name.clone())
            .with(Tone::Plain, format!(" is out of order{allowed}")),
        Line::new().with(Tone::Faint, "   lasts   as it is  holds with any one of"),
    ];
    lines.extend(table.rows.iter().map(row));
    lines
}

fn row(row: &Survival) -> Line {
    let (tone, word) = match &row.verdict {
        Verdict::Proved(_) => (Tone::Good, "holds"),
        Verdict::Sampled(_) => (Tone::Good, "sampled"),
        Verdict::Breaks(_) => (Tone::Bad, "breaks"),
        Verdict::Unclear(_) | Verdict::Refused => (Tone::Warning, "unclear"),
    };
    let with = match (row.verdict.holds(), row.holds_with.as_slice()) {
        (true, _) => String::new(),
        (false, []) => "none of what was tried".to_owned(),
        (false, with) => with.join("   "),
    };
    let lasts = format!("{:>6} s   ", row.lasts_ms / 1000);
    Line::new()
        .with(Tone::Faint, lasts)
        .with(tone, format!("{word:<8}"))
        .with(Tone::Plain, format!("  {with}"))
}

fn as_json(table: &Outages) -> Value {
    let rows = table.rows.iter().map(|row| {
        json!({
            "lasts_ms": row.lasts_ms,
            "holds": row.verdict.holds(),
            "proved": matches!(row.verdict, Verdict::Proved(_)),
            "holds_with": row.holds_with,
        })
    });
    json!({
        "of": table.name,
        "supervisor": table.supervisor.as_ref().map(|(name, restarts, seconds)| {
            json!({ "name": name, "max_restarts": restarts, "max_seconds": seconds })
        }),
        "rows": rows.collect::<Vec<_>>(),
    })
}
