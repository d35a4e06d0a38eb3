//! A scripted state machine between two handlers: where it goes on, and what OTP is told in the end.

use crate::kernel::{Atom, Received, Ref, Term};
use crate::otp::{self, Message, Raise, Return, Step, Then};

use super::execution::Execution;
use super::machine::{Clock, Happened};
use super::program::Program;
use super::{Script, ScriptContext};

/// The timers of the running process.
struct Timers<'a, 'c>(&'a mut ScriptContext<'c>);

impl Clock for Timers<'_, '_> {
    fn start(&mut self, after: u64, kind: &Term) -> Ref {
        let (reference, me) = (self.0.make_ref(), self.0.pid());
        let message = Term::tuple([Atom::TIMEOUT.into(), reference.into(), kind.clone()]);
        self.0.start_timer(reference, after, me.into(), Message::Info(message));
        reference
    }

    fn cancel(&mut self, reference: Ref) {
        if self.0.cancel_timer(reference).is_some() {
            return;
        }
        let is_late = |message: &Received<Message<Script>>| match message {
            Received::Message(Message::Info(term)) => match term.as_tuple() {
                Some([Term::Atom(Atom::TIMEOUT), Term::Ref(late), _]) => *late == reference,
                _ => false,
            },
            _ => false,
        };
        self.0.receive_now(is_late);
    }
}

impl Execution {
    /// What waits in it, if it is a state machine.
    pub fn of_machine(&self, visitor: &mut dyn FnMut(&Term)) {
        if let Some(machine) = &self.machine {
            machine.visit(visitor);
        }
    }

    /// The machine has started in its first state: that is entered, and then what `init` has asked for takes effect.
    pub(super) fn arrive(
        &mut self,
        definition: &Program,
        context: &mut ScriptContext<'_>,
    ) -> Result<(), Step<Script>> {
        self.forget_callback(definition);
        if self.finds_entry(definition, context) {
            return Ok(());
        }
        Err(Step::Return(Return::Ok(Then::Wait)))
    }

    /// An event begins: where its handler is. One without a handler is a missing clause.
    pub(super) fn begin(
        &mut self,
        event: Happened,
        definition: &Program,
        context: &mut ScriptContext<'_>,
    ) -> Result<(), Step<Script>> {
        self.forget_callback(definition);
        let state = self.phase;
        self.machine.get_or_insert_default().begins(event.clone(), state);
        match self.finds(&event, definition, context) {
            true => Ok(()),
            false => Err(Step::Raise(Raise::Error(Atom::FUNCTION_CLAUSE.into()))),
        }
    }

    /// A handler of a machine has returned: what it has asked for, and where the next handler begins. What OTP is told
    /// in the end comes as an error.
    pub(super) fn turned(
        &mut self,
        returned: Return,
        definition: &Program,
        context: &mut ScriptContext<'_>,
    ) -> Result<(), Step<Script>> {
        let machine = self.machine.get_or_insert_default();
        let (reply, stop) = match returned {
            Return::Ok(_) => (None, None),
            Return::Reply(reply, _) => (Some(reply), None),
            Return::StopReply(reason, reply) => (Some(reply), Some(reason)),
            Return::Stop(reason) => (None, Some(reason)),
            other @ (Return::Ignore | Return::Error(_) | Return::Bad(_)) => return Err(Step::Return(other)),
        };
        if let (Some(reply), Some(from)) = (reply, machine.asker()) {
            otp::reply(from, reply, context);
        }
        if let Some(reason) = stop {
            return Err(Step::Return(Return::Stop(reason)));
        }
        if !machine.started {
            machine.started = true;
            machine.starts(self.phase);
            return Err(Step::Return(Return::Ok(Then::Continue(Atom::OK.into()))));
        }
        if !machine.entering && machine.has_changed(self.phase) && self.finds_entry(definition, context) {
            return Ok(());
        }
        let state = self.phase;
        let machine = self.machine.get_or_insert_default();
        machine.entering = false;
        machine.turns(state, &mut Timers(context));
        match self.machine.get_or_insert_default().next() {
            Some(event) => self.begin(event, definition, context),
            None => Err(Step::Return(Return::Ok(Then::Wait))),
        }
    }

    /// Where the state that it is in is entered, if it says so.
    fn finds_entry(&mut self, definition: &Program, context: &mut ScriptContext<'_>) -> bool {
        self.forget_callback(definition);
        let found = self.finds(&Happened::Entered, definition, context);
        self.machine.get_or_insert_default().entering = found;
        found
    }
}
