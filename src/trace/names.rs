//! What people call a process: the path of child ids and the incarnation, never a number alone.
//!
//! Names are given when a process is born and never change, so a trace that goes on longer calls everybody
//! the same. A process is called by its label; by `parent/label` if another place of the tree has taken the
//! label. Whoever comes second at the same place is `#2`. The children of a dynamic supervisor are always
//! `supervisor/label#n`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::kernel::{Atom, Atoms, Event, EventKind, Pid, Ref, Signal};
use crate::otp::{Actor, Guest, Report, Strategy};

use super::visible::visible;

/// Who is who, learnt from the events of a run.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    people: BTreeMap<Pid, Person>,
    places: BTreeMap<(Anchor, Atom, Atom), Place>,
    taken: BTreeSet<Arc<str>>,
    references: BTreeMap<Ref, (Pid, u32)>,
    made: BTreeMap<Pid, u32>,
    /// Everybody who has a name of his own.
    by_name: BTreeMap<Arc<str>, Pid>,
    /// What is no process and yet sends or is sent to, by lineage.
    timers: BTreeMap<u64, Timer>,
    addresses: BTreeMap<u64, Arc<str>>,
    modules: bool,
}

/// A process, as far as its name goes.
#[derive(Clone, Debug)]
struct Person {
    name: Arc<str>,
    base: Arc<str>,
    label: Arc<str>,
    parent: Option<Pid>,
    anchor: Anchor,
    depth: usize,
    dynamic: bool,
    supervises: bool,
    supervises_dynamically: bool,
    birth: usize,
}

/// A timer stands for a sender. In traces those of one process share a name.
#[derive(Clone, Debug)]
struct Timer {
    name: Arc<str>,
    reference: Ref,
}

/// What a place in the tree hangs on: another place, or one process among many alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Anchor {
    Root,
    Place(Arc<str>),
    Process(Pid),
}

#[derive(Clone, Debug)]
struct Place {
    base: Arc<str>,
    started: u32,
}

/// Whose parent's name is longer than this is called by a number: when processes spawn each other a thousand deep,
/// paths would say nothing any more, and fill the memory.
const LONG: usize = 400;

impl Directory {
    /// Everybody in these events.
    pub fn of<G: Guest>(events: &[Event<Actor<G>>], atoms: &Atoms) -> Self {
        let mut directory = Directory::default();
        for event in events {
            directory.hear(event, atoms);
        }
        directory
    }

    /// Learns from one more event.
    pub fn hear<G: Guest>(&mut self, event: &Event<Actor<G>>, atoms: &Atoms) {
        if let EventKind::Sent { to, .. } = &event.kind {
            for end in [event.pid, *to] {
                let Some(name) = end.as_name() else { continue };
                let node = atoms.text(atoms.node(end.node()));
                // Who says that a node is gone is the node.
                let address = match end.is_node() {
                    true => format!("node {node}"),
                    false => format!("{{{}, {node}}}", atoms.text(name)),
                };
                let address: Arc<str> = visible(&address).into();
                self.by_name.insert(address.clone(), end);
                self.addresses.insert(end.lineage(), address);
            }
        }
        match &event.kind {
            EventKind::Spawned { parent, label, monitored, .. } => {
                self.born(event.pid, *parent, *label, atoms);
                if let (Some(parent), Some(reference)) = (parent, monitored) {
                    self.made(*parent, *reference);
                }
            }
            EventKind::Sent { signal: Signal::Monitor { reference, .. }, .. } => {
                self.made(event.pid, *reference)
            }
            EventKind::Took(crate::kernel::Received::Down { reference, .. }) => {
                self.made(event.pid, *reference)
            }
            EventKind::TimerSet { reference, .. } => {
                self.made(event.pid, *reference);
                let name = format!("timer of {}", self.name(event.pid)).into();
                self.timers.insert(reference.lineage(), Timer { name, reference: *reference });
            }
            EventKind::Reported(Report::Supervises { flags, dynamic }) => {
                if let Some(person) = self.people.get_mut(&event.pid) {
                    person.supervises = true;
                    person.supervises_dynamically = *dynamic || flags.strategy == Strategy::SimpleOneForOne;
                }
            }
            EventKind::Sent { .. }
            | EventKind::Arrived { .. }
            | EventKind::Took(_)
            | EventKind::Unsent { .. }
            | EventKind::Saw { .. }
            | EventKind::Wrote { .. }
            | EventKind::TimedOut
            | EventKind::Registered(_)
            | EventKind::Unregistered(_)
            | EventKind::TimerFired(_)
            | EventKind::TimerCancelled { .. }
            | EventKind::Exited { .. }
            | EventKind::KilledByFault
            | EventKind::Reported(_) => (),
        }
    }

    /// What people call this process, or the timer that pretends to be one.
    pub fn name(&self, pid: Pid) -> &str {
        let lineage = pid.lineage();
        let person = self.people.get(&pid).map(|person| &person.name);
        let timer = || self.timers.get(&lineage).map(|timer| &timer.name);
        person.or_else(timer).or_else(|| self.addresses.get(&lineage)).map_or("nobody", |name| name)
    }

    /// Whether it has heard of this process.
    pub fn has(&self, pid: Pid) -> bool {
        self.people.contains_key(&pid)
    }

    /// Who has this name, of all processes and addresses so far.
    pub fn find(&self, name: &str) -> Option<Pid> {
        self.by_name.get(name).copied()
    }

