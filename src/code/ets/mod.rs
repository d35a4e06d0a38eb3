//! Tables: module `ets`, for what is written in the emulator. The rest of that module is Erlang and stays so.
//!
//! The rows of an `ordered_set` are in Erlang's order of their keys. Those of the other types have an order too, which
//! is always the same, or follows from a number, and tells nothing: the real one's follows from a hash that programs must not rely on. Within a
//! key of a bag the order is the real one.
//!
//! Tables know the pids that own them and nothing else of processes: who has died is told to them.

mod change;
mod counter;
mod expression;
mod info;
mod lookup;
mod match_spec;
pub mod natives;
mod rows;
mod select;

use std::cmp::Ordering;
use std::sync::Arc;

use rpds::RedBlackTreeMapSync;

use crate::kernel::{Atom, Atoms, Fingerprint, Pid, Ref};

use super::natives::Answer;
use super::raise::Raise;
use super::term::Term;
use rows::{Place, Row, Rows};

pub use match_spec::MatchSpec;
pub use natives::{MATCH_SPEC_TEST, MATCH_SPECS, TABLE};

/// All tables. A copy shares them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tables {
    tables: RedBlackTreeMapSync<Ref, Arc<Table>>,
    names: RedBlackTreeMapSync<Atom, Ref>,
}

/// A native on tables: what it does for a process.
pub type Native = fn(&mut Tables, Pid, &[Term], &Atoms) -> Answer;

/// A native by name and arity, and whether it leaves all tables as they are.
#[derive(Clone, Copy, Debug)]
pub struct TableRow {
    /// The name that it has.
    pub name: &'static str,
    /// How many arguments it takes.
    pub arity: usize,
    /// Whether it only reads.
    pub reads: bool,
    /// What it does.
    pub run: Native,
}

