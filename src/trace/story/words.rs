//! What a node says: who, and what happened.

use crate::kernel::{Atom, Pid, Term};
use crate::otp::Restart;
use crate::trace::line::{Line, Tone};
use crate::trace::phrases::{grouped, list, more_than, whole};
use crate::trace::signals::{place_line, place_name};
use crate::trace::terms::Names;

use super::lives::{died_line, start_line, stopping_line};
use super::node::{Absent, CallEnd, Restarting, StoryNode, Verb, Way, What};

/// Who it is about. Below somebody's own node, only the other party is named.
pub(super) fn who(node: &StoryNode, parent: &StoryNode, names: Names<'_>) -> Line {
    let Some(actor) = node.actor else { return Line::new().with(Tone::Faint, "node") };
    let name = Line::new().with(Tone::Name, names.pid(actor));
    let called = match (node.other, &node.absent) {
        (Some(other), _) => names.pid(other).to_owned(),
        (None, Some(absent)) => names.id(&absent.called),
        (None, None) => return name,
    };
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
    line.with(Tone::Name, called)
}

/// What happened, in a sentence.
pub(super) fn what(node: &StoryNode, parent: &StoryNode, names: Names<'_>) -> Line {
    let line = plainly(node, parent, names);
    // Beside lines that tell of what had the name by the end of them, it is to be seen that this came before.
    let meets_nobody = match &node.what {
        What::Call { outcome: CallEnd::Failed { reason, .. }, .. }
        | What::Stop { outcome: CallEnd::Failed { reason, .. }, .. } => reason.is(Atom::NOPROC),
        What::Signal { verb, fate: Way::Lost, .. } => *verb != Verb::Exit,
        _ => false,
    };
    match &node.absent {
        Some(Absent { comes: true, .. }) if meets_nobody => line.with(Tone::Bad, " yet"),
        _ => line,
    }
}

fn plainly(node: &StoryNode, parent: &StoryNode, names: Names<'_>) -> Line {
    let plain = |words: &str| Line::new().with(Tone::Plain, words);
    let bad = |words: String| Line::new().with(Tone::Bad, words);
    let because = |reason: &Term| format!(": {}", names.brief_reason(reason));
    match &node.what {
        What::Run => Line::new(),
        What::Start(start) => start_line(node, start, names),
        What::Call { verb, request, outcome } => call_line(*verb, request, outcome, names),
        What::Stop { reason, outcome } => stop_line(reason, outcome, names),
        What::Signal { verb, content, fate } => {
            let to_nobody = node.other.is_none_or(|other| other.as_name().is_some());
            signal_line(*verb, content, (*fate, to_nobody), names)
        }
        What::OfNode(content) => {
            plain("is told ").with(Tone::Value, names.term(content)).with(Tone::Faint, " by its node")
        }
        What::Cancelled(content) => plain("cancels its timer ").with(Tone::Value, names.term(content)),
        What::Timer(content) => plain("timer fires ").with(Tone::Value, names.term(content)),
        What::Died { .. } => died_line(node, parent, names),
        What::Stopping(stopping) => stopping_line(stopping, names),
        What::Restarting(restarting) => restarting_line(restarting, parent, names),
        What::NotRestarted { child, reason, restart } => {
            not_restarted_line(*child, reason, *restart, parent, names)
        }
        What::GivingUp { intensity, period } => {
            bad("gives up".to_owned()).with(Tone::Plain, format!(": {}", more_than(*intensity, *period)))
        }
        What::AutoShutdown { child } => Line::new()
            .with(Tone::Warning, "shuts down")
            .with(Tone::Plain, format!(" with its significant child {}", names.id(child))),
        What::StartError { child, reason } => {
            bad(format!("could not start {}", names.id(child))).with(Tone::Plain, because(reason))
        }
        What::ShutdownErrors { count, reason } => {
            bad(format!("reports {} shutdown errors", grouped(*count))).with(Tone::Plain, because(reason))
        }
        What::TryAgain { child, reason } => Line::new()
            .with(Tone::Warning, "will try ")
            .with(Tone::Plain, names.id(child))
            .with(Tone::Warning, " again")
            .with(Tone::Plain, reason.as_ref().map_or_else(String::new, because)),
        What::Heard { verb, reason, late, sent } => {
            let line = heard_line(node, parent, *verb, reason, *late && !sent, names);
            if *late && *sent { line.with(Tone::Faint, "  (late)") } else { line }
        }
        What::Unexpected(message) => Line::new()
            .with(Tone::Warning, "drops an unexpected message ")
            .with(Tone::Value, names.term(message)),
        What::Named { verb: Verb::Register, name } => {
            plain("is now registered as ").with(Tone::Value, names.atom(*name))
        }
        What::Named { name, .. } => plain("is no longer registered as ").with(Tone::Value, names.atom(*name)),
        What::Read { place, value } => plain("reads ").and(place_line(place, value.as_ref(), names)),
        What::Found { name, found } => plain("finds ").with(Tone::Value, names.atom(*name)).with(
            Tone::Plain,
            found.as_ref().map_or(": nobody".to_owned(), |who| format!(": {}", names.term(who))),
        ),
        What::Wrote { place, value: None } => plain("deletes ").and(place_name(place, names)),
        What::Wrote { place, value } => plain("writes ").and(place_line(place, value.as_ref(), names)),
        What::Note(line) => line.clone(),
        What::TakesLate(taken) => {
            let mut line = plain("takes ");
            line.append(message_line(node, taken, names));
            line.with(Tone::Faint, "  (late)")
        }
        What::GoesOn(None) => plain("goes on"),
        What::GoesOn(Some(taken)) => {
            let mut line = plain("goes on with ");
            line.append(message_line(node, taken, names));
            line
        }
        What::ToldToStop => plain("is told to stop"),
    }
}

