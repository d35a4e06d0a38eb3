//! `simple_one_for_one`: many children that are made from one template, each with an argument of its own.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::kernel::{Atoms, Term};
use crate::otp::{Restart, Shutdown, Strategy};

use super::actor::{Actor, Server};
use super::body::{AnyBody, AnyMaker, Make};
use super::child::{Child, Planned, PlannedChild, Supervisor, last_part};
use super::data::Data;

/// A `simple_one_for_one` supervisor: each of its children is the same function, called with an argument that
/// [`Effects::start_simple`](super::Effects::start_simple) is given. It registers its name.
///
/// # Examples
///
/// ```
/// use treefall::actors::*;
///
/// #[derive(Clone, Debug, PartialEq, Eq, Hash)]
/// struct Session { user: String }
///
/// impl Actor for Session {
///     type Request = Never;
///     type Reply = Never;
///     type Message = Never;
/// }
///
/// const SESSIONS: Address<SimpleOneForOne<Session, String>> = Address::named("sessions");
///
/// let sessions = SimpleOneForOne::new("sessions", "session", |user: String| Session { user })
///     .restart(Restart::Transient);
/// let top = Supervisor::new("top", Strategy::OneForOne).child(Child::simple_one_for_one(sessions));
/// let simulation = Simulation::new("two sessions").tree(top).client("test", |cx| {
///     for user in ["ada", "joe"] {
///         cx.start_simple(&SESSIONS, user.to_owned())?.map_err(Halt::exit)?;
///     }
///     let active = cx.count_active(&SESSIONS)?;
///     cx.expect(active == Ok(2), "there are two")
/// });
/// simulation.exhaustive().unwrap();
/// ```
pub struct SimpleOneForOne<A, T> {
    pub(super) supervisor: Supervisor,
    of: PhantomData<fn(T) -> A>,
}

impl<A: Actor, T: Data> SimpleOneForOne<A, T> {
    /// One without children, which gives up at the fourth restart within five seconds. Children have this id, and
    /// begin with what the function makes of their argument.
    ///
    /// # Examples
    ///
    /// See [`SimpleOneForOne`].
    pub fn new<F>(name: &'static str, id: impl Into<String>, make: F) -> Self
    where
        F: Fn(T) -> A + Copy + Send + Sync + 'static,
    {
        const { assert!(size_of::<F>() == 0, "what the function captures is to be its argument") };
        let module = last_part(std::any::type_name::<A>());
        let maker = AnyMaker(Arc::new(Maker { make, of: PhantomData }));
        let mut supervisor = Supervisor::new(name, Strategy::SimpleOneForOne);
        supervisor.children.push(PlannedChild::of(id.into(), Planned::Template { maker, module }));
        SimpleOneForOne { supervisor, of: PhantomData }
    }

    /// How many restarts are allowed within [`SimpleOneForOne::max_seconds`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// # #[derive(Clone, Debug, PartialEq, Eq, Hash)] struct Job(i64);
    /// # impl Actor for Job { type Request = Never; type Reply = Never; type Message = Never; }
    /// let jobs = SimpleOneForOne::new("jobs", "job", Job).max_restarts(10).max_seconds(1);
    /// # let _ = Child::simple_one_for_one(jobs);
    /// ```
    pub fn max_restarts(mut self, restarts: u32) -> Self {
        self.supervisor = self.supervisor.max_restarts(restarts);
        self
    }

    /// The period of [`SimpleOneForOne::max_restarts`], in seconds.
    ///
    /// # Examples
    ///
    /// See [`SimpleOneForOne::max_restarts`].
    pub fn max_seconds(mut self, seconds: u32) -> Self {
        self.supervisor = self.supervisor.max_seconds(seconds);
        self
    }

    /// When a child is restarted: always, if nothing is said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// # #[derive(Clone, Debug, PartialEq, Eq, Hash)] struct Job(i64);
    /// # impl Actor for Job { type Request = Never; type Reply = Never; type Message = Never; }
    /// let jobs = SimpleOneForOne::new("jobs", "job", Job).restart(Restart::Temporary);
    /// # let _ = Child::simple_one_for_one(jobs);
    /// ```
    pub fn restart(mut self, restart: Restart) -> Self {
        self.template().restart = restart;
        self
    }

    /// How a child is stopped: in five seconds, if nothing is said.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// # #[derive(Clone, Debug, PartialEq, Eq, Hash)] struct Job(i64);
    /// # impl Actor for Job { type Request = Never; type Reply = Never; type Message = Never; }
    /// let jobs = SimpleOneForOne::new("jobs", "job", Job).shutdown(Shutdown::BrutalKill);
    /// # let _ = Child::simple_one_for_one(jobs);
    /// ```
    pub fn shutdown(mut self, shutdown: Shutdown) -> Self {
        self.template().shutdown = Some(shutdown);
        self
    }

    fn template(&mut self) -> &mut PlannedChild {
        &mut self.supervisor.children[0]
    }
}

impl<A: Actor, T: Data> Child<SimpleOneForOne<A, T>> {
    /// A `simple_one_for_one` supervisor below this one, with its name as the id.
    ///
    /// # Examples
    ///
    /// See [`SimpleOneForOne`].
    pub fn simple_one_for_one(supervisor: SimpleOneForOne<A, T>) -> Self {
        let supervisor = supervisor.supervisor;
        Child::of(supervisor.name.to_owned(), Planned::Supervisor(Box::new(supervisor)))
    }
}

impl<A, T> Clone for SimpleOneForOne<A, T> {
    fn clone(&self) -> Self {
        SimpleOneForOne { supervisor: self.supervisor.clone(), of: PhantomData }
    }
}

impl<A, T> fmt::Debug for SimpleOneForOne<A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.supervisor.fmt(f)
    }
}

/// The function of a template.
struct Maker<F, A, T> {
    make: F,
    of: PhantomData<fn(T) -> A>,
}

impl<F, A, T> fmt::Debug for Maker<F, A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::any::type_name::<F>())
    }
}

impl<F, A, T> Make for Maker<F, A, T>
where
    F: Fn(T) -> A + Send + Sync + 'static,
    A: Actor,
    T: Data,
{
    fn make(&self, arguments: &[Term], atoms: &Atoms) -> Option<AnyBody> {
        let [argument] = arguments else { return None };
        let state = (self.make)(T::from_term(argument, atoms)?);
        Some(AnyBody(Arc::new(Server(state))))
    }

    fn key(&self) -> &dyn Any {
        self
    }

    fn name(&self) -> &'static str {
        std::any::type_name::<F>()
    }
}
