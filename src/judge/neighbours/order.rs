//! The order of children, and of what a process that supervises by itself starts: all others where they are few, else
//! each child taken to another place, those moves first that what children call and start suggests.

use std::collections::BTreeSet;

use crate::scenario::FileLine;
use crate::scenario::ast::{Child, Knob, Span, WorkerModule};

use super::super::change::{Change, Edit, Proposal, propose as change};
use super::super::design::Design;

/// Lines by which a process starts others, one after the other.
const STARTS: &[&str] = &["start_link", "start", "spawn_link", "spawn", "start_child"];
/// So many orders of one block are next to its own.
const MOST: usize = 64;
/// Of so many lines all orders are.
const FEW: usize = 4;

pub(super) fn propose(design: &Design, found: &mut Vec<Proposal>) {
    for supervisor in design.supervisors() {
        let Some(children) = Design::draws(supervisor) else { continue };
        let lines: Option<Vec<&FileLine>> = children.iter().map(|child| design.place(child.span())).collect();
        let names: Vec<&str> = children.iter().map(|child| child.name().text.as_str()).collect();
        if let Some(lines) = lines {
            let orders = orders(children.len(), &needs(design, children));
            propose_each(design, &supervisor.name.text, &lines, &names, orders, found);
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

/// Supervisors whose children have more orders than are next to theirs: how many there are, and how many of these are.
pub(in crate::judge) fn left(design: &Design, knobs: &BTreeSet<Knob>) -> Vec<(String, u128, usize)> {
    let mut left = Vec::new();
    for supervisor in design.supervisors() {
        let name = &supervisor.name.text;
        let Some(children) = Design::draws(supervisor) else { continue };
        if !knobs.contains(&Knob::Order) || !design.may_vary(Knob::Order, name) || children.len() <= FEW {
            continue;
        }
        let all = (1..=children.len() as u128).fold(1, u128::saturating_mul) - 1;
        left.push((name.clone(), all, orders(children.len(), &[]).len()));
    }
    left
}

/// Of a block, the lines in a row that start something.
fn starts(design: &Design, block: &[FileLine], found: &mut Vec<Proposal>) {
    let is_start = |line: &FileLine| STARTS.contains(&line.word.as_str());
    for run in block.chunk_by(|one, other| is_start(one) == is_start(other)) {
        if run.len() > 1 && is_start(&run[0]) {
            let lines: Vec<&FileLine> = run.iter().collect();
            let names: Vec<&str> = run.iter().map(|line| design.said(line.line)).collect();
            let of = format!("line {}", design.line_number(run[0].line));
            propose_each(design, &of, &lines, &names, orders(lines.len(), &[]), found);
        }
    }
}

/// Which children need which others: whose code, or that of somebody below, names those, or somebody below those.
fn needs(design: &Design, children: &[Child]) -> Vec<(usize, usize)> {
    let named: Vec<BTreeSet<&str>> = children.iter().map(|child| names_in(child)).collect();
    let mentioned: Vec<BTreeSet<&str>> = children.iter().map(|child| mentioned_by(design, child)).collect();
    let pairs = (0..children.len()).flat_map(|one| (0..children.len()).map(move |other| (one, other)));
    pairs.filter(|(one, other)| one != other && !mentioned[*one].is_disjoint(&named[*other])).collect()
}

/// A child and all that is drawn below it.
fn names_in(child: &Child) -> BTreeSet<&str> {
    let mut names = BTreeSet::from([child.name().text.as_str()]);
    if let Child::Supervisor(below) = child {
        names.extend(below.body.children().iter().flat_map(names_in));
    }
    names
}

/// Whom the code of a child, and of all that is drawn below it, names.
fn mentioned_by<'d>(design: &'d Design, child: &'d Child) -> BTreeSet<&'d str> {
    let mut mentioned = BTreeSet::new();
    match child {
        Child::Supervisor(below) => {
            mentioned.extend(below.body.children().iter().flat_map(|child| mentioned_by(design, child)));
        }
        Child::Worker(worker) => {
            let WorkerModule::Definition(module) = &worker.module else { return mentioned };
            let definition = design.scenario.definitions.iter().find(|known| known.name.text == module.text);
            if let Some(place) = definition.and_then(|known| design.place(known.span)) {
                place.visit(&place.block, &mut |line, _| {
                    mentioned.extend(line.arguments.iter().map(|span| design.said(*span).trim_matches('"')));
                });
            }
        }
    }
    mentioned
}

/// The orders next to that of so many: each says who stands at its places. First the one in which everybody comes after
/// those that he needs, then those in which more do.
fn orders(of: usize, needs: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut orders = moves(of);
    if of <= FEW {
        permutations(&mut Vec::new(), of, &mut orders);
    }
    let met = |order: &[usize]| {
        let place = |who: usize| order.iter().position(|other| *other == who);
        needs.iter().filter(|(who, whom)| place(*whom) < place(*who)).count()
    };
    orders.sort_by_key(|order| std::cmp::Reverse(met(order)));
    orders.splice(0..0, by_need(of, needs));
    let mut known = BTreeSet::from([(0..of).collect::<Vec<usize>>()]);
    orders.retain(|order| known.insert(order.clone()));
    orders.truncate(MOST);
    orders
}

/// Everybody after those that he needs, and else as they stand; none if they need each other, or nobody needs anybody.
fn by_need(of: usize, needs: &[(usize, usize)]) -> Option<Vec<usize>> {
    let mut left: Vec<usize> = (0..of).collect();
    let mut order = Vec::new();
    while let Some(place) = left.iter().position(|who| {
        let is_met = |(one, whom): &(usize, usize)| one != who || order.contains(whom);
        needs.iter().all(is_met)
    }) {
        order.push(left.remove(place));
    }
    (left.is_empty() && !needs.is_empty()).then_some(order)
}

/// Every line at every other place. Neighbours change places once.
fn moves(of: usize) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    for from in 0..of {
        for to in 0..of {
            let near = from.abs_diff(to) == 1;
            if from != to && (!near || to > from) {
                let mut order: Vec<usize> = (0..of).collect();
                let moved = order.remove(from);
                order.insert(to, moved);
                found.push(order);
            }
        }
    }
    found
}

fn permutations(begun: &mut Vec<usize>, of: usize, found: &mut Vec<Vec<usize>>) {
    if begun.len() == of {
        found.push(begun.clone());
    }
    for next in (0..of).filter(|next| !begun.contains(next)).collect::<Vec<usize>>() {
        begun.push(next);
        permutations(begun, of, found);
        begun.pop();
    }
}

/// An order in words: which line has moved, or all of it.
fn told(order: &[usize], names: &[&str]) -> String {
    for from in 0..order.len() {
        for to in 0..order.len() {
            let mut moved: Vec<usize> = (0..order.len()).collect();
            let one = moved.remove(from);
            moved.insert(to, one);
            if from != to && moved == order {
                return match (from.abs_diff(to), to > from) {
                    (1, _) => format!("swap {} and {}", names[from.min(to)], names[from.max(to)]),
                    (_, true) => format!("{} after {}", names[from], names[to]),
                    (_, false) => format!("{} before {}", names[from], names[to]),
                };
            }
        }
    }
    let names: Vec<&str> = order.iter().map(|who| names[*who]).collect();
    format!("order {}", names.join(", "))
}

fn propose_each(
    design: &Design,
    of: &str,
    lines: &[&FileLine],
    names: &[&str],
    orders: Vec<Vec<usize>>,
    found: &mut Vec<Proposal>,
) {
    let slots: Vec<Span> = lines.iter().map(|line| with_comment(&design.text, line.whole)).collect();
    for order in orders {
        let edits = order
            .iter()
            .enumerate()
            .filter(|(slot, who)| slot != *who)
            .map(|(slot, who)| Edit { span: slots[slot], text: design.said(slots[*who]).to_owned() });
        let (edits, told) = (edits.collect(), told(&order, names));
        change(found, Change { knob: Knob::Order, of: of.to_owned(), told, was: None, edits });
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
    use super::{MOST, Span, orders, told, with_comment};

    #[test]
    fn of_few_all_orders_are_tried_and_of_many_those_first_that_are_needed() {
        assert_eq!(orders(3, &[]).len(), 5);
        assert_eq!(orders(4, &[]).len(), 23);
        assert_eq!(orders(6, &[]).len(), 5 + 20, "every one at every other place, neighbours once");
        assert_eq!(orders(30, &[]).len(), MOST);
        // The first needs the third, and the fifth the last.
        let first = &orders(6, &[(0, 2), (4, 5)])[0];
        assert_eq!(first, &[1, 2, 0, 3, 5, 4]);
        assert_eq!(told(first, &["a", "b", "c", "d", "e", "f"]), "order b, c, a, d, f, e");
        assert_eq!(told(&[1, 2, 0], &["a", "b", "c"]), "a after c");
        let circle = orders(6, &[(0, 2), (2, 0)]);
        assert_eq!(circle.len(), 25, "who need each other have no order, and nobody is left out");
    }

    #[test]
    fn the_comment_above_a_line_goes_with_it() {
        let text = "a\n    // one\n    // two\n    worker b\n";
        let at = text.find("worker").expect("it is there");
        let span = with_comment(text, Span::new(at, at + 8));
        assert_eq!(&text[span.start..span.end], "// one\n    // two\n    worker b");
    }
}
