//! A small world to test schedulers with: a parent with three children that pass messages round, set
//! timers, crash, and are replaced.

use std::collections::BTreeMap;

use crate::kernel::{
    Atom, Atoms, Behaviour, Choice, Context, Event, EventKind, Events, Fault, FaultKind, Input, Next, Pid,
    Received, Spawn, State, Target, Term, Victims, World,
};

use super::names::{Nameless, Names, describe};
use super::random::Random;
use super::schedule::Schedule;
use super::scheduler::Scheduler;

/// Who a process is and what it remembers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Toy {
    /// Traps exits and replaces its children.
    Parent { replacements: u8 },
    /// Passes numbers on.
    Child { label: Atom, heard: u8 },
}

/// The labels of the parent and of its children.
#[derive(Debug)]
pub(super) struct Image {
    atoms: Atoms,
    root: Atom,
    children: [Atom; 3],
}

pub(super) fn image() -> Image {
    let atoms = Atoms::default();
    let root = atoms.intern("root");
    let children = ["a", "b", "c"].map(|label| atoms.intern(label));
    Image { atoms, root, children }
}

fn labels(image: &Image) -> Vec<Atom> {
    image.children.to_vec()
}

pub(super) fn world(image: &Image, events: &mut Events<Toy>) -> World<Toy> {
    World::new(image.root, Toy::Parent { replacements: 0 }, (), Some(10), events)
}

/// Everybody who takes part in the random run of seed 0.
pub(super) fn pids(image: &Image) -> Vec<Pid> {
    let mut events = Events::recorded();
    let mut world = world(image, &mut events);
    let mut random = Random::new(0);
    while let Some(choice) = pick(&mut random, &world) {
        world.step(choice, image, &mut events);
    }
    let born = |event: &Event<Toy>| matches!(event.kind, EventKind::Spawned { .. }).then_some(event.pid);
    events.list().iter().filter_map(born).collect()
}

/// What a scheduler picks that whatever is on offer suits.
pub(super) fn pick(scheduler: &mut dyn Scheduler<Toy>, world: &World<Toy>) -> Option<Choice> {
    scheduler.choose(&world.choices(), &Nameless).expect("it has nothing in mind")
}

/// The random run of a seed: its last world, and its schedule.
pub(super) fn record(seed: u64) -> (World<Toy>, Schedule) {
    let image = image();
    let mut events = Events::recorded();
    let mut world = world(&image, &mut events);
    let (mut family, mut random, mut lines) = (Family::default(), Random::new(seed), Vec::new());
    loop {
        family.learn(&events.drain(), &image);
        let Some(choice) = pick(&mut random, &world) else { break };
        lines.push(describe(choice, &family));
        world.step(choice, &image, &mut events);
    }
    (world, Schedule::new("0", "toy", 0, Some(seed), lines))
}

/// The names of everybody so far.
#[derive(Debug, Default)]
pub(super) struct Family(BTreeMap<Pid, String>);

impl Family {
    pub(super) fn learn(&mut self, events: &[Event<Toy>], image: &Image) {
        for event in events {
            let EventKind::Spawned { parent, label, nth, .. } = &event.kind else { continue };
            let label = image.atoms.text(*label);
            let name = match parent.and_then(|parent| self.0.get(&parent)) {
                Some(parent) if *nth > 1 => format!("{parent}/{label}#{nth}"),
                Some(parent) => format!("{parent}/{label}"),
                None => label.to_owned(),
            };
            self.0.insert(event.pid, name);
        }
    }
}

/// So many kills of anybody.
pub(super) fn kills(times: u32, image: &Image) -> Vec<Fault> {
    let kind = FaultKind::Kill(Victims::Labelled(labels(image)));
    vec![Fault { left: times, early: false, kind }]
}

impl Names for Family {
    fn name(&self, pid: Pid) -> String {
        self.0.get(&pid).cloned().unwrap_or_else(|| format!("timer-{:x}", pid.lineage()))
    }

    fn find(&self, name: &str) -> Option<Pid> {
        self.0.iter().find(|(_, known)| *known == name).map(|(pid, _)| *pid)
    }

    fn fault(&self, _: u16) -> Option<&str> {
        None
    }

    fn find_fault(&self, _: &str) -> Option<u16> {
        None
    }

    fn knows(&self, name: &str) -> bool {
        self.0.values().any(|known| known == name)
    }
}

impl State for Toy {
    type Message = u8;
    type Common = ();
    type Image = Image;
    type Report = ();

    fn accepts(&self, _: &Received<u8>, _: &Image) -> bool {
        true
    }
}

impl Behaviour for Toy {
    fn resume(&mut self, input: Input<u8>, context: &mut Context<'_, Self>) -> Next {
        match self {
            Toy::Parent { replacements } => match input {
                Input::Start => {
                    context.trap_exit(true);
                    for label in context.image().children {
                        begin(label, 7, context);
                    }
                    Next::Receive { timeout: None }
                }
                Input::Message(Received::Exit { from, .. }) if *replacements < 3 => {
                    *replacements += 1;
                    let label = context.image().children[usize::from(*replacements) % 3];
                    context.send(from, 1); // To the dead.
                    begin(label, 3, context);
                    Next::Receive { timeout: Some(5) }
                }
                Input::Message(Received::Exit { .. }) => Next::Exit(Term::Atom(Atom::SHUTDOWN)),
                _ => Next::Receive { timeout: None },
            },
            Toy::Child { label, heard } => {
                let number = match input {
                    Input::Start => {
                        let (me, label) = (context.pid(), *label);
                        let _ = context.register(label, me); // An older one may still have it.
                        return Next::Preempt;
                    }
                    Input::Message(Received::Message(number)) => number,
                    _ => return Next::Receive { timeout: None },
                };
                *heard += 1;
                let next = context.image().children[usize::from(number) % 3];
                match number {
                    0 => return Next::Exit(Term::Atom(Atom::KILLED)),
                    5 => drop(context.send_after(4, Target::Name(next), number - 1)),
                    3 if *heard == 1 => drop(context.monitor(Target::Name(next))),
                    _ => drop(context.send_to(Target::Name(next), number - 1)),
                }
                Next::Receive { timeout: None }
            }
        }
    }
}

fn begin(label: Atom, number: u8, context: &mut Context<'_, Toy>) {
    let child = Toy::Child { label, heard: 0 };
    let (pid, _) = context.spawn(child, Spawn { label, link: true, monitor: false, awaited: false });
    context.send(pid, number);
}
