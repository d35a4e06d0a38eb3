//! Where results go, and what is known of the place: its width, whether it takes colours.
//!
//! The only part of the command line that asks the environment anything.

mod remote;

use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::trace::{Line, visible, visible_in_colour, visible_json, visible_lines};

use super::exit::Exit;
use super::paths::shown;
use super::summary::{Entry, Kept};

/// How many columns there are where nobody says.
pub(super) const ON_A_PIPE: usize = 80;
/// How far the work has come is shown anew no sooner than this: nobody reads faster, and a terminal is slow.
const REDRAWN_AFTER: Duration = Duration::from_millis(100);

/// Of a longer line that somebody types, only the beginning is read.
const LINE_MAX: u64 = 4096;

/// What results are printed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text that people read
    Text,
    /// For programs: JSON, one object a line
    Json,
}

/// What results can be asked for as: some only of some commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Wanted {
    /// Text that people read
    Text,
    /// For programs: JSON, one object a line
    Json,
    /// A diagram that GitHub, GitLab, Livebook and ex_doc draw
    Mermaid,
    /// A graph for Graphviz
    Dot,
    /// A picture for every browser
    Svg,
    /// A trace for Perfetto and Chrome
    Chrome,
    /// Text for a pull request
    Markdown,
}

impl Wanted {
    /// Whether every command prints it.
    fn is_plain(self) -> bool {
        matches!(self, Wanted::Text | Wanted::Json)
    }
}

/// When colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal that takes them
    Auto,
    /// In files and pipes too
    Always,
    /// Not even on a terminal
    Never,
}

/// How every command prints.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Printing")]
pub struct Printing {
    /// Print results as text for people or as json for programs [default: text]
    ///
    /// Some commands print more: run, replay and explain mermaid (a sequence diagram), svg (a picture) and chrome (a
    /// trace for Perfetto); tree mermaid and dot (for Graphviz); check, explore and judge markdown (for a pull
    /// request).
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    #[arg(hide_possible_values = true, hide_default_value = true)]
    pub format: Wanted,
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

impl Printing {
    /// How it is printed where nobody could say how.
    pub const PLAIN: Printing =
        Printing { format: Wanted::Text, color: Color::Auto, quiet: false, width: None };
}

/// One of the two streams. When nobody reads it any more, or it cannot be written, printing stops and all other
/// work goes on.
struct Stream<'a> {
    to: Box<dyn Write + 'a>,
    color: bool,
    stopped: bool,
    /// Why it could not be written, unless it is only that whoever reads has seen enough: `treefall run … | head`.
    lost: Option<io::Error>,
}

impl Stream<'_> {
    fn attempt(&mut self, what: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        if self.stopped {
            return;
        }
        if let Err(error) = what(&mut self.to) {
            self.stopped = true;
            self.lost = (error.kind() != io::ErrorKind::BrokenPipe).then_some(error);
        }
    }

    fn write(&mut self, text: &str) {
        self.attempt(|to| to.write_all(text.as_bytes()));
    }

    /// Text in which a terminal obeys nothing but our colours.
    fn write_visibly(&mut self, text: &str, color: bool) {
        let text = if color { visible_in_colour(text) } else { visible_lines(text) };
        self.write(&text);
    }

    fn flush(&mut self) {
        self.attempt(|to| to.flush());
    }
}

