//! The Erlang virtual machine as a child process: found, given the driver, run, and never left behind.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use thiserror::Error;

use super::folder::{Folder, remove_all};

/// The driver's modules, and their source.
const DRIVER: &[(&str, &str)] = &[
    ("treefall_chaos.erl", include_str!("driver/treefall_chaos.erl")),
    ("treefall_driver.erl", include_str!("driver/treefall_driver.erl")),
    ("treefall_gaps.erl", include_str!("driver/treefall_gaps.erl")),
    ("treefall_epmd.erl", include_str!("driver/treefall_epmd.erl")),
    ("treefall_mailbox.erl", include_str!("driver/treefall_mailbox.erl")),
    ("treefall_messages.erl", include_str!("driver/treefall_messages.erl")),
    ("treefall_nodes.erl", include_str!("driver/treefall_nodes.erl")),
    ("treefall_people.erl", include_str!("driver/treefall_people.erl")),
    ("treefall_quiet.erl", include_str!("driver/treefall_quiet.erl")),
    ("treefall_registry.erl", include_str!("driver/treefall_registry.erl")),
    ("treefall_script.erl", include_str!("driver/treefall_script.erl")),
    ("treefall_server.erl", include_str!("driver/treefall_server.erl")),
    ("treefall_statem.erl", include_str!("driver/treefall_statem.erl")),
    ("treefall_start.erl", include_str!("driver/treefall_start.erl")),
    ("treefall_spec.erl", include_str!("driver/treefall_spec.erl")),
    ("treefall_task.erl", include_str!("driver/treefall_task.erl")),
    ("treefall_trace.erl", include_str!("driver/treefall_trace.erl")),
    ("treefall_value.erl", include_str!("driver/treefall_value.erl")),
    ("treefall_wire.erl", include_str!("driver/treefall_wire.erl")),
];

/// What the program is called in its folder.
const PROGRAM: &str = "program.term";
/// How the names of the files end that hold modules of OTP and Elixir.
const STRETCHED: &str = ".gaps";
/// How often it is looked whether a program has ended that has nothing more to say.
const BEAT: Duration = Duration::from_millis(5);
/// More than this is not printed by the driver.
const PRINTED_MAX: u64 = 64 * 1024 * 1024;

/// Why the real Erlang has not said what it does.
#[derive(Debug, Error)]
pub enum Failure {
    /// It is not installed.
    #[error(
        "`{0}` was not found: install Erlang (package `erlang-base` on Debian and Ubuntu, `erlang` elsewhere)"
    )]
    NotInstalled(&'static str),
    /// One of its tools says something that nobody understands, or nothing.
    #[error("`{tool}` does not work: {why}")]
    Tool {
        /// The tool that was to run.
        tool: &'static str,
        /// What is wrong.
        why: String,
    },
    /// The driver cannot be written where temporary files go.
    #[error("{}: {cause}", path.display())]
    Folder {
        /// The file or folder that could not be used.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// It did not end in time.
    #[error("Erlang did not end within {} s, and was killed", .0.as_secs())]
    Hangs(Duration),
    /// It ended otherwise than it should.
    #[error("Erlang ended badly ({status}){}", .said.as_deref().map(|said| format!(": {said}")).unwrap_or_default())]
    Ended {
        /// How it ended, as the operating system says it.
        status: String,
        /// The end of what it said.
        said: Option<String>,
    },
}

impl From<(PathBuf, io::Error)> for Failure {
    fn from((path, cause): (PathBuf, io::Error)) -> Self {
        Failure::Folder { path, cause }
    }
}

/// What is installed.
#[derive(Clone, Debug)]
pub struct Installed {
    /// The release of OTP.
    pub otp: u32,
    /// Elixir, if there is one.
    pub elixir: Option<Elixir>,
}

/// The installed Elixir.
#[derive(Clone, Debug)]
pub struct Elixir {
    /// The minor version: 14 of 1.14.
    pub minor: u32,
    /// Where its compiled modules are.
    pub ebin: PathBuf,
}

/// The virtual machine, with the driver compiled.
#[derive(Debug)]
pub struct Machine {
    /// The driver's compiled modules: the names of their files, and what is in them.
    modules: Vec<(String, Vec<u8>)>,
    /// The same of modules of OTP and Elixir that let others run between what they do. Those are missing that do
    /// not say of what they are made. They are compiled when they are first needed.
    stretched: OnceLock<Vec<(String, Vec<u8>)>>,
    installed: Installed,
}

/// How much scripted processes are disturbed, so that many runs show many orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disturbance {
    /// Not at all.
    Calm,
    /// By a little work, and by letting others go first.
    Jostled,
    /// By short sleeps too, which would spoil a scenario that counts milliseconds.
    Disturbed,
}

