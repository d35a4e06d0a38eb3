//! Chromium, driven over the pipe that it speaks its own protocol on (`--remote-debugging-pipe`): two named pipes and
//! a shell that puts them where it looks. Nothing but what a test needs: a page, clicks, keys, a picture.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// What the browser is called where.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// A page that is not as it should be after so long will not be.
const PATIENCE: Duration = Duration::from_secs(300);

/// A browser with one page.
pub struct Browser {
    child: Child,
    to: File,
    from: BufReader<File>,
    asked: u64,
    session: Option<String>,
    /// What the page complained of.
    pub complaints: Vec<String>,
    _folder: TempDir,
}

impl Browser {
    /// A browser, if there is one on this machine; else a word that the test is skipped.
    pub fn start() -> Option<Self> {
        let found = NAMES.iter().find(|name| {
            let asked =
                Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            asked.is_ok_and(|status| status.success())
        });
        let Some(name) = found else {
            eprintln!("skipped: there is no Chromium here (apt-get install chromium)");
            return None;
        };
        let folder = TempDir::new().expect("a folder can be made");
        let (to, from) = (folder.path().join("to"), folder.path().join("from"));
        let made = Command::new("mkfifo").args([&to, &from]).status().expect("there is mkfifo");
        assert!(made.success(), "pipes can be made");
        let child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<\"$TO\" 4>\"$FROM\"", name])
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--remote-debugging-pipe", "--hide-scrollbars", "--no-first-run", "--disable-extensions"])
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .arg("about:blank")
            .env("TO", &to)
            .env("FROM", &from)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("there is a shell");
        let to = File::options().write(true).open(&to).expect("the browser reads");
        let from = BufReader::new(File::open(&from).expect("the browser writes"));
        let (asked, complaints) = (0, Vec::new());
        let mut browser = Browser { child, to, from, asked, session: None, complaints, _folder: folder };
        let target = browser.ask("Target.createTarget", &json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.ask("Target.attachToTarget", &attach);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        ["Runtime.enable", "Page.enable", "Log.enable", "Network.enable"].iter().for_each(|domain| {
            browser.ask(domain, &json!({}));
        });
        Some(browser)
    }

    /// Asks the browser, and waits for its answer.
    pub fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let mut message = json!({ "id": self.asked, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).expect("the browser listens");
        loop {
            let mut answer = Vec::new();
            self.from.read_until(0, &mut answer).expect("the browser answers");
            answer.pop();
            let mut answer: Value = serde_json::from_slice(&answer).expect("the browser speaks JSON");
            if answer["id"] == self.asked {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].take();
            }
            if ["Runtime.exceptionThrown", "Log.entryAdded"].iter().any(|method| answer["method"] == *method)
            {
                self.complaints.push(answer["params"].to_string());
            }
        }
    }

    /// How large its window is, and whether the reader likes it dark.
    pub fn resize(&mut self, width: u32, height: u32, dark: bool) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.ask("Emulation.setDeviceMetricsOverride", &size);
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.ask("Emulation.setEmulatedMedia", &media);
    }

    /// Opens an address, and waits for the page to be ready.
    pub fn open(&mut self, address: &str) {
        self.ask("Page.navigate", &json!({ "url": address }));
        self.wait_for("document.documentElement?.dataset.ready === 'yes'");
    }

    /// Leaves the page, so that the same one is opened anew, whatever its address says behind `#`.
    pub fn leave(&mut self) {
        self.ask("Page.navigate", &json!({ "url": "about:blank" }));
    }

    /// Opens a file.
    pub fn open_file(&mut self, path: &Path, hash: &str) {
        let path = path.canonicalize().expect("it is there");
        self.open(&format!("file://{}{hash}", path.display()));
    }

    /// What an expression is in the page.
    pub fn value(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.ask("Runtime.evaluate", &asked);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {}", answer["exceptionDetails"]);
        answer["result"]["value"].take()
    }

    /// The text of what a selector finds first.
    pub fn text(&mut self, selector: &str) -> String {
        let found = self.value(&format!("document.querySelector({})?.textContent ?? ''", json!(selector)));
        found.as_str().unwrap_or_default().to_owned()
    }

    /// For how many milliseconds the page's own thread has been busy: what the rest of the machine does is not in it.
    pub fn busy(&mut self) -> f64 {
        self.ask("Performance.enable", &json!({ "timeDomain": "threadTicks" }));
        let metrics = self.ask("Performance.getMetrics", &json!({}));
        let found = metrics["metrics"].as_array().expect("there are metrics").iter();
        let busy = found
            .filter(|metric| metric["name"] == "TaskDuration")
            .find_map(|metric| metric["value"].as_f64());
        busy.expect("the browser counts that") * 1_000.0
    }

    /// Waits until this is true in the page.
    pub fn wait_for(&mut self, expression: &str) {
        let begun = Instant::now();
        while self.value(expression) != true {
            let complaints = &self.complaints;
            assert!(begun.elapsed() < PATIENCE, "{expression} does not come true; {complaints:?}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// Clicks into the middle of the first that a selector finds and whose text has these words, as a mouse does.
    pub fn click(&mut self, selector: &str, words: &str) {
        let find = format!(
            "(() => {{ const found = [...document.querySelectorAll({})].find((element) => \
             element.textContent.includes({})); if (!found) return null; \
             found.scrollIntoView({{ block: 'nearest', inline: 'nearest' }}); \
             const box = found.getBoundingClientRect(); \
             return [box.left + box.width / 2, box.top + box.height / 2]; }})()",
            json!(selector),
            json!(words)
        );
        let place = self.value(&find);
        assert!(place.is_array(), "there is no {selector} with {words:?}");
        self.click_at(&place[0], &place[1]);
    }

    /// Clicks at a place of the window.
    pub fn click_at(&mut self, x: &Value, y: &Value) {
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": 1 });
            self.ask("Input.dispatchMouseEvent", &event);
        }
    }

    /// Presses a key.
    pub fn press(&mut self, key: &str) {
        let text = if key.chars().count() == 1 { key } else { "" };
        // What the browser itself does with a key depends on its number.
        let code = if key == "Tab" { 9 } else { 0 };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let event = json!({ "type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code });
            self.ask("Input.dispatchKeyEvent", &event);
        }
    }

    /// Types a text.
    pub fn write(&mut self, text: &str) {
        self.ask("Input.insertText", &json!({ "text": text }));
    }

    /// A picture of the window, if somebody wants to look at it: `TREEFALL_SCREENSHOTS` names a folder.
    pub fn picture(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("TREEFALL_SCREENSHOTS") else { return };
        let path = Path::new(&folder).join(format!("{name}.png"));
        let drawn = self.ask("Page.captureScreenshot", &json!({ "format": "png" }));
        let data = drawn["data"].as_str().expect("it is a picture");
        fs::create_dir_all(&folder).expect("the folder can be made");
        fs::write(path, unpacked(data)).expect("it can be written");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Base64, as a picture comes in it.
fn unpacked(text: &str) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let values = text.bytes().filter_map(|letter| LETTERS.iter().position(|known| *known == letter));
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_usize, 0_usize);
    for value in values {
        held = (held << 6 | value) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).expect("it is eight bits"));
        }
    }
    bytes
}
