//! Reading what the driver prints.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::scenario::Orders;
use crate::scenario::ast::{Deed, MessageKind};

use super::cast::Roles;
use super::merge;
use super::order::{self, Heard};
use super::outcome::Account;
use super::story::{Story, Supervises};
use super::term::Term;

const BEGIN: &str = "=treefall begin=";
const END: &str = "=treefall end=";

/// A run of the real Erlang.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What the run came to, part by part.
    pub outcome: Account,
    /// By how many milliseconds the machine was late, at worst: what hangs on less is not its doing.
    pub late_ms: u64,
}

/// What happened on the real Erlang, from what the driver printed.
///
/// `cast` is who takes part in the scenario, `orders` what it asks for, of which nothing has happened yet; `line_of` says
/// on which line of the file a byte is.
///
/// # Errors
///
/// What is wrong with the text, if the driver cannot have printed it, or if not everything had settled.
pub fn read(
    printed: &str,
    (cast, orders): (&Roles, Orders<'_>),
    line_of: &dyn Fn(usize) -> usize,
) -> Result<Reading, String> {
    let begin = printed.find(BEGIN).ok_or("it printed no result")?;
    let rest = &printed[begin + BEGIN.len()..];
    let lines = &rest[..rest.find(END).ok_or("its result breaks off")?];
    let mut reader = Reader {
        story: Story::new(cast.answered.clone()),
        labels: BTreeMap::new(),
        tasks: BTreeMap::new(),
        streams: BTreeMap::new(),
        labels_of: BTreeMap::new(),
        spawned: BTreeMap::new(),
        unfinished: BTreeSet::new(),
        node: None,
        ended: None,
        orders,
    };
    let mut events = Vec::new();
    for line in lines.lines().filter(|line| !line.is_empty()) {
        events.push(serde_json::from_str(line).map_err(|_| not_understood(line))?);
    }
    reader.tasks = events.iter().filter_map(task).collect();
    for event in merge::in_order(&events) {
        reader.hear(event, line_of).ok_or_else(|| not_understood(&event.to_string()))?;
    }
    for (title, span, told) in reader.orders.told() {
        reader.story.order(title, line_of(span.start), told);
    }
    match reader.ended {
        Some((true, late_ms)) => Ok(Reading { outcome: reader.story.outcome(), late_ms }),
        Some((false, _)) => Err("something still happened when its time was up".to_owned()),
        None => Err("its result has no end".to_owned()),
    }
}

fn not_understood(line: &str) -> String {
    format!("it printed a line that nobody understands: {line}")
}

struct Reader<'a> {
    story: Story,
    /// What the next process that somebody spawns will be called.
    labels: BTreeMap<String, String>,
    /// What tasks are called that a task supervisor has started. It does not know itself.
    tasks: BTreeMap<String, String>,
    /// What somebody has last asked a task supervisor for.
    labels_of: BTreeMap<String, String>,
    /// What the tasks of the stream are called that somebody has begun last.
    streams: BTreeMap<String, String>,
    /// Whom everybody has spawned since they last said what they would.
    spawned: BTreeMap<String, String>,
    /// Servers that are in `init`.
    unfinished: BTreeSet<String>,
    /// The node on which it happens, if there are two.
    node: Option<String>,
    /// Whether all had settled, and by how much the machine was late.
    ended: Option<(bool, u64)>,
    /// How far the orders have come that the file asks for.
    orders: Orders<'a>,
}

/// Who is a task, and what it is called.
fn task(event: &Value) -> Option<(String, String)> {
    let term = |field: &str| Term::of_json(event.get(field)?);
    match (event.get("event")?.as_str()?, term("pid")?, term("label")?) {
        ("task", Term::Pid(key), Term::Atom(label)) => Some((key, label)),
        _ => None,
    }
}

