//! Tasks: what starts them, what waits for them, and what they return.

use crate::otp::{self, ChildType, Shutdown};

use super::super::ast::Spanned;
use super::super::parse::names::ModuleKind;
use super::super::parse::options::shutdown_property;
use super::super::parse::tree::check_module;
use super::super::parse::value;
use super::super::script::trees;
use super::client::await_client;
use super::row::*;

/// Elixir takes the number of schedulers, which is another on each machine.
const MAX_CONCURRENCY: u64 = 4;

family! {
    /// What concerns tasks.
    Tasks
    regular {
        /// The value of a task, and its end.
        Return "return VALUE…" TASK { value: Row = "a value" } => ENDS;
        /// Who has started this task, and on whose behalf.
        Callers "callers as=$pids" ANYWHERE { bind: Bind = "as" } => ALONE;
        /// `Task.yield/2`
        Yield "yield $task timeout=MS as=$result" ANYWHERE
            { task: One = "a task", timeout: Within<{ StatementKind::CALL_TIMEOUT_MS }> = "timeout", bind: Bind = "as" } => ALONE;
        /// `Task.shutdown/2`
        Shutdown "shutdown $task timeout=MS as=$result" ANYWHERE
            { task: One = "a task", how: ShutdownHow = "timeout", bind: Bind = "as" } => NOTICED;
    }
    by hand {
        /// `async` and `async_nolink`.
        Async
            { linked: Copied<bool>, task: TaskDefinition, arguments: Values, supervisor: TaskSupervisor,
              shutdown: ChildShutdown, bind: Bind, pid: Bind,
              reference: Bind } => supervisor.as_ref().map_or(NOTICED, reaches).exposing().setting(otp::WORK_TIMEOUT_MS);
        /// `async_stream` and `async_stream_nolink`: a stream, read until its end.
        AsyncStream
            { linked: Copied<bool>, task: TaskDefinition, arguments: Values, over: One,
              supervisor: TaskSupervisor, shutdown: ChildShutdown, max_concurrency: Copied<u64>,
              ordered: Copied<bool>, timeout: Within<{ StatementKind::CALL_TIMEOUT_MS }>, kills_late_tasks: Copied<bool>,
              zips_input: Copied<bool>, take: Copied<Option<u64>>,
              bind: Bind } => NOTICED.exposing().setting(otp::WORK_TIMEOUT_MS);
        /// `Task.await/2`
        Await { task: One, timeout: Within<{ StatementKind::CALL_TIMEOUT_MS }>, bind: Bind } => ALONE;
    }
    words {
        "async TASK ARGUMENT… supervisor=SUPERVISOR as=$task" ANYWHERE started;
        "async_nolink TASK ARGUMENT… supervisor=SUPERVISOR as=$task" ANYWHERE started;
        "async_stream TASK ARGUMENT… over=ITEMS supervisor=SUPERVISOR as=$results" ANYWHERE streamed;
        "async_stream_nolink TASK ARGUMENT… over=ITEMS supervisor=SUPERVISOR as=$results" ANYWHERE streamed;
        "await CLIENT" ANYWHERE await_;
    }
}

roles! {
    /// The task supervisor that starts it; nobody if its owner does so.
    TaskSupervisor: Option<Target> => Option<Expression>,
        lower(supervisor, resolver) supervisor.as_ref().map(|supervisor| resolver.target(supervisor)),
        parts(supervisor, parts) parts.values.extend(supervisor);
    /// How its supervisor is to shut a task down, which nobody else does.
    ChildShutdown: Option<Spanned<Shutdown>> => Shutdown,
        said(shutdown) Said::Shutdown(trees::task_shutdown(shutdown.as_ref().map(|said| said.value))),
        lower(shutdown, _) trees::task_shutdown(shutdown.as_ref().map(|said| said.value)),
        parts(shutdown, parts) parts.told_to_stop(*shutdown);
    /// How the owner of a task shuts it down.
    ShutdownHow: Shutdown => Shutdown, lower(how, _) *how,
        parts(how, parts) parts.told_to_stop(*how);
}

alike! {
    /// The definition of a task.
    TaskDefinition is Defined, |step, what| {
        let task = step.name(what)?;
        match check_module(step, &task) {
            Some(ModuleKind::Task) | None => (),
            Some(_) => {
                let message = format!("`{}` is not a task definition", task.text);
                let mistake = Mistake::new(task.span, message, "cannot be a task");
                step.report(mistake.with_help(format!("define it: `task {} {{ … }}`", task.text)));
            }
        }
        Some(task)
    };
}

