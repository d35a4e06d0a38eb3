//! `docs/trace.md` says what the code does: its fields, its excerpt.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::kernel::{
    Atom, Event, EventKind, Events, Fate, Object, Observed, Pid, Received, Ref, SharedPlace, Signal, Through,
    World,
};
use crate::otp::stage::OTP_29;
use crate::otp::toy::{Act, Shared, Toy, atom, atoms, name, server, term};
use crate::otp::{
    Actor, ApplicationReport, AutoShutdown, Body, ChildType, Decision, ErrorContext, Expected, Flags, From,
    Level, Message, Offender, OffenderPid, Plain, Report, Request, Restart, Shutdown, Started, Strategy,
    StreamMessage, Work,
};
use crate::trace::{Directory, Line, Names, Narrate, Recording, json, verdict};

const DOCUMENT: &str = include_str!("../../../docs/trace.md");

/// What every object begins with.
const BEGIN: [&str; 6] = ["n", "causes", "at", "step", "process", "event"];

/// The toys' notes are transcripts of their own.
impl Narrate for String {
    fn line(&self, _: &Names<'_>) -> Option<Line> {
        None
    }
}

type Kind = EventKind<Actor<Toy>>;
type Fields = BTreeSet<String>;

/// Somebody, and a reference of theirs.
fn somebody() -> (Pid, Ref) {
    let mut events = Events::recorded();
    let Body::Plain(toy) = Toy::driver(vec![Act::Start(server("a")), Act::Call(name("a"), term("x"))]) else {
        unreachable!("drivers are plain")
    };
    let driver = Actor::Plain(Plain::new(toy));
    let mut world = World::new(atom("test"), driver, Shared::default(), None, &mut events);
    while let Some(choice) = world.choices().calm() {
        world.step(choice, &OTP_29, &mut events);
    }
    let monitor = events.list().iter().find_map(|event| match &event.kind {
        EventKind::Sent { signal: Signal::Monitor { reference, .. }, .. } => Some((event.pid, *reference)),
        _ => None,
    });
    monitor.expect("a call makes a monitor")
}

fn messages(pid: Pid, tag: Ref) -> Vec<Message<Toy>> {
    let from = From { pid, tag, alias: false };
    vec![
        Message::Call { from, request: Request::User(term("x")) },
        Message::Reply { tag, reply: term("x"), alias: false },
        Message::Cast(term("x")),
        Message::Info(term("x")),
        Message::Terminate { from, reason: term("x") },
        Message::Ack { child: pid, result: Started::Ignore, dying: false },
        Message::TryAgain { child: term("x"), tag: 0 },
        Message::Work(Box::new(Work {
            owner: pid,
            expected: Some(Expected::Alias(tag)),
            function: Toy::function(Vec::new()),
        })),
        Message::Stream(Box::new(StreamMessage::Stop { monitor: tag })),
    ]
}

fn signals(pid: Pid, reference: Ref) -> Vec<Signal<Message<Toy>>> {
    let name = Some(atom("a"));
    let through = Through { alias: reference, priority: true };
    let mut signals = vec![
        Signal::Exit(term("x")),
        Signal::ExitAlias(through, term("x")),
        Signal::LinkExit(term("x")),
        Signal::Link,
        Signal::Unlink(1),
        Signal::UnlinkAck(1),
        Signal::Monitor { reference, name },
        Signal::Demonitor(reference),
        Signal::Down { reference, name, reason: term("x") },
    ];
    let messages = messages(pid, reference).into_iter();
    signals.extend(messages.map(|body| Signal::Message { alias: Some(through), body }));
    signals
}

