//! The rules of the house, held by reading the source: who may import whom, what may not decide anything, and
//! how long, how tangled and how terse things may be.

mod circles;
mod imports;
mod known;
#[path = "../mutants/list.rs"]
mod mutants;
mod source;
mod top_level;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::LazyLock;

use imports::Crate;
use source::{Function, Source, root, sources};

/// The files of `kernel/` that may name a `HashMap`: each looks up in it and never walks it.
const LOOKED_UP_ONLY: &[&str] = &["src/kernel/atom.rs", "src/kernel/wires.rs"];

/// What is longer or more than a list says is refused; what is shorter or less by so much has to be taken down
/// in the list.
const SLACK: usize = 5;

static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(sources);

#[test]
fn imports_run_one_way() {
    let allowed = may_use();
    let whole = Crate::of(&SOURCES);
    let mut wrong = Vec::new();
    for (from, source) in SOURCES.iter().enumerate() {
        let Some(module) = source.module.first() else { continue };
        let Some(allowed) = allowed.get(module) else {
            wrong.push(format!("{}: docs/design.md does not say what `{module}` is", source.path));
            continue;
        };
        for import in whole.imports_of(from) {
            let imported = SOURCES[import.to].module.first().unwrap_or(module);
            if imported != module && !allowed.contains(imported) {
                wrong.push(format!("{}:{}: `{module}` imports from `{imported}`", source.path, import.line));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn nothing_but_choices_decides() {
    let mut wrong = Vec::new();
    for source in SOURCES.iter() {
        let path = &source.path;
        let used = source.uses.iter().map(|used| (used.line, &used.path));
        for (line, named) in used.chain(source.paths.iter().map(|(line, named)| (*line, named))) {
            let names = |part: &str| named.iter().any(|name| name == part);
            let reads_a_clock = names("SystemTime") || names("Instant") && names("now");
            if reads_a_clock && !path.starts_with("src/cli/") {
                wrong.push(format!("{path}:{line}: reads a wall clock"));
            }
            if names("HashSet") || (names("HashMap") && !LOOKED_UP_ONLY.contains(&path.as_str())) {
                wrong.push(format!("{path}:{line}: the order of a hash table is no order"));
            }
            if path.starts_with("src/kernel/") && (names("f64") || names("f32")) {
                wrong.push(format!("{path}:{line}: a float in the kernel"));
            }
            if names("thread_rng") || (names("rand") && names("random")) {
                wrong.push(format!("{path}:{line}: randomness without a seed"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_module_says_what_it_is() {
    let silent: Vec<&String> =
        SOURCES.iter().filter(|source| !source.text.starts_with("//!")).map(|source| &source.path).collect();
    assert_eq!(silent, Vec::<&String>::new());
}

#[test]
fn no_files_of_a_module_need_each_other() {
    let all: Vec<String> = circles::circles(&SOURCES).iter().map(|circle| circle.join("\n")).collect();
    let holds = |circle: &String, file: &str| circle.lines().any(|line| line == file);
    for (file, files, why) in known::RECURSIVE {
        let circle = all.iter().find(|circle| holds(circle, file));
        let now = circle.map_or(0, |circle| circle.lines().count());
        assert!(now == *files, "{now} files, and {files} are listed, need each other as {file} does: {why}");
    }
    let is_grammar = |circle: &String| known::RECURSIVE.iter().any(|(file, ..)| holds(circle, file));
    let found: Vec<String> = all.iter().filter(|circle| !is_grammar(circle)).cloned().collect();
    let listed: Vec<&str> = known::CIRCLES.trim_end().split("\n\n").filter(|c| !c.is_empty()).collect();
    if found == listed {
        return;
    }
    let files = |circles: &[&str]| -> BTreeSet<String> {
        circles.iter().flat_map(|circle| circle.lines()).map(str::to_owned).collect()
    };
    let (now, before) = (files(&found.iter().map(String::as_str).collect::<Vec<_>>()), files(&listed));
    if std::env::var_os("TREEFALL_ACCEPT").is_some() && now.len() <= before.len() {
        let path = root().join("tests/tidy/circles.txt");
        return fs::write(path, found.join("\n\n") + "\n").expect("the list can be written");
    }
    let (joined, left): (Vec<_>, Vec<_>) =
        (now.difference(&before).collect(), before.difference(&now).collect());
    panic!(
        "now in a circle: {joined:#?}\nno more in one: {left:#?}\n{} circles, and {} are listed in \
         tests/tidy/circles.txt. TREEFALL_ACCEPT=1 writes them there, if not more files are in circles.",
        found.len(),
        listed.len()
    );
}

#[test]
fn functions_and_files_are_short() {
    let mut wrong = Vec::new();
    let mut listed = known::LONG_FUNCTIONS.to_vec();
    for source in SOURCES.iter() {
        let lines = source.text.lines().count();
        if lines > known::MOST_LINES_OF_A_FILE {
            wrong.push(format!("{}: {lines} lines", source.path));
        }
        // Of two with one name the longer is the one that is listed.
        let mut functions: Vec<&Function> = source.functions.iter().collect();
        functions.sort_by_key(|function| Reverse(function.lines));
        for function in functions {
            let place =
                listed.iter().position(|(path, name, _)| *path == source.path && *name == function.name);
            let limit = place.map(|place| listed.swap_remove(place).2);
            let becomes = format!("(\"{}\", \"{}\", {})", source.path, function.name, function.lines);
            match limit {
                None if function.lines > known::MOST_LINES_OF_A_FUNCTION => {
                    wrong.push(format!("is long and not listed: {becomes}"));
                }
                Some(_) if function.lines <= known::MOST_LINES_OF_A_FUNCTION => {
                    wrong.push(format!("is listed and not long any more: {becomes}"));
                }
                Some(limit) if function.lines > limit || function.lines + SLACK <= limit => {
                    wrong.push(format!("is listed with {limit} lines: {becomes}"));
                }
                _ => {}
            }
        }
    }
    wrong.extend(listed.iter().map(|gone| format!("is listed and is no more: {gone:?}")));
    assert!(
        wrong.is_empty(),
        "{}\nThe list is in tests/tidy/known.rs, and may only shrink.",
        wrong.join("\n")
    );
}

#[test]
fn comments_are_sentences() {
    let short: Vec<String> = SOURCES
        .iter()
        .flat_map(|source| source.comments.iter().map(|(line, text)| (&source.path, line, text)))
        .filter(|(_, _, text)| text.split_whitespace().count() <= 2)
        .map(|(path, line, text)| format!("{path}:{line}:{text}"))
        .collect();
    let known = known::SHORT_COMMENTS;
    let (count, list) = (short.len(), short.join("\n"));
    assert!(count <= known, "{list}\n{count} comments of a word or two, and {known} are the limit");
    assert!(count + 5 * SLACK > known, "SHORT_COMMENTS in tests/tidy/known.rs can be {count} now");
}

#[test]
fn the_top_level_holds_what_it_should() {
    assert_eq!(top_level::strange(&root()), Vec::<String>::new());
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

/// Which modules each module may import from, as the table of `docs/design.md` has it.
fn may_use() -> BTreeMap<String, Vec<String>> {
    let page = fs::read_to_string(root().join("docs/design.md")).expect("there is a page about the design");
    let rows = page.lines().skip_while(|line| *line != "| module | holds | may use |").skip(2);
    let rows: Vec<[&str; 3]> = rows
        .map_while(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|row| row.split(" | ").collect::<Vec<_>>().try_into().expect("a row of three cells"))
        .collect();
    let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let all: Vec<String> = rows.iter().flat_map(|[module, ..]| quoted(module)).collect();
    assert!(all.len() > 1, "the table of modules is there");
    rows.iter()
        .flat_map(|[module, _, uses]| quoted(module).into_iter().map(|module| (module, *uses)))
        .map(|(module, uses)| (module, if uses == "all" { all.clone() } else { quoted(uses) }))
        .collect()
}