    /// The names of all processes and addresses so far, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(|name| &**name)
    }

    /// What a schedule calls somebody: as people do, but that each timer has a name of its own.
    pub fn schedule_name(&self, pid: Pid) -> String {
        match self.timers.get(&pid.lineage()) {
            Some(timer) => self.timer_name(timer),
            None => self.name(pid).to_owned(),
        }
    }

    /// Whether a schedule can mean anybody by this name.
    pub fn knows(&self, name: &str) -> bool {
        self.by_name.contains_key(name) || self.timers.values().any(|timer| self.timer_name(timer) == name)
    }

    fn timer_name(&self, timer: &Timer) -> String {
        let (maker, nth) = self.reference(timer.reference).expect("it was seen when the timer was set");
        format!("timer {nth} of {}", self.name(maker))
    }

    /// Its name without the incarnation: the same for all processes that have had its place.
    pub fn base(&self, pid: Pid) -> &str {
        self.people.get(&pid).map_or("nobody", |person| &person.base)
    }

    /// What its parent calls it.
    pub fn label(&self, pid: Pid) -> &str {
        self.people.get(&pid).map_or("nobody", |person| &person.label)
    }

    /// Who spawned it.
    pub fn parent(&self, pid: Pid) -> Option<Pid> {
        self.people.get(&pid)?.parent
    }

    /// How many ancestors it has.
    pub fn depth(&self, pid: Pid) -> usize {
        self.people.get(&pid).map_or(0, |person| person.depth)
    }

    /// Whether it is one of a dynamic supervisor's.
    pub fn is_dynamic(&self, pid: Pid) -> bool {
        self.people.get(&pid).is_some_and(|person| person.dynamic)
    }

    /// Whether it is, or was, a supervisor that got as far as having children.
    pub fn is_supervisor(&self, pid: Pid) -> bool {
        self.people.get(&pid).is_some_and(|person| person.supervises)
    }

    /// As which process of the run it was born, from 0.
    pub fn birth(&self, pid: Pid) -> usize {
        self.people.get(&pid).map_or(usize::MAX, |person| person.birth)
    }

    /// Whose reference this is, and as which that was seen.
    pub fn reference(&self, reference: Ref) -> Option<(Pid, u32)> {
        self.references.get(&reference).copied()
    }

    /// Whether anybody is called as Elixir's modules are.
    pub fn has_modules(&self) -> bool {
        self.modules
    }

    fn made(&mut self, maker: Pid, reference: Ref) {
        let made = self.made.entry(maker).or_insert(0);
        self.references.entry(reference).or_insert_with(|| {
            *made += 1;
            (maker, *made)
        });
    }

    fn born(&mut self, pid: Pid, parent: Option<Pid>, label: Atom, atoms: &Atoms) {
        // Whatever a child is called, its name stays on one line.
        let text = &*visible(atoms.text(label));
        self.modules |= looks_like_a_module(text);
        let above = parent.and_then(|parent| self.people.get(&parent));
        let anchor = above.map_or(Anchor::Root, |above| above.anchor.clone());
        let depth = above.map_or(0, |above| above.depth + 1);
        let dynamic = above.is_some_and(|above| above.supervises_dynamically);
        let above = above.cloned();
        let key = (anchor, label, atoms.node(pid.node()));
        if !self.places.contains_key(&key) {
            let base = self.free_name(text, above.as_ref(), dynamic, &at_node(pid, atoms));
            self.taken.insert(base.clone());
            self.places.insert(key.clone(), Place { base, started: 0 });
        }
        let place = self.places.get_mut(&key).expect("it has just been made");
        place.started += 1;
        let name: Arc<str> = match (dynamic, place.started) {
            (false, 1) => place.base.clone(),
            (_, nth) => format!("{}#{nth}", place.base).into(),
        };
        let anchor = if dynamic { Anchor::Process(pid) } else { Anchor::Place(place.base.clone()) };
        let base = place.base.clone();
        let person = Person {
            name,
            base,
            label: text.into(),
            parent,
            anchor,
            depth,
            dynamic,
            supervises: false,
            supervises_dynamically: false,
            birth: self.people.len(),
        };
        self.by_name.insert(person.name.clone(), pid);
        self.people.insert(pid, person);
    }

    /// The shortest path that nobody else is called by.
    fn free_name(&self, text: &str, above: Option<&Person>, dynamic: bool, at_node: &str) -> Arc<str> {
        let alone: Arc<str> = format!("{text}{at_node}").into();
        let Some(above) = above else { return alone };
        // Among many alike, a label alone says too little.
        let alike = dynamic || above.dynamic || above.base.contains('#');
        if !alike && !self.taken.contains(&alone) {
            return alone;
        }
        let parent: &str = if above.dynamic { &above.name } else { &above.base };
        let parent = parent.strip_suffix(at_node).unwrap_or(parent);
        if parent.len() > LONG {
            return format!("{text}~{}{at_node}", self.people.len()).into();
        }
        let mut path = format!("{parent}/{text}{at_node}");
        while self.taken.contains(path.as_str()) {
            path.push('\'');
        }
        path.into()
    }
}

/// `@node`, where there are nodes.
fn at_node(pid: Pid, atoms: &Atoms) -> String {
    match atoms.node(pid.node()) {
        Atom::NONODE => String::new(),
        node => format!("@{}", visible(atoms.text(node))),
    }
}

/// `KV.Registry`, `Counter`; not `EXIT`, not `a.B`.
pub(super) fn looks_like_a_module(text: &str) -> bool {
    let capitalised = |part: &str| {
        part.starts_with(|letter: char| letter.is_ascii_uppercase())
            && part.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    text.split('.').all(capitalised)
        && (text.contains('.') || text.contains(|letter: char| letter.is_ascii_lowercase()))
}
