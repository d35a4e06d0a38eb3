//! What is checked of the text before it is parsed as KDL.
//!
//! The KDL parser is recursive, so its stack grows with the nesting of the text. This scanner
//! knows KDL's strings and comments, and nothing else of it. It also reports those that never end,
//! because a parser that has lost its place in a string mistakes the rest of the file for nodes.

use super::super::ast::Span;
use super::super::limits::{MAX_BYTES, MAX_NESTING};
use super::super::mistake::Mistake;

/// Refuses text that is empty, too large, nested too deeply, or with a string or comment that
/// never ends.
pub(super) fn check(text: &str) -> Result<(), Vec<Mistake>> {
    if text.len() as u64 > MAX_BYTES {
        let message = format!("the file is larger than the limit of {MAX_BYTES} bytes");
        return Err(vec![Mistake::new(Span::new(0, 0), message, "starts here")]);
    }
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        let mistake = Mistake::new(Span::new(0, 0), "the file is empty", "nothing is here");
        let help = "the smallest scenario is a tree of one worker: `supervisor top { worker a }`";
        return Err(vec![mistake.with_help(help)]);
    }
    let mut scanner =
        Scanner { text, bytes: text.as_bytes(), at: 0, nesting: 0, blocks: Vec::new(), crowded: Vec::new() };
    let scanned = scanner.scan();
    let mut mistakes = scanner.crowded;
    mistakes.extend(scanned.err());
    if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
}

struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    nesting: usize,
    /// Where the blocks that are open were opened.
    blocks: Vec<usize>,
    /// Lines that go on after their block, like `} else {`.
    crowded: Vec<Mistake>,
}

impl Scanner<'_> {
    fn scan(&mut self) -> Result<(), Mistake> {
        while let Some(&byte) = self.bytes.get(self.at) {
            let hashes = self.hashes();
            match byte {
                b'#' if self.bytes.get(self.at + hashes) == Some(&b'"') => {
                    self.raw_string(hashes)?;
                }
                b'#' => self.at += hashes,
                b'"' if self.sees(b"\"\"\"") => self.multi_line_string()?,
                b'"' => self.string()?,
                b'/' if self.sees(b"//") => self.line_comment(),
                b'/' if self.sees(b"/*") => self.block_comment()?,
                b'{' | b'(' => {
                    self.nesting += 1;
                    self.check_nesting(self.nesting)?;
                    if byte == b'{' {
                        self.blocks.push(self.at);
                    }
                    self.at += 1;
                }
                b'}' if self.blocks.pop().is_none() => {
                    let span = Span::new(self.at, self.at + 1);
                    let message = "this `}` closes nothing";
                    return Err(Mistake::new(span, message, "no block is open here"));
                }
                b'}' | b')' => {
                    self.nesting = self.nesting.saturating_sub(1);
                    self.at += 1;
                    if byte == b'}' {
                        self.check_end_of_block();
                    }
                }
                _ => self.at += 1,
            }
        }
        match self.blocks.pop() {
            Some(open) => Err(self.unclosed(open, "this block", "}")),
            None => Ok(()),
        }
    }

    /// A block ends its line. The KDL parser loses its way when it does not, and says so in words
    /// that do not help; `} else {` is what everybody writes first.
    fn check_end_of_block(&mut self) {
        let rest = &self.text[self.at..];
        let next = rest.trim_start_matches([' ', '\t']);
        let ends = |character: char| character.is_whitespace() || "{};".contains(character);
        let word = next.find(ends).map_or(next, |end| &next[..end]);
        if word.is_empty() || word.starts_with(['/', '\\']) {
            return;
        }
        let start = self.at + rest.len() - next.len();
        let help = match word {
            "else" => "begin a new line with `else`, or write `; else`",
            _ => "begin a new line, or write `;`; values and properties stand before the block",
        };
        let span = Span::new(start, start + word.len());
        let mistake = Mistake::new(span, "a block ends its line", "this follows a block");
        self.crowded.push(mistake.with_help(help));
    }

    fn sees(&self, what: &[u8]) -> bool {
        self.bytes[self.at..].starts_with(what)
    }

    /// KDL ends a line at each of these.
    fn sees_newline(&self) -> bool {
        ["\n", "\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}"]
            .iter()
            .any(|newline| self.sees(newline.as_bytes()))
    }

    fn hashes(&self) -> usize {
        self.bytes[self.at..].iter().take_while(|byte| **byte == b'#').count()
    }

    fn check_nesting(&self, nesting: usize) -> Result<(), Mistake> {
        if nesting <= MAX_NESTING {
            return Ok(());
        }
        let message = format!("nested deeper than the limit of {MAX_NESTING} levels");
        Err(Mistake::new(Span::new(self.at, self.at + 1), message, "one level too deep"))
    }

    fn unclosed(&self, start: usize, what: &str, closing: &str) -> Mistake {
        Mistake::new(Span::new(start, start + 1), format!("{what} is not closed"), "starts here")
            .with_help(format!("end it with `{closing}`"))
    }

    /// `"…"`, on one line but for escaped line breaks.
    fn string(&mut self) -> Result<(), Mistake> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                None => return Err(self.unclosed(start, "a string", "\"")),
                Some(_) if self.sees_newline() => {
                    return Err(self.unclosed(start, "a string", "\"").with_help(
                        "end it with `\"`; a string of several lines stands between `\"\"\"` lines",
                    ));
                }
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        Ok(())
    }

    /// `"""`, lines, `"""`.
    fn multi_line_string(&mut self) -> Result<(), Mistake> {
        let start = self.at;
        self.at += 3;
        while !self.sees(b"\"\"\"") {
            match self.bytes.get(self.at) {
                Some(b'\\') => self.escape()?,
                Some(_) => self.at += 1,
                None => return Err(self.unclosed(start, "a string of several lines", "\"\"\"")),
            }
        }
        self.at += 3;
        Ok(())
    }

    /// `\n`, `\u{1F600}`, or a backslash and white space, which stand for nothing.
    fn escape(&mut self) -> Result<(), Mistake> {
        let start = self.at;
        let rest = &self.bytes[self.at + 1..];
        let white = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let length = match rest {
            [b'n' | b'r' | b't' | b'\\' | b'"' | b'b' | b'f' | b's', ..] => 1,
            [b'u', b'{', ..] => match rest.iter().position(|byte| *byte == b'}') {
                Some(end) if (3..=8).contains(&end) && hexadecimal(&rest[2..end]) => end + 1,
                _ => 0,
            },
            [byte, ..] if byte.is_ascii_whitespace() => white(rest),
            _ => 0,
        };
        if length == 0 {
            return Err(Mistake::new(
                Span::new(start, start + 2),
                "a backslash in a string must begin an escape",
                "unknown escape",
            )
            .with_help("write `\\\\` for a backslash, or a raw string: `#\"…\"#`"));
        }
        self.at += 1 + length;
        Ok(())
    }

    /// `#"…"#`, where nothing is escaped.
    fn raw_string(&mut self, hashes: usize) -> Result<(), Mistake> {
        let start = self.at;
        self.at += hashes;
        let quotes: &[u8] = if self.sees(b"\"\"\"") { b"\"\"\"" } else { b"\"" };
        let mut closing = quotes.to_vec();
        closing.resize(quotes.len() + hashes, b'#');
        self.at += quotes.len();
        while !self.sees(&closing) {
            let ends_line = self.sees_newline();
            if self.at >= self.bytes.len() || (ends_line && quotes.len() == 1) {
                let closing = String::from_utf8_lossy(&closing);
                return Err(self.unclosed(start, "a raw string", &closing));
            }
            self.at += 1;
        }
        self.at += closing.len();
        Ok(())
    }

    fn line_comment(&mut self) {
        while self.at < self.bytes.len() && !self.sees_newline() {
            self.at += 1;
        }
    }

    /// `/* … */`, which may hold others.
    fn block_comment(&mut self) -> Result<(), Mistake> {
        let start = self.at;
        let mut nesting = 0;
        loop {
            if self.sees(b"/*") {
                nesting += 1;
                self.check_nesting(self.nesting + nesting)?;
                self.at += 2;
            } else if self.sees(b"*/") {
                nesting -= 1;
                self.at += 2;
                if nesting == 0 {
                    return Ok(());
                }
            } else if self.at >= self.bytes.len() {
                return Err(self.unclosed(start, "a comment", "*/"));
            } else {
                self.at += 1;
            }
        }
    }
}

