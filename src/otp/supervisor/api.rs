//! The requests that a supervisor answers, and exactly what it answers. `supervisor.erl`, `handle_call/3`
//! (OTP 25).

use std::sync::Arc;

use crate::kernel::{Atom, Context, Term};
use crate::otp::actor::Actor;
use crate::otp::guest::Guest;
use crate::otp::hooks::Image;
use crate::otp::member::Counts;
use crate::otp::message::{From, SupervisorRequest};
use crate::otp::spec::StartFunction;
use crate::otp::spec_check::{check_significant, check_spec};

use super::children::{Incarnation, Spec};
use super::job::{Job, Turn};
use super::report::{mfargs, modules, spec_map};
use super::{Family, Supervisor};

fn error(reason: Atom) -> Term {
    Term::tagged(Atom::ERROR, reason.into())
}

impl<G: Guest> Supervisor<G> {
    /// Answers a call, at once or when what it asks for is done.
    pub(super) fn answer(
        &mut self,
        from: From,
        request: SupervisorRequest<G>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        if matches!(request, SupervisorRequest::WhichChild(_))
            && !context.image().release().knows_which_child()
        {
            return self.function_clause(context);
        }
        match self.family {
            Family::Static(_) => self.answer_static(from, request, context),
            Family::Simple(_) => self.answer_simple(from, request, context),
        }
    }

    fn answer_static(
        &mut self,
        from: From,
        request: SupervisorRequest<G>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        let auto_shutdown = self.flags.auto_shutdown;
        let children = self.rows();
        let answer = match request {
            SupervisorRequest::StartChild(spec) => {
                let spec = spec.map_start(StartFunction::Known);
                match check_significant(spec, auto_shutdown, context.image().release()) {
                    Ok(spec) => return self.start_child(from, spec, context),
                    Err(reason) => Term::tagged(Atom::ERROR, reason),
                }
            }
            SupervisorRequest::StartRawChild(spec) => {
                match check_spec::<G>(&spec, Some(auto_shutdown), context.image()) {
                    Ok(spec) => return self.start_child(from, spec, context),
                    Err(reason) => Term::tagged(Atom::ERROR, reason),
                }
            }
            SupervisorRequest::StartWith(arguments) => {
                let list = Term::list(arguments.iter().cloned());
                Term::tagged(Atom::ERROR, Term::tagged(Atom::INVALID_CHILD_SPEC, list))
            }
            SupervisorRequest::TerminateChild(id) => match children.by_id(&id) {
                Some(row) => return Turn::Job(Job::Remove { from, row }),
                None => error(Atom::NOT_FOUND),
            },
            SupervisorRequest::RestartChild(id) => match children.by_id(&id) {
                Some(row) => match busy(&children.child(row).state) {
                    None => return Turn::Job(Job::Again { from, row }),
                    Some(error) => error,
                },
                None => error(Atom::NOT_FOUND),
            },
            SupervisorRequest::DeleteChild(id) => match children.by_id(&id) {
                Some(row) => busy(&children.child(row).state).unwrap_or_else(|| {
                    self.rows_mut().remove(row);
                    Atom::OK.into()
                }),
                None => error(Atom::NOT_FOUND),
            },
            SupervisorRequest::WhichChildren => Term::list(children.iter().rev().map(|(_, child)| {
                child_info::<G>(child.spec.id.clone(), pid_term(&child.state), &child.spec)
            })),
            SupervisorRequest::WhichChild(id) => match children.by_id(&id) {
                Some(row) => {
                    let child = children.child(row);
                    let info = child_info::<G>(id, pid_term(&child.state), &child.spec);
                    Term::tagged(Atom::OK, info)
                }
                None => error(Atom::NOT_FOUND),
            },
            SupervisorRequest::CountChildren => {
                // A request to each of them (supervisor.erl, `count_child/2`).
                counted(self.counts(&mut |pid| context.is_alive(pid)))
            }
            SupervisorRequest::GetChildspec(id) => match children.by_id(&id) {
                Some(row) => {
                    let child = children.child(row);
                    Term::tagged(Atom::OK, spec_map::<G>(&child.spec, child.mfargs()))
                }
                None => error(Atom::NOT_FOUND),
            },
        };
        self.reply(from, answer, context)
    }

