//! The built-in functions of Erlang and the calls of OTP, with types.

use std::sync::Arc;

use crate::kernel::{Atom, Atoms, Pid, Ref, Term};
use crate::otp::{CallTimeout, Raise};

use super::actor::{Actor, Caller, Info};
use super::address::Address;
use super::body::{Asked, Wait};
use super::child::{Child, DynamicSupervisor, Supervisor};
use super::data::Data;
use super::effects::{Effects, Touch};
use super::halt::Halt;
use super::reason::Reason;
use super::simple::SimpleOneForOne;

/// A monitor, as `DOWN` messages name it.
pub type Monitor = Ref;
/// A timer, as one cancels it.
pub type Timer = Ref;
/// What asking somebody comes to: an answer, or the reason that one would exit with.
pub type Asking<T> = Result<Result<T, Reason>, Halt>;

impl Effects<'_> {
    /// Virtual time, in milliseconds.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn now(&mut self) -> Result<u64, Halt> {
        let now =
            self.act("now", Touch::Nobody, |host| Ok(Term::Int(host.now().try_into().unwrap_or(i64::MAX))))?;
        Ok(match now {
            Ok(Term::Int(now)) => now.try_into().unwrap_or(0),
            _ => 0,
        })
    }

    /// `gen_server:call/2`: waits five seconds for the answer, and exits if there is none.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn call<B: Actor>(&mut self, whom: &Address<B>, request: B::Request) -> Result<B::Reply, Halt> {
        self.try_call(whom, request)?.map_err(Halt::exit)
    }

    /// The same; what it would exit with is returned, as by `catch`.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn try_call<B: Actor>(&mut self, whom: &Address<B>, request: B::Request) -> Asking<B::Reply> {
        self.calls(whom, request, CallTimeout::Unsaid)
    }

    /// `gen_server:call/3`: waits so many milliseconds; `None` is `infinity`.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn call_within<B: Actor>(
        &mut self,
        whom: &Address<B>,
        request: B::Request,
        timeout: Option<u64>,
    ) -> Asking<B::Reply> {
        self.calls(whom, request, timeout.into())
    }

    fn calls<B: Actor>(
        &mut self,
        whom: &Address<B>,
        request: B::Request,
        timeout: CallTimeout,
    ) -> Asking<B::Reply> {
        let target = whom.target(self.atoms());
        let request = request.to_term(self.atoms());
        match self.wait("call", Touch::of(target), || Wait::Call { target, request, timeout })? {
            Ok(reply) => match B::Reply::from_term(&reply, self.atoms()) {
                Some(reply) => Ok(Ok(reply)),
                None => Err(self.badmatch(reply)),
            },
            Err(reason) => Ok(Err(Reason::read(reason, self.atoms()))),
        }
    }

    /// `gen_server:cast/2`, which succeeds whoever is there.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn cast<B: Actor>(&mut self, whom: &Address<B>, message: B::Message) -> Result<(), Halt> {
        let target = whom.target(self.atoms());
        let message = message.to_term(self.atoms());
        self.done("cast", Touch::of(target), |host| host.cast(target, message))
    }

    /// `Pid ! Message`. To a name that nobody has it raises `badarg`.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn send<B: Actor>(&mut self, whom: &Address<B>, message: B::Message) -> Result<(), Halt> {
        let target = whom.target(self.atoms());
        let message = message.to_term(self.atoms());
        self.succeeds("send", Touch::of(target), |host| host.send(target, message))
    }

    /// `gen_server:reply/2`: the answer to a call that was not answered when it came.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn reply<R: Data>(&mut self, caller: Caller<R>, reply: R) -> Result<(), Halt> {
        let (from, reply) = (caller.from, reply.to_term(self.atoms()));
        self.done("reply", Touch::Noticed, |host| host.reply(from, reply))
    }

    /// `monitor(process, Whom)`: [`Info::Down`](super::Info::Down) tells its end.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn monitor<B: ?Sized>(&mut self, whom: &Address<B>) -> Result<Monitor, Halt> {
        let target = whom.target(self.atoms());
        self.reference("monitor", Touch::of(target), |host| host.monitor(target))
    }

    /// `demonitor(Monitor, [flush])`: no `DOWN` comes any more, even if one was on its way.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn demonitor(&mut self, monitor: Monitor) -> Result<(), Halt> {
        self.done("demonitor", Touch::Noticed, |host| host.demonitor(monitor))
    }

    /// `link(Pid)`. To nobody it raises `noproc`, unless exits are trapped.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn link(&mut self, pid: Pid) -> Result<(), Halt> {
        let linked = self.act("link", Touch::Noticed, |host| Ok(Term::boolean(host.link(pid))))?;
        match linked {
            Ok(linked) if linked.is(Atom::TRUE) => Ok(()),
            _ => Err(Halt::raise(Raise::Error(Atom::NOPROC.into()))),
        }
    }

    /// `unlink(Pid)`: the end of one is not that of the other any more.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn unlink(&mut self, pid: Pid) -> Result<(), Halt> {
        self.done("unlink", Touch::Noticed, |host| host.unlink(pid))
    }

    /// `process_flag(trap_exit, Flag)`: exit signals become messages.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn trap_exit(&mut self, flag: bool) -> Result<(), Halt> {
        self.done("trap_exit", Touch::Nobody, |host| host.trap_exit(flag))
    }

    /// `exit(Pid, Reason)`: sends an exit signal.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn exit(&mut self, pid: Pid, reason: impl Into<Reason>) -> Result<(), Halt> {
        let reason = reason.into().known(self.atoms());
        self.done("exit", Touch::Noticed, |host| host.exit(pid, reason))
    }

    /// `erlang:send_after(Time, Whom, Message)`, in milliseconds.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn send_after<B: Actor>(
        &mut self,
        after: u64,
        whom: &Address<B>,
        message: B::Message,
    ) -> Result<Timer, Halt> {
        let target = whom.target(self.atoms());
        let message = message.to_term(self.atoms());
        self.reference("send_after", Touch::Nobody, |host| host.send_after(after, target, message))
    }

    /// `erlang:cancel_timer(Timer)`: the milliseconds that were left; none if it has fired.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn cancel_timer(&mut self, timer: Timer) -> Result<Option<u64>, Halt> {
        let left = self.act("cancel_timer", Touch::Sees, |host| {
            Ok(host
                .cancel_timer(timer)
                .map_or(Atom::FALSE.into(), |left| Term::Int(left.try_into().unwrap_or(i64::MAX))))
        })?;
        Ok(match left {
            Ok(Term::Int(left)) => left.try_into().ok(),
            _ => None,
        })
    }

    /// `register(Name, Pid)`, which raises `badarg` if somebody has the name.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn register(&mut self, name: &'static str, pid: Pid) -> Result<(), Halt> {
        let name = self.atoms().intern(name);
        self.succeeds("register", Touch::Sees, |host| host.register(name, pid))
    }

    /// `unregister(Name)`, which raises `badarg` if nobody has it.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn unregister(&mut self, name: &'static str) -> Result<(), Halt> {
        let name = self.atoms().intern(name);
        self.succeeds("unregister", Touch::Sees, |host| host.unregister(name))
    }

    /// `whereis(Name)`: the process behind an address.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn whereis<B: ?Sized>(&mut self, whom: &Address<B>) -> Result<Option<Pid>, Halt> {
        let target = whom.target(self.atoms());
        let found = self.act("whereis", Touch::of(target), |host| {
            host.looks_around();
            Ok(host.resolve(target).map_or(Atom::UNDEFINED.into(), Term::from))
        })?;
        Ok(found.ok().and_then(|found| found.as_pid()))
    }

    /// `is_process_alive(Pid)`, which may have changed when one knows it.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn is_alive(&mut self, pid: Pid) -> Result<bool, Halt> {
        let alive = self.act("is_alive", Touch::Sees, |host| Ok(Term::boolean(host.is_alive(pid))))?;
        Ok(alive.is_ok_and(|alive| alive.is(Atom::TRUE)))
    }

    /// `start_link` of an actor that no supervisor has.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn start_link<B: ?Sized>(&mut self, child: Child<B>) -> Asking<Address<B>> {
        let (start, label) = match child.lowered(self.atoms()) {
            Ok(spec) => (spec.start, child.label(self.atoms())),
            Err(invalid) => return Err(self.invalid(&invalid)),
        };
        let started = self.wait("start_link", Touch::Noticed, || Wait::Start(start, label))?;
        self.started(started)
    }

    /// `supervisor:start_child/2`, and `DynamicSupervisor.start_child/2`.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn start_child<S: TakesSpecs, B>(
        &mut self,
        whom: &Address<S>,
        child: Child<B>,
    ) -> Asking<Address<B>> {
        let spec = match child.lowered(self.atoms()) {
            Ok(spec) => Box::new(spec),
            Err(invalid) => return Err(self.invalid(&invalid)),
        };
        let started = self.ask("start_child", whom, Asked::StartChild(spec))?;
        self.started(started)
    }

    /// `supervisor:start_child/2` of a `simple_one_for_one` supervisor: one more child, made of this argument.
    ///
    /// # Examples
    ///
    /// See [`SimpleOneForOne`].
    pub fn start_simple<B: Actor, T: Data>(
        &mut self,
        whom: &Address<SimpleOneForOne<B, T>>,
        argument: T,
    ) -> Asking<Address<B>> {
        let argument = argument.to_term(self.atoms());
        let started = self.ask("start_child", whom, Asked::StartWith(argument))?;
        self.started(started)
    }

    /// `terminate_child`, by id.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn terminate_child(&mut self, whom: &Address<Supervisor>, id: &str) -> Asking<()> {
        let id = self.atoms().intern(id).into();
        let answer = self.ask("terminate_child", whom, Asked::TerminateChild(id))?;
        Ok(settled(answer, self.atoms()))
    }

    /// `terminate_child`, by pid: of a `DynamicSupervisor`, or of `simple_one_for_one`.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn terminate_dynamic<S: KnowsByPid>(&mut self, whom: &Address<S>, pid: Pid) -> Asking<()> {
        let answer = self.ask("terminate_child", whom, Asked::TerminateChild(pid.into()))?;
        Ok(settled(answer, self.atoms()))
    }

    /// `supervisor:restart_child/2`, of a child that was terminated.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn restart_child(&mut self, whom: &Address<Supervisor>, id: &str) -> Asking<()> {
        let id = self.atoms().intern(id).into();
        let answer = self.ask("restart_child", whom, Asked::RestartChild(id))?;
        Ok(settled(answer, self.atoms()))
    }

    /// `supervisor:delete_child/2`, of a child that was terminated.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn delete_child(&mut self, whom: &Address<Supervisor>, id: &str) -> Asking<()> {
        let id = self.atoms().intern(id).into();
        let answer = self.ask("delete_child", whom, Asked::DeleteChild(id))?;
        Ok(settled(answer, self.atoms()))
    }

    /// The processes of `which_children`, in its order; of a child without one none.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn which_children<S: Supervises>(&mut self, whom: &Address<S>) -> Asking<Vec<Option<Pid>>> {
        let answer = self.ask("which_children", whom, Asked::WhichChildren)?;
        Ok(answer.map_err(Reason::of).map(|children| match children {
            Term::List(rows, _) => {
                rows.iter().map(|row| row.as_tuple().and_then(|row| row.get(1)?.as_pid())).collect()
            }
            _ => Vec::new(),
        }))
    }

    /// How many processes `count_children` finds active.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn count_active<S: Supervises>(&mut self, whom: &Address<S>) -> Asking<i64> {
        let answer = self.ask("count_children", whom, Asked::CountChildren)?;
        let of = |counts: &Term| -> Option<i64> {
            let active = match counts {
                Term::List(rows, _) => rows.iter().find_map(|row| row.untag(Atom::ACTIVE).cloned())?,
                counts => counts.field(Atom::ACTIVE)?.clone(),
            };
            match active {
                Term::Int(active) => Some(active),
                _ => None,
            }
        };
        Ok(answer.map_err(Reason::of).map(|counts| of(&counts).unwrap_or(0)))
    }

    /// `gen_server:stop(Whom, Reason, infinity)`
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn stop<B: ?Sized>(&mut self, whom: &Address<B>, reason: impl Into<Reason>) -> Asking<()> {
        let target = whom.target(self.atoms());
        let reason = reason.into().known(self.atoms());
        let stopped =
            self.wait("stop", Touch::of(target), || Wait::Stop { target, reason, timeout: None })?;
        Ok(stopped.map(|_| ()).map_err(Reason::of))
    }

    /// `timer:sleep(Time)`, in milliseconds of virtual time.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn sleep(&mut self, time: u64) -> Result<(), Halt> {
        self.wait("sleep", Touch::Nobody, || Wait::Sleep(time)).map(|_| ())
    }

    /// `receive`: takes the oldest message out of the mailbox, or waits for one, so many milliseconds at most; `None` is
    /// for ever. Nothing if none comes. Servers need it not: their messages come as callbacks.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn receive<M: Data>(&mut self, timeout: Option<u64>) -> Result<Option<Info<M>>, Halt> {
        let found = self.wait("receive", Touch::Nobody, || Wait::Receive(timeout, Arc::default()))?;
        let Ok(found) = found else { return Ok(None) };
        if let Some(message) = found.untag(Atom::OK) {
            let read = M::from_term(message, self.atoms());
            return Ok(Some(read.map_or_else(|| Info::Other(message.clone()), Info::Message)));
        }
        Ok(match found.as_tuple() {
            Some([Term::Atom(Atom::EXIT), Term::Pid(pid), reason]) => {
                Some(Info::Exit { pid: *pid, reason: Reason::read(reason.clone(), self.atoms()) })
            }
            Some([Term::Atom(Atom::DOWN), Term::Ref(monitor), object, reason]) => {
                let (pid, reason) = (object.as_pid(), Reason::read(reason.clone(), self.atoms()));
                Some(Info::Down { monitor: *monitor, pid, reason })
            }
            _ => None,
        })
    }

    /// `receive {'DOWN', Monitor, _, _, Reason} -> Reason after Timeout -> none end`: waits for the end of who is monitored,
    /// and for nothing else. Everything else stays in the mailbox.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// # #[derive(Clone, Debug, PartialEq, Eq, Hash)] struct Job;
    /// # impl Actor for Job { type Request = Never; type Reply = Never; type Message = Never; }
    /// let simulation = Simulation::new("a job is stopped").client("test", |cx| {
    ///     let job = cx.start_link(Child::worker("job", Job))?.map_err(Halt::exit)?;
    ///     let monitor = cx.monitor(&job)?;
    ///     assert_eq!(cx.await_down(monitor, Some(100))?, None);
    ///     if let Some(pid) = job.pid() {
    ///         cx.unlink(pid)?;
    ///         cx.exit(pid, "shutdown")?;
    ///     }
    ///     let reason = cx.await_down(monitor, None)?;
    ///     cx.expect(reason == Some(Reason::SHUTDOWN), "it ends as it was told to")
    /// });
    /// simulation.run().unwrap();
    /// ```
    pub fn await_down(&mut self, monitor: Monitor, timeout: Option<u64>) -> Result<Option<Reason>, Halt> {
        let down = self.receive_down(Arc::new([monitor]), timeout)?;
        Ok(down.map(|(_, reason)| Reason::read(reason, self.atoms())))
    }

    /// The first `DOWN` of one of these monitors, and its reason.
    pub(super) fn receive_down(
        &mut self,
        monitors: Arc<[Ref]>,
        timeout: Option<u64>,
    ) -> Result<Option<(Ref, Term)>, Halt> {
        let found = self.wait("join", Touch::Nobody, || Wait::Receive(timeout, monitors))?;
        let Ok(found) = found else { return Ok(None) };
        Ok(match found.as_tuple() {
            Some([Term::Atom(Atom::DOWN), Term::Ref(monitor), _, reason]) => Some((*monitor, reason.clone())),
            _ => None,
        })
    }

    /// `monitor_node(Node, true)`: the message `{nodedown, Node}` tells when the connection to a node is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// treefall::data! { enum Told { Nodedown(String) } }
    ///
    /// let simulation = Simulation::new("two nodes")
    ///     .client_on("east", "test", |cx| {
    ///         cx.monitor_node("west")?;
    ///         cx.cut()?;
    ///         let told = cx.receive(Some(1_000))?;
    ///         cx.expect(told == Some(Info::Message(Told::Nodedown("west".to_owned()))), "it is told")
    ///     })
    ///     .client_on("west", "nobody", |_| Ok(()));
    /// simulation.run().unwrap();
    /// ```
    pub fn monitor_node(&mut self, node: &str) -> Result<(), Halt> {
        let node = self.atoms().intern(node);
        self.done("monitor_node", Touch::Sees, |host| host.monitor_node(node))
    }

    /// A line of the story.
    ///
    /// # Examples
    ///
    /// See [`Effects`].
    pub fn note(&mut self, text: &str) -> Result<(), Halt> {
        self.done("note", Touch::Nobody, |host| host.tell(text))
    }

    fn ask<S: ?Sized>(
        &mut self,
        act: &'static str,
        whom: &Address<S>,
        request: Asked,
    ) -> Result<Result<Term, Term>, Halt> {
        let target = whom.target(self.atoms());
        self.wait(act, Touch::of(target), || Wait::Ask { target, request })
    }

    /// What a start function has returned, or a supervisor that was asked to call one.
    fn started<B: ?Sized>(&self, started: Result<Term, Term>) -> Asking<Address<B>> {
        let term = match started {
            Ok(term) => term,
            Err(reason) => return Ok(Err(Reason::read(reason, self.atoms()))),
        };
        if let Some(reason) = term.untag(Atom::ERROR).or_else(|| term.untag(Atom::EXIT)) {
            return Ok(Err(Reason::read(reason.clone(), self.atoms())));
        }
        match term.as_tuple() {
            Some([_, Term::Pid(pid), ..]) => Ok(Ok(Address::of_process(*pid))),
            _ => Ok(Err(Reason::read(term, self.atoms()))),
        }
    }

    fn invalid(&self, invalid: &super::child::Invalid) -> Halt {
        let tag = self.atoms().intern("invalid_child_spec");
        Halt::error(tag, Term::Text(invalid.to_string().into()))
    }
}

