//! Faults of the plan other than kills: a start or a `terminate` that goes wrong, a slow process, a message
//! that nobody has sent.
//!
//! The scheduler decides when a fault strikes. A message is there at once; the others take effect at the next
//! callback that they are about.

use crate::kernel::{Atom, Term};
use crate::otp::{Block, Callback, Raise, Return, Step};

use super::super::ast::{StartFault, TerminateFault};
use super::super::language::{Lowered, Mishap};
use super::{Image, Note, Script, ScriptContext, SharedState, say};

/// What a fault does to a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Struck {
    /// `init` goes wrong.
    Start(StartFault),
    /// `terminate` goes wrong.
    Terminate(TerminateFault),
    /// It begins so many milliseconds later.
    Slow(u64),
}

/// A fault strikes: the message that it brings and for whom, or a note of it for the callback that it is about.
pub(super) fn strike(fault: u16, common: &mut SharedState, image: &Image) -> Option<(Atom, Term)> {
    let number = usize::from(fault);
    if let Some(Mishap::Send { target, message }) = image.mishaps.get(number) {
        return Some((*target, message.clone()));
    }
    if let Some(struck) = common.struck.get_mut(number) {
        *struck += 1;
    }
    None
}

/// A process starts: as which of its id, from 1.
pub(super) fn count_start(context: &mut ScriptContext<'_>) -> u64 {
    let label = label(context);
    let starts = context.common_mut().starts.entry(label).or_insert(0);
    *starts += 1;
    *starts
}

/// The same for one whose program cannot ask, so that worlds do not differ in what nobody asks for.
pub(super) fn count_start_if_asked(context: &mut ScriptContext<'_>) {
    let label = label(context);
    let asks = |mishap: &Mishap<Lowered>| matches!(mishap, Mishap::Start { child, nth: Some(_), .. } if *child == label);
    if context.image().mishaps.iter().any(asks) {
        count_start(context);
    }
}

/// What a callback does instead of its own, if a fault has struck that is about it.
pub(super) fn instead(callback: &Callback, context: &mut ScriptContext<'_>) -> Option<Step<Script>> {
    if matches!(callback, Callback::Terminate(_)) {
        count_stop(context);
    }
    if context.common().struck.iter().all(|struck| *struck == 0) {
        return None;
    }
    let label = label(context);
    let image = context.image();
    for (number, mishap) in image.mishaps.iter().enumerate() {
        if context.common().struck[number] == 0 {
            continue;
        }
        let struck = match (mishap, callback) {
            (Mishap::Start { how, child, nth }, Callback::Init) => {
                let starts = context.common().starts.get(&label).copied();
                let meant = *child == label && (nth.is_none() || *nth == starts);
                meant.then_some(Struck::Start(*how))
            }
            (Mishap::Terminate { how, child, nth }, Callback::Terminate(_)) => {
                let stops = context.common().stops.get(&label).copied();
                let meant = *child == label && (nth.is_none() || *nth == stops);
                meant.then_some(Struck::Terminate(*how))
            }
            _ => None,
        };
        if let Some(struck) = struck {
            context.common_mut().struck[number] -= 1;
            say(|| Note::Fault(struck), context);
            return Some(step(struck));
        }
    }
    None
}

/// How long a fault keeps a process from beginning its callback, in milliseconds.
pub(super) fn delay(context: &mut ScriptContext<'_>) -> Option<u64> {
    if context.common().struck.iter().all(|struck| *struck == 0) {
        return None;
    }
    let label = label(context);
    let mishaps = context.image().mishaps.iter().enumerate();
    let found =
        mishaps.filter(|(number, _)| context.common().struck[*number] > 0).find_map(|(number, mishap)| {
            match mishap {
                Mishap::Slow { process, by } if *process == label => Some((number, *by)),
                _ => None,
            }
        });
    let (number, by) = found?;
    context.common_mut().struck[number] -= 1;
    say(|| Note::Fault(Struck::Slow(by)), context);
    Some(by)
}

/// A process terminates: counted only if a fault asks as which of its id.
fn count_stop(context: &mut ScriptContext<'_>) {
    let label = label(context);
    let asks = |mishap: &Mishap<Lowered>| matches!(mishap, Mishap::Terminate { child, nth: Some(_), .. } if *child == label);
    if context.image().mishaps.iter().any(asks) {
        *context.common_mut().stops.entry(label).or_insert(0) += 1;
    }
}

pub(super) fn label(context: &ScriptContext<'_>) -> Atom {
    context.world().process(context.pid()).expect("it runs").label
}

fn step(struck: Struck) -> Step<Script> {
    match struck {
        Struck::Start(StartFault::Fail) => Step::Return(Return::Stop(Atom::FAULT.into())),
        Struck::Start(StartFault::Ignore) => Step::Return(Return::Ignore),
        Struck::Start(StartFault::Crash) | Struck::Terminate(TerminateFault::Crash) => {
            Step::Raise(Raise::Error(Atom::FAULT.into()))
        }
        Struck::Start(StartFault::Hang) | Struck::Terminate(TerminateFault::Hang) => {
            Step::Block(Block::Sleep(None))
        }
        Struck::Slow(by) => Step::Block(Block::Sleep(Some(by))),
    }
}
