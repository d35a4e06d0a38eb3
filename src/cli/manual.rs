//! `treefall completions` and `treefall man`: what a shell and `man` want to know of the command line.

use std::path::{Path, PathBuf};

use clap::Command;
use clap_complete::Shell;

use super::exit::Exit;
use super::output_file;
use super::terminal::Terminal;

/// Print completions for a shell: bash, elvish, fish, powershell or zsh
///
/// For bash: `treefall completions bash > ~/.local/share/bash-completion/completions/treefall`
#[derive(Clone, Debug, clap::Args)]
pub(super) struct CompletionsArgs {
    /// Which shell is to read them
    #[arg(value_name = "SHELL", hide_possible_values = true)]
    shell: Shell,
}

/// Print the manual page, or write those of all commands into a folder
///
/// `treefall man | man -l -` shows it.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ManArgs {
    /// Write `treefall.1`, `treefall-run.1` and so on into this folder instead
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Prints completions of the whole command line.
pub(super) fn completions(args: &CompletionsArgs, mut whole: Command, terminal: &mut Terminal<'_>) -> Exit {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut whole, "treefall", &mut text);
    terminal.print_for_machines(&String::from_utf8_lossy(&text));
    Exit::Held
}

/// Prints or writes manual pages of the whole command line.
pub(super) fn man(args: &ManArgs, mut whole: Command, terminal: &mut Terminal<'_>) -> Exit {
    // Then commands are called `treefall-run` in their pages.
    whole.build();
    let Some(folder) = &args.out else {
        terminal.print_for_machines(&page(whole));
        return Exit::Held;
    };
    let mut pages = vec![("treefall".to_owned(), whole.clone())];
    for command in whole.get_subcommands() {
        pages.push((format!("treefall-{}", command.get_name()), command.clone()));
    }
    for (name, command) in pages {
        let path = folder.join(format!("{name}.1"));
        if let Err((path, error)) = write(&path, &page(command)) {
            terminal.complain_unwritten(&path, &error);
            return Exit::Wrong;
        }
    }
    Exit::Held
}

fn write(path: &Path, text: &str) -> Result<(), (PathBuf, std::io::Error)> {
    let written = output_file::prepare_with_folder(path, []).and_then(|()| output_file::write(path, text));
    written.map_err(|error| (path.to_path_buf(), error))
}

fn page(command: Command) -> String {
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text).expect("a vector takes anything");
    String::from_utf8_lossy(&text).into_owned()
}
