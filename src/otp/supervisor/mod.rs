//! `supervisor`: a process that starts, stops and restarts others.
//!
//! OTP's nested receives are phases here: a supervisor that waits for a child to start or to stop hears
//! of nothing else, and what it was doing is a [`Job`] that goes on afterwards. It knows how children are
//! started and nothing of what they do.

mod api;
mod children;
mod code_change;
mod dynamic_children;
mod init;
mod intensity;
mod job;
mod occupation;
mod report;
mod restart;
mod restart_rules;
mod shutdown;
mod simple;
mod table;
mod terminate;

use std::sync::Arc;

use crate::kernel::{Atom, Context, Input, Next, Pid, Received, Term};

use super::actor::{Actor, Birth};
use super::call;
use super::guest::Guest;
use super::hooks::Image;
use super::member::{Counts, Member};
use super::message::{From, Message, Request, SystemRequest};
use super::naming::{Registered, Taken};
use super::report::{Decision, Report};
use super::server;
use super::spec::{AutoShutdown, Flags, StartFunction, Strategy};
use super::spec_check::{check_combination, check_flags, check_significant, check_specs};
use super::start::{PendingStart, Started};
use super::system;

use children::{Child, Children, Incarnation, Spec};
use dynamic_children::DynamicTermination;
pub use init::{InitResult, OwnTable, SupervisorInit};
pub(super) use intensity::Window;
use job::{Job, Turn};
pub use occupation::Occupation;
use shutdown::ChildShutdown;
use simple::Simple;

/// A `supervisor` process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Supervisor<G: Guest> {
    birth: Birth,
    flags: Flags,
    restarts: Window,
    family: Family<G>,
    /// How many retries were noted (OTP 29; before, always 0).
    notes: u32,
    /// The table that it owns.
    table: Option<OwnTable>,
    phase: Phase<G>,
}

/// Those it supervises.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Family<G: Guest> {
    /// Each with its own specification.
    Static(Children<G>),
    /// All from one template: `simple_one_for_one`.
    Simple(Simple<G>),
}

/// Where a supervisor is in its life: what it waits for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Phase<G: Guest> {
    /// It has not run yet.
    Unborn(SupervisorInit<G::Start>),
    /// It waits for any message.
    Loop,
    /// Nothing but system messages: `sys:suspend_loop/6` (OTP 25).
    Suspended,
    /// Others run before it goes on with this.
    Interrupted(Job<G>),
    /// A child says how its start went.
    Starting(PendingStart, Job<G>),
    /// A child stops.
    ShuttingDown(ChildShutdown, Job<G>),
    /// All dynamic children stop.
    TerminatingDynamic(DynamicTermination),
    /// Nothing is left but to exit.
    Leaving(Term),
}

impl<G: Guest> Phase<G> {
    fn occupation(&self) -> Occupation {
        match self {
            Phase::Unborn(_) => Occupation::Starting,
            Phase::Loop | Phase::Suspended => Occupation::Idle,
            Phase::Interrupted(job) | Phase::Starting(_, job) | Phase::ShuttingDown(_, job) => {
                job.occupation()
            }
            Phase::TerminatingDynamic(_) | Phase::Leaving(_) => Occupation::Stopping,
        }
    }
}

impl<G: Guest> Supervisor<G> {
    /// A supervisor that has not run yet.
    pub fn new(init: SupervisorInit<G::Start>, birth: Birth) -> Self {
        let flags = Flags {
            strategy: Strategy::OneForOne,
            intensity: 1,
            period: 5,
            auto_shutdown: AutoShutdown::Never,
        };
        Supervisor {
            birth,
            flags,
            restarts: Window::default(),
            family: Family::Static(Children::default()),
            notes: 0,
            table: None,
            phase: Phase::Unborn(init),
        }
    }

    /// How it supervises.
    pub fn flags(&self) -> Flags {
        self.flags
    }

