//! What can happen next: the vocabulary of schedulers and of schedule files.

use super::behaviour::Behaviour;
use super::pid::Pid;
use super::process::{Process, Wakeup};
use super::world::World;

/// One thing that can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Choice {
    /// The oldest signal on its way between two processes arrives.
    Deliver {
        /// Who sent it; a timer counts as a sender of its own.
        from: Pid,
        /// Whom it is for.
        to: Pid,
    },
    /// A process goes on until it next waits.
    Run(Pid),
    /// The clock jumps to a timer of the earliest instant, which fires.
    Tick {
        /// The instant, in milliseconds.
        due: u64,
        /// As which of that instant it was set.
        nth: u32,
    },
    /// A fault that the plan allows: the process is killed.
    Kill(Pid),
    /// A fault that the plan allows, by its number there: what it does is the behaviour's business.
    Fault(u16),
}

/// The choices of a world: signals and runnable processes first, then time, then faults.
///
/// Their order depends on the run that led here and on nothing else: the same choices, taken again from
/// the start, meet the same lists.
#[derive(Debug)]
pub struct Choices<'a, B: Behaviour> {
    world: &'a World<B>,
    going: usize,
    quiet: usize,
    ticks: usize,
    kills: usize,
    faults: usize,
}

impl<'a, B: Behaviour> Choices<'a, B> {
    pub(super) fn of(world: &'a World<B>) -> Self {
        let going = world.flight.len();
        let quiet = if going == 0 && world.clock.only_patience() { world.quiet.0.len() } else { 0 };
        let ticks = if quiet == 0 { ticks(world) } else { 0 };
        let kills = victims(world).count();
        let faults = strikes(world).count();
        Choices { world, going, quiet, ticks, kills, faults }
    }

    /// How many of them are signals and runnable processes: they come first of all.
    pub fn going(&self) -> usize {
        self.going
    }

    /// How many there are but for faults: they come first.
    pub fn without_faults(&self) -> usize {
        self.going + self.quiet + self.ticks
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.going + self.quiet + self.ticks + self.kills + self.faults
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The `index`th, from 0.
    pub fn get(&self, index: usize) -> Option<Choice> {
        let mut index = index;
        if index < self.going {
            return Some(self.world.flight.get(index));
        }
        index -= self.going;
        if index < self.quiet {
            return Some(Choice::Run(self.world.quiet.0[index]));
        }
        index -= self.quiet;
        if index < self.ticks {
            return self.world.clock.earliest().nth(index).map(|((due, nth), _)| Choice::Tick { due, nth });
        }
        index -= self.ticks;
        if index < self.kills {
            return victims(self.world).nth(index).map(Choice::Kill);
        }
        index -= self.kills;
        strikes(self.world).nth(index).map(Choice::Fault)
    }

    /// Adds all but the faults to a list.
    pub fn list_without_faults(&self, list: &mut Vec<Choice>) {
        list.extend(self.world.flight.offered());
        list.extend(self.world.quiet.0[..self.quiet].iter().copied().map(Choice::Run));
        let ticks = self.world.clock.earliest().take(self.ticks);
        list.extend(ticks.map(|((due, nth), _)| Choice::Tick { due, nth }));
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Choice> {
        (0..self.len()).map_while(|index| self.get(index))
    }

    /// The signals and runnable processes, what has waited longest first.
    pub fn by_age(&self) -> impl Iterator<Item = Choice> {
        self.world.flight.by_age()
    }

    /// What can happen when all signals and runnable processes are kept waiting: whoever waits for quiet
    /// goes on, or time passes.
    pub fn when_all_wait(&self) -> Option<Choice> {
        let others = self.going..self.without_faults();
        others.start.lt(&others.end).then(|| self.get(others.start)).flatten()
    }

    /// Whether this is one of them, without looking at all the others.
    pub fn contains(&self, choice: Choice) -> bool {
        let world = self.world;
        match choice {
            Choice::Deliver { from, to } => world.flight.offers(from, to),
            Choice::Run(pid) => match world.processes.get(pid).map(Process::wakeup) {
                None | Some(Wakeup::Waiting) => false,
                Some(Wakeup::WaitingForQuiet) => self.quiet > 0,
                Some(Wakeup::Start | Wakeup::Continue | Wakeup::Message(_) | Wakeup::Timeout) => true,
            },
            Choice::Tick { due, nth } => {
                self.ticks > 0 && world.clock.earliest().any(|(key, _)| key == (due, nth))
            }
            Choice::Kill(pid) => victims(world).any(|victim| victim == pid),
            Choice::Fault(number) => strikes(world).any(|strike| strike == number),
        }
    }

    /// What happens when nothing goes wrong: what has waited longest; time passes only when nothing else can
    /// happen.
    pub fn calm(&self) -> Option<Choice> {
        match self.world.flight.oldest() {
            None if self.quiet > 0 => self.world.quiet.0.first().copied().map(Choice::Run),
            None => self.world.clock.earliest().next().map(|((due, nth), _)| Choice::Tick { due, nth }),
            oldest => oldest,
        }
    }
}

/// How many timers may fire next: none of the earliest instant if a promise of bounded asynchrony could not be
/// kept after it.
fn ticks<B: Behaviour>(world: &World<B>) -> usize {
    let Some((due, count)) = world.clock.earliest_instant() else { return 0 };
    let in_time = match (world.flight.waiting_since(), world.max_delay) {
        (Some(since), Some(max_delay)) => due <= since.saturating_add(max_delay),
        (None, _) | (_, None) => true,
    };
    if in_time { count } else { 0 }
}

/// The processes that a plan allows to be killed.
fn victims<B: Behaviour>(world: &World<B>) -> impl Iterator<Item = Pid> {
    let allowed = world.faults.has_kills_left();
    world
        .processes
        .iter()
        .take_while(move |_| allowed)
        .filter(|process| world.faults.may_kill(process, &world.common))
        .map(|process| process.pid)
}

/// The numbers of the other faults that a plan still allows.
fn strikes<B: Behaviour>(world: &World<B>) -> impl Iterator<Item = u16> {
    world.faults.strikes(world.is_connected())
}
