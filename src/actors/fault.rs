//! What may go wrong in a run: the faults that a scheduler may choose.
//!
//! They are those of scenario files, and do what they do there. It knows no world: a simulation makes a plan of them.

use std::fmt;
use std::sync::Arc;

use crate::kernel::{self, Atom, Atoms, FaultKind, Term, Victims};
use crate::otp::fault::{CallbackFault, Wrong};

use super::actor::Actor;
use super::address::Address;
use super::data::Data;

/// Something that may go wrong, once in a run if nothing else is said. The scheduler chooses when it strikes; the calm
/// run breaks nothing.
///
/// # Examples
///
/// ```
/// use treefall::actors::*;
///
/// # #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)] struct Cache;
/// # impl Actor for Cache { type Request = Never; type Reply = Never; type Message = Never; }
/// let top = Supervisor::new("top", Strategy::OneForOne).max_restarts(1).child(Child::worker("cache", Cache));
/// let simulation = Simulation::new("a cache that dies too often")
///     .tree(top)
///     .fault(Fault::kill(["cache"]).times(2));
/// let failure = simulation.explore(0..2_000).unwrap_err();
/// assert_eq!(failure.why(), "top has given up");
/// ```
#[derive(Clone)]
pub struct Fault {
    kind: Kind,
    times: u32,
}

#[derive(Clone)]
enum Kind {
    /// Of nobody any process.
    Kill(Vec<String>),
    Burst {
        ids: Vec<String>,
        crashes: u32,
        within: u64,
    },
    Callback {
        wrong: Wrong,
        id: String,
        nth: Option<u64>,
    },
    Send {
        name: String,
        message: Arc<Message>,
    },
    Disconnect {
        cut: bool,
    },
}

/// A message that is written once the atoms of a simulation are known, and as people see it.
struct Message {
    term: Box<dyn Fn(&Atoms) -> Term + Send + Sync>,
    shown: String,
}

/// A fault as a simulation has it.
pub(super) struct Lowered {
    pub(super) fault: kernel::Fault,
    pub(super) callback: Option<CallbackFault>,
    pub(super) message: Option<(Atom, Term)>,
    pub(super) words: String,
}

impl Fault {
    fn of(kind: Kind) -> Fault {
        Fault { kind, times: 1 }
    }

    /// One of the processes with these ids is killed. Who has no id of its own, as a child of a [`DynamicSupervisor`],
    /// has the name of its type.
    ///
    /// [`DynamicSupervisor`]: super::DynamicSupervisor
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::Fault;
    /// assert_eq!(Fault::kill(["cache", "store"]).times(2).to_string(), "kill cache store times=2");
    /// ```
    pub fn kill<I: Into<String>>(ids: impl IntoIterator<Item = I>) -> Fault {
        Fault::of(Kind::Kill(ids.into_iter().map(Into::into).collect()))
    }

    /// Any process is killed but clients and the tops of trees, which nobody would restart.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::Fault;
    /// assert_eq!(Fault::kill_any().to_string(), "kill any");
    /// ```
    pub fn kill_any() -> Fault {
        Fault::of(Kind::Kill(Vec::new()))
    }

    /// Up to so many kills of processes with these ids, the last at most so many milliseconds after the first.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::Fault;
    /// assert_eq!(Fault::burst(["cache"], 3, 1_000).to_string(), "burst cache crashes=3 within=1000");
    /// ```
    pub fn burst<I: Into<String>>(ids: impl IntoIterator<Item = I>, crashes: u32, within: u64) -> Fault {
        Fault::of(Kind::Burst { ids: ids.into_iter().map(Into::into).collect(), crashes, within })
    }

    fn of_callback(wrong: Wrong, id: impl Into<String>) -> Fault {
        Fault::of(Kind::Callback { wrong, id: id.into(), nth: None })
    }

    /// `init` returns `{stop, fault}`, the next time that a server with this id starts.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::Fault;
    /// assert_eq!(Fault::fail_start("cache").nth(2).to_string(), "fail_start cache nth=2");
    /// ```
    pub fn fail_start(id: impl Into<String>) -> Fault {
        Fault::of_callback(Wrong::FailStart, id)
    }

    /// `init` returns `ignore`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::Fault;
    /// assert_eq!(Fault::ignore_start("cache").to_string(), "ignore_start cache");
    /// ```
    pub fn ignore_start(id: impl Into<String>) -> Fault {
        Fault::of_callback(Wrong::IgnoreStart, id)
    }

    /// `init` crashes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::Fault;
    /// assert_eq!(Fault::crash_start("cache").to_string(), "crash_start cache");
    /// ```
    pub fn crash_start(id: impl Into<String>) -> Fault {
        Fault::of_callback(Wrong::CrashStart, id)
    }

    /// `init` never returns.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::Fault;
    /// assert_eq!(Fault::hang_start("cache").to_string(), "hang_start cache");
    /// ```
    pub fn hang_start(id: impl Into<String>) -> Fault {
        Fault::of_callback(Wrong::HangStart, id)
    }

    /// `terminate` crashes.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::Fault;
    /// assert_eq!(Fault::crash_terminate("cache").to_string(), "crash_terminate cache");
    /// ```
    pub fn crash_terminate(id: impl Into<String>) -> Fault {
        Fault::of_callback(Wrong::CrashTerminate, id)
    }

