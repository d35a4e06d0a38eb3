//! A folder of its own for every test, in which treefall runs with nothing of this machine in sight.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// Snapshots of this test are in `snapshots/cli`.
macro_rules! assert_output {
    ($name:literal, $output:expr) => {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../../snapshots/cli");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!($name, $output));
    };
}
pub(crate) use assert_output;

/// A supervised server that survives its crash.
pub(crate) const HELD: &str = r#"scenario "a server comes back"

supervisor top {
    worker counter
}

server counter {
    var count 0
    on call next { add count 1; reply $count }
}

client test {
    call counter next
    expect 1
    exit counter reason=boom
    settle
    expect restarted counter
    call counter next
    expect 1
}
"#;

/// A call races with a crash, and loses in every order.
pub(crate) const BROKEN: &str = r#"scenario "the caller goes down with the server"

supervisor top {
    worker counter
}

server counter {
    on call next { reply 1 }
    on cast crash { exit reason=boom }
}

client test {
    cast counter crash
    call counter next
    expect 1
}
"#;

pub(crate) struct Sandbox(TempDir);

impl Sandbox {
    pub(crate) fn new() -> Self {
        Sandbox(tempfile::tempdir().expect("a temporary folder"))
    }

    /// With these files in it.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let sandbox = Sandbox::new();
        for (path, text) in files {
            sandbox.write(path, text);
        }
        sandbox
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("it is in the sandbox")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).expect("the file is there")
    }

    pub(crate) fn remove(&self, path: &str) {
        fs::remove_file(self.path().join(path)).expect("the file is there");
    }

    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_treefall"));
        command.current_dir(self.path()).args(arguments.split_whitespace()).env_clear();
        command
    }

    pub(crate) fn output(&self, arguments: &str) -> Output {
        self.command(arguments).output().expect("treefall can be started")
    }

    /// A command that gets this as its input.
    pub(crate) fn typed(&self, arguments: &str, input: impl AsRef<[u8]>) -> String {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("treefall can be started");
        let mut stdin = child.stdin.take().expect("it is piped");
        // Who has seen enough closes it.
        let _ = stdin.write_all(input.as_ref());
        drop(stdin);
        self.shown(arguments, child.wait_with_output().expect("it ends"))
    }

    /// The command, what it printed, and its exit status.
    pub(crate) fn run(&self, arguments: &str) -> String {
        self.shown(arguments, self.output(arguments))
    }

    fn shown(&self, arguments: &str, output: Output) -> String {
        let Output { status, stdout, stderr } = output;
        let mut shown = format!("$ treefall {arguments}\n");
        shown.push_str(&String::from_utf8(stdout).expect("output is UTF-8"));
        if !stderr.is_empty() {
            shown.push_str("--- stderr ---\n");
            shown.push_str(&String::from_utf8(stderr).expect("output is UTF-8"));
        }
        let code = status.code().expect("it ends by itself");
        write!(shown, "[exit status: {code}]").expect("a string takes anything");
        let here = self.path().to_str().expect("it is UTF-8");
        assert!(!shown.contains(here), "the path of this machine shows: {shown}");
        shown
    }

    /// Presses Ctrl-C, as a terminal does, once a command has printed so many bytes and has so many threads. What it
    /// has printed in all; that it ends with 130 is so for every command.
    #[cfg(target_os = "linux")]
    pub(crate) fn interrupted(&self, arguments: &str, bytes: usize, threads: usize) -> String {
        use std::io::Read;

        let mut child =
            self.command(arguments).stdout(Stdio::piped()).spawn().expect("treefall can be started");
        let mut stdout = child.stdout.take().expect("it is piped");
        let mut shown = vec![0; bytes];
        stdout.read_exact(&mut shown).expect("it prints");
        let tasks = format!("/proc/{}/task", child.id());
        while fs::read_dir(&tasks).expect("it runs").count() < threads {
            std::thread::yield_now();
        }
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(sent.expect("there is a kill").success());
        stdout.read_to_end(&mut shown).expect("it can be read");
        assert_eq!(child.wait().expect("it ends").code(), Some(130));
        String::from_utf8(shown).expect("output is UTF-8")
    }

    /// Several commands, one after another.
    pub(crate) fn session(&self, commands: &[&str]) -> String {
        commands.iter().map(|arguments| self.run(arguments)).collect::<Vec<_>>().join("\n\n")
    }

    /// All files, sorted.
    pub(crate) fn tree(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut folders = vec![self.path().to_path_buf()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("the folder is there") {
                let path = entry.expect("it can be listed").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let below = path.strip_prefix(self.path()).expect("it is below");
                    files.push(below.to_str().expect("names are UTF-8").replace('\\', "/"));
                }
            }
        }
        files.sort();
        files
    }

    /// Runs a command; its output, and how it changed the files.
    pub(crate) fn run_and_compare(&self, arguments: &str) -> String {
        let before = self.tree();
        let mut shown = self.run(arguments);
        let after = self.tree();
        let gone = before.iter().filter(|file| !after.contains(file)).map(|file| format!("\n- {file}"));
        let new = after.iter().filter(|file| !before.contains(file)).map(|file| format!("\n+ {file}"));
        shown.extend(gone.chain(new));
        shown
    }
}
