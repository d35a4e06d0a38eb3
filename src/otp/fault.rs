//! Faults of callbacks: a start or a `terminate` that goes wrong, and a process that is slow.
//!
//! The scheduler decides when one strikes; it takes effect in the next callback that it is about. What is written in a
//! plan, and by whom, is no business of this file.

use crate::kernel::{Atom, Context};

use super::actor::Actor;
use super::guest::{Block, Callback, Guest, Return, Step};
use super::hooks::{Common, Image};
use super::raise::Raise;
pub use super::wrong::{CallbackFault, Struck, Wrong};

/// What the callback does instead of its own.
pub fn step<G: Guest>(wrong: Wrong) -> Step<G> {
    match wrong {
        Wrong::FailStart => Step::Return(Return::Stop(Atom::FAULT.into())),
        Wrong::IgnoreStart => Step::Return(Return::Ignore),
        Wrong::CrashStart | Wrong::CrashTerminate => Step::Raise(Raise::Error(Atom::FAULT.into())),
        Wrong::HangStart | Wrong::HangTerminate => Step::Block(Block::Sleep(None)),
        Wrong::Slow(by) => Step::Block(Block::Sleep(Some(by))),
    }
}

/// A process starts: counted only if a fault asks as which of its label, so that worlds do not differ in what nobody
/// asks for.
pub fn count_start_if_asked<G: Guest>(context: &mut Context<'_, Actor<G>>) {
    let label = label(context);
    let asks =
        |fault: &CallbackFault| fault.wrong.is_of_start() && fault.nth.is_some() && fault.process == label;
    if context.image().callback_faults().iter().flatten().any(asks)
        && let Some(struck) = context.common_mut().struck_mut()
    {
        struck.count_start(label);
    }
}

/// What goes wrong in this callback, if a fault has struck that is about it.
pub fn goes_wrong<G: Guest>(callback: &Callback, context: &mut Context<'_, Actor<G>>) -> Option<Wrong> {
    if matches!(callback, Callback::Terminate(_)) {
        count_stop(context);
    }
    if context.common().struck().is_none_or(Struck::is_quiet) {
        return None;
    }
    let (label, image) = (label(context), context.image());
    let counted = |count: Option<&u64>, nth: Option<u64>| nth.is_none() || nth == count.copied();
    context.common_mut().struck_mut()?.take(image.callback_faults(), |struck, fault| {
        let meant = match callback {
            Callback::Init => fault.wrong.is_of_start() && counted(struck.starts.get(&label), fault.nth),
            Callback::Terminate(_) => {
                fault.wrong.is_of_terminate() && counted(struck.stops.get(&label), fault.nth)
            }
            _ => false,
        };
        meant && fault.process == label
    })
}

/// For how long a fault keeps a process from beginning a callback, in milliseconds.
pub fn delay<G: Guest>(context: &mut Context<'_, Actor<G>>) -> Option<Wrong> {
    if context.common().struck().is_none_or(Struck::is_quiet) {
        return None;
    }
    let (label, image) = (label(context), context.image());
    context.common_mut().struck_mut()?.take(image.callback_faults(), |_, fault| {
        matches!(fault.wrong, Wrong::Slow(_)) && fault.process == label
    })
}

fn count_stop<G: Guest>(context: &mut Context<'_, Actor<G>>) {
    let label = label(context);
    let asks = |fault: &CallbackFault| {
        fault.wrong.is_of_terminate() && fault.nth.is_some() && fault.process == label
    };
    if context.image().callback_faults().iter().flatten().any(asks)
        && let Some(struck) = context.common_mut().struck_mut()
    {
        *struck.stops.entry(label).or_insert(0) += 1;
    }
}

fn label<G: Guest>(context: &Context<'_, Actor<G>>) -> Atom {
    context.world().process(context.pid()).expect("it runs").label
}
