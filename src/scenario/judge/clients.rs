//! How the clients fared: expectations that did not hold, clients that died, clients that still wait.

use crate::kernel::{Atom, Pid, Term};
use crate::model::{Breach, Part, Sentence};
use crate::otp::{self, Actor, Blocked};

use super::super::ast::Span;
use super::super::language::{Expectation, Lowered};
use super::super::script::ScriptWorld;
use super::super::script::{ClientState, Expression, FailedExpectation, Liveness, Unmet, counted};
use super::Judge;
use super::{evidence, settled, test_failure};

const PROPERTY: &str = "expect";

impl Judge<'_> {
    /// Tells the failures that are new.
    pub(super) fn observe_clients(&mut self, world: &ScriptWorld, step: u64) {
        let failures = &world.common().failures;
        for failure in &failures[self.failures_told..] {
            let reason = match &failure.why {
                Unmet::Exited(reason) => Some(reason.clone()),
                _ => None,
            };
            self.breaches.push(Breach {
                property: PROPERTY.to_owned(),
                why: self.sentence(failure, world),
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
                        None => {
                            why.extend(waits_for(*pid, world));
                            why.extend(self.further(*pid, world));
                        }
                    }
                    self.breaches.push(breach(why, None, world.now(), step));
                }
            }
        }
    }

    /// For whom those wait for whom a client waits, and so on, up to one that waits for nobody.
    fn further(&self, client: Pid, world: &ScriptWorld) -> Sentence {
        let mut way = vec![client];
        let next = |pid: &Pid| otp::waits_for(*pid, world).into_iter().next();
        while let Some(awaited) = way.last().and_then(next).filter(|awaited| !way.contains(awaited)) {
            way.push(awaited);
        }
        let further = way.get(2..).unwrap_or_default().iter();
        let mut sentence: Sentence =
            further.flat_map(|pid| [Part::text(", which waits for "), Part::Process(*pid)]).collect();
        let last = way.len().checked_sub(2).and_then(|place| world.process(way[place]));
        if last.is_some_and(|last| settled::forgot(last, world, self.image).is_some()) {
            sentence.push(Part::text(", where nobody remembers who asked"));
        }
        sentence
    }

    /// Whose expectation did not hold, what was found, and where the line itself does not say it, what was
    /// wanted.
    fn sentence(&self, failure: &FailedExpectation, world: &ScriptWorld) -> Sentence {
        let expected = self.image.expected(Span::new(failure.start, failure.end));
        let mut why = vec![Part::Process(failure.pid)];
        let mut found = |text: &str, term: &Term| why.extend([Part::text(text), Part::Term(term.clone())]);
        match &failure.why {
            Unmet::Result(value) => found(" got ", value),
            Unmet::Returned(value) => found(" expected an exit or an error and got ", value),
            Unmet::Exited(reason) => found(" ended with ", reason),
            Unmet::OtherReason(reason) => found(" expected another reason than ", reason),
            Unmet::Process { who, is } => {
                why.extend([Part::text(": "), self.called(who)]);
                why.extend(self.process_is(*is, who, expected, world));
            }
            Unmet::Children(children, wanted) => {
                let terms = |list: &Term| match list {
                    Term::List(terms, _) => row(terms),
                    other => vec![Part::Term(other.clone())],
                };
                why.push(Part::text(": the children are "));
                why.extend(terms(children));
                why.push(Part::text(", and wanted were "));
                why.extend(terms(wanted));
            }
            Unmet::Counts(counts) => match expected.and_then(|expected| miscounted(expected, counts)) {
                Some((supervisor, found, wanted)) => {
                    let whose = supervisor.map_or(Part::text("the supervisor"), |who| self.called(who));
                    let told = Part::Text(format!(" has {found}, and {wanted} was wanted"));
                    why.extend([Part::text(": "), whose, told]);
                }
                None => found(": the counts are ", counts),
            },
            Unmet::Condition(sides) => {
                why.push(Part::text(": "));
                match expected {
                    Some(Expectation::Condition { condition: asked }) => {
                        why.extend(evidence::of_condition(&asked.words, sides, world, &self.history));
                    }
                    _ => why.push(Part::text("the condition does not hold")),
                }
            }
            Unmet::Test { name, reason } => {
                // By its name, so that the failure of another test is another failure.
                why = vec![Part::Text(self.image.atoms().text(*name).to_owned())];
                why.extend(test_failure::sentence(reason, &self.image.code));
            }
            Unmet::NoMessage => why.push(Part::text(" got no such message in time")),
            Unmet::NotSettled => why.push(Part::text(" waited in vain for everything to settle")),
        }
        why
    }

    /// What a process is that was expected to be something else.
    fn process_is(
        &self,
        is: Liveness,
        who: &Term,
        expected: Option<&Expectation<Lowered>>,
        world: &ScriptWorld,
    ) -> Sentence {
        let nth = match is {
            Liveness::Alive => return vec![Part::text(" is alive, and was wanted dead")],
            Liveness::Dead => {
                let why = Part::Aside(self.history.why_nobody(who, world));
                return vec![Part::text(" is not alive"), why];
            }
            Liveness::Untouched => 1,
            Liveness::Restarted(nth) => nth,
        };
        vec![match (expected, nth) {
            (Some(Expectation::Incarnation { number: wanted, .. }), _) => {
                Part::Text(format!(" is incarnation {nth}, and {wanted} was wanted"))
            }
            (_, 1) => Part::text(" has not been restarted"),
            (_, _) => Part::Text(format!(" has been restarted: it is incarnation {nth}")),
        }]
    }

    /// A process as the file calls it.
    fn called(&self, who: &Term) -> Part {
        match who {
            Term::Pid(pid) => Part::Process(*pid),
            Term::Atom(name) => Part::text(self.image.atoms().text(*name)),
            other => Part::Term(other.clone()),
        }
    }
}