fn call_line(verb: Verb, request: &Term, outcome: &CallEnd, names: Names<'_>) -> Line {
    let mut line = match verb {
        Verb::Request => request_line(request, names),
        _ => Line::new().with(Tone::Plain, "call ").with(Tone::Value, whole(names.term(request))),
    };
    line.append(outcome_line(outcome, names));
    line
}

fn stop_line(reason: &Term, outcome: &CallEnd, names: Names<'_>) -> Line {
    let mut line = Line::new().with(Tone::Plain, "stop");
    if !reason.is(Atom::NORMAL) {
        line.push(Tone::Plain, " ");
        line.push(Tone::Value, names.term(reason));
    }
    line.append(outcome_line(outcome, names));
    line
}

fn signal_line(verb: Verb, content: &Term, (fate, to_nobody): (Way, bool), names: Names<'_>) -> Line {
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
        (Way::Lost, _) if to_nobody => line.with(Tone::Bad, "  ✗ lost: nobody is there"),
        (Way::Lost, _) => line.with(Tone::Bad, "  ✗ lost: it was dead by then"),
        (Way::Unconnected, _) => line.with(Tone::Bad, "  ✗ lost: no connection"),
        (Way::Ignored, Verb::Exit) => line.with(Tone::Faint, "  ignored"),
        (Way::Ignored, _) => line.with(Tone::Faint, "  dropped"),
    }
}

