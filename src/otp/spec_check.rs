//! Checking supervisor flags and child specifications as users write them, error by error in OTP's order.
//!
//! It knows terms and releases, and no process. `supervisor.erl`, `check_flags/1` and
//! `check_childspec/2` (OTP 25), with the checks that later releases added.

use std::collections::BTreeSet;

use crate::kernel::{Atom, Term};

use super::guest::Guest;
use super::hooks::Image;
use super::release::Release;
use super::spec::{AutoShutdown, ChildSpec, ChildType, Flags, Restart, Shutdown, StartFunction, Strategy};

/// Checks what `init/1` returned as flags: a map, or `{Strategy, Intensity, Period}`.
///
/// # Errors
///
/// The first thing that is wrong, such as `{invalid_strategy, one_for_al}`.
pub(super) fn check_flags(flags: &Term, release: Release) -> Result<Flags, Term> {
    let given = |key: Atom| flags.field(key);
    let (strategy, intensity, period) = match flags {
        Term::Map(_, _) => (given(Atom::STRATEGY), given(Atom::INTENSITY), given(Atom::PERIOD)),
        Term::Tuple(row, _) if row.len() == 3 => (Some(&row[0]), Some(&row[1]), Some(&row[2])),
        _ => return Err(Term::tagged(Atom::INVALID_TYPE, flags.clone())),
    };
    let strategy = match strategy {
        None => Strategy::OneForOne,
        Some(term) => Strategy::of(term).ok_or_else(|| Term::tagged(Atom::INVALID_STRATEGY, term.clone()))?,
    };
    let intensity = number(intensity, 1, 0, Atom::INVALID_INTENSITY)?;
    let period = number(period, 5, 1, Atom::INVALID_PERIOD)?;
    let auto_shutdown = match given(Atom::AUTO_SHUTDOWN) {
        Some(term) if release.knows_auto_shutdown() => {
            AutoShutdown::of(term).ok_or_else(|| Term::tagged(Atom::INVALID_AUTO_SHUTDOWN, term.clone()))?
        }
        Some(_) | None => AutoShutdown::Never,
    };
    match given(Atom::HIBERNATE_AFTER) {
        Some(term) if release.knows_hibernate_after() && !is_timeout(term) => {
            return Err(Term::tagged(Atom::INVALID_HIBERNATE_AFTER, term.clone()));
        }
        Some(_) | None => (),
    }
    check_combination(Flags { strategy, intensity, period, auto_shutdown }, release)
}

/// Flags that are fine one by one, but not together in this release.
///
/// # Errors
///
/// `{bad_combination, ..}`: `auto_shutdown` with `simple_one_for_one`.
pub fn check_combination(flags: Flags, release: Release) -> Result<Flags, Term> {
    let refused = flags.strategy == Strategy::SimpleOneForOne
        && flags.auto_shutdown != AutoShutdown::Never
        && release.simple_refuses_auto_shutdown();
    if refused {
        return Err(bad_combination([
            (Atom::AUTO_SHUTDOWN, flags.auto_shutdown.atom().into()),
            (Atom::STRATEGY, Atom::SIMPLE_ONE_FOR_ONE.into()),
        ]));
    }
    Ok(flags)
}

/// Checks the child specifications of an `init/1` or of code that asks first.
///
/// # Errors
///
/// The first thing that is wrong, such as `missing_id` or `{duplicate_child_name, Id}`.
pub(super) fn check_specs<G: Guest>(
    specs: &[Term],
    auto_shutdown: Option<AutoShutdown>,
    image: &G::Image,
) -> Result<Vec<ChildSpec<StartFunction<G::Start>>>, Term> {
    let checked = check_all(specs, auto_shutdown, image.release())?;
    Ok(checked.into_iter().map(|spec| with_function::<G>(spec, image)).collect())
}

/// Checks one child specification.
///
/// # Errors
///
/// The first thing that is wrong.
pub(super) fn check_spec<G: Guest>(
    spec: &Term,
    auto_shutdown: Option<AutoShutdown>,
    image: &G::Image,
) -> Result<ChildSpec<StartFunction<G::Start>>, Term> {
    Ok(with_function::<G>(check_one(spec, auto_shutdown, image.release())?, image))
}

/// `supervisor:check_childspecs/1`, and `/2` when `auto_shutdown` is given.
pub fn check_childspecs(specs: &Term, auto_shutdown: Option<&Term>, release: Release) -> Term {
    let error = |reason: Term| Term::tagged(Atom::ERROR, reason);
    let bad_argument = |term: &Term| error(Term::tagged(Atom::BADARG, term.clone()));
    let Term::List(list, _) = specs else { return bad_argument(specs) };
    let auto_shutdown = match auto_shutdown {
        None => None,
        Some(term) if term.is(Atom::UNDEFINED) => None,
        Some(term) => match AutoShutdown::of(term) {
            Some(auto_shutdown) => Some(auto_shutdown),
            None => return bad_argument(term),
        },
    };
    match check_all(list, auto_shutdown, release) {
        Ok(_) => Atom::OK.into(),
        Err(reason) => error(reason),
    }
}

/// Checks whether a specification that is fine by itself fits a supervisor of this release.
///
/// # Errors
///
/// `{bad_combination, ..}`: significant, where that cannot be.
pub(super) fn check_significant<S>(
    spec: ChildSpec<S>,
    auto_shutdown: AutoShutdown,
    release: Release,
) -> Result<ChildSpec<S>, Term> {
    if !release.knows_auto_shutdown() {
        return Ok(ChildSpec { significant: false, ..spec });
    }
    significant_of(&Term::boolean(spec.significant), spec.restart, Some(auto_shutdown))?;
    Ok(spec)
}

