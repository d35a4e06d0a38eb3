//! Supervisors and applications, as their callers see them.

use crate::otp::Restart;

use super::super::super::ast::{Name, NewChild, SpecSource, StatementKind, Target, Value};
use super::super::super::mistake::Mistake;
use super::super::names::Kind;
use super::super::options::{child_options, spec_overrides};
use super::super::tree::{check_module, check_via, new_init, single_child};
use super::super::value;
use super::Step;

pub(super) fn start_child(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let supervisor = step.target("a supervisor")?;
    let of_tasks = match &supervisor {
        Target::Name(name) | Target::Remote(name, _) => {
            step.parser.names.supervisors.get(&name.text).is_some_and(|word| word == "task_supervisor")
        }
        Target::Variable(_) | Target::SelfPid(_) | Target::Via(_) => false,
    };
    let template = match &supervisor {
        Target::Name(name) | Target::Remote(name, _) => step.parser.names.templates.contains(&name.text),
        Target::Variable(_) | Target::SelfPid(_) | Target::Via(_) => false,
    };
    let child = new_child(step, template)?;
    if let (true, NewChild::Module { module, .. }) = (template, &child) {
        let message = "a `simple_one_for_one` starts copies of its template";
        let mistake = Mistake::new(module.span, message, "not the template's to choose");
        step.report(mistake.with_help("pass extra arguments only: `start_child … args VALUE…`"));
    }
    if let (true, NewChild::Module { module, .. }) = (of_tasks, &child)
        && let Some(definition) = step.parser.names.definitions.get(&module.text)
        && definition.kind != Kind::Task
    {
        let message = format!("a task supervisor starts tasks, and `{}` is none", module.text);
        let mistake = Mistake::new(module.span, message, "not a task definition");
        step.report(mistake.with_help("`dynamic_supervisor` starts anything"));
    }
    Some(StatementKind::StartChild { supervisor, child, bind: step.bind_property("as") })
}

fn new_child(step: &mut Step<'_, '_, '_>, template: bool) -> Option<NewChild> {
    if step.at_end() && step.has_block() {
        let block = step.block()?;
        let child = single_child(step.parser, block, step.line.span)?;
        return Some(NewChild::Node(Box::new(child)));
    }
    if says_a_spec(step) {
        return Some(NewChild::Raw(step.value("a child spec")?));
    }
    if step.peek_word() == Some("args") {
        step.skip();
        return Some(NewChild::Arguments(step.values()?));
    }
    if step.at_end() && template {
        let message = "`start_child` needs `args`".to_owned();
        let mistake = Mistake::new(step.line.span, message, "starts a copy of the template");
        step.report(mistake.with_help("write `args`, even if none follow"));
        return None;
    }
    let module = step.name("a definition")?;
    check_module(step, &module);
    let arguments = step.values()?;
    let options = child_options(step, true);
    check_via(step, &module.text, &options.name);
    Some(NewChild::Module { module, arguments, options })
}

type OfChild = (Target, Value, Option<Name>);

fn of_child(step: &mut Step<'_, '_, '_>) -> Option<OfChild> {
    let supervisor = step.target("a supervisor")?;
    let child = step.child_id()?;
    Some((supervisor, child, step.bind_property("as")))
}

pub(super) fn terminate_child(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let (supervisor, child, bind) = of_child(step)?;
    Some(StatementKind::TerminateChild { supervisor, child, bind })
}

pub(super) fn restart_child(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let (supervisor, child, bind) = of_child(step)?;
    Some(StatementKind::RestartChild { supervisor, child, bind })
}

pub(super) fn delete_child(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let (supervisor, child, bind) = of_child(step)?;
    Some(StatementKind::DeleteChild { supervisor, child, bind })
}

pub(super) fn which_child(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let otp = step.parser.names.otp;
    if otp < 28 {
        let message = format!("OTP {otp} has no `which_child`");
        step.report(Mistake::new(step.line.word_span, message, "since OTP 28"));
    }
    let (supervisor, child, bind) = of_child(step)?;
    Some(StatementKind::WhichChild { supervisor, child, bind })
}

