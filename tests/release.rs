//! What is released: the workflow packs what `cargo binstall` looks for, and what is packed can be made.

use std::fs;
use std::path::Path;
use std::process::Command;

use yaml_rust2::{Yaml, YamlLoader};

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("it is part of the project")
}

fn workflow() -> Yaml {
    YamlLoader::load_from_str(&read(".github/workflows/release.yml")).expect("it is YAML").remove(0)
}

#[test]
fn the_workflow_packs_what_binstall_looks_for() {
    let manifest = read("Cargo.toml");
    assert!(manifest.contains("/v{ version }/treefall-{ target }.tar.gz\""), "the address of an archive");
    assert!(manifest.contains("bin-dir = \"treefall-{ target }/{ bin }{ binary-ext }\""), "the place in it");
    let workflow = workflow();
    assert_eq!(workflow["on"]["push"]["tags"][0].as_str(), Some("v*"));
    let steps = workflow["jobs"]["build"]["steps"].as_vec().expect("there are steps");
    let scripts: String = steps.iter().filter_map(|step| step["run"].as_str()).collect::<Vec<_>>().join("\n");
    for needed in ["name=\"treefall-$TARGET\"", "tar -czf \"$name.tar.gz\" \"$name\"", "--release --locked"] {
        assert!(scripts.contains(needed), "{needed} is not in {scripts}");
    }
    assert!(manifest.contains("strip = \"symbols\""), "what is released is stripped");
}

#[test]
fn manual_pages_and_completions_are_made() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let treefall = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_treefall"))
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .expect("treefall can be started");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("it is UTF-8")
    };
    assert!(treefall(&["man"]).contains(".TH treefall 1"));
    treefall(&["man", "--out", "man"]);
    let page = fs::read_to_string(folder.path().join("man/treefall-explore.1")).expect("it has been written");
    assert!(page.contains("treefall\\-explore") && page.contains("\\-\\-exhaustive"), "{page}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(treefall(&["completions", shell]).contains("explore"), "{shell}");
    }
    let version = treefall(&["--version"]);
    assert!(version.contains("models OTP 28"), "{version}");
}
