//! The scenarios of the public test suites as Erlang: the interpreter that `treefall beam` has for the real emulator is
//! compiled and run by treefall, with OTP's and Elixir's own supervisors and servers under it. What the clients can come
//! to there, in every order, must be what they can come to with treefall's own behaviours: nothing more and nothing less.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;
use treefall::beam::{Installed, Roles, Timing, every_outcome, lower, obstacle, uses_elixir};
use treefall::kernel::StopFlag;
use treefall::scenario::ast::{Client, Duration, DurationKind, Scenario, Span};
use treefall::scenario::{Simulation, parse};

use crate::witness;

/// The suites whose subjects are modules of OTP and Elixir.
const SUITES: &[&str] = &[
    "dynamic_supervisor_test",
    "erl_link_SUITE",
    "gen_server_SUITE",
    "monitor_SUITE",
    "proc_lib_SUITE",
    "process_SUITE",
    "register_SUITE",
    "supervisor_SUITE",
    "supervisor_test",
    "task_supervisor_test",
];

/// The modules of the driver that are compiled as they are.
const DRIVER: &[&str] = &["mailbox", "registry", "script", "server", "start", "spec", "task", "value"];

/// Those that others stand in for, which share as little as they can: the fewer states there are.
const STAND_INS: &[&str] = &["chaos", "driver", "messages", "nodes", "people", "quiet", "trace", "words"];

/// Those that do not come to the same, and why.
const KNOWN: &[(&str, &str)] = &[(
    "start_child_child_is_restarted_with_different_values",
    "it lists a map of pids, in an order of theirs",
)];

/// What came of each, for the page about conformance.
const LIST: &str = "scenarios/conformance/compiled.txt";
const HEAD: &str = "# What the scenarios come to with the compiled code of OTP and Elixir that they are about is what they come to with\n\
    # treefall's own behaviours: in every order of both, or as far as samples show. `cargo test --test code` writes it.\n";

/// After so many steps treefall's own behaviours have not come to all that they can come to.
const NATIVE_STEPS_MAX: u64 = 20_000;

/// Beyond so many states a case is tried under seeds.
const STATES_MAX: usize = 3_000;

/// A scenario, to be run with the code that it is about.
struct Program {
    suite: String,
    name: String,
    /// The module that says what it is.
    module: String,
    /// How many outcomes it has with treefall's own behaviours, if they are all known.
    outcomes: Option<usize>,
}

fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/conformance");
    let mut files: Vec<PathBuf> = SUITES
        .iter()
        .flat_map(|suite| fs::read_dir(root.join(suite)).expect("the suite is there"))
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "kdl"));
    files.sort();
    files
}

/// The program of a scenario, if it is one of the installed release and of one node.
fn program(file: &Path) -> Option<Program> {
    let text = fs::read_to_string(file).expect("it can be read");
    let name = file.file_stem()?.to_str()?.to_owned();
    let scenario = parse(&name, &text).expect("it parses");
    let elixir = uses_elixir(&scenario);
    let release = scenario.header.elixir_minor.as_ref().is_none_or(|minor| minor.value == 14);
    let installed = Installed { otp: 25, elixir: None };
    let is_compared = elixir && scenario.faults.is_empty() || obstacle(&scenario, &installed).is_none();
    let otp = scenario.header.otp.as_ref().is_none_or(|otp| otp.value == 25);
    let nodes = scenario.nodes.names.is_empty();
    // Generated specifications need Elixir's compiler, and applications OTP's controller.
    let plain = text.lines().all(|line| !line.trim_start().starts_with("application "))
        && !text.contains("child_spec");
    let reports = text.contains("reports") || text.contains("settle within");
    let wanted = otp && nodes && release && plain && !reports && is_compared;
    wanted.then(|| {
        let term = lower(&scenario, Timing { align: false, limit_ms: 600_000 });
        let roles = Roles::of(&scenario);
        let answered: Vec<String> = roles.answered().map(|name| format!("'{name}'")).collect();
        let outcomes = outcomes(scenario);
        let module = format!(
            "%% coding: utf-8\n-module(treefall_this).\n-export([program/0, answered/0, expected/0]).\n\
             program() -> {}.\nanswered() -> [{}].\nexpected() -> {}.\n",
            term.trim_end().trim_end_matches('.'),
            answered.join(","),
            match &outcomes {
                Some(outcomes) => format!("{:?}", outcomes.iter().collect::<Vec<_>>()),
                None => "any".to_owned(),
            }
        );
        let suite = file.parent()?.file_name()?.to_str()?.to_owned();
        Some(Program { suite, name, module, outcomes: outcomes.map(|outcomes| outcomes.len()) })
    })?
}

