//! How the clients fared: expectations that did not hold, clients that died, clients that still wait.

use crate::kernel::{Atom, Pid, Term};
use crate::otp::{Actor, Blocked};

use super::super::ScriptWorld;
use super::super::ast::Span;
use super::super::script::{ClientState, Condition, Expectation, Failure};
use super::Judge;
use super::breach::{Breach, Part, Sentence};

const PROPERTY: &str = "expect";

impl Judge<'_> {
    /// Tells the failures that are new.
    pub(super) fn observe_clients(&mut self, world: &ScriptWorld, step: u64) {
        let failures = &world.common().failures;
        for failure in &failures[self.failures_told..] {
            let reason = match &failure.why {
                Expectation::Exited(reason) => Some(reason.clone()),
                _ => None,
            };
            self.breaches.push(Breach {
                property: PROPERTY.to_owned(),
                why: sentence(failure),
                reason,
                span: Some(Span::new(failure.start, failure.end)),
                at: world.now(),
                step,
            });
        }
        self.failures_told = failures.len();
    }

    /// Tells what is left when nothing can happen any more.
    pub(super) fn settle_clients(&mut self, world: &ScriptWorld, step: u64) {
        for (name, reason) in &world.common().not_started {
            let why = vec![
                Part::Term((*name).into()),
                Part::text(" could not be started: "),
                Part::Term(reason.clone()),
            ];
            self.breaches.push(breach(why, None, world.now(), step));
        }
        for client in &world.common().clients {
            match client {
                ClientState::Finished(_) => (),
                ClientState::NotStarted => {
                    let why =
                        vec![Part::text("the clients were never started: a tree did not finish starting")];
                    self.breaches.push(breach(why, None, world.now(), step));
                    return;
                }
                ClientState::Died(pid, reason) => {
                    if !world.common().failures.iter().any(|failure| failure.pid == *pid) {
                        let why = vec![
                            Part::Process(*pid),
                            Part::text(" was ended by an exit signal: "),
                            Part::Term(reason.clone()),
                        ];
                        self.breaches.push(breach(why, Some(reason.clone()), world.now(), step));
                    }
                }
                ClientState::Running(pid) => {
                    let mut why = vec![Part::Process(*pid)];
                    match &world.common().halted {
                        Some(reason) => {
                            why.push(Part::text(" was at work when the node terminated: "));
                            why.push(Part::Term(reason.clone()));
                        }
                        None => why.extend(waits_for(*pid, world)),
                    }
                    self.breaches.push(breach(why, None, world.now(), step));
                }
            }
        }
    }
}

fn breach(why: Sentence, reason: Option<Term>, at: u64, step: u64) -> Breach {
    Breach { property: PROPERTY.to_owned(), why, reason, span: None, at, step }
}

fn sentence(failure: &Failure) -> Sentence {
    let process = Part::Process(failure.pid);
    let found = |text: &str, term: &Term| vec![process.clone(), Part::text(text), Part::Term(term.clone())];
    match &failure.why {
        Expectation::Result(value) => found(" got ", value),
        Expectation::Returned(value) => found(" expected an exit or an error and got ", value),
        Expectation::Exited(reason) => found(" ended with ", reason),
        Expectation::OtherReason(reason) => found(" expected another reason than ", reason),
        Expectation::Process { who, is } => {
            let is = match is {
                Condition::Alive => " is alive".to_owned(),
                Condition::Dead => " is not alive".to_owned(),
                Condition::Untouched => " has not been restarted".to_owned(),
                Condition::Restarted(nth) => format!(" is incarnation {nth}"),
            };
            vec![process, Part::text(": "), Part::Term(who.clone()), Part::Text(is)]
        }
        Expectation::Children(children) => found(": the children are ", children),
        Expectation::Counts(counts) => found(": the counts are ", counts),
        Expectation::Condition(Some(value)) => {
            found(": the condition does not hold; the left side is ", value)
        }
        Expectation::Condition(None) => vec![process, Part::text(": the condition does not hold")],
        Expectation::NoMessage => vec![process, Part::text(" got no such message in time")],
        Expectation::NotSettled => vec![process, Part::text(" waited in vain for everything to settle")],
    }
}

fn waits_for(pid: Pid, world: &ScriptWorld) -> Sentence {
    let Some(process) = world.process(pid) else { return vec![Part::text(" has vanished")] };
    let Actor::Plain(plain) = process.behaviour() else { return Vec::new() };
    match plain.activity.blocked() {
        Blocked::Call(call) => {
            let target = crate::otp::target_term(call.target());
            vec![Part::text(" still waits for an answer from "), Part::Term(target)]
        }
        Blocked::Start(start) => {
            vec![Part::text(" still waits for the start of "), Part::Process(start.child)]
        }
        Blocked::Stop(_) => vec![Part::text(" still waits for a process to stop")],
        Blocked::CodeChange(_) => vec![Part::text(" still waits for a code change")],
        Blocked::Await(wait) => vec![Part::text(" still awaits "), Part::Process(wait.task)],
        Blocked::TaskShutdown(shutdown) => {
            vec![Part::text(" still waits for the end of "), Part::Process(shutdown.task)]
        }
        Blocked::Receive => vec![Part::text(" still waits for a message that nobody will send")],
        Blocked::Sleep => vec![Part::text(" hangs for ever")],
        Blocked::Quiet | Blocked::No | Blocked::Preempted => {
            vec![Part::text(" has not finished: "), Part::Term(Atom::TIMEOUT.into())]
        }
    }
}
