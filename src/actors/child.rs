//! Child specifications and supervisors, with OTP's words and defaults.
//!
//! They are checked when they are used, by the checks that OTP makes of them.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use crate::kernel::{Atom, Atoms, Term};
use crate::otp::{
    AutoShutdown, ChildSpec, ChildType, DynamicOptions, Flags, Release, Restart, Shutdown, Strategy,
    check_childspecs, check_combination,
};

use super::actor::{Actor, Server};
use super::body::{AnyBody, AnyMaker, Start, What};
use super::process::{Async, AsyncBody, Process, Quietly};

/// A child specification. What it starts is an actor with the state that it begins with, or a supervisor.
///
/// # Examples
///
/// ```
/// use treefall::actors::*;
///
/// # #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)] struct Cache;
/// # impl Actor for Cache { type Request = Never; type Reply = Never; type Message = Never; }
/// async fn refreshes(cx: Async, every: u64) {
///     cx.sleep(every).await;
/// }
///
/// let cache = Child::worker("cache", Cache::default())
///     .named("cache")
///     .start_timeout(1_000)
///     .restart(Restart::Transient)
///     .shutdown(Shutdown::Timeout(100));
/// let inner = Supervisor::new("inner", Strategy::RestForOne)
///     .auto_shutdown(AutoShutdown::AnySignificant)
///     .child(cache.significant())
///     .child(Child::process("refresher", 500, refreshes).restart(Restart::Temporary));
/// let top = Supervisor::new("top", Strategy::OneForOne)
///     .child(Child::supervisor(inner).restart(Restart::Temporary))
///     .child(Child::dynamic_supervisor(DynamicSupervisor::new("sessions")));
/// assert!(top.check().is_ok());
/// ```
pub struct Child<A: ?Sized> {
    pub(super) plan: PlannedChild,
    pub(super) of: PhantomData<fn() -> Box<A>>,
}

impl<A: ?Sized> Clone for Child<A> {
    fn clone(&self) -> Self {
        Child { plan: self.plan.clone(), of: PhantomData }
    }
}

impl<A: ?Sized> PartialEq for Child<A> {
    fn eq(&self, other: &Self) -> bool {
        self.plan == other.plan
    }
}

impl<A: ?Sized> Eq for Child<A> {}

impl<A: ?Sized> Hash for Child<A> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.plan.hash(state);
    }
}

impl<A: ?Sized> fmt::Debug for Child<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.plan.fmt(f)
    }
}

/// A child specification, whatever it starts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct PlannedChild {
    pub(super) id: String,
    pub(super) what: Planned,
    pub(super) name: Option<&'static str>,
    pub(super) restart: Restart,
    pub(super) shutdown: Option<Shutdown>,
    pub(super) significant: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Planned {
    Server {
        body: AnyBody,
        module: &'static str,
        shown: Arc<str>,
        timeout: Option<u64>,
    },
    Template {
        maker: AnyMaker,
        module: &'static str,
    },
    Process {
        body: AnyBody,
        module: &'static str,
        shown: Arc<str>,
    },
    Supervisor(Box<Supervisor>),
    Dynamic(DynamicSupervisor),
    /// What somebody else has lowered already, and as what.
    #[cfg_attr(not(feature = "scenarios"), expect(dead_code, reason = "only scenario files host actors"))]
    Lowered(Start, ChildType),
}

/// What OTP refuses, and why.
///
/// # Examples
///
/// See [`Supervisor`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    supervisor: String,
    why: String,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.supervisor.as_str() {
            "" => f.write_str(&self.why),
            supervisor => write!(f, "supervisor {supervisor}: {}", self.why),
        }
    }
}

impl std::error::Error for Invalid {}

impl Invalid {
    /// Of a simulation, whatever its trees are.
    pub(super) fn of_simulation(why: String) -> Invalid {
        Invalid { supervisor: String::new(), why }
    }
}

impl<A: Actor> Child<A> {
    /// An actor that begins with this state each time that it is started.
    ///
    /// # Examples
    ///
    /// See [`Child`].
    pub fn worker(id: impl Into<String>, state: A) -> Child<A> {
        let module = last_part(std::any::type_name::<A>());
        let shown = format!("{state:?}").into();
        let body = AnyBody(Arc::new(Server(state)));
        Child::of(id.into(), Planned::Server { body, module, shown, timeout: None })
    }

    /// How long its `init` may take, in milliseconds.
    ///
    /// # Examples
    ///
    /// See [`Child`].
    pub fn start_timeout(mut self, time: u64) -> Self {
        if let Planned::Server { timeout, .. } = &mut self.plan.what {
            *timeout = Some(time);
        }
        self
    }

