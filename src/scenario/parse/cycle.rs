//! Supervisors that contain themselves.

use std::collections::BTreeMap;

use super::super::ast::{Child, Name, Scenario, Supervisor, SupervisorBody, WorkerModule};
use super::super::mistake::Mistake;
use super::parser::Parser;

/// Reports a supervisor of the top level that has itself among its children, or theirs.
pub(super) fn check(parser: &mut Parser<'_>, scenario: &Scenario) {
    let supervisors: Vec<&Supervisor> = scenario.trees.iter().map(|tree| &tree.supervisor).collect();
    let numbers: BTreeMap<&str, usize> = supervisors
        .iter()
        .enumerate()
        .map(|(number, supervisor)| (supervisor.name.text.as_str(), number))
        .collect();
    let mut edges: Vec<(usize, usize, &Name)> = Vec::new();
    for (number, supervisor) in supervisors.iter().enumerate() {
        references(supervisor, &mut |name| {
            edges.extend(numbers.get(name.text.as_str()).map(|to| (number, *to, name)));
        });
    }
    // What is left is on a cycle, or on a way between two.
    let edges = without_ends(edges, supervisors.len(), |(from, to, _)| (*from, *to));
    let edges = without_ends(edges, supervisors.len(), |(from, to, _)| (*to, *from));
    let first = edges.iter().map(|(_, _, name)| *name).min_by_key(|name| name.span);
    if let Some(name) = first {
        let message = format!("`{}` would start itself again, without an end", name.text);
        parser.report(Mistake::new(name.span, message, "contains this supervisor"));
    }
}

/// The definitions that a supervisor and the supervisors drawn in it start.
fn references<'s>(supervisor: &'s Supervisor, found: &mut impl FnMut(&'s Name)) {
    for child in supervisor.body.children() {
        match child {
            Child::Worker(worker) => {
                if let WorkerModule::Definition(name) = &worker.module {
                    found(name);
                }
            }
            Child::Supervisor(nested) if nested.body == SupervisorBody::Reference => found(&nested.name),
            // As nested as the file, and so within its limit.
            Child::Supervisor(nested) => references(nested, found),
        }
    }
}

/// Removes edges into what no edge leaves, until there is none.
fn without_ends<E>(edges: Vec<E>, nodes: usize, direction: fn(&E) -> (usize, usize)) -> Vec<E> {
    let mut leaving = vec![0_usize; nodes];
    let mut sources: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    for edge in &edges {
        let (from, to) = direction(edge);
        leaving[from] += 1;
        sources[to].push(from);
    }
    let mut ends: Vec<usize> = (0..nodes).filter(|node| leaving[*node] == 0).collect();
    while let Some(end) = ends.pop() {
        for source in std::mem::take(&mut sources[end]) {
            leaving[source] -= 1;
            if leaving[source] == 0 {
                ends.push(source);
            }
        }
    }
    let kept = |edge: &E| {
        let (from, to) = direction(edge);
        leaving[from] > 0 && leaving[to] > 0
    };
    edges.into_iter().filter(kept).collect()
}
