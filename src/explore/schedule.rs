//! Schedule files: one run as text, one choice a line, in the names that people see.
//!
//! ```text
//! treefall schedule 1
//! version 0.1.0
//! scenario scenarios/bank.kdl
//! hash 8f1d0a6fb1c0cc8e
//! seed 7
//!
//! run boot
//! deliver boot -> bank
//! tick 100
//! ```
//!
//! It is made to be edited: lines that begin with `//` are comments, a last line `calm` lets the rest of the run
//! be the calm one, and a last line `repeat 4` says that the last four choices lead back to where they began.

use std::fmt;

/// A recorded run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The version of treefall that recorded it.
    pub version: String,
    /// The scenario's path, as it was given.
    pub scenario: String,
    /// The [`digest`] of the scenario's text.
    pub hash: u64,
    /// The seed that the run came from; none if it was the calm run.
    pub seed: Option<u64>,
    /// The scheduler that the seed is for, and what has been done to the run since; none if it is the run of
    /// plain dice or the calm one.
    pub scheduler: Option<String>,
    /// What was chosen, a line a step.
    pub lines: Vec<ScheduleLine>,
    /// What follows the last choice.
    pub rest: Rest,
}

/// What follows the last choice of a schedule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rest {
    /// Nothing: the run is over.
    #[default]
    Nothing,
    /// The calm run takes over.
    Calm,
    /// The last so many choices, again and again: the run goes round.
    Repeat(u64),
}

/// One choice of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleLine {
    /// The choice, as [`super::describe`] says it.
    pub text: String,
    /// The line of the file, from 1.
    pub number: usize,
}

/// Why a text is no schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleMistake {
    /// The line of the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ScheduleMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ScheduleMistake {}

/// The first line of every schedule; the number is that of the format.
const TITLE: &str = "treefall schedule 1";
/// More choices than these are no schedule.
const CHOICES_MAX: usize = 4_000_000;
const COMMENT: &str = "//";
const CALM: &str = "calm";
const REPEAT: &str = "repeat";

/// What a schedule that a sweep has made has for a scheduler: such a one may kill anybody.
pub const SWEEP: &str = "sweep";

/// A hash of a scenario's text that never changes: FNV-1a, 64 bits.
pub fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

impl Schedule {
    /// A schedule of these choices, in the words of [`super::describe`].
    pub fn new(
        version: &str,
        scenario: &str,
        hash: u64,
        seed: Option<u64>,
        choices: impl IntoIterator<Item = String>,
    ) -> Self {
        let mut schedule = Schedule {
            version: version.to_owned(),
            scenario: scenario.to_owned(),
            hash,
            seed,
            scheduler: None,
            lines: Vec::new(),
            rest: Rest::Nothing,
        };
        let first = schedule.header().lines().count() + 2;
        schedule.lines = choices
            .into_iter()
            .enumerate()
            .map(|(place, text)| ScheduleLine { text, number: first + place })
            .collect();
        schedule
    }

    /// Whether it kills whom it names, though the scenario does not say that they may be killed.
    pub fn is_of_a_sweep(&self) -> bool {
        self.scheduler.as_ref().is_some_and(|scheduler| scheduler.starts_with(SWEEP))
    }