/// Standard output and standard error: the one place that prints.
pub struct Terminal<'a> {
    out: Stream<'a>,
    err: Stream<'a>,
    interactive: bool,
    /// When progress was shown last, if it still is.
    shown_at: Option<Instant>,
    /// Whether a file could not be written.
    unwritten: bool,
    /// How many columns there are.
    pub width: usize,
    /// What results are printed as.
    pub format: Format,
    /// In place of that, what only some commands print.
    pub drawing: Option<Wanted>,
    /// What is kept of results for other places than this one, if anybody wants it.
    pub(super) kept: Option<Kept>,
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
        let stream =
            |to: Box<dyn Write>, auto| Stream { to, color: takes_color(auto), stopped: false, lost: None };
        let columns = || terminal_size::terminal_size().map(|(terminal_size::Width(columns), _)| columns);
        // Neither is locked: a thread that panics must be able to say so.
        let (out, err) = (io::stdout(), io::stderr());
        let (out_auto, err_auto) = (anstream::AutoStream::choice(&out), anstream::AutoStream::choice(&err));
        Terminal {
            interactive: err.is_terminal() && !printing.quiet,
            shown_at: None,
            out: stream(Box::new(io::BufWriter::new(out)), out_auto),
            err: stream(Box::new(err), err_auto),
            unwritten: false,
            width: printing.width.or_else(columns).map_or(ON_A_PIPE, usize::from),
            format: if printing.format == Wanted::Json { Format::Json } else { Format::Text },
            kept: None,
            drawing: Some(printing.format).filter(|wanted| !wanted.is_plain()),
            quiet: printing.quiet,
        }
    }
}

impl Terminal<'_> {
    /// Whether results may have colours.
    pub fn color(&self) -> bool {
        self.out.color && self.format == Format::Text && self.drawing.is_none()
    }

    /// Prints a result as it is. Where all results are printed together at the end, nothing is.
    pub fn print(&mut self, text: &str) {
        if self.drawing != Some(Wanted::Markdown) || self.kept.is_none() {
            self.print_at_last(text);
        }
    }

    /// Prints what all results have come to.
    pub(super) fn print_at_last(&mut self, text: &str) {
        let color = self.color();
        self.out.write_visibly(text, color);
    }

    /// Keeps what a scenario has come to, if anybody wants that.
    pub(super) fn keep(&mut self, entry: impl FnOnce() -> Entry) {
        if let Some(kept) = &mut self.kept {
            kept.push(entry());
        }
    }

    /// Whether anybody who reads what is kept wants to know why something fails.
    pub(super) fn explains(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.explains)
    }

    /// Prints lines of a result, wrapped.
    pub fn print_lines(&mut self, lines: &[Line]) {
        let color = self.color();
        let text = rendered(lines, self.width, color);
        self.print(&text)
    }

    /// Prints lines that must keep their columns.
    pub(super) fn print_as_they_are(&mut self, lines: &[Line]) {
        let color = self.color();
        lines.iter().for_each(|line| self.print(&format!("{}\n", line.render(color))));
    }

    /// Prints one JSON object on a line of its own.
    pub fn print_json(&mut self, value: &serde_json::Value) {
        self.print_json_lines(&format!("{value}\n"))
    }

    /// Prints JSON that is lines already.
    pub(super) fn print_json_lines(&mut self, lines: &str) {
        self.out.write(&visible_json(lines));
    }

    /// Says on standard error what is wrong. The text is made for its width and colours.
    pub fn complain(&mut self, text: impl FnOnce(usize, bool) -> String) {
        self.out.flush();
        let color = self.err.color;
        let text = text(self.width, color);
        self.err.write_visibly(&format!("{}\n", text.trim_end()), color);
    }

    /// Says on standard error that a file could not be written.
    pub(super) fn complain_unwritten(&mut self, path: &Path, error: &io::Error) {
        self.unwritten = true;
        self.complain(|_, _| format!("error: {}: cannot be written: {error}", shown(path)));
    }

    /// Prints the help that was asked for, or says what is wrong with the command line.
    pub fn answer(&mut self, error: &clap::Error) -> Exit {
        let (stream, exit) = match error.use_stderr() {
            true => (&mut self.err, Exit::Wrong),
            false => (&mut self.out, Exit::Held),
        };
        let text = error.render();
        // What was typed is in it. It is shown in colours only if it has none of its own.
        let plain = text.to_string();
        let color = stream.color && visible_lines(&plain) == plain;
        let text = if color { text.ansi().to_string() } else { plain };
        stream.write_visibly(&text, color);
        exit
    }

    /// Whether somebody watches who wants to know how long it will take.
    pub(super) fn is_watched(&self) -> bool {
        self.interactive
    }

    /// Shows how far the work has come, in one line that the next one replaces; an empty one removes it. On a
    /// terminal only, and not more often than it can be read.
    pub(super) fn progress(&mut self, text: &str) {
        self.progress_at(text, Instant::now());
    }

    fn progress_at(&mut self, text: &str, now: Instant) {
        let is_early = self.shown_at.is_some_and(|shown| now.duration_since(shown) < REDRAWN_AFTER);
        if self.interactive && (text.is_empty() || !is_early) {
            self.shown_at = (!text.is_empty()).then_some(now);
            self.out.flush();
            let text: String = visible(text).chars().take(self.width.saturating_sub(1)).collect();
            self.err.write(&format!("\r\u{1b}[K{text}"));
            self.err.flush();
        }
    }

    /// Prints what a shell or a pager is to obey. Nobody but this program has written it.
    pub(super) fn print_for_machines(&mut self, text: &str) {
        self.out.write(text);
    }

    /// Begins at the top of an empty terminal. Elsewhere what was printed stays.
    pub(super) fn begin_anew(&mut self) {
        if io::stdout().is_terminal() {
            self.out.write("\u{1b}[H\u{1b}[2J\u{1b}[3J");
        }
    }

    /// Asks for a line; none if there are no more. What nobody has typed on a terminal is shown as if somebody had.
    pub(super) fn ask(&mut self, prompt: &str) -> Option<String> {
        self.print(prompt);
        self.flush();
        let mut input = io::stdin().lock();
        let mut line = Vec::new();
        let read = input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line);
        if line.len() as u64 == LINE_MAX && line.last() != Some(&b'\n') {
            // What is left of it is no line of its own. If it cannot be read, nor can the next one.
            let _ = input.skip_until(b'\n');
        }
        let line =
            read.ok().filter(|read| *read > 0).map(|_| String::from_utf8_lossy(&line).trim().to_owned());
        if line.is_none() {
            self.print("\n");
        } else if !io::stdin().is_terminal() {
            self.print(&format!("{}\n", line.as_deref().unwrap_or_default()));
        }
        line
    }

    /// Sends off what is still held back.
    pub fn flush(&mut self) {
        self.out.flush();
        self.err.flush();
    }

    /// Sends off all that was printed. What could not be printed or written shows in the exit status, unless that
    /// says something worse.
    pub fn close(mut self, exit: Exit) -> Exit {
        self.out.flush();
        if let Some(error) = self.out.lost.take() {
            self.unwritten = true;
            self.complain(|_, _| format!("error: cannot print: {error}"));
        }
        self.err.flush();
        if self.unwritten || self.err.lost.is_some() { exit.max(Exit::Unwritten) } else { exit }
    }
}

