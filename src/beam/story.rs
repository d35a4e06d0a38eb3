//! Telling a run: events of either side become an [`Account`], with the same names and the same words.
//!
//! A process is called by its place in the tree and the number of its start there. Children of a supervisor
//! are told in the supervisor's part, so that their starts and ends are in one order; everybody else's end is
//! told in a part of its own, since nothing orders it with what its starter does.
//!
//! A real supervisor may be held up between a report and what it does next, and another child may end just
//! then. Nobody could tell, so a report is told right before the next start or report, behind such ends.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use crate::kernel::Fingerprint;

use super::outcome::{Account, FAILED, Strand};
use super::term::Term;

/// Somebody in a run.
#[derive(Clone, Debug)]
struct Person {
    name: String,
    /// Its id, or what it runs.
    label: String,
    /// Its place without incarnations; nothing for those who stand for the runtime.
    place: String,
    parent: Option<String>,
    supervises: Option<Supervises>,
    dead: bool,
    /// Its start failed: its end and what its supervisor does next are in no order until OTP 26.
    stillborn: bool,
}

/// How a supervisor orders its children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Supervises {
    /// One after the other.
    Ordered,
    /// All at once when it stops: their ends are in no order.
    Dynamic,
}

/// One line of a part.
#[derive(Clone, Debug)]
struct TaleLine {
    text: String,
    /// It is the end of a child: among its like it may be in no order.
    unordered: bool,
}

/// A run being told.
#[derive(Clone, Debug, Default)]
pub(super) struct Story {
    people: BTreeMap<String, Person>,
    started: BTreeMap<String, u32>,
    parts: BTreeMap<Strand, Vec<TaleLine>>,
    /// The clients whose answers are told.
    answered: BTreeSet<String>,
}

impl Story {
    /// A story that tells what these clients are answered, and no others.
    pub(super) fn new(answered: BTreeSet<String>) -> Story {
        Story { answered, ..Story::default() }
    }

    /// A process that stands for the runtime: it has no name, and its children are roots.
    pub(super) fn runtime(&mut self, key: &str) {
        let person = Person {
            name: String::new(),
            label: String::new(),
            place: String::new(),
            parent: None,
            supervises: None,
            dead: false,
            stillborn: false,
        };
        self.people.insert(key.to_owned(), person);
    }

    /// Whether somebody stands for the runtime, or is not known at all.
    pub(super) fn is_runtime(&self, key: &str) -> bool {
        self.people.get(key).is_none_or(|person| person.place.is_empty())
    }

    /// What a file calls a process, unless that stands for the runtime.
    pub(super) fn label(&self, key: &str) -> Option<&str> {
        self.people.get(key).filter(|person| !person.place.is_empty()).map(|person| person.label.as_str())
    }

    /// A process was started on one of two nodes. Whose starter stands for the runtime says on which.
    pub(super) fn born_on(&mut self, node: &str, key: &str, parent: &str, label: &str) {
        match self.is_runtime(parent) {
            true => self.born(key, parent, &format!("{label}@{node}")),
            false => self.born(key, parent, label),
        }
    }

    /// A process was started.
    pub(super) fn born(&mut self, key: &str, parent: &str, label: &str) {
        let above = self.people.get(parent);
        let place = match above.map_or("", |above| &above.place) {
            "" => label.to_owned(),
            above => format!("{above}/{label}"),
        };
        let nth = self.started.entry(place.clone()).or_insert(0);
        *nth += 1;
        let name = if *nth == 1 { place.clone() } else { format!("{place}#{nth}") };
        let in_runtime = self.is_runtime(parent);
        let starter = self.people.get(parent).filter(|_| !in_runtime).map(|above| above.name.clone());
        let person = Person {
            name: name.clone(),
            label: label.to_owned(),
            place,
            parent: (!in_runtime).then(|| parent.to_owned()),
            supervises: None,
            dead: false,
            stillborn: false,
        };
        self.people.insert(key.to_owned(), person);
        self.tell(starter.as_ref().unwrap_or(&name), format!("{name} starts"), false);
    }

