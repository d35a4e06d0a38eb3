//! Paths as people read them, as schedules record them, and as shells take them.
//!
//! A path is bytes: it may hold a line feed, and it need not be UTF-8. What is usual is written as it is; anything
//! else is written so that it can be read back.

use std::ffi::OsStr;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::trace::{is_visible, visible};

/// A path for people, on one line.
pub(super) fn shown(path: &Path) -> String {
    path.as_os_str().as_encoded_bytes().utf8_chunks().fold(String::new(), |mut shown, chunk| {
        shown.push_str(&visible(chunk.valid()));
        for byte in chunk.invalid() {
            write!(shown, "\\x{byte:02X}").expect("a string takes anything");
        }
        shown
    })
}

/// A path as a schedule has it: in quotes if it is not plain text without quotes.
pub(super) fn written(path: &Path) -> String {
    match path.to_str() {
        Some(text) if is_plain(text) => text.to_owned(),
        _ => format!("\"{}\"", escaped(path.as_os_str(), '"')),
    }
}

/// Reads what [`written`] has written.
pub(super) fn read(text: &str) -> PathBuf {
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(unescaped) {
        Some(bytes) => from_bytes(bytes).unwrap_or_else(|| PathBuf::from(text)),
        None => PathBuf::from(text),
    }
}

/// A word of a shell command. What no quotes can show is in the quotes of ANSI C, which bash, zsh and POSIX have.
pub(super) fn word(text: impl AsRef<OsStr>) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "/._-+=:@%,".contains(letter);
    match text.as_ref().to_str() {
        Some(text) if !text.is_empty() && text.chars().all(plain) => text.to_owned(),
        Some(text) if text.chars().all(is_visible) => format!("'{}'", text.replace('\'', r"'\''")),
        _ => format!("$'{}'", escaped(text.as_ref(), '\'')),
    }
}

fn is_plain(text: &str) -> bool {
    !text.starts_with('"') && text == text.trim() && text.chars().all(is_visible)
}

/// Every byte that cannot stand for itself as `\xHH`.
fn escaped(text: &OsStr, quote: char) -> String {
    let mut escaped = String::new();
    let byte = |byte: u8, escaped: &mut String| {
        write!(escaped, "\\x{byte:02x}").expect("a string takes anything");
    };
    for chunk in text.as_encoded_bytes().utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\\' => escaped.push_str("\\\\"),
                '\n' => escaped.push_str("\\n"),
                // Whoever reads hexadecimal digits might take the next letter for one more.
                letter if letter == quote || !is_visible(letter) => {
                    letter.encode_utf8(&mut [0; 4]).bytes().for_each(|each| byte(each, &mut escaped));
                }
                letter => escaped.push(letter),
            }
        }
        chunk.invalid().iter().for_each(|each| byte(*each, &mut escaped));
    }
    escaped
}

fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(escape) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..escape]);
        let what = rest.get(escape + 1..)?;
        let long = match what.chars().next()? {
            '\\' => {
                bytes.push(b'\\');
                1
            }
            'n' => {
                bytes.push(b'\n');
                1
            }
            'x' => {
                bytes.push(u8::from_str_radix(what.get(1..3)?, 16).ok()?);
                3
            }
            _ => return None,
        };
        rest = &what[long..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    Some(bytes)
}

#[cfg(unix)]
fn from_bytes(bytes: Vec<u8>) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    Some(std::ffi::OsString::from_vec(bytes).into())
}

#[cfg(not(unix))]
fn from_bytes(bytes: Vec<u8>) -> Option<PathBuf> {
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::proptest;

    use super::{from_bytes, read, shown, word, written};

    #[test]
    fn usual_paths_are_themselves() {
        for path in ["a.kdl", "scenarios/a file.kdl", "ü/漢字.kdl", "it's.kdl", r"a\nb.kdl"] {
            assert_eq!(shown(Path::new(path)), path);
            assert_eq!(written(Path::new(path)), path);
            assert_eq!(read(path), Path::new(path));
        }
        assert_eq!(word("scenarios/a file.kdl"), "'scenarios/a file.kdl'");
        assert_eq!(word("it's"), r"'it'\''s'");
        assert_eq!(word(""), "''");
    }

    #[test]
    fn unusual_ones_are_on_one_line_and_can_be_read_back() {
        let path = Path::new("it's\nheld: a\u{1b}.kdl");
        assert_eq!(shown(path), r"it's\nheld: a\u{1B}.kdl");
        assert_eq!(written(path), r#""it's\nheld: a\x1b.kdl""#);
        assert_eq!(word(path), r"$'it\x27s\nheld: a\x1b.kdl'");
        assert_eq!(written(Path::new("\"a\"")), r#""\x22a\x22""#);
        let latin = from_bytes(b"caf\xe9.kdl".to_vec()).expect("a path is bytes");
        assert_eq!((shown(&latin), written(&latin)), (r"caf\xE9.kdl".into(), r#""caf\xe9.kdl""#.into()));
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_back(bytes in proptest::collection::vec(1..=255_u8, 1..20)) {
            let Some(path) = from_bytes(bytes) else { return Ok(()) };
            let text = written(&path);
            assert_eq!(read(text.trim()), path);
            assert!(text.lines().count() == 1);
        }
    }
}
