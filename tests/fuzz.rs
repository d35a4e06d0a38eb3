//! Nothing that is read breaks treefall: scenarios, schedules, results and command lines, mutated.
//!
//! Each round is told by its number alone, so one that fails is run again by `TREEFALL_FUZZ_FROM=N
//! TREEFALL_FUZZ_ROUNDS=1`. A few rounds are run each time; `TREEFALL_FUZZ_SECONDS=600` goes on for so long. What is
//! mutated is the project's own: the scenarios, the examples of the reference, and what treefall itself has written.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use treefall::explore::Dice;
use treefall::scenario::parse;

const REFERENCE: &str = include_str!("../docs/scenario.md");

/// What is inserted.
const PIECES: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "\"",
    "#",
    "#\"",
    "\"\"\"",
    "\\",
    "/*",
    "*/",
    "//",
    "/-",
    ";",
    "=",
    "$",
    "_",
    "(term)",
    "(term)\"",
    "\n",
    " ",
    "-",
    "0",
    "1.5",
    "#true",
    "#null",
    "é",
    "\u{feff}",
    "\0",
    "\u{1b}[2J",
    "\u{202e}",
    "as=$x",
    "else",
    "when",
    "args",
    "self",
    "name=#false",
    "99999999999999999999",
    "-9223372036854775808",
    "infinity",
    "repeat 1000000000 { ",
    "spawn p",
    "hang",
    "settle",
    "send self x",
    "horizon=9000000000000000000",
    "run ",
    "deliver ",
    "tick ",
    "kill ",
    " -> ",
    "seed ",
    "version ",
    "null",
    "[",
    "]",
    ",",
    "1e999",
];

/// Enough to go wrong, and little enough for many rounds.
const BOUNDS: &str = "--run-steps 2000 --run-statements 20000 --run-work 40000 --run-processes 300 \
                      --run-messages 2000 --run-timers 300 --run-bytes 4000000";

/// Command lines over a scenario `a.kdl`, a schedule `a.schedule` and a result `r.json`, all of which may be mutated.
const COMMANDS: &[&str] = &[
    "run a.kdl",
    "run a.kdl --seed 3 --verbose",
    "run a.kdl --seed 3 --scheduler pct --depth 3 --format json",
    "run a.kdl --record b.schedule",
    "explore a.kdl --seeds 0..4 --result s.json --out found",
    "explore a.kdl --exhaustive --max-states 200 --max-memory 200 --out found --jobs 1",
    "explore a.kdl --sweep --seeds 0..2 --out found",
    "check a.kdl --seeds 0..2 --junit j.xml",
    "check a.kdl --accept --snapshots accepted",
    "tree a.kdl",
    "replay a.schedule",
    "replay a.schedule --format json",
    "explain a.schedule",
    "shrink a.schedule --out b.schedule",
    "shrink a.schedule --scenario",
    "run a.kdl --seed 2 --format svg",
    "run a.kdl --format chrome",
    "explain a.schedule --format mermaid",
    "tree a.kdl --format dot",
    "explore a.kdl --seeds 0..4 --out found --format markdown",
    "check a.kdl --github",
    "view a.kdl --seed 3 --out p.html",
    "view a.schedule --out p.html",
    "judge a.kdl --distance 1 --max-states 200 --seeds 3 --write b.kdl --jobs 2",
    "judge a.kdl --mutants --max-states 200 --seeds 3",
    "step a.kdl",
    "explain a.schedule --for 1h",
    "shrink a.schedule --for 1h --format json",
    "explore a.kdl --exhaustive --max-states 200 --out found --jobs 1 --for 1h --format markdown --junit j.xml",
    "merge r.json",
    "merge r.json r.json --format json",
];

/// One round: what it does is told by its number.
struct Round {
    number: u64,
    dice: Dice,
}

impl Round {
    fn of(number: u64) -> Round {
        Round { number, dice: Dice::new(number) }
    }

    fn throw(&mut self, sides: usize) -> usize {
        usize::try_from(self.dice.throw(sides.max(1) as u64)).expect("it is one of so many")
    }

