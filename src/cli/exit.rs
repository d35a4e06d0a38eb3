//! What the exit status of treefall says.

use std::process::ExitCode;

use crate::scenario::Judgement;

/// How a command ended. Of several files the worst counts; the worst is last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Exit {
    /// Everything held, or broke as its file says it does.
    Held,
    /// A limit was reached before everything had settled.
    Inconclusive,
    /// All went well but for what could not be printed or written.
    Unwritten,
    /// A property was broken, or what a file says would break has held.
    Broken,
    /// The command line, a scenario or a schedule is wrong, or code needs what is not there.
    Wrong,
    /// Somebody pressed Ctrl-C; what was found so far has been printed.
    Interrupted,
}

impl Exit {
    /// The number that shells see.
    pub fn code(self) -> u8 {
        match self {
            Exit::Held => 0,
            Exit::Broken => 1,
            Exit::Wrong => 2,
            Exit::Inconclusive => 3,
            Exit::Unwritten => 4,
            // As shells say it of a process that SIGINT has ended: 128 + 2.
            Exit::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

impl Judgement<'_> {
    /// The exit status that it deserves.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Judgement::Held | Judgement::BrokenAsExpected(_) => Exit::Held,
            Judgement::HeldUnexpectedly(_) | Judgement::Broken(_) => Exit::Broken,
            Judgement::Inconclusive(_) => Exit::Inconclusive,
            Judgement::Unrunnable(_) => Exit::Wrong,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Judgement;

    #[test]
    fn what_a_file_says_of_itself_decides_what_a_failure_is_worth() {
        let codes = [
            (Judgement::Held, 0),
            (Judgement::BrokenAsExpected(Vec::new()), 0),
            (Judgement::HeldUnexpectedly(Vec::new()), 1),
            (Judgement::Broken(Vec::new()), 1),
            (Judgement::Inconclusive("the horizon"), 3),
            (Judgement::Unrunnable("no such function"), 2),
        ];
        for (judgement, code) in codes {
            assert_eq!(judgement.exit().code(), code, "{}", judgement.word());
        }
    }
}
