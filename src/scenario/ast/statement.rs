//! Statements: what handlers, processes and clients do.

use crate::kernel::Alias;
use crate::otp::{Restart, Shutdown};

use super::condition::Condition;
use super::node::ConnectionChange;
use super::registry::RegistryStatement;
use super::tree::{Child, ChildOptions, Registration, SpecOverrides};
use super::value::{Duration, Name, Span, Spanned, Target, Value};

/// Statements in order.
pub type Block = Vec<Statement>;

/// What becomes of an exit or an error of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Catch {
    /// It ends the process, or the callback.
    Nothing,
    /// The next line expects an exit.
    Exit,
    /// The next line expects an error.
    Raise,
}

impl Catch {
    /// What the line after a statement makes of it.
    pub fn by(next: Option<&Statement>) -> Catch {
        match next.map(|next| &next.kind) {
            Some(StatementKind::Expect(Expectation::Exit(_) | Expectation::Either { .. })) => Catch::Exit,
            Some(StatementKind::Expect(Expectation::Raise(_))) => Catch::Raise,
            _ => Catch::Nothing,
        }
    }
}

impl StatementKind {
    /// How long calls and tasks are awaited if the line does not say, in milliseconds: as in Erlang and Elixir.
    pub const CALL_TIMEOUT_MS: u64 = crate::otp::CALL_TIMEOUT_MS;
    /// `settle within=`, if unsaid.
    pub const SETTLE_WITHIN_MS: u64 = 60_000;
    /// `eventually within=`, if unsaid.
    pub const EVENTUALLY_WITHIN_MS: u64 = 1_000;
    /// `eventually every=`, if unsaid.
    pub const EVENTUALLY_EVERY_MS: u64 = 10;
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// Its line, without the block it may hold.
    pub span: Span,
}

/// What a statement does.
///
/// A field `bind` is `as=$name`. For what succeeds with `{ok, X}` (`start`, `start_link`,
/// `start_child`, `restart_child`, `get_childspec`, `which_child`) it binds `X`, and anything else
/// is a `{badmatch, Result}`; everywhere else it binds the result.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields are named after the words of the language")]
pub enum StatementKind {
    // What a server's callback returns.
    /// `reply VALUE…`: the answer of a call handler, sent when the handler ends.
    Reply(Value),
    /// `reply_to FROM VALUE…`: `gen_server:reply`, at once.
    ReplyTo { from: Value, value: Value },
    /// `continue VALUE…`: `handle_continue` comes next.
    Continue(Value),
    /// `timeout MS MESSAGE…`: an info `timeout`, or this message (OTP 28), if nothing else arrives.
    Timeout { after: Duration, message: Option<Value> },
    /// `stop reason=R`: `{stop, Reason, State}`. The reason is `normal` if unsaid.
    StopSelf { reason: Option<Value> },
    /// `goto PHASE`
    Goto(Name),
    /// `ignore`: `init` returns `ignore`.
    Ignore,
    /// `fail REASON…`: `init` returns `{stop, Reason}`.
    Fail(Value),

    // Messages.
    /// `send TARGET VALUE… priority=#true`
    Send { target: Target, value: Value, priority: bool },
    /// `cast TARGET VALUE…`
    Cast { target: Target, value: Value },
    /// `call TARGET VALUE… timeout=MS as=$x`. 5000 ms if unsaid.
    Call { target: Target, value: Value, timeout: Option<Duration>, bind: Option<Name> },
    /// `receive { when PATTERN… { … } after MS { … } }`
    Receive { clauses: Vec<Clause>, after: Option<(Duration, Block)> },
    /// `receive PATTERN… timeout=MS`: waits for ever if unsaid, else fails the expectation.
    ReceiveOne { pattern: Value, timeout: Option<Duration> },
    /// `send_after MS TARGET VALUE… as=$t`
    SendAfter { after: Duration, target: Target, value: Value, bind: Option<Name> },
    /// `start_timer MS TARGET VALUE… as=$t`
    StartTimer { after: Duration, target: Target, value: Value, bind: Option<Name> },
    /// `cancel_timer TIMER as=$left`
    CancelTimer { timer: Value, bind: Option<Name> },
    /// `sleep MS`: hears nothing for so long.
    Sleep(Duration),
    /// `hang`: hears nothing for ever.
    Hang,

