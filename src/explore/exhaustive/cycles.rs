//! Runs that never end: states that can be reached from themselves.
//!
//! A run that ends is judged at its end. One that does not goes round and round in a strongly connected part
//! of the graph of states. It counts only if it is fair: whoever could go on all the time does go on some
//! time. A part in which somebody could go on in every state, and never does, holds no fair run (for what is
//! fair, and why whole parts are enough: Lichtenstein and Pnueli, *Checking that finite state concurrent
//! programs satisfy their linear specification*, POPL 1985).

use std::collections::BTreeSet;

use crate::kernel::Choice;

use super::super::party::Party;
use super::record::Record;
use super::space::{Ending, StateSpace, Watch};

/// Parts of more states than this are taken for fair without a look.
const LOOKED_AT_MAX: usize = 10_000;

/// Looks for fair runs without an end, and asks whether one is wrong.
pub(super) fn look<S: StateSpace>(space: &S, record: &mut Record<S>, watch: &mut dyn Watch<S>) -> Ending {
    for part in parts(record.nodes.len(), &record.edges) {
        let some = part.iter().take(LOOKED_AT_MAX).take_while(|_| !space.is_left());
        let states: Vec<S::State> = some.map(|node| record.way(space, *node).1).collect();
        if space.is_left() {
            watch.progress(&record.covered);
            return Ending::Stopped;
        }
        let fair = part.len() > LOOKED_AT_MAX || is_fair(space, record, &part, &states);
        if fair && watch.endless(&states) {
            let (to, _) = record.way(space, part[0]);
            let around = round(space, record, &part, &states);
            return Ending::Endless { to, around };
        }
    }
    Ending::Complete
}

/// The strongly connected parts that a run can stay in, each in the order in which its states were found.
/// Tarjan, *Depth-first search and linear graph algorithms*, SIAM J. Comput. 1972, without recursion.
fn parts(nodes: usize, edges: &[(u32, u32)]) -> Vec<Vec<u32>> {
    let mut begins = vec![0_usize; nodes + 1];
    edges.iter().for_each(|(from, _)| begins[*from as usize + 1] += 1);
    for node in 0..nodes {
        begins[node + 1] += begins[node];
    }
    let mut free = begins.clone();
    let mut targets = vec![0_u32; edges.len()];
    for (from, to) in edges {
        targets[free[*from as usize]] = *to;
        free[*from as usize] += 1;
    }
    const NEW: u32 = u32::MAX;
    let (mut index, mut low) = (vec![NEW; nodes], vec![0_u32; nodes]);
    let mut on_stack = vec![false; nodes];
    let (mut stack, mut counter, mut found) = (Vec::new(), 0, Vec::new());
    let mut calls: Vec<(u32, usize)> = Vec::new();
    for root in 0..u32::try_from(nodes).expect("states have numbers") {
        if index[root as usize] != NEW {
            continue;
        }
        calls.push((root, begins[root as usize]));
        while let Some((node, next)) = calls.last_mut() {
            let at = *node as usize;
            if index[at] == NEW {
                index[at] = counter;
                low[at] = counter;
                counter += 1;
                stack.push(*node);
                on_stack[at] = true;
            }
            if *next < begins[at + 1] {
                let target = targets[*next];
                *next += 1;
                if index[target as usize] == NEW {
                    calls.push((target, begins[target as usize]));
                } else if on_stack[target as usize] {
                    low[at] = low[at].min(index[target as usize]);
                }
                continue;
            }
            let node = *node;
            calls.pop();
            if let Some((parent, _)) = calls.last() {
                low[*parent as usize] = low[*parent as usize].min(low[at]);
            }
            if low[at] == index[at] {
                let mut part = Vec::new();
                while let Some(member) = stack.pop() {
                    on_stack[member as usize] = false;
                    part.push(member);
                    if member == node {
                        break;
                    }
                }
                let loops = || targets[begins[at]..begins[at + 1]].contains(&node);
                if part.len() > 1 || loops() {
                    part.sort_unstable();
                    found.push(part);
                }
            }
        }
    }
    found.sort_unstable();
    found
}

/// Whether everybody who can go on in all states of a part does so inside it.
fn is_fair<S: StateSpace>(space: &S, record: &Record<S>, part: &[u32], states: &[S::State]) -> bool {
    let mut always: Option<BTreeSet<Party>> = None;
    let mut moves = BTreeSet::new();
    let (mut taken, mut scratch) = (Vec::new(), S::Scratch::default());
    for state in states {
        let choices = space.choices(state);
        let here: BTreeSet<Party> = choices.iter().filter_map(|choice| Party::of(*choice)).collect();
        always = Some(match always {
            Some(always) => &always & &here,
            None => here,
        });
        for choice in choices {
            let mut there = state.clone();
            taken.clear();
            space.step(&mut there, choice, &mut taken, &mut scratch);
            let target = record.find(&there, space.fingerprint(&there));
            if target.is_some_and(|target| part.binary_search(&target).is_ok()) {
                moves.extend(taken.iter().filter_map(|choice| Party::of(*choice)));
            }
        }
    }
    always.is_none_or(|always| always.is_subset(&moves))
}

/// The choices that lead from the first state of a part back to it.
fn round<S: StateSpace>(space: &S, record: &Record<S>, part: &[u32], states: &[S::State]) -> Vec<Choice> {
    let first = part[0];
    let mut scratch = S::Scratch::default();
    let mut before: Vec<Option<(usize, Vec<Choice>)>> = vec![None; part.len()];
    let mut level = vec![0];
    while !level.is_empty() {
        let mut next = Vec::new();
        for at in level {
            let Some(state) = states.get(at) else { continue };
            for choice in space.choices(state) {
                let (mut there, mut taken) = (state.clone(), Vec::new());
                space.step(&mut there, choice, &mut taken, &mut scratch);
                let Some(target) = record.find(&there, space.fingerprint(&there)) else { continue };
                if target == first {
                    let mut back = vec![taken];
                    let mut from = at;
                    while from != 0 {
                        let Some((earlier, choices)) = before[from].take() else { break };
                        back.push(choices);
                        from = earlier;
                    }
                    return back.into_iter().rev().flatten().collect();
                }
                let Ok(place) = part.binary_search(&target) else { continue };
                if place != 0 && before[place].is_none() {
                    before[place] = Some((at, taken));
                    next.push(place);
                }
            }
        }
        level = next;
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn parts_are_what_can_reach_itself() {
        let edges = [(0, 1), (1, 2), (2, 1), (2, 3), (3, 4), (4, 4), (0, 5)];
        assert_eq!(parts(6, &edges), [vec![1, 2], vec![4]]);
        assert_eq!(parts(3, &[(0, 1), (1, 2), (0, 2)]), Vec::<Vec<u32>>::new());
    }
}
