//! What happened on two nodes, as one story.
//!
//! Each node has told what happened on it in its own order, one node after the other, each behind a line that
//! names it. No clock orders the nodes with each other, and none is needed: whoever is spoken of must have been
//! started before.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

/// The events of one node after the other, as events of both. Wherever they go on with the other node, the line
/// that names it stands before. Of one node there is nothing to order, and no such line.
pub(super) fn in_order(events: &[Value]) -> Vec<&Value> {
    let mut nodes: Vec<VecDeque<&Value>> = Vec::new();
    for event in events {
        match nodes.last_mut() {
            Some(node) if !is(event, "node") => node.push_back(event),
            _ => nodes.push(VecDeque::from([event])),
        }
    }
    if nodes.len() < 2 {
        return nodes.into_iter().flatten().collect();
    }
    let names: Vec<Option<&Value>> = nodes.iter_mut().map(VecDeque::pop_front).collect();
    let births = |(at, node): (usize, &VecDeque<&Value>)| {
        let born = node.iter().filter(|event| is(event, "spawn")).filter_map(|event| key(event.get("pid")?));
        born.map(|pid| (pid, at)).collect::<Vec<_>>()
    };
    let mut unborn: BTreeMap<String, usize> = nodes.iter().enumerate().flat_map(births).collect();
    let mut told = Vec::new();
    let mut last = None;
    loop {
        let ready = |(at, node): (usize, &VecDeque<&Value>)| {
            let mut spoken_of = BTreeSet::new();
            mentioned(node.front()?, &mut spoken_of);
            let waits = spoken_of.iter().any(|pid| unborn.get(pid).is_some_and(|other| *other != at));
            (!waits).then_some(at)
        };
        // If each waits for the other then what they say is not true, and it is told as it was said.
        let said = nodes.iter().position(|node| !node.is_empty());
        let Some(at) = nodes.iter().enumerate().find_map(ready).or(said) else { return told };
        let Some(event) = nodes[at].pop_front() else { return told };
        if is(event, "spawn")
            && let Some(pid) = event.get("pid").and_then(key)
        {
            unborn.remove(&pid);
        }
        if last != Some(at) {
            told.extend(names[at]);
            last = Some(at);
        }
        told.push(event);
    }
}

fn is(event: &Value, what: &str) -> bool {
    event.get("event").and_then(Value::as_str) == Some(what)
}

fn key(pid: &Value) -> Option<String> {
    Some(pid.get("pid")?.as_str()?.to_owned())
}

/// All processes that something speaks of.
fn mentioned(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                match inner {
                    Value::String(pid) if name == "pid" => drop(found.insert(pid.clone())),
                    _ => mentioned(inner, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|inner| mentioned(inner, found)),
        _ => (),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lines: &[&str]) -> Vec<String> {
        let events: Vec<Value> = lines
            .iter()
            .map(|line| match line.split_whitespace().collect::<Vec<_>>()[..] {
                ["node", name] => serde_json::json!({"event": "node", "node": {"atom": name}}),
                ["spawn", pid] => serde_json::json!({"event": "spawn", "pid": {"pid": pid}}),
                _ => serde_json::json!({"event": "reply", "value": [{"pid": line}]}),
            })
            .collect();
        let name = |event: &Value| {
            let name =
                ["node", "pid"].iter().find_map(|field| event.get(*field)).unwrap_or(&event["value"][0]);
            name.as_object().and_then(|name| name.values().next()?.as_str().map(str::to_owned))
        };
        in_order(&events).into_iter().filter_map(name).collect()
    }

    #[test]
    fn who_is_spoken_of_has_been_started() {
        let lines = ["node here", "spawn a", "b", "spawn c", "node there", "spawn b", "c"];
        assert_eq!(told(&lines), ["here", "a", "there", "b", "here", "b", "c", "there", "c"]);
    }

    #[test]
    fn one_node_is_told_as_it_was() {
        assert_eq!(told(&["b", "spawn b"]), ["b", "b"]);
    }

    #[test]
    fn what_cannot_be_is_told_all_the_same() {
        let lines = ["node here", "b", "spawn a", "node there", "a", "spawn b"];
        assert_eq!(told(&lines), ["here", "b", "a", "there", "a", "b"]);
    }
}
