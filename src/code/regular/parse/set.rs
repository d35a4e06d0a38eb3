//! Sets of characters: what is between brackets.

use super::super::one::{Class, Item, One};
use super::super::tree::Node;
use super::{Parser, Result, Wrong};

impl Parser<'_> {
    pub(super) fn set(&mut self) -> Result<Node> {
        self.at += 1;
        let negated = self.eat("^");
        let mut items = Vec::new();
        let mut first = true;
        while first || self.peek() != Some(']') {
            if self.peek().is_none() {
                return self.bad("missing terminating ] for character class");
            }
            first = false;
            if self.eat("\\Q") || self.eat("\\E") {
                return self.unsupported("a quotation in a character class");
            }
            let Some(from) = self.set_part(&mut items)? else { continue };
            let dash = self.peek() == Some('-') && self.text.get(self.at + 1).is_some_and(|next| *next != 93);
            if !dash {
                items.push(Item::Range(from, from));
                continue;
            }
            self.at += 1;
            let before = items.len();
            match self.set_part(&mut items)? {
                Some(to) if to < from => {
                    return Err(Wrong::Bad("range out of order in character class", self.at - 1));
                }
                Some(to) => items.push(Item::Range(from, to)),
                None => items.insert(before, Item::Range(from, from)),
            }
            if items.len() > before + 1 {
                items.push(Item::Range(45, 45));
            }
        }
        self.at += 1;
        let (caseless, unicode) = (self.flags.caseless, self.flags.unicode);
        Ok(Node::One(One::Set { negated, caseless, unicode, items }))
    }

    /// One character of a set, or none if it was a class, which then is among the items.
    fn set_part(&mut self, items: &mut Vec<Item>) -> Result<Option<u32>> {
        if self.eat("[:") {
            let start = self.at;
            let negated = self.eat("^");
            let mut name = String::new();
            while let Some(next) = self.peek().filter(char::is_ascii_lowercase) {
                name.push(next);
                self.at += 1;
            }
            if self.eat(":]") {
                let class = Class::named(&name).ok_or(Wrong::Bad("unknown POSIX class name", start))?;
                items.push(self.class(class, negated));
                return Ok(None);
            }
            self.at = start - 1;
            return Ok(Some(u32::from('[')));
        }
        let Some('\\') = self.peek() else {
            self.at += 1;
            return Ok(Some(self.text[self.at - 1]));
        };
        self.at += 1;
        let Some(letter) = self.peek() else { return self.bad("\\ at end of pattern") };
        if let Some(item) = self.class_escape(letter) {
            self.at += 1;
            items.push(item);
            return Ok(None);
        }
        Ok(Some(match letter {
            'b' => {
                self.at += 1;
                8
            }
            'p' | 'P' => return self.unsupported("a property of characters"),
            'B' | 'R' | 'X' => return self.bad("invalid escape sequence in character class"),
            'N' => return self.bad("\\N is not supported in a class"),
            '1'..='7' => self.octal(3),
            _ => self.character(letter)?,
        }))
    }
}
