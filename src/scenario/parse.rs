//! From text to the typed scenario, collecting every mistake on the way.
//!
//! [`names`] first reads which names the file defines, so that a name may be used before its
//! definition; then one walk over the KDL document builds the typed tree. A part with a mistake is
//! left out of the tree and the walk goes on, so the tree is only handed out when there is none.

mod condition;
mod definition;
mod expectation;
mod guard;
mod handler;
mod names;
mod options;
mod property;
mod scope;
mod statement;
mod step;
mod top;
mod tree;
mod value;
pub(super) mod words;

use kdl::{KdlDiagnostic, KdlDocument, KdlError};

use super::ast::{Scenario, Span};
use super::mistake::Mistake;
use names::Names;

/// Reads a scenario, or everything that is wrong with it.
pub(super) fn scenario(text: &str) -> Result<Scenario, Vec<Mistake>> {
    guard::check(text)?;
    let document = kdl_document(text)?;
    let mut parser = Parser { text, mistakes: Vec::new(), names: Names::default(), places: Vec::new() };
    names::collect(&mut parser, &document);
    let scenario = top::scenario(&mut parser, &document);
    if parser.mistakes.is_empty() { Ok(scenario) } else { Err(parser.mistakes) }
}

/// What the whole walk shares.
struct Parser<'t> {
    text: &'t str,
    mistakes: Vec<Mistake>,
    names: Names,
    /// Scratch for the places of a term's bytes.
    places: Vec<usize>,
}

impl Parser<'_> {
    fn report(&mut self, mistake: Mistake) {
        self.mistakes.push(mistake);
    }

    /// The number of the line, from 1.
    fn line_of(&self, span: Span) -> usize {
        self.text.as_bytes()[..span.start].iter().filter(|byte| **byte == b'\n').count() + 1
    }
}

/// The KDL parser recurses, and without optimization 64 levels overflow a thread of usual size.
const KDL_STACK_BYTES: usize = 64 * 1024 * 1024;

fn kdl_document(text: &str) -> Result<KdlDocument, Vec<Mistake>> {
    let parsed = std::thread::scope(|scope| {
        let parser = std::thread::Builder::new()
            .stack_size(KDL_STACK_BYTES)
            .spawn_scoped(scope, || KdlDocument::parse_v2(text));
        match parser {
            Ok(parser) => parser.join().ok(),
            Err(_no_thread) => Some(KdlDocument::parse_v2(text)),
        }
    });
    match parsed {
        Some(Ok(document)) => Ok(document),
        Some(Err(error)) => Err(syntax_mistakes(text, error)),
        None => {
            let message = "the KDL parser gave up on this file";
            Err(vec![Mistake::new(Span::new(0, 0), message, "somewhere in it")])
        }
    }
}

/// Every syntax error that the KDL parser found, in our words where they are clearer.
fn syntax_mistakes(text: &str, error: KdlError) -> Vec<Mistake> {
    let mut all: Vec<Mistake> =
        error.diagnostics.into_iter().map(|diagnostic| syntax_mistake(text, diagnostic)).collect();
    all.sort_by_key(|mistake| mistake.span.start);
    // The parser tells of an unclosed block twice, and once it is lost, of the rest of the line.
    let mut told: Vec<Mistake> = Vec::new();
    for mistake in all {
        let echo = told.last().is_some_and(|last| {
            let same_line = !text[last.span.start..mistake.span.start].contains('\n');
            same_line || mistake.message == "Closing '}' was not found after nodes"
        });
        if !echo {
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
    let message = diagnostic.message.unwrap_or_else(|| "this is not KDL".to_owned());
    let label = diagnostic.label.unwrap_or_else(|| "here".to_owned());
    let there = text.get(start..end).unwrap_or_default();
    match (message.as_str(), there) {
        ("Expected end of document", "}") => {
            Mistake::new(span, "this `}` closes nothing", "no block is open here")
        }
        ("No closing '}' for child block", _) => {
            Mistake::new(span, "this block is not closed", "opened here").with_help("end it with `}`")
        }
        ("Expected end of document", _) => {
            Mistake::new(span, "this is not KDL", "cannot be read from here on")
        }
        (_, "true" | "false" | "null") => {
            Mistake::new(span, format!("`{there}` is a keyword of KDL"), "needs its `#`")
                .with_help(format!("write `#{there}`"))
        }
        _ => Mistake { span, message, label, help: diagnostic.help },
    }
}
