//! `treefall step`.

mod command;
mod hand;

use std::path::{Path, PathBuf};

use crate::kernel::{Choice, Pid};
use crate::model::{Cast, Model, Source, play_up_to};
use crate::scenario::ScriptWorld;
use crate::trace::{self, Line, Settings, Tone};

use super::bounds::Bounds;
use super::exit::Exit;
use super::living;
use super::loaded::{Loaded, complaint};
use super::output_file;
use super::paths::word;
use super::replay::open;
use super::schedule_file::unfit;
use super::terminal::{Format, Terminal};
use super::verdict::Case;
use super::words::count;

use command::{Command, HELP, Turn};
use hand::Hand;

/// Choose by hand what happens next, one step at a time
///
/// What can happen is listed by numbers, and one of them is taken: `help` says what else can be typed. It works
/// from a pipe too, and ends when its input does. A schedule is gone on with where it ends. The exit status is that
/// of the verdict, if the run is over by then.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// A scenario, or a schedule that was saved
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    bounds: Bounds,
}

/// So many of the things that can happen are shown unless all are asked for.
const SHOWN: usize = 20;

/// Of the steps taken by one command, so many are told one by one.
const TOLD: usize = 10;

/// Asks until there is no more input.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    if terminal.format == Format::Json {
        terminal.complain(|_, _| {
            "error: `treefall step` is for people; for programs there is `treefall run --format json`"
                .to_owned()
        });
        return Exit::Wrong;
    }
    let Some((loaded, taken)) = opened(args, terminal) else { return Exit::Wrong };
    let mut hand = Hand::of(&loaded);
    let mut taken = taken.into_iter();
    hand.go_on(&mut |_, _| taken.next());
    let mut session = Session { hand, loaded: &loaded, all: false };
    terminal.print_lines(&[Line::new().with(Tone::Faint, BEGIN)]);
    session.offer(terminal);
    while let Some(line) = terminal.ask(&format!("{}> ", session.hand.steps())) {
        match Command::read(&line) {
            Ok(Command::Quit) => break,
            Ok(command) => session.obey(command, terminal),
            Err(message) => session.say(&message, terminal),
        }
    }
    match session.hand.is_over() {
        true => session.case().judgement().exit(),
        false => Exit::Held,
    }
}

/// The scenario, and the choices that have been taken already.
fn opened(args: &Args, terminal: &mut Terminal<'_>) -> Option<(Loaded, Vec<Choice>)> {
    if args.file.extension().is_some_and(|extension| extension == "schedule") {
        let (schedule, loaded) = open(&args.file, &args.bounds, terminal)?;
        let steps = schedule.lines.len() as u64;
        return match play_up_to(&loaded.simulation, Source::Schedule(&schedule), steps) {
            Ok(played) => Some((loaded, played.run.choices)),
            Err(mismatch) => {
                terminal.complain(|_, _| unfit(&mismatch, &args.file, Some(&schedule), &loaded));
                None
            }
        };
    }
    match Loaded::open(&args.file) {
        Ok(mut loaded) => {
            args.bounds.apply(&mut loaded);
            Some((loaded, Vec::new()))
        }
        Err(error) => {
            terminal.complain(|width, color| complaint(&error, width, color));
            None
        }
    }
}

/// A run and what is shown of it.
struct Session<'l> {
    hand: Hand<'l>,
    loaded: &'l Loaded,
    /// Whether everything that can happen is shown, for once.
    all: bool,
}

