//! What a table says of itself, and the little that can be changed of it.

use crate::kernel::{Atom, Atoms, Pid};

use super::super::natives::Answer;
use super::super::raise::Raise;
use super::super::term::Term;
use super::{Kind, Protection, Table, Tables};

/// What `ets:info/1` tells, in its order.
const ITEMS: [&str; 15] = [
    "id",
    "decentralized_counters",
    "read_concurrency",
    "write_concurrency",
    "compressed",
    "memory",
    "owner",
    "heir",
    "name",
    "size",
    "node",
    "named_table",
    "type",
    "keypos",
    "protection",
];

/// How many words an empty table is said to take, and a row beside its elements. Nobody's real memory.
const WORDS_EMPTY: usize = 305;
const WORDS_ROW: usize = 5;

impl Table {
    fn item(&self, item: &str, atoms: &Atoms) -> Option<Term> {
        let name = |name: &str| Term::Atom(atoms.intern(name));
        let option = |item: &str| {
            let known = self.options.iter().find(|(option, _)| *option == Atom::of(item));
            known.map_or(false.into(), |(_, value)| value.clone())
        };
        Some(match item {
            "id" => self.id.into(),
            "decentralized_counters" | "read_concurrency" | "write_concurrency" | "compressed" => {
                option(item)
            }
            "memory" => {
                let words: usize = self.rows.iter().map(|row| row.len() + WORDS_ROW).sum();
                Term::Int((WORDS_EMPTY + words) as i64)
            }
            "owner" => self.owner.into(),
            "heir" => self.heir.as_ref().map_or_else(|| name("none"), |(heir, _)| (*heir).into()),
            "name" => self.name.into(),
            "size" => Term::Int(self.rows.len() as i64),
            "node" => atoms.node(self.owner.node()).into(),
            "named_table" => self.named.into(),
            "type" => name(match self.kind {
                Kind::Set => "set",
                Kind::OrderedSet => "ordered_set",
                Kind::Bag => "bag",
                Kind::DuplicateBag => "duplicate_bag",
            }),
            "keypos" => Term::Int(self.key as i64 + 1),
            "protection" => name(match self.protection {
                Protection::Public => "public",
                Protection::Protected => "protected",
                Protection::Private => "private",
            }),
            "fixed" => (!self.fixed.is_empty()).into(),
            "safe_fixed" | "safe_fixed_monotonic_time" if self.fixed.is_empty() => false.into(),
            // When it was fixed is not kept.
            "safe_fixed" | "safe_fixed_monotonic_time" => {
                let by = self
                    .fixed
                    .iter()
                    .map(|(pid, times)| Term::tuple([Term::from(*pid), Term::Int(i64::from(*times))]));
                let zero = Term::Int(0);
                let since = match item {
                    "safe_fixed" => Term::tuple([zero.clone(), zero.clone(), zero]),
                    _ => zero,
                };
                Term::tuple([since, Term::list(by)])
            }
            "binary" => Term::Nil,
            _ => return None,
        })
    }
}

/// A table to be asked about: none if there is none any more, which is no error.
fn asked<'a>(tables: &'a Tables, id: &Term) -> Result<Option<&'a Table>, Raise> {
    match id {
        Term::Ref(_) | Term::Atom(_) => Ok(tables.find(id)),
        _ => Err(Raise::badarg()),
    }
}

pub(super) fn info_1(tables: &mut Tables, _: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let Some(table) = asked(tables, &args[0])? else { return Ok(Atom::UNDEFINED.into()) };
    let items = ITEMS
        .iter()
        .filter_map(|item| Some(Term::tuple([Term::Atom(atoms.intern(item)), table.item(item, atoms)?])));
    Ok(Term::list(items.collect::<Vec<Term>>()))
}

pub(super) fn info_2(tables: &mut Tables, _: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let item = args[1].as_atom().ok_or_else(Raise::badarg)?;
    let Some(table) = asked(tables, &args[0])? else { return Ok(Atom::UNDEFINED.into()) };
    table.item(atoms.text(item), atoms).ok_or_else(Raise::badarg)
}

pub(super) fn rename(tables: &mut Tables, me: Pid, args: &[Term], _: &Atoms) -> Answer {
    let name = args[1].as_atom().ok_or_else(Raise::badarg)?;
    let (id, old, named) = {
        let table = tables.writable(&args[0], me)?;
        (table.id, table.name, table.named)
    };
    if named {
        if tables.names.contains_key(&name) {
            return Err(Raise::badarg());
        }
        tables.names.remove_mut(&old);
        tables.names.insert_mut(name, id);
    }
    tables.change(id)?.name = name;
    Ok(name.into())
}

pub(super) fn whereis(tables: &mut Tables, _: Pid, args: &[Term], _: &Atoms) -> Answer {
    let name = args[0].as_atom().ok_or_else(Raise::badarg)?;
    Ok(tables.names.get(&name).map_or(Atom::UNDEFINED.into(), |id| (*id).into()))
}

/// The heir and the protection can be set anew.
pub(super) fn setopts(tables: &mut Tables, me: Pid, args: &[Term], atoms: &Atoms) -> Answer {
    let options = match &args[1] {
        Term::Tuple(_) => vec![args[1].clone()],
        list => list.as_list().ok_or_else(Raise::badarg)?,
    };
    let table = tables.own(&args[0], me)?;
    let mut changed = table.clone();
    for option in options {
        match option.as_tuple() {
            Some([Term::Atom(name), values @ ..]) if atoms.text(*name) == "heir" => {
                changed.set_heir(values)?
            }
            Some([Term::Atom(name), Term::Atom(value)]) if atoms.text(*name) == "protection" => {
                changed.protection = match atoms.text(*value) {
                    "public" => Protection::Public,
                    "protected" => Protection::Protected,
                    "private" => Protection::Private,
                    _ => return Err(Raise::badarg()),
                };
            }
            _ => return Err(Raise::badarg()),
        }
    }
    *table = changed;
    Ok(true.into())
}
