//! What a run came to, in parts that are each in order: the comparison.
//!
//! A part is what one supervisor saw of its children, what one client was answered, or what a tree looked
//! like in the end. Between parts nothing is ordered, as between two processes that do not speak.

use std::collections::{BTreeMap, BTreeSet};

/// What is told of an expectation.
pub(super) const FAILED: &str = "the expectation does not hold";

/// Whether this line tells of an expectation, and so is only there when all is over.
fn tells_of_expectation(line: &str) -> bool {
    line.starts_with("line ") && line.ends_with(FAILED)
}

/// What happened, part by part.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account {
    pub(super) parts: BTreeMap<Strand, Vec<String>>,
}

/// What the lines of a part are about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strand {
    /// What happened to a supervisor's children, or what a process did.
    Process(String),
    /// The children that a supervisor had in the end.
    Tree(String),
    /// How far an order has come that the file asks for.
    Order(String),
    /// What the shared variables held in the end that the file's outcomes are made of.
    Account,
}

impl std::fmt::Display for Strand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Strand::Process(name) => f.write_str(name),
            Strand::Tree(name) => write!(f, "{name} in the end"),
            Strand::Order(title) => write!(f, "order {title}"),
            Strand::Account => f.write_str("outcome"),
        }
    }
}

/// A line of two stories beside each other: treefall's and the real one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountLine {
    /// What treefall says; nothing if its story is shorter.
    pub treefall: Option<String>,
    /// What the real Erlang did.
    pub real: Option<String>,
    /// Whether they differ here for the first time.
    pub first_difference: bool,
}

/// Where two outcomes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which part differs.
    pub part: Strand,
    /// Both stories of it.
    pub lines: Vec<AccountLine>,
}

impl Account {
    /// Every way in which another run's parts differ from this real one's.
    ///
    /// A supervisor that was too busy to say what children it has in the end is not asked.
    pub fn differences(&self, simulated: &Account) -> Vec<Difference> {
        let all: BTreeSet<&Strand> = self.parts.keys().chain(simulated.parts.keys()).collect();
        all.into_iter().filter_map(|part| self.difference(simulated, part)).collect()
    }

    fn difference(&self, simulated: &Account, part: &Strand) -> Option<Difference> {
        let real = self.parts.get(part);
        if real.is_none() && matches!(part, Strand::Tree(_)) {
            return None;
        }
        let nothing = Vec::new();
        let (real, simulated) = (real.unwrap_or(&nothing), simulated.parts.get(part).unwrap_or(&nothing));
        (real != simulated).then(|| Difference { part: part.clone(), lines: beside(simulated, real) })
    }

    /// Whether the runs agree.
    pub fn agrees(&self, simulated: &Account) -> bool {
        self.differences(simulated).is_empty()
    }

    /// What was told while it happened: without what is only added in the end.
    pub(super) fn tale(&self) -> Account {
        let happened = |(part, lines): (&Strand, &Vec<String>)| {
            let lines = lines.iter().filter(|line| !tells_of_expectation(line)).cloned().collect();
            matches!(part, Strand::Process(_)).then(|| (part.clone(), lines))
        };
        Account { parts: self.parts.iter().filter_map(happened).collect() }
    }

    /// All lines, part by part, as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (part, lines) in &self.parts {
            text.push_str(&format!("{part}\n"));
            for line in lines {
                text.push_str(&format!("    {line}\n"));
            }
        }
        text
    }
}

fn beside(simulated: &[String], real: &[String]) -> Vec<AccountLine> {
    let mut differed = false;
    (0..simulated.len().max(real.len()))
        .map(|at| {
            let (treefall, real) = (simulated.get(at).cloned(), real.get(at).cloned());
            let first_difference = !differed && treefall != real;
            differed |= first_difference;
            AccountLine { treefall, real, first_difference }
        })
        .collect()
}

/// What treefall's runs of one scenario came to, each outcome once, in the order in which they were found.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    found: Vec<Account>,
    known: BTreeSet<Account>,
}

impl Outcomes {
    /// One more run; says whether it came to something new.
    pub fn add(&mut self, outcome: Account) -> bool {
        let fresh = self.known.insert(outcome.clone());
        if fresh {
            self.found.push(outcome);
        }
        fresh
    }

    /// Each of them once, in the order in which they were found.
    pub fn all(&self) -> &[Account] {
        &self.found
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Which of them a real run agrees with.
    pub fn position(&self, real: &Account) -> Option<usize> {
        self.found.iter().position(|simulated| real.agrees(simulated))
    }

    /// Whether each part of a real run is what it was in one of the runs, though perhaps not in the same one.
    pub fn hold_each_part(&self, real: &Account) -> bool {
        let parts: BTreeSet<&Strand> =
            real.parts.keys().chain(self.found.iter().flat_map(|outcome| outcome.parts.keys())).collect();
        parts
            .into_iter()
            .all(|part| self.found.iter().any(|simulated| real.difference(simulated, part).is_none()))
    }

    /// How a real run differs from the simulated one that is most like it.
    pub fn nearest(&self, real: &Account) -> Vec<Difference> {
        let differences = self.found.iter().map(|simulated| real.differences(simulated));
        // What agrees longest before it parts is nearest.
        let common = |all: &Vec<Difference>| -> usize {
            all.iter().map(|one| one.lines.iter().take_while(|line| !line.first_difference).count()).sum()
        };
        differences.min_by_key(|all| (all.len(), usize::MAX - common(all))).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(parts: &[(&str, &[&str])]) -> Account {
        let part = |(name, lines): &(&str, &[&str])| {
            let name = match name.strip_prefix("tree ") {
                Some(name) => Strand::Tree(name.to_owned()),
                None => Strand::Process((*name).to_owned()),
            };
            (name, lines.iter().map(|line| (*line).to_owned()).collect())
        };
        Account { parts: parts.iter().map(part).collect() }
    }

    #[test]
    fn the_first_differing_line_is_marked() {
        let real = outcome(&[("top", &["a starts", "a exits: boom", "a#2 starts"])]);
        let simulated = outcome(&[("top", &["a starts", "a exits: bang"])]);
        let differences = real.differences(&simulated);
        assert_eq!(differences.len(), 1);
        let marks: Vec<bool> = differences[0].lines.iter().map(|line| line.first_difference).collect();
        assert_eq!(marks, [false, true, false]);
        assert_eq!(differences[0].lines[2].treefall, None);
    }

    #[test]
    fn a_busy_supervisor_is_not_asked_for_its_tree() {
        let real = outcome(&[("top", &["a starts"])]);
        let simulated = outcome(&[("top", &["a starts"]), ("tree top", &["a"])]);
        assert!(real.agrees(&simulated));
        assert!(!simulated.agrees(&real), "but what it has said counts");
    }

    #[test]
    fn parts_may_come_from_different_runs() {
        let mut outcomes = Outcomes::default();
        assert!(outcomes.add(outcome(&[("a", &["1"]), ("b", &["1"])])));
        assert!(outcomes.add(outcome(&[("a", &["2"]), ("b", &["2"])])));
        assert!(!outcomes.add(outcome(&[("a", &["2"]), ("b", &["2"])])), "known");
        let mixed = outcome(&[("a", &["1"]), ("b", &["2"])]);
        assert_eq!(outcomes.position(&mixed), None);
        assert!(outcomes.hold_each_part(&mixed));
        let strange = outcome(&[("a", &["3"]), ("b", &["2"])]);
        assert!(!outcomes.hold_each_part(&strange));
        assert_eq!(outcomes.nearest(&strange).len(), 1);
    }
}