    /// The local name that it registers before its `init`.
    ///
    /// # Examples
    ///
    /// See [`Child`].
    pub fn named(mut self, name: &'static str) -> Self {
        self.plan.name = Some(name);
        self
    }
}

impl Child<Process> {
    /// A process that is no server, with this `async` function as its code. It ends when the function returns, and is
    /// started anew with the same argument.
    ///
    /// # Examples
    ///
    /// See [`Child`].
    pub fn process<T, F, R>(id: impl Into<String>, argument: T, function: F) -> Child<Process>
    where
        T: Clone + Eq + Hash + fmt::Debug + Send + Sync + 'static,
        F: Fn(Async, T) -> R + Copy + Send + Sync + 'static,
        R: Future<Output = ()> + 'static,
    {
        const { assert!(size_of::<F>() == 0, "what the function captures is an argument of it") };
        let (module, shown) = (last_part(std::any::type_name::<F>()), format!("{argument:?}").into());
        let body = AnyBody(Arc::new(AsyncBody::<_, _, Quietly>::new(argument, function)));
        Child::of(id.into(), Planned::Process { body, module, shown })
    }
}

impl Child<Supervisor> {
    /// A supervisor below this one, with its name as the id.
    ///
    /// # Examples
    ///
    /// See [`Child`].
    pub fn supervisor(supervisor: Supervisor) -> Child<Supervisor> {
        Child::of(supervisor.name.to_owned(), Planned::Supervisor(Box::new(supervisor)))
    }
}

impl Child<DynamicSupervisor> {
    /// A dynamic supervisor below this one, with its name as the id.
    ///
    /// # Examples
    ///
    /// See [`Child`].
    pub fn dynamic_supervisor(supervisor: DynamicSupervisor) -> Child<DynamicSupervisor> {
        Child::of(supervisor.name.to_owned(), Planned::Dynamic(supervisor))
    }
}

impl<A: ?Sized> Child<A> {
    pub(super) fn of(id: String, what: Planned) -> Self {
        Child { plan: PlannedChild::of(id, what), of: PhantomData }
    }

    /// When it is restarted: always, if nothing is said.
    ///
    /// # Examples
    ///
    /// See [`Child`].
    pub fn restart(mut self, restart: Restart) -> Self {
        self.plan.restart = restart;
        self
    }

    /// How it is stopped: in five seconds, and a supervisor in as long as it takes, if nothing is said.
    ///
    /// # Examples
    ///
    /// See [`Child`].
    pub fn shutdown(mut self, shutdown: Shutdown) -> Self {
        self.plan.shutdown = Some(shutdown);
        self
    }

    /// Its end may be that of its supervisor: see [`Supervisor::auto_shutdown`].
    ///
    /// # Examples
    ///
    /// See [`Child`].
    pub fn significant(mut self) -> Self {
        self.plan.significant = true;
        self
    }

    /// What its process is called that no supervisor starts.
    pub(super) fn label(&self, atoms: &Atoms) -> Atom {
        atoms.intern(&self.plan.id)
    }

    /// Known to be valid by itself.
    pub(super) fn lowered(&self, atoms: &Atoms) -> Result<ChildSpec<Start>, Invalid> {
        self.plan.lowered(atoms)
    }
}

impl PlannedChild {
    pub(super) fn of(id: String, what: Planned) -> PlannedChild {
        PlannedChild { id, what, name: None, restart: Restart::Permanent, shutdown: None, significant: false }
    }

    fn lowered(&self, atoms: &Atoms) -> Result<ChildSpec<Start>, Invalid> {
        let named = |name: Option<&str>| name.map(|name| atoms.intern(name));
        let (start, kind) = match &self.what {
            Planned::Server { body, module, shown, timeout } => {
                let what = What::Server { body: body.clone(), shown: shown.clone(), timeout: *timeout };
                (Start { module: atoms.intern(module), name: named(self.name), what }, ChildType::Worker)
            }
            Planned::Template { maker, module } => {
                let what = What::Template { maker: maker.clone(), arguments: Vec::new() };
                (Start { module: atoms.intern(module), name: None, what }, ChildType::Worker)
            }
            Planned::Process { body, module, shown } => {
                let what = What::Process { body: body.clone(), shown: shown.clone() };
                (Start { module: atoms.intern(module), name: named(self.name), what }, ChildType::Worker)
            }
            Planned::Supervisor(supervisor) => (supervisor.lowered(atoms)?, ChildType::Supervisor),
            Planned::Dynamic(supervisor) => (supervisor.lowered(atoms), ChildType::Supervisor),
            Planned::Lowered(start, kind) => (start.clone(), *kind),
        };
        let shutdown = self.shutdown.unwrap_or(Shutdown::default_of(kind));
        Ok(ChildSpec {
            id: atoms.intern(&self.id).into(),
            start,
            restart: self.restart,
            significant: self.significant,
            shutdown,
            kind,
            modules: None,
        })
    }
}

