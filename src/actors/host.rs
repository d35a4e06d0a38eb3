//! The world as an actor reaches it, whatever other guests live in it.
//!
//! A world has one kind of guest, and actors in Rust can be a part of several: of their own, and of that of scenario
//! files. So what they do goes through a trait that knows terms, pids and names, and is put on the kernel once.

use crate::kernel::{Atom, Atoms, Connection, Pid, Ref, Target, Term};
use crate::otp::From;

/// What an actor can do to the world without waiting.
pub(super) trait Host {
    fn pid(&self) -> Pid;
    fn now(&self) -> u64;
    fn atoms(&self) -> &Atoms;
    fn looks_around(&mut self);
    fn may_go_on(&mut self) -> bool;
    fn can_be_interrupted(&self) -> bool;
    fn is_doomed(&self) -> bool;
    fn resolve(&mut self, target: Target) -> Option<Pid>;
    fn is_alive(&mut self, pid: Pid) -> bool;
    fn send(&mut self, target: Target, message: Term) -> bool;
    fn cast(&mut self, target: Target, message: Term);
    fn reply(&mut self, from: From, reply: Term);
    fn monitor(&mut self, target: Target) -> Ref;
    fn demonitor(&mut self, reference: Ref);
    fn link(&mut self, pid: Pid) -> bool;
    fn unlink(&mut self, pid: Pid);
    fn trap_exit(&mut self, flag: bool);
    fn exit(&mut self, pid: Pid, reason: Term);
    fn send_after(&mut self, after: u64, target: Target, message: Term) -> Ref;
    fn cancel_timer(&mut self, timer: Ref) -> Option<u64>;
    fn register(&mut self, name: Atom, pid: Pid) -> bool;
    fn unregister(&mut self, name: Atom) -> bool;
    fn monitor_node(&mut self, node: Atom);
    fn connection(&self) -> Option<Connection>;
    fn set_connection(&mut self, connection: Connection);
    fn tell(&mut self, text: &str);
}
