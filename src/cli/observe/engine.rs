//! What the page asks for: a run that is like another up to a step, and goes on otherwise.
//!
//! A fork is told by the steps at which somebody interfered, what he did there, and how it went on. That is all there
//! is to one, so nothing is remembered between questions, and a link can hold it. What the scenario does not allow by
//! itself, a message from nobody and a cut, are faults that are added to its text: so whatever was done can be kept as
//! a schedule, and replayed by whoever has no page.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::explore::{Calm, Names as _, Prefixed, SWEEP, Schedule, SchedulerKind, describe};
use crate::kernel::{Choice, StopFlag};
use crate::model::{EventsOf, Model, Played, Source, calm_length, play_until};
use crate::scenario::Simulation;
use crate::view::page::About;

use super::super::bounds::Bounds;
use super::super::keep::{keep_as, keep_text};
use super::super::loaded::Loaded;
use super::super::paths::word;
use super::super::shown_run::{Opened, as_json};

/// No fork is forked more often than this.
const FORKS_MAX: usize = 200;

/// What is behind the page.
pub(super) struct Engine {
    opened: Opened,
    /// The choices of the run that the page opens with.
    main: Vec<Choice>,
    bounds: Bounds,
    out: PathBuf,
}

/// Where somebody interfered with a run, and how.
#[derive(Clone, Debug)]
struct Fork {
    /// After so many steps.
    step: usize,
    /// What he did: a line as schedules have it, `send NAME VALUE…`, `cut`, or nothing.
    what: String,
    /// How it goes on: `calm`, `recorded`, or a seed.
    then: String,
}

/// A run that was forked, in the scenario in which it is one.
struct Forked {
    loaded: Loaded,
    played: Played<Simulation>,
    /// The lines that were added to the scenario.
    added: String,
    kills: u32,
}

impl Engine {
    /// The engine for this run; `main` are the choices of what the page opens with.
    pub(super) fn of(opened: Opened, main: Vec<Choice>, bounds: Bounds, out: PathBuf) -> Self {
        Engine { opened, main, bounds, out }
    }

    /// The run with these forks, for the page.
    pub(super) fn fork(&self, asked: &Value) -> Result<Value, String> {
        let forks = forks_of(asked)?;
        let Forked { loaded, played, .. } = self.made(&forks)?;
        let last = forks.last().ok_or("there is no fork in it")?;
        let what = if last.what.is_empty() { "as it goes" } else { &last.what };
        let about = About {
            name: format!("fork at {}", last.step),
            note: format!("the same up to step {}, then `{what}`, {}", last.step, last.goes_on()),
            fork: Some(forks.iter().map(Fork::json).collect()),
            ..About::default()
        };
        Ok(as_json(&loaded, &played, about))
    }

    /// Keeps the schedule of such a run.
    pub(super) fn save(&self, asked: &Value) -> Result<Value, String> {
        let Forked { loaded, played, added, kills } = self.made(&forks_of(asked)?)?;
        let stem = self.opened.loaded.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = format!("{stem}-by-hand");
        let unwritten = |(path, error): (PathBuf, std::io::Error)| {
            format!("{}: cannot be written: {error}", path.display())
        };
        let mut loaded = loaded;
        if !added.is_empty() {
            let path = keep_text(&self.out, &name, "kdl", &loaded.text).map_err(unwritten)?;
            loaded.call(&path);
        }
        let mut schedule = played.schedule(loaded.subject(), Source::Calm);
        let made = if kills > 0 || self.is_of_a_sweep() {
            format!("{SWEEP}, by hand")
        } else {
            "by hand".to_owned()
        };
        schedule.scheduler = Some(made);
        let path = keep_as(&self.out, &name, &schedule).map_err(unwritten)?;
        let again = format!("treefall replay {}", word(&path));
        Ok(json!({ "path": path.display().to_string(), "again": again }))
    }

    fn is_of_a_sweep(&self) -> bool {
        self.opened.schedule.as_ref().is_some_and(Schedule::is_of_a_sweep)
    }

    /// The scenario with these lines more, in which somebody may be killed so often.
    fn loaded(&self, added: &str, kills: u32) -> Result<Loaded, String> {
        let of = &self.opened.loaded;
        let mut loaded = Loaded::of(&of.path, format!("{}{added}", of.text))
            .map_err(|mistakes| format!("the scenario cannot have that:\n{mistakes}"))?;
        self.bounds.apply(&mut loaded);
        self.opened.schedule.iter().for_each(|schedule| loaded.permit(schedule));
        if kills > 0 {
            loaded.simulation.permit_kills(kills);
        }
        Ok(loaded)
    }