/// Of what `count_children` has answered, the first number that was expected to be another: whose, what it
/// counts, and what was wanted.
fn miscounted<'e>(
    expected: &'e Expectation<Lowered>,
    counts: &Term,
) -> Option<(Option<&'e Term>, String, u64)> {
    let Expectation::Count { supervisor, counts: wanted } = expected else { return None };
    let supervisor = match supervisor {
        Expression::Constant(term) => Some(term),
        _ => None,
    };
    wanted.iter().find_map(|(field, wanted)| {
        let found = counted(counts, *field)?;
        (i64::try_from(*wanted) != Ok(found)).then(|| (supervisor, evidence::counted(found, *field), *wanted))
    })
}

fn breach(why: Sentence, reason: Option<Term>, at: u64, step: u64) -> Breach {
    Breach { property: PROPERTY.to_owned(), why, reason, span: None, at, step }
}

/// Terms in a row: `a, b and c`.
fn row(terms: &[Term]) -> Sentence {
    let mut sentence = Vec::new();
    for (place, term) in terms.iter().enumerate() {
        let before = match place {
            0 => "",
            _ if place + 1 == terms.len() => " and ",
            _ => ", ",
        };
        sentence.extend([Part::text(before), Part::Term(term.clone())]);
    }
    if terms.is_empty() {
        sentence.push(Part::text("none"));
    }
    sentence
}

fn waits_for(pid: Pid, world: &ScriptWorld) -> Sentence {
    let Some(process) = world.process(pid) else { return vec![Part::text(" has vanished")] };
    let Actor::Plain(plain) = process.behaviour() else { return Vec::new() };
    match plain.activity.blocked() {
        Blocked::Call(call) => {
            let target = Term::from(call.target());
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
        Blocked::Stream(stream) => {
            vec![Part::text(" still reads the stream of "), Part::Process(stream.monitor)]
        }
        Blocked::Receive => vec![Part::text(" still waits for a message that nobody will send")],
        Blocked::Sleep => vec![Part::text(" hangs for ever")],
        Blocked::Quiet | Blocked::No | Blocked::Preempted => {
            vec![Part::text(" has not finished: "), Part::Term(Atom::TIMEOUT.into())]
        }
    }
}
