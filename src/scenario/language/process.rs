//! The birth of processes, and their end.

use crate::kernel::Atom;

use super::super::ast::{Registration, StartedModule};
use super::super::parse::names::ModuleKind;
use super::super::parse::options::registration;
use super::super::parse::tree::check_module;
use super::super::script::trees;
use super::row::*;

family! {
    /// What begins a process, and what ends one.
    Processes
    regular {
        /// `spawn/3`
        Spawn "spawn PROCESS ARGUMENT… as=$pid" ANYWHERE
            { process: Spawned = "a process definition", arguments: Values,
              bind: Bind = "as" } => NOTICED.exposing();
        /// `spawn_link/3`
        SpawnLink "spawn_link PROCESS ARGUMENT… as=$pid" ANYWHERE
            { process: Spawned = "a process definition", arguments: Values, bind: Bind = "as",
              priority: Priority = "priority" } => NOTICED.exposing();
        /// `spawn_monitor/3`, or `spawn_opt/4` with the options of the monitor.
        SpawnMonitor "spawn_monitor PROCESS ARGUMENT… as=$pid ref=$reference" ANYWHERE
            { process: Spawned = "a process definition", arguments: Values, bind: Bind = "as",
              reference: Bind = "ref", alias: MonitorAlias = "alias", tag: Property = "tag",
              priority: Priority = "priority" } => NOTICED.exposing();
        /// `spawn_request/4`: nobody waits for it, and a message with this tag says who it is.
        SpawnRequest "spawn_request PROCESS ARGUMENT… link=#true monitor=#true as=$request" ANYWHERE
            { link: Flag = "link", monitor: Flag = "monitor", process: Spawned = "a process definition",
              arguments: Values, reference: Bind = "as", tag: Property = "tag",
              priority: Priority = "priority" } => NOTICED.exposing();
        /// `start` of a module.
        Start "start MODULE ARGUMENT… as=$pid" ANYWHERE
            { started: Started = "a definition", arguments: Values, timeout: Timeout = "timeout",
              bind: Bind = "as" } => SEES.exposing();
        /// `start_link` of a module.
        StartLink "start_link MODULE ARGUMENT… as=$pid" ANYWHERE
            { started: Started = "a definition", arguments: Values, timeout: Timeout = "timeout",
              bind: Bind = "as" } => SEES.exposing();
        /// `start_monitor` of a module.
        StartMonitor "start_monitor SERVER ARGUMENT… as=$pid ref=$reference" ANYWHERE
            { started: Started = "a definition", arguments: Values, timeout: Timeout = "timeout",
              bind: Bind = "as", link: Flag = "link", reference: Bind = "ref" } => SEES.exposing();
        // Whoever is told is told by the name that it had.
        /// `proc_lib:init_ack/1`, to whoever has started the process.
        InitAck "init_ack VALUE…" PROCESS { value: Row = "what its start returns" } => SEES;
        /// `proc_lib:init_fail/2`
        InitFail "init_fail VALUE… reason=REASON" PROCESS
            { value: Row = "what its start returns", reason: Reason = "reason" } => SEES;
        /// `gen_server:enter_loop`
        EnterLoop "enter_loop SERVER ARGUMENT… name=NAME" PROCESS
            { server: EnteredServer = "a server definition", arguments: Values, name: EnteredName = "name",
              timeout: Timeout = "timeout", continues: EnteredContinue = "continue" } => SEES;
        /// `error/1`
        Raise "raise VALUE…" ANYWHERE { reason: Row = "a reason" } => ENDS;
        /// `throw/1`
        Throw "throw VALUE…" ANYWHERE { value: Row = "a value" } => ENDS;
    }
    by hand {
        /// `gen_server:stop/3`
        Stop { target: Whom, reason: Reason, timeout: Patience, bind: Bind } => reaches(target);
        /// `exit/1`
        ExitSelf { reason: One } => ENDS;
    }
    words {}
}

