//! What runs on the kernel: every kind of OTP process, as one behaviour.

use crate::kernel::{Atom, Behaviour, Context, Input, Next, Pid, Process, Received, State, Term};

use super::activity::{Activity, Blocked};
use super::application::{
    ApplicationController, ApplicationMaster, ApplicationRoot, ApplicationStarter, NodeApplications,
};
use super::dynamic_supervisor::{DynamicSupervisor, DynamicSupervisorInit};
use super::global::{GlobalNameServer, GlobalNameServerInit};
use super::guest::Guest;
use super::hooks::Common;
use super::member::Member;
use super::message::Message;
use super::name::Name;
use super::naming::Naming;
use super::plain::Plain;
use super::registry::{RegistryPartition, RegistryPartitionInit};
use super::report::Report;
use super::server::{Phase as ServerPhase, Server};
use super::start::Ties;
use super::supervisor::{Occupation, Supervisor, SupervisorInit};
use super::task::{StreamMonitor, Task, TaskBody};

/// A process of a world of OTP processes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Actor<G: Guest> {
    /// A `gen_server` with a callback module.
    Server(Server<G>),
    /// A process that is no OTP behaviour.
    Plain(Plain<G>),
    /// A `supervisor` of OTP's.
    Supervisor(Box<Supervisor<G>>),
    /// A supervisor of Elixir's: a `DynamicSupervisor`.
    DynamicSupervisor(Box<DynamicSupervisor<G>>),
    /// A partition of Elixir's `Registry`.
    RegistryPartition(Box<RegistryPartition>),
    /// A task of Elixir's: `Task`.
    Task(Box<Task<G>>),
    /// The process that starts and watches the tasks of a `Task.async_stream`.
    StreamMonitor(Box<StreamMonitor<G>>),
    /// The process that starts and stops the applications of a node.
    ApplicationController(Box<ApplicationController<G>>),
    /// The process that starts an application.
    ApplicationStarter(Box<ApplicationStarter<G>>),
    /// The master of one application.
    ApplicationMaster(Box<ApplicationMaster<G>>),
    /// The parent of an application's top supervisor.
    ApplicationRoot(Box<ApplicationRoot<G>>),
    /// The process that keeps the global names of a node.
    GlobalNameServer(Box<GlobalNameServer>),
}

/// What a new process is to be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Body<G: Guest> {
    /// A `gen_server` with this callback module.
    Server(G),
    /// A process that is no OTP behaviour: nobody waits for its start.
    Plain(G),
    /// A process that `proc_lib` starts: its starter waits until it acknowledges.
    Process(G),
    /// A `supervisor`, and what its `init` returns.
    Supervisor(Box<SupervisorInit<G::Start>>),
    /// Elixir's `DynamicSupervisor`, and what its `init` returns.
    DynamicSupervisor(Box<DynamicSupervisorInit>),
    /// A partition of Elixir's `Registry`.
    RegistryPartition(RegistryPartitionInit),
    /// Elixir's `Task`: nobody waits for its start.
    Task(Box<TaskBody<G>>),
    /// The process that starts and stops the applications of a node.
    ApplicationController(Box<NodeApplications<G>>),
    /// The process that keeps the global names of a node.
    GlobalNameServer(GlobalNameServerInit),
}

impl<G: Guest> Body<G> {
    /// Whether it is one of OTP's behaviours, which are started by `gen.erl`.
    pub fn is_behaviour(&self) -> bool {
        !matches!(self, Body::Plain(_) | Body::Process(_) | Body::Task(_))
    }

    /// Whether its starter waits until it says how its `init` went.
    pub fn acknowledges(&self) -> bool {
        match self {
            Body::Plain(_) | Body::Task(_) => false,
            Body::Server(_)
            | Body::Process(_)
            | Body::Supervisor(_)
            | Body::DynamicSupervisor(_)
            | Body::RegistryPartition(_)
            | Body::ApplicationController(_)
            | Body::GlobalNameServer(_) => true,
        }
    }
}

