//! What lines say of supervisors and of their children: strategy, restart, shutdown, significance, intensity.

use std::fmt::Display;

use crate::otp::{AutoShutdown, ChildType, Restart, Shutdown, Strategy};
use crate::scenario::ast::{Header, Knob, MaxChildren, Span, Spanned, Supervisor, SupervisorBody};

use super::super::change::{Change, Dial, Proposal, Written, propose as change, set};
use super::super::design::{Design, SpecLine, end_of};

/// The most restarts that are tried: with more, a child that never starts is tried for ever.
const MAX_RESTARTS: u64 = 100;
/// The longest period that is tried, in seconds.
const MAX_SECONDS: u64 = 600;
/// The longest time to stop that is tried, in milliseconds.
const MAX_SHUTDOWN_MS: u64 = 60_000;
/// The most children that are tried.
const MAX_CHILDREN: u64 = 64;

pub(super) fn propose(design: &Design, found: &mut Vec<Proposal>) {
    for supervisor in design.supervisors() {
        strategy(supervisor, found);
        intensity(supervisor, found);
        max_children(supervisor, found);
        auto_shutdown(design, supervisor, found);
    }
    for line in design.spec_lines() {
        restart(&line, found);
        shutdown(&line, found);
    }
}

/// A property of a line that is set to a word.
fn property<T>(
    knob: Knob,
    of: &str,
    end: Span,
    said: Option<&Spanned<T>>,
    name: &str,
    was: impl Display,
    word: &str,
) -> Change {
    Change {
        knob,
        of: of.to_owned(),
        told: format!("{name}={word}"),
        was: Some(was.to_string()),
        edits: vec![set(said.map_or(end, |said| said.span), said.is_some(), name, word)],
    }
}

fn strategy(supervisor: &Supervisor, found: &mut Vec<Proposal>) {
    // Of an only child all strategies say the same.
    if Design::draws(supervisor).is_none_or(|children| children.len() < 2) {
        return;
    }
    let is = supervisor.strategy();
    for to in [Strategy::OneForOne, Strategy::RestForOne, Strategy::OneForAll] {
        if to != is {
            let (of, said) = (&supervisor.name.text, supervisor.strategy.as_ref());
            let end = end_of(supervisor.span);
            change(found, property(Knob::Strategy, of, end, said, "strategy", is.word(), to.word()));
        }
    }
}

fn intensity(supervisor: &Supervisor, found: &mut Vec<Proposal>) {
    if !matches!(supervisor.body, SupervisorBody::Children(_) | SupervisorBody::Dynamic(_)) {
        return;
    }
    let mut dial = |property, said: Option<&Spanned<u64>>, near: u64, far: u64| {
        if near != far {
            let (of, end) = (&supervisor.name.text, end_of(supervisor.span));
            let still = dial_at_rest(Knob::Intensity, of, property, said, end, near.to_string());
            found.push(Proposal::Dial(Dial { near, far, ..still }));
        }
    };
    let (restarts, seconds) = (supervisor.max_restarts(), supervisor.max_seconds());
    dial("max_restarts", supervisor.max_restarts.as_ref(), restarts, MAX_RESTARTS.max(restarts));
    dial("max_restarts", supervisor.max_restarts.as_ref(), restarts, 0);
    dial("max_seconds", supervisor.max_seconds.as_ref(), seconds, MAX_SECONDS.max(seconds));
    dial("max_seconds", supervisor.max_seconds.as_ref(), seconds, 1);
}

/// A number of a line that can be turned; from where to where is still to be said. Where the line does not say it, it
/// would stand at its end.
fn dial_at_rest<T>(
    knob: Knob,
    of: &str,
    property: &'static str,
    said: Option<&Spanned<T>>,
    end: Span,
    was: String,
) -> Dial {
    let place = said.map_or(end, |said| said.span);
    let (of, said) = (of.to_owned(), said.is_some());
    Dial { knob, of, property, near: 0, far: 0, place, said, written: Written::Plainly, was }
}

fn max_children(supervisor: &Supervisor, found: &mut Vec<Proposal>) {
    let SupervisorBody::Dynamic(dynamic) = &supervisor.body else { return };
    let said = dynamic.max_children.as_ref();
    let of = &supervisor.name.text;
    let end = end_of(supervisor.span);
    let was = match said.map_or(MaxChildren::Infinity, |said| said.value) {
        MaxChildren::Infinity => "infinity".to_owned(),
        MaxChildren::Limit(limit) => limit.to_string(),
    };
    let still = dial_at_rest(Knob::MaxChildren, of, "max_children", said, end, was);
    let mut dial = |near: u64, far: u64| found.push(Proposal::Dial(Dial { near, far, ..still.clone() }));
    match said.map_or(MaxChildren::Infinity, |said| said.value) {
        MaxChildren::Infinity => dial(MAX_CHILDREN, 1),
        MaxChildren::Limit(limit) => {
            dial(limit, MAX_CHILDREN.max(limit + 1));
            change(found, property(Knob::MaxChildren, of, end, said, "max_children", limit, "infinity"));
        }
    }
}

