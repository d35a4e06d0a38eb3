//! What begins with a backslash: characters, classes, assertions, and references to groups.

use super::super::one::{Class, Item, One};
use super::super::tree::{Assert, Node};
use super::{Parser, Reference, Result, Wrong};

impl Parser<'_> {
    pub(super) fn class(&self, class: Class, negated: bool) -> Item {
        Item::Class { class, negated, ucp: self.flags.ucp }
    }

    fn one_of(&self, item: Item) -> Node {
        Node::One(One::Set {
            negated: false,
            caseless: false,
            unicode: self.flags.unicode,
            items: vec![item],
        })
    }

    pub(super) fn class_escape(&self, letter: char) -> Option<Item> {
        Some(match letter {
            'd' => self.class(Class::Digit, false),
            'D' => self.class(Class::Digit, true),
            's' => self.class(Class::Space, false),
            'S' => self.class(Class::Space, true),
            'w' => self.class(Class::Word, false),
            'W' => self.class(Class::Word, true),
            'h' => self.class(Class::Horizontal, false),
            'H' => self.class(Class::Horizontal, true),
            'v' => self.class(Class::Vertical, false),
            'V' => self.class(Class::Vertical, true),
            _ => return None,
        })
    }

    pub(super) fn escape(&mut self) -> Result<Node> {
        self.at += 1;
        let Some(letter) = self.peek() else { return self.bad("\\ at end of pattern") };
        if let Some(item) = self.class_escape(letter) {
            self.at += 1;
            return Ok(self.one_of(item));
        }
        let assert = match letter {
            'b' => Assert::Word { negated: false },
            'B' => Assert::Word { negated: true },
            'A' => Assert::TextStart,
            'z' => Assert::TextEnd,
            'Z' => Assert::LastLineEnd,
            'G' => Assert::From,
            _ => return self.other_escape(letter),
        };
        self.at += 1;
        Ok(Node::Assert(assert))
    }

    fn other_escape(&mut self, letter: char) -> Result<Node> {
        match letter {
            'K' => {
                self.at += 1;
                Ok(Node::Keep)
            }
            'N' => {
                self.at += 1;
                Ok(Node::One(One::Any))
            }
            'R' => {
                self.at += 1;
                let pair = Node::Sequence(vec![Node::One(One::Char(13)), Node::One(One::Char(10))]);
                let single = self.one_of(self.class(Class::Vertical, false));
                Ok(Node::Atomic(Node::Choice(vec![pair, single]).into()))
            }
            'p' | 'P' => self.unsupported("a property of characters"),
            'X' => self.unsupported("\\X"),
            'C' => self.unsupported("\\C"),
            'g' => self.reference(),
            'k' => {
                self.at += 1;
                let end = match self.next() {
                    Some('<') => '>',
                    Some('\'') => '\'',
                    Some('{') => '}',
                    _ => return self.bad("\\k is not followed by a braced, angle-bracketed, or quoted name"),
                };
                let name = self.name(end)?;
                Ok(self.back_to_name(name))
            }
            '1'..='9' => {
                let start = self.at;
                let number = self.number();
                if number < 8 || number <= self.groups {
                    return Ok(self.back(number));
                }
                self.at = start;
                if letter >= '8' {
                    self.at += 1;
                    return Ok(self.point(u32::from(letter)));
                }
                let point = self.octal(3);
                Ok(self.point(point))
            }
            _ => {
                let point = self.character(letter)?;
                Ok(self.point(point))
            }
        }
    }

    fn back(&mut self, group: usize) -> Node {
        self.references.push((Reference::Number(group), self.at));
        self.back_node(group)
    }

    /// `\g1`, `\g{1}`, `\g{-1}`, `\g{name}`, and as a routine `\g<1>`.
    fn reference(&mut self) -> Result<Node> {
        self.at += 1;
        if matches!(self.peek(), Some('<' | '\'')) {
            return self.unsupported("\\g as a routine");
        }
        let braced = self.eat("{");
        let back = self.eat("-");
        if !self.peek().is_some_and(|next| next.is_ascii_digit()) {
            if !braced {
                return self.bad("a numbered reference must not be zero");
            }
            let name = self.name('}')?;
            return Ok(self.back_to_name(name));
        }
        let number = self.number();
        if braced && !self.eat("}") {
            return self.bad("\\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain number");
        }
        let group = if back { (self.groups + 1).saturating_sub(number) } else { number };
        if group == 0 {
            return self.bad("a numbered reference must not be zero");
        }
        Ok(self.back(group))
    }

    pub(super) fn octal(&mut self, most: usize) -> u32 {
        let mut value = 0;
        for _ in 0..most {
            match self.peek().and_then(|next| next.to_digit(8)) {
                Some(digit) => value = value * 8 + digit,
                None => break,
            }
            self.at += 1;
        }
        if self.flags.unicode { value } else { value & 0xff }
    }

    /// The character that an escape stands for.
    pub(super) fn character(&mut self, letter: char) -> Result<u32> {
        self.at += 1;
        Ok(match letter {
            'a' => 7,
            'e' => 27,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            '0' => {
                self.at -= 1;
                self.octal(3)
            }
            'c' => match self.next() {
                None => return self.bad("\\c at end of pattern"),
                Some(next) => u32::from(next.to_ascii_uppercase()) ^ 64,
            },
            'o' => return self.braced(8, "\\o is not followed by {"),
            'x' if self.peek() == Some('{') => return self.braced(16, ""),
            'x' => {
                let mut value = 0;
                for _ in 0..2 {
                    match self.peek().and_then(|next| next.to_digit(16)) {
                        Some(digit) => value = value * 16 + digit,
                        None => break,
                    }
                    self.at += 1;
                }
                value
            }
            'L' | 'l' | 'U' | 'u' => {
                return self.bad("PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u");
            }
            _ => self.text[self.at - 1],
        })
    }

    fn braced(&mut self, base: u32, missing: &'static str) -> Result<u32> {
        if !self.eat("{") {
            return self.bad(missing);
        }
        let mut value: u32 = 0;
        while let Some(digit) = self.peek().and_then(|next| next.to_digit(base)) {
            value = value.saturating_mul(base).saturating_add(digit);
            self.at += 1;
        }
        if !self.eat("}") {
            return self.bad("non-hex character in \\x{} (closing brace missing?)");
        }
        if value > if self.flags.unicode { 0x10_ffff } else { 255 } {
            return Err(Wrong::Bad("character value in \\x{} or \\o{} is too large", self.at - 1));
        }
        Ok(value)
    }
}
