//! A run ends when its budget does, and says what it has used up and where.

use crate::sandbox::{Sandbox, assert_output};

/// Somebody who takes notes, spawns, sends, or wraps a term, and never has enough.
const ENDLESS: [(&str, &str); 7] = [
    ("notes", "client { repeat 1000000000 { note \"x\" } }\n"),
    ("spawns", "process p { spawn p; hang }\nclient { spawn p }\n"),
    (
        "wraps",
        "client {\n    bind $x (term)\"{x}\"\n    repeat 30000 { bind $x (term)\"{$x}\" }\n    throw $x\n}\n",
    ),
    (
        "shares",
        "client {\n    bind $x (term)\"{x}\"\n    repeat 40 { bind $x (term)\"{$x, $x}\" }\n    throw $x\n}\n",
    ),
    (
        "timers",
        "server a {\n    init { send_after 1 self x }\n    on info x { send_after 1 self x; send_after 1 self x }\n}\nsupervisor top { worker a }\nclient { hang }\n",
    ),
    (
        "hoards",
        "server a {\n    queue held\n    on info more { push held (term)\"{a, b, c, [1, 2, 3]}\"; send self more }\n}\nsupervisor top { worker a }\nclient { send a more; hang }\n",
    ),
    (
        "mail",
        "process deaf { receive never }\nclient {\n    spawn deaf as=$deaf\n    repeat 1000000000 { send $deaf hello }\n}\n",
    ),
];

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    for (name, text) in ENDLESS {
        sandbox.write(&format!("{name}.kdl"), text);
    }
    sandbox
}

const BOUNDS: &str = "--run-steps 3000 --run-statements 5000 --run-processes 100 --run-messages 1000 --run-timers 100 --run-work 20000 --run-bytes 100000";

#[test]
fn a_run_ends_when_its_budget_does() {
    let sandbox = sandbox();
    let commands = ENDLESS.map(|(name, _)| format!("run {name}.kdl --trace none {BOUNDS}"));
    let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
    assert_output!("bounds", sandbox.session(&commands));
    for (name, _) in ENDLESS {
        for command in [
            "explore --seeds 0..3",
            "explore --exhaustive --max-states 500",
            "explore --sweep",
            "run --seed 7",
        ] {
            let arguments = format!("{command} {name}.kdl {BOUNDS}");
            assert_eq!(sandbox.output(&arguments).status.code(), Some(3), "{arguments}");
        }
        let arguments = format!("tree {name}.kdl {BOUNDS}");
        assert_eq!(sandbox.output(&arguments).status.code(), Some(0), "{arguments}");
        let recorded = sandbox.run(&format!("run -q {name}.kdl --record {name}.schedule {BOUNDS}"));
        let replayed = sandbox.run(&format!("replay -q {name}.schedule {BOUNDS}"));
        let why = |said: &str| said.lines().nth(2).map(str::to_owned);
        assert_eq!(why(&replayed), why(&recorded), "{name}");
    }
}

/// Whoever asks much of every step has it counted.
#[test]
fn judging_is_work_too() {
    let sandbox = Sandbox::new();
    let always = "always { alive top }\n".repeat(400);
    sandbox.write(
        "judged.kdl",
        format!("{always}supervisor top {{ worker a }}\nprocess p {{ repeat 1000 {{ send self x; receive x }} }}\nclient {{ spawn p }}\n"),
    );
    for (bounds, status) in [("", 0), ("--run-work 20000", 3)] {
        let told = sandbox.run(&format!("run judged.kdl --trace none {bounds}"));
        assert!(told.ends_with(&format!("[exit status: {status}]")), "{told}");
        assert_eq!(
            told.contains("more than 20000 statements have been taken, at judged.kdl:402"),
            status == 3,
            "{told}"
        );
    }
}

/// Who starts the next of its kind and is gone uses up nothing that is counted but steps, and no time passes.
#[test]
fn a_run_in_which_no_time_passes_is_no_run_that_holds() {
    let sandbox = Sandbox::with(&[("lone.kdl", "process p { spawn p }\nclient { spawn p }\n")]);
    for command in ["run lone.kdl --trace none", "explore lone.kdl --exhaustive"] {
        let told = sandbox.output(command);
        let said = String::from_utf8(told.stdout).expect("output is UTF-8");
        assert_eq!(told.status.code(), Some(3), "{said}");
        assert!(said.contains("stands still") && said.contains("lone.kdl:1"), "{said}");
    }
}

#[test]
fn an_error_that_is_called_like_a_limit_is_none() {
    let sandbox = Sandbox::with(&[(
        "a.kdl",
        "client {\n    spawn p as=$p\n    monitor $p\n    receive (term)\"{'DOWN', _, process, _, _}\"\n}\nprocess p { raise system_limit }\n",
    )]);
    let output = sandbox.output("run a.kdl");
    let told = String::from_utf8(output.stdout).expect("output is UTF-8");
    assert!(told.contains("system_limit") && output.status.code() == Some(0), "{told}");
}

/// A list of 60,000 numbers, as near to the bound as it gets.
#[test]
fn of_a_very_large_term_a_part_is_shown() {
    let sandbox = Sandbox::new();
    let row: String = (0..60_000).map(|nth| format!("{nth}, ")).collect();
    sandbox.write(
        "a.kdl",
        format!("client {{\n    exit self reason=(term)\"[{}]\"\n}}\n", row.trim_end_matches(", ")),
    );
    for format in ["text", "json"] {
        let told = sandbox.output(&format!("run a.kdl --width 1000 --format {format}"));
        let told = String::from_utf8(told.stdout).expect("output is UTF-8");
        assert!(told.contains("1998, ... 58001 more]") && told.len() < 100_000, "{}", told.len());
    }
}

#[test]
fn the_usual_budget_ends_what_would_never_end() {
    let sandbox = sandbox();
    for name in ["notes", "wraps", "shares"] {
        let output = sandbox.output(&format!("run {name}.kdl --trace none"));
        assert_eq!(output.status.code(), Some(3), "{name}");
    }
}

#[test]
fn twenty_thousand_variables_without_a_value_are_told_soon() {
    let sandbox = Sandbox::new();
    let calls: String = (0..20_000).map(|nth| format!("  call a $v{nth}\n")).collect();
    sandbox.write("a.kdl", format!("client {{\n{calls}}}\n"));
    let begun = std::time::Instant::now();
    assert_eq!(sandbox.output("run a.kdl").status.code(), Some(2));
    assert!(begun.elapsed() < std::time::Duration::from_secs(30), "it took {:?}", begun.elapsed());
}
