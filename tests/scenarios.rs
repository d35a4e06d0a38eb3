//! Every scenario of this project: its snapshot, its promises, and that it is the same run every time.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use treefall::cli::{Exit, Loaded, snapshot_of, story};
use treefall::explore::Schedule;
use treefall::kernel::{EventKind, Fate, Pid, Received, Signal};
use treefall::model::{Played, Source, play};
use treefall::otp::Message;
use treefall::scenario::{LoadError, Script, Simulation};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All files below a folder whose names end so, by their paths below it, sorted; none of a folder that is left out.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let top = root().join(folder);
    let (mut found, mut folders) = (Vec::new(), vec![top.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("a folder can be listed").path();
            if path.join(".left-out").exists() {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.to_str().is_some_and(|path| path.ends_with(ending)) {
                found.push(path.strip_prefix(&top).expect("it is below").to_path_buf());
            }
        }
    }
    found.sort();
    found
}

fn load(path: &Path) -> Loaded {
    Loaded::open(path).unwrap_or_else(|error| match error {
        LoadError::Mistakes(mistakes) => panic!("{}", mistakes.render(100, false)),
        other => panic!("{other}"),
    })
}

/// All that people can see of a run.
fn seen(loaded: &Loaded, played: &Played<Simulation>) -> String {
    format!("{}\n{:?}", story(loaded, played, 100, false, true), played.run.verdict)
}

#[test]
fn every_scenario_reads_as_its_snapshot_and_comes_out_as_its_file_says() {
    let scenarios = files("scenarios", ".kdl");
    insta::glob!("../scenarios", "**/*.kdl", |path| {
        let below = path.strip_prefix(root().join("scenarios")).expect("it is a scenario");
        if !scenarios.contains(&below.to_path_buf()) {
            return;
        }
        let loaded = load(path);
        let (text, exit) = snapshot_of(&loaded);
        assert_eq!(snapshot_of(&load(path)).0, text, "two runs of one scenario are the same bytes");
        let mut settings = insta::Settings::clone_current();
        // The places that `treefall check scenarios --snapshots snapshots/scenarios` uses.
        settings.set_snapshot_path(
            root().join("snapshots/scenarios").join(below.parent().expect("it has a folder")),
        );
        settings.set_prepend_module_to_snapshot(false);
        settings.remove_snapshot_suffix();
        let name = path.file_name().and_then(|name| name.to_str()).expect("names are UTF-8");
        settings.bind(|| insta::assert_snapshot!(name, text, "contents(scenario)"));
        assert_eq!(exit, Exit::Held, "{}: {text}", below.display());
    });
}

