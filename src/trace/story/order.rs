//! What keeps the story true: no line stands above one that it follows from, those of one process least of all.
//!
//! Whatever happens is told below its cause, unless something else that it follows from has been told further down.
//! Then it is told where it happens: a call is told where it is taken, everything else says that it is late.

use crate::kernel::{Event, Pid, Ref, Term};
use crate::otp::{Actor, Guest};
use crate::trace::narrate::Narrate;

use super::node::{CallEnd, ROOT, Stopping, Tree, Verb, What};
use super::teller::Teller;

impl Tree {
    /// Whether what is put at the end of this group would stand below that node.
    fn ends_after(&self, group: usize, node: usize) -> bool {
        let (mut ours, mut theirs) = (group, node);
        while self.nodes[ours].depth > self.nodes[theirs].depth {
            ours = self.nodes[ours].parent;
        }
        while self.nodes[theirs].depth > self.nodes[ours].depth {
            theirs = self.nodes[theirs].parent;
        }
        while ours != theirs && self.nodes[ours].parent != self.nodes[theirs].parent {
            (ours, theirs) = (self.nodes[ours].parent, self.nodes[theirs].parent);
        }
        // Of those that hang on one node, the older stands above.
        theirs <= ours
    }
}

impl Tree {
    /// Whether one node stands further down than another.
    fn stands_below(&self, one: usize, other: usize) -> bool {
        let (mut ours, mut theirs) = (one, other);
        while self.nodes[ours].depth > self.nodes[theirs].depth {
            ours = self.nodes[ours].parent;
        }
        while self.nodes[theirs].depth > self.nodes[ours].depth {
            theirs = self.nodes[theirs].parent;
        }
        if ours == theirs {
            return self.nodes[one].depth > self.nodes[other].depth;
        }
        while self.nodes[ours].parent != self.nodes[theirs].parent {
            (ours, theirs) = (self.nodes[ours].parent, self.nodes[theirs].parent);
        }
        ours > theirs
    }
}

