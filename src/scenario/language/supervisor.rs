//! Supervisors and applications, as their callers see them.

use crate::kernel::Atom;
use crate::otp::{self, ChildSpec, InitResult, Restart, Shutdown};

use super::super::ast::{ChildOptions, NewChild, Spanned, SpecSource, Supervisor};
use super::super::parse::names::ModuleKind;
use super::super::parse::options::{child_options, spec_overrides};
use super::super::parse::tree::{check_module, check_via, new_init, single_child};
use super::super::parse::value;
use super::super::script::child_spec::ComputedSource;
use super::super::script::trees;
use super::row::*;

family! {
    /// What is asked of supervisors and of the application controller.
    Supervisors
    regular {
        /// `supervisor:terminate_child/2`: an id, or a pid in a variable.
        TerminateChild "terminate_child SUPERVISOR ID" ANYWHERE
            { supervisor: Whom = "a supervisor", child: ChildId, bind: Bind = "as" } => reaches(supervisor);
        /// `supervisor:restart_child/2`
        RestartChild "restart_child SUPERVISOR ID" ANYWHERE
            { supervisor: Whom = "a supervisor", child: ChildId, bind: Bind = "as" } => reaches(supervisor);
        /// `supervisor:delete_child/2`
        DeleteChild "delete_child SUPERVISOR ID" ANYWHERE
            { supervisor: Whom = "a supervisor", child: ChildId, bind: Bind = "as" } => reaches(supervisor);
        /// `supervisor:which_children/1`
        WhichChildren "which_children SUPERVISOR as=$children" ANYWHERE
            { supervisor: Whom = "a supervisor", bind: Bind = "as" } => reaches(supervisor);
        /// `supervisor:which_child/2`, since OTP 28.
        WhichChild "which_child SUPERVISOR ID as=$child" ANYWHERE
            { supervisor: Whom = "a supervisor", child: ChildIdSince28,
              bind: Bind = "as" } => reaches(supervisor);
        /// `supervisor:count_children/1`
        CountChildren "count_children SUPERVISOR as=$counts" ANYWHERE
            { supervisor: Whom = "a supervisor", bind: Bind = "as" } => reaches(supervisor);
        /// `supervisor:get_childspec/2`
        GetChildspec "get_childspec SUPERVISOR ID as=$spec" ANYWHERE
            { supervisor: Whom = "a supervisor", child: ChildId, bind: Bind = "as" } => reaches(supervisor);
        /// `supervisor:check_childspecs/1`, `supervisor:check_childspecs/2`
        CheckChildspecs "check_childspecs (term)\"[…]\" [AUTO_SHUTDOWN]" ANYWHERE
            { specs: One = "child specs", auto_shutdown: OptionalOne = "`auto_shutdown`",
              bind: Bind = "as" } => ALONE;
        /// `Supervisor.child_spec/2`
        ChildSpec "child_spec MODULE ARGUMENT… id=ID restart=RESTART as=$spec" ANYWHERE
            { of: SpecOf = "a definition", overrides: Overrides, bind: Bind = "as" } => ALONE;
        /// `sys:suspend/1`
        Suspend "suspend TARGET" ANYWHERE
            { target: Whom = "a server or a supervisor",
              bind: Bind = "as" } => reaches(target).setting(otp::SYS_TIMEOUT_MS);
        /// `sys:resume/1`
        Resume "resume TARGET" ANYWHERE
            { target: Whom = "a server or a supervisor",
              bind: Bind = "as" } => reaches(target).setting(otp::SYS_TIMEOUT_MS);
        /// `application:start/2`
        StartApplication "start_application NAME type=TYPE" ANYWHERE
            { application: Application = "an application", kind: ApplicationKind = "type" } => NOTICED;
        /// `application:stop/1`
        StopApplication "stop_application NAME" ANYWHERE
            { application: Application = "an application" } => NOTICED;
    }
    by hand {
        /// `supervisor:start_child/2`
        StartChild { supervisor: Whom, child: Child, bind: Bind } => match child {
            StartedChild::Task { .. } => reaches(supervisor).exposing(),
            StartedChild::Spec { .. } | StartedChild::Raw(_) | StartedChild::Arguments(_) => reaches(supervisor),
        };
        // What it brings in has not been looked through, so it may set any timer.
        /// `sys:change_code/4`: what its `init` returns now, as a supervisor would draw it.
        CodeChange
            { supervisor: Whom, init: NewInit, bind: Bind } => reaches(supervisor).uncovering().setting(0);
    }
    words {
        "start_child SUPERVISOR MODULE ARGUMENT… as=$pid" ANYWHERE start_child;
        "code_change SUPERVISOR strategy=STRATEGY { … }" ANYWHERE code_change;
    }
}

