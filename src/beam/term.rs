//! Terms as both sides tell them: treefall's own and those of the real Erlang, in one shape.

use std::fmt::Write;

use serde_json::Value;

/// A term of either side. Processes are known by a key until they are named.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Term {
    Atom(String),
    Int(i64),
    Text(String),
    Pid(String),
    Reference,
    Tuple(Vec<Term>),
    List(Vec<Term>),
    Map(Vec<(Term, Term)>),
    /// Something that treefall has no word for: a fun, a float, a port.
    Opaque(String),
}

impl Term {
    /// Reads what the driver writes; none if it is not that.
    pub(super) fn of_json(value: &Value) -> Option<Term> {
        let all = |values: &Value| values.as_array()?.iter().map(Term::of_json).collect::<Option<Vec<_>>>();
        match value {
            Value::Number(number) => Some(Term::Int(number.as_i64()?)),
            Value::String(text) => Some(Term::Text(text.clone())),
            Value::Array(_) => Some(Term::List(all(value)?)),
            Value::Object(fields) => {
                let (kind, content) = fields.iter().next()?;
                let text = || content.as_str().map(str::to_owned);
                Some(match kind.as_str() {
                    "atom" => Term::Atom(text()?),
                    "pid" => Term::Pid(text()?),
                    "ref" => Term::Reference,
                    "opaque" => Term::Opaque(text()?),
                    "tuple" => Term::Tuple(all(content)?),
                    "map" => {
                        let pairs = all(content)?.into_iter().map(|pair| match pair {
                            Term::Tuple(parts) => {
                                <[Term; 2]>::try_from(parts).ok().map(|[key, value]| (key, value))
                            }
                            _ => None,
                        });
                        Term::Map(pairs.collect::<Option<_>>()?)
                    }
                    _ => return None,
                })
            }
            Value::Null | Value::Bool(_) => None,
        }
    }

    /// In Erlang's notation, with the names of processes. Maps are sorted by what their keys look like.
    pub(super) fn told(&self, name: &dyn Fn(&str) -> String) -> String {
        let mut text = String::new();
        self.write(name, &mut text);
        text
    }

    fn write(&self, name: &dyn Fn(&str) -> String, out: &mut String) {
        let all = |terms: &[Term]| terms.iter().map(|term| term.told(name)).collect::<Vec<_>>().join(", ");
        let written = match self {
            Term::Atom(text) => write!(out, "{}", atom(text)),
            Term::Int(number) => write!(out, "{number}"),
            Term::Text(text) => write!(out, "{text:?}"),
            Term::Pid(key) => write!(out, "<{}>", name(key)),
            Term::Reference => write!(out, "#Ref<>"),
            Term::Tuple(terms) => write!(out, "{{{}}}", all(terms)),
            Term::List(terms) => write!(out, "[{}]", all(terms)),
            Term::Map(pairs) => {
                let mut told: Vec<String> = pairs
                    .iter()
                    .map(|(key, value)| format!("{} => {}", key.told(name), value.told(name)))
                    .collect();
                told.sort();
                write!(out, "#{{{}}}", told.join(", "))
            }
            Term::Opaque(text) => write!(out, "{text}"),
        };
        written.expect("a string takes everything");
    }
}

/// An atom, in quotes where it needs some.
fn atom(text: &str) -> String {
    let plain = text.starts_with(|letter: char| letter.is_ascii_lowercase())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_' || letter == '@');
    if plain { text.to_owned() } else { format!("'{text}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> Option<String> {
        let value = serde_json::from_str(json).expect("the test writes JSON");
        Some(Term::of_json(&value)?.told(&|key| format!("process {key}")))
    }

    #[test]
    fn terms_are_read_and_told() {
        let json = r#"{"tuple":[{"atom":"error"},[1,"two",{"pid":"<0.9.0>"}],{"map":[{"tuple":[{"atom":"B"},{"ref":0}]}]}]}"#;
        assert_eq!(
            told(json).as_deref(),
            Some(r##"{error, [1, "two", <process <0.9.0>>], #{'B' => #Ref<>}}"##)
        );
    }

    #[test]
    fn garbage_is_no_term() {
        for json in ["null", "true", "1.5", r#"{"tuple":1}"#, r#"{"map":[1]}"#, r#"{"what":[]}"#, "{}"] {
            assert_eq!(told(json), None, "{json}");
        }
    }
}