impl<G: Guest> Teller<'_, G>
where
    G::Note: Narrate,
{
    /// The next event is heard of: what tells of it stands below all that it follows from.
    pub(super) fn begins(&mut self, number: u64) {
        let causes = self.recording.before(number).into_iter().chain(self.recording.others(number));
        let causes: Vec<usize> = causes.map(|cause| self.lowest[cause as usize]).collect();
        let below = |one: usize, other: usize| if self.tree.stands_below(one, other) { one } else { other };
        self.past = causes.into_iter().fold(ROOT, |one, other| below(other, one));
        self.first_of_event = self.tree.nodes.len();
    }

    /// What is told now is told below this node, too.
    pub(super) fn stands_below(&mut self, node: usize) {
        if self.tree.stands_below(node, self.past) {
            self.past = node;
        }
    }

    /// It has been told of.
    pub(super) fn ends(&mut self) {
        let told = (self.first_of_event..self.tree.nodes.len()).filter(|node| {
            let node = &self.tree.nodes[*node];
            !node.quiet && !node.backstage
        });
        let lowest =
            told.fold(self.past, |one, other| if self.tree.stands_below(other, one) { other } else { one });
        self.lowest.push(lowest);
    }

    /// Whether the next line of this process may stand at the end of this group: below all that it follows from.
    fn may_stand(&mut self, pid: Pid, group: usize) -> bool {
        let told = self.known(pid).told;
        told.into_iter().chain([self.past]).all(|told| told == ROOT || self.tree.ends_after(group, told))
    }

    /// Where the next line of this process stands: below its cause, or on its own.
    pub(super) fn place(&mut self, at: u64, pid: Pid, cause: usize) -> usize {
        if self.may_stand(pid, cause) {
            return cause;
        }
        self.continued(at, pid, cause)
    }

    /// A process goes on further down with what it does because of this; what it is not busy with stands alone.
    fn continued(&mut self, at: u64, pid: Pid, cause: usize) -> usize {
        if self.known(pid).current != Some(cause) {
            return ROOT;
        }
        let node = &self.tree.nodes[cause];
        let (from, what) = match &node.what {
            What::Restarting(_) | What::GivingUp { .. } | What::AutoShutdown { .. } | What::Stopping(_)
                if node.actor == Some(pid) =>
            {
                (None, None)
            }
            What::Call { .. } | What::Signal { .. } if node.other == Some(pid) => {
                (node.actor, Some(Box::new(node.what.clone())))
            }
            What::GoesOn(what) => (node.other, what.clone()),
            What::TakesLate(what) => (node.other, Some(what.clone())),
            _ => return ROOT,
        };
        let node = self.tree.add(at, ROOT, (Some(pid), from), What::GoesOn(what));
        self.tree.nodes[node].quiet = true;
        let known = self.known(pid);
        known.current = Some(node);
        known.told = Some(node);
        node
    }

    /// This process is told of here.
    pub(super) fn told(&mut self, pid: Pid, node: usize) {
        let unseen = self.tree.nodes[node].quiet || self.tree.nodes[node].backstage;
        if !unseen {
            self.known(pid).told = Some(node);
        }
    }

    /// A process takes the message of this node: what it does about it hangs below the node that is returned.
    pub(super) fn takes(&mut self, event: &Event<Actor<G>>, node: usize) -> usize {
        let (at, pid) = (event.at, event.pid);
        if self.tree.nodes[node].backstage || self.may_stand(pid, node) {
            self.told(pid, node);
            return node;
        }
        let late = match self.tree.what(node).clone() {
            What::Timer(content) => {
                let late = self.tree.add(at, ROOT, (Some(pid), None), What::Timer(content));
                self.tree.nodes[late].quiet = true;
                late
            }
            What::Call { outcome: CallEnd::Open, .. } | What::Stop { outcome: CallEnd::Open, .. } => {
                let caller = self.tree.nodes[node].actor;
                match caller {
                    Some(caller) if self.known(caller).calling == Some(node) => {
                        return self.moved(caller, pid, node);
                    }
                    _ => self.taken_late(at, pid, node),
                }
            }
            _ => self.taken_late(at, pid, node),
        };
        self.told(pid, late);
        late
    }

    fn taken_late(&mut self, at: u64, pid: Pid, node: usize) -> usize {
        let from = self.tree.nodes[node].actor;
        let what = What::TakesLate(Box::new(self.tree.nodes[node].what.clone()));
        self.tree.add(at, ROOT, (Some(pid), from), what)
    }

    /// A caller has said nothing since, so its call can be told where it is taken.
    fn moved(&mut self, caller: Pid, callee: Pid, node: usize) -> usize {
        let (at, parent) = (self.tree.nodes[node].at, self.tree.nodes[node].parent);
        let below = match self.may_stand(callee, parent) {
            true => parent,
            false => self.continued(at, caller, parent),
        };
        let what = std::mem::replace(self.tree.what(node), What::Run);
        self.tree.nodes[node].quiet = true;
        let moved = self.tree.add(at, below, (Some(caller), Some(callee)), what);
        self.known(caller).calling = Some(moved);
        self.told(caller, moved);
        self.told(callee, moved);
        moved
    }

    /// A reply is told by its call, and again where it is sent if that is further down.
    pub(super) fn replies_later(
        &mut self,
        at: u64,
        pid: Pid,
        to: Pid,
        tag: Ref,
        reply: &Term,
    ) -> Option<usize> {
        // Nobody has called: a task hands over its value.
        let Some(&call) = self.asked.get(&tag) else {
            return Some(self.says(at, pid, to, Verb::Reply, reply.clone()));
        };
        let waits = self.known(to).calling == Some(call) && !self.tree.nodes[call].backstage;
        if !waits || self.may_stand(pid, call) {
            return None;
        }
        self.later.insert(tag);
        Some(self.says(at, pid, to, Verb::Reply, reply.clone()))
    }

    /// A child has ended that its supervisor is stopping: where that is told.
    pub(super) fn where_it_stopped(&mut self, at: u64, child: Pid, stopping: usize) -> usize {
        if self.may_stand(child, stopping) {
            return stopping;
        }
        let What::Stopping(told) = self.tree.what(stopping).clone() else { return stopping };
        *self.tree.what(stopping) = What::ToldToStop;
        let supervisor = self.names.directory.parent(child);
        let below = match supervisor.filter(|supervisor| !self.is_dead(*supervisor)) {
            None => ROOT,
            Some(supervisor) => {
                let current = self.current(supervisor);
                match self.may_stand(child, current) && self.may_stand(supervisor, current) {
                    true => current,
                    false => self.continued(at, supervisor, current),
                }
            }
        };
        let began = self.tree.nodes[stopping].at;
        let node =
            self.tree.add(began, below, (Some(child), None), What::Stopping(Box::new(Stopping { ..*told })));
        if let Some(supervisor) = supervisor {
            self.told(supervisor, node);
        }
        self.known(child).stopping = Some(node);
        node
    }

    fn is_dead(&mut self, pid: Pid) -> bool {
        self.known(pid).death.is_some()
    }

    /// The call of a reference was moved.
    pub(super) fn follow(&mut self, tag: Ref, from: usize, to: usize) {
        if from == to {
            return;
        }
        self.asked.insert(tag, to);
        let caller = self.tree.nodes[to].actor;
        let monitors = caller.map_or([None; 2], |caller| self.known(caller).monitors);
        for (_, reference) in monitors.into_iter().flatten() {
            if let Some(stop) = self.stops.get_mut(&reference).filter(|stop| **stop == from) {
                *stop = to;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::fold::{Folded, Likeness};
    use super::super::node::{ROOT, Tree, What};
    use super::super::teller::tell;
    use crate::kernel::Pid;
    use crate::model::Model;
    use crate::trace::tests::stories::{guide, run};
    use crate::trace::{Directory, Recording, Settings};

    /// Nodes as they stand, from top to bottom.
    fn standing(tree: &Tree, likeness: &Likeness, node: usize, lines: &mut Vec<usize>) {
        for shown in likeness.fold(tree, &tree.nodes[node].children) {
            if let Folded::Node(child) = shown {
                lines.push(child);
                standing(tree, likeness, child, lines);
            }
        }
    }

    /// A node is made when what it tells happens, but that a child has stopped is told by an older one.
    #[test]
    fn what_a_process_does_stands_in_the_order_in_which_it_was_done() {
        let mut late = 0;
        for name in ["03_permanent_bucket_leaks", "08_one_for_all_holds", "12a_the_test_as_it_is_written"] {
            let scenario = guide(name);
            for seed in 0..60 {
                let (simulation, run) = run(&scenario, Some(seed));
                let directory = Directory::of(&run.events, simulation.atoms());
                let recording = Recording::of(&run.events, &directory);
                let tree = tell(&recording, Settings::plain(simulation.atoms()).names(&directory));
                let mut lines = Vec::new();
                standing(&tree, &Likeness::of(&tree, &directory), ROOT, &mut lines);
                let mut told: BTreeMap<Pid, usize> = BTreeMap::new();
                for line in lines {
                    let node = &tree.nodes[line];
                    let pid = match (&node.what, node.actor) {
                        (What::Stopping(_) | What::ToldToStop, _) | (_, None) => continue,
                        (What::Start(_), Some(pid)) => directory.parent(pid).unwrap_or(pid),
                        (_, Some(pid)) => pid,
                    };
                    late += usize::from(matches!(node.what, What::Heard { late: true, .. }));
                    let before = told.insert(pid, line);
                    assert!(before < Some(line), "{name}, seed {seed}: {}", directory.name(pid));
                }
            }
        }
        assert!(late > 0, "some message must be late, or this shows nothing");
    }
}
