//! What a user writes: the callbacks of a `gen_server`, on a state of their own.

use std::any::Any;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use crate::kernel::{Atom, Atoms, Object, Pid, Ref, Term};
use crate::otp::{self, Callback, From, Raise, Return, Then};

use super::address::Address;
use super::body::{AnyBody, Body, Pass};
use super::data::Data;
use super::effects::Effects;
use super::halt::Halt;
use super::host::Host;
use super::reason::Reason;

/// A server: a state, and what is done with each message.
///
/// A callback may wait in its middle, for the answer to a call or the end of a start: its mailbox fills meanwhile,
/// as in Erlang, and its state is that before the callback until it returns. A callback that panics is one that raises an error.
///
/// # Examples
///
/// ```
/// use treefall::actors::*;
///
/// treefall::data! {
///     enum Ask { Next }
/// }
///
/// #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
/// struct Counter { count: i64 }
///
/// impl Actor for Counter {
///     type Request = Ask;
///     type Reply = i64;
///     type Message = Never;
///
///     fn handle_call(&mut self, _: Ask, _: Caller<i64>, _: &mut Context<'_, Self>) -> Answered<Self> {
///         self.count += 1;
///         Ok(Answer::Reply(self.count))
///     }
/// }
/// ```
///
/// All callbacks, of a server that counts while it is asked, and says so to whoever waits:
///
/// ```
/// use treefall::actors::*;
///
/// treefall::data! {
///     enum Ask { Wait, Count }
///     enum Told { Prepared, Add(i64), Tick }
/// }
///
/// #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
/// struct Counter { count: i64, waiting: Vec<Caller<i64>> }
///
/// impl Actor for Counter {
///     type Request = Ask;
///     type Reply = i64;
///     type Message = Told;
///
///     fn init(&mut self, _: &mut Context<'_, Self>) -> Handled<Self> {
///         Ok(Next::Continue(Told::Prepared))
///     }
///
///     fn handle_continue(&mut self, _: Told, cx: &mut Context<'_, Self>) -> Handled<Self> {
///         cx.remind(1_000, Told::Tick)?;
///         Ok(Next::Wait)
///     }
///
///     fn handle_call(&mut self, ask: Ask, caller: Caller<i64>, _: &mut Context<'_, Self>) -> Answered<Self> {
///         match ask {
///             Ask::Wait => self.waiting.push(caller),
///             Ask::Count => return Ok(Answer::ReplyThen(self.count, Next::Wait)),
///         }
///         Ok(Answer::LaterThen(Next::Timeout(50)))
///     }
///
///     fn handle_cast(&mut self, told: Told, cx: &mut Context<'_, Self>) -> Handled<Self> {
///         let Told::Add(number) = told else { return Ok(Next::Wait) };
///         self.count += number;
///         for caller in self.waiting.drain(..) {
///             assert_ne!(caller.pid(), cx.pid());
///             cx.reply(caller, self.count)?;
///         }
///         Ok(Next::Wait)
///     }
///
///     fn handle_timeout(&mut self, cx: &mut Context<'_, Self>) -> Handled<Self> {
///         let me = cx.me();
///         cx.cast(&me, Told::Add(100))?;
///         Ok(Next::Wait)
///     }
///
///     fn handle_info(&mut self, info: Info<Told>, _: &mut Context<'_, Self>) -> Handled<Self> {
///         match info {
///             Info::Message(Told::Tick) => Ok(Next::Stop(Reason::NORMAL)),
///             _ => Ok(Next::Wait),
///         }
///     }
///
///     fn terminate(&mut self, reason: &Reason, cx: &mut Context<'_, Self>) -> Result<(), Halt> {
///         cx.note(&format!("ends with {reason:?}"))
///     }
/// }
///
/// const COUNTER: Address<Counter> = Address::named("counter");
///
/// let counter = Child::worker("counter", Counter::default()).named("counter").restart(Restart::Transient);
/// let simulation = Simulation::new("a counter")
///     .tree(Supervisor::new("top", Strategy::OneForOne).child(counter))
///     .client("adds", |cx| cx.cast(&COUNTER, Told::Add(1)))
///     .client("asks", |cx| {
///         let count = cx.call(&COUNTER, Ask::Count)?;
///         cx.expect(count <= 1, "nothing else is added yet")?;
///         let count = cx.call(&COUNTER, Ask::Wait)?;
///         cx.expect(count >= 1, "something was added")
///     });
/// simulation.explore(0..50).unwrap();
/// ```
pub trait Actor: Clone + Eq + Hash + Debug + Send + Sync + 'static {
    /// What it is asked.
    type Request: Data;
    /// What it answers.
    type Reply: Data;
    /// What it is told: by casts, by messages, by its own timers and continuations.
    type Message: Data;

    /// `init/1`. The state is the one that it was started with.
    ///
    /// # Examples
    ///
    /// See [`Actor`].
    fn init(&mut self, _cx: &mut Context<'_, Self>) -> Handled<Self> {
        Ok(Next::Wait)
    }

    /// `handle_call/3`: somebody asks, and waits for the answer.
    ///
    /// # Examples
    ///
    /// See [`Actor`].
    fn handle_call(
        &mut self,
        _request: Self::Request,
        _caller: Caller<Self::Reply>,
        _cx: &mut Context<'_, Self>,
    ) -> Answered<Self> {
        Err(function_clause())
    }

    /// `handle_cast/2`: somebody tells it something, and does not wait.
    ///
    /// # Examples
    ///
    /// See [`Actor`].
    fn handle_cast(&mut self, _message: Self::Message, _cx: &mut Context<'_, Self>) -> Handled<Self> {
        Err(function_clause())
    }

    /// `handle_info/2`. What nobody handles is dropped.
    ///
    /// # Examples
    ///
    /// See [`Actor`].
    fn handle_info(&mut self, _info: Info<Self::Message>, _cx: &mut Context<'_, Self>) -> Handled<Self> {
        Ok(Next::Wait)
    }

    /// `handle_continue/2`: what [`Next::Continue`] has asked for, before any message.
    ///
    /// # Examples
    ///
    /// See [`Actor`].
    fn handle_continue(&mut self, _message: Self::Message, _cx: &mut Context<'_, Self>) -> Handled<Self> {
        Err(function_clause())
    }

    /// `handle_info(timeout, State)`: no message came in the time that the last callback gave.
    ///
    /// # Examples
    ///
    /// See [`Actor`].
    fn handle_timeout(&mut self, _cx: &mut Context<'_, Self>) -> Handled<Self> {
        Ok(Next::Wait)
    }

    /// `terminate/2`: it is about to end with this reason.
    ///
    /// # Examples
    ///
    /// See [`Actor`].
    fn terminate(&mut self, _reason: &Reason, _cx: &mut Context<'_, Self>) -> Result<(), Halt> {
        Ok(())
    }
}

