//! Wrong rules, one at a time: what somebody might get wrong who writes a supervisor, as changes of the source.

/// A wrong rule.
pub struct Mutant {
    /// The rule as it then is.
    pub rule: &'static str,
    /// What makes it so.
    pub edits: &'static [Edit],
}

/// A change of a file: a text that stands in it once, and what stands there instead.
pub struct Edit {
    /// The file.
    pub file: &'static str,
    /// The text.
    pub was: &'static str,
    /// What is put there.
    pub becomes: &'static str,
}

const fn edit(file: &'static str, was: &'static str, becomes: &'static str) -> Edit {
    Edit { file, was, becomes }
}

const RULES: &str = "src/otp/supervisor/restart_rules.rs";
const INTENSITY: &str = "src/otp/supervisor/intensity.rs";
const RESTART: &str = "src/otp/supervisor/restart.rs";
const SIMPLE: &str = "src/otp/supervisor/simple.rs";
const JOB: &str = "src/otp/supervisor/job.rs";
const TERMINATE: &str = "src/otp/supervisor/terminate.rs";
const SHUTDOWN: &str = "src/otp/supervisor/shutdown.rs";
const CHILDREN: &str = "src/otp/supervisor/children.rs";
const API: &str = "src/otp/supervisor/api.rs";
const DYNAMIC: &str = "src/otp/supervisor/dynamic_children.rs";
const SUPERVISOR: &str = "src/otp/supervisor/mod.rs";
const DYNAMIC_RESTART: &str = "src/otp/dynamic_supervisor/restart.rs";
const DYNAMIC_CHILDREN: &str = "src/otp/dynamic_supervisor/children.rs";
const DYNAMIC_TERMINATE: &str = "src/otp/dynamic_supervisor/terminate.rs";
const CODE_CHANGE: &str = "src/otp/supervisor/code_change.rs";
const SERVER: &str = "src/otp/server.rs";
const RELATION: &str = "src/scenario/script/perform/relation.rs";
const CALLERS: &str = "src/scenario/script/callers.rs";
const NAMING: &str = "src/otp/naming.rs";
const REGISTRY_PARTITION: &str = "src/otp/registry/partition.rs";
const REGISTRY_CHANGE: &str = "src/otp/registry/change.rs";
const DEATH: &str = "src/kernel/death.rs";
const DELIVERY: &str = "src/kernel/delivery.rs";
const MAILBOX: &str = "src/kernel/mailbox.rs";
const KERNEL_RELATION: &str = "src/kernel/relation.rs";
const WORLD: &str = "src/kernel/world.rs";