fn hexadecimal(digits: &[u8]) -> bool {
    digits.iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::check;

    fn message(text: &str) -> Option<String> {
        check(text).err().map(|mistakes| mistakes[0].message.clone())
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_nest() {
        let many = "{(".repeat(100);
        for text in [
            format!("a \"{many}\""),
            format!("a \"\\\"{many}\""),
            format!("a #\"\"{many}\"#"),
            format!("a ##\"\"# {many}\"##"),
            format!("a \"\"\"\n{many} \" {many}\n\"\"\""),
            format!("a #\"\"\"\n{many}\\\n\"\"\"#"),
            format!("a // {many}"),
            format!("a /* {many} /* {many} */ {many} */ b"),
        ] {
            assert_eq!(message(&text), None, "{text}");
        }
    }

    #[test]
    fn brackets_outside_of_them_do() {
        let many = "a {".repeat(65);
        for text in [
            many.clone(),
            format!("a \"\\\\\" {many}"),
            format!("a #\"\\\"# {many}"),
            format!("a #true {many}"),
            format!("a /* /* */ */ {many}"),
            format!("a // b\n{many}"),
            "/*".repeat(65),
            format!("a {}", "(".repeat(65)),
        ] {
            assert_eq!(
                message(&text).as_deref(),
                Some("nested deeper than the limit of 64 levels"),
                "{text}"
            );
        }
    }

    #[test]
    fn siblings_do_not_nest() {
        assert_eq!(message(&"a { b (c)d }\n".repeat(1000)), None);
    }

    #[test]
    fn what_never_ends_is_found_where_it_starts() {
        for (text, start) in [("a \"b\nc", 2), ("a #\"b\"", 2), ("a /* /* */", 2), ("\"\"\"\n\"", 0)] {
            let mistake = &check(text).expect_err(text)[0];
            assert!(mistake.message.ends_with("is not closed"), "{text}: {}", mistake.message);
            assert_eq!(mistake.span.start, start, "{text}");
        }
    }
}
