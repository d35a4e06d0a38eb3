//! Channels, tasks and joins of `async` processes, as those of an `async` runtime, made of calls, spawns and monitors.
//!
//! A channel is a process that keeps what was sent, so that either end can go anywhere. A task is a process; what it
//! returns is in its exit reason, which whoever has spawned it hears from a monitor.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;

use crate::kernel::{Atom, Atoms, Pid, Ref, Term};

use super::actor::{Actor, Answer, Answered, Caller, Context, Handled, Next};
use super::address::Address;
use super::body::{AnyBody, Start, Wait, What};
use super::child::{Child, last_part};
use super::data::Data;
use super::effects::Touch;
use super::halt::Halt;
use super::process::{Async, AsyncBody, RETURNED, WithResult};
use super::reason::Reason;

crate::data! {
    /// What a channel is asked.
    pub enum QueueAsk {
        /// To keep this, and to answer once there is room for it.
        Send(Term),
        /// For what has come first, within so many milliseconds if that is not less than nothing.
        Receive(i64),
        /// To take nothing any more.
        Close,
    }
    /// What a channel tells itself.
    pub enum QueueTold {
        /// Who waits with this number has waited long enough.
        Late(i64),
    }
}

/// The process of a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Queue {
    capacity: Option<usize>,
    messages: VecDeque<Term>,
    /// Those who wait for a message, each with a number.
    receivers: VecDeque<(i64, Caller<Term>)>,
    /// Those who wait until there is room for theirs.
    senders: VecDeque<(Caller<Term>, Term)>,
    last: i64,
    closed: bool,
}

impl Queue {
    /// What answers who has sent and who receives.
    fn settle(&mut self, cx: &mut Context<'_, Self>) -> Result<(), Halt> {
        let (some, none) = (cx.atoms().intern("some"), cx.atoms().intern("none"));
        loop {
            let room = self.capacity.is_none_or(|capacity| self.messages.len() < capacity);
            if room && let Some((sender, message)) = self.senders.pop_front() {
                self.messages.push_back(message);
                cx.reply(sender, Atom::OK.into())?;
            } else if !self.receivers.is_empty()
                && let Some(message) = self.messages.pop_front()
                && let Some((_, receiver)) = self.receivers.pop_front()
            {
                cx.reply(receiver, Term::tagged(some, message))?;
            } else {
                break;
            }
        }
        if self.closed && self.messages.is_empty() {
            for (_, receiver) in std::mem::take(&mut self.receivers) {
                cx.reply(receiver, none.into())?;
            }
        }
        Ok(())
    }
}

impl Actor for Queue {
    type Request = QueueAsk;
    type Reply = Term;
    type Message = QueueTold;

    fn handle_call(
        &mut self,
        ask: QueueAsk,
        caller: Caller<Term>,
        cx: &mut Context<'_, Self>,
    ) -> Answered<Self> {
        match ask {
            QueueAsk::Send(_) if self.closed => return Ok(Answer::Reply(Atom::ERROR.into())),
            QueueAsk::Send(message) => self.senders.push_back((caller, message)),
            QueueAsk::Receive(patience) => {
                self.last += 1;
                self.receivers.push_back((self.last, caller));
                if let Ok(patience) = patience.try_into()
                    && self.messages.is_empty()
                {
                    cx.remind(patience, QueueTold::Late(self.last))?;
                }
            }
            QueueAsk::Close => {
                self.closed = true;
                for (sender, _) in std::mem::take(&mut self.senders) {
                    cx.reply(sender, Atom::ERROR.into())?;
                }
                self.settle(cx)?;
                return Ok(Answer::Reply(Atom::OK.into()));
            }
        }
        self.settle(cx)?;
        Ok(Answer::Later)
    }

    fn handle_info(&mut self, info: super::Info<QueueTold>, cx: &mut Context<'_, Self>) -> Handled<Self> {
        if let super::Info::Message(QueueTold::Late(number)) = info
            && let Some(place) = self.receivers.iter().position(|(known, _)| *known == number)
            && let Some((_, receiver)) = self.receivers.remove(place)
        {
            cx.reply(receiver, Atom::TIMEOUT.into())?;
        }
        Ok(Next::Wait)
    }
}

/// The end of a channel that one sends into. It can be cloned, sent, and given to tasks.
///
/// # Examples
///
/// See [`Async::channel`].
pub struct Sender<T>(Address<Queue>, PhantomData<fn(T)>);

