//! What begins with a parenthesis: groups of all kinds, conditions, routines, flags, and the names of groups.

use super::super::Flags;
use super::super::tree::{Condition, Node};
use super::{Parser, Reference, Result, Wrong};

impl Parser<'_> {
    pub(super) fn group(&mut self, depth: usize) -> Result<Node> {
        let flags = self.flags;
        self.at += 1;
        if self.peek() == Some('*') {
            return self.unsupported("a verb");
        }
        if !self.eat("?") {
            return match flags.no_auto_capture {
                true => Ok(Node::Sequence(vec![self.closed(depth, flags)?])),
                false => self.capture(None, depth, flags),
            };
        }
        let look = |behind, negated, node: Node| Node::Look { behind, negated, node: node.into() };
        if self.eat(":") {
            // An assertion in parentheses can be repeated, as it cannot without them.
            Ok(Node::Sequence(vec![self.closed(depth, flags)?]))
        } else if self.eat(">") {
            Ok(Node::Atomic(self.closed(depth, flags)?.into()))
        } else if self.eat("=") {
            Ok(look(false, false, self.closed(depth, flags)?))
        } else if self.eat("!") {
            Ok(look(false, true, self.closed(depth, flags)?))
        } else if self.eat("<=") || self.eat("<!") {
            let negated = self.text[self.at - 1] == u32::from('!');
            let node = self.closed(depth, flags)?;
            if node.clone().alternatives().iter().any(|node| node.width().is_none()) {
                return Err(Wrong::Bad("lookbehind assertion is not fixed length", self.at - 1));
            }
            Ok(look(true, negated, node))
        } else if self.eat("|") {
            self.branch_reset(depth, flags)
        } else if self.eat("P=") {
            let name = self.name(')')?;
            Ok(self.back_to_name(name))
        } else if self.eat("P<") || self.eat("<") {
            let name = self.name('>')?;
            self.capture(Some(name), depth, flags)
        } else if self.eat("'") {
            let name = self.name('\'')?;
            self.capture(Some(name), depth, flags)
        } else if self.eat("(") {
            self.condition(depth, flags)
        } else {
            self.call_or_flags(depth, flags)
        }
    }

    /// What is in a group, up to its end; what was set within ends there.
    pub(super) fn closed(&mut self, depth: usize, flags: Flags) -> Result<Node> {
        let node = self.alternatives(depth + 1)?;
        self.flags = flags;
        if self.eat(")") { Ok(node) } else { self.bad("missing )") }
    }

    fn capture(&mut self, name: Option<String>, depth: usize, flags: Flags) -> Result<Node> {
        self.groups += 1;
        let group = self.groups;
        if let Some(name) = name {
            match self.names.get(&name) {
                Some(other) if *other != group => {
                    return Err(Wrong::Bad("two named subpatterns have the same name", self.at - 1));
                }
                _ => self.names.insert(name, group),
            };
        }
        self.open.push((group, false));
        let node = Node::Capture(group, self.closed(depth, flags)?.into());
        let refers_to_itself = self.open.pop().is_some_and(|(_, itself)| itself);
        Ok(if refers_to_itself { Node::Atomic(node.into()) } else { node })
    }

    /// `(?|...)`: each alternative counts its groups from the same number.
    fn branch_reset(&mut self, depth: usize, flags: Flags) -> Result<Node> {
        let (first, mut most) = (self.groups, self.groups);
        let mut nodes = Vec::new();
        loop {
            self.groups = first;
            nodes.push(self.sequence(depth + 1)?);
            most = most.max(self.groups);
            if !self.eat("|") {
                break;
            }
        }
        self.groups = most;
        self.flags = flags;
        if self.eat(")") { Ok(Node::Choice(nodes)) } else { self.bad("missing )") }
    }

    pub(super) fn name(&mut self, end: char) -> Result<String> {
        let mut name = String::new();
        while let Some(next) = self.peek().filter(|next| next.is_ascii_alphanumeric() || *next == '_') {
            name.push(next);
            self.at += 1;
        }
        if name.is_empty() {
            return Err(Wrong::Bad("unrecognized character after (?<", self.at));
        }
        if name.starts_with(|first: char| first.is_ascii_digit()) {
            return Err(Wrong::Bad("group name must start with a non-digit", self.at - name.len()));
        }
        if self.peek() == Some(end) {
            self.at += 1;
            Ok(name)
        } else {
            self.bad("syntax error in subpattern name (missing terminator)")
        }
    }

    pub(super) fn back_to_name(&mut self, name: String) -> Node {
        let group = self.names.get(&name).copied().unwrap_or(0);
        self.references.push((Reference::Name(name), self.at));
        self.back_node(group)
    }

    /// A group that is referred to within itself is gone through in one way only.
    pub(super) fn back_node(&mut self, group: usize) -> Node {
        self.open.iter_mut().filter(|(open, _)| *open == group).for_each(|(_, itself)| *itself = true);
        Node::Back { group, caseless: self.flags.caseless }
    }

    fn condition(&mut self, depth: usize, flags: Flags) -> Result<Node> {
        let on = if let Some('?') = self.peek() {
            self.at -= 1;
            match self.group(depth + 1)? {
                node @ Node::Look { .. } => Condition::Look(node),
                _ => return self.bad("assertion expected after (?("),
            }
        } else if self.eat("DEFINE)") {
            Condition::Never
        } else if self.peek().is_some_and(|next| next.is_ascii_digit()) {
            let number = self.number();
            self.references.push((Reference::Number(number), self.at));
            if !self.eat(")") {
                return self.bad("malformed number or name after (?(");
            }
            Condition::Group(number)
        } else if self.peek() == Some('R') {
            return self.unsupported("a condition on recursion");
        } else {
            let end = if self.eat("<") {
                '>'
            } else if self.eat("'") {
                '\''
            } else {
                ')'
            };
            let name = self.name(end)?;
            if end != ')' && !self.eat(")") {
                return self.bad("malformed number or name after (?(");
            }
            let group = self.names.get(&name).copied().unwrap_or(0);
            self.references.push((Reference::Name(name), self.at));
            Condition::Group(group)
        };
        let (yes, no) = match self.closed(depth, flags)? {
            Node::Choice(nodes) => match <[Node; 2]>::try_from(nodes) {
                Ok([yes, no]) => (yes, no),
                Err(_) => return self.bad("conditional group contains more than two branches"),
            },
            yes => (yes, Node::Empty),
        };
        Ok(Node::Condition { on: on.into(), yes: yes.into(), no: no.into() })
    }

    pub(super) fn number(&mut self) -> usize {
        let mut number: usize = 0;
        while let Some(digit) = self.peek().and_then(|next| next.to_digit(10)) {
            number = number.saturating_mul(10).saturating_add(digit as usize);
            self.at += 1;
        }
        number
    }

    fn call_or_flags(&mut self, depth: usize, flags: Flags) -> Result<Node> {
        if self.eat("R)") {
            return Ok(Node::Call(0));
        }
        if self.eat("&") || self.eat("P>") {
            let name = self.name(')')?;
            let group = self.names.get(&name).copied().unwrap_or(0);
            self.references.push((Reference::Name(name), self.at));
            return Ok(Node::Call(group));
        }
        let signed = matches!(self.peek(), Some('+' | '-'))
            && self.text.get(self.at + 1).is_some_and(|next| (48..58).contains(next));
        if signed || self.peek().is_some_and(|next| next.is_ascii_digit()) {
            let sign = if signed { self.next() } else { None };
            let number = self.number();
            let group = match sign {
                Some('-') => (self.groups + 1).saturating_sub(number),
                Some('+') => self.groups + number,
                _ => number,
            };
            self.references.push((Reference::Number(group), self.at));
            return if self.eat(")") {
                Ok(Node::Call(group))
            } else {
                self.bad("(?R or (?[+-]digits must be followed by )")
            };
        }
        let (mut on, mut set) = (true, flags);
        loop {
            match self.next() {
                Some('-') => on = false,
                Some('i') => set.caseless = on,
                Some('m') => set.multiline = on,
                Some('s') => set.dotall = on,
                Some('x') => set.extended = on,
                Some('U') => set.ungreedy = on,
                Some('J') => return self.unsupported("names used twice"),
                Some('C') => return self.unsupported("a callout"),
                Some(')') => {
                    self.flags = set;
                    return Ok(Node::Empty);
                }
                Some(':') => {
                    self.flags = set;
                    return Ok(Node::Sequence(vec![self.closed(depth, flags)?]));
                }
                next => {
                    self.at -= usize::from(next.is_some());
                    return self.bad("unrecognized character after (? or (?-");
                }
            }
        }
    }
}
