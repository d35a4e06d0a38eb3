//! Events as marks of a picture: what each is, who is at its other end, and what it says, in the words of the story.
//!
//! How a mark is drawn, and where, is the business of whoever draws.

use crate::kernel::{Event, EventKind, Fate, Object, Pid, Received, Signal};
use crate::otp::{Actor, Decision, Guest, Message, Report, is_abnormal};

use super::labels;
use super::narrate::Narrate;
use super::recording::Recording;
use super::reports;
use super::settings::Settings;
use super::signals::{place_line, sight_line};
use super::terms::Names;

/// What kind of mark an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// A life begins.
    Birth,
    /// A life ends.
    Death,
    /// An arrow begins.
    Sent,
    /// An arrow ends.
    Arrived,
    /// A message is taken from the mailbox.
    Took,
    /// A supervisor restarts something.
    Restart,
    /// A supervisor gives up, or ends with its children.
    GivingUp,
    /// A supervisor decides something else.
    Decision,
    /// Something is said: a note, a report.
    Note,
    /// Time: a timer, or a wait that is over.
    Time,
    /// A look at, or a change of, what others see.
    Shared,
    /// A message for a name that nobody has.
    Unsent,
    /// A fault strikes.
    Fault,
}

impl MarkKind {
    /// All of them, in order.
    pub const ALL: [MarkKind; 13] = [
        MarkKind::Birth,
        MarkKind::Death,
        MarkKind::Sent,
        MarkKind::Arrived,
        MarkKind::Took,
        MarkKind::Restart,
        MarkKind::GivingUp,
        MarkKind::Decision,
        MarkKind::Note,
        MarkKind::Time,
        MarkKind::Shared,
        MarkKind::Unsent,
        MarkKind::Fault,
    ];

    /// Its name for programs.
    pub fn word(self) -> &'static str {
        match self {
            MarkKind::Birth => "birth",
            MarkKind::Death => "death",
            MarkKind::Sent => "sent",
            MarkKind::Arrived => "arrived",
            MarkKind::Took => "took",
            MarkKind::Restart => "restart",
            MarkKind::GivingUp => "giving_up",
            MarkKind::Decision => "decision",
            MarkKind::Note => "note",
            MarkKind::Time => "time",
            MarkKind::Shared => "shared",
            MarkKind::Unsent => "unsent",
            MarkKind::Fault => "fault",
        }
    }
}

/// An event as a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What it is.
    pub kind: MarkKind,
    /// Who is at its other end.
    pub peer: Option<Pid>,
    /// What it says.
    pub words: String,
    /// It is machinery: how OTP and the runtime do it, which the story does not tell.
    pub machinery: bool,
    /// It is a failure: somebody died of it, or something was lost.
    pub bad: bool,
}

/// Every event of a recording as a mark, in order.
pub fn marks<G: Guest>(recording: &Recording<'_, G>, settings: &Settings<'_>) -> Vec<Mark>
where
    G::Note: Narrate,
{
    let names = settings.names(recording.directory());
    let mut marks: Vec<Mark> = recording.events().iter().map(|event| mark(event, names)).collect();
    for event in recording.events().iter().filter(|event| is_in_vain(event)) {
        // Neither its sending nor its arrival is told.
        for number in recording.others(event.number).chain([event.number]) {
            let place = usize::try_from(number - 1).expect("events are counted in memory");
            let is_its_own = matches!(marks[place].kind, MarkKind::Sent | MarkKind::Arrived);
            marks[place].machinery |= is_its_own;
        }
    }
    marks
}

/// Whether it is news of a death that nobody wants any more.
fn is_in_vain<G: Guest>(event: &Event<Actor<G>>) -> bool {
    matches!(
        event.kind,
        EventKind::Arrived { signal: Signal::Down { .. } | Signal::LinkExit(_), fate: Fate::Dropped, .. }
    )
}

impl Mark {
    fn new(kind: MarkKind, words: impl Into<String>) -> Self {
        Mark { kind, peer: None, words: words.into(), machinery: false, bad: false }
    }

    fn with(self, peer: Pid) -> Self {
        Mark { peer: Some(peer), ..self }
    }

    fn behind_the_scenes(self) -> Self {
        Mark { machinery: true, ..self }
    }
}

