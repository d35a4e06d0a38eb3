//! What a run may use up, as the command line says it.

use crate::kernel::Budget;

use super::loaded::Loaded;

/// How much a run may use up before it is given up. All of it is counted, so a run ends at the same place anywhere.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Bounds of a run")]
pub(super) struct Bounds {
    /// Give a run up after so many steps [default: 1000000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    run_steps: Option<u64>,
    /// ... when a process takes so many statements without waiting [default: 1000000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    run_statements: Option<u32>,
    /// ... when all processes together have taken so many [default: 20000000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    run_work: Option<u64>,
    /// ... when more processes live at once [default: 20000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    run_processes: Option<u32>,
    /// ... when more messages lie in one mailbox, or more signals are on their way [default: 500000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    run_messages: Option<u32>,
    /// ... when more timers are set at once [default: 20000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    run_timers: Option<u32>,
    /// ... when all that processes hold takes up so many bytes [default: 268435456]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    run_bytes: Option<u64>,
}

impl Bounds {
    /// The options that say so, to be typed again: ` --run-steps 3000`.
    fn options(&self) -> String {
        let said = [
            ("steps", self.run_steps),
            ("statements", self.run_statements.map(u64::from)),
            ("work", self.run_work),
            ("processes", self.run_processes.map(u64::from)),
            ("messages", self.run_messages.map(u64::from)),
            ("timers", self.run_timers.map(u64::from)),
            ("bytes", self.run_bytes),
        ];
        said.into_iter().filter_map(|(of, most)| Some(format!(" --run-{of} {}", most?))).collect()
    }

    /// Bounds the runs of a scenario.
    pub(super) fn apply(&self, loaded: &mut Loaded) {
        let usual = Budget::default();
        loaded.bounds = self.options();
        loaded.simulation.set_budget(Budget {
            steps: self.run_steps.unwrap_or(usual.steps),
            work: self.run_work.unwrap_or(usual.work),
            statements: self.run_statements.unwrap_or(usual.statements),
            processes: self.run_processes.unwrap_or(usual.processes),
            messages: self.run_messages.unwrap_or(usual.messages),
            signals: self.run_messages.unwrap_or(usual.signals),
            timers: self.run_timers.unwrap_or(usual.timers),
            bytes: self.run_bytes.unwrap_or(usual.bytes),
        });
    }
}
