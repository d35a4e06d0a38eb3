//! Where results go, and what is known of the place: its width, whether it takes colours.
//!
//! The only part of the command line that asks the environment anything.

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;

use crate::trace::Line;

/// How many columns there are where nobody says.
pub(super) const ON_A_PIPE: usize = 80;

/// What results are printed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs: JSON, one object a line
    Json,
}

/// When colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal that takes them
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

/// How every command prints.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Printing")]
pub struct Printing {
    /// Print results as text for people or as json for programs [default: text]
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    pub format: Format,
    /// When to use colors: auto, always or never [default: auto]
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    pub color: Color,
    /// Print only what did not go well
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Columns to print in [default: those of the terminal, 80 elsewhere]
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..=1000))]
    pub width: Option<u16>,
}

/// Standard output and standard error.
pub struct Terminal<'a> {
    out: Box<dyn Write + 'a>,
    err: Box<dyn Write + 'a>,
    out_color: bool,
    interactive: bool,
    err_color: bool,
    /// How many columns there are.
    pub width: usize,
    /// What results are printed as.
    pub format: Format,
    /// Whether only what did not go well is printed.
    pub quiet: bool,
}

impl std::fmt::Debug for Terminal<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terminal")
            .field("width", &self.width)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

impl Terminal<'static> {
    /// The terminal that this program runs in.
    pub fn of_this_program(printing: &Printing) -> Self {
        let takes_color = |auto: anstream::ColorChoice| match printing.color {
            Color::Auto => auto != anstream::ColorChoice::Never,
            Color::Always => true,
            Color::Never => false,
        };
        let columns = || terminal_size::terminal_size().map(|(terminal_size::Width(columns), _)| columns);
        Terminal {
            out_color: takes_color(anstream::AutoStream::choice(&io::stdout())),
            err_color: takes_color(anstream::AutoStream::choice(&io::stderr())),
            interactive: io::stderr().is_terminal() && !printing.quiet,
            out: Box::new(io::BufWriter::new(io::stdout().lock())),
            err: Box::new(io::stderr().lock()),
            width: printing.width.or_else(columns).map_or(ON_A_PIPE, usize::from),
            format: printing.format,
            quiet: printing.quiet,
        }
    }
}

impl Terminal<'_> {
    /// Whether results may have colours.
    pub fn color(&self) -> bool {
        self.out_color && self.format == Format::Text
    }

    /// Prints a result as it is.
    pub fn print(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())
    }

    /// Prints lines of a result, wrapped.
    pub fn print_lines(&mut self, lines: &[Line]) -> io::Result<()> {
        let color = self.color();
        let text = rendered(lines, self.width, color);
        self.print(&text)
    }

    /// Prints lines that must keep their columns.
    pub(super) fn print_as_they_are(&mut self, lines: &[Line]) -> io::Result<()> {
        let color = self.color();
        lines.iter().try_for_each(|line| writeln!(self.out, "{}", line.render(color)))
    }

    /// Prints one JSON object on a line of its own.
    pub fn print_json(&mut self, value: &serde_json::Value) -> io::Result<()> {
        writeln!(self.out, "{value}")
    }

    /// Says on standard error what is wrong. The text is made for its width and colours.
    pub fn complain(&mut self, text: impl FnOnce(usize, bool) -> String) -> io::Result<()> {
        self.out.flush()?;
        let text = text(self.width, self.err_color);
        self.err.write_all(text.trim_end().as_bytes())?;
        self.err.write_all(b"\n")
    }

    /// Whether somebody watches who wants to know how long it will take.
    pub(super) fn is_watched(&self) -> bool {
        self.interactive
    }

    /// Shows how far the work has come, in one line that the next one replaces; an empty one removes it. On a
    /// terminal only.
    pub(super) fn progress(&mut self, text: &str) -> io::Result<()> {
        if !self.interactive {
            return Ok(());
        }
        self.out.flush()?;
        let text: String = text.chars().take(self.width.saturating_sub(1)).collect();
        write!(self.err, "\r\u{1b}[K{text}")?;
        self.err.flush()
    }

    /// Sends off what is still held back.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()?;
        self.err.flush()
    }
}

/// Lines as text, none wider than `width` where a space allows it.
pub(super) fn rendered(lines: &[Line], width: usize, color: bool) -> String {
    let mut text = String::new();
    for line in lines {
        let hang = line.plain().chars().take_while(|letter| *letter == ' ').count() + 2;
        for row in line.wrap(width, hang) {
            text.push_str(&row.render(color));
            text.push('\n');
        }
    }
    text
}
