//! Scripted actors as guests of OTP: who goes on with what.

use crate::actors::{Hosting, Instance, Start};
use crate::kernel::{Atom, Pid, Process, Received, Term};
use crate::otp::fault::{Struck, Wrong};
use crate::otp::registry::Tables;
use crate::otp::{Actor, Common, Cue, Guest, Launch, Message, Name, Report, Step, Supervised};

use super::common::SharedState;
use super::start::{Module, StartFunction};
use super::{Image, Note, Script, ScriptContext, fault, launch, raw};

impl Hosting for Script {
    fn hosted(start: Start) -> StartFunction {
        let (called, name) = (start.module(), start.name());
        let function = StartFunction::of(called, Module::Rust(Box::new(start)));
        StartFunction { name: name.map(Name::Local), ..function }
    }

    fn launch_hosted(supervisor: u16, child: u16, context: &mut ScriptContext<'_>) -> Launch<Script> {
        let image = context.image();
        launch::launch(image.start_of_child(supervisor, child), None, context)
    }

    fn of(instance: Instance) -> Script {
        Script::Rust(Box::new(instance))
    }

    fn told(text: String) -> Note {
        Note::Log { text: text.into(), values: Vec::new() }
    }

    fn faulted(wrong: Wrong) -> Note {
        Note::Fault(wrong)
    }
}

impl Guest for Script {
    type Start = StartFunction;
    type Common = SharedState;
    type Image = Image;
    type Note = Note;

    fn launch(start: &StartFunction, context: &mut ScriptContext<'_>) -> Launch<Self> {
        launch::launch(start, None, context)
    }

    fn with_arguments(start: &StartFunction, before: &[Term], after: &[Term]) -> StartFunction {
        let arguments = [before, &start.arguments, after].concat();
        StartFunction { arguments, ..start.clone() }
    }

    fn mfa(start: &StartFunction) -> Term {
        start.mfa()
    }

    fn start_of(mfa: &Term, image: &Image) -> Option<StartFunction> {
        raw::start_function(mfa, image)
    }

    fn accepts(&self, message: &Received<Message<Self>>, image: &Image) -> bool {
        match self {
            Script::Boot(_) => true,
            Script::Actor(execution) => execution.accepts(message, image),
            // It only ever waits for time to pass.
            Script::Builtin(_) => false,
            Script::Rust(instance) => instance.accepts(message),
            Script::Compiled(running) => running.accepts(message, image),
        }
    }

    fn hears_supervisor_requests(&self) -> bool {
        matches!(self, Script::Rust(_))
    }

    fn supervises(&self) -> Option<Supervised> {
        match self {
            Script::Compiled(running) => running.supervises(),
            Script::Boot(_) | Script::Actor(_) | Script::Builtin(_) | Script::Rust(_) => None,
        }
    }

    fn resume(&mut self, cue: Cue<Self>, context: &mut ScriptContext<'_>) -> Step<Self> {
        match self {
            Script::Boot(boot) => boot.resume(cue, context),
            Script::Actor(execution) => execution.resume(cue, context),
            Script::Builtin(builtin) => builtin.resume(cue, context),
            Script::Compiled(running) => running.resume(cue, context),
            Script::Rust(instance) => instance.resume(cue, context),
        }
    }
}

impl Common<Script> for SharedState {
    fn tables(&self) -> &Tables {
        &self.registries
    }

    fn tables_mut(&mut self) -> &mut Tables {
        &mut self.registries
    }

    fn struck(&self) -> Option<&Struck> {
        Some(&self.struck)
    }

    fn struck_mut(&mut self) -> Option<&mut Struck> {
        Some(&mut self.struck)
    }

    fn has_of(&self, pid: Pid) -> bool {
        self.compiled.as_ref().is_some_and(|shared| shared.tables.concern(pid) || shared.files.concern(pid))
    }

    fn leaves_behind(&mut self, dead: Pid, lives: &dyn Fn(Pid) -> bool) -> Vec<(Pid, Message<Script>)> {
        self.compiled.as_mut().map_or_else(Vec::new, |shared| shared.leaves_behind(dead, lives))
    }

    fn logged(report: &Report<Script>, context: &mut ScriptContext<'_>) {
        let (supervisor, asked) = (fault::label(context), &context.image().reports);
        context.common_mut().reports.hear(supervisor, report, asked);
    }

    fn strike(&mut self, fault: u16, image: &Image) -> Option<(Atom, Term)> {
        fault::strike(fault, self, image)
    }

    fn tests_begun(&self) -> u32 {
        self.compiled.as_ref().map_or(0, |shared| shared.tests_begun)
    }

    fn is_set_up(&self) -> bool {
        self.booted
    }

    fn is_spared(&self, process: &Process<Actor<Script>>) -> bool {
        process.label == Atom::BOOT || self.is_client(process.pid)
    }
}
