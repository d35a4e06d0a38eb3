//! Atoms: numbers here; an [`Atoms`] table, made once per scenario, gives them their text, so that comparing and
//! hashing a state never touches a string.

use std::collections::HashMap;
use std::sync::Arc;

/// An interned name. Its text is in the [`Atoms`] table that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Atom(u32);

impl Atom {
    pub(super) fn number(self) -> u32 {
        self.0
    }

    pub(super) fn numbered(number: u32) -> Atom {
        Atom(number)
    }
}

/// The texts of all atoms of one scenario, in the order of their interning.
///
/// The first ones are the same in every table: the constants of [`Atom`].
#[derive(Clone, Debug)]
pub struct Atoms {
    texts: Vec<Arc<str>>,
    index: HashMap<Arc<str>, Atom>,
    /// Which of [`ALSO_KNOWN`] nobody has asked for yet.
    unasked: Vec<bool>,
}

macro_rules! well_known {
    ($table:ident numbered by $numbers:ident from $first:literal: $($name:ident = $text:literal,)*) => {
        #[expect(non_camel_case_types, clippy::upper_case_acronyms, reason = "only numbers the constants below")]
        enum $numbers { $($name,)* }

        impl Atom {
            $(
                #[doc = concat!("The atom `", $text, "`.")]
                pub const $name: Atom = Atom($first + $numbers::$name as u32);
            )*
        }

        const $table: &[&str] = &[$($text,)*];
    };
}

// Pids are digests of labels, which are numbers of atoms: numbering one atom anew changes runs. So these
// stay as they are, and what is added goes below.
well_known! {
    WELL_KNOWN numbered by WellKnown from 0:
    OK = "ok", ERROR = "error", TRUE = "true", FALSE = "false", UNDEFINED = "undefined", NIL = "nil",
    NORMAL = "normal", SHUTDOWN = "shutdown", KILL = "kill", KILLED = "killed", NOPROC = "noproc",
    TIMEOUT = "timeout", CALLING_SELF = "calling_self", BADARG = "badarg", BADMATCH = "badmatch",
    FUNCTION_CLAUSE = "function_clause", UNDEF = "undef", NOCATCH = "nocatch", STACKTRACE = "stacktrace",
    BAD_RETURN_VALUE = "bad_return_value", BAD_RETURN = "bad_return", IGNORE = "ignore", EXIT = "EXIT",
    DOWN = "DOWN", GEN_SERVER = "gen_server", CALL = "call", STOP = "stop", START_LINK = "start_link",
    INIT = "init", INFINITY = "infinity", ALREADY_STARTED = "already_started",
    ALREADY_PRESENT = "already_present", NOT_FOUND = "not_found", RUNNING = "running",
    RESTARTING = "restarting", SIMPLE_ONE_FOR_ONE = "simple_one_for_one", ONE_FOR_ONE = "one_for_one",
    ONE_FOR_ALL = "one_for_all", REST_FOR_ONE = "rest_for_one", MAX_CHILDREN = "max_children",
    PERMANENT = "permanent", TRANSIENT = "transient", TEMPORARY = "temporary", WORKER = "worker",
    SUPERVISOR = "supervisor", BRUTAL_KILL = "brutal_kill", NEVER = "never",
    ANY_SIGNIFICANT = "any_significant", ALL_SIGNIFICANT = "all_significant", NONODE = "nonode@nohost", FAULT = "fault", NOREPLY = "noreply", APPLICATION_CONTROLLER = "application_controller", ID = "id", START = "start",
    RESTART = "restart", SIGNIFICANT = "significant", TYPE = "type", MODULES = "modules",
    DYNAMIC = "dynamic", STRATEGY = "strategy", INTENSITY = "intensity", PERIOD = "period",
    AUTO_SHUTDOWN = "auto_shutdown", HIBERNATE_AFTER = "hibernate_after", SPECS = "specs",
    ACTIVE = "active", SUPERVISORS = "supervisors", WORKERS = "workers",
    SUPERVISOR_DATA = "supervisor_data", START_SPEC = "start_spec", BAD_START_SPEC = "bad_start_spec",
    FAILED_TO_START_CHILD = "failed_to_start_child", INVALID_TYPE = "invalid_type",
    INVALID_STRATEGY = "invalid_strategy", INVALID_INTENSITY = "invalid_intensity",
    INVALID_PERIOD = "invalid_period", INVALID_AUTO_SHUTDOWN = "invalid_auto_shutdown",
    INVALID_HIBERNATE_AFTER = "invalid_hibernate_after", BAD_COMBINATION = "bad_combination",
    INVALID_CHILD_SPEC = "invalid_child_spec", MISSING_ID = "missing_id", MISSING_START = "missing_start",
    INVALID_MFA = "invalid_mfa", INVALID_RESTART_TYPE = "invalid_restart_type",
    INVALID_SIGNIFICANT = "invalid_significant", INVALID_CHILD_TYPE = "invalid_child_type",
    INVALID_SHUTDOWN = "invalid_shutdown", INVALID_MODULES = "invalid_modules",
    INVALID_MODULE = "invalid_module", DUPLICATE_CHILD_NAME = "duplicate_child_name",
    CHILD_PROCESS_UNLINKED = "child_process_unlinked", CHILD = "child", EXTRA = "extra", BOOT = "boot",
    NOCONNECTION = "noconnection", EXTRA_ARGUMENTS = "extra_arguments", MODULE = "module", SYS = "sys",
    PROCESS = "process", GEN_CAST = "$gen_cast", GEN_CALL = "$gen_call", ALIAS = "alias", ACK = "ack",
    TRY_AGAIN_RESTART = "try_again_restart", CASE_CLAUSE = "case_clause", UNBOUND = "unbound",
    BADARITH = "badarith", EXPECTATION_FAILED = "expectation_failed", GET = "get", PUT = "put",
    DELETE = "delete", FETCH = "fetch", TERMINATE = "terminate", REPLY = "reply",
    REACHED_MAX_RESTART_INTENSITY = "reached_max_restart_intensity", START_CHILD = "start_child",
    TERMINATE_CHILD = "terminate_child", RESTART_CHILD = "restart_child", DELETE_CHILD = "delete_child",
    WHICH_CHILDREN = "which_children", WHICH_CHILD = "which_child", COUNT_CHILDREN = "count_children",
    GET_CHILDSPEC = "get_childspec", INVALID_MAX_CHILDREN = "invalid_max_children",
    INVALID_EXTRA_ARGUMENTS = "invalid_extra_arguments", NOT_STARTED = "not_started",
    NOT_LOADED = "not_loaded", NOT_RUNNING = "not_running", STOPPED = "stopped",
    APPLICATION_MASTER = "application_master", APPLICATION_TERMINATED = "application_terminated",
    APPLICATION_START_FAILURE = "application_start_failure", START_APPLICATION = "start_application",
    STOP_APPLICATION = "stop_application",
}

