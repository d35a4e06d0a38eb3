//! The process that starts everything: the trees in file order, then the clients, all at once.
//!
//! It stands for whoever starts a supervision tree outside an application: it is the parent of every top
//! supervisor, traps exits, and watches the clients.

use crate::kernel::{Atom, Pid, Received, Spawn, Term};
use crate::otp::{
    Actor, Block, Body, Cue, GlobalNameServerInit, Launch, Newborn, Plain, Return, Started, Step, Then, Ties,
};

use super::application;
use super::common::ClientState;
use super::compiled::{Driver, Running};
use super::execution::Execution;
use super::image::{Image, Root};
use super::launch::launch;
use super::names::number;
use super::{Boot, Script, ScriptContext};

impl Boot {
    /// Starts the next tree, or takes note of what has become of the last one.
    pub fn resume(&mut self, cue: Cue<Script>, context: &mut ScriptContext<'_>) -> Step<Script> {
        match cue {
            Cue::Callback(_) => {
                context.trap_exit(true);
                if let Some(launch) = application::controller(context.image()) {
                    return Step::Block(Block::Start { launch, label: None, how: Ties::LINKED });
                }
            }
            Cue::Started(Started::Ok { pid, .. })
                if self.controller.is_none() && !context.image().applications.is_empty() =>
            {
                self.controller = Some(pid);
            }
            Cue::Started(started) => self.started(started, context),
            Cue::Called(reply) => self.application_started(reply, context),
            Cue::Received(Received::Down { object: crate::kernel::Object::Pid(pid), reason, .. }) => {
                context.common_mut().client_ended(pid, reason);
            }
            Cue::Received(Received::Exit { from, reason }) if Some(from) == self.controller => {
                context.common_mut().halted = Some(reason);
                return Step::Return(Return::Ok(Then::Wait));
            }
            Cue::Received(_)
            | Cue::Continue
            | Cue::StartedMonitor(..)
            | Cue::Stopped(_)
            | Cue::Awaited(_)
            | Cue::TaskShutDown(_)
            | Cue::Streamed(_)
            | Cue::TimeUp
            | Cue::Quiet(_) => (),
        }
        if let Some(root) = context.image().roots.get(self.next) {
            match root {
                Root::Tree(_, node) => context.start_on(*node),
                Root::GlobalNames(node) => context.start_on(context.image().nodes()[*node]),
                Root::Application(_) | Root::Compiled(_) => (),
            }
            return Step::Block(match root {
                Root::GlobalNames(node) => {
                    let launch = global_names(*node, context.image());
                    Block::Start { launch, label: None, how: Ties::LINKED }
                }
                Root::Tree(start, _) => {
                    let label = start.called();
                    Block::Start {
                        launch: launch(start, None, context),
                        label: Some(label),
                        how: Ties::LINKED,
                    }
                }
                Root::Application(number) => application::start(*number, None, context.image()),
                Root::Compiled(number) => {
                    let driver = Driver::Start(*number, false);
                    let script = Script::Compiled(Box::new(Running::driven(driver, context.pid())));
                    let label = context.image().compiled.starts[usize::from(*number)].label;
                    let newborn =
                        Newborn { body: Body::Process(script), label, name: None, timeout: None, info: None };
                    let launch = Launch::Spawn(newborn);
                    Block::Start { launch, label: Some(label), how: Ties::LINKED }
                }
            });
        }
        if !context.common().booted {
            context.common_mut().booted = true;
            start_clients(context);
        }
        Step::Block(Block::Receive(None))
    }

    fn started(&mut self, started: Started, context: &mut ScriptContext<'_>) {
        let image = context.image();
        let name = match image.roots.get(self.next) {
            Some(Root::Tree(start, _)) => start.called(),
            Some(Root::Compiled(number)) => image.compiled.starts[usize::from(*number)].label,
            Some(Root::GlobalNames(_)) => {
                self.next += 1;
                return;
            }
            Some(Root::Application(_)) | None => return,
        };
        match started {
            Started::Ok { pid, .. } => context.common_mut().tops.push((name, pid)),
            Started::Ignore => (),
            other @ (Started::Error(_) | Started::Junk(_) | Started::Raised(_)) => {
                context.common_mut().not_started.push((name, other.into()));
            }
        }
        self.next += 1;
    }

    fn application_started(&mut self, reply: Result<Term, Term>, context: &mut ScriptContext<'_>) {
        let Some(Root::Application(number)) = context.image().roots.get(self.next) else { return };
        let name = context.image().application(*number).name;
        let failed = match reply {
            Ok(term) if term.is(Atom::OK) => None,
            Ok(term) => Some(term),
            Err(reason) => Some(reason),
        };
        if let Some(reason) = failed {
            context.common_mut().not_started.push((name, reason));
        }
        self.next += 1;
    }
}

/// The process that keeps the global names of a node.
fn global_names(node: usize, image: &Image) -> Launch<Script> {
    let (own, other) = (image.nodes()[node], image.nodes()[1 - node]);
    let lesser = image.atoms().text(own) < image.atoms().text(other);
    Launch::Spawn(Newborn {
        body: Body::GlobalNameServer(GlobalNameServerInit { other, lesser }),
        label: Atom::GLOBAL_NAME_SERVER,
        name: Some(Atom::GLOBAL_NAME_SERVER.into()),
        timeout: None,
        info: None,
    })
}

fn start_clients(context: &mut ScriptContext<'_>) {
    let clients = &context.image().clients;
    for (index, (number, name, node)) in clients.iter().enumerate() {
        context.start_on(*node);
        let definition = context.image().program(*number);
        let script = Script::Actor(Box::new(Execution::new(*number, definition, &[])));
        // A name that is taken already is left to whoever has it.
        let actor = Actor::Plain(Plain::new(script));
        let spawn = Spawn { label: definition.name, link: false, monitor: true, awaited: false };
        let (pid, _): (Pid, _) = context.spawn(actor, spawn);
        if let Some(name) = name {
            let _ = context.register(*name, pid);
        }
        if let Some(state) = context.common_mut().clients.get_mut(index) {
            *state = ClientState::Running(pid);
        }
    }
    let compiled = &context.image().compiled;
    let tests =
        compiled.tests.iter().enumerate().map(|(line, tests)| (tests.label, Driver::tests(number(line))));
    let runs =
        compiled.runs.iter().enumerate().map(|(line, (call, _))| (call.label, Driver::Run(number(line))));
    for (index, (label, driver)) in (clients.len()..).zip(tests.chain(runs)) {
        let script = Script::Compiled(Box::new(Running::driven(driver, context.pid())));
        let spawn = Spawn { label, link: false, monitor: true, awaited: false };
        let (pid, _) = context.spawn(Actor::Plain(Plain::new(script)), spawn);
        if let Some(state) = context.common_mut().clients.get_mut(index) {
            *state = ClientState::Running(pid);
        }
    }
}
