//! A code change: `init/1` is called anew, and what it returns now is taken over. `supervisor.erl`,
//! `code_change/3` (OTP 25), between `sys:suspend/1` and `sys:resume/1`.
//!
//! Flags change, children are added without being started and changed without being restarted, and those
//! that `init/1` no longer names stay. It starts and stops nobody.

use std::sync::Arc;

use crate::kernel::{Atom, Context, Term};
use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::hooks::Image;
use crate::otp::report::Report;
use crate::otp::spec::{Flags, StartFunction, Strategy};
use crate::otp::spec_check::{check_combination, check_flags, check_significant, check_specs};

use super::children::{Child, Children, Incarnation, Spec};
use super::report::record;
use super::{Family, InitResult, Supervisor};

/// What `sys:change_code/4` returns; none if it returns `ok`, but has left the supervisor with a state that it cannot go
/// on with.
type Changed = Option<Term>;

/// `{error, Else}` of `sys:do_change_code/5` around what `code_change/3` returned.
fn error(returned: Term) -> Changed {
    Some(Term::tagged(Atom::ERROR, returned))
}

/// The same where `code_change/3` has put it into `{error, _}` itself.
fn refused(why: Term) -> Changed {
    error(Term::tagged(Atom::ERROR, why))
}

impl<G: Guest> Supervisor<G> {
    /// What `code_change/3` makes of the new result of `init/1`. An error changes nothing.
    pub(super) fn change_code(
        &mut self,
        result: InitResult<G::Start>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Changed {
        let (flags, specs) = match self.examine(result, context) {
            Ok(found) => found,
            Err(changed) => return changed,
        };
        let simple = flags.strategy == Strategy::SimpleOneForOne;
        match &mut self.family {
            Family::Static(_) if simple => return None,
            Family::Simple(_) if !simple => return None,
            Family::Simple(family) => match <[Spec<G>; 1]>::try_from(specs) {
                Ok([template]) => family.template = Arc::new(template),
                Err(specs) => return refused(Term::tagged(Atom::OK, checked::<G>(&specs))),
            },
            Family::Static(children) => *children = update(children, specs),
        }
        self.flags = flags;
        context.report(|| Report::Supervises { flags, dynamic: false });
        Some(Atom::OK.into())
    }

    /// The flags and specifications that `init/1` returns now, or what comes of them at once.
    fn examine(
        &self,
        result: InitResult<G::Start>,
        context: &Context<'_, Actor<G>>,
    ) -> Result<(Flags, Vec<Spec<G>>), Changed> {
        let image = context.image();
        let release = image.release();
        let (flags, specs) = match result {
            InitResult::Ok(flags, specs) => {
                let flags = check_combination(flags, release).map_err(refused)?;
                let specs = specs.into_iter().map(|spec| {
                    check_significant(spec.map_start(StartFunction::Known), flags.auto_shutdown, release)
                });
                (flags, specs.collect::<Result<Vec<_>, _>>().map_err(refused)?)
            }
            InitResult::Raises(term) => return Err(error(Term::tagged(Atom::EXIT, Term::error(term)))),
            InitResult::Raw(term) if term.is(Atom::IGNORE) => {
                return Err(Some(Atom::OK.into()));
            }
            InitResult::Raw(term) => {
                let Some(inner) = term.untag(Atom::OK) else { return Err(error(term)) };
                let Some([flags, specs]) = inner.as_tuple() else { return Err(None) };
                let flags = check_flags(flags, release).map_err(|why| {
                    refused(match why.untag(Atom::INVALID_TYPE) {
                        Some(flags) => Term::tagged(Atom::BAD_FLAGS, flags.clone()),
                        None => why,
                    })
                })?;
                let Term::List(list, _) = specs else {
                    // check_startspec/4 has no clause for it, and sys catches that.
                    return Err(error(Term::tagged(Atom::EXIT, Term::error(Atom::FUNCTION_CLAUSE.into()))));
                };
                let specs = check_specs::<G>(list, Some(flags.auto_shutdown), image).map_err(refused)?;
                (flags, specs)
            }
        };
        Ok((flags, specs))
    }
}

/// `update_childspec1/3`: the new ones in their order, each with the process that it has already, then those
/// that are named no longer. They count as the youngest, and are the first to be stopped.
fn update<G: Guest>(old: &Children<G>, specs: Vec<Spec<G>>) -> Children<G> {
    let mut children = Children::default();
    for spec in specs {
        let state = old.by_id(&spec.id).map_or(Incarnation::None, |row| old.child(row).state.clone());
        children.push(Child { spec: Arc::new(spec), state, forgets_arguments: false });
    }
    for (_, child) in old.iter() {
        if children.by_id(&child.spec.id).is_none() {
            children.push(child.clone());
        }
    }
    children
}

/// `{Ids, Db}`: the specifications as `check_startspec/2` returns them.
fn checked<G: Guest>(specs: &[Spec<G>]) -> Term {
    let ids = Term::list(specs.iter().map(|spec| spec.id.clone()));
    let records = Term::map(specs.iter().map(|spec| (spec.id.clone(), record::<G>(spec))));
    Term::tuple([ids, records])
}
