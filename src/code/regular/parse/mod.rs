//! From the text of a pattern to a tree, with the words of PCRE for what is wrong with it.

mod escape;
mod group;
mod set;

use std::collections::BTreeMap;

use super::Flags;
use super::one::One;
use super::tree::{Assert, How, Node};

/// Why a pattern is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// It is no pattern: what is wrong, and where.
    Bad(&'static str, usize),
    /// It is one, but nothing that is matched here.
    Unsupported(String),
}

/// A pattern that has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    pub(super) tree: Node,
    pub(super) groups: usize,
    pub(super) names: BTreeMap<String, usize>,
}

type Result<T> = std::result::Result<T, Wrong>;

struct Parser<'a> {
    text: &'a [u32],
    at: usize,
    flags: Flags,
    groups: usize,
    names: BTreeMap<String, usize>,
    /// References to groups that may come later, each with where it ends.
    references: Vec<(Reference, usize)>,
    /// The groups that have begun, each with whether something in it refers to it.
    open: Vec<(usize, bool)>,
}

#[derive(Clone, Debug)]
enum Reference {
    Number(usize),
    Name(String),
}

const TOO_DEEP: usize = 200;

/// Reads a pattern of these characters.
///
/// # Errors
///
/// When it is none.
pub fn parse(text: &[u32], flags: Flags) -> Result<Parsed> {
    let mut count = Parser::new(text, flags);
    count.alternatives(0)?;
    let mut parser = Parser::new(text, flags);
    // A name may be used before the group that has it.
    parser.names = count.names;
    let tree = parser.alternatives(0)?;
    if parser.at < text.len() {
        return Err(Wrong::Bad("unmatched parentheses", parser.at));
    }
    for (reference, end) in &parser.references {
        let known = match reference {
            Reference::Number(number) => *number <= parser.groups,
            Reference::Name(name) => parser.names.contains_key(name),
        };
        if !known {
            return Err(Wrong::Bad("reference to non-existent subpattern", *end));
        }
    }
    Ok(Parsed { tree, groups: parser.groups, names: parser.names })
}

impl<'a> Parser<'a> {
    fn new(text: &'a [u32], flags: Flags) -> Parser<'a> {
        Parser {
            text,
            at: 0,
            flags,
            groups: 0,
            names: BTreeMap::new(),
            references: Vec::new(),
            open: Vec::new(),
        }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).map(|point| char::from_u32(*point).unwrap_or('\u{fffd}'))
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    fn eat(&mut self, text: &str) -> bool {
        let there = text
            .chars()
            .enumerate()
            .all(|(place, letter)| self.text.get(self.at + place) == Some(&u32::from(letter)));
        if there {
            self.at += text.chars().count();
        }
        there
    }

    fn bad<T>(&self, what: &'static str) -> Result<T> {
        Err(Wrong::Bad(what, self.at))
    }

    fn unsupported<T>(&self, what: &str) -> Result<T> {
        Err(Wrong::Unsupported(format!("{what} in a regular expression, at {}", self.at)))
    }

    fn alternatives(&mut self, depth: usize) -> Result<Node> {
        if depth > TOO_DEEP {
            return self.bad("parentheses are too deeply nested");
        }
        let mut nodes = vec![self.sequence(depth)?];
        while self.eat("|") {
            nodes.push(self.sequence(depth)?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::Choice(nodes) })
    }

    fn sequence(&mut self, depth: usize) -> Result<Node> {
        let mut nodes = Vec::new();
        loop {
            self.skip_space()?;
            match self.peek() {
                None | Some('|' | ')') => break,
                Some('\\') if self.eat("\\Q") => {
                    while self.peek().is_some() && !self.eat("\\E") {
                        let node = self.literal();
                        nodes.push(node);
                    }
                    // Only the last of them is repeated.
                    if let Some(node) = nodes.pop() {
                        let node = self.repeated(node)?;
                        nodes.push(node);
                    }
                    continue;
                }
                Some('\\') if self.eat("\\E") => continue,
                _ => (),
            }
            let node = self.atom(depth)?;
            let node = self.repeated(node)?;
            nodes.push(node);
        }
        Ok(match nodes.len() {
            0 => Node::Empty,
            1 => nodes.remove(0),
            _ => Node::Sequence(nodes),
        })
    }

    /// Comments, and under `x` white space.
    fn skip_space(&mut self) -> Result<()> {
        loop {
            if self.eat("(?#") {
                while self.peek().is_some_and(|next| next != ')') {
                    self.at += 1;
                }
                if !self.eat(")") {
                    return self.bad("missing ) after comment");
                }
            } else if self.flags.extended && self.peek().is_some_and(|next| matches!(next, ' ' | '\t'..='\r'))
            {
                self.at += 1;
            } else if self.flags.extended && self.eat("#") {
                while self.next().is_some_and(|next| next != '\n') {}
            } else {
                return Ok(());
            }
        }
    }

    fn literal(&mut self) -> Node {
        let point = self.text[self.at];
        self.at += 1;
        self.point(point)
    }

    fn point(&self, point: u32) -> Node {
        Node::One(One::of(point, self.flags.caseless, self.flags.unicode))
    }

    fn repeated(&mut self, node: Node) -> Result<Node> {
        self.skip_space()?;
        let start = self.at;
        let (min, max) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => match self.braces()? {
                Some(bounds) => bounds,
                None => return Ok(node),
            },
            _ => return Ok(node),
        };
        if self.at == start {
            self.at += 1;
        }
        if matches!(node, Node::Assert(_) | Node::Keep) {
            return Err(Wrong::Bad("nothing to repeat", start));
        }
        let how = if self.eat("+") {
            How::Possessive
        } else if self.eat("?") != self.flags.ungreedy {
            How::Lazy
        } else {
            How::Greedy
        };
        Ok(Node::Repeat { node: node.into(), min, max, how })
    }

