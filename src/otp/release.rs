//! Which OTP and which Elixir are modelled: the handful of points where releases differ.
//!
//! An old release is a profile. Everything asks a profile what it does; nothing asks for a number.

/// The releases that a scenario runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// The OTP release, such as 28.
    pub otp: u32,
    /// The Elixir version, such as (1, 18).
    pub elixir: (u32, u32),
}

impl Default for Release {
    fn default() -> Self {
        Release { otp: 28, elixir: (1, 18) }
    }
}

impl Release {
    /// A failing `proc_lib:start` returns only once the process is gone and its exit signal consumed
    /// (`proc_lib:init_fail/2`, OTP 26.0). Before, a trapping caller finds a stray `EXIT`.
    pub fn failed_start_is_synchronous(self) -> bool {
        self.otp >= 26
    }

    /// `gen_server` init may return `{error, Reason}` (OTP 26.0).
    pub fn init_may_return_error(self) -> bool {
        self.otp >= 26
    }

    /// `supervisor:start_child` returns `{error, {already_started, Pid}}` of the start function as it is
    /// (OTP 26.1). Before, it is wrapped with the child record as every other error.
    pub fn already_started_is_unwrapped(self) -> bool {
        self.otp >= 27
    }

    /// A `simple_one_for_one` restart that returns `ignore` drops the child (OTP 27.0). Before, it stays
    /// with the pid `undefined` and crashes the supervisor when it shuts down.
    pub fn simple_restart_may_ignore(self) -> bool {
        self.otp >= 27
    }

    /// `auto_shutdown` is refused for `simple_one_for_one` (OTP 27.0).
    pub fn simple_refuses_auto_shutdown(self) -> bool {
        self.otp >= 27
    }

    /// `significant` and `auto_shutdown` exist (OTP 24.0, EEP 56).
    pub fn knows_auto_shutdown(self) -> bool {
        self.otp >= 24
    }

    /// A supervisor shutting a child down waits for `DOWN` and unlinks afterwards (OTP 24.0). Before, it
    /// monitors and unlinks first: killed in that window, it orphans the child (erlang/otp #3670).
    pub fn unlinks_after_shutdown(self) -> bool {
        self.otp >= 24
    }

    /// `DOWN` with `noproc` at a shutdown resolves to the child's real exit reason, or to
    /// `child_process_unlinked` (OTP 27.1.1 and patches of 25 and 26; here: 27).
    pub fn shutdown_finds_the_real_reason(self) -> bool {
        self.otp >= 27
    }

    /// Progress reports of `start_child` and `restart_child` are of level debug (OTP 27.1; here: 27). Before,
    /// they are of level info as all others.
    pub fn asked_for_starts_are_quiet(self) -> bool {
        self.otp >= 27
    }

    /// The restart intensity is counted by OTP 28's `add_restart/1`: the same decisions.
    pub fn knows_hibernate_after(self) -> bool {
        self.otp >= 28
    }

    /// `supervisor:which_child/2` exists (OTP 28.0).
    pub fn knows_which_child(self) -> bool {
        self.otp >= 28
    }

    /// A retried restart carries a tag, so that a stale one cannot match (OTP 29.0).
    pub fn retries_are_tagged(self) -> bool {
        self.otp >= 29
    }

    /// Priority messages exist, and an exit signal can be sent to an alias (OTP 28.0, EEP 76).
    pub fn knows_priority_messages(self) -> bool {
        self.otp >= 28
    }

    /// `gen_server:stop` and `proc_lib:stop` treat "exited with the given reason before it was told to"
    /// as success (OTP 28.0).
    pub fn stop_accepts_the_given_reason(self) -> bool {
        self.otp >= 28
    }

    /// `DynamicSupervisor` counts a restarted child again (elixir-lang/elixir #7655, Elixir 1.6.6; patch
    /// releases are not modelled, and 1.6 stands for 1.6.0). Before, each restart lets one child more than
    /// `max_children` in.
    pub fn dynamic_counts_restarts(self) -> bool {
        self.elixir >= (1, 7)
    }

    /// `DynamicSupervisor` restarts with its `extra_arguments` (elixir-lang/elixir #7369 and #7371, Elixir
    /// 1.6.2; patch releases are not modelled, and 1.6 stands for 1.6.0). Before, it restarts without them,
    /// and its reports leave them out.
    pub fn dynamic_restarts_with_extra_arguments(self) -> bool {
        self.elixir >= (1, 7)
    }

    /// `DynamicSupervisor` accepts a shutdown of 0 (elixir-lang/elixir #11836, Elixir 1.15).
    pub fn dynamic_accepts_no_time(self) -> bool {
        self.elixir >= (1, 15)
    }

    /// `Registry.lock/3` exists, and `PartitionSupervisor.resize!/2` (Elixir 1.18).
    pub fn registry_has_locks(self) -> bool {
        self.elixir >= (1, 18)
    }

    /// A partition supervisor whose name somebody else keeps enters its children into a table (`resize!/2`,
    /// Elixir 1.18). Before, it registers each under a key, which it has already when a child is restarted:
    /// the first child stays (`partition_supervisor.ex`, `register_child/3`, Elixir 1.14).
    pub fn kept_pool_finds_the_restarted(self) -> bool {
        self.elixir >= (1, 18)
    }

    /// Tasks keep `$callers` (Elixir 1.8).
    pub fn tasks_know_their_callers(self) -> bool {
        self.elixir >= (1, 8)
    }

    /// `Task.Supervisor.start_child/5` of a temporary task tells the task itself what to do, once its
    /// supervisor has started it (Elixir 1.15). Before, the supervisor passes it on.
    pub fn supervised_task_is_told_its_work(self) -> bool {
        self.elixir >= (1, 15)
    }

    /// `Supervisor.child_spec/2` knows the key `significant` (elixir-lang/elixir #12077, Elixir 1.15). Before, it
    /// raises.
    pub fn child_spec_knows_significant(self) -> bool {
        self.elixir >= (1, 15)
    }

    /// `DynamicSupervisor` refuses `significant` children and any `auto_shutdown` but `never`
    /// (elixir-lang/elixir #12077, Elixir 1.15). Before, it does not look at them.
    pub fn dynamic_refuses_significant(self) -> bool {
        self.elixir >= (1, 15)
    }
}
