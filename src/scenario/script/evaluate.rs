//! Computing values and matching them.

use crate::kernel::{Pid, Term};

use super::expression::{Expression, Pattern};

/// The variables that a computation sees.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// Of the process.
    pub slots: &'a [Option<Term>],
    /// The variables that all processes share.
    pub shared: &'a [Term],
    /// The process; nobody where a message is only looked at.
    pub pid: Option<Pid>,
}

impl Scope<'_> {
    /// The value of an expression; none if it reads a variable that is not bound.
    pub fn evaluate(&self, expression: &Expression) -> Option<Term> {
        Some(match expression {
            Expression::Constant(term) => term.clone(),
            Expression::Slot(slot) => self.slots[usize::from(*slot)].clone()?,
            Expression::Shared(index) => self.shared.get(usize::from(*index))?.clone(),
            Expression::SelfPid => self.pid?.into(),
            Expression::Tuple(elements) => Term::tuple(self.evaluate_all(elements)?),
            Expression::List(elements) => Term::list(self.evaluate_all(elements)?),
            Expression::Map(pairs) => {
                let pairs: Option<Vec<_>> = pairs
                    .iter()
                    .map(|(key, value)| Some((self.evaluate(key)?, self.evaluate(value)?)))
                    .collect();
                Term::map(pairs?)
            }
        })
    }

    /// The values of several expressions.
    pub fn evaluate_all(&self, expressions: &[Expression]) -> Option<Vec<Term>> {
        expressions.iter().map(|expression| self.evaluate(expression)).collect()
    }

    /// Whether a value matches; the variables that it binds are added to `bound`.
    pub fn matches(&self, pattern: &Pattern, value: &Term, bound: &mut Vec<(u16, Term)>) -> bool {
        match (pattern, value) {
            (Pattern::Any, _) => true,
            (Pattern::Set(slot), value) => {
                bound.push((*slot, value.clone()));
                true
            }
            (Pattern::Is(Expression::Constant(term)), value) => term == value,
            (Pattern::Is(Expression::Slot(slot)), value) => {
                let known = bound.iter().find(|(s, _)| s == slot).map(|(_, term)| term);
                match known.or(self.slots[usize::from(*slot)].as_ref()) {
                    Some(known) => known == value,
                    None => {
                        bound.push((*slot, value.clone()));
                        true
                    }
                }
            }
            (Pattern::Is(expression), value) => self.evaluate(expression).is_some_and(|term| term == *value),
            (Pattern::Tuple(patterns), Term::Tuple(terms, _))
            | (Pattern::List(patterns), Term::List(terms, _)) => {
                patterns.len() == terms.len()
                    && patterns
                        .iter()
                        .zip(terms.iter())
                        .all(|(pattern, term)| self.matches(pattern, term, bound))
            }
            (Pattern::Map(pairs), Term::Map(terms, _)) => pairs.iter().all(|(key, pattern)| {
                let key = self.evaluate(key);
                terms
                    .iter()
                    .find(|(k, _)| Some(k) == key.as_ref())
                    .is_some_and(|(_, value)| self.matches(pattern, value, bound))
            }),
            (Pattern::Tuple(_) | Pattern::List(_) | Pattern::Map(_), _) => false,
        }
    }
}