    // Processes.
    /// `spawn`, `spawn_link` and `spawn_monitor PROCESS arguments… as=$p ref=$r`, and `spawn_request`, whose
    /// `as=` is the reference and whose `tag=` is that of the answer.
    Spawn {
        mode: SpawnMode,
        process: Name,
        arguments: Vec<Value>,
        options: MonitorOptions,
        bind: Option<Name>,
        reference: Option<Name>,
    },
    /// `start`, `start_link` and `start_monitor MODULE arguments… as=$p ref=$r name= timeout= link=#true`
    Start {
        linked: bool,
        monitored: bool,
        module: Name,
        arguments: Vec<Value>,
        name: Registration,
        timeout: Option<Duration>,
        bind: Option<Name>,
        reference: Option<Name>,
    },
    /// `init_ack VALUE…`: `proc_lib:init_ack/1`, to whoever has started the process.
    InitAck(Value),
    /// `init_fail VALUE… reason=R`: `proc_lib:init_fail/2`. The reason is `normal` if unsaid.
    InitFail { value: Value, reason: Option<Value> },
    /// `enter_loop SERVER arguments… name= timeout=MS continue=VALUE`: `gen_server:enter_loop`.
    EnterLoop {
        server: Name,
        arguments: Vec<Value>,
        name: Option<Name>,
        timeout: Option<Duration>,
        continues: Option<Value>,
    },
    /// `stop TARGET reason=R timeout=MS`: `normal` and `infinity` if unsaid.
    Stop { target: Target, reason: Option<Value>, timeout: Option<Duration>, bind: Option<Name> },
    /// `link TARGET priority=#true`
    Link { target: Target, priority: bool },
    /// `unlink TARGET`
    Unlink(Target),
    /// `monitor TARGET as=$ref alias=MODE tag=$t priority=#true`
    Monitor { target: Target, options: MonitorOptions, bind: Option<Name> },
    /// `demonitor REFERENCE flush=#true info=#true as=$x`
    Demonitor { reference: Value, flush: bool, info: bool, bind: Option<Name> },
    /// `alias as=$a priority=#true`: an address of its own. With `reply` it ends with the first message.
    Alias { mode: Alias, priority: bool, bind: Option<Name> },
    /// `unalias $a as=$was`
    Unalias { alias: Value, bind: Option<Name> },
    /// `make_ref as=$r`
    MakeRef { bind: Option<Name> },
    /// `parent TARGET as=$p`: who spawned it.
    Parent { target: Target, bind: Option<Name> },
    /// `callers as=$pids`: who has started this task, and on whose behalf.
    Callers { bind: Option<Name> },
    /// `trap_exit #true`
    TrapExit(bool),
    /// `exit TARGET reason=R priority=#true`: `exit/2`, `exit/3`. `kill TARGET` is this with the reason `kill`.
    Exit { target: Target, reason: Value, priority: bool },
    /// `exit reason=R`: `exit/1`
    ExitSelf { reason: Value },
    /// `raise VALUE…`: `error/1`
    Raise(Value),
    /// `throw VALUE…`
    Throw(Value),
    /// `register NAME [TARGET]`: itself if no target is named.
    Register { name: Name, target: Option<Target> },
    /// `unregister NAME`
    Unregister(Name),
    /// `whereis NAME as=$p`
    Whereis { name: Name, bind: Option<Name> },
    /// `alive TARGET as=$x`: `is_process_alive`
    IsAlive { target: Target, bind: Option<Name> },

    // Tasks.
    /// `return VALUE…`: the value of a task.
    Return(Value),
    /// `async` and `async_nolink TASK arguments… supervisor=S shutdown= as=$task pid=$p ref=$r`
    Async {
        linked: bool,
        task: Name,
        arguments: Vec<Value>,
        supervisor: Option<Target>,
        shutdown: Option<Spanned<Shutdown>>,
        bind: Option<Name>,
        pid: Option<Name>,
        reference: Option<Name>,
    },
    /// `async_stream TASK ARGUMENT… over=ITEMS as=$results`
    AsyncStream(Box<AsyncStream>),
    /// `await $task timeout=MS as=$x`. 5000 ms if unsaid.
    AwaitTask { task: Value, timeout: Option<Duration>, bind: Option<Name> },
    /// `yield $task timeout=MS as=$x`. 5000 ms if unsaid.
    Yield { task: Value, timeout: Option<Duration>, bind: Option<Name> },
    /// `shutdown $task [brutal_kill] timeout=MS as=$x`. 5000 ms if unsaid.
    ShutdownTask { task: Value, how: Shutdown, bind: Option<Name> },