impl Session<'_> {
    fn obey(&mut self, command: Command, terminal: &mut Terminal<'_>) {
        match command {
            Command::Next => match self.hand.calm() {
                Some(choice) => self.take(choice, terminal),
                None => self.say(OVER, terminal),
            },
            Command::Take(number) => {
                let offers = self.hand.offers();
                match number.checked_sub(1).and_then(|place| offers.get(place)) {
                    Some(choice) => self.take(*choice, terminal),
                    None if offers.is_empty() => self.say(OVER, terminal),
                    None => self
                        .say(&format!("there is no {number} to take, only 1 to {}", offers.len()), terminal),
                }
            }
            Command::Calm(_) if self.hand.is_over() => self.say(OVER, terminal),
            Command::Calm(steps) => {
                let mut left = steps.unwrap_or(u64::MAX);
                self.go_on(terminal, &mut |world, _| {
                    left = left.checked_sub(1)?;
                    world.choices().calm()
                });
            }
            Command::Until(name, turn) => self.until(&name, turn, terminal),
            Command::Back(steps) => {
                let there = self.hand.steps().saturating_sub(steps);
                self.hand.back_to(there);
                self.offer(terminal);
            }
            Command::All => {
                self.all = true;
                self.offer(terminal);
                self.all = false;
            }
            Command::Tree => {
                let (world, directory) = (&self.hand.played.run.world, self.hand.played.cast.directory());
                terminal.print(&trace::tree(world, directory, &self.settings(terminal)));
            }
            Command::Process(name) => self.process(&name, terminal),
            Command::Story => {
                let story = trace::text(&self.hand.played.recording(), &self.settings(terminal));
                terminal.print(&story);
            }
            Command::Save(path) => self.save(&path, terminal),
            Command::Help => help(terminal),
            Command::Quit => (),
        }
    }

    fn settings(&self, terminal: &Terminal<'_>) -> Settings<'_> {
        let (width, colour) = (terminal.width, terminal.color());
        Settings { width, colour, ..Settings::plain(self.loaded.simulation.atoms()) }
    }

    fn say(&self, message: &str, terminal: &mut Terminal<'_>) {
        terminal.print_lines(&[Line::new().with(Tone::Warning, format!("  {message}"))]);
    }

    fn take(&mut self, choice: Choice, terminal: &mut Terminal<'_>) {
        let mut choice = Some(choice);
        self.go_on(terminal, &mut |_, _| choice.take());
    }

    /// Takes what somebody chooses, and shows what came of it.
    fn go_on(
        &mut self,
        terminal: &mut Terminal<'_>,
        next: &mut dyn FnMut(&ScriptWorld, &Cast) -> Option<Choice>,
    ) {
        let before = self.hand.steps();
        self.hand.go_on(next);
        self.tell(before, terminal);
        self.offer(terminal);
    }

    fn until(&mut self, name: &str, turn: Turn, terminal: &mut Terminal<'_>) {
        let is_so = |world: &ScriptWorld, cast: &Cast| match (cast.directory().find(name), turn) {
            (None, _) => false,
            (Some(_), Turn::Starts) => true,
            (Some(pid), Turn::Ends) => world.process(pid).is_none(),
        };
        if is_so(&self.hand.played.run.world, &self.hand.played.cast) {
            let has = if turn == Turn::Ends { "ended" } else { "started" };
            return self.say(&format!("{name} has {has} already"), terminal);
        }
        let before = self.hand.steps();
        self.hand.go_on(&mut |world, cast| match is_so(world, cast) {
            true => None,
            false => world.choices().calm(),
        });
        if is_so(&self.hand.played.run.world, &self.hand.played.cast) {
            self.tell(before, terminal);
            self.offer(terminal);
        } else {
            let known = living::find(name, &self.hand.played).err();
            let known = known.filter(|_| self.hand.played.cast.directory().find(name).is_none());
            self.hand.back_to(before);
            let why = known.map_or(String::new(), |known| format!(": {known}"));
            self.say(
                &format!("{name} never {turn} in the calm run from here{why}; nothing was taken"),
                terminal,
            );
        }
    }

    fn process(&self, name: &str, terminal: &mut Terminal<'_>) {
        match living::find(name, &self.hand.played) {
            Ok(pid) => terminal.print(&self.page(pid, terminal)),
            Err(message) => self.say(&message, terminal),
        }
    }

    fn page(&self, pid: Pid, terminal: &Terminal<'_>) -> String {
        let (world, directory) = (&self.hand.played.run.world, self.hand.played.cast.directory());
        trace::page(world, pid, directory, &self.settings(terminal)).expect("it is alive")
    }

    fn save(&self, path: &Path, terminal: &mut Terminal<'_>) {
        let text = self.hand.schedule().to_string();
        let written = output_file::prepare(path, [self.loaded.path.as_path()])
            .and_then(|()| output_file::write(path, &text));
        match written {
            Ok(()) => {
                let again = format!("treefall replay {}", word(path));
                let line = Line::new().with(Tone::Plain, "  saved; see it again: ").with(Tone::Name, again);
                terminal.print_lines(&[line]);
            }
            Err(error) => terminal.complain_unwritten(path, &error),
        }
    }

    /// What has happened since so many steps had been taken.
    fn tell(&self, before: usize, terminal: &mut Terminal<'_>) {
        let steps = self.hand.steps();
        let from = before.max(steps.saturating_sub(TOLD));
        if from > before {
            let more = count((from - before) as u64, "step");
            terminal.print_lines(&[Line::new().with(Tone::Faint, format!("  … {more}"))]);
        }
        let lines = (from + 1..=steps).map(|step| {
            let clause = self.hand.happened(step);
            Line::new()
                .with(Tone::Faint, format!("  {step:>4}  "))
                .with(Tone::Name, clause.subject)
                .with(Tone::Plain, format!(" {}", clause.predicate))
        });
        terminal.print_lines(&lines.collect::<Vec<_>>());
        let excerpt = trace::Excerpt {
            steps: (before as u64 + 1..=steps as u64).collect(),
            ..trace::Excerpt::default()
        };
        let story = trace::excerpt(&self.hand.played.recording(), &self.settings(terminal), &excerpt);
        terminal.print(&story);
    }

    /// What can happen now, or what the run has come to.
    fn offer(&self, terminal: &mut Terminal<'_>) {
        let (steps, now) = (self.hand.steps(), self.hand.played.run.world.now());
        if self.hand.is_over() {
            terminal.print("\n");
            terminal.print_lines(&self.case().lines());
            return;
        }
        let head = format!("\nafter {}, at {now} ms", count(steps as u64, "step"));
        let mut lines = vec![Line::new().with(Tone::Faint, head)];
        let (offers, calm) = (self.hand.offers(), self.hand.calm());
        let shown = if self.all || offers.len() <= SHOWN + 2 { offers.len() } else { SHOWN };
        for (place, choice) in offers.iter().enumerate() {
            let is_calm = calm == Some(*choice);
            if place >= shown && !is_calm {
                continue;
            }
            let clause = self.hand.preview(*choice);
            let mark = if is_calm { "*" } else { " " };
            lines.push(
                Line::new()
                    .with(Tone::Value, format!("{:>4}{mark} ", place + 1))
                    .with(Tone::Plain, format!("{clause}")),
            );
        }
        if shown < offers.len() {
            let more = offers.len() - shown;
            lines.push(Line::new().with(Tone::Faint, format!("      … and {more} more: `all` shows them")));
        }
        terminal.print_lines(&lines);
    }

    fn case(&self) -> Case<'_> {
        Case::of(self.loaded, &self.hand.played, "chosen by hand", Hand::origin(), None)
    }
}

const BEGIN: &str = "a number takes that choice, Enter the one with the star; `help` says what else there is";
const OVER: &str = "the run is over: `back` takes steps back, `save FILE` writes it down, `quit` leaves";

fn help(terminal: &mut Terminal<'_>) {
    let lines = HELP.map(|(typed, does)| {
        Line::new().with(Tone::Name, format!("  {typed:<16}  ")).with(Tone::Plain, does)
    });
    terminal.print_lines(&lines);
}
