//! The command line: arguments in, rendered text out, one file a command.
//!
//! It decides nothing about runs. What it prints is made by pure functions; this is the only part of the
//! crate that reads files it was not handed, asks the environment anything, or prints.

mod beam;
mod bounds;
mod check;
mod code;
mod contents;
mod deadline;
mod decisions;
mod discover;
mod drawing;
mod exit;
mod explain;
mod explore;
mod installed;
mod interrupt;
mod judge;
mod keep;
mod living;
mod loaded;
mod manual;
mod markup;
mod merge;
mod new;
mod observe;
mod output_file;
mod paths;
mod reduce;
mod repair;
mod replay;
mod run;
mod schedule_file;
mod scheduler;
mod shown_run;
mod shrink;
mod snapshot;
mod step;
mod summary;
mod tally;
mod terminal;
mod tree;
mod verdict;
mod version;
mod view;
mod words;

pub use contents::snapshot_of;
pub use exit::Exit;
pub use explore::{Unfinished, every_end, every_order};
pub use loaded::Loaded;
pub use run::story;
pub use terminal::{Color, Format, Printing, Terminal, Wanted, say_panic};

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::actors::Catalogue;
use loaded::set_actors;

/// Deterministic simulation testing for OTP supervision trees
#[derive(Clone, Debug, Parser)]
#[command(
    name = "treefall",
    version,
    long_version = version::long(),
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = "Exit status: 0 all held, 1 a property was broken, 2 the command line or a scenario is wrong,\n\
                  3 inconclusive: a limit was reached, 4 all went well but for what could not be printed\n\
                  or written, 130 interrupted."
)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// How results are printed.
    #[command(flatten)]
    pub printing: Printing,
}

#[derive(Clone, Debug, Subcommand)]
enum Command {
    Run(run::Args),
    Explore(explore::Args),
    Merge(merge::Args),
    Replay(replay::Args),
    Shrink(shrink::Args),
    Explain(explain::Args),
    Judge(judge::Args),
    Tree(tree::Args),
    View(view::Args),
    Observe(observe::Args),
    Step(step::Args),
    Check(check::Args),
    Beam(beam::Args),
    New(new::Args),
    Completions(manual::CompletionsArgs),
    Man(manual::ManArgs),
}

/// The whole command line, of a program that has these actors in Rust: parse, do, print, and say by the exit status how
/// it went. Scenario files then say `worker NAME` for an actor of the catalogue.
///
/// # Examples
///
/// ```no_run
/// use std::process::ExitCode;
/// use treefall::actors::*;
///
/// # #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)] struct Cache;
/// # impl Actor for Cache { type Request = Never; type Reply = Never; type Message = Never; }
/// fn main() -> ExitCode {
///     treefall::cli::main(Catalogue::new().actor("cache", Cache::default()))
/// }
/// ```
pub fn main(actors: Catalogue) -> ExitCode {
    std::panic::set_hook(Box::new(say_panic));
    set_actors(actors);
    let (mut terminal, exit);
    match Arguments::try_parse() {
        Ok(arguments) => {
            terminal = Terminal::of_this_program(&arguments.printing);
            exit = run(&arguments, &mut terminal);
        }
        Err(error) => {
            terminal = Terminal::of_this_program(&Printing::PLAIN);
            exit = terminal.answer(&error);
        }
    }
    terminal.close(exit).into()
}

/// Does what the command line asks for.
pub fn run(arguments: &Arguments, terminal: &mut Terminal<'_>) -> Exit {
    let (name, prints) = arguments.command.prints();
    if let Some(wanted) = terminal.drawing.filter(|wanted| !prints.contains(wanted)) {
        terminal.complain(|_, _| drawing::not_printed(wanted, name, prints));
        return Exit::Wrong;
    }
    match &arguments.command {
        Command::Run(args) => run::run(args, terminal),
        Command::Explore(args) => explore::run(args, terminal),
        Command::Merge(args) => merge::run(args, terminal),
        Command::Replay(args) => replay::run(args, terminal),
        Command::Shrink(args) => shrink::run(args, terminal),
        Command::Explain(args) => explain::run(args, terminal),
        Command::Judge(args) => judge::run(args, terminal),
        Command::Tree(args) => tree::run(args, terminal),
        Command::View(args) => view::run(args, terminal),
        Command::Observe(args) => observe::run(args, terminal),
        Command::Step(args) => step::run(args, terminal),
        Command::Check(args) => check::run(args, terminal),
        Command::Beam(args) => beam::run(args, terminal),
        Command::New(args) => new::run(args, terminal),
        Command::Completions(args) => manual::completions(args, Arguments::command(), terminal),
        Command::Man(args) => manual::man(args, Arguments::command(), terminal),
    }
}

impl Command {
    /// Its name, and what it prints beside text and JSON.
    fn prints(&self) -> (&'static str, &'static [Wanted]) {
        const RUNS: &[Wanted] = &[Wanted::Mermaid, Wanted::Svg, Wanted::Chrome];
        match self {
            Command::Run(_) => ("run", RUNS),
            Command::Explore(_) => ("explore", &[Wanted::Markdown]),
            Command::Merge(_) => ("merge", &[]),
            Command::Replay(_) => ("replay", RUNS),
            Command::Shrink(_) => ("shrink", &[]),
            Command::Explain(_) => ("explain", RUNS),
            Command::Judge(_) => ("judge", &[Wanted::Markdown]),
            Command::Tree(_) => ("tree", &[Wanted::Mermaid, Wanted::Dot]),
            Command::View(_) => ("view", &[]),
            Command::Observe(_) => ("observe", &[]),
            Command::Step(_) => ("step", &[]),
            Command::Check(_) => ("check", &[Wanted::Markdown]),
            Command::Beam(_) => ("beam", &[]),
            Command::New(_) => ("new", &[]),
            Command::Completions(_) => ("completions", &[]),
            Command::Man(_) => ("man", &[]),
        }
    }
}
