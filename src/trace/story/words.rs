//! What a node says: who, and what happened.

use crate::kernel::{Atom, Term};
use crate::otp::Restart;
use crate::trace::line::{Line, Tone};
use crate::trace::terms::Names;

use super::lives::{died_line, start_line, stopping_line};
use super::node::{Node, Outcome, Verb, Way, What};

/// How many children a sentence names before it counts the rest.
const NAMED_MAX: usize = 4;

/// Values up to this length are kept on one line.
const WHOLE_MAX: usize = 48;

/// And elements of longer values up to this one.
const ELEMENT_MAX: usize = 60;

/// Who it is about. Below somebody's own node, only the other party is named.
pub(super) fn who(node: &Node, parent: &Node, names: Names<'_>) -> Line {
    let Some(actor) = node.actor else { return Line::new().with(Tone::Faint, "node") };
    let name = Line::new().with(Tone::Name, names.pid(actor));
    let Some(other) = node.other else { return name };
    if matches!(node.what, What::Heard { .. } | What::TakesLate(_) | What::GoesOn(_)) {
        return name;
    }
    let receiver = match parent.what {
        What::Heard { .. } | What::TakesLate(_) | What::GoesOn(_) => parent.actor,
        _ => parent.other.or(parent.actor),
    };
    let goes_without_saying = receiver == Some(actor);
    let mut line = if goes_without_saying { Line::new() } else { name.with(Tone::Plain, " ") };
    line.push(Tone::Faint, "→ ");
    line.with(Tone::Name, names.pid(other))
}