well_known! {
    ALSO_KNOWN numbered by AlsoKnown from 0x8000_0000:
    VIA = "via", REGISTRY = "Registry",
    PARTITION_SUPERVISOR = "PartitionSupervisor", PARTITIONS = "partitions", REGISTER = "register",
    UNREGISTER = "unregister", ALREADY_REGISTERED = "already_registered", SYNC = "sync", LOCK = "lock",
    UNLOCK = "unlock", ARGUMENT_ERROR = "ArgumentError", RUNTIME_ERROR = "RuntimeError", RESIZE = "resize!",
    SUSPEND = "suspend", RESUME = "resume", CHANGE_CODE = "change_code", BAD_FLAGS = "bad_flags",
    UNKNOWN_SYSTEM_MSG = "unknown_system_msg",
    TASK = "Task", TASK_SUPERVISED = "Task.Supervised", STRUCT = "__struct__", MFA = "mfa", OWNER = "owner",
    PID = "pid", REF = "ref", RUN = "run", AWAIT = "await", MONITOR = "monitor", EXIT_TAG = "exit",
    NODEDOWN = "nodedown", SPAWN_REPLY = "spawn_reply",
    PROCESS_NOT_REGISTERED = "process_not_registered",
    PROCESS_NOT_REGISTERED_GLOBALLY = "process_not_registered_globally",
    PROCESS_WAS_NOT_STARTED_BY_PROC_LIB = "process_was_not_started_by_proc_lib",
    COULD_NOT_FIND_REGISTERED_NAME = "could_not_find_registered_name",
    STREAM = "stream", STREAM_MONITOR = "stream_monitor", SPAWN = "spawn", SPAWNED = "spawned",
    TASK_DOWN = "down", TIMED_OUT = "timed_out", DONE = "done", PROTOCOL_UNDEFINED_ERROR = "Protocol.UndefinedError",
    DISPATCH = "dispatch", ERLANG = "erlang", APPLY = "apply",
    SYSTEM_LIMIT = "system_limit",
}

/// The number of the first atom of [`ALSO_KNOWN`].
const ALSO_KNOWN_FROM: u32 = 0x8000_0000;

impl Default for Atoms {
    fn default() -> Self {
        let mut atoms =
            Atoms { texts: Vec::new(), index: HashMap::new(), unasked: vec![true; ALSO_KNOWN.len()] };
        for text in WELL_KNOWN {
            atoms.intern(text);
        }
        for (number, text) in (ALSO_KNOWN_FROM..).zip(ALSO_KNOWN) {
            atoms.index.insert((*text).into(), Atom(number));
        }
        atoms
    }
}

impl Atoms {
    /// The atom of this text, made if it is new.
    ///
    /// # Panics
    ///
    /// When there are more than `u32::MAX` atoms.
    pub fn intern(&mut self, text: &str) -> Atom {
        if let Some(&atom) = self.index.get(text) {
            // Whoever is named after this one has the number that it would have had before this one was known.
            let number = atom.0.checked_sub(ALSO_KNOWN_FROM);
            if let Some(first) = number.and_then(|number| self.unasked.get_mut(number as usize))
                && std::mem::take(first)
            {
                self.texts.push(text.into());
            }
            return atom;
        }
        let atom = Atom(u32::try_from(self.texts.len()).expect("fewer atoms than u32::MAX"));
        let text: Arc<str> = text.into();
        self.texts.push(text.clone());
        self.index.insert(text, atom);
        atom
    }

    /// The atom of this text, if anybody has interned it.
    pub fn get(&self, text: &str) -> Option<Atom> {
        self.index.get(text).copied()
    }

    /// The text of an atom of this table.
    pub fn text(&self, atom: Atom) -> &str {
        match atom.0.checked_sub(ALSO_KNOWN_FROM) {
            Some(number) => ALSO_KNOWN.get(number as usize).copied().unwrap_or("?"),
            None => self.texts.get(atom.0 as usize).map_or("?", |text| text),
        }
    }
}
