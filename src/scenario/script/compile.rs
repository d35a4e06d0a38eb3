//! Lowering a definition to its program: statements become operations, names become numbers.

use std::collections::BTreeSet;

use crate::kernel::{Atom, Term};

use super::super::ast::{
    self, Block, Condition, Duration, DurationKind, Name, Registration, Span, Target, Value, ValueKind,
};
use super::super::language::effects::Effects;
use super::super::language::{Catch, Clients, Control, Data, Operation, OperationKind, via_value};
use super::names::Numbering;
use super::program::{
    ANY_CHILD, Address, Asked, Expression, Handler, Pattern, Program, ProgramKind, Slot, Store, Variable,
};

/// Lowers the statements of one definition.
#[derive(Debug)]
pub struct Compiler<'a> {
    pub names: &'a mut Numbering,
    pub operations: Vec<Operation>,
    slots: Vec<String>,
    tables: Vec<String>,
    queues: Vec<String>,
    phases: Vec<String>,
    /// The slots that something before this statement can have bound.
    seen: BTreeSet<Slot>,
    /// Whether the statement being lowered reads or writes what others can.
    pub touches_shared: bool,
    pub catch: Catch,
}

impl<'a> Compiler<'a> {
    /// What lowers that belongs to no process.
    pub fn outside(names: &'a mut Numbering) -> Self {
        Compiler {
            names,
            operations: Vec::new(),
            slots: Vec::new(),
            tables: Vec::new(),
            queues: Vec::new(),
            phases: Vec::new(),
            seen: BTreeSet::new(),
            touches_shared: false,
            catch: Catch::default(),
        }
    }

    /// A module, unless it is a start function, which has no program.
    pub fn module(names: &'a mut Numbering, defined: &ast::Definition) -> Option<Program> {
        match &defined.kind {
            ast::DefinitionKind::Server(server) => Some(Self::server(names, &defined.name.text, server)),
            ast::DefinitionKind::Process(process) => Some(Self::process(names, defined, process)),
            ast::DefinitionKind::Agent => {
                Some(Program::without_code(names.atoms.intern(&defined.name.text), ProgramKind::Agent))
            }
            ast::DefinitionKind::StartFunction { .. } => None,
        }
    }

    fn server(names: &'a mut Numbering, name: &str, server: &ast::Server) -> Program {
        let mut compiler = Compiler::outside(names);
        let arguments: Vec<Slot> = server.arguments.iter().map(|name| compiler.slot(&name.text)).collect();
        let mut variables = Vec::new();
        for variable in &server.variables {
            let slot = compiler.slot(&variable.name.text);
            let value = compiler.names.constant(&variable.value).unwrap_or(Atom::UNDEFINED.into());
            variables.push((slot, value));
        }
        let lasting = compiler.slots.len();
        compiler.tables = texts(&server.tables);
        compiler.queues = texts(&server.queues);
        compiler.phases = texts(&server.phases);
        let mut inits = Vec::new();
        for init in &server.inits {
            let entry = compiler.entry(lasting, &init.body);
            inits.push((init.start.as_ref().map(|start| start.value), entry));
        }
        let mut handlers = Vec::new();
        for handler in &server.handlers {
            compiler.begin(lasting);
            let event = handler.event.lower(&mut compiler);
            let phase = handler.phase.as_ref().map(|phase| compiler.phase(phase));
            let entry = compiler.here();
            compiler.block(&handler.body);
            compiler.push(OperationKind::Control(Control::Return), handler.span);
            handlers.push(Handler { phase, event, entry });
        }
        let terminate = server.terminate.as_ref().map(|terminate| {
            compiler.begin(lasting);
            let pattern = terminate.reason.as_ref().map_or(Pattern::Any, |reason| compiler.pattern(reason));
            let entry = compiler.here();
            compiler.block(&terminate.body);
            compiler.push(OperationKind::Control(Control::Return), terminate.span);
            (pattern, entry)
        });
        let (machine, trap_exit) = (server.machine, server.trap_exit);
        let kind = ProgramKind::Server { machine, trap_exit, inits, handlers, terminate };
        let info = server.info.as_ref().and_then(|info| compiler.names.constant(info));
        Program { info, ..compiler.program(name, kind, lasting, arguments, variables) }
    }

