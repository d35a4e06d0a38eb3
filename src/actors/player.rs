//! The guests of a simulation: actors in Rust, and the process that starts everything.

use std::sync::Arc;

use crate::kernel::{Atom, Atoms, Context, Object, Pid, Process, Received, Spawn, Term};
use crate::otp::fault::{CallbackFault, Struck, Wrong};
use crate::otp::registry::Tables;
use crate::otp::{
    self, Actor, Block, Cue, Guest, Launch, Message, Plain, Release, Return, Started, Step, Then, Ties,
};
use crate::trace::{Line, Names, Narrate, Tone, fault_line, visible};

use super::body::{AnyBody, Start};
use super::client::ClientBody;
use super::instance::{Hosting, Instance};
use super::launch::launch;

/// A process of a simulation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Player {
    /// Starts the trees in order, then the clients, and watches those.
    Boot {
        /// How many of the trees have been started.
        next: usize,
    },
    /// An actor or a client.
    Actor(Box<Instance>),
}

/// A line that a process has for the story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// What it says itself.
    Said(String),
    /// A fault takes effect.
    Fault(Wrong),
}

impl Narrate for Note {
    fn line(&self, _: &Names<'_>) -> Option<Line> {
        Some(match self {
            Note::Said(text) => Line::new().with(Tone::Plain, visible(text)),
            Note::Fault(wrong) => fault_line(*wrong),
        })
    }
}

/// What all processes of a simulation share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shared {
    tables: Tables,
    /// Which faults have struck and not taken effect yet.
    pub(super) struck: Struck,
    /// The tops of the trees that were started.
    pub(super) tops: Vec<(Atom, Pid)>,
    /// Trees that could not be started, and why.
    pub(super) not_started: Vec<(Atom, Term)>,
    /// Everything has been started.
    pub(super) booted: bool,
    /// The clients, in order, and what each has ended with.
    pub(super) clients: Vec<(Pid, Option<Term>)>,
}

/// What never changes in a simulation.
#[derive(Clone, Debug, Default)]
pub struct Setting {
    pub(super) atoms: Atoms,
    pub(super) release: Release,
    pub(super) trees: Vec<Start>,
    /// On which nodes they are started.
    pub(super) nodes_of_trees: Vec<Atom>,
    pub(super) clients: Vec<ClientBody>,
    /// What faults do, by their numbers: to a callback, or by a message to whoever has a name.
    pub(super) callback_faults: Vec<Option<CallbackFault>>,
    pub(super) messages: Vec<Option<(Atom, Term)>>,
}

impl Shared {
    /// Before the first step, where so many faults may strike.
    pub(super) fn with_faults(faults: usize) -> Shared {
        Shared { struck: Struck::none_of(faults), ..Shared::default() }
    }
}

impl otp::Common<Player> for Shared {
    fn tables(&self) -> &Tables {
        &self.tables
    }

    fn tables_mut(&mut self) -> &mut Tables {
        &mut self.tables
    }

    fn struck(&self) -> Option<&Struck> {
        Some(&self.struck)
    }

    fn struck_mut(&mut self) -> Option<&mut Struck> {
        Some(&mut self.struck)
    }

    fn strike(&mut self, fault: u16, setting: &Setting) -> Option<(Atom, Term)> {
        let message = setting.messages.get(usize::from(fault)).cloned().flatten();
        if message.is_none() {
            self.struck.strike(fault);
        }
        message
    }

    fn is_set_up(&self) -> bool {
        self.booted
    }

    fn is_spared(&self, process: &Process<Actor<Player>>) -> bool {
        let is_boot = process.parent.is_none();
        is_boot || self.clients.iter().any(|(client, _)| *client == process.pid)
    }
}

impl otp::Image for Setting {
    fn release(&self) -> Release {
        self.release
    }

    fn atoms(&self) -> &Atoms {
        &self.atoms
    }

    fn callback_faults(&self) -> &[Option<CallbackFault>] {
        &self.callback_faults
    }
}

impl Hosting for Player {
    fn hosted(start: Start) -> Start {
        start
    }

