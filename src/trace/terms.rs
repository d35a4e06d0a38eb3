//! Terms as people read them, in the notation of Erlang or of Elixir.

use std::fmt::Write;

use crate::kernel::{Atom, Atoms, Pid, Ref, Term};
use crate::otp::CALL_TIMEOUT_MS;

use super::names::{Directory, looks_like_a_module};
use super::visible::{is_visible, visible};

/// Whose notation terms are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Notation {
    /// As Erlang writes terms: `{error, noproc}`
    Erlang,
    /// As Elixir writes terms: `{:error, :noproc}`
    Elixir,
}

impl Notation {
    /// Elixir's if anybody is called as its modules are, else Erlang's.
    pub fn fitting(directory: &Directory) -> Self {
        if directory.has_modules() { Notation::Elixir } else { Notation::Erlang }
    }
}

/// All that is needed to write a term down.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// The texts of atoms.
    pub atoms: &'a Atoms,
    /// The names of processes.
    pub directory: &'a Directory,
    /// In whose notation.
    pub notation: Notation,
}

/// Beyond this depth a term is elided.
const DEPTH_MAX: usize = 64;

/// When so many terms of one have been written down, the rest is counted.
const SHOWN_MAX: usize = 2_000;

/// A term as far as it is written, and how many more terms may be.
struct Page {
    text: String,
    left: usize,
}

impl Page {
    fn blank() -> Page {
        Page { text: String::new(), left: SHOWN_MAX }
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }
}

impl<'a> Names<'a> {
    /// The name of a process.
    pub fn pid(&self, pid: Pid) -> &'a str {
        self.directory.name(pid)
    }

    /// A reference by its maker: `#Ref<test 1>`.
    pub fn reference(&self, reference: Ref) -> String {
        match self.directory.reference(reference) {
            Some((maker, nth)) => format!("#Ref<{} {nth}>", self.pid(maker)),
            None => "#Ref<>".to_owned(),
        }
    }

    /// An atom as it is written.
    pub fn atom(&self, atom: Atom) -> String {
        let text = self.atoms.text(atom);
        match self.notation {
            _ if atom == Atom::STACKTRACE => "[...]".to_owned(),
            Notation::Erlang if is_word(text) => text.to_owned(),
            // What is registered with `global` is written as one names it.
            _ if text
                .strip_prefix("{global, ")
                .and_then(|name| name.strip_suffix('}'))
                .is_some_and(is_word) =>
            {
                text.to_owned()
            }
            Notation::Erlang => quoted(text, '\''),
            Notation::Elixir if looks_like_a_module(self.module(text)) => self.module(text).to_owned(),
            Notation::Elixir if [Atom::TRUE, Atom::FALSE, Atom::NIL].contains(&atom) => text.to_owned(),
            Notation::Elixir if is_elixir_word(text) => format!(":{text}"),
            Notation::Elixir => format!(":{}", quoted(text, '"')),
        }
    }

    /// A term. Of one that is very large or deep, a part, and how much has been left out.
    pub fn term(&self, term: &Term) -> String {
        let mut page = Page::blank();
        self.write(term, 0, &mut page);
        page.text
    }

    /// The terms of a tuple or list, without its brackets.
    pub fn terms(&self, terms: &[Term]) -> String {
        let mut page = Page::blank();
        self.row(terms, 0, &mut page);
        page.text
    }

    /// A child id: an atom as it is, without a colon or quotes; anything else as a term.
    pub fn id(&self, id: &Term) -> String {
        match id {
            Term::Atom(atom) => visible(self.atoms.text(*atom)).into_owned(),
            other => self.term(other),
        }
    }

    fn write(&self, term: &Term, depth: usize, page: &mut Page) {
        if depth > DEPTH_MAX || term.size() == u32::MAX {
            return page.push("...");
        }
        page.left = page.left.saturating_sub(1);
        match term {
            Term::Atom(atom) => page.push(&self.atom(*atom)),
            Term::Int(number) => page.push(&number.to_string()),
            Term::Text(string) => page.push(&quoted(string, '"')),
            Term::Pid(pid) => write!(page.text, "<{}>", self.pid(*pid)).expect("a string takes anything"),
            Term::Ref(reference) => page.push(&self.reference(*reference)),
            Term::Tuple(terms, _) if let Some(text) = self.other_kind(terms) => page.push(&text),
            Term::Tuple(terms, _) => {
                page.push("{");
                match (self.notation, &**terms) {
                    // `GenServer.call` exits with its own name.
                    (Notation::Elixir, [module, rest @ ..])
                        if module.is(Atom::GEN_SERVER) && matches!(rest, [Term::Atom(_), Term::List(..)]) =>
                    {
                        page.push("GenServer, ");
                        match rest {
                            [call, Term::List(arguments, _)] if call.is(Atom::CALL) => {
                                let arguments = Term::list(with_default(arguments));
                                self.row(&[call.clone(), arguments], depth + 1, page);
                            }
                            _ => self.row(rest, depth + 1, page),
                        }
                    }
                    _ => self.row(terms, depth + 1, page),
                }
                page.push("}");
            }
            Term::List(terms, _) if let Some(text) = self.stacktrace(terms) => page.push(&text),
            Term::List(terms, _) => {
                page.push("[");
                match self.keywords(terms) {
                    Some(pairs) => self.pairs(&pairs, depth + 1, page),
                    None => self.row(terms, depth + 1, page),
                }
                page.push("]");
            }
            // The struct of a task is a handle, as a reference is.
            Term::Map(..) if term.field(Atom::STRUCT).is_some_and(|name| name.is(Atom::TASK)) => {
                let task = term.field(Atom::PID).and_then(Term::as_pid);
                page.push(&format!("#Task<{}>", task.map_or("nobody", |task| self.pid(task))));
            }
            Term::Map(pairs, _) => {
                let kind = match term.field(Atom::STRUCT) {
                    Some(Term::Atom(kind)) if self.notation == Notation::Elixir => Some(*kind),
                    _ => None,
                };
                match (self.notation, kind) {
                    (Notation::Erlang, _) => page.push("#{"),
                    (Notation::Elixir, None) => page.push("%{"),
                    (Notation::Elixir, Some(kind)) => page.push(&format!("%{}{{", self.atom(kind))),
                }
                let shown = pairs.iter().filter(|(key, _)| kind.is_none() || !key.is(Atom::STRUCT));
                let pairs = Term::by_key(shown.map(|(key, value)| (key, value)), self.atoms);
                self.pairs(&pairs, depth + 1, page);
                page.push("}");
            }
        }
    }

    fn row(&self, terms: &[Term], depth: usize, page: &mut Page) {
        for (nth, term) in terms.iter().enumerate() {
            if !comes_next(nth, terms.len(), page) {
                return;
            }
            self.write(term, depth, page);
        }
    }

    fn pairs(&self, pairs: &[(&Term, &Term)], depth: usize, page: &mut Page) {
        let short = self.notation == Notation::Elixir && pairs.iter().all(|(key, _)| self.is_key(key));
        for (nth, (key, value)) in pairs.iter().enumerate() {
            if !comes_next(nth, pairs.len(), page) {
                return;
            }
            match key {
                Term::Atom(atom) if short => {
                    page.push(self.atoms.text(*atom));
                    page.push(": ");
                }
                key => {
                    self.write(key, depth, page);
                    page.push(" => ");
                }
            }
            self.write(value, depth, page);
        }
    }

    /// Elixir writes a list of pairs with plain atoms as keys as `[a: 1]`.
    fn keywords<'t>(&self, terms: &'t [Term]) -> Option<Vec<(&'t Term, &'t Term)>> {
        if self.notation != Notation::Elixir || terms.is_empty() {
            return None;
        }
        terms
            .iter()
            .map(|term| match term.as_tuple() {
                Some([key, value]) if self.is_key(key) => Some((key, value)),
                _ => None,
            })
            .collect()
    }

    fn is_key(&self, term: &Term) -> bool {
        term.as_atom().is_some_and(|atom| is_elixir_word(self.atoms.text(atom)))
    }
}

