//! What may go wrong in a callback, and which faults have struck. It knows labels and counts, and no callback.

use std::collections::BTreeMap;

use crate::kernel::Atom;

/// What goes wrong in a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wrong {
    /// `init` returns `{stop, fault}`.
    FailStart,
    /// `init` returns `ignore`.
    IgnoreStart,
    /// `init` raises an error, as a bug in it would.
    CrashStart,
    /// `init` never returns.
    HangStart,
    /// `terminate` raises an error before it is done.
    CrashTerminate,
    /// `terminate` never returns.
    HangTerminate,
    /// The callback begins so many milliseconds later.
    Slow(u64),
}

/// A fault of a plan that is about callbacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallbackFault {
    /// What goes wrong.
    pub wrong: Wrong,
    /// The processes with this label.
    pub process: Atom,
    /// Only the nth start, or the nth `terminate`, of a process with this label.
    pub nth: Option<u64>,
}

/// Which faults have struck and not taken effect yet, and what is counted for them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Struck {
    times: Vec<u32>,
    pub(super) starts: BTreeMap<Atom, u64>,
    pub(super) stops: BTreeMap<Atom, u64>,
}

impl Wrong {
    /// The word for it in a plan.
    pub fn word(self) -> &'static str {
        match self {
            Wrong::FailStart => "fail_start",
            Wrong::IgnoreStart => "ignore_start",
            Wrong::CrashStart => "crash_start",
            Wrong::HangStart => "hang_start",
            Wrong::CrashTerminate => "crash_terminate",
            Wrong::HangTerminate => "hang_terminate",
            Wrong::Slow(_) => "slow",
        }
    }

    /// What a story says of it.
    pub fn words(self) -> String {
        match self {
            Wrong::FailStart => "init fails".to_owned(),
            Wrong::IgnoreStart => "init returns ignore".to_owned(),
            Wrong::CrashStart => "init crashes".to_owned(),
            Wrong::HangStart => "init hangs".to_owned(),
            Wrong::CrashTerminate => "terminate crashes".to_owned(),
            Wrong::HangTerminate => "terminate hangs".to_owned(),
            Wrong::Slow(by) => format!("it is slow, by {by}\u{a0}ms"),
        }
    }

    pub(super) fn is_of_start(self) -> bool {
        matches!(self, Wrong::FailStart | Wrong::IgnoreStart | Wrong::CrashStart | Wrong::HangStart)
    }

    pub(super) fn is_of_terminate(self) -> bool {
        matches!(self, Wrong::CrashTerminate | Wrong::HangTerminate)
    }
}

impl Struck {
    /// Nothing has struck yet, of so many faults.
    pub fn none_of(faults: usize) -> Struck {
        Struck { times: vec![0; faults], ..Struck::default() }
    }

    /// This one strikes.
    pub fn strike(&mut self, fault: u16) {
        if let Some(times) = self.times.get_mut(usize::from(fault)) {
            *times += 1;
        }
    }

    /// A process with this label starts: as which of them, from 1.
    pub fn count_start(&mut self, label: Atom) -> u64 {
        let starts = self.starts.entry(label).or_insert(0);
        *starts += 1;
        *starts
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.times.iter().all(|times| *times == 0)
    }

    /// The first fault that has struck and is meant, which takes effect now.
    pub(super) fn take(
        &mut self,
        faults: &[Option<CallbackFault>],
        meant: impl Fn(&Struck, CallbackFault) -> bool,
    ) -> Option<Wrong> {
        let has_struck = |number: &usize| self.times.get(*number).is_some_and(|times| *times > 0);
        let (number, fault) = faults
            .iter()
            .enumerate()
            .filter(|(number, _)| has_struck(number))
            .filter_map(|(number, fault)| Some((number, (*fault)?)))
            .find(|(_, fault)| meant(self, *fault))?;
        self.times[number] -= 1;
        Some(fault.wrong)
    }
}
