//! Ctrl-C, and time that is up: long work ends at the next statement and prints what it has found. What takes too long
//! to get there, as the reading of a large file may, is left where it is.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::kernel::StopFlag;

use super::exit::Exit;
use super::output_file;

/// How much time of a processor whoever is interrupted has until it notices, and how much of the clock on the wall: a
/// busy machine is no reason to lose what has been found.
const PATIENCE: Duration = Duration::from_millis(80);
const LAST: Duration = Duration::from_secs(2);
const LOOKS_EVERY: Duration = Duration::from_millis(10);

static PRESSED: AtomicBool = AtomicBool::new(false);
static NOTICED: AtomicBool = AtomicBool::new(false);
static WORK: Mutex<Option<StopFlag>> = Mutex::new(None);
static KEPT: Mutex<Option<(PathBuf, String)>> = Mutex::new(None);
static LAST_WORDS: Mutex<Option<(String, Exit)>> = Mutex::new(None);

/// From now on the first Ctrl-C asks, and the second one does not.
pub(super) fn listen() {
    let handler = || {
        if PRESSED.swap(true, Ordering::Relaxed) {
            leave(Leaving::Interrupted);
        }
        if let Some(stop) = &*WORK.lock().expect("nobody panics with it") {
            stop.raise();
        }
        std::thread::spawn(|| leave_unless(&NOTICED, Leaving::Interrupted));
    };
    // Where no handler can be set, Ctrl-C does what it always does.
    let _ = ctrlc::set_handler(handler);
}

/// Whether it has been pressed. Whoever asks ends what it does.
pub(super) fn happened() -> bool {
    let pressed = PRESSED.load(Ordering::Relaxed);
    if pressed {
        NOTICED.store(true, Ordering::Relaxed);
    }
    pressed
}

/// For the next piece of work: it is asked to end when that happens, or after so long.
pub(super) fn after(time: Option<Duration>) -> StopFlag {
    let stop = time.map_or_else(StopFlag::default, raised_after);
    *WORK.lock().expect("nobody panics with it") = Some(stop.clone());
    // Who presses meanwhile has found the old work or the new one.
    if PRESSED.load(Ordering::Relaxed) {
        stop.raise();
    }
    stop
}

/// A flag that is raised after so long.
pub(super) fn raised_after(time: Duration) -> StopFlag {
    let stop = StopFlag::default();
    let later = stop.clone();
    // It outlives the work if that ends sooner, and does nothing then that anybody sees.
    std::thread::spawn(move || {
        std::thread::sleep(time);
        later.raise();
    });
    stop
}

/// What is written if there is no time to write any more.
pub(super) fn keep(path: &Path, text: String) {
    *KEPT.lock().expect("nobody panics with it") = Some((path.to_path_buf(), text));
}

/// What is printed if there is no time to say it better, and what it comes to; until this is dropped.
pub(super) fn last_words(words: String, exit: Exit) -> LastWords {
    LastWords { before: LAST_WORDS.lock().expect("nobody panics with it").replace((words, exit)) }
}

/// As long as it lives, whoever has to leave says so much.
#[derive(Debug)]
#[must_use = "they are taken back when it is dropped"]
pub(super) struct LastWords {
    before: Option<(String, Exit)>,
}

impl Drop for LastWords {
    fn drop(&mut self) {
        if let Ok(mut words) = LAST_WORDS.lock() {
            *words = self.before.take();
        }
    }
}

/// Why somebody leaves, which decides the exit status.
#[derive(Clone, Copy, Debug)]
pub(super) enum Leaving {
    /// Somebody has pressed Ctrl-C.
    Interrupted,
    /// The time is up: it is what the last words come to, or what came before if that was worse.
    OutOfTime(Exit),
}

/// Leaves soon, unless that is noticed before.
pub(super) fn leave_unless(noticed: &AtomicBool, why: Leaving) {
    let (begun, before) = (Instant::now(), processor_time());
    while !noticed.load(Ordering::Relaxed) {
        let used = match (before, processor_time()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            _ => begun.elapsed(),
        };
        if used >= PATIENCE || begun.elapsed() >= LAST {
            leave(why);
        }
        std::thread::sleep(LOOKS_EVERY);
    }
}

fn leave(why: Leaving) -> ! {
    if let Ok(mut kept) = KEPT.try_lock()
        && let Some((path, text)) = kept.take()
    {
        // There is nobody left to tell that it could not be written.
        let _ = output_file::write(&path, &text);
    }
    let mut said = Exit::Inconclusive;
    if let Ok(mut words) = LAST_WORDS.try_lock()
        && let Some((words, exit)) = words.take()
    {
        said = exit;
        // Nor that it could not be printed.
        let _ = std::io::Write::write_all(&mut std::io::stdout(), words.as_bytes());
    }
    let exit = match why {
        Leaving::Interrupted => Exit::Interrupted,
        Leaving::OutOfTime(before) => said.max(before),
    };
    std::process::exit(i32::from(exit.code()))
}

/// How long this process has had a processor, where the system says it: in hundredths of a second.
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in parentheses may hold spaces.
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some(Duration::from_millis(10 * (ticks()? + ticks()?)))
}
