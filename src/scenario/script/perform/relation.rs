//! Links, monitors, aliases, names and exits: what a process is to others.

use crate::kernel::{Atom, Pid, Target, Term, Through};
use crate::otp::Raise;

use super::super::super::language::{Lowered, Relations};
use super::super::ScriptContext;
use super::super::execution::Execution;
use super::super::expression::Expression;
use super::super::frame::Performed;
use super::super::nodes;
use super::super::operands::{Whom, bad_argument};

impl Execution {
    pub(super) fn perform_relations(
        &mut self,
        said: &Relations<Lowered>,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        Ok(match said {
            Relations::Link { target, priority } => {
                let pid = self.process(target, context)?;
                context.link_with(pid, *priority).map_err(|_| Raise::Error(Atom::NOPROC.into()))?;
                self.done(Term::boolean(true))
            }
            Relations::Unlink { target } => {
                let pid = self.process(target, context)?;
                context.unlink(pid);
                self.done(Term::boolean(true))
            }
            Relations::Monitor { target, priority, alias, tag, bind } => {
                let target = self.target(target, context)?;
                let tag = self.optional(tag, context)?;
                let reference = match alias {
                    Some(mode) => context.monitor_with_alias(target, *mode, *priority),
                    None => context.monitor_with(target, *priority),
                };
                self.tagged(reference, tag);
                self.bound(bind, reference.into(), context)?
            }
            Relations::Alias { mode, priority, bind } => {
                let alias = match priority {
                    true => context.priority_alias(*mode),
                    false => context.alias(*mode),
                };
                self.bound(bind, alias.into(), context)?
            }
            Relations::Unalias { alias, bind } => {
                let alias = self.reference(alias, context)?;
                let active = context.unalias(alias);
                self.bound(bind, Term::boolean(active), context)?
            }
            Relations::MakeRef { bind } => {
                let reference = context.make_ref();
                self.bound(bind, reference.into(), context)?
            }
            Relations::Parent { target, bind } => {
                let pid = self.near_process(target, context)?;
                // A request to that process: what the caller has sent it before arrives before.
                context.is_alive(pid);
                let parent = context.world().process(pid).map(|process| process.parent);
                let parent = parent.flatten().map_or(Atom::UNDEFINED.into(), Term::from);
                self.bound(bind, parent, context)?
            }
            Relations::Demonitor { reference, flush, info, bind } => {
                let reference = self.reference(reference, context)?;
                // A reference of another node can be none of the caller's (erts, bif.c, demonitor/2).
                if context.is_foreign(reference) {
                    return Err(bad_argument());
                }
                let active =
                    if *flush { context.demonitor_flush(reference) } else { context.demonitor(reference) };
                // Only `info` asks whether it was still active.
                self.bound(bind, Term::boolean(active || !info), context)?
            }
            Relations::TrapExit { flag } => {
                let old = context.trap_exit(self.flag(flag, context)?);
                self.done(Term::boolean(old))
            }
            Relations::Exit { target, reason, priority } => {
                self.exit_other(target, reason, *priority, context)?;
                self.done(Term::boolean(true))
            }
            Relations::Register { name, target } => {
                let pid = self.near_process(target, context)?;
                context.register(self.atom(name, context)?, pid).map_err(|_| bad_argument())?;
                self.done(Term::boolean(true))
            }
            Relations::Unregister { name } => {
                context.unregister(self.atom(name, context)?).map_err(|_| bad_argument())?;
                self.done(Term::boolean(true))
            }
            Relations::Whereis { name, bind } => {
                let pid = self.whereis(name, context)?.map_or(Atom::UNDEFINED.into(), Term::from);
                self.bound(bind, pid, context)?
            }
            Relations::IsAlive { target, bind } => {
                if let Term::Pid(pid) = self.value(target, context)?
                    && nodes::is_away(pid.into(), context)
                {
                    return Err(bad_argument());
                }
                let alive = self.is_alive(target, context)?;
                self.bound(bind, Term::boolean(alive), context)?
            }
        })
    }

    /// `exit/2`: a process, or since there are priority messages whatever an alias means.
    fn exit_other(
        &self,
        target: &Expression,
        reason: &Expression,
        priority: bool,
        context: &mut ScriptContext<'_>,
    ) -> Result<(), Raise> {
        if let Term::Ref(alias) = self.value(target, context)?
            && context.image().release().knows_priority_messages()
        {
            let reason = self.value(reason, context)?;
            context.exit_alias(Through { alias, priority }, reason);
            return Ok(());
        }
        let pid = self.process(target, context)?;
        let reason = self.value(reason, context)?;
        context.exit(pid, reason);
        Ok(())
    }

    /// Who has a name, which is no pid.
    fn whereis(&self, name: &Expression, context: &mut ScriptContext<'_>) -> Result<Option<Pid>, Raise> {
        match self.whom(name, context)? {
            Whom::Known(Target::Name(name)) => Ok(context.whereis(name)),
            Whom::Known(Target::Pid(_) | Target::Remote(..)) => Err(bad_argument()),
            Whom::Via(via) => via.whereis(context),
        }
    }
}
