//! `treefall check`.

mod watch;

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use similar::{ChangeTag, TextDiff};

use crate::explore::SchedulerKind;
use crate::judge::{Proof, proof};
use crate::kernel::StopFlag;
use crate::model::{Origin, Played, Run, Source, play, run_under};
use crate::scenario::{Judgement, Simulation};
use crate::trace::{Line, Tone};

use super::bounds::Bounds;
use super::contents;
use super::discover::{self, DiscoveredScenario};
use super::exit::Exit;
use super::explain::explanation;
use super::loaded::{Loaded, complaint};
use super::paths::{shown, word};
use super::snapshot::{self, Compared, Header};
use super::summary::{Entry, Reporting, line_of};
use super::tally::Tally;
use super::terminal::{Format, ON_A_PIPE, Terminal, rendered};
use super::verdict::Case;
use super::words::{count, range};

/// Check scenarios as a CI does: the calm run, some seeds, and snapshots
///
/// The calm run and the seeds of `expect-failure` lines must come out as the file says, and read as their
/// snapshot does. A file that expects no failure must hold in every order, or under some more seeds where there are
/// too many orders. Folders are searched for
/// `*.kdl`. Snapshots are in the format of the Rust crate insta: `cargo insta review` works on them.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Scenario files, and folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Write snapshots that are new or have changed, instead of failing
    #[arg(long)]
    accept: bool,
    /// Where snapshots are [default: a folder `snapshots` beside the scenarios]
    #[arg(long, value_name = "DIR")]
    snapshots: Option<PathBuf>,
    /// The seeds that a file without `expect-failure` must hold under [default: 0..32]
    #[arg(long, value_name = "A..B", default_value = "0..32", hide_default_value = true, value_parser = range)]
    seeds: Range<u64>,
    /// Try every order first, as far as that takes at most so many states: what ends is proved, and needs no seeds.
    /// 0 tries seeds only [default: 5000]
    #[arg(long, value_name = "STATES", default_value_t = 5_000, hide_default_value = true)]
    prove: u64,
    /// Check again whenever a scenario or a snapshot changes, until Ctrl-C
    #[arg(long, conflicts_with = "accept")]
    watch: bool,
    #[command(flatten)]
    reporting: Reporting,
    #[command(flatten)]
    bounds: Bounds,
}

/// What became of a scenario's snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kept {
    /// It is as it was.
    Same,
    /// It was written.
    Accepted,
    /// There is none.
    Missing,
    /// It says something else now; the old contents.
    Changed(String),
    /// It was not looked at, or could not be accepted: something else is wrong.
    Unasked,
}

/// What came of one scenario.
#[derive(Debug)]
struct Checked {
    exit: Exit,
    word: &'static str,
    tone: Tone,
    /// How many runs, and of how many steps.
    runs: u64,
    steps: u64,
    /// In how many states it was proved that it holds, if it should hold in every order and that was tried.
    proved: Option<Option<u64>>,
    /// What to say below its line.
    details: Vec<Line>,
    /// How its snapshot has changed: printed as wide as it is.
    diff: Vec<Line>,
    /// The same for programs.
    json: serde_json::Value,
    /// Why its snapshot could not be written.
    unwritten: Option<io::Error>,
    /// Whether anybody wants to know why it fails, and why it does.
    explains: bool,
    explained: Option<String>,
}

/// Checks every scenario, once or again and again.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    match args.watch {
        true => watch::watch(&args.paths, args.snapshots.as_deref(), terminal, &mut |terminal| {
            once(args, terminal)
        }),
        false => once(args, terminal),
    }
}

