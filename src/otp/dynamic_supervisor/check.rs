//! The checks of `DynamicSupervisor`: of a child specification, in the process that calls `start_child`,
//! and of the flags that `init/1` returns.

use crate::kernel::{Atom, Term};

use super::init::DynamicOptions;
use crate::otp::raise::Raise;
use crate::otp::release::Release;
use crate::otp::spec::{ChildSpec, ChildType, Restart, Shutdown};

/// How `DynamicSupervisor.start_child/2` ends without asking the supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It returns this.
    Returns(Term),
    /// It raises this in the caller.
    Raises(Raise),
}

/// Checks a child specification, a map or a tuple of six, as `DynamicSupervisor.start_child/2` does before
/// it calls the supervisor. The start function stays `{Module, Function, Arguments}`.
///
/// # Errors
///
/// What `start_child` does instead of asking the supervisor.
pub fn check_child(spec: &Term, release: Release) -> Result<ChildSpec<Term>, Refusal> {
    let refuse = |what: Atom, value: &Term| Err(Refusal::Returns(refused(what, value)));
    let parts = match spec {
        Term::Map(_, _) => match from_map(spec)? {
            Some(parts) => parts,
            None => return refuse(Atom::INVALID_CHILD_SPEC, spec),
        },
        Term::Tuple(elements, _) => match &**elements {
            [id, start, restart, shutdown, kind, modules] => Parts {
                id: id.clone(),
                start: start.clone(),
                restart: restart.clone(),
                shutdown: shutdown.clone(),
                kind: kind.clone(),
                modules: modules.clone(),
                significant: Term::boolean(false),
            },
            _ => return refuse(Atom::INVALID_CHILD_SPEC, spec),
        },
        _ => return refuse(Atom::INVALID_CHILD_SPEC, spec),
    };
    if !is_mfa(&parts.start) {
        return refuse(Atom::INVALID_MFA, &parts.start);
    }
    let Some(restart) = Restart::of(&parts.restart) else {
        return refuse(Atom::INVALID_RESTART_TYPE, &parts.restart);
    };
    let Some(shutdown) = shutdown_of(&parts.shutdown, release) else {
        return refuse(Atom::INVALID_SHUTDOWN, &parts.shutdown);
    };
    let Some(kind) = ChildType::of(&parts.kind) else {
        return refuse(Atom::INVALID_CHILD_TYPE, &parts.kind);
    };
    let modules_are_valid = match &parts.modules {
        Term::List(modules, _) => modules.iter().all(|module| module.as_atom().is_some()),
        other => other.is(Atom::DYNAMIC),
    };
    if !modules_are_valid {
        return refuse(Atom::INVALID_MODULES, &parts.modules);
    }
    if release.dynamic_refuses_significant() && !parts.significant.is(Atom::FALSE) {
        return refuse(Atom::INVALID_SIGNIFICANT, &parts.significant);
    }
    let modules = Some(parts.modules);
    Ok(ChildSpec { id: parts.id, start: parts.start, restart, significant: false, shutdown, kind, modules })
}

/// The parts of a specification, defaults filled in.
struct Parts {
    id: Term,
    start: Term,
    restart: Term,
    shutdown: Term,
    kind: Term,
    modules: Term,
    significant: Term,
}

/// None when it has no id or no start with a module.
fn from_map(spec: &Term) -> Result<Option<Parts>, Refusal> {
    let Some(id) = spec.field(Atom::ID) else { return Ok(None) };
    let Some(start) = spec.field(Atom::START) else { return Ok(None) };
    let Some([module, _, _]) = start.as_tuple() else { return Ok(None) };
    let field = |key: Atom, default: Term| spec.field(key).cloned().unwrap_or(default);
    let kind = field(Atom::TYPE, Atom::WORKER.into());
    let shutdown = match ChildType::of(&kind) {
        Some(kind) => Shutdown::default_of(kind).term(),
        // A `case` without a clause for it (dynamic_supervisor.ex, validate_child/1, Elixir 1.14).
        None => return Err(Refusal::Raises(Raise::Error(Term::tagged(Atom::CASE_CLAUSE, kind)))),
    };
    Ok(Some(Parts {
        id: id.clone(),
        start: start.clone(),
        restart: field(Atom::RESTART, Atom::PERMANENT.into()),
        shutdown: field(Atom::SHUTDOWN, shutdown),
        modules: field(Atom::MODULES, Term::list([module.clone()])),
        significant: field(Atom::SIGNIFICANT, Term::boolean(false)),
        kind,
    }))
}

