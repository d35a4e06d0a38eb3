//! KDL entries as values and patterns.

use kdl::{KdlEntry, KdlValue};

use super::super::ast::{Span, Value, ValueKind};
use super::super::global;
use super::super::mistake::Mistake;
use super::super::term_text;
use super::parser::Parser;
pub use super::syntax::{entry_span, name_span};

/// How a text entry was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text<'n> {
    /// Without quotes: `ok`
    Bare(&'n str),
    /// With quotes: `"ok"`
    Quoted(&'n str),
}

/// The text of an entry, if it is one.
pub fn text(entry: &KdlEntry) -> Option<Text<'_>> {
    let content = entry.value().as_string()?;
    let repr = entry.format().map_or("", |format| format.value_repr.as_str());
    let quoted = repr.starts_with(['"', '#']);
    Some(if quoted { Text::Quoted(content) } else { Text::Bare(content) })
}

/// The text of the name, if the entry is `(global)NAME`.
pub fn global_name(entry: &KdlEntry) -> Option<String> {
    let tagged = entry.ty().is_some_and(|tag| tag.value() == global::TAG);
    match text(entry).filter(|_| tagged)? {
        Text::Bare(word) if word.starts_with('$') => None,
        Text::Bare(name) | Text::Quoted(name) => Some(global::written(name)),
    }
}

/// The variable's name, if the entry is `$name`.
pub fn variable(entry: &KdlEntry) -> Option<&str> {
    match text(entry)? {
        Text::Bare(word) if entry.ty().is_none() => word.strip_prefix('$').filter(|name| !name.is_empty()),
        Text::Bare(_) | Text::Quoted(_) => None,
    }
}

/// Whether the entry is `(term)"…"`.
pub fn is_term(entry: &KdlEntry) -> bool {
    entry.ty().is_some_and(|ty| ty.value() == "term")
}

/// Where the entry's value stands: without the property's name, with the tag.
pub fn span(entry: &KdlEntry, text: &str) -> Span {
    let whole = entry_span(entry);
    let Some(name) = entry.name() else {
        return whole;
    };
    let after_name = name.span().offset() + name.span().len();
    let between = text.get(after_name..whole.end).unwrap_or_default();
    let after_equals = between.find('=').map_or(0, |at| at + 1);
    let white = between[after_equals..].len() - between[after_equals..].trim_start().len();
    Span::new((after_name + after_equals + white).min(whole.end), whole.end)
}

/// Reads an entry as a value or a pattern, without asking what is bound.
pub fn read(parser: &mut Parser<'_>, entry: &KdlEntry) -> Option<Value> {
    let span = span(entry, parser.text);
    match plain(parser, entry, span) {
        Ok(value) => Some(value),
        Err(mistake) => {
            parser.report(mistake);
            None
        }
    }
}

fn plain(parser: &mut Parser<'_>, entry: &KdlEntry, span: Span) -> Result<Value, Mistake> {
    let Some(ty) = entry.ty() else {
        return untagged(entry, span);
    };
    if ty.value() == "term" {
        return term(parser, entry, span);
    }
    let tag_span = Span::new(span.start, ty.span().offset() + ty.span().len() + 1);
    let tag = Value { kind: word(ty.value(), tag_span)?, span: tag_span };
    let inner = untagged(entry, Span::new(tag_span.end.min(span.end), span.end))?;
    Ok(Value { kind: ValueKind::Tuple(vec![tag, inner]), span })
}

fn untagged(entry: &KdlEntry, span: Span) -> Result<Value, Mistake> {
    let kind = match entry.value() {
        KdlValue::Bool(value) => ValueKind::Atom(value.to_string()),
        KdlValue::Integer(number) => ValueKind::Int(
            i64::try_from(*number)
                .map_err(|_| Mistake::new(span, "not a whole number of 64 bits", "this number"))?,
        ),
        KdlValue::Float(_) => {
            return Err(Mistake::new(span, "numbers are whole here", "a float"));
        }
        KdlValue::Null => {
            return Err(
                Mistake::new(span, "there is no null", "this value").with_help("write `nil` or `undefined`")
            );
        }
        KdlValue::String(_) => match text(entry) {
            Some(Text::Quoted(content)) => ValueKind::Text(content.to_owned()),
            Some(Text::Bare(content)) => word(content, span)?,
            None => ValueKind::Text(String::new()),
        },
    };
    Ok(Value { kind, span })
}

