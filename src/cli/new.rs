//! `treefall new`.

use std::io;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use unicode_width::UnicodeWidthStr;

use crate::trace::{Line, Tone};

use super::code::lines_of_project;
use super::exit::Exit;
use super::output_file;
use super::paths::{shown, word};
use super::terminal::{Format, Terminal};

/// Write a scenario to begin with
///
/// It runs as it is, holds, and says at its end what to change to see it break. Nothing is ever written over.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Args {
    /// What to call it: `shop` becomes `shop.kdl`
    #[arg(value_name = "NAME")]
    name: PathBuf,
    /// What it is about
    #[arg(long, value_name = "TEMPLATE", default_value = "registry", hide_default_value = true)]
    template: Template,
}

/// What there is to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Template {
    /// Processes that are found by name, and forgotten when they die [default]
    Registry,
    /// Workers that are lent, and come back if their borrower dies
    Pool,
    /// Jobs that go from stage to stage, one of which crashes
    Pipeline,
    /// Connections that live through the absence of what they connect to
    Outage,
    /// Applications that start and stop in order
    Application,
    /// Compiled modules of a project, as they are
    Code,
}

impl Template {
    fn text(self) -> &'static str {
        match self {
            Template::Registry => include_str!("new/registry.kdl"),
            Template::Pool => include_str!("new/pool.kdl"),
            Template::Pipeline => include_str!("new/pipeline.kdl"),
            Template::Outage => include_str!("new/outage.kdl"),
            Template::Application => include_str!("new/application.kdl"),
            Template::Code => include_str!("new/code.kdl"),
        }
    }
}

/// What stands in the place of a project that is not there.
const NO_PROJECT: &str = "code \"_build/test/lib/my_app/ebin\"\nstart \"my_app.start\" normal (term)\"[]\"\n";

/// Writes the file.
pub(super) fn run(args: &Args, terminal: &mut Terminal<'_>) -> Exit {
    let path = match args.name.extension() {
        Some(extension) if extension == "kdl" => args.name.clone(),
        _ => {
            let mut name = args.name.clone().into_os_string();
            name.push(".kdl");
            PathBuf::from(name)
        }
    };
    let Some(stem) = path.file_stem().filter(|stem| !stem.is_empty() && *stem != ".kdl") else {
        terminal.complain(|_, _| format!("error: {}: is no name for a file", shown(&args.name)));
        return Exit::Wrong;
    };
    let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let project = (args.template == Template::Code).then(|| lines_of_project(folder));
    if let (Some(None), Some((build, compile))) = (&project, uncompiled(folder)) {
        terminal.complain(|_, _| {
            let build = shown(&folder.join(build));
            format!("error: {build}: this project is not compiled\n  help: `{compile}` compiles it; then say this again")
        });
        return Exit::Wrong;
    }
    let title = shown(Path::new(stem)).replace('\\', "\\\\").replace('"', "\\\"");
    let code = project.clone().flatten().unwrap_or_else(|| NO_PROJECT.to_owned());
    let text = args.template.text().replacen("NAME", &title, 1).replacen("CODE\n", &code, 1);
    match output_file::write_new(&path, &text) {
        Ok(()) => (),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let shown = shown(&path);
            terminal.complain(|_, _| {
                format!(
                    "error: {shown}: is there already, and is left as it is\n  help: give it another name"
                )
            });
            return Exit::Wrong;
        }
        Err(error) => {
            terminal.complain_unwritten(&path, &error);
            return Exit::Wrong;
        }
    }
    let compile = matches!(project, Some(None));
    match terminal.format {
        Format::Json => terminal.print_json(&serde_json::json!({ "file": shown(&path) })),
        Format::Text if terminal.quiet => (),
        Format::Text => terminal.print_lines(&next(&path, compile)),
    }
    Exit::Held
}

/// What a project is built by that has not been, and how it is.
fn uncompiled(folder: &Path) -> Option<(&'static str, &'static str)> {
    let builds = [("mix.exs", "MIX_ENV=test mix compile"), ("rebar.config", "rebar3 as test compile")];
    builds.into_iter().find(|(build, _)| folder.join(build).is_file())
}

/// What to do with it.
fn next(path: &Path, compile: bool) -> Vec<Line> {
    let mut lines = vec![
        Line::new()
            .with(Tone::Good, "written: ")
            .with(Tone::Plain, shown(path))
            .with(Tone::Faint, ", whose last lines say what to try"),
    ];
    if compile {
        let text = "  there is no compiled project here: say in it in which folder the `.beam` files are, and what starts them";
        lines.push(Line::new().with(Tone::Warning, text));
    }
    let file = word(path);
    let commands = [
        (format!("treefall run {file}"), "what happens if nothing goes wrong"),
        (format!("treefall explore {file}"), "every order, or ten thousand of them"),
        (format!("treefall step {file}"), "the order that you choose"),
    ];
    let wide = commands.iter().map(|(command, _)| command.width()).max().unwrap_or(0);
    for (command, what) in commands {
        let gap = wide - command.width() + 2;
        let command = Line::new().with(Tone::Name, format!("  {command}"));
        lines.push(command.with(Tone::Faint, format!("{:gap$}{what}", "")));
    }
    lines
}
