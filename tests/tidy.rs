//! The rules of the house, held by reading the source: who may import whom, and what may not decide anything.

#[path = "mutants/list.rs"]
mod mutants;

use std::fs;
use std::path::{Path, PathBuf};

/// Which modules each module may import from, beside itself. `cli` may import from all.
const IMPORTS: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("otp", &["kernel"]),
    ("trace", &["kernel", "otp"]),
    ("explore", &["kernel"]),
    ("model", &["kernel", "otp", "trace", "explore"]),
    ("scenario", &["kernel", "otp", "model"]),
    ("beam", &["kernel", "otp", "trace", "model", "scenario"]),
    ("cli", &["kernel", "otp", "trace", "explore", "model", "scenario", "beam"]),
];

/// The files of `kernel/` that may name a `HashMap`: each looks up in it and never walks it.
const LOOKED_UP_ONLY: &[&str] = &["src/kernel/atom.rs", "src/kernel/queues.rs"];

#[test]
fn imports_run_one_way() {
    let mut wrong = Vec::new();
    for (module, allowed) in IMPORTS {
        for (path, text) in sources_of(module) {
            for (number, line) in code_lines(&text) {
                for imported in imported_modules(line) {
                    if imported != *module && !allowed.contains(&imported.as_str()) {
                        wrong.push(format!("{path}:{number}: `{module}` imports from `{imported}`"));
                    }
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn nothing_but_choices_decides() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let in_kernel = path.starts_with("src/kernel/");
        for (number, line) in code_lines(&text) {
            let reads_a_clock = line.contains("Instant::now") || line.contains("SystemTime");
            if reads_a_clock && !path.starts_with("src/cli/") {
                wrong.push(format!("{path}:{number}: reads a wall clock"));
            }
            if line.contains("HashSet")
                || (line.contains("HashMap") && !LOOKED_UP_ONLY.contains(&path.as_str()))
            {
                wrong.push(format!("{path}:{number}: the order of a hash table is no order"));
            }
            if in_kernel && (line.contains("f64") || line.contains("f32")) {
                wrong.push(format!("{path}:{number}: a float in the kernel"));
            }
            if line.contains("thread_rng") || line.contains("rand::random") {
                wrong.push(format!("{path}:{number}: randomness without a seed"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_module_says_what_it_is() {
    let silent: Vec<String> = sources("src")
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//!"))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn the_top_level_holds_what_it_should() {
    let known = [
        "Cargo.toml",
        "Cargo.lock",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "benches",
        "docs",
        "scenarios",
        "snapshots",
        "src",
        "target",
        "tests",
    ];
    let strange: Vec<String> = fs::read_dir(root())
        .expect("the project's folder can be read")
        .map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with('.') && !known.contains(&name.as_str()))
        .collect();
    assert_eq!(strange, Vec::<String>::new());
}

/// `cargo test --test mutants` needs half an hour; that its changes still fit the source is seen here.
#[test]
fn every_mutant_fits_the_source() {
    let mut wrong = Vec::new();
    for mutant in mutants::MUTANTS {
        for edit in mutant.edits {
            let text = fs::read_to_string(root().join(edit.file)).expect("a file of the project");
            let times = text.matches(edit.was).count();
            if times != 1 || edit.was == edit.becomes {
                wrong.push(format!("{}: {} holds {times} times: {}", mutant.rule, edit.file, edit.was));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The modules of the crate that a line names: `crate::name::…`, or in `cli` and `main` `treefall::name::…`.
fn imported_modules(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    for marker in ["crate::", "treefall::"] {
        for (at, _) in line.match_indices(marker) {
            let rest = &line[at + marker.len()..];
            let name: String = rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            if IMPORTS.iter().any(|(module, _)| *module == name) {
                found.push(name);
            }
        }
    }
    found
}

/// The lines that are not comments, up to the tests of the file, with their numbers.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, line)| !line.starts_with("#[cfg(test)]") || line.contains("mod "))
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn sources_of(module: &str) -> Vec<(String, String)> {
    let mut all = sources(&format!("src/{module}"));
    let single = root().join(format!("src/{module}.rs"));
    if let Ok(text) = fs::read_to_string(single) {
        all.push((format!("src/{module}.rs"), text));
    }
    all
}

/// All Rust files below a folder, sorted, but for those that hold only tests.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&root().join(folder), &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "tests") {
                collect(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
            let only_tests =
                ["tests.rs", "toy.rs", "stage.rs", "laws.rs"].iter().any(|end| name.ends_with(end));
            if !only_tests {
                found.push((name, fs::read_to_string(&path).expect("source is text")));
            }
        }
    }
}