    fn pick<'a, T: ?Sized>(&mut self, among: &[&'a T]) -> &'a T {
        among[self.throw(among.len())]
    }

    /// The same bytes with some deleted, doubled, moved, changed or inserted.
    fn mutate(&mut self, text: &[u8], times: usize) -> Vec<u8> {
        let mut bytes = text.to_vec();
        for _ in 0..times {
            let start = self.throw(bytes.len() + 1);
            let end = (start + self.throw(40)).min(bytes.len());
            match self.throw(6) {
                0 => drop(bytes.drain(start..end)),
                1 => {
                    let times = 1 + self.throw(4);
                    let piece = bytes[start..end].repeat(times);
                    drop(bytes.splice(end..end, piece));
                }
                2 => {
                    let piece: Vec<u8> = bytes.drain(start..end).collect();
                    let to = self.throw(bytes.len() + 1);
                    drop(bytes.splice(to..to, piece));
                }
                3 if start < bytes.len() => bytes[start] ^= 1 << self.throw(8),
                4 => bytes.truncate(bytes.len() - bytes.len().min(self.throw(200))),
                _ => {
                    let piece = self.pick(PIECES);
                    drop(bytes.splice(start..start, piece.bytes()));
                }
            }
        }
        bytes
    }
}

/// Rounds: those that are always run, or all for so many seconds.
fn rounds(usual: u64) -> impl Iterator<Item = Round> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let from = number("TREEFALL_FUZZ_FROM").unwrap_or(0);
    let seconds = number("TREEFALL_FUZZ_SECONDS").map(Duration::from_secs);
    let usual = number("TREEFALL_FUZZ_ROUNDS").unwrap_or(usual);
    let begun = Instant::now();
    (from..)
        .take_while(move |round| match seconds {
            Some(seconds) => begun.elapsed() < seconds,
            None => *round - from < usual,
        })
        .map(Round::of)
}

fn scenarios() -> Vec<Vec<u8>> {
    let (mut found, mut folders) =
        (Vec::new(), vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("it can be listed") {
            let path = entry.expect("it can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "kdl") {
                found.push(path);
            }
        }
    }
    found.sort();
    let mut texts: Vec<Vec<u8>> = found.iter().map(|path| fs::read(path).expect("it can be read")).collect();
    let blocks = REFERENCE.split("```kdl\n").skip(1);
    texts.extend(blocks.map(|block| block.split("```").next().unwrap_or_default().as_bytes().to_vec()));
    texts.retain(|text| text.len() < 10_000);
    texts
}

#[test]
fn no_text_makes_the_parser_panic() {
    let corpus = scenarios();
    for mut round in rounds(500) {
        let (text, times) = (round.throw(corpus.len()), 1 + round.throw(8));
        let text = String::from_utf8_lossy(&round.mutate(&corpus[text], times)).into_owned();
        let Err(mistakes) = parse("mutated.kdl", &text) else { continue };
        let number = round.number;
        assert!(!mistakes.list.is_empty(), "round {number}");
        for mistake in &mistakes.list {
            assert!(text.get(mistake.span.start..mistake.span.end).is_some(), "round {number}");
            assert!(!mistake.message.contains("gave up"), "round {number}: the KDL parser panics");
        }
        assert!(!mistakes.render(80, true).is_empty(), "round {number}");
    }
}

/// A folder with a scenario, a schedule and a result.
struct Workshop {
    folder: tempfile::TempDir,
}

impl Workshop {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What it is asked for is typed, by whoever is asked.
    fn run(&self, arguments: &[String]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_treefall"));
        command.current_dir(self.folder.path()).args(arguments).env_clear();
        let typed = "1\n2\ncalm 10\nback\nkill 1\nuntil a ends\nsave b.schedule\n\u{1b}[2J\n99\nquit\n";
        fs::write(self.path("typed"), typed).expect("it can be written");
        command.stdin(fs::File::open(self.path("typed")).expect("it has been written"));
        command.output().expect("treefall can be started")
    }