fn reports(pid: Pid) -> Vec<Report<Toy>> {
    let (child, reason) = (term("a"), term("x"));
    let offender = Offender {
        pid: OffenderPid::Pid(pid),
        id: child.clone(),
        mfargs: term("x"),
        restart: Restart::Permanent,
        significant: false,
        shutdown: Shutdown::Infinity,
        kind: ChildType::Worker,
    };
    let decisions = vec![
        Decision::NotRestarted {
            child: child.clone(),
            pid,
            reason: reason.clone(),
            restart: Restart::Temporary,
            kept: false,
        },
        Decision::Restarting {
            child: child.clone(),
            pid: Some(pid),
            reason: reason.clone(),
            strategy: Strategy::OneForAll,
            used: 1,
            intensity: 3,
            period: 5,
            stop: Vec::new(),
            start: vec![child.clone()],
            again: false,
        },
        Decision::GivingUp { child: child.clone(), intensity: 3, period: 5 },
        Decision::AutoShutdown { child: child.clone() },
        Decision::Stopping { child: child.clone(), pid, shutdown: Shutdown::BrutalKill },
        Decision::Killing { child: child.clone(), pid },
        Decision::Stopped { child: child.clone(), pid, reason: reason.clone(), took: 1 },
        Decision::TryAgain { child: child.clone(), reason: reason.clone() },
        Decision::Terminating { reason: reason.clone() },
    ];
    let applications = vec![
        ApplicationReport::Started(child.clone()),
        ApplicationReport::NotStarted(child.clone(), reason.clone()),
        ApplicationReport::Exited(child.clone(), reason.clone()),
        ApplicationReport::Stopping(child.clone()),
        ApplicationReport::NodeTerminated(child, reason.clone()),
    ];
    let flags =
        Flags { strategy: Strategy::OneForOne, intensity: 1, period: 5, auto_shutdown: AutoShutdown::Never };
    let mut reports = vec![
        Report::Supervisor {
            context: ErrorContext::StartError,
            reason: reason.clone(),
            offender: offender.clone(),
        },
        Report::Progress { started: offender, level: Level::Debug },
        Report::Supervises { flags, dynamic: false },
        Report::ServerTerminating { reason: reason.clone() },
        Report::Terminate { reason: reason.clone() },
        Report::Unexpected { message: reason },
        Report::Initialised(Started::Ignore),
        Report::Guest("x".to_owned()),
    ];
    reports.extend(decisions.into_iter().map(Report::Decision));
    reports.extend(applications.into_iter().map(Report::Application));
    reports
}

/// One event of every kind there is.
fn samples() -> Vec<Event<Actor<Toy>>> {
    let (pid, reference) = somebody();
    let place = SharedPlace { name: atom("a"), key: Some(term("x")) };
    let mut kinds: Vec<Kind> = vec![
        Kind::Spawned {
            parent: None,
            label: atom("test"),
            nth: 1,
            linked: false,
            monitored: None,
            awaited: true,
        },
        Kind::TimedOut,
        Kind::Registered(atom("a")),
        Kind::Unregistered(atom("a")),
        Kind::TimerSet { reference, due: 5 },
        Kind::TimerFired(reference),
        Kind::TimerCancelled { reference, body: None },
        Kind::Exited { reason: term("x"), killer: None, unread: 0 },
        Kind::KilledByFault,
        Kind::Unsent { to: term("a"), body: Message::Cast(term("x")) },
        Kind::Wrote { place: place.clone(), value: Some(term("x")) },
        Kind::Took(Received::Exit { from: pid, reason: term("x") }),
        Kind::Took(Received::Down { reference, object: Object::Pid(pid), reason: term("x") }),
        Kind::Took(Received::Down {
            reference,
            object: Object::Name(atom("a"), Atom::NONODE),
            reason: term("x"),
        }),
    ];
    let sights = [
        Observed::Life(pid),
        Observed::Name(atom("a")),
        Observed::Called(atom("a")),
        Observed::Inside(pid),
        Observed::Shared(place),
    ];
    kinds.extend(sights.map(|at| Kind::Saw { at, found: None }));
    for signal in signals(pid, reference) {
        kinds.push(Kind::Sent { to: pid, signal: signal.clone() });
        kinds.push(Kind::Arrived { from: pid, signal, fate: Fate::Queued });
    }
    kinds.extend(messages(pid, reference).into_iter().map(|body| Kind::Took(Received::Message(body))));
    kinds.extend(reports(pid).into_iter().map(Kind::Reported));
    let events = (1..).zip(kinds);
    events.map(|(number, kind)| Event { number, origin: None, at: 0, step: 1, pid, kind }).collect()
}

