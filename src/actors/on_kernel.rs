//! What an actor can do to the world, done by the kernel, whatever other guests live there.

use crate::kernel::{Atom, Atoms, Connection, Context, Pid, Ref, Target, Term};
use crate::otp::{Actor, From, Image, Message, Report};

use super::host::Host;
use super::instance::Hosting;

impl<G: Hosting> Host for Context<'_, Actor<G>> {
    fn pid(&self) -> Pid {
        Context::pid(self)
    }

    fn now(&self) -> u64 {
        Context::now(self)
    }

    fn atoms(&self) -> &Atoms {
        self.image().atoms()
    }

    fn looks_around(&mut self) {
        self.look_around();
    }

    fn may_go_on(&mut self) -> bool {
        Context::may_go_on(self, 0)
    }

    fn can_be_interrupted(&self) -> bool {
        Context::can_be_interrupted(self)
    }

    fn is_doomed(&self) -> bool {
        Context::is_doomed(self)
    }

    fn resolve(&mut self, target: Target) -> Option<Pid> {
        match target {
            Target::Name(name) => self.whereis(name),
            target => Context::resolve(self, target),
        }
    }

    fn is_alive(&mut self, pid: Pid) -> bool {
        Context::is_alive(self, pid)
    }

    fn send(&mut self, target: Target, message: Term) -> bool {
        self.send_to(target, Message::Info(message)).is_ok()
    }

    fn cast(&mut self, target: Target, message: Term) {
        // `gen_server:cast/2` succeeds whoever is there.
        let _ = self.send_to(target, Message::Cast(message));
    }

    fn reply(&mut self, from: From, reply: Term) {
        crate::otp::reply(from, reply, self);
    }

    fn monitor(&mut self, target: Target) -> Ref {
        Context::monitor(self, target)
    }

    fn demonitor(&mut self, reference: Ref) {
        self.demonitor_flush(reference);
    }

    fn link(&mut self, pid: Pid) -> bool {
        Context::link(self, pid).is_ok()
    }

    fn unlink(&mut self, pid: Pid) {
        Context::unlink(self, pid);
    }

    fn trap_exit(&mut self, flag: bool) {
        Context::trap_exit(self, flag);
    }

    fn exit(&mut self, pid: Pid, reason: Term) {
        Context::exit(self, pid, reason);
    }

    fn send_after(&mut self, after: u64, target: Target, message: Term) -> Ref {
        Context::send_after(self, after, target, Message::Info(message))
    }

    fn cancel_timer(&mut self, timer: Ref) -> Option<u64> {
        Context::cancel_timer(self, timer)
    }

    fn register(&mut self, name: Atom, pid: Pid) -> bool {
        Context::register(self, name, pid).is_ok()
    }

    fn unregister(&mut self, name: Atom) -> bool {
        Context::unregister(self, name).is_ok()
    }

    fn monitor_node(&mut self, node: Atom) {
        Context::monitor_node(self, node, true);
    }

    fn connection(&self) -> Option<Connection> {
        self.world().connection()
    }

    fn set_connection(&mut self, connection: Connection) {
        Context::set_connection(self, connection);
    }

    fn tell(&mut self, text: &str) {
        self.report(|| Report::Guest(G::told(text.to_owned())));
    }
}
