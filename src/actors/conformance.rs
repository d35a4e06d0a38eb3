//! Somebody else's supervisor, written as an actor, beside OTP's.
//!
//! Either in the scenario files of OTP's own suites: [`Catalogue::supervisor`](super::Catalogue::supervisor) puts it there
//! in the place of every supervisor, and each file that it breaks is a deviation. Or, without any file, in
//! [`deviations`]: the same children and the same mishaps in every order; an end that OTP's supervisor never comes to is
//! a deviation.
//!
//! # Examples
//!
//! A supervisor that starts its children, and restarts nobody:
//!
//! ```
//! use treefall::actors::conformance::{Plan, deviations};
//! use treefall::actors::*;
//!
//! #[derive(Clone, Debug, PartialEq, Eq, Hash)]
//! struct Lazy { plan: Plan }
//!
//! impl Actor for Lazy {
//!     type Request = Never;
//!     type Reply = Never;
//!     type Message = Never;
//!
//!     fn init(&mut self, cx: &mut Context<'_, Self>) -> Handled<Self> {
//!         cx.trap_exit(true)?;
//!         for member in self.plan.children.clone() {
//!             let _ = cx.start_link(member.child)?;
//!         }
//!         Ok(Next::Wait)
//!     }
//! }
//!
//! let found = deviations(|plan| Lazy { plan: plan.clone() }, 5_000);
//! assert!(found.iter().any(|deviation| deviation.case == "one_for_all"));
//! assert!(!found.iter().any(|deviation| deviation.case == "temporary_abnormal"));
//! // In a program of one's own, with the feature `cli`, the same for scenario files:
//! // treefall::cli::main(Catalogue::new().supervisor(|plan| Lazy { plan: plan.clone() }))
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::explore::{Order, Search, Watch, search};
#[cfg(feature = "scenarios")]
use crate::kernel::Atoms;
use crate::model::{Model, Orders, RunState};
use crate::otp::{AutoShutdown, ChildType, Restart, Shutdown, Strategy};
#[cfg(feature = "scenarios")]
use crate::otp::{ChildSpec, Flags};

use super::actor::{Actor, Answer, Answered, Caller, Context, Handled, Info, Next, Server};
use super::address::Address;
use super::body::AnyBody;
#[cfg(feature = "scenarios")]
use super::body::{Start, What};
use super::child::{Child, Planned, Supervisor};
use super::client::Client;
use super::data::Never;
use super::halt::Halt;
#[cfg(feature = "scenarios")]
use super::instance::Instance;
use super::outcome::Failure;
use super::process::Process;
use super::properties::{Holds, Oracle};
use super::reason::Reason;
use super::simulation::Simulation;
use super::view::View;

/// What a supervisor is to supervise.
///
/// # Examples
///
/// See [the module](self).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Plan {
    /// Which children a restart concerns.
    pub strategy: Strategy,
    /// How many restarts are allowed within the period.
    pub max_restarts: u32,
    /// The period, in seconds.
    pub max_seconds: u32,
    /// Whether it ends with its significant children.
    pub auto_shutdown: AutoShutdown,
    /// Its children, in the order in which they start.
    pub children: Vec<Member>,
}

/// A child that a supervisor is to have.
///
/// # Examples
///
/// See [the module](self).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Member {
    /// What it is called.
    pub id: String,
    /// When it is restarted.
    pub restart: Restart,
    /// How it is stopped.
    pub shutdown: Shutdown,
    /// Whether its end may end the supervisor.
    pub significant: bool,
    /// Whether it is a supervisor itself.
    pub kind: ChildType,
    /// What is started: by [`Effects::start_link`](super::Effects::start_link), with a link.
    pub child: Child<Process>,
}

impl Member {
    fn of(child: Child<Process>) -> Member {
        let plan = &child.plan;
        let kind = match &plan.what {
            Planned::Lowered(_, kind) => *kind,
            _ => ChildType::Worker,
        };
        Member {
            id: plan.id.clone(),
            restart: plan.restart,
            shutdown: plan.shutdown.unwrap_or(Shutdown::default_of(kind)),
            significant: plan.significant,
            kind,
            child,
        }
    }
}

