//! What a process asks of the runtime about others: links, monitors and the aliases that come with them.

use super::atom::Atom;
use super::context::{Context, NoProcess};
use super::ends::{Alias, Link, Monitor};
use super::observed::Observed;
use super::pid::{Pid, Ref};
use super::signal::{Object, Received, Signal, Target};
use super::state::State;
use super::term::Term;

impl<B: State> Context<'_, B> {
    /// `link/1`.
    ///
    /// # Errors
    ///
    /// When the process is dead and the caller does not trap exits; one who does gets `noproc` as a message.
    pub fn link(&mut self, to: Pid) -> Result<(), NoProcess> {
        self.link_with(to, false)
    }

    /// `link(Pid, [priority])`, or without the option; it holds for a link that is there already too.
    ///
    /// # Errors
    ///
    /// As those of [`Context::link`].
    pub fn link_with(&mut self, to: Pid, priority: bool) -> Result<(), NoProcess> {
        if to == self.pid {
            return Ok(());
        }
        if self.me().links.get(to) == Some(&Link::Active) {
            self.me_mut().priorities.prefer_link(to, priority);
            return Ok(());
        }
        self.look_around();
        if self.me().links.get(to) == Some(&Link::Lost) {
            self.me_mut().priorities.prefer_link(to, priority);
            return Ok(());
        }
        // Whether a process on another node lives, that node says.
        if !to.is_remote_from(self.pid) && self.world.processes.get(to).is_none() {
            self.saw(Observed::Life(to), None);
            if !self.me().trap_exit {
                return Err(NoProcess);
            }
            let reason = Term::Atom(Atom::NOPROC);
            let signal = Signal::LinkExit(reason.clone());
            if self.world.answer_for_the_dead(to, self.pid, &signal, self.events) {
                self.me_mut().links.insert(to, Link::Active);
                self.me_mut().priorities.prefer_link(to, priority);
            } else {
                self.put_untold(Received::Exit { from: to, reason }, priority);
            }
            return Ok(());
        }
        self.me_mut().links.insert(to, Link::Active);
        self.me_mut().priorities.prefer_link(to, priority);
        self.signal(to, Signal::Link);
        Ok(())
    }

    /// `unlink/1`: from now on no exit of that link will be delivered; one may already be.
    pub fn unlink(&mut self, to: Pid) {
        self.me_mut().priorities.prefer_link(to, false);
        if self.me().links.get(to) == Some(&Link::Lost) {
            self.me_mut().links.remove(to);
            return;
        }
        if self.me().links.get(to) != Some(&Link::Active) {
            return;
        }
        self.look_around();
        if !to.is_remote_from(self.pid) && self.world.processes.get(to).is_none() {
            // An exit of the dead that is still on its way will find no link.
            self.me_mut().links.remove(to);
            return;
        }
        let me = self.me_mut();
        me.unlinks += 1;
        let number = me.unlinks;
        me.links.insert(to, Link::Unlinking(number));
        self.signal(to, Signal::Unlink(number));
    }

    /// `monitor(process, Target)`, resolved now.
    pub fn monitor(&mut self, target: Target) -> Ref {
        self.monitor_with(target, false)
    }

    /// `monitor(process, Target, [priority])`, or without the option.
    pub fn monitor_with(&mut self, target: Target, priority: bool) -> Ref {
        self.look_around();
        let reference = self.make_ref();
        let name = match target {
            Target::Pid(_) => None,
            Target::Name(name) | Target::Remote(name, _) => Some(name),
        };
        match self.resolve(target) {
            Some(pid) if pid == self.pid => (), // Never fires.
            Some(pid) if pid.is_remote_from(self.pid) || self.world.processes.get(pid).is_some() => {
                self.keep_monitor(reference, Monitor { pid, name }, priority);
                self.signal(pid, Signal::Monitor { reference, name });
            }
            dead => {
                let reason = Term::Atom(Atom::NOPROC);
                let down = Signal::Down { reference, name, reason: reason.clone() };
                if let Some(pid) = dead {
                    self.saw(Observed::Life(pid), None);
                }
                // It says itself that it is not there, behind what it has sent before (erts, bif.c, `monitor`).
                match dead {
                    Some(pid) if self.world.answer_for_the_dead(pid, self.pid, &down, self.events) => {
                        self.keep_monitor(reference, Monitor { pid, name }, priority);
                    }
                    Some(_) | None => {
                        let object = match target {
                            Target::Pid(pid) => Object::Pid(pid),
                            Target::Name(name) | Target::Remote(name, _) => Object::Name(name, self.node()),
                        };
                        self.put_untold(Received::Down { reference, object, reason }, priority);
                    }
                }
            }
        }
        reference
    }

    fn keep_monitor(&mut self, reference: Ref, monitor: Monitor, priority: bool) {
        self.me_mut().monitors.insert(reference, monitor);
        if priority {
            self.me_mut().priorities.prefer_monitor(reference);
        }
    }

    /// `monitor(process, Target, [{alias, Mode}])`: the reference is also an address of the caller.
    pub fn monitor_with_alias(&mut self, target: Target, mode: Alias, priority: bool) -> Ref {
        let reference = self.monitor_with(target, priority);
        // A monitor of oneself is none, and makes no alias (erts, bif.c, `monitor`; seen on OTP 25). The DOWN
        // of one who was dead already is in the mailbox, and has deactivated the alias.
        let to_oneself = match target {
            Target::Pid(pid) => pid == self.pid,
            Target::Name(name) => self.world.whereis_on(self.node(), name) == Some(self.pid),
            Target::Remote(..) => false,
        };
        if !to_oneself && (mode == Alias::ExplicitUnalias || self.me().monitors.contains(reference)) {
            self.activate(reference, mode);
        }
        reference
    }

    /// `alias/1`: an address of the caller that is no monitor.
    pub fn alias(&mut self, mode: Alias) -> Ref {
        let reference = self.make_ref();
        self.activate(reference, mode);
        reference
    }

    /// `alias([priority | Options])` (OTP 28): what is sent through it as a priority message is one.
    pub fn priority_alias(&mut self, mode: Alias) -> Ref {
        let reference = self.alias(mode);
        self.me_mut().priorities.prefer_alias(reference);
        reference
    }

    /// `{monitor, [priority]}` of `spawn_opt/2`: the `DOWN` will be a priority message.
    pub fn prefer_monitor(&mut self, reference: Ref) {
        self.me_mut().priorities.prefer_monitor(reference);
    }

    /// Makes a reference of the caller's, that of a monitor say, an address too.
    pub fn activate(&mut self, reference: Ref, mode: Alias) {
        self.me_mut().aliases.insert(reference, mode);
    }

    /// `unalias/1`: whether it was active.
    pub fn unalias(&mut self, alias: Ref) -> bool {
        let me = self.me_mut();
        let active = me.aliases.remove(alias).is_some();
        if active {
            me.priorities.forget(alias);
        }
        active
    }

    /// `demonitor(Ref, [info])`: no `DOWN` will be delivered any more; one may already be. Whether the
    /// monitor was still active.
    pub fn demonitor(&mut self, reference: Ref) -> bool {
        self.world.forget_alias(self.pid, reference);
        let me = self.me_mut();
        let Some(Monitor { pid, .. }) = me.monitors.remove(reference) else { return false };
        me.priorities.forget(reference);
        self.signal(pid, Signal::Demonitor(reference));
        true
    }

    /// `demonitor(Ref, [flush, info])`.
    pub fn demonitor_flush(&mut self, reference: Ref) -> bool {
        let active = self.demonitor(reference);
        self.receive_now(|message| matches!(message, Received::Down { reference: r, .. } if *r == reference));
        active
    }
}
