//! Graphviz: a tree as a graph, for `dot`.

use std::fmt::Write;

use crate::trace::{Forest, Section};

use super::paper::{cut, node_words};

/// Longer words are cut.
const LETTERS_MAX: usize = 60;

/// A tree as a graph.
pub fn tree(forest: &Forest) -> String {
    let mut text = "digraph tree {\n    graph [bgcolor=transparent, nodesep=0.3]\n    node [shape=box, \
                    style=\"rounded,filled\", fillcolor=\"#f6f8fa\", color=\"#57606a\", fontname=\"Helvetica\", \
                    fontsize=11]\n    edge [color=\"#57606a\", arrowsize=0.6]\n"
        .to_owned();
    let mut put = |line: String| writeln!(text, "    {line}").expect("a string takes anything");
    for (place, entry) in forest.entries.iter().enumerate() {
        let words: Vec<String> =
            node_words(entry).iter().map(|line| quoted(&cut(line, LETTERS_MAX))).collect();
        let look = match (entry.is_alive, entry.section) {
            (false, _) => ", color=\"#cf222e\", fontcolor=\"#cf222e\", style=\"rounded,dashed\"",
            (true, Section::Orphans) => ", color=\"#cf222e\"",
            (true, _) => "",
        };
        put(format!("n{place} [label=\"{}\"{look}]", words.join("\\n")));
        if let Some(above) = entry.above {
            put(format!("n{above} -> n{place}"));
        }
        if entry.more > 0 {
            put(format!("m{place} [label=\"… {} more\", shape=plaintext, style=\"\"]", entry.more));
            put(format!("n{place} -> m{place}"));
        }
    }
    text.push_str("}\n");
    text
}

/// A string in quotes: a backslash would begin what Graphviz replaces.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