/// How somebody else's supervisor is made of a plan.
#[derive(Clone)]
pub(crate) struct OwnSupervisor(
    #[cfg_attr(not(feature = "scenarios"), expect(dead_code, reason = "only scenario files host actors"))]
    Arc<dyn Fn(&Plan) -> AnyBody + Send + Sync>,
);

impl fmt::Debug for OwnSupervisor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnSupervisor")
    }
}

impl OwnSupervisor {
    pub(super) fn of<S: Actor>(make: impl Fn(&Plan) -> S + Send + Sync + 'static) -> OwnSupervisor {
        OwnSupervisor(Arc::new(move |plan| AnyBody(Arc::new(Server(make(plan))))))
    }

    /// The one for these children of whoever hosts actors.
    #[cfg(feature = "scenarios")]
    pub(crate) fn instance<S>(
        &self,
        flags: Flags,
        supervisor: u16,
        children: &[ChildSpec<S>],
        atoms: &Atoms,
    ) -> Instance {
        let children = children.iter().zip(0..).map(|(spec, child)| {
            let id =
                spec.id.as_atom().map_or_else(|| format!("{:?}", spec.id), |id| atoms.text(id).to_owned());
            let module = atoms.intern(&id);
            let start = Start { module, name: None, what: What::Hosted { supervisor, child } };
            let child = Child::<Process>::of(id, Planned::Lowered(start, spec.kind));
            let child = child.restart(spec.restart).shutdown(spec.shutdown);
            Member::of(if spec.significant { child.significant() } else { child })
        });
        let plan = Plan {
            strategy: flags.strategy,
            max_restarts: flags.intensity,
            max_seconds: flags.period,
            auto_shutdown: flags.auto_shutdown,
            children: children.collect(),
        };
        Instance::new((self.0)(&plan))
    }
}

crate::data! {
    /// What a child asks as it starts.
    enum RecordAsk { Start(String) }
    /// What a child tells as it is stopped.
    enum RecordTold { Stopped(String) }
    /// What a child is told to do.
    enum ProbeTold {
        /// To exit with `crash`.
        Crash,
        /// To stop with `normal`.
        Finish,
    }
}

const RECORD: Address<Record> = Address::named("record");
const SUBJECT: Address<Supervisor> = Address::named("subject");

/// Counts who starts and stops, and says whose start fails.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Record {
    starts: BTreeMap<String, i64>,
    stops: BTreeMap<String, i64>,
    /// In which order they started.
    order: Vec<String>,
    /// Which starts fail, from 1.
    fails: Vec<(&'static str, i64)>,
}

impl Actor for Record {
    type Request = RecordAsk;
    type Reply = bool;
    type Message = RecordTold;

    fn handle_call(
        &mut self,
        RecordAsk::Start(id): RecordAsk,
        _: Caller<bool>,
        _: &mut Context<'_, Self>,
    ) -> Answered<Self> {
        let count = self.starts.entry(id.clone()).or_default();
        *count += 1;
        let fails = self.fails.iter().any(|(whose, nth)| *whose == id && nth == count);
        self.order.push(id);
        Ok(Answer::Reply(!fails))
    }

    fn handle_cast(
        &mut self,
        RecordTold::Stopped(id): RecordTold,
        _: &mut Context<'_, Self>,
    ) -> Handled<Self> {
        *self.stops.entry(id).or_default() += 1;
        Ok(Next::Wait)
    }
}

/// A child of a supervisor that is tried: it tells when it starts and when it is stopped.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Probe {
    id: &'static str,
}

impl Actor for Probe {
    type Request = Never;
    type Reply = Never;
    type Message = ProbeTold;

    fn init(&mut self, cx: &mut Context<'_, Self>) -> Handled<Self> {
        cx.trap_exit(true)?;
        match cx.call(&RECORD, RecordAsk::Start(self.id.to_owned()))? {
            true => Ok(Next::Wait),
            false => Ok(Next::Stop(Reason::from("failed"))),
        }
    }

    fn handle_cast(&mut self, told: ProbeTold, _: &mut Context<'_, Self>) -> Handled<Self> {
        match told {
            ProbeTold::Crash => Err(Halt::exit("crash")),
            ProbeTold::Finish => Ok(Next::Stop(Reason::NORMAL)),
        }
    }

    fn handle_info(&mut self, _: Info<ProbeTold>, _: &mut Context<'_, Self>) -> Handled<Self> {
        Ok(Next::Wait)
    }