    // Supervisors.
    /// `start_child SUPERVISOR …`
    StartChild { supervisor: Target, child: NewChild, bind: Option<Name> },
    /// `terminate_child SUPERVISOR ID`: an id, or a pid in a variable.
    TerminateChild { supervisor: Target, child: Value, bind: Option<Name> },
    /// `restart_child SUPERVISOR ID`
    RestartChild { supervisor: Target, child: Value, bind: Option<Name> },
    /// `delete_child SUPERVISOR ID`
    DeleteChild { supervisor: Target, child: Value, bind: Option<Name> },
    /// `which_children SUPERVISOR`
    WhichChildren { supervisor: Target, bind: Option<Name> },
    /// `which_child SUPERVISOR ID`
    WhichChild { supervisor: Target, child: Value, bind: Option<Name> },
    /// `count_children SUPERVISOR`
    CountChildren { supervisor: Target, bind: Option<Name> },
    /// `get_childspec SUPERVISOR ID`
    GetChildspec { supervisor: Target, child: Value, bind: Option<Name> },
    /// `check_childspecs SPECS [AUTO_SHUTDOWN]`
    CheckChildspecs { specs: Value, auto_shutdown: Option<Value>, bind: Option<Name> },
    /// `child_spec MODULE arguments… id= restart= …`, or `child_spec (term)"…" …`: `Supervisor.child_spec/2`.
    ChildSpec { of: SpecSource, overrides: SpecOverrides, bind: Option<Name> },
    /// `code_change SUPERVISOR { … }`: what its `init` returns now, as a supervisor would draw it.
    CodeChange { supervisor: Target, init: Box<super::tree::Supervisor>, bind: Option<Name> },
    /// `suspend TARGET`: `sys:suspend`
    Suspend { target: Target, bind: Option<Name> },
    /// `resume TARGET`: `sys:resume`
    Resume { target: Target, bind: Option<Name> },
    /// `start_application NAME type=T`
    StartApplication { application: Name, kind: Option<Spanned<Restart>> },
    /// `stop_application NAME`
    StopApplication(Name),

    // State.
    /// `set NAME VALUE…`: a `var` or a `shared`.
    Set { variable: Name, value: Value },
    /// `add NAME NUMBER`: a `var` or a `shared`.
    Add { variable: Name, amount: Value },
    /// `bind $x VALUE…`
    Bind { variable: Name, value: Value },
    /// `insert TABLE KEY VALUE`
    Insert { table: Name, key: Value, value: Value },
    /// `delete TABLE KEY`
    Delete { table: Name, key: Value },
    /// `lookup TABLE KEY as=$v`: `nil` if absent.
    Lookup { table: Name, key: Value, bind: Option<Name> },
    /// `take TABLE KEY as=$v`: looks up and deletes; `nil` if absent.
    Take { table: Name, key: Value, bind: Option<Name> },
    /// `now as=$t`: the virtual time, in milliseconds.
    Now { bind: Option<Name> },
    /// `size NAME as=$n`: of a table or a queue.
    Size { of: Name, bind: Option<Name> },
    /// `push QUEUE VALUE…`
    Push { queue: Name, value: Value },
    /// `pop QUEUE as=$v`: `nil` if empty.
    Pop { queue: Name, bind: Option<Name> },
    /// `acquire RESOURCE`: held until released, or for ever by the dead.
    Acquire(Name),
    /// `release RESOURCE`
    Release(Name),

    // Control.
    /// `if CONDITION { … }`, with the `else { … }` that may follow.
    If { condition: Condition, then: Block, otherwise: Option<Block> },
    /// `each TABLE $k $v { … }`
    EachEntry { table: Name, key: Name, value: Name, body: Block },
    /// `each QUEUE $v { … }`
    EachItem { queue: Name, item: Name, body: Block },
    /// `match VALUE… { when PATTERN… { … } otherwise { … } }`. The last result, `match result`, if
    /// `None`.
    Match { value: Option<Value>, clauses: Vec<Clause>, otherwise: Option<Block> },
    /// `repeat N { … }`
    Repeat { times: u64, body: Block },
    /// `log "text" VALUE…`
    Log { text: String, values: Vec<Value> },

    // Clients.
    /// `expect …`
    Expect(Expectation),
    /// `settle within=MS`: 60000 if unsaid.
    Settle { within: Option<Duration> },
    /// `eventually within=MS every=MS { … }`: 1000 and 10 if unsaid.
    Eventually { within: Option<Duration>, every: Option<Duration>, body: Block },
    /// `await CLIENT`
    Await(Name),
    /// `note "text"`
    Note(String),

    /// `monitor_node NODE` and `monitor_node NODE #false`
    MonitorNode { node: Name, flag: bool },
    /// `cut A B`, `heal A B` and `disconnect A B`.
    Connection(ConnectionChange),

    /// What concerns registries and partition supervisors.
    Registry(RegistryStatement),
}

/// `when PATTERN… { … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// What is matched. `when DOWN …` and `when EXIT …` are spelt out as the tuples they match.
    pub pattern: Value,
    /// What is then done.
    pub body: Block,
    /// The `when` line.
    pub span: Span,
}

