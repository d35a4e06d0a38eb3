//! Whether the scenarios notice a wrong rule: each mutant of `list.rs` is built and must fail some scenario.
//!
//! It is no part of `cargo test`, for it builds the crate once a mutant. `cargo test --test mutants` runs all
//! of them, `cargo test --test mutants -- shutdown` those whose rule has that word. What counts is what the
//! files claim: a story that merely reads otherwise than its snapshot kills nobody.

mod list;

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use list::{MUTANTS, Mutant};

/// Where scenarios are looked for that notice, likely ones first.
const SCENARIOS: [&str; 6] = [
    "scenarios/conformance",
    "scenarios/supervisor",
    "scenarios/dynamic_supervisor",
    "scenarios/server",
    "scenarios/signals",
    "scenarios/guide",
];
/// A mutant that says nothing for so long hangs, and is noticed by that.
const PATIENCE: Duration = Duration::from_secs(120);

/// What became of a mutant.
enum Fate {
    Killed { by: String },
    Survived,
    Unfit { why: String },
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let chosen: Vec<&Mutant> = MUTANTS
        .iter()
        .filter(|mutant| words.is_empty() || words.iter().any(|word| mutant.rule.contains(word.as_str())))
        .collect();
    let workshop = match Workshop::new() {
        Ok(workshop) => workshop,
        Err(error) => {
            eprintln!("error: the source cannot be copied: {error}");
            return ExitCode::from(2);
        }
    };
    // Who fails everything proves nothing: without a change all must hold.
    if let Fate::Killed { by } | Fate::Unfit { why: by } = workshop.try_out(&[]) {
        eprintln!("error: without any change it fails: {by}");
        return ExitCode::from(2);
    }
    let wide = chosen.iter().map(|mutant| mutant.rule.chars().count()).max().unwrap_or(0);
    let (mut killed, mut left) = (0, 0);
    for mutant in chosen {
        let (word, more) = match workshop.try_out(mutant.edits) {
            Fate::Killed { by } => {
                killed += 1;
                ("killed", by)
            }
            Fate::Survived => {
                left += 1;
                ("SURVIVED", "no scenario notices".to_owned())
            }
            Fate::Unfit { why } => {
                left += 1;
                ("UNFIT", why)
            }
        };
        println!("{word:<9} {:<wide$}  {more}", mutant.rule);
    }
    println!("{killed} killed, {left} not");
    ExitCode::from(u8::from(left > 0))
}

/// A copy of the source, changed and built again and again.
struct Workshop {
    tree: PathBuf,
    target: PathBuf,
}

impl Workshop {
    fn new() -> io::Result<Workshop> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mutants");
        let (tree, target) = (folder.join("tree"), folder.join("target"));
        if tree.exists() {
            fs::remove_dir_all(&tree)?;
        }
        for part in ["Cargo.toml", "Cargo.lock", "src", "benches", "tests"] {
            copy(&root().join(part), &tree.join(part))?;
        }
        Ok(Workshop { tree, target })
    }

    /// Changes the copy, looks whether a scenario notices, and takes the change back.
    fn try_out(&self, edits: &[list::Edit]) -> Fate {
        let mut originals = Vec::new();
        for edit in edits {
            let path = self.tree.join(edit.file);
            let text = fs::read_to_string(&path).unwrap_or_default();
            if text.matches(edit.was).count() != 1 {
                self.restore(originals);
                let was = edit.was.lines().next().unwrap_or("");
                return Fate::Unfit { why: format!("{} does not hold once: {was}", edit.file) };
            }
            fs::write(&path, text.replacen(edit.was, edit.becomes, 1)).expect("the copy can be written");
            originals.push((path, text));
        }
        let fate = self.build().unwrap_or_else(|| self.look());
        self.restore(originals);
        fate
    }

    /// The first text of a file is the oldest, so they go back in reverse.
    fn restore(&self, originals: Vec<(PathBuf, String)>) {
        for (path, text) in originals.into_iter().rev() {
            fs::write(path, text).expect("the copy can be written");
        }
    }

    fn build(&self) -> Option<Fate> {
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--locked", "--bin", "treefall"])
            .current_dir(&self.tree)
            .env("CARGO_TARGET_DIR", &self.target)
            // Most of the time goes into building, and each build is run once.
            .env("CARGO_PROFILE_DEV_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .output()
            .expect("cargo can be run");
        if built.status.success() {
            return None;
        }
        let said = String::from_utf8_lossy(&built.stderr);
        let error = said.lines().find(|line| line.starts_with("error")).unwrap_or("it does not compile");
        Some(Fate::Unfit { why: error.to_owned() })
    }

    /// Checks scenarios until one does not come out as its file says.
    fn look(&self) -> Fate {
        let mut checking = Command::new(self.target.join("debug/treefall"))
            .args(["check", "--format", "json", "--seeds", "0..4", "--snapshots"])
            .arg(self.target.join("stories"))
            .args(SCENARIOS.iter().filter(|folder| root().join(folder).is_dir()))
            .current_dir(root())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("what was built can be run");
        let fate = listen(&mut checking);
        // It may have ended by itself, and nothing is to be done if not.
        let _ = checking.kill();
        let status = checking.wait().expect("a child can be waited for");
        match fate {
            // A story without a snapshot fails a check, and is none of our business.
            Fate::Survived if !matches!(status.code(), Some(0 | 1)) => {
                Fate::Killed { by: format!("it crashes ({status})") }
            }
            fate => fate,
        }
    }
}

/// What a check says, up to the first scenario that it does not like.
fn listen(checking: &mut Child) -> Fate {
    let output = checking.stdout.take().expect("it is piped");
    let (send, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                break;
            }
        }
    });
    let mut last = "the first scenario".to_owned();
    loop {
        match lines.recv_timeout(PATIENCE) {
            Ok(line) => {
                let result: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
                let file = result["file"].as_str().unwrap_or("?").to_owned();
                if !matches!(result["verdict"].as_str(), Some("held" | "broken-as-expected")) {
                    return Fate::Killed { by: file };
                }
                last = file;
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => return Fate::Survived,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                return Fate::Killed { by: format!("it hangs after {last}") };
            }
        }
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if from.is_file() {
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder)?;
        }
        return fs::copy(from, to).map(drop);
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
