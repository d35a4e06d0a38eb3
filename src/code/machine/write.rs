//! What is written to a device: it is told to whoever listens, unless the device is a process that the writer has been
//! given by somebody who wants to read it.

use crate::kernel::Atom;

use super::super::host::Action;
use super::super::load::{ASSEMBLED, Mfa};
use super::super::natives::Writes;
use super::super::term::Term;
use super::op::Tail;
use super::run::{Flow, Machine};

const IO: Atom = Atom::of("io");
const REQUEST: Atom = Atom::of("request");
const PUT_CHARS: Atom = Atom::of("put_chars");
const FORMAT: Atom = Atom::of("format");
const UNICODE: Atom = Atom::of("unicode");
const STANDARD_IO: Atom = Atom::of("standard_io");
const TELLS: Atom = Atom::of("tells");

impl Machine<'_, '_> {
    /// Goes on where the writing is done.
    pub(super) fn write(&mut self, writes: Writes, tail: Tail) -> Flow {
        let device = match writes {
            Writes::Plain | Writes::PlainNewLine => STANDARD_IO.into(),
            _ => self.x[0].clone(),
        };
        let [plain, first, second] = [0, 1, 2].map(|place| self.x[place].clone());
        let newline = || Term::list([Term::Int(10)]);
        let (function, arguments) = match (writes, self.reader(&device)) {
            (Writes::Plain, None) => (TELLS, vec![plain]),
            (Writes::Characters, None) => (TELLS, vec![first]),
            (Writes::Encoded, None) => (TELLS, vec![second]),
            (Writes::NewLine | Writes::PlainNewLine, None) => (TELLS, vec![newline()]),
            (Writes::Format, None) => (FORMAT, vec![first, second]),
            (Writes::Plain, Some(reader)) => (REQUEST, vec![reader, put([UNICODE.into(), plain])]),
            (Writes::Characters, Some(reader)) => (REQUEST, vec![reader, put([UNICODE.into(), first])]),
            (Writes::Encoded, Some(reader)) => (REQUEST, vec![reader, put([first, second])]),
            (Writes::NewLine | Writes::PlainNewLine, Some(reader)) => {
                (REQUEST, vec![reader, put([UNICODE.into(), newline()])])
            }
            (Writes::Format, Some(reader)) => {
                (REQUEST, vec![reader, Term::tuple([FORMAT.into(), first, second])])
            }
        };
        let module = if function == TELLS { self.code.atoms.intern(ASSEMBLED) } else { IO };
        let mfa = Mfa { module, function, arity: arguments.len() as u8 };
        let arity = arguments.len();
        self.place(arguments);
        self.call(mfa, self.code.find(module, function, mfa.arity), arity, tail)
    }

    /// The process that is asked to write to a device; none if that is told to whoever listens.
    fn reader(&mut self, device: &Term) -> Option<Term> {
        let host = self.host.as_deref_mut()?;
        let reader = host.reader();
        match device {
            Term::Pid(pid) => {
                let leads = host.act(Action::GroupLeader).is_ok_and(|leader| leader == *device);
                (reader == Some(*pid) || !leads).then(|| device.clone())
            }
            device => reader.filter(|_| device.is(STANDARD_IO)).map(Term::from),
        }
    }
}

fn put(what: [Term; 2]) -> Term {
    Term::tuple([PUT_CHARS.into()].into_iter().chain(what))
}
