//! The smallest server that a page needs: one page, questions in JSON, and nobody else.
//!
//! It listens on this machine alone. That keeps the network out, and not the other pages in the reader's browser, nor
//! other people on the machine: so every address begins with a secret, `Host` must be the one that was printed (a name
//! that was made to lead here is refused), and what asks must be a page from here, by its `Origin`. Everything else is
//! refused, and told nothing.

use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::Value;

/// A request is no longer than this, without and with what it asks.
const HEAD_MAX: u64 = 16 << 10;
const BODY_MAX: usize = 1 << 20;
/// So many browsers' connections are open at once.
const OPEN_MAX: usize = 32;
const PATIENCE: Duration = Duration::from_secs(10);

/// Where it listens, and the secret.
pub(super) struct Door {
    listener: TcpListener,
    port: u16,
    secret: String,
}

/// Answers a question, or says what is wrong with it.
type Answers<'a> = dyn Fn(&str, &Value) -> Result<Value, String> + Sync + 'a;

/// A request, as far as anybody asks.
#[derive(Debug, Default)]
struct Request {
    method: String,
    path: String,
    host: Option<String>,
    origin: Option<String>,
    site: Option<String>,
    body: Vec<u8>,
}

/// What is sent back.
struct Response {
    status: &'static str,
    kind: &'static str,
    body: String,
}

impl Door {
    /// Listens there, under a new secret.
    pub(super) fn of(listener: TcpListener) -> io::Result<Self> {
        let port = listener.local_addr()?.port();
        // The keys of the hash come from the system's randomness.
        let random = RandomState::new();
        let secret = format!("{:016x}{:016x}", random.hash_one(0_u8), random.hash_one(1_u8));
        Ok(Door { listener, port, secret })
    }

    /// What to open.
    pub(super) fn address(&self) -> String {
        format!("http://127.0.0.1:{}/{}/", self.port, self.secret)
    }

    /// Serves for as long as the program runs.
    pub(super) fn serve(&self, page: &str, answers: &Answers<'_>) {
        let open = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for stream in self.listener.incoming() {
                // Who gives up while being let in is no reason to end.
                let Ok(stream) = stream else { continue };
                if open.fetch_add(1, Ordering::Relaxed) >= OPEN_MAX {
                    open.fetch_sub(1, Ordering::Relaxed);
                    continue;
                }
                let open = &open;
                scope.spawn(move || {
                    // A browser that has gone cannot be told so.
                    let _ = self.talk(stream, page, answers);
                    open.fetch_sub(1, Ordering::Relaxed);
                });
            }
        });
    }

    fn talk(&self, mut stream: TcpStream, page: &str, answers: &Answers<'_>) -> io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let response = match read(&mut BufReader::new(&stream))? {
            Some(request) => self.answer(&request, page, answers),
            None => Response::refusal("400 Bad Request"),
        };
        write!(
            stream,
            "HTTP/1.1 {}\r\nContent-Type: {}; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\n\
             X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nReferrer-Policy: no-referrer\r\n\
             Cross-Origin-Resource-Policy: same-origin\r\nConnection: close\r\n\r\n",
            response.status,
            response.kind,
            response.body.len(),
        )?;
        stream.write_all(response.body.as_bytes())?;
        stream.flush()
    }

    fn answer(&self, request: &Request, page: &str, answers: &Answers<'_>) -> Response {
        let hosts = [format!("127.0.0.1:{}", self.port), format!("localhost:{}", self.port)];
        let Some(host) = request.host.as_ref().filter(|host| hosts.contains(host)) else {
            return Response::refusal("403 Forbidden");
        };
        let own = format!("http://{host}");
        let is_own = |origin: &String| *origin == own;
        let is_stranger = request.origin.as_ref().is_some_and(|origin| !is_own(origin))
            || request.site.as_ref().is_some_and(|site| !["same-origin", "none"].contains(&site.as_str()));
        let path = request.path.split_once('?').map_or(request.path.as_str(), |(path, _)| path);
        let inside = path
            .strip_prefix('/')
            .and_then(|path| path.split_once('/'))
            .filter(|(secret, _)| is_same(secret, &self.secret))
            .map(|(_, inside)| inside);
        match (inside, request.method.as_str()) {
            _ if is_stranger => Response::refusal("403 Forbidden"),
            (None, _) => Response::refusal("404 Not Found"),
            (Some(""), "GET") => Response { status: "200 OK", kind: "text/html", body: page.to_owned() },
            (Some(what), "POST") if request.origin.as_ref().is_some_and(is_own) => {
                let asked =
                    serde_json::from_slice(&request.body).map_err(|error| format!("no JSON: {error}"));
                match asked.and_then(|asked: Value| answers(what, &asked)) {
                    Ok(answer) => Response::json("200 OK", &answer),
                    Err(error) => {
                        Response::json("422 Unprocessable Content", &serde_json::json!({ "error": error }))
                    }
                }
            }
            (Some(_), "POST") => Response::refusal("403 Forbidden"),
            (Some(_), "GET") => Response::refusal("404 Not Found"),
            (Some(_), _) => Response::refusal("405 Method Not Allowed"),
        }
    }
}

impl Response {
    fn refusal(status: &'static str) -> Self {
        Response { status, kind: "text/plain", body: format!("{status}\n") }
    }

    fn json(status: &'static str, value: &Value) -> Self {
        Response { status, kind: "application/json", body: value.to_string() }
    }
}

/// Whether two texts are the same, in a time that does not tell where they differ.
fn is_same(one: &str, other: &str) -> bool {
    let differing = one.bytes().zip(other.bytes()).fold(0, |all, (one, other)| all | (one ^ other));
    one.len() == other.len() && differing == 0
}

