//! The command line of treefall: parse, do, print, and say by the exit status how it went.

use std::process::ExitCode;

use clap::Parser;
use treefall::cli::{self, Arguments, Printing, Terminal};

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(cli::say_panic));
    let (mut terminal, exit);
    match Arguments::try_parse() {
        Ok(arguments) => {
            terminal = Terminal::of_this_program(&arguments.printing);
            exit = cli::run(&arguments, &mut terminal);
        }
        Err(error) => {
            terminal = Terminal::of_this_program(&Printing::PLAIN);
            exit = terminal.answer(&error);
        }
    }
    terminal.close(exit).into()
}