/// The end of a channel that one receives from. Clones of it share what comes, each message going to one of them.
///
/// # Examples
///
/// See [`Async::channel`].
pub struct Receiver<T>(Address<Queue>, PhantomData<fn() -> T>);

/// The channel is closed, or its process is gone.
///
/// # Examples
///
/// See [`Receiver::receive_within`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Closed;

/// What a receive with a patience comes to, if it comes to no message.
///
/// # Examples
///
/// See [`Receiver::receive_within`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotReceived {
    /// None came in time.
    Late,
    /// None comes any more.
    Closed,
}

impl<T: Data> Sender<T> {
    /// Sends, once there is room.
    ///
    /// # Errors
    ///
    /// When the channel takes nothing any more.
    ///
    /// # Examples
    ///
    /// See [`Async::channel`].
    pub async fn send(&self, cx: &Async, message: T) -> Result<(), Closed> {
        let queue = self.0;
        let answer = cx.act(move |cx| {
            let message = message.to_term(cx.atoms());
            cx.call_within(&queue, QueueAsk::Send(message), None)
        });
        match answer.await {
            Ok(sent) if sent.is(Atom::OK) => Ok(()),
            Ok(_) | Err(_) => Err(Closed),
        }
    }

    /// Closes the channel: what is in it is still received, and nothing else is. There is nobody to notice that the last
    /// sender is dropped.
    ///
    /// # Examples
    ///
    /// See [`Async::channel`].
    pub async fn close(&self, cx: &Async) {
        let queue = self.0;
        // One that is gone is closed.
        let _ = cx.act(move |cx| cx.call_within(&queue, QueueAsk::Close, None)).await;
    }
}

impl<T: Data> Receiver<T> {
    /// The next message; none once the channel is closed and empty.
    ///
    /// # Examples
    ///
    /// See [`Async::channel`].
    pub async fn receive(&self, cx: &Async) -> Option<T> {
        self.receives(cx, -1).await.ok()
    }

    /// The next message, if it comes within so many milliseconds.
    ///
    /// # Errors
    ///
    /// When it does not, or the channel is closed and empty.
    ///
    /// # Examples
    ///
    /// ```
    /// use treefall::actors::*;
    ///
    /// async fn waits(cx: Async, (): ()) {
    ///     let (_sender, receiver) = cx.channel::<i64>("numbers", None).await;
    ///     let waited = receiver.receive_within(&cx, 50).await;
    ///     assert_eq!((waited, cx.now().await), (Err(NotReceived::Late), 50));
    /// }
    ///
    /// let top = Supervisor::new("top", Strategy::OneForOne)
    ///     .child(Child::process("waits", (), waits).restart(Restart::Temporary));
    /// Simulation::new("nobody sends").tree(top).run().unwrap();
    /// ```
    pub async fn receive_within(&self, cx: &Async, patience: u64) -> Result<T, NotReceived> {
        self.receives(cx, i64::try_from(patience).unwrap_or(i64::MAX)).await
    }

    async fn receives(&self, cx: &Async, patience: i64) -> Result<T, NotReceived> {
        let queue = self.0;
        cx.act(move |cx| {
            let answer = cx.call_within(&queue, QueueAsk::Receive(patience), None)?;
            let Ok(answer) = answer else { return Ok(Err(NotReceived::Closed)) };
            if answer.is(Atom::TIMEOUT) {
                return Ok(Err(NotReceived::Late));
            }
            match Option::<T>::from_term(&answer, cx.atoms()) {
                Some(message) => Ok(message.ok_or(NotReceived::Closed)),
                None => Err(cx.badmatch(answer)),
            }
        })
        .await
    }
}

/// What is the same of both ends.
macro_rules! ends {
    ($($end:ident)+) => {$(
        impl<T> Clone for $end<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $end<T> {}

        impl<T> PartialEq for $end<T> {
            fn eq(&self, other: &Self) -> bool {
                self.0 == other.0
            }
        }

        impl<T> Eq for $end<T> {}

        impl<T> Hash for $end<T> {
            fn hash<H: Hasher>(&self, state: &mut H) {
                self.0.hash(state);
            }
        }

        impl<T> fmt::Debug for $end<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($end), self.0)
            }
        }

        impl<T: 'static> Data for $end<T> {
            fn to_term(&self, atoms: &Atoms) -> Term {
                self.0.to_term(atoms)
            }

            fn from_term(term: &Term, atoms: &Atoms) -> Option<Self> {
                Some($end(Address::from_term(term, atoms)?, PhantomData))
            }
        }
    )+};
}

ends! { Sender Receiver }

