//! What a process does with its variables, tables and queues, and with those that all share.

use crate::kernel::{Atom, Term};
use crate::otp::Raise;

use super::super::super::language::{Data, Lowered};
use super::super::ScriptContext;
use super::super::execution::Execution;
use super::super::expression::Store;
use super::super::frame::Performed;
use super::super::operands::bad_argument;
use super::super::store::wrote_entry;

impl Execution {
    pub(super) fn perform_data(
        &mut self,
        said: &Data<Lowered>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        Ok(match said {
            Data::Set { variable, value } => {
                let value = self.value(value, context)?;
                self.write(*variable, value.clone(), context);
                self.done(value)
            }
            Data::Add { variable, amount } => {
                let (Some(Term::Int(old)), Term::Int(amount)) =
                    (self.read(*variable, context), self.value(amount, context)?)
                else {
                    return Err(Raise::Error(Atom::BADARITH.into()));
                };
                let sum = Term::Int(old.checked_add(amount).ok_or(Raise::Error(Atom::BADARITH.into()))?);
                self.write(*variable, sum.clone(), context);
                self.done(sum)
            }
            Data::Bind { variable, value } => {
                let value = self.value(value, context)?;
                self.bound(variable, value, context)?
            }
            Data::LastResult { bind } => self.bound(bind, self.result.term().clone(), context)?,
            Data::Insert { .. } | Data::Delete { .. } | Data::Lookup { .. } | Data::Take { .. } => {
                return self.perform_table(said, context);
            }
            Data::Compute { .. } | Data::Ets { .. } => return self.perform_functions(said, context),
            Data::Size { of, bind } => {
                let size = self.size(*of, context);
                self.bound(bind, Term::Int(size), context)?
            }
            Data::Members { of, bind } => {
                let members = self.entries(*of, context).into_iter().map(|(key, value)| match of {
                    Store::Queue(_) => key,
                    Store::Table(_) | Store::SharedTable(_) => Term::tuple([key, value]),
                });
                self.bound(bind, Term::list(members), context)?
            }
            Data::Length { list, bind } => {
                let Term::List(members, _) = self.value(list, context)? else { return Err(bad_argument()) };
                let length = Term::Int(i64::try_from(members.len()).unwrap_or(i64::MAX));
                self.bound(bind, length, context)?
            }
            Data::Now { bind } => {
                let now = Term::Int(context.now().cast_signed());
                self.bound(bind, now, context)?
            }
            Data::Push { queue, value } => {
                let value = self.value(value, context)?;
                if let Store::Queue(index) = queue {
                    self.queues[usize::from(*index)].push_back(value);
                }
                self.done(Atom::OK.into())
            }
            Data::Pop { queue, bind } => {
                let popped = match queue {
                    Store::Queue(index) => self.queues[usize::from(*index)].pop_front(),
                    Store::Table(_) | Store::SharedTable(_) => None,
                };
                self.bound(bind, popped.unwrap_or(Atom::NIL.into()), context)?
            }
            Data::Acquire { resource } => {
                let holder = (*resource, context.pid());
                *context.common_mut().resources.entry(holder).or_insert(0) += 1;
                self.done(Atom::OK.into())
            }
            Data::Release { resource } => {
                let holder = (*resource, context.pid());
                let resources = &mut context.common_mut().resources;
                match resources.get_mut(&holder) {
                    Some(1) => drop(resources.remove(&holder)),
                    Some(times) => *times -= 1,
                    None => return Err(Raise::Error(Atom::BADARG.into())),
                }
                self.done(Atom::OK.into())
            }
        })
    }

    /// What is done with one entry of a table. Who records the run hears of those that all share.
    fn perform_table(&mut self, said: &Data<Lowered>, context: &mut ScriptContext<'_>) -> Performed {
        let (table, key) = match said {
            Data::Insert { table, key, .. }
            | Data::Delete { table, key }
            | Data::Lookup { table, key, .. }
            | Data::Take { table, key, .. } => (*table, self.value(key, context)?),
            _ => unreachable!("{said:?} is about no entry"),
        };
        if let Data::Insert { value, .. } = said {
            let value = self.value(value, context)?;
            if let Store::SharedTable(table) = table {
                wrote_entry(table, &key, Some(&value), context);
            }
            self.table(table, context).insert(key, value);
            return Ok(self.done(Term::boolean(true)));
        }
        let found = self.table(table, context).get(&key).cloned();
        if found.is_some() && !matches!(said, Data::Lookup { .. }) {
            if let Store::SharedTable(table) = table {
                wrote_entry(table, &key, None, context);
            }
            self.table(table, context).remove(&key);
        }
        match said {
            Data::Lookup { bind, .. } | Data::Take { bind, .. } => {
                self.bound(bind, found.unwrap_or(Atom::NIL.into()), context)
            }
            _ => Ok(self.done(Term::boolean(true))),
        }
    }
}