/// A supervisor: how it supervises, and whom it starts with. It registers its name.
///
/// # Examples
///
/// ```
/// use treefall::actors::*;
///
/// # #[derive(Clone, Debug, PartialEq, Eq, Hash)] struct Job;
/// # impl Actor for Job { type Request = Never; type Reply = Never; type Message = Never; }
/// let top = Supervisor::new("top", Strategy::OneForAll)
///     .max_restarts(10)
///     .max_seconds(60)
///     .auto_shutdown(AutoShutdown::AllSignificant)
///     .child(Child::worker("job", Job).restart(Restart::Transient).significant());
/// assert!(top.check().is_ok());
/// ```
///
/// What OTP refuses is an error that says why:
///
/// ```
/// use treefall::actors::*;
///
/// # #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)] struct Job;
/// # impl Actor for Job { type Request = Never; type Reply = Never; type Message = Never; }
/// let job = Child::worker("job", Job).restart(Restart::Temporary).significant();
/// let top = Supervisor::new("top", Strategy::OneForOne).child(job);
/// assert_eq!(
///     top.check().unwrap_err().to_string(),
///     "supervisor top: job is significant, but the supervisor never shuts down by itself: give it \
///      auto_shutdown any_significant or all_significant"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Supervisor {
    pub(super) name: &'static str,
    pub(super) flags: Flags,
    pub(super) children: Vec<PlannedChild>,
}

impl Supervisor {
    /// A supervisor with no children, which gives up at the fourth restart within five seconds.
    ///
    /// # Examples
    ///
    /// See [`Supervisor`].
    pub fn new(name: &'static str, strategy: Strategy) -> Supervisor {
        let flags = Flags { strategy, intensity: 3, period: 5, auto_shutdown: AutoShutdown::Never };
        Supervisor { name, flags, children: Vec::new() }
    }

    /// How many restarts are allowed within [`Supervisor::max_seconds`].
    ///
    /// # Examples
    ///
    /// See [`Supervisor`].
    pub fn max_restarts(mut self, restarts: u32) -> Self {
        self.flags.intensity = restarts;
        self
    }

    /// The period of [`Supervisor::max_restarts`], in seconds.
    ///
    /// # Examples
    ///
    /// See [`Supervisor`].
    pub fn max_seconds(mut self, seconds: u32) -> Self {
        self.flags.period = seconds;
        self
    }

    /// Whether it ends with its significant children.
    ///
    /// # Examples
    ///
    /// See [`Supervisor`].
    pub fn auto_shutdown(mut self, auto_shutdown: AutoShutdown) -> Self {
        self.flags.auto_shutdown = auto_shutdown;
        self
    }

    /// One more child, started after those before it and stopped before them.
    ///
    /// # Examples
    ///
    /// See [`Supervisor`].
    pub fn child<A: ?Sized>(mut self, child: Child<A>) -> Self {
        self.children.push(child.plan);
        self
    }

    /// Whether OTP would take it.
    ///
    /// # Errors
    ///
    /// What is wrong with it, or with a supervisor below it.
    ///
    /// # Examples
    ///
    /// See [`Supervisor`].
    pub fn check(&self) -> Result<(), Invalid> {
        self.lowered(&Atoms::default()).map(|_| ())
    }

    pub(super) fn lowered(&self, atoms: &Atoms) -> Result<Start, Invalid> {
        let invalid = |why: String| Invalid { supervisor: self.name.to_owned(), why };
        let release = Release::default();
        let children = self.children.iter().map(|child| child.lowered(atoms));
        let children = children.collect::<Result<Vec<_>, _>>()?;
        let is_template = |plan: &PlannedChild| matches!(plan.what, Planned::Template { .. });
        if self.flags.strategy == Strategy::SimpleOneForOne && !self.children.iter().all(is_template) {
            let why = "the children of simple_one_for_one come from a template: use SimpleOneForOne";
            return Err(invalid(why.to_owned()));
        }
        if self.flags.period == 0 {
            return Err(invalid("a period has at least one second".to_owned()));
        }
        check_combination(self.flags, release).map_err(|reason| invalid(said(&reason, None, atoms)))?;
        let auto_shutdown = Term::from(self.flags.auto_shutdown.atom());
        for child in &children {
            check(&[child], &auto_shutdown, release)
                .map_err(|reason| invalid(said(&reason, Some(child), atoms)))?;
        }
        check(&children.iter().collect::<Vec<_>>(), &auto_shutdown, release)
            .map_err(|reason| invalid(said(&reason, None, atoms)))?;
        let name = atoms.intern(self.name);
        let what = What::Supervisor { flags: self.flags, children: children.into() };
        Ok(Start { module: name, name: Some(name), what })
    }
}

