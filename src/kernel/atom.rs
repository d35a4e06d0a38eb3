//! Atoms: a number that is a digest of the name, so that one name has one number in all worlds, threads, runs and
//! builds, whoever met it first; comparing and hashing a state never touches a string. [`Atoms`] knows the names.

use std::num::NonZeroU64;
use std::sync::OnceLock;

use super::fingerprint::mix;

/// A name, by its digest. They are ordered by that, which is good for tables and for nothing that people see: names
/// are in the order of [`Term::compare`](super::Term::compare).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Atom(NonZeroU64);

/// Which of the nodes of a world, by its place among them. It is small, so that a pid is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node(u32);

impl Atom {
    /// The atom of this name, which only [`Atoms::intern`] makes known. Its digest never changes: pids are made of it,
    /// and which partition of a registry knows a pid follows from that.
    pub const fn of(name: &str) -> Atom {
        let bytes = name.as_bytes();
        // Eight bytes at a time. Each step is a bijection, so two names of one length up to eight differ for sure.
        let mut digest = mix(bytes.len() as u64);
        let mut at = 0;
        while at < bytes.len() {
            let (mut word, mut place) = ([0; 8], 0);
            while place < 8 && at < bytes.len() {
                word[place] = bytes[at];
                (place, at) = (place + 1, at + 1);
            }
            digest = mix(digest ^ u64::from_le_bytes(word));
        }
        match NonZeroU64::new(digest) {
            Some(digest) => Atom(digest),
            None => Atom(NonZeroU64::MAX),
        }
    }

    /// The digest itself: for keys, never for people.
    pub(super) fn number(self) -> u64 {
        self.0.get()
    }

    pub(super) fn numbered(number: u64) -> Atom {
        Atom(NonZeroU64::new(number).expect("it is the number of a name"))
    }
}

impl Node {
    /// None in particular: that of everybody where there are no nodes.
    pub(super) const NONE: Node = Node(0);

    /// The place of a node among all nodes of a world.
    pub(super) fn of(name: Atom, nodes: &[Atom]) -> Node {
        let place = nodes.iter().zip(1..).find(|(node, _)| **node == name);
        place.map_or(Node::NONE, |(_, number)| Node(number))
    }

    /// The name of the node at this place.
    pub(super) fn name(self, nodes: &[Atom]) -> Atom {
        nodes.iter().zip(1..).find(|(_, number)| *number == self.0).map_or(Atom::NONODE, |(name, _)| *name)
    }

    pub(super) fn number(self) -> u64 {
        u64::from(self.0)
    }
}

/// The names of atoms. It only grows, and whoever has it can add to it: a run makes atoms that no file mentions.
#[derive(Clone, Debug)]
pub struct Atoms {
    named: [OnceLock<Box<Named>>; BRANCHES],
    nodes: Vec<Atom>,
}

/// An atom and its name, and below it those that have the same low bits in their digests. Where an atom is kept
/// depends on who came first, so nobody goes through all of them.
#[derive(Clone, Debug)]
struct Named {
    atom: Atom,
    name: Box<str>,
    below: [OnceLock<Box<Named>>; BRANCHES],
}

const BRANCHES: usize = 8;

impl Atoms {
    /// The atom of this name, which is known from now on.
    ///
    /// # Panics
    ///
    /// When another name has the same digest. Among a million names that happens once in thirty million tries, and
    /// to go on would be to take one for the other; whoever looks for such names can find them, and gets this.
    pub fn intern(&self, name: &str) -> Atom {
        let atom = Atom::of(name);
        let known = self.look(atom, Some(name)).unwrap_or(name);
        assert!(
            known == name,
            "the atoms {known:?} and {name:?} have the same digest: call one something else"
        );
        atom
    }

    /// The name of an atom that has been interned here.
    pub fn text(&self, atom: Atom) -> &str {
        self.look(atom, None).unwrap_or("?")
    }

    /// The name that is kept for an atom: one that is there, or else this one, if it is given.
    fn look(&self, atom: Atom, name: Option<&str>) -> Option<&str> {
        let (mut branches, mut bits) = (&self.named, atom.number());
        loop {
            let branch = &branches[bits as usize % BRANCHES];
            let named = match name {
                Some(name) => branch.get_or_init(|| Box::new(Named::new(atom, name))),
                None => branch.get()?,
            };
            if named.atom == atom {
                return Some(&named.name);
            }
            (branches, bits) = (&named.below, bits / BRANCHES as u64);
        }
    }

