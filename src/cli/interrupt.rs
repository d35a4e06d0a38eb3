//! Ctrl-C, and time that is up: long work ends at the next statement and prints what it has found. What takes too long
//! to get there, as the reading of a large file may, is left where it is if somebody has pressed Ctrl-C.

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
static LAST_WORDS: Mutex<Option<String>> = Mutex::new(None);

/// From now on the first Ctrl-C asks, and the second one does not.
pub(super) fn listen() {
    let handler = || {
        if PRESSED.swap(true, Ordering::Relaxed) {
            leave();
        }
        if let Some(stop) = &*WORK.lock().expect("nobody panics with it") {
            stop.raise();
        }
        std::thread::spawn(leave_in_time);
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

/// What is printed if there is no time to say it better; until this is dropped.
pub(super) fn last_words(words: String) -> LastWords {
    *LAST_WORDS.lock().expect("nobody panics with it") = Some(words);
    LastWords
}

/// As long as it lives, whoever has to leave says so much.
#[must_use = "they are forgotten when it is dropped"]
pub(super) struct LastWords;

impl Drop for LastWords {
    fn drop(&mut self) {
        if let Ok(mut words) = LAST_WORDS.lock() {
            *words = None;
        }
    }
}

fn leave_in_time() {
    let (pressed, before) = (Instant::now(), processor_time());
    while !NOTICED.load(Ordering::Relaxed) {
        let used = match (before, processor_time()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            _ => pressed.elapsed(),
        };
        if used >= PATIENCE || pressed.elapsed() >= LAST {
            leave();
        }
        std::thread::sleep(LOOKS_EVERY);
    }
}

fn leave() -> ! {
    if let Ok(mut kept) = KEPT.try_lock()
        && let Some((path, text)) = kept.take()
    {
        // There is nobody left to tell that it could not be written.
        let _ = output_file::write(&path, &text);
    }
    if let Ok(mut words) = LAST_WORDS.try_lock()
        && let Some(words) = words.take()
    {
        // Nor that it could not be printed.
        let _ = std::io::Write::write_all(&mut std::io::stdout(), words.as_bytes());
    }
    std::process::exit(i32::from(Exit::Interrupted.code()))
}

/// How long this process has had a processor, where the system says it: in hundredths of a second.
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in parentheses may hold spaces.
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some(Duration::from_millis(10 * (ticks()? + ticks()?)))
}
