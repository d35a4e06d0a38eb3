//! What the crate asks of those who build it: how little the library needs alone, under which licences, and
//! nothing in two versions without a reason. Cargo is asked, and needs no network for it.

use std::collections::BTreeMap;
use std::process::Command;

/// What comes with the command line and never with the library alone.
const OF_THE_COMMAND_LINE: &[&str] = &[
    "anstream",
    "clap",
    "clap_complete",
    "clap_mangen",
    "ctrlc",
    "mimalloc",
    "owo-colors",
    "quick-junit",
    "supports-color",
    "terminal_size",
    "textwrap",
];

/// How many crates the library alone is built from, itself not counted. It may only shrink.
const MOST_CRATES: usize = 7;

/// The licences that anything here may be under. Each is permissive.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// The crates that are built in two versions, and why. It may only shrink.
const TWICE: &[(&str, &str)] = &[
    ("similar", "the tests alone: insta has not taken version 3 yet"),
    ("syn", "miette-derive and divan-macros have not taken version 3 yet"),
    ("unicode-width", "miette has not taken version 0.2 yet"),
];

#[test]
fn the_library_alone_needs_little() {
    let lean = tree(&["--no-default-features", "--edges", "normal"]);
    let strange: Vec<&&str> = OF_THE_COMMAND_LINE.iter().filter(|name| lean.contains_key(**name)).collect();
    assert!(strange.is_empty(), "the library alone brings {strange:?}");
    let crates: usize = lean.values().map(BTreeMap::len).sum();
    assert_eq!(crates - 1, MOST_CRATES, "{:#?}", lean.keys());
    let whole = tree(&["--edges", "normal"]);
    let gone: Vec<&&str> = OF_THE_COMMAND_LINE.iter().filter(|name| !whole.contains_key(**name)).collect();
    assert!(gone.is_empty(), "nothing brings {gone:?}");
}

#[test]
fn every_licence_is_permissive() {
    let mut strange = Vec::new();
    for (name, versions) in tree(&["--edges", "normal,build,dev"]) {
        for licence in versions.values() {
            let parts = licence.replace('/', " OR ").replace(['(', ')'], "").replace(" AND ", " OR ");
            if !parts.split(" OR ").all(|part| LICENCES.contains(&part)) {
                strange.push(format!("{name}: {licence}"));
            }
        }
    }
    assert_eq!(strange, Vec::<String>::new());
}

#[test]
fn nothing_is_built_in_two_versions_without_a_reason() {
    let twice: Vec<String> = tree(&["--edges", "normal,build,dev"])
        .into_iter()
        .filter(|(_, versions)| versions.len() > 1)
        .map(|(name, _)| name)
        .collect();
    assert_eq!(twice, TWICE.iter().map(|(name, _)| *name).collect::<Vec<_>>());
}

#[test]
fn one_version_of_rust_is_named() {
    let rust = env!("CARGO_PKG_RUST_VERSION");
    for (path, wanted) in [
        ("README.md", format!("a Rust toolchain ({rust} or later)")),
        ("docs/contributing.md", format!("Rust {rust}")),
    ] {
        let text = std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).expect("a page");
        assert!(text.contains(&wanted), "{path} does not say {wanted:?}");
    }
}

/// The crates that cargo would build for this machine: of each name its versions, each with its licence.
fn tree(options: &[&str]) -> BTreeMap<String, BTreeMap<String, String>> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--prefix", "none", "--format", "{p}|{l}"])
        .args(options)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut crates: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for line in String::from_utf8(output.stdout).expect("cargo prints UTF-8").lines() {
        let Some((package, licence)) = line.split_once('|') else { continue };
        let mut words = package.split(' ');
        let (name, version) = (words.next().expect("a name"), words.next().expect("a version"));
        let licence = licence.trim_end_matches(" (*)").to_owned();
        crates.entry(name.to_owned()).or_default().insert(version.to_owned(), licence);
    }
    assert!(crates.contains_key("treefall"), "{crates:?}");
    crates
}