/// The tables of the document: by the head of their first column, then by what is in it.
fn documented() -> BTreeMap<String, BTreeMap<String, (String, Fields)>> {
    let mut tables: BTreeMap<String, BTreeMap<String, (String, Fields)>> = BTreeMap::new();
    let mut head = String::new();
    for line in DOCUMENT.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if !line.starts_with('|') || cells.len() != 2 {
            head.clear();
        } else if head.is_empty() {
            cells[0].clone_into(&mut head);
        } else if !cells[0].starts_with('-') {
            let fields = cells[1].split('`').skip(1).step_by(2).map(str::to_owned).collect();
            let row = (cells[1].to_owned(), fields);
            tables.entry(head.clone()).or_default().insert(cells[0].trim_matches('`').to_owned(), row);
        }
    }
    tables
}

#[test]
fn every_field_of_every_event_is_documented_and_nothing_else_is() {
    let tables = documented();
    let mut emitted: BTreeMap<[String; 3], Fields> = BTreeMap::new();
    let events = samples();
    let directory = Directory::of(&events, atoms());
    for value in json(&Recording::of(&events, &directory), atoms()) {
        let Value::Object(object) = value else { panic!("an event is an object") };
        let names: Vec<&str> = object.keys().map(String::as_str).take(BEGIN.len()).collect();
        assert_eq!(names, BEGIN);
        let word = |field: &str| object.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let fields = object.keys().skip(BEGIN.len()).cloned();
        emitted.entry([word("event"), word("signal"), word("message")]).or_default().extend(fields);
    }
    for ([event, signal, message], fields) in &emitted {
        let row =
            |table: &str, name: &str| tables[table].get(name).unwrap_or_else(|| panic!("no {table} {name}"));
        let (words, mut expected) = row("event", event).clone();
        let mut message_expected = words.contains("those of the message");
        if words.contains("those of the signal") {
            let (words, more) = row("signal", signal);
            expected.extend(more.clone());
            message_expected = words.contains("those of the message");
        }
        if message_expected {
            expected.extend(row("message", message).1.clone());
        }
        if words.contains("those of a child") {
            expected.extend(row("of a child", "child").1.clone());
        }
        assert_eq!(fields, &expected, "{event} {signal} {message}");
    }
    for (table, place) in [("event", 0), ("signal", 1), ("message", 2)] {
        let emitted: BTreeSet<&String> =
            emitted.keys().map(|words| &words[place]).filter(|word| !word.is_empty()).collect();
        assert_eq!(tables[table].keys().collect::<BTreeSet<_>>(), emitted, "every {table}");
    }
}

#[test]
fn a_verdict_is_a_line_of_its_own() {
    let line = verdict("held", [("file", "pool.kdl".into()), ("steps", 7.into())]);
    assert_eq!(line.to_string(), r#"{"verdict":"held","file":"pool.kdl","steps":7}"#);
}

#[test]
fn the_line_for_what_is_left_out_is_in_the_document() {
    let line = crate::trace::left_out(250).to_string();
    assert!(DOCUMENT.contains(&line), "docs/trace.md should show {line}");
}

#[test]
fn the_excerpt_in_the_document_is_what_is_told() {
    let scenario = r#"
        scenario "whoever was started later goes down and comes back"
        supervisor top strategy=rest_for_one {
            worker a
            worker b
            worker c shutdown=100
            supervisor pool { worker d; worker e }
        }
        server c {
            trap_exit #true
            terminate { hang }
        }
        client test { exit b reason=boom }
    "#;
    let told = super::stories::story(scenario, None, 100);
    let excerpt = told.split("\n\n").nth(1).expect("the boot, then the incident").trim_end();
    assert!(DOCUMENT.contains(excerpt), "docs/trace.md should show:\n{excerpt}");
}