    /// Whether it waits for a message, rather than for a child to start or to stop.
    pub fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Loop)
    }

    /// What it is doing.
    pub fn occupation(&self) -> Occupation {
        self.phase.occupation()
    }

    /// The child that it waits for, if it is starting or stopping one, and is deaf meanwhile.
    pub fn waits_for(&self) -> Option<Pid> {
        match &self.phase {
            Phase::Starting(start, _) => Some(start.child),
            Phase::ShuttingDown(stop, _) => Some(stop.pid),
            Phase::Unborn(_)
            | Phase::Loop
            | Phase::Suspended
            | Phase::Interrupted(_)
            | Phase::TerminatingDynamic(_)
            | Phase::Leaving(_) => None,
        }
    }

    /// The children without whom it does not go on: one that starts or stops, or all that stop together.
    pub(super) fn awaits(&self) -> Vec<Pid> {
        match &self.phase {
            Phase::TerminatingDynamic(termination) => termination.awaits(),
            _ => self.waits_for().into_iter().collect(),
        }
    }

    /// The ids of its children, oldest first; nothing of children that are made from a template.
    pub fn ids(&self) -> impl Iterator<Item = &Term> {
        let children = match &self.family {
            Family::Static(children) => Some(children),
            Family::Simple(_) => None,
        };
        children.into_iter().flat_map(|children| children.iter().map(|(_, child)| &child.spec.id))
    }

    /// Its children as an observer sees them, oldest first.
    pub fn members(&self) -> Vec<Member> {
        match &self.family {
            Family::Static(children) => children
                .iter()
                .map(|(_, child)| {
                    let restarting = matches!(child.state, Incarnation::Restarting(_));
                    Member::of(&*child.spec, child.state.alive(), restarting)
                })
                .collect(),
            Family::Simple(simple) => {
                let ghost = simple.ghost.then_some((None, false));
                let members = simple.pids().into_iter();
                let members = members.map(|(pid, restarting)| ((!restarting).then_some(pid), restarting));
                let all = ghost.into_iter().chain(members);
                all.map(|(pid, restarting)| Member::of(&*simple.template, pid, restarting)).collect()
            }
        }
    }

    /// What it counts. Of its own children it asks each whether it lives; of a pool's it knows who is restarting.
    pub fn counts(&self, is_alive: &mut dyn FnMut(Pid) -> bool) -> Counts {
        let mut counts = Counts::default();
        match &self.family {
            Family::Static(children) => {
                for (_, child) in children.iter() {
                    counts.specs += 1;
                    counts.active += i64::from(child.state.alive().is_some_and(&mut *is_alive));
                    counts.add(child.spec.kind, 1);
                }
            }
            Family::Simple(simple) => {
                let (size, active) = simple.counts();
                (counts.specs, counts.active) = (1, active);
                counts.add(simple.template.kind, size);
            }
        }
        counts
    }

    /// Until when it waits for dynamic children to end.
    pub(super) fn deadline(&self) -> Option<u64> {
        match &self.phase {
            Phase::TerminatingDynamic(termination) => termination.deadline(),
            Phase::Loop
            | Phase::Suspended
            | Phase::Interrupted(_)
            | Phase::Starting(..)
            | Phase::ShuttingDown(..)
            | Phase::Unborn(_)
            | Phase::Leaving(_) => None,
        }
    }

    /// Whether it would take this message now.
    pub(super) fn accepts(&self, message: &Received<Message<G>>) -> bool {
        match &self.phase {
            Phase::Loop => true,
            Phase::Suspended => system::accepts(&self.birth, message),
            Phase::Starting(start, _) => start.accepts(message),
            Phase::ShuttingDown(stop, _) => stop.accepts(message),
            Phase::TerminatingDynamic(termination) => termination.accepts(message),
            Phase::Unborn(_) | Phase::Leaving(_) => self.birth.naming.accepts(message),
            Phase::Interrupted(_) => false,
        }
    }

    /// Goes on with what it has waited for.
    pub(super) fn resume(&mut self, input: Input<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Next {
        let turn = match (std::mem::replace(&mut self.phase, Phase::Loop), input) {
            (Phase::Unborn(init), input) => self.begin(init, input, context),
            (Phase::Loop, Input::Message(message)) => self.handle(message, context),
            (Phase::Suspended, Input::Message(message)) => {
                self.phase = Phase::Suspended;
                self.handle(message, context)
            }
            (Phase::Loop | Phase::Suspended, _) => Turn::Wait(Next::Receive { timeout: None }),
            (Phase::Interrupted(job), _) => Turn::Job(job),
            (Phase::Starting(start, job), input) => self.resume_start(start, job, input, context),
            (Phase::ShuttingDown(stop, job), input) => self.resume_shutdown(stop, job, input, context),
            (Phase::TerminatingDynamic(termination), input) => {
                self.resume_terminate_dynamic(termination, input, context)
            }
            (Phase::Leaving(reason), input) => {
                let next = server::leave(&mut self.birth, &reason, input, context);
                self.phase = Phase::Leaving(reason);
                Turn::Wait(next)
            }
        };
        self.go_on(turn, context)
    }

    /// `gen:init_it/7`, then `supervisor:init/1` (OTP 25).
    fn begin(
        &mut self,
        init: SupervisorInit<G::Start>,
        input: Input<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        match server::register(&mut self.birth, input, context) {
            Ok(Registered::NotYet(next)) => {
                self.phase = Phase::Unborn(init);
                return Turn::Wait(next);
            }
            Ok(Registered::Done) => (),
            Err(Taken::By(holder)) => {
                return self.fail(Started::Error(Taken::error(holder)), Atom::NORMAL.into(), context);
            }
            Err(Taken::Raised(raise)) => return Turn::Wait(Next::Exit(raise.reason())),
        }
        context.trap_exit(true);
        self.table = init.table;
        self.open_table(context);
        let release = context.image().release();
        let checked = match init.result {
            InitResult::Ok(flags, specs) => {
                let specs = specs.into_iter().map(|spec| spec.map_start(StartFunction::Known));
                check_combination(flags, release)
                    .map_err(|error| Term::tagged(Atom::SUPERVISOR_DATA, error))
                    .and_then(|flags| {
                        let checked: Result<Vec<_>, _> =
                            specs.map(|spec| check_significant(spec, flags.auto_shutdown, release)).collect();
                        let specs = checked.map_err(|error| Term::tagged(Atom::START_SPEC, error))?;
                        self.raise(flags, specs)
                    })
            }
            InitResult::Raises(term) => {
                let reason = Term::error(term);
                return self.fail(Started::Error(reason.clone()), reason, context);
            }
            InitResult::Raw(term) if term.is(Atom::IGNORE) => {
                return self.fail(Started::Ignore, Atom::NORMAL.into(), context);
            }
            InitResult::Raw(term) => self.check(init.module, term, context),
        };
        match checked {
            Ok(()) => {
                context.report(|| Report::Supervises { flags: self.flags, dynamic: false });
                match self.family {
                    Family::Static(_) => Turn::Job(Job::Init { row: 0 }),
                    Family::Simple(_) => self.ready(context),
                }
            }
            Err(reason) => self.fail(Started::Error(reason.clone()), reason, context),
        }
    }

    /// Checks what `init/1` returned (`supervisor.erl`, `init/1`, OTP 25).
    fn check(&mut self, module: Atom, term: Term, context: &Context<'_, Actor<G>>) -> Result<(), Term> {
        let image = context.image();
        let Some([flags, specs]) = term.untag(Atom::OK).and_then(Term::as_tuple) else {
            let returned = Term::tuple([module.into(), Atom::INIT.into(), term]);
            return Err(Term::tagged(Atom::BAD_RETURN, returned));
        };
        let flags = check_flags(flags, image.release())
            .map_err(|error| Term::tagged(Atom::SUPERVISOR_DATA, error))?;
        let simple = flags.strategy == Strategy::SimpleOneForOne;
        let list = match specs {
            Term::List(list, _) if !simple || list.len() == 1 => list,
            _ if simple => return Err(Term::tagged(Atom::BAD_START_SPEC, specs.clone())),
            // check_startspec/4 has no clause for it.
            _ => return Err(Term::error(Atom::FUNCTION_CLAUSE.into())),
        };
        let specs = check_specs::<G>(list, Some(flags.auto_shutdown), image)
            .map_err(|error| Term::tagged(Atom::START_SPEC, error))?;
        self.raise(flags, specs)
    }

    /// Takes the specifications; nobody is started yet.
    fn raise(&mut self, flags: Flags, specs: Vec<Spec<G>>) -> Result<(), Term> {
        self.flags = flags;
        if flags.strategy == Strategy::SimpleOneForOne {
            let one = specs.len() == 1;
            let Some(template) = specs.first().filter(|_| one) else {
                let specs =
                    specs.iter().map(|spec| report::spec_map::<G>(spec, report::mfargs::<G>(&spec.start)));
                return Err(Term::tagged(Atom::BAD_START_SPEC, Term::list(specs)));
            };
            self.family = Family::Simple(Simple::new(template.clone()));
            return Ok(());
        }
        let mut children = Children::default();
        for spec in specs {
            if children.by_id(&spec.id).is_some() {
                let duplicate = Term::tagged(Atom::DUPLICATE_CHILD_NAME, spec.id);
                return Err(Term::tagged(Atom::START_SPEC, duplicate));
            }
            children.push(Child { spec: Arc::new(spec), state: Incarnation::None, forgets_arguments: false });
        }
        self.family = Family::Static(children);
        Ok(())
    }

    /// All children run: only now does the starter hear of it.
    fn ready(&mut self, context: &mut Context<'_, Actor<G>>) -> Turn<G> {
        let started = Started::Ok { pid: context.pid(), info: None };
        context.report(|| Report::Initialised(started.clone()));
        server::acknowledge(self.birth.starter, started, false, context);
        self.listen()
    }

    /// The start has failed; the name goes before the starter hears of it.
    fn fail(&mut self, started: Started, reason: Term, context: &mut Context<'_, Actor<G>>) -> Turn<G> {
        context.report(|| Report::Initialised(started.clone()));
        self.phase = Phase::Leaving(reason);
        Turn::Wait(server::fail_start(&mut self.birth, started, context))
    }

    /// Waits for a message.
    fn listen(&mut self) -> Turn<G> {
        self.phase = Phase::Loop;
        Turn::Wait(Next::Receive { timeout: None })
    }

    /// One message: `gen_server:decode_msg/9`, then `supervisor`'s callbacks (OTP 25).
    fn handle(&mut self, message: Received<Message<G>>, context: &mut Context<'_, Actor<G>>) -> Turn<G> {
        let unexpected = match message {
            Received::Exit { from, reason } if self.birth.is_parent(from) => {
                return self.terminate(reason, context);
            }
            Received::Exit { from, reason } => return self.child_exited(from, reason, context),
            Received::Message(Message::Terminate { from, reason }) => {
                call::reply(from, Atom::OK.into(), context);
                return Turn::Noticed(Job::End { reason });
            }
            Received::Message(Message::Call { from, request: Request::Supervisor(request) }) => {
                return self.answer(from, *request, context);
            }
            Received::Message(Message::TryAgain { child, tag }) => {
                return self.try_again(&child, tag, context);
            }
            Received::Message(Message::Call { from, request: Request::System(request) }) => {
                return self.answer_system(from, request, context);
            }
            // Neither handle_call/3 nor handle_cast/2 has a clause for anything else.
            Received::Message(
                Message::Call { request: Request::User(_) | Request::Application(_), .. } | Message::Cast(_),
            ) => {
                return self.function_clause(context);
            }
            message => Message::unexpected(&message),
        };
        context.report(|| Report::Unexpected { message: unexpected });
        self.listen()
    }

    /// `sys:handle_system_msg/8` (OTP 25).
    fn answer_system(
        &mut self,
        from: From,
        request: SystemRequest<G>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Turn<G> {
        let suspended = matches!(self.phase, Phase::Suspended);
        let change = |result, context: &mut Context<'_, Actor<G>>| self.change_code(result, context);
        let Some(suspended) = system::answer((from, request), suspended, context, change) else {
            return self.function_clause(context);
        };
        self.phase = if suspended { Phase::Suspended } else { Phase::Loop };
        Turn::Wait(Next::Receive { timeout: None })
    }

    /// No clause of a callback matches: it crashes, which runs `terminate/2`.
    fn function_clause(&mut self, context: &mut Context<'_, Actor<G>>) -> Turn<G> {
        self.terminate(Term::error(Atom::FUNCTION_CLAUSE.into()), context)
    }

    /// It has logged something, which is noticed if somebody counts what it logs, and goes on with this.
    fn reported(&self, job: Job<G>, context: &Context<'_, Actor<G>>) -> Turn<G> {
        if context.image().counts_reports() { Turn::Noticed(job) } else { Turn::Job(job) }
    }

    /// `terminate/2`: stops all children, then exits.
    fn terminate(&mut self, reason: Term, context: &mut Context<'_, Actor<G>>) -> Turn<G> {
        context.report(|| Report::Decision(Decision::Terminating { reason: reason.clone() }));
        match &self.family {
            Family::Static(children) => Turn::Job(Job::Terminate { below: children.end(), reason }),
            Family::Simple(_) => self.terminate_dynamic_children(reason, context),
        }
    }

    /// All children have stopped.
    fn leave(&mut self, reason: Term, context: &mut Context<'_, Actor<G>>) -> Turn<G> {
        if server::is_abnormal(&reason) {
            context.report(|| Report::ServerTerminating { reason: reason.clone() });
        }
        Turn::Wait(Next::Exit(reason))
    }
}
