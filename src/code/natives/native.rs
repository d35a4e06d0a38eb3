//! A function of the emulator, as code holds it that calls it: of which kind it is, and what is called.

use crate::code::ets;
use crate::code::host::Call;
use crate::code::machine::op::Label;
use crate::code::term::Term;

use super::answer::{Answer, Ordered, Pure};

/// A native that knows the process that calls it, or the world.
pub type Acts = fn(&mut Call<'_>, &[Term]) -> Answer;

/// A row of such natives.
pub type ActsRow = (&'static str, usize, Acts);

/// A function of the emulator.
#[derive(Clone, Copy, Debug)]
pub enum Native {
    /// A function of its arguments.
    Pure(Pure),
    /// A function of its arguments and of what makes orders that mean nothing.
    Ordered(Ordered),
    /// Concerns the process alone that calls it, or what never changes.
    Own(Acts),
    /// Others can notice it, or decide what it comes to.
    World(Acts),
    /// Reads or writes a table.
    Table(ets::Native),
    /// Goes on elsewhere, which only the machine can do.
    Control(Control),
}

/// A native that goes on elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// What Erlang writes as `apply(Fun, Arguments)`.
    Apply2,
    /// What Erlang writes as `apply(Module, Function, Arguments)`.
    Apply3,
    /// What Erlang writes as `hibernate(Module, Function, Arguments)`.
    Hibernate,
    /// What Erlang writes as `error(Reason, Arguments)`.
    ErrorWith,
    /// What module `file` asks its server to do, `call(Command, Arguments)`.
    Files,
    /// What module `io` writes to a device.
    Device(Writes),
    /// A function that this machine has in instructions of its own.
    Assembled(Label),
}

/// What is written to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    /// What Erlang writes as `put_chars(Device, Characters)`.
    Characters,
    /// `put_chars(Device, Encoding, Characters)`
    Encoded,
    /// `format(Device, Format, Arguments)`
    Format,
    /// What Erlang writes as `nl(Device)`.
    NewLine,
    /// What Erlang writes as `put_chars(Characters)`.
    Plain,
    /// What Erlang writes as `nl()`.
    PlainNewLine,
}
