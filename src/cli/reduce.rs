//! A smaller scenario that fails in the same way, for a bug report.
//!
//! Nodes of the file are left out as long as the rest is a scenario, as the parser sees it, that fails in the
//! same way: from the top level down, large groups before small ones ("HDD: Hierarchical Delta Debugging",
//! Misherghi and Su, ICSE 2006). Then blocks are replaced by what is in them, and properties are left out,
//! until nothing can go. It knows no statement of the language: whatever the parser accepts is tried.

use std::collections::BTreeSet;
use std::path::Path;

use kdl::{FormatConfig, KdlDocument, KdlEntry, KdlNode};

use crate::explore::{Calm, Deciding, Decision, Moment, SchedulerKind, describe, recognise};
use crate::kernel::{Budget, StopFlag};
use crate::model::{Breach, Cast, Model, Played, Smallest, deaths, play_under, play_until, shape};
use crate::scenario::Simulation;

use super::loaded::Loaded;

/// So many candidates are tried at most.
const TRIES_MAX: u32 = 5_000;
/// Where the decisions do not make a candidate fail, so many seeds may.
const SEEDS: u64 = 8;

/// The nodes of the top level that stay: the title says what the report is about.
const TITLE: &str = "scenario";
/// And those that go: what a file says of its failures, it says of the whole file.
const CLAIM: &str = "expect-failure";

/// A smaller scenario, and its smallest failing run.
pub(super) struct Reduced {
    pub(super) loaded: Loaded,
    pub(super) smallest: Smallest<Simulation>,
}

/// Makes the file small, as far as it comes before `stop` is raised. `name` is what the new file will be called.
pub(super) fn reduce(
    loaded: &Loaded,
    smallest: &Smallest<Simulation>,
    breach: &Breach,
    (name, stop): (&Path, &StopFlag),
) -> Option<Reduced> {
    let mut document = KdlDocument::parse_v2(&loaded.text).ok()?;
    let calm = play_under(&loaded.simulation, &mut Calm);
    let mut reducer = Reducer {
        name,
        wanted: likeness(loaded, breach),
        deaths: deaths(&loaded.simulation, &smallest.played, breach),
        known: likenesses(loaded, &smallest.played),
        known_calm: likenesses(loaded, &calm),
        decisions: smallest
            .taken
            .iter()
            .map(|taken| Named::of(&taken.decision, &smallest.played.cast))
            .collect(),
        tries: 0,
        budget: *loaded.simulation.budget(),
        stop: stop.clone(),
    };
    let mut claimless = document.clone();
    claimless.nodes_mut().retain(|node| node.name().value() != CLAIM);
    if reducer.fails(&claimless).is_some() {
        document = claimless;
    }
    loop {
        let before = document.to_string();
        document = reducer.without_names(document);
        document = reducer.pruned(document, &[]);
        document = reducer.hoisted(document, &[]);
        document = reducer.without_properties(document, &[]);
        document = reducer.turned(document, &[]);
        if document.to_string() == before {
            break;
        }
    }
    // What has been found is made once more, whatever the time.
    reducer.stop = StopFlag::default();
    let (loaded, played) = reducer.fails(&document)?;
    let mut broken = played.run.verdict.breaches().iter();
    let found = broken.find(|breach| likeness(&loaded, breach) == reducer.wanted)?;
    let failure = shape::line(found, loaded.simulation.atoms());
    let smallest = Smallest::of(&loaded.simulation, &played, &failure, stop);
    Some(Reduced { loaded, smallest })
}

struct Reducer<'a> {
    name: &'a Path,
    wanted: Likeness,
    /// Who dies of what on the way to it: another way to the same words is another failure.
    deaths: BTreeSet<(String, String)>,
    /// All that the failing run breaks, and the calm one: a smaller scenario is to break nothing else.
    known: Vec<Likeness>,
    known_calm: Vec<Likeness>,
    decisions: Vec<Named>,
    tries: u32,
    /// What a run may use up.
    budget: Budget,
    stop: StopFlag,
}

/// A way to a list of nodes: the place of each block's node in the list above.
type Way = [usize];

