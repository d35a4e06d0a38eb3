//! How lives are told: starts, deaths, and being stopped.

use crate::kernel::Atom;
use crate::otp::{AutoShutdown, ChildType, Flags, Shutdown, Started, is_abnormal};
use crate::trace::line::{Line, Tone};
use crate::trace::phrases::{grouped, restarts};
use crate::trace::terms::Names;

use super::node::{CallEnd, Killer, Start, Stopping, StoryNode, What};

pub(super) fn start_line(node: &StoryNode, start: &Start, names: Names<'_>) -> Line {
    let mut line = Line::new();
    match (&start.died, &start.result) {
        (Some(reason), _) => {
            line.push(Tone::Bad, "died while it started");
            line.push(Tone::Plain, format!(": {}", names.brief_reason(reason)));
            return line;
        }
        (None, Some(Started::Error(reason))) => {
            line.push(Tone::Bad, "failed to start");
            line.push(Tone::Plain, format!(": {}", names.brief_reason(reason)));
            return line;
        }
        (None, Some(Started::Ignore)) => {
            return line.with(Tone::Plain, "not started: its init returned ignore");
        }
        (None, Some(other @ (Started::Junk(_) | Started::Raised(_)))) => {
            line.push(Tone::Bad, "failed to start");
            line.push(Tone::Plain, format!(": {}", names.brief_reason(&other.clone().into())));
            return line;
        }
        (None, None) if start.waits => line.push(Tone::Warning, "starting"),
        (None, Some(Started::Ok { .. }) | None) => (),
    }
    let first = node.actor.is_some_and(|pid| names.directory.name(pid) == names.directory.base(pid));
    let mut words: Vec<String> = Vec::new();
    if let (true, Some((restart, shutdown, significant))) = (first, start.spec) {
        words.push(restart.word().to_owned());
        if significant {
            words.push("significant".to_owned());
        }
        words.extend(shutdown_word(shutdown, start.flags.is_some()));
    }
    if let (true, Some((flags, dynamic))) = (first, start.flags) {
        words.push(if dynamic { "dynamic".to_owned() } else { flags.strategy.word().to_owned() });
        words.extend(flags_words(flags));
    }
    if line.is_empty() && (words.is_empty() || start.by.is_some()) {
        line.push(Tone::Good, "started");
        let by = start.by.map_or(String::new(), |by| format!(" by {}", names.pid(by)));
        line.push(Tone::Plain, by);
    }
    if !words.is_empty() {
        let comma = if line.is_empty() { "" } else { ", " };
        line.push(Tone::Plain, format!("{comma}{}", words.join(", ")));
    }
    if let Some(name) = start.registered {
        line.push(Tone::Plain, format!(", registered as {}", names.atom(name)));
    }
    if start.took > 0 {
        line.push(Tone::Faint, format!("  ({}\u{a0}ms)", start.took));
    }
    line
}

/// What is worth saying of flags: what differs from the defaults.
fn flags_words(flags: Flags) -> Vec<String> {
    let mut words = vec![match flags.intensity {
        0 => "no restarts".to_owned(),
        _ => format!("at most {}", restarts(flags.intensity, flags.period)),
    }];
    match flags.auto_shutdown {
        AutoShutdown::Never => (),
        AutoShutdown::AnySignificant => words.push("ends with any significant child".to_owned()),
        AutoShutdown::AllSignificant => words.push("ends with all significant children".to_owned()),
    }
    words
}

