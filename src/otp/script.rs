//! Drivers of tests: what a trapping process does to its toys, act by act, and what it hears of them.

use crate::kernel::{Atom, Context, Pid, Received, Target, Term};

use super::toy::{Kind, Start, Toy, atom, newborn, show};
use super::{
    Actor, ApplicationRequest, Block, Body, CallTimeout, Cue, Guest, Launch, Message, Newborn, Report,
    Request, Return, Started, Step, Then, Ties,
};

/// What a driver does.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    /// Starts something and is linked to it.
    Start(Start),
    /// A call.
    Call(Whom, Term),
    /// `Pid ! Term`.
    Tell(Whom, Term),
    /// Sends an exit signal with `exit/2`.
    Exit(Whom, Term),
    /// Waits until nothing can happen any more.
    Settle,
    /// Does nothing for so many milliseconds.
    Sleep(u64),
    /// Another driver goes on at the same time.
    Spawn(Vec<Act>),
    /// Says which messages have come.
    Hear,
    /// Says who of these is alive.
    Living(Vec<&'static str>),
    /// Leaves a note that the test reads.
    Say(&'static str),
    /// A request to the application controller; its answer goes to the transcript.
    Application(ApplicationRequest),
    /// Returns from its function, which ends it.
    Finish,
}

/// Whom an act concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Whom {
    /// Whoever is registered so.
    Name(Atom),
    /// The youngest living process that its parent calls so.
    Label(Atom),
}

/// A child by label.
pub(crate) fn label(text: &str) -> Whom {
    Whom::Label(atom(text))
}

/// A process by registered name.
pub(crate) fn name(text: &str) -> Whom {
    Whom::Name(atom(text))
}

impl Toy {
    /// A driver of this script.
    pub(crate) fn driver(acts: Vec<Act>) -> Body<Toy> {
        Body::Plain(Toy::function(acts))
    }

    /// A function that does these things.
    pub(crate) fn function(acts: Vec<Act>) -> Toy {
        Toy { kind: Kind::Driver { acts: acts.into(), next: 0 }, ending: None }
    }

    fn act(&mut self, context: &mut Context<'_, Actor<Toy>>) -> Step<Toy> {
        loop {
            let Kind::Driver { acts, next } = &mut self.kind else { unreachable!("only drivers act") };
            let Some(act) = acts.get(*next).cloned() else {
                return Step::Block(Block::Sleep(None));
            };
            *next += 1;
            match act {
                Act::Start(start) => {
                    let launch = Toy::launch(&start, context);
                    return Step::Block(Block::Start { launch, label: None, how: Ties::LINKED });
                }
                Act::Call(whom, payload) => return call(whom, Request::User(payload), context),
                Act::Tell(whom, payload) => {
                    let to = find(whom, context);
                    context.send(to, Message::Info(payload));
                }
                Act::Exit(whom, reason) => {
                    let to = find(whom, context);
                    context.exit(to, reason);
                }
                Act::Settle => return Step::Block(Block::Quiet(1_000_000)),
                Act::Sleep(time) => return Step::Block(Block::Sleep(Some(time))),
                Act::Spawn(acts) => {
                    let helper = Newborn { body: Toy::driver(acts), ..newborn(atom("helper"), false) };
                    let launch = Launch::Spawn(helper);
                    return Step::Block(Block::Start { launch, label: None, how: Ties::ALONE });
                }
                Act::Hear => {
                    while let Some(message) = context.receive_now(|_| true) {
                        say(context, || match &message {
                            Received::Exit { reason, .. } => format!("heard EXIT {}", show(reason)),
                            Received::Message(_) => "heard a message".to_owned(),
                            Received::Down { reason, .. } => format!("heard DOWN {}", show(reason)),
                        });
                    }
                }
                Act::Living(labels) => {
                    let alive: Vec<_> =
                        labels.into_iter().filter(|text| seek(label(text), context).is_some()).collect();
                    say(context, || format!("alive: {}", alive.join(" ")));
                }
                Act::Say(text) => say(context, || text.to_owned()),
                Act::Application(request) => return call(name("ac"), Request::Application(request), context),
                Act::Finish => return Step::Return(Return::Ok(Then::Wait)),
            }
        }
    }

    pub(super) fn drive(&mut self, cue: Cue<Toy>, context: &mut Context<'_, Actor<Toy>>) -> Step<Toy> {
        match cue {
            Cue::Callback(_) => {
                context.trap_exit(true);
            }
            Cue::Called(Ok(answer)) => say(context, || show(&answer)),
            Cue::Called(Err(reason)) => say(context, || format!("exit {}", show(&reason))),
            Cue::Started(started) => {
                let helper = matches!(started, Started::Ok { .. })
                    && matches!(&self.kind, Kind::Driver { acts, next, .. } if matches!(acts[next - 1], Act::Spawn(_)));
                if !helper {
                    say(context, || show(&started.into()));
                }
            }
            Cue::Stopped(_)
            | Cue::Continue
            | Cue::Awaited(_)
            | Cue::TaskShutDown(_)
            | Cue::Streamed(_)
            | Cue::TimeUp
            | Cue::StartedMonitor(..)
            | Cue::Received(_)
            | Cue::Quiet(_) => (),
        }
        self.act(context)
    }
}

pub(super) fn say(context: &mut Context<'_, Actor<Toy>>, line: impl FnOnce() -> String) {
    context.report(|| Report::Guest(line()));
}

fn call(whom: Whom, request: Request<Toy>, context: &Context<'_, Actor<Toy>>) -> Step<Toy> {
    let target = match whom {
        Whom::Name(name) => Target::Name(name),
        Whom::Label(_) => Target::Pid(find(whom, context)),
    };
    Step::Block(Block::Call { target, request, timeout: CallTimeout::Infinity, said: None })
}

fn seek(whom: Whom, context: &Context<'_, Actor<Toy>>) -> Option<Pid> {
    let processes = context.world().processes();
    match whom {
        Whom::Name(name) => context.world().whereis(name),
        Whom::Label(label) => {
            { processes.filter(|process| process.label == label).max_by_key(|process| process.nth) }
                .map(|process| process.pid)
        }
    }
}

fn find(whom: Whom, context: &Context<'_, Actor<Toy>>) -> Pid {
    seek(whom, context).unwrap_or_else(|| panic!("nobody is {whom:?}"))
}
