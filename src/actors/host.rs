//! The world as an actor reaches it, whatever other guests live in it.
//!
//! A world has one kind of guest, and actors in Rust can be a part of several: of their own, and of that of scenario
//! files. So what they do goes through a trait that knows terms, pids and names, and is put on the kernel once.

use crate::kernel::{Atom, Atoms, Context, Pid, Ref, Target, Term};
use crate::otp::{
    Actor, Block, CallTimeout, ChildSpec, Cue, From, Guest, How, Image, Message, Report, Request,
    SupervisorRequest,
};

use super::instance::Instance;
use super::start::{Start, launch};

/// A guest that actors in Rust can be a part of.
pub trait Hosting: Guest {
    /// What it calls a start function of theirs.
    fn hosted(start: Start) -> Self::Start;

    /// The guest that is this actor.
    fn of(instance: Instance) -> Self;

    /// What they tell listeners.
    fn told(text: String) -> Self::Note;
}

/// What an actor can do to the world without waiting.
pub(super) trait Host {
    fn pid(&self) -> Pid;
    fn now(&self) -> u64;
    fn atoms(&self) -> &Atoms;
    fn looks_around(&mut self);
    fn may_go_on(&mut self) -> bool;
    fn can_be_interrupted(&self) -> bool;
    fn is_doomed(&self) -> bool;
    fn resolve(&mut self, target: Target) -> Option<Pid>;
    fn is_alive(&mut self, pid: Pid) -> bool;
    fn send(&mut self, target: Target, message: Term) -> bool;
    fn cast(&mut self, target: Target, message: Term);
    fn reply(&mut self, from: From, reply: Term);
    fn monitor(&mut self, target: Target) -> Ref;
    fn demonitor(&mut self, reference: Ref);
    fn link(&mut self, pid: Pid) -> bool;
    fn unlink(&mut self, pid: Pid);
    fn trap_exit(&mut self, flag: bool);
    fn exit(&mut self, pid: Pid, reason: Term);
    fn send_after(&mut self, after: u64, target: Target, message: Term) -> Ref;
    fn cancel_timer(&mut self, timer: Ref) -> Option<u64>;
    fn register(&mut self, name: Atom, pid: Pid) -> bool;
    fn unregister(&mut self, name: crate::kernel::Atom) -> bool;
    fn tell(&mut self, text: &str);
}

impl<G: Hosting> Host for Context<'_, Actor<G>> {
    fn pid(&self) -> Pid {
        Context::pid(self)
    }

    fn now(&self) -> u64 {
        Context::now(self)
    }

    fn atoms(&self) -> &Atoms {
        self.image().atoms()
    }

    fn looks_around(&mut self) {
        self.look_around();
    }

    fn may_go_on(&mut self) -> bool {
        Context::may_go_on(self, 0)
    }

    fn can_be_interrupted(&self) -> bool {
        Context::can_be_interrupted(self)
    }

    fn is_doomed(&self) -> bool {
        Context::is_doomed(self)
    }

    fn resolve(&mut self, target: Target) -> Option<Pid> {
        match target {
            Target::Name(name) => self.whereis(name),
            target => Context::resolve(self, target),
        }
    }

    fn is_alive(&mut self, pid: Pid) -> bool {
        Context::is_alive(self, pid)
    }

    fn send(&mut self, target: Target, message: Term) -> bool {
        self.send_to(target, Message::Info(message)).is_ok()
    }

    fn cast(&mut self, target: Target, message: Term) {
        // `gen_server:cast/2` succeeds whoever is there.
        let _ = self.send_to(target, Message::Cast(message));
    }

    fn reply(&mut self, from: From, reply: Term) {
        crate::otp::reply(from, reply, self);
    }

    fn monitor(&mut self, target: Target) -> Ref {
        Context::monitor(self, target)
    }

    fn demonitor(&mut self, reference: Ref) {
        self.demonitor_flush(reference);
    }

    fn link(&mut self, pid: Pid) -> bool {
        Context::link(self, pid).is_ok()
    }

    fn unlink(&mut self, pid: Pid) {
        Context::unlink(self, pid);
    }

    fn trap_exit(&mut self, flag: bool) {
        Context::trap_exit(self, flag);
    }

    fn exit(&mut self, pid: Pid, reason: Term) {
        Context::exit(self, pid, reason);
    }

    fn send_after(&mut self, after: u64, target: Target, message: Term) -> Ref {
        Context::send_after(self, after, target, Message::Info(message))
    }

    fn cancel_timer(&mut self, timer: Ref) -> Option<u64> {
        Context::cancel_timer(self, timer)
    }

    fn register(&mut self, name: Atom, pid: Pid) -> bool {
        Context::register(self, name, pid).is_ok()
    }

    fn unregister(&mut self, name: crate::kernel::Atom) -> bool {
        Context::unregister(self, name).is_ok()
    }

    fn tell(&mut self, text: &str) {
        self.report(|| Report::Guest(G::told(text.to_owned())));
    }
}

/// What an actor waits for.
#[derive(Clone, Debug)]
pub(super) enum Wait {
    /// The answer to a call.
    Call { target: Target, request: Term, timeout: CallTimeout },
    /// The answer of a supervisor.
    Ask { target: Target, request: Asked },
    /// The end of a process that is stopped.
    Stop { target: Target, reason: Term, timeout: Option<u64> },
    /// A start with a link.
    Start(Start),
    /// Time.
    Sleep(u64),
    /// That nothing else can happen, for so long at most.
    Quiet(u64),
}

/// What a supervisor is asked.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    StartChild(Box<ChildSpec<Start>>),
    TerminateChild(Term),
    RestartChild(Term),
    DeleteChild(Term),
    WhichChildren,
    CountChildren,
}

impl Wait {
    /// The same, for a guest of this kind.
    pub(super) fn block<G: Hosting>(self) -> Block<G> {
        match self {
            Wait::Call { target, request, timeout } => {
                Block::Call { target, request: Request::User(request), timeout, said: None }
            }
            Wait::Ask { target, request } => Block::Call {
                target,
                request: Request::Supervisor(Box::new(request.request())),
                timeout: CallTimeout::Infinity,
                said: None,
            },
            Wait::Stop { target, reason, timeout } => Block::Stop { target, reason, timeout },
            Wait::Start(start) => Block::Start { launch: launch(&start), label: None, how: How::LINKED },
            Wait::Sleep(time) => Block::Sleep(Some(time)),
            Wait::Quiet(time) => Block::Quiet(time),
        }
    }
}

impl Asked {
    fn request<G: Hosting>(self) -> SupervisorRequest<G> {
        match self {
            Asked::StartChild(spec) => SupervisorRequest::StartChild(spec.map_start(G::hosted)),
            Asked::TerminateChild(child) => SupervisorRequest::TerminateChild(child),
            Asked::RestartChild(child) => SupervisorRequest::RestartChild(child),
            Asked::DeleteChild(child) => SupervisorRequest::DeleteChild(child),
            Asked::WhichChildren => SupervisorRequest::WhichChildren,
            Asked::CountChildren => SupervisorRequest::CountChildren,
        }
    }
}

/// What has come of what an actor waited for, as a term.
pub(super) fn found<G: Guest>(cue: Cue<G>) -> Result<Term, Term> {
    match cue {
        Cue::Called(answer) => answer,
        Cue::Started(started) => Ok(started.into()),
        Cue::Stopped(stopped) => stopped.map(|()| Atom::OK.into()),
        Cue::Quiet(quiet) => Ok(Term::boolean(quiet)),
        _ => Ok(Atom::OK.into()),
    }
}
