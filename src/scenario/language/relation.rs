//! Links, monitors, aliases, names and exit signals: what a process is to others.

use crate::kernel::{Alias, Atom};

use super::super::global;
use super::condition::routed;
use super::process::Processes;
use super::registry::{self, Registries};
use super::row::*;

family! {
    /// What ties a process to others, or asks who they are.
    Relations
    regular {
        /// `link/1`, `link/2`
        Link "link TARGET" ANYWHERE
            { target: Near = "a target", priority: Priority = "priority" } => SEES.exposing();
        /// `unlink/1`
        Unlink "unlink TARGET" ANYWHERE { target: Near = "a target" } => NOTICED;
        /// `monitor/2`, `monitor/3`
        Monitor "monitor TARGET as=$reference" ANYWHERE
            { target: Monitored = "a target", alias: MonitorAlias = "alias", tag: Property = "tag",
              priority: Priority = "priority", bind: Bind = "as" } => SEES.exposing();
        /// `alias/0`, or with the word `reply` an address that ends with the first message.
        Alias "alias as=$alias" ANYWHERE
            { mode: AliasMode = "`reply`", priority: Priority = "priority",
              bind: Bind = "as" } => ALONE.exposing();
        /// `unalias/1`
        Unalias "unalias $alias as=$was" ANYWHERE { alias: One = "an alias", bind: Bind = "as" } => SEES;
        /// `make_ref/0`
        MakeRef "make_ref as=$reference" ANYWHERE { bind: Bind = "as" } => ALONE;
        /// `process_info(Pid, parent)`: who spawned it. Of a client that is whoever watches it.
        Parent "parent TARGET as=$pid" ANYWHERE
            { target: Near = "a process", bind: Bind = "as" } => SEES.uncovering();
        /// `demonitor/1`, `demonitor/2`
        Demonitor "demonitor $reference flush=#true" ANYWHERE
            { reference: One = "a reference", flush: Flag = "flush", info: Flag = "info",
              bind: Bind = "as" } => NOTICED;
        // What arrives before it is judged otherwise than what arrives after it.
        /// `process_flag(trap_exit, Flag)`
        TrapExit "trap_exit #true" ANYWHERE { flag: Trapped } => SEES;
        /// `is_process_alive/1`
        IsAlive "alive TARGET as=$answer" ANYWHERE { target: Asked = "a process", bind: Bind = "as" } => SEES;
    }
    by hand {
        /// `exit/2`, `exit/3`
        Exit { target: Near, reason: One, priority: Priority } => reaches(target);
        /// `register/2`: itself if no target is named.
        Register { name: One, target: OrSelf } => SEES.exposing();
        /// `unregister/1`
        Unregister { name: SomeName } => SEES;
        /// `whereis/1`
        Whereis { name: SomeName, bind: Bind } => SEES;
    }
    words {
        "exit [TARGET] reason=REASON" ANYWHERE exit;
        "kill TARGET" ANYWHERE kill;
        "register NAME [TARGET]" ANYWHERE register;
        "unregister NAME" ANYWHERE unregister;
        "whereis NAME as=$pid" ANYWHERE whereis;
    }
}

roles! {
    /// When an address of its own ends.
    AliasMode: Alias => Alias,
        said(mode) Said::Word(if *mode == Alias::ReplyDemonitor { "reply" } else { "explicit_unalias" }),
        lower(mode, _) *mode;
    /// A name that somebody may have registered, a global one too.
    RegisteredName: Name => Atom, said(name) Said::Registered(name),
        lower(name, resolver) resolver.names.atoms.intern(&name.text);
    /// The same, or a variable that holds a name.
    SomeName: Target => Expression,
        lower(name, resolver) resolver.target(name), parts(name, parts) parts.values.push(name);
}