    fn terminate(&mut self, reason: &Reason, cx: &mut Context<'_, Self>) -> Result<(), Halt> {
        match reason.is("shutdown") {
            true => cx.cast(&RECORD, RecordTold::Stopped(self.id.to_owned())),
            false => Ok(()),
        }
    }
}

/// A case: what is supervised, and what goes wrong.
struct Case {
    name: &'static str,
    plan: Plan,
    fails: &'static [(&'static str, i64)],
    mishaps: fn(&mut Client<'_>) -> Result<(), Halt>,
}

fn tells(cx: &mut Client<'_>, whom: &'static str, what: ProbeTold) -> Result<(), Halt> {
    cx.cast(&Address::<Probe>::named(whom), what)
}

/// The cases, by the names that OTP's suite has for them where it has one.
fn cases() -> Vec<Case> {
    let member = |id: &'static str, restart| {
        let probe = Child::worker(id, Probe { id }).named(id).restart(restart);
        Member::of(Child { plan: probe.plan, of: std::marker::PhantomData })
    };
    let plan = |strategy, max_restarts, restart| Plan {
        strategy,
        max_restarts,
        max_seconds: 5,
        auto_shutdown: AutoShutdown::Never,
        children: ["a", "b", "c"].map(|id| member(id, restart)).to_vec(),
    };
    let case = |name, plan, mishaps| Case { name, plan, fails: &[], mishaps };
    let crash_b: fn(&mut Client<'_>) -> Result<(), Halt> = |cx| tells(cx, "b", ProbeTold::Crash);
    let finish_b: fn(&mut Client<'_>) -> Result<(), Halt> = |cx| tells(cx, "b", ProbeTold::Finish);
    let crash_two: fn(&mut Client<'_>) -> Result<(), Halt> = |cx| {
        // By their pids: whoever has replaced one of them is not meant.
        let (a, b) = (cx.whereis(&Address::<Probe>::named("a"))?, cx.whereis(&Address::<Probe>::named("b"))?);
        for pid in [a, b].into_iter().flatten() {
            cx.cast(&Address::<Probe>::of_process(pid), ProbeTold::Crash)?;
        }
        Ok(())
    };
    let crash_twice: fn(&mut Client<'_>) -> Result<(), Halt> = |cx| {
        tells(cx, "b", ProbeTold::Crash)?;
        cx.settle()?;
        tells(cx, "b", ProbeTold::Crash)
    };
    use Restart::{Permanent, Temporary, Transient};
    use Strategy::{OneForAll, OneForOne, RestForOne};
    vec![
        case("one_for_one", plan(OneForOne, 3, Permanent), crash_b),
        case("one_for_all", plan(OneForAll, 3, Permanent), crash_b),
        case("rest_for_one", plan(RestForOne, 3, Permanent), crash_b),
        case("permanent_normal", plan(OneForOne, 3, Permanent), finish_b),
        case("transient_normal", plan(OneForOne, 3, Transient), finish_b),
        case("transient_abnormal", plan(OneForOne, 3, Transient), crash_b),
        case("temporary_abnormal", plan(OneForOne, 3, Temporary), crash_b),
        case("one_for_one_escalation", plan(OneForOne, 1, Permanent), crash_twice),
        case("one_for_all_escalation", plan(OneForAll, 1, Permanent), crash_twice),
        case("one_for_all_two_at_once", plan(OneForAll, 1, Permanent), crash_two),
        case("rest_for_one_two_at_once", plan(RestForOne, 1, Permanent), crash_two),
        Case {
            fails: &[("b", 2)],
            ..case("one_for_one_failed_restart", plan(OneForOne, 3, Permanent), crash_b)
        },
        Case {
            fails: &[("b", 2)],
            ..case("one_for_all_failed_restart", plan(OneForAll, 3, Permanent), crash_b)
        },
    ]
}

/// What a run has come to: who has started in which order, how often each was told to stop, who lives, and whether the
/// supervisor does.
type End = (Vec<String>, BTreeMap<String, i64>, Vec<String>, bool);

fn end_of(view: &View<'_>) -> Option<End> {
    let record = view.state(&RECORD)?;
    let mut living: Vec<String> = view.states::<Probe>().map(|(_, probe)| probe.id.to_owned()).collect();
    living.sort_unstable();
    Some((record.order.clone(), record.stops.clone(), living, view.is_alive(&SUBJECT)))
}

impl Case {
    fn simulation<S: ?Sized>(&self, subject: Child<S>) -> Simulation {
        let record = Child::worker("record", Record { fails: self.fails.to_vec(), ..Record::default() });
        let mishaps = self.mishaps;
        Simulation::new(self.name)
            .tree(Supervisor::new("outside", Strategy::OneForOne).child(record.named("record")))
            .tree(Supervisor::new("above", Strategy::OneForOne).max_restarts(0).child(subject))
            .client("test", mishaps)
            .allow(Oracle::Meltdown)
    }

    /// OTP's own supervisor in its place.
    fn of_otp(&self) -> Simulation {
        let subject = Supervisor::new("subject", self.plan.strategy).max_restarts(self.plan.max_restarts);
        let children = self.plan.children.iter();
        let subject = children.fold(subject, |subject, member| subject.child(member.child.clone()));
        self.simulation(Child::supervisor(subject))
    }
}

/// All ends of a search.
struct Ends<'s>(&'s Simulation, BTreeSet<End>);

