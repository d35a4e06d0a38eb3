//! `treefall judge --outages`: what survives an outage that lasts so long.

use serde_json::{Value, json};

use crate::judge::{DesignVerdict, OutageTable, Outages, Survival, outages};
use crate::kernel::StopFlag;
use crate::trace::{Line, Tone, visible};

use super::super::exit::Exit;
use super::super::loaded::Loaded;
use super::super::terminal::Terminal;
use super::args::Args;
use super::engine::{print, watched};
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
    let budget = args.budget();
    let outages =
        watched(loaded, terminal, |read, listen| outages(&loaded.text, read, &budget, stop, listen));
    let lines = || lines(loaded, &outages, args);
    print(terminal, || as_json(loaded, &outages), || markdown::quoted("--outages", &lines()), |_| lines());
    ("tried", Exit::Held)
}

fn lines(loaded: &Loaded, outages: &Outages, args: &Args) -> Vec<Line> {
    let mut lines = vec![Line::new().with(Tone::Plain, loaded.name.clone())];
    for table in &outages.tables {
        lines.extend(table_lines(table));
        lines.push(Line::new());
    }
    let (states, seeds) = (args.max_states, args.seeds);
    let worth = format!("Each in every order up to {states} states, else under {seeds} seeds (sampled).");
    lines.push(Line::new().with(Tone::Faint, worth));
    if outages.given_up {
        lines.push(Line::new().with(Tone::Warning, "It was given up before all was tried."));
    }
    lines
}

fn table_lines(table: &OutageTable) -> Vec<Line> {
    let allowed = match &table.supervisor {
        Some((name, restarts, seconds)) => {
            format!("; {} allows {restarts} restarts in {seconds} s", visible(name))
        }
        None => String::new(),
    };
    let mut lines = vec![
        Line::new()
            .with(Tone::Name, visible(&table.name).into_owned())
            .with(Tone::Plain, format!(" is out of order from {} ms on{allowed}", table.from_ms)),
        Line::new().with(Tone::Faint, "   lasts   as it is  holds with any one of"),
    ];
    lines.extend(table.rows.iter().map(row));
    lines
}

fn row(row: &Survival) -> Line {
    let (tone, word) = match &row.verdict {
        DesignVerdict::Proved(_) => (Tone::Good, "holds"),
        DesignVerdict::Sampled(_) => (Tone::Good, "sampled"),
        DesignVerdict::Breaks(_) => (Tone::Bad, "breaks"),
        DesignVerdict::Unclear(_) | DesignVerdict::Refused => (Tone::Warning, "unclear"),
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

fn as_json(loaded: &Loaded, outages: &Outages) -> Value {
    json!({
        "file": loaded.name,
        "outages": outages.tables.iter().map(table_json).collect::<Vec<_>>(),
        "given_up": outages.given_up,
    })
}

fn table_json(table: &OutageTable) -> Value {
    let rows = table.rows.iter().map(|row| {
        json!({
            "lasts_ms": row.lasts_ms,
            "holds": row.verdict.holds(),
            "proved": matches!(row.verdict, DesignVerdict::Proved(_)),
            "holds_with": row.holds_with,
        })
    });
    json!({
        "of": table.name,
        "from_ms": table.from_ms,
        "supervisor": table.supervisor.as_ref().map(|(name, restarts, seconds)| {
            json!({ "name": name, "max_restarts": restarts, "max_seconds": seconds })
        }),
        "rows": rows.collect::<Vec<_>>(),
    })
}
