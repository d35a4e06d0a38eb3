//! Which instructions of files have been executed, by their numbers in the file: builds with debug assertions keep
//! count, for the test that says which instructions no test executes.

use std::sync::atomic::{AtomicBool, Ordering};

static EXECUTED: [AtomicBool; 256] = [const { AtomicBool::new(false) }; 256];

/// Notes that instructions with these numbers are executed.
pub(super) fn note(opcodes: &[u8]) {
    for opcode in opcodes {
        EXECUTED[usize::from(*opcode)].store(true, Ordering::Relaxed);
    }
}

/// The numbers of all that have been executed so far, in their order: none in a build without debug assertions.
pub fn executed() -> Vec<u8> {
    (0..=u8::MAX).filter(|opcode| EXECUTED[usize::from(*opcode)].load(Ordering::Relaxed)).collect()
}