pub(super) fn get_childspec(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let (supervisor, child, bind) = of_child(step)?;
    Some(StatementKind::GetChildspec { supervisor, child, bind })
}

pub(super) fn which_children(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let supervisor = step.target("a supervisor")?;
    Some(StatementKind::WhichChildren { supervisor, bind: step.bind_property("as") })
}

pub(super) fn count_children(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let supervisor = step.target("a supervisor")?;
    Some(StatementKind::CountChildren { supervisor, bind: step.bind_property("as") })
}

pub(super) fn check_childspecs(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let specs = step.value("child specs")?;
    let auto_shutdown = if step.at_end() { None } else { Some(step.value("`auto_shutdown`")?) };
    Some(StatementKind::CheckChildspecs { specs, auto_shutdown, bind: step.bind_property("as") })
}

/// `child_spec MODULE ARGUMENT… id=ID …`
pub(super) fn child_spec(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let of = if says_a_spec(step) {
        SpecSource::Raw(step.value("a child")?)
    } else {
        let module = step.name("a definition")?;
        if let Some(kind @ (Kind::Process | Kind::StartFunction)) = check_module(step, &module) {
            let what = if kind == Kind::Process { "a plain process" } else { "a start function" };
            let message = format!("`{}` is {what}, whose module has no `child_spec`", module.text);
            let mistake = Mistake::new(module.span, message, "nothing generates one");
            let name = &module.text;
            let help = format!(
                "write it: `child_spec (term)\"#{{id => {name}, start => {{{name}, start_link, []}}}}\"`"
            );
            step.report(mistake.with_help(help));
        }
        SpecSource::Module(module, step.values()?)
    };
    let overrides = spec_overrides(step);
    Some(StatementKind::ChildSpec { of, overrides, bind: step.bind_property("as") })
}

/// Whether a term comes next, or a variable that holds one.
fn says_a_spec(step: &Step<'_, '_, '_>) -> bool {
    step.peek().is_some_and(|entry| value::is_term(entry) || value::variable(entry).is_some())
}

pub(super) fn code_change(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let supervisor = step.target("a supervisor")?;
    let dynamic = match &supervisor {
        Target::Name(name) | Target::Remote(name, _) => is_dynamic(step, &name.text),
        Target::Variable(_) | Target::Via(_) | Target::SelfPid(_) => false,
    };
    let init = Box::new(new_init(step, &supervisor, dynamic)?);
    Some(StatementKind::CodeChange { supervisor, init, bind: step.bind_property("as") })
}

fn is_dynamic(step: &Step<'_, '_, '_>, name: &str) -> bool {
    let definition = step.parser.names.definitions.get(name);
    definition.is_some_and(|definition| definition.kind == Kind::DynamicSupervisor)
}

pub(super) fn suspend(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let target = step.target("a server or a supervisor")?;
    Some(StatementKind::Suspend { target, bind: step.bind_property("as") })
}

pub(super) fn resume(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let target = step.target("a server or a supervisor")?;
    Some(StatementKind::Resume { target, bind: step.bind_property("as") })
}

pub(super) fn start_application(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let application = application(step)?;
    step.parser.names.started.insert(application.text.clone());
    let kind = step.choice_property("type", Restart::WORDS);
    Some(StatementKind::StartApplication { application, kind })
}

pub(super) fn stop_application(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    Some(StatementKind::StopApplication(application(step)?))
}

fn application(step: &mut Step<'_, '_, '_>) -> Option<Name> {
    let name = step.name("an application")?;
    if !step.parser.names.applications.contains_key(&name.text) {
        let applications: Vec<String> = step.parser.names.applications.keys().cloned().collect();
        let known: Vec<&str> = applications.iter().map(String::as_str).collect();
        step.unknown("application", &name, &known, "");
    }
    Some(name)
}
