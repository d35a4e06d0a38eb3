//! What can be seen of a world when everything has settled: who is left, who waits for whom, and who waits in vain.

use std::collections::BTreeSet;

use crate::kernel::{Atom, Link, Pid, Process};
use crate::model::{Part, Sentence};
use crate::otp::{Activity, Actor, Blocked, Phase, waits_for};

use super::super::ast::Oracle;
use super::super::script::{Image, Script, ScriptWorld};
use super::circles;
use super::history::History;
use super::reach::{self, is_client};
use super::unnoticed::unnoticed;

/// What an oracle sees at the end of a run.
pub(super) fn look(oracle: Oracle, world: &ScriptWorld, image: &Image, history: &History) -> Vec<Sentence> {
    match oracle {
        Oracle::NoOrphans => orphans(world, history)
            .map(|(orphan, parent)| {
                vec![
                    Part::Process(orphan),
                    Part::text(" is alive, though its supervisor "),
                    Part::Process(parent),
                    Part::text(" is not"),
                ]
            })
            .collect(),
        Oracle::NoLinkedOrphans => linked_orphans(world, history)
            .map(|(orphan, parent)| {
                vec![
                    Part::Process(orphan),
                    Part::text(" is alive, though "),
                    Part::Process(parent),
                    Part::text(", which started it with a link, is not"),
                ]
            })
            .collect(),
        Oracle::NoHeldNames => orphans(world, history)
            .filter_map(|(orphan, parent)| Some((orphan, parent, world.process(orphan)?.name?)))
            .map(|(orphan, parent, name)| {
                vec![
                    Part::Process(orphan),
                    Part::text(" still holds the name "),
                    Part::Term(name.into()),
                    Part::text(", though its supervisor "),
                    Part::Process(parent),
                    Part::text(" is not alive"),
                ]
            })
            .collect(),
        Oracle::NoHeldResources => held_resources(world, image, history),
        Oracle::NoLeaks => leaks(world, image, history),
        Oracle::NoStaleReferences => world
            .processes()
            .filter(|process| !is_client(process, image))
            .flat_map(|process| {
                let held = reach::in_state(process, image).into_iter();
                let mut stale: Vec<Pid> = held.filter(|pid| world.process(*pid).is_none()).collect();
                stale.sort_by_key(|pid| history.born(*pid));
                stale.into_iter().map(|dead| (process.pid, dead))
            })
            .map(|(holder, dead)| {
                vec![
                    Part::Process(holder),
                    Part::text(" still refers to "),
                    Part::Process(dead),
                    Part::text(", which is dead"),
                ]
            })
            .collect(),
        Oracle::NoUnreadMail => world
            .processes()
            .filter(|process| !process.mailbox.is_empty())
            .map(|process| {
                let text = match process.mailbox.len() {
                    1 => " has 1 unread message".to_owned(),
                    unread => format!(" has {unread} unread messages"),
                };
                vec![Part::Process(process.pid), Part::Text(text)]
            })
            .collect(),
        Oracle::NoLostRestart => unnoticed(world)
            .filter(|lost| lost.must_run(history.reason(lost.child)))
            .map(|lost| lost.told(history.reason(lost.child)))
            .collect(),
        Oracle::NoDeadlock => circles::anywhere(world).into_iter().collect(),
        Oracle::NoForgottenWaits => {
            forgotten(world, image, &|pid| history.parent(pid)).iter().map(Forgotten::told).collect()
        }
        Oracle::NoOverlap
        | Oracle::NoDoubleRestart
        | Oracle::NoMeltdown
        | Oracle::BoundedRestarts
        | Oracle::InOrder
        | Oracle::CleanShutdown => Vec::new(),
    }
}

/// The living children of dead supervisors, with those.
fn orphans<'a>(world: &'a ScriptWorld, history: &'a History) -> impl Iterator<Item = (Pid, Pid)> + 'a {
    world.processes().filter_map(move |process| {
        let birth = history.birth(process.pid)?;
        let parent = birth.parent.filter(|_| birth.supervised)?;
        world.process(parent).is_none().then_some((process.pid, parent))
    })
}

/// Those who live, and were started with a link by somebody dead who is no supervisor and no client.
fn linked_orphans<'a>(world: &'a ScriptWorld, history: &'a History) -> impl Iterator<Item = (Pid, Pid)> + 'a {
    world.processes().filter_map(move |process| {
        let birth = history.birth(process.pid)?;
        let parent = birth.parent.filter(|_| birth.linked && !birth.supervised)?;
        // The parent of clients is the run-time system, which nobody has started.
        let of_the_scenario = history.parent(parent).and_then(|above| history.parent(above)).is_some();
        (of_the_scenario && world.process(parent).is_none()).then_some((process.pid, parent))
    })
}

/// What the dead have acquired and not released, by its name, and for each in the order in which they were born.
fn held_resources(world: &ScriptWorld, image: &Image, history: &History) -> Vec<Sentence> {
    let held = world.common().resources.keys().filter(|(_, holder)| world.process(*holder).is_none());
    let mut held: Vec<&(Atom, Pid)> = held.collect();
    held.sort_by_key(|(resource, holder)| (image.atoms().text(*resource), history.born(*holder)));
    held.into_iter()
        .map(|(resource, holder)| {
            vec![
                Part::Process(*holder),
                Part::text(" died and never released "),
                Part::Term((*resource).into()),
            ]
        })
        .collect()
}

