//! The terminal of work that may be left where it is: it is done on another thread, and what it prints is passed on from
//! there for as long as anybody waits for it.

use std::io::{self, Write};
use std::sync::mpsc::Sender;

use super::super::summary::{Entry, Kept};
use super::{Format, Stream, Terminal, Wanted};

/// What is passed on.
#[derive(Debug)]
pub(in crate::cli) enum Passed {
    /// Text of a result.
    Out(Vec<u8>),
    /// What is wrong, or how far the work has come.
    Err(Vec<u8>),
    /// The work is done. These results are kept for other places, and perhaps a file could not be written.
    Rest { entries: Vec<Entry>, unwritten: bool },
}

/// All that such a terminal takes over from the one that it stands for.
#[derive(Debug)]
pub(in crate::cli) struct Remote {
    to: Sender<Passed>,
    colours: (bool, bool),
    interactive: bool,
    width: usize,
    format: Format,
    drawing: Option<Wanted>,
    explains: Option<bool>,
    quiet: bool,
}

impl Terminal<'_> {
    /// What another thread needs to print as this would.
    pub(in crate::cli) fn remote(&self, to: Sender<Passed>) -> Remote {
        Remote {
            to,
            colours: (self.out.color, self.err.color),
            interactive: self.interactive,
            width: self.width,
            format: self.format,
            drawing: self.drawing,
            explains: self.kept.as_ref().map(|kept| kept.explains),
            quiet: self.quiet,
        }
    }

    /// Prints and keeps what has been passed on.
    pub(in crate::cli) fn pass_on(&mut self, passed: Passed) {
        match passed {
            Passed::Out(text) => self.out.attempt(|to| to.write_all(&text)),
            Passed::Err(text) => {
                self.out.flush();
                self.err.attempt(|to| to.write_all(&text));
            }
            Passed::Rest { entries, unwritten } => {
                self.unwritten |= unwritten;
                entries.into_iter().for_each(|entry| self.keep(|| entry));
            }
        }
    }
}

impl Remote {
    /// Does the work, and passes on what it prints.
    pub(in crate::cli) fn during<T>(self, work: impl FnOnce(&mut Terminal<'_>) -> T) -> T {
        let stream = |wrap: fn(Vec<u8>) -> Passed, color| Stream {
            to: Box::new(Passing { held: Vec::new(), wrap, to: self.to.clone() }),
            color,
            stopped: false,
            lost: None,
        };
        let mut terminal = Terminal {
            out: stream(Passed::Out, self.colours.0),
            err: stream(Passed::Err, self.colours.1),
            interactive: self.interactive,
            shown_at: None,
            unwritten: false,
            width: self.width,
            format: self.format,
            drawing: self.drawing,
            kept: self.explains.map(Kept::new),
            quiet: self.quiet,
        };
        let done = work(&mut terminal);
        terminal.flush();
        let entries = terminal.kept.take().map(Kept::into_entries).unwrap_or_default();
        // If it has been left, nobody wants them any more.
        let _ = self.to.send(Passed::Rest { entries, unwritten: terminal.unwritten });
        done
    }
}

/// Holds what is printed until it is flushed, so that nothing is passed on of a result that is never told to its end.
struct Passing {
    held: Vec<u8>,
    wrap: fn(Vec<u8>) -> Passed,
    to: Sender<Passed>,
}

impl Write for Passing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let held = std::mem::take(&mut self.held);
        // Whoever was left prints no more, as on a closed pipe.
        self.to.send((self.wrap)(held)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