/// A supervisor that ends with a child of its, or no longer does. A permanent child cannot be one of these.
fn auto_shutdown(design: &Design, supervisor: &Supervisor, found: &mut Vec<Proposal>) {
    const SINCE: u32 = 24;
    let otp = design.scenario.header.otp.as_ref().map_or(Header::DEFAULT_OTP, |said| said.value);
    let (of, end) = (&supervisor.name.text, end_of(supervisor.span));
    let Some(children) = Design::draws(supervisor).filter(|_| otp >= SINCE) else { return };
    let is = supervisor.auto_shutdown();
    for (word, to) in AutoShutdown::WORDS {
        if is != AutoShutdown::Never && *to != AutoShutdown::Never && is != *to {
            let said = supervisor.auto_shutdown.as_ref();
            change(found, property(Knob::Significant, of, end, said, "auto_shutdown", is.word(), word));
        }
    }
    let lines = design.spec_lines();
    let below = lines.iter().filter(|line| line.under.is_some_and(|above| above.span == supervisor.span));
    for line in below.filter(|_| children.len() > 1 || is != AutoShutdown::Never) {
        let restarts = line.options.restart.as_ref().map_or(Restart::Permanent, |said| said.value);
        let significant = line.options.significant.as_ref().is_some_and(|said| said.value);
        if restarts == Restart::Permanent && !significant {
            continue;
        }
        let said = line.own.significant.as_ref();
        let word = if significant { "#false" } else { "#true" };
        let mut made =
            property(Knob::Significant, &line.name.text, line.end, said, "significant", significant, word);
        if is == AutoShutdown::Never && !significant {
            let said = supervisor.auto_shutdown.as_ref();
            let word = AutoShutdown::AnySignificant.word();
            let above = property(Knob::Significant, of, end, said, "auto_shutdown", is.word(), word);
            made.told = format!("{}, {of} {}", made.told, above.told);
            made.edits.extend(above.edits);
        }
        change(found, made);
    }
}

fn restart(line: &SpecLine<'_>, found: &mut Vec<Proposal>) {
    let is = line.options.restart.as_ref().map_or(Restart::Permanent, |said| said.value);
    for (word, to) in Restart::WORDS {
        if *to != is {
            let said = line.own.restart.as_ref();
            change(
                found,
                property(Knob::Restart, &line.name.text, line.end, said, "restart", is.word(), word),
            );
        }
    }
}

/// At once, in the time that is usual, as long as it takes, and in the least time and the longest that will do.
fn shutdown(line: &SpecLine<'_>, found: &mut Vec<Proposal>) {
    let kind = if line.supervisor { ChildType::Supervisor } else { ChildType::Worker };
    let usual = Shutdown::default_of(kind);
    let is = line.options.shutdown.as_ref().map_or(usual, |said| said.value);
    let word = |shutdown: Shutdown| match shutdown {
        Shutdown::BrutalKill => "brutal_kill".to_owned(),
        Shutdown::Infinity => "infinity".to_owned(),
        Shutdown::Timeout(time) => time.to_string(),
    };
    let mut tried = vec![Shutdown::BrutalKill, Shutdown::Infinity, usual];
    tried.dedup();
    let (of, said) = (&line.name.text, line.own.shutdown.as_ref());
    for to in tried.into_iter().filter(|to| *to != is) {
        change(found, property(Knob::Shutdown, of, line.end, said, "shutdown", word(is), &word(to)));
    }
    let still = dial_at_rest(Knob::Shutdown, of, "shutdown", said, line.end, word(is));
    let mut dial = |near: u64, far: u64| found.push(Proposal::Dial(Dial { near, far, ..still.clone() }));
    match is {
        Shutdown::BrutalKill => dial(0, MAX_SHUTDOWN_MS),
        Shutdown::Timeout(time) => {
            dial(time, MAX_SHUTDOWN_MS.max(time.saturating_mul(2)));
            dial(time, 1);
        }
        Shutdown::Infinity => dial(MAX_SHUTDOWN_MS, 1),
    }
}
