//! What happened in one step, as part of a sentence.

use std::fmt;

use crate::kernel::{Choice, Event, EventKind, Fate, Object, Pid, Received, Signal, Wakeup, World};
use crate::otp::{Actor, Guest, Message, Report, Started, is_abnormal};

use super::labels;
use super::names::Directory;
use super::settings::Settings;
use super::terms::Names;
use super::vocabulary::message_content;

/// `test's call {:lookup, 1}` and `reaches registry`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Who or what.
    pub subject: String,
    /// What it does.
    pub predicate: String,
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.subject, self.predicate)
    }
}

impl Clause {
    /// A choice in words, and what happened in the step in which it was made; no events if it was not.
    pub fn of<G: Guest>(choice: Choice, events: &[Event<Actor<G>>], names: &Names<'_>) -> Clause {
        let clause = |subject: String, predicate: String| Clause { subject, predicate };
        match choice {
            Choice::Deliver { from, to } => {
                let arrived = events.iter().find_map(|event| match &event.kind {
                    EventKind::Arrived { signal, fate, .. } if event.pid == to => Some((signal, *fate)),
                    _ => None,
                });
                let to = names.pid(to);
                let from = names.pid(from);
                match arrived {
                    Some((signal, fate)) => {
                        let late = if fate == Fate::NoProcess { ", which is dead" } else { "" };
                        clause(signal_noun(signal, from, names), format!("reaches {to}{late}"))
                    }
                    None => clause(format!("what {from} has sent"), format!("reaches {to}")),
                }
            }
            Choice::Run(pid) => {
                let mut own = events.iter().filter(|event| event.pid == pid).map(|event| &event.kind);
                let sends = own.clone().find_map(|kind| match kind {
                    EventKind::Sent { to, signal: Signal::Message { body, .. } } => sends(body, *to, names),
                    _ => None,
                });
                let does = match (own.next(), sends) {
                    (Some(EventKind::Took(Received::Message(Message::Reply { .. }))) | None, Some(sends))
                    | (Some(EventKind::Sent { .. }), Some(sends)) => sends,
                    (Some(EventKind::Took(received)), _) => {
                        format!("handles {}", received_noun(received, names))
                    }
                    (Some(EventKind::TimedOut), _) => {
                        return clause(format!("the wait of {}", names.pid(pid)), "is over".to_owned());
                    }
                    _ => deed(pid, events, names).unwrap_or_else(|| "goes on".to_owned()),
                };
                clause(names.pid(pid).to_owned(), does)
            }
            Choice::Tick { due, .. } => clause("the clock".to_owned(), format!("reaches {due} ms")),
            Choice::Kill(pid) => clause(names.pid(pid).to_owned(), "is killed".to_owned()),
            Choice::Fault(number) => clause(format!("fault {}", u32::from(number) + 1), "strikes".to_owned()),
        }
    }

    /// A fault, as whoever planned it calls it.
    pub fn of_fault(words: &str) -> Clause {
        Clause { subject: format!("the fault `{words}`"), predicate: "strikes".to_owned() }
    }
}

/// What somebody does who has taken nothing from his mailbox, in the words of the story.
fn deed<G: Guest>(pid: Pid, events: &[Event<Actor<G>>], names: &Names<'_>) -> Option<String> {
    let registered = events.iter().find_map(|event| match &event.kind {
        EventKind::Registered(name) if event.pid == pid => {
            Some(format!("is registered as {}", names.atom(*name)))
        }
        _ => None,
    });
    let deed = events.iter().find_map(|event| match &event.kind {
        EventKind::Spawned { parent: Some(parent), .. } if *parent == pid => {
            Some(format!("starts {}", names.pid(event.pid)))
        }
        _ if event.pid != pid => None,
        EventKind::Reported(Report::Decision(decision)) => {
            labels::decision(decision, *names).map(|(words, _)| words)
        }
        EventKind::Exited { reason, .. } => {
            let verb = if is_abnormal(reason) { "dies" } else { "ends" };
            Some(format!("{verb}: {}", names.brief_reason(reason)))
        }
        EventKind::Sent { to, signal: Signal::Message { body, .. } } => match body {
            Message::Ack { result: Started::Ok { .. }, .. } => {
                Some(format!("tells {} that it has started", names.pid(*to)))
            }
            Message::Ack { .. } => Some(format!("tells {} that its start has failed", names.pid(*to))),
            Message::Reply { .. } | Message::Terminate { .. } => {
                Some(format!("sends {} to {}", labels::message(body, *names), names.pid(*to)))
            }
            _ => None,
        },
        EventKind::Sent { to, signal: signal @ (Signal::Exit(_) | Signal::ExitAlias(..)) } => {
            Some(format!("sends {} to {}", labels::signal(signal, *names), names.pid(*to)))
        }
        _ => None,
    });
    deed.or(registered)
}

