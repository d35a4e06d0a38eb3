//! Faults of the plan other than kills: a start that goes wrong, a `terminate` that hangs, a slow process.
//!
//! The scheduler decides when a fault strikes; it takes effect at the next callback that it is about.

use crate::kernel::{Atom, Context, Pid};
use crate::otp::{Actor, Block, Callback, Raise, Return, Step};

use super::super::ast::StartFault;
use super::Script;

/// A fault of the file, lowered.
#[derive(Clone, Debug, PartialEq)]
pub enum Strike {
    /// It is the kernel that kills, and that loses connections.
    Kernel,
    /// A start of this child goes wrong: the nth, or any.
    Start(StartFault, Atom, Option<u64>),
    /// The `terminate` of this process never returns.
    HangTerminate(Atom),
    /// The next callback of this process takes so many milliseconds longer.
    Slow(Atom, u64),
}

/// What a callback does instead of its own, if a fault has struck that is about it.
pub(super) fn instead(
    callback: &Callback<Script>,
    starts: u64,
    context: &mut Context<'_, Actor<Script>>,
) -> Option<Step<Script>> {
    if context.common().struck.iter().all(|struck| *struck == 0) {
        return None;
    }
    let label = label(context.pid(), context);
    let image = context.image();
    for (number, strike) in image.strikes().iter().enumerate() {
        if context.common().struck[number] == 0 {
            continue;
        }
        let step = match (strike, callback) {
            (Strike::Start(how, child, nth), Callback::Init) => {
                let meant = *child == label && nth.is_none_or(|nth| nth == starts);
                meant.then(|| failed_start(*how))
            }
            (Strike::HangTerminate(process), Callback::Terminate(_)) => {
                (*process == label).then_some(Step::Block(Block::Sleep(None)))
            }
            _ => None,
        };
        if step.is_some() {
            context.common_mut().struck[number] -= 1;
            return step;
        }
    }
    None
}

/// How long a fault keeps a process from beginning its callback, in milliseconds.
pub(super) fn delay(context: &mut Context<'_, Actor<Script>>) -> Option<u64> {
    if context.common().struck.iter().all(|struck| *struck == 0) {
        return None;
    }
    let label = label(context.pid(), context);
    let strikes = context.image().strikes().iter().enumerate();
    let found =
        strikes.filter(|(number, _)| context.common().struck[*number] > 0).find_map(|(number, strike)| {
            match strike {
                Strike::Slow(process, by) if *process == label => Some((number, *by)),
                _ => None,
            }
        });
    let (number, by) = found?;
    context.common_mut().struck[number] -= 1;
    Some(by)
}

fn label(pid: Pid, context: &Context<'_, Actor<Script>>) -> Atom {
    context.world().process(pid).expect("it runs").label
}

fn failed_start(how: StartFault) -> Step<Script> {
    match how {
        StartFault::Fail => Step::Return(Return::Stop(Atom::FAULT.into())),
        StartFault::Ignore => Step::Return(Return::Ignore),
        StartFault::Crash => Step::Raise(Raise::Error(Atom::FAULT.into())),
        StartFault::Hang => Step::Block(Block::Sleep(None)),
    }
}
