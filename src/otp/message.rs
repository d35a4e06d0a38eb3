//! What OTP's processes say to each other, and the requests that supervisors answer.

use crate::kernel::{Atom, Pid, Received, Ref, Term};

use super::application::ApplicationRequest;
use super::guest::Guest;
use super::spec::ChildSpec;
use super::start::Started;
use super::supervisor::InitResult;
use super::task::{StreamMessage, Work};

/// A message between OTP processes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Message<G: Guest> {
    /// `{'$gen_call', From, Request}`.
    Call {
        /// Whom to answer.
        from: From,
        /// What the caller asks.
        request: Request<G>,
    },
    /// `{Tag, Reply}`: the answer to a call.
    Reply {
        /// The monitor that the caller made for the call.
        tag: Ref,
        /// What the callee says.
        reply: Term,
        /// Whether the tag is written as `[alias | Tag]`.
        alias: bool,
    },
    /// A cast: `{'$gen_cast', Request}`.
    Cast(Term),
    /// Any other message: what `handle_info` gets.
    Info(Term),
    /// `{system, From, {terminate, Reason}}`: `sys:terminate/3`.
    Terminate {
        /// Whom to answer.
        from: From,
        /// With which reason to end.
        reason: Term,
    },
    /// `{ack, Pid, Result}`: a started process tells its starter how its `init` went.
    Ack {
        /// The new process.
        child: Pid,
        /// What `start_link` is to return.
        result: Started,
        /// The process is about to die, and its starter should wait for that (`init_fail`, OTP 26).
        dying: bool,
    },
    /// A supervisor's note to itself to try a failed restart again:
    /// `{'$gen_cast', {try_again_restart, Id}}`, or DynamicSupervisor's `{'$gen_restart', Pid}`.
    TryAgain {
        /// The child's id, or the old pid of a dynamic one.
        child: Term,
        /// Distinguishes a stale note (OTP 29).
        tag: u32,
    },
    /// What a task is to do.
    Work(Box<Work<G>>),
    /// Between the owner of a `Task.async_stream`, its monitor and its tasks.
    Stream(Box<StreamMessage>),
}

/// Whom to answer, and how the answer is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct From {
    /// Who waits for the answer.
    pub pid: Pid,
    /// The monitor that the caller made for the call.
    pub tag: Ref,
    /// Whether the answer goes through an alias, so that a late one is dropped.
    pub alias: bool,
}

impl From {
    /// Of a call that was not made, since nobody was there: nothing can answer it.
    pub(super) fn of_nothing(pid: Pid) -> From {
        From { pid, tag: Ref::unmade(pid), alias: false }
    }
}

/// What a call asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Request<G: Guest> {
    /// A request to a server of the user's.
    User(Term),
    /// A request to a supervisor.
    Supervisor(Box<SupervisorRequest<G>>),
    /// A request to the application controller.
    Application(ApplicationRequest),
    /// A request of `sys` to any process that handles system messages.
    System(SystemRequest<G>),
}

/// What `sys` asks: `{system, From, Request}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SystemRequest<G: Guest> {
    /// `sys:suspend/1`: to handle nothing but system messages and the end of the parent.
    Suspend,
    /// `sys:resume/1`: to go on.
    Resume,
    /// `sys:change_code/4` of a supervisor whose `init/1` returns this now.
    ChangeCode(Box<InitResult<G::Start>>),
}

impl<G: Guest> SystemRequest<G> {
    /// The function of `sys` that asks it.
    pub fn function(&self) -> Atom {
        match self {
            SystemRequest::Suspend => Atom::SUSPEND,
            SystemRequest::Resume => Atom::RESUME,
            SystemRequest::ChangeCode(_) => Atom::CHANGE_CODE,
        }
    }
}

/// The requests of `supervisor`'s and `DynamicSupervisor`'s API.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SupervisorRequest<G: Guest> {
    /// `start_child` with a specification.
    StartChild(ChildSpec<G::Start>),
    /// `start_child` with a specification as the user wrote it, to be checked by the supervisor.
    StartRawChild(Term),
    /// `start_child` of a `simple_one_for_one` supervisor: more arguments for its template.
    StartWith(Vec<Term>),
    /// `terminate_child`, by id or, of a dynamic child, by pid.
    TerminateChild(Term),
    /// `restart_child` of this id.
    RestartChild(Term),
    /// `delete_child` of this id.
    DeleteChild(Term),
    /// `which_children`: all of them.
    WhichChildren,
    /// `which_child` (OTP 28).
    WhichChild(Term),
    /// `count_children`: how many there are.
    CountChildren,
    /// `get_childspec` of this id.
    GetChildspec(Term),
}

