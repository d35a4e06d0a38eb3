//! Supervisors, applications and tasks as their callers see them, as Erlang terms.

use crate::scenario::ast::{NewChild, Parsed, Registration, StatementKind, Supervisors, Target, Tasks};

use super::program::Program;
use super::value::{bind, duration_or, list, name, optional, target, tuple, value, values};

impl Program<'_> {
    pub(super) fn asked_of_supervisor(&mut self, said: &Supervisors<Parsed>) -> String {
        let ask = |how: &str, whom: &Target, word: &str, child, into| {
            tuple(how, [target(whom), word.to_owned(), value(child), bind(into)])
        };
        let ask_all =
            |whom: &Target, word: &str, into| tuple("ask_all", [target(whom), word.to_owned(), bind(into)]);
        match said {
            Supervisors::StartChild { supervisor, child, bind: into } => {
                tuple("start_child", [target(supervisor), self.new_child(child), bind(into)])
            }
            Supervisors::TerminateChild { supervisor, child, bind: into } => {
                ask("ask", supervisor, "terminate_child", child, into)
            }
            Supervisors::RestartChild { supervisor, child, bind: into } => {
                ask("ask_ok", supervisor, "restart_child", child, into)
            }
            Supervisors::DeleteChild { supervisor, child, bind: into } => {
                ask("ask", supervisor, "delete_child", child, into)
            }
            Supervisors::WhichChild { supervisor, child, bind: into } => {
                ask("ask_ok", supervisor, "which_child", child, into)
            }
            Supervisors::GetChildspec { supervisor, child, bind: into } => {
                ask("ask_ok", supervisor, "get_childspec", child, into)
            }
            Supervisors::WhichChildren { supervisor, bind: into } => {
                ask_all(supervisor, "which_children", into)
            }
            Supervisors::CountChildren { supervisor, bind: into } => {
                ask_all(supervisor, "count_children", into)
            }
            Supervisors::CodeChange { supervisor, init, bind: into } => {
                tuple("code_change", [target(supervisor), self.new_init(init).to_string(), bind(into)])
            }
            Supervisors::Suspend { target: whom, bind: into } => {
                tuple("sys", ["suspend".to_owned(), target(whom), bind(into)])
            }
            Supervisors::Resume { target: whom, bind: into } => {
                tuple("sys", ["resume".to_owned(), target(whom), bind(into)])
            }
            Supervisors::CheckChildspecs { specs, auto_shutdown, bind: into } => {
                tuple("check_childspecs", [value(specs), optional(auto_shutdown.as_ref(), value), bind(into)])
            }
            Supervisors::ChildSpec { of, overrides, bind: into } => self.child_spec(of, overrides, into),
            Supervisors::StartApplication { application, kind } => {
                let kind = kind.as_ref().map_or_else(|| self.kind_of(&application.text), |kind| kind.value);
                tuple("start_application", [name(application), kind.word().to_owned()])
            }
            Supervisors::StopApplication { application } => tuple("stop_application", [name(application)]),
        }
    }

    fn new_child(&mut self, child: &NewChild) -> String {
        match child {
            NewChild::Module { module, arguments, options } if self.is_task(&module.text) => {
                let (restart, shutdown) = self.task_options(options);
                let spec = self.started_spec(module, options);
                format!("{{task,{},{},{spec},{restart},{shutdown}}}", name(module), values(arguments))
            }
            NewChild::Module { module, arguments, options } => {
                let spec = self.started_spec(module, options);
                match &options.name {
                    Registration::Via(name) => {
                        tuple("named", [spec, super::registry::via(name), values(arguments)])
                    }
                    _ => tuple("spec", [spec, values(arguments)]),
                }
            }
            NewChild::Node(child) => format!("{{spec,{},[]}}", self.drawn_spec(child, false)),
            NewChild::Raw(spec) => tuple("raw", [value(spec)]),
            NewChild::Arguments(arguments) => tuple("arguments", [values(arguments)]),
        }
    }

    pub(super) fn task(&mut self, said: &Tasks<Parsed>) -> String {
        let how = |linked: bool| if linked { "link".to_owned() } else { "nolink".to_owned() };
        match said {
            Tasks::Return { value: result } => tuple("return", [value(result)]),
            Tasks::Callers { bind: into } => tuple("callers", [bind(into)]),
            Tasks::Async { linked, task, arguments, supervisor, shutdown, bind: into, pid, reference } => {
                let shutdown = self.task_shutdown(shutdown.as_ref().map(|said| said.value));
                let supervisor = optional(supervisor.as_ref(), target);
                let (task, arguments) = (name(task), values(arguments));
                let bound = [bind(into), bind(pid), bind(reference)];
                let parts = [how(*linked), task, arguments, supervisor, shutdown.to_string()];
                tuple("async", parts.into_iter().chain(bound))
            }
            Tasks::AsyncStream {
                linked,
                task,
                arguments,
                over,
                supervisor,
                shutdown,
                max_concurrency,
                ordered,
                timeout,
                kills_late_tasks,
                zips_input,
                take,
                bind: into,
            } => {
                let shutdown = self.task_shutdown(shutdown.as_ref().map(|said| said.value));
                let options = [
                    format!("{{max_concurrency,{max_concurrency}}}"),
                    format!("{{ordered,{ordered}}}"),
                    format!("{{on_timeout,{}}}", if *kills_late_tasks { "kill_task" } else { "exit" }),
                    format!("{{zip_input_on_exit,{zips_input}}}"),
                    format!("{{shutdown,{shutdown}}}"),
                ];
                let parts = [
                    how(*linked),
                    name(task),
                    value(over),
                    values(arguments),
                    optional(supervisor.as_ref(), target),
                    duration_or(timeout.as_ref(), StatementKind::CALL_TIMEOUT_MS),
                    list(options),
                    take.map_or("all".to_owned(), |take| take.to_string()),
                    bind(into),
                ];
                tuple("async_stream", parts)
            }
            Tasks::Await { task, timeout, bind: into } => tuple(
                "await_task",
                [value(task), duration_or(timeout.as_ref(), StatementKind::CALL_TIMEOUT_MS), bind(into)],
            ),
            Tasks::Yield { task, timeout, bind: into } => tuple(
                "yield",
                [value(task), duration_or(timeout.as_ref(), StatementKind::CALL_TIMEOUT_MS), bind(into)],
            ),
            Tasks::Shutdown { task, how, bind: into } => {
                let how = self.task_shutdown(Some(*how)).to_string();
                tuple("shutdown_task", [value(task), how, bind(into)])
            }
        }
    }
}
