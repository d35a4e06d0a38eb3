//! Two nodes and the connection between them.
//!
//! A world has no nodes until somebody connects two; then each process lives on the one that its first ancestor
//! was started on, names belong to a node, and what is sent to the other node needs the connection. When that
//! is lost, so is everything on its way through it, and whoever had a link or a monitor at the other end hears
//! `noconnection`. What a process sends to the other node arrives in the order in which it was sent, whoever it
//! is for, as through the one channel that a connection is: only so can a name be looked up on arrival.

use super::atom::{Atom, Node};
use super::ends::{Link, Monitor};
use super::event::{EventKind, Events, Fate};
use super::nodes::{Connection, Distribution};
use super::pid::{Pid, Ref};
use super::signal::{Received, Signal};
use super::state::State;
use super::term::Term;
use super::world::World;

impl<B: State> World<B> {
    /// Gives this world nodes that are connected with each other. Whoever lives already is near to all.
    pub fn connect_nodes(&mut self, nodes: [Atom; 2]) {
        self.distribution = Some(Box::new(Distribution::of(nodes)));
    }

    /// The name of the node that somebody lives on, or has lived on; `nonode@nohost` if the world has only one.
    pub fn node(&self, pid: Pid) -> Atom {
        self.distribution.as_ref().map_or(Atom::NONODE, |distribution| pid.node().name(&distribution.nodes))
    }

    /// Which one a node is.
    pub(super) fn numbered(&self, node: Atom) -> Node {
        self.distribution.as_ref().map_or(Node::NONE, |distribution| Node::of(node, &distribution.nodes))
    }

    /// The connection between the nodes; none if there are no nodes.
    pub fn connection(&self) -> Option<Connection> {
        self.distribution.as_ref().map(|distribution| distribution.connection)
    }

    /// Whether there are two nodes and they are connected.
    pub fn is_connected(&self) -> bool {
        self.connection() == Some(Connection::Up)
    }

    /// Who is registered under a name on a node, or whom the node keeps it for.
    pub fn whereis_on(&self, node: Atom, name: Atom) -> Option<Pid> {
        match &self.distribution {
            Some(distribution) => {
                let registered = distribution.names.get((node, name));
                registered.or_else(|| distribution.kept.get((node, name))).copied()
            }
            None => self.names.get(name).copied(),
        }
    }

    /// Who is registered under a name on any node; of two, who came first.
    pub(super) fn whereis_anywhere(&self, name: Atom) -> Option<Pid> {
        let distribution = self.distribution.as_ref()?;
        let entries = distribution.names.entries();
        entries.into_iter().find(|((_, known), _)| *known == name).map(|(_, pid)| *pid)
    }

    /// All names on all nodes, oldest first.
    pub(super) fn names_anywhere(&self) -> Option<Vec<(Atom, Pid)>> {
        let entries = self.distribution.as_ref()?.names.entries();
        Some(entries.into_iter().map(|((_, name), pid)| (name, *pid)).collect())
    }

    pub(super) fn take_name(&mut self, name: Atom, pid: Pid) {
        let node = self.node(pid);
        match &mut self.distribution {
            Some(distribution) => drop(distribution.names.insert((node, name), pid)),
            None => drop(self.names.get_mut().insert(name, pid)),
        }
    }

    pub(super) fn release_name(&mut self, node: Atom, name: Atom) -> Option<Pid> {
        match &mut self.distribution {
            Some(distribution) => distribution.names.remove((node, name)),
            None => self.names.get_mut().remove(name),
        }
    }

    /// A node keeps a name for a process, whoever that is, or for nobody any more.
    pub(super) fn keep_name(&mut self, node: Atom, name: Atom, pid: Option<Pid>) {
        let Some(distribution) = &mut self.distribution else { return };
        match pid {
            Some(pid) => drop(distribution.kept.insert((node, name), pid)),
            None => drop(distribution.kept.remove((node, name))),
        }
    }

    /// A node knows at once which of its own processes are dead, so no name means one of them.
    pub(super) fn forget_names_of(&mut self, pid: Pid) {
        let node = self.node(pid);
        let Some(distribution) = &mut self.distribution else { return };
        let kept = distribution.kept.entries().into_iter();
        let own = kept.filter(|((keeper, _), holder)| *keeper == node && **holder == pid);
        let own: Vec<_> = own.map(|(key, _)| key).collect();
        for key in own {
            distribution.kept.remove(key);
        }
    }

    /// The nodes are connected from now on, and whoever waits for that on one of them is told.
    fn connected(&mut self, events: &mut Events<B>) {
        if let Some(distribution) = &mut self.distribution {
            distribution.connection = Connection::Up;
        }
        self.tell_of_nodes(|_, up| Some(up), events);
    }

