//! treefall, asked on its own command line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::processor;

/// Allows what long work needs.
pub const LONG: &str = "--run-steps 100000000 --run-work 1000000000 --run-processes 2000000 \
    --run-messages 4000000 --run-timers 4000000 --run-bytes 8000000000";

/// The folder of treefall itself.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What is shipped.
pub fn binary() -> PathBuf {
    root().join("target/release/treefall")
}

/// Builds what is shipped.
pub fn build() {
    let built = Command::new("cargo").args(["build", "--release", "--quiet"]).current_dir(root()).status();
    assert!(built.is_ok_and(|status| status.success()), "treefall cannot be built");
}

/// Begins to do what a command line says.
pub fn begun(words: &str) -> Option<Child> {
    Command::new(binary())
        .args(words.split_whitespace())
        .current_dir(root())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()
}

/// Waits for what has begun: whether it ended as it should.
pub fn ends(words: &str, mut child: Child) -> Option<()> {
    // A search that was given up at so many states has done its work.
    let given_up = words.contains("--max-states").then_some(3);
    let code = child.wait().ok()?.code();
    (code == Some(0) || code.is_some() && code == given_up).then_some(())
}

/// How many seconds of a processor a command line takes, if it ends as it should.
pub fn takes(words: &str) -> Option<f64> {
    let before = processor::seconds();
    ends(words, begun(words)?)?;
    Some(processor::seconds() - before)
}

/// The same of a scenario that is run calmly and under so many seeds, judged and not recorded.
pub fn explored(path: &str, scheduler: &str, seeds: u32) -> Option<f64> {
    takes(&format!("explore {path} --jobs 1 --seeds 0..{seeds} --scheduler {scheduler} {LONG}"))
}

/// A file to run, and where it is.
pub fn written(name: &str, text: &str) -> Option<String> {
    let path = std::env::temp_dir().join(format!("treefall-peers-{name}.kdl"));
    fs::write(&path, text).ok()?;
    Some(path.display().to_string())
}
