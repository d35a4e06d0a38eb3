//! Where the lines of a file stand, for those who change one: a change of a scenario is a change of its text, which
//! is then read as any other.

use kdl::{KdlDocument, KdlNode};

use super::super::ast::Span;
use super::syntax;
use super::value::{entry_span, name_span, span};

/// A line of a file, and what is in its block.
#[derive(Clone, Debug, PartialEq)]
pub struct FileLine {
    /// Its first word.
    pub word: String,
    /// Where the first word stands.
    pub word_span: Span,
    /// Where the line stands, without its block.
    pub line: Span,
    /// The same with its block.
    pub whole: Span,
    /// Where its arguments stand.
    pub arguments: Vec<Span>,
    /// Its properties, and where their values stand.
    pub properties: Vec<(String, Span)>,
    /// Whether a block follows.
    pub has_block: bool,
    /// The lines of its block.
    pub block: Vec<FileLine>,
}

impl FileLine {
    /// Where the value of a property stands.
    pub fn property(&self, name: &str) -> Option<Span> {
        self.properties.iter().find(|(known, _)| known == name).map(|(_, span)| *span)
    }

    /// Visits it and every line in it, from the first to the last, with the block that each stands in.
    pub fn visit<'p>(
        &'p self,
        siblings: &'p [FileLine],
        visitor: &mut dyn FnMut(&'p FileLine, &'p [FileLine]),
    ) {
        visitor(self, siblings);
        self.block.iter().for_each(|line| line.visit(&self.block, visitor));
    }
}

/// The lines of a text that is a scenario; none of one that is not even KDL.
pub fn places(text: &str) -> Vec<FileLine> {
    syntax::document(text).map_or_else(|_| Vec::new(), |document| of_document(&document, text))
}

fn of_document(document: &KdlDocument, text: &str) -> Vec<FileLine> {
    document.nodes().iter().map(|node| of_node(node, text)).collect()
}

fn of_node(node: &KdlNode, text: &str) -> FileLine {
    let word_span = name_span(node);
    let line = node.entries().last().map_or(word_span, |last| word_span.to(entry_span(last)));
    let block = node.children().map_or_else(Vec::new, |block| of_document(block, text));
    let has_block = node.children().is_some();
    let arguments = node.entries().iter().filter(|entry| entry.name().is_none());
    let properties = node.entries().iter().filter_map(|entry| Some((entry.name()?, entry)));
    FileLine {
        word: node.name().value().to_owned(),
        word_span,
        line,
        whole: if has_block { Span::new(line.start, end_of_block(line, &block, text)) } else { line },
        arguments: arguments.map(entry_span).collect(),
        properties: properties.map(|(name, entry)| (name.value().to_owned(), span(entry, text))).collect(),
        has_block,
        block,
    }
}

/// Behind the brace that closes the block of a line. Between it and the last line in it there are only spaces and
/// comments.
fn end_of_block(line: Span, block: &[FileLine], text: &str) -> usize {
    let opened = |from: usize| after(text, from, '{');
    let inside = block.last().map_or_else(|| opened(line.end), |last| last.whole.end);
    after(text, inside, '}')
}

/// Behind the next such letter that stands in no comment.
fn after(text: &str, from: usize, letter: char) -> usize {
    let mut at = from;
    while let Some(rest) = text.get(at..)
        && let Some(next) = rest.chars().next()
    {
        at += match next {
            _ if next == letter => return at + letter.len_utf8(),
            _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            _ => next.len_utf8(),
        };
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::places;

    #[test]
    fn a_line_ends_with_the_brace_of_its_block() {
        let text = "// c\nsupervisor top strategy=one_for_all { // x }\n    worker a; worker b name=\"}\"\n    \
                    supervisor c { }\n    // } not this\n}\nserver d\n";
        let found = places(text);
        let whole = |place: &super::FileLine| text[place.whole.start..place.whole.end].to_owned();
        assert!(whole(&found[0]).starts_with("supervisor top") && whole(&found[0]).ends_with("not this\n}"));
        let inside: Vec<String> = found[0].block.iter().map(whole).collect();
        assert_eq!(inside, ["worker a", "worker b name=\"}\"", "supervisor c { }"]);
        let strategy = found[0].property("strategy").expect("it is said");
        assert_eq!(&text[strategy.start..strategy.end], "one_for_all");
        assert_eq!(whole(&found[1]), "server d");
    }
}
