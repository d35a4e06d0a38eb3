//! The words of the language, and the word that was probably meant.

use super::super::ast::Oracle;
use super::{condition, definition, expectation, fault, handler, property, registry, statement, top, tree};

/// A word that begins a line, with the function that reads the rest of it.
pub(super) struct Word<F> {
    /// The word.
    pub(super) name: &'static str,
    /// How a line with it looks, for hints.
    pub(super) usage: &'static str,
    /// Reads the line.
    pub(super) read: F,
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
    words.extend(definition::START_OUTCOMES.iter().map(|(word, _)| *word));
    words.extend(handler::WORDS.iter().map(|word| word.name));
    words.extend(handler::EVENTS);
    words.extend(statement::WORDS.iter().map(|(word, _)| word.name));
    words.extend(statement::CLAUSE_WORDS);
    words.extend(condition::WORDS);
    words.extend(condition::COMPARISONS.iter().map(|(word, _)| *word));
    words.extend(expectation::WORDS.iter().map(|word| word.name));
    words.extend(Oracle::all().map(Oracle::word));
    words.extend(property::ALLOWANCES.iter().map(|(word, _)| *word));
    words.extend(fault::WORDS);
    words.push(fault::ANY);
    words.sort_unstable();
    words.dedup();
    words
}

/// The candidate that `word` was probably meant to be.
pub(in super::super) fn nearest<'c>(word: &str, candidates: &[&'c str]) -> Option<&'c str> {
    let length = word.chars().count();
    candidates
        .iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase());
            (distance, *candidate)
        })
        // One letter in three may be wrong: a name of one letter resembles no other.
        .filter(|(distance, candidate)| {
            *distance <= length.max(candidate.chars().count()) / 3 && *candidate != word
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// A hint for an unknown word: the nearest candidate, or else the few there are.
pub(super) fn hint(word: &str, candidates: &[&str]) -> Option<String> {
    const FEW: usize = 12;
    if let Some(nearest) = nearest(word, candidates) {
        return Some(format!("did you mean `{nearest}`?"));
    }
    let mut candidates = candidates.to_vec();
    candidates.sort_unstable();
    candidates.dedup();
    match candidates.as_slice() {
        [] => None,
        [only] => Some(format!("it can only be `{only}`")),
        few if few.len() <= FEW => {
            let quoted: Vec<String> = few.iter().map(|word| format!("`{word}`")).collect();
            Some(format!("it can be one of {}", quoted.join(", ")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near() {
        let words = words();
        assert_eq!(nearest("replay", &words), Some("reply"));
        assert_eq!(nearest("monitr", &words), Some("monitor"));
        assert_eq!(nearest("start_chlid", &words), Some("start_child"));
        assert_eq!(nearest("banana", &words), None);
    }

    #[test]
    fn no_word_is_its_own_correction() {
        assert_eq!(nearest("reply", &["reply"]), None);
    }
}
