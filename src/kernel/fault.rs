//! What may go wrong in a run: a plan of faults, used up as they strike.
//!
//! It knows whose turn to be killed it may be and what is left. What a fault that is no kill does is the
//! behaviour's business.

use super::atom::Atom;
use super::nodes::Connection;

/// A fault that the scheduler may choose, so many times in a run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    /// How many times are left.
    pub left: u32,
    /// Whether it may kill before everything is set up: see [`Behaviour::is_set_up`](super::Behaviour::is_set_up).
    pub early: bool,
    /// What it does.
    pub kind: FaultKind,
}

/// What a fault does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// One of these processes is killed.
    Kill(Victims),
    /// Several of these processes are killed, or one of them several times, shortly after one another.
    Burst {
        /// Whom it can hit.
        victims: Victims,
        /// How many kills it has, the first one included.
        kills: u32,
        /// Within how many milliseconds of virtual time after the first.
        within: u64,
        /// The one that has begun: how many kills it has left, and until when.
        open: Option<(u32, u64)>,
    },
    /// The connection between the two nodes is lost.
    Disconnect {
        /// And the network between them is cut, so that they cannot connect again by themselves.
        cut: bool,
    },
    /// Whatever the behaviour makes of it.
    Strike,
}

/// Whom a fault may kill.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Victims {
    /// The processes with these labels.
    Labelled(Vec<Atom>),
    /// Any process that its behaviour does not spare, but those with these labels.
    Any {
        /// The labels of those that it spares.
        but: Vec<Atom>,
    },
}

/// The faults of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct FaultPlan {
    faults: Vec<Fault>,
    /// How many of them all together may still strike, if that is bounded.
    budget: Option<u32>,
    struck: u32,
}

/// A process that may be killed, as far as a plan asks.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    pub(super) label: Atom,
    /// Whether everything is set up.
    pub(super) set_up: bool,
    /// Whether its behaviour spares it where any may be killed.
    pub(super) spared: bool,
}

impl Victims {
    fn include(&self, candidate: Candidate) -> bool {
        match self {
            Victims::Labelled(labels) => labels.contains(&candidate.label),
            Victims::Any { but } => !but.contains(&candidate.label) && !candidate.spared,
        }
    }

    /// How little they leave to choose: a kill is counted against the narrowest fault that allows it.
    fn breadth(&self) -> usize {
        match self {
            Victims::Labelled(labels) => labels.len(),
            Victims::Any { .. } => usize::MAX,
        }
    }
}

impl Fault {
    fn victims(&self) -> Option<&Victims> {
        match &self.kind {
            FaultKind::Kill(victims) | FaultKind::Burst { victims, .. } => Some(victims),
            FaultKind::Disconnect { .. } | FaultKind::Strike => None,
        }
    }

    /// Whether it may strike, now or later: it has times left, or is a burst that has begun.
    fn is_left(&self) -> bool {
        self.left > 0 || self.is_open()
    }

    fn is_open(&self) -> bool {
        matches!(self.kind, FaultKind::Burst { open: Some(_), .. })
    }

    fn is_over(&self, now: u64) -> bool {
        matches!(self.kind, FaultKind::Burst { open: Some((_, until)), .. } if until < now)
    }

    fn is_burst(&self) -> bool {
        matches!(self.kind, FaultKind::Burst { .. })
    }

    fn kills(&self, candidate: Candidate) -> bool {
        self.is_left()
            && (self.early || candidate.set_up)
            && self.victims().is_some_and(|victims| victims.include(candidate))
    }
}

impl FaultPlan {
    pub(super) fn of(faults: Vec<Fault>, budget: Option<u32>) -> Self {
        let mut plan = FaultPlan { faults, budget, struck: 0 };
        plan.forget_what_is_beyond_the_budget();
        plan
    }

    /// How many faults have struck.
    pub(super) fn struck(&self) -> u32 {
        self.struck
    }