/// How a program is run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How many schedulers; as many as Erlang likes if none.
    pub schedulers: Option<u32>,
    /// How much scripted processes are disturbed.
    pub disturbance: Disturbance,
    /// Whether the processes of OTP and Elixir let others run between two things that others can notice.
    pub stretched: bool,
    /// When it is taken for hanging.
    pub limit: Duration,
}

impl Machine {
    /// Finds Erlang and compiles the driver. `limit` is how long each tool of Erlang and Elixir may take for that.
    ///
    /// # Errors
    ///
    /// When Erlang is missing or does not work, and when there is no place for the driver.
    pub fn new(limit: Duration) -> Result<Machine, Failure> {
        let folder = Folder::new()?;
        for (name, source) in DRIVER {
            folder.write(name, source.as_bytes())?;
        }
        let otp = installed_otp(limit)?;
        let mut compile = Command::new("erlc");
        compile.current_dir(folder.path()).args(["-W0", "-o", "."]).args(DRIVER.iter().map(|(name, _)| name));
        let said = run(compile, "erlc", limit)?;
        if !said.ended_well {
            return Err(Failure::Tool { tool: "erlc", why: said.tail().unwrap_or(said.status) });
        }
        let compiled = DRIVER.iter().map(|(name, _)| {
            let name = name.replace(".erl", ".beam");
            let content = folder.read(&name)?;
            Ok((name, content))
        });
        let modules = compiled.collect::<Result<_, Failure>>()?;
        let installed = Installed { otp, elixir: installed_elixir(limit) };
        Ok(Machine { modules, stretched: OnceLock::new(), installed })
    }

    /// What is installed.
    pub fn installed(&self) -> &Installed {
        &self.installed
    }

    /// Runs a program of the driver's, and returns what it prints.
    ///
    /// # Errors
    ///
    /// When the virtual machine hangs or ends badly.
    pub fn run(&self, program: &str, settings: &Settings) -> Result<String, Failure> {
        // The driver removes the folder as soon as it has read it, so that nothing stays behind even if
        // nobody here lives to see its end.
        let folder = Folder::new()?;
        for (name, content) in &self.modules {
            folder.write(name, content)?;
        }
        if settings.stretched {
            let stretched = match self.stretched.get() {
                Some(known) => known,
                None => {
                    let compiled = stretched(&folder, &self.installed, settings.limit)?;
                    self.stretched.get_or_init(|| compiled)
                }
            };
            for (name, content) in stretched {
                folder.write(name, content)?;
            }
        }
        folder.write(PROGRAM, program.as_bytes())?;
        let mut erl = Command::new("erl");
        erl.env("ERL_CRASH_DUMP_SECONDS", "0").env_remove("ERL_FLAGS").env_remove("ERL_AFLAGS");
        if let Some(schedulers) = settings.schedulers {
            erl.args(["+S", &schedulers.to_string()]);
        }
        // Its input is read: whoever waits for it holds that open.
        erl.args(["-noshell", "-boot", "start_clean"]).arg("-pa").arg(folder.path());
        if let Some(elixir) = &self.installed.elixir {
            erl.arg("-pa").arg(&elixir.ebin);
        }
        // No daemon knows its nodes, and no file of the user's has its cookie.
        erl.args(["-start_epmd", "false", "-epmd_module", "treefall_epmd", "-setcookie", "nobody"]);
        erl.args(["-s", "treefall_driver", "main", "-extra"]);
        erl.arg(folder.path()).arg(folder.path().join(PROGRAM));
        erl.arg(match settings.disturbance {
            Disturbance::Calm => "calm",
            Disturbance::Jostled => "jostled",
            Disturbance::Disturbed => "disturbed",
        });
        let said = run(erl, "erl", settings.limit)?;
        if !said.ended_well {
            return Err(Failure::Ended { status: said.status.clone(), said: said.tail() });
        }
        Ok(said.printed)
    }
}

/// The modules of OTP and Elixir that let others run between what they do.
fn stretched(
    folder: &Folder,
    installed: &Installed,
    limit: Duration,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut erl = Command::new("erl");
    erl.args(["-noshell", "-noinput", "-boot", "start_clean", "-pa"]).arg(folder.path());
    if let Some(elixir) = &installed.elixir {
        erl.arg("-pa").arg(&elixir.ebin);
    }
    erl.args(["-s", "treefall_gaps", "write", "-extra"]).arg(folder.path());
    let said = run(erl, "erl", limit)?;
    if !said.ended_well {
        return Err(Failure::Tool { tool: "erl", why: said.tail().unwrap_or(said.status) });
    }
    let names = folder.names()?.into_iter().filter(|name| name.ends_with(STRETCHED));
    let read = |name: String| {
        let content = folder.read(&name)?;
        Ok((name, content))
    };
    names.map(read).collect()
}

