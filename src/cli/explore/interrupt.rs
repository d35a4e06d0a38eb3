//! Ctrl-C: long work ends at the next step and prints what it has found.

use std::sync::atomic::{AtomicBool, Ordering};

use super::super::exit::Exit;

static PRESSED: AtomicBool = AtomicBool::new(false);

/// From now on the first Ctrl-C asks, and the second one does not.
pub(super) fn listen() {
    let handler = || {
        if PRESSED.swap(true, Ordering::Relaxed) {
            std::process::exit(i32::from(Exit::Interrupted.code()));
        }
    };
    // Where no handler can be set, Ctrl-C does what it always does.
    let _ = ctrlc::set_handler(handler);
}

/// Whether it has been pressed.
pub(super) fn happened() -> bool {
    PRESSED.load(Ordering::Relaxed)
}

/// The same, to be looked at from several threads.
pub(super) fn flag() -> &'static AtomicBool {
    &PRESSED
}