    /// Each fork is made of the run that the one before has made.
    fn made(&self, forks: &[Fork]) -> Result<Forked, String> {
        let mut choices = self.main.clone();
        let (mut added, mut kills, mut made) = (String::new(), 0, None);
        for fork in forks {
            let nodes = &self.opened.loaded.scenario.nodes;
            match fork.what.split_once(' ') {
                Some(("send", _)) => added.push_str(&format!("\nfault {}\n", one_line(&fork.what)?)),
                Some(("kill", _)) => kills += 1,
                None if fork.what == "cut" => {
                    let names: Vec<String> = nodes.names.iter().map(|node| node.text.to_string()).collect();
                    let [one, other] = names.as_slice() else {
                        return Err("there is no connection to cut: the scenario has no two nodes".to_owned());
                    };
                    added.push_str(&format!("\nfault cut {one} {other}\n"));
                }
                _ => (),
            }
            let loaded = self.loaded(&added, kills)?;
            let played = self.go_on(&loaded, &choices, fork)?;
            choices.clone_from(&played.run.choices);
            made = Some(Forked { loaded, played, added: added.clone(), kills });
        }
        match made {
            Some(made) => Ok(made),
            None => {
                let loaded = self.loaded("", 0)?;
                let played =
                    play_until(&loaded.simulation, &StopFlag::default(), &mut Prefixed::new(&choices, Calm));
                Ok(Forked { loaded, played, added, kills })
            }
        }
    }

    /// The run that is the same up to the fork, and goes on as it says.
    fn go_on(&self, loaded: &Loaded, choices: &[Choice], fork: &Fork) -> Result<Played<Simulation>, String> {
        let model = &loaded.simulation;
        let mut first = choices.get(..fork.step).unwrap_or(choices).to_vec();
        if !fork.what.is_empty() {
            first.push(meant(model, &first, &fork.what, loaded)?);
        }
        let stop = StopFlag::default();
        if fork.then == "recorded" {
            return Ok(play_until(model, &stop, &mut Prefixed::new(&self.opened.played.run.choices, Calm)));
        }
        if fork.then == "calm" {
            return Ok(play_until(model, &stop, &mut Prefixed::new(&first, Calm)));
        }
        let seed: u64 = fork.then.parse().map_err(|_| {
            format!("`{}` is no way to go on: it is `calm`, or a seed: a whole number", fork.then)
        })?;
        let of = SchedulerKind::RANDOM;
        let then = of.scheduler(seed, calm_length(model, of, &stop));
        Ok(play_until(model, &stop, &mut Prefixed::new(&first, then)))
    }
}

/// The choice that is meant, if it can be made after these.
fn meant(model: &Simulation, first: &[Choice], what: &str, loaded: &Loaded) -> Result<Choice, String> {
    // Who is who by then is learnt from the run itself.
    let so_far = play_until(model, &StopFlag::default(), &mut Stops { first, at: 0 });
    let (cast, mut events) = (&so_far.cast, EventsOf::<Simulation>::ignored());
    let mut world = model.start(&mut events);
    first.iter().for_each(|choice| world.step(*choice, model.image(), &mut events));
    let is_added = what == "cut" || what.starts_with("send ");
    let number = u16::try_from(loaded.scenario.faults.len()).ok().and_then(|faults| faults.checked_sub(1));
    let wanted = match (is_added, what.strip_prefix("kill ")) {
        (true, _) => number.map(Choice::Fault),
        (false, Some(name)) => cast.find(name).map(Choice::Kill),
        (false, None) => None,
    };
    let choices = world.choices();
    let found = choices.iter().find(|choice| match wanted {
        Some(wanted) => *choice == wanted,
        None => describe(*choice, cast) == what,
    });
    found.ok_or_else(|| match so_far.run.world.is_over() {
        true => format!("the run is over after step {}: nothing can happen any more", first.len()),
        false => format!("`{what}` cannot happen after step {}", first.len()),
    })
}

/// Takes these choices, and gives up.
struct Stops<'a> {
    first: &'a [Choice],
    at: usize,
}

impl<B: crate::kernel::Behaviour> crate::explore::Scheduler<B> for Stops<'_> {
    fn choose(
        &mut self,
        _: &crate::kernel::Choices<'_, B>,
        _: &dyn crate::explore::Names,
    ) -> Result<Option<Choice>, Box<crate::explore::Mismatch>> {
        self.at += 1;
        Ok(self.first.get(self.at - 1).copied())
    }
}

impl Fork {
    fn json(&self) -> Value {
        json!({ "step": self.step, "what": self.what, "then": self.then })
    }

    fn goes_on(&self) -> String {
        match self.then.as_str() {
            "calm" => "and calm from there on".to_owned(),
            "recorded" => "and as it was recorded from there on".to_owned(),
            seed => format!("and by the seed {seed} from there on"),
        }
    }
}

/// What is added to a scenario is one line of it.
fn one_line(text: &str) -> Result<&str, String> {
    match text.contains(['\n', '\r', ';', '{', '}', '\u{2028}', '\u{2029}', '\u{85}', '\u{b}', '\u{c}']) {
        true => Err("a message is one line, without `;` and blocks".to_owned()),
        false => Ok(text),
    }
}

/// `{"forks": [{"step": 41, "what": "kill b", "then": "calm"}]}`
fn forks_of(asked: &Value) -> Result<Vec<Fork>, String> {
    let expected = || "expected `forks`, a list of `step`, `what` and `then`".to_owned();
    let list = asked["forks"].as_array().ok_or_else(expected)?;
    if list.len() > FORKS_MAX {
        return Err(format!("at most {FORKS_MAX} forks of forks"));
    }
    let fork = |value: &Value| {
        let text = |key: &str| value[key].as_str().map(str::to_owned).ok_or_else(expected);
        let step = value["step"].as_u64().and_then(|step| usize::try_from(step).ok()).ok_or_else(expected)?;
        Ok(Fork { step, what: text("what")?, then: text("then")? })
    };
    list.iter().map(fork).collect()
}
