//! What `explain` tells: of every bug in `scenarios/bugs/` and `scenarios/field/`, the story of the explanation has
//! the events that a human has marked as the cause, and little that the failure does not follow from.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use treefall::explore::SchedulerKind;
use treefall::kernel::{EventKind, StopFlag};
use treefall::model::{Breach, Model, Part, Smallest, Source, breach_of, play, shape, slice};
use treefall::scenario::{Script, Simulation, parse};
use treefall::trace::{Excerpt, Recording, Settings, StoryLine, excerpt, told};

/// How many lines a story may have that the failure does not follow from.
const STRAY_MAX: usize = 12;

/// The broken files, sorted.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let listed =
        ["bugs", "field"].map(|folder| fs::read_dir(root.join(folder)).expect("there is such a folder"));
    let paths = listed.into_iter().flatten().map(|entry| entry.expect("it can be listed").path());
    let mut files: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "kdl"))
        .filter(|path| !path.to_string_lossy().ends_with(".repaired.kdl"))
        .collect();
    files.sort();
    files
}

/// The causes that a file marks, in the words of its story.
fn marks(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("// cause: ")).collect()
}

/// The run that the file says fails: the calm one, or that of a seed.
fn source(text: &str) -> Source<'static> {
    let line = text.lines().find(|line| line.starts_with("expect-failure "));
    let seed = line.expect("it says what fails").split(' ').find_map(|word| word.strip_prefix("seed="));
    seed.map_or(Source::Calm, |seed| {
        let seed = seed.parse().expect("a seed is a number");
        Source::Seed { of: SchedulerKind::RANDOM, seed }
    })
}

/// All that the failure follows from, by the numbers of the events.
fn path(simulation: &Simulation, recording: &Recording<'_, Script>, breach: &Breach) -> BTreeSet<u64> {
    let named: Vec<_> = breach
        .why
        .iter()
        .flat_map(|part| match part {
            Part::Process(pid) => vec![*pid],
            Part::Aside(aside) => aside
                .iter()
                .filter_map(|part| if let Part::Process(pid) = part { Some(*pid) } else { None })
                .collect(),
            Part::Text(_) | Part::Term(_) => Vec::new(),
        })
        .collect();
    let before = recording.events().iter().take_while(|event| event.step <= breach.step);
    let ends = before.filter(|event| {
        let spoken = match &event.kind {
            EventKind::Wrote { place, .. } => {
                breach.span.is_some_and(|span| simulation.speaks_of(span, place))
            }
            _ => false,
        };
        event.step == breach.step || spoken || named.contains(&event.pid)
    });
    recording.past(ends.map(|event| event.number))
}

struct Explained {
    name: String,
    /// The marks whose event the story does not have, or that no story can have.
    missing: Vec<String>,
    stray: Vec<String>,
    lines: usize,
    /// The lines that stand above their cause, and those whose clock runs backwards.
    disordered: Vec<String>,
}

fn explained(path_of: &Path) -> Explained {
    let text = fs::read_to_string(path_of).expect("it can be read");
    let name = path_of.file_name().expect("it has a name").to_string_lossy().into_owned();
    let scenario = parse(&name, &text).expect("it is a scenario");
    let simulation = Simulation::of(&scenario);
    let played = play(&simulation, source(&text)).expect("seeds fit");
    let first = played.run.verdict.breaches().first().unwrap_or_else(|| panic!("{name} does not fail"));
    let failure = shape::line(first, simulation.atoms());
    let smallest = Smallest::of(&simulation, &played, &failure, &StopFlag::default());
    let breach =
        breach_of(&simulation, &smallest.played.run.verdict, &failure).expect("it fails in the same way");
    let excerpt_of = slice(&simulation, &smallest, breach);
    let recording = smallest.played.recording();
    let settings = Settings::plain(simulation.atoms());
    let story = told(&recording, &settings, Some(&excerpt_of));
    let events: Vec<_> = recording.events().iter().collect();
    let all = Excerpt {
        steps: events.iter().map(|event| event.step).collect(),
        events: events.iter().map(|event| event.number).collect(),
    };
    let whole = told(&recording, &settings, Some(&all));
    let mut missing = Vec::new();
    for mark in marks(&text) {
        match whole.iter().find(|line| line.words.starts_with(mark)) {
            None => {
                let words: Vec<&str> = whole.iter().map(|line| line.words.as_str()).collect();
                missing.push(format!("no story has {mark}, but\n      {}", words.join("\n      ")));
            }
            Some(marked) if !story.iter().any(|line| line.event == marked.event) => {
                missing.push(mark.to_owned())
            }
            Some(_) => (),
        }
    }
    if marks(&text).is_empty() {
        missing.push("no cause is marked".to_owned());
    }
    let mut disordered = above_their_causes(&recording, &story);
    disordered.extend(backwards(&excerpt(&recording, &settings, &excerpt_of)));
    let path = path(&simulation, &recording, breach);
    let stray = story.iter().filter(|line| !path.contains(&line.event));
    let stray = stray.map(|line| line.words.clone()).collect();
    Explained { name, missing, stray, lines: story.len(), disordered }
}

