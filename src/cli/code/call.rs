//! A call as a command line has it, and as a scenario file has it: `M.f(A, B)`, with arguments as Erlang or Elixir
//! writes them.
//!
//! What is no term in either is left as it is: whoever reads the file says what is wrong with it.

/// What stands behind `start` or `run` in a file: the function, and each argument as a term.
pub(super) fn call_of(call: &str) -> Result<String, String> {
    let call = call.trim();
    let (function, arguments) = match call.split_once('(') {
        None => (call, Vec::new()),
        Some((function, arguments)) => match arguments.strip_suffix(')') {
            Some(arguments) => (function, Reader { text: arguments, at: 0 }.arguments()),
            None => {
                return Err(format!(
                    "error: {call}: its arguments do not end\n  help: write it as `MODULE.FUNCTION(ARGUMENT, ..)`"
                ));
            }
        },
    };
    let terms: String = arguments.iter().map(|term| format!(" (term){term:?}")).collect();
    // Elixir writes the modules of Erlang with a colon before them.
    let function = function.trim_start_matches(':');
    Ok(format!("{function:?}{terms}"))
}

/// What a call is called, as the name of a file: without what a shell would have to be told to leave alone.
pub(super) fn file_name(names: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "._+-".contains(letter);
    let plain: String = names.chars().map(|letter| if is_plain(letter) { letter } else { ' ' }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join("-")
}

/// Reads terms and says them as Erlang does.
struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    /// Those of a call; a keyword list at the end needs no brackets.
    fn arguments(mut self) -> Vec<String> {
        let (mut terms, mut pairs) = (Vec::new(), Vec::new());
        while !self.rest().is_empty() {
            match self.key() {
                Some(key) => pairs.push(format!("{{{key}, {}}}", self.term())),
                None => terms.push(self.term()),
            }
            // What stands where a comma should is a part of what is wrong with the term before.
            if !self.accept(",") && !self.rest().is_empty() {
                let left = self.take(self.rest().len()).to_owned();
                match terms.last_mut() {
                    Some(last) => last.push_str(&left),
                    None => terms.push(left),
                }
            }
        }
        if !pairs.is_empty() {
            terms.push(format!("[{}]", pairs.join(", ")));
        }
        terms
    }

    fn term(&mut self) -> String {
        for (opening, closing) in [("%{", "}"), ("#{", "}"), ("{", "}"), ("[", "]")] {
            if self.accept(opening) {
                let is_map = opening.len() > 1;
                let opening = if is_map { "#{" } else { opening };
                let row = self.row(closing, is_map);
                let closing = if self.accept(closing) { closing } else { "" };
                return format!("{opening}{row}{closing}");
            }
        }
        let rest = self.rest();
        match rest.chars().next() {
            Some('"' | '\'') => self.quoted().to_owned(),
            Some('<') => {
                let end = rest.find(">>").map_or(rest.len(), |end| end + 2);
                self.take(end).to_owned()
            }
            Some(':') if rest[1..].starts_with('"') => {
                self.take(1);
                format!("'{}'", self.quoted().trim_matches('"'))
            }
            Some(':') => {
                self.take(1);
                let name = self.word();
                // With a capital letter it is no atom of Erlang's without quotes.
                if name.starts_with(char::is_uppercase) { format!("'{name}'") } else { name.to_owned() }
            }
            Some(letter) if letter.is_uppercase() => format!("'Elixir.{}'", self.word()),
            Some(_) => {
                let end = rest.find([',', ']', '}', ')']).unwrap_or(rest.len());
                let end = rest.find("=>").map_or(end, |arrow| arrow.min(end));
                let bare = self.take(end).trim_end().to_owned();
                // `self()`
                if bare.ends_with('(') && self.accept(")") { bare + ")" } else { bare }
            }
            None => String::new(),
        }
    }

    /// What stands between brackets, up to the closing one.
    fn row(&mut self, closing: &str, is_map: bool) -> String {
        let mut parts = Vec::new();
        while !self.rest().starts_with(closing) && !self.rest().is_empty() {
            let before = self.at;
            let part = match self.key() {
                Some(key) if is_map => format!("{key} => {}", self.term()),
                Some(key) => format!("{{{key}, {}}}", self.term()),
                None => self.term(),
            };
            let part = match self.accept("=>") {
                true => format!("{part} => {}", self.term()),
                false => part,
            };
            parts.push(part);
            if !self.accept(",") && self.at == before {
                break;
            }
        }
        parts.join(", ")
    }

    /// The key of a pair that Elixir writes `key: value`, if one stands here.
    fn key(&mut self) -> Option<String> {
        let rest = self.rest();
        let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_')?;
        let is_key = end > 0 && rest[end..].starts_with(": ");
        is_key.then(|| {
            let key = self.take(end).to_owned();
            self.take(1);
            if key.starts_with(char::is_uppercase) { format!("'{key}'") } else { key }
        })
    }

    /// A text with its quotes.
    fn quoted(&mut self) -> &str {
        let mut letters = self.rest().char_indices();
        let quote = letters.next().map(|(_, letter)| letter);
        let (mut end, mut is_escaped) = (self.rest().len(), false);
        for (at, letter) in letters {
            match (is_escaped, letter) {
                (true, _) => is_escaped = false,
                (false, '\\') => is_escaped = true,
                (false, letter) if Some(letter) == quote => {
                    end = at + letter.len_utf8();
                    break;
                }
                _ => (),
            }
        }
        self.take(end)
    }

    fn word(&mut self) -> &str {
        let is_part = |letter: char| letter.is_alphanumeric() || "_.@!?".contains(letter);
        let rest = self.rest();
        let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
        self.take(end)
    }

    /// What is left, from the next thing on.
    fn rest(&self) -> &str {
        self.text[self.at..].trim_start()
    }

    fn take(&mut self, length: usize) -> &str {
        let begin = self.text.len() - self.rest().len();
        self.at = (begin + length).min(self.text.len());
        &self.text[begin..self.at]
    }

    fn accept(&mut self, symbol: &str) -> bool {
        let is_there = self.rest().starts_with(symbol);
        if is_there {
            self.take(symbol.len());
        }
        is_there
    }
}