    /// Tells whoever is to know that the connection has come or gone.
    fn tell_of_nodes(
        &mut self,
        message: impl Fn(Atom, B::Message) -> Option<B::Message>,
        events: &mut Events<B>,
    ) {
        let Some([one, other]) = self.distribution.as_ref().map(|distribution| distribution.nodes) else {
            return;
        };
        for (here, there) in [(one, other), (other, one)] {
            let Some((name, up)) = B::node_up(there) else { continue };
            if let (Some(pid), Some(body)) = (self.whereis_on(here, name), message(there, up)) {
                let away = Pid::of_node(self.numbered(there));
                self.answer_for(away, pid, Signal::Message { alias: None, body }, events);
            }
        }
    }

    /// The node that a process acts on: its own; for one that lives on none, where it starts the next one.
    pub(super) fn node_of(&self, pid: Pid) -> Atom {
        match &self.distribution {
            Some(distribution) if pid.node() == Node::NONE => distribution.starting,
            Some(_) | None => self.node(pid),
        }
    }

    pub(super) fn start_on(&mut self, node: Atom) {
        if let Some(distribution) = &mut self.distribution {
            distribution.starting = node;
        }
    }

    /// `monitor_node(Node, true)`: a monitor of whoever stands for that node, under this reference. A connection
    /// is made if there is none.
    pub(super) fn monitor_node(&mut self, pid: Pid, reference: Ref, other: Atom, events: &mut Events<B>) {
        let node = Pid::of_node(self.numbered(other));
        let Some(distribution) = &mut self.distribution else { return };
        let cut = distribution.connection == Connection::Cut;
        if distribution.connection == Connection::Down {
            self.connected(events);
        }
        if let Some(process) = self.processes.get_mut(pid) {
            process.monitors.insert(reference, Monitor { pid: node, name: None });
        }
        if cut {
            self.lose_monitor(pid, node, reference, None, events);
        }
    }

    /// `monitor_node(Node, false)`: takes back one of these.
    pub(super) fn demonitor_node(&mut self, pid: Pid, other: Atom) {
        let node = Pid::of_node(self.numbered(other));
        let Some(process) = self.processes.get_mut(pid) else { return };
        let entries = process.monitors.entries();
        let last = entries.into_iter().rev().find(|(_, monitor)| monitor.pid == node);
        if let Some(reference) = last.map(|(reference, _)| reference) {
            process.monitors.remove(reference);
        }
    }

    /// The end of a monitor of a node is a message like any other.
    pub(super) fn deliver_node_down(
        &mut self,
        node: Pid,
        to: Pid,
        reference: Ref,
        image: &B::Image,
        events: &mut Events<B>,
    ) {
        let Some(body) = B::node_down(self.node(node)) else { return };
        let process = self.processes.get_mut(to);
        let fate = match process.map(|process| process.monitors.remove(reference).is_some()) {
            None => Fate::NoProcess,
            Some(false) => Fate::Dropped,
            Some(true) => Fate::Queued,
        };
        let signal = Signal::Message { alias: None, body: body.clone() };
        events.push_arrival(to, || EventKind::Arrived { from: node, signal, fate });
        if fate == Fate::Queued {
            self.enqueue(to, Received::Message(body), false, image, events);
        }
    }

    /// Sends to another node, if that can be reached. A message, an exit, a link or a monitor connects nodes
    /// that are not (erts, bif.c: all others are only sent through the connection that there is). What cannot
    /// be sent is lost, but for links and monitors, which are answered.
    pub(super) fn send_away(
        &mut self,
        from: Pid,
        to: Pid,
        signal: Signal<B::Message>,
        events: &mut Events<B>,
    ) {
        let connects = match signal {
            Signal::Message { .. }
            | Signal::Exit(_)
            | Signal::ExitAlias(..)
            | Signal::Link
            | Signal::Monitor { .. } => true,
            Signal::LinkExit(_)
            | Signal::Unlink(_)
            | Signal::UnlinkAck(_)
            | Signal::Demonitor(_)
            | Signal::Down { .. } => false,
        };
        if self.connection() == Some(Connection::Down) && connects {
            self.connected(events);
        }
        events.push_sent(from, || EventKind::Sent { to, signal: signal.clone() });
        if self.is_connected() {
            return self.put_on(from, to, signal, events);
        }
        match signal {
            Signal::Link => self.lose_link(from, to, events),
            Signal::Monitor { reference, name } => {
                self.lose_monitor(from, to, reference, name, events);
            }
            Signal::Unlink(_) => {
                if let Some(process) = self.processes.get_mut(from) {
                    process.links.remove(to);
                }
            }
            signal => {
                events.comes_at_once();
                events.push_arrival(to, || EventKind::Arrived { from, signal, fate: Fate::Lost });
            }
        }
    }

