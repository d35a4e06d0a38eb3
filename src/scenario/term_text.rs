//! Erlang terms in Erlang syntax: what `(term)"…"` holds.
//!
//! Tuples, lists, maps, atoms, integers, strings, `self()`, and for our sake `$name` and `_`. A binary that is a text,
//! `<<"abc">>`, is what a string is here. Not Erlang's own variables, other binaries, floats or funs.

use super::ast::{Span, Value, ValueKind};
use super::limits::MAX_NESTING;
use super::mistake::Mistake;

/// Reads one term or pattern. `places[n]` is where the byte `n` of `text` stands in the file; it
/// has one more entry, for the end of the text.
pub(super) fn parse(text: &str, places: &[usize]) -> Result<Value, Mistake> {
    let mut reader = Reader { text, places, at: 0, nesting: 0 };
    let value = reader.term()?;
    reader.skip_white();
    if reader.at < text.len() {
        return Err(reader.unexpected("the end of the term"));
    }
    Ok(value)
}

struct Reader<'t> {
    text: &'t str,
    places: &'t [usize],
    at: usize,
    nesting: usize,
}

impl Reader<'_> {
    fn term(&mut self) -> Result<Value, Mistake> {
        self.skip_white();
        let start = self.at;
        let kind = match self.peek() {
            Some('{') => self.nested("{", |reader| reader.row("}").map(ValueKind::Tuple))?,
            Some('[') => self.nested("[", |reader| reader.row("]").map(ValueKind::List))?,
            Some('#') if self.rest().starts_with("#{") => self.nested("#{", Self::pairs)?,
            Some('\'') => ValueKind::Atom(self.quoted('\'')?),
            Some('"') => ValueKind::Text(self.quoted('"')?),
            Some('<') if self.rest().starts_with("<<") => self.binary()?,
            Some('$') => self.variable()?,
            Some('-' | '0'..='9') => self.integer()?,
            Some('_') => self.wildcard()?,
            Some(letter) if letter.is_lowercase() => self.atom(),
            Some(letter) if letter.is_uppercase() => return Err(self.erlang_variable()),
            _ => return Err(self.unexpected("a term")),
        };
        Ok(Value { kind, span: self.span(start, self.at) })
    }

    fn nested(
        &mut self,
        opening: &str,
        inside: impl FnOnce(&mut Self) -> Result<ValueKind, Mistake>,
    ) -> Result<ValueKind, Mistake> {
        if self.nesting == MAX_NESTING {
            let message = format!("nested deeper than the limit of {MAX_NESTING} levels");
            let span = self.span(self.at, self.at + opening.len());
            return Err(Mistake::new(span, message, "one level too deep"));
        }
        self.nesting += 1;
        self.at += opening.len();
        let kind = inside(self)?;
        self.nesting -= 1;
        Ok(kind)
    }

    fn row(&mut self, closing: &str) -> Result<Vec<Value>, Mistake> {
        let mut values = Vec::new();
        if self.accept(closing) {
            return Ok(values);
        }
        loop {
            values.push(self.term()?);
            if self.accept(closing) {
                return Ok(values);
            }
            if !self.accept(",") {
                return Err(self.unexpected(&format!("`,` or `{closing}`")));
            }
        }
    }

    fn pairs(&mut self) -> Result<ValueKind, Mistake> {
        let mut pairs = Vec::new();
        if self.accept("}") {
            return Ok(ValueKind::Map(pairs));
        }
        loop {
            let key = self.term()?;
            // In a pattern Erlang writes `:=`, which here means the same.
            if !self.accept("=>") && !self.accept(":=") {
                return Err(self.unexpected("`=>`"));
            }
            pairs.push((key, self.term()?));
            if self.accept("}") {
                return Ok(ValueKind::Map(pairs));
            }
            if !self.accept(",") {
                return Err(self.unexpected("`,` or `}`"));
            }
        }
    }

    fn quoted(&mut self, quote: char) -> Result<String, Mistake> {
        let start = self.at;
        self.at += 1;
        let mut content = String::new();
        while let Some(character) = self.take() {
            match character {
                _ if character == quote => return Ok(content),
                '\\' => match self.take() {
                    Some('n') => content.push('\n'),
                    Some('t') => content.push('\t'),
                    Some(other) => content.push(other),
                    None => break,
                },
                _ => content.push(character),
            }
        }
        let span = self.span(start, start + 1);
        Err(Mistake::new(span, format!("no closing `{quote}` in this term"), "starts here"))
    }

    /// `<<"abc">>`
    fn binary(&mut self) -> Result<ValueKind, Mistake> {
        self.at += 2;
        self.skip_white();
        let text = match self.peek() {
            Some('"') => self.quoted('"')?,
            Some('>') => String::new(),
            _ => return Err(self.unexpected("a string in this binary")),
        };
        // What it is made of is said by nobody but those who write other binaries than texts.
        self.accept("/utf8");
        match self.accept(">>") {
            true => Ok(ValueKind::Text(text)),
            false => Err(self.unexpected("`>>`")),
        }
    }

    fn variable(&mut self) -> Result<ValueKind, Mistake> {
        self.at += 1;
        let name = self.word();
        if name.is_empty() {
            return Err(self.unexpected("a variable's name after `$`"));
        }
        Ok(ValueKind::Variable(name))
    }

    fn integer(&mut self) -> Result<ValueKind, Mistake> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some('-'));
        while matches!(self.peek(), Some('0'..='9' | '_')) {
            self.at += 1;
        }
        let digits = self.text[start..self.at].replace('_', "");
        digits.parse().map(ValueKind::Int).map_err(|_| {
            let message = "not a whole number of 64 bits";
            Mistake::new(self.span(start, self.at), message, "this number")
        })
    }

    fn wildcard(&mut self) -> Result<ValueKind, Mistake> {
        let start = self.at;
        if self.word() == "_" {
            return Ok(ValueKind::Wildcard);
        }
        let span = self.span(start, self.at);
        Err(Mistake::new(span, "a word cannot begin with `_`", "this word")
            .with_help("`_` matches anything; `$name` is a variable; `'_name'` an atom"))
    }

    fn atom(&mut self) -> ValueKind {
        let word = self.word();
        if word == "self" && self.accept("()") {
            return ValueKind::SelfPid;
        }
        ValueKind::Atom(word)
    }

    fn erlang_variable(&mut self) -> Mistake {
        let start = self.at;
        let word = self.word();
        let message = format!("`{word}` would be a variable in Erlang");
        Mistake::new(self.span(start, self.at), message, "this word").with_help(format!(
            "write `'{word}'` for the atom, `${}` for a variable",
            word.to_lowercase().replace('.', "_")
        ))
    }

    fn word(&mut self) -> String {
        let part = |character: char| character.is_alphanumeric() || "_@.".contains(character);
        let rest = self.rest();
        let length = rest.find(|character| !part(character)).unwrap_or(rest.len());
        let word = rest[..length].to_owned();
        self.at += length;
        word
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        Some(character)
    }

    fn accept(&mut self, symbol: &str) -> bool {
        self.skip_white();
        let accepted = self.rest().starts_with(symbol);
        if accepted {
            self.at += symbol.len();
        }
        accepted
    }

    fn skip_white(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn span(&self, start: usize, end: usize) -> Span {
        let place = |at: usize| self.places[at.min(self.places.len() - 1)];
        Span::new(place(start), place(end))
    }

    fn unexpected(&self, wanted: &str) -> Mistake {
        let rest = self.rest();
        let word = rest.find(|character: char| !character.is_alphanumeric() && character != '_');
        let next = match word.unwrap_or(rest.len()) {
            0 => self.peek().map_or(0, char::len_utf8),
            word => word,
        };
        let found = match next {
            0 => "the end of the text".to_owned(),
            next => format!("`{}`", &rest[..next]),
        };
        let span = self.span(self.at, self.at + next);
        Mistake::new(span, format!("expected {wanted} in this term"), format!("found {found}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Value, Mistake> {
        let places: Vec<usize> = (0..=text.len()).collect();
        parse(text, &places)
    }

    fn shape(value: &Value) -> String {
        let row = |values: &[Value]| values.iter().map(shape).collect::<Vec<_>>().join(" ");
        match &value.kind {
            ValueKind::Atom(atom) => atom.clone(),
            ValueKind::Int(number) => number.to_string(),
            ValueKind::Text(text) => format!("{text:?}"),
            ValueKind::Variable(name) => format!("${name}"),
            ValueKind::SelfPid => "self()".into(),
            ValueKind::Wildcard => "_".into(),
            ValueKind::Tuple(values) => format!("{{{}}}", row(values)),
            ValueKind::List(values) => format!("[{}]", row(values)),
            ValueKind::Map(pairs) => {
                let pairs: Vec<_> = pairs.iter().map(|(k, v)| format!("{}={}", shape(k), shape(v))).collect();
                format!("#{}", pairs.join(","))
            }
        }
    }

    #[test]
    fn every_kind_of_term() {
        for (text, wanted) in [
            ("ok", "ok"),
            (" { shutdown , {a, -12} } ", "{shutdown {a -12}}"),
            ("[]", "[]"),
            ("#{}", "#"),
            ("#{strategy => one_for_one, 'odd key' := [1, 2]}", "#strategy=one_for_one,odd key=[1 2]"),
            ("{$why, _, self()}", "{$why _ self()}"),
            ("{}", "{}"),
            ("\"a \\\"b\\\"\"", "\"a \\\"b\\\"\""),
            ("'KV.Bucket'", "KV.Bucket"),
            ("1_000", "1000"),
        ] {
            assert_eq!(shape(&read(text).expect(text)), wanted);
        }
    }

    #[test]
    fn a_part_knows_its_place() {
        let ValueKind::Tuple(parts) = read("{a, $why }").unwrap().kind else { panic!("a tuple") };
        assert_eq!(parts[1].span, Span::new(4, 8));
    }

    #[test]
    fn mistakes_point_at_the_place() {
        for (text, message, start) in [
            ("{a, b", "expected `,` or `}` in this term", 5),
            ("{a b}", "expected `,` or `}` in this term", 3),
            ("{a, }", "expected a term in this term", 4),
            ("Foo", "`Foo` would be a variable in Erlang", 0),
            ("{a} b", "expected the end of the term in this term", 4),
            ("'a", "no closing `'` in this term", 0),
            ("99999999999999999999", "not a whole number of 64 bits", 0),
            ("#{a, b}", "expected `=>` in this term", 3),
        ] {
            let mistake = read(text).expect_err(text);
            assert_eq!((mistake.message.as_str(), mistake.span.start), (message, start), "{text}");
        }
    }

    #[test]
    fn nesting_has_a_limit() {
        assert!(read(&format!("{}{}", "[".repeat(64), "]".repeat(64))).is_ok());
        let mistake = read(&"[".repeat(100_000)).expect_err("too deep");
        assert_eq!(mistake.message, "nested deeper than the limit of 64 levels");
    }
}