/// A task that was spawned, and what it will return.
///
/// # Examples
///
/// See [`Async::spawn`].
pub struct JoinHandle<O> {
    pid: Pid,
    monitor: Ref,
    of: PhantomData<fn() -> O>,
}

impl<O: Data> JoinHandle<O> {
    /// What the task returns, once it has.
    ///
    /// # Errors
    ///
    /// When it has not returned: why it has ended.
    ///
    /// # Examples
    ///
    /// See [`Async::spawn`].
    pub async fn join(self, cx: &Async) -> Result<O, Reason> {
        let mut one = vec![self];
        let (_, ended) = cx.join_next(&mut one).await;
        ended
    }

    /// Kills the task: [`JoinHandle::join`] says so once it is dead.
    ///
    /// # Examples
    ///
    /// ```
    /// use treefall::actors::*;
    ///
    /// async fn sleeps(cx: Async, (): ()) -> i64 {
    ///     cx.sleep(1_000).await;
    ///     7
    /// }
    ///
    /// async fn aborts(cx: Async, (): ()) {
    ///     let task = cx.spawn("sleeper", (), sleeps).await;
    ///     task.abort(&cx).await;
    ///     assert_eq!(task.join(&cx).await, Err(Reason::from("killed")));
    /// }
    ///
    /// let top = Supervisor::new("top", Strategy::OneForOne)
    ///     .child(Child::process("aborts", (), aborts).restart(Restart::Temporary));
    /// Simulation::new("a task is aborted").tree(top).run().unwrap();
    /// ```
    pub async fn abort(&self, cx: &Async) {
        let pid = self.pid;
        cx.act(move |cx| cx.exit(pid, Reason::KILL)).await;
    }

    /// The process that it is.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// async fn is_alive(cx: &Async, task: &JoinHandle<i64>) -> bool {
    ///     let pid = task.pid();
    ///     cx.act(move |cx| cx.is_alive(pid)).await
    /// }
    /// ```
    pub fn pid(&self) -> Pid {
        self.pid
    }
}

impl<O> fmt::Debug for JoinHandle<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinHandle({:?})", self.pid)
    }
}

impl Async {
    /// Opens a channel, of so many messages at most before senders wait; `None` is any number. Stories call its process
    /// by this name.
    ///
    /// # Examples
    ///
    /// ```
    /// use treefall::actors::*;
    ///
    /// async fn squares(cx: Async, (numbers, results): (Receiver<i64>, Sender<i64>)) {
    ///     while let Some(number) = numbers.receive(&cx).await {
    ///         if results.send(&cx, number * number).await.is_err() {
    ///             break;
    ///         }
    ///     }
    ///     results.close(&cx).await;
    /// }
    ///
    /// async fn main(cx: Async, (): ()) {
    ///     let (ask, asked) = cx.channel::<i64>("numbers", Some(1)).await;
    ///     let (answer, answers) = cx.channel::<i64>("results", None).await;
    ///     let task = cx.spawn("squares", (asked, answer), squares).await;
    ///     for number in 1..=3 {
    ///         ask.send(&cx, number).await.unwrap();
    ///     }
    ///     ask.close(&cx).await;
    ///     let mut sum = 0;
    ///     while let Some(square) = answers.receive(&cx).await {
    ///         sum += square;
    ///     }
    ///     assert_eq!(sum, 14);
    ///     assert_eq!(task.join(&cx).await, Ok(()));
    /// }
    ///
    /// let top = Supervisor::new("top", Strategy::OneForOne)
    ///     .child(Child::process("main", (), main).restart(Restart::Temporary));
    /// Simulation::new("a task that squares").tree(top).explore(0..20).unwrap();
    /// ```
    pub async fn channel<T: Data>(
        &self,
        name: &'static str,
        capacity: Option<usize>,
    ) -> (Sender<T>, Receiver<T>) {
        let queue = Queue { capacity, ..Queue::default() };
        let started = self.act(move |cx| {
            let queue = cx.start_link(Child::worker(name, queue))?.map_err(Halt::exit)?;
            if let Some(pid) = queue.pid() {
                // It outlives whoever has opened it, as a channel does.
                cx.unlink(pid)?;
            }
            Ok(queue)
        });
        let queue = started.await;
        (Sender(queue, PhantomData), Receiver(queue, PhantomData))
    }