fn once(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    let folder = args.snapshots.as_deref();
    let found = discover::scenarios(&args.paths, folder)
        .and_then(|found| Ok((found, discover::orphans(&args.paths, folder)?)));
    let (found, orphans) = match found {
        Ok(found) => found,
        Err(message) => {
            terminal.complain(|_, _| message);
            return Exit::Wrong;
        }
    };
    if !args.reporting.begin(found.iter().flat_map(DiscoveredScenario::files), terminal) {
        return Exit::Wrong;
    }
    let wide = found.iter().map(|found| shown(&found.path).chars().count()).max().unwrap_or(0);
    let mut tally = Tally::default();
    for found in &found {
        let outcome = match open_and_check(found, args, terminal.explains()) {
            Ok(outcome) => outcome,
            Err(told) => {
                terminal.keep(|| Entry::wrong(&found.path, &told(ON_A_PIPE, false)));
                terminal.complain(told);
                tally.count("wrong", Exit::Wrong);
                continue;
            }
        };
        tally.count(outcome.word, outcome.exit);
        terminal.keep(|| outcome.entry(&found.path));
        match terminal.format {
            Format::Json => terminal.print_json(&outcome.json),
            Format::Text if terminal.quiet && outcome.exit == Exit::Held => (),
            Format::Text => {
                let path = shown(&found.path);
                let line = Line::new()
                    .with(outcome.tone, format!("{:<12} ", outcome.word))
                    .with(Tone::Plain, format!("{path:<wide$}"))
                    .with(Tone::Faint, format!("  {}", outcome.effort()));
                terminal.print_as_they_are(&[line]);
                terminal.print_lines(&outcome.details);
                terminal.print_as_they_are(&outcome.diff);
            }
        }
        if let Some(error) = &outcome.unwritten {
            terminal.complain_unwritten(&found.snapshot, error);
        }
        terminal.flush();
    }
    for orphan in &orphans {
        tally.count("orphan", Exit::Broken);
        let why = "a snapshot whose scenario is gone: delete it";
        terminal.keep(|| Entry {
            word: "orphan".to_owned(),
            exit: Exit::Broken,
            ..Entry::wrong(orphan, why)
        });
        let path = shown(orphan);
        match terminal.format {
            Format::Json => terminal.print_json(&serde_json::json!({"orphan": path.to_string()})),
            Format::Text => terminal.print_lines(&[
                Line::new().with(Tone::Bad, format!("{:<12} ", "orphan")).with(Tone::Plain, path.to_string()),
                Line::new().with(Tone::Plain, format!("  {why}")),
            ]),
        }
    }
    if terminal.format == Format::Text && !(terminal.quiet && tally.exit() == Exit::Held) {
        terminal.print_lines(&closing(&tally, args));
    }
    args.reporting.end("check", terminal);
    tally.exit()
}

/// Checks one scenario, or has a complaint for a terminal of this width that takes colours or does not.
fn open_and_check(
    found: &DiscoveredScenario,
    args: &Args,
    explains: bool,
) -> Result<Checked, Box<dyn Fn(usize, bool) -> String>> {
    let loaded = match Loaded::open(&found.path) {
        Ok(mut loaded) => {
            args.bounds.apply(&mut loaded);
            loaded
        }
        Err(error) => return Err(Box::new(move |width, color| complaint(&error, width, color))),
    };
    check(&loaded, found, args, explains).map_err(|error| -> Box<dyn Fn(usize, bool) -> String> {
        let told = format!("error: {}: {error}", shown(&found.snapshot));
        Box::new(move |_, _| told.clone())
    })
}

/// Runs one scenario as often as it takes.
fn check(loaded: &Loaded, found: &DiscoveredScenario, args: &Args, explains: bool) -> io::Result<Checked> {
    let runs = contents::runs(loaded);
    let mut outcome = Checked {
        exit: Exit::Held,
        word: "ok",
        tone: Tone::Good,
        runs: 0,
        steps: 0,
        proved: None,
        details: Vec::new(),
        diff: Vec::new(),
        json: serde_json::Value::Null,
        unwritten: None,
        explains,
        explained: None,
    };
    for (source, played) in &runs {
        outcome.judge(loaded, *source, played);
    }
    let holds = loaded.simulation.expected_failures().is_empty();
    if holds && args.prove > 0 && outcome.exit == Exit::Held {
        outcome.prove(loaded, args.prove);
    }
    if holds && !matches!(outcome.proved, Some(Some(_))) {
        for seed in args.seeds.clone() {
            if outcome.exit >= Exit::Broken {
                break;
            }
            let kind = SchedulerKind::RANDOM;
            let run: Run<Simulation> = run_under(&loaded.simulation, &mut *kind.scheduler(seed, 0));
            if Judgement::of(&run.verdict, Origin::Seed(kind, seed), &[]) == Judgement::Held {
                outcome.runs += 1;
                outcome.steps += run.steps;
            } else {
                let source = Source::of(Some(seed));
                let played = play(&loaded.simulation, source).expect("only schedules can fail to fit");
                outcome.judge(loaded, source, &played);
            }
        }
    }
    let contents = contents::of(loaded, &runs);
    let kept = match outcome.exit {
        // What is wrong would be accepted with it.
        Exit::Unwritten | Exit::Broken | Exit::Wrong | Exit::Interrupted => Kept::Unasked,
        Exit::Held | Exit::Inconclusive => keep(&contents, found, args.accept, &mut outcome.unwritten)?,
    };
    outcome.keep(found, &kept, &contents);
    Ok(outcome)
}

