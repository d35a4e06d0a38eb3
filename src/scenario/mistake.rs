//! Mistakes in a scenario file: plain data, and a line about each that says where it is.
//!
//! How a terminal shows them in their places is `report`'s business, which comes with the command line.

#[cfg(feature = "cli")]
mod report;

use std::borrow::Cow;
use std::fmt;

use super::ast::Span;

/// A file with more mistakes than this is probably no scenario.
const MOST_SHOWN: usize = 50;

/// One thing that is wrong with a scenario file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Which bytes are wrong.
    pub span: Span,
    /// What is wrong, as a sentence without its full stop.
    pub message: String,
    /// What to write under the place.
    pub label: String,
    /// What would be right.
    pub help: Option<String>,
}

impl Mistake {
    /// A mistake without a hint.
    pub(super) fn new(span: Span, message: impl Into<String>, label: impl Into<String>) -> Self {
        Self { span, message: message.into(), label: label.into(), help: None }
    }

    /// The same mistake with a hint.
    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Mistake {}

/// Everything that is wrong with one scenario file, sorted by place. Never empty.
#[derive(Clone, Debug)]
pub struct Mistakes {
    /// What the report calls the file.
    pub name: String,
    /// Every mistake of the text, in the order of their places.
    pub list: Vec<Mistake>,
    text: String,
}

impl Mistakes {
    pub(super) fn new(name: &str, text: &str, mut list: Vec<Mistake>) -> Self {
        list.sort_by_key(|mistake| (mistake.span.start, mistake.span.end));
        list.dedup();
        for mistake in &mut list {
            mistake.span = shown(mistake.span, text);
        }
        Self { name: name.to_owned(), list, text: text.to_owned() }
    }

    /// One mistake that reading the text alone could not show.
    pub fn of(name: &str, text: &str, mistake: Mistake) -> Self {
        Self::new(name, text, vec![mistake])
    }

    /// The same mistakes, as they are shown where everything that stands in the file is written in another way.
    #[must_use]
    pub fn rewritten(&self, rewrite: &dyn Fn(&str) -> Cow<'_, str>) -> Self {
        let text = rewrite(&self.text);
        let place = |at: usize| match &text {
            Cow::Borrowed(_) => at,
            Cow::Owned(_) => self.text.get(..at).map_or(at, |before| rewrite(before).len()),
        };
        let mut list = self.list.clone();
        for mistake in list.iter_mut().take(MOST_SHOWN) {
            mistake.span = Span::new(place(mistake.span.start), place(mistake.span.end));
            mistake.message = rewrite(&mistake.message).into_owned();
            mistake.label = rewrite(&mistake.label).into_owned();
            mistake.help = mistake.help.as_deref().map(|help| rewrite(help).into_owned());
        }
        Self { name: self.name.clone(), list, text: text.into_owned() }
    }
}

/// A span that can be drawn: inside of the text, on character boundaries, and on one line.
fn shown(span: Span, text: &str) -> Span {
    let boundary = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = boundary(span.start);
    let end = boundary(span.end).max(start);
    let line = text[start..end].find('\n').map_or(end, |newline| start + newline);
    Span::new(start, line)
}

/// A line a mistake, with its place as compilers write it and what would be right.
impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.list.iter().enumerate() {
            let before = &self.text[..mistake.span.start];
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
            let end = if index > 0 { "\n" } else { "" };
            write!(f, "{end}{}:{line}:{column}: {mistake}", self.name)?;
            if let Some(help) = &mistake.help {
                write!(f, " ({help})")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}
