//! Lowering a definition to its program: statements become operations, names become numbers.

use crate::kernel::{Atom, Term};

use super::super::ast::{Block, Client, Definition, DefinitionKind, Name, Process, Server, Span};
use super::super::language::{Control, OperationKind};
use super::compiler::Compiler;
use super::expression::{Address, Pattern, Slot};
use super::names::Numbering;
use super::program::{Handler, Program, ProgramKind};

/// The program of a module, unless it is a start function, which has none.
pub fn module(names: &mut Numbering, defined: &Definition) -> Option<Program> {
    let name = &defined.name.text;
    match &defined.kind {
        DefinitionKind::Server(said) => Some(server(names, name, said)),
        DefinitionKind::Process(said) => Some(process(names, name, said, defined.span)),
        DefinitionKind::Agent => Some(Program::without_code(names.atoms.intern(name), ProgramKind::Agent)),
        DefinitionKind::StartFunction { .. } => None,
    }
}

/// The program of a client, from its first step to its end.
pub fn client(names: &mut Numbering, client: &Client, number: u16, label: &str) -> Program {
    let kind =
        ProgramKind::Process { trap_exit: client.trap_exit, client: Some(number), acknowledges: false };
    straight(names, label, kind, &[], &client.body, client.span)
}

fn process(names: &mut Numbering, name: &str, process: &Process, span: Span) -> Program {
    let kind = match process.task {
        true => ProgramKind::Task,
        false => {
            let acknowledges = process.acknowledges;
            ProgramKind::Process { trap_exit: false, client: None, acknowledges }
        }
    };
    straight(names, name, kind, &process.arguments, &process.body, span)
}

/// What runs from its first statement to its last.
fn straight(
    names: &mut Numbering,
    name: &str,
    kind: ProgramKind,
    arguments: &[Name],
    body: &Block,
    span: Span,
) -> Program {
    let mut compiler = Compiler::new(names);
    let arguments = compiler.slots_of(arguments);
    compiler.code(body, span);
    let lasting = compiler.resolver.slots.len();
    compiler.program(name, kind, lasting, arguments, Vec::new())
}

fn server(names: &mut Numbering, name: &str, server: &Server) -> Program {
    let mut compiler = Compiler::new(names);
    let arguments = compiler.slots_of(&server.arguments);
    let mut variables = Vec::new();
    for variable in &server.variables {
        let slot = compiler.resolver.slot(&variable.name.text);
        let value = compiler.resolver.names.constant(&variable.value).unwrap_or(Atom::UNDEFINED.into());
        variables.push((slot, value));
    }
    let lasting = compiler.resolver.slots.len();
    compiler.resolver.tables = texts(&server.tables);
    compiler.resolver.queues = texts(&server.queues);
    compiler.resolver.phases = texts(&server.phases);
    let mut inits = Vec::new();
    for init in &server.inits {
        compiler.begin(lasting);
        let entry = compiler.code(&init.body, Span::default());
        inits.push((init.start.as_ref().map(|start| start.value), entry));
    }
    let mut handlers = Vec::new();
    for handler in &server.handlers {
        compiler.begin(lasting);
        let event = handler.event.lower(&mut compiler.resolver);
        let phase = handler.phase.as_ref().map(|phase| compiler.resolver.phase(phase));
        handlers.push(Handler { phase, event, entry: compiler.code(&handler.body, handler.span) });
    }
    let terminate = server.terminate.as_ref().map(|terminate| {
        compiler.begin(lasting);
        let reason = terminate.reason.as_ref();
        let pattern = reason.map_or(Pattern::Any, |reason| compiler.resolver.pattern(reason));
        (pattern, compiler.code(&terminate.body, terminate.span))
    });
    let (machine, trap_exit) = (server.machine, server.trap_exit);
    let kind = ProgramKind::Server { machine, trap_exit, inits, handlers, terminate };
    let info = server.info.as_ref().and_then(|info| compiler.resolver.names.constant(info));
    Program { info, ..compiler.program(name, kind, lasting, arguments, variables) }
}

impl Compiler<'_> {
    fn slots_of(&mut self, names: &[Name]) -> Vec<Slot> {
        names.iter().map(|name| self.resolver.slot(&name.text)).collect()
    }

    /// A callback begins: only what lasts is bound.
    fn begin(&mut self, lasting: usize) {
        self.resolver.seen = (0..lasting).map(|slot| Slot::try_from(slot).expect("few variables")).collect();
    }

    /// A body and its end: where it begins.
    fn code(&mut self, body: &Block, span: Span) -> Address {
        let entry = self.here();
        self.block(body);
        self.push(OperationKind::Control(Control::Return), span);
        entry
    }

    fn program(
        self,
        name: &str,
        kind: ProgramKind,
        lasting: usize,
        arguments: Vec<Slot>,
        variables: Vec<(Slot, Term)>,
    ) -> Program {
        let resolver = self.resolver;
        let atoms = &mut resolver.names.atoms;
        let plain = Program::without_code(atoms.intern(name), kind);
        let called = |texts: &[String]| texts.iter().map(|text| atoms.intern(text)).collect();
        let slots = called(&resolver.slots);
        let (tables, queues) = (called(&resolver.tables), called(&resolver.queues));
        Program { operations: self.operations, slots, lasting, arguments, variables, tables, queues, ..plain }
    }
}

fn texts(names: &[Name]) -> Vec<String> {
    names.iter().map(|name| name.text.clone()).collect()
}
