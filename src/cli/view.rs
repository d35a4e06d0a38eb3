//! `treefall view`.

use std::path::PathBuf;

use crate::trace::{Line, Tone};

use super::deadline::{Deadline, in_time};
use super::exit::Exit;
use super::output_file;
use super::paths::shown;
use super::shown_run::{DRAWING, Named, Opened, open};
use super::terminal::{Format, Terminal};

/// Write a run as one page that shows tree and time together
///
/// The page is one file, and needs no network. Of a run that fails it opens with what the failure depends on and the
/// sentences of `treefall explain`, beside the nearest run that holds; what else could have happened at the step that
/// decides has been tried, and is in it too.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// Where the page is written
    #[arg(long, value_name = "FILE.html")]
    out: PathBuf,
    #[command(flatten)]
    named: Named,
}

/// Writes the page, in the time that there is.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    let (here, named) = (args.clone(), &args.named);
    in_time(named.for_, (&named.file, None), terminal, move |deadline, terminal| {
        view(&here, deadline, terminal)
    })
    .unwrap_or_else(|left| left.exit)
}

fn view(args: &Args, deadline: &Deadline, terminal: &mut Terminal<'_>) -> Exit {
    let Some(opened) = open(&args.named, terminal) else { return Exit::Wrong };
    let Opened { loaded, schedule: _, played: _, inputs } = &opened;
    if let Err(error) = output_file::prepare(&args.out, inputs.iter().map(PathBuf::as_path)) {
        terminal.complain_unwritten(&args.out, &error);
        return Exit::Wrong;
    }
    deadline.knows(&opened.case_as_opened(&opened.of()), &shown(&args.named.file), terminal);
    let shown_run = opened.shown(&deadline.stop(DRAWING));
    let page = shown_run.page(false);
    let runs = page.runs.len();
    if let Err(error) = output_file::write(&args.out, &page.html()) {
        terminal.complain_unwritten(&args.out, &error);
        return shown_run.exit;
    }
    let out = shown(&args.out);
    match terminal.format {
        _ if terminal.quiet => (),
        Format::Text => {
            terminal.print_lines(&shown_run.headline);
            let runs = if runs == 1 { "1 run".to_owned() } else { format!("{runs} runs") };
            let written = Line::new().with(Tone::Plain, "Written: ").with(Tone::Name, out);
            terminal.print_lines(&[written.with(Tone::Faint, format!(", {runs}"))]);
        }
        Format::Json => terminal.print_json(&serde_json::json!({
            "verdict": shown_run.verdict,
            "file": loaded.name,
            "out": out,
            "runs": runs,
        })),
    }
    shown_run.exit
}
