//! A program of somebody else's: the whole command line with actors of its own, which scenario files use beside
//! scripted ones. It is its own test: it starts itself as that program.

use std::fs;
use std::process::{Command, ExitCode};

use treefall::actors::*;

treefall::data! {
    enum Ask { Next }
    enum LogTold { Gave(i64) }
}

/// The scripted server of the file below, as far as the actor here knows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Log;

impl Actor for Log {
    type Request = Never;
    type Reply = Never;
    type Message = LogTold;
}

const LOG: Address<Log> = Address::named("log");

/// Gives numbers, and tells the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Numbers {
    last: i64,
}

impl Actor for Numbers {
    type Request = Ask;
    type Reply = i64;
    type Message = Never;

    fn handle_call(&mut self, Ask::Next: Ask, _: Caller<i64>, cx: &mut Context<'_, Self>) -> Answered<Self> {
        self.last += 1;
        cx.cast(&LOG, LogTold::Gave(self.last))?;
        Ok(Answer::Reply(self.last))
    }
}

const SCENARIO: &str = r#"scenario "an actor in Rust beside a scripted one"

supervisor top strategy=one_for_one {
    worker log
    worker numbers
}

server log {
    var last 0
    on cast gave $number { set last $number }
    on call last { reply $last }
}

client test {
    call numbers next
    expect 1
    call numbers next
    expect 2
    settle
    call log last
    expect 2
    kill numbers
    settle
    call numbers next
    expect 1
}
"#;

/// The program, in a line.
fn program() -> ExitCode {
    treefall::cli::main(Catalogue::new().actor("numbers", Numbers::default()))
}

fn main() -> ExitCode {
    if std::env::var_os("AS_A_PROGRAM").is_some() {
        return program();
    }
    // Whoever asks for another test does not ask for this one.
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::write(folder.path().join("numbers.kdl"), SCENARIO).expect("a file can be written");
    let run = |arguments: &[&str]| {
        let this = std::env::current_exe().expect("it runs");
        let output = Command::new(this)
            .args(arguments)
            .env("AS_A_PROGRAM", "1")
            .current_dir(folder.path())
            .output()
            .expect("it can be started");
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{arguments:?}: {printed}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        printed
    };
    let told = run(&["run", "numbers.kdl"]);
    assert!(told.contains("test → numbers    call :next = 1") || told.contains("call next = 1"), "{told}");
    assert!(told.contains("restarts numbers (one_for_one): restart 1 of 3 in 5 s"), "{told}");
    let found = run(&["explore", "--exhaustive", "numbers.kdl"]);
    assert!(found.contains("held"), "{found}");
    println!("test the_command_line_knows_the_actors_of_the_program ... ok");
    ExitCode::SUCCESS
}