    /// A process turns out to be a supervisor.
    pub(super) fn supervises(&mut self, key: &str, family: Supervises) {
        if let Some(person) = self.people.get_mut(key) {
            person.supervises = Some(family);
        }
    }

    /// A process has ended.
    pub(super) fn died(&mut self, key: &str, reason: &Term) {
        if self.is_runtime(key) {
            return;
        }
        let reason = self.told(reason);
        let Some(person) = self.people.get_mut(key) else { return };
        person.dead = true;
        let (name, parent, stillborn) = (person.name.clone(), person.parent.clone(), person.stillborn);
        let parent = parent.and_then(|parent| self.people.get(&parent));
        let (part, unordered) = match parent {
            _ if stillborn => (name.clone(), false),
            Some(Person { name: parent, supervises: Some(family), dead, .. }) => {
                (parent.clone(), *dead || *family == Supervises::Dynamic)
            }
            _ => (name.clone(), false),
        };
        self.tell(&part, format!("{name} exits: {reason}"), unordered);
    }

    /// A process that has been started turns out to have failed to.
    pub(super) fn not_started(&mut self, key: &str) {
        let Some(person) = self.people.get_mut(key) else { return };
        person.stillborn = true;
        if !person.dead {
            return;
        }
        let (name, parent) = (person.name.clone(), person.parent.clone());
        let Some(parent) = parent.and_then(|parent| self.people.get(&parent)) else { return };
        let Some(lines) = self.parts.get_mut(&Strand::Process(parent.name.clone())) else { return };
        let end = format!("{name} exits: ");
        if let Some(at) = lines.iter().rposition(|line| line.text.starts_with(&end)) {
            let text = lines.remove(at).text;
            self.tell(&name, text, false);
        }
    }

    /// A supervisor made a report.
    pub(super) fn report(&mut self, key: &str, context: &str, reason: &Term, id: &Term, children: i64) {
        let Some(person) = self.people.get(key) else { return };
        let dynamic = person.supervises == Some(Supervises::Dynamic);
        let (name, reason) = (person.name.clone(), self.told(reason));
        let whom = match (children, dynamic) {
            (0, true) => String::new(),
            (0, false) => format!(" of {}", self.told(id)),
            (children, _) => format!(" of {children} children"),
        };
        // A pool that stops reports the ends of its children reason by reason, in no order.
        let unordered = dynamic && context == "shutdown_error";
        self.tell(&name, format!("reports {context}{whom}: {reason}"), unordered);
    }

    /// A client was answered.
    pub(super) fn replied(&mut self, key: &str, value: &Term) {
        let Some(person) = self.people.get(key) else { return };
        if !self.answered.contains(&person.place) {
            return;
        }
        let (name, value) = (person.name.clone(), self.told(value));
        self.tell(&name, format!("is answered {value}"), false);
    }

    /// A client's expectation did not hold: told before its end, whichever is heard of first.
    pub(super) fn failed(&mut self, key: &str, line: usize) {
        let Some(name) = self.people.get(key).map(|person| person.name.clone()) else { return };
        let text = format!("line {line}: {FAILED}");
        let lines = self.parts.entry(Strand::Process(name.clone())).or_default();
        match lines.last() {
            Some(last) if last.text == format!("{name} exits: expectation_failed") => {
                lines.insert(lines.len() - 1, TaleLine { text, unordered: false });
            }
            // It has died of something else, which says it all.
            Some(last) if last.text.starts_with(&format!("{name} exits: ")) => (),
            _ => lines.push(TaleLine { text, unordered: false }),
        }
    }

    /// What children a supervisor has in the end: their ids, and their processes or what is instead of one.
    pub(super) fn tree(&mut self, key: &str, children: &[(Term, Term)]) {
        let Some(person) = self.people.get(key) else { return };
        let dynamic = person.supervises == Some(Supervises::Dynamic);
        let part = Strand::Tree(person.name.clone());
        let mut lines: Vec<String> = children
            .iter()
            .map(|(id, child)| match (dynamic, self.told(child)) {
                (true, child) => child,
                (false, child) => format!("{} {child}", self.told(id)),
            })
            .collect();
        if dynamic {
            lines.sort();
        }
        let told = lines.into_iter().map(|text| TaleLine { text, unordered: false });
        self.parts.insert(part, told.collect());
    }

