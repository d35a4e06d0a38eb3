//! What can go on: the signals on their way, one queue a pair of processes, and the processes that
//! can run. Each is in one list by age, so the oldest is always at hand, and the ones that can be
//! chosen are in one array, so any of them is.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

use super::choice::Choice;
use super::envelopes::Envelopes;
use super::fingerprint::Fingerprint;
use super::pid::Pid;
use super::signal::Signal;
use super::slot::Slot;
use super::wires::{Wire, Wires};

const NONE: u32 = u32::MAX;

/// Signals on their way and runnable processes.
#[derive(Debug)]
pub(super) struct Queues<M> {
    items: Vec<Item>,
    /// What the signals among them say.
    signals: Envelopes<M>,
    vacant: Vec<u32>,
    oldest: u32,
    newest: u32,
    /// The heads of all wires and the runnable processes. The order is an accident of history.
    offered: Vec<u32>,
    /// Which of the heads are signals of which nobody notices when they arrive: they are few.
    unnoticed: VecDeque<u32>,
    wires: Wires,
}

#[derive(Clone, Copy, Debug)]
struct Item {
    what: What,
    since: u64,
    older: u32,
    newer: u32,
    /// Its place in `offered`, if it is there.
    place: u32,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Vacant,
    Signal { from: Pid, to: Pid, next: u32 },
    Run(Pid),
}

impl<M> Default for Queues<M> {
    fn default() -> Self {
        Queues {
            items: Vec::new(),
            signals: Envelopes::default(),
            vacant: Vec::new(),
            oldest: NONE,
            newest: NONE,
            offered: Vec::new(),
            unnoticed: VecDeque::new(),
            wires: Wires::default(),
        }
    }
}

impl<M: Clone> Clone for Queues<M> {
    fn clone(&self) -> Self {
        Queues {
            items: self.items.clone(),
            signals: self.signals.clone(),
            vacant: self.vacant.clone(),
            oldest: self.oldest,
            newest: self.newest,
            offered: self.offered.clone(),
            unnoticed: self.unnoticed.clone(),
            wires: self.wires.clone(),
        }
    }

    fn clone_from(&mut self, source: &Self) {
        let Queues { items, signals, vacant, oldest, newest, offered, unnoticed, wires } = source;
        self.items.clone_from(items);
        self.signals.clone_from(signals);
        self.vacant.clone_from(vacant);
        self.oldest = *oldest;
        self.newest = *newest;
        self.offered.clone_from(offered);
        self.unnoticed.clone_from(unnoticed);
        self.wires.clone_from(wires);
    }
}

impl<M: Clone> Queues<M> {
    /// Takes the oldest signal of a pair, with where it was.
    pub(super) fn take(&mut self, from: Pid, to: Pid) -> Option<(Slot, Signal<M>)> {
        let ends = from.queue_to(to);
        let wire = self.wires.get_mut(ends)?;
        let head = wire.head;
        let What::Signal { next, .. } = std::mem::replace(&mut self.items[head as usize].what, What::Vacant)
        else {
            unreachable!("a wire holds signals only")
        };
        let signal = self.signals.take(head);
        if signal.is_unnoticed() {
            // It is nearly always the first, since that is the one that is taken at once.
            let place = self.unnoticed.iter().position(|item| *item == head);
            self.unnoticed.remove(place.expect("it is one of them"));
        }
        if next == NONE {
            self.wires.remove(ends);
            self.withdraw(head);
        } else {
            wire.head = next;
            // The next of the pair takes the place in the array.
            let place = self.items[head as usize].place;
            self.offered[place as usize] = next;
            self.items[next as usize].place = place;
            self.leads(next);
        }
        self.discard(head);
        Some((Slot(head), signal))
    }

    /// Takes everything that is on its way through the connection between two nodes.
    pub(super) fn take_remote(&mut self) -> Vec<(Pid, Pid, Slot, Signal<M>)> {
        let ways = self.pairs().filter(|(from, to, ..)| from.is_remote_from(*to));
        let ways: Vec<(Pid, Pid)> = ways.map(|(from, to, ..)| (from, to)).collect();
        let mut taken = Vec::new();
        for (from, mut to) in ways {
            // Each signal of such a queue may be for somebody else.
            loop {
                let head = self.queue(from, to).next().map(|(_, _, head)| head);
                let Some(head) = head else { break };
                to = head;
                let (place, signal) = self.take(from, to).expect("the queue has a head");
                taken.push((from, to, place, signal));
            }
        }
        taken
    }
}

