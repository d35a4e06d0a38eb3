//! The report that shows mistakes in their places, as a terminal draws it.

use std::fmt;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    NamedSource, SourceCode, SourceSpan, SpanContents,
};

use super::super::ast::Span;
use super::MOST_SHOWN;
use super::{Mistake, Mistakes};

impl Mistakes {
    /// The report as a terminal shows it, at most `width` columns wide.
    pub fn render(&self, width: usize, color: bool) -> String {
        let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(width)
            .with_context_lines(1)
            .with_links(false);
        let mut report = match self.list.len() {
            1 => format!("{}: one mistake\n", self.name),
            count => format!("{}: {count} mistakes\n", self.name),
        };
        let source = NamedSource::new(&self.name, self.text.clone());
        for mistake in self.list.iter().take(MOST_SHOWN) {
            let excerpt = Excerpt { source: &source };
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
        self.mistake.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let Span { start, end } = self.mistake.span;
        let label = LabeledSpan::new(Some(self.mistake.label.clone()), start, end - start);
        Some(Box::new(std::iter::once(label)))
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