    /// Spawns a task: this function, called with this argument. A task that panics or exits ends alone; whoever joins it
    /// is told. Dropping its handle changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use treefall::actors::*;
    ///
    /// async fn doubles(cx: Async, number: i64) -> i64 {
    ///     cx.sleep(10).await;
    ///     2 * number
    /// }
    ///
    /// async fn main(cx: Async, (): ()) {
    ///     let task = cx.spawn("doubles", 21, doubles).await;
    ///     assert_eq!(task.join(&cx).await, Ok(42));
    /// }
    ///
    /// let top = Supervisor::new("top", Strategy::OneForOne)
    ///     .child(Child::process("main", (), main).restart(Restart::Temporary));
    /// Simulation::new("a task that doubles").tree(top).exhaustive().unwrap();
    /// ```
    pub async fn spawn<A, F, R>(&self, id: &'static str, argument: A, function: F) -> JoinHandle<R::Output>
    where
        A: Clone + Eq + Hash + fmt::Debug + Send + Sync + 'static,
        F: Fn(Async, A) -> R + Copy + Send + Sync + 'static,
        R: Future<Output: Data> + 'static,
    {
        const { assert!(size_of::<F>() == 0, "what the function captures is an argument of it") };
        let shown: Arc<str> = format!("{argument:?}").into();
        let body = AnyBody(Arc::new(AsyncBody::<_, _, WithResult>::new(argument, function)));
        let module = last_part(std::any::type_name::<F>());
        let (pid, monitor) = self
            .act(move |cx| {
                let label = cx.atoms().intern(id);
                let start = Start {
                    module: cx.atoms().intern(module),
                    name: None,
                    what: What::Process { body, shown },
                };
                let spawned = cx.wait("spawn", Touch::Noticed, || Wait::Spawn(start, label))?;
                match spawned.as_ref().map(Term::as_tuple) {
                    Ok(Some([Term::Pid(pid), Term::Ref(monitor)])) => Ok((*pid, *monitor)),
                    _ => Err(cx.badmatch(spawned.unwrap_or_else(|reason| reason))),
                }
            })
            .await;
        JoinHandle { pid, monitor, of: PhantomData }
    }

    /// The first of these tasks that ends, which is taken out of them: its process, and what it has returned or why it
    /// has not.
    ///
    /// # Panics
    ///
    /// If there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use treefall::actors::*;
    ///
    /// async fn sleeps(cx: Async, time: u64) -> i64 {
    ///     cx.sleep(time).await;
    ///     if time == 10 { panic!("too short") }
    ///     7
    /// }
    ///
    /// async fn main(cx: Async, (): ()) {
    ///     let mut tasks = vec![cx.spawn("long", 50, sleeps).await, cx.spawn("short", 10, sleeps).await];
    ///     let short = tasks[1].pid();
    ///     let (who, ended) = cx.join_next(&mut tasks).await;
    ///     assert!(who == short && ended.is_err());
    ///     let (_, ended) = cx.join_next(&mut tasks).await;
    ///     assert_eq!(ended, Ok(7));
    /// }
    ///
    /// let top = Supervisor::new("top", Strategy::OneForOne)
    ///     .child(Child::process("main", (), main).restart(Restart::Temporary));
    /// Simulation::new("two tasks").tree(top).run().unwrap();
    /// ```
    pub async fn join_next<O: Data>(&self, tasks: &mut Vec<JoinHandle<O>>) -> (Pid, Result<O, Reason>) {
        assert!(!tasks.is_empty(), "there is no task to wait for");
        let monitors: Vec<Ref> = tasks.iter().map(|task| task.monitor).collect();
        let (monitor, ended) = self
            .act(move |cx| {
                let down = cx.receive_down(monitors.into(), None)?;
                let Some((monitor, reason)) = down else { return Err(cx.badmatch(Atom::TIMEOUT.into())) };
                let returned = reason.untag(Atom::SHUTDOWN).and_then(|value| {
                    let value = value.untag(cx.atoms().intern(RETURNED))?;
                    O::from_term(value, cx.atoms())
                });
                Ok((monitor, returned.ok_or_else(|| Reason::read(reason, cx.atoms()))))
            })
            .await;
        let place = tasks.iter().position(|task| task.monitor == monitor).expect("it was waited for");
        (tasks.remove(place).pid, ended)
    }

    /// Waits for so many milliseconds of virtual time.
    ///
    /// # Examples
    ///
    /// See [`Async::spawn`].
    pub async fn sleep(&self, time: u64) {
        self.act(move |cx| cx.sleep(time)).await;
    }

    /// Virtual time, in milliseconds.
    ///
    /// # Examples
    ///
    /// See [`Receiver::receive_within`].
    pub async fn now(&self) -> u64 {
        self.act(|cx| cx.now()).await
    }
}
