//! The functions that the emulator is written in, by module: each file has a table of its own.

mod answer;
pub mod arithmetic;
mod atomics;
pub mod binary;
mod cut;
mod digest;
mod elixir;
pub mod external;
mod files;
pub mod floats;
mod global;
pub mod hash;
pub mod iodata;
mod lambda;
mod lists;
mod logs;
mod maps;
mod math;
mod native;
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
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::kernel::{Atom, Atoms};

use super::ets;
use super::load::{ASSEMBLED, Code, stand_ins};

pub use answer::{Answer, Ordered, OrderedRow, Pure, Row};
pub use native::{Acts, ActsRow, Control, Native, Writes};

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
];

/// What stands in for libraries that the emulator is linked with, and for a server of Elixir's. What is wrong is told in
/// other words than theirs.
pub const LIBRARIES: &[(&str, &[Row])] =
    &[("crypto", digest::TABLE), ("zlib", zlib::TABLE), ("elixir_config", elixir::CONFIG)];

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
    ("logger", logs::LOGGER),
    ("error_logger", logs::ERROR_LOGGER),
    ("Elixir.Logger", logs::ELIXIR_LOGGER),
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
    ("Elixir.ExUnit.CaptureLog", logs::CAPTURE_LOG),
    ("Elixir.ExUnit.CaptureServer", logs::CAPTURE_SERVER),
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

impl Code {
    /// The modules of these folders; of two with one name the first one is meant.
    ///
    /// # Errors
    ///
    /// When a folder cannot be read.
    pub fn of(folders: &[PathBuf], atoms: Atoms) -> std::io::Result<Code> {
        let mut code = Code::without_files(atoms);
        code.search(folders, &[])?;
        Ok(code)
    }

    /// No modules at all.
    pub fn without_files(atoms: Atoms) -> Code {
        Code::with(native, atoms)
    }
}

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
    for (module, rows) in MODULES.iter().chain(LIBRARIES) {
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