alike! {
    /// `#true` or `#false`, or a variable that holds one.
    Trapped is One, |step, what| {
        if step.peeks_variable() {
            return step.value(what);
        }
        let span = step.line.span;
        let said = Boolean::read(step, what)?;
        Some(Value { kind: ValueKind::Atom(said.to_string()), span })
    };
    /// Whom to watch: anybody but a global name, which `erlang` knows nothing of.
    Monitored is Whom, |step, what| {
        let target = step.target(what)?;
        local(target, step)
    };
    /// Who is asked whether it is alive.
    Asked is Whom, |step, what| {
        let target = Near::read(step, what)?;
        routed(step, &target);
        Some(target)
    };
}

readings! {
    AliasMode, |step, what| {
        match step.optional_name(what)? {
            None => Some(Alias::ExplicitUnalias),
            Some(name) if name.text == "explicit_unalias" => Some(Alias::ExplicitUnalias),
            Some(name) if name.text == "reply" => Some(Alias::ReplyDemonitor),
            Some(name) => {
                let message = format!("there is no alias that ends with `{}`", name.text);
                step.misused(name.span, message, "neither `reply` nor `explicit_unalias`");
                None
            }
        }
    };
}

/// With a target `exit/2`, without `exit/1`.
fn exit(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let target = if step.at_end() { None } else { Some(Near::read(step, "a target")?) };
    if !step.has_property("reason") {
        let message = "`exit` needs a reason".to_owned();
        step.misused(step.line.span, message, "no `reason=`");
    }
    let reason = step.value_property("reason")?;
    Some(match target {
        Some(target) => {
            Relations::Exit { target, reason, priority: Priority::read(step, "priority")? }.into()
        }
        None => Processes::ExitSelf { reason }.into(),
    })
}

/// An exit with the reason `kill`.
fn kill(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let target = Near::read(step, "a target")?;
    let reason = Value { kind: ValueKind::Atom("kill".to_owned()), span: step.line.word_span };
    Some(Relations::Exit { target, reason, priority: false }.into())
}

/// A name of the own node, or of a registry.
fn register(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if registry::is_meant(step) {
        return registry::register(step);
    }
    let name = if step.peeks_variable() {
        step.value("a name")?
    } else {
        let Name { text, span } = step.name("a name")?;
        Value { kind: ValueKind::Atom(text), span }
    };
    let target = if step.at_end() { None } else { Some(Near::read(step, "a target")?) };
    Some(Relations::Register { name, target }.into())
}

fn unregister(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if registry::is_meant(step) {
        return registry::unregister(step);
    }
    let name = local(name(step)?, step)?;
    Some(Relations::Unregister { name }.into())
}

fn whereis(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let target = step.target("a name")?;
    let bind = step.bind_property("as");
    match target {
        Target::Via(via) => Some(Registries::Whereis { via: *via, bind }.into()),
        name @ (Target::Name(_) | Target::Variable(_)) => Some(Relations::Whereis { name, bind }.into()),
        other => no_name(step, &other),
    }
}

/// A target without a global name.
fn local(target: Target, step: &mut Step<'_, '_, '_>) -> Option<Target> {
    match &target {
        Target::Name(name) if global::inner(&name.text).is_some() => {
            let message = format!("`{}` knows no global names", step.line.word);
            let mistake = Mistake::new(name.span, message, "a global name");
            step.report(mistake.with_help("`whereis` gives the pid: `whereis (global)NAME as=$pid`"));
            None
        }
        Target::Name(_)
        | Target::Variable(_)
        | Target::Via(_)
        | Target::SelfPid(_)
        | Target::AnyChild(_)
        | Target::Remote(..) => Some(target),
    }
}

/// A name that a process may have. Asking for one that nobody has is the point of `whereis`, but one that nobody
/// can ever have is a slip.
fn name(step: &mut Step<'_, '_, '_>) -> Option<Target> {
    match step.target("a name")? {
        name @ (Target::Name(_) | Target::Variable(_)) => Some(name),
        other => no_name(step, &other),
    }
}

fn no_name<T>(step: &mut Step<'_, '_, '_>, target: &Target) -> Option<T> {
    let message = format!("`{}` needs a name", step.line.word);
    step.misused(target.span(), message, "not a name");
    None
}
