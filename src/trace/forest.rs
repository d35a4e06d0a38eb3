//! The supervision tree at a moment, as data.
//!
//! It is read from a world, not from events: this is what there is, not what happened.

use crate::kernel::{Pid, Process, World};
use crate::otp::{Actor, Guest, Member};

use super::names::Directory;
use super::settings::Settings;
use super::state;
use super::terms::Names;

/// How many children of one kind are shown before the rest is counted.
const ALIKE_SHOWN: usize = 20;

/// All that live, and who should.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forest {
    /// Each before those below it.
    pub entries: Vec<Entry>,
}

/// A process, or a child without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What people call it, with the name that it is registered under if that is another one.
    pub name: String,
    /// Whose it was, if it has lost its supervisor.
    pub of: Option<String>,
    /// What it is: `server`, or the strategy of a supervisor; nothing of a child without a process.
    pub kind: &'static str,
    /// Its restart type; nothing if it is nobody's child.
    pub restart: &'static str,
    /// What it does, or why there is no process.
    pub state: String,
    /// Whether there is a process.
    pub is_alive: bool,
    /// How many messages are in its mailbox.
    pub mail: usize,
    /// How many links it has.
    pub links: usize,
    /// How many processes it monitors.
    pub monitors: usize,
    /// Its supervisor among the entries.
    pub above: Option<usize>,
    /// Where it belongs.
    pub section: Section,
    /// So many more children like those below it are left out.
    pub more: usize,
}

/// The parts of the tree, in the order in which they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Supervisors and what they supervise.
    Supervised,
    /// Who never had a supervisor.
    Unsupervised,
    /// Who has lost it.
    Orphans,
}

impl Section {
    /// What stands above it.
    pub fn title(self) -> &'static str {
        match self {
            Section::Supervised => "supervised",
            Section::Unsupervised => "not supervised",
            Section::Orphans => "orphans: alive, though the supervisor that started them is not",
        }
    }
}

impl Forest {
    /// What there is in a world.
    pub fn of<G: Guest>(world: &World<Actor<G>>, directory: &Directory, settings: &Settings<'_>) -> Forest {
        let mut walk = Walk { world, names: settings.names(directory), entries: Vec::new() };
        walk.all();
        Forest { entries: walk.entries }
    }
}

struct Walk<'a, G: Guest> {
    world: &'a World<Actor<G>>,
    names: Names<'a>,
    entries: Vec<Entry>,
}

impl<G: Guest> Walk<'_, G> {
    fn all(&mut self) {
        let directory = self.names.directory;
        let mut everybody: Vec<&Process<Actor<G>>> = self.world.processes().collect();
        everybody.sort_by_key(|process| directory.birth(process.pid));
        let mut children: Vec<Pid> = Vec::new();
        for process in &everybody {
            children
                .extend(members(process.behaviour()).into_iter().flatten().filter_map(|member| member.pid));
        }
        children.sort_unstable();
        let supervised = |pid: Pid| children.binary_search(&pid).is_ok();
        let (mut roots, mut orphans, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for process in everybody.into_iter().filter(|process| !supervised(process.pid)) {
            let orphan = process.parent.is_some_and(|parent| {
                self.world.process(parent).is_none() && directory.is_supervisor(parent)
            });
            match (orphan, members(process.behaviour())) {
                (true, _) => orphans.push(process),
                (false, Some(_)) => roots.push(process),
                // The first process of all is the runtime's own: nobody drew it.
                (false, None) if process.parent.is_none() => (),
                (false, None) => others.push(process),
            }
        }
        for (section, processes) in
            [(Section::Supervised, roots), (Section::Unsupervised, others), (Section::Orphans, orphans)]
        {
            for process in processes {
                let place = self.process(process, None, None, section);
                // Whose it was says where to look.
                let parent = process.parent.filter(|parent| directory.is_supervisor(*parent));
                if let Some(parent) = parent.filter(|_| section != Section::Supervised) {
                    self.entries[place].of = Some(self.names.pid(parent).to_owned());
                }
            }
        }
    }

    fn process(
        &mut self,
        process: &Process<Actor<G>>,
        member: Option<&Member>,
        above: Option<usize>,
        section: Section,
    ) -> usize {
        let actor = process.behaviour();
        let mut name = self.names.pid(process.pid).to_owned();
        if let Some(registered) = process.name.map(|name| self.names.atoms.text(name))
            && registered != self.names.directory.label(process.pid)
        {
            name = format!("{name} ({registered})");
        }
        let place = self.entries.len();
        self.entries.push(Entry {
            name,
            of: None,
            kind: state::kind(actor),
            restart: member.map_or("", |member| member.restart.word()),
            state: state::state(process, self.names),
            is_alive: true,
            mail: process.mailbox.len(),
            links: process.links.len(),
            monitors: process.monitors.len(),
            above,
            section,
            more: 0,
        });
        let Some(members) = members(actor) else { return place };
        let shown = match state::supervises_alike(actor) && members.len() > ALIKE_SHOWN + 2 {
            true => ALIKE_SHOWN,
            false => members.len(),
        };
        self.entries[place].more = members.len() - shown;
        for member in &members[..shown] {
            match member.pid.and_then(|pid| self.world.process(pid)) {
                Some(child) => {
                    self.process(child, Some(member), Some(place), section);
                }
                None => self.nobody(member, place, section),
            }
        }
        place
    }

    /// A child without a living process.
    fn nobody(&mut self, member: &Member, above: usize, section: Section) {
        let state = match (member.restarting, member.pid) {
            (true, _) => "will be tried again",
            (false, Some(_)) => "dead, and its supervisor has not heard of it",
            (false, None) => "not running",
        };
        let name = match member.pid {
            Some(pid) => self.names.pid(pid).to_owned(),
            None => self.names.id(&member.id),
        };
        self.entries.push(Entry {
            name,
            of: None,
            kind: "",
            restart: member.restart.word(),
            state: state.to_owned(),
            is_alive: false,
            mail: 0,
            links: 0,
            monitors: 0,
            above: Some(above),
            section,
            more: 0,
        });
    }
}

/// The children of a supervisor; nobody else has any.
pub(super) fn members<G: Guest>(actor: &Actor<G>) -> Option<Vec<Member>> {
    match actor {
        Actor::Plain(plain) => plain.activity.guest.supervises().map(|supervised| supervised.members),
        _ => actor.members(),
    }
}
