//! Tasks: what starts them, what waits for them, and what they return.

use super::super::super::ast::{Shutdown, StatementKind, Target, Value};
use super::super::super::mistake::Mistake;
use super::super::names::Kind;
use super::super::options::shutdown_property;
use super::super::scope::SCRIPT;
use super::super::tree::check_module;
use super::super::value;
use super::Step;

const SHUTDOWN_MS: u64 = 5_000;

pub(super) fn return_(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::Return(step.value_row("a value")?))
}

pub(super) fn async_(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    started(step, true)
}

pub(super) fn async_nolink(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if !step.has_property("supervisor") {
        let mistake = Mistake::new(step.line.span, "`async_nolink` needs a supervisor", "no `supervisor=`");
        step.report(mistake.with_help("without one, only `async` starts a task"));
    }
    started(step, false)
}

fn started(step: &mut Step<'_, '_, '_>, linked: bool) -> Option<StatementKind> {
    let task = step.name("a task definition")?;
    match check_module(step, &task) {
        Some(Kind::Task) | None => (),
        Some(_) => {
            let message = format!("`{}` is not a task definition", task.text);
            let mistake = Mistake::new(task.span, message, "cannot be a task");
            step.report(mistake.with_help(format!("define it: `task {} {{ … }}`", task.text)));
        }
    }
    let arguments = step.values()?;
    let supervisor = supervisor(step);
    let shutdown = shutdown_property(step, "shutdown");
    if let (None, Some(shutdown)) = (&supervisor, &shutdown) {
        let message = "only a supervisor shuts a task down";
        let mistake = Mistake::new(shutdown.span, message, "without a `supervisor=`");
        step.report(mistake.with_help("`shutdown $task timeout=…` is how its owner does"));
    }
    let bind = step.bind_property("as");
    let pid = step.bind_property("pid");
    let reference = step.bind_property("ref");
    Some(StatementKind::Async { linked, task, arguments, supervisor, shutdown, bind, pid, reference })
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
    let how = shutdown_property(step, "timeout").map_or(Shutdown::Milliseconds(SHUTDOWN_MS), |how| how.value);
    Some(StatementKind::ShutdownTask { task, how, bind: step.bind_property("as") })
}
