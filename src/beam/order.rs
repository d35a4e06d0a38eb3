//! The orders that a file asks for, heard of either side's run.
//!
//! Whoever stands for the runtime is nobody that a file could name, so what it does and what is sent to it counts on
//! neither side.

use crate::kernel::{self, Atom};
use crate::scenario::ast::{Deed, MessageKind};
use crate::scenario::{Occurred, Occurrence, Orders};

use super::story::Story;
use super::term::Term;

/// What happens on the real Erlang.
pub(super) enum Heard {
    Started,
    Ended(Term),
    Logged(String, Term),
    Message { deed: Deed, kind: MessageKind, content: Term, other: Term },
}

/// A process does something that an order may speak of.
pub(super) fn hear(orders: &mut Orders<'_>, story: &Story, key: &str, heard: Heard) {
    let Some(who) = story.label(key) else { return };
    let what = match heard {
        Heard::Started => Occurred::Started,
        Heard::Ended(reason) => Occurred::Ended { reason: told(&reason) },
        Heard::Logged(text, values) => Occurred::Logged { text: text.into(), values: told(&values) },
        Heard::Message { deed, kind, content, other } => {
            let other = match other {
                Term::Pid(key) => match (story.label(&key), deed) {
                    (Some(label), _) => Some(Atom::of(label)),
                    (None, Deed::Sent) => return,
                    (None, Deed::Got) => None,
                },
                Term::Atom(name) => Some(Atom::of(&name)),
                _ => None,
            };
            Occurred::Message { deed, kind, content: told(&content), other }
        }
    };
    orders.hear(&Occurrence { who: Some(Atom::of(who)), what });
}

/// A term as patterns know it: what only one run can name is like nothing that a file can write.
fn told(term: &Term) -> kernel::Term {
    let all = |terms: &[Term]| terms.iter().map(told).collect::<Vec<_>>();
    match term {
        Term::Atom(text) => kernel::Term::Atom(Atom::of(text)),
        Term::Int(number) => kernel::Term::Int(*number),
        Term::Text(text) => kernel::Term::Text(text.as_str().into()),
        Term::Tuple(terms) => kernel::Term::tuple(all(terms)),
        Term::List(terms) => kernel::Term::list(all(terms)),
        Term::Map(pairs) => kernel::Term::map(pairs.iter().map(|(key, value)| (told(key), told(value)))),
        Term::Pid(_) | Term::Reference | Term::Opaque(_) => {
            kernel::Term::Atom(Atom::of("#nothing<that.has.a.name>"))
        }
    }
}
