//! `--for`: the time that a piece of work has. When it is up a search ends at the next statement, and what was found is
//! told. Where even that takes too long, as making a long run anew may, the last words are said and treefall leaves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::kernel::StopFlag;
use crate::trace::{visible, visible_json};

use super::exit::Exit;
use super::interrupt::{self, LastWords, Leaving};
use super::terminal::{Format, Terminal, rendered};
use super::verdict::Case;

/// The time of one piece of work; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Deadline {
    begun: Instant,
    time: Option<Duration>,
    told: Arc<AtomicBool>,
    words: Option<LastWords>,
}

impl Deadline {
    /// Begins. Nothing waits where no time was named.
    pub(super) fn start(time: Option<Duration>) -> Self {
        Deadline { begun: Instant::now(), time, told: Arc::default(), words: None }
    }

    /// From now on whoever is not done soon after the time is up leaves. `name` is what is worked at; what came of other
    /// work is told already, and what it came to is not forgotten.
    pub(super) fn or_leave(&mut self, name: &str, before: Exit, terminal: &Terminal<'_>) {
        let Some(time) = self.time else { return };
        self.says(out_of_time(name, terminal.format), Exit::Inconclusive);
        let (told, left) = (self.told.clone(), time.saturating_sub(self.begun.elapsed()));
        std::thread::spawn(move || {
            std::thread::sleep(left);
            interrupt::leave_unless(&told, Leaving::OutOfTime(before));
        });
    }

    /// That a run came to this is said if there is no time to say more of it. `file` is where the run stands.
    pub(super) fn knows(&mut self, case: &Case<'_>, file: &str, terminal: &Terminal<'_>) {
        let words = match terminal.format {
            Format::Text => {
                let known = rendered(&case.lines(), terminal.width, false);
                format!("{known}\nThere is no more to say: {UP}.\n")
            }
            Format::Json => {
                let mut value = case.json(Some(file));
                value["limit"] = UP.into();
                visible_json(&format!("{value}\n")).into_owned()
            }
        };
        self.says(words, case.judgement().exit());
    }

    fn says(&mut self, words: String, exit: Exit) {
        if self.time.is_some() {
            // The former ones are taken back first.
            self.words = None;
            self.words = Some(interrupt::last_words(words, exit));
        }
    }

    /// The flag that ends the search. Telling will take so many times as long as what has been done by now did, and
    /// that is set aside, up to half of what is left.
    pub(super) fn stop(&self, telling: u32) -> StopFlag {
        let spent = self.begun.elapsed();
        interrupt::after(self.time.map(|time| {
            let left = time.saturating_sub(spent);
            left - (spent * telling).min(left / 2)
        }))
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        self.told.store(true, Ordering::Relaxed);
    }
}

/// What the end of the time is called.
pub(super) const UP: &str = "the time is up (--for)";

/// What is said of work of which nothing is known yet.
fn out_of_time(name: &str, format: Format) -> String {
    match format {
        Format::Text => visible(&format!("inconclusive: {name}: {UP}")).into_owned() + "\n",
        Format::Json => {
            let object = json!({ "verdict": "inconclusive", "file": name, "limit": UP });
            visible_json(&format!("{object}\n")).into_owned()
        }
    }
}