impl<'m> Watch<Orders<'m, Simulation>> for Ends<'_> {
    fn ended(&mut self, state: &RunState<'m, Simulation>) {
        self.1.extend(end_of(&View { world: state.world(), atoms: self.0.atoms() }));
    }
}

/// How a supervisor differs from OTP's in a case.
///
/// # Examples
///
/// See [the module](self).
#[derive(Debug)]
pub struct Deviation {
    /// The case in which it does.
    pub case: &'static str,
    /// A run that ends as none of OTP's supervisor does, explained.
    pub failure: Failure,
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.case, self.failure.why())
    }
}

/// Puts a supervisor through the cases in place of OTP's: where, and how, it comes to an end that OTP's never comes to.
/// `make` gives the actor that is to supervise a plan; it is started under OTP's supervisor and must trap exits.
///
/// Every order is tried, up to so many states a case; of a case with more, a thousand seeds.
///
/// # Examples
///
/// See [the module](self).
pub fn deviations<S: Actor>(make: impl Fn(&Plan) -> S, states_max: u64) -> Vec<Deviation> {
    let mut found = Vec::new();
    for case in cases() {
        let otp = case.of_otp();
        let how = Search {
            order: Order::Breadth,
            exact: false,
            jobs: 1,
            states_max: 1_000_000,
            depth_max: 1_000_000,
        };
        let mut ends = Ends(&otp, BTreeSet::new());
        search(&Orders::of(&otp, true), &how, &mut ends);
        let allowed = ends.1;
        let subject = Child::worker("subject", make(&case.plan)).named("subject");
        let theirs = case
            .simulation(subject)
            .states_max(states_max)
            .allow(Oracle::Deadlock)
            .finally("it ends as OTP's can", move |view| conforms(view, &allowed));
        let outcome = match theirs.exhaustive() {
            Err(failure) if failure.property() == "inconclusive" => theirs.explore(0..1_000).map(|_| ()),
            outcome => outcome.map(|_| ()),
        };
        if let Err(failure) = outcome {
            found.push(Deviation { case: case.name, failure });
        }
    }
    found
}

fn conforms(view: &View<'_>, allowed: &BTreeSet<End>) -> Holds {
    let Some(end) = end_of(view) else { return Err("the record is gone".to_owned()) };
    if allowed.contains(&end) { Ok(()) } else { Err(told(&end)) }
}

/// An end in words: `started: a b c b; told to stop: none; a b c live; the supervisor lives`.
fn told((order, stops, living, alive): &End) -> String {
    let counted = |counts: &BTreeMap<String, i64>| {
        counts.iter().map(|(id, count)| format!("{id} {count}")).collect::<Vec<_>>().join(", ")
    };
    let living =
        if living.is_empty() { "nobody lives".to_owned() } else { format!("{} live", living.join(" ")) };
    let stops = if stops.is_empty() { "none".to_owned() } else { counted(stops) };
    let supervisor = if *alive { "lives" } else { "has ended" };
    format!("started: {}; told to stop: {stops}; {living}; the supervisor {supervisor}", order.join(" "))
}