    /// Whether one may strike, now or later.
    pub(super) fn has_any_left(&self) -> bool {
        self.faults.iter().any(Fault::is_left)
    }

    /// Whether somebody may be killed, if he lives.
    pub(super) fn has_kills_left(&self) -> bool {
        self.faults.iter().any(|fault| fault.victims().is_some() && fault.is_left())
    }

    /// Whether this process may be killed now.
    pub(super) fn may_kill(&self, candidate: Candidate) -> bool {
        self.faults.iter().any(|fault| fault.kills(candidate))
    }

    /// The numbers of the other faults that may strike. Only a connection that is there can be lost.
    pub(super) fn strikes(&self, connected: bool) -> impl Iterator<Item = u16> {
        let faults = self.faults.iter().enumerate();
        faults
            .filter(|(_, fault)| fault.left > 0)
            .filter(move |(_, fault)| match fault.kind {
                FaultKind::Kill(_) | FaultKind::Burst { .. } => false,
                FaultKind::Disconnect { .. } => connected,
                FaultKind::Strike => true,
            })
            .filter_map(|(number, _)| u16::try_from(number).ok())
    }

    /// Counts a kill. One that a burst which has begun allows costs nothing; else the narrowest fault pays, and
    /// a new burst begins only if nothing else is left. What may strike before all is set up is for whoever sweeps, and
    /// pays last: the kills of the run that is swept are paid for as they were in it.
    pub(super) fn kill(&mut self, candidate: Candidate, now: u64) {
        let meant = self.faults.iter().enumerate().filter(|(_, fault)| fault.kills(candidate));
        let number = meant.min_by_key(|(_, fault)| {
            (fault.early, !fault.is_open(), fault.is_burst(), fault.victims().map(Victims::breadth))
        });
        let number = number.map(|(number, _)| number).expect("the plan allows it");
        self.struck += 1;
        let fault = &mut self.faults[number];
        if let FaultKind::Burst { open: open @ Some(_), .. } = &mut fault.kind {
            *open = open.and_then(|(left, until)| (left > 1).then(|| (left - 1, until)));
            return;
        }
        fault.left -= 1;
        if let FaultKind::Burst { kills, within, open, .. } = &mut fault.kind
            && *kills > 1
        {
            *open = Some((*kills - 1, now.saturating_add(*within)));
        }
        self.pay();
    }

    /// Counts a strike of another fault.
    pub(super) fn strike(&mut self, number: u16) {
        self.faults[usize::from(number)].left -= 1;
        self.struck += 1;
        self.pay();
    }

    /// What becomes of the connection between the nodes, if this fault is about it.
    pub(super) fn connection(&self, number: u16) -> Option<Connection> {
        match self.faults[usize::from(number)].kind {
            FaultKind::Disconnect { cut: true } => Some(Connection::Cut),
            FaultKind::Disconnect { cut: false } => Some(Connection::Down),
            FaultKind::Kill(_) | FaultKind::Burst { .. } | FaultKind::Strike => None,
        }
    }

    /// Whether a burst has begun whose time is over now.
    pub(super) fn has_bursts_to_end(&self, now: u64) -> bool {
        self.faults.iter().any(|fault| fault.is_over(now))
    }

    /// Ends the bursts whose time is over.
    pub(super) fn end_bursts(&mut self, now: u64) {
        for fault in self.faults.iter_mut().filter(|fault| fault.is_over(now)) {
            if let FaultKind::Burst { open, .. } = &mut fault.kind {
                *open = None;
            }
        }
    }

    fn pay(&mut self) {
        if let Some(budget) = &mut self.budget {
            *budget -= 1;
        }
        self.forget_what_is_beyond_the_budget();
    }

    /// Two plans that allow the same should be equal, so no fault has more left than the budget.
    fn forget_what_is_beyond_the_budget(&mut self) {
        if let Some(budget) = self.budget {
            self.faults.iter_mut().for_each(|fault| fault.left = fault.left.min(budget));
        }
    }
}