impl<M> Queues<M> {
    /// Puts a signal at the end of its pair's queue.
    pub(super) fn send(&mut self, from: Pid, to: Pid, signal: Signal<M>, now: u64) -> Slot {
        let item = self.add(What::Signal { from, to, next: NONE }, now);
        self.signals.put(item, signal);
        let ends = from.queue_to(to);
        match self.wires.get_mut(ends) {
            Some(wire) => {
                let tail = std::mem::replace(&mut wire.tail, item);
                match &mut self.items[tail as usize].what {
                    What::Signal { next, .. } => *next = item,
                    What::Vacant | What::Run(_) => unreachable!("a wire holds signals only"),
                }
            }
            None => {
                self.wires.insert(ends, Wire { head: item, tail: item });
                self.offer(item);
            }
        }
        Slot(item)
    }

    /// Puts a signal behind the last of its pair's queue of which this is true; nowhere if there is
    /// none.
    pub(super) fn insert_behind(
        &mut self,
        (from, to): (Pid, Pid),
        signal: Signal<M>,
        now: u64,
        is_before: impl Fn(&Signal<M>) -> bool,
    ) -> Option<Slot> {
        let wire = self.wires.get(from.queue_to(to))?;
        let (mut at, mut last) = (wire.head, None);
        while let Some(Item { what: What::Signal { next, .. }, .. }) = self.items.get(at as usize) {
            if is_before(self.signals.get(at)) {
                last = Some((at, *next));
            }
            at = *next;
        }
        let (before, behind) = last?;
        let item = self.add(What::Signal { from, to, next: behind }, now);
        self.signals.put(item, signal);
        match &mut self.items[before as usize].what {
            What::Signal { next, .. } => *next = item,
            What::Vacant | What::Run(_) => unreachable!("a wire holds signals only"),
        }
        if behind == NONE {
            self.wires.get_mut(from.queue_to(to)).expect("it was there").tail = item;
        }
        Some(Slot(item))
    }

    /// A process can run from now on.
    pub(super) fn ready(&mut self, pid: Pid, now: u64) -> Slot {
        let item = self.add(What::Run(pid), now);
        self.offer(item);
        Slot(item)
    }

    /// A process can no longer run.
    pub(super) fn unready(&mut self, slot: Slot) {
        self.items[slot.index()].what = What::Vacant;
        self.withdraw(slot.0);
        self.discard(slot.0);
    }

    /// How many signals are on their way, and processes can run.
    pub(super) fn waiting(&self) -> usize {
        self.items.len() - self.vacant.len()
    }

    /// All signals on their way, in no order.
    pub(super) fn signals(&self) -> impl Iterator<Item = &Signal<M>> {
        let places = self.items.iter().zip(0..);
        places.filter_map(|(item, place)| match item.what {
            What::Signal { .. } => Some(self.signals.get(place)),
            What::Vacant | What::Run(_) => None,
        })
    }

    /// How many things can be chosen.
    pub(super) fn len(&self) -> usize {
        self.offered.len()
    }

    /// The `index`th of the things that can be chosen.
    pub(super) fn get(&self, index: usize) -> Choice {
        self.describe(self.offered[index])
    }

    /// All that can be chosen, in the order of [`Queues::get`].
    pub(super) fn offered(&self) -> impl Iterator<Item = Choice> {
        self.offered.iter().map(|item| self.describe(*item))
    }

    /// The one that has waited longest.
    pub(super) fn oldest(&self) -> Option<Choice> {
        // The oldest item of all is the oldest of its pair, so it is on offer.
        (self.oldest != NONE).then(|| self.describe(self.oldest))
    }

    /// The arrival of a signal of which nobody notices when it is.
    pub(super) fn unnoticed(&self) -> Option<Choice> {
        self.unnoticed.front().map(|item| self.describe(*item))
    }