/// Says on standard error that treefall itself is wrong. For a panic hook, so it needs no terminal.
pub fn say_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let thread = std::thread::current();
    let text = format!("\nthread '{}' {panic}", thread.name().unwrap_or("of the work"));
    // If nobody can be told, the exit status still tells.
    let _ = writeln!(io::stderr(), "{}", visible_lines(&text));
    let backtrace = std::backtrace::Backtrace::capture();
    if backtrace.status() == std::backtrace::BacktraceStatus::Captured {
        let _ = writeln!(io::stderr(), "{backtrace}");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_redrawn_ten_times_a_second_and_always_removed() {
        let mut written = Vec::new();
        let stream = |to| Stream { to, color: false, stopped: false, lost: None };
        let mut terminal = Terminal {
            interactive: true,
            shown_at: None,
            out: stream(Box::new(io::sink()) as Box<dyn Write>),
            err: stream(Box::new(&mut written)),
            unwritten: false,
            width: 80,
            format: Format::Text,
            kept: None,
            drawing: None,
            quiet: false,
        };
        let begun = Instant::now();
        for ms in 0..1_000 {
            terminal.progress_at("so far", begun + Duration::from_millis(ms));
        }
        terminal.progress_at("", begun + Duration::from_millis(1_000));
        assert_eq!(terminal.close(Exit::Held), Exit::Held);
        let written = String::from_utf8(written).expect("it is text");
        assert_eq!(written.matches("so far").count(), 10);
        assert!(written.ends_with("\r\u{1b}[K"));
    }
}
