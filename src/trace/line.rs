//! A line of text in pieces, each with its tone. Whether tones become colours is the caller's business.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::visible::visible_lines;

/// How a piece of text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Words that are nothing else.
    Plain,
    /// What is there for orientation: times, branches, units.
    Faint,
    /// The name of a process.
    Name,
    /// A value of the run.
    Value,
    /// Something came to life, or an answer came.
    Good,
    /// Something is being repaired, or takes its time.
    Warning,
    /// Something died or failed.
    Bad,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Tone::Plain => Style::new(),
            Tone::Faint => Style::new().dimmed(),
            Tone::Name => Style::new().bold(),
            Tone::Value => AnsiColor::Cyan.on_default(),
            Tone::Good => AnsiColor::Green.on_default(),
            Tone::Warning => AnsiColor::Yellow.on_default(),
            Tone::Bad => AnsiColor::Red.on_default(),
        }
    }
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// What it says.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
}

/// A line of text, or a paragraph that has not been wrapped yet: a line feed in it begins a new line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Line {
    /// Its pieces, in order.
    pub spans: Vec<Span>,
}

impl Line {
    /// An empty line.
    pub fn new() -> Self {
        Line::default()
    }

    /// A line with one more piece.
    #[must_use]
    pub fn with(mut self, tone: Tone, text: impl Into<String>) -> Self {
        self.push(tone, text);
        self
    }

    /// Adds a piece.
    pub fn push(&mut self, tone: Tone, text: impl Into<String>) {
        let text = text.into();
        let text = match visible_lines(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(shown) => shown,
        };
        if text.is_empty() {
            return;
        }
        match self.spans.last_mut() {
            Some(last) if last.tone == tone => last.text.push_str(&text),
            _ => self.spans.push(Span { text, tone }),
        }
    }

    /// The line with all pieces of another one.
    #[must_use]
    pub fn and(mut self, other: Line) -> Self {
        self.append(other);
        self
    }

    /// Adds all pieces of another line.
    pub fn append(&mut self, other: Line) {
        for span in other.spans {
            self.push(span.tone, span.text);
        }
    }

