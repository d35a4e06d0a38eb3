//! From text to KDL, with the parser's own mistakes in our words; and where what it has read stands.

use kdl::{KdlDiagnostic, KdlDocument, KdlEntry, KdlError, KdlNode};

use super::super::ast::Span;
use super::super::mistake::Mistake;

/// The KDL parser recurses, and without optimization 64 levels overflow a thread of usual size.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// After an error at the top level the KDL parser calls itself for the rest of the text, so that a
/// text with many errors overflows any stack. A text of this size has too few characters for that.
const SAFE_BYTES: usize = 8 * 1024;

/// Reads the text as KDL. It has passed the guard: nothing in it nests too deeply.
pub(super) fn document(text: &str) -> Result<KdlDocument, Vec<Mistake>> {
    let parsed = std::thread::scope(|scope| {
        let parser = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || careful_document(text));
        match parser {
            Ok(parser) => parser.join().ok(),
            Err(_no_thread) => Some(careful_document(text)),
        }
    });
    parsed.unwrap_or_else(|| {
        let message = "the KDL parser gave up on this file";
        Err(vec![Mistake::new(Span::new(0, 0), message, "somewhere in it")])
    })
}

/// Where the whole entry stands.
pub fn entry_span(entry: &KdlEntry) -> Span {
    let span = entry.span();
    Span::new(span.offset(), span.offset() + span.len())
}

/// Where the first word of a line stands.
pub fn name_span(node: &KdlNode) -> Span {
    let span = node.name().span();
    Span::new(span.offset(), span.offset() + span.len())
}

fn careful_document(text: &str) -> Result<KdlDocument, Vec<Mistake>> {
    if text.len() > SAFE_BYTES {
        check_as_block(text)?;
    }
    KdlDocument::parse_v2(text).map_err(|error| syntax_mistakes(text, error))
}

/// Reads the text as the block of a node, where the parser does not call itself after an error. Its
/// reports are then less to the point, and so it is only for texts of some size.
fn check_as_block(text: &str) -> Result<(), Vec<Mistake>> {
    const OPENING: &str = "_{";
    let block = format!("{OPENING}{text}\n}}");
    let Err(error) = KdlNode::parse(&block) else { return Ok(()) };
    let mut mistakes = Vec::new();
    for diagnostic in error.diagnostics {
        let start = diagnostic.span.offset();
        let end = (start + diagnostic.span.len()).saturating_sub(OPENING.len());
        let Some(inside) = start.checked_sub(OPENING.len()) else { continue };
        match diagnostic.message.as_deref() {
            // Where the block was lost, the text could not be read further.
            Some(LOST) if inside == 0 => {
                let place = Span::new(end, end + 1);
                mistakes.push(Mistake::new(place, NOT_KDL, "cannot be read from here on"));
            }
            None => (),
            Some(_) => {
                let span = (inside, diagnostic.span.len()).into();
                mistakes.push(syntax_mistake(text, KdlDiagnostic { span, ..diagnostic }));
            }
        }
    }
    if mistakes.is_empty() {
        mistakes.push(Mistake::new(Span::new(0, 0), NOT_KDL, "somewhere in it"));
    }
    Err(without_echoes(text, mistakes))
}

/// What we say where the KDL parser cannot go on.
const NOT_KDL: &str = "this is not KDL";

/// What the KDL parser says of a block that it could not read to its end.
const LOST: &str = "Closing '}' was not found after nodes";

/// Every syntax error that the KDL parser found, in our words where they are clearer.
fn syntax_mistakes(text: &str, error: KdlError) -> Vec<Mistake> {
    let diagnostics = error.diagnostics.into_iter();
    without_echoes(text, diagnostics.map(|diagnostic| syntax_mistake(text, diagnostic)).collect())
}

/// Drops what the parser says only because it is lost already.
fn without_echoes(text: &str, mut all: Vec<Mistake>) -> Vec<Mistake> {
    all.sort_by_key(|mistake| mistake.span.start);
    // Once the parser is lost, it stumbles over the rest of the line, and over every brace that
    // closes one of the blocks around it.
    let unclosed = |mistake: &Mistake| mistake.message == "No closing '}' for child block";
    let brace = |mistake: &Mistake| mistake.message == NOT_KDL && text[mistake.span.start..].starts_with('}');
    let others = all.iter().any(|mistake| !unclosed(mistake) && !brace(mistake));
    let mut told: Vec<Mistake> = Vec::new();
    for mistake in all {
        let same_line = |last: &Mistake| !text[last.span.start..mistake.span.start].contains('\n');
        let echo = told.last().is_some_and(same_line);
        if !echo && !(others && (unclosed(&mistake) || brace(&mistake))) {
            told.push(mistake);
        }
    }
    told
}

fn syntax_mistake(text: &str, diagnostic: KdlDiagnostic) -> Mistake {
    let boundary = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = boundary(diagnostic.span.offset());
    let end = boundary(diagnostic.span.offset().saturating_add(diagnostic.span.len()));
    let span = Span::new(start, end);
    let message = diagnostic.message.unwrap_or_else(|| NOT_KDL.to_owned());
    let label = diagnostic.label.unwrap_or_else(|| "here".to_owned());
    let there = text.get(start..end).unwrap_or_default();
    match (message.as_str(), there) {
        // The braces balance, or else the guard would have told: it is in the block that the parser
        // lost its way, at the end of what it could read.
        (LOST, _) => {
            let place = Span::new(end, boundary(end + 1));
            Mistake::new(place, NOT_KDL, "cannot be read from here on")
        }
        ("Expected end of document", _) => Mistake::new(span, NOT_KDL, "cannot be read from here on"),
        (_, "true" | "false" | "null") => {
            Mistake::new(span, format!("`{there}` is a keyword of KDL"), "needs its `#`")
                .with_help(format!("write `#{there}`"))
        }
        ("Expected float" | "Expected integer" | "Expected identifier string", word)
            if !word.is_empty() && !word.contains(char::is_whitespace) =>
        {
            let message = format!("`{word}` is neither a number nor a word");
            Mistake::new(span, message, "cannot be read")
                .with_help("numbers are whole, and a text with odd characters stands in quotes")
        }
        _ => Mistake { span, message, label, help: diagnostic.help },
    }
}