/// What the clients can come to with treefall's own behaviours: what each is answered, or how it dies.
fn outcomes(mut scenario: Scenario) -> Option<BTreeSet<Vec<String>>> {
    let none = DurationKind::Milliseconds(0);
    scenario.header.max_delay = Some(Duration { kind: none, span: Span::new(0, 0) });
    let clients: BTreeSet<String> = scenario.clients.iter().map(label).collect();
    let (simulation, cast) = (Simulation::of(&scenario), Roles::of(&scenario));
    let effort = (NATIVE_STEPS_MAX, &StopFlag::default());
    let all = every_outcome(&simulation, &cast, &|_| 1, effort)?;
    Some(all.all().iter().map(|account| of_clients(&account.text(), &clients)).collect())
}

fn label(client: &Client) -> String {
    client.name.as_ref().map_or("client".to_owned(), |name| name.text.clone())
}

fn of_clients(account: &str, clients: &BTreeSet<String>) -> Vec<String> {
    let mut parts: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in account.lines() {
        match (line.strip_prefix("    "), parts.last_mut()) {
            (Some(line), Some((_, lines))) => lines.push(line),
            _ => parts.push((line, Vec::new())),
        }
    }
    let is_client = |name: &str| clients.contains(name.split('#').next().unwrap_or(name));
    let mut came: Vec<String> = parts
        .iter()
        .filter(|(name, _)| is_client(name))
        .map(|(name, lines)| of_client(name, lines))
        .collect();
    came.sort();
    came
}

fn of_client(name: &str, lines: &[&str]) -> String {
    let exit = lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(" exits: "));
    numbered(&match exit {
        Some("normal") => {
            let told: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix("is answered ")).collect();
            told.join("; ")
        }
        Some(reason) => format!("exits: {reason}"),
        None => "never ends".to_owned(),
    })
}

/// What stands in angle brackets is the name of a process: numbers take their places, in the order of the text.
fn numbered(text: &str) -> String {
    let (mut out, mut names, mut rest) = (String::new(), Vec::new(), text);
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        rest = after;
        match after.split_once('>') {
            Some((name, after)) if !name.is_empty() => {
                let nth = names.iter().position(|known| *known == name).unwrap_or_else(|| {
                    names.push(name);
                    names.len() - 1
                });
                out.push_str(&format!("<{}>", nth + 1));
                rest = after;
            }
            _ => out.push('<'),
        }
    }
    out + rest
}

fn compiled(folder: &Path, programs: &[Program]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let copy = |name: &str, source: PathBuf, change: &dyn Fn(String) -> String| {
        let source = fs::read_to_string(source).expect("it can be read");
        fs::write(folder.join(format!("treefall_{name}.erl")), change(source)).expect("written");
    };
    // The modules that a scenario defines are written into the folder, and not loaded.
    let loads = "{module, Module} = code:load_binary(Module, \"treefall\", Binary)";
    let written = "ok = file:write_file(atom_to_list(Module) ++ \".beam\", Binary)";
    for name in DRIVER {
        let source = root.join("src/beam/driver").join(format!("treefall_{name}.erl"));
        copy(name, source, &|source| source.replace(loads, written));
    }
    for name in STAND_INS {
        let source = root.join("tests/code/conformance").join(format!("treefall_{name}.erl"));
        copy(name, source, &|source| source);
    }
    for Program { name, module, .. } in programs {
        let folder = folder.join("programs").join(name);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("treefall_this.erl"), module).expect("written");
    }
    let run = "C = fun(F) -> {ok, M} = compile:file(F, [report_errors, {outdir, filename:dirname(F)}]), M end, \
               [C(F) || F <- filelib:wildcard(\"*.erl\")], \
               Shims = lists:append([begin M = C(F), {module, M} = code:load_abs(filename:rootname(F)), \
                 S = maps:get(shims, M:program()), code:purge(M), code:delete(M), code:purge(M), S end \
                 || F <- filelib:wildcard(\"programs/*/*.erl\")]), \
               treefall_start:define(lists:usort(Shims)), halt().";
    let erl =
        Command::new("erl").args(["-noshell", "-eval", run]).current_dir(folder).output().expect("erl runs");
    assert!(erl.status.success(), "{}", String::from_utf8_lossy(&erl.stdout));
}

