//! A program on its way: the operations that statements are lowered to, one behind the other.

use super::super::ast::{Block, Span};
use super::super::language::effects::Effects;
use super::super::language::{Catch, Clients, Control, Data, Operation, OperationKind};
use super::expression::{Address, Expression, Pattern, Slot};
use super::names::Numbering;
use super::resolver::Resolver;

/// Lowers the statements of one definition.
#[derive(Debug)]
pub struct Compiler<'a> {
    pub resolver: Resolver<'a>,
    pub operations: Vec<Operation>,
    pub catch: Catch,
}

impl<'a> Compiler<'a> {
    /// Nothing is lowered yet.
    pub fn new(names: &'a mut Numbering) -> Self {
        Compiler { resolver: Resolver::new(names), operations: Vec::new(), catch: Catch::default() }
    }

    pub fn here(&self) -> Address {
        Address::try_from(self.operations.len()).expect("a file of a megabyte has fewer statements")
    }

    pub fn push(&mut self, kind: OperationKind, span: Span) -> usize {
        let catch = std::mem::take(&mut self.catch);
        let touches_shared = std::mem::take(&mut self.resolver.touches_shared);
        for before in std::mem::take(&mut self.resolver.beforehand) {
            let reads_shared = matches!(before.value, Expression::Shared(_));
            let unbind = OperationKind::Control(Control::Unbind(vec![before.slot]));
            self.add(unbind, Catch::default(), before.touches_shared, Span::default());
            self.add(bound_to(before.slot, before.value), Catch::default(), reads_shared, Span::default());
        }
        self.add(kind, catch, touches_shared, span)
    }

    fn add(&mut self, kind: OperationKind, catch: Catch, touches_shared: bool, span: Span) -> usize {
        let mut effects = kind.effects();
        if touches_shared {
            effects = Effects { sees: true, noticed: true, ..effects };
        }
        if self.resolver.names.in_order
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
        let before = self.resolver.seen.clone();
        let place = self.push(OperationKind::Control(Control::Unbind(Vec::new())), span);
        self.block(body);
        let fresh = self.resolver.seen.difference(&before).copied().collect();
        self.operations[place].kind = OperationKind::Control(Control::Unbind(fresh));
    }
}

/// `$slot = Value`
fn bound_to(slot: Slot, value: Expression) -> OperationKind {
    OperationKind::Data(Data::Bind { variable: Some(Pattern::Is(Expression::Slot(slot))), value })
}