fn restarting_line(restarting: &Restarting, parent: &StoryNode, names: Names<'_>) -> Line {
    let Restarting { child, dynamic, strategy, used, intensity, period, start, again } = restarting;
    let called = match dynamic {
        Some(_) if matches!(parent.what, What::Died { .. }) && !again => "it".to_owned(),
        Some(pid) => names.pid(*pid).to_owned(),
        None => names.id(child),
    };
    let line = if *again {
        Line::new().with(Tone::Warning, format!("tries {called} again"))
    } else {
        let start: Vec<String> = match start.as_slice() {
            [] | [_] => vec![called],
            several => several.iter().map(|id| names.id(id)).collect(),
        };
        let line = Line::new().with(Tone::Warning, format!("restarts {}", list(&start)));
        match dynamic {
            Some(_) => line,
            None => line.with(Tone::Faint, format!(" ({})", strategy.word())),
        }
    };
    let count = whole(format!("restart {used} of {intensity} in {period} s"));
    line.with(Tone::Plain, format!(": {count}"))
}

fn not_restarted_line(
    child: Pid,
    reason: &Term,
    restart: Restart,
    parent: &StoryNode,
    names: Names<'_>,
) -> Line {
    let why = match restart {
        Restart::Transient => format!("{}, and {} is no failure", restart.word(), names.brief_reason(reason)),
        Restart::Temporary | Restart::Permanent => restart.word().to_owned(),
    };
    let it = if parent.actor == Some(child) { "it" } else { names.pid(child) };
    Line::new().with(Tone::Plain, format!("does not restart {it}")).with(Tone::Faint, format!(" ({why})"))
}

fn heard_line(
    node: &StoryNode,
    parent: &StoryNode,
    verb: Verb,
    reason: &Term,
    late: bool,
    names: Names<'_>,
) -> Line {
    let word = if verb == Verb::Down { "gets DOWN" } else { "gets EXIT" };
    let line = Line::new().with(Tone::Plain, word);
    let known = matches!(&parent.what, What::Died { reason: told, .. } if told == reason);
    if known {
        return line;
    }
    let of = node.other.map_or(String::new(), |other| format!(" of {}", names.pid(other)));
    match late && !reason.is(Atom::NOPROC) {
        true => line
            .with(Tone::Plain, format!("{of}: {}", names.brief_reason(reason)))
            .with(Tone::Faint, "  (late)"),
        false => line.with(Tone::Plain, format!("{of}: {}", names.brief_reason(reason))),
    }
}

/// A message that was told further up.
fn message_line(node: &StoryNode, message: &What, names: Names<'_>) -> Line {
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

fn outcome_line(outcome: &CallEnd, names: Names<'_>) -> Line {
    let after = |took: u64, line: Line| match took {
        0 => line,
        took => line.with(Tone::Faint, format!("  ({took}\u{a0}ms)")),
    };
    match outcome {
        CallEnd::Open => Line::new().with(Tone::Warning, "  … no answer yet"),
        CallEnd::Answered { reply, took, later } => {
            let line = Line::new().with(Tone::Faint, " = ").with(Tone::Value, whole(names.term(reply)));
            match *later && *took == 0 {
                true => line.with(Tone::Faint, "  (later)"),
                false => after(*took, line),
            }
        }
        CallEnd::Stopped { took } => {
            after(*took, Line::new().with(Tone::Faint, " = ").with(Tone::Value, names.atom(Atom::OK)))
        }
        CallEnd::Failed { took, below: true, .. } => after(*took, Line::new().with(Tone::Bad, "  ✗ it died")),
        CallEnd::Failed { reason, took, below: false } => {
            after(*took, Line::new().with(Tone::Bad, format!("  ✗ {}", names.brief_reason(reason))))
        }
        CallEnd::TimedOut { took, late: None } => {
            Line::new().with(Tone::Bad, format!("  ✗ no answer in {took}\u{a0}ms"))
        }
        CallEnd::TimedOut { took, late: Some(late) } => Line::new()
            .with(Tone::Bad, format!("  ✗ no answer in {took}\u{a0}ms"))
            .with(Tone::Faint, format!("; it came {late}\u{a0}ms too late")),
        CallEnd::Abandoned => Line::new().with(Tone::Bad, "  ✗ the caller died first"),
    }
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
pub(super) fn more(node: &StoryNode, count: usize, names: Names<'_>) -> Line {
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