/// What a callback comes to.
pub type Handled<A> = Result<Next<A>, Halt>;
/// What `handle_call` comes to.
pub type Answered<A> = Result<Answer<A>, Halt>;

/// What a server does after a callback.
///
/// # Examples
///
/// See [`Actor`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next<A: Actor> {
    /// Waits for a message: `{noreply, State}`, and `{ok, State}` of `init`.
    Wait,
    /// Waits for a message, at most so many milliseconds.
    Timeout(u64),
    /// Calls `handle_continue` before any message.
    Continue(A::Message),
    /// Stops: `{stop, Reason, State}`.
    Stop(Reason),
    /// Of `init` alone: `ignore`.
    Ignore,
}

/// What a server does after `handle_call`.
///
/// # Examples
///
/// See [`Actor`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer<A: Actor> {
    /// Answers: `{reply, Reply, State}`.
    Reply(A::Reply),
    /// Answers, and then does this.
    ReplyThen(A::Reply, Next<A>),
    /// Answers later, with [`Effects::reply`], or never: `{noreply, State}`.
    Later,
    /// The same, and then does this: `{noreply, State, Timeout}`.
    LaterThen(Next<A>),
}

/// What `handle_info` is told.
///
/// # Examples
///
/// See [`Actor`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Info<M> {
    /// An ordinary message.
    Message(M),
    /// `{'DOWN', Monitor, process, Pid, Reason}`
    Down {
        /// What [`Effects::monitor`] has returned.
        monitor: Ref,
        /// Who has ended, if it was monitored by its pid.
        pid: Option<Pid>,
        /// Why it has ended.
        reason: Reason,
    },
    /// `{'EXIT', Pid, Reason}`, not from the parent, of a process that traps exits.
    Exit {
        /// Who has ended.
        pid: Pid,
        /// Why it has ended.
        reason: Reason,
    },
    /// A message of another type.
    Other(Term),
}

