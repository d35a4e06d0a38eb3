//! Supervisors of toys, mostly the surprises that were first run on Erlang 25.

mod failures;
mod requests;
mod restarts;
mod schedules;
mod shutdowns;
mod simple;
mod strategies;

use crate::kernel::Term;
use crate::otp::spec::{AutoShutdown, ChildSpec, Flags, Restart, Strategy};
use crate::otp::supervisor::{InitResult, SupervisorInit};
use crate::otp::toy::{Start, Toy, atom};

/// `sv:init/1` of these children; intensity 1, period 5.
fn init(strategy: Strategy, specs: Vec<ChildSpec<Start>>) -> SupervisorInit<Toy> {
    with_intensity(strategy, 1, specs)
}

fn with_intensity(strategy: Strategy, intensity: u32, specs: Vec<ChildSpec<Start>>) -> SupervisorInit<Toy> {
    let flags = Flags { strategy, intensity, period: 5, auto_shutdown: AutoShutdown::Never };
    SupervisorInit { module: atom("m"), result: InitResult::Ok(flags, specs), table: None }
}

fn restart(restart: Restart, spec: ChildSpec<Start>) -> ChildSpec<Start> {
    ChildSpec { restart, ..spec }
}

fn normal() -> Term {
    crate::kernel::Atom::NORMAL.into()
}
