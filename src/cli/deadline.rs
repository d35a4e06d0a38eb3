//! `--for`: the time that a piece of work has. When it is up a search ends at the next statement, and what was found is
//! told. Where even that takes too long, as reading a large file or making a long run anew may, the work is left where
//! it is, and what is known of it is said.

use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::kernel::StopFlag;
use crate::trace::{visible, visible_json, visible_lines};

use super::exit::Exit;
use super::interrupt::{self, Known, LOOKS_EVERY, Patience, Words};
use super::loaded::Loaded;
use super::paths::shown;
use super::summary::Entry;
use super::terminal::{Format, Terminal, rendered};
use super::verdict::Case;

/// What the end of the time is called.
pub(super) const UP: &str = "the time is up (--for)";

/// So long a failure is looked into that nobody waits for alone.
pub(super) const IN_PASSING: Duration = Duration::from_secs(10);

/// As much as the main thread has.
const STACK: usize = 8 << 20;

/// The time of one piece of work, and what is said of it if it is left.
#[derive(Debug)]
pub(super) struct Deadline {
    begun: Instant,
    time: Option<Duration>,
    known: Known,
}

/// What a piece of work that was left comes to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Left {
    /// One word for people.
    pub(super) word: &'static str,
    pub(super) exit: Exit,
}

/// Does a piece of work of which a file is the subject, one of a list if its name has a width there. If the work has a
/// time and is not done soon after that, it is left and what is known of it is said.
///
/// # Errors
///
/// When it was left.
pub(super) fn in_time<T: Send + 'static>(
    time: Option<Duration>,
    (file, wide): (&Path, Option<usize>),
    terminal: &mut Terminal<'_>,
    work: impl FnOnce(&Deadline, &mut Terminal<'_>) -> T + Send + 'static,
) -> Result<T, Left> {
    let deadline = Deadline { begun: Instant::now(), time, known: Known::new() };
    let known = deadline.known.clone();
    let done = match time {
        Some(time) => {
            waited_for(deadline, time, terminal, work).ok_or_else(|| left_at(file, wide, &known, terminal))
        }
        None => Ok(work(&deadline, terminal)),
    };
    // Whoever is interrupted later is not told of this.
    known.take();
    done
}

/// Does it on another thread; nothing if it has been left there.
fn waited_for<T: Send + 'static>(
    deadline: Deadline,
    time: Duration,
    terminal: &mut Terminal<'_>,
    work: impl FnOnce(&Deadline, &mut Terminal<'_>) -> T + Send + 'static,
) -> Option<T> {
    let begun = deadline.begun;
    let (says, hears) = channel();
    let remote = terminal.remote(says);
    let worker = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || remote.during(|terminal| work(&deadline, terminal)))
        .expect("there is room for one more thread");
    let mut patience = None;
    loop {
        let left = time.saturating_sub(begun.elapsed());
        if left.is_zero() && patience.get_or_insert_with(Patience::begin).is_over() {
            return None;
        }
        match hears.recv_timeout(left.max(LOOKS_EVERY)) {
            Ok(passed) => terminal.pass_on(passed),
            Err(RecvTimeoutError::Timeout) => (),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    // Whoever has panicked has said so.
    Some(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
}

/// Says what is known of work that is left.
fn left_at(file: &Path, wide: Option<usize>, known: &Known, terminal: &mut Terminal<'_>) -> Left {
    let (exit, said) = match known.take() {
        Some(Words { exit, told }) => (exit, told(UP)),
        None => (Exit::Inconclusive, nothing_known(&shown(file), wide, terminal.format)),
    };
    let word = match exit {
        Exit::Held => "held",
        Exit::Inconclusive => "inconclusive",
        Exit::Wrong => "wrong",
        _ => "broken",
    };
    terminal.progress("");
    terminal.keep(|| Entry::left(file, word, exit, UP, &said));
    match terminal.format {
        Format::Text => terminal.print(&said),
        Format::Json => terminal.print_json_lines(&said),
    }
    Left { word, exit }
}

impl Deadline {
    /// From now on it is said that a run came to this, if there is no time to say more of it. `file` is where the run
    /// stands.
    pub(super) fn knows(&self, case: &Case<'_>, file: &str, terminal: &Terminal<'_>) {
        let exit = case.judgement().exit();
        match terminal.format {
            Format::Text => {
                let known = visible_lines(&rendered(&case.lines(), terminal.width, false)).into_owned();
                self.known.is(exit, move |why| format!("{known}\nThere is no more to say: {why}.\n"));
            }
            Format::Json => self.known.is(exit, limited(case.json(Some(file)))),
        }
    }

    /// From now on it is said that this run fails, and how it is seen again, if there is no time to say more of it.
    pub(super) fn knows_failure(&self, loaded: &Loaded, of: &str, again: &str, format: Format) {
        let (file, again) = (&loaded.name, format!("{again}{}", loaded.bounds));
        match format {
            Format::Text => {
                let known = visible(&format!("broken: {file}, {of}")).into_owned();
                let again = visible(&again).into_owned();
                self.known.is(Exit::Broken, move |why| {
                    format!("{known}\n\nSee it again: {again}\n\nThere is no more to say: {why}.\n")
                });
            }
            Format::Json => self.known.is(
                Exit::Broken,
                limited(json!({ "verdict": "broken", "file": file, "run": of, "again": again })),
            ),
        }
    }

    /// The flag that ends the search. Telling will take so many times as long as what has been done by now did, and
    /// that is set aside, up to half of what is left.
    pub(super) fn stop(&self, telling: u32) -> StopFlag {
        self.stop_before(self.begun.elapsed() * telling)
    }

    /// The same of a search of which nothing has to be told but what it was, and why it is so where somebody reads that.
    pub(super) fn stop_to_tell(&self, terminal: &Terminal<'_>) -> StopFlag {
        self.stop_before(if terminal.explains() { IN_PASSING } else { Duration::ZERO })
    }

    fn stop_before(&self, telling: Duration) -> StopFlag {
        interrupt::after(self.left().map(|left| left - telling.min(left / 2)))
    }

    /// How much time there is left.
    pub(super) fn left(&self) -> Option<Duration> {
        self.time.map(|time| time.saturating_sub(self.begun.elapsed()))
    }
}

/// A result for programs that says why it is no longer.
fn limited(value: Value) -> impl Fn(&str) -> String + Send + 'static {
    move |why| {
        let mut value = value.clone();
        value["limit"] = why.into();
        visible_json(&format!("{value}\n")).into_owned()
    }
}

/// What is said of work of which nothing is known yet.
fn nothing_known(name: &str, wide: Option<usize>, format: Format) -> String {
    match (format, wide) {
        (Format::Text, Some(wide)) => format!("{:<12} {name:<wide$}  {UP}\n", "inconclusive"),
        (Format::Text, None) => format!("inconclusive: {name}: {UP}\n"),
        (Format::Json, _) => limited(json!({ "verdict": "inconclusive", "file": name }))(UP),
    }
}