/// Whom to answer.
///
/// # Examples
///
/// See [`Actor`].
#[derive(Debug)]
pub struct Caller<R> {
    pub(super) from: From,
    of: PhantomData<fn(R)>,
}

impl<R> Caller<R> {
    /// The process that asks.
    ///
    /// # Examples
    ///
    /// See [`Actor`].
    pub fn pid(&self) -> Pid {
        self.from.pid
    }
}

impl<R> Clone for Caller<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Caller<R> {}

impl<R> PartialEq for Caller<R> {
    fn eq(&self, other: &Self) -> bool {
        self.from == other.from
    }
}

impl<R> Eq for Caller<R> {}

impl<R> Hash for Caller<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.from.hash(state);
    }
}

/// What an actor can do in a callback: see [`Effects`].
///
/// # Examples
///
/// See [`Actor`].
pub struct Context<'a, A> {
    effects: Effects<'a>,
    of: PhantomData<fn() -> A>,
}

impl<'a, A> Deref for Context<'a, A> {
    type Target = Effects<'a>;

    fn deref(&self) -> &Effects<'a> {
        &self.effects
    }
}

impl<A> DerefMut for Context<'_, A> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.effects
    }
}

impl<A: Actor> Context<'_, A> {
    /// Its own address. It is taken before it is used: `cx.cast(&cx.me(), ..)` would borrow the context twice.
    ///
    /// # Examples
    ///
    /// ```
    /// use treefall::actors::*;
    ///
    /// treefall::data! { enum Told { Load } }
    ///
    /// #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
    /// struct Cache { loaded: bool }
    ///
    /// impl Actor for Cache {
    ///     type Request = Never;
    ///     type Reply = Never;
    ///     type Message = Told;
    ///
    ///     fn init(&mut self, cx: &mut Context<'_, Self>) -> Handled<Self> {
    ///         let me = cx.me();
    ///         cx.cast(&me, Told::Load)?;
    ///         Ok(Next::Wait)
    ///     }
    ///
    ///     fn handle_cast(&mut self, Told::Load: Told, _: &mut Context<'_, Self>) -> Handled<Self> {
    ///         self.loaded = true;
    ///         Ok(Next::Wait)
    ///     }
    /// }
    ///
    /// let top = Supervisor::new("top", Strategy::OneForOne).child(Child::worker("cache", Cache::default()));
    /// let simulation = Simulation::new("a cache that fills itself").tree(top).finally("it is full", |view| {
    ///     match view.states::<Cache>().all(|(_, cache)| cache.loaded) {
    ///         true => Ok(()),
    ///         false => Err("it is empty".to_owned()),
    ///     }
    /// });
    /// simulation.exhaustive().unwrap();
    /// ```
    pub fn me(&self) -> Address<A> {
        Address::of_process(self.effects.pid())
    }

    /// Tells itself something after so many milliseconds; [`Actor::handle_info`] hears it.
    ///
    /// # Examples
    ///
    /// See [`Actor`].
    pub fn remind(&mut self, after: u64, message: A::Message) -> Result<Ref, Halt> {
        let me = self.me();
        self.effects.send_after(after, &me, message)
    }
}

/// No clause of the function takes these arguments.
fn function_clause() -> Halt {
    Halt::raise(Raise::Error(Atom::FUNCTION_CLAUSE.into()))
}