    /// A signal for whoever has the name when it arrives. Only the end of a monitor is for one process.
    pub(super) fn deliver_named(
        &mut self,
        from: Pid,
        name: Atom,
        address: Pid,
        signal: Signal<B::Message>,
        image: &B::Image,
        events: &mut Events<B>,
    ) {
        let found = match &signal {
            Signal::Demonitor(reference) => {
                let watched = self.processes.iter().find(|process| process.watchers.contains(*reference));
                watched.map(|process| process.pid)
            }
            _ => self.whereis_on(self.node(address), name),
        };
        match found {
            Some(pid) => self.deliver(from, pid, signal, image, events),
            None => {
                let told = || EventKind::Arrived { from, signal: signal.clone(), fate: Fate::NoProcess };
                match &signal {
                    Signal::Message { .. } => events.push_refusal(address, told),
                    _ => events.push_arrival(address, told),
                }
                self.bounce(from, address, signal, events);
            }
        }
    }

    /// The connection is lost, or the network is cut or heals.
    pub(super) fn set_connection(&mut self, connection: Connection, events: &mut Events<B>) {
        let Some(distribution) = &mut self.distribution else { return };
        let before = std::mem::replace(&mut distribution.connection, connection);
        if before == Connection::Up {
            self.lose_connection(events);
        }
    }

    fn lose_connection(&mut self, events: &mut Events<B>) {
        for (from, to, place, signal) in self.queues.take_remote() {
            events.comes(place);
            events.push_arrival(to, || EventKind::Arrived { from, signal, fate: Fate::Lost });
        }
        let everybody: Vec<Pid> = self.processes.iter().map(|process| process.pid).collect();
        for pid in everybody {
            let process = self.processes.get_mut(pid).expect("nobody dies of it at once");
            let away = |other: &Pid| other.is_remote_from(pid);
            let links = process.links.entries().into_iter().filter(|(peer, _)| away(peer));
            let links: Vec<_> = links.map(|(peer, link)| (peer, *link)).collect();
            let monitors = process.monitors.entries().into_iter().filter(|(_, monitor)| away(&monitor.pid));
            let monitors: Vec<_> = monitors.map(|(reference, monitor)| (reference, *monitor)).collect();
            let watchers = process.watchers.entries().into_iter().filter(|(_, watcher)| away(&watcher.pid));
            let watchers: Vec<_> = watchers.map(|(reference, _)| reference).collect();
            for reference in watchers {
                process.watchers.remove(reference);
            }
            for (peer, link) in links {
                match link {
                    Link::Active | Link::Lost => self.lose_link(pid, peer, events),
                    Link::Unlinking(_) => {
                        self.processes.get_mut(pid).expect("it lives").links.remove(peer);
                    }
                }
            }
            for (reference, monitor) in monitors {
                self.lose_monitor(pid, monitor.pid, reference, monitor.name, events);
            }
        }
        self.tell_of_nodes(|node, _| B::node_down(node), events);
    }

    /// The link stays until the exit arrives, and a new one cannot be made meanwhile (erts, `link/1`).
    fn lose_link(&mut self, pid: Pid, peer: Pid, events: &mut Events<B>) {
        if let Some(process) = self.processes.get_mut(pid) {
            process.links.insert(peer, Link::Lost);
        }
        self.answer_for(peer, pid, Signal::LinkExit(Term::Atom(Atom::NOCONNECTION)), events);
    }

    fn lose_monitor(
        &mut self,
        pid: Pid,
        watched: Pid,
        reference: Ref,
        name: Option<Atom>,
        events: &mut Events<B>,
    ) {
        let reason = Term::Atom(Atom::NOCONNECTION);
        self.answer_for(watched, pid, Signal::Down { reference, name, reason }, events);
    }

    /// A signal that the own node sends in the name of a process that cannot be reached, or of the node.
    fn answer_for(&mut self, away: Pid, to: Pid, signal: Signal<B::Message>, events: &mut Events<B>) {
        let told = match B::node_down(self.node(away)) {
            Some(body) if away.is_node() && matches!(signal, Signal::Down { .. }) => {
                Signal::Message { alias: None, body }
            }
            Some(_) | None => signal.clone(),
        };
        events.push_sent(away, || EventKind::Sent { to, signal: told });
        self.put_on(away, to, signal, events);
    }
}