fn word(word: &str, span: Span) -> Result<ValueKind, Mistake> {
    Ok(match word {
        "_" => ValueKind::Wildcard,
        "self" => ValueKind::SelfPid,
        "$" => return Err(Mistake::new(span, "a variable needs a name", "only a `$`")),
        _ => match word.strip_prefix(['$', ':', '_']) {
            Some(rest) if word.starts_with('$') => ValueKind::Variable(rest.to_owned()),
            Some(rest) if word.starts_with(':') && !rest.is_empty() => {
                return Err(Mistake::new(span, "an atom is a bare word", "begins with `:`")
                    .with_help(format!("write `{rest}`")));
            }
            Some(rest) if word.starts_with('_') => {
                return Err(Mistake::new(span, "a word cannot begin with `_`", "this word")
                    .with_help(format!("`_` matches anything, `${rest}` is a variable")));
            }
            Some(_) | None => ValueKind::Atom(word.to_owned()),
        },
    })
}

fn term(parser: &mut Parser<'_>, entry: &KdlEntry, span: Span) -> Result<Value, Mistake> {
    let Some(Text::Quoted(content)) = text(entry) else {
        return Err(Mistake::new(span, "a term stands in quotes", "no quotes")
            .with_help("like `(term)\"{shutdown, [a, $b]}\"`"));
    };
    let repr = entry.format().map_or("", |format| format.value_repr.as_str());
    let repr_start = span.end.saturating_sub(repr.len());
    align(content, repr, repr_start, &mut parser.places);
    let mut value = term_text::parse(content, &parser.places)?;
    value.span = span;
    Ok(value)
}

/// Fills `places` with the place in the file of every byte of a string's content, and of its end.
///
/// Walks the content and its source side by side: what differs in the source is an escape, or the
/// indentation of a string of several lines.
fn align(content: &str, repr: &str, repr_start: usize, places: &mut Vec<usize>) {
    let raw = repr.starts_with('#');
    let several_lines = repr.trim_start_matches('#').starts_with("\"\"\"");
    let source = repr.as_bytes();
    let mut at = repr.find('"').map_or(0, |quote| quote + if several_lines { 3 } else { 1 });
    if several_lines {
        at += usize::from(source.get(at) == Some(&b'\r'));
        at += usize::from(source.get(at) == Some(&b'\n'));
    }
    places.clear();
    for character in content.chars() {
        loop {
            match source.get(at) {
                Some(b'\\') if !raw && source.get(at + 1).is_some_and(u8::is_ascii_whitespace) => {
                    at += 1;
                    at += source[at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
                }
                Some(white) if white.is_ascii_whitespace() && char::from(*white) != character => at += 1,
                _ => break,
            }
        }
        for _ in 0..character.len_utf8() {
            places.push(repr_start + at);
        }
        at += match source.get(at) {
            Some(b'\\') if !raw && source.get(at + 1) == Some(&b'u') => {
                source[at..].iter().position(|byte| *byte == b'}').map_or(2, |end| end + 1)
            }
            Some(b'\\') if !raw => 2,
            _ => character.len_utf8(),
        };
    }
    places.push(repr_start + at);
}

#[cfg(test)]
mod tests {
    use super::align;

    fn places(content: &str, repr: &str) -> Vec<usize> {
        let mut places = Vec::new();
        align(content, repr, 0, &mut places);
        places
    }

    #[test]
    fn a_byte_of_a_string_knows_its_place() {
        assert_eq!(places("ab", "\"ab\""), [1, 2, 3]);
        assert_eq!(places("", "\"\""), [1]);
        assert_eq!(places("\"b", "\"\\\"b\""), [1, 3, 4]);
        assert_eq!(places("éb", "\"\\u{e9}b\""), [1, 1, 7, 8]);
        assert_eq!(places("\\a", "#\"\\a\"#"), [2, 3, 4]);
        assert_eq!(places("a\nb", "\"\"\"\n  a\n  b\n  \"\"\""), [6, 7, 10, 11]);
    }
}
