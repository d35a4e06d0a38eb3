//! What a process is doing, in a few words.

use crate::kernel::{Pid, Process, Target, Wakeup};
use crate::otp::{Activity, Actor, Blocked, Guest, Phase, Strategy};

use super::terms::Names;

/// What it is: a strategy for a supervisor.
pub(super) fn kind<G: Guest>(actor: &Actor<G>) -> &'static str {
    match actor {
        Actor::Server(_) => "server",
        Actor::Plain(plain) => {
            plain.activity.guest.supervises().map_or("process", |supervised| supervised.kind)
        }
        Actor::Supervisor(supervisor) => supervisor.flags().strategy.word(),
        Actor::DynamicSupervisor(_) => "dynamic",
        Actor::RegistryPartition(_) => "partition",
        Actor::Task(_) => "task",
        Actor::StreamMonitor(_) => "stream monitor",
        Actor::ApplicationController(_) => "application controller",
        Actor::ApplicationStarter(_) => "application starter",
        Actor::ApplicationMaster(_) => "application master",
        Actor::ApplicationRoot(_) => "application",
        Actor::GlobalNameServer(_) => "name server",
    }
}

/// Whether its children are many alike.
pub(super) fn supervises_alike<G: Guest>(actor: &Actor<G>) -> bool {
    match actor {
        Actor::Supervisor(supervisor) => supervisor.flags().strategy == Strategy::SimpleOneForOne,
        Actor::DynamicSupervisor(_) => true,
        Actor::Plain(plain) => plain.activity.guest.supervises().is_some_and(|supervised| supervised.alike),
        _ => false,
    }
}

/// What it is doing.
pub(super) fn state<G: Guest>(process: &Process<Actor<G>>, names: Names<'_>) -> String {
    match process.wakeup() {
        Wakeup::Start => return "has not run yet".to_owned(),
        Wakeup::Timeout => return "has waited long enough".to_owned(),
        Wakeup::Continue | Wakeup::Message(_) | Wakeup::Waiting | Wakeup::WaitingForQuiet => (),
    }
    let doing = match process.behaviour() {
        Actor::Server(server) => match server.phase() {
            Phase::Unborn => "has not run yet".to_owned(),
            Phase::Loop => "idle".to_owned(),
            Phase::Suspended => "suspended".to_owned(),
            Phase::Init => format!("init: {}", activity(&server.activity, names)),
            Phase::Handling(Some(from)) => {
                format!("call of {}: {}", names.pid(from.pid), activity(&server.activity, names))
            }
            Phase::Handling(None) => activity(&server.activity, names),
            Phase::Terminating { .. } => format!("terminate: {}", activity(&server.activity, names)),
            Phase::Agreed(reason) | Phase::Leaving(reason) => {
                format!("about to exit: {}", names.term(reason))
            }
        },
        Actor::Plain(plain) => activity(&plain.activity, names),
        Actor::Task(task) => match task.activity() {
            Some(doing) => activity(doing, names),
            None => "waits to be told what to do".to_owned(),
        },
        Actor::StreamMonitor(monitor) => match monitor.waits_for() {
            Some(target) => format!("waits for {}", who(target, names)),
            None => "idle".to_owned(),
        },
        Actor::RegistryPartition(_)
        | Actor::ApplicationController(_)
        | Actor::ApplicationStarter(_)
        | Actor::ApplicationMaster(_)
        | Actor::ApplicationRoot(_)
        | Actor::GlobalNameServer(_) => "idle".to_owned(),
        Actor::Supervisor(supervisor) => match supervisor.waits_for() {
            Some(child) => {
                let known = supervisor.members().iter().any(|member| member.pid == Some(child));
                waits(child, known, names)
            }
            None if supervisor.is_idle() => "idle".to_owned(),
            None => "stopping its children".to_owned(),
        },
        Actor::DynamicSupervisor(supervisor) => match supervisor.waits_for() {
            Some(child) => waits(child, false, names),
            None => "idle".to_owned(),
        },
    };
    match process.wakeup() {
        Wakeup::Message(_) if doing == "idle" => "has a message to handle".to_owned(),
        _ => doing,
    }
}

fn waits(child: Pid, known: bool, names: Names<'_>) -> String {
    let verb = if known { "stopping" } else { "starting" };
    format!("{verb} {}", names.pid(child))
}

fn who(target: Target, names: Names<'_>) -> String {
    match target {
        Target::Pid(pid) => names.pid(pid).to_owned(),
        Target::Name(name) => names.atoms.text(name).to_owned(),
        Target::Remote(name, node) => format!("{}@{}", names.atoms.text(name), names.atoms.text(node)),
    }
}

fn activity<G: Guest>(activity: &Activity<G>, names: Names<'_>) -> String {
    let who = |target: Target| who(target, names);
    match activity.blocked() {
        Blocked::No | Blocked::Preempted => "running".to_owned(),
        Blocked::Call(call) => format!("in a call to {}", who(call.target())),
        Blocked::Start(start) => format!("starting {}", names.pid(start.child)),
        Blocked::Stop(stop) => format!("stopping {}", who(stop.target())),
        Blocked::CodeChange(change) => format!("changing the code of {}", who(change.target())),
        Blocked::Await(wait) => format!("awaits {}", names.pid(wait.task)),
        Blocked::TaskShutdown(shutdown) => format!("shutting {} down", names.pid(shutdown.task)),
        Blocked::Stream(stream) => format!("reads the stream of {}", names.pid(stream.monitor)),
        Blocked::Sleep => "asleep".to_owned(),
        Blocked::Receive => "waits for a message".to_owned(),
        Blocked::Quiet => "waits for quiet".to_owned(),
    }
}
