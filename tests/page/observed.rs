//! `treefall observe`, by a script that clicks: another choice, a kill, a message, going on by a seed, the schedule kept
//! and replayed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::browser::Browser;
use crate::{RACE, SEED};

/// A server that ends with the test.
pub struct Server {
    child: Child,
    /// Where it is.
    pub address: String,
    folder: TempDir,
}

impl Server {
    /// `treefall observe` with these arguments.
    pub fn of(arguments: &[&str]) -> Self {
        let folder = TempDir::new().expect("a folder can be made");
        let mut child = Command::new(env!("CARGO_BIN_EXE_treefall"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["observe", "--format", "json", "--out"])
            .arg(folder.path())
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("treefall starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it prints"))
            .read_line(&mut line)
            .expect("it says where it is");
        let said: Value = serde_json::from_str(&line).expect("it is JSON");
        let address = said["address"].as_str().expect("it has an address").to_owned();
        Server { child, address, folder }
    }

    /// The file with this ending that it has kept.
    fn kept(&self, ending: &str) -> Option<std::path::PathBuf> {
        let entries = std::fs::read_dir(self.folder.path()).expect("the folder is there");
        entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.to_string_lossy().ends_with(ending))
    }
}

impl Server {
    /// Keeps the run that is shown, with a click, and replays what was kept: what it tells, as JSON.
    pub fn replayed(&self, browser: &mut Browser) -> String {
        browser.value("document.querySelector('#found').textContent = ''");
        browser.click("#runs .act", "save the schedule");
        browser.wait_for("/saved/.test(document.querySelector('#found').textContent)");
        let schedule = self.kept(".schedule").expect("it is kept");
        let output = Command::new(env!("CARGO_BIN_EXE_treefall"))
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .args(["replay", "--trace", "json"])
            .arg(&schedule)
            .output()
            .expect("treefall starts");
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{complaint}");
        assert_eq!(complaint, "");
        String::from_utf8(output.stdout).expect("it is UTF-8")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Which status line answers a request.
fn answered(address: &str, request: &str) -> String {
    let port = address.trim_start_matches("http://").split('/').next().expect("it has a host");
    let mut stream = TcpStream::connect(port).expect("it listens");
    stream.write_all(request.replace('\n', "\r\n").as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer.lines().next().unwrap_or_default().to_owned()
}

/// Says on the page that forks go on by a seed, as a hand would.
const BY_SEED_7: &str = "const how = document.querySelector('#how'), seed = document.querySelector('#seed'); \
    how.value = 'seed'; how.dispatchEvent(new Event('change')); \
    seed.value = '7'; seed.dispatchEvent(new Event('input')); seed.hidden";

#[test]
fn the_race_is_forked_and_the_fork_is_kept_and_replayed() {
    let Some(mut browser) = Browser::start() else { return };
    let server = Server::of(&[RACE, "--seed", SEED]);
    browser.resize(1600, 900, false);
    browser.open(&server.address);
    // Another choice at the decision: one that did not come with the page, or the one that did, taken anew.
    let forks = browser.value("view.runs.length").as_u64().unwrap_or_default();
    browser.value("view.forks.fill([{ step: 0, what: '', then: 'calm' }], 1); view.refresh(false)");
    browser.click("#page .choices .act", "take");
    browser.wait_for(&format!("view.runs.length === {} && !view.engineBusy", forks + 1));
    assert!(browser.text("#runs .run.chosen").contains("fork at"));
    browser.picture("observe-fork");
    // On that fork somebody is killed, and it goes on by a seed.
    browser.value(BY_SEED_7);
    browser.click("#tree .node", "KV.Registry");
    browser.click("#page .acts .act", "kill");
    browser.wait_for(&format!("view.runs.length === {} && !view.engineBusy", forks + 2));
    let went_on = browser.value("view.forks.at(-1).map((fork) => fork.then)");
    assert_eq!(went_on, serde_json::json!(["calm", "7"]));
    assert!(
        browser.value("view.run.raw.steps.some((row) => view.run.text(row[0]) === 'kill KV.Registry')")
            == true
    );
    // The link of it makes it again.
    let hash = browser.value("view.writeAddress(), location.hash").as_str().unwrap_or_default().to_owned();
    let line = browser.value("view.run.raw.steps.map((row) => view.run.text(row[0])).join(';')");
    browser.leave();
    browser.open(&format!("{}{hash}", server.address));
    browser.wait_for("view.run.raw.name.startsWith('fork') && !view.engineBusy");
    assert_eq!(browser.value("view.run.raw.steps.map((row) => view.run.text(row[0])).join(';')"), line);
    // It is kept, and what was kept replays.
    let told = server.replayed(&mut browser);
    browser.picture("observe-kept");
    assert!(told.contains("killed_by_fault"), "{told}");
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn a_message_can_be_sent_and_a_connection_cut() {
    let Some(mut browser) = Browser::start() else { return };
    let server = Server::of(&["scenarios/nodes/calls.kdl"]);
    browser.resize(1600, 900, true);
    browser.open(&server.address);
    browser.value("view.go(Math.floor(view.run.steps / 2))");
    browser.click("#page .act", "cut the connection");
    browser.wait_for("view.runs.length === 2 && !view.engineBusy");
    assert!(
        browser.value("view.run.raw.steps.some((row) => /^fault cut/.test(view.run.text(row[0])))") == true
    );
    let told = server.replayed(&mut browser);
    assert!(told.contains("noconnection"), "{told}");
    drop(server);
    let server = Server::of(&["scenarios/guide/02_monitoring_registry_survives.kdl"]);
    browser.open(&server.address);
    browser.value("view.go(view.run.steps - 4); view.choose(view.run.people.findIndex((p) => p.name === 'KV.Registry'))");
    browser.click("#page .send input", "");
    browser.write("hello 7");
    browser.press("Enter");
    browser.click("#page .send .act", "send");
    browser.wait_for("view.runs.length > 1 && !view.engineBusy");
    assert!(browser.value("view.run.raw.strings.some((text) => /hello/.test(text))") == true);
    let told = server.replayed(&mut browser);
    assert!(told.contains("hello"), "{told}");
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn strangers_are_refused() {
    let server = Server::of(&["scenarios/supervisor/strategies/rest_for_one_restarts_those_after.kdl"]);
    let host =
        server.address.trim_start_matches("http://").split('/').next().expect("it has a host").to_owned();
    let path = server.address.split_once(&host).expect("it is in it").1.to_owned();
    let get =
        |path: &str, host: &str| answered(&server.address, &format!("GET {path} HTTP/1.1\nHost: {host}\n\n"));
    assert_eq!(get(&path, &host), "HTTP/1.1 200 OK");
    assert_eq!(get("/", &host), "HTTP/1.1 404 Not Found");
    assert_eq!(get(&path, "evil.example"), "HTTP/1.1 403 Forbidden");
    let post = format!(
        "POST {path}save HTTP/1.1\nHost: {host}\nOrigin: http://evil.example\nContent-Length: 2\n\n{{}}"
    );
    assert_eq!(answered(&server.address, &post), "HTTP/1.1 403 Forbidden");
    assert!(server.kept(".schedule").is_none());
}
