//! Who takes part in the contest for the next step, as far as schedulers that rank them are concerned.

use crate::kernel::{Behaviour, Choice, Choices, Pid};

use super::dice::Dice;

/// Who has something to do next. Faults are nobody's: each scheduler treats them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Party {
    /// A process that can run.
    Process(Pid),
    /// The signals on their way from one process to another.
    Pair {
        /// Who sent them.
        from: Pid,
        /// Whom they are for.
        to: Pid,
    },
    /// Time, which passes when its turn comes.
    Clock,
}

impl Party {
    /// Whose choice it is.
    pub(super) fn of(choice: Choice) -> Option<Party> {
        match choice {
            Choice::Deliver { from, to } => Some(Party::Pair { from, to }),
            Choice::Run(pid) => Some(Party::Process(pid)),
            Choice::Tick { .. } => Some(Party::Clock),
            Choice::Kill(_) | Choice::Fault(_) => None,
        }
    }

    /// At which process it happens; time passes at none.
    pub(super) fn place(self) -> Option<Pid> {
        match self {
            Party::Process(pid) | Party::Pair { to: pid, .. } => Some(pid),
            Party::Clock => None,
        }
    }
}

/// What can happen next but for faults, in `into`, which is emptied first.
pub(super) fn offered<B: Behaviour>(choices: &Choices<'_, B>, into: &mut Vec<Choice>) {
    into.clear();
    choices.list_without_faults(into);
}

/// Any of the faults on offer, if there are any.
pub(super) fn any_fault<B: Behaviour>(choices: &Choices<'_, B>, dice: &mut Dice) -> Option<Choice> {
    let (going, all) = (choices.without_faults(), choices.len());
    (all > going).then(|| choices.get(going + dice.index(all - going))).flatten()
}