    fn launch_hosted(_: u16, _: u16, _: &mut Context<'_, Actor<Player>>) -> Launch<Player> {
        unreachable!("all start functions of a simulation are those of actors")
    }

    fn of(instance: Instance) -> Player {
        Player::Actor(Box::new(instance))
    }

    fn told(text: String) -> Note {
        Note::Said(text)
    }

    fn faulted(wrong: Wrong) -> Note {
        Note::Fault(wrong)
    }
}

impl Guest for Player {
    type Start = Start;
    type Common = Shared;
    type Image = Setting;
    type Note = Note;

    fn launch(start: &Start, context: &mut Context<'_, Actor<Self>>) -> Launch<Self> {
        launch(start, context)
    }

    fn with_arguments(start: &Start, before: &[Term], after: &[Term]) -> Start {
        start.called_with(before).called_with(after)
    }

    fn mfa(start: &Start) -> Term {
        start.mfa()
    }

    fn start_of(_: &Term, _: &Setting) -> Option<Start> {
        None
    }

    fn accepts(&self, message: &Received<Message<Self>>, _: &Setting) -> bool {
        match self {
            Player::Boot { .. } => true,
            Player::Actor(instance) => instance.accepts(message),
        }
    }

    fn hears_supervisor_requests(&self) -> bool {
        true
    }

    fn resume(&mut self, cue: Cue<Self>, context: &mut Context<'_, Actor<Self>>) -> Step<Self> {
        match self {
            Player::Boot { next } => boot(next, cue, context),
            Player::Actor(instance) => instance.resume(cue, context),
        }
    }
}

/// Starts the next tree, or takes note of what has become of the last one.
fn boot(next: &mut usize, cue: Cue<Player>, context: &mut Context<'_, Actor<Player>>) -> Step<Player> {
    let trees = &context.image().trees;
    match cue {
        Cue::Callback(_) => {
            context.trap_exit(true);
        }
        Cue::Started(started) => {
            if let Some(tree) = trees.get(*next) {
                let shared = context.common_mut();
                match started {
                    Started::Ok { pid, .. } => shared.tops.push((tree.called(), pid)),
                    Started::Ignore => (),
                    other => shared.not_started.push((tree.called(), other.into())),
                }
            }
            *next += 1;
        }
        Cue::Received(Received::Down { object: Object::Pid(pid), reason, .. }) => {
            let clients = &mut context.common_mut().clients;
            if let Some((_, end)) = clients.iter_mut().find(|(client, _)| *client == pid) {
                *end = Some(reason);
            }
        }
        _ => (),
    }
    if let Some(tree) = trees.get(*next) {
        let setting = context.image();
        context.start_on(node_or_first(setting.nodes_of_trees.get(*next), setting));
        return Step::Block(Block::Start {
            launch: launch(tree, context),
            label: Some(tree.called()),
            how: Ties::LINKED,
        });
    }
    if !context.common().booted {
        context.common_mut().booted = true;
        start_clients(context);
        if context.common().clients.is_empty() && trees.is_empty() {
            return Step::Return(Return::Ok(Then::Wait));
        }
    }
    Step::Block(Block::Receive(None))
}

/// The node that this is, or the first if nobody has said which.
fn node_or_first(node: Option<&Atom>, setting: &Setting) -> Atom {
    let said = node.copied().filter(|node| *node != Atom::NONODE);
    said.or_else(|| setting.atoms.nodes().first().copied()).unwrap_or(Atom::NONODE)
}

fn start_clients(context: &mut Context<'_, Actor<Player>>) {
    for client in &context.image().clients {
        context.start_on(node_or_first(Some(&client.node), context.image()));
        let body = AnyBody(Arc::new(client.clone()));
        let actor = Actor::Plain(Plain::new(Player::of(Instance::new(body))));
        let spawn = Spawn { label: client.name, link: false, monitor: true, awaited: false };
        let (pid, _) = context.spawn(actor, spawn);
        context.common_mut().clients.push((pid, None));
    }
}