impl<G: Guest> Actor<G> {
    /// Whether it waits for whatever comes next, and is in the middle of nothing.
    pub fn is_at_rest(&self) -> bool {
        match self {
            Actor::Server(server) => matches!(server.phase(), ServerPhase::Loop),
            Actor::Supervisor(supervisor) => supervisor.occupation() == Occupation::Idle,
            Actor::DynamicSupervisor(supervisor) => supervisor.occupation() == Occupation::Idle,
            Actor::Plain(plain) => matches!(plain.activity.blocked(), Blocked::Receive),
            Actor::Task(task) => {
                task.activity().is_none_or(|activity| matches!(activity.blocked(), Blocked::Receive))
            }
            Actor::RegistryPartition(_)
            | Actor::StreamMonitor(_)
            | Actor::ApplicationController(_)
            | Actor::ApplicationStarter(_)
            | Actor::ApplicationMaster(_)
            | Actor::ApplicationRoot(_)
            | Actor::GlobalNameServer(_) => true,
        }
    }

    /// The children that it has, if it is one of OTP's supervisors.
    pub fn members(&self) -> Option<Vec<Member>> {
        match self {
            Actor::Supervisor(supervisor) => Some(supervisor.members()),
            Actor::DynamicSupervisor(supervisor) => Some(supervisor.members()),
            _ => None,
        }
    }

    /// The process that this body makes. Whoever starts it with a link or a monitor is its parent.
    pub fn born(body: Body<G>, starter: Pid, how: Ties, name: Option<Name>) -> Self {
        let birth = Birth {
            starter,
            parent: (how.link || how.monitor).then_some(starter),
            name,
            naming: Naming::Before,
        };
        match body {
            Body::Server(guest) => Actor::Server(Server::new(guest, birth)),
            Body::Plain(guest) => Actor::Plain(Plain::new(guest)),
            Body::Process(guest) => Actor::Plain(Plain::named(guest, birth.name)),
            Body::Task(body) => Actor::Task(Box::new(Task::new(*body))),
            Body::Supervisor(init) => Actor::Supervisor(Box::new(Supervisor::new(*init, birth))),
            Body::DynamicSupervisor(init) => {
                Actor::DynamicSupervisor(Box::new(DynamicSupervisor::new(*init, birth)))
            }
            Body::RegistryPartition(init) => {
                Actor::RegistryPartition(Box::new(RegistryPartition::new(init, birth)))
            }
            Body::ApplicationController(node) => {
                Actor::ApplicationController(Box::new(ApplicationController::new(*node, birth)))
            }
            Body::GlobalNameServer(nodes) => {
                Actor::GlobalNameServer(Box::new(GlobalNameServer::new(nodes, birth)))
            }
        }
    }
}

/// How a process came to be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Birth {
    /// Who waits for its acknowledgement.
    pub starter: Pid,
    /// Its parent, once it has one: an exit signal from there ends it. A server that is started neither with a
    /// link nor with a monitor is its own parent, from when it runs (gen.erl, `do_spawn/5` and `init_it/6`).
    pub parent: Option<Pid>,
    /// The name to register before `init`.
    pub name: Option<Name>,
    /// How far it has come with that.
    pub naming: Naming,
}

impl Birth {
    /// Whether this process is its parent, in the sense of `gen_server`.
    pub fn is_parent(&self, pid: Pid) -> bool {
        self.parent == Some(pid)
    }
}

impl<G: Guest> State for Actor<G> {
    type Message = Message<G>;
    type Common = G::Common;
    type Image = G::Image;
    type Report = Report<G>;

