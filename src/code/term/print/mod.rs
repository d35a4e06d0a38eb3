//! Terms as text, as Erlang or Elixir would write them on one line.
//!
//! What belongs to a run, pids and references, is written by whoever knows their names.

mod elixir;
mod erlang;

use crate::kernel::{Atom, Atoms, Pid, Ref};

use super::Term;
use crate::code::bits::Bits;

/// In whose syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// `io_lib:format("~0tp", [Term])`: lists of characters and binaries of text are shown as such.
    Erlang,
    /// `io_lib:format("~tw", [Term])`: lists and binaries are lists and binaries.
    ErlangPlain,
    /// `inspect(term)` without any limit.
    Elixir,
}

/// How what belongs to a run is written.
pub trait Names {
    /// A pid, with its brackets.
    fn pid(&self, pid: Pid) -> String;

    /// A reference, with its brackets.
    fn reference(&self, reference: Ref) -> String;

    /// The digest of a function that a module has no name for, if it is known.
    fn digest(&self, _module: Atom, _index: u32) -> Option<u32> {
        None
    }
}

/// How terms are to be written.
#[derive(Clone, Copy)]
pub struct Printer<'a> {
    /// In whose syntax.
    pub syntax: Syntax,
    /// The names of atoms.
    pub atoms: &'a Atoms,
    /// The names of what belongs to a run.
    pub names: &'a dyn Names,
    /// How many characters there may be; what is longer is cut off, and ends in an ellipsis.
    pub limit: usize,
}

/// Terms within terms, beyond which there is an ellipsis.
const DEPTH_MAX: usize = 200;

impl Printer<'_> {
    /// The term as text.
    pub fn print(&self, term: &Term) -> String {
        let mut page = Page { text: String::new(), left: Some(self.limit), depth: 0, how: self };
        page.term(term);
        page.text
    }

    /// An atom as text.
    pub fn atom(&self, atom: Atom) -> String {
        let name = self.atoms.text(atom);
        match self.syntax {
            Syntax::Elixir => elixir::atom(name),
            Syntax::Erlang | Syntax::ErlangPlain => erlang::atom(name),
        }
    }
}

/// The text so far.
struct Page<'a> {
    text: String,
    /// How many more characters it may have; none once it has been cut off.
    left: Option<usize>,
    depth: usize,
    how: &'a Printer<'a>,
}

impl Page<'_> {
    fn term(&mut self, term: &Term) {
        if self.left.is_none() {
            return;
        }
        if self.depth == DEPTH_MAX {
            return self.push("...");
        }
        self.depth += 1;
        match self.how.syntax {
            Syntax::Elixir => self.elixir(term),
            Syntax::Erlang | Syntax::ErlangPlain => self.erlang(term),
        }
        self.depth -= 1;
    }

    fn push(&mut self, text: &str) {
        let Some(left) = self.left else { return };
        match text.char_indices().nth(left) {
            None => {
                self.left = Some(left - text.chars().count());
                self.text.push_str(text);
            }
            Some((end, _)) => {
                self.left = None;
                self.text.push_str(&text[..end]);
                // The ellipsis takes the place of the last character that fits.
                self.text.pop();
                self.text.push('…');
            }
        }
    }

    /// Terms with something between them.
    fn row<'t>(&mut self, terms: impl IntoIterator<Item = &'t Term>, between: &str) {
        for (nth, term) in terms.into_iter().enumerate() {
            if self.left.is_none() {
                return;
            }
            if nth > 0 {
                self.push(between);
            }
            self.term(term);
        }
    }

    /// The bytes of a bit string, and the bits that are left, in front of `size` and behind it.
    fn bits(&mut self, bits: &Bits, between: &str, rest: impl Fn(u8, usize) -> String) {
        self.push("<<");
        for at in (0..bits.len()).step_by(8) {
            if self.left.is_none() {
                return;
            }
            if at > 0 {
                self.push(between);
            }
            match bits.len() - at {
                few @ 1..8 => self.push(&rest(bits.byte(at) >> (8 - few), few)),
                _ => self.push(&bits.byte(at).to_string()),
            }
        }
        self.push(">>");
    }
}

/// A character that is written as it is, whatever the language.
fn is_printable(letter: char) -> bool {
    matches!(letter, ' '..='~' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::{Names, Printer, Syntax};
    use crate::code::term::{Fun, Map, Term};
    use crate::kernel::{Atom, Atoms, Pid, Ref};

    struct Nobody;

    impl Names for Nobody {
        fn pid(&self, _: Pid) -> String {
            "<nobody>".into()
        }

        fn reference(&self, _: Ref) -> String {
            "#Ref<none>".into()
        }

        fn digest(&self, _: Atom, index: u32) -> Option<u32> {
            (index == 0).then_some(17)
        }
    }

    fn printed(term: &Term, syntax: Syntax, limit: usize, atoms: &Atoms) -> String {
        Printer { syntax, atoms, names: &Nobody, limit }.print(term)
    }

    #[test]
    fn what_is_too_long_ends_in_an_ellipsis() {
        let atoms = Atoms::default();
        let list = Term::list((100..1_000_000).map(Term::Int));
        for (limit, text) in [(0, "…"), (1, "…"), (2, "[…"), (10, "[100,101,…"), (11, "[100,101,1…")]
        {
            assert_eq!(printed(&list, Syntax::Erlang, limit, &atoms), text);
        }
        let pair = Term::tuple([Term::Int(1), Term::Int(2)]);
        assert_eq!(printed(&pair, Syntax::Erlang, 5, &atoms), "{1,2}");
        assert_eq!(printed(&pair, Syntax::Erlang, 4, &atoms), "{1,…");
    }

    #[test]
    fn what_is_too_deep_is_left_out() {
        let atoms = Atoms::default();
        let deep = (0..10_000).fold(Term::Nil, |inner, _| Term::tuple([inner]));
        let text = printed(&deep, Syntax::Elixir, usize::MAX, &atoms);
        assert_eq!(text.matches('{').count(), super::DEPTH_MAX);
        assert!(text.contains("{...}"));
    }

    #[test]
    fn functions_and_structs_have_names() {
        let atoms = Atoms::default();
        let local = |index| {
            let module = atoms.intern("Elixir.KV.Bucket");
            Term::Fun(Fun::Local { module, index, arity: 2, free: [].into() }.into())
        };
        assert_eq!(printed(&local(0), Syntax::Elixir, 100, &atoms), "#Function<0.17/2 in KV.Bucket>");
        assert_eq!(printed(&local(0), Syntax::Erlang, 100, &atoms), "#Fun<'Elixir.KV.Bucket'.0.17>");
        assert_eq!(printed(&local(1), Syntax::Erlang, 100, &atoms), "#Fun<'Elixir.KV.Bucket'.1>");
        let bucket = [
            (Atom::STRUCT.into(), atoms.intern("Elixir.KV.Bucket").into()),
            (atoms.intern("items").into(), Term::list([Term::tuple([Atom::OK.into(), Term::Int(1)])])),
        ];
        let bucket = Term::Map(Map::of(bucket, &atoms));
        assert_eq!(printed(&bucket, Syntax::Elixir, 100, &atoms), "%KV.Bucket{items: [ok: 1]}");
    }
}