roles! {
    /// The definition of a plain process.
    Spawned: Name => StartFunction, said(process) Said::Process(process),
        lower(process, resolver) resolver.names.start_function(&process.text),
        parts(start, parts) parts.sets.extend(start.timeout);
    /// A module that is started by itself.
    Started: StartedModule => StartedFunction, lower(said, resolver) {
        let mut start = resolver.names.start_function(&said.module.text);
        start.name = trees::started_name(&said.name, &start, resolver.names);
        StartedFunction { start, via: resolver.registered_via(&said.name) }
    },
        parts(started, parts) {
        parts.values.extend(&started.via);
        parts.sets.extend(started.start.timeout);
    };
    /// The name that a server has which a process becomes.
    EnteredName: Option<Name> => Option<Atom>,
        said(name) name.as_ref().map_or(Said::Word("undefined"), Said::Registered),
        lower(name, resolver) name.as_ref().map(|name| resolver.names.atoms.intern(&name.text));
}

alike! {
    /// The server that a process becomes.
    EnteredServer is Defined, |step, what| {
        let server = step.name(what)?;
        if !matches!(check_module(step, &server), Some(ModuleKind::Server) | None) {
            let message = format!("`{}` is no server", server.text);
            step.report(Mistake::new(server.span, message, "a process cannot become it"));
        }
        Some(server)
    };
    /// What a server continues with which a process becomes.
    EnteredContinue is Maybe, |step, property| {
        let continues = step.value_property(property);
        if step.has_property("timeout") && continues.is_some() {
            let message = "`enter_loop` takes `timeout=` or `continue=`".to_owned();
            step.misused(step.line.span, message, "both of them");
        }
        Some(continues)
    };
}

readings! {
    Spawned, |step, what| {
        let process = step.name(what)?;
        match check_module(step, &process) {
            Some(ModuleKind::Process) | None => (),
            Some(_) => {
                let message = format!("`{}` is not a process definition", process.text);
                let mistake = Mistake::new(process.span, message, "cannot be spawned");
                step.report(mistake.with_help("`start` and `start_link` start servers and tasks"));
            }
        }
        Some(process)
    };
    Started, |step, what| {
        let module = step.name(what)?;
        let kind = check_module(step, &module);
        check_startable(step, &module, kind);
        let name = registration(step);
        if let (Some(ModuleKind::Process), Registration::Name(name)) = (kind, &name) {
            let mistake = Mistake::new(name.span, "a process registers itself", "nobody else does");
            step.report(mistake.with_help(format!("let it say `register {}`", name.text)));
        }
        Some(StartedModule { module, name })
    };
    EnteredName, |step, _| {
        Some(match registration(step) {
            Registration::Default | Registration::None(_) => None,
            Registration::Name(name) => Some(name),
            Registration::Variable(name) => {
                let message = "a process becomes a server under a name that the file knows";
                step.report(Mistake::new(name.span, message, "a variable"));
                None
            }
            Registration::Via(via) => {
                let message = "a registry's name cannot be entered with";
                let mistake = Mistake::new(via.span, message, "not modelled");
                let help = "leave `name=` out: the server has its name all the same";
                step.report(mistake.with_help(help));
                None
            }
        })
    };
}

/// The function that starts a module.
#[derive(Clone, Debug, PartialEq)]
pub struct StartedFunction {
    /// The function, with the local name that its process takes.
    pub start: StartFunction,
    /// The name that a registry is to keep.
    pub via: Option<Expression>,
}

/// Plain processes are spawned, and only servers have a `start_monitor`.
fn check_startable(step: &mut Step<'_, '_, '_>, module: &Name, kind: Option<ModuleKind>) {
    let word = step.line.word;
    match kind {
        Some(ModuleKind::Process) if !step.parser.names.acknowledges(&module.text) => {
            let message = format!("`{}` is a plain process", module.text);
            let mistake = Mistake::new(module.span, message, "cannot be started");
            let help = match word {
                "start_monitor" => "use `spawn_monitor`, or let it say `init_ack`",
                "start_link" => "use `spawn_link`",
                _ => "use `spawn`",
            };
            step.report(mistake.with_help(help));
        }
        Some(ModuleKind::Process | ModuleKind::Server) | None => (),
        Some(_) if word == "start_monitor" => {
            let message = format!("`{}` is no server", module.text);
            let mistake = Mistake::new(module.span, message, "has no `start_monitor`");
            step.report(mistake.with_help("use `start`, and then `monitor`"));
        }
        Some(_) => (),
    }
}
