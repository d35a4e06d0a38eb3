//! Carrying out an operation, and going on with what it has waited for: what each family does is in its file.

mod child_spec;
mod client;
mod control;
mod data;
mod dispatch;
mod function;
mod message;
mod network;
mod process;
mod registry;
mod relation;
mod returns;
mod supervisor;
mod task;

pub use client::counted;

use crate::otp::{Cue, Raise};

use super::super::language::{Operation, OperationKind};
use super::execution::{Execution, LastResult};
use super::frame::{Flow, Performed};
use super::{Script, ScriptContext};

impl Execution {
    /// Carries an operation out, or begins to.
    pub(super) fn perform(&mut self, operation: &Operation, context: &mut ScriptContext<'_>) -> Performed {
        match &operation.kind {
            OperationKind::Control(said) => self.perform_control(said, context),
            OperationKind::Callbacks(said) => self.perform_callbacks(said, context),
            OperationKind::Messages(said) => self.perform_messages(said, context),
            OperationKind::Processes(said) => self.perform_processes(said, context),
            OperationKind::Relations(said) => self.perform_relations(said, context),
            OperationKind::Tasks(said) => self.perform_tasks(said, context),
            OperationKind::Supervisors(said) => self.perform_supervisors(said, context),
            OperationKind::Registries(said) => self.perform_registries(said, context),
            OperationKind::Network(said) => self.perform_network(said, context),
            OperationKind::Data(said) => self.perform_data(said, context),
            OperationKind::Clients(said) => self.perform_clients(said, operation.span, context),
        }
    }

    /// Goes on with what an operation has waited for.
    pub(super) fn finish(
        &mut self,
        operation: &Operation,
        cue: Cue<Script>,
        context: &mut ScriptContext<'_>,
    ) -> Flow {
        let finished = match (&operation.kind, cue) {
            (OperationKind::Control(said), cue) => self.finish_control(said, cue, context),
            (OperationKind::Registries(said), Cue::Called(answer)) => {
                self.finish_registries(said, answer, context)
            }
            (_, Cue::Called(Err(reason))) => {
                self.asked = None;
                Err(Raise::Exit(reason))
            }
            (OperationKind::Network(_), Cue::Called(Ok(answer))) => Ok(self.done(answer)),
            (OperationKind::Messages(said), cue) => self.finish_messages(said, cue, operation.span, context),
            (OperationKind::Processes(said), cue) => self.finish_processes(said, cue, context),
            (OperationKind::Tasks(said), cue) => self.finish_tasks(said, cue, context),
            (OperationKind::Supervisors(said), cue) => self.finish_supervisors(said, cue, context),
            (OperationKind::Clients(said), cue) => self.finish_clients(said, cue, operation.span, context),
            (
                kind @ (OperationKind::Callbacks(_)
                | OperationKind::Relations(_)
                | OperationKind::Registries(_)
                | OperationKind::Network(_)
                | OperationKind::Data(_)),
                cue,
            ) => unreachable!("{kind:?} does not wait for {cue:?}"),
        };
        self.caught(finished, operation, context)
    }

    /// What cannot be carried out ends the process, unless the next step expects that.
    pub(super) fn caught(
        &mut self,
        done: Performed,
        operation: &Operation,
        context: &mut ScriptContext<'_>,
    ) -> Flow {
        match done {
            Ok(flow) => flow,
            // Nobody could look at such a term: nothing goes on.
            Err(Raise::Error(term)) if !term.is_bounded() => {
                context.has_made_too_large_a_term();
                Flow::Preempt
            }
            Err(Raise::Exit(reason)) => self.exited(operation, reason, context),
            Err(raise) => {
                let term = match raise {
                    Raise::Error(term) => term,
                    other => other.reason(),
                };
                if operation.catch.raise {
                    self.result = LastResult::Raise(term);
                    return Flow::Next;
                }
                Flow::Raise(Raise::Error(term))
            }
        }
    }
}