/// The same, to be computed.
#[derive(Clone, Debug, PartialEq)]
pub enum StartedChild {
    /// What a definition or a drawn child says, arguments, and the name that a registry is to keep.
    Spec {
        /// What the supervisor gets, but for what is computed then.
        spec: Box<ChildSpec<StartFunction>>,
        /// The start arguments.
        arguments: Vec<Expression>,
        /// The name that a registry is to keep for the child.
        via: Option<Expression>,
    },
    /// A task: the specification of any supervisor, and what `Task.Supervisor` makes of the line.
    Task {
        /// For a supervisor that knows nothing of tasks.
        spec: Box<ChildSpec<StartFunction>>,
        /// For a task supervisor.
        restart: Restart,
        /// For a task supervisor.
        shutdown: Shutdown,
        /// The start arguments.
        arguments: Vec<Expression>,
    },
    /// A specification, verbatim.
    Raw(Expression),
    /// Extra arguments for the template of a `simple_one_for_one`.
    Arguments(Vec<Expression>),
}

roles! {
    /// What `start_child` starts.
    Child: NewChild => StartedChild, lower(child, resolver) {
        match child {
            NewChild::Module { module, arguments, options } => {
                let spec = Box::new(trees::started_spec(module, options, resolver.names));
                let arguments = resolver.values(arguments);
                if resolver.names.tasks.contains(&module.text) {
                    let (restart, shutdown) = trees::task_options(options);
                    return StartedChild::Task { spec, restart, shutdown, arguments };
                }
                StartedChild::Spec { spec, arguments, via: resolver.registered_via(&options.name) }
            }
            NewChild::Node(child) => {
                let spec = Box::new(trees::child_spec(child, resolver.names));
                StartedChild::Spec { spec, arguments: Vec::new(), via: None }
            }
            NewChild::Raw(spec) => StartedChild::Raw(resolver.value(spec)),
            NewChild::Arguments(values) => StartedChild::Arguments(resolver.values(values)),
        }
    },
        parts(child, parts) {
        match child {
            StartedChild::Spec { spec, arguments, via } => {
                parts.values.extend(arguments);
                parts.values.extend(via);
                parts.told_to_stop(spec.shutdown);
                parts.sets.extend(spec.start.timeout);
            }
            StartedChild::Task { spec, shutdown, arguments, .. } => {
                parts.values.extend(arguments);
                parts.told_to_stop(*shutdown);
                parts.told_to_stop(spec.shutdown);
                parts.sets.push(otp::WORK_TIMEOUT_MS);
            }
            StartedChild::Raw(spec) => {
                parts.values.push(spec);
                parts.sets.push(0);
            }
            StartedChild::Arguments(arguments) => parts.values.extend(arguments),
        }
    };
    /// What the `init` of a supervisor returns.
    NewInit: Box<Supervisor> => Box<InitResult<StartFunction>>,
        lower(drawn, resolver) Box::new(trees::init_result(drawn, resolver.names));
    /// Whose child spec it is.
    SpecOf: SpecSource => ComputedSource, lower(of, resolver) resolver.spec_source(of),
        parts(of, parts) {
        match of {
            ComputedSource::Module(_, arguments) => parts.values.extend(arguments),
            ComputedSource::Raw(child) => parts.values.push(child),
        }
    };
    /// What a line puts in place of what a child spec says.
    Overrides: ChildOptions => Vec<(Atom, Expression)>, lower(said, resolver) resolver.spec_overrides(said),
        parts(overrides, parts) parts.values.extend(overrides.iter().map(|(_, value)| value));
    /// An application of the file.
    Application: Name => u16,
        lower(name, resolver) *resolver.names.applications.get(&name.text).expect("the parser knows the applications");
    /// What it takes down when it ends: what its tree says if the line does not.
    ApplicationKind: Option<Spanned<Restart>> => Option<Restart>,
        lower(kind, _) kind.as_ref().map(|kind| kind.value);
}

