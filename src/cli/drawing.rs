//! Runs in other people's formats.

use clap::ValueEnum;
use serde_json::Map;

use crate::model::{Model, Played, VERSION};
use crate::scenario::{ScriptEvent, Simulation};
use crate::trace::chart::Chart;
use crate::trace::{Excerpt, Recording, Settings};
use crate::view;

use super::loaded::Loaded;
use super::terminal::{Terminal, Wanted};

/// A run to be drawn.
pub(super) struct Drawing<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) played: &'a Played<Simulation>,
    /// What of its events is drawn.
    pub(super) events: &'a [ScriptEvent],
    /// What of these is of interest, if not all.
    pub(super) excerpt: Option<&'a Excerpt>,
    /// What it came to, in a line or more.
    pub(super) titles: &'a [String],
}

/// Prints a run in one of the formats that draw one.
pub(super) fn print(drawing: &Drawing<'_>, wanted: Wanted, terminal: &mut Terminal<'_>) {
    let Drawing { loaded, played, events, excerpt, titles } = *drawing;
    let recording = Recording::of(events, played.cast.directory());
    let settings = Settings::plain(loaded.simulation.atoms());
    // A trace can be searched and narrowed down by whoever reads it.
    let excerpt = excerpt.filter(|_| wanted != Wanted::Chrome);
    let chart = Chart::of(&recording, &settings, excerpt);
    match wanted {
        Wanted::Svg => terminal.print(&view::svg(&chart, titles)),
        Wanted::Chrome => {
            let mut other = Map::new();
            other.insert("treefall".to_owned(), VERSION.into());
            other.insert("file".to_owned(), loaded.name.as_str().into());
            other.insert("verdict".to_owned(), titles.join(" ").into());
            terminal.print_json(&view::chrome(&chart, &loaded.name, other));
        }
        Wanted::Mermaid => terminal.print(&view::mermaid_sequence(&chart, titles)),
        Wanted::Dot | Wanted::Markdown | Wanted::Text | Wanted::Json => (),
    }
}

/// Why a command does not print what it was asked for.
pub(super) fn not_printed(wanted: Wanted, command: &str, prints: &[Wanted]) -> String {
    let word = |wanted: Wanted| {
        wanted.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    };
    let mut words: Vec<String> =
        [Wanted::Text, Wanted::Json].iter().chain(prints).map(|wanted| word(*wanted)).collect();
    let last = words.pop().unwrap_or_default();
    format!(
        "error: --format {} is not for `{command}`, which prints {} or {last}",
        word(wanted),
        words.join(", ")
    )
}

/// Why several scenarios are not drawn.
pub(super) const ONE: &str = "error: that format holds one scenario, and several are given";
