//! Statements: the table of their words, and blocks of them.

mod callback;
mod control;
mod message;
mod process;
mod registry;
mod state;
mod supervisor;
mod task;

use kdl::{KdlDocument, KdlNode};

use super::super::ast::{Block, Statement, StatementKind};
use super::super::mistake::Mistake;
use super::Parser;
use super::expectation;
use super::node;
use super::scope::{ANYWHERE, CALL, CALLBACK, INIT, PROCESS, Place, SCRIPT, SERVER, Scope, TASK, belongs};
use super::step::Step;
use super::words::{Word, hint};

type Read = fn(&mut Step<'_, '_, '_>) -> Option<StatementKind>;

const fn word(name: &'static str, usage: &'static str, read: Read) -> Word<Read> {
    Word { name, usage, read }
}

/// Every statement, with the code it can stand in.
#[rustfmt::skip]
pub(super) const WORDS: &[(Word<Read>, &[Place])] = &[
    // What a server's callback returns.
    (word("reply", "reply VALUE…", callback::reply), CALL),
    (word("reply_to", "reply_to $from VALUE…", callback::reply_to), ANYWHERE),
    (word("continue", "continue VALUE…", callback::continue_with), CALLBACK),
    (word("timeout", "timeout MS [MESSAGE…]", callback::timeout), CALLBACK),
    (word("goto", "goto PHASE", callback::goto), CALLBACK),
    (word("ignore", "ignore", callback::ignore), INIT),
    (word("fail", "fail REASON", callback::fail), INIT),
    (word("stop", "stop [TARGET] reason=REASON", callback::stop), ANYWHERE),
    // Messages.
    (word("send", "send TARGET VALUE…", message::send), ANYWHERE),
    (word("cast", "cast TARGET VALUE…", message::cast), ANYWHERE),
    (word("call", "call TARGET VALUE… as=$result", message::call), ANYWHERE),
    (word("receive", "receive PATTERN… timeout=MS", message::receive), SCRIPT),
    (word("send_after", "send_after MS TARGET VALUE… as=$timer", message::send_after), ANYWHERE),
    (word("start_timer", "start_timer MS TARGET VALUE… as=$timer", message::start_timer), ANYWHERE),
    (word("cancel_timer", "cancel_timer $timer as=$left", message::cancel_timer), ANYWHERE),
    (word("sleep", "sleep MS", message::sleep), ANYWHERE),
    (word("hang", "hang", message::hang), ANYWHERE),
    // Processes.
    (word("spawn", "spawn PROCESS ARGUMENT… as=$pid", process::spawn), ANYWHERE),
    (word("spawn_link", "spawn_link PROCESS ARGUMENT… as=$pid", process::spawn_link), ANYWHERE),
    (word("spawn_monitor", "spawn_monitor PROCESS ARGUMENT… as=$pid ref=$reference", process::spawn_monitor), ANYWHERE),
    (word("spawn_request", "spawn_request PROCESS ARGUMENT… link=#true monitor=#true as=$request", process::spawn_request), ANYWHERE),
    (word("start", "start MODULE ARGUMENT… as=$pid", process::start), ANYWHERE),
    (word("start_link", "start_link MODULE ARGUMENT… as=$pid", process::start_link), ANYWHERE),
    (word("start_monitor", "start_monitor SERVER ARGUMENT… as=$pid ref=$reference", process::start_monitor), ANYWHERE),
    (word("init_ack", "init_ack VALUE…", process::init_ack), PROCESS),
    (word("init_fail", "init_fail VALUE… reason=REASON", process::init_fail), PROCESS),
    (word("enter_loop", "enter_loop SERVER ARGUMENT… name=NAME", process::enter_loop), PROCESS),
    (word("link", "link TARGET", process::link), ANYWHERE),
    (word("unlink", "unlink TARGET", process::unlink), ANYWHERE),
    (word("monitor", "monitor TARGET as=$reference", process::monitor), ANYWHERE),
    (word("alias", "alias as=$alias", process::alias), ANYWHERE),
    (word("unalias", "unalias $alias as=$was", process::unalias), ANYWHERE),
    (word("make_ref", "make_ref as=$reference", process::make_ref), ANYWHERE),
    (word("parent", "parent TARGET as=$pid", process::parent), ANYWHERE),
    (word("demonitor", "demonitor $reference flush=#true", process::demonitor), ANYWHERE),
    (word("trap_exit", "trap_exit #true", process::trap_exit), ANYWHERE),
    (word("exit", "exit [TARGET] reason=REASON", process::exit), ANYWHERE),
    (word("kill", "kill TARGET", process::kill), ANYWHERE),
    (word("raise", "raise VALUE…", process::raise), ANYWHERE),
    (word("throw", "throw VALUE…", process::throw), ANYWHERE),
    (word("register", "register NAME [TARGET]", process::register), ANYWHERE),
    (word("unregister", "unregister NAME", process::unregister), ANYWHERE),
    (word("whereis", "whereis NAME as=$pid", registry::whereis), ANYWHERE),
    (word("alive", "alive TARGET as=$answer", process::alive), ANYWHERE),
    // Tasks.
    (word("return", "return VALUE…", task::return_), TASK),
    (word("async", "async TASK ARGUMENT… supervisor=SUPERVISOR as=$task", task::async_), ANYWHERE),
    (word("async_nolink", "async_nolink TASK ARGUMENT… supervisor=SUPERVISOR as=$task", task::async_nolink), ANYWHERE),
    (word("async_stream", "async_stream TASK ARGUMENT… over=ITEMS supervisor=SUPERVISOR as=$results", task::async_stream), ANYWHERE),
    (word("async_stream_nolink", "async_stream_nolink TASK ARGUMENT… over=ITEMS supervisor=SUPERVISOR as=$results", task::async_stream_nolink), ANYWHERE),
    (word("callers", "callers as=$pids", task::callers), ANYWHERE),
    (word("await", "await CLIENT", task::await_), ANYWHERE),
    (word("yield", "yield $task timeout=MS as=$result", task::yield_), ANYWHERE),
    (word("shutdown", "shutdown $task timeout=MS as=$result", task::shutdown), ANYWHERE),
    // Supervisors.
    (word("start_child", "start_child SUPERVISOR MODULE ARGUMENT… as=$pid", supervisor::start_child), ANYWHERE),
    (word("terminate_child", "terminate_child SUPERVISOR ID", supervisor::terminate_child), ANYWHERE),
    (word("restart_child", "restart_child SUPERVISOR ID", supervisor::restart_child), ANYWHERE),
    (word("delete_child", "delete_child SUPERVISOR ID", supervisor::delete_child), ANYWHERE),
    (word("which_children", "which_children SUPERVISOR as=$children", supervisor::which_children), ANYWHERE),
    (word("which_child", "which_child SUPERVISOR ID as=$child", supervisor::which_child), ANYWHERE),
    (word("count_children", "count_children SUPERVISOR as=$counts", supervisor::count_children), ANYWHERE),
    (word("get_childspec", "get_childspec SUPERVISOR ID as=$spec", supervisor::get_childspec), ANYWHERE),
    (word("check_childspecs", "check_childspecs (term)\"[…]\" [AUTO_SHUTDOWN]", supervisor::check_childspecs), ANYWHERE),
    (word("child_spec", "child_spec MODULE ARGUMENT… id=ID restart=RESTART as=$spec", supervisor::child_spec), ANYWHERE),
    (word("code_change", "code_change SUPERVISOR strategy=STRATEGY { … }", supervisor::code_change), ANYWHERE),
    (word("suspend", "suspend TARGET", supervisor::suspend), ANYWHERE),
    (word("resume", "resume TARGET", supervisor::resume), ANYWHERE),
    (word("start_application", "start_application NAME type=TYPE", supervisor::start_application), SCRIPT),
    (word("stop_application", "stop_application NAME", supervisor::stop_application), SCRIPT),
    // Registries and partition supervisors.
    (word("values", "values (REGISTRY)key [TARGET] as=$values", registry::values), ANYWHERE),
    (word("keys", "keys REGISTRY [TARGET] as=$keys", registry::keys), ANYWHERE),
    (word("update_value", "update_value (REGISTRY)key VALUE…", registry::update_value), ANYWHERE),
    (word("dispatch", "dispatch (REGISTRY)key $pid $value parallel=#true { … }", registry::dispatch), ANYWHERE),
    (word("meta", "meta REGISTRY KEY as=$value", registry::meta), ANYWHERE),
    (word("put_meta", "put_meta REGISTRY KEY VALUE…", registry::put_meta), ANYWHERE),
    (word("delete_meta", "delete_meta REGISTRY KEY", registry::delete_meta), ANYWHERE),
    (word("lock", "lock REGISTRY KEY { … }", registry::lock), ANYWHERE),
    (word("partitions", "partitions PARTITION_SUPERVISOR as=$number", registry::partitions), ANYWHERE),
    (word("resize", "resize PARTITION_SUPERVISOR NUMBER as=$before", registry::resize), ANYWHERE),
    // Nodes.
    (word("monitor_node", "monitor_node NODE [#false]", node::monitor), ANYWHERE),
    (word("cut", "cut NODE NODE", node::change), SCRIPT),
    (word("heal", "heal NODE NODE", node::change), SCRIPT),
    (word("disconnect", "disconnect NODE NODE", node::change), SCRIPT),
    // State.
    (word("set", "set NAME VALUE…", state::set), ANYWHERE),
    (word("add", "add NAME NUMBER", state::add), ANYWHERE),
    (word("bind", "bind $name VALUE…", state::bind), ANYWHERE),
    (word("insert", "insert TABLE KEY VALUE", state::insert), ANYWHERE),
    (word("delete", "delete TABLE KEY", state::delete), ANYWHERE),
    (word("lookup", "lookup TABLE KEY as=$value", state::lookup), ANYWHERE),
    (word("take", "take TABLE KEY as=$value", state::take), ANYWHERE),
    (word("size", "size TABLE_OR_QUEUE as=$number", state::size), ANYWHERE),
    (word("now", "now as=$time", state::now), ANYWHERE),
    (word("push", "push QUEUE VALUE…", state::push), SERVER),
    (word("pop", "pop QUEUE as=$value", state::pop), SERVER),
    (word("acquire", "acquire RESOURCE", state::acquire), ANYWHERE),
    (word("release", "release RESOURCE", state::release), ANYWHERE),
    // Control.
    (word("if", "if CONDITION { … }", control::if_), ANYWHERE),
    (word("each", "each TABLE $key $value { … }", control::each), ANYWHERE),
    (word("match", "match VALUE… { when PATTERN… { … } }", control::match_), ANYWHERE),
    (word("repeat", "repeat TIMES { … }", control::repeat), SCRIPT),
    (word("log", "log \"text\" VALUE…", control::log), ANYWHERE),
    // Clients.
    (word("expect", "expect PATTERN…", expectation::expect), SCRIPT),
    (word("settle", "settle within=MS", control::settle), SCRIPT),
    (word("eventually", "eventually within=MS every=MS { … }", control::eventually), SCRIPT),
    (word("note", "note \"text\"", control::note), SCRIPT),
];

/// Statements after which there is nothing to `expect`.
const RESULTLESS: &[&str] =
    &["expect", "settle", "await", "note", "log", "sleep", "bind", "set", "add", "cut", "heal", "disconnect"];

/// What stands in the block of a statement without being one itself.
pub(super) const CLAUSE_WORDS: &[&str] = &["when", "otherwise", "after", "else"];

/// Reads the statements of a block.
pub(super) fn block(parser: &mut Parser<'_>, scope: &mut Scope, block: &KdlDocument) -> Block {
    let nodes: Vec<&KdlNode> = block.nodes().iter().collect();
    lines(parser, scope, &nodes)
}

/// Reads statements in order. An `else` joins the `if` before it.
pub(super) fn lines(parser: &mut Parser<'_>, scope: &mut Scope, nodes: &[&KdlNode]) -> Block {
    let mut statements: Block = Vec::new();
    let mut after_if = false;
    for node in nodes {
        let name = node.name().value();
        if name == "else" {
            otherwise(parser, scope, node, after_if.then(|| statements.last_mut()).flatten());
            after_if = false;
            continue;
        }
        // An `if` with a mistake still owns its `else`.
        after_if = name == "if";
        match statement(parser, scope, node) {
            Some(statement) => statements.push(statement),
            None if after_if => statements.push(placeholder()),
            None => (),
        }
    }
    statements
}

/// Stands for a statement with a mistake, in a tree that is never handed out.
fn placeholder() -> Statement {
    Statement { kind: StatementKind::Hang, span: super::super::ast::Span::default() }
}

fn statement(parser: &mut Parser<'_>, scope: &mut Scope, node: &KdlNode) -> Option<Statement> {
    let name = node.name().value();
    let Some((word, places)) = WORDS.iter().find(|(word, _)| word.name == name) else {
        unknown(parser, scope, node);
        return None;
    };
    let mut step = Step::new(parser, scope, node, word.usage);
    let span = step.line.span;
    if !places.contains(&step.scope.place) {
        misplaced(&mut step, places);
    }
    let read = (word.read)(&mut step);
    step.scope.has_result |= !RESULTLESS.contains(&name);
    let Some(kind) = read else {
        step.forgive();
        return None;
    };
    step.check_near(&kind);
    step.finish();
    Some(Statement { kind, span })
}

fn misplaced(step: &mut Step<'_, '_, '_>, places: &[Place]) {
    let word = step.line.word;
    let message = format!("`{word}` cannot stand in {}", step.scope.place_name);
    let mistake = Mistake::new(step.line.word_span, message, "misplaced");
    let in_server = !SCRIPT.contains(&step.scope.place);
    let help = match word {
        "receive" if in_server => "a server hears messages in its handlers: `on info PATTERN… { … }`",
        "repeat" if in_server => "a server's handlers always end: `each` walks a table or a queue",
        _ => belongs(places),
    };
    step.report(mistake.with_help(help));
}

fn unknown(parser: &mut Parser<'_>, scope: &mut Scope, node: &KdlNode) {
    let mut step = Step::new(parser, scope, node, "");
    let name = step.line.word;
    let place = step.scope.place;
    let here = WORDS.iter().filter(|(_, places)| places.contains(&place));
    let known: Vec<&str> = here.map(|(word, _)| word.name).collect();
    let mistake = Mistake::new(step.line.word_span, format!("`{name}` is not a statement"), "unknown word");
    let help = match name {
        "when" | "otherwise" => Some("it stands in the block of `match` or `receive`".to_owned()),
        "after" => Some("it stands in the block of `receive`".to_owned()),
        "var" | "table" | "queue" | "on" | "init" | "terminate" | "phase" => {
            Some("it stands in a `server`, outside of its handlers".to_owned())
        }
        _ => hint(name, &known),
    };
    step.report(Mistake { help, ..mistake });
    step.forgive();
}

fn otherwise(parser: &mut Parser<'_>, scope: &mut Scope, node: &KdlNode, before: Option<&mut Statement>) {
    let mut step = Step::new(parser, scope, node, "else { … }");
    let Some(before) = before else {
        let mistake = Mistake::new(step.line.word_span, "`else` without an `if`", "follows no `if`");
        step.report(mistake.with_help("it stands right after the block of an `if`"));
        return;
    };
    let Some(inner) = step.block() else { return };
    let body = block(step.parser, step.scope, inner);
    step.finish();
    if let StatementKind::If { otherwise, .. } = &mut before.kind {
        *otherwise = Some(body);
    }
}

/// `#true` or `#false`.
pub(super) fn boolean(step: &mut Step<'_, '_, '_>) -> Option<bool> {
    let what = format!("`{}`", step.line.word);
    let Some(entry) = step.peek() else {
        step.name("`#true` or `#false`")?;
        return None;
    };
    step.skip();
    step.entry_boolean(entry, &what).map(|said| said.value)
}
