//! The command line of treefall: parse, do, print, and say by the exit status how it went.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use treefall::cli::{self, Arguments, Printing, Terminal};

/// A search makes states on one thread that others let go, which the allocator of glibc does under a lock: with two
/// threads it was slower than with one.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

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
