//! Types whose values are each a word of the language.

/// Makes a type of one or more words: each variant with the word that files have for it, in the order in which
/// they are listed to readers.
macro_rules! worded {
    (
        $(#[$about:meta])* $name:ident { $( $(#[$doc:meta])* $variant:ident = $word:literal, )+ }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "each is called after its word")]
        pub enum $name { $( $(#[$doc])* $variant, )+ }

        impl $name {
            /// All of them, by their words.
            pub const WORDS: &[(&str, $name)] = &[$( ($word, $name::$variant), )+];

            /// The one with this word.
            #[allow(dead_code, reason = "some are only written")]
            pub(crate) fn named(word: &str) -> Option<Self> {
                Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, known)| *known)
            }

            /// The word for it.
            pub fn word(self) -> &'static str {
                match self { $( Self::$variant => $word, )+ }
            }
        }
    };
}
