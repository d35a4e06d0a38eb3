//! The command line of treefall: parse, do, print, and say by the exit status how it went.

use std::io;
use std::process::ExitCode;

use clap::Parser;
use treefall::cli::{self, Arguments, Exit, Terminal};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut terminal = Terminal::of_this_program(&arguments.printing);
    let done = cli::run(&arguments, &mut terminal).and_then(|exit| terminal.flush().map(|()| exit));
    match done {
        Ok(exit) => exit.into(),
        // Whoever reads has seen enough: `treefall run … | head`.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: cannot print: {error}");
            Exit::Wrong.into()
        }
    }
}