    /// `terminate` never returns.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::Fault;
    /// assert_eq!(Fault::hang_terminate("cache").to_string(), "hang_terminate cache");
    /// ```
    pub fn hang_terminate(id: impl Into<String>) -> Fault {
        Fault::of_callback(Wrong::HangTerminate, id)
    }

    /// What a server with this id handles next begins so many milliseconds later.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::Fault;
    /// assert_eq!(Fault::slow("cache", 50).to_string(), "slow cache by=50");
    /// ```
    pub fn slow(id: impl Into<String>, by: u64) -> Fault {
        Fault::of_callback(Wrong::Slow(by), id)
    }

    /// A message that nobody has sent is in the mailbox of whoever has this name; if nobody has, it is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::*;
    /// # #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)] struct Cache;
    /// # impl Actor for Cache { type Request = Never; type Reply = Never; type Message = String; }
    /// const CACHE: Address<Cache> = Address::named("cache");
    /// assert_eq!(Fault::send(&CACHE, "flush".to_owned()).to_string(), "send cache \"flush\"");
    /// ```
    ///
    /// # Panics
    ///
    /// If the address is that of a process: it has none before the run.
    pub fn send<A: Actor>(whom: &Address<A>, message: A::Message) -> Fault {
        let name =
            whom.name().expect("a fault sends to a name, and this is the address of a process").to_owned();
        let shown = format!("{message:?}");
        let term = Box::new(move |atoms: &Atoms| message.to_term(atoms));
        Fault::of(Kind::Send { name, message: Arc::new(Message { term, shown }) })
    }

    /// The connection between the two nodes is lost; the next signal connects them again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::Fault;
    /// assert_eq!(Fault::disconnect().to_string(), "disconnect");
    /// ```
    pub fn disconnect() -> Fault {
        Fault::of(Kind::Disconnect { cut: false })
    }

    /// The network between the two nodes is cut, so that they cannot connect again until a client heals it.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::Fault;
    /// assert_eq!(Fault::cut().to_string(), "cut");
    /// ```
    pub fn cut() -> Fault {
        Fault::of(Kind::Disconnect { cut: true })
    }

    /// So often in one run, and not once.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::Fault;
    /// assert_eq!(Fault::kill_any().times(3).to_string(), "kill any times=3");
    /// ```
    pub fn times(mut self, times: u32) -> Fault {
        self.times = times;
        self
    }

    /// Only the nth start, or the nth `terminate`, of a server with this id goes wrong, and not the next one after the
    /// fault has struck. Of other faults it changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use treefall::actors::Fault;
    /// assert_eq!(Fault::hang_start("cache").nth(2).to_string(), "hang_start cache nth=2");
    /// ```
    pub fn nth(mut self, count: u64) -> Fault {
        if let Kind::Callback { wrong, nth, .. } = &mut self.kind
            && !matches!(wrong, Wrong::Slow(_))
        {
            *nth = Some(count);
        }
        self
    }

    pub(super) fn lowered(&self, atoms: &Atoms) -> Lowered {
        let victims = |ids: &[String]| match ids {
            [] => Victims::Any { but: Vec::new() },
            ids => Victims::Labelled(ids.iter().map(|id| atoms.intern(id)).collect()),
        };
        let (mut callback, mut message) = (None, None);
        let kind = match &self.kind {
            Kind::Kill(ids) => FaultKind::Kill(victims(ids)),
            Kind::Burst { ids, crashes, within } => {
                FaultKind::Burst { victims: victims(ids), kills: *crashes, within: *within, open: None }
            }
            Kind::Callback { wrong, id, nth } => {
                callback = Some(CallbackFault { wrong: *wrong, process: atoms.intern(id), nth: *nth });
                FaultKind::Strike
            }
            Kind::Send { name, message: said } => {
                message = Some((atoms.intern(name), (said.term)(atoms)));
                FaultKind::Strike
            }
            Kind::Disconnect { cut } => FaultKind::Disconnect { cut: *cut },
        };
        let fault = kernel::Fault { left: self.times, early: false, kind };
        Lowered { fault, callback, message, words: self.words() }
    }

    /// The ids of the processes that it is about.
    pub(super) fn ids(&self) -> Vec<String> {
        match &self.kind {
            Kind::Kill(ids) | Kind::Burst { ids, .. } => ids.clone(),
            Kind::Callback { id, .. } => vec![id.clone()],
            Kind::Send { .. } | Kind::Disconnect { .. } => Vec::new(),
        }
    }

    /// What it does, as a scenario file says it, without how often.
    fn words(&self) -> String {
        let whom = |ids: &[String]| if ids.is_empty() { "any".to_owned() } else { ids.join(" ") };
        match &self.kind {
            Kind::Kill(ids) => format!("kill {}", whom(ids)),
            Kind::Burst { ids, crashes, within } => {
                format!("burst {} crashes={crashes} within={within}", whom(ids))
            }
            Kind::Callback { wrong: Wrong::Slow(by), id, .. } => format!("slow {id} by={by}"),
            Kind::Callback { wrong, id, nth } => {
                let nth = nth.map_or_else(String::new, |nth| format!(" nth={nth}"));
                format!("{} {id}{nth}", wrong.word())
            }
            Kind::Send { name, message } => format!("send {name} {}", message.shown),
            Kind::Disconnect { cut } => if *cut { "cut" } else { "disconnect" }.to_owned(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words())?;
        if self.times == 1 { Ok(()) } else { write!(f, " times={}", self.times) }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
