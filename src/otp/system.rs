//! `sys`: what a suspended process hears, and what it answers to a request that it cannot carry out.

use crate::kernel::{Atom, Context, Received, Term};

use super::actor::{Actor, Birth};
use super::call;
use super::guest::Guest;
use super::message::{From, Message, Request, SystemRequest};
use super::supervisor::InitResult;

/// Whether a suspended process takes this message: a system message, or the end of its parent
/// (`sys:suspend_loop/6`, OTP 25).
pub(super) fn accepts<G: Guest>(birth: &Birth, message: &Received<Message<G>>) -> bool {
    match message {
        Received::Message(Message::Call { request: Request::System(_), .. } | Message::Terminate { .. }) => {
            true
        }
        Received::Exit { from, .. } => birth.is_parent(*from),
        Received::Message(_) | Received::Down { .. } => false,
    }
}

/// `sys:handle_system_msg/8` (OTP 25): answers, and says whether the process is suspended from then on; none if the
/// change of its code, which is this, has ruined it.
pub(super) fn answer<G: Guest>(
    (from, request): (From, SystemRequest<G>),
    suspended: bool,
    context: &mut Context<'_, Actor<G>>,
    change: impl FnOnce(InitResult<G::Start>, &mut Context<'_, Actor<G>>) -> Option<Term>,
) -> Option<bool> {
    let (answer, stays) = match request {
        SystemRequest::Suspend => (Some(Atom::OK.into()), true),
        SystemRequest::Resume => (Some(Atom::OK.into()), false),
        SystemRequest::ChangeCode(_) if !suspended => (Some(unknown(&request)), false),
        SystemRequest::ChangeCode(result) => (change(*result, context), true),
    };
    let ruined = answer.is_none();
    call::reply(from, answer.unwrap_or(Atom::OK.into()), context);
    (!ruined).then_some(stays)
}

/// `{error, {unknown_system_msg, Request}}`.
fn unknown<G: Guest>(request: &SystemRequest<G>) -> Term {
    Term::tagged(Atom::ERROR, Term::tagged(Atom::UNKNOWN_SYSTEM_MSG, request.function().into()))
}
