//! What the processes of a scenario share: variables, tables, resources, and how its clients fare.

use std::collections::BTreeMap;

use crate::kernel::{Atom, Pid, Term};
use crate::otp::fault::Struck;
use crate::otp::registry::Tables;

use super::compiled::Shared;
use super::reports::Reports;

/// State that every process of a scenario can reach, as it could a public ETS table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SharedState {
    /// What the shared variables hold, in file order.
    pub variables: Vec<Term>,
    /// What is in the shared tables, in file order.
    pub tables: Vec<BTreeMap<Term, Term>>,
    /// The tables of registries and partition supervisors.
    pub registries: Tables,
    /// What supervisors have reported, as far as the file asks.
    pub reports: Reports,
    /// Who holds which resource, and how many times.
    pub resources: BTreeMap<(Atom, Pid), u32>,
    /// Which faults of the file have struck and not taken effect yet, and how often each child id was started.
    pub struck: Struck,
    /// How the clients fare, in file order.
    pub clients: Vec<ClientState>,
    /// Everything that starts at boot has been started.
    pub booted: bool,
    /// The node has terminated, with an application.
    pub halted: Option<Term>,
    /// Trees and applications that could not be started, and why.
    pub not_started: Vec<(Atom, Term)>,
    /// The top of each tree that was started.
    pub tops: Vec<(Atom, Pid)>,
    /// What compiled code shares, if there is any.
    pub compiled: Option<Box<Shared>>,
    /// Expectations that did not hold, in the order in which it was noticed.
    pub failures: Vec<FailedExpectation>,
}

/// How a client fares.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ClientState {
    /// The trees are still starting.
    NotStarted,
    /// It is at work.
    Running(Pid),
    /// It has done its steps.
    Finished(Pid),
    /// It has died of something else than the end of its steps.
    Died(Pid, Term),
}

/// An expectation that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FailedExpectation {
    /// The client that had expected it.
    pub pid: Pid,
    /// Where it stands in the file.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What was expected and what was there.
    pub why: Unmet,
}

/// What was expected and what was there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Unmet {
    /// This result does not match.
    Result(Term),
    /// A test of compiled code has failed.
    Test {
        /// The function that it is.
        name: Atom,
        /// What it raised.
        reason: Term,
    },
    /// It returned this and was expected to exit or to raise an error.
    Returned(Term),
    /// It exited with this, and was expected to return.
    Exited(Term),
    /// It exited, or raised, something else.
    OtherReason(Term),
    /// The process was not restarted, is not alive, is not its first incarnation, ...
    Process {
        /// The child id, name or pid.
        who: Term,
        /// What it is instead.
        is: Liveness,
    },
    /// The children are these, and were expected to be those.
    Children(Term, Term),
    /// The counts are these.
    Counts(Term),
    /// The condition does not hold.
    Condition(Sides),
    /// No such message came in time.
    NoMessage,
    /// Not everything settled in time.
    NotSettled,
}

/// What a condition was found to speak of, for the sentence that says why it does not hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sides {
    /// Of a comparison the left side, of `empty` how many there are, of `alive` who is meant; of `has`, what
    /// is there instead.
    pub left: Option<Term>,
    /// Of a comparison the right side, of `has` the key.
    pub right: Option<Term>,
}

/// What a process is, when it was expected to be something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Liveness {
    /// It is alive, in whatever incarnation.
    Alive,
    /// There is no such living process.
    Dead,
    /// Still in its first incarnation.
    Untouched,
    /// Restarted, in this incarnation.
    Restarted(u32),
}

impl SharedState {
    /// What compiled code shares.
    ///
    /// # Panics
    ///
    /// Where there is no compiled code.
    pub(super) fn compiled_mut(&mut self) -> &mut Shared {
        self.compiled.as_mut().expect("only compiled code asks for it")
    }

    /// Whether a process is, or was, one of the clients.
    pub fn is_client(&self, pid: Pid) -> bool {
        self.clients.iter().any(|client| match client {
            ClientState::Running(client) | ClientState::Finished(client) | ClientState::Died(client, _) => {
                *client == pid
            }
            ClientState::NotStarted => false,
        })
    }

    /// Marks the end of a client.
    pub fn client_ended(&mut self, pid: Pid, reason: Term) {
        for client in &mut self.clients {
            if *client == ClientState::Running(pid) {
                *client = if reason.is(Atom::NORMAL) {
                    ClientState::Finished(pid)
                } else {
                    ClientState::Died(pid, reason.clone())
                };
            }
        }
    }
}