/// Compares the snapshot, and writes it if that was asked for. What could not be written is not there: `unwritten` says
/// why.
fn keep(
    contents: &str,
    found: &DiscoveredScenario,
    accept: bool,
    unwritten: &mut Option<io::Error>,
) -> io::Result<Kept> {
    let header =
        Header { source: "treefall check", expression: "contents(scenario)", input_file: &found.relative };
    let compared = snapshot::compare(&found.snapshot, contents)?;
    let written = match compared {
        Compared::Same => snapshot::forget_pending(&found.snapshot),
        Compared::Missing | Compared::Changed(_) if accept => {
            snapshot::accept(&found.snapshot, header, contents)
        }
        Compared::Missing | Compared::Changed(_) => snapshot::propose(&found.snapshot, header, contents),
    };
    *unwritten = written.err();
    Ok(match compared {
        Compared::Same => Kept::Same,
        Compared::Missing | Compared::Changed(_) if accept && unwritten.is_some() => Kept::Unasked,
        Compared::Missing | Compared::Changed(_) if accept => Kept::Accepted,
        Compared::Missing => Kept::Missing,
        Compared::Changed(old) => Kept::Changed(old),
    })
}

impl Checked {
    /// What is kept of it. It is as wide as on a pipe, whatever terminal this is.
    fn entry(&self, path: &Path) -> Entry {
        let lines =
            [rendered(&self.details, ON_A_PIPE, false), rendered(&self.diff, usize::MAX, false)].concat();
        let why = match self.word {
            _ if self.exit == Exit::Held => "",
            "new" => "it has no snapshot yet",
            "changed" => "it reads unlike its snapshot",
            _ => self.json["why"].as_str().unwrap_or(self.word),
        };
        Entry {
            path: path.to_path_buf(),
            word: self.word.to_owned(),
            exit: self.exit,
            effort: self.effort(),
            why: why.to_owned(),
            told: lines.trim_end().to_owned(),
            explained: self.explained.clone(),
            line: line_of(&self.json),
        }
    }

    /// How much was tried.
    fn effort(&self) -> String {
        format!("{}, {}{}", count(self.runs, "run"), count(self.steps, "step"), self.worth())
    }

    /// What it is worth that it holds.
    fn worth(&self) -> String {
        match (self.exit, self.proved) {
            (Exit::Held, Some(Some(states))) => {
                format!(", proved in {}", count(states, "state"))
            }
            (Exit::Held, Some(None)) => ", sampled".to_owned(),
            (_, _) => String::new(),
        }
    }

    /// Tries every order.
    fn prove(&mut self, loaded: &Loaded, states_max: u64) {
        self.proved = Some(match proof(&loaded.simulation, states_max, &StopFlag::default()) {
            Proof::Holds(states) => Some(states),
            Proof::Broken(played) => {
                self.judge(loaded, Source::Exhaustive, &played);
                None
            }
            Proof::Open => None,
        });
    }