#[test]
fn the_story_of_an_explanation_has_the_cause_and_little_else() {
    let all: Vec<Explained> = files().iter().map(|path| explained(path)).collect();
    let fails = |one: &Explained| {
        !one.missing.is_empty() || one.stray.len() > STRAY_MAX || !one.disordered.is_empty()
    };
    let mut table = String::new();
    for one in all.iter().filter(|one| fails(one) || std::env::var_os("TREEFALL_TABLE").is_some()) {
        let found = if one.missing.is_empty() { "found" } else { "MISSING" };
        table.push_str(&format!(
            "{:56} {found:8} {:3} lines, {:2} stray\n",
            one.name,
            one.lines,
            one.stray.len()
        ));
        one.missing.iter().for_each(|mark| table.push_str(&format!("    missing  {mark}\n")));
        one.disordered.iter().for_each(|line| table.push_str(&format!("    disorder {line}\n")));
        if fails(one) && one.stray.len() > STRAY_MAX {
            one.stray.iter().for_each(|line| table.push_str(&format!("    stray    {line}\n")));
        }
    }
    let failing = all.iter().filter(|one| fails(one)).count();
    assert!(all.len() > 80 && failing == 0, "{failing} of {} are not explained:\n{table}", all.len());
}

/// All scenario files below a folder.
fn scenarios(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("there is such a folder") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            scenarios(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "kdl") {
            found.push(path);
        }
    }
}

/// Of longer runs nobody reads the story to its end.
const EVENTS_READ: usize = 2000;

/// The pairs of lines of which the upper follows from the lower.
fn upside_down(recording: &Recording<'_, Script>, story: &[StoryLine]) -> Vec<(usize, usize)> {
    let mut lines_of: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (line, told) in story.iter().enumerate() {
        lines_of.entry(told.event).or_default().push(line);
    }
    // Of each event, the lowest line that it follows from.
    let mut lowest: Vec<Option<usize>> = vec![None];
    let mut wrong = Vec::new();
    for event in recording.events() {
        let before = recording.causes(event.number).filter_map(|cause| lowest[cause as usize]).max();
        let own = lines_of.get(&event.number);
        for line in own.into_iter().flatten() {
            wrong.extend(before.filter(|before| before > line).map(|before| (*line, before)));
        }
        lowest.push(before.max(own.and_then(|lines| lines.iter().min().copied())));
    }
    wrong
}

/// The same in words.
fn above_their_causes(recording: &Recording<'_, Script>, story: &[StoryLine]) -> Vec<String> {
    let line = |line: usize| format!("{} (event {})", story[line].words, story[line].event);
    let wrong = upside_down(recording, story).into_iter();
    wrong.map(|(above, below)| format!("{}\n    stands above {}", line(above), line(below))).collect()
}

/// How many columns the clock takes, in runs of less than a thousand seconds.
const CLOCK: usize = 9;

/// The lines of a story as it is read whose clock is behind that of a line above. Where the story says that it goes
/// back, it may.
fn backwards(story: &str) -> Vec<String> {
    let (mut above, mut shown, mut wrong): (Vec<(usize, u64)>, u64, Vec<String>) =
        (Vec::new(), 0, Vec::new());
    for line in story.lines() {
        if line.trim() == "meanwhile" {
            above.clear();
            continue;
        }
        let clock = line.split_once(" ms  ").and_then(|(clock, _)| clock.trim().parse::<u64>().ok());
        shown = clock.unwrap_or(shown);
        // Behind what its elder siblings have led to it may be, since the branches say that they are two.
        let told = line.chars().skip(CLOCK).collect::<String>();
        let depth = told.chars().take_while(|letter| " │├└".contains(*letter)).count();
        let latest =
            above.iter().filter(|(deep, _)| depth == 0 || *deep <= depth).map(|(_, clock)| *clock).max();
        if let Some(latest) = latest.filter(|latest| clock.is_some_and(|clock| clock < *latest)) {
            wrong.push(format!("{line}\n    stands below {latest} ms"));
        }
        above.push((depth, shown));
    }
    wrong
}

#[test]
fn a_clock_that_runs_backwards_is_seen() {
    let story = "   5 ms  a  started\n         └ b  said 1 ms  ago\n   4 ms  c  started\n";
    assert_eq!(backwards(story), ["   4 ms  c  started\n    stands below 5 ms"]);
    let nested = "   5 ms  a    stops\n         ├ b  told\n   9 ms  │ └ c  gone\n   5 ms  └ d  told\n";
    assert!(backwards(nested).is_empty());
    assert_eq!(backwards(&nested.replace("9 ms  │ └", "9 ms  ├")).len(), 1);
    assert!(backwards("   5 ms  a  started\n\n         meanwhile\n   4 ms  c  started\n").is_empty());
}

#[test]
fn no_line_stands_above_its_cause_and_no_clock_runs_backwards() {
    let mut files = Vec::new();
    scenarios(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"), &mut files);
    files.sort();
    let (mut read, mut wrong) = (0, Vec::new());
    for path in &files {
        // What is no scenario, or works until it is stopped, is read by nobody.
        if path.components().any(|part| part.as_os_str() == "hostile") {
            continue;
        }
        // Ten thousand children are not, either.
        let text = fs::read_to_string(path).expect("it can be read");
        if text.contains("repeat 10000") {
            continue;
        }
        let name = path.file_stem().expect("it has a name").to_string_lossy();
        let simulation = Simulation::of(&parse(&name, &text).expect("it is a scenario"));
        for source in [None, Some(1)].map(Source::of) {
            let played = play(&simulation, source).expect("seeds fit");
            let recording = played.recording();
            if recording.events().len() > EVENTS_READ {
                break;
            }
            let settings = Settings::plain(simulation.atoms());
            let story = told(&recording, &settings, None);
            read += story.len();
            let mut all = above_their_causes(&recording, &story);
            all.extend(backwards(&treefall::trace::text(&recording, &settings)));
            wrong.extend(all.into_iter().map(|line| format!("{name}, {source}: {line}")));
        }
    }
    assert!(read > 10_000 && wrong.is_empty(), "{} of {read} lines:\n{}", wrong.len(), wrong.join("\n"));
}
