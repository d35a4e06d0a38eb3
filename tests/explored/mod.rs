//! What exploring a folder comes to, for the tests that explore one.

use std::collections::BTreeMap;
use std::process::Command;

/// The verdict of `treefall explore` for every scenario of a folder, by its path.
pub fn explored(folder: &str, arguments: &[&str]) -> BTreeMap<String, String> {
    let out = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new(env!("CARGO_BIN_EXE_treefall"))
        .args(["explore", folder, "--format", "json", "--trace", "none", "--out"])
        .arg(out.path())
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("treefall can be started");
    let objects = String::from_utf8(output.stdout).expect("output is UTF-8");
    let told = |line: &str| {
        let object: serde_json::Value = serde_json::from_str(line).expect("each line is an object");
        let field = |name: &str| object[name].as_str().expect("it is a text").to_owned();
        (field("file"), field("verdict"))
    };
    objects.lines().map(told).collect()
}
