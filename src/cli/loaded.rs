//! A scenario file, read and lowered, with its text at hand.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::actors::Catalogue;
use crate::explore::{Schedule, digest};
use crate::model::Subject;
use crate::scenario::ast::{Scenario, Span};
use crate::scenario::{LoadError, Mistake, Mistakes, Simulation, parse, read};
use crate::trace::{visible, visible_source};

use super::installed;
use super::paths::{shown, written};

/// The actors in Rust that this program has, beside what files define. They are a part of the program, as its commands
/// are, and set once before it reads anything.
static ACTORS: OnceLock<Catalogue> = OnceLock::new();

/// Says which actors in Rust this program has. The first word counts.
pub(super) fn set_actors(actors: Catalogue) {
    let _ = ACTORS.set(actors);
}

/// A scenario that can be run.
#[derive(Debug)]
pub struct Loaded {
    /// Its path, as it was given.
    pub path: PathBuf,
    /// The same for people.
    pub name: String,
    /// The same for schedules.
    written: String,
    /// What it says.
    pub text: String,
    /// The same, understood.
    pub scenario: Scenario,
    /// The same, ready to run.
    pub simulation: Simulation,
    /// What a command line says of the bounds of its runs: all that repeats one says it again.
    pub(super) bounds: String,
}

impl Loaded {
    /// Reads a scenario file.
    ///
    /// # Errors
    ///
    /// When it cannot be read or has mistakes.
    pub fn open(path: &Path) -> Result<Self, LoadError> {
        let text = read(path)?;
        Ok(Loaded::of(path, text)?)
    }

    /// The same of a text that is at hand.
    ///
    /// # Errors
    ///
    /// When it has mistakes.
    pub(super) fn of(path: &Path, text: String) -> Result<Self, Mistakes> {
        let name = shown(path);
        let scenario = parse(&name, &text)?;
        let mut simulation = Simulation::of(&scenario);
        if let Some(actors) = ACTORS.get() {
            simulation.set_actors(actors);
        }
        simulation.set_text(&name, &text);
        find_code(path, &scenario, &mut simulation).map_err(|mistake| Mistakes::of(&name, &text, mistake))?;
        let (path, written, bounds) = (path.to_path_buf(), written(path), String::new());
        Ok(Loaded { path, written, name, text, scenario, simulation, bounds })
    }

    /// Says where its text is now.
    pub(super) fn call(&mut self, path: &Path) {
        (self.path, self.name, self.written) = (path.to_path_buf(), shown(path), written(path));
    }

    /// Allows the kills of a schedule that a sweep has made.
    pub(super) fn permit(&mut self, schedule: &Schedule) {
        if schedule.is_of_a_sweep() {
            let kills = schedule.lines.iter().filter(|line| line.text.starts_with("kill ")).count();
            self.simulation.permit_kills(u32::try_from(kills).unwrap_or(u32::MAX));
        }
    }

    /// The hash that schedules know the file by.
    pub(super) fn hash(&self) -> u64 {
        digest(&self.text)
    }

    /// What schedules say of it.
    pub fn subject(&self) -> Subject<'_> {
        Subject { name: &self.written, hash: self.hash() }
    }

    /// The line that a place is on, from 1.
    pub(super) fn line_number(&self, span: Span) -> usize {
        let before = self.text.get(..span.start).unwrap_or(&self.text);
        before.matches('\n').count() + 1
    }

    /// The line of a place, for people: `file.kdl:12`.
    pub(super) fn place(&self, span: Span) -> String {
        format!("{}:{}", self.name, self.line_number(span))
    }

    /// The first line of what stands at a place, without what opens its block.
    pub(super) fn line(&self, span: Span) -> &str {
        let there = self.text.get(span.start..span.end).unwrap_or("");
        there.lines().next().unwrap_or("").trim_end_matches([' ', '{', ';'])
    }
}

/// Looks for the compiled code of a scenario: in the folders that it names, which are beside it, and in those of the
/// installed Erlang and Elixir.
pub(super) fn find_code(
    path: &Path,
    scenario: &Scenario,
    simulation: &mut Simulation,
) -> Result<(), Mistake> {
    let folders = &scenario.code.folders;
    if folders.is_empty() {
        return Ok(());
    }
    let beside = path.parent().unwrap_or(Path::new(""));
    let mut found = Vec::new();
    for folder in folders {
        let place = beside.join(&folder.value);
        if !place.is_file()
            && let Err(error) = std::fs::read_dir(&place)
        {
            let message = format!("the folder of compiled code cannot be read: {error}");
            return Err(Mistake {
                span: folder.span,
                message,
                label: format!("looked for {}", shown(&place)),
                help: Some("it is a folder of `.beam` files, as `_build/test/lib/APP/ebin`, or an `.ez` archive of them".to_owned()),
            });
        }
        found.push(place);
    }
    let mistake =
        |span: Span, message: String| Mistake { span, message, label: "here".to_owned(), help: None };
    simulation
        .find_code(&found, &installed::folders())
        .map_err(|error| mistake(folders[0].span, format!("compiled code cannot be read: {error}")))?;
    let calls = scenario.code.starts.iter().chain(&scenario.code.runs);
    let calls = calls.map(|call| (call.span, &*call.module, &*call.function, call.arguments.len()));
    let tests = scenario.code.tests.iter().map(|tests| (tests.span, &*tests.module, "__ex_unit__", 0));
    calls.chain(tests).try_for_each(|(span, module, function, arity)| {
        simulation.why_no_call(module, function, arity).map_or(Ok(()), |why| Err(mistake(span, why)))
    })
}

/// A load error as a terminal shows it.
pub(super) fn complaint(error: &LoadError, width: usize, color: bool) -> String {
    match error {
        LoadError::Mistakes(mistakes) => mistakes.rewritten(&visible_source).render(width, color),
        other => visible(&format!("error: {other}")).into_owned(),
    }
}