/// Reads a request; none if it is not one.
fn read(stream: &mut impl BufRead) -> io::Result<Option<Request>> {
    let mut head = stream.by_ref().take(HEAD_MAX);
    let mut line = String::new();
    // Browsers open connections before they need them. One on which nothing is asked is closed without a word: what it
    // was told would be taken for the answer to what is asked on it later.
    match head.read_line(&mut line) {
        Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
        Ok(_) => (),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Ok(None),
        Err(error) => return Err(error),
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let [method, path, version] = words.as_slice() else { return Ok(None) };
    if !version.starts_with("HTTP/1.") {
        return Ok(None);
    }
    let mut request =
        Request { method: (*method).to_owned(), path: (*path).to_owned(), ..Request::default() };
    let mut length = 0;
    loop {
        let mut line = String::new();
        if !matches!(head.read_line(&mut line), Ok(1..)) {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else { return Ok(None) };
        let value = value.trim().to_owned();
        let once = |field: &mut Option<String>| field.replace(value.clone()).is_none();
        let is_once = match name.to_ascii_lowercase().as_str() {
            "host" => once(&mut request.host),
            "origin" => once(&mut request.origin),
            "sec-fetch-site" => once(&mut request.site),
            "content-length" => match value.parse() {
                Ok(long) if long <= BODY_MAX => {
                    length = long;
                    true
                }
                _ => false,
            },
            // What comes in pieces is none of ours.
            "transfer-encoding" => false,
            _ => true,
        };
        if !is_once {
            return Ok(None);
        }
    }
    request.body = vec![0; length];
    stream.read_exact(&mut request.body)?;
    Ok(Some(request))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door() -> Door {
        Door::of(TcpListener::bind(("127.0.0.1", 0)).expect("a port is free")).expect("it has a port")
    }

    fn status(door: &Door, request: &str) -> &'static str {
        let request = read(&mut request.replace('\n', "\r\n").as_bytes()).expect("it is whole");
        let Some(request) = request else { return "400 Bad Request" };
        door.answer(&request, "page", &|what, asked| match what {
            "fork" => Ok(asked.clone()),
            what => Err(what.to_owned()),
        })
        .status
    }

    #[test]
    fn only_who_has_the_address_is_let_in_and_only_its_own_page_may_ask() {
        let door = door();
        let (host, secret) = (format!("127.0.0.1:{}", door.port), &door.secret);
        let get = |path: &str, head: &str| status(&door, &format!("GET {path} HTTP/1.1\n{head}\n\n"));
        let own = format!("Host: {host}");
        let page = format!("/{secret}/");
        assert_eq!(get(&page, &own), "200 OK");
        assert_eq!(get(&page, &format!("{own}\nOrigin: http://{host}")), "200 OK");
        assert_eq!(get("/", &own), "404 Not Found");
        assert_eq!(get(&format!("/{}/", "0".repeat(32)), &own), "404 Not Found");
        assert_eq!(get(&format!("{page}other"), &own), "404 Not Found");
        // A name that was made to lead here, and no name at all.
        assert_eq!(get(&page, "Host: evil.example"), "403 Forbidden");
        assert_eq!(get(&page, &format!("Host: evil.example:{}", door.port)), "403 Forbidden");
        assert_eq!(get(&page, "Accept: */*"), "403 Forbidden");
        // Other pages in the same browser.
        assert_eq!(get(&page, &format!("{own}\nOrigin: http://evil.example")), "403 Forbidden");
        assert_eq!(get(&page, &format!("{own}\nSec-Fetch-Site: cross-site")), "403 Forbidden");
        let post = |what: &str, head: &str, body: &str| {
            let long = body.len();
            status(
                &door,
                &format!("POST /{secret}/{what} HTTP/1.1\n{head}\nContent-Length: {long}\n\n{body}"),
            )
        };
        let ours = format!("{own}\nOrigin: http://{host}");
        assert_eq!(post("fork", &ours, "{}"), "200 OK");
        assert_eq!(post("fork", &ours, "{"), "422 Unprocessable Content");
        assert_eq!(post("other", &ours, "{}"), "422 Unprocessable Content");
        assert_eq!(post("fork", &own, "{}"), "403 Forbidden");
        assert_eq!(post("fork", &format!("{own}\nOrigin: null"), "{}"), "403 Forbidden");
        let put = status(&door, &format!("PUT {page} HTTP/1.1\n{ours}\n\n"));
        assert_eq!(put, "405 Method Not Allowed");
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let door = door();
        let own = format!("Host: 127.0.0.1:{}", door.port);
        for request in [
            "\n".to_owned(),
            "GET /\n\n".to_owned(),
            "GET / SPDY/9\n\n".to_owned(),
            format!("GET / HTTP/1.1\n{own}\n{own}\n\n"),
            format!("GET / HTTP/1.1\n{own}\nTransfer-Encoding: chunked\n\n"),
            format!("POST / HTTP/1.1\n{own}\nContent-Length: 99999999999\n\n"),
            format!("GET / HTTP/1.1\n{own}\nX: {}\n\n", "x".repeat(20_000)),
        ] {
            assert_eq!(status(&door, &request), "400 Bad Request", "{request:.60}");
        }
    }

    #[test]
    fn who_asks_nothing_is_told_nothing() {
        assert!(read(&mut &b""[..]).is_err(), "a connection that was opened and left");
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let quiet = TcpStream::connect(listener.local_addr().expect("it has a port")).expect("it listens");
        let (stream, _) = listener.accept().expect("somebody has come");
        stream.set_read_timeout(Some(Duration::from_millis(20))).expect("it can be set");
        assert!(read(&mut BufReader::new(&stream)).is_err(), "one that waits for later");
        drop(quiet);
    }
}
