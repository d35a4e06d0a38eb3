//! The words of the language, and the word that was probably meant.

/// A word that begins a line, with the function that reads the rest of it.
pub struct Word<F> {
    /// The word that such a line begins with.
    pub name: &'static str,
    /// How a line with it looks, for hints.
    pub usage: &'static str,
    /// Reads the line.
    pub read: F,
}

impl<F> Word<F> {
    /// A row of a table of words.
    pub const fn new(name: &'static str, usage: &'static str, read: F) -> Self {
        Word { name, usage, read }
    }
}

/// The candidate that `word` was probably meant to be.
pub fn nearest<'c>(word: &str, candidates: &[&'c str]) -> Option<&'c str> {
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
pub fn hint(word: &str, candidates: &[&str]) -> Option<String> {
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
    use super::super::words;
    use super::nearest;

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