    /// One more node, by its name.
    pub fn add_node(&mut self, name: Atom) {
        self.nodes.push(name);
    }

    /// The names of all nodes.
    pub fn nodes(&self) -> &[Atom] {
        &self.nodes
    }

    /// The name of a node; `nonode@nohost` where there are none.
    pub fn node(&self, node: Node) -> Atom {
        node.name(&self.nodes)
    }
}

impl Named {
    fn new(atom: Atom, name: &str) -> Named {
        Named { atom, name: name.into(), below: Default::default() }
    }
}

impl Default for Atoms {
    /// The constants of [`Atom`] are known from the start.
    fn default() -> Self {
        let atoms = Atoms { named: Default::default(), nodes: Vec::new() };
        for name in WELL_KNOWN {
            atoms.intern(name);
        }
        atoms
    }
}

macro_rules! well_known {
    ($($constant:ident = $name:literal,)*) => {
        impl Atom {
            $(
                #[doc = concat!("The atom `", $name, "`.")]
                pub const $constant: Atom = Atom::of($name);
            )*
        }

        const WELL_KNOWN: &[&str] = &[$($name,)*];
    };
}

well_known! {
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
    ANY_SIGNIFICANT = "any_significant", ALL_SIGNIFICANT = "all_significant", NONODE = "nonode@nohost",
    FAULT = "fault", NOREPLY = "noreply", APPLICATION_CONTROLLER = "application_controller", ID = "id",
    START = "start", RESTART = "restart", SIGNIFICANT = "significant", TYPE = "type", MODULES = "modules",
    DYNAMIC = "dynamic", STRATEGY = "strategy", INTENSITY = "intensity", PERIOD = "period",
    AUTO_SHUTDOWN = "auto_shutdown", HIBERNATE_AFTER = "hibernate_after", SPECS = "specs", ACTIVE = "active",
    SUPERVISORS = "supervisors", WORKERS = "workers", SUPERVISOR_DATA = "supervisor_data",
    START_SPEC = "start_spec", BAD_START_SPEC = "bad_start_spec",
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
    APPLICATION_MASTER = "application_master", APPLICATION_STARTER = "application_starter", APPLICATION_TERMINATED = "application_terminated",
    APPLICATION_START_FAILURE = "application_start_failure", START_APPLICATION = "start_application",
    STOP_APPLICATION = "stop_application", VIA = "via", REGISTRY = "Registry",
    PARTITION_SUPERVISOR = "PartitionSupervisor", PARTITIONS = "partitions", REGISTER = "register",
    UNREGISTER = "unregister", ALREADY_REGISTERED = "already_registered", SYNC = "sync", LOCK = "lock",
    UNLOCK = "unlock", ARGUMENT_ERROR = "ArgumentError", RUNTIME_ERROR = "RuntimeError", RESIZE = "resize!",
    SUSPEND = "suspend", RESUME = "resume", CHANGE_CODE = "change_code", BAD_FLAGS = "bad_flags",
    UNKNOWN_SYSTEM_MSG = "unknown_system_msg", TASK = "Task", TASK_SUPERVISED = "Task.Supervised",
    STRUCT = "__struct__", MFA = "mfa", OWNER = "owner", PID = "pid", REF = "ref", RUN = "run",
    AWAIT = "await", MONITOR = "monitor", EXIT_TAG = "exit", NODEDOWN = "nodedown",
    SPAWN_REPLY = "spawn_reply", PROCESS_NOT_REGISTERED = "process_not_registered",
    PROCESS_NOT_REGISTERED_GLOBALLY = "process_not_registered_globally",
    PROCESS_WAS_NOT_STARTED_BY_PROC_LIB = "process_was_not_started_by_proc_lib",
    COULD_NOT_FIND_REGISTERED_NAME = "could_not_find_registered_name", STREAM = "stream",
    STREAM_MONITOR = "stream_monitor", SPAWN = "spawn", SPAWNED = "spawned", TASK_DOWN = "down",
    TIMED_OUT = "timed_out", DONE = "done", PROTOCOL_UNDEFINED_ERROR = "Protocol.UndefinedError",
    DISPATCH = "dispatch", ERLANG = "erlang", APPLY = "apply", SYSTEM_LIMIT = "system_limit", GLOBAL = "global",
    FLOAT_TAG = "$float", BIG_TAG = "$big", BITS_TAG = "$bits", IMPROPER_TAG = "$improper", FUN_TAG = "$fun",
    EXTERNAL_TAG = "$external", NODEUP = "nodeup", GLOBAL_NAME_SERVER = "global_name_server",
    RANDOM_EXIT_NAME = "random_exit_name", RANDOM_NOTIFY_NAME = "random_notify_name",
    NOTIFY_ALL_NAME = "notify_all_name", GLOBAL_NAME_CONFLICT = "global_name_conflict", SET_LOCK = "set_lock",
    LOCK_SET = "lock_set", DEL_LOCK = "del_lock", REGISTERED = "registered", YES = "yes", NO = "no",
    INIT_CONNECT = "init_connect", EXCHANGE = "exchange", RESOLVED = "resolved",
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::fingerprint::mix;
    use super::super::pid::Pid;
    use super::super::term::Term;
    use super::{Atom, Atoms};

    #[test]
    fn the_numbers_of_names_are_frozen() {
        for (name, number) in [
            ("", 0xe220_a839_7b1d_cdaf),
            ("a", 0x5e02_5f9a_de9e_af3e),
            ("noproc", 0xb504_11de_a1ca_e4a2),
            ("application", 0x14b5_d84a_dee5_19d5),
            ("Elixir.KV.Registry", 0xeb4a_c04e_4ad5_7e3d),
            ("\u{e9}\u{1f600}", 0x436e_8998_3a86_b2e5),
        ] {
            assert_eq!(Atom::of(name).number(), number, "{name}");
        }
        assert_eq!(Atom::NOPROC, Atom::of("noproc"));
    }

    #[test]
    fn a_name_has_one_number_whoever_meets_it_first() {
        let names: Vec<String> = (0..2_000).map(|number| format!("worker_{number}")).collect();
        let (one, other) = (Atoms::default(), Atoms::default());
        let forwards: BTreeMap<&str, Atom> = names.iter().map(|name| (&**name, one.intern(name))).collect();
        let backwards: BTreeMap<&str, Atom> =
            names.iter().rev().map(|name| (&**name, other.intern(name))).collect();
        assert_eq!(forwards, backwards);
        for (name, atom) in forwards {
            assert_eq!((one.text(atom), other.text(atom)), (name, name));
        }
        assert_eq!(one.text(Atom::of("nobody has said this")), "?");
    }

    #[test]
    fn threads_that_meet_a_name_at_once_agree() {
        let atoms = Atoms::default();
        let meet = || (0..200).map(|number| atoms.intern(&format!("n{number}"))).collect::<Vec<_>>();
        let met = std::thread::scope(|scope| {
            let threads = [(); 4].map(|()| scope.spawn(meet));
            threads.map(|thread| thread.join().expect("no two names are one"))
        });
        assert!(met.iter().all(|one| *one == met[0]));
        assert!(met[0].iter().enumerate().all(|(number, atom)| atoms.text(*atom) == format!("n{number}")));
    }

    /// Sixteen bytes are two words, and the second can undo what the first has done to the digest.
    #[test]
    #[should_panic(expected = "have the same digest")]
    fn two_names_with_one_number_are_not_taken_for_one() {
        let after = |first: &[u8; 8]| mix(mix(16) ^ u64::from_le_bytes(*first));
        let name = |first: &[u8; 8], second: [u8; 8]| {
            let bytes = [*first, second].concat();
            String::from_utf8(bytes).ok().filter(|name| name.is_ascii())
        };
        let (first, second) = (b"supervis", *b"or_of_it");
        let wanted = after(first) ^ u64::from_le_bytes(second);
        let other = (10_000_000..99_999_999).find_map(|number: u32| {
            let other: [u8; 8] = number.to_string().into_bytes().try_into().ok()?;
            name(&other, (after(&other) ^ wanted).to_le_bytes())
        });
        let atoms = Atoms::default();
        atoms.intern(&name(first, second).expect("it is ASCII"));
        atoms.intern(&other.expect("one in 256 is ASCII"));
    }

    #[test]
    fn what_worlds_are_full_of_is_small() {
        assert_eq!(size_of::<Option<Atom>>(), 8);
        assert_eq!(size_of::<Pid>(), 16);
        assert_eq!(size_of::<Term>(), 24);
    }
}