fn with_function<G: Guest>(spec: ChildSpec<Term>, image: &G::Image) -> ChildSpec<StartFunction<G::Start>> {
    spec.map_start(|mfa| match G::start_of(&mfa, image) {
        Some(start) => StartFunction::Known(start),
        None => StartFunction::Unknown(mfa),
    })
}

fn check_all(
    specs: &[Term],
    auto_shutdown: Option<AutoShutdown>,
    release: Release,
) -> Result<Vec<ChildSpec<Term>>, Term> {
    let mut ids = BTreeSet::new();
    let mut checked = Vec::with_capacity(specs.len());
    for spec in specs {
        let spec = check_one(spec, auto_shutdown, release)?;
        if !ids.insert(spec.id.clone()) {
            return Err(Term::tagged(Atom::DUPLICATE_CHILD_NAME, spec.id));
        }
        checked.push(spec);
    }
    Ok(checked)
}

fn check_one(
    spec: &Term,
    auto_shutdown: Option<AutoShutdown>,
    release: Release,
) -> Result<ChildSpec<Term>, Term> {
    let invalid = |tag: Atom, term: &Term| Term::tagged(tag, term.clone());
    // In the order of the tuple: id, start, restart, shutdown, type, modules.
    let row: [Option<&Term>; 6] = match spec {
        Term::Map(_, _) => [Atom::ID, Atom::START, Atom::RESTART, Atom::SHUTDOWN, Atom::TYPE, Atom::MODULES]
            .map(|key| spec.field(key)),
        Term::Tuple(row, _) if row.len() == 6 => std::array::from_fn(|at| Some(&row[at])),
        _ => return Err(invalid(Atom::INVALID_CHILD_SPEC, spec)),
    };
    let [id, start, restart, shutdown, kind, modules] = row;
    let id = id.ok_or(Term::Atom(Atom::MISSING_ID))?;
    let start = start.ok_or(Term::Atom(Atom::MISSING_START))?;
    match start.as_tuple() {
        Some([Term::Atom(_), Term::Atom(_), Term::List(_, _)]) => (),
        _ => return Err(invalid(Atom::INVALID_MFA, start)),
    }
    let restart = match restart {
        None => Restart::Permanent,
        Some(term) => Restart::of(term).ok_or_else(|| invalid(Atom::INVALID_RESTART_TYPE, term))?,
    };
    let significant = match spec.field(Atom::SIGNIFICANT) {
        Some(term) if release.knows_auto_shutdown() => significant_of(term, restart, auto_shutdown)?,
        Some(_) | None => false,
    };
    let kind = match kind {
        None => ChildType::Worker,
        Some(term) => ChildType::of(term).ok_or_else(|| invalid(Atom::INVALID_CHILD_TYPE, term))?,
    };
    let shutdown = match shutdown {
        None => Shutdown::default_of(kind),
        Some(term) => Shutdown::of(term).ok_or_else(|| invalid(Atom::INVALID_SHUTDOWN, term))?,
    };
    match modules {
        None => (),
        Some(term) if term.is(Atom::DYNAMIC) => (),
        Some(Term::List(list, _)) => {
            if let Some(odd) = list.iter().find(|module| module.as_atom().is_none()) {
                return Err(invalid(Atom::INVALID_MODULE, odd));
            }
        }
        Some(term) => return Err(invalid(Atom::INVALID_MODULES, term)),
    }
    Ok(ChildSpec {
        id: id.clone(),
        start: start.clone(),
        restart,
        significant,
        shutdown,
        kind,
        modules: modules.cloned(),
    })
}

/// `validSignificant/3`: what does not go together comes before what is no boolean.
fn significant_of(term: &Term, restart: Restart, auto_shutdown: Option<AutoShutdown>) -> Result<bool, Term> {
    if term.is(Atom::TRUE) {
        let significant = (Atom::SIGNIFICANT, Term::boolean(true));
        if auto_shutdown == Some(AutoShutdown::Never) {
            return Err(bad_combination([(Atom::AUTO_SHUTDOWN, Atom::NEVER.into()), significant]));
        }
        if restart == Restart::Permanent {
            return Err(bad_combination([(Atom::RESTART, Atom::PERMANENT.into()), significant]));
        }
        return Ok(true);
    }
    if term.is(Atom::FALSE) {
        return Ok(false);
    }
    Err(Term::tagged(Atom::INVALID_SIGNIFICANT, term.clone()))
}

fn bad_combination(pairs: [(Atom, Term); 2]) -> Term {
    Term::tagged(
        Atom::BAD_COMBINATION,
        Term::list(pairs.into_iter().map(|(key, value)| Term::tagged(key, value))),
    )
}

/// An integer that is at least `least`. One that does not fit counts as the greatest that does.
fn number(given: Option<&Term>, default: u32, least: i64, error: Atom) -> Result<u32, Term> {
    match given {
        None => Ok(default),
        Some(Term::Int(value)) if *value >= least => Ok(u32::try_from(*value).unwrap_or(u32::MAX)),
        Some(term) => Err(Term::tagged(error, term.clone())),
    }
}

fn is_timeout(term: &Term) -> bool {
    matches!(term, Term::Int(0..)) || term.is(Atom::INFINITY)
}

#[cfg(test)]
mod tests;
