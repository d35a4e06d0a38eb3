//! Regular expressions as Perl and PCRE have them, since that is what module `re` promises: greedy, lazy and
//! possessive repeats, groups by number and name, assertions to both sides, atomic groups, conditions, references back
//! and recursion. Matching tries one way after the other, so that the first way that the pattern names is the one found.
//!
//! Left out, and refused by name: properties of characters (`\p{..}`), `\X`, verbs (`(*..)`), names used twice,
//! and newlines other than line feed.

mod one;
mod parse;
mod program;
mod run;
mod tree;

pub use parse::{Wrong, parse};
pub use program::Program;
pub use run::{Captures, Start, TooLong};

/// How a pattern is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Flags {
    /// Small and capital letters are alike.
    pub caseless: bool,
    /// `^` and `$` match at lines.
    pub multiline: bool,
    /// `.` matches newlines.
    pub dotall: bool,
    /// White space and comments in the pattern mean nothing.
    pub extended: bool,
    /// Repeats are lazy, and greedy with a `?`.
    pub ungreedy: bool,
    /// Parentheses without a name do not capture.
    pub no_auto_capture: bool,
    /// `$` matches at the very end alone.
    pub dollar_endonly: bool,
    /// Matches only where it starts to look.
    pub anchored: bool,
    /// Matches begin in the first line.
    pub firstline: bool,
    /// Characters are those of Unicode and not bytes.
    pub unicode: bool,
    /// `\w` and its like go by Unicode.
    pub ucp: bool,
    /// The subject's beginning is no beginning of a line.
    pub notbol: bool,
    /// The subject's end is no end of a line.
    pub noteol: bool,
}

impl Flags {
    /// All of them in a number, of which a compiled pattern is made.
    pub fn as_bits(self) -> u16 {
        let Flags {
            caseless,
            multiline,
            dotall,
            extended,
            ungreedy,
            no_auto_capture,
            dollar_endonly,
            anchored,
            firstline,
            unicode,
            ucp,
            notbol: _,
            noteol: _,
        } = self;
        let flags = [
            caseless,
            multiline,
            dotall,
            extended,
            ungreedy,
            no_auto_capture,
            dollar_endonly,
            anchored,
            firstline,
            unicode,
            ucp,
        ];
        flags.iter().rev().fold(0, |bits, flag| bits << 1 | u16::from(*flag))
    }

    /// Those of such a number.
    pub fn from_bits(bits: u16) -> Flags {
        let has = |place: u32| bits >> place & 1 == 1;
        Flags {
            caseless: has(0),
            multiline: has(1),
            dotall: has(2),
            extended: has(3),
            ungreedy: has(4),
            no_auto_capture: has(5),
            dollar_endonly: has(6),
            anchored: has(7),
            firstline: has(8),
            unicode: has(9),
            ucp: has(10),
            notbol: false,
            noteol: false,
        }
    }
}