    fn process(names: &'a mut Numbering, defined: &ast::Definition, process: &ast::Process) -> Program {
        let mut compiler = Compiler::outside(names);
        let arguments: Vec<Slot> = process.arguments.iter().map(|name| compiler.slot(&name.text)).collect();
        compiler.block(&process.body);
        compiler.push(OperationKind::Control(Control::Return), defined.span);
        let kind = match process.task {
            true => ProgramKind::Task,
            false => {
                let acknowledges = process.acknowledges;
                ProgramKind::Process { trap_exit: false, client: None, acknowledges }
            }
        };
        let lasting = compiler.slots.len();
        compiler.program(&defined.name.text, kind, lasting, arguments, Vec::new())
    }

    /// The program of a client, from its first step to its end.
    pub fn client(names: &'a mut Numbering, client: &ast::Client, number: u16, label: &str) -> Program {
        let mut compiler = Compiler::outside(names);
        compiler.block(&client.body);
        compiler.push(OperationKind::Control(Control::Return), client.span);
        let kind =
            ProgramKind::Process { trap_exit: client.trap_exit, client: Some(number), acknowledges: false };
        let lasting = compiler.slots.len();
        compiler.program(label, kind, lasting, Vec::new(), Vec::new())
    }

    /// A value that belongs to no process: it may read shared variables.
    pub fn constant_or_shared(names: &'a mut Numbering, value: &Value) -> Expression {
        Compiler::outside(names).value(value)
    }

    /// A question, with the words that the file has for it.
    pub fn asked(&mut self, condition: &Condition) -> Asked {
        Asked { question: condition.kind.lower(self), words: condition.clone() }
    }

    fn program(
        self,
        name: &str,
        kind: ProgramKind,
        lasting: usize,
        arguments: Vec<Slot>,
        variables: Vec<(Slot, Term)>,
    ) -> Program {
        let slots = self.slots.iter().map(|slot| self.names.atoms.intern(slot)).collect();
        let called = |texts: &[String]| texts.iter().map(|text| self.names.atoms.intern(text)).collect();
        let (tables, queues) = (called(&self.tables), called(&self.queues));
        let operations = self.operations;
        let plain = Program::without_code(self.names.atoms.intern(name), kind);
        Program { operations, slots, lasting, arguments, variables, tables, queues, ..plain }
    }

    /// A callback begins: only what lasts is bound.
    fn begin(&mut self, lasting: usize) {
        self.seen = (0..lasting).map(|slot| Slot::try_from(slot).expect("few variables")).collect();
    }

    fn entry(&mut self, lasting: usize, body: &Block) -> Address {
        self.begin(lasting);
        let entry = self.here();
        self.block(body);
        self.push(OperationKind::Control(Control::Return), Span::default());
        entry
    }

    pub fn here(&self) -> Address {
        Address::try_from(self.operations.len()).expect("a file of a megabyte has fewer statements")
    }

    pub fn push(&mut self, kind: OperationKind, span: Span) -> usize {
        let catch = std::mem::take(&mut self.catch);
        let mut effects = kind.effects();
        if std::mem::take(&mut self.touches_shared) {
            effects = Effects { sees: true, noticed: true, ..effects };
        }
        if self.names.in_order
            && matches!(kind, OperationKind::Clients(Clients::Log { .. } | Clients::Note { .. }))
        {
            effects = Effects { noticed: true, ..effects };
        }
        self.operations.push(Operation { kind, catch, effects, span });
        self.operations.len() - 1
    }

    /// Makes the jump at this place go to here.
    pub fn land(&mut self, place: usize) {
        let here = self.here();
        match &mut self.operations[place].kind {
            OperationKind::Control(Control::Jump(address))
            | OperationKind::Control(Control::Unless(_, address))
            | OperationKind::Control(Control::EachNext { end: address, .. })
            | OperationKind::Control(Control::RepeatNext(address)) => *address = here,
            other => unreachable!("{other:?} is no jump"),
        }
    }

