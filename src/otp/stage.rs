//! Plays a script of toys under a schedule: the calm one, or one drawn from a seed.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::kernel::{Event, EventKind, Events, World};

use super::toy::{Act, Counters, Start, Toy, atom, show};
use super::{Actor, Decision, ErrorContext, Release, Report, SupervisorInit};

/// What a played script leaves.
pub(crate) struct Played {
    /// Everything that happened.
    pub(crate) events: Vec<Event<Actor<Toy>>>,
    /// The world as it ended.
    pub(crate) world: World<Actor<Toy>>,
}

/// OTP 25.
pub(crate) const OTP_25: Release = Release { otp: 25, elixir: (1, 14) };

/// The newest that is modelled.
pub(crate) const OTP_29: Release = Release { otp: 29, elixir: (1, 18) };

/// Plays a script calmly, until nothing can happen.
pub(crate) fn play(acts: Vec<Act>, release: Release) -> Played {
    play_by(acts, release, None)
}

/// Plays a script under a schedule drawn from a seed; within 10 ms of virtual time everybody gets a turn.
pub(crate) fn play_seed(acts: Vec<Act>, release: Release, seed: u64) -> Played {
    play_by(acts, release, Some(ChaCha8Rng::seed_from_u64(seed)))
}

fn play_by(acts: Vec<Act>, release: Release, mut dice: Option<ChaCha8Rng>) -> Played {
    let mut events = Events::recorded();
    let driver = Actor::Plain(match Toy::driver(acts) {
        super::Body::Plain(toy) => super::Plain::new(toy),
        _ => unreachable!("drivers are plain"),
    });
    let mut world = World::new(atom("test"), driver, Counters::default(), Some(10), &mut events);
    for _ in 0..2_000_000 {
        let choices = world.choices();
        let choice = match &mut dice {
            None => choices.calm(),
            Some(_) if choices.is_empty() => None,
            Some(dice) => {
                let count = u64::try_from(choices.len()).expect("a usize fits");
                let index = (u128::from(dice.next_u64()) * u128::from(count)) >> 64;
                choices.get(usize::try_from(index).expect("below the count"))
            }
        };
        let Some(choice) = choice else {
            return Played { events: events.drain(), world };
        };
        world.step(choice, &release, &mut events);
    }
    panic!("two million steps were not enough");
}

/// `sv:go(Init)`, registered as `sup`.
pub(crate) fn go(init: SupervisorInit<Toy>) -> Act {
    Act::Start(Start::Supervisor(Box::new(init), Some(atom("sup"))))
}

impl Played {
    /// What the toys and drivers said.
    pub(crate) fn said(&self) -> Vec<String> {
        self.lines(|report| match report {
            Report::Guest(line) => Some(line.clone()),
            _ => None,
        })
    }

    /// What they said and what the supervisors logged.
    pub(crate) fn logged(&self) -> Vec<String> {
        self.lines(|report| match report {
            Report::Guest(line) => Some(line.clone()),
            Report::Supervisor { context, reason, offender } => {
                let context = match context {
                    ErrorContext::StartError => "start_error",
                    ErrorContext::ChildTerminated => "child_terminated",
                    ErrorContext::ShutdownError => "shutdown_error",
                    ErrorContext::Shutdown => "shutdown",
                };
                Some(format!("report {context} {} {}", show(&offender.id), show(reason)))
            }
            Report::Progress { started, .. } => Some(format!("progress {}", show(&started.id))),
            Report::Unexpected { message } => Some(format!("unexpected {}", show(message))),
            Report::ServerTerminating { reason } => Some(format!("terminating {}", show(reason))),
            Report::Supervises { .. }
            | Report::Decision(_)
            | Report::Terminate { .. }
            | Report::Initialised(_)
            | Report::Application(_) => None,
        })
    }

    /// What the supervisors decided.
    pub(crate) fn decisions(&self) -> Vec<&Decision> {
        self.events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::Reported(Report::Decision(decision)) => Some(decision),
                _ => None,
            })
            .collect()
    }

    /// The lines that `line` makes of the reports.
    pub(crate) fn lines(&self, line: impl Fn(&Report<Toy>) -> Option<String>) -> Vec<String> {
        self.events
            .iter()
            .filter_map(|event| match &event.kind {
                EventKind::Reported(report) => line(report),
                _ => None,
            })
            .collect()
    }
}

/// Holds a transcript against the lines that Erlang printed.
#[track_caller]
pub(crate) fn same(lines: &[String], expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let said: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    assert_eq!(said, expected, "got:\n{}", lines.join("\n"));
}