/// What `monitor` and the kinds of `spawn` are given beside whom to watch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MonitorOptions {
    /// `alias=`: the reference is an address too, until then.
    pub alias: Option<Alias>,
    /// `tag=`: what stands in place of `DOWN`.
    pub tag: Option<Value>,
    /// `priority=`: the message is a priority message; of `spawn_link` and `spawn_request`, the `EXIT` too.
    pub priority: bool,
}

/// Which `spawn`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpawnMode {
    /// `spawn`
    Plain,
    /// `spawn_link`
    Link,
    /// `spawn_monitor`
    Monitor,
    /// `spawn_request link=#true monitor=#true`: nobody waits for it, and a message says who it is.
    Request {
        /// Whether it is linked.
        link: bool,
        /// Whether it is monitored: the request is then the monitor.
        monitor: bool,
    },
}

/// What `start_child` starts.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a tree of syntax is built once and then only read")]
pub enum NewChild {
    /// `start_child SUPERVISOR MODULE arguments… id= restart= …`
    Module {
        /// The definition.
        module: Name,
        /// The start arguments.
        arguments: Vec<Value>,
        /// What the line says of the child spec. The id is the module's name if unsaid.
        options: ChildOptions,
    },
    /// `start_child SUPERVISOR { worker … }`
    Node(Box<Child>),
    /// `start_child SUPERVISOR (term)"#{…}"`: a child spec, verbatim.
    Raw(Value),
    /// `start_child SUPERVISOR args VALUE…`: extra arguments for a template.
    Arguments(Vec<Value>),
}

/// Whose child spec `child_spec` makes.
#[derive(Clone, Debug, PartialEq)]
pub enum SpecSource {
    /// That of a definition, with these start arguments.
    Module(Name, Vec<Value>),
    /// Whatever Elixir takes a child for: a module, a module and its argument, or a specification.
    Raw(Value),
}

/// What a client expects.
#[derive(Clone, Debug, PartialEq)]
pub enum Expectation {
    /// `expect PATTERN…`: of the last result.
    Result(Value),
    /// `expect exit PATTERN…`: the last operation exited so; its reason or the first element of it.
    Exit(Value),
    /// `expect PATTERN… or_exit=PATTERN`: the last operation returned so, or exited so.
    Either {
        /// Of the result.
        result: Value,
        /// Of the reason or the first element of it.
        exit: Value,
    },
    /// `expect raise PATTERN…`: the last operation raised this error.
    Raise(Value),
    /// `expect restarted ID…`: alive, and not in its first incarnation.
    Restarted(Vec<Name>),
    /// `expect untouched ID…`: alive in its first incarnation, whatever became of its children.
    Untouched(Vec<Name>),
    /// `expect alive TARGET…`
    Alive(Vec<Target>),
    /// `expect dead TARGET…`
    Dead(Vec<Target>),
    /// `expect children SUPERVISOR ID…`: in start order.
    Children {
        /// Whose.
        supervisor: Target,
        /// Their ids.
        ids: Vec<Value>,
    },
    /// `expect count SUPERVISOR specs= active= supervisors= workers=`
    Count {
        /// Whose.
        supervisor: Target,
        /// The numbers.
        counts: Counts,
    },
    /// `expect incarnation ID N`
    Incarnation {
        /// Whose.
        id: Name,
        /// 1 is the first.
        number: u64,
    },
    /// Any other condition.
    Condition(Condition),
}

/// `async_stream TASK ARGUMENT… over=ITEMS …`, or `async_stream_nolink`: a stream, read until its end.
#[derive(Clone, Debug, PartialEq)]
pub struct AsyncStream {
    /// Whether it is linked to its tasks.
    pub linked: bool,
    /// What each task is.
    pub task: Name,
    /// The arguments of each task after its item.
    pub arguments: Vec<Value>,
    /// The list of items.
    pub over: Value,
    /// Who starts the tasks; none if the stream does so itself.
    pub supervisor: Option<Target>,
    /// How the supervisor is to shut them down.
    pub shutdown: Option<Spanned<Shutdown>>,
    /// How many run at a time. 4 if unsaid.
    pub max_concurrency: u64,
    /// Whether the results come in the order of the items, as they do if unsaid.
    pub ordered: bool,
    /// How long each task has. 5000 ms if unsaid.
    pub timeout: Option<Duration>,
    /// `on_timeout=kill_task`: one that takes longer is a result.
    pub kills_late_tasks: bool,
    /// Whether the result of one that has exited names its item.
    pub zips_input: bool,
    /// After how many results it is halted.
    pub take: Option<u64>,
    /// What the list of results is called.
    pub bind: Option<Name>,
}

/// The numbers of `expect count`. What is `None` may be anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// Child specs.
    pub specs: Option<u64>,
    /// Living children.
    pub active: Option<u64>,
    /// Children that are supervisors.
    pub supervisors: Option<u64>,
    /// Children that are workers.
    pub workers: Option<u64>,
}