    fn start_child(&mut self, from: From, spec: Spec<G>, context: &mut Context<'_, Actor<G>>) -> Turn<G> {
        let children = self.rows();
        let answer = match children.by_id(&spec.id).map(|row| &children.child(row).state) {
            None => return Turn::Job(Job::Add { from, spec: Arc::new(spec) }),
            Some(Incarnation::Alive(pid)) => {
                Term::tagged(Atom::ERROR, Term::tagged(Atom::ALREADY_STARTED, (*pid).into()))
            }
            Some(Incarnation::None | Incarnation::Restarting(_)) => error(Atom::ALREADY_PRESENT),
        };
        self.reply(from, answer, context)
    }

    fn answer_simple(
        &mut self,
        from: From,
        request: SupervisorRequest<G>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        let simple = self.simple();
        let template = &simple.template;
        let not_by_id = || error(Atom::SIMPLE_ONE_FOR_ONE);
        let undefined = || Term::Atom(Atom::UNDEFINED);
        let answer = match request {
            SupervisorRequest::StartWith(arguments) => {
                let start = simple.with_arguments(&arguments);
                return Turn::Job(Job::AddDynamic { from, start });
            }
            // A specification is no list of arguments: apply/3 refuses it.
            SupervisorRequest::StartChild(_) | SupervisorRequest::StartRawChild(_) => {
                let bad_argument = Term::error(Atom::BADARG.into());
                Term::tagged(Atom::ERROR, Term::tagged(Atom::EXIT, bad_argument))
            }
            SupervisorRequest::TerminateChild(Term::Pid(pid)) => match simple.find(pid) {
                Some(false) => return Turn::Job(Job::RemoveDynamic { from, pid }),
                Some(true) => {
                    self.simple_mut().forget(pid);
                    Atom::OK.into()
                }
                None if context.is_alive(pid) => error(Atom::NOT_FOUND),
                None => {
                    // Any dead process passes for the child whose pid is `undefined`.
                    self.simple_mut().ghost = false;
                    Atom::OK.into()
                }
            },
            SupervisorRequest::TerminateChild(_)
            | SupervisorRequest::RestartChild(_)
            | SupervisorRequest::DeleteChild(_) => not_by_id(),
            SupervisorRequest::WhichChildren => {
                let ghost = simple.ghost.then(|| child_info::<G>(undefined(), undefined(), template));
                let members = simple.pids().into_iter().map(|(pid, restarting)| {
                    let shown = if restarting { Atom::RESTARTING.into() } else { pid.into() };
                    child_info::<G>(undefined(), shown, template)
                });
                Term::list(ghost.into_iter().chain(members))
            }
            SupervisorRequest::WhichChild(Term::Pid(pid)) => match simple.find(pid) {
                Some(restarting) => {
                    let shown = if restarting { Atom::RESTARTING.into() } else { pid.into() };
                    Term::tagged(Atom::OK, child_info::<G>(undefined(), shown, template))
                }
                None => error(Atom::NOT_FOUND),
            },
            SupervisorRequest::WhichChild(_) => not_by_id(),
            SupervisorRequest::CountChildren => counted(self.counts(&mut |_| true)),
            SupervisorRequest::GetChildspec(id) => {
                let found = match id {
                    Term::Pid(pid) => simple.find(pid).is_some() || !context.is_alive(pid),
                    id => template.id == id,
                };
                if found {
                    let map = spec_map::<G>(template, mfargs::<G>(&template.start));
                    Term::tagged(Atom::OK, map)
                } else {
                    error(Atom::NOT_FOUND)
                }
            }
        };
        self.reply(from, answer, context)
    }
}

/// Why a child cannot be restarted or deleted by hand, if it cannot.
fn busy(state: &Incarnation) -> Option<Term> {
    match state {
        Incarnation::None => None,
        Incarnation::Alive(_) => Some(error(Atom::RUNNING)),
        Incarnation::Restarting(_) => Some(error(Atom::RESTARTING)),
    }
}

fn pid_term(state: &Incarnation) -> Term {
    match state {
        Incarnation::None => Atom::UNDEFINED.into(),
        Incarnation::Alive(pid) => (*pid).into(),
        Incarnation::Restarting(_) => Atom::RESTARTING.into(),
    }
}

/// `{Id, Child, Type, Modules}`.
fn child_info<G: Guest>(id: Term, child: Term, spec: &Spec<G>) -> Term {
    Term::tuple([id, child, spec.kind.atom().into(), modules::<G>(spec)])
}

/// `[{specs, S}, {active, A}, {supervisors, N}, {workers, M}]`.
fn counted(counts: Counts) -> Term {
    Term::list(counts.rows().map(|(key, count)| Term::tagged(key, count)))
}