    /// Reads a schedule file.
    ///
    /// # Errors
    ///
    /// At the first line that a schedule does not have there.
    pub fn parse(text: &str) -> Result<Self, ScheduleMistake> {
        let mut lines = text
            .lines()
            .enumerate()
            .map(|(place, line)| (place + 1, line.trim()))
            .filter(|(_, line)| !line.is_empty() && !line.starts_with(COMMENT));
        let end = text.lines().count() + 1;
        match lines.next() {
            Some((_, TITLE)) => (),
            found => {
                let (line, message) = match found {
                    Some((line, found)) if found.starts_with("treefall schedule ") => {
                        (line, format!("this release reads `{TITLE}`, not `{found}`"))
                    }
                    Some((line, _)) => (line, format!("a schedule file begins with `{TITLE}`")),
                    None => (end, format!("a schedule file begins with `{TITLE}`")),
                };
                return Err(ScheduleMistake { line, message });
            }
        }
        let mut field = |key: &str| match lines.next() {
            Some((line, text)) => match text.strip_prefix(key).and_then(|rest| rest.strip_prefix(' ')) {
                Some(value) => Ok((line, value.trim())),
                None => {
                    Err(ScheduleMistake { line, message: format!("expected `{key} …`, found `{text}`") })
                }
            },
            None => {
                Err(ScheduleMistake { line: end, message: format!("expected `{key} …`, found the end") })
            }
        };
        let (_, version) = field("version")?;
        let (_, scenario) = field("scenario")?;
        let (line, hash) = field("hash")?;
        let hash = u64::from_str_radix(hash, 16)
            .map_err(|_| ScheduleMistake { line, message: format!("`{hash}` is no hash of 16 digits") })?;
        let (line, seed) = field("seed")?;
        let (seed, scheduler) =
            seed.split_once(' ').map_or((seed, None), |(seed, rest)| (seed, Some(rest.trim().to_owned())));
        let seed = match seed {
            "none" => None,
            seed => Some(seed.parse().map_err(|_| ScheduleMistake {
                line,
                message: format!("`{seed}` is no seed: a whole number, or `none` for the calm run"),
            })?),
        };
        let mut schedule = Schedule { scheduler, ..Schedule::new(version, scenario, hash, seed, []) };
        for (number, text) in lines {
            if schedule.rest != Rest::Nothing {
                let message =
                    format!("`{text}` comes after `{}`, which must be the last line", schedule.rest);
                return Err(ScheduleMistake { line: number, message });
            }
            let read = rest(text, schedule.lines.len())
                .map_or_else(|| well_formed(text).map(|()| Rest::Nothing), Ok)
                .map_err(|message| ScheduleMistake { line: number, message })?;
            if schedule.lines.len() == CHOICES_MAX {
                let message = format!("a schedule has at most {CHOICES_MAX} choices");
                return Err(ScheduleMistake { line: number, message });
            }
            match read {
                Rest::Nothing => schedule.lines.push(ScheduleLine { text: text.to_owned(), number }),
                read => schedule.rest = read,
            }
        }
        Ok(schedule)
    }

    fn header(&self) -> String {
        let Schedule { version, scenario, hash, seed, scheduler, .. } = self;
        let mut seed = seed.map_or("none".to_owned(), |seed| seed.to_string());
        if let Some(scheduler) = scheduler {
            seed.push(' ');
            seed.push_str(scheduler);
        }
        format!("{TITLE}\nversion {version}\nscenario {scenario}\nhash {hash:016x}\nseed {seed}\n")
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.header())?;
        for line in &self.lines {
            writeln!(f, "{}", line.text)?;
        }
        match self.rest {
            Rest::Nothing => Ok(()),
            rest => writeln!(f, "{rest}"),
        }
    }
}

impl fmt::Display for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rest::Nothing => Ok(()),
            Rest::Calm => f.write_str(CALM),
            Rest::Repeat(steps) => write!(f, "{REPEAT} {steps}"),
        }
    }
}

/// The last line of a schedule that goes on, after so many choices.
fn rest(text: &str, choices: usize) -> Option<Rest> {
    if text == CALM {
        return Some(Rest::Calm);
    }
    let steps = text.strip_prefix(REPEAT)?.trim_start().parse().ok()?;
    (1..=choices).contains(&usize::try_from(steps).ok()?).then_some(Rest::Repeat(steps))
}

/// Whether a line could be a choice. Names are only known when the run is.
fn well_formed(text: &str) -> Result<(), String> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    let expected = match word {
        "deliver" if rest.contains(" -> ") => return Ok(()),
        "deliver" => "`deliver SENDER -> RECEIVER`",
        "run" | "kill" if !rest.is_empty() => return Ok(()),
        "run" => "`run PROCESS`",
        "kill" => "`kill PROCESS`",
        "fault" if !rest.is_empty() => return Ok(()),
        "fault" => "`fault` and what the scenario says of it",
        "tick" if is_tick(rest) => return Ok(()),
        "tick" => "`tick MILLISECONDS` or `tick MILLISECONDS #NTH`",
        REPEAT => "`repeat STEPS`, of the choices before it",
        _ => "a line that begins with `deliver`, `run`, `tick`, `kill` or `fault`",
    };
    Err(format!("expected {expected}, found `{text}`"))
}

fn is_tick(rest: &str) -> bool {
    let (due, nth) = match rest.split_once(' ') {
        Some((due, nth)) => (due, nth.strip_prefix('#').unwrap_or("")),
        None => (rest, "2"),
    };
    due.parse::<u64>().is_ok() && nth.parse::<u64>().is_ok()
}

#[cfg(test)]
mod tests {
    use proptest::proptest;

    use super::{Rest, Schedule, digest};

    fn example() -> Schedule {
        let choices = ["run boot", "deliver boot -> top/a#2", "tick 100", "tick 100 #2", "kill top/a#2"];
        Schedule::new("0.1.0", "scenarios/a file.kdl", digest("x"), Some(7), choices.map(str::to_owned))
    }

