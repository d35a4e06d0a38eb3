//! Files of one module that import each other in a circle: to understand one of them is to read them all.

use std::collections::{BTreeMap, BTreeSet};

use super::imports::Crate;
use super::source::Source;

/// The circles between the files of one module, each sorted: the largest sets of files of which each leads to
/// each other.
pub fn circles(sources: &[Source]) -> Vec<Vec<String>> {
    let whole = Crate::of(sources);
    let next: BTreeMap<usize, Vec<usize>> = (0..sources.len())
        .map(|from| {
            let to = whole.imports_of(from).into_iter().map(|import| import.to);
            (from, to.filter(|to| sources[*to].module.first() == sources[from].module.first()).collect())
        })
        .collect();
    let reached: BTreeMap<usize, BTreeSet<usize>> =
        next.keys().map(|from| (*from, reach(&next, *from))).collect();
    let mut found: BTreeSet<Vec<String>> = BTreeSet::new();
    for (from, reached_from) in &reached {
        let circle: BTreeSet<usize> =
            reached_from.iter().copied().filter(|other| reached[other].contains(from)).collect();
        if circle.len() > 1 {
            found.insert(circle.iter().map(|index| sources[*index].path.clone()).collect());
        }
    }
    found.into_iter().collect()
}

/// The files that a file leads to, itself only if it lies in a circle.
fn reach(next: &BTreeMap<usize, Vec<usize>>, from: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(file) = open.pop() {
        for to in &next[&file] {
            if reached.insert(*to) {
                open.push(*to);
            }
        }
    }
    reached
}
