//! `treefall observe`.

mod engine;
mod http;

use std::net::TcpListener;
use std::path::PathBuf;

use crate::trace::{Line, Tone};

use super::deadline::{Deadline, in_time};
use super::exit::Exit;
use super::paths::shown;
use super::shown_run::{DRAWING, Named, Opened, ShownRun, open};
use super::terminal::{Format, Terminal};
use engine::Engine;
use http::Door;

/// Serve that page with the engine behind it, to try other choices
///
/// At every step of the page another choice can be taken, a process killed, the connection of two nodes cut or a
/// message sent; the run then goes on calmly or by a seed, and its schedule can be kept. The page is served to this
/// machine alone, and to whoever has the whole address: there is a secret in it. Ctrl-C ends it.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Listen on this port [default: any that is free]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    port: u16,
    /// The folder that schedules are kept in
    #[arg(long, value_name = "DIR", default_value = "treefall-observed")]
    out: PathBuf,
    #[command(flatten)]
    named: Named,
}

/// Serves the page until somebody presses Ctrl-C. Making it takes no longer than the time that there is.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    let (here, named) = (args.clone(), &args.named);
    let made = in_time(named.for_, (&named.file, None), terminal, move |deadline, terminal| {
        made(&here, deadline, terminal)
    });
    let Made { opened, listener, shown_run, html } = match made {
        Ok(Some(made)) => made,
        Ok(None) => return Exit::Wrong,
        Err(left) => return left.exit,
    };
    let engine = Engine::of(opened, shown_run.main, args.named.bounds.clone(), args.out.clone());
    let door = match Door::of(listener) {
        Ok(door) => door,
        Err(error) => {
            terminal.complain(|_, _| format!("error: cannot listen: {error}"));
            return Exit::Wrong;
        }
    };
    match terminal.format {
        Format::Text => {
            terminal.print_lines(&shown_run.headline);
            terminal.print_as_they_are(&[
                Line::new().with(Tone::Plain, "Open ").with(Tone::Name, door.address()),
                Line::new().with(Tone::Faint, "Ctrl-C ends it."),
            ]);
        }
        Format::Json => terminal.print_json(&serde_json::json!({
            "verdict": shown_run.verdict,
            "address": door.address(),
        })),
    }
    terminal.flush();
    door.serve(&html, &|what, asked| match what {
        "fork" => engine.fork(asked),
        "save" => engine.save(asked),
        _ => Err(format!("there is nothing called {what} here")),
    });
    shown_run.exit
}

/// A page that can be served.
struct Made {
    opened: Opened,
    listener: TcpListener,
    shown_run: ShownRun,
    html: String,
}

/// Makes it; none if the terminal has been told why that cannot be.
fn made(args: &Args, deadline: &Deadline, terminal: &mut Terminal<'_>) -> Option<Made> {
    let opened = open(&args.named, terminal)?;
    let listener = match TcpListener::bind(("127.0.0.1", args.port)) {
        Ok(listener) => listener,
        Err(error) => {
            terminal.complain(|_, _| {
                format!("error: port {}: cannot listen there: {error}\n  help: leave --port out, and any free port will do", args.port)
            });
            return None;
        }
    };
    deadline.knows(&opened.case_as_opened(&opened.of()), &shown(&args.named.file), terminal);
    let shown_run = opened.shown(&deadline.stop(DRAWING));
    let html = shown_run.page(true).html();
    Some(Made { opened, listener, shown_run, html })
}
