//! Processes that `proc_lib` starts, what `start_monitor` makes of a start, and processes that become servers.

use crate::kernel::{Atom, Ref, Target, Term};
use crate::otp::{Body, EnterLoop, Launch, Message, Newborn, Raise, Started, Then};

use super::super::global;
use super::execution::Execution;
use super::expression::Pattern;
use super::frame::{Flow, Performed};
use super::launch::launch;
use super::start::{Module, StartFunction};
use super::{Script, ScriptContext};

impl Script {
    /// Whoever runs now starts it. `proc_lib` keeps its name, or its pid if it has none (proc_lib.erl,
    /// get_my_name/0).
    pub(super) fn with_ancestor(self, context: &ScriptContext<'_>) -> Script {
        let starter = context.pid();
        let name = context.world().process(starter).and_then(|process| process.name);
        let name = name.filter(|name| global::inner(context.image().atoms().text(*name)).is_none());
        self.descended(Some(name.map_or(Target::Pid(starter), Target::Name)))
    }

    /// It is spawned by no start function.
    pub(super) fn without_ancestor(self) -> Script {
        self.descended(None)
    }

    fn descended(mut self, ancestor: Option<Target>) -> Script {
        if let Script::Actor(frame) = &mut self {
            frame.ancestor = ancestor;
        }
        self
    }
}

impl Execution {
    /// `gen_server:enter_loop/5` (OTP 25), as far as it can fail: gen.erl, get_proc_name/1 and get_parent/0.
    pub(super) fn enter_loop(
        &mut self,
        start: &StartFunction,
        name: Option<Atom>,
        then: Then,
        context: &mut ScriptContext<'_>,
    ) -> Performed {
        let Launch::Spawn(Newborn { body: Body::Server(Script::Actor(mut server)), .. }) =
            launch(start, None, context)
        else {
            return Err(Raise::Error(Atom::UNDEF.into()));
        };
        let exit = |reason: Atom| Err(Raise::Exit(reason.into()));
        if let Some(name) = name
            && context.whereis(name) != Some(context.pid())
        {
            let local = global::inner(context.image().atoms().text(name)).is_none();
            return exit(match local {
                true => Atom::PROCESS_NOT_REGISTERED,
                false => Atom::PROCESS_NOT_REGISTERED_GLOBALLY,
            });
        }
        let parent = match self.ancestor {
            None => return exit(Atom::PROCESS_WAS_NOT_STARTED_BY_PROC_LIB),
            Some(ancestor) => context.resolve(ancestor),
        };
        let Some(parent) = parent else { return exit(Atom::COULD_NOT_FIND_REGISTERED_NAME) };
        // These are the process's and not the program's.
        server.tags = std::mem::take(&mut self.tags);
        server.locks = std::mem::take(&mut self.locks);
        Ok(Flow::EnterLoop(Box::new(EnterLoop { guest: Script::Actor(server), parent, then })))
    }

    /// `proc_lib:init_ack/1`, or `init_fail/2` of one about to die.
    pub(super) fn acknowledge(
        &self,
        result: Term,
        dying: bool,
        context: &mut ScriptContext<'_>,
    ) -> Result<(), Raise> {
        // `[Parent | _] = get('$ancestors')`
        let Some(starter) = self.ancestor else {
            let nothing = Term::tagged(Atom::BADMATCH, Atom::UNDEFINED.into());
            return Err(Raise::Error(nothing));
        };
        let ack = Message::Ack { child: context.pid(), result: Started::of(result), dying };
        context.send_to(starter, ack).map_err(|_| Raise::Error(Atom::BADARG.into()))
    }

    /// What `start_monitor` returns: `gen_server`'s is `{ok, {Pid, Monitor}}` or an error, `proc_lib`'s the
    /// monitor with whatever the process has acknowledged (gen.erl, monitor_return/1).
    pub(super) fn finish_start_monitor(
        &mut self,
        start: &StartFunction,
        [bind, reference]: [&Option<Pattern>; 2],
        started: Started,
        monitor: Option<Ref>,
        context: &ScriptContext<'_>,
    ) -> Performed {
        let by_proc_lib = matches!(&start.module, Module::Definition(number)
            if context.image().program(*number).acknowledges());
        let pid = match started {
            Started::Ok { pid, info: None } => Some(Term::from(pid)),
            _ => None,
        };
        let watched = |pid: Term, monitor: Ref| Term::tuple([pid, monitor.into()]);
        let result = match (started, monitor) {
            (started, Some(monitor)) if by_proc_lib => watched(started.into(), monitor),
            (Started::Ok { pid, info }, Some(monitor)) => {
                let both = watched(pid.into(), monitor);
                Term::tuple([Atom::OK.into(), both].into_iter().chain(info))
            }
            (started, _) => started.into(),
        };
        // A failed start by `proc_lib` has a monitor all the same.
        let parts =
            [(reference, monitor.filter(|_| by_proc_lib || pid.is_some()).map(Term::from)), (bind, pid)];
        for (pattern, part) in parts {
            let Some(pattern) = pattern else { continue };
            if !part.is_some_and(|part| self.bind(pattern, &part, context)) {
                return Err(Raise::Error(Term::tagged(Atom::BADMATCH, result)));
            }
        }
        Ok(self.done(result))
    }
}
