//! The names that the machine itself can bring up: a run can print them though no module mentions them.

/// Every name that the source of the machine makes an atom of.
pub(super) const NAMES: &[&str] = &[
    "!",
    "$_",
    "$atomics",
    "$big",
    "$bits",
    "$external",
    "$float",
    "$fun",
    "$improper",
    "$trace",
    "*",
    "+",
    "-",
    "=:=",
    "Elixir.DynamicSupervisor",
    "Elixir.ExUnit.AssertionError",
    "Elixir.ExUnit.OnExitHandler",
    "_",
    "__ex_unit__",
    "ac",
    "all",
    "append",
    "arity",
    "attributes",
    "auto",
    "badarity",
    "badfun",
    "badkey",
    "badmap",
    "badrecord",
    "big",
    "binary",
    "bm",
    "case",
    "child_terminated",
    "child_type",
    "compact",
    "compressed",
    "const",
    "current_stacktrace",
    "decimals",
    "demonitor",
    "deterministic",
    "dictionary",
    "element",
    "ensure_at_least",
    "ensure_exactly",
    "env",
    "ex_unit_no_meaningful_value",
    "explicit_unalias",
    "exports",
    "external",
    "file",
    "float",
    "flush",
    "gen",
    "get_tail",
    "given",
    "global",
    "group_leader",
    "if_clause",
    "index",
    "infinity",
    "info",
    "initial_call",
    "integer",
    "iterator",
    "label",
    "latin1",
    "left",
    "line",
    "link",
    "links",
    "little",
    "local",
    "message",
    "message_queue_len",
    "messages",
    "mfargs",
    "minor_version",
    "module",
    "monitors",
    "monotonic",
    "name",
    "namelist",
    "native",
    "nb_children",
    "new_index",
    "nif_error",
    "nofile",
    "none",
    "nonode@nohost",
    "normal",
    "not_supported",
    "offender",
    "private_append",
    "proc_lib",
    "progress",
    "raise",
    "re_pattern",
    "reason",
    "registered_name",
    "reply_demonitor",
    "report",
    "restart_type",
    "right",
    "runnable",
    "safe",
    "scientific",
    "scope",
    "self",
    "setup",
    "setup_all",
    "short",
    "shutdown_error",
    "signed",
    "skip",
    "start_error",
    "started",
    "status",
    "string",
    "table",
    "tag",
    "tags",
    "test",
    "tests",
    "throw",
    "timeout",
    "timeout_value",
    "trap_exit",
    "trim",
    "trim_all",
    "try_clause",
    "type",
    "unicode",
    "uniq",
    "unlimited",
    "used",
    "utf16",
    "utf32",
    "utf8",
    "waiting",
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::NAMES;

    fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("the source is there") {
            let path = entry.expect("it can be listed").path();
            match path.is_dir() {
                true => sources(&path, into),
                false => into.push(path),
            }
        }
    }

    #[test]
    fn every_name_in_the_source_is_known() {
        let mut files = Vec::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        for folder in ["code", "scenario/script/compiled"] {
            sources(&root.join(folder), &mut files);
        }
        let begin = ["Atom::", "of(\""].concat();
        for file in files {
            let text = fs::read_to_string(&file).expect("it is text");
            for rest in text.split(&begin).skip(1) {
                let (name, _) = rest.split_once('"').expect("a string ends");
                assert!(NAMES.contains(&name), "{name}, in {}", file.display());
            }
        }
    }
}