/// All of them.
pub const MUTANTS: &[Mutant] = &[
    // Who is restarted.
    Mutant {
        rule: "rest_for_one restarts all",
        edits: &[edit(
            RULES,
            "Strategy::RestForOne => Concerned::From(row)",
            "Strategy::RestForOne => Concerned::From(0)",
        )],
    },
    Mutant {
        rule: "rest_for_one restarts only the crashed child",
        edits: &[edit(
            RULES,
            "Strategy::RestForOne => Concerned::From(row)",
            "Strategy::RestForOne => Concerned::One(row)",
        )],
    },
    Mutant {
        rule: "one_for_all spares those before the crashed child",
        edits: &[edit(
            RULES,
            "Strategy::OneForAll => Concerned::From(0)",
            "Strategy::OneForAll => Concerned::From(row)",
        )],
    },
    Mutant {
        rule: "one_for_one restarts the siblings too",
        edits: &[edit(
            RULES,
            "Strategy::OneForOne | Strategy::SimpleOneForOne => Concerned::One(row)",
            r#"Strategy::OneForOne => Concerned::From(0),
        Strategy::SimpleOneForOne => Concerned::One(row)"#,
        )],
    },
    Mutant {
        rule: "a transient child is restarted after a normal end",
        edits: &[edit(
            RULES,
            "(Restart::Permanent, _) | (Restart::Transient, false) =>",
            "(Restart::Permanent | Restart::Transient, _) =>",
        )],
    },
    Mutant {
        rule: "a permanent child is not restarted after a normal end",
        edits: &[edit(
            RULES,
            r#"(Restart::Permanent, _) | (Restart::Transient, false) => Aftermath::Restart,
        (Restart::Transient | Restart::Temporary, true)"#,
            r#"(Restart::Permanent | Restart::Transient, false) => Aftermath::Restart,
        (_, true)"#,
        )],
    },
    Mutant {
        rule: "a temporary child is restarted after a crash",
        edits: &[edit(
            RULES,
            "(Restart::Temporary, false) => Aftermath::Finished { report: true }",
            "(Restart::Temporary, false) => Aftermath::Restart",
        )],
    },
    Mutant {
        rule: "{shutdown, Term} is a crash",
        edits: &[edit(RULES, " || reason.untag(Atom::SHUTDOWN).is_some()", "")],
    },
    Mutant {
        rule: "shutdown is a crash",
        edits: &[edit(
            RULES,
            "reason.is(Atom::NORMAL) || reason.is(Atom::SHUTDOWN)",
            "reason.is(Atom::NORMAL)",
        )],
    },
    Mutant {
        rule: "a temporary child is kept",
        edits: &[edit(
            CHILDREN,
            "let kept = self.child(row).spec.restart != Restart::Temporary;",
            "let kept = true;",
        )],
    },
    Mutant {
        rule: "a transient child is forgotten",
        edits: &[edit(
            CHILDREN,
            "let kept = self.child(row).spec.restart != Restart::Temporary;",
            "let kept = self.child(row).spec.restart == Restart::Permanent;",
        )],
    },
    // How often.
    Mutant {
        rule: "the intensity allows one restart more",
        edits: &[edit(
            INTENSITY,
            r#"self.counted <= intensity
"#,
            r#"self.counted <= intensity + 1
"#,
        )],
    },
    Mutant {
        rule: "the intensity allows one restart less",
        edits: &[edit(
            INTENSITY,
            r#"self.counted <= intensity
"#,
            r#"self.counted < intensity
"#,
        )],
    },
    Mutant {
        rule: "the period is exclusive",
        edits: &[edit(
            INTENSITY,
            "second.saturating_sub(u64::from(period))",
            "(second + 1).saturating_sub(u64::from(period))",
        )],
    },
    Mutant {
        rule: "restarts are never forgotten",
        edits: &[edit(INTENSITY, "*at < oldest)", "*at < oldest && oldest == u64::MAX)")],
    },
    Mutant {
        rule: "the window is rounded to the nearest second",
        edits: &[edit(INTENSITY, "let second = now / 1000;", "let second = (now + 500) / 1000;")],
    },
    Mutant {
        rule: "a failed restart does not count",
        edits: &[edit(RESTART, "if !self.restarts.admit(", "if !again && !self.restarts.admit(")],
    },
    Mutant {
        rule: "the EXIT of a second victim counts as another restart",
        edits: &[
            edit(
                RESTART,
                "let Some(row) = children.by_pid(pid) else { return self.listen() };",
                r#"let Some(row) = children.by_pid(pid) else {
            let Flags { intensity, period, .. } = self.flags;
            return match self.restarts.admit(context.now(), intensity, period) {
                true => self.listen(),
                false => self.give_up(pid.into(), context),
            };
        };"#,
            ),
            edit(
                SHUTDOWN,
                r#"context.unlink(pid);
        context.receive_exit_now(pid);
        return Some(down);"#,
                "return Some(down);",
            ),
            edit(
                SHUTDOWN,
                r#"if let Some(reason) = context.receive_exit_now(pid) {
        return Some(reason);
    }
    let coming"#,
                r#"if !down.is(Atom::KILL) {
        return Some(down);
    }
    let coming"#,
            ),
        ],
    },
    Mutant {
        rule: "a supervisor that gives up does not exit with shutdown",
        edits: &[edit(
            RESTART,
            "self.reported(Job::End { reason: Atom::SHUTDOWN.into() }",
            "self.reported(Job::End { reason: Atom::REACHED_MAX_RESTART_INTENSITY.into() }",
        )],
    },
    Mutant {
        rule: "a failed restart is tried again at once, before other messages",
        edits: &[edit(
            JOB,
            r#"Failure { old, tag, why })));
        self.listen()"#,
            r#"Failure { old, tag, why })));
        let child = self.rows().child(row).spec.id.clone();
        self.try_again(&child, tag, context)"#,
        )],
    },
    Mutant {
        rule: "a stale retry is not dropped",
        edits: &[edit(
            RESTART,
            "Incarnation::Restarting(failure) if failure.tag == tag =>",
            "Incarnation::Restarting(failure) if failure.tag <= tag.max(failure.tag) =>",
        )],
    },
    // In which order.
    Mutant {
        rule: "children are restarted newest first",
        edits: &[
            edit(
                JOB,
                "Job::StartGroup { group, row } => match self.rows().from(row) {",
                "Job::StartGroup { group, .. } => match self.rows().idle_from(group.first) {",
            ),
            edit(
                CHILDREN,
                "    /// The last taken row before this one.",
                r#"    pub(super) fn idle_from(&self, row: usize) -> Option<usize> {
        let idle = |at: &usize| self.rows[*at].as_ref().is_some_and(|child| child.state.alive().is_none());
        (row..self.rows.len()).rev().find(idle)
    }

    /// The last taken row before this one."#,
            ),
        ],
    },
    Mutant {
        rule: "children are stopped oldest first",
        edits: &[edit(
            CHILDREN,
            "(0..row).rev().find(|row| self.rows[*row].is_some())",
            r#"{
            let runs = |at: &usize| self.rows[*at].as_ref().is_some_and(|child| child.state.alive().is_some());
            (0..self.rows.len().min(row.max(self.rows.len()))).find(runs)
        }"#,
        )],
    },
    Mutant {
        rule: "which_children lists the oldest first",
        edits: &[edit(API, "children.iter().rev().map(|(_, child)| {", "children.iter().map(|(_, child)| {")],
    },
    Mutant {
        rule: "a child that cannot start leaves the others running",
        edits: &[edit(
            JOB,
            "self.reported(Job::Undo { below: self.rows().end(), reason }",
            "self.reported(Job::Undo { below: 0, reason }",
        )],
    },
    Mutant {
        rule: "an ignored temporary child is kept",
        edits: &[edit(
            JOB,
            "StartResult::Ignored if self.rows().child(row).spec.restart == Restart::Temporary => {",
            "StartResult::Ignored if self.rows().child(row).spec.restart == Restart::Temporary && row > 1000 => {",
        )],
    },
    // How children are stopped.
    Mutant {
        rule: "a shutdown is not awaited",
        edits: &[edit(
            TERMINATE,
            r#"let (stop, next) = ChildShutdown::begin(pid, shutdown, context);
        self.phase = Phase::ShuttingDown(stop, job);
        Turn::Wait(next)"#,
            r#"let _ = ChildShutdown::begin(pid, shutdown, context);
        self.terminated(job, context)"#,
        )],
    },
    Mutant {
        rule: "brutal_kill asks politely",
        edits: &[edit(
            SHUTDOWN,
            "Shutdown::BrutalKill => Atom::KILL,",
            "Shutdown::BrutalKill => Atom::SHUTDOWN,",
        )],
    },
    Mutant {
        rule: "a shutdown has no timeout",
        edits: &[edit(
            SHUTDOWN,
            "(Stage::Told, Shutdown::Timeout(timeout)) => Next::Receive { timeout: Some(timeout) }",
            "(Stage::Told, Shutdown::Timeout(_)) => Next::Receive { timeout: None }",
        )],
    },
    Mutant {
        rule: "a brutal kill is an unclean end",
        edits: &[edit(
            SHUTDOWN,
            "Shutdown::BrutalKill => reason.is(Atom::KILLED)",
            "Shutdown::BrutalKill => reason.is(Atom::KILL)",
        )],
    },
    Mutant {
        rule: "a permanent child may end with normal when told to stop",
        edits: &[edit(
            SHUTDOWN,
            "(graceful && restart != Restart::Permanent)",
            "(graceful && restart != Restart::Permanent) || reason.is(Atom::NORMAL)",
        )],
    },
    Mutant {
        rule: "simple_one_for_one never kills those who do not stop",
        edits: &[edit(
            DYNAMIC,
            "termination.deadline = deadline(how, context.now());",
            "termination.deadline = deadline(Shutdown::Infinity, context.now());",
        )],
    },
    Mutant {
        rule: "an EXIT from the parent does not stop a supervisor",
        edits: &[edit(
            SUPERVISOR,
            "Received::Exit { from, reason } if self.birth.is_parent(from) => {",
            "Received::Exit { from, reason } if self.birth.is_parent(from) && reason.is(Atom::KILLED) => {",
        )],
    },
    Mutant {
        rule: "a supervisor does not trap exits",
        edits: &[edit(SUPERVISOR, "context.trap_exit(true);", "context.trap_exit(false);")],
    },
    // Significant children.
    Mutant {
        rule: "any_significant is ignored",
        edits: &[edit(
            RESTART,
            "AutoShutdown::AnySignificant => significant,",
            "AutoShutdown::AnySignificant => significant && last,",
        )],
    },
    Mutant {
        rule: "every child is significant",
        edits: &[edit(
            RESTART,
            "AutoShutdown::AnySignificant => significant,",
            "AutoShutdown::AnySignificant => true,",
        )],
    },
    Mutant {
        rule: "all_significant ends with the first",
        edits: &[edit(
            RESTART,
            "AutoShutdown::AllSignificant => significant && last,",
            "AutoShutdown::AllSignificant => significant,",
        )],
    },
    Mutant {
        rule: "auto_shutdown does not exit with shutdown",
        edits: &[edit(
            RESTART,
            "let end = Job::End { reason: Atom::SHUTDOWN.into() };",
            "let end = Job::End { reason: Atom::NORMAL.into() };",
        )],
    },
    // What it answers.
    Mutant {
        rule: "terminate_child does not cancel a retry",
        edits: &[edit(
            TERMINATE,
            "Job::StopGroup { below: row, .. } | Job::Remove { row, .. } => {",
            r#"Job::Remove { row, .. } if self.rows().child(*row).state.alive().is_none() => (),
            Job::StopGroup { below: row, .. } | Job::Remove { row, .. } => {"#,
        )],
    },
    Mutant {
        rule: "a child that is restarting can be restarted by hand",
        edits: &[edit(
            API,
            "Incarnation::Restarting(_) => Some(error(Atom::RESTARTING)),",
            "Incarnation::Restarting(_) => None,",
        )],
    },
    Mutant {
        rule: "a running child can be deleted and restarted",
        edits: &[edit(
            API,
            "Incarnation::Alive(_) => Some(error(Atom::RUNNING)),",
            "Incarnation::Alive(_) => None,",
        )],
    },
    Mutant {
        rule: "a finished child is not known to start_child",
        edits: &[edit(
            API,
            "Some(Incarnation::None | Incarnation::Restarting(_)) => error(Atom::ALREADY_PRESENT),",
            "Some(Incarnation::None | Incarnation::Restarting(_)) => error(Atom::NOT_FOUND),",
        )],
    },
    Mutant {
        rule: "count_children counts the dead as active",
        edits: &[edit(API, "self.counts(&mut |pid| context.is_alive(pid))", "self.counts(&mut |_| true)")],
    },
    Mutant {
        rule: "a pool does not count the children that are restarting",
        edits: &[edit(
            SIMPLE,
            "let size = i64::try_from(self.members.len())",
            "let size = i64::try_from(self.alive().len())",
        )],
    },
    // DynamicSupervisor.
    Mutant {
        rule: "extra_arguments are lost on restart",
        edits: &[edit(
            DYNAMIC_RESTART,
            "if context.image().release().dynamic_restarts_with_extra_arguments() {",
            "if context.now() == u64::MAX {",
        )],
    },
    Mutant {
        rule: "a failed restart of a dynamic child does not count",
        edits: &[edit(
            DYNAMIC_RESTART,
            "let allowed = self.restarts.admit(context.now(), intensity, period);",
            "let allowed = again || self.restarts.admit(context.now(), intensity, period);",
        )],
    },
    Mutant {
        rule: "a dynamic child is restarted whatever its restart type",
        edits: &[edit(
            DYNAMIC_RESTART,
            "(Restart::Transient | Restart::Temporary, false) => (false, false)",
            "(Restart::Transient | Restart::Temporary, false) => (false, true)",
        )],
    },
    Mutant {
        rule: "max_children allows one more",
        edits: &[edit(
            DYNAMIC_CHILDREN,
            "self.counted < i64::from(max_children)",
            "self.counted <= i64::from(max_children)",
        )],
    },
    Mutant {
        rule: "a permanent dynamic child may end with normal when told to stop",
        edits: &[edit(
            DYNAMIC_TERMINATE,
            "let early = reason.is(Atom::NORMAL) && spec.restart == Restart::Permanent;",
            "let early = reason.is(Atom::NORMAL) && spec.restart == Restart::Temporary;",
        )],
    },
    // gen_server and proc_lib.
    Mutant {
        rule: "an EXIT from the parent is handed to handle_info",
        edits: &[edit(
            SERVER,
            "Received::Exit { from, reason } if self.birth.is_parent(from) => {",
            "Received::Exit { from, reason } if self.birth.is_parent(from) && reason.is(Atom::KILLED) => {",
        )],
    },
    Mutant {
        rule: "terminate is not called after {stop, Reason, State}",
        edits: &[edit(
            SERVER,
            "(Ok(Return::Stop(reason)), _) => self.terminate(reason, None, context),",
            "(Ok(Return::Stop(reason)), _) => Next::Exit(reason),",
        )],
    },
    Mutant {
        rule: "handle_continue is called after a message that is queued",
        edits: &[edit(
            SERVER,
            "Then::Continue(payload) => self.call(None, Callback::Continue(payload), context),",
            r#"Then::Continue(payload) => {
                context.send(context.pid(), Message::Cast(payload));
                Next::Receive { timeout: None }
            }"#,
        )],
    },
    Mutant {
        rule: "a failed start keeps its name until the process is gone",
        edits: &[edit(NAMING, "let _ = context.unregister(*name);", "let _ = name;")],
    },
    Mutant {
        rule: "nobody comes between a name and init",
        edits: &[edit(
            NAMING,
            "if context.can_be_interrupted() { Registered::NotYet(Next::Preempt) } else { Registered::Done }",
            "let _ = context; Registered::Done",
        )],
    },
    // Registries.
    Mutant {
        rule: "a partition of a registry forgets to remove what the dead have left",
        edits: &[edit(
            REGISTRY_PARTITION,
            "tables.retain_keys(&key, |(pid, _)| *pid != dead);",
            "let _ = (&tables, &key);",
        )],
    },
    Mutant {
        rule: "a dead holder blocks its key",
        edits: &[edit(
            REGISTRY_CHANGE,
            "if owner == me || context.is_alive(owner) {",
            "if owner == me || !owner.eq(&me) {",
        )],
    },
    Mutant {
        rule: "a process stays linked to its partition when it has given up its last key",
        edits: &[edit(
            REGISTRY_CHANGE,
            "if !own.knows(me) {\n        context.unlink(server);\n    }",
            "let _ = own.knows(me);",
        )],
    },
    // Signals.
    Mutant {
        rule: "a name is not released at death",
        edits: &[edit(DEATH, "self.release_name(self.node(pid), name);", "let _ = name;")],
    },
    Mutant {
        rule: "a server without a parent outlives its own exit signal",
        edits: &[edit(SERVER, "self.birth.parent.get_or_insert(context.pid());", "")],
    },
    Mutant {
        rule: "demonitor takes a reference of another node",
        edits: &[edit(RELATION, "if context.is_foreign(reference) {", "if false {")],
    },
    Mutant {
        rule: "the news that the dead are not there overtakes their last words",
        edits: &[edit(
            WORLD,
            "matches!(earlier, Signal::Message { .. } | Signal::Exit(_) | Signal::ExitAlias(..))",
            "matches!(earlier, Signal::ExitAlias(..))",
        )],
    },
    Mutant {
        rule: "a task does not know on whose behalf its callers work",
        edits: &[edit(CALLERS, "above.iter().copied()", "std::iter::empty()")],
    },
    Mutant {
        rule: "kill arrives as kill",
        edits: &[edit(
            DELIVERY,
            "self.die(to, Term::Atom(Atom::KILLED), Some(from), events);",
            "self.die(to, Term::Atom(Atom::KILL), Some(from), events);",
        )],
    },
    Mutant {
        rule: "normal kills over a link",
        edits: &[edit(
            DELIVERY,
            "} else if reason.is(Atom::NORMAL) {",
            "} else if reason.is(Atom::NORMAL) && from == to {",
        )],
    },
    Mutant {
        rule: "a link that crosses an unlink stays at one end",
        edits: &[edit(
            DELIVERY,
            "if !matches!(process.links.get(from), Some(Link::Unlinking(_))) {",
            "if !matches!(process.links.get(from), Some(Link::Lost)) {",
        )],
    },
    Mutant {
        rule: "an exit is heard over a link that was removed",
        edits: &[edit(
            DELIVERY,
            "Signal::LinkExit(_) if !self.ends_link(from, to) => tell(Fate::Dropped, events),",
            "Signal::LinkExit(_) if !self.ends_link(from, to) && from == to => tell(Fate::Dropped, events),",
        )],
    },
    Mutant {
        rule: "the monitor of a dead process says normal",
        edits: &[edit(
            DELIVERY,
            "Signal::Down { reference, name, reason: Term::Atom(Atom::NOPROC) }",
            "Signal::Down { reference, name, reason: Term::Atom(Atom::NORMAL) }",
        )],
    },
    Mutant {
        rule: "a reply that comes too late is heard",
        edits: &[edit(
            DELIVERY,
            "if !process.aliases.contains(through.alias) =>",
            "if !process.aliases.contains(through.alias) && from == to =>",
        )],
    },
    Mutant {
        rule: "a priority message overtakes those of its kind",
        edits: &[edit(MAILBOX, "let place = self.priority as usize;", "let place = 0;")],
    },
    Mutant {
        rule: "a link that is made again keeps its priority",
        edits: &[edit(
            KERNEL_RELATION,
            "self.me_mut().priorities.prefer_link(to, priority);\n            return Ok(());\n        }\n        self.look_around();",
            "return Ok(());\n        }\n        self.look_around();",
        )],
    },
    // What a code change does.
    Mutant {
        rule: "a code change forgets the processes of children",
        edits: &[edit(
            CODE_CHANGE,
            "map_or(Incarnation::None, |row| old.child(row).state.clone());",
            "map_or(Incarnation::None, |_| Incarnation::None);",
        )],
    },
    Mutant {
        rule: "a code change drops the children that init no longer names",
        edits: &[edit(
            CODE_CHANGE,
            "if children.by_id(&child.spec.id).is_none() {",
            "if children.by_id(&child.spec.id).is_none() && child.state == Incarnation::None {",
        )],
    },
    Mutant {
        rule: "a code change keeps the old flags",
        edits: &[edit(CODE_CHANGE, "self.flags = flags;", "self.flags.strategy = flags.strategy;")],
    },
    Mutant {
        rule: "a suspended supervisor hears all messages",
        edits: &[edit(
            SUPERVISOR,
            "Phase::Suspended => system::accepts(&self.birth, message),",
            "Phase::Suspended => true,",
        )],
    },
];