/// `ok`, or `{error, Reason}`.
fn settled(answer: Result<Term, Term>, atoms: &Atoms) -> Result<(), Reason> {
    let term = answer.map_err(|reason| Reason::read(reason, atoms))?;
    match term.untag(Atom::ERROR) {
        Some(reason) => Err(Reason::read(reason.clone(), atoms)),
        None => Ok(()),
    }
}

/// Who can be asked for children.
///
/// # Examples
///
/// ```
/// # use treefall::actors::*;
/// fn is_idle<S: Supervises>(cx: &mut Client<'_>, whom: &Address<S>) -> Result<bool, Halt> {
///     Ok(cx.count_active(whom)? == Ok(0))
/// }
/// ```
pub trait Supervises: sealed::Sealed + 'static {}

/// Who takes child specifications.
///
/// # Examples
///
/// ```
/// # use treefall::actors::*;
/// fn adds<S: TakesSpecs, A: Actor>(cx: &mut Client<'_>, whom: &Address<S>, state: A) -> Asking<Address<A>> {
///     cx.start_child(whom, Child::worker("one more", state))
/// }
/// ```
pub trait TakesSpecs: Supervises {}

/// Whose children are known by their pids.
///
/// # Examples
///
/// ```
/// # use treefall::actors::*;
/// fn clears<S: KnowsByPid>(cx: &mut Client<'_>, whom: &Address<S>) -> Result<(), Halt> {
///     for child in cx.which_children(whom)?.unwrap_or_default().into_iter().flatten() {
///         let _ = cx.terminate_dynamic(whom, child)?;
///     }
///     Ok(())
/// }
/// ```
pub trait KnowsByPid: Supervises {}

mod sealed {
    /// Supervisors are those of OTP.
    pub trait Sealed {}
}

impl sealed::Sealed for Supervisor {}
impl sealed::Sealed for DynamicSupervisor {}
impl<A, T> sealed::Sealed for SimpleOneForOne<A, T> {}
impl Supervises for Supervisor {}
impl Supervises for DynamicSupervisor {}
impl<A: 'static, T: 'static> Supervises for SimpleOneForOne<A, T> {}
impl TakesSpecs for Supervisor {}
impl TakesSpecs for DynamicSupervisor {}
impl KnowsByPid for DynamicSupervisor {}
impl<A: 'static, T: 'static> KnowsByPid for SimpleOneForOne<A, T> {}