/// An actor of this type, with its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Server<A>(pub(super) A);

impl<A: Actor> Body for Server<A> {
    fn run(
        &self,
        callback: &Callback,
        host: &mut dyn Host,
        pass: &mut Pass,
    ) -> Result<(AnyBody, Return), Halt> {
        let mut state = self.0.clone();
        let mut context = Context { effects: Effects { host, pass }, of: PhantomData };
        let cx = &mut context;
        let value = match callback {
            Callback::Main | Callback::Init => of_next(state.init(cx)?, cx.atoms()),
            Callback::Call { from, request } => {
                let request = A::Request::from_term(request, cx.atoms()).ok_or_else(function_clause)?;
                let answer = state.handle_call(request, Caller { from: *from, of: PhantomData }, cx)?;
                of_answer(answer, cx.atoms())
            }
            Callback::Cast(message) => {
                let message = A::Message::from_term(message, cx.atoms()).ok_or_else(function_clause)?;
                of_next(state.handle_cast(message, cx)?, cx.atoms())
            }
            Callback::Continue(message) => {
                let message = A::Message::from_term(message, cx.atoms()).ok_or_else(function_clause)?;
                of_next(state.handle_continue(message, cx)?, cx.atoms())
            }
            Callback::Info(otp::Info::Timeout | otp::Info::AtOnce(_)) => {
                of_next(state.handle_timeout(cx)?, cx.atoms())
            }
            Callback::Info(info) => {
                let info = info_of(info, cx.atoms());
                of_next(state.handle_info(info, cx)?, cx.atoms())
            }
            Callback::Terminate(reason) => {
                state.terminate(&Reason::read(reason.clone(), cx.atoms()), cx)?;
                Return::Ok(Then::Wait)
            }
        };
        Ok((AnyBody(Arc::new(Server(state))), value))
    }

    fn state(&self) -> &dyn Any {
        &self.0
    }

    fn is(&self, other: &dyn Body) -> bool {
        other.state().downcast_ref::<A>() == Some(&self.0)
    }

    fn digest(&self, mut hasher: &mut dyn Hasher) {
        self.0.hash(&mut hasher);
    }
}

fn info_of<M: Data>(info: &otp::Info, atoms: &Atoms) -> Info<M> {
    match info {
        otp::Info::Message(term) | otp::Info::AtOnce(term) => {
            M::from_term(term, atoms).map_or_else(|| Info::Other(term.clone()), Info::Message)
        }
        otp::Info::Timeout => Info::Other(Atom::TIMEOUT.into()),
        otp::Info::Exit { from, reason } => {
            Info::Exit { pid: *from, reason: Reason::read(reason.clone(), atoms) }
        }
        otp::Info::Down { reference, object, reason } => Info::Down {
            monitor: *reference,
            pid: match object {
                Object::Pid(pid) => Some(*pid),
                Object::Name(..) => None,
            },
            reason: Reason::read(reason.clone(), atoms),
        },
    }
}

fn of_next<A: Actor>(next: Next<A>, atoms: &Atoms) -> Return {
    match next {
        Next::Wait => Return::Ok(Then::Wait),
        Next::Timeout(time) => Return::Ok(Then::Timeout(time)),
        Next::Continue(message) => Return::Ok(Then::Continue(message.to_term(atoms))),
        Next::Stop(reason) => Return::Stop(reason.known(atoms)),
        Next::Ignore => Return::Ignore,
    }
}

fn of_answer<A: Actor>(answer: Answer<A>, atoms: &Atoms) -> Return {
    match answer {
        Answer::Reply(reply) => Return::Reply(reply.to_term(atoms), Then::Wait),
        Answer::ReplyThen(reply, next) => {
            let reply = reply.to_term(atoms);
            match of_next(next, atoms) {
                Return::Ok(then) => Return::Reply(reply, then),
                Return::Stop(reason) => Return::StopReply(reason, reply),
                other => other,
            }
        }
        Answer::Later => Return::Ok(Then::Wait),
        Answer::LaterThen(next) => of_next(next, atoms),
    }
}