/// A table that goes to another process, which is told so: `{'ETS-TRANSFER', Table, From, Data}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Who has it now.
    pub to: Pid,
    /// The message that it gets.
    pub message: Term,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Table {
    id: Ref,
    name: Atom,
    named: bool,
    kind: Kind,
    protection: Protection,
    /// Where the key is in a row, from 0.
    key: usize,
    owner: Pid,
    heir: Option<(Pid, Term)>,
    options: Vec<(Atom, Term)>,
    /// Who has fixed it, and how often.
    fixed: Vec<(Pid, u32)>,
    rows: Rows,
    /// What the order of its rows is made of, if that means nothing and is not to be relied on.
    shuffle: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Set,
    OrderedSet,
    Bag,
    DuplicateBag,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Protection {
    Public,
    Protected,
    Private,
}

const NONE: Atom = Atom::of("none");

impl Tables {
    /// `ets:new(Name, Options)`. The reference is what an unnamed table is called by, and a named one too if somebody
    /// asks for it.
    ///
    /// # Errors
    ///
    /// When there is such an option not, or such a name already.
    pub fn create(&mut self, me: Pid, reference: Ref, args: &[Term], shuffle: u64, atoms: &Atoms) -> Answer {
        let name = args[0].as_atom().ok_or_else(Raise::badarg)?;
        let mut table = Table {
            id: reference,
            name,
            named: false,
            kind: Kind::Set,
            protection: Protection::Protected,
            key: 0,
            owner: me,
            heir: None,
            options: Vec::new(),
            fixed: Vec::new(),
            rows: Rows::default(),
            shuffle,
        };
        for option in args[1].as_list().ok_or_else(Raise::badarg)? {
            table.set(&option, atoms)?;
        }
        if table.named {
            if self.names.contains_key(&name) {
                return Err(Raise::badarg());
            }
            self.names.insert_mut(name, reference);
        }
        let id = table.id();
        self.tables.insert_mut(reference, Arc::new(table));
        Ok(id)
    }

    /// `ets:give_away(Table, Pid, Data)`. Whether the receiver lives is for the caller to know.
    ///
    /// # Errors
    ///
    /// When the table is not one's own, or is given to its owner.
    pub fn give_away(&mut self, me: Pid, args: &[Term]) -> Result<Transfer, Raise> {
        let to = args[1].as_pid().filter(|to| *to != me).ok_or_else(Raise::badarg)?;
        let table = self.own(&args[0], me)?;
        table.owner = to;
        Ok(Transfer { to, message: transfer(table.id(), me, args[2].clone()) })
    }

    /// Whether the end of a process means something to a table.
    pub fn concern(&self, pid: Pid) -> bool {
        self.tables.values().any(|table| table.concerns(pid))
    }

    /// What becomes of the tables of a process that has died: they go to their heirs, as far as these live, or go.
    pub fn owner_died(&mut self, owner: Pid, lives: &dyn Fn(Pid) -> bool) -> Vec<Transfer> {
        let concerned = self.tables.values().filter(|table| table.concerns(owner));
        let ids: Vec<Ref> = concerned.map(|table| table.id).collect();
        let mut transfers = Vec::new();
        for id in ids {
            let Some(table) = self.tables.get_mut(&id).map(Arc::make_mut) else { continue };
            table.fixed.retain(|(pid, _)| *pid != owner);
            if table.owner != owner {
                continue;
            }
            match table.heir.take().filter(|(heir, _)| *heir != owner && lives(*heir)) {
                Some((heir, data)) => {
                    table.owner = heir;
                    let message = transfer(table.id(), owner, data);
                    transfers.push(Transfer { to: heir, message });
                }
                None => self.drop_table(id),
            }
        }
        transfers
    }

    /// The identifiers of all tables: `ets:all()`.
    pub fn all(&self) -> Vec<Term> {
        self.tables.values().map(|table| table.id()).collect()
    }

    /// Whether there is a table of this name.
    pub fn is_named(&self, name: Atom) -> bool {
        self.names.contains_key(&name)
    }

    /// The second element of the row of a named table with this key.
    pub fn value(&self, name: Atom, key: &Term, atoms: &Atoms) -> Option<Term> {
        self.find(&name.into())?.first_of(key, atoms)?.get(1).cloned()
    }

    /// How many tables a process owns, which is what it leaves behind.
    pub fn owned_by(&self, owner: Pid) -> usize {
        self.tables.values().filter(|table| table.owner == owner).count()
    }

    fn find(&self, id: &Term) -> Option<&Table> {
        let reference = match id {
            Term::Ref(reference) => reference,
            Term::Atom(name) => self.names.get(name)?,
            _ => return None,
        };
        self.tables.get(reference).map(|table| &**table)
    }

    fn readable(&self, id: &Term, me: Pid) -> Result<&Table, Raise> {
        let may = |table: &&Table| table.protection != Protection::Private || table.owner == me;
        self.find(id).filter(may).ok_or_else(Raise::badarg)
    }

    fn writable(&mut self, id: &Term, me: Pid) -> Result<&mut Table, Raise> {
        let may = |table: &&Table| table.protection == Protection::Public || table.owner == me;
        let id = self.find(id).filter(may).ok_or_else(Raise::badarg)?.id;
        self.change(id)
    }

    /// A table that only its owner may change: its options and its fate.
    fn own(&mut self, id: &Term, me: Pid) -> Result<&mut Table, Raise> {
        let id = self.find(id).filter(|table| table.owner == me).ok_or_else(Raise::badarg)?.id;
        self.change(id)
    }

    fn change(&mut self, id: Ref) -> Result<&mut Table, Raise> {
        self.tables.get_mut(&id).map(Arc::make_mut).ok_or_else(Raise::badarg)
    }

    fn drop_table(&mut self, id: Ref) {
        let named = self.tables.get(&id).filter(|table| table.named).map(|table| table.name);
        self.tables.remove_mut(&id);
        if let Some(name) = named {
            self.names.remove_mut(&name);
        }
    }
}

fn transfer(id: Term, from: Pid, data: Term) -> Term {
    Term::tuple([Atom::of("ETS-TRANSFER").into(), id, from.into(), data])
}

impl Table {
    /// Whether a process owns it, or has fixed it.
    fn concerns(&self, pid: Pid) -> bool {
        self.owner == pid || self.fixed.iter().any(|(fixes, _)| *fixes == pid)
    }

    /// What it is called by.
    fn id(&self) -> Term {
        if self.named { self.name.into() } else { self.id.into() }
    }

    /// One option of `ets:new/2`.
    fn set(&mut self, option: &Term, atoms: &Atoms) -> Result<(), Raise> {
        let (name, values) = match option {
            Term::Atom(name) => (*name, &[][..]),
            Term::Tuple(terms) => match &**terms {
                [Term::Atom(name), values @ ..] => (*name, values),
                _ => return Err(Raise::badarg()),
            },
            _ => return Err(Raise::badarg()),
        };
        match (atoms.text(name), values) {
            ("set", []) => self.kind = Kind::Set,
            ("ordered_set", []) => self.kind = Kind::OrderedSet,
            ("bag", []) => self.kind = Kind::Bag,
            ("duplicate_bag", []) => self.kind = Kind::DuplicateBag,
            ("public", []) => self.protection = Protection::Public,
            ("protected", []) => self.protection = Protection::Protected,
            ("private", []) => self.protection = Protection::Private,
            ("named_table", []) => self.named = true,
            ("compressed", []) => self.remember(name, true.into()),
            ("keypos", [Term::Int(place @ 1..)]) => self.key = *place as usize - 1,
            ("heir", values) => self.set_heir(values)?,
            ("write_concurrency", [value]) if value.is(Atom::of("auto")) => {
                self.remember(name, value.clone())
            }
            ("read_concurrency" | "write_concurrency" | "decentralized_counters", [value])
                if value.is(Atom::TRUE) || value.is(Atom::FALSE) =>
            {
                self.remember(name, value.clone());
            }
            _ => return Err(Raise::badarg()),
        }
        Ok(())
    }

    fn set_heir(&mut self, values: &[Term]) -> Result<(), Raise> {
        self.heir = match values {
            [Term::Pid(heir), data] => Some((*heir, data.clone())),
            [Term::Atom(NONE)] => None,
            _ => return Err(Raise::badarg()),
        };
        Ok(())
    }

    /// An option that changes nothing here, but can be asked for.
    fn remember(&mut self, name: Atom, value: Term) {
        self.options.retain(|(other, _)| *other != name);
        self.options.push((name, value));
    }

    fn is_bag(&self) -> bool {
        matches!(self.kind, Kind::Bag | Kind::DuplicateBag)
    }

    /// How two keys are to each other.
    fn order(&self, left: &Term, right: &Term, atoms: &Atoms) -> Ordering {
        match self.kind {
            Kind::OrderedSet => left.compare(right, atoms),
            _ if self.shuffle == 0 => left.cmp(right),
            _ => {
                let place = |key: &Term| Fingerprint::of(&(self.shuffle, key));
                place(left).cmp(&place(right)).then_with(|| left.cmp(right))
            }
        }
    }

    fn key_of<'a>(&self, row: &'a Row) -> &'a Term {
        &row[self.key]
    }

    /// Where the first row of a key is, or would be.
    fn lower(&self, key: &Term, atoms: &Atoms) -> Place {
        self.rows.lower(|row| self.order(self.key_of(row), key, atoms))
    }

    /// The place behind the last row of a key.
    fn upper(&self, key: &Term, atoms: &Atoms) -> Place {
        self.rows.upper(|row| self.order(self.key_of(row), key, atoms))
    }

    /// The row at a place, if it has the key.
    fn at(&self, place: Place, key: &Term, atoms: &Atoms) -> Option<&Row> {
        self.rows.get(place).filter(|row| self.order(self.key_of(row), key, atoms).is_eq())
    }

    /// The first row of a key.
    fn first_of(&self, key: &Term, atoms: &Atoms) -> Option<&Row> {
        self.at(self.lower(key, atoms), key, atoms)
    }

    /// All rows of a key, in the order in which they came.
    fn rows_of(&self, key: &Term, atoms: &Atoms) -> Vec<Row> {
        match self.kind {
            Kind::Set | Kind::OrderedSet => self.first_of(key, atoms).cloned().into_iter().collect(),
            _ => self.rows.between(self.lower(key, atoms), self.upper(key, atoms)),
        }
    }
}