/// Writes the files that are explored: each case, and each of its outcomes left out if there are several.
fn write_cases(folder: &Path, programs: &[Program]) {
    let cases = folder.join("cases");
    fs::create_dir(&cases).expect("a folder");
    for Program { name, outcomes, .. } in programs {
        let left_out = match outcomes {
            Some(number @ 2..) => *number,
            _ => 0,
        };
        for nth in 0..=left_out {
            let text = format!(
                "scenario {name:?} otp=25 max_delay=0\ncode \"..\" \"../programs/{name}\"\nallow orphans\nallow deadlock\n\
                 allow overlap\nallow held-resources\nrun \"treefall_driver.main\" {nth}\n"
            );
            fs::write(cases.join(format!("{name}@{nth}.kdl")), text).expect("written");
        }
    }
}

/// What exploring a case has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    /// It holds in every order.
    Proved,
    /// It holds as far as was tried.
    Sampled,
    Fails,
}

/// What treefall says of each file.
fn explored(folder: &Path) -> BTreeMap<String, Came> {
    let mut treefall = Command::new(env!("CARGO_BIN_EXE_treefall"));
    treefall.args([
        "explore",
        "cases",
        "--seeds",
        "0..3",
        "--trace",
        "none",
        "--prove",
        &STATES_MAX.to_string(),
    ]);
    let output = treefall.current_dir(folder).env("COLUMNS", "300").output().expect("treefall runs");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let verdicts = told.lines().filter_map(|line| {
        let (file, rest) = line.split_once("cases/")?.1.split_once(".kdl ")?;
        let came = match line.split_whitespace().next()? {
            "held" if rest.contains("proved: ") => Came::Proved,
            "held" => Came::Sampled,
            "broken" | "wrong" | "inconclusive" => Came::Fails,
            _ => return None,
        };
        Some((file.to_owned(), came))
    });
    let verdicts: BTreeMap<String, Came> = verdicts.collect();
    assert!(!verdicts.is_empty(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    verdicts
}

/// What the list says of a program, or what is wrong with it.
fn compared(program: &Program, came: &BTreeMap<String, Came>) -> Result<&'static str, String> {
    let Program { name, outcomes, .. } = program;
    let of = |nth: usize| came.get(&format!("{name}@{nth}")).copied().unwrap_or(Came::Fails);
    let number = outcomes.unwrap_or(0);
    // Without one of them it must fail, or the code that it is about never comes to that one.
    let never: Vec<usize> = (1..=number).filter(|nth| number > 1 && of(*nth) != Came::Fails).collect();
    match (of(0), number) {
        (Came::Fails, _) => Err(format!("{name} comes to something else")),
        (Came::Proved, 1..) if never.is_empty() => Ok("every order"),
        (Came::Proved, 1..) => Err(format!("{name} never comes to outcomes {never:?} of {number}")),
        (Came::Proved | Came::Sampled, _) => Ok("samples"),
    }
}

/// Whether this is the release that the scenarios are held against.
fn is_of_the_release() -> bool {
    let ask = "io:format(\"~s\", [erlang:system_info(otp_release)]), halt().";
    let asked = Command::new("erl").args(["-noshell", "-eval", ask]).output();
    asked.is_ok_and(|asked| asked.stdout == b"25")
}

#[test]
fn scenarios_of_public_suites_come_to_the_same_with_the_code_that_they_are_about() {
    if !witness::has("erlc") || !witness::has("elixir") {
        return;
    }
    if !is_of_the_release() {
        return eprintln!("the scenarios of public suites are not tried, since they are about OTP 25");
    }
    let programs: Vec<Program> = files().iter().filter_map(|file| program(file)).collect();
    let folder = TempDir::new().expect("a folder");
    compiled(folder.path(), &programs);
    write_cases(folder.path(), &programs);
    let came = explored(folder.path());
    let (mut list, mut wrong) = (HEAD.to_owned(), BTreeSet::new());
    for program in &programs {
        match compared(program, &came) {
            Ok(how) => list.push_str(&format!("{}/{}: {how}\n", program.suite, program.name)),
            Err(why) => drop(wrong.insert((program.name.clone(), why))),
        }
    }
    let known: BTreeSet<&str> = KNOWN.iter().map(|(name, _)| *name).collect();
    let names: BTreeSet<&str> = wrong.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, known, "{wrong:#?}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(LIST);
    if std::env::var_os("TREEFALL_ACCEPT").is_some() {
        fs::write(&path, &list).expect("written");
    }
    let accepted = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(list, accepted, "TREEFALL_ACCEPT=1 writes {LIST} anew");
}