    /// A block that may run again: what it binds is forgotten each time.
    pub fn repeated(&mut self, body: &Block, span: Span) {
        let before = self.seen.clone();
        let place = self.push(OperationKind::Control(Control::Unbind(Vec::new())), span);
        self.block(body);
        let fresh = self.seen.difference(&before).copied().collect();
        self.operations[place].kind = OperationKind::Control(Control::Unbind(fresh));
    }

    pub fn slot(&mut self, name: &str) -> Slot {
        let index = self.slots.iter().position(|slot| slot == name).unwrap_or_else(|| {
            self.slots.push(name.to_owned());
            self.slots.len() - 1
        });
        let slot = Slot::try_from(index).expect("a file of a megabyte has fewer variables");
        self.seen.insert(slot);
        slot
    }

    pub fn phase(&mut self, phase: &Name) -> u16 {
        let index = self.phases.iter().position(|known| *known == phase.text);
        u16::try_from(index.expect("the parser knows the phases")).expect("few phases")
    }

    pub fn atom(&mut self, name: &Name) -> Atom {
        self.names.atoms.intern(&name.text)
    }

    pub fn store(&mut self, name: &Name) -> Store {
        let number = |index: usize| u16::try_from(index).expect("few tables");
        if let Some(index) = self.tables.iter().position(|table| *table == name.text) {
            return Store::Table(number(index));
        }
        if let Some(index) = self.queues.iter().position(|queue| *queue == name.text) {
            return Store::Queue(number(index));
        }
        self.touches_shared = true;
        Store::SharedTable(*self.names.shared_tables.get(&name.text).expect("the parser knows the tables"))
    }

    pub fn place(&mut self, name: &Name) -> Variable {
        match self.names.shared.get(&name.text) {
            Some(index) if !self.slots.contains(&name.text) => {
                self.touches_shared = true;
                Variable::Shared(*index)
            }
            _ => Variable::Slot(self.slot(&name.text)),
        }
    }

    fn variable(&mut self, name: &str) -> Expression {
        match self.names.shared.get(name) {
            Some(index) if !self.slots.iter().any(|slot| slot == name) => {
                self.touches_shared = true;
                Expression::Shared(*index)
            }
            _ => Expression::Slot(self.slot(name)),
        }
    }

    pub fn value(&mut self, value: &Value) -> Expression {
        if let Some(term) = self.names.constant(value) {
            return Expression::Constant(term);
        }
        match &value.kind {
            ValueKind::Variable(name) => self.variable(name),
            ValueKind::SelfPid => Expression::SelfPid,
            ValueKind::Tuple(values) => Expression::Tuple(self.values(values)),
            ValueKind::List(values) => Expression::List(self.values(values)),
            ValueKind::Map(pairs) => Expression::Map(
                pairs.iter().map(|(key, value)| (self.value(key), self.value(value))).collect(),
            ),
            ValueKind::Atom(_) | ValueKind::Int(_) | ValueKind::Text(_) | ValueKind::Wildcard => {
                unreachable!("constants are done, and the parser lets no wildcard stand for a value")
            }
        }
    }

    pub fn values(&mut self, values: &[Value]) -> Vec<Expression> {
        values.iter().map(|value| self.value(value)).collect()
    }

    pub fn pattern(&mut self, value: &Value) -> Pattern {
        // A map in a pattern asks only for the keys that it names, so it is no constant.
        if let Some(term) = self.names.constant(value)
            && !value.holds_map()
        {
            return Pattern::Is(Expression::Constant(term));
        }
        match &value.kind {
            ValueKind::Wildcard => Pattern::Any,
            ValueKind::Variable(name) => Pattern::Is(self.variable(name)),
            ValueKind::SelfPid => Pattern::Is(Expression::SelfPid),
            ValueKind::Tuple(values) => {
                Pattern::Tuple(values.iter().map(|value| self.pattern(value)).collect())
            }
            ValueKind::List(values) => {
                Pattern::List(values.iter().map(|value| self.pattern(value)).collect())
            }
            ValueKind::Map(pairs) => Pattern::Map(
                pairs.iter().map(|(key, value)| (self.value(key), self.pattern(value))).collect(),
            ),
            ValueKind::Atom(_) | ValueKind::Int(_) | ValueKind::Text(_) => unreachable!("constants are done"),
        }
    }

