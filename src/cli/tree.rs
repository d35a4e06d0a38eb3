//! `treefall tree`.

use std::path::{Path, PathBuf};

use crate::kernel::Process;
use crate::model::{Model, Played, Source, play_up_to};
use crate::otp::Actor;
use crate::scenario::{Script, Simulation};
use crate::trace::{self, Forest, Line, Settings, Tone};
use crate::view;

use super::bounds::Bounds;
use super::code::{self, CodeArgs};
use super::drawing;
use super::exit::Exit;
use super::living;
use super::loaded::{Loaded, complaint};
use super::run::seed;
use super::terminal::{Format, Terminal, Wanted};

/// Show the supervision tree as Observer would, at the end of a run or at a step of it
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Scenario files, and folders of them
    #[arg(required_unless_present = "code", value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    code: CodeArgs,
    /// Run under this seed instead of calmly
    #[arg(long, value_name = "N", value_parser = seed)]
    seed: Option<u64>,
    /// Stop after so many steps
    #[arg(long, value_name = "STEP")]
    at: Option<u64>,
    /// Show all there is to know about one process, by the name that traces use
    #[arg(long, value_name = "NAME")]
    process: Option<String>,
    #[command(flatten)]
    bounds: Bounds,
}

/// Runs every scenario up to the moment, and shows its tree.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    let Some(files) = args.code.files(&args.paths, Path::new(code::FOLDER), terminal) else {
        return Exit::Wrong;
    };
    if files.len() > 1 && terminal.drawing.is_some() {
        terminal.complain(|_, _| drawing::ONE.to_owned());
        return Exit::Wrong;
    }
    let mut exit = Exit::Held;
    for (place, file) in files.iter().enumerate() {
        if place > 0 && terminal.format == Format::Text {
            terminal.print("\n");
        }
        exit = exit.max(match Loaded::open(file) {
            Ok(mut loaded) => {
                args.bounds.apply(&mut loaded);
                one(&loaded, args, terminal)
            }
            Err(error) => {
                terminal.complain(|width, color| complaint(&error, width, color));
                Exit::Wrong
            }
        });
    }
    exit
}

fn one(loaded: &Loaded, args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    let source = Source::of(args.seed);
    let played = play_up_to(&loaded.simulation, source, args.at.unwrap_or(u64::MAX))
        .expect("only schedules can fail to fit");
    match shown(args, loaded, &played, source, terminal) {
        Ok(text) if terminal.format == Format::Json => terminal.print_json_lines(&text),
        Ok(text) => terminal.print(&text),
        Err(message) => {
            terminal.complain(|_, _| format!("error: {message}"));
            return Exit::Wrong;
        }
    }
    Exit::Held
}

fn shown(
    args: &Args,
    loaded: &Loaded,
    played: &Played<Simulation>,
    source: Source<'_>,
    terminal: &Terminal<'_>,
) -> Result<String, String> {
    let (world, steps) = (&played.run.world, played.run.steps);
    if let Some(at) = args.at
        && at > steps
    {
        return Err(format!("--at {at}: the {source} of {} is over after {steps} steps", loaded.name));
    }
    let chosen = args.process.as_deref().map(|name| living::find(name, played)).transpose()?;
    if terminal.format == Format::Json {
        let processes = world.processes().filter(|process| chosen.is_none_or(|chosen| process.pid == chosen));
        return Ok(processes.map(|process| format!("{}\n", json(process, loaded, played))).collect());
    }
    let directory = played.cast.directory();
    if let Some(wanted) = terminal.drawing {
        let forest = Forest::of(world, directory, &Settings::plain(loaded.simulation.atoms()));
        return Ok(if wanted == Wanted::Dot { view::dot_tree(&forest) } else { view::mermaid_tree(&forest) });
    }
    let settings = Settings {
        width: terminal.width,
        colour: terminal.color(),
        ..Settings::plain(loaded.simulation.atoms())
    };
    if let Some(pid) = chosen {
        return Ok(trace::page(world, pid, directory, &settings).expect("it is alive"));
    }
    let moment = Line::new()
        .with(Tone::Plain, format!("{}, {source}", loaded.name))
        .with(Tone::Faint, format!(", after {steps} steps, at {} ms", world.now()));
    Ok(format!("{}\n\n{}", moment.render(terminal.color()), trace::tree(world, directory, &settings)))
}

fn json(process: &Process<Actor<Script>>, loaded: &Loaded, played: &Played<Simulation>) -> serde_json::Value {
    let directory = played.cast.directory();
    let atoms = loaded.simulation.atoms();
    let links = process.links.entries().into_iter().map(|(pid, _)| directory.name(pid));
    let monitors = process.monitors.entries().into_iter().map(|(_, monitor)| directory.name(monitor.pid));
    serde_json::json!({
        "file": loaded.name,
        "process": directory.name(process.pid),
        "parent": process.parent.map(|parent| directory.name(parent)),
        "registered": process.name.map(|name| atoms.text(name)),
        "trap_exit": process.trap_exit,
        "mail": process.mailbox.len(),
        "links": links.collect::<Vec<_>>(),
        "monitors": monitors.collect::<Vec<_>>(),
    })
}