pub(super) fn died_line(node: &StoryNode, parent: &StoryNode, names: Names<'_>) -> Line {
    let What::Died { reason, killer, unread, full } = &node.what else { return Line::new() };
    let story = if *full { names.reason(reason) } else { names.brief_reason(reason) };
    // Why the call failed is said by the call, if that is what stands above.
    let in_call = parent.actor == node.actor
        && matches!(
            parent.what,
            What::Call { outcome: CallEnd::Failed { .. } | CallEnd::TimedOut { .. }, .. }
        );
    let story = if in_call { story.lines().next().unwrap_or_default().to_owned() } else { story };
    let unread = unread_words(*unread);
    let mut line = match killer {
        Killer::Fault => Line::new().with(Tone::Bad, "killed by a fault").with(Tone::Faint, unread),
        Killer::Signal(_) | Killer::Link(_) | Killer::Backstage if reason.is(Atom::KILLED) => {
            Line::new().with(Tone::Bad, "killed").with(Tone::Faint, unread)
        }
        _ => {
            let line = match is_abnormal(reason) {
                true => Line::new().with(Tone::Bad, "died"),
                false => Line::new().with(Tone::Plain, "ended"),
            };
            line.with(Tone::Faint, unread).with(Tone::Plain, format!(": {story}"))
        }
    };
    match killer {
        Killer::Link(other) => line.push(Tone::Faint, format!(", linked to {}", names.pid(*other))),
        // Said by the line above it, if that is the signal.
        Killer::Signal(other) if parent.actor != Some(*other) => {
            line.push(Tone::Faint, format!(", by {}", names.pid(*other)));
        }
        Killer::Signal(_) | Killer::Nobody | Killer::Fault | Killer::Backstage => (),
    }
    line
}

pub(super) fn stopping_line(stopping: &Stopping, names: Names<'_>) -> Line {
    let mut line = Line::new();
    let expected = match stopping.shutdown {
        Shutdown::BrutalKill => Atom::KILLED,
        Shutdown::Timeout(_) | Shutdown::Infinity => Atom::SHUTDOWN,
    };
    let unread = unread_words(stopping.unread);
    let mut ended = |tone: Tone, word: &str, more: String| {
        line.push(tone, word);
        line.push(Tone::Faint, unread.as_str());
        line.push(if stopping.error { Tone::Bad } else { Tone::Plain }, more);
    };
    match &stopping.reason {
        Some(reason) if stopping.gone => {
            line.push(Tone::Plain, format!("is gone already: {}", names.brief_reason(reason)));
            if stopping.error {
                line.push(Tone::Faint, " (shutdown error)");
            }
        }
        None if stopping.gone => line.push(Tone::Plain, "is gone already"),
        None => line.push(Tone::Warning, "is told to stop, and has not yet"),
        Some(reason) if reason.is(Atom::KILLED) && stopping.killed => {
            ended(Tone::Bad, "killed", format!(": did not stop in {}", milliseconds(stopping.shutdown)));
        }
        Some(reason) if reason.is(Atom::KILLED) && expected == Atom::KILLED => {
            ended(Tone::Plain, "killed", String::new());
            line.push(Tone::Faint, " (brutal_kill)");
        }
        Some(reason) if reason.is(expected) => ended(Tone::Plain, "stopped", String::new()),
        // By somebody else, such as a supervisor that is killed itself.
        Some(reason) if reason.is(Atom::KILLED) && !stopping.error => {
            ended(Tone::Plain, "killed", String::new())
        }
        Some(reason) => {
            ended(Tone::Plain, "stopped", format!(": {}", names.brief_reason(reason)));
            if stopping.error {
                line.push(Tone::Faint, " (shutdown error)");
            }
        }
    }
    if stopping.took > 0 {
        line.push(Tone::Faint, format!("  ({}\u{a0}ms)", stopping.took));
    }
    line
}

fn unread_words(unread: usize) -> String {
    match unread {
        0 => String::new(),
        1 => " with 1 message unread".to_owned(),
        unread => format!(" with {} messages unread", grouped(unread)),
    }
}

/// How a child is stopped, unless it is as usual.
fn shutdown_word(shutdown: Shutdown, supervises: bool) -> Option<String> {
    let kind = if supervises { ChildType::Supervisor } else { ChildType::Worker };
    match shutdown {
        shutdown if shutdown == Shutdown::default_of(kind) => None,
        Shutdown::BrutalKill => Some(shutdown.to_string()),
        shutdown => Some(format!("shutdown {}", milliseconds(shutdown))),
    }
}

fn milliseconds(shutdown: Shutdown) -> String {
    match shutdown {
        Shutdown::BrutalKill => "0 ms".to_owned(),
        Shutdown::Timeout(timeout) => format!("{timeout}\u{a0}ms"),
        Shutdown::Infinity => shutdown.to_string(),
    }
}
