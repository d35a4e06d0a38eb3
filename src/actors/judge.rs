//! Who judges the runs of a simulation.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::kernel::{Atom, Atoms, Event, EventKind, Pid, Term, World};
use crate::model::{self, Breach, Part, Sentence, Span};
use crate::otp::{Actor, Report, waits_for};

use super::player::Player;
use super::properties::{Demands, Oracle, When};
use super::view::View;

/// Judges one run.
#[derive(Clone, Debug)]
pub struct Judge<'m> {
    demands: &'m Demands,
    atoms: &'m Atoms,
    breaches: Vec<Breach>,
    /// Which of the properties have been met that some run must meet.
    reached: Vec<bool>,
    /// All processes that have been supervisors.
    supervisors: Arc<BTreeSet<Pid>>,
}

impl<'m> Judge<'m> {
    pub(super) fn of(demands: &'m Demands, atoms: &'m Atoms) -> Self {
        Judge {
            demands,
            atoms,
            breaches: Vec::new(),
            reached: vec![false; demands.properties.len()],
            supervisors: Arc::default(),
        }
    }

    fn view<'w>(&self, world: &'w World<Actor<Player>>) -> View<'w>
    where
        'm: 'w,
    {
        View { world, atoms: self.atoms }
    }

    fn broken(
        &mut self,
        property: &str,
        why: Sentence,
        place: usize,
        world: &World<Actor<Player>>,
        step: u64,
    ) {
        let span = Some(Span::new(place, place));
        let property = property.to_owned();
        self.breaches.push(Breach { property, why, reason: None, span, at: world.now(), step });
    }

    fn ask(&mut self, when: When, world: &World<Actor<Player>>, step: u64) {
        for (place, property) in self.demands.properties.iter().enumerate() {
            if property.when != when
                || self.breaches.iter().any(|known| known.span == Some(Span::new(place, place)))
            {
                continue;
            }
            if let Err(why) = (property.question)(&self.view(world)) {
                self.broken(&property.name, vec![Part::Text(why)], place, world, step);
            }
        }
    }

    /// Orphans: those who live though their supervisor is dead.
    fn orphans(&self, world: &World<Actor<Player>>) -> Vec<(Pid, Pid)> {
        let orphans = world.processes().filter_map(|process| Some((process.pid, process.parent?)));
        orphans
            .filter(|(_, parent)| self.supervisors.contains(parent) && world.process(*parent).is_none())
            .collect()
    }

    /// What the oracles see at the end.
    fn look(&mut self, world: &World<Actor<Player>>, step: u64) {
        let allowed = |oracle: Oracle| self.demands.allowed.contains(&oracle);
        let place = self.demands.properties.len();
        let shared = world.common();
        let (mut found, atoms) = (Vec::new(), self.atoms);
        if !allowed(Oracle::Meltdown) {
            for (name, pid) in &shared.tops {
                if world.process(*pid).is_none() {
                    found
                        .push(("no-meltdown", vec![Part::Term((*name).into()), Part::text(" has given up")]));
                }
            }
            for (name, reason) in &shared.not_started {
                let why = vec![
                    Part::Term((*name).into()),
                    Part::text(" could not be started: "),
                    Part::Term(reason.clone()),
                ];
                found.push(("no-meltdown", why));
            }
        }
        if !allowed(Oracle::Orphan) {
            for (orphan, parent) in self.orphans(world) {
                let why = vec![
                    Part::Process(orphan),
                    Part::text(" is alive, though its supervisor "),
                    Part::Process(parent),
                    Part::text(" is not"),
                ];
                found.push(("no-orphans", why));
            }
        }
        if !allowed(Oracle::Deadlock) {
            found.extend(circle(world).map(|why| ("no-deadlocks", why)));
        }
        for (pid, end) in &shared.clients {
            let why = match end {
                Some(reason) if reason.is(Atom::NORMAL) => continue,
                Some(reason) => expected(reason, atoms).unwrap_or_else(|| {
                    vec![Part::Process(*pid), Part::text(" exits with "), Part::Term(reason.clone())]
                }),
                None => {
                    vec![Part::Process(*pid), Part::text(" still waits when nothing can happen any more")]
                }
            };
            found.push(("client", why));
        }
        for (property, why) in found {
            self.broken(property, why, place, world, step);
        }
    }
}

/// What a client says that it has expected.
fn expected(reason: &Term, atoms: &Atoms) -> Option<Sentence> {
    let error = reason.as_tuple()?.first()?;
    let [tag, Term::Text(what)] = error.as_tuple()? else { return None };
    let tag = atoms.text(tag.as_atom()?);
    match tag {
        "expected" => Some(vec![Part::text("expected: "), Part::text(what)]),
        "panic" => Some(vec![Part::text("panicked: "), Part::text(what)]),
        _ => None,
    }
}

/// A circle of processes each of which waits for the next.
fn circle(world: &World<Actor<Player>>) -> Option<Sentence> {
    for process in world.processes() {
        let mut way = vec![process.pid];
        while let Some(next) = way.last().and_then(|last| waits_for(*last, world).first().copied()) {
            if next == process.pid {
                let mut why = vec![Part::Process(next)];
                let rest = way.iter().skip(1).chain([&process.pid]);
                why.extend(rest.flat_map(|pid| [Part::text(" waits for "), Part::Process(*pid)]));
                return Some(why);
            }
            if way.contains(&next) {
                break;
            }
            way.push(next);
        }
    }
    None
}

impl model::Judge<Player> for Judge<'_> {
    /// The supervisors that have left somebody behind.
    type Memory = Vec<(Pid, Pid)>;

    fn observe(&mut self, events: &[Event<Actor<Player>>], world: &World<Actor<Player>>, step: u64) {
        for event in events {
            if let EventKind::Reported(Report::Supervises { .. }) = event.kind {
                Arc::make_mut(&mut self.supervisors).insert(event.pid);
            }
        }
        if !world.common().booted {
            return;
        }
        self.ask(When::Always, world, step);
        for (place, property) in self.demands.properties.iter().enumerate() {
            if property.when == When::Sometimes && !self.reached[place] {
                self.reached[place] = (property.question)(&self.view(world)).is_ok();
            }
        }
    }

    fn so_far(&self) -> &[Breach] {
        &self.breaches
    }

    fn settled(mut self, world: &World<Actor<Player>>, step: u64) -> Vec<Breach> {
        self.ask(When::Finally, world, step);
        self.look(world, step);
        self.breaches
    }

    fn memory(&self, world: &World<Actor<Player>>) -> Self::Memory {
        // Who has died may have supervised those who live; of the living the world itself knows.
        let supervised = |pid: &Pid| self.supervisors.contains(pid);
        world
            .processes()
            .filter_map(|process| Some((process.pid, process.parent.filter(supervised)?)))
            .collect()
    }

    fn reached(&self) -> impl Iterator<Item = usize> {
        self.reached.iter().enumerate().filter(|(_, reached)| **reached).map(|(place, _)| place)
    }

    fn not_seen(&self, _: &World<Actor<Player>>) -> Vec<Span> {
        let wanted = self.demands.properties.iter().zip(&self.reached).enumerate();
        wanted
            .filter(|(_, (property, reached))| property.when == When::Sometimes && !**reached)
            .map(|(place, _)| Span::new(place, place))
            .collect()
    }
}