#[test]
fn a_recorded_run_of_every_scenario_replays_to_the_same_bytes() {
    let mut differing = Vec::new();
    for path in files("scenarios", ".kdl") {
        let loaded = load(&root().join("scenarios").join(&path));
        for source in [None, Some(1), Some(2), Some(3)].map(Source::of) {
            let recorded = play(&loaded.simulation, source).expect("nothing can fail to fit");
            let text = recorded.schedule(loaded.subject(), source).to_string();
            let schedule = Schedule::parse(&text).expect("what is written can be read");
            match play(&loaded.simulation, Source::Schedule(&schedule)) {
                Ok(replayed) if seen(&loaded, &replayed) == seen(&loaded, &recorded) => {
                    assert_eq!(replayed.run.choices, recorded.run.choices);
                }
                Ok(_) => differing.push(format!("{}, {source}: another story", path.display())),
                Err(mismatch) => differing.push(format!("{}, {source}: {mismatch}", path.display())),
            }
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// What is recorded holds together: everything that arrives was sent, everything that is taken has arrived, once.
#[test]
fn every_signal_of_every_scenario_is_followed_from_its_sending_to_its_taking() {
    for path in files("scenarios", ".kdl") {
        let loaded = load(&root().join("scenarios").join(&path));
        for source in [None, Some(1), Some(2)].map(Source::of) {
            let played = play(&loaded.simulation, source).expect("nothing can fail to fit");
            let recording = played.recording();
            let mut used = BTreeSet::new();
            for event in recording.events() {
                let place = format!("{}, {source}, event {}", path.display(), event.number);
                assert!(recording.causes(event.number).all(|cause| cause < event.number), "{place}");
                let origin = event.origin.and_then(|origin| recording.event(origin));
                let causes: Vec<u64> = recording.causes(event.number).collect();
                match (&event.kind, origin.map(|origin| (origin, &origin.kind))) {
                    (
                        EventKind::Arrived { from, signal, fate },
                        Some((origin, EventKind::Sent { to, signal: sent })),
                    ) => {
                        assert_eq!(sent, signal, "{place}");
                        assert_eq!(origin.pid.queue_to(*to), from.queue_to(event.pid), "{place}");
                        // That there is nobody follows from a death, too.
                        let of_the_dead = *fate == Fate::NoProcess && causes.contains(&origin.number);
                        assert!(of_the_dead || causes == [origin.number], "{place}");
                    }
                    (EventKind::Arrived { .. }, Some((origin, EventKind::TimerFired(_)))) => {
                        assert_eq!((origin.pid, causes), (event.pid, vec![origin.number]), "{place}");
                    }
                    (EventKind::Took(message), Some((origin, EventKind::Arrived { from, signal, fate }))) => {
                        assert_eq!(origin.pid, event.pid, "{place}");
                        assert!(matches!(fate, Fate::Queued | Fate::QueuedFirst), "{place}");
                        assert!(became(signal, *from, message), "{place}: {signal:?} became {message:?}");
                        assert!(causes.contains(&origin.number), "{place}");
                    }
                    // It was put back.
                    (EventKind::Took(message), Some((origin, EventKind::Took(before)))) => {
                        assert_eq!((origin.pid, before), (event.pid, message), "{place}");
                        assert!(causes.contains(&origin.number), "{place}");
                    }
                    // An exit that it sent itself, or the answer that somebody is dead: nobody has sent it.
                    (EventKind::Took(Received::Exit { .. } | Received::Down { .. }), None) => (),
                    (EventKind::Arrived { .. } | EventKind::Took(_), _) => panic!("{place}: from nowhere"),
                    (EventKind::TimerFired(fired), None) => {
                        let set = recording.event(causes[0]).map(|set| &set.kind);
                        assert!(
                            matches!(set, Some(EventKind::TimerSet { reference, .. }) if reference == fired),
                            "{place}"
                        );
                    }
                    (_, None) => (),
                    (_, Some(_)) => panic!("{place}: only signals and messages have an origin"),
                }
                assert!(event.origin.is_none_or(|origin| used.insert(origin)), "{place}: twice");
            }
        }
    }
}

/// Whether a signal can have become this message.
fn became(signal: &Signal<Message<Script>>, from: Pid, message: &Received<Message<Script>>) -> bool {
    match (signal, message) {
        (Signal::Message { body, .. }, Received::Message(message)) => body == message,
        (
            Signal::Exit(sent) | Signal::LinkExit(sent) | Signal::ExitAlias(_, sent),
            Received::Exit { from: known, reason },
        ) => sent == reason && *known == from,
        (Signal::Down { reference: sent, .. }, Received::Down { reference, .. }) => sent == reference,
        _ => false,
    }
}

/// The same snapshots serve people who have no Rust, and the seeds that `check` tries hold here.
#[test]
fn treefall_check_agrees_with_this_test() {
    let output = Command::new(env!("CARGO_BIN_EXE_treefall"))
        .args(["check", "-q", "scenarios", "--snapshots", "snapshots/scenarios"])
        .current_dir(root())
        .output()
        .expect("treefall can be started");
    let said = [output.stdout, output.stderr].concat();
    assert_eq!(String::from_utf8_lossy(&said), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn every_snapshot_has_its_scenario() {
    let scenarios = files("scenarios", ".kdl");
    for snapshot in files("snapshots/scenarios", ".snap") {
        let scenario = snapshot.with_extension("");
        assert!(scenarios.contains(&scenario), "snapshots/scenarios/{} is an orphan", snapshot.display());
    }
}