impl Reducer<'_> {
    /// The candidate, read, and a run of it that fails in the same way.
    fn fails(&mut self, document: &KdlDocument) -> Option<(Loaded, Played<Simulation>)> {
        self.tries += 1;
        let mut loaded = Loaded::of(self.name, text_of(document)).ok()?;
        loaded.simulation.set_budget(self.budget);
        let calm = play_until(&loaded.simulation, &self.stop, &mut Calm);
        let decisions: Vec<Decision> =
            self.decisions.iter().filter_map(|named| named.decision(&calm.cast)).collect();
        // A race that has become a certainty is another mistake.
        if !only(&likenesses(&loaded, &calm), &self.known_calm) {
            return None;
        }
        let will_do = |played: &Played<Simulation>| {
            let breaks = likenesses(&loaded, played);
            let same =
                played.run.verdict.breaches().iter().zip(&breaks).find(|(_, each)| **each == self.wanted);
            same.is_some_and(|(breach, _)| deaths(&loaded.simulation, played, breach) == self.deaths)
                && only(&breaks, &self.known)
        };
        let mut deciding = Deciding::new(&decisions);
        let decided = play_until(&loaded.simulation, &self.stop, &mut deciding);
        let played = if will_do(&decided) {
            decided
        } else if will_do(&calm) {
            calm
        } else {
            (0..SEEDS).find_map(|seed| {
                let mut swarm = SchedulerKind::SWARM.scheduler(seed, calm.run.steps);
                let played = play_until(&loaded.simulation, &self.stop, &mut *swarm);
                will_do(&played).then_some(played)
            })?
        };
        Some((loaded, played))
    }

    /// Whether a candidate will do.
    fn will_do(&mut self, candidate: &KdlDocument) -> bool {
        self.tries < TRIES_MAX && !self.stop.is_raised() && self.fails(candidate).is_some()
    }

    /// Without the names that nothing depends on: neither their definitions nor what mentions them.
    fn without_names(&mut self, document: KdlDocument) -> KdlDocument {
        let mut names = Vec::new();
        collect_names(&document, &mut names);
        let mut least = document;
        for name in names {
            let mut candidate = least.clone();
            forget(&mut candidate, &name);
            if candidate != least && self.will_do(&candidate) {
                least = candidate;
            }
        }
        least
    }

    /// Without all nodes that can go, in the list at the end of this way and in those below it.
    fn pruned(&mut self, document: KdlDocument, way: &Way) -> KdlDocument {
        let mut least = document;
        let mut size = nodes(&mut least, way).len();
        while size > 0 {
            let mut place = 0;
            while place < nodes(&mut least, way).len() {
                let mut candidate = least.clone();
                let list = nodes(&mut candidate, way);
                let end = list.len().min(place + size);
                let titled =
                    way.is_empty() && list[place..end].iter().any(|node| node.name().value() == TITLE);
                list.drain(place..end);
                match !titled && self.will_do(&candidate) {
                    true => least = candidate,
                    false => place += size,
                }
            }
            size /= 2;
        }
        for place in 0..nodes(&mut least, way).len() {
            least = self.pruned(least, &[way, &[place]].concat());
        }
        without_empty_blocks(least)
    }

    /// With the nodes of a block in the place of the node that has it.
    fn hoisted(&mut self, document: KdlDocument, way: &Way) -> KdlDocument {
        let mut least = document;
        let mut place = 0;
        while place < nodes(&mut least, way).len() {
            let mut candidate = least.clone();
            let list = nodes(&mut candidate, way);
            let inner = list[place].children().map(|block| block.nodes().to_vec()).unwrap_or_default();
            let has_block = !inner.is_empty();
            list.splice(place..=place, inner);
            if has_block && self.will_do(&candidate) {
                least = candidate;
                continue;
            }
            least = self.hoisted(least, &[way, &[place]].concat());
            place += 1;
        }
        least
    }

    /// With the block of an `else` in the place of an empty one, under the opposite condition.
    fn turned(&mut self, document: KdlDocument, way: &Way) -> KdlDocument {
        let mut least = document;
        let mut place = 0;
        while place < nodes(&mut least, way).len() {
            let mut candidate = least.clone();
            if turn(nodes(&mut candidate, way), place) && self.will_do(&candidate) {
                least = candidate;
            }
            least = self.turned(least, &[way, &[place]].concat());
            place += 1;
        }
        least
    }

    /// Without the properties (`restart=temporary`) that can go.
    fn without_properties(&mut self, document: KdlDocument, way: &Way) -> KdlDocument {
        let mut least = document;
        for place in 0..nodes(&mut least, way).len() {
            let mut entry = 0;
            while entry < nodes(&mut least, way)[place].entries().len() {
                let mut candidate = least.clone();
                let node: &mut KdlNode = &mut nodes(&mut candidate, way)[place];
                let is_property = node.entries()[entry].name().is_some();
                node.entries_mut().remove(entry);
                match is_property && self.will_do(&candidate) {
                    true => least = candidate,
                    false => entry += 1,
                }
            }
            least = self.without_properties(least, &[way, &[place]].concat());
        }
        least
    }
}

/// The list of nodes at the end of a way.
fn nodes<'d>(document: &'d mut KdlDocument, way: &Way) -> &'d mut Vec<KdlNode> {
    match way.split_first() {
        None => document.nodes_mut(),
        Some((place, rest)) => nodes(document.nodes_mut()[*place].ensure_children(), rest),
    }
}

/// Conditions and their opposites.
const OPPOSITES: [(&str, &str); 6] = [
    ("is", "is_not"),
    ("below", "at_least"),
    ("above", "at_most"),
    ("has", "not-has"),
    ("empty", "not-empty"),
    ("alive", "dead"),
];

