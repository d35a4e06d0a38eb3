//! Erlang's syntax.

use crate::code::term::{Fun, Map, Term};

use super::{Page, Syntax, is_printable};

/// An atom, in quotes where it needs them.
pub(super) fn atom(name: &str) -> String {
    if is_word(name) { name.to_owned() } else { quoted(name, '\'') }
}

/// The words that are not atoms without quotes (OTP 25).
const RESERVED: &[&str] = &[
    "after", "and", "andalso", "band", "begin", "bnot", "bor", "bsl", "bsr", "bxor", "case", "catch", "cond",
    "div", "end", "fun", "if", "let", "not", "of", "or", "orelse", "receive", "rem", "try", "when", "xor",
];

fn is_word(name: &str) -> bool {
    let small = |letter: char| matches!(letter, 'a'..='z' | 'ß'..='ÿ') && letter != '÷';
    let large = |letter: char| matches!(letter, 'A'..='Z' | 'À'..='Þ') && letter != '×';
    name.starts_with(small)
        && name
            .chars()
            .all(|letter| small(letter) || large(letter) || matches!(letter, '0'..='9' | '_' | '@'))
        && !RESERVED.contains(&name)
}

fn quoted(text: &str, quote: char) -> String {
    let mut quoted = String::from(quote);
    for letter in text.chars() {
        match letter {
            _ if letter == quote || letter == '\\' => quoted.extend(['\\', letter]),
            ' '..='~' | '\u{a0}'.. => quoted.push(letter),
            _ => match control(letter) {
                Some(name) => quoted.extend(['\\', name]),
                None => quoted.push_str(&format!("\\{:03o}", u32::from(letter))),
            },
        }
    }
    quoted.push(quote);
    quoted
}

/// The letter that stands for a control character.
fn control(letter: char) -> Option<char> {
    let name = match letter {
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\u{b}' => 'v',
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        '\u{1b}' => 'e',
        '\u{7f}' => 'd',
        _ => return None,
    };
    Some(name)
}

/// A character of a text that is shown as a text.
fn is_text(letter: char) -> bool {
    is_printable(letter) || letter != '\u{7f}' && control(letter).is_some()
}

impl Page<'_> {
    pub(super) fn erlang(&mut self, term: &Term) {
        match term {
            Term::Nil => self.push("[]"),
            Term::Atom(atom) => self.push(&self.how.atom(*atom)),
            Term::Int(value) => self.push(&value.to_string()),
            Term::Big(value) => self.push(&value.to_string()),
            Term::Float(value) => self.push(&value.shortest()),
            Term::Pid(pid) => self.push(&self.how.names.pid(*pid)),
            Term::Ref(reference) => self.push(&self.how.names.reference(*reference)),
            Term::Tuple(elements) => {
                self.push("{");
                self.row(&**elements, ",");
                self.push("}");
            }
            Term::Cons(_) => self.erlang_list(term),
            Term::Map(map) => self.erlang_map(map),
            Term::Matcher(matcher) => self.erlang(&Term::Bits(matcher.tail())),
            Term::Bits(bits) => match self.text_of(bits) {
                Some(text) => self.push(&text),
                None => self.bits(bits, ",", |value, size| format!("{value}:{size}")),
            },
            Term::Fun(fun) => self.erlang_fun(fun),
        }
    }

    fn erlang_list(&mut self, list: &Term) {
        if self.how.syntax == Syntax::Erlang
            && let Some(text) = characters(list)
        {
            return self.push(&quoted(&text, '"'));
        }
        self.push("[");
        let mut items = list.items();
        self.row(items.by_ref(), ",");
        if self.left.is_some() && !matches!(items.tail(), Term::Nil) {
            self.push("|");
            self.term(items.tail());
        }
        self.push("]");
    }

    fn erlang_map(&mut self, map: &Map) {
        self.push("#{");
        for (nth, (key, value)) in map.in_order(self.how.atoms).into_iter().enumerate() {
            if self.left.is_none() {
                return;
            }
            if nth > 0 {
                self.push(",");
            }
            self.term(key);
            self.push(" => ");
            self.term(value);
        }
        self.push("}");
    }

    /// A binary that is a text, in UTF-8 or else in Latin-1.
    fn text_of(&self, bits: &crate::code::bits::Bits) -> Option<String> {
        if self.how.syntax != Syntax::Erlang || bits.is_empty() || !bits.is_binary() {
            return None;
        }
        let bytes = bits.bytes();
        match std::str::from_utf8(&bytes) {
            Ok(text) if text.is_ascii() => {
                text.chars().all(is_text).then(|| format!("<<{}>>", quoted(text, '"')))
            }
            Ok(text) => text.chars().all(is_text).then(|| format!("<<{}/utf8>>", quoted(text, '"'))),
            Err(_) => {
                let text: String = bytes.iter().copied().map(char::from).collect();
                text.chars().all(is_text).then(|| format!("<<{}>>", quoted(&text, '"')))
            }
        }
    }

    fn erlang_fun(&mut self, fun: &Fun) {
        let text = match fun {
            Fun::External { module, function, arity } => {
                format!("fun {}:{}/{arity}", self.how.atom(*module), self.how.atom(*function))
            }
            Fun::Local { module, index, .. } => {
                let digest = self.how.names.digest(*module, *index).map(|digest| format!(".{digest}"));
                format!("#Fun<{}.{index}{}>", self.how.atom(*module), digest.unwrap_or_default())
            }
        };
        self.push(&text);
    }
}

/// The text of a list of characters that can all be shown.
fn characters(list: &Term) -> Option<String> {
    let letter = |term: &Term| {
        let code = u32::try_from(term.as_int()?).ok()?;
        char::from_u32(code).filter(|letter| is_text(*letter))
    };
    let mut items = list.items();
    let text: Option<String> = items.by_ref().map(letter).collect();
    text.filter(|_| matches!(items.tail(), Term::Nil))
}
