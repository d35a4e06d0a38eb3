//! Processes that are no servers, with an `async` function as their code: the shortest way here from an actor of an
//! `async` runtime.
//!
//! The function runs as a callback does: once it has waited it is run again from its beginning, and what it did before
//! is answered from the list of what it did. So it is no secret what it is in the middle of, and every order can be
//! tried as with any other. The list grows with all that it does, and it is run anew at each step: a function that loops
//! costs the square of its rounds, no two rounds are one state, and a search of every order ends only if it does.

use std::any::Any;
use std::fmt::{self, Debug};
use std::future::{Future, poll_fn};
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::kernel::{Atom, Term};
use crate::otp::{Callback, Return, Then};

use super::body::{AnyBody, Body, Pass};
use super::data::Data;
use super::effects::Effects;
use super::halt::Halt;
use super::host::Host;
use super::reason::Reason;

/// Something that an `async` function wants to have done.
type Act = Box<dyn FnOnce(&mut Effects<'_>) -> Result<(), Halt> + Send>;

/// What an `async` process has of the world.
///
/// # Examples
///
/// ```
/// use treefall::actors::*;
///
/// treefall::data! { enum Tick { Tick } }
///
/// #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
/// struct Clock { ticks: i64 }
///
/// impl Actor for Clock {
///     type Request = Never;
///     type Reply = Never;
///     type Message = Tick;
///
///     fn handle_cast(&mut self, _: Tick, _: &mut Context<'_, Self>) -> Handled<Self> {
///         self.ticks += 1;
///         Ok(Next::Wait)
///     }
/// }
///
/// const CLOCK: Address<Clock> = Address::named("clock");
///
/// async fn ticks(cx: Async, times: u32) {
///     for _ in 0..times {
///         cx.act(|cx| cx.sleep(10)).await;
///         cx.act(|cx| cx.cast(&CLOCK, Tick::Tick)).await;
///     }
/// }
///
/// let top = Supervisor::new("top", Strategy::OneForOne)
///     .child(Child::worker("clock", Clock::default()).named("clock"))
///     .child(Child::process("ticker", 3, ticks).restart(Restart::Transient));
/// let simulation = Simulation::new("three ticks").tree(top).finally("it has ticked", |view| {
///     let ticks = view.state(&CLOCK).map_or(0, |clock| clock.ticks);
///     if ticks == 3 { Ok(()) } else { Err(format!("it has ticked {ticks} times")) }
/// });
/// simulation.exhaustive().unwrap();
/// ```
#[derive(Clone)]
pub struct Async(Arc<Mutex<Option<Act>>>);

impl Async {
    /// Does something that a process can do: see [`Effects`]. If the process exits instead, or waits, this does not
    /// return in this pass.
    ///
    /// # Examples
    ///
    /// See [`Async`].
    pub async fn act<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Effects<'_>) -> Result<T, Halt> + Send + 'static,
    ) -> T {
        let done = Arc::new(Mutex::new(None));
        let there = Arc::clone(&done);
        let act: Act = Box::new(move |effects| {
            let found = act(effects)?;
            *there.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
            Ok(())
        });
        let mut act = Some(act);
        poll_fn(move |_| {
            if let Some(act) = act.take() {
                *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(act);
                return Poll::Pending;
            }
            let found = done.lock().unwrap_or_else(PoisonError::into_inner).take();
            found.map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}

impl Debug for Async {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Async")
    }
}

/// A process with an `async` function as its code: what [`Child::process`](super::Child::process) starts.
///
/// # Examples
///
/// See [`Async`].
#[derive(Debug)]
pub enum Process {}

/// A function and what it is called with. Two are equal if they are the same function, called with the same, and end in
/// the same way.
pub(super) struct AsyncBody<A, F, E> {
    argument: A,
    function: F,
    end: PhantomData<E>,
}

/// What becomes of a process whose function returns something.
pub(super) trait End<T>: Send + Sync + 'static {
    fn end(returned: T, effects: &mut Effects<'_>) -> Result<Return, Halt>;
}

/// It ends normally.
pub(super) enum Quietly {}

/// It ends with what its function returns, as a task does.
pub(super) enum WithResult {}

impl End<()> for Quietly {
    fn end((): (), _: &mut Effects<'_>) -> Result<Return, Halt> {
        Ok(Return::Ok(Then::Wait))
    }
}

impl<T: Data> End<T> for WithResult {
    fn end(returned: T, effects: &mut Effects<'_>) -> Result<Return, Halt> {
        let atoms = effects.atoms();
        let returned = Term::tagged(atoms.intern(RETURNED), returned.to_term(atoms));
        Err(Halt::exit(Reason::of(Term::tagged(Atom::SHUTDOWN, returned))))
    }
}

impl<A, F, E> AsyncBody<A, F, E> {
    pub(super) fn new(argument: A, function: F) -> Self {
        AsyncBody { argument, function, end: PhantomData }
    }
}

impl<A: Clone, F: Copy, E> Clone for AsyncBody<A, F, E> {
    fn clone(&self) -> Self {
        AsyncBody::new(self.argument.clone(), self.function)
    }
}

impl<A: Debug, F, E> Debug for AsyncBody<A, F, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({:?})", std::any::type_name::<F>(), self.argument)
    }
}

/// Runs a function to the end of what it can do now.
fn polled<R: Future>(
    function: impl FnOnce(Async) -> R,
    effects: &mut Effects<'_>,
) -> Result<R::Output, Halt> {
    let wanted = Async(Arc::default());
    let mut body = pin!(function(wanted.clone()));
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(returned) = body.as_mut().poll(&mut context) {
            return Ok(returned);
        }
        let act = wanted.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(act) = act else {
            let tag = effects.atoms().intern("awaits");
            return Err(Halt::error(tag, effects.atoms().intern("something_of_another_runtime").into()));
        };
        act(effects)?;
    }
}

impl<A, F, R, E> Body for AsyncBody<A, F, E>
where
    A: Clone + Eq + Hash + Debug + Send + Sync + 'static,
    F: Fn(Async, A) -> R + Copy + Send + Sync + 'static,
    R: Future,
    E: End<R::Output>,
{
    fn run(&self, _: &Callback, host: &mut dyn Host, pass: &mut Pass) -> Result<(AnyBody, Return), Halt> {
        let mut effects = Effects { host, pass };
        let returned = polled(|cx| (self.function)(cx, self.argument.clone()), &mut effects)?;
        Ok((AnyBody(Arc::new(self.clone())), E::end(returned, &mut effects)?))
    }

    fn state(&self) -> &dyn Any {
        self
    }

    fn is(&self, other: &dyn Body) -> bool {
        other.state().downcast_ref::<Self>().is_some_and(|other| other.argument == self.argument)
    }

    fn digest(&self, mut hasher: &mut dyn Hasher) {
        self.argument.hash(&mut hasher);
    }
}

/// What tags the value that a task has returned, in its exit reason: `{shutdown, {returned, Value}}`.
pub(super) const RETURNED: &str = "returned";
