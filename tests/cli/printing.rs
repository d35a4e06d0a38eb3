//! What is printed: nothing that a terminal would obey, and whatever becomes of it, the work goes on.

use std::fs;
use std::process::{Output, Stdio};

use crate::explore::RACE;
use crate::sandbox::{BROKEN, HELD, Sandbox};

/// Everything in a file that somebody may choose: it clears screens, hides text, and forges verdicts.
const HOSTILE: &str = r#"scenario "\u{1b}[2J\nheld: title.kdl\u{202e}"
expect-failure no-orphans "\u{1b}[8m\nheld: why.kdl\u{9b}31m"

supervisor top {
    worker "b\nheld: everything.kdl, calm run, 0 ms\n" m
    worker "\u{1b}[31m\u{7}" m
}

server m {
    var count "\u{202e}\nheld: value.kdl"
    on call get { reply $count }
    on cast crash { exit reason="\u{1b}]0;owned\u{7}\nheld: reason.kdl" }
}

client "c\u{9b}2J\nheld: client.kdl" {
    log "\u{1b}[2J\nheld: log.kdl" "\u{2066}\r"
    cast "b\nheld: everything.kdl, calm run, 0 ms\n" crash
    call "\u{1b}[31m\u{7}" get
    expect "held: \u{1b}[0m"
}
"#;

/// Whether a terminal shows this and does not obey it. Our colours are no danger.
fn assert_harmless(text: &[u8], what: &str) {
    let text = std::str::from_utf8(text).expect("output is UTF-8");
    for letter in text.chars() {
        let obeyed = (letter.is_control() && letter != '\n')
            || matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!obeyed, "{what}: {letter:?} in {text}");
    }
    for line in text.lines() {
        assert!(!line.starts_with("held: "), "{what} forges a verdict: {text}");
    }
}

#[test]
fn no_scenario_commands_the_terminal_or_forges_a_verdict() {
    let sandbox = Sandbox::with(&[("a.kdl", HOSTILE)]);
    // What is in it is legal, so that all of it is shown somewhere.
    let run = sandbox.output("run a.kdl -v");
    assert_eq!(run.status.code(), Some(1), "{}", String::from_utf8_lossy(&run.stderr));
    sandbox.output("run a.kdl --record a.schedule");
    for command in [
        "run a.kdl",
        "run a.kdl -v",
        "run a.kdl --seed 1",
        "run a.kdl --record b.schedule",
        "replay a.schedule",
        "shrink a.schedule",
        "shrink a.schedule --scenario",
        "explain a.schedule",
        "explore a.kdl --seeds 0..5 --result r.json",
        "merge r.json",
        "explore a.kdl --exhaustive",
        "explore a.kdl --sweep",
        "tree a.kdl",
        "tree a.kdl --process nobody",
        "check a.kdl --junit j.xml",
    ] {
        for format in ["text", "json"] {
            let arguments = format!("{command} --format {format}");
            let Output { stdout, stderr, .. } = sandbox.output(&arguments);
            assert_harmless(&stdout, &arguments);
            assert_harmless(&stderr, &arguments);
            assert!(stdout.len() + stderr.len() > 0, "{arguments} prints nothing");
            for line in
                std::str::from_utf8(&stdout).expect("output is UTF-8").lines().filter(|_| format == "json")
            {
                serde_json::from_str::<serde_json::Value>(line).expect("escaped JSON is JSON");
            }
        }
    }
    // In colours there are escapes, and all of them are ours.
    let colours = sandbox.output("run a.kdl --color always").stdout;
    let colours = String::from_utf8(colours).expect("output is UTF-8");
    let plain = String::from_utf8(sandbox.output("run a.kdl").stdout).expect("output is UTF-8");
    let without = colours.split("\u{1b}[").enumerate().map(|(place, part)| match place {
        0 => part,
        _ => part.split_once('m').expect("a colour ends with m").1,
    });
    assert_eq!(without.collect::<String>(), plain);
}

#[test]
fn mistakes_and_command_lines_are_shown_too() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "raw.kdl",
        "supervisr top {\u{1b}[2J\u{9b}31m\u{202e} worker a }\n// \u{1b}[8mheld\nclient { cal \u{7}x }\n",
    );
    sandbox.write(
        "named.kdl",
        "client { cal \"\\u{1b}[2J\\nheld: a.kdl\" }\nserver \"\\u{202e}x\" { on cal x { } }\n",
    );
    sandbox
        .write("bad.schedule", "treefall schedule 1\nversion \u{1b}[2J\nscenario \u{1b}]0;x\u{7}\nhash x\n");
    sandbox.write(
        "worse.schedule",
        "treefall schedule 1\nversion 0\nscenario \u{1b}[2J.kdl\nhash 1\nseed none\nrun \u{1b}[2J\n",
    );
    sandbox.write("r.json", "{\"\u{1b}[2J\":\"\u{202e}\"}\n");
    for arguments in [
        "run raw.kdl",
        "run named.kdl",
        "check raw.kdl named.kdl",
        "replay bad.schedule",
        "replay worse.schedule",
        "merge r.json",
    ] {
        for color in ["never", "always"] {
            let output = sandbox.output(&format!("{arguments} --color {color}"));
            assert_eq!(output.status.code(), Some(2), "{arguments}");
            let stderr = String::from_utf8(output.stderr).expect("output is UTF-8");
            assert!(!stderr.contains("\u{1b}[2J") && !stderr.contains("\u{1b}[8m"), "{arguments}: {stderr}");
            if color == "never" {
                assert_harmless(stderr.as_bytes(), arguments);
            }
        }
    }
    let mut command = sandbox.command("run");
    let output = command.args(["\u{1b}[2J\nheld: a.kdl", "--color=always"]).output().expect("it runs");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("\u{1b}[2J"));
    for argument in ["--see\u{1b}[2J", "--seed=\u{1b}[31m\u{202e}"] {
        let output = sandbox.command("run").arg(argument).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2));
        assert_harmless(&output.stderr, argument);
    }
}

