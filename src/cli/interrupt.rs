//! Ctrl-C: long work ends at the next statement and prints what it has found. What takes too long to get there, as the
//! reading of a large file may, is left where it is.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::kernel::StopFlag;

use super::exit::Exit;
use super::output_file;

/// How much time of a processor whoever is to end has until it notices, and how much of the clock on the wall: a
/// busy machine is no reason to lose what has been found.
const PATIENCE: Duration = Duration::from_millis(80);
const LAST: Duration = Duration::from_secs(2);
pub(super) const LOOKS_EVERY: Duration = Duration::from_millis(10);

static PRESSED: AtomicBool = AtomicBool::new(false);
static NOTICED: AtomicBool = AtomicBool::new(false);
static WORK: Mutex<Option<StopFlag>> = Mutex::new(None);
static KEPT: Mutex<Option<(PathBuf, String)>> = Mutex::new(None);
static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

/// What an interruption is called.
const PRESSED_IT: &str = "interrupted (Ctrl-C)";

/// From now on the first Ctrl-C asks, and the second one does not.
pub(super) fn listen() {
    let handler = || {
        if PRESSED.swap(true, Ordering::Relaxed) {
            leave();
        }
        if let Some(stop) = &*WORK.lock().expect("nobody panics with it") {
            stop.raise();
        }
        std::thread::spawn(leave_unless_noticed);
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

/// What is known of the work that goes on, for whoever has to leave it.
#[derive(Clone, Debug, Default)]
pub(super) struct Known(Arc<Mutex<Option<Words>>>);

/// What is printed if there is no time to say it better.
pub(super) struct Words {
    /// What it comes to.
    pub(super) exit: Exit,
    /// The text, once it is said why it is no longer.
    pub(super) told: Box<dyn Fn(&str) -> String + Send>,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.exit).finish()
    }
}

impl Known {
    /// Of work that begins now: there is nothing yet.
    pub(super) fn new() -> Self {
        let known = Known::default();
        *KNOWN.lock().expect("nobody panics with it") = Some(known.clone());
        known
    }

    /// From now on so much is known.
    pub(super) fn is(&self, exit: Exit, told: impl Fn(&str) -> String + Send + 'static) {
        *self.0.lock().expect("nobody panics with it") = Some(Words { exit, told: Box::new(told) });
    }

    /// What is known, to be said once.
    pub(super) fn take(&self) -> Option<Words> {
        self.0.lock().expect("nobody panics with it").take()
    }
}

/// How long whoever is to end is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    begun: Instant,
    before: Option<Duration>,
}

impl Patience {
    /// Begins to wait.
    pub(super) fn begin() -> Self {
        Patience { begun: Instant::now(), before: processor_time() }
    }

    /// Whether it has been long enough.
    pub(super) fn is_over(&self) -> bool {
        let used = match (self.before, processor_time()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            _ => self.begun.elapsed(),
        };
        used >= PATIENCE || self.begun.elapsed() >= LAST
    }
}

/// Leaves soon, unless that is noticed before.
fn leave_unless_noticed() {
    let patience = Patience::begin();
    while !NOTICED.load(Ordering::Relaxed) {
        if patience.is_over() {
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
    if let Ok(known) = KNOWN.try_lock()
        && let Some(words) = known.as_ref().and_then(|known| known.0.try_lock().ok()?.take())
    {
        // Nor that it could not be printed.
        let _ = std::io::Write::write_all(&mut std::io::stdout(), (words.told)(PRESSED_IT).as_bytes());
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