fn refused(what: Atom, value: &Term) -> Term {
    Term::tagged(Atom::ERROR, Term::tagged(what, value.clone()))
}

fn is_mfa(term: &Term) -> bool {
    matches!(term.as_tuple(), Some([Term::Atom(_), Term::Atom(_), Term::List(_, _)]))
}

fn shutdown_of(term: &Term, release: Release) -> Option<Shutdown> {
    Shutdown::of(term)
        .filter(|shutdown| *shutdown != Shutdown::Timeout(0) || release.dynamic_accepts_no_time())
}

/// What a raw result of `init/1` means (dynamic_supervisor.ex, init/1 and init/2, Elixir 1.14).
///
/// Extra arguments in it are checked and not passed on: only [`DynamicOptions`] hold arguments that
/// processes understand.
pub(super) fn check_init(module: Atom, result: &Term, release: Release) -> CheckedInit {
    if result.is(Atom::IGNORE) {
        return CheckedInit::Ignore;
    }
    match result.untag(Atom::OK) {
        Some(flags @ Term::Map(_, _)) => match check_flags(flags, release) {
            Ok(options) => CheckedInit::Go(options),
            Err(reason) => CheckedInit::Stop(Term::tagged(Atom::SUPERVISOR_DATA, reason)),
        },
        _ => {
            let call = Term::tuple([module.into(), Atom::INIT.into(), result.clone()]);
            CheckedInit::Stop(Term::tagged(Atom::BAD_RETURN, call))
        }
    }
}

/// What a dynamic supervisor does after its `init/1`.
pub(super) enum CheckedInit {
    /// It supervises, with these options.
    Go(DynamicOptions),
    /// Nothing: `start_link` returns `ignore`.
    Ignore,
    /// It fails with this reason.
    Stop(Term),
}

fn check_flags(flags: &Term, release: Release) -> Result<DynamicOptions, Term> {
    let flag = |key: Atom, default: Term| flags.field(key).cloned().unwrap_or(default);
    let invalid = |what: Atom, value: &Term| Err(Term::tagged(what, value.clone()));
    let strategy = flag(Atom::STRATEGY, Atom::ONE_FOR_ONE.into());
    if !strategy.is(Atom::ONE_FOR_ONE) {
        return invalid(Atom::INVALID_STRATEGY, &strategy);
    }
    let intensity = flag(Atom::INTENSITY, Term::Int(1));
    let Some(max_restarts) = at_least(0, &intensity) else {
        return invalid(Atom::INVALID_INTENSITY, &intensity);
    };
    let period = flag(Atom::PERIOD, Term::Int(5));
    let Some(max_seconds) = at_least(1, &period) else {
        return invalid(Atom::INVALID_PERIOD, &period);
    };
    let max_children = flag(Atom::MAX_CHILDREN, Atom::INFINITY.into());
    let limit = at_least(0, &max_children);
    if limit.is_none() && !max_children.is(Atom::INFINITY) {
        return invalid(Atom::INVALID_MAX_CHILDREN, &max_children);
    }
    let extra = flag(Atom::EXTRA_ARGUMENTS, Term::list([]));
    if !matches!(extra, Term::List(_, _)) {
        return invalid(Atom::INVALID_EXTRA_ARGUMENTS, &extra);
    }
    let auto_shutdown = flag(Atom::AUTO_SHUTDOWN, Atom::NEVER.into());
    if release.dynamic_refuses_significant() && !auto_shutdown.is(Atom::NEVER) {
        return invalid(Atom::INVALID_AUTO_SHUTDOWN, &auto_shutdown);
    }
    Ok(DynamicOptions { max_restarts, max_seconds, max_children: limit, extra_arguments: Vec::new() })
}

