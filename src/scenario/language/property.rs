//! Properties: what must hold of a run, and when.
//!
//! What an `in-order` block lists is asked of everybody's history, so its patterns bind nothing.

use std::sync::Arc;

use crate::kernel::Atom;

use super::super::ast::{
    Condition, Deed, Duration, DurationKind, MessageKind, Modality, Oracle, Span, Spanned,
};
use super::condition::Asked;
use super::expectation::Ids;
use super::row::*;

/// `always no-orphans`, `finally { … }` and their like.
#[derive(Clone, Debug, PartialEq)]
pub struct Property<F: Form> {
    /// When it must hold.
    pub modality: Modality,
    /// What must hold.
    pub claim: Claim<F>,
    /// The time that it has: `within=`
    pub within: F::Of<Deadline>,
    /// Where the property stands.
    pub span: Span,
}

forms! {
    /// What a property says.
    Claim {
        /// One of the built-in oracles: of whom only, and the limit of `bounded-restarts`.
        Oracle { oracle: BuiltIn, of: Ids, limit: Limit },
        /// Conditions that hold together, and what the file calls them, for verdicts and `expect-failure`.
        Conditions { name: Title, conditions: Conditions },
        /// What happens in just this order, and what the file calls it; anew from the first line after the last, if
        /// that is said.
        InOrder { name: Title, lines: Lines, again: Boolean },
    }
}

roles! {
    /// A built-in oracle.
    BuiltIn: Spanned<Oracle> => Oracle, said(oracle) Said::Word(oracle.value.word()), lower(oracle, _) oracle.value;
    /// How many are too many.
    Limit: Option<u64> => Option<i64>, lower(limit, _) limit.and_then(|limit| i64::try_from(limit).ok());
    /// What a file calls its own property.
    Title: Option<Name> => Option<String>, lower(name, _) name.as_ref().map(|name| name.text.clone());
    /// One or more conditions.
    Conditions: Vec<Condition> => Vec<Asked>, said(_) Said::Nothing,
        lower(conditions, resolver) conditions.iter().map(|condition| condition.lower(resolver)).collect();
    /// What is to happen, one after the other.
    Lines: Vec<Happening<Parsed>> => Vec<Happening<Lowered>>, said(_) Said::Nothing,
        lower(lines, resolver) lines.iter().map(|line| line.lower(resolver)).collect();
    /// Within how many milliseconds, if that is said.
    Deadline: Option<Duration> => Option<u64>, lower(within, _) match within.as_ref()?.kind {
        DurationKind::Milliseconds(within) => Some(within),
        DurationKind::Infinity | DurationKind::Variable(_) => None,
    };
}

impl Property<Parsed> {
    /// The same, with names resolved.
    pub(in crate::scenario) fn lower(&self, resolver: &mut Resolver<'_>) -> Property<Lowered> {
        Property {
            modality: self.modality,
            claim: self.claim.lower(resolver),
            within: Deadline::lower(&self.within, resolver),
            span: self.span,
        }
    }
}

impl Property<Lowered> {
    /// What verdicts call it, unless it is an oracle.
    pub(in crate::scenario) fn title(&self) -> &str {
        match &self.claim {
            Claim::Conditions { name: Some(name), .. } | Claim::InOrder { name: Some(name), .. } => name,
            Claim::InOrder { name: None, .. } => Oracle::InOrder.word(),
            Claim::Conditions { name: None, .. } | Claim::Oracle { .. } => self.modality.word(),
        }
    }
}

/// A line of the block.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening<F: Form> {
    /// What is to happen.
    pub what: What<F>,
    /// The line as it stands in the file.
    pub words: String,
    /// Where it stands.
    pub span: Span,
}

forms! {
    /// What happens, and to whom; nobody named is anybody.
    What {
        /// `started WHO`: it has told whoever waits for it that it has started, or, where nobody does, it is there.
        Started { who: Anybody },
        /// `ended WHO REASON…`
        Ended { who: Anybody, reason: Like },
        /// `log "text" VALUE… by=WHO`
        Logged { by: Anybody, text: Line, values: Like },
        /// `sent WHO KIND PATTERN… to=WHO` and `got WHO KIND PATTERN… from=WHO`
        Message { deed: Copied<Deed>, who: Anybody, kind: Copied<MessageKind>, content: Like, other: Anybody },
    }
}

roles! {
    /// A child's id or a process's name; anybody if there is none.
    Anybody: Option<Name> => Option<Atom>,
        lower(name, resolver) name.as_ref().map(|name| resolver.atom(name));
    /// What a value must look like; anything will do if nothing is said.
    Like: Option<Value> => Pattern, said(_) Said::Nothing,
        lower(pattern, resolver) match pattern {
            Some(pattern) => resolver.pattern(pattern),
            None => Pattern::Any,
        };
    /// The text of a line that is logged.
    Line: String => Arc<str>, lower(text, _) text.as_str().into();
}

impl Happening<Parsed> {
    /// The same, with names resolved.
    pub(in crate::scenario) fn lower(&self, resolver: &mut Resolver<'_>) -> Happening<Lowered> {
        Happening { what: self.what.lower(resolver), words: self.words.clone(), span: self.span }
    }
}
