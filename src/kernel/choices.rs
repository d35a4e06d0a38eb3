//! What can happen next in a world: all its choices, in an order that schedulers can rely on.

use std::cell::OnceCell;

use super::behaviour::Behaviour;
use super::choice::Choice;
use super::fault::Candidate;
use super::pid::Pid;
use super::process::{Process, Wakeup};
use super::world::World;

/// The choices of a world: signals and runnable processes first, then time, then faults.
///
/// Their order depends on the run that led here and on nothing else: the same choices, taken again from
/// the start, meet the same lists.
#[derive(Debug)]
pub struct Choices<'a, B: Behaviour> {
    world: &'a World<B>,
    /// How many there are of each kind, once somebody has asked.
    counts: OnceCell<Counts>,
}

/// How many choices there are but for signals and runnable processes.
#[derive(Clone, Copy, Debug)]
struct Counts {
    quiet: usize,
    ticks: usize,
    kills: usize,
    faults: usize,
}

impl<B: Behaviour> World<B> {
    /// What can happen next.
    pub fn choices(&self) -> Choices<'_, B> {
        Choices { world: self, counts: OnceCell::new() }
    }
}

impl<'a, B: Behaviour> Choices<'a, B> {
    fn counts(&self) -> Counts {
        *self.counts.get_or_init(|| {
            let world = self.world;
            let waits_for_quiet = self.going() == 0 && world.clock.only_patience();
            let quiet = if waits_for_quiet { world.quiet.0.len() } else { 0 };
            let ticks = if quiet == 0 { ticks(world) } else { 0 };
            let (kills, faults) = match world.has_faults_left() {
                true => (victims(world).count(), strikes(world).count()),
                false => (0, 0),
            };
            Counts { quiet, ticks, kills, faults }
        })
    }

    /// How many of them are signals and runnable processes: they come first of all.
    pub fn going(&self) -> usize {
        self.world.queues.len()
    }

    /// How many there are but for faults: they come first.
    pub fn without_faults(&self) -> usize {
        let Counts { quiet, ticks, .. } = self.counts();
        self.going() + quiet + ticks
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        let Counts { kills, faults, .. } = self.counts();
        self.without_faults() + kills + faults
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The `index`th, from 0.
    pub fn get(&self, index: usize) -> Option<Choice> {
        let mut index = index;
        if index < self.going() {
            return Some(self.world.queues.get(index));
        }
        let Counts { quiet, ticks, kills, .. } = self.counts();
        index -= self.going();
        if index < quiet {
            return Some(Choice::Run(self.world.quiet.0[index]));
        }
        index -= quiet;
        if index < ticks {
            return self.world.clock.of_earliest(index).map(|(due, nth)| Choice::Tick { due, nth });
        }
        index -= ticks;
        if index < kills {
            return victims(self.world).nth(index).map(Choice::Kill);
        }
        index -= kills;
        strikes(self.world).nth(index).map(Choice::Fault)
    }

    /// Adds all but the faults to a list.
    pub fn list_without_faults(&self, list: &mut Vec<Choice>) {
        list.extend(self.world.queues.offered());
        let Counts { quiet, ticks, .. } = self.counts();
        list.extend(self.world.quiet.0[..quiet].iter().copied().map(Choice::Run));
        let ticks = self.world.clock.earliest().take(ticks);
        list.extend(ticks.map(|((due, nth), _)| Choice::Tick { due, nth }));
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Choice> {
        (0..self.len()).map_while(|index| self.get(index))
    }

    /// The signals and runnable processes, what has waited longest first.
    pub fn by_age(&self) -> impl Iterator<Item = Choice> {
        self.world.queues.by_age()
    }

    /// What can happen when all signals and runnable processes are kept waiting: whoever waits for quiet
    /// goes on, or time passes.
    pub fn when_all_wait(&self) -> Option<Choice> {
        let others = self.going()..self.without_faults();
        others.start.lt(&others.end).then(|| self.get(others.start)).flatten()
    }

    /// Whether this is one of them, without looking at all the others.
    pub fn contains(&self, choice: Choice) -> bool {
        let world = self.world;
        match choice {
            Choice::Deliver { from, to } => world.queues.offers(from, to),
            Choice::Run(pid) => match world.processes.get(pid).map(Process::wakeup) {
                None | Some(Wakeup::Waiting) => false,
                Some(Wakeup::WaitingForQuiet) => self.counts().quiet > 0,
                Some(Wakeup::Start | Wakeup::Continue | Wakeup::Message(_) | Wakeup::Timeout) => true,
            },
            Choice::Tick { due, nth } => {
                let next = world.clock.earliest_instant().is_some_and(|(at, _)| at == due);
                self.counts().ticks > 0 && next && world.clock.at((due, nth)).is_some()
            }
            Choice::Kill(pid) => victims(world).any(|victim| victim == pid),
            Choice::Fault(number) => strikes(world).any(|strike| strike == number),
        }
    }

    /// The arrival of a signal of which nobody will ever notice when it was. While faults are left there is none: a run is
    /// over when nothing can happen but faults, so whatever is still to happen keeps it open for one more.
    pub fn unnoticed(&self) -> Option<Choice> {
        self.world.unnoticed_delivery()
    }

    /// Whether this is the arrival of a monitor with a request right behind it, which may as well arrive with it.
    pub fn is_monitor_of_request(&self, choice: Choice) -> bool {
        // The run must not be over in between, which would end it for a fault that is left: something else goes on.
        self.world.is_monitor_of_request(choice) && (self.going() > 1 || !self.world.has_faults_left())
    }

    /// What happens when nothing goes wrong: what has waited longest; time passes only when nothing else can
    /// happen.
    pub fn calm(&self) -> Option<Choice> {
        match self.world.queues.oldest() {
            None if self.counts().quiet > 0 => self.world.quiet.0.first().copied().map(Choice::Run),
            None => self.world.clock.earliest().next().map(|((due, nth), _)| Choice::Tick { due, nth }),
            oldest => oldest,
        }
    }
}

/// How many timers may fire next: none of the earliest instant if a promise of bounded asynchrony could not be
/// kept after it.
fn ticks<B: Behaviour>(world: &World<B>) -> usize {
    let Some((due, count)) = world.clock.earliest_instant() else { return 0 };
    let in_time = match (world.queues.waiting_since(), world.max_delay) {
        (Some(since), Some(max_delay)) => due <= since.saturating_add(max_delay),
        (None, _) | (_, None) => true,
    };
    if in_time { count } else { 0 }
}

/// The processes that a plan allows to be killed.
fn victims<B: Behaviour>(world: &World<B>) -> impl Iterator<Item = Pid> {
    let allowed = world.faults.has_kills_left();
    let set_up = allowed && B::is_set_up(&world.common);
    let may_die = move |process: &&Process<B>| {
        let spared = B::is_spared(process, &world.common);
        world.faults.may_kill(Candidate { label: process.label, set_up, spared })
    };
    world.processes.iter().take_while(move |_| allowed).filter(may_die).map(|process| process.pid)
}

/// The numbers of the other faults that a plan still allows.
fn strikes<B: Behaviour>(world: &World<B>) -> impl Iterator<Item = u16> {
    world.faults.strikes(world.is_connected())
}
