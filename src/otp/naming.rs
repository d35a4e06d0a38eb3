//! Names at work, which is all that the behaviours know of them: whom one means, how one takes it, how one gives it up.

use crate::kernel::{Atom, Context, Input, Next, Observed, Pid, Received, Ref, Target, Term};

use super::actor::Actor;
use super::call;
use super::global::{global_registration, global_release};
use super::guest::Guest;
use super::hooks::Image;
use super::message::{Message, Request};
use super::name::Name;
use super::raise::Raise;
use super::registry::{Change, Pending};
use super::start::Started;

/// How far a new process has come with taking its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Naming {
    /// It has not begun.
    Before,
    /// Whoever keeps the name is written to in steps, and these are left.
    Steps(Box<Pending>),
    /// The `global_name_server` of its node is asked, with this monitor.
    Asked(Ref),
    /// It has it.
    Done,
    /// Its start has failed, and the `global_name_server` is asked, with this monitor, to forget the name before the
    /// starter is told.
    GivingUp(Ref, Box<Started>),
}

impl Naming {
    /// Whether the `receive` of a process that waits for its name would take this message.
    pub(super) fn accepts<G: Guest>(&self, message: &Received<Message<G>>) -> bool {
        match self {
            Naming::Asked(tag) | Naming::GivingUp(tag, _) => call::accepts_answer(*tag, message),
            Naming::Before | Naming::Steps(_) | Naming::Done => false,
        }
    }
}

/// How a step of taking a name ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Registered {
    /// It goes on when others have run, or when it has heard something.
    NotYet(Next),
    /// The process has its name.
    Done,
}

/// Why a new process has not got its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// This one has it; nobody, if it is gone by now.
    By(Option<Pid>),
    /// Whoever keeps the name raised this.
    Raised(Raise),
}

impl Name {
    /// `gen:where/1` (OTP 25).
    pub(super) fn whereis<G: Guest>(
        &self,
        context: &mut Context<'_, Actor<G>>,
    ) -> Result<Option<Pid>, Raise> {
        match self {
            Name::Local(name) => Ok(holder(*name, context)),
            Name::Via(via) => via.whereis(context),
        }
    }

    /// `gen:register_name/1` (OTP 25), in the new process itself. The name is there before `init` runs, and by
    /// then others may have found it.
    pub(super) fn register<G: Guest>(
        &self,
        naming: &mut Naming,
        input: Input<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Result<Registered, Taken> {
        let change = match (std::mem::replace(naming, Naming::Done), self) {
            (Naming::Done | Naming::GivingUp(..), _) => return Ok(Registered::Done),
            (Naming::Asked(tag), _) => return self.answered(tag, input, context),
            (Naming::Before, Name::Local(name)) if context.image().global_name(*name).is_some() => {
                *naming = Naming::Asked(ask_global(registration(*name, context), context)?);
                return Ok(Registered::NotYet(Next::Receive { timeout: None }));
            }
            (Naming::Before, Name::Local(name)) => {
                if let Some(pid) = holder(*name, context) {
                    return Err(Taken::By(Some(pid)));
                }
                // The running process lives and is new, so the name is all that could be wrong.
                context.register(*name, context.pid()).map_err(|_| Taken::By(None))?;
                return Ok(interrupted(context));
            }
            (Naming::Before, Name::Via(via)) => via.register(context),
            (Naming::Steps(left), _) => left.go_on(context),
        };
        let mut change = change.map_err(Taken::Raised)?;
        loop {
            match change {
                Change::Pending(left) if context.can_be_interrupted() => {
                    *naming = Naming::Steps(left);
                    return Ok(Registered::NotYet(Next::Preempt));
                }
                Change::Pending(left) => change = left.go_on(context).map_err(Taken::Raised)?,
                Change::Done(result) if result.untag(Atom::OK).is_some() => return Ok(interrupted(context)),
                Change::Done(_) => return Err(Taken::By(self.whereis(context).map_err(Taken::Raised)?)),
            }
        }
    }

    /// `global:register_name/2` has returned `yes` or `no`.
    fn answered<G: Guest>(
        &self,
        tag: Ref,
        input: Input<Message<G>>,
        context: &mut Context<'_, Actor<G>>,
    ) -> Result<Registered, Taken> {
        let Input::Message(message) = input else { unreachable!("it waits for an answer only") };
        match call::answer(tag, message, context) {
            Ok(said) if said.is(Atom::YES) => Ok(Registered::Done),
            Ok(_) => Err(Taken::By(self.whereis(context).map_err(Taken::Raised)?)),
            Err(reason) => Err(Taken::Raised(Raise::Exit(reason))),
        }
    }

    /// `gen:unregister_name/1` (OTP 25), before a process that has failed to start says so: what it waits for then, if it
    /// has to wait.
    pub(super) fn unregister<G: Guest>(&self, context: &mut Context<'_, Actor<G>>) -> Option<Ref> {
        match self {
            Name::Local(name) if context.image().global_name(*name).is_some() => {
                let held = holder(*name, context) == Some(context.pid());
                return held.then(|| ask_global(global_release(*name), context).ok()).flatten();
            }
            Name::Local(name) if holder(*name, context) == Some(context.pid()) => {
                let _ = context.unregister(*name);
            }
            Name::Local(_) => (),
            Name::Via(via) => via.unregister(context),
        }
        None
    }
}

/// `gen:register_name/1`: `global:register_name/2`, by which a conflict kills one of the two.
fn registration<G: Guest>(name: Atom, context: &Context<'_, Actor<G>>) -> Term {
    global_registration(name, context.pid(), Atom::RANDOM_EXIT_NAME)
}

/// Asks the `global_name_server` of the own node.
fn ask_global<G: Guest>(request: Term, context: &mut Context<'_, Actor<G>>) -> Result<Ref, Taken> {
    let server = context.resolve(Target::Name(Atom::GLOBAL_NAME_SERVER));
    let server = server.ok_or_else(|| Taken::Raised(Raise::Exit(Atom::NOPROC.into())))?;
    let (tag, from) = call::ask(server, None, context);
    context.send(server, Message::Call { from, request: Request::User(request) });
    Ok(tag)
}

/// Who has a local name. That nobody has it goes without saying where it is to be taken.
fn holder<G: Guest>(name: Atom, context: &mut Context<'_, Actor<G>>) -> Option<Pid> {
    let found = context.world().whereis_on(context.node(), name)?;
    if found != context.pid() {
        context.saw(Observed::Name(name), Some(found.into()));
    }
    Some(found)
}

fn interrupted<G: Guest>(context: &Context<'_, Actor<G>>) -> Registered {
    if context.can_be_interrupted() { Registered::NotYet(Next::Preempt) } else { Registered::Done }
}

impl Taken {
    /// What `start_link` returns.
    pub(super) fn error(holder: Option<Pid>) -> Term {
        Term::tagged(Atom::ALREADY_STARTED, holder.map_or(Atom::UNDEFINED.into(), Term::from))
    }
}