impl<G: Guest> Request<G> {
    /// The request as people see it, for exit reasons that quote it.
    pub fn term(&self) -> Term {
        let request = match self {
            Request::User(request) => return request.clone(),
            Request::Application(request) => return request.term(),
            Request::System(request) => return request.function().into(),
            Request::Supervisor(request) => request,
        };
        let tagged = |tag: Atom, value: &Term| Term::tagged(tag, value.clone());
        match &**request {
            SupervisorRequest::StartChild(spec) => tagged(Atom::START_CHILD, &spec.id),
            SupervisorRequest::StartRawChild(spec) => tagged(Atom::START_CHILD, spec),
            SupervisorRequest::StartWith(arguments) => {
                Term::tagged(Atom::START_CHILD, Term::list(arguments.iter().cloned()))
            }
            SupervisorRequest::TerminateChild(child) => tagged(Atom::TERMINATE_CHILD, child),
            SupervisorRequest::RestartChild(child) => tagged(Atom::RESTART_CHILD, child),
            SupervisorRequest::DeleteChild(child) => tagged(Atom::DELETE_CHILD, child),
            SupervisorRequest::WhichChildren => Atom::WHICH_CHILDREN.into(),
            SupervisorRequest::WhichChild(child) => tagged(Atom::WHICH_CHILD, child),
            SupervisorRequest::CountChildren => Atom::COUNT_CHILDREN.into(),
            SupervisorRequest::GetChildspec(child) => tagged(Atom::GET_CHILDSPEC, child),
        }
    }
}

impl From {
    /// `{Pid, Tag}` or `{Pid, [alias | Tag]}`.
    pub fn term(self) -> Term {
        let tag: Term = self.tag.into();
        let tag = if self.alias { Term::list([Atom::ALIAS.into(), tag]) } else { tag };
        Term::tuple([self.pid.into(), tag])
    }

    /// Reads what [`From::term`] has written.
    pub fn of(term: &Term) -> Option<From> {
        match term.as_tuple()? {
            [Term::Pid(pid), Term::Ref(tag)] => Some(From { pid: *pid, tag: *tag, alias: false }),
            [Term::Pid(pid), Term::List(parts, _)] => match &parts[..] {
                [_, Term::Ref(tag)] => Some(From { pid: *pid, tag: *tag, alias: true }),
                _ => None,
            },
            _ => None,
        }
    }
}

impl<G: Guest> Message<G> {
    /// The message as one finds it who takes no part in OTP's protocols.
    pub fn term(&self) -> Term {
        match self {
            Message::Call { from, request } => {
                Term::tuple([Atom::GEN_CALL.into(), from.term(), request.term()])
            }
            Message::Reply { tag, reply, .. } => Term::tuple([(*tag).into(), reply.clone()]),
            Message::Cast(request) => Term::tagged(Atom::GEN_CAST, request.clone()),
            Message::Info(message) => message.clone(),
            Message::Terminate { reason, .. } => Term::tagged(Atom::TERMINATE, reason.clone()),
            Message::Ack { child, result, .. } => {
                Term::tuple([Atom::ACK.into(), (*child).into(), result.clone().into()])
            }
            Message::TryAgain { child, .. } => Term::tagged(Atom::TRY_AGAIN_RESTART, child.clone()),
            Message::Work(work) => work.term(),
            Message::Stream(said) => said.term(),
        }
    }

    /// What somebody finds in the mailbox who expects none of it, as it is logged.
    pub(super) fn unexpected(received: &Received<Message<G>>) -> Term {
        match received {
            Received::Message(message) => message.term(),
            Received::Exit { from, reason } => {
                Term::tuple([Atom::EXIT.into(), (*from).into(), reason.clone()])
            }
            Received::Down { reference, object, reason } => Term::tuple([
                Atom::DOWN.into(),
                (*reference).into(),
                Atom::PROCESS.into(),
                (*object).into(),
                reason.clone(),
            ]),
        }
    }
}

/// How long a call waits that does not say (gen_server.erl, `call/2`), in milliseconds.
pub const CALL_TIMEOUT_MS: u64 = 5_000;

/// How long a call waits, and whether it says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallTimeout {
    /// `gen_server:call/2`: what its caller exits with names no time.
    Unsaid,
    /// What `gen_server:call/3` was given, in milliseconds.
    Milliseconds(u64),
    /// A call that waits for ever, as those of `supervisor` do.
    Infinity,
}

impl CallTimeout {
    /// How long that is; none is `infinity`.
    pub fn milliseconds(self) -> Option<u64> {
        match self {
            CallTimeout::Unsaid => Some(CALL_TIMEOUT_MS),
            CallTimeout::Milliseconds(time) => Some(time),
            CallTimeout::Infinity => None,
        }
    }
}

impl std::convert::From<Option<u64>> for CallTimeout {
    fn from(said: Option<u64>) -> Self {
        said.map_or(CallTimeout::Infinity, CallTimeout::Milliseconds)
    }
}
