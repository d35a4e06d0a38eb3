//! The order of children, and of what a process that supervises by itself starts: each taken to another place.

use crate::scenario::Place;
use crate::scenario::ast::{Knob, Span};

use super::super::change::{Change, Edit, Proposal, propose as change};
use super::super::design::Design;

/// Lines by which a process starts others, one after the other.
const STARTS: &[&str] = &["start_link", "start", "spawn_link", "spawn", "start_child"];
/// Among more children than this, only neighbours change places.
const FEW: usize = 12;

pub(super) fn propose(design: &Design, found: &mut Vec<Proposal>) {
    for supervisor in design.supervisors() {
        let Some(children) = Design::draws(supervisor) else { continue };
        let lines: Option<Vec<&Place>> = children.iter().map(|child| design.place(child.span())).collect();
        let names: Vec<&str> = children.iter().map(|child| child.name().text.as_str()).collect();
        if let Some(lines) = lines {
            moves(design, &supervisor.name.text, &lines, &names, found);
        }
    }
    let mut seen: Vec<usize> = Vec::new();
    design.visit(&mut |_, block| {
        let first = block.first().map_or(0, |line| line.line.start);
        if !seen.contains(&first) {
            seen.push(first);
            starts(design, block, found);
        }
    });
}

/// Of a block, the lines in a row that start something.
fn starts(design: &Design, block: &[Place], found: &mut Vec<Proposal>) {
    let is_start = |line: &Place| STARTS.contains(&line.word.as_str());
    for run in block.chunk_by(|one, other| is_start(one) == is_start(other)) {
        if run.len() > 1 && is_start(&run[0]) {
            let lines: Vec<&Place> = run.iter().collect();
            let names: Vec<&str> = run.iter().map(|line| design.said(line.line)).collect();
            let of = format!("line {}", design.line_number(run[0].line));
            moves(design, &of, &lines, &names, found);
        }
    }
}

/// Every line at every other place. Neighbours change places once.
fn moves(design: &Design, of: &str, lines: &[&Place], names: &[&str], found: &mut Vec<Proposal>) {
    let slots: Vec<Span> = lines.iter().map(|line| with_comment(&design.text, line.whole)).collect();
    for from in 0..lines.len() {
        for to in 0..lines.len() {
            let near = from.abs_diff(to) == 1;
            if from == to || (near && to < from) || (!near && lines.len() > FEW) {
                continue;
            }
            let mut order: Vec<usize> = (0..lines.len()).collect();
            let moved = order.remove(from);
            order.insert(to, moved);
            let told = match (near, to > from) {
                (true, _) => format!("swap {} and {}", names[from], names[to]),
                (false, true) => format!("{} after {}", names[from], names[to]),
                (false, false) => format!("{} before {}", names[from], names[to]),
            };
            let edits = order
                .iter()
                .enumerate()
                .filter(|(slot, who)| slot != *who)
                .map(|(slot, who)| Edit { span: slots[slot], text: design.said(slots[*who]).to_owned() });
            let edits = edits.collect();
            let knob = Knob::Order;
            change(found, Change { knob, of: of.to_owned(), told, was: None, edits });
        }
    }
}

/// A line with the comment lines right above it, which go where it goes.
fn with_comment(text: &str, line: Span) -> Span {
    let mut start = line.start;
    loop {
        let above = text[..start].trim_end_matches([' ', '\t']);
        let Some(above) = above.strip_suffix('\n') else { break };
        let begins = above.rfind('\n').map_or(0, |end| end + 1);
        let said = above[begins..].trim_start();
        if !said.starts_with("//") {
            break;
        }
        start = above.len() - said.len();
    }
    Span::new(start, line.end)
}

#[cfg(test)]
mod tests {
    use super::{Span, with_comment};

    #[test]
    fn the_comment_above_a_line_goes_with_it() {
        let text = "a\n    // one\n    // two\n    worker b\n";
        let at = text.find("worker").expect("it is there");
        let span = with_comment(text, Span::new(at, at + 8));
        assert_eq!(&text[span.start..span.end], "// one\n    // two\n    worker b");
    }
}