/// What happened.
pub(super) fn what(node: &Node, parent: &Node, names: Names<'_>) -> Line {
    match &node.what {
        What::Run => Line::new(),
        What::Start(start) => start_line(node, start, names),
        What::Call { verb, request, outcome } => {
            let mut line = match verb {
                Verb::Request => request_line(request, names),
                _ => Line::new().with(Tone::Plain, "call ").with(Tone::Value, whole(names.term(request))),
            };
            line.append(outcome_line(outcome, names));
            line
        }
        What::Stop { reason, outcome } => {
            let mut line = Line::new().with(Tone::Plain, "stop");
            if !reason.is(Atom::NORMAL) {
                line.push(Tone::Plain, " ");
                line.push(Tone::Value, names.term(reason));
            }
            line.append(outcome_line(outcome, names));
            line
        }
        What::Signal { verb, content, fate } => {
            let word = match verb {
                Verb::Cast => "cast ",
                Verb::Exit => "exit ",
                Verb::Reply => "reply ",
                _ => "send ",
            };
            let line = Line::new().with(Tone::Plain, word).with(Tone::Value, whole(names.term(content)));
            match (fate, verb) {
                (Way::Fine, _) => line,
                (Way::First, _) => line.with(Tone::Faint, "  (a priority message)"),
                (Way::Lost, Verb::Exit) => line.with(Tone::Faint, "  (it was dead by then)"),
                (Way::Lost, _) => line.with(Tone::Bad, "  ✗ lost: nobody is there"),
                (Way::Unconnected, _) => line.with(Tone::Bad, "  ✗ lost: no connection"),
                (Way::Ignored, Verb::Exit) => line.with(Tone::Faint, "  ignored"),
                (Way::Ignored, _) => line.with(Tone::Faint, "  dropped"),
            }
        }
        What::Timer(content) => {
            Line::new().with(Tone::Plain, "timer fires ").with(Tone::Value, names.term(content))
        }
        What::Died { .. } => died_line(node, parent, names),
        What::Stopping(stopping) => stopping_line(stopping, names),
        What::Restarting { child, dynamic, strategy, used, intensity, period, start, again } => {
            let line = Line::new();
            let called = match dynamic {
                Some(_) if matches!(parent.what, What::Died { .. }) && !again => "it".to_owned(),
                Some(pid) => names.pid(*pid).to_owned(),
                None => names.id(child),
            };
            let line = if *again {
                line.with(Tone::Warning, format!("tries {called} again"))
            } else {
                let start: Vec<String> = match start.as_slice() {
                    [] | [_] => vec![called],
                    several => several.iter().map(|id| names.id(id)).collect(),
                };
                let line = line.with(Tone::Warning, format!("restarts {}", list(&start)));
                match dynamic {
                    Some(_) => line,
                    None => line.with(Tone::Faint, format!(" ({})", strategy.word())),
                }
            };
            line.with(
                Tone::Plain,
                format!(": {}", whole(format!("restart {used} of {intensity} in {period} s"))),
            )
        }
        What::NotRestarted { child, reason, restart } => {
            let why = match restart {
                Restart::Transient => {
                    format!("{}, and {} is no failure", restart.word(), names.brief_reason(reason))
                }
                Restart::Temporary | Restart::Permanent => restart.word().to_owned(),
            };
            let it = if parent.actor == Some(*child) { "it" } else { names.pid(*child) };
            Line::new()
                .with(Tone::Plain, format!("does not restart {it}"))
                .with(Tone::Faint, format!(" ({why})"))
        }
        What::GivingUp { intensity, period } => Line::new()
            .with(Tone::Bad, "gives up")
            .with(Tone::Plain, format!(": {}", more_than(*intensity, *period))),
        What::AutoShutdown { child } => Line::new()
            .with(Tone::Warning, "shuts down")
            .with(Tone::Plain, format!(" with its significant child {}", names.id(child))),
        What::StartError { child, reason } => Line::new()
            .with(Tone::Bad, format!("could not start {}", names.id(child)))
            .with(Tone::Plain, format!(": {}", names.brief_reason(reason))),
        What::ShutdownErrors { count, reason } => Line::new()
            .with(Tone::Bad, format!("reports {} shutdown errors", grouped(*count)))
            .with(Tone::Plain, format!(": {}", names.brief_reason(reason))),
        What::TryAgain { child, reason } => {
            let line = Line::new().with(Tone::Warning, "will try ").with(Tone::Plain, names.id(child));
            let line = line.with(Tone::Warning, " again");
            match reason {
                Some(reason) => line.with(Tone::Plain, format!(": {}", names.brief_reason(reason))),
                None => line,
            }
        }
        What::Heard { verb, reason, late } => {
            let word = if *verb == Verb::Down { "gets DOWN" } else { "gets EXIT" };
            let line = Line::new().with(Tone::Plain, word);
            let known = matches!(&parent.what, What::Died { reason: told, .. } if told == reason);
            if known {
                return line;
            }
            let of = node.other.map_or(String::new(), |other| format!(" of {}", names.pid(other)));
            match *late && !reason.is(Atom::NOPROC) {
                true => line.with(Tone::Plain, of).with(Tone::Faint, "  (late)"),
                false => line.with(Tone::Plain, format!("{of}: {}", names.brief_reason(reason))),
            }
        }
        What::Unexpected(message) => Line::new()
            .with(Tone::Warning, "drops an unexpected message ")
            .with(Tone::Value, names.term(message)),
        What::Named { verb, name } => {
            let word =
                if *verb == Verb::Register { "is now registered as " } else { "is no longer registered as " };
            Line::new().with(Tone::Plain, word).with(Tone::Value, names.atom(*name))
        }
        What::Note(line) => line.clone(),
        What::TakesLate(taken) => {
            let mut line = Line::new().with(Tone::Plain, "takes ");
            line.append(message_line(node, taken, names));
            line.with(Tone::Faint, "  (late)")
        }
        What::GoesOn(None) => Line::new().with(Tone::Plain, "goes on"),
        What::GoesOn(Some(taken)) => {
            let mut line = Line::new().with(Tone::Plain, "goes on with ");
            line.append(message_line(node, taken, names));
            line
        }
        What::ToldToStop => Line::new().with(Tone::Plain, "is told to stop"),
    }
}

/// A message that was told further up.
fn message_line(node: &Node, message: &What, names: Names<'_>) -> Line {
    let line = match message {
        What::Call { verb: Verb::Request, request, .. } => request_line(request, names),
        What::Call { request: content, .. } | What::Signal { content, .. } => {
            Line::new().with(Tone::Value, whole(names.term(content)))
        }
        _ => Line::new().with(Tone::Plain, "stop"),
    };
    let from = node.other.map_or(String::new(), |other| format!(" of {}", names.pid(other)));
    line.with(Tone::Plain, from)
}