alike! {
    /// A child's id, or a variable with its pid.
    ChildId is One, |step, _| step.child_id();
    /// The same, where only OTP 28 has the function.
    ChildIdSince28 is One, |step, _| {
        let otp = step.parser.names.otp;
        if otp < 28 {
            let message = format!("OTP {otp} has no `{}`", step.line.word);
            step.report(Mistake::new(step.line.word_span, message, "since OTP 28"));
        }
        step.child_id()
    };
}

readings! {
    SpecOf, |step, what| {
        if says_a_spec(step) {
            return Some(SpecSource::Raw(step.value("a child")?));
        }
        let module = step.name(what)?;
        if let Some(kind @ (ModuleKind::Process | ModuleKind::StartFunction)) = check_module(step, &module) {
            let is = if kind == ModuleKind::Process { "a plain process" } else { "a start function" };
            let message = format!("`{}` is {is}, whose module has no `child_spec`", module.text);
            let mistake = Mistake::new(module.span, message, "nothing generates one");
            let name = &module.text;
            let help = format!(
                "write it: `child_spec (term)\"#{{id => {name}, start => {{{name}, start_link, []}}}}\"`"
            );
            step.report(mistake.with_help(help));
        }
        Some(SpecSource::Module(module, step.values()?))
    };
    Overrides, |step, _| Some(spec_overrides(step));
    Application, |step, what| {
        let name = step.name(what)?;
        if !step.parser.names.applications.contains_key(&name.text) {
            step.report(unknown("application", &name, step.parser.names.applications.keys(), ""));
        }
        if step.line.word == "start_application" {
            step.parser.names.started.insert(name.text.clone());
        }
        Some(name)
    };
    ApplicationKind, |step, property| Some(step.choice_property(property, Restart::WORDS));
}

fn start_child(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let supervisor = step.target("a supervisor")?;
    let names = &step.parser.names;
    let (of_tasks, template) = match &supervisor {
        Target::Name(name) | Target::Remote(name, _) => (
            names.supervisors.get(&name.text).is_some_and(|word| word == "task_supervisor"),
            names.templates.contains(&name.text),
        ),
        Target::Variable(_) | Target::SelfPid(_) | Target::Via(_) | Target::AnyChild(_) => (false, false),
    };
    let child = new_child(step, template)?;
    if let (true, NewChild::Module { module, .. }) = (template, &child) {
        let message = "a `simple_one_for_one` starts copies of its template";
        let mistake = Mistake::new(module.span, message, "not the template's to choose");
        step.report(mistake.with_help("pass extra arguments only: `start_child … args VALUE…`"));
    }
    if let (true, NewChild::Module { module, .. }) = (of_tasks, &child)
        && let Some(definition) = step.parser.names.definitions.get(&module.text)
        && definition.kind != ModuleKind::Task
    {
        let message = format!("a task supervisor starts tasks, and `{}` is none", module.text);
        let mistake = Mistake::new(module.span, message, "not a task definition");
        step.report(mistake.with_help("`dynamic_supervisor` starts anything"));
    }
    Some(Supervisors::StartChild { supervisor, child, bind: step.bind_property("as") }.into())
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

/// Whether a term comes next, or a variable that holds one.
fn says_a_spec(step: &Step<'_, '_, '_>) -> bool {
    step.peek().is_some_and(|entry| value::is_term(entry) || value::variable(entry).is_some())
}

fn code_change(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let supervisor = step.target("a supervisor")?;
    let dynamic = match &supervisor {
        Target::Name(name) | Target::Remote(name, _) => {
            let definition = step.parser.names.definitions.get(&name.text);
            definition.is_some_and(|definition| definition.kind == ModuleKind::DynamicSupervisor)
        }
        Target::Variable(_) | Target::Via(_) | Target::SelfPid(_) | Target::AnyChild(_) => false,
    };
    let init = Box::new(new_init(step, &supervisor, dynamic)?);
    Some(Supervisors::CodeChange { supervisor, init, bind: step.bind_property("as") }.into())
}