    /// Adds spaces up to a column.
    pub fn pad_to(&mut self, column: usize) {
        let missing = column.saturating_sub(self.width());
        self.push(Tone::Plain, " ".repeat(missing));
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// How many columns it takes on a terminal.
    pub fn width(&self) -> usize {
        self.spans.iter().map(|span| span.text.width()).sum()
    }

    /// Its text alone.
    pub fn plain(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    /// Its text, with escape sequences for colours if wanted. Nothing follows the last word.
    pub fn render(&self, colour: bool) -> String {
        if !colour {
            return self.plain().trim_end().to_owned();
        }
        let mut text = String::new();
        let last = self.spans.iter().rposition(|span| !span.text.trim_end().is_empty());
        for (place, span) in self.spans.iter().enumerate().take(last.map_or(0, |last| last + 1)) {
            let words = if Some(place) == last { span.text.trim_end() } else { &span.text };
            let style = span.tone.style();
            text.push_str(&format!("{style}{words}{style:#}"));
        }
        text
    }

    /// Breaks it into lines of at most `width` columns, at spaces where there are any. Lines after a break
    /// are indented by `hang`; those after a line feed keep the indentation they were written with.
    pub fn wrap(&self, width: usize, hang: usize) -> Vec<Line> {
        let mut wrapped =
            Wrapped { width: width.max(hang + 8), hang, lines: vec![Line::new()], column: 0, indent: 0 };
        for (place, span) in self.spans.iter().enumerate() {
            let mut parts = span.text.split('\n').peekable();
            let mut is_first = true;
            while let Some(part) = parts.next() {
                if !is_first {
                    wrapped.feed(part);
                }
                is_first = false;
                let mut words = part.split_inclusive(' ').peekable();
                while let Some(word) = words.next() {
                    let is_last = words.peek().is_none() && parts.peek().is_none();
                    let goes_on = is_last && !word.ends_with(' ');
                    let rest = if goes_on { width_of_rest(&self.spans[place + 1..]) } else { 0 };
                    wrapped.word(span.tone, word, rest);
                }
            }
        }
        wrapped.lines
    }
}

/// Where a text goes beyond so many columns, if it does. It looks no further: a word can be a megabyte long.
fn overflow(text: &str, room: usize) -> Option<usize> {
    let mut wide = 0;
    let beyond = text.char_indices().find(|(_, letter)| {
        wide += letter.width().unwrap_or(0);
        wide > room
    });
    beyond.map(|(place, _)| place)
}

/// How wide the end of a word is that these pieces begin with.
fn width_of_rest(spans: &[Span]) -> usize {
    let mut wide = 0;
    for span in spans {
        let end = span.text.find([' ', '\n']);
        wide += span.text[..end.unwrap_or(span.text.len())].width();
        if end.is_some() {
            break;
        }
    }
    wide
}

/// A space at which no line is broken: it becomes an ordinary one.
pub(super) const NO_BREAK: char = '\u{a0}';

struct Wrapped {
    width: usize,
    hang: usize,
    lines: Vec<Line>,
    column: usize,
    indent: usize,
}

impl Wrapped {
    fn feed(&mut self, text: &str) {
        self.lines.push(Line::new());
        self.column = 0;
        self.indent = text.len() - text.trim_start_matches(' ').len();
    }

    /// A word, or a piece of one: after it comes so much more of it in other tones.
    fn word(&mut self, tone: Tone, word: &str, rest: usize) {
        let needed = word.trim_end().width() + rest;
        // What should not be broken is, where it would not even fit on a line of its own.
        if needed > self.width - self.margin() && word.contains(NO_BREAK) {
            word.split_inclusive(NO_BREAK).for_each(|part| self.word(tone, &part.replace(NO_BREAK, " "), 0));
            return;
        }
        if self.column + needed > self.width && self.column > self.indent + self.hang {
            self.wrap(tone);
        }
        let mut rest = word;
        // A word that is wider than the whole line is broken where the line ends.
        while let Some(end) = overflow(rest.trim_end(), self.width.saturating_sub(self.column)) {
            if end == 0 {
                break;
            }
            // A path is best broken after one of its parts.
            let end = rest[..end].rfind(['/', '.', ',']).map_or(end, |place| place + 1);
            self.put(tone, &rest[..end]);
            rest = &rest[end..];
            self.wrap(tone);
        }
        self.put(tone, rest);
    }

    fn put(&mut self, tone: Tone, text: &str) {
        self.column += text.width();
        let text = text.replace(NO_BREAK, " ");
        self.lines.last_mut().expect("there is always a line").push(tone, text);
    }

    fn wrap(&mut self, tone: Tone) {
        self.lines.push(Line::new());
        self.column = 0;
        self.put(tone, &" ".repeat(self.margin()));
    }

    /// How far lines after a break are indented.
    fn margin(&self) -> usize {
        (self.indent + self.hang).min(self.width / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, Tone};

    #[test]
    fn a_line_wraps_at_spaces_with_a_hanging_indent_and_keeps_its_own_line_feeds() {
        let line = Line::new()
            .with(Tone::Plain, "exited in: call(a, b)\n    ** (EXIT) no process: ")
            .with(Tone::Value, "there is nobody");
        let lines: Vec<String> = line.wrap(24, 2).iter().map(|line| line.render(false)).collect();
        assert_eq!(
            lines,
            ["exited in: call(a, b)", "    ** (EXIT) no", "      process: there is", "      nobody"]
        );
        let wide: Vec<String> =
            Line::new().with(Tone::Plain, "x".repeat(30)).wrap(20, 0).iter().map(Line::plain).collect();
        assert_eq!(wide, ["x".repeat(20), "x".repeat(10)]);
    }

    #[test]
    fn a_word_in_several_tones_is_not_broken_between_them() {
        let line = Line::new().with(Tone::Plain, "held: a.kdl, calm run").with(Tone::Faint, ", 0 ms");
        let lines: Vec<String> = line.wrap(21, 2).iter().map(Line::plain).collect();
        assert_eq!(lines, ["held: a.kdl, calm ", "  run, 0 ms"]);
        let long = Line::new().with(Tone::Name, "x".repeat(12)).with(Tone::Faint, "y".repeat(12));
        let lines: Vec<String> = long.wrap(20, 0).iter().map(Line::plain).collect();
        assert_eq!(lines, ["x".repeat(12), "y".repeat(12)]);
    }

    #[test]
    fn colour_adds_escapes_and_changes_no_letter() {
        let line = Line::new().with(Tone::Bad, "died").with(Tone::Plain, " ");
        assert_eq!(line.render(false), "died");
        assert_eq!(line.render(true), "\u{1b}[31mdied\u{1b}[0m");
    }
}