/// Whether the next of a row is written; if there is no room for it, how many there are.
fn comes_next(nth: usize, all: usize, page: &mut Page) -> bool {
    if nth > 0 {
        page.push(", ");
    }
    let room = page.left > 0;
    if !room {
        write!(page.text, "... {} more", all - nth).expect("a string takes anything");
    }
    room
}

/// An atom that Erlang writes without quotes.
fn is_word(text: &str) -> bool {
    const RESERVED: &[&str] = &[
        "after", "and", "andalso", "band", "begin", "bnot", "bor", "bsl", "bsr", "bxor", "case", "catch",
        "cond", "div", "end", "fun", "if", "let", "maybe", "not", "of", "or", "orelse", "receive", "rem",
        "try", "when", "xor",
    ];
    text.starts_with(|letter: char| letter.is_ascii_lowercase())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '@')
        && !RESERVED.contains(&text)
}

/// The arguments of a `GenServer.call`: it names its default timeout when it fails, which `gen_server:call/2` does not.
pub(super) fn with_default(arguments: &[Term]) -> Vec<Term> {
    let mut arguments = arguments.to_vec();
    if arguments.len() == 2 {
        arguments.push(Term::Int(CALL_TIMEOUT_MS.cast_signed()));
    }
    arguments
}

/// An atom that Elixir writes without quotes.
fn is_elixir_word(text: &str) -> bool {
    let body = text.strip_suffix(['?', '!']).unwrap_or(text);
    body.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
        && body.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '@')
        && !looks_like_a_module(text)
}

fn quoted(text: &str, quote: char) -> String {
    let mut quoted = String::from(quote);
    for letter in text.chars() {
        match letter {
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            letter if letter == quote || letter == '\\' => {
                quoted.push('\\');
                quoted.push(letter);
            }
            letter if !is_visible(letter) => {
                write!(quoted, "\\x{{{:x}}}", u32::from(letter)).expect("a string takes anything");
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push(quote);
    quoted
}
