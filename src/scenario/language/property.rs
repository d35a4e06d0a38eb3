//! Properties: what must hold of a run, and when.

use super::super::ast::{Condition, Duration, DurationKind, Modality, Oracle, Span, Spanned};
use super::super::script::Asked;
use super::expectation::Ids;
use super::row::*;

/// `always no-orphans`, `finally { … }` and their like.
#[derive(Clone, Debug, PartialEq)]
pub struct Property<F: Form> {
    /// When it must hold.
    pub modality: Modality,
    /// What must hold.
    pub claim: Claim<F>,
    /// `within=`
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
        lower(conditions, compiler) conditions.iter().map(|condition| compiler.asked(condition)).collect();
    /// Within how many milliseconds, if that is said.
    Deadline: Option<Duration> => Option<u64>, lower(within, _) match within.as_ref()?.kind {
        DurationKind::Milliseconds(within) => Some(within),
        DurationKind::Infinity | DurationKind::Variable(_) => None,
    };
}

impl Property<Parsed> {
    /// The same, with names resolved.
    pub(in crate::scenario) fn lower(&self, compiler: &mut Compiler<'_>) -> Property<Lowered> {
        Property {
            modality: self.modality,
            claim: self.claim.lower(compiler),
            within: Deadline::lower(&self.within, compiler),
            span: self.span,
        }
    }
}

impl Property<Lowered> {
    /// What verdicts call it, unless it is an oracle.
    pub(in crate::scenario) fn title(&self) -> &str {
        match &self.claim {
            Claim::Conditions { name: Some(name), .. } => name,
            Claim::Conditions { name: None, .. } | Claim::Oracle { .. } => self.modality.word(),
        }
    }
}
