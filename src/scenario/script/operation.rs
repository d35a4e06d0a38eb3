//! The operations that programs are made of: one for each statement of the language, and what a compiler needs
//! between them.

use std::sync::Arc;

use crate::kernel::{Alias, Atom};
use crate::otp::{self, ChildSpec, InitResult, SupervisorRequest};

use super::super::ast::{Catch, ConnectionChange, Span};
use super::control::Control;
use super::data::Data;
use super::launch::StartFunction;
use super::program::{Address, Expected, Expression, Pattern};
use super::registry::RegistryOperation;
use super::relation::Relation;
use super::{Script, child_spec};

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// What it does.
    pub kind: OperationKind,
    /// What is done with its exits and errors.
    pub catch: Catch,
    /// Whether it sees what other processes do: then it matters who runs before it.
    pub visible: bool,
    /// Whether others can see that it was done.
    pub noticed: bool,
    /// Where it stands in the file.
    pub span: Span,
}

/// What an operation does.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "named after the statements of the language")]
pub enum OperationKind {
    Control(Control),
    Reply(Expression),
    ReplyTo {
        from: Expression,
        value: Expression,
    },
    Continue(Expression),
    Timeout {
        after: Expression,
        message: Option<Expression>,
    },
    StopSelf(Expression),
    Goto(u16),
    Ignore,
    Fail(Expression),
    Send {
        target: Expression,
        value: Expression,
        priority: bool,
    },
    Cast {
        target: Expression,
        value: Expression,
    },
    Call {
        target: Expression,
        value: Expression,
        timeout: Expression,
        bind: Option<Pattern>,
    },
    Receive {
        clauses: Vec<(Pattern, Address)>,
        after: Option<(Expression, Address)>,
    },
    /// The short form, whose timeout fails an expectation.
    ReceiveOne {
        pattern: Pattern,
        timeout: Option<Expression>,
    },
    SendAfter {
        after: Expression,
        target: Expression,
        value: Expression,
        bind: Option<Pattern>,
        tagged: bool,
    },
    CancelTimer {
        timer: Expression,
        bind: Option<Pattern>,
    },
    Sleep(Expression),
    Hang,
    Spawn {
        start: StartFunction,
        arguments: Vec<Expression>,
        link: bool,
        monitor: bool,
        /// Its pid comes in a message, and the tag is that of the message.
        request: bool,
        priority: bool,
        alias: Option<Alias>,
        tag: Option<Expression>,
        bind: Option<Pattern>,
        reference: Option<Pattern>,
    },
    Start {
        start: StartFunction,
        arguments: Vec<Expression>,
        /// The name that a registry is to keep.
        via: Option<Expression>,
        timeout: Option<Expression>,
        how: otp::How,
        bind: Option<Pattern>,
        reference: Option<Pattern>,
    },
    InitAck(Expression),
    InitFail {
        value: Expression,
        reason: Expression,
    },
    EnterLoop {
        start: StartFunction,
        arguments: Vec<Expression>,
        name: Option<Atom>,
        timeout: Option<Expression>,
        continues: Option<Expression>,
    },
    Stop {
        target: Expression,
        reason: Expression,
        timeout: Expression,
        bind: Option<Pattern>,
    },
    Callers {
        bind: Option<Pattern>,
    },
    ExitSelf(Expression),
    Raise(Expression),
    Throw(Expression),
    /// The value of a task, and its end.
    TaskReturn(Expression),
    Async {
        start: StartFunction,
        arguments: Vec<Expression>,
        supervisor: Option<Expression>,
        link: bool,
        shutdown: otp::Shutdown,
        bind: Option<Pattern>,
        pid: Option<Pattern>,
        reference: Option<Pattern>,
    },
    AsyncStream(Box<AsyncStream>),
    AwaitTask {
        task: Expression,
        timeout: Expression,
        bind: Option<Pattern>,
    },
    YieldTask {
        task: Expression,
        timeout: Expression,
        bind: Option<Pattern>,
    },
    ShutdownTask {
        task: Expression,
        how: otp::Shutdown,
        bind: Option<Pattern>,
    },
    /// A request to a supervisor. `unwrap`: `as=` takes the `X` of `{ok, X}`.
    Supervise {
        supervisor: Expression,
        request: SuperviseRequest,
        bind: Option<Pattern>,
    },
    CodeChange {
        supervisor: Expression,
        init: Box<InitResult<Script>>,
        bind: Option<Pattern>,
    },
    Suspend {
        target: Expression,
        bind: Option<Pattern>,
    },
    Resume {
        target: Expression,
        bind: Option<Pattern>,
    },
    CheckChildspecs {
        specs: Expression,
        auto_shutdown: Option<Expression>,
        bind: Option<Pattern>,
    },
    ChildSpec {
        of: child_spec::Source,
        overrides: Vec<(Atom, Expression)>,
        bind: Option<Pattern>,
    },
    StartApplication {
        application: u16,
        kind: Option<otp::Restart>,
    },
    StopApplication(u16),
    Acquire(Atom),
    Release(Atom),
    Log {
        text: Arc<str>,
        values: Vec<Expression>,
    },
    Registry(RegistryOperation),
    Connection(ConnectionChange),
    Expect(Expected),
    Settle(Expression),
    Await(u16),
    Data(Data),
    Relation(Relation),
}