    /// What the shared variables of the file's outcomes held in the end.
    pub(super) fn ended_with(&mut self, held: &[(String, Term)]) {
        let lines = held.iter().map(|(name, value)| format!("{name} is {}", self.told(value)));
        let told = lines.map(|text| TaleLine { text, unordered: false }).collect();
        self.parts.insert(Strand::Account, told);
    }

    /// How far an order has come that the file asks for.
    pub(super) fn order(&mut self, title: &str, line: usize, told: String) {
        let part = Strand::Order(format!("{title} (line {line})"));
        self.parts.insert(part, vec![TaleLine { text: told, unordered: false }]);
    }

    fn told(&self, term: &Term) -> String {
        term.told(&|key| match self.people.get(key) {
            Some(person) if !person.place.is_empty() => person.name.clone(),
            _ => "runtime".to_owned(),
        })
    }

    fn tell(&mut self, part: &str, text: String, unordered: bool) {
        self.parts.entry(Strand::Process(part.to_owned())).or_default().push(TaleLine { text, unordered });
    }

    /// How many lines it has.
    pub(super) fn len(&self) -> usize {
        self.parts.values().map(Vec::len).sum()
    }

    /// Whether it can still become this tale, as [`Account::tale`] has it.
    pub(super) fn begins(&self, tale: &Account) -> bool {
        self.parts.iter().all(|(part, lines)| {
            let tale: &[String] = tale.parts.get(part).map_or(&[], Vec::as_slice);
            begins(part, lines, tale)
        })
    }

    /// What it came to.
    pub(super) fn outcome(self) -> Account {
        let texts = |part: &Strand, lines| {
            in_order(part, lines).into_iter().map(|line: TaleLine| line.text).collect()
        };
        let parts = self.parts.into_iter().map(|(part, lines)| {
            let texts = texts(&part, lines);
            (part, texts)
        });
        Account { parts: parts.collect() }
    }

    /// The same number for stories that have come to the same so far.
    pub(super) fn fingerprint(&self) -> u64 {
        let parts = self.parts.iter().map(|(part, lines)| {
            let lines = in_order(part, lines.iter().collect());
            (part, lines.into_iter().map(|line: &TaleLine| &line.text).collect())
        });
        Fingerprint::of(&parts.collect::<Vec<(&Strand, Vec<&String>)>>())
    }
}

impl TaleLine {
    /// Whether it is a report whose place among the ends of children means nothing.
    fn is_report(&self) -> bool {
        !self.unordered && self.text.starts_with("reports ")
    }
}

/// Whether a line of this part tells the end of somebody else.
fn is_end(part: &Strand, line: &str) -> bool {
    let Strand::Process(name) = part else { return false };
    let own = line.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(" exits: "));
    line.contains(" exits: ") && !own && !line.starts_with("reports ") && !line.starts_with("is answered ")
}

/// Whether these lines can be the first of a part.
fn begins(part: &Strand, lines: &[TaleLine], tale: &[String]) -> bool {
    let lines = reports_late(part, lines.iter().collect());
    // Behind the last reports more may end, and be told before them.
    let (lines, last) =
        lines.split_at(lines.iter().rposition(|line| !line.is_report()).map_or(0, |at| at + 1));
    let mut at = 0;
    let first = lines.chunk_by(|before, after| before.unordered && after.unordered).all(|run| {
        let rest = tale.get(at..).unwrap_or(&[]);
        at += run.len();
        if !run[0].unordered {
            return rest.first() == Some(&run[0].text);
        }
        // More may come that belongs with those in no order, unless something else has been told since.
        let rest = if at < lines.len() { rest.get(..run.len()).unwrap_or(&[]) } else { rest };
        let mut rest: Vec<&String> = rest.iter().collect();
        run.iter().all(|line| match rest.iter().position(|text| **text == line.text) {
            Some(place) => {
                rest.swap_remove(place);
                true
            }
            None => false,
        })
    });
    let mut rest = tale.get(at..).unwrap_or(&[]).iter().filter(|line| !is_end(part, line));
    first && last.iter().all(|report| rest.next() == Some(&report.text))
}

