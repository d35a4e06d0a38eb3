//! Mistakes in a scenario file: plain data, and the report that shows them in their places.

use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    NamedSource, SourceCode, SourceSpan, SpanContents,
};

use super::ast::Span;

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

impl Diagnostic for Mistake {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let Span { start, end } = self.span;
        let label = LabeledSpan::new(Some(self.label.clone()), start, end - start);
        Some(Box::new(std::iter::once(label)))
    }
}

/// Everything that is wrong with one scenario file, sorted by place. Never empty.
#[derive(Clone, Debug)]
pub struct Mistakes {
    /// What the report calls the file.
    pub name: String,
    /// The mistakes.
    pub list: Vec<Mistake>,
    source: NamedSource<String>,
}

impl Mistakes {
    pub(super) fn new(name: &str, text: &str, mut list: Vec<Mistake>) -> Self {
        list.sort_by_key(|mistake| (mistake.span.start, mistake.span.end));
        list.dedup();
        for mistake in &mut list {
            mistake.span = shown(mistake.span, text);
        }
        let source = NamedSource::new(name, text.to_owned());
        Self { name: name.to_owned(), list, source }
    }

    /// The report as a terminal shows it, at most `width` columns wide.
    pub fn render(&self, width: usize, color: bool) -> String {
        let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(width)
            .with_context_lines(1)
            .with_links(false);
        let mut report = format!("{self}\n");
        for mistake in self.list.iter().take(MOST_SHOWN) {
            let excerpt = Excerpt { source: &self.source };
            let shown = Placed { mistake, source: &excerpt };
            report.push('\n');
            handler.render_report(&mut report, &shown).expect("a `String` takes all that is written");
        }
        if let Some(more) = self.list.len().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
            report.push_str(&format!("\nand {more} more\n"));
        }
        report
    }
}

/// A file with more mistakes than this is probably no scenario.
const MOST_SHOWN: usize = 50;

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

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.list.len() {
            1 => write!(f, "{}: one mistake", self.name),
            count => write!(f, "{}: {count} mistakes", self.name),
        }
    }
}

impl std::error::Error for Mistakes {}

impl Diagnostic for Mistakes {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.list.iter().map(|mistake| mistake as &dyn Diagnostic)))
    }
}

/// A text of which a line that is very long is only shown around the place that is meant.
struct Excerpt<'a> {
    source: &'a NamedSource<String>,
}

/// A line of more bytes than this is not shown whole.
const LONG_LINE: usize = 400;

/// How many bytes of a long line are shown on each side of the place.
const AROUND: usize = 60;

impl SourceCode for Excerpt<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text = self.source.inner();
        let (start, end) = (span.offset().min(text.len()), (span.offset() + span.len()).min(text.len()));
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = text[end..].find('\n').map_or(text.len(), |newline| end + newline);
        // Without context it is only asked where the place is.
        if line_end - line_start <= LONG_LINE || (before, after) == (0, 0) {
            return self.source.read_span(span, before, after);
        }
        let mut from = start.saturating_sub(AROUND).max(line_start);
        let mut to = (end.min(start + AROUND) + AROUND).min(line_end);
        while !text.is_char_boundary(from) {
            from -= 1;
        }
        while !text.is_char_boundary(to) {
            to += 1;
        }
        let line = text[..start].matches('\n').count();
        Ok(Box::new(MietteSpanContents::new_named(
            self.source.name().to_owned(),
            &text.as_bytes()[from..to],
            SourceSpan::from(from..to),
            line,
            text[line_start..from].chars().count(),
            1,
        )))
    }
}

/// A mistake together with the text that it is drawn into.
struct Placed<'a> {
    mistake: &'a Mistake,
    source: &'a Excerpt<'a>,
}

impl fmt::Debug for Placed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.mistake.fmt(f)
    }
}

impl fmt::Display for Placed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.mistake, f)
    }
}

impl std::error::Error for Placed<'_> {}

impl Diagnostic for Placed<'_> {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.mistake.help()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.mistake.labels()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_long_line_is_shown_around_the_place() {
        let text =
            format!("supervisor top {{ worker a }}\nclient {{ {} cal a hello }}", "call a x;".repeat(10_000));
        let mistakes = crate::scenario::parse("long.kdl", &text).expect_err("`cal` is no statement");
        let report = mistakes.render(80, false);
        assert!(report.lines().all(|line| line.chars().count() < 200), "{report}");
        assert!(report.contains("[long.kdl:2:90011]") && report.contains("cal a hello }"), "{report}");
    }
}
