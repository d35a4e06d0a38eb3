//! What the machine asks of the world that it runs in.

use crate::kernel::{Atom, Pid, Ref};

use super::captures::Captures;
use super::ets::Tables;
use super::files::Files;
use super::load::Code;
use super::machine::{Own, Place, Probe};
use super::raise::Raise;
use super::term::Term;

/// The world, as a running process reaches it.
pub trait Host {
    /// What Erlang writes as `self()`.
    fn me(&self) -> Pid;

    /// The process that reads what this one writes, if it has been given one: its group leader, unless that leads
    /// itself, as the process of an application does.
    fn reader(&self) -> Option<Pid>;

    /// Whether others could come between this action and the one before.
    fn can_be_interrupted(&self) -> bool;

    /// Whether it has sent itself an exit signal that ends it: nothing more happens then.
    fn is_doomed(&self) -> bool;

    /// The name of a process of Erlang's own that the last action asked for, and that nobody has started.
    fn lacks(&mut self) -> Option<Atom>;

    /// Notes that such a process is asked for.
    fn misses(&mut self, name: Atom);

    /// Takes the first message out of the mailbox that a `receive` would take which does not wait.
    fn poll(&mut self, probe: &Probe<'_>) -> Option<Term>;

    /// `Pid ! Message`, of a pid, a name, `{Name, Node}` or an alias.
    fn send(&mut self, to: &Term, message: Term) -> Result<(), Raise>;

    /// What this process has sent to another is there before anything else happens.
    fn arrives(&mut self, whom: Pid);

    /// What Erlang writes as `make_ref()`.
    fn make_ref(&mut self) -> Ref;

    /// Virtual time, in milliseconds.
    fn now(&self) -> u64;

    /// Does what a built-in function about processes does that is an action of the world's.
    fn act(&mut self, action: Action) -> Result<Term, Raise>;

    /// The tables of `ets`.
    fn tables(&mut self) -> &mut Tables;

    /// What `persistent_term` keeps.
    fn persistent(&mut self) -> &mut std::collections::BTreeMap<Term, Term>;

    /// The files in memory.
    fn files(&mut self) -> &mut Files;

    /// What is captured of what is logged.
    fn captures(&mut self) -> &mut Captures;

    /// Tells whoever listens, of a process whose frames hold this.
    fn tell(&mut self, told: Told, stack: &[Term]);
}

/// An action of the world's.
#[derive(Clone, Debug)]
pub enum Action {
    /// `spawn_opt`: a process that begins with this call.
    Spawn {
        /// The module that it names.
        module: Term,
        /// The function that it names.
        function: Term,
        /// The arguments that it is given.
        arguments: Vec<Term>,
        /// Linked from its first moment.
        link: bool,
        /// Monitored from its first moment.
        monitor: bool,
    },
    /// What Erlang writes as `link/1`.
    Link(Pid),
    /// What Erlang writes as `unlink/1`.
    Unlink(Pid),
    /// `monitor(process, ..)`, with whether it is an alias too.
    Monitor(Term, Option<Alias>),
    /// `demonitor/2`: with `flush`, with `info`.
    Demonitor(Ref, bool, bool),
    /// What Erlang writes as `alias/1`.
    Alias(bool),
    /// Makes a monitor of the own an alias too.
    Activate(Ref, Alias),
    /// What Erlang writes as `unalias/1`.
    Unalias(Ref),
    /// What Erlang writes as `exit/2`.
    Exit(Pid, Term),
    /// What Erlang writes as `register/2`.
    Register(Term, Term),
    /// What Erlang writes as `unregister/1`.
    Unregister(Term),
    /// What Erlang writes as `whereis/1`.
    Whereis(Term),
    /// What Erlang writes as `registered/0`.
    Registered,
    /// What Erlang writes as `processes/0`.
    Processes,
    /// What Erlang writes as `is_process_alive/1`.
    IsAlive(Pid),
    /// What Erlang writes as `process_flag(trap_exit, ..)`.
    TrapExit(bool),
    /// `process_info/2`, of an item that the world knows.
    Info(Pid, Term),
    /// What Erlang writes as `group_leader/0`.
    GroupLeader,
    /// What Erlang writes as `group_leader/2`.
    SetGroupLeader(Pid, Pid),
    /// `send_after/3` and `start_timer/3`: after so long, whom, what, and whether it is wrapped as a timer's.
    StartTimer(u64, Term, Term, bool),
    /// What Erlang writes as `cancel_timer/1`.
    CancelTimer(Ref),
    /// What Erlang writes as `read_timer/1`.
    ReadTimer(Ref),
    /// What Erlang writes as `unique_integer([monotonic])`.
    Monotonic,
    /// What Erlang writes as `halt/1`.
    Halt(Term),
}

/// How an alias ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alias {
    /// When its monitor ends, with `demonitor`.
    Demonitor,
    /// With the first reply, too.
    Reply,
    /// With `unalias` and not before.
    Explicit,
}

/// What code says for people.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// It wrote a line.
    Output(String),
    /// It logged something: the level and the message or report.
    Logged(Term, Term),
}

/// What a native sees that is more than a function of its arguments.
pub struct Call<'a> {
    /// All modules that can be called.
    pub code: &'a Code,
    /// What belongs to the process alone.
    pub own: &'a mut Own,
    /// What its frames hold, what was put last behind.
    pub stack: &'a [Term],
    /// Where in its code it is.
    pub place: Place,
    /// The world that it acts in.
    pub host: &'a mut dyn Host,
}
