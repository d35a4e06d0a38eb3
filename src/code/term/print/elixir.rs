//! Elixir's syntax.

use crate::code::term::{Float, Fun, Map, Term};
use crate::kernel::Atom;

use super::{Page, is_printable};

/// An atom: a module by its alias, any other with a colon, in quotes where it needs them.
pub(super) fn atom(name: &str) -> String {
    match name {
        "nil" | "true" | "false" => name.to_owned(),
        _ if alias(name).is_some() => alias(name).unwrap_or(name).to_owned(),
        _ if is_word(name) || OPERATORS.contains(&name) => format!(":{name}"),
        _ => format!(":{}", quoted(name, '"')),
    }
}

/// The operators that are atoms with nothing but a colon.
const OPERATORS: &[&str] = &[
    "!", "!=", "!==", "%", "%{}", "&", "&&", "&&&", "*", "**", "+", "++", "+++", "-", "--", "---", "->", ".",
    "..", "...", "..//", "/", "<", "<-", "<<>>", "<<<", "<<~", "<=", "<>", "<|>", "<~", "<~>", "=", "==",
    "===", "=>", "=~", ">", ">=", ">>>", "@", "^", "^^^", "{}", "|", "|>", "||", "|||", "~>", "~>>", "~~~",
    "\\\\", "::", "//",
];

/// `KV.Bucket` of `Elixir.KV.Bucket`, if that is what a module is called.
fn alias(name: &str) -> Option<&str> {
    if name == "Elixir" {
        return Some(name);
    }
    let alias = name.strip_prefix("Elixir.")?;
    let is_part = |part: &str| {
        part.starts_with(|letter: char| letter.is_ascii_uppercase())
            && part.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    alias.split('.').all(is_part).then_some(alias)
}

fn is_word(name: &str) -> bool {
    let body = name.strip_suffix(['?', '!']).unwrap_or(name);
    body.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
        && body.chars().all(|letter| letter.is_alphanumeric() || letter == '_' || letter == '@')
        && (name.len() == body.len() || !body.contains('@'))
}

fn quoted(text: &str, quote: char) -> String {
    let mut quoted = String::from(quote);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            _ if letter == quote || letter == '\\' => quoted.extend(['\\', letter]),
            '#' if letters.peek() == Some(&'{') => quoted.push_str("\\#"),
            _ if is_printable(letter) => quoted.push(letter),
            _ => match control(letter) {
                Some(name) => quoted.extend(['\\', name]),
                None if u32::from(letter) < 256 => quoted.push_str(&format!("\\x{:02X}", u32::from(letter))),
                None => quoted.push_str(&format!("\\x{{{:X}}}", u32::from(letter))),
            },
        }
    }
    quoted.push(quote);
    quoted
}

/// The letter that stands for a control character.
fn control(letter: char) -> Option<char> {
    let name = match letter {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '\u{7f}' => 'd',
        _ => return None,
    };
    Some(name)
}

/// A character of a text that is shown as a text.
fn is_text(letter: char) -> bool {
    is_printable(letter) || letter != '\0' && control(letter).is_some()
}