readings! {
    TaskSupervisor, |step, property| {
        let word = step.line.word;
        let Some(entry) = step.property(property) else {
            if let Some(linked) = word.strip_suffix("_nolink") {
                let message = format!("`{word}` needs a supervisor");
                let mistake = Mistake::new(step.line.span, message, "no `supervisor=`");
                let starts = if linked == "async" { "starts a task" } else { "starts tasks" };
                step.report(mistake.with_help(format!("without one, only `{linked}` {starts}")));
            }
            return Some(None);
        };
        let supervisor = step.entry_target(entry, "`supervisor=`");
        if let Some(Target::Name(name) | Target::Remote(name, _)) = &supervisor
            && step.parser.names.supervisors.get(&name.text).is_some_and(|word| word != "task_supervisor")
        {
            let message = format!("`{}` is not a task supervisor", name.text);
            let mistake = Mistake::new(name.span, message, "starts no tasks of this kind");
            step.report(mistake.with_help(format!("make it one: `task_supervisor {}`", name.text)));
        }
        Some(supervisor)
    };
    ChildShutdown, |step, property| {
        let shutdown = shutdown_property(step, property);
        if let Some(shutdown) = &shutdown
            && !step.has_property("supervisor")
        {
            let message = "only a supervisor shuts a task down";
            let mistake = Mistake::new(shutdown.span, message, "without a `supervisor=`");
            step.report(match step.line.word {
                "async" | "async_nolink" => mistake.with_help("`shutdown $task timeout=…` is how its owner does"),
                _ => mistake,
            });
        }
        Some(shutdown)
    };
    ShutdownHow, |step, property| {
        if let Some(entry) = step.peek() {
            let span = value::span(entry, step.parser.text);
            let mistake = Mistake::new(span, "`shutdown` takes nothing but a task", "what is this?");
            let help = "how it is shut down is a property: `timeout=100` or `timeout=brutal_kill`";
            step.report(mistake.with_help(help));
            step.skip();
        }
        Some(shutdown_property(step, property).map_or(Shutdown::default_of(ChildType::Worker), |how| how.value))
    };
}

fn is_linked(step: &Step<'_, '_, '_>) -> bool {
    !step.line.word.ends_with("_nolink")
}

fn started(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let task = Tasks::Async {
        linked: is_linked(step),
        task: TaskDefinition::read(step, "a task definition")?,
        arguments: step.values()?,
        supervisor: TaskSupervisor::read(step, "supervisor")?,
        shutdown: ChildShutdown::read(step, "shutdown")?,
        bind: step.bind_property("as"),
        pid: step.bind_property("pid"),
        reference: step.bind_property("ref"),
    };
    Some(task.into())
}

fn streamed(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let stream = Tasks::AsyncStream {
        linked: is_linked(step),
        task: TaskDefinition::read(step, "a task definition")?,
        arguments: step.values()?,
        supervisor: TaskSupervisor::read(step, "supervisor")?,
        shutdown: ChildShutdown::read(step, "shutdown")?,
        max_concurrency: step
            .number_property("max_concurrency", 1)
            .map_or(MAX_CONCURRENCY, |number| number.value),
        ordered: step.boolean_property("ordered").is_none_or(|flag| flag.value),
        timeout: step.duration_property("timeout"),
        kills_late_tasks: step
            .choice_property("on_timeout", &[("exit", false), ("kill_task", true)])
            .is_some_and(|choice| choice.value),
        zips_input: step.boolean_property("zip_input_on_exit").is_some_and(|flag| flag.value),
        take: step.number_property("take", 0).map(|number| number.value),
        over: items(step)?,
        bind: step.bind_property("as"),
    };
    Some(stream.into())
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

/// `await CLIENT` waits for a client, `await $task` for a task.
fn await_(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if step.peek_word().is_some_and(|word| word.starts_with('$')) {
        step.line.usage = "await $task timeout=MS as=$value";
        let task = step.value("a task")?;
        let timeout = step.duration_property("timeout");
        let bind = step.bind_property("as");
        step.scope.has_result = true;
        return Some(Tasks::Await { task, timeout, bind }.into());
    }
    if !SCRIPT.contains(&step.scope.place) {
        let message = format!("`await CLIENT` cannot stand in {}", step.scope.place_name);
        let mistake = Mistake::new(step.line.span, message, "waits for a client");
        step.report(mistake.with_help("`await $task` waits for a task"));
    }
    await_client(step)
}
