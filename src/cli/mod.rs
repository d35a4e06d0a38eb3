//! The command line: arguments in, rendered text out, one file a command.
//!
//! It decides nothing about runs. What it prints is made by pure functions; this is the only part of the
//! crate that reads files it was not handed, asks the environment anything, or prints.

mod beam;
mod bounds;
mod check;
mod code;
mod contents;
mod decisions;
mod discover;
mod exit;
mod explain;
mod explore;
mod installed;
mod interrupt;
mod keep;
mod loaded;
mod merge;
mod observe;
mod output_file;
mod paths;
mod proof;
mod reduce;
mod repair;
mod replay;
mod run;
mod schedule_file;
mod scheduler;
mod shown_run;
mod shrink;
mod snapshot;
mod tally;
mod terminal;
mod tree;
mod verdict;
mod view;
mod words;

pub use contents::snapshot_of;
pub use exit::Exit;
pub use explore::{Unfinished, every_end, every_order};
pub use loaded::Loaded;
pub use run::story;
pub use terminal::{Color, Format, Printing, Terminal, say_panic};

use clap::{Parser, Subcommand};

/// Deterministic simulation testing for OTP supervision trees
#[derive(Clone, Debug, Parser)]
#[command(
    name = "treefall",
    version,
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
    Tree(tree::Args),
    View(view::Args),
    Observe(observe::Args),
    Check(check::Args),
    Beam(beam::Args),
}

/// Does what the command line asks for.
pub fn run(arguments: &Arguments, terminal: &mut Terminal<'_>) -> Exit {
    match &arguments.command {
        Command::Run(args) => run::run(args, terminal),
        Command::Explore(args) => explore::run(args, terminal),
        Command::Merge(args) => merge::run(args, terminal),
        Command::Replay(args) => replay::run(args, terminal),
        Command::Shrink(args) => shrink::run(args, terminal),
        Command::Explain(args) => explain::run(args, terminal),
        Command::Tree(args) => tree::run(args, terminal),
        Command::View(args) => view::run(args, terminal),
        Command::Observe(args) => observe::run(args, terminal),
        Command::Check(args) => check::run(args, terminal),
        Command::Beam(args) => beam::run(args, terminal),
    }
}