    fn accepts(&self, message: &Received<Message<G>>, image: &G::Image) -> bool {
        match self {
            Actor::Server(server) => server.accepts(message, image),
            Actor::Plain(plain) => plain.accepts(message, image),
            Actor::Task(task) => task.accepts(message, image),
            Actor::StreamMonitor(monitor) => monitor.accepts(message),
            Actor::Supervisor(supervisor) => supervisor.accepts(message),
            Actor::DynamicSupervisor(supervisor) => supervisor.accepts(message),
            Actor::RegistryPartition(partition) => partition.accepts(),
            Actor::ApplicationController(controller) => controller.accepts(message),
            Actor::ApplicationStarter(starter) => starter.accepts(message),
            Actor::ApplicationMaster(master) => master.accepts(message),
            Actor::ApplicationRoot(root) => root.accepts(message, image),
            Actor::GlobalNameServer(server) => server.accepts(),
        }
    }

    fn deadlines(&self, tell: &mut dyn FnMut(u64)) {
        match self {
            Actor::Server(server) => server.deadlines().for_each(tell),
            Actor::Plain(plain) => plain.activity.deadline().into_iter().for_each(tell),
            Actor::Task(task) => {
                task.activity().and_then(Activity::deadline).into_iter().for_each(tell);
            }
            Actor::Supervisor(supervisor) => supervisor.deadline().into_iter().for_each(tell),
            Actor::DynamicSupervisor(supervisor) => supervisor.deadlines().for_each(tell),
            // These wait once for each of their times.
            Actor::RegistryPartition(_)
            | Actor::StreamMonitor(_)
            | Actor::ApplicationController(_)
            | Actor::ApplicationStarter(_)
            | Actor::ApplicationMaster(_)
            | Actor::ApplicationRoot(_)
            | Actor::GlobalNameServer(_) => (),
        }
    }

    fn owns(pid: Pid, common: &G::Common) -> bool {
        common.has_of(pid)
    }

    fn leaves_behind(
        dead: Pid,
        common: &mut G::Common,
        lives: &dyn Fn(Pid) -> bool,
    ) -> Vec<(Pid, Message<G>)> {
        common.leaves_behind(dead, lives)
    }

    fn node_down(node: Atom) -> Option<Message<G>> {
        Some(Message::Info(Term::tagged(Atom::NODEDOWN, node.into())))
    }

    fn node_up(node: Atom) -> Option<(Atom, Message<G>)> {
        Some((Atom::GLOBAL_NAME_SERVER, Message::Info(Term::tagged(Atom::NODEUP, node.into()))))
    }
}

impl<G: Guest> Behaviour for Actor<G> {
    fn strike(fault: u16, common: &mut G::Common, image: &G::Image) -> Option<(Atom, Message<G>)> {
        let (name, message) = common.strike(fault, image)?;
        Some((name, Message::Info(message)))
    }

    fn is_set_up(common: &G::Common) -> bool {
        common.is_set_up()
    }

    fn is_spared(process: &Process<Self>, common: &G::Common) -> bool {
        matches!(process.behaviour(), Actor::ApplicationController(_) | Actor::GlobalNameServer(_))
            || common.is_spared(process)
    }

    fn resume(&mut self, input: Input<Message<G>>, context: &mut Context<'_, Self>) -> Next {
        match self {
            Actor::Server(server) => server.resume(input, context),
            Actor::Plain(plain) => plain.resume(input, context).unwrap_or_else(|entered| {
                let (server, next) = Server::entered(*entered, context);
                *self = Actor::Server(server);
                next
            }),
            Actor::Task(task) => task.resume(input, context),
            Actor::StreamMonitor(monitor) => monitor.resume(input, context),
            Actor::Supervisor(supervisor) => supervisor.resume(input, context),
            Actor::DynamicSupervisor(supervisor) => supervisor.resume(input, context),
            Actor::RegistryPartition(partition) => partition.resume(input, context),
            Actor::ApplicationController(controller) => controller.resume(input, context),
            Actor::ApplicationStarter(starter) => starter.resume(input, context),
            Actor::ApplicationMaster(master) => master.resume(input, context),
            Actor::ApplicationRoot(root) => root.resume(input, context),
            Actor::GlobalNameServer(server) => server.resume(input, context),
        }
    }
}
