//! What a process does with its variables, tables and queues, and with those that all share.

use crate::kernel::{Atom, Context, Term};
use crate::otp::Actor;

use super::Script;
use super::frame::{Flow, Frame};
use super::perform::Fault;
use super::program::{Expression, Pattern, Place, Store};

/// Computes and keeps a value.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "named after the statements of the language")]
pub enum Data {
    Set(Place, Expression),
    Add(Place, Expression),
    Bind(Pattern, Expression),
    Insert { store: Store, key: Expression, value: Expression },
    Delete { store: Store, key: Expression },
    Lookup { store: Store, key: Expression, take: bool, bind: Option<Pattern> },
    Now { bind: Option<Pattern> },
    Size { store: Store, bind: Option<Pattern> },
    Push { store: Store, value: Expression },
    Pop { store: Store, bind: Option<Pattern> },
}

impl Frame {
    /// Carries it out.
    pub(super) fn compute(
        &mut self,
        said: &Data,
        context: &mut Context<'_, Actor<Script>>,
    ) -> Result<Flow, Fault> {
        Ok(match said {
            Data::Set(place, value) => {
                let value = self.value(value, context)?;
                self.write(*place, value.clone(), context);
                self.done(value)
            }
            Data::Add(place, amount) => {
                let (Some(Term::Int(old)), Term::Int(amount)) =
                    (self.read(*place, context), self.value(amount, context)?)
                else {
                    return Err(Fault::Error(Atom::BADARITH.into()));
                };
                let sum = Term::Int(old.checked_add(amount).ok_or(Fault::Error(Atom::BADARITH.into()))?);
                self.write(*place, sum.clone(), context);
                self.done(sum)
            }
            Data::Bind(pattern, value) => {
                let value = self.value(value, context)?;
                self.bound(Some(pattern), value, context)?
            }
            Data::Insert { store, key, value } => {
                let (key, value) = (self.value(key, context)?, self.value(value, context)?);
                self.table(*store, context).insert(key, value);
                self.done(Term::boolean(true))
            }
            Data::Delete { store, key } => {
                let key = self.value(key, context)?;
                self.table(*store, context).remove(&key);
                self.done(Term::boolean(true))
            }
            Data::Lookup { store, key, take, bind } => {
                let key = self.value(key, context)?;
                let table = self.table(*store, context);
                let found = if *take { table.remove(&key) } else { table.get(&key).cloned() };
                self.bound(bind.as_ref(), found.unwrap_or(Atom::NIL.into()), context)?
            }
            Data::Size { store, bind } => {
                let size = self.size(*store, context);
                self.bound(bind.as_ref(), Term::Int(size), context)?
            }
            Data::Now { bind } => {
                let now = Term::Int(context.now().cast_signed());
                self.bound(bind.as_ref(), now, context)?
            }
            Data::Push { store, value } => {
                let value = self.value(value, context)?;
                if let Store::Queue(index) = store {
                    self.queues[usize::from(*index)].push_back(value);
                }
                self.done(Atom::OK.into())
            }
            Data::Pop { store, bind } => {
                let popped = match store {
                    Store::Queue(index) => self.queues[usize::from(*index)].pop_front(),
                    Store::Table(_) | Store::SharedTable(_) => None,
                };
                self.bound(bind.as_ref(), popped.unwrap_or(Atom::NIL.into()), context)?
            }
        })
    }
}
