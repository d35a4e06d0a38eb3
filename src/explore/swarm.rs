//! Swarm testing: Groce, Zhang, Eide, Chen and Regehr, "Swarm testing", ISSTA 2012.
//!
//! One distribution, however clever, keeps making the same kind of run: some bugs need a clock that races
//! and some one that stands still, and a fault that is always possible hides what happens without it. So
//! every seed first draws a mix of habits, and then runs by it.

use std::collections::BTreeMap;

use crate::kernel::{Behaviour, Choice, Choices, Pid, Table};

use super::dice::Dice;
use super::mismatch::Mismatch;
use super::names::Names;
use super::party::{Party, offered};
use super::pct::Pct;
use super::pos::Pos;
use super::scheduler::Scheduler;

/// The deepest bugs that a mix which goes by rank looks for.
const DEPTH_MAX: u64 = 4;

/// A chance: so many times in so many.
type Chance = (u64, u64);

const NEVER: Chance = (0, 1);
const ALWAYS: Chance = (1, 1);

/// Runs by the habits that its seed draws.
#[derive(Clone, Debug)]
pub struct Swarm {
    dice: Dice,
    order: Order,
    /// How eager the clock is: whether time passes though something else could happen.
    eagerness: Chance,
    /// How bursty processes are: whether the one that something happened to last goes on.
    burstiness: Chance,
    /// How many pairs of processes are far apart.
    remoteness: Chance,
    /// How often a fault strikes while one is on.
    harshness: Chance,
    /// How many faults are left to strike.
    faults_left: u64,
    /// Which kinds of faults are on.
    kinds: BTreeMap<FaultKind, bool>,
    far: Table<Party, bool>,
    last: Option<Pid>,
    offered: Vec<Choice>,
}

/// Who goes first, other habits aside.
#[derive(Clone, Debug)]
enum Order {
    Dice,
    Rank(Box<Pct>),
    Sample(Box<Pos>),
}

/// A kind of fault, as far as choices tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum FaultKind {
    Kill,
    Other(u16),
}

impl Swarm {
    /// The scheduler of this seed, for runs of about so many steps.
    pub fn new(seed: u64, steps: u64) -> Self {
        let mut dice = Dice::new(seed);
        let mut one_of = |chances: &[Chance]| chances[dice.index(chances.len())];
        let eagerness = one_of(&[NEVER, (1, 64), (1, 8), (1, 2), ALWAYS]);
        let burstiness = one_of(&[NEVER, NEVER, (1, 2), (7, 8)]);
        let remoteness = one_of(&[NEVER, NEVER, (1, 8), (1, 2)]);
        let harshness = one_of(&[(1, 4), (1, 16), (1, 64)]);
        let faults_left = [0, 1, 1, 2, 4, u64::MAX][dice.index(6)];
        let depth = u32::try_from(1 + dice.throw(DEPTH_MAX)).expect("it is small");
        let order = match dice.throw(3) {
            0 => Order::Dice,
            // The dice are shared out: each order draws from a stream of its own.
            1 => Order::Rank(Box::new(Pct::with(Dice::new(dice.throw(u64::MAX)), depth, steps))),
            _ => Order::Sample(Box::new(Pos::with(Dice::new(dice.throw(u64::MAX))))),
        };
        Swarm {
            dice,
            order,
            eagerness,
            burstiness,
            remoteness,
            harshness,
            faults_left,
            kinds: BTreeMap::new(),
            far: Table::default(),
            last: None,
            offered: Vec::new(),
        }
    }

    /// A fault, if one of a kind that is on can strike and the dice want one.
    fn fault<B: Behaviour>(&mut self, choices: &Choices<'_, B>) -> Option<Choice> {
        let (going, all) = (choices.without_faults(), choices.len());
        if all == going || self.faults_left == 0 || !self.dice.chance(self.harshness.0, self.harshness.1) {
            return None;
        }
        let on: Vec<Choice> = (going..all)
            .filter_map(|index| choices.get(index))
            .filter(|choice| {
                let kind = match choice {
                    Choice::Kill(_) => FaultKind::Kill,
                    Choice::Fault(number) => FaultKind::Other(*number),
                    Choice::Deliver { .. } | Choice::Run(_) | Choice::Tick { .. } => return false,
                };
                let dice = &mut self.dice;
                *self.kinds.entry(kind).or_insert_with(|| dice.chance(1, 2))
            })
            .collect();
        let fault = *on.get(self.dice.index(on.len()))?;
        self.faults_left = self.faults_left.saturating_sub(1);
        Some(fault)
    }

    /// Narrows what is on offer down by habit, and leaves at least one.
    fn narrow(&mut self, offered: &mut Vec<Choice>) {
        // Timers come last.
        let ticks =
            offered.iter().rev().take_while(|choice| Party::of(**choice) == Some(Party::Clock)).count();
        let others = offered.len() - ticks;
        if ticks > 0 && others > 0 {
            if self.dice.chance(self.eagerness.0, self.eagerness.1) {
                offered.drain(..others);
                return;
            }
            offered.truncate(others);
        }
        if let Some(last) = self.last
            && self.burstiness != NEVER
            && self.dice.chance(self.burstiness.0, self.burstiness.1)
        {
            keep(offered, |choice| Party::of(*choice).and_then(Party::place) == Some(last));
        }
        // What is far away arrives late, and yet arrives: others may go on for ever.
        if self.remoteness != NEVER && offered.len() > 1 && !self.dice.chance(1, 16) {
            let (remoteness, far, dice) = (self.remoteness, &mut self.far, &mut self.dice);
            keep(offered, |choice| match Party::of(*choice) {
                Some(pair @ Party::Pair { .. }) => {
                    !*far.get_or_insert_with(pair, || dice.chance(remoteness.0, remoteness.1))
                }
                Some(Party::Process(_) | Party::Clock) | None => true,
            });
        }
    }
}

/// Keeps only these, if there are any.
fn keep(offered: &mut Vec<Choice>, mut wanted: impl FnMut(&Choice) -> bool) {
    let mut kept = 0;
    for place in 0..offered.len() {
        if wanted(&offered[place]) {
            // What is kept moves to the front in its order; the rest is only reordered.
            offered.swap(kept, place);
            kept += 1;
        }
    }
    if kept > 0 {
        offered.truncate(kept);
    }
}

impl<B: Behaviour> Scheduler<B> for Swarm {
    fn choose(&mut self, choices: &Choices<'_, B>, _: &dyn Names) -> Result<Option<Choice>, Box<Mismatch>> {
        if let Some(fault) = self.fault(choices) {
            return Ok(Some(fault));
        }
        match choices.without_faults() {
            0 => return Ok(None),
            1 => {
                let only = choices.get(0);
                self.last = only.and_then(Party::of).and_then(Party::place).or(self.last);
                return Ok(only);
            }
            _ => (),
        }
        let mut all = std::mem::take(&mut self.offered);
        offered(choices, &mut all);
        self.narrow(&mut all);
        let choice = match &mut self.order {
            Order::Dice => all[self.dice.index(all.len())],
            Order::Rank(pct) => pct.pick(&all),
            Order::Sample(pos) => pos.pick(&all),
        };
        self.offered = all;
        self.last = Party::of(choice).and_then(Party::place).or(self.last);
        Ok(Some(choice))
    }
}