    /// Since when that one has waited.
    pub(super) fn waiting_since(&self) -> Option<u64> {
        self.items.get(self.oldest as usize).map(|item| item.since)
    }

    /// All that can be chosen, the one that has waited longest first.
    pub(super) fn by_age(&self) -> impl Iterator<Item = Choice> {
        let mut at = self.oldest;
        std::iter::from_fn(move || {
            while let Some(item) = self.items.get(at as usize) {
                let here = std::mem::replace(&mut at, item.newer);
                // A signal behind another of its pair cannot be chosen.
                if item.place != NONE {
                    return Some(self.describe(here));
                }
            }
            None
        })
    }

    /// All signals of a pair, oldest first; to another node, all that their sender has sent there.
    pub(super) fn queue(&self, from: Pid, to: Pid) -> impl Iterator<Item = (&Signal<M>, u64, Pid)> {
        self.queue_from(self.wires.get(from.queue_to(to)).map_or(NONE, |wire| wire.head))
    }

    /// The oldest signal of each pair, with who sends it and to whom.
    pub(super) fn heads(&self) -> impl Iterator<Item = (Pid, Pid, &Signal<M>)> {
        self.pairs().map(|(from, to, signal, _)| (from, to, signal))
    }

    fn queue_from(&self, item: u32) -> impl Iterator<Item = (&Signal<M>, u64, Pid)> {
        let mut at = item;
        std::iter::from_fn(move || {
            let item = self.items.get(at as usize)?;
            match item.what {
                What::Signal { next, to, .. } => {
                    let signal = self.signals.get(at);
                    at = next;
                    Some((signal, item.since, to))
                }
                What::Vacant | What::Run(_) => unreachable!("a wire holds signals only"),
            }
        })
    }

    /// Says anew since when everything has waited. Whoever has waited longer must not become younger.
    pub(super) fn age_anew(&mut self, since: impl Fn(u64) -> u64) {
        self.items.iter_mut().for_each(|item| item.since = since(item.since));
    }

    fn describe(&self, item: u32) -> Choice {
        match &self.items[item as usize].what {
            What::Signal { from, to, .. } => Choice::Deliver { from: *from, to: *to },
            What::Run(pid) => Choice::Run(*pid),
            What::Vacant => unreachable!("only what can be chosen is offered"),
        }
    }

    fn add(&mut self, what: What, since: u64) -> u32 {
        let item = Item { what, since, older: self.newest, newer: NONE, place: NONE };
        let index = match self.vacant.pop() {
            Some(index) => {
                self.items[index as usize] = item;
                index
            }
            None => {
                self.items.push(item);
                u32::try_from(self.items.len() - 1).expect("fewer than u32::MAX waiting signals")
            }
        };
        match self.newest {
            NONE => self.oldest = index,
            newest => self.items[newest as usize].newer = index,
        }
        self.newest = index;
        index
    }

    fn discard(&mut self, index: u32) {
        let (older, newer) = (self.items[index as usize].older, self.items[index as usize].newer);
        match older {
            NONE => self.oldest = newer,
            older => self.items[older as usize].newer = newer,
        }
        match newer {
            NONE => self.newest = older,
            newer => self.items[newer as usize].older = older,
        }
        self.vacant.push(index);
    }

    fn offer(&mut self, item: u32) {
        self.items[item as usize].place =
            u32::try_from(self.offered.len()).expect("as many offers as items at most");
        self.offered.push(item);
        self.leads(item);
    }

    /// This is the next of its wire from now on.
    fn leads(&mut self, item: u32) {
        if let What::Signal { .. } = self.items[item as usize].what
            && self.signals.get(item).is_unnoticed()
        {
            self.unnoticed.push_back(item);
        }
    }

    fn withdraw(&mut self, item: u32) {
        let place = self.items[item as usize].place;
        self.offered.swap_remove(place as usize);
        if let Some(moved) = self.offered.get(place as usize) {
            self.items[*moved as usize].place = place;
        }
    }

