//! `sys`: what a suspended process hears, and what it answers to a request that it cannot carry out.

use crate::kernel::{Atom, Received, Term};

use super::actor::Birth;
use super::guest::Guest;
use super::message::{Message, Request, SystemRequest};

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

/// `{error, {unknown_system_msg, Request}}`.
pub(super) fn unknown<G: Guest>(request: &SystemRequest<G>) -> Term {
    Term::tagged(Atom::ERROR, Term::tagged(Atom::UNKNOWN_SYSTEM_MSG, request.function().into()))
}
