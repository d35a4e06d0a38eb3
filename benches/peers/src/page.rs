//! Where the figures go: to whoever looks on, and into the page that shows them.

use std::fs;
use std::sync::Mutex;

use super::asked::root;

/// The page: each part of the figures stands between two marks of its name.
const PAGE: &str = "docs/performance.md";

static SAID: Mutex<String> = Mutex::new(String::new());

/// A line of the page.
pub fn say(line: &str) {
    println!("{line}");
    let mut said = SAID.lock().expect("nobody panics with it in hand");
    said.push_str(line);
    said.push('\n');
}

/// The machine, and how busy it is with all that runs on it.
pub fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let processors = read("/proc/cpuinfo");
    let names = processors.lines().filter_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let names: Vec<&str> = names.map(|(_, name)| name.trim()).collect();
    let name = names.first().copied().unwrap_or("an unknown processor");
    format!("{} processors ({name}), load {}", names.len(), load())
}

/// How many programs have wanted a processor, of late.
pub fn load() -> String {
    let loads = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    loads.split(' ').next().unwrap_or("unknown").to_owned()
}

/// Puts what has been said since the last part into its place on the page.
pub fn write(part: &str) {
    let path = root().join(PAGE);
    let said = std::mem::take(&mut *SAID.lock().expect("nobody panics with it in hand"));
    let (begin, end) = (format!("<!-- {part} -->\n"), format!("<!-- end of {part} -->"));
    let written = fs::read_to_string(&path).ok().and_then(|page| {
        let (before, rest) = page.split_once(&begin)?;
        let (_, after) = rest.split_once(&end)?;
        fs::write(&path, format!("{before}{begin}{said}\n{end}{after}")).ok()
    });
    if written.is_none() {
        eprintln!("{} has no place for {part}, or cannot be written", path.display());
    }
}
