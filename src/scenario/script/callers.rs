//! `$callers`: who has started a task, on whose behalf, and so on up. Elixir keeps it in the process dictionary
//! of every task, so that what belongs to a test or a request can be found from the tasks that work for it.

use crate::kernel::{Atom, Term};

use super::execution::Execution;
use super::start::Callers;
use super::{Script, ScriptContext};

impl Execution {
    /// Those of a task that this process starts (`task.ex`, `get_callers/1`).
    pub(super) fn callers_of_task(&self, context: &ScriptContext<'_>) -> Callers {
        let above = self.callers.as_deref().unwrap_or_default();
        context.goes_through(above.len());
        std::iter::once(context.pid()).chain(above.iter().copied()).collect()
    }

    /// What it finds in its dictionary.
    pub(super) fn callers_term(&self, context: &ScriptContext<'_>) -> Term {
        match &self.callers {
            Some(callers) if context.image().release().tasks_know_their_callers() => {
                Term::list(callers.iter().map(|caller| Term::from(*caller)))
            }
            Some(_) | None => Atom::NIL.into(),
        }
    }
}

impl Script {
    /// Has been started by these.
    pub(super) fn called_by(mut self, callers: Callers) -> Script {
        if let Script::Actor(frame) = &mut self {
            frame.callers = Some(callers);
        }
        self
    }
}
