//! From text to the typed scenario, collecting every mistake on the way.
//!
//! [`collect`] first reads which names the file defines, so that a name may be used before its
//! definition; then one walk over the KDL document builds the typed tree. A part with a mistake is
//! left out of the tree and the walk goes on, so the tree is only handed out when there is none.

mod code;
mod collect;
mod cycle;
mod definition;
mod fault;
mod fixed;
mod guard;
mod handler;
pub(super) mod names;
mod node;
pub(super) mod options;
mod order;
mod outage;
mod outcomes;
pub(super) mod parser;
pub(super) mod places;
mod property;
mod registry;
pub(super) mod scope;
pub(super) mod statement;
pub(super) mod step;
mod syntax;
pub(super) mod top;
pub(super) mod tree;
pub(super) mod value;
mod via;
pub(super) mod words;

use super::ast::{Comparison, Knob, Oracle, Scenario, StartOutcome};
use super::language::{condition, expectation};
use super::mistake::Mistake;
use names::DefinedNames;
use parser::Parser;

/// Reads a scenario, or everything that is wrong with it.
pub(super) fn scenario(text: &str) -> Result<Scenario, Vec<Mistake>> {
    guard::check(text)?;
    let mut document = syntax::document(text)?;
    outage::expand(&mut document);
    let mut parser =
        Parser { text, mistakes: Vec::new(), names: DefinedNames::default(), places: Vec::new(), node: None };
    collect::collect(&mut parser, &document);
    let scenario = top::scenario(&mut parser, &document);
    if parser.mistakes.is_empty() { Ok(scenario) } else { Err(parser.mistakes) }
}

/// Every word that the parser knows: nodes, statements, events, conditions, expectations, oracles
/// and faults. Sorted, each once.
pub fn words() -> Vec<&'static str> {
    let mut words: Vec<&'static str> = Vec::new();
    words.extend(top::WORDS.iter().map(|word| word.name));
    words.push(top::ABOUT);
    words.extend(tree::WORDS.iter().map(|word| word.name));
    words.extend(tree::BLOCK_WORDS);
    words.extend(registry::BLOCK_WORDS);
    words.extend(StartOutcome::WORDS.iter().map(|(word, _)| *word));
    words.extend(handler::WORDS.iter().map(|word| word.name));
    words.extend(handler::EVENTS);
    words.extend(super::language::words().map(|word| word.name()));
    words.extend(statement::CLAUSE_WORDS);
    words.extend(condition::WORDS);
    words.extend(Comparison::WORDS.iter().map(|(word, _)| *word));
    words.extend(expectation::WORDS.iter().map(|word| word.name));
    words.extend(Oracle::all().map(Oracle::word));
    words.extend(Oracle::all().map(Oracle::allowed));
    words.extend(Knob::WORDS.iter().map(|(word, _)| *word));
    words.extend(fault::words());
    words.push(fault::ANY);
    words.sort_unstable();
    words.dedup();
    words
}