/// A supervisor whose children are started later, each restarted on its own: Elixir's `DynamicSupervisor`. It
/// registers its name.
///
/// # Examples
///
/// ```
/// use treefall::actors::*;
///
/// let buckets = DynamicSupervisor::new("buckets").max_children(100).max_restarts(10).max_seconds(1);
/// let top = Supervisor::new("top", Strategy::OneForAll).child(Child::dynamic_supervisor(buckets));
/// assert!(top.check().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DynamicSupervisor {
    name: &'static str,
    pub(super) options: DynamicOptions,
}

impl DynamicSupervisor {
    /// One that gives up at the fourth restart within five seconds, and takes any number of children.
    ///
    /// # Examples
    ///
    /// See [`DynamicSupervisor`].
    pub fn new(name: &'static str) -> Self {
        let options = DynamicOptions {
            max_restarts: 3,
            max_seconds: 5,
            max_children: None,
            extra_arguments: Vec::new(),
        };
        DynamicSupervisor { name, options }
    }

    /// How many restarts are allowed within [`DynamicSupervisor::max_seconds`].
    ///
    /// # Examples
    ///
    /// See [`DynamicSupervisor`].
    pub fn max_restarts(mut self, restarts: u32) -> Self {
        self.options.max_restarts = restarts;
        self
    }

    /// The period of [`DynamicSupervisor::max_restarts`], in seconds.
    ///
    /// # Examples
    ///
    /// See [`DynamicSupervisor`].
    pub fn max_seconds(mut self, seconds: u32) -> Self {
        self.options.max_seconds = seconds.max(1);
        self
    }

    /// How many children there may be at once.
    ///
    /// # Examples
    ///
    /// See [`DynamicSupervisor`].
    pub fn max_children(mut self, children: u32) -> Self {
        self.options.max_children = Some(children);
        self
    }

    fn lowered(&self, atoms: &Atoms) -> Start {
        let name = atoms.intern(self.name);
        Start { module: name, name: Some(name), what: What::Dynamic(self.options.clone()) }
    }
}

/// What OTP says of these child specifications.
fn check(children: &[&ChildSpec<Start>], auto_shutdown: &Term, release: Release) -> Result<(), Term> {
    let specs = Term::list(children.iter().map(|child| written(child)));
    let answer = check_childspecs(&specs, Some(auto_shutdown), release);
    answer.untag(Atom::ERROR).map_or(Ok(()), |reason| Err(reason.clone()))
}

fn written(spec: &ChildSpec<Start>) -> Term {
    let kind = spec.kind.atom();
    Term::map([
        (Atom::ID.into(), spec.id.clone()),
        (Atom::START.into(), spec.start.mfa()),
        (Atom::RESTART.into(), spec.restart.atom().into()),
        (Atom::SIGNIFICANT.into(), Term::boolean(spec.significant)),
        (Atom::SHUTDOWN.into(), spec.shutdown.term()),
        (Atom::TYPE.into(), kind.into()),
    ])
}

/// What OTP refuses, in a sentence.
fn said(reason: &Term, child: Option<&ChildSpec<Start>>, atoms: &Atoms) -> String {
    let called = |id: &Term| id.as_atom().map_or_else(|| format!("{id:?}"), |id| atoms.text(id).to_owned());
    let child = child.map(|child| called(&child.id)).unwrap_or_default();
    if let Some(id) = reason.untag(Atom::DUPLICATE_CHILD_NAME) {
        return format!("two children are called {}", called(id));
    }
    match reason.untag(Atom::BAD_COMBINATION) {
        Some(Term::List(pairs, _)) if pairs.iter().any(|pair| pair.untag(Atom::RESTART).is_some()) => {
            format!("{child} is significant, but permanent: it never ends for good")
        }
        Some(_) => format!(
            "{child} is significant, but the supervisor never shuts down by itself: give it auto_shutdown \
             any_significant or all_significant"
        ),
        None => format!("{child} is refused: {reason:?}"),
    }
}

/// `store::Bucket` as `Bucket`.
pub(super) fn last_part(path: &'static str) -> &'static str {
    let path = path.split('<').next().unwrap_or(path);
    path.rsplit("::").next().unwrap_or(path)
}
