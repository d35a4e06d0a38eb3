//! The functions that the emulator is written in, by module: each file has a table of its own.

pub mod arithmetic;
mod atomics;
pub mod binary;
mod cut;
mod digest;
pub mod external;
mod files;
pub mod floats;
mod global;
pub mod hash;
pub mod iodata;
mod lambda;
mod lists;
mod maps;
mod math;
pub mod operators;
mod own;
pub mod parts;
mod process;
pub mod re;
mod string;
mod table;
mod text;
mod time;
pub mod unicode;
mod zlib;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::kernel::{Atom, Atoms};

use super::ets;
use super::host::Call;
use super::load::{ASSEMBLED, stand_ins};
use super::machine::op::Label;
use super::raise::Raise;
use super::term::Term;

/// What a native comes to.
pub type Answer = Result<Term, Raise>;

/// A native that only computes.
pub type Pure = fn(&[Term], &Atoms) -> Answer;

/// The name of a function and how many arguments it takes, with what it does.
pub type Row = (&'static str, usize, Pure);

/// A native that knows the process that calls it, or the world.
pub type Acts = fn(&mut Call<'_>, &[Term]) -> Answer;

/// A row of such natives.
pub type ActsRow = (&'static str, usize, Acts);

/// A native that tells an order that means nothing: that order is made of a number.
pub type Ordered = fn(&[Term], &Atoms, u64) -> Answer;

/// A row of such natives.
pub type OrderedRow = (&'static str, usize, Ordered);

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

const DEVICES: &[(&str, usize, Writes)] = &[
    ("put_chars", 2, Writes::Characters),
    ("put_chars", 3, Writes::Encoded),
    ("format", 3, Writes::Format),
    ("fwrite", 3, Writes::Format),
    ("nl", 1, Writes::NewLine),
    ("put_chars", 1, Writes::Plain),
    ("nl", 0, Writes::PlainNewLine),
];

/// All that only compute, by module. What module `erlang` has is in several tables.
pub const MODULES: &[(&str, &[Row])] = &[
    ("erlang", arithmetic::TABLE),
    ("erlang", external::TABLE),
    ("erlang", floats::TABLE),
    ("erlang", hash::TABLE),
    ("erlang", iodata::TABLE),
    ("erlang", operators::TABLE),
    ("erlang", parts::TABLE),
    ("erlang", text::TABLE),
    ("erts_internal", maps::INTERNAL),
    ("lists", lists::TABLE),
    ("maps", maps::TABLE),
    ("math", math::TABLE),
    ("string", string::TABLE),
    ("binary", binary::TABLE),
    ("re", re::TABLE),
    ("unicode", unicode::TABLE),
    ("prim_file", files::NAMES),
    ("crypto", digest::TABLE),
    ("zlib", zlib::TABLE),
];

const OWN: &[(&str, &[ActsRow])] = &[
    ("erlang", own::TABLE),
    (ASSEMBLED, process::STARTED),
    (ASSEMBLED, cut::TELLS),
    ("erlang", lambda::TABLE),
    ("erlang", time::OWN),
    ("os", time::OS),
    ("erts_internal", time::UNITS),
    ("os", own::OS),
    ("crypto", own::CRYPTO),
    ("erts_internal", own::INTERNAL),
    ("code", lambda::CODE),
    ("code", cut::FILES),
    ("erl_prim_loader", cut::LOADER),
    ("init", cut::ARGUMENTS),
    ("logger", cut::LOGGER),
    ("error_logger", cut::ERROR_LOGGER),
    ("Elixir.Logger", cut::ELIXIR_LOGGER),
    ("file", cut::FILE),
    ("io", cut::IO),
    ("init", cut::INIT),
    ("net_kernel", cut::NODES),
    ("proc_lib", cut::PROC_LIB),
    ("prim_buffer", files::BUFFERS),
];

const WORLD: &[(&str, &[ActsRow])] = &[
    ("application_controller", cut::ENVIRONMENT),
    ("erlang", process::TABLE),
    ("erlang", time::WORLD),
    ("erlang", cut::HALT),
    ("init", cut::STOP),
    ("atomics", atomics::TABLE),
    ("erts_internal", atomics::COUNTERS),
    ("ets", table::TABLE),
    ("global", global::TABLE),
    ("persistent_term", own::PERSISTENT),
    ("prim_file", files::TABLE),
];

const ORDERED: &[(&str, &[OrderedRow])] = &[("maps", maps::ORDERED), ("erts_internal", maps::ITERATOR)];

const CONTROL: &[(&str, usize, Control)] = &[
    ("apply", 2, Control::Apply2),
    ("apply", 3, Control::Apply3),
    ("hibernate", 3, Control::Hibernate),
    ("error", 2, Control::ErrorWith),
    ("error", 3, Control::ErrorWith),
];

/// The native of this name, if there is one: it goes before a module's own function.
pub fn native(module: Atom, function: Atom, arity: u8) -> Option<Native> {
    static NATIVES: OnceLock<BTreeMap<(Atom, Atom, u8), Native>> = OnceLock::new();
    NATIVES.get_or_init(all).get(&(module, function, arity)).copied()
}

fn all() -> BTreeMap<(Atom, Atom, u8), Native> {
    let mut natives = BTreeMap::new();
    let mut add = |module: &str, function: &str, arity: usize, native: Native| {
        natives.insert((Atom::of(module), Atom::of(function), arity as u8), native);
    };
    for (module, rows) in MODULES {
        rows.iter().for_each(|(name, arity, run)| add(module, name, *arity, Native::Pure(*run)));
    }
    for (module, rows) in ORDERED {
        rows.iter().for_each(|(name, arity, run)| add(module, name, *arity, Native::Ordered(*run)));
    }
    for (module, rows) in OWN {
        rows.iter().for_each(|(name, arity, run)| add(module, name, *arity, Native::Own(*run)));
    }
    for (module, rows) in WORLD {
        rows.iter().for_each(|(name, arity, run)| add(module, name, *arity, Native::World(*run)));
    }
    for row in ets::natives::TABLE.iter().chain(ets::natives::MATCH_SPECS) {
        add("ets", row.name, row.arity, Native::Table(row.run));
    }
    let test = ets::natives::MATCH_SPEC_TEST;
    add("erlang", test.name, test.arity, Native::Table(test.run));
    for ((module, function, arity), label) in stand_ins() {
        add(module, function, usize::from(arity), Native::Control(Control::Assembled(label)));
    }
    CONTROL.iter().for_each(|(name, arity, of)| add("erlang", name, *arity, Native::Control(*of)));
    for (name, arity, writes) in DEVICES {
        add("io", name, *arity, Native::Control(Control::Device(*writes)));
    }
    add("file", "call", 2, Native::Control(Control::Files));
    natives
}