/// Dynamic children that nobody but their supervisor can reach.
fn leaks(world: &ScriptWorld, image: &Image, history: &History) -> Vec<Sentence> {
    let mut reached: BTreeSet<Pid> = reach::in_common(world.common());
    for process in world.processes() {
        let is_supervisor = matches!(process.behaviour(), Actor::Supervisor(_) | Actor::DynamicSupervisor(_));
        if !is_supervisor {
            reached.extend(reach::held(process, image).into_iter().filter(|pid| *pid != process.pid));
        }
    }
    let mut leaks = Vec::new();
    for process in world.processes() {
        let dynamic = history.birth(process.pid).is_some_and(|birth| birth.dynamic);
        if dynamic && process.name.is_none() && !reached.contains(&process.pid) {
            leaks.push(vec![
                Part::Process(process.pid),
                Part::text(" is alive and nobody but its supervisor can reach it"),
            ]);
        }
    }
    leaks
}

/// A process that waits for a message which nobody can send it any more: nobody who lives holds its pid, it has no
/// name, and it watches nobody who lives.
pub(super) struct Forgotten {
    pid: Pid,
    /// Whom it has called and who will never answer.
    asked: Option<Pid>,
    /// Somebody whom it knows, and who is dead.
    knew: Option<Pid>,
}

/// All of them, once everything has settled. Clients are not among them: one that still waits has failed.
/// `parent` says who has started a process, living or dead.
pub(super) fn forgotten(
    world: &ScriptWorld,
    image: &Image,
    parent: &dyn Fn(Pid) -> Option<Pid>,
) -> Vec<Forgotten> {
    let processes = || world.processes().filter(|process| !is_client(process, image));
    let mut forgotten: Vec<Forgotten> = processes()
        .filter_map(|process| {
            let asked = Some(forgot(process, world, image)?);
            Some(Forgotten { pid: process.pid, asked, knew: None })
        })
        .collect();
    let mut waiting = processes()
        .filter(|process| is_waiting(process) && process.name.is_none())
        .filter(|process| !watches(process, world))
        .peekable();
    if waiting.peek().is_none() {
        return forgotten;
    }
    let reached = reached(world, image);
    let left = waiting.filter(|process| !reached.contains(&process.pid));
    forgotten.extend(left.map(|process| {
        let knew = known_dead(process, world, image, parent);
        Forgotten { pid: process.pid, asked: None, knew }
    }));
    forgotten
}

impl Forgotten {
    /// Whether it has waited for an answer, as far as one can see: it has called somebody, or somebody whom it knows has
    /// died.
    pub(super) fn is_bereft(&self) -> bool {
        self.asked.or(self.knew).is_some()
    }

    pub(super) fn told(&self) -> Sentence {
        if let Some(asked) = self.asked {
            return vec![
                Part::Process(self.pid),
                Part::text(" waits for an answer from "),
                Part::Process(asked),
                Part::text(", which has handled the call: nobody remembers who asked"),
            ];
        }
        let mut sentence = vec![
            Part::Process(self.pid),
            Part::text(" waits for a message that nobody can send any more: nobody knows it"),
        ];
        if let Some(dead) = self.knew {
            let known = [Part::text(", and "), Part::Process(dead), Part::text(", whom it knows, is dead")];
            sentence.push(Part::Aside(known.into()));
        }
        sentence
    }
}

/// Whom a process has called that will never answer: a server that has handled the call, of which nobody remembers the
/// caller. Only for a world in which nothing is on its way.
pub(super) fn forgot(process: &Process<Actor<Script>>, world: &ScriptWorld, image: &Image) -> Option<Pid> {
    let Some(Blocked::Call(call)) = activity(process).map(Activity::blocked) else { return None };
    let asked = *waits_for(process.pid, world).first()?;
    let Actor::Server(server) = world.process(asked)?.behaviour() else { return None };
    let idle = *server.phase() == Phase::Loop && matches!(server.activity.guest, Script::Actor(_));
    (idle && !reach::remembers(call.tag(), world, image)).then_some(asked)
}

fn activity(process: &Process<Actor<Script>>) -> Option<&Activity<Script>> {
    match process.behaviour() {
        Actor::Server(server) => Some(&server.activity),
        Actor::Plain(plain) => Some(&plain.activity),
        Actor::Task(task) => task.activity(),
        _ => None,
    }
}

/// Whether it is in a `receive` of its own, and not between two messages as a server is.
fn is_waiting(process: &Process<Actor<Script>>) -> bool {
    activity(process).is_some_and(|activity| *activity.blocked() == Blocked::Receive)
}

/// Whether the end of somebody who lives can still reach it.
fn watches(process: &Process<Actor<Script>>, world: &ScriptWorld) -> bool {
    let linked = process.links.entries().into_iter().filter(|(_, link)| **link == Link::Active);
    let monitored = process.monitors.entries().into_iter().map(|(_, monitor)| monitor.pid);
    linked.map(|(peer, _)| peer).chain(monitored).any(|peer| world.process(peer).is_some())
}

/// Whom others who live can send something to.
fn reached(world: &ScriptWorld, image: &Image) -> BTreeSet<Pid> {
    let mut reached = reach::in_common(world.common());
    for process in world.processes() {
        reached.extend(reach::held(process, image).into_iter().filter(|pid| *pid != process.pid));
    }
    reached
}

/// Somebody whom it knows and who is dead; not a client, which had only asked the questions.
fn known_dead(
    process: &Process<Actor<Script>>,
    world: &ScriptWorld,
    image: &Image,
    parent: &dyn Fn(Pid) -> Option<Pid>,
) -> Option<Pid> {
    // The parent of clients is the run-time system, which nobody has started.
    let of_the_scenario = |pid: &Pid| parent(*pid).and_then(parent).is_some();
    let known = reach::in_state(process, image).into_iter();
    known.filter(|pid| world.process(*pid).is_none()).find(of_the_scenario)
}
