//! Which functions of `ets` scripts can call.

use crate::code::ets::{TABLE, TableRow};
use crate::kernel::Term;

/// A function of `ets` that a script can call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EtsFunction {
    name: &'static str,
    arity: usize,
}

/// Those that are not written in the emulator, or touch processes.
const OTHERS: [(&str, usize, bool); 4] =
    [("new", 2, false), ("give_away", 3, false), ("tab2list", 1, true), ("delete_all_objects", 1, false)];

impl EtsFunction {
    /// That of this name and arity.
    pub(super) fn of(name: &'static str, arity: usize) -> Self {
        EtsFunction { name, arity }
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        let native = TABLE.iter().filter(|row| !row.name.starts_with("internal_"));
        let native = native.map(|row| EtsFunction { name: row.name, arity: row.arity });
        native.chain(OTHERS.iter().map(|(name, arity, _)| EtsFunction { name, arity: *arity }))
    }

    /// What Erlang calls it.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// How many arguments it takes.
    pub fn arity(self) -> usize {
        self.arity
    }

    /// Whether it leaves all tables as they are.
    pub fn reads(self) -> bool {
        let others = OTHERS.iter().map(|(name, arity, reads)| (*name, *arity, *reads));
        let mut all = others.chain(TABLE.iter().map(|row| (row.name, row.arity, row.reads)));
        all.any(|row| row == (self.name, self.arity, true))
    }

    /// The key that it is about, if it is about one.
    pub fn key(self, arguments: &[Term]) -> Option<Term> {
        match self.name {
            "insert" | "insert_new" | "delete_object" => match arguments.get(1)? {
                Term::Tuple(parts, _) => parts.first().cloned(),
                _ => None,
            },
            "delete" | "lookup" | "lookup_element" | "member" | "take" | "update_counter"
            | "update_element" => arguments.get(1).cloned(),
            _ => None,
        }
    }

    /// The native, if it is one.
    pub(super) fn row(self) -> Option<&'static TableRow> {
        TABLE.iter().find(|row| (row.name, row.arity) == (self.name, self.arity))
    }
}