/// Makes `if C {} else { … }` an `if` of the opposite; false if it is nothing like that.
fn turn(list: &mut Vec<KdlNode>, place: usize) -> bool {
    let [node, other] = &list[place..list.len().min(place + 2)] else { return false };
    let is_empty = node.children().is_none_or(|block| block.nodes().is_empty());
    if !(is_empty && node.name().value() == "if" && other.name().value() == "else") {
        return false;
    }
    let mut turned = node.clone();
    let opposite = |word: &str| {
        let pair = OPPOSITES.iter().find(|(one, other)| *one == word || *other == word)?;
        Some(if pair.0 == word { pair.1 } else { pair.0 })
    };
    // The word comes first, or stands between two values.
    let word = turned.entries_mut().iter_mut().take(2).find_map(|entry| {
        let opposite = opposite(entry.value().as_string()?)?;
        Some((entry, opposite))
    });
    let Some((entry, opposite)) = word else { return false };
    *entry = KdlEntry::new(opposite);
    turned.set_children(list.remove(place + 1).children().cloned().unwrap_or_default());
    list[place] = turned;
    true
}

/// What nodes are called, in file order: their first values.
fn collect_names(document: &KdlDocument, names: &mut Vec<String>) {
    for node in document.nodes() {
        let first = node.entries().iter().find(|entry| entry.name().is_none());
        if let Some(name) = first.and_then(|entry| entry.value().as_string())
            && node.name().value() != TITLE
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
        if let Some(block) = node.children() {
            collect_names(block, names);
        }
    }
}

/// Leaves out all nodes that mention a name.
fn forget(document: &mut KdlDocument, name: &str) {
    let mentions = |node: &KdlNode| {
        node.name().value() != TITLE
            && node.entries().iter().any(|entry| entry.value().as_string() == Some(name))
    };
    document.nodes_mut().retain(|node| !mentions(node));
    for node in document.nodes_mut() {
        if let Some(block) = node.children_mut() {
            forget(block, name);
        }
    }
}

/// How many lines a scenario says something in: as they are counted here, so that two of them can be compared.
pub(super) fn lines_said(text: &str) -> usize {
    let laid_out =
        KdlDocument::parse_v2(text).map_or_else(|_| text.to_owned(), |document| text_of(&document));
    laid_out.lines().filter(|line| !line.trim().is_empty()).count()
}

/// The scenario as text, in order and without comments.
fn text_of(document: &KdlDocument) -> String {
    let mut document = without_empty_blocks(document.clone());
    // An atom is no string: values keep the form they were written in.
    let mut config = FormatConfig::default();
    (config.no_comments, config.entry_autoformate_keep) = (true, true);
    document.autoformat_config(&config);
    for node in document.nodes_mut().iter_mut().skip(1) {
        if let Some(format) = node.format_mut() {
            format.leading.insert(0, '\n');
        }
    }
    document.to_string().trim_start().to_owned()
}

/// `worker a {}` is `worker a`, unless something would be missing.
fn without_empty_blocks(mut document: KdlDocument) -> KdlDocument {
    for node in document.nodes_mut() {
        match node.children().map(KdlDocument::is_empty) {
            Some(true) => node.clear_children(),
            Some(false) => {
                let block = node.children_mut().take().expect("it has a block");
                node.set_children(without_empty_blocks(block));
            }
            None => (),
        }
    }
    document
}

/// What must stay the same: what was broken, in which words, and the line that asks for it.
type Likeness = (String, String);

fn likeness(loaded: &Loaded, breach: &Breach) -> Likeness {
    let line = breach.span.map_or("", |span| loaded.line(span));
    (shape::words(breach, loaded.simulation.atoms()), line.to_owned())
}

fn likenesses(loaded: &Loaded, played: &Played<Simulation>) -> Vec<Likeness> {
    played.run.verdict.breaches().iter().map(|breach| likeness(loaded, breach)).collect()
}

fn only(found: &[Likeness], known: &[Likeness]) -> bool {
    found.iter().all(|each| known.contains(each))
}

/// A decision in the names that people see: the processes of another scenario are others.
struct Named {
    late: bool,
    what: (String, Moment),
    bound: Option<(String, Moment)>,
}

impl Named {
    fn of(decision: &Decision, cast: &Cast) -> Self {
        let named = |moment: Moment| (describe(moment.choice, cast), moment);
        match *decision {
            Decision::Late { what, until } => {
                Named { late: true, what: named(what), bound: until.map(named) }
            }
            Decision::Early { what, after } => {
                let what = Moment { choice: what, nth: 1 };
                Named { late: false, what: named(what), bound: after.map(named) }
            }
        }
    }

    fn decision(&self, cast: &Cast) -> Option<Decision> {
        let moment = |(text, moment): &(String, Moment)| {
            Some(Moment { choice: recognise(text, cast)?, nth: moment.nth })
        };
        let (what, bound) = (moment(&self.what)?, self.bound.as_ref().and_then(moment));
        Some(match self.late {
            true => Decision::Late { what, until: bound },
            false => Decision::Early { what: what.choice, after: bound },
        })
    }
}
