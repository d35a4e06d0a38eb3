//! Nothing that a file says breaks treefall: every file of `scenarios/hostile/`, in every mode, with 1 GB of memory
//! and 10 seconds of a processor, ends with an exit status that the help names.
//!
//! Files of which the first line begins with `// In full:` are run with the usual budget too.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

/// Bytes of address space, in KiB, and seconds of processor time.
const LIMITED: &str = "ulimit -v 1048576 && ulimit -t 10 && exec \"$@\"";

/// Enough to go wrong, and little enough to try it in all modes.
const BOUNDS: &str = "--run-steps 4000 --run-statements 100000 --run-work 200000 --run-processes 1000 \
                      --run-messages 5000 --run-timers 1000 --run-bytes 20000000";

/// The modes, and whether they take a budget and a folder to write to. `FILE` is the scenario, `SCHEDULE` what its run
/// has recorded.
const MODES: &[&str] = &[
    "run FILE --record SCHEDULE BOUNDS",
    "run FILE --seed 7 --format json BOUNDS",
    "run FILE --seed 3 --scheduler pct --trace none BOUNDS",
    "explore FILE --seeds 0..4 --out OUT BOUNDS",
    "explore FILE --exhaustive --max-states 300 --max-memory 300 --out OUT BOUNDS",
    "explore FILE --sweep --for 300ms --out OUT BOUNDS",
    "check FILE --seeds 0..2 BOUNDS",
    "tree FILE BOUNDS",
    "replay SCHEDULE --trace none BOUNDS",
    "explain SCHEDULE --for 300ms BOUNDS",
    "shrink SCHEDULE --for 300ms BOUNDS",
    "shrink SCHEDULE --scenario --for 300ms BOUNDS",
    "judge FILE --for 300ms --max-states 200 --seeds 2 BOUNDS",
    "view SCHEDULE --out OUT.html --for 300ms BOUNDS",
];

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/hostile");
    let files = fs::read_dir(folder).expect("the folder is there").map(|file| file.expect("a file").path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|end| end == "kdl")).collect();
    files.sort();
    files
}

fn limited(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", LIMITED, "sh", env!("CARGO_BIN_EXE_treefall")]).args(arguments);
    command.current_dir(folder).stdin(Stdio::null()).output().expect("there is a shell")
}

/// What went wrong with a file, in all modes.
fn attacked(file: &Path) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let name = file.file_name().and_then(|name| name.to_str()).expect("names are UTF-8");
    let text = fs::read(file).expect("it can be read");
    let here = folder.path().join(name);
    fs::write(&here, &text).expect("it can be copied");
    let in_full = text.starts_with(b"// In full:").then_some("run FILE --trace none");
    let mut wrong = Vec::new();
    for mode in MODES.iter().copied().chain(in_full) {
        if mode.contains("SCHEDULE ")
            && !mode.contains("--record")
            && !folder.path().join("a.schedule").exists()
        {
            continue;
        }
        let command = mode.replace("FILE", name).replace("SCHEDULE", "a.schedule").replace("OUT", "found");
        let command = command.replace("BOUNDS", BOUNDS);
        let arguments: Vec<&str> = command.split_whitespace().collect();
        let output = limited(folder.path(), &arguments);
        if !matches!(output.status.code(), Some(0..=3)) {
            let said = String::from_utf8_lossy(&output.stderr);
            let said: String = said.chars().take(400).collect();
            wrong.push(format!("{}: treefall {command}\n{said}", output.status));
        }
        // What the command line refuses is no test of a file.
        if String::from_utf8_lossy(&output.stderr).contains("Usage: treefall") {
            wrong.push(format!("is refused: treefall {command}"));
        }
        let escapes = |bytes: &[u8]| bytes.contains(&0x1b) || bytes.contains(&7);
        if escapes(&output.stdout) || escapes(&output.stderr) {
            wrong.push(format!("commands the terminal: treefall {command}"));
        }
    }
    if fs::read(&here).expect("it is still there") != text {
        wrong.push(format!("{name} has been changed"));
    }
    wrong
}

#[test]
fn no_file_breaks_any_mode() {
    let can_be_limited = Command::new("sh").args(["-c", LIMITED, "sh", "true"]).status();
    if !can_be_limited.is_ok_and(|status| status.success()) {
        eprintln!("skipped: the memory of a process cannot be limited here");
        return;
    }
    let files = files();
    assert!(files.len() >= 25, "only {} hostile files", files.len());
    let (left, wrong) = (Mutex::new(files), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(file) = left.lock().expect("nobody panics with it").pop() else { return };
                    let found = attacked(&file);
                    wrong.lock().expect("nobody panics with it").extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("nobody has panicked");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
