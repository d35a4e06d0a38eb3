//! Faults of the plan other than kills: a start or a `terminate` that goes wrong, a slow process, a message
//! that nobody has sent.
//!
//! The scheduler decides when a fault strikes. A message is there at once; the others take effect at the next
//! callback that they are about.

use crate::kernel::{Atom, Term};
use crate::otp::fault;
use crate::otp::{Callback, Step};

use super::super::language::Mishap;
use super::{Image, Note, Script, ScriptContext, SharedState, say};

/// A fault strikes: the message that it brings and for whom, or a note of it for the callback that it is about.
pub(super) fn strike(fault: u16, common: &mut SharedState, image: &Image) -> Option<(Atom, Term)> {
    if let Some(Mishap::Send { target, message }) = image.mishaps.get(usize::from(fault)) {
        return Some((*target, message.clone()));
    }
    common.struck.strike(fault);
    None
}

/// A process starts: as which of its id, from 1.
pub(super) fn count_start(context: &mut ScriptContext<'_>) -> u64 {
    let label = label(context);
    context.common_mut().struck.count_start(label)
}

/// What a callback does instead of its own, if a fault has struck that is about it.
pub(super) fn instead(callback: &Callback, context: &mut ScriptContext<'_>) -> Option<Step<Script>> {
    let wrong = fault::goes_wrong(callback, context)?;
    say(|| Note::Fault(wrong), context);
    Some(fault::step(wrong))
}

/// What keeps a process from beginning its callback, if a fault has struck that does.
pub(super) fn delay(context: &mut ScriptContext<'_>) -> Option<Step<Script>> {
    let wrong = fault::delay(context)?;
    say(|| Note::Fault(wrong), context);
    Some(fault::step(wrong))
}

pub(super) fn label(context: &ScriptContext<'_>) -> Atom {
    context.world().process(context.pid()).expect("it runs").label
}
