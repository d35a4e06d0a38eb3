//! Terms that only compiled code makes: floats, functions, stack traces, structs. They are known by tags that no
//! program writes.

use crate::kernel::{Atom, Term};

use super::names::looks_like_a_module;
use super::terms::{Names, Notation};

impl Names<'_> {
    /// The text of a tuple that stands for another kind of term.
    pub(super) fn other_kind(&self, terms: &[Term]) -> Option<String> {
        let module = |module: &Atom| self.module(self.atoms.text(*module)).to_owned();
        Some(match terms {
            [Term::Atom(Atom::FLOAT_TAG), Term::Int(bits)] => format!("{:?}", f64::from_bits(*bits as u64)),
            [Term::Atom(Atom::BIG_TAG), Term::Text(digits)] => digits.to_string(),
            [Term::Atom(Atom::BITS_TAG), Term::List(bytes, _), Term::Int(len)] => {
                let bytes: Vec<String> = bytes.iter().map(|byte| self.term(byte)).collect();
                match len % 8 {
                    0 => format!("<<{}>>", bytes.join(", ")),
                    rest => format!("<<{}::{rest}>>", bytes.join(", ")),
                }
            }
            [Term::Atom(Atom::IMPROPER_TAG), Term::List(elements, _), tail] => {
                format!("[{} | {}]", self.terms(elements), self.term(tail))
            }
            [Term::Atom(Atom::FUN_TAG), Term::Atom(of), Term::Int(index), Term::Int(arity), _] => {
                match self.notation {
                    Notation::Elixir => format!("#Function<{index}/{arity} in {}>", module(of)),
                    Notation::Erlang => format!("#Fun<{}.{index}/{arity}>", module(of)),
                }
            }
            [Term::Atom(Atom::EXTERNAL_TAG), Term::Atom(of), Term::Atom(function), Term::Int(arity)] => {
                match self.notation {
                    Notation::Elixir => format!("&{}.{}/{arity}", module(of), self.atoms.text(*function)),
                    Notation::Erlang => format!("fun {}:{}/{arity}", module(of), self.atoms.text(*function)),
                }
            }
            _ => return None,
        })
    }

    /// A stack trace by the first of its places that has a file, as people look for it.
    pub(super) fn stacktrace(&self, terms: &[Term]) -> Option<String> {
        let is_entry = |term: &Term| {
            matches!(
                term.as_tuple(),
                Some([Term::Atom(_), Term::Atom(_), Term::Int(_) | Term::List(..), Term::List(..)])
            )
        };
        if terms.is_empty() || !terms.iter().all(is_entry) {
            return None;
        }
        let place = terms.iter().find_map(file_and_line);
        Some(place.map_or("[...]".to_owned(), |place| format!("[{place} ...]")))
    }

    /// A module as people of this notation call it.
    pub(super) fn module<'t>(&self, text: &'t str) -> &'t str {
        match (self.notation, text.strip_prefix("Elixir.")) {
            (Notation::Elixir, Some(name)) if looks_like_a_module(name) => name,
            _ => text,
        }
    }
}

/// Where an entry of a stack trace stands in the source, if it says so: `lib/kv/registry.ex:12`.
pub fn file_and_line(entry: &Term) -> Option<String> {
    let [_, _, _, Term::List(location, _)] = entry.as_tuple()? else { return None };
    let [file, line] = &location[..] else { return None };
    let ([_, Term::List(chars, _)], [_, Term::Int(line)]) = (file.as_tuple()?, line.as_tuple()?) else {
        return None;
    };
    let char = |term: &Term| match term {
        Term::Int(char) => char::from_u32(*char as u32),
        _ => None,
    };
    let file: String = chars.iter().filter_map(char).collect();
    Some(format!("{file}:{line}"))
}