fn mark<G: Guest>(event: &Event<Actor<G>>, names: Names<'_>) -> Mark
where
    G::Note: Narrate,
{
    use MarkKind::{Arrived, Birth, Death, Fault, Sent, Shared, Time, Took, Unsent};
    let mark = match &event.kind {
        EventKind::Spawned { parent, .. } => Mark { peer: *parent, ..Mark::new(Birth, "started") },
        EventKind::Sent { to, signal } => signal_mark(Sent, signal, names).with(*to),
        EventKind::Arrived { from, signal, fate } => {
            let mark = signal_mark(Arrived, signal, names).with(*from);
            let words = match fate {
                Fate::Queued | Fate::Applied => mark.words,
                Fate::QueuedFirst => format!("{} (a priority message)", mark.words),
                Fate::NoProcess => format!("{}: nobody is there", mark.words),
                Fate::Dropped => format!("{}: ignored", mark.words),
                Fate::Lost => format!("{}: lost, no connection", mark.words),
            };
            let bad = matches!(fate, Fate::NoProcess | Fate::Lost) && !mark.machinery;
            Mark { words, bad, ..mark }
        }
        EventKind::Took(received) => {
            let mark = received_mark(received, names);
            Mark { kind: Took, ..mark }
        }
        EventKind::TimedOut => Mark::new(Time, "has waited long enough"),
        EventKind::Unsent { to, body } => {
            let words =
                format!("{} to {}: nobody has that name", labels::message(body, names), names.term(to));
            Mark { bad: true, ..Mark::new(Unsent, words) }
        }
        EventKind::Saw { at, found } => {
            Mark::new(Shared, format!("sees {}", sight_line(at, found.as_ref(), names).plain()))
                .behind_the_scenes()
        }
        EventKind::Wrote { place, value } => {
            Mark::new(Shared, format!("writes {}", place_line(place, value.as_ref(), names).plain()))
                .behind_the_scenes()
        }
        EventKind::Registered(name) => {
            Mark::new(Shared, format!("is registered as {}", names.atom(*name))).behind_the_scenes()
        }
        EventKind::Unregistered(name) => {
            Mark::new(Shared, format!("is no longer registered as {}", names.atom(*name))).behind_the_scenes()
        }
        EventKind::TimerSet { due, .. } => {
            Mark::new(Time, format!("sets a timer for {due} ms")).behind_the_scenes()
        }
        EventKind::TimerFired(_) => Mark::new(Time, "a timer fires"),
        EventKind::TimerCancelled { .. } => Mark::new(Time, "cancels a timer").behind_the_scenes(),
        EventKind::Exited { reason, killer, unread } => {
            let bad = is_abnormal(reason);
            let verb = if bad { "died" } else { "ended" };
            let unread = match unread {
                0 => String::new(),
                1 => ", 1 message unread".to_owned(),
                unread => format!(", {unread} messages unread"),
            };
            let words = format!("{verb}: {}{unread}", names.brief_reason(reason));
            Mark { peer: killer.filter(|killer| *killer != event.pid), bad, ..Mark::new(Death, words) }
        }
        EventKind::KilledByFault => Mark { bad: true, ..Mark::new(Fault, "killed by a fault") },
        EventKind::Reported(report) => report_mark(report, names),
    };
    // Whoever boots everything is nobody that anybody drew, and supervisors monitor only whom they are stopping, which
    // their links tell too.
    let is_boot = names.directory.parent(event.pid).is_none();
    let to = match &event.kind {
        EventKind::Sent { to, signal: Signal::Down { .. } } => Some(*to),
        EventKind::Arrived { signal: Signal::Down { .. }, .. } | EventKind::Took(Received::Down { .. }) => {
            Some(event.pid)
        }
        _ => None,
    };
    let is_of_a_stop = to.is_some_and(|to| names.directory.is_supervisor(to));
    Mark { machinery: mark.machinery || is_boot || is_of_a_stop, ..mark }
}

fn signal_mark<G: Guest>(kind: MarkKind, signal: &Signal<Message<G>>, names: Names<'_>) -> Mark {
    Mark { machinery: labels::is_machinery(signal), ..Mark::new(kind, labels::signal(signal, names)) }
}

fn received_mark<G: Guest>(received: &Received<Message<G>>, names: Names<'_>) -> Mark {
    let mark = |words: String| Mark::new(MarkKind::Took, words);
    match received {
        Received::Message(body) => {
            let verb = if matches!(body, Message::Ack { .. }) { "hears that it" } else { "takes" };
            let words = format!("{verb} {}", labels::message(body, names));
            Mark { machinery: labels::is_machinery_message(body), ..mark(words) }
        }
        Received::Exit { from, reason } => {
            mark(format!("takes EXIT of {}: {}", names.pid(*from), names.brief_reason(reason))).with(*from)
        }
        Received::Down { object, reason, .. } => {
            let reason = names.brief_reason(reason);
            match object {
                Object::Pid(pid) => mark(format!("takes DOWN of {}: {reason}", names.pid(*pid))).with(*pid),
                Object::Name(name, _) => mark(format!("takes DOWN of {}: {reason}", names.atom(*name))),
            }
        }
    }
}

fn report_mark<G: Guest>(report: &Report<G>, names: Names<'_>) -> Mark
where
    G::Note: Narrate,
{
    use MarkKind::{GivingUp, Note, Restart};
    let kind = match report {
        Report::Decision(Decision::Restarting { .. }) => Restart,
        Report::Decision(Decision::GivingUp { .. } | Decision::AutoShutdown { .. }) => GivingUp,
        Report::Decision(_) => MarkKind::Decision,
        Report::Supervisor { .. }
        | Report::Progress { .. }
        | Report::Supervises { .. }
        | Report::ServerTerminating { .. }
        | Report::Terminate { .. }
        | Report::Unexpected { .. }
        | Report::Initialised(_)
        | Report::Application(_)
        | Report::NameConflict(_)
        | Report::Guest(_) => Note,
    };
    if let Report::Decision(decision) = report
        && let Some((words, bad)) = labels::decision(decision, names)
    {
        let peer = match decision {
            Decision::Restarting { pid, .. } => *pid,
            Decision::NotRestarted { pid, .. } | Decision::Killing { pid, .. } => Some(*pid),
            _ => None,
        };
        return Mark { peer, bad, ..Mark::new(kind, words) };
    }
    let Some(line) = reports::line(report, names) else { return Mark::new(kind, "").behind_the_scenes() };
    let mark = Mark::new(kind, line.plain());
    match report {
        Report::Decision(Decision::Stopping { pid, .. }) => mark.with(*pid),
        Report::Decision(Decision::Stopped { .. } | Decision::Terminating { .. })
        | Report::Progress { .. }
        | Report::Supervises { .. }
        | Report::Supervisor { .. }
        | Report::Terminate { .. }
        | Report::Initialised(_) => mark.behind_the_scenes(),
        _ => mark,
    }
}
