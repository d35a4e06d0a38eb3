//! The command line of treefall.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use treefall::actors::Catalogue;

/// A search makes states on one thread that others let go, which the allocator of glibc does under a lock: with two
/// threads it was slower than with one.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    treefall::cli::main(Catalogue::new())
}