    fn judge(&mut self, loaded: &Loaded, source: Source<'_>, played: &Played<Simulation>) {
        let file = word(&loaded.path);
        let again = match (source, source.seed()) {
            (Source::Exhaustive, _) => format!("treefall explore {file}"),
            (_, Some(seed)) => format!("treefall run {file} --seed {seed}"),
            (_, None) => format!("treefall run {file}"),
        };
        let of = source.to_string();
        let case = Case::of(loaded, played, &of, source.origin(), Some(&again));
        self.runs += 1;
        self.steps += played.run.steps;
        let judgement = case.judgement();
        if self.json.is_null() || judgement.exit() > self.exit {
            self.json = case.json(None);
        }
        if judgement.exit() > Exit::Held {
            let indented = case.lines().into_iter().map(|line| {
                let mut indented = Line::new();
                if !line.is_empty() {
                    indented.push(Tone::Plain, "  ");
                }
                indented.append(line);
                indented
            });
            self.details.extend(indented);
            self.details.push(Line::new());
        }
        if judgement.exit() > self.exit {
            if self.explains && judgement.exit() == Exit::Broken {
                self.explained = explanation(loaded, played, None);
            }
            self.exit = judgement.exit();
            (self.word, self.tone) = match judgement {
                Judgement::Inconclusive(_) => ("inconclusive", Tone::Warning),
                Judgement::Unrunnable(_) => ("wrong", Tone::Bad),
                _ => ("broken", Tone::Bad),
            };
        }
    }

    fn keep(&mut self, found: &DiscoveredScenario, kept: &Kept, contents: &str) {
        let name = match kept {
            Kept::Same => "same",
            Kept::Accepted => "accepted",
            Kept::Missing => "missing",
            Kept::Changed(_) => "changed",
            Kept::Unasked => "unasked",
        };
        match kept {
            Kept::Same | Kept::Unasked => (),
            Kept::Accepted if self.exit == Exit::Held => self.word = "accepted",
            Kept::Accepted => (),
            Kept::Missing => {
                (self.exit, self.word, self.tone) = (Exit::Broken, "new", Tone::Warning);
                let text = format!("  it has no snapshot yet: {}", shown(&found.snapshot));
                self.details.push(Line::new().with(Tone::Plain, text));
            }
            Kept::Changed(old) => {
                (self.exit, self.word, self.tone) = (Exit::Broken, "changed", Tone::Bad);
                self.diff = difference(old, contents.trim_end(), &shown(&found.snapshot));
            }
        }
        if let serde_json::Value::Object(fields) = &mut self.json {
            fields.insert("runs".into(), self.runs.into());
            fields.insert("steps".into(), self.steps.into());
            fields.insert("proved_states".into(), self.proved.flatten().into());
            fields.insert("snapshot".into(), name.into());
        }
    }
}

/// The lines that differ, with three more around them.
fn difference(old: &str, new: &str, name: &str) -> Vec<Line> {
    let mut lines =
        vec![Line::new().with(Tone::Bad, format!("  - {name}")), Line::new().with(Tone::Good, "  + now")];
    let diff = TextDiff::from_lines(old, new);
    for (place, group) in diff.grouped_ops(3).iter().enumerate() {
        if place > 0 {
            lines.push(Line::new().with(Tone::Faint, "  ⋮"));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (sign, tone) = match change.tag() {
                ChangeTag::Delete => ('-', Tone::Bad),
                ChangeTag::Insert => ('+', Tone::Good),
                ChangeTag::Equal => (' ', Tone::Plain),
            };
            let text = change.value().trim_end_matches('\n');
            lines.push(Line::new().with(tone, format!("  {sign} {text}")));
        }
    }
    lines.push(Line::new());
    lines
}

/// What they come to together, and how to accept what is new.
fn closing(tally: &Tally, args: &Args) -> Vec<Line> {
    let mut lines = vec![tally.line()];
    if tally.has("new") || tally.has("changed") {
        let paths: Vec<String> = args.paths.iter().map(word).collect();
        let folder = args.snapshots.as_ref().map(word);
        let folder = folder.map(|folder| format!(" --snapshots {folder}")).unwrap_or_default();
        lines.push(
            Line::new()
                .with(Tone::Plain, "If that is how it should be: ")
                .with(Tone::Name, format!("treefall check --accept{folder} {}", paths.join(" "))),
        );
    }
    lines
}
