//! What a process looks like at a moment, as data: what Observer shows of it in its tree and on its page.

use crate::kernel::{Monitor, Pid, Ref, World};
use crate::otp::{Actor, Guest};

use super::forest::members;
use super::names::Directory;
use super::settings::Settings;
use super::signals::mail_line;
use super::state;

/// So many messages, links or monitors are listed before the rest is counted.
const LISTED: usize = 20;
/// Of more links, monitors or children than this none is listed: the lists would be made anew at each change.
const MANY: usize = 64;

/// A living process as an observer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// What it is: `server`, or the strategy of a supervisor.
    pub kind: &'static str,
    /// What it is doing.
    pub state: String,
    /// The name that it is registered under.
    pub registered: Option<String>,
    /// Whether exit signals become messages.
    pub trap_exit: bool,
    /// How many messages are in its mailbox, and the first of them.
    pub mailbox: (usize, Vec<String>),
    /// How many links it has, and the first of them.
    pub links: (usize, Vec<Pid>),
    /// How many processes it monitors, and the first of them.
    pub monitors: (usize, Vec<Pid>),
    /// How many processes monitor it, and the first of them.
    pub watchers: (usize, Vec<Pid>),
    /// The children of a supervisor that has not too many: id, process, and whether a restart of it has failed.
    pub children: Option<Vec<(String, Option<Pid>, bool)>>,
    /// The intensity of a supervisor: so many restarts in so many seconds.
    pub intensity: Option<(u32, u32)>,
}

/// What a process looks like; none if it is not alive.
pub fn look<G: Guest>(
    world: &World<Actor<G>>,
    pid: Pid,
    directory: &Directory,
    settings: &Settings<'_>,
) -> Option<Look> {
    let names = settings.names(directory);
    let process = world.process(pid)?;
    let actor = process.behaviour();
    let mail = process.mailbox.iter().take(LISTED).map(|mail| mail_line(mail, names).plain());
    let few = process.links.len() <= MANY;
    let links =
        listed(process.links.len(), || process.links.entries().into_iter().map(|(pid, _)| pid).collect());
    let children = few.then(|| members(actor)).flatten().map(|members| {
        let child = |member: crate::otp::Member| (names.id(&member.id), member.pid, member.restarting);
        members.into_iter().take(MANY).map(child).collect()
    });
    let intensity = match actor {
        Actor::Supervisor(supervisor) => Some((supervisor.flags().intensity, supervisor.flags().period)),
        _ => None,
    };
    Some(Look {
        kind: state::kind(actor),
        state: state::state(process, names),
        registered: process.name.map(|name| names.atoms.text(name).to_owned()),
        trap_exit: process.trap_exit,
        mailbox: (process.mailbox.len(), mail.collect()),
        links,
        monitors: listed(process.monitors.len(), || ends(process.monitors.entries())),
        watchers: listed(process.watchers.len(), || ends(process.watchers.entries())),
        children,
        intensity,
    })
}

/// How many there are, and the first of them if there are not too many.
fn listed(count: usize, all: impl FnOnce() -> Vec<Pid>) -> (usize, Vec<Pid>) {
    match count {
        0 => (0, Vec::new()),
        1..=MANY => (count, all().into_iter().take(LISTED).collect()),
        _ => (count, Vec::new()),
    }
}

fn ends(ends: Vec<(Ref, &Monitor)>) -> Vec<Pid> {
    ends.into_iter().map(|(_, end)| end.pid).collect()
}