impl Reader<'_> {
    /// Takes in one event; nothing if it is none.
    fn hear(&mut self, event: &Value, line_of: &dyn Fn(usize) -> usize) -> Option<()> {
        let term = |field: &str| Term::of_json(event.get(field)?);
        let pid = |field: &str| match term(field) {
            Some(Term::Pid(key)) => Some(key),
            _ => None,
        };
        let atom = |field: &str| match term(field) {
            Some(Term::Atom(text)) => Some(text),
            _ => None,
        };
        match event.get("event")?.as_str()? {
            "node" => self.node = Some(atom("node")?),
            "label" => {
                let parent = pid("pid")?;
                self.spawned.remove(&parent);
                self.labels.insert(parent, atom("label")?);
            }
            "label_of" => {
                self.labels_of.insert(pid("pid")?, atom("label")?);
            }
            "streams" => {
                self.streams.insert(pid("pid")?, atom("label")?);
            }
            // Known from the beginning.
            "task" => (),
            "not_started" => {
                let parent = pid("pid")?;
                // If its name was taken, nobody was spawned at all.
                self.labels.remove(&parent);
                if let Some(child) = self.spawned.remove(&parent) {
                    self.story.not_started(&child);
                }
            }
            "spawn" => {
                let (child, parent) = (pid("pid")?, pid("parent")?);
                if event.get("helper").is_some() {
                    self.story.runtime(&child);
                    return Some(());
                }
                if atom("label").is_some_and(|label| label == "stream_monitor")
                    && let Some(tasks) = self.streams.get(&parent)
                {
                    self.labels_of.insert(child.clone(), tasks.clone());
                }
                let task = || self.tasks.get(&child).or_else(|| self.labels_of.get(&parent)).cloned();
                match atom("label").or_else(|| self.labels.remove(&parent)).or_else(task) {
                    Some(label) => {
                        match &self.node {
                            Some(node) => self.story.born_on(node, &child, &parent, &label),
                            None => self.story.born(&child, &parent, &label),
                        }
                        if event.get("supervises").is_some() {
                            self.story.supervises(&child, Supervises::Ordered);
                        }
                        if event.get("awaited").is_none() {
                            self.order(&child, Heard::Started);
                        }
                        self.spawned.insert(parent, child);
                    }
                    // Nobody of the scenario: an application's master, a helper of OTP's.
                    None => self.story.runtime(&child),
                }
            }
            "supervises" => {
                let which = [Supervises::Ordered, Supervises::Dynamic];
                self.story.supervises(&pid("pid")?, which[usize::from(event.get("dynamic")?.as_bool()?)]);
            }
            kind @ ("begins" | "initialised" | "exit") => self.lives(kind, pid("pid")?, term("reason"))?,
            kind @ ("started" | "log" | "message") => self.ordered(kind, event)?,
            "report" => {
                let children = event.get("children")?.as_i64()?;
                let (context, reason, id) = (atom("context")?, term("reason")?, term("id")?);
                self.story.report(&pid("pid")?, &context, &reason, &id, children);
            }
            "reply" => self.story.replied(&pid("pid")?, &term("value")?),
            "failed" => {
                let start = usize::try_from(event.get("start")?.as_u64()?).ok()?;
                self.story.failed(&pid("pid")?, line_of(start));
            }
            // One that is busy says nothing.
            "tree" => self.tree(&pid("pid")?, term("value")?)?,
            "finals" => self.finals(term("value")?)?,
            "ended" => self.ended = Some((event.get("settled")?.as_bool()?, event.get("late")?.as_u64()?)),
            _ => return None,
        }
        Some(())
    }

    /// What children a supervisor has in the end, if it says so.
    fn tree(&mut self, key: &str, value: Term) -> Option<()> {
        let Term::List(children) = value else { return Some(()) };
        let mut pairs = Vec::new();
        for child in children.into_iter().rev() {
            let Term::Tuple(parts) = child else { return None };
            let [id, child] = <[Term; 2]>::try_from(parts).ok()?;
            pairs.push((id, child));
        }
        self.story.tree(key, &pairs);
        Some(())
    }

    /// What the shared variables hold in the end.
    fn finals(&mut self, value: Term) -> Option<()> {
        let Term::List(held) = value else { return None };
        let mut pairs = Vec::new();
        for entry in held {
            let Term::Tuple(parts) = entry else { return None };
            let [Term::Atom(name), value] = <[Term; 2]>::try_from(parts).ok()? else { return None };
            pairs.push((name, value));
        }
        self.story.ended_with(&pairs);
        Some(())
    }

    /// What only orders speak of.
    fn ordered(&mut self, kind: &str, event: &Value) -> Option<()> {
        let term = |field: &str| Term::of_json(event.get(field)?);
        let word = |field: &str| match term(field)? {
            Term::Atom(word) => Some(word),
            _ => None,
        };
        let Term::Pid(key) = term("pid")? else { return None };
        let heard = match (kind, term("text")) {
            ("started", _) => Heard::Started,
            ("log", Some(Term::Text(text))) => Heard::Logged(text, term("value")?),
            ("message", _) => Heard::Message {
                deed: Deed::named(&word("deed")?)?,
                kind: MessageKind::named(&word("kind")?)?,
                content: term("value")?,
                other: term("other")?,
            },
            _ => return None,
        };
        self.order(&key, heard);
        Some(())
    }

    fn order(&mut self, key: &str, heard: Heard) {
        if !self.orders.is_empty() {
            order::hear(&mut self.orders, &self.story, key, heard);
        }
    }

    /// A server begins or ends its `init`, or somebody dies.
    fn lives(&mut self, kind: &str, key: String, reason: Option<Term>) -> Option<()> {
        match kind {
            "begins" => drop(self.unfinished.insert(key)),
            "initialised" => drop(self.unfinished.remove(&key)),
            _ => {
                // Its starter may be dead, and then nobody says that it has not started.
                if self.unfinished.remove(&key) {
                    self.story.not_started(&key);
                }
                let reason = reason?;
                self.story.died(&key, &reason);
                self.order(&key, Heard::Ended(reason));
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Simulation, parse};

    fn read_lines(lines: &str) -> Result<Reading, String> {
        read(&format!("noise\n{BEGIN}\n{lines}\n{END}\n"), (&Roles::default(), Orders::default()), &|byte| {
            byte
        })
    }

    #[test]
    fn a_printed_run_is_told() {
        let reading = read_lines(
            r#"{"event":"label","pid":{"pid":"<0.1.0>"},"label":{"atom":"top"}}
{"event":"spawn","pid":{"pid":"<0.2.0>"},"parent":{"pid":"<0.1.0>"}}
{"event":"exit","pid":{"pid":"<0.2.0>"},"reason":{"atom":"shutdown"}}
{"event":"ended","settled":true,"late":3}"#,
        );
        let reading = reading.expect("it can be read");
        assert_eq!(reading.outcome.text(), "top\n    top starts\n    top exits: shutdown\n");
        assert_eq!(reading.late_ms, 3);
    }

    #[test]
    fn an_order_is_judged_by_what_was_printed() {
        let text = "supervisor top { worker a }\nserver a { on cast go $n { log \"goes\" $n } }\n\
                    finally in-order twice { started a; log \"goes\" 1 by=a; log \"goes\" _ by=a }\n";
        let simulation = Simulation::of(&parse("orders.kdl", text).expect("it is a scenario"));
        let told = |numbers: &[u8]| {
            let begin = r#"{"event":"label","pid":{"pid":"<0.1.0>"},"label":{"atom":"a"}}
{"event":"spawn","pid":{"pid":"<0.2.0>"},"parent":{"pid":"<0.1.0>"},"awaited":{"atom":"true"}}
{"event":"started","pid":{"pid":"<0.2.0>"}}"#;
            let logged = numbers.iter().map(|number| {
                format!(r#"{{"event":"log","pid":{{"pid":"<0.2.0>"}},"text":"goes","value":[{number}]}}"#)
            });
            let end = r#"{"event":"ended","settled":true,"late":0}"#;
            let lines: Vec<String> =
                std::iter::once(begin.to_owned()).chain(logged).chain([end.to_owned()]).collect();
            let printed = format!("{BEGIN}\n{}\n{END}\n", lines.join("\n"));
            let reading = read(&printed, (&Roles::default(), simulation.orders()), &|_| 3);
            let text = reading.expect("it can be read").outcome.text();
            text.split_once("order twice (line 3)\n    ").expect("it is told").1.trim_end().to_owned()
        };
        assert_eq!(told(&[1, 7]), "has happened as a whole");
        assert_eq!(told(&[1]), "has come as far as `log \"goes\" 1 by=a`");
        assert_eq!(told(&[2, 1]), "goes wrong behind `started a`");
        assert_eq!(told(&[1, 2, 3]), "goes on behind its last line");
    }

    #[test]
    fn what_nobody_printed_is_refused() {
        assert!(read("crash dump", (&Roles::default(), Orders::default()), &|byte| byte).is_err());
        assert!(read(&format!("{BEGIN}\n"), (&Roles::default(), Orders::default()), &|byte| byte).is_err());
        for lines in [
            "",
            "garbage",
            r#"{"event":"spawn"}"#,
            r#"{"event":"dance"}"#,
            r#"{"event":"ended","settled":false,"late":3}"#,
        ] {
            assert!(read_lines(lines).is_err(), "{lines}");
        }
    }
}