fn installed_otp(limit: Duration) -> Result<u32, Failure> {
    let mut erl = Command::new("erl");
    erl.args(["-noshell", "-noinput", "-boot", "start_clean", "-eval"]);
    erl.arg("io:put_chars(erlang:system_info(otp_release)), halt().");
    let said = run(erl, "erl", limit)?;
    said.printed.trim().parse().map_err(|_| Failure::Tool {
        tool: "erl",
        why: said.tail().unwrap_or_else(|| "it does not say which release it is".to_owned()),
    })
}

/// Elixir, if there is one that says where it is.
fn installed_elixir(limit: Duration) -> Option<Elixir> {
    let mut elixir = Command::new("elixir");
    elixir.args(["-e", "IO.puts(System.version()); IO.puts(:code.lib_dir(:elixir))"]);
    let said = run(elixir, "elixir", limit).ok()?;
    let mut lines = said.printed.lines();
    let minor = lines.next()?.split('.').nth(1)?.parse().ok()?;
    let ebin = Path::new(lines.next()?.trim()).join("ebin");
    ebin.is_dir().then_some(Elixir { minor, ebin })
}

/// What a program said, and how it ended.
struct Said {
    printed: String,
    complained: String,
    ended_well: bool,
    status: String,
}

impl Said {
    /// The end of what it said, without what people cannot read.
    fn tail(&self) -> Option<String> {
        let all = format!("{}\n{}", self.printed, self.complained);
        let lines: Vec<&str> = all.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        let last = lines[lines.len().saturating_sub(6)..].join("\n    ");
        (!last.is_empty()).then_some(last)
    }
}

/// The groups that are running: who is interrupted ends them ([`leave_nothing`]).
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// Ends all that was started, and removes every folder. For a program that is about to end: nothing can be started
/// afterwards.
pub fn leave_nothing() {
    let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    running.iter().for_each(|leader| kill_group(*leader));
    std::mem::forget(running);
    remove_all();
}

/// A running program in a process group of its own, which dies with this value.
struct Group {
    child: Child,
    ended: bool,
}

impl Group {
    fn start(command: &mut Command) -> io::Result<Group> {
        own_group(command);
        // Whoever is interrupted meanwhile waits to know it.
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let child = command.spawn()?;
        running.insert(child.id());
        Ok(Group { child, ended: false })
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.ended {
            kill_group(self.child.id());
            // If it could not be killed, then at least the program itself.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.child.id());
    }
}

/// Runs a program until it ends or its time is up. Its input stays open for as long as somebody here waits
/// for it, and is at its end when nobody does.
fn run(mut command: Command, tool: &'static str, limit: Duration) -> Result<Said, Failure> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = Group::start(&mut command).map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => Failure::NotInstalled(tool),
        _ => Failure::Tool { tool, why: cause.to_string() },
    })?;
    let input = group.child.stdin.take();
    let printed = read_all(group.child.stdout.take());
    let complained = read_all(group.child.stderr.take());
    // The output ends when the last of the group has closed it.
    let both = printed.recv_timeout(limit).and_then(|printed| Ok((printed, complained.recv_timeout(limit)?)));
    let (printed, complained) = match both {
        Ok(both) => both,
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Err(Failure::Hangs(limit)),
    };
    drop(input);
    let mut beats = limit.as_millis() / BEAT.as_millis();
    let status = loop {
        match group.child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if beats == 0 => return Err(Failure::Hangs(limit)),
            Ok(None) => {
                beats -= 1;
                thread::sleep(BEAT);
            }
            Err(cause) => return Err(Failure::Tool { tool, why: cause.to_string() }),
        }
    };
    group.ended = true;
    Ok(Said { printed, complained, ended_well: status.success(), status: status.to_string() })
}

/// Reads until the end in a thread, so that nobody waits for ever.
fn read_all(from: Option<impl Read + Send + 'static>) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(from) = from {
            // What cannot be read is missing from the text, and that is noticed there.
            let _ = from.take(PRINTED_MAX).read_to_end(&mut bytes);
        }
        // Nobody listens any more if the time was up.
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

/// Kills everybody in the group that this process leads: Erlang has helpers of its own.
fn kill_group(leader: u32) {
    let script = format!("kill -KILL -{leader}");
    let mut kill = Command::new("sh");
    kill.args(["-c", &script]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // There is nothing to be done where there is no shell.
    let _ = kill.status();
}
