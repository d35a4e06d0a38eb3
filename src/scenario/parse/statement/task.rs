//! Tasks: what starts them, what waits for them, and what they return.

use crate::otp::{ChildType, Shutdown};

use super::super::super::ast::{AsyncStream, Name, Spanned, StatementKind, Target, Value, ValueKind};
use super::super::super::mistake::Mistake;
use super::super::names::Kind;
use super::super::options::shutdown_property;
use super::super::scope::SCRIPT;
use super::super::tree::check_module;
use super::super::value;
use super::Step;

/// Elixir takes the number of schedulers, which is another on each machine.
const MAX_CONCURRENCY: u64 = 4;

pub(super) fn return_(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Return(step.value_row("a value")?))
}

pub(super) fn async_(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    started(step, true)
}

pub(super) fn async_nolink(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    needs_supervisor(step, "without one, only `async` starts a task");
    started(step, false)
}

pub(super) fn async_stream(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    streamed(step, true)
}

pub(super) fn async_stream_nolink(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    needs_supervisor(step, "without one, only `async_stream` starts tasks");
    streamed(step, false)
}

fn needs_supervisor(step: &mut Step<'_, '_, '_>, help: &str) {
    if !step.has_property("supervisor") {
        let message = format!("`{}` needs a supervisor", step.line.word);
        step.report(Mistake::new(step.line.span, message, "no `supervisor=`").with_help(help));
    }
}

fn started(step: &mut Step<'_, '_, '_>, linked: bool) -> Option<StatementKind> {
    let task = task(step)?;
    let arguments = step.values()?;
    let (supervisor, shutdown) = supervised(step, Some("`shutdown $task timeout=…` is how its owner does"));
    let bind = step.bind_property("as");
    let pid = step.bind_property("pid");
    let reference = step.bind_property("ref");
    Some(StatementKind::Async { linked, task, arguments, supervisor, shutdown, bind, pid, reference })
}

fn streamed(step: &mut Step<'_, '_, '_>, linked: bool) -> Option<StatementKind> {
    let task = task(step)?;
    let arguments = step.values()?;
    let (supervisor, shutdown) = supervised(step, None);
    let max_concurrency = step.number_property("max_concurrency", 1);
    let ordered = step.boolean_property("ordered").is_none_or(|flag| flag.value);
    let timeout = step.duration_property("timeout");
    let on_timeout = step.choice_property("on_timeout", &[("exit", false), ("kill_task", true)]);
    let zips_input = step.boolean_property("zip_input_on_exit").is_some_and(|flag| flag.value);
    let take = step.number_property("take", 0).map(|number| number.value);
    let over = items(step)?;
    let bind = step.bind_property("as");
    Some(StatementKind::AsyncStream(Box::new(AsyncStream {
        linked,
        task,
        arguments,
        over,
        supervisor,
        shutdown,
        max_concurrency: max_concurrency.map_or(MAX_CONCURRENCY, |number| number.value),
        ordered,
        timeout,
        kills_late_tasks: on_timeout.is_some_and(|choice| choice.value),
        zips_input,
        take,
        bind,
    })))
}

/// `over=`: a list, as far as one can see.
fn items(step: &mut Step<'_, '_, '_>) -> Option<Value> {
    if !step.has_property("over") {
        let message = format!("`{}` does not say what it is over", step.line.word);
        let mistake = Mistake::new(step.line.span, message, "no `over=`");
        step.report(mistake.with_help("a list: `over=$items` or `over=(term)\"[1, 2, 3]\"`"));
        return None;
    }
    let over = step.value_property("over")?;
    if !matches!(over.kind, ValueKind::List(_) | ValueKind::Variable(_)) {
        let mistake = Mistake::new(over.span, "`over=` must be a list", "is none");
        step.report(mistake.with_help("write it as a term: `over=(term)\"[1, 2, 3]\"`"));
    }
    Some(over)
}

/// The definition of a task.
fn task(step: &mut Step<'_, '_, '_>) -> Option<Name> {
    let task = step.name("a task definition")?;
    match check_module(step, &task) {
        Some(Kind::Task) | None => (),
        Some(_) => {
            let message = format!("`{}` is not a task definition", task.text);
            let mistake = Mistake::new(task.span, message, "cannot be a task");
            step.report(mistake.with_help(format!("define it: `task {} {{ … }}`", task.text)));
        }
    }
    Some(task)
}

/// Who starts a task, and how it is shut down, which only a supervisor does.
fn supervised(
    step: &mut Step<'_, '_, '_>,
    instead: Option<&str>,
) -> (Option<Target>, Option<Spanned<Shutdown>>) {
    let supervisor = supervisor(step);
    let shutdown = shutdown_property(step, "shutdown");
    if let (None, Some(shutdown)) = (&supervisor, &shutdown) {
        let message = "only a supervisor shuts a task down";
        let mistake = Mistake::new(shutdown.span, message, "without a `supervisor=`");
        step.report(match instead {
            Some(instead) => mistake.with_help(instead),
            None => mistake,
        });
    }
    (supervisor, shutdown)
}

fn supervisor(step: &mut Step<'_, '_, '_>) -> Option<Target> {
    let entry = step.property("supervisor")?;
    let supervisor = step.entry_target(entry, "`supervisor=`")?;
    if let Target::Name(name) | Target::Remote(name, _) = &supervisor
        && step.parser.names.supervisors.get(&name.text).is_some_and(|word| word != "task_supervisor")
    {
        let message = format!("`{}` is not a task supervisor", name.text);
        let mistake = Mistake::new(name.span, message, "starts no tasks of this kind");
        step.report(mistake.with_help(format!("make it one: `task_supervisor {}`", name.text)));
    }
    Some(supervisor)
}

/// `await CLIENT` waits for a client, `await $task` for a task.
pub(super) fn await_(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if step.peek_word().is_some_and(|word| word.starts_with('$')) {
        step.line.usage = "await $task timeout=MS as=$value";
        let task = step.value("a task")?;
        let timeout = step.duration_property("timeout");
        let bind = step.bind_property("as");
        step.scope.has_result = true;
        return Some(StatementKind::AwaitTask { task, timeout, bind });
    }
    if !SCRIPT.contains(&step.scope.place) {
        let message = format!("`await CLIENT` cannot stand in {}", step.scope.place_name);
        let mistake = Mistake::new(step.line.span, message, "waits for a client");
        step.report(mistake.with_help("`await $task` waits for a task"));
    }
    super::control::await_client(step)
}

pub(super) fn yield_(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let task: Value = step.value("a task")?;
    let timeout = step.duration_property("timeout");
    Some(StatementKind::Yield { task, timeout, bind: step.bind_property("as") })
}

pub(super) fn callers(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Callers { bind: step.bind_property("as") })
}

pub(super) fn shutdown(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let task: Value = step.value("a task")?;
    if let Some(entry) = step.peek() {
        let span = value::span(entry, step.parser.text);
        let mistake = Mistake::new(span, "`shutdown` takes nothing but a task", "what is this?");
        step.report(
            mistake.with_help("how it is shut down is a property: `timeout=100` or `timeout=brutal_kill`"),
        );
        step.skip();
    }
    let how =
        shutdown_property(step, "timeout").map_or(Shutdown::default_of(ChildType::Worker), |how| how.value);
    Some(StatementKind::ShutdownTask { task, how, bind: step.bind_property("as") })
}
