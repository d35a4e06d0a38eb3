//! OTP's other behaviours are code as any: `gen_statem` with its timeouts, `gen_event`, and `io_lib`.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::witness;

#[test]
fn otps_other_behaviours_run() {
    if !witness::has("erlc") {
        return;
    }
    let folder = TempDir::new().expect("a folder");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/code/behaviours");
    let mut compiler = Command::new("erlc");
    compiler.arg("-o").arg(folder.path()).args(["switch.erl", "sum.erl", "uses.erl"]);
    let compiled = compiler.current_dir(source).output().expect("erlc runs");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stdout));
    for client in ["uses.statem", "uses.event", "uses.printing"] {
        let mut treefall = Command::new(env!("CARGO_BIN_EXE_treefall"));
        treefall.args(["run", "--code", ".", "--client", client]).current_dir(folder.path());
        let output = treefall.output().expect("treefall runs");
        assert_eq!(output.status.code(), Some(0), "{client}: {}", String::from_utf8_lossy(&output.stdout));
    }
}