impl Page<'_> {
    pub(super) fn elixir(&mut self, term: &Term) {
        match term {
            Term::Nil => self.push("[]"),
            Term::Atom(atom) => self.push(&self.how.atom(*atom)),
            Term::Int(value) => self.push(&value.to_string()),
            Term::Big(value) => self.push(&value.to_string()),
            Term::Float(value) => self.push(&float(*value)),
            Term::Pid(pid) => self.push(&self.how.names.pid(*pid)),
            Term::Ref(reference) => self.push(&self.how.names.reference(*reference)),
            Term::Tuple(elements) => {
                self.push("{");
                self.row(&**elements, ", ");
                self.push("}");
            }
            Term::Cons(_) => self.elixir_list(term),
            Term::Map(map) => self.elixir_map(map),
            Term::Matcher(matcher) => self.elixir(&Term::Bits(matcher.tail())),
            Term::Bits(bits) => match term.as_binary().map(|bytes| String::from_utf8(bytes.into_owned())) {
                Some(Ok(text)) if text.chars().all(is_text) => self.push(&quoted(&text, '"')),
                _ => self.bits(bits, ", ", |value, size| format!("{value}::size({size})")),
            },
            Term::Fun(fun) => self.elixir_fun(fun),
        }
    }

    fn elixir_list(&mut self, list: &Term) {
        if let Some(text) = characters(list) {
            return self.push(&quoted(&text, '\''));
        }
        self.push("[");
        if let Some(pairs) = self.keywords(list) {
            self.elixir_pairs(&pairs);
            return self.push("]");
        }
        let mut items = list.items();
        self.row(items.by_ref(), ", ");
        if self.left.is_some() && !matches!(items.tail(), Term::Nil) {
            self.push(" | ");
            self.term(items.tail());
        }
        self.push("]");
    }

    /// The pairs of a list of which each has an atom first that is no module.
    fn keywords<'t>(&self, list: &'t Term) -> Option<Vec<(&'t Term, &'t Term)>> {
        let pair = |term: &'t Term| match term.as_tuple() {
            Some([key, value]) if self.key(key).is_some() => Some((key, value)),
            _ => None,
        };
        let mut items = list.items();
        let pairs: Option<Vec<_>> = items.by_ref().map(pair).collect();
        pairs.filter(|_| matches!(items.tail(), Term::Nil))
    }

    fn elixir_map(&mut self, map: &Map) {
        let pairs = map.in_order(self.how.atoms);
        let module = map.get(&Term::Atom(Atom::STRUCT)).and_then(Term::as_atom);
        match module.map(|module| self.how.atom(module)) {
            Some(name) if name.starts_with(|letter: char| letter.is_ascii_uppercase()) => {
                self.push(&format!("%{name}{{"));
                let fields: Vec<_> = pairs.into_iter().filter(|(key, _)| !key.is(Atom::STRUCT)).collect();
                self.elixir_pairs(&fields);
            }
            _ => {
                self.push("%{");
                self.elixir_pairs(&pairs);
            }
        }
        self.push("}");
    }

    fn elixir_pairs(&mut self, pairs: &[(&Term, &Term)]) {
        let short = pairs.iter().all(|(key, _)| self.key(key).is_some());
        for (nth, (key, value)) in pairs.iter().enumerate() {
            if self.left.is_none() {
                return;
            }
            if nth > 0 {
                self.push(", ");
            }
            match self.key(key) {
                Some(key) if short => self.push(&key),
                _ => {
                    self.term(key);
                    self.push(" => ");
                }
            }
            self.term(value);
        }
    }

    /// `key: ` of an atom that is no module.
    fn key(&self, term: &Term) -> Option<String> {
        let name = self.how.atoms.text(term.as_atom()?);
        if name.starts_with("Elixir.") {
            return None;
        }
        let is_plain =
            is_word(name) && name != "Elixir" || OPERATORS.contains(&name) && !["..", "::"].contains(&name);
        Some(if is_plain { format!("{name}: ") } else { format!("{}: ", quoted(name, '"')) })
    }

    fn elixir_fun(&mut self, fun: &Fun) {
        let module_name = |module: Atom| self.how.atom(module);
        let text = match fun {
            Fun::External { module, function, arity } => {
                let name = self.how.atoms.text(*function);
                let name = if is_word(name) || OPERATORS.contains(&name) {
                    name.to_owned()
                } else {
                    quoted(name, '"')
                };
                format!("&{}.{name}/{arity}", module_name(*module))
            }
            Fun::Local { module, index, arity, .. } => {
                let digest = self.how.names.digest(*module, *index).map(|digest| format!(".{digest}"));
                format!(
                    "#Function<{index}{}/{arity} in {}>",
                    digest.unwrap_or_default(),
                    module_name(*module)
                )
            }
        };
        self.push(&text);
    }
}

/// Whole floats are written without an exponent for as long as they can be counted.
fn float(value: Float) -> String {
    match value.value().abs() {
        size if (1.0..1.0e16).contains(&size) && size.fract() == 0.0 => format!("{:.1}", value.value()),
        _ => value.shortest(),
    }
}

/// The text of a list of characters that are ASCII and can all be shown.
fn characters(list: &Term) -> Option<String> {
    let letter = |term: &Term| {
        let code = u8::try_from(term.as_int()?).ok().map(char::from)?;
        Some(code).filter(|letter| letter.is_ascii() && *letter != '\u{7f}' && is_text(*letter))
    };
    let mut items = list.items();
    let text: Option<String> = items.by_ref().map(letter).collect();
    text.filter(|_| matches!(items.tail(), Term::Nil))
}