    /// All files and what is in them, sorted.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let (mut files, mut folders) = (Vec::new(), vec![self.folder.path().to_path_buf()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("the folder is there") {
                let path = entry.expect("it can be listed").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.folder.path()).expect("it is below");
                    let mut content = fs::read(&path).expect("it can be read");
                    // A result says how long it took.
                    if name == Path::new("s.json") {
                        content = String::from_utf8_lossy(&content)
                            .lines()
                            .filter_map(|line| line.split("\"seconds\":").next())
                            .collect::<String>()
                            .into_bytes();
                    }
                    files.push((name.display().to_string(), content));
                }
            }
        }
        files.sort();
        files
    }
}

/// What is written by treefall itself of a scenario that breaks: a schedule and a result.
fn written(text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let workshop = Workshop { folder: tempfile::tempdir().expect("a temporary folder") };
    fs::write(workshop.path("a.kdl"), text).expect("it can be written");
    for command in ["run a.kdl --record a.schedule -q", "explore a.kdl --seeds 0..20 --result r.json -q"] {
        let bounded = format!("{command} {BOUNDS}");
        workshop.run(&bounded.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    }
    (
        fs::read(workshop.path("a.schedule")).unwrap_or_default(),
        fs::read(workshop.path("r.json")).unwrap_or_default(),
    )
}

/// What went wrong in a round.
fn attempt(round: &mut Round, corpus: &[Vec<u8>]) -> Result<(), String> {
    let number = round.throw(corpus.len());
    let (schedule, result) = written(&corpus[number]);
    let mut inputs = [("a.kdl", corpus[number].clone()), ("a.schedule", schedule), ("r.json", result)];
    for (_, text) in &mut inputs {
        // Mostly one thing is wrong at a time.
        let times = [0, 0, 1, 3][round.throw(4)];
        *text = round.mutate(text, times);
    }
    let mut line = round.pick(COMMANDS).to_owned();
    if !line.starts_with("merge") {
        line = format!("{line} {BOUNDS}");
    }
    let mut arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
    if round.throw(6) == 0 {
        let place = round.throw(arguments.len());
        let bytes = round.mutate(arguments[place].as_bytes(), 1);
        arguments[place] = String::from_utf8_lossy(&bytes).replace(['\0', '/'], "");
    }
    let once = || {
        let workshop = Workshop { folder: tempfile::tempdir().expect("a temporary folder") };
        for (name, text) in &inputs {
            fs::write(workshop.path(name), text).expect("it can be written");
        }
        (workshop.run(&arguments), workshop.files())
    };
    let (output, files) = once();
    let said = String::from_utf8_lossy(&output.stderr);
    let wrong =
        |what: &str| Err(format!("round {}: {what}: treefall {}\n{said}", round.number, arguments.join(" ")));
    if !matches!(output.status.code(), Some(0..=4)) || said.contains("' panicked at ") {
        return wrong(&format!("{}", output.status));
    }
    let escapes = |bytes: &[u8]| bytes.contains(&0x1b) || bytes.contains(&7);
    if escapes(&output.stdout) || escapes(&output.stderr) {
        return wrong("the terminal is commanded");
    }
    for (name, text) in &inputs {
        if !files.iter().any(|(file, content)| file == name && content == text) {
            return wrong(&format!("{name} has been changed"));
        }
    }
    if let Some((name, _)) = files.iter().find(|(name, _)| name.ends_with(".tmp")) {
        return wrong(&format!("{name} is left"));
    }
    // What ends by the clock may end elsewhere.
    let (again, others) = once();
    if !line.contains("--sweep")
        && (again.stdout, again.stderr, &others) != (output.stdout, output.stderr.clone(), &files)
    {
        return wrong("it is not the same twice");
    }
    Ok(())
}

#[test]
fn no_input_breaks_a_command() {
    let corpus = scenarios();
    let wrong: Vec<String> = rounds(40).filter_map(|mut round| attempt(&mut round, &corpus).err()).collect();
    assert!(wrong.is_empty(), "{} rounds went wrong:\n{}", wrong.len(), wrong.join("\n\n"));
}