    /// The age of a run offer; signals are compared queue by queue.
    fn runnable(&self) -> impl Iterator<Item = (Pid, u64)> {
        self.offered.iter().filter_map(|item| match &self.items[*item as usize] {
            Item { what: What::Run(pid), since, .. } => Some((*pid, *since)),
            _ => None,
        })
    }

    /// The process whose offer to run is kept here, if one is.
    pub(super) fn runs(&self, slot: Slot) -> Option<Pid> {
        let item = self.items.get(slot.index())?;
        match item.what {
            What::Run(pid) if self.offered.get(item.place as usize) == Some(&slot.0) => Some(pid),
            _ => None,
        }
    }

    /// How many processes are offered to run.
    pub(super) fn runnable_count(&self) -> usize {
        self.runnable().count()
    }

    /// What is wrong with what is offered, if anything is: each wire is there by its head and by nothing else,
    /// and whatever waits is on some wire or can run.
    pub(super) fn flaw(&self) -> Option<String> {
        let mut waiting = self.runnable().count();
        for (from, to, _, head) in self.pairs() {
            match self.wires.get(from.queue_to(to)) {
                Some(wire) if wire.head == head => waiting += self.queue_from(head).count(),
                _ => {
                    return Some(format!(
                        "what {from:?} sends to {to:?} is offered, but is not the next of its wire"
                    ));
                }
            }
        }
        let unnoticed = self.heads().filter(|(_, _, signal)| signal.is_unnoticed()).count();
        if unnoticed != self.unnoticed.len() {
            return Some(format!("{unnoticed} heads go unnoticed, and {} are known", self.unnoticed.len()));
        }
        let wires = self.pairs().count();
        if wires != self.wires.len() {
            return Some(format!("{wires} wires are offered, and there are {}", self.wires.len()));
        }
        let kept = self.items.len() - self.vacant.len();
        (kept != waiting)
            .then(|| format!("{kept} things wait, and only {waiting} of them will ever be offered"))
    }

    /// Whether the next signal of this queue is for this process.
    pub(super) fn offers(&self, from: Pid, to: Pid) -> bool {
        self.queue(from, to).next().is_some_and(|(_, _, head)| head == to)
    }

    /// Who sends to whom, the oldest signal of theirs, and its item.
    fn pairs(&self) -> impl Iterator<Item = (Pid, Pid, &Signal<M>, u32)> {
        self.offered.iter().filter_map(|item| match &self.items[*item as usize].what {
            What::Signal { from, to, .. } => Some((*from, *to, self.signals.get(*item), *item)),
            What::Vacant | What::Run(_) => None,
        })
    }
}

// Two of these are the same if the same signals wait in the same queues since the same time and the same
// processes can run: where each is kept, and in which order they were added across pairs, is no part of
// the value, as it is none of a map's.
impl<M: PartialEq> PartialEq for Queues<M> {
    fn eq(&self, other: &Self) -> bool {
        self.wires.len() == other.wires.len()
            && self.offered.len() == other.offered.len()
            && self.pairs().all(|(from, to, _, head)| self.queue_from(head).eq(other.queue(from, to)))
            && {
                let (mut ours, mut theirs): (Vec<_>, Vec<_>) =
                    (self.runnable().collect(), other.runnable().collect());
                ours.sort_unstable();
                theirs.sort_unstable();
                ours == theirs
            }
    }
}

impl<M: Eq> Eq for Queues<M> {}

impl<M: Hash> Hash for Queues<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut sum = 0_u64;
        for (from, to, _, head) in self.pairs() {
            let mut hasher = Fingerprint::default();
            (from, to).hash(&mut hasher);
            let remote = from.is_remote_from(to);
            let mut at = head;
            while let Some(Item { what: What::Signal { next, to, .. }, since, .. }) =
                self.items.get(at as usize)
            {
                (self.signals.digest(at), since).hash(&mut hasher);
                if remote {
                    to.hash(&mut hasher);
                }
                at = *next;
            }
            sum = sum.wrapping_add(hasher.finish());
        }
        for run in self.runnable() {
            sum = sum.wrapping_add(Fingerprint::of(&run));
        }
        state.write_u64(sum);
    }
}
