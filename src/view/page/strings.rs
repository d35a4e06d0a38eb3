//! Texts that stand once and are meant by their numbers: most of a run is the same few.

use std::collections::BTreeMap;

use serde_json::Value;

/// Texts by their numbers.
#[derive(Debug, Default)]
pub(super) struct Strings {
    known: BTreeMap<String, usize>,
    list: Vec<String>,
}

impl Strings {
    /// The number of a text.
    pub(super) fn number(&mut self, text: &str) -> usize {
        if let Some(number) = self.known.get(text) {
            return *number;
        }
        let number = self.list.len();
        self.known.insert(text.to_owned(), number);
        self.list.push(text.to_owned());
        number
    }

    /// All of them, in order.
    pub(super) fn json(self) -> Value {
        self.list.into()
    }
}
