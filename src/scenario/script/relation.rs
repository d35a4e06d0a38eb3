//! Links, monitors, aliases, names and exits: what a process is to others.

use crate::kernel::{Alias, Atom, Context, Term, Through};
use crate::otp::Actor;

use super::Script;
use super::frame::{Flow, Frame};
use super::nodes;
use super::perform::{Fault, bad_argument};
use super::program::{Expression, Pattern};

/// Ties the process to others, or asks who they are.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "named after the statements of the language")]
pub enum Relation {
    Link {
        target: Expression,
        priority: bool,
    },
    Unlink(Expression),
    Monitor {
        target: Expression,
        priority: bool,
        alias: Option<Alias>,
        tag: Option<Expression>,
        bind: Option<Pattern>,
    },
    Alias {
        mode: Alias,
        priority: bool,
        bind: Option<Pattern>,
    },
    Unalias {
        alias: Expression,
        bind: Option<Pattern>,
    },
    MakeRef {
        bind: Option<Pattern>,
    },
    Parent {
        target: Expression,
        bind: Option<Pattern>,
    },
    Demonitor {
        reference: Expression,
        flush: bool,
        info: bool,
        bind: Option<Pattern>,
    },
    TrapExit(bool),
    Exit {
        target: Expression,
        reason: Expression,
        priority: bool,
    },
    Register {
        name: Atom,
        target: Expression,
    },
    Unregister(Atom),
    Whereis {
        name: Atom,
        bind: Option<Pattern>,
    },
    IsAlive {
        target: Expression,
        bind: Option<Pattern>,
    },
    MonitorNode {
        node: Atom,
        flag: bool,
    },
}

impl Frame {
    /// Carries it out.
    pub(super) fn relate(
        &mut self,
        said: &Relation,
        context: &mut Context<'_, Actor<Script>>,
    ) -> Result<Flow, Fault> {
        Ok(match said {
            Relation::Link { target, priority } => {
                let pid = self.process(target, context)?;
                context.link_with(pid, *priority).map_err(|_| Fault::Error(Atom::NOPROC.into()))?;
                self.done(Term::boolean(true))
            }
            Relation::Unlink(target) => {
                let pid = self.process(target, context)?;
                context.unlink(pid);
                self.done(Term::boolean(true))
            }
            Relation::Monitor { target, priority, alias, tag, bind } => {
                let target = self.target(target, context)?;
                let tag = self.optional(tag.as_ref(), context)?;
                let reference = match alias {
                    Some(mode) => context.monitor_with_alias(target, *mode, *priority),
                    None => context.monitor_with(target, *priority),
                };
                self.tagged(reference, tag);
                self.bound(bind.as_ref(), reference.into(), context)?
            }
            Relation::Alias { mode, priority, bind } => {
                let alias = match priority {
                    true => context.priority_alias(*mode),
                    false => context.alias(*mode),
                };
                self.bound(bind.as_ref(), alias.into(), context)?
            }
            Relation::Unalias { alias, bind } => {
                let alias = self.reference(alias, context)?;
                let active = context.unalias(alias);
                self.bound(bind.as_ref(), Term::boolean(active), context)?
            }
            Relation::MakeRef { bind } => {
                let reference = context.make_ref();
                self.bound(bind.as_ref(), reference.into(), context)?
            }
            Relation::Parent { target, bind } => {
                let pid = self.near_process(target, context)?;
                // A request to that process: what the caller has sent it before arrives before.
                context.is_alive(pid);
                let parent = context.world().process(pid).map(|process| process.parent);
                let parent = parent.flatten().map_or(Atom::UNDEFINED.into(), Term::from);
                self.bound(bind.as_ref(), parent, context)?
            }
            Relation::Demonitor { reference, flush, info, bind } => {
                let reference = self.reference(reference, context)?;
                // A reference of another node can be none of the caller's (erts, bif.c, demonitor/2).
                if context.is_foreign(reference) {
                    return Err(bad_argument());
                }
                let active =
                    if *flush { context.demonitor_flush(reference) } else { context.demonitor(reference) };
                // Only `info` asks whether it was still active.
                self.bound(bind.as_ref(), Term::boolean(active || !info), context)?
            }
            Relation::TrapExit(flag) => {
                let old = context.trap_exit(*flag);
                self.done(Term::boolean(old))
            }
            Relation::Exit { target, reason, priority } => {
                if let Term::Ref(alias) = self.value(target, context)?
                    && context.image().release().knows_priority_messages()
                {
                    let reason = self.value(reason, context)?;
                    context.exit_alias(Through { alias, priority: *priority }, reason);
                    return Ok(self.done(Term::boolean(true)));
                }
                let pid = self.process(target, context)?;
                let reason = self.value(reason, context)?;
                context.exit(pid, reason);
                self.done(Term::boolean(true))
            }
            Relation::Register { name, target } => {
                let pid = self.near_process(target, context)?;
                context.register(*name, pid).map_err(|_| bad_argument())?;
                self.done(Term::boolean(true))
            }
            Relation::Unregister(name) => {
                context.unregister(*name).map_err(|_| bad_argument())?;
                self.done(Term::boolean(true))
            }
            Relation::Whereis { name, bind } => {
                let pid = context.whereis(*name).map_or(Atom::UNDEFINED.into(), Term::from);
                self.bound(bind.as_ref(), pid, context)?
            }
            Relation::IsAlive { target, bind } => {
                if let Term::Pid(pid) = self.value(target, context)?
                    && nodes::is_away(pid.into(), context)
                {
                    return Err(bad_argument());
                }
                let alive = self.is_alive(target, context)?;
                self.bound(bind.as_ref(), Term::boolean(alive), context)?
            }
            Relation::MonitorNode { node, flag } => {
                context.monitor_node(*node, *flag);
                self.done(Term::boolean(true))
            }
        })
    }
}