#[cfg(test)]
mod tests {
    use super::{call_of, file_name};

    #[test]
    fn calls_are_read_as_erlang_and_as_elixir_writes_them() {
        for (written, said) in [
            ("kv.put", r#""kv.put""#),
            ("kv.put()", r#""kv.put""#),
            ("kv.put(self(), 1)", r#""kv.put" (term)"self()" (term)"1""#),
            ("kv.put(shop, [{eggs, 3}])", r#""kv.put" (term)"shop" (term)"[{eggs, 3}]""#),
            (
                r#"kv.put(<<"a, b">>, 'C d', "(")"#,
                r#""kv.put" (term)"<<\"a, b\">>" (term)"'C d'" (term)"\"(\"""#,
            ),
            (
                r#"KV.Registry.create(KV.Registry, "x")"#,
                r#""KV.Registry.create" (term)"'Elixir.KV.Registry'" (term)"\"x\"""#,
            ),
            (":kv.put(:a, :\"b c\", nil, -1)", r#""kv.put" (term)"a" (term)"'b c'" (term)"nil" (term)"-1""#),
            ("KV.start_link(name: KV, max: 3)", r#""KV.start_link" (term)"[{name, 'Elixir.KV'}, {max, 3}]""#),
            (
                "KV.start(:one, [a: {B, []}, c: [1 | 2]])",
                r#""KV.start" (term)"one" (term)"[{a, {'Elixir.B', []}}, {c, [1 | 2]}]""#,
            ),
            (
                r#"KV.put(%{id: 1, "a" => %{}}, #{b => 2})"#,
                r##""KV.put" (term)"#{id => 1, \"a\" => #{}}" (term)"#{b => 2}""##,
            ),
            // What is no term is for whoever reads the file.
            ("kv.put({a, b)", r#""kv.put" (term)"{a, b""#),
            ("kv.put(a b)", r#""kv.put" (term)"a b""#),
            ("kv.put(a] b)", r#""kv.put" (term)"a] b""#),
        ] {
            assert_eq!(call_of(written).as_deref(), Ok(said), "{written}");
        }
        assert!(call_of("kv.put(a").is_err());
    }

    #[test]
    fn a_file_is_called_by_what_no_shell_minds() {
        assert_eq!(file_name(r#"KV.create(KV.Registry, "x")"#), "KV.create-KV.Registry-x");
        assert_eq!(file_name("KV.BucketTest+KV.RegistryTest"), "KV.BucketTest+KV.RegistryTest");
    }
}