/// What a choice would do that is offered in a world and has not been taken, as a sentence.
pub fn offered<G: Guest>(
    choice: Choice,
    world: &World<Actor<G>>,
    directory: &Directory,
    settings: &Settings<'_>,
) -> String {
    let names = &settings.names(directory);
    match choice {
        Choice::Deliver { from, to } => {
            let late = if world.process(to).is_none() { ", which is dead" } else { "" };
            let subject = match world.in_flight(from, to).next() {
                Some(signal) => signal_noun(signal, names.pid(from), names),
                None => format!("what {} has sent", names.pid(from)),
            };
            format!("{subject} reaches {}{late}", names.pid(to))
        }
        Choice::Run(pid) => {
            let who = names.pid(pid);
            let Some(process) = world.process(pid) else { return format!("{who} goes on") };
            match process.wakeup() {
                Wakeup::Start => format!("{who} starts to run"),
                Wakeup::Message(place) => match process.mailbox.get(place) {
                    Some(received) => format!("{who} handles {}", received_noun(received, names)),
                    None => format!("{who} goes on"),
                },
                Wakeup::Timeout => format!("the wait of {who} is over"),
                Wakeup::Continue | Wakeup::Waiting | Wakeup::WaitingForQuiet => format!("{who} goes on"),
            }
        }
        Choice::Tick { .. } | Choice::Kill(_) | Choice::Fault(_) => {
            Clause::of::<G>(choice, &[], names).to_string()
        }
    }
}

/// What a process says to another of its own accord.
fn sends<G: Guest>(message: &Message<G>, to: Pid, names: &Names<'_>) -> Option<String> {
    let what = match message {
        Message::Call { .. } => "call ",
        Message::Cast(_) => "cast ",
        Message::Info(_) => "",
        Message::Terminate { .. }
        | Message::Reply { .. }
        | Message::Ack { .. }
        | Message::TryAgain { .. }
        | Message::Work(_)
        | Message::Stream(_) => {
            return None;
        }
    };
    Some(format!("sends {what}{} to {}", names.term(&message_content(message)), names.pid(to)))
}

/// Whether it says something to those who know what the processes do, and not how OTP does it.
pub fn is_telling<G: Guest>(choice: Choice, events: &[Event<Actor<G>>]) -> bool {
    events.iter().any(|event| match (&event.kind, choice) {
        (EventKind::Arrived { signal, .. }, Choice::Deliver { .. }) => match signal {
            Signal::Message { body, .. } => !matches!(body, Message::Ack { .. } | Message::TryAgain { .. }),
            Signal::Exit(_) | Signal::ExitAlias(..) | Signal::LinkExit(_) | Signal::Down { .. } => true,
            Signal::Link
            | Signal::Unlink(_)
            | Signal::UnlinkAck(_)
            | Signal::Monitor { .. }
            | Signal::Demonitor(_) => false,
        },
        (EventKind::Took(Received::Message(body)), Choice::Run(_)) => !matches!(body, Message::Ack { .. }),
        (EventKind::Took(_), Choice::Run(_)) => true,
        _ => false,
    })
}

/// A signal as the subject of a sentence.
fn signal_noun<G: Guest>(signal: &Signal<Message<G>>, from: &str, names: &Names<'_>) -> String {
    match signal {
        Signal::Message { body, .. } => message_noun(body, Some(from), names),
        Signal::Exit(reason) | Signal::ExitAlias(_, reason) => {
            format!("{from}'s exit signal {}", names.term(reason))
        }
        Signal::LinkExit(_) => format!("the exit signal of {from}'s death"),
        Signal::Down { .. } => format!("the DOWN of {from}"),
        Signal::Link => format!("{from}'s link"),
        Signal::Unlink(_) => format!("{from}'s unlink"),
        Signal::UnlinkAck(_) => format!("{from}'s answer to an unlink"),
        Signal::Monitor { .. } => format!("{from}'s monitor"),
        Signal::Demonitor(_) => format!("{from}'s demonitor"),
    }
}

fn received_noun<G: Guest>(received: &Received<Message<G>>, names: &Names<'_>) -> String {
    match received {
        Received::Message(body) => message_noun(body, None, names),
        Received::Exit { from, .. } => format!("the EXIT of {}", names.pid(*from)),
        Received::Down { object: Object::Pid(from), .. } => format!("the DOWN of {}", names.pid(*from)),
        Received::Down { object: Object::Name(name, _), .. } => format!("the DOWN of {}", names.atom(*name)),
    }
}

fn message_noun<G: Guest>(message: &Message<G>, from: Option<&str>, names: &Names<'_>) -> String {
    let content = names.term(&message_content(message));
    let from = match message {
        Message::Call { from, .. } | Message::Terminate { from, .. } => Some(names.pid(from.pid)),
        Message::Ack { child, .. } => Some(names.pid(*child)),
        _ => from.filter(|from| !from.starts_with("timer of ")),
    };
    let whose = from.map_or("the ".to_owned(), |from| format!("{from}'s "));
    match message {
        Message::Call { .. } => format!("{whose}call {content}"),
        Message::Reply { .. } => format!("{whose}reply {content}"),
        Message::Cast(_) => format!("{whose}cast {content}"),
        Message::Info(_) => format!("{whose}message {content}"),
        Message::Terminate { .. } => format!("{whose}request to stop"),
        Message::Ack { result: Started::Ok { .. }, .. } => format!("{whose}word that it has started"),
        Message::Ack { .. } => format!("{whose}word that its start has failed"),
        Message::TryAgain { .. } => format!("{whose}note to try {content} again"),
        Message::Work(_) => format!("{whose}word what to do"),
        Message::Stream(_) => format!("{whose}word {content}"),
    }
}