fn outcome_line(outcome: &Outcome, names: Names<'_>) -> Line {
    let after = |took: u64, line: Line| match took {
        0 => line,
        took => line.with(Tone::Faint, format!("  ({took}\u{a0}ms)")),
    };
    match outcome {
        Outcome::Open => Line::new().with(Tone::Warning, "  … no answer yet"),
        Outcome::Answered { reply, took, later } => {
            let line = Line::new().with(Tone::Faint, " = ").with(Tone::Value, whole(names.term(reply)));
            match *later && *took == 0 {
                true => line.with(Tone::Faint, "  (later)"),
                false => after(*took, line),
            }
        }
        Outcome::Stopped { took } => {
            after(*took, Line::new().with(Tone::Faint, " = ").with(Tone::Value, names.atom(Atom::OK)))
        }
        Outcome::Failed { took, below: true, .. } => after(*took, Line::new().with(Tone::Bad, "  ✗ it died")),
        Outcome::Failed { reason, took, below: false } => {
            after(*took, Line::new().with(Tone::Bad, format!("  ✗ {}", names.brief_reason(reason))))
        }
        Outcome::TimedOut { took, late: None } => {
            Line::new().with(Tone::Bad, format!("  ✗ no answer in {took}\u{a0}ms"))
        }
        Outcome::TimedOut { took, late: Some(late) } => Line::new()
            .with(Tone::Bad, format!("  ✗ no answer in {took}\u{a0}ms"))
            .with(Tone::Faint, format!("; it came {late}\u{a0}ms too late")),
        Outcome::Abandoned => Line::new().with(Tone::Bad, "  ✗ the caller died first"),
    }
}

/// A short value stays on one line, if it can; of a longer one, its short elements and its pairs do.
fn whole(value: String) -> String {
    if value.len() <= WHOLE_MAX {
        return value.replace(' ', "\u{a0}");
    }
    let (mut text, mut depth, mut rest) = (String::with_capacity(value.len()), 0_usize, value.as_str());
    while let Some(letter) = rest.chars().next() {
        let end = if depth == 1 && "{[#%".contains(letter) { bracketed(rest) } else { None };
        let taken = match end {
            Some(end) => {
                text.push_str(&rest[..end].replace(' ', "\u{a0}"));
                end
            }
            None => {
                match letter {
                    '{' | '[' => depth += 1,
                    '}' | ']' => depth = depth.saturating_sub(1),
                    _ => (),
                }
                let joins =
                    letter == ' ' && (text.ends_with(':') || text.ends_with("=>") || rest.starts_with(" =>"));
                text.push(if joins { '\u{a0}' } else { letter });
                letter.len_utf8()
            }
        };
        rest = &rest[taken..];
    }
    text
}

/// Where what this begins with, in brackets, ends; none if that is farther than anybody wants to know.
fn bracketed(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (place, letter) in text.char_indices().take(ELEMENT_MAX) {
        match letter {
            '{' | '[' => depth += 1,
            '}' | ']' if depth == 1 => return Some(place + 1),
            '}' | ']' => depth = depth.saturating_sub(1),
            _ => (),
        }
    }
    None
}

/// `{start_child, c}` as `start_child c`.
fn request_line(request: &Term, names: Names<'_>) -> Line {
    match (request, request.as_tuple()) {
        (_, Some([Term::Atom(verb), arguments @ ..])) => Line::new()
            .with(Tone::Plain, names.atoms.text(*verb))
            .with(Tone::Plain, " ")
            .with(Tone::Value, arguments.iter().map(|id| whole(names.id(id))).collect::<Vec<_>>().join(" ")),
        (Term::Atom(verb), _) => Line::new().with(Tone::Plain, names.atoms.text(*verb)),
        _ => Line::new().with(Tone::Value, names.term(request)),
    }
}

/// What many more nodes like this one say.
pub(super) fn more(node: &Node, count: usize, names: Names<'_>) -> Line {
    let base = node.actor.map_or("", |pid| names.directory.base(pid));
    let what = match &node.what {
        What::Start(_) => format!("more {base} started"),
        What::Stopping(_) => format!("more {base} stopped"),
        What::Died { .. } => format!("more {base} died"),
        What::Call { .. } => "more calls like this".to_owned(),
        What::Signal { .. } | What::Heard { .. } => "more messages like this".to_owned(),
        _ => "more like this".to_owned(),
    };
    Line::new().with(Tone::Faint, format!("{} {what}", grouped(count)))
}

fn list(items: &[String]) -> String {
    match items {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        _ if items.len() > NAMED_MAX + 1 => {
            let rest = items.len() - NAMED_MAX;
            format!("{} and {} more", items[..NAMED_MAX].join(", "), grouped(rest))
        }
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `10,000`.
pub(in crate::trace) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `3 restarts in 5 s`.
pub(in crate::trace) fn restarts(intensity: u32, period: u32) -> String {
    match intensity {
        1 => whole(format!("1 restart in {period} s")),
        intensity => whole(format!("{intensity} restarts in {period} s")),
    }
}

fn more_than(intensity: u32, period: u32) -> String {
    match intensity {
        0 => "no restart is allowed".to_owned(),
        intensity => format!("more than {}", restarts(intensity, period)),
    }
}
