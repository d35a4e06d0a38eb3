//! The library as somebody else has it: a crate of its own, with the example of the README, built from nothing
//! without the default features.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// How many crates such a crate is built from, treefall counted and itself not.
const MOST_CRATES: usize = 15;

/// How long that takes at most, where two cores have nothing else to do.
const LONGEST: Duration = Duration::from_secs(30);

#[test]
fn a_crate_outside_builds_and_runs_the_example_of_the_readme() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a folder can be made");
    let outside = folder.path();
    let manifest = format!(
        "[package]\nname = \"outside\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         treefall = {{ path = {:?}, default-features = false }}\n",
        root.display().to_string()
    );
    fs::create_dir(outside.join("src")).expect("a folder can be made");
    fs::write(outside.join("Cargo.toml"), manifest).expect("a file can be written");
    fs::copy(root.join("Cargo.lock"), outside.join("Cargo.lock")).expect("the versions are known");
    fs::write(outside.join("src/main.rs"), example(root)).expect("a file can be written");

    let tree = cargo(outside, &["tree", "--prefix", "none", "--edges", "normal,build"]);
    let mut crates: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    crates.sort_unstable();
    crates.dedup();
    assert!(crates.len() - 1 <= MOST_CRATES, "{crates:?}");

    let (begin, before) = (Instant::now(), time_of_children());
    let printed = cargo(outside, &["run", "--quiet"]);
    let (took, worked) = (begin.elapsed(), time_of_children().zip(before).map(|(now, before)| now - before));
    println!("built and run in {took:?}, {worked:?} of processors, from {} crates", crates.len() - 1);
    // On a machine that is busy the clock says nothing: then what the processors have done for it does.
    assert!(took < LONGEST || worked.is_some_and(|worked| worked < 2 * LONGEST), "{took:?}, {worked:?}");
    assert!(printed.contains("expected: no number is given twice"), "{printed}");
    assert!(printed.contains("numbers is killed"), "{printed}");
}

/// The example of the README that has actors in it.
fn example(root: &Path) -> String {
    let readme = fs::read_to_string(root.join("README.md")).expect("there is a README");
    let mut blocks = readme.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.find(|block| block.contains("treefall::actors")).expect("it shows actors").to_owned()
}

fn cargo(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .arg("--offline")
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("RUSTFLAGS")
        .current_dir(folder)
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it prints UTF-8")
}

/// How much time of processors the processes have taken that this one has started and waited for, where Linux says so:
/// fields 16 and 17 of `/proc/self/stat`, in hundredths of a second.
fn time_of_children() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(13);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(Duration::from_millis(10 * (user + system)))
}