/// The exit status of a command whose output nobody reads, or that stands on a full disk.
#[cfg(target_os = "linux")]
fn status(sandbox: &Sandbox, arguments: &str, out: Stdio, err: Stdio) -> Option<i32> {
    sandbox.command(arguments).stdout(out).stderr(err).status().expect("treefall can be started").code()
}

/// A pipe of which nobody holds the other end any more.
#[cfg(target_os = "linux")]
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("there are pipes");
    drop(reader);
    writer.into()
}

#[cfg(target_os = "linux")]
fn full() -> Stdio {
    fs::File::options().write(true).open("/dev/full").expect("there is such a device").into()
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_closed_pipe_printing_stops_and_everything_else_goes_on() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD), ("broken.kdl", BROKEN), ("race.kdl", RACE)]);
    for (arguments, expected, written) in [
        ("run broken.kdl --record a.schedule", 1, "a.schedule"),
        ("run held.kdl --record b.schedule", 0, "b.schedule"),
        ("check --junit j.xml held.kdl", 1, "j.xml"),
        ("check --accept --snapshots accepted held.kdl", 0, "accepted/held.kdl.snap"),
        ("explore held.kdl race.kdl --seeds 0..50 --result r.json --out f", 1, "r.json"),
        ("explore race.kdl --exhaustive --out g", 1, "g/race-exhaustive.schedule"),
        ("nonsense", 2, "held.kdl"),
        ("--help", 0, "held.kdl"),
        ("run nope.kdl", 2, "held.kdl"),
    ] {
        assert_eq!(status(&sandbox, arguments, closed(), closed()), Some(expected), "{arguments}");
        assert!(sandbox.tree().iter().any(|file| file == written), "{arguments}: {:?}", sandbox.tree());
    }
    assert!(sandbox.read("j.xml").trim_end().ends_with("</testsuites>"));
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_printed_shows_in_the_exit_status() {
    let sandbox = Sandbox::with(&[("held.kdl", HELD), ("broken.kdl", BROKEN)]);
    for (arguments, expected) in [
        ("run held.kdl", 4),
        ("run held.kdl --format json", 4),
        ("explore held.kdl --seeds 0..5", 4),
        ("tree held.kdl", 4),
        ("--help", 4),
        ("run --help", 4),
        ("--version", 4),
        // What is found counts more.
        ("run broken.kdl", 1),
        ("run nope.kdl", 2),
        ("nonsense", 2),
    ] {
        assert_eq!(status(&sandbox, arguments, full(), full()), Some(expected), "{arguments}");
        let output = sandbox.command(arguments).stdout(full()).output().expect("it runs");
        assert_eq!(output.status.code(), Some(expected), "{arguments}");
        if expected == 4 {
            let stderr = String::from_utf8(output.stderr).expect("output is UTF-8");
            assert!(stderr.starts_with("error: cannot print: "), "{arguments}: {stderr}");
        }
    }
    // Files are written all the same.
    assert_eq!(status(&sandbox, "check held.kdl --junit j.xml", full(), Stdio::null()), Some(1));
    assert!(sandbox.read("j.xml").contains("held.kdl"));
}

#[cfg(unix)]
#[test]
fn unusual_paths_are_shown_on_one_line_and_can_be_used_again() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let sandbox = Sandbox::new();
    for name in [
        &b"a\nheld: b.kdl"[..],
        b"caf\xe9.kdl",
        b"it's \x1b[2J\xe2\x80\xae.kdl",
        b"\"quoted\".kdl",
        b"\\n.kdl",
    ] {
        let path = OsStr::from_bytes(name);
        fs::write(sandbox.path().join(path), BROKEN).expect("it can be written");
        let mut record = sandbox.command("run --record a.schedule");
        let Output { stdout, stderr, status } = record.arg(path).output().expect("it runs");
        assert_eq!((status.code(), &*String::from_utf8_lossy(&stderr)), (Some(1), ""));
        assert_harmless(&stdout, "run");
        let replayed = sandbox.output("replay a.schedule");
        assert_eq!(
            (replayed.status.code(), &*String::from_utf8_lossy(&replayed.stderr)),
            (Some(1), ""),
            "{path:?}"
        );
        // The command that is offered works in a shell.
        let told = String::from_utf8(stdout).expect("output is UTF-8");
        let again = told.lines().find_map(|line| line.strip_prefix("See it again: ")).expect("it is offered");
        let here = env!("CARGO_BIN_EXE_treefall");
        let mut shell = std::process::Command::new("bash");
        let again = again.replacen("treefall", here, 1);
        let once_more =
            shell.current_dir(sandbox.path()).args(["-c", &again]).output().expect("there is a shell");
        assert_eq!(
            once_more.status.code(),
            Some(1),
            "{again}: {}",
            String::from_utf8_lossy(&once_more.stderr)
        );
        fs::remove_file(sandbox.path().join(path)).expect("it is there");
    }
    // In a folder a pipe is no scenario, however it is called; nobody waits for it.
    sandbox.write("folder/a.kdl", HELD);
    let made = std::process::Command::new("mkfifo").arg(sandbox.path().join("folder/b.kdl")).status();
    assert!(made.expect("there is mkfifo").success());
    assert_eq!(sandbox.output("run folder -q").status.code(), Some(0));
}
