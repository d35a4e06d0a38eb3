//! What a property sees: the world at one moment, to look at and not to change.

use crate::kernel::{Atom, Atoms, Pid, Process, Target, World};
use crate::otp::{self, Counts, Restart};

use super::actor::Actor;
use super::address::Address;
use super::child::Supervisor;
use super::player::Player;

/// The world of a simulation at one moment.
///
/// # Examples
///
/// ```
/// use treefall::actors::*;
///
/// # #[derive(Clone, Debug, PartialEq, Eq, Hash)] struct Store(i64);
/// # impl Actor for Store { type Request = Never; type Reply = Never; type Message = Never; }
/// const STORE: Address<Store> = Address::named("store");
/// const TOP: Address<Supervisor> = Address::named("top");
///
/// let top = Supervisor::new("top", Strategy::OneForOne).child(Child::worker("store", Store(7)).named("store"));
/// let simulation = Simulation::new("one store").tree(top).client("test", |cx| cx.sleep(10));
/// let run = simulation.run().unwrap();
/// let view = run.end();
/// assert_eq!(view.now(), 10);
/// assert!(view.is_alive(&STORE) && view.is_complete(&TOP) && view.missing_children().is_empty());
/// assert_eq!((view.state(&STORE), view.unread(&STORE)), (Some(&Store(7)), 0));
/// assert_eq!(view.states::<Store>().next(), Some((view.process(&STORE).unwrap(), &Store(7))));
/// assert_eq!((view.active_children(&TOP), view.labels().collect::<Vec<_>>()), (1, vec!["top", "store"]));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct View<'w> {
    pub(super) world: &'w World<otp::Actor<Player>>,
    pub(super) atoms: &'w Atoms,
}

impl<'w> View<'w> {
    /// Virtual time, in milliseconds.
    ///
    /// # Examples
    ///
    /// See [`View`].
    pub fn now(&self) -> u64 {
        self.world.now()
    }

    /// The process behind an address, if it is alive.
    ///
    /// # Examples
    ///
    /// See [`View`].
    pub fn process<A: ?Sized>(&self, whom: &Address<A>) -> Option<Pid> {
        match whom.target(self.atoms) {
            Target::Pid(pid) => self.world.process(pid).map(|process| process.pid),
            Target::Name(name) | Target::Remote(name, _) => self.world.whereis(name),
        }
    }

    /// Whether somebody is there.
    ///
    /// # Examples
    ///
    /// See [`View`].
    pub fn is_alive<A: ?Sized>(&self, whom: &Address<A>) -> bool {
        self.process(whom).is_some()
    }

    /// The state of an actor: while a callback runs, that before it.
    ///
    /// # Examples
    ///
    /// See [`View`].
    pub fn state<A: Actor>(&self, whom: &Address<A>) -> Option<&'w A> {
        state_of(self.world.process(self.process(whom)?)?)
    }

    /// All living actors of a type, with their states.
    ///
    /// # Examples
    ///
    /// See [`View`].
    pub fn states<A: Actor>(&self) -> impl Iterator<Item = (Pid, &'w A)> + use<'w, A> {
        self.world.processes().filter_map(|process| Some((process.pid, state_of(process)?)))
    }

    /// How many messages wait in the mailbox of a process.
    ///
    /// # Examples
    ///
    /// See [`View`].
    pub fn unread<A: ?Sized>(&self, whom: &Address<A>) -> usize {
        let process = self.process(whom).and_then(|pid| self.world.process(pid));
        process.map_or(0, |process| process.mailbox.len())
    }

    /// How many children of a supervisor have a process.
    ///
    /// # Examples
    ///
    /// See [`View`].
    pub fn active_children<A: ?Sized>(&self, whom: &Address<A>) -> usize {
        let Some(process) = self.process(whom).and_then(|pid| self.world.process(pid)) else { return 0 };
        let counts: Counts = match process.behaviour() {
            otp::Actor::Supervisor(supervisor) => supervisor.counts(&mut |_| true),
            otp::Actor::DynamicSupervisor(supervisor) => supervisor.counts(),
            _ => return 0,
        };
        counts.active.try_into().unwrap_or(0)
    }

    /// Whether a supervisor is there, and all of its children have processes.
    ///
    /// # Examples
    ///
    /// See [`View`].
    pub fn is_complete(&self, whom: &Address<Supervisor>) -> bool {
        let Some(process) = self.process(whom).and_then(|pid| self.world.process(pid)) else { return false };
        match process.behaviour() {
            otp::Actor::Supervisor(supervisor) => {
                let counts = supervisor.counts(&mut |_| true);
                counts.active == counts.specs
            }
            _ => false,
        }
    }

    /// The permanent children of living supervisors that have no process, by their ids.
    ///
    /// # Examples
    ///
    /// See [`View`].
    pub fn missing_children(&self) -> Vec<&'w str> {
        let members = self.world.processes().filter_map(|process| process.behaviour().members()).flatten();
        let missing = members.filter(|member| {
            let lives = member.pid.is_some_and(|pid| self.world.process(pid).is_some());
            member.restart == Restart::Permanent && !lives
        });
        missing.filter_map(|member| Some(self.atoms.text(member.id.as_atom()?))).collect()
    }

    /// What everybody is called who lives: their ids, or the names of clients.
    ///
    /// # Examples
    ///
    /// See [`View`].
    pub fn labels(&self) -> impl Iterator<Item = &'w str> + use<'w> {
        let atoms = self.atoms;
        self.world
            .processes()
            .map(move |process| atoms.text(process.label))
            .filter(|label| *label != atoms.text(Atom::BOOT))
    }
}

fn state_of<A: Actor>(process: &Process<otp::Actor<Player>>) -> Option<&A> {
    let guest = match process.behaviour() {
        otp::Actor::Server(server) => &server.activity.guest,
        otp::Actor::Plain(plain) => &plain.activity.guest,
        _ => return None,
    };
    match guest {
        Player::Actor(instance) => instance.state(),
        Player::Boot { .. } => None,
    }
}
