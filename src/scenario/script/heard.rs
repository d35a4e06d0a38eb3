//! What a script hears, as Erlang writes it.

use crate::kernel::{Atom, Object, Pid, Received, Ref, Term};
use crate::otp::{Info, Message};

use super::Script;
use super::execution::Execution;

impl Execution {
    /// A message in a plain process's mailbox, as Erlang writes it.
    pub(super) fn message_term(&self, message: &Received<Message<Script>>) -> Term {
        match message {
            Received::Exit { from, reason } => exit_term(*from, reason),
            Received::Down { reference, object, reason } => self.down_term(*reference, *object, reason),
            Received::Message(message) => message.term(),
        }
    }

    /// What `handle_info/2` gets; none stands for `timeout`.
    pub(super) fn info_term(&self, info: &Info) -> Option<Term> {
        Some(match info {
            Info::Timeout => return None,
            Info::Message(term) | Info::AtOnce(term) => term.clone(),
            Info::Exit { from, reason } => exit_term(*from, reason),
            Info::Down { reference, object, reason } => self.down_term(*reference, *object, reason),
        })
    }

    fn down_term(&self, reference: Ref, object: Object, reason: &Term) -> Term {
        let object = match object {
            Object::Pid(pid) => pid.into(),
            Object::Name(name, node) => Term::tagged(name, node.into()),
        };
        let tag = self.tags.iter().find(|(tagged, _)| *tagged == reference).map(|(_, tag)| tag.clone());
        let tag = tag.unwrap_or(Atom::DOWN.into());
        Term::tuple([tag, reference.into(), Atom::PROCESS.into(), object, reason.clone()])
    }
}

fn exit_term(from: Pid, reason: &Term) -> Term {
    Term::tuple([Atom::EXIT.into(), from.into(), reason.clone()])
}