/// `Task.async_stream`, to be computed.
#[derive(Clone, Debug, PartialEq)]
pub struct AsyncStream {
    /// What each task is.
    pub start: StartFunction,
    /// The arguments of each task after its item.
    pub arguments: Vec<Expression>,
    /// The list of items.
    pub over: Expression,
    /// Who starts the tasks; none if the stream does so itself.
    pub supervisor: Option<Expression>,
    /// Whether the stream is linked to its tasks.
    pub link: bool,
    /// How the supervisor is to shut them down.
    pub shutdown: otp::Shutdown,
    /// How many run at a time.
    pub max_concurrency: u64,
    /// Whether the results come in the order of the items.
    pub ordered: bool,
    /// How long each task has.
    pub timeout: Expression,
    /// Whether one that takes longer is a result.
    pub kills_late_tasks: bool,
    /// Whether the result of one that has exited names its item.
    pub zips_input: bool,
    /// After how many results it is halted.
    pub take: Option<u64>,
    /// Takes the list of results.
    pub bind: Option<Pattern>,
}

impl OperationKind {
    /// Whether its outcome depends on names or on who lives; shared variables are looked for elsewhere.
    pub fn sees_others(&self) -> bool {
        use OperationKind as Op;
        match self {
            Op::Send { target, .. }
            | Op::Cast { target, .. }
            | Op::Call { target, .. }
            | Op::Stop { target, .. }
            | Op::Relation(Relation::Exit { target, .. })
            | Op::CodeChange { supervisor: target, .. }
            | Op::Suspend { target, .. }
            | Op::Resume { target, .. }
            | Op::Async { supervisor: Some(target), .. }
            | Op::Supervise { supervisor: target, .. } => {
                matches!(target, Expression::Constant(_) | Expression::Tuple(_))
            }
            Op::Relation(Relation::Link { .. })
            | Op::Relation(Relation::Monitor { .. })
            | Op::Relation(Relation::Register { .. })
            | Op::Relation(Relation::Unregister(_))
            | Op::Relation(Relation::Whereis { .. })
            | Op::Relation(Relation::IsAlive { .. })
            | Op::Relation(Relation::Unalias { .. })
            // What arrives before it is judged otherwise than what arrives after it.
            | Op::Relation(Relation::TrapExit(_))
            | Op::Relation(Relation::Parent { .. })
            | Op::Start { .. }
            // The starter is told by the name that it had.
            | Op::InitAck(_)
            | Op::InitFail { .. }
            | Op::EnterLoop { .. }
            | Op::Registry(_)
            | Op::Connection(_)
            | Op::Relation(Relation::MonitorNode { .. })
            | Op::Acquire(_)
            | Op::Release(_) => true,
            _ => false,
        }
    }

    /// Whether it does something that another process can notice.
    pub fn is_noticed(&self) -> bool {
        use OperationKind as Op;
        matches!(
            self,
            Op::Send { .. }
                | Op::Cast { .. }
                | Op::Call { .. }
                | Op::ReplyTo { .. }
                | Op::Spawn { .. }
                | Op::Stop { .. }
                | Op::Relation(Relation::Unlink(_))
                | Op::Relation(Relation::Demonitor { .. })
                | Op::Relation(Relation::Exit { .. })
                | Op::CodeChange { .. }
                | Op::Suspend { .. }
                | Op::Resume { .. }
                | Op::Async { .. }
                | Op::AsyncStream(_)
                | Op::ShutdownTask { .. }
                | Op::Supervise { .. }
                | Op::Connection(_)
        )
    }
}

/// A request to a supervisor, to be computed.
#[derive(Clone, Debug, PartialEq)]
pub enum SuperviseRequest {
    /// `start_child` with what a definition says, arguments, and the name that a registry is to keep.
    Start(Box<ChildSpec<StartFunction>>, Vec<Expression>, Option<Expression>),
    /// `start_child` of a task: the specification of any supervisor, and what `Task.Supervisor` makes of the
    /// line.
    StartTask {
        /// For a supervisor that knows nothing of tasks.
        spec: Box<ChildSpec<StartFunction>>,
        /// For a task supervisor.
        restart: otp::Restart,
        /// For a task supervisor.
        shutdown: otp::Shutdown,
        /// The start arguments.
        arguments: Vec<Expression>,
    },
    /// `start_child` with a specification verbatim.
    StartRaw(Expression),
    /// `start_child` of a `simple_one_for_one`.
    StartWith(Vec<Expression>),
    /// `terminate_child`.
    Terminate(Expression),
    /// `restart_child`.
    Restart(Expression),
    /// `delete_child`.
    Delete(Expression),
    /// `which_children`.
    WhichChildren,
    /// `which_child`.
    WhichChild(Expression),
    /// `count_children`.
    CountChildren,
    /// `get_childspec`.
    GetChildspec(Expression),
}

/// A supervisor's request, computed.
pub type Request = SupervisorRequest<Script>;