    /// A pattern of a `receive`. What it compares with is computed before the process waits.
    pub fn message(&mut self, value: &Value) -> Pattern {
        let pattern = self.pattern(value);
        self.fixed(pattern)
    }

    /// Replaces what only the running process can read by a variable that is set beforehand.
    fn fixed(&mut self, pattern: Pattern) -> Pattern {
        match pattern {
            Pattern::Is(read @ (Expression::Shared(_) | Expression::SelfPid)) => {
                let name = format!("_{}", self.slots.len());
                let slot = self.slot(&name);
                let span = Span::default();
                self.push(OperationKind::Control(Control::Unbind(vec![slot])), span);
                self.touches_shared = matches!(read, Expression::Shared(_));
                self.push(bound_to(slot, read), span);
                Pattern::Is(Expression::Slot(slot))
            }
            Pattern::Tuple(parts) => Pattern::Tuple(parts.into_iter().map(|part| self.fixed(part)).collect()),
            Pattern::List(parts) => Pattern::List(parts.into_iter().map(|part| self.fixed(part)).collect()),
            other @ (Pattern::Any | Pattern::Is(_) | Pattern::Set(_) | Pattern::Map(_)) => other,
        }
    }

    pub fn bind(&mut self, name: Option<&Name>) -> Option<Pattern> {
        name.map(|name| Pattern::Set(self.slot(&name.text)))
    }

    pub fn target(&mut self, target: &Target) -> Expression {
        match target {
            Target::Name(name) => {
                let name = self.names.atoms.intern(&name.text);
                Expression::Constant(name.into())
            }
            Target::Variable(name) => self.variable(&name.text),
            Target::SelfPid(_) => Expression::SelfPid,
            Target::Via(via) => self.value(&via_value(via)),
            Target::AnyChild(supervisor) => Expression::Constant(self.any_child(supervisor)),
            Target::Remote(name, node) => {
                let (name, node) = (self.names.atoms.intern(&name.text), self.names.atoms.intern(&node.text));
                Expression::Constant(Term::tagged(name, node.into()))
            }
        }
    }

    /// Whom such a target means, and what whoever is not there is called by.
    fn any_child(&mut self, supervisor: &Name) -> Term {
        self.touches_shared = true;
        let nobody = self.names.atoms.intern(&format!("(any){}", supervisor.text));
        self.names.atoms.intern("(any)");
        Term::tuple([ANY_CHILD.into(), self.atom(supervisor).into(), nobody.into()])
    }

    pub fn duration(&mut self, duration: &Duration) -> Expression {
        match &duration.kind {
            DurationKind::Milliseconds(time) => milliseconds(*time),
            DurationKind::Infinity => Expression::Constant(Atom::INFINITY.into()),
            DurationKind::Variable(name) => self.variable(name),
        }
    }

    pub fn duration_or(&mut self, duration: Option<&Duration>, default: Expression) -> Expression {
        duration.map_or(default, |duration| self.duration(duration))
    }

    /// The name of what a line starts, if a registry is to keep it: it may depend on variables.
    pub fn registered_via(&mut self, registration: &Registration) -> Option<Expression> {
        match registration {
            Registration::Via(via) => Some(self.value(&via_value(via))),
            Registration::Variable(name) => Some(self.variable(&name.text)),
            Registration::Default | Registration::None(_) | Registration::Name(_) => None,
        }
    }
}

/// `$slot = Value`
fn bound_to(slot: Slot, value: Expression) -> OperationKind {
    OperationKind::Data(Data::Bind { variable: Some(Pattern::Is(Expression::Slot(slot))), value })
}

pub fn milliseconds(time: u64) -> Expression {
    Expression::Constant(Term::Int(i64::try_from(time).unwrap_or(i64::MAX)))
}

fn texts(names: &[Name]) -> Vec<String> {
    names.iter().map(|name| name.text.clone()).collect()
}