/// Tells each report right before what its supervisor does next.
fn reports_late<T: Borrow<TaleLine>>(part: &Strand, lines: Vec<T>) -> Vec<T> {
    let (mut told, mut reports) = (Vec::with_capacity(lines.len()), Vec::new());
    for line in lines {
        match line.borrow() {
            report if report.is_report() => reports.push(line),
            end if is_end(part, &end.text) => told.push(line),
            _ => {
                told.append(&mut reports);
                told.push(line);
            }
        }
    }
    told.append(&mut reports);
    told
}

/// The lines in the order in which they are compared: what stands together and is in no order is sorted.
fn in_order<T: Borrow<TaleLine>>(part: &Strand, lines: Vec<T>) -> Vec<T> {
    let mut lines = reports_late(part, lines);
    let unordered = |line: &T| line.borrow().unordered;
    for run in lines.chunk_by_mut(|before, after| unordered(before) && unordered(after)) {
        if unordered(&run[0]) {
            run.sort_by(|left, right| left.borrow().text.cmp(&right.borrow().text));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atom(text: &str) -> Term {
        Term::Atom(text.to_owned())
    }

    #[test]
    fn children_are_named_by_place_and_told_by_their_supervisor() {
        let mut story = Story::default();
        story.runtime("boot");
        story.born("1", "boot", "top");
        story.supervises("1", Supervises::Ordered);
        story.born("2", "1", "a");
        story.died("2", &atom("boom"));
        story.report("1", "child_terminated", &atom("boom"), &atom("a"), 0);
        story.born("3", "1", "a");
        story.tree("1", &[(atom("a"), Term::Pid("3".to_owned()))]);
        let told = "top\n    top starts\n    top/a starts\n    top/a exits: boom\n    \
                    reports child_terminated of a: boom\n    top/a#2 starts\ntop in the end\n    a <top/a#2>\n";
        assert_eq!(story.outcome().text(), told);
    }

    #[test]
    fn the_ends_of_dynamic_children_are_in_no_order() {
        let tell = |order: [&str; 2]| {
            let mut story = Story::default();
            story.runtime("boot");
            story.born("1", "boot", "pool");
            story.supervises("1", Supervises::Dynamic);
            story.born("2", "1", "w");
            story.born("3", "1", "w");
            for key in order {
                story.died(key, &atom("shutdown"));
            }
            story.outcome()
        };
        assert_eq!(tell(["2", "3"]), tell(["3", "2"]));
    }

    #[test]
    fn a_report_is_told_right_before_what_comes_next() {
        let tell = |lines: &[&str]| {
            let mut story = Story::default();
            story.runtime("boot");
            story.born("1", "boot", "top");
            story.supervises("1", Supervises::Ordered);
            story.born("2", "1", "a");
            story.born("3", "1", "b");
            story.died("2", &atom("boom"));
            for line in lines {
                match *line {
                    "report" => story.report("1", "child_terminated", &atom("boom"), &atom("a"), 0),
                    "end" => story.died("3", &atom("boom")),
                    _ => story.born("4", "1", "a"),
                }
            }
            story
        };
        assert_eq!(tell(&["end", "report"]).fingerprint(), tell(&["report", "end"]).fingerprint());
        let tale = tell(&["report", "end", "start"]).outcome();
        assert_eq!(tell(&["end", "report", "start"]).outcome(), tale);
        assert_ne!(tell(&["report", "start", "end"]).outcome(), tale);
        assert!(tell(&["report", "end"]).begins(&tale));
        assert!(tell(&["report"]).begins(&tale), "the other may end yet");
        assert!(!tell(&["report", "start"]).begins(&tale), "now it is too late");
    }
}
