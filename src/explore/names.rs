//! Choices in words: what a line of a schedule says.

use crate::kernel::{Behaviour, Choice, Choices, Pid};

/// What people call processes. Whoever renders runs knows; this module only asks.
pub trait Names {
    /// What people call this process or timer. Two of one run never share a name.
    fn name(&self, pid: Pid) -> String;

    /// The process that people call this, so far in this run. Timers need not be found.
    fn find(&self, name: &str) -> Option<Pid>;

    /// What the scenario says of its nth fault, from 0. Two never say the same.
    fn fault(&self, number: u16) -> Option<&str>;

    /// The fault of which it says this.
    fn find_fault(&self, words: &str) -> Option<u16>;

    /// Whether any process or timer has been called this, so far in this run.
    fn knows(&self, name: &str) -> bool;
}

/// Nobody has a name: for schedulers that never ask.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nameless;

impl Names for Nameless {
    fn name(&self, pid: Pid) -> String {
        format!("{:x}", pid.lineage())
    }

    fn find(&self, _: &str) -> Option<Pid> {
        None
    }

    fn fault(&self, _: u16) -> Option<&str> {
        None
    }

    fn find_fault(&self, _: &str) -> Option<u16> {
        None
    }

    fn knows(&self, _: &str) -> bool {
        false
    }
}

/// The line of a schedule that stands for this choice.
pub fn describe(choice: Choice, names: &dyn Names) -> String {
    let name = |pid| one_line(&names.name(pid));
    match choice {
        Choice::Deliver { from, to } => format!("deliver {} -> {}", name(from), name(to)),
        Choice::Run(pid) => format!("run {}", name(pid)),
        Choice::Tick { due, nth: 0 } => format!("tick {due}"),
        Choice::Tick { due, nth } => format!("tick {due} #{}", u64::from(nth) + 1),
        Choice::Kill(pid) => format!("kill {}", name(pid)),
        Choice::Fault(number) => format!("fault {}", names.fault(number).unwrap_or("unknown")),
    }
}

/// The choice that a line stands for, as far as its text and the names of processes tell: it may not be on
/// offer, and a line that names a timer is not recognised.
pub fn recognise(line: &str, names: &dyn Names) -> Option<Choice> {
    let (word, rest) = line.split_once(' ')?;
    match word {
        "deliver" => {
            let (from, to) = rest.split_once(" -> ")?;
            Some(Choice::Deliver { from: names.find(from)?, to: names.find(to)? })
        }
        "run" => names.find(rest).map(Choice::Run),
        "kill" => names.find(rest).map(Choice::Kill),
        "tick" => {
            let (due, nth) = rest.split_once(" #").unwrap_or((rest, "1"));
            Some(Choice::Tick { due: due.parse().ok()?, nth: nth.parse::<u32>().ok()?.checked_sub(1)? })
        }
        "fault" => names.find_fault(rest).map(Choice::Fault),
        _ => None,
    }
}

/// The choice that a line of a schedule names, if it can happen now.
pub(super) fn on_offer<B: Behaviour>(
    line: &str,
    choices: &Choices<'_, B>,
    names: &dyn Names,
) -> Option<Choice> {
    // Most lines name their choice at once; the rest is looked for among all that can happen.
    let likely =
        recognise(line, names).filter(|choice| choices.contains(*choice) && describe(*choice, names) == line);
    likely.or_else(|| choices.iter().find(|choice| describe(*choice, names) == line))
}

/// An atom may hold anything, a line break too.
fn one_line(name: &str) -> String {
    if !name.contains(char::is_control) && name.trim() == name {
        return name.to_owned();
    }
    format!("{name:?}")
}
