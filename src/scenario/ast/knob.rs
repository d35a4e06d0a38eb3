//! What of a design may be varied, and what is fixed.

use super::value::{Name, Span, Spanned};

worded! {
    /// A part of a design that could be otherwise.
    Knob {
        /// `strategy=` of a supervisor.
        Strategy = "strategy",
        /// The order of the children, and of what an `init` starts.
        Order = "order",
        /// `restart=` of a child.
        Restart = "restart",
        /// `shutdown=` of a child.
        Shutdown = "shutdown",
        /// `significant=` and `auto_shutdown=`
        Significant = "significant",
        /// A child below a supervisor of its own, or taken up one level.
        Nesting = "nesting",
        /// Whether who starts or watches a process is linked to it.
        Link = "link",
        /// Whether a server traps exits.
        TrapExit = "trap_exit",
        /// `max_children=` of a dynamic supervisor.
        MaxChildren = "max_children",
        /// `max_restarts=` and `max_seconds=`
        Intensity = "intensity",
        /// `otp=` and `elixir=` of the scenario.
        Release = "release",
        /// Lines of code: only a mutant lacks one.
        Code = "code",
    }
}

/// `fixed KNOB… of=NAME`: what nobody may propose to change.
#[derive(Clone, Debug, PartialEq)]
pub struct Fixed {
    /// What is fixed.
    pub knobs: Vec<Spanned<Knob>>,
    /// Of whom; of everybody if unsaid.
    pub of: Option<Name>,
    /// Where the line stands.
    pub span: Span,
}

impl Fixed {
    /// Whether it keeps this from being changed.
    pub fn keeps(&self, knob: Knob, of: &str) -> bool {
        let whose = self.of.as_ref().is_none_or(|name| name.text == of);
        whose && self.knobs.iter().any(|fixed| fixed.value == knob)
    }
}