    /// `{n}`, `{n,}` or `{n,m}`; where it is none of these, a brace is a brace.
    fn braces(&mut self) -> Result<Option<(u32, Option<u32>)>> {
        let rest: String = self.text[self.at + 1..]
            .iter()
            .map_while(|point| char::from_u32(*point).filter(|c| *c != '}'))
            .take(20)
            .collect();
        let closed = self.text.get(self.at + 1 + rest.chars().count()) == Some(&u32::from('}'));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (min, max) = match rest.split_once(',') {
            None => (rest.as_str(), Some(rest.as_str())),
            Some((min, "")) => (min, None),
            Some((min, max)) => (min, Some(max)),
        };
        if !closed || !digits(min) || !max.is_none_or(digits) {
            return Ok(None);
        }
        self.at += rest.len() + 2;
        let number = |text: &str| text.parse::<u32>().ok().filter(|number| *number < 65536);
        let (Some(min), Some(max)) = (number(min), max.map_or(Some(None), |max| number(max).map(Some)))
        else {
            return Err(Wrong::Bad("number too big in {} quantifier", self.at - 1));
        };
        if max.is_some_and(|max| max < min) {
            return Err(Wrong::Bad("numbers out of order in {} quantifier", self.at - 1));
        }
        Ok(Some((min, max)))
    }

    fn atom(&mut self, depth: usize) -> Result<Node> {
        let assert = |assert| Ok(Node::Assert(assert));
        match self.peek() {
            Some('(') => self.group(depth),
            Some('[') => self.set(),
            Some('\\') => self.escape(),
            Some('*' | '+' | '?') => self.bad("nothing to repeat"),
            Some('{') => match self.braces()? {
                Some(_) => Err(Wrong::Bad("nothing to repeat", self.at - 1)),
                None => Ok(self.literal()),
            },
            Some('.') => {
                self.at += 1;
                Ok(Node::One(if self.flags.dotall { One::All } else { One::Any }))
            }
            Some('^') => {
                self.at += 1;
                assert(if self.flags.multiline { Assert::LineStart } else { Assert::Start })
            }
            Some('$') => {
                self.at += 1;
                assert(match (self.flags.multiline, self.flags.dollar_endonly) {
                    (true, _) => Assert::LineEnd,
                    (false, true) => Assert::EndOnly,
                    (false, false) => Assert::End,
                })
            }
            _ => Ok(self.literal()),
        }
    }
}