/// Larger numbers than the model counts to are as good as its largest.
fn at_least(least: i64, term: &Term) -> Option<u32> {
    match term {
        Term::Int(value) if *value >= least => Some(u32::try_from(*value).unwrap_or(u32::MAX)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Refusal, check_child};
    use crate::kernel::{Atom, Term};
    use crate::otp::raise::Raise;
    use crate::otp::spec::{ChildType, Restart, Shutdown};
    use crate::otp::stage::{OTP_25, OTP_29};
    use crate::otp::toy::{show, term};

    fn start() -> Term {
        Term::tuple([term("ch"), term("sl"), Term::list([term("a")])])
    }

    fn map(pairs: &[(Atom, Term)]) -> Term {
        Term::map(pairs.iter().map(|(key, value)| ((*key).into(), value.clone())))
    }

    /// A valid map but for this.
    fn with(key: Atom, value: Term) -> Term {
        map(&[(Atom::ID, term("x")), (Atom::START, start()), (key, value)])
    }

    fn refusal(spec: &Term) -> String {
        match check_child(spec, OTP_29) {
            Ok(_) => "accepted".to_owned(),
            Err(Refusal::Returns(term)) => show(&term),
            Err(Refusal::Raises(Raise::Error(term))) => format!("raises {}", show(&term)),
            Err(Refusal::Raises(other)) => format!("{other:?}"),
        }
    }

    #[test]
    fn each_mistake_has_its_own_error() {
        let bad = || term("bad");
        let no_id = map(&[(Atom::START, start())]);
        assert_eq!(refusal(&no_id), "{error,{invalid_child_spec,#{start=>{ch,sl,[a]}}}}");
        assert_eq!(refusal(&bad()), "{error,{invalid_child_spec,bad}}");
        assert_eq!(refusal(&with(Atom::START, bad())), "{error,{invalid_child_spec,#{id=>x,start=>bad}}}");
        let no_list = Term::tuple([term("ch"), term("sl"), term("a")]);
        assert_eq!(refusal(&with(Atom::START, no_list)), "{error,{invalid_mfa,{ch,sl,a}}}");
        assert_eq!(refusal(&with(Atom::RESTART, bad())), "{error,{invalid_restart_type,bad}}");
        assert_eq!(refusal(&with(Atom::SHUTDOWN, Term::Int(-1))), "{error,{invalid_shutdown,-1}}");
        let no_time = with(Atom::SHUTDOWN, Term::Int(0));
        assert_eq!(refusal(&no_time), "accepted");
        assert!(check_child(&no_time, OTP_25).is_err(), "Elixir 1.14 does not take it");
        assert_eq!(refusal(&with(Atom::MODULES, bad())), "{error,{invalid_modules,bad}}");
        let one = Term::list([Term::Int(1)]);
        assert_eq!(refusal(&with(Atom::MODULES, one)), "{error,{invalid_modules,[1]}}");
        assert_eq!(refusal(&with(Atom::TYPE, bad())), "raises {case_clause,bad}");
        let tuple = |kind| {
            let shutdown = Term::Int(5000);
            Term::tuple([bad(), start(), Atom::PERMANENT.into(), shutdown, kind, Term::list([])])
        };
        assert_eq!(refusal(&tuple(bad())), "{error,{invalid_child_type,bad}}");
        assert_eq!(refusal(&tuple(Atom::WORKER.into())), "accepted");
        let significant = with(Atom::SIGNIFICANT, Term::boolean(true));
        assert_eq!(refusal(&significant), "{error,{invalid_significant,true}}");
        assert!(check_child(&significant, OTP_25).is_ok(), "Elixir 1.14 does not look at it");
    }

    #[test]
    fn what_is_missing_has_a_default() {
        let worker = check_child(&with(Atom::RESTART, Atom::PERMANENT.into()), OTP_29).expect("valid");
        assert_eq!((worker.restart, worker.kind), (Restart::Permanent, ChildType::Worker));
        assert_eq!(worker.shutdown, Shutdown::Timeout(5000));
        assert_eq!(worker.modules, Some(Term::list([term("ch")])));
        let pool = check_child(&with(Atom::TYPE, Atom::SUPERVISOR.into()), OTP_29).expect("valid");
        assert_eq!(pool.shutdown, Shutdown::Infinity);
    }
}