    #[test]
    fn a_schedule_is_text_that_reads_back() {
        let text = example().to_string();
        insta::assert_snapshot!(text, @"
        treefall schedule 1
        version 0.1.0
        scenario scenarios/a file.kdl
        hash af63f54c86021707
        seed 7

        run boot
        deliver boot -> top/a#2
        tick 100
        tick 100 #2
        kill top/a#2
        ");
        assert_eq!(Schedule::parse(&text), Ok(example()));
        let calm = Schedule { seed: None, rest: Rest::Calm, ..example() };
        let round = Schedule { rest: Rest::Repeat(2), ..example() };
        assert_eq!(Schedule::parse(&round.to_string()), Ok(round));
        let swarm = Schedule { scheduler: Some("pct, depth 3".to_owned()), ..example() };
        assert_eq!(Schedule::parse(&calm.to_string()), Ok(calm));
        assert!(swarm.to_string().contains("\nseed 7 pct, depth 3\n"));
        assert_eq!(Schedule::parse(&swarm.to_string()), Ok(swarm));
    }

    #[test]
    fn comments_and_blank_lines_may_be_added_by_hand() {
        let text = format!("// why\n\n{}", example().to_string().replace("tick", "\n  // time\n  tick"));
        let read = Schedule::parse(&text).expect("it is a schedule");
        let texts = |schedule: &Schedule| -> Vec<String> {
            schedule.lines.iter().map(|line| line.text.clone()).collect()
        };
        assert_eq!(texts(&read), texts(&example()));
        assert_eq!(text.lines().nth(read.lines[2].number - 1), Some("  tick 100"), "lines know their place");
    }

    #[test]
    fn a_mistake_names_its_line_and_what_was_expected() {
        let text = example().to_string();
        let mistakes: Vec<String> = [
            ("treefall schedule 1", "scenario \"a\""),
            ("treefall schedule 1", "treefall schedule 2"),
            ("version 0.1.0\n", ""),
            ("hash ", "hash x"),
            ("seed 7", "seed -1"),
            ("run boot", "runs boot"),
            ("run boot", "run"),
            ("deliver boot -> ", "deliver boot to "),
            ("tick 100\n", "tick soon\n"),
            ("#2\nkill", "2\nkill"),
            ("run boot", "calm"),
            ("kill top/a#2", "repeat 5"),
            ("kill top/a#2", "repeat 0"),
            ("kill top/a#2", "repeat"),
        ]
        .into_iter()
        .map(|(old, new)| match Schedule::parse(&text.replacen(old, new, 1)) {
            Err(mistake) => mistake.to_string(),
            Ok(_) => format!("`{new}` was accepted"),
        })
        .chain([Schedule::parse("").expect_err("it is empty").to_string()])
        .collect();
        insta::assert_snapshot!(mistakes.join("\n"), @"
        line 1: a schedule file begins with `treefall schedule 1`
        line 1: this release reads `treefall schedule 1`, not `treefall schedule 2`
        line 2: expected `version …`, found `scenario scenarios/a file.kdl`
        line 4: `xaf63f54c86021707` is no hash of 16 digits
        line 5: `-1` is no seed: a whole number, or `none` for the calm run
        line 7: expected a line that begins with `deliver`, `run`, `tick`, `kill` or `fault`, found `runs boot`
        line 7: expected `run PROCESS`, found `run`
        line 8: expected `deliver SENDER -> RECEIVER`, found `deliver boot to top/a#2`
        line 9: expected `tick MILLISECONDS` or `tick MILLISECONDS #NTH`, found `tick soon`
        line 10: expected `tick MILLISECONDS` or `tick MILLISECONDS #NTH`, found `tick 100 2`
        line 8: `deliver boot -> top/a#2` comes after `calm`, which must be the last line
        line 11: expected `repeat STEPS`, of the choices before it, found `repeat 5`
        line 11: expected `repeat STEPS`, of the choices before it, found `repeat 0`
        line 11: expected `repeat STEPS`, of the choices before it, found `repeat`
        line 1: a schedule file begins with `treefall schedule 1`
        ");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(tail in "(//|run|tick|kill|deliver|calm|repeat|->|#|[0-9]| |\n|é){0,40}", whole in ".*") {
            let _ = Schedule::parse(&whole);
            if let Ok(read) = Schedule::parse(&format!("{}{tail}", example())) {
                let again = Schedule::parse(&read.to_string()).expect("what is written can be read");
                let texts = |schedule: &Schedule| schedule.lines.iter().map(|line| line.text.clone()).collect::<Vec<_>>();
                assert_eq!((texts(&again), again.rest), (texts(&read), read.rest));
            }
        }
    }

    #[test]
    fn the_hash_is_fnv_1a() {
        // Test vectors of the Internet draft draft-eastlake-fnv.
        assert_eq!(digest(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(digest("foobar"), 0x8594_4171_f739_67e8);
    }
}
