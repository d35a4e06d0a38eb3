//! One run as the JSON that the page draws: who lived, what happened with its causes, what everybody looked like when,
//! and what else could have happened.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::explore::describe;
use crate::kernel::{Choice, EventKind, Events, Pid};
use crate::model::{Cast, EventsOf, Model, Played, Remembered, WorldOf};
use crate::trace::{Excerpt, Line, Look, MarkKind, Names, Narrate, Notation, Settings, Tone, look, marks};

use super::strings::Strings;

/// Of a longer run only so many events are drawn.
const EVENTS_MAX: usize = 300_000;
/// So many of the choices of a step are named before the rest is counted.
const OFFERED_MAX: usize = 10;

/// What is known of a run beside what happened in it.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// What the page calls it.
    pub name: String,
    /// How it was made, in a sentence.
    pub note: String,
    /// `held`, `broken`, `inconclusive`, or one of these as a file expects it.
    pub verdict: String,
    /// Whether that is a failure, whatever the file expects.
    pub broken: bool,
    /// What it breaks, and why.
    pub why: Vec<Said>,
    /// The step in which that was noticed.
    pub failure: Option<u64>,
    /// The step that decides.
    pub decides: Option<u64>,
    /// What the failure depends on.
    pub slice: Option<Excerpt>,
    /// How it was forked off another: the step, what was done there, and how it went on.
    pub fork: Option<Value>,
}

/// A line above the page, or below the name of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// How it is meant: `bad`, `strong`, `faint`, `plain`.
    pub tone: &'static str,
    /// What it says.
    pub text: String,
}

impl Said {
    /// A line of text, by what most of it means.
    pub fn of(line: &Line) -> Said {
        let has = |tone: Tone| line.spans.iter().any(|span| span.tone == tone);
        let tone = match line {
            _ if has(Tone::Bad) => "bad",
            _ if has(Tone::Name) => "strong",
            _ if line.spans.iter().all(|span| span.tone == Tone::Faint) => "faint",
            _ => "plain",
        };
        Said { tone, text: line.plain() }
    }

    pub(super) fn json(&self) -> Value {
        json!([self.tone, self.text])
    }
}

/// A run as the page takes it.
pub fn run<M: Model>(model: &M, played: &Played<M>, about: &About) -> Value
where
    <M::Guest as crate::otp::Guest>::Note: Narrate,
{
    let mut drawn = Drawn::of(model, played);
    let events = drawn.events();
    let (looks, steps) = drawn.go_through();
    let people = drawn.people();
    let slice = about.slice.as_ref().map(|slice| {
        json!({
            "steps": slice.steps.iter().copied().collect::<Vec<_>>(),
            "events": slice.events.iter().copied().collect::<Vec<_>>(),
        })
    });
    json!({
        "name": about.name,
        "note": about.note,
        "verdict": about.verdict,
        "broken": about.broken,
        "why": about.why.iter().map(Said::json).collect::<Vec<_>>(),
        "failure": about.failure,
        "decides": about.decides,
        "slice": slice,
        "fork": about.fork,
        "kinds": MarkKind::ALL.map(MarkKind::word),
        "people": people,
        "events": events,
        "looks": looks,
        "faces": drawn.faces.json(),
        "steps": steps,
        "left_out": played.run.events.len() - drawn.told,
        "strings": drawn.strings.json(),
    })
}

/// A run that is being put down.
struct Drawn<'a, M: Model> {
    model: &'a M,
    played: &'a Played<M>,
    settings: Settings<'a>,
    /// The numbers of processes, in the order in which they were born.
    numbers: BTreeMap<Pid, usize>,
    strings: Strings,
    /// What processes look like, each look once.
    faces: Strings,
    /// So many of its events are told.
    told: usize,
}

impl<'a, M: Model> Drawn<'a, M>
where
    <M::Guest as crate::otp::Guest>::Note: Narrate,
{
    fn of(model: &'a M, played: &'a Played<M>) -> Self {
        let told = played.run.events.len().min(EVENTS_MAX);
        let born = played.run.events[..told]
            .iter()
            .filter(|event| matches!(event.kind, EventKind::Spawned { .. }))
            .enumerate();
        let numbers = born.map(|(number, event)| (event.pid, number)).collect();
        let settings = Settings::plain(model.atoms());
        Drawn {
            model,
            played,
            settings,
            numbers,
            strings: Strings::default(),
            faces: Strings::default(),
            told,
        }
    }

    fn number(&self, pid: Pid) -> i64 {
        self.numbers.get(&pid).and_then(|number| i64::try_from(*number).ok()).unwrap_or(-1)
    }

    /// `[name, place, label, parent, flags]`: those of one place have one name but for the incarnation. The flags are 1
    /// for one of many alike, 2 for a supervisor, 4 for a client, 8 for the process that boots.
    fn people(&mut self) -> Vec<Value> {
        let directory = self.played.cast.directory();
        let mut people: Vec<(usize, Pid)> =
            self.numbers.iter().map(|(pid, number)| (*number, *pid)).collect();
        people.sort_unstable();
        let rows = people.into_iter().map(|(_, pid)| {
            let parent = directory.parent(pid);
            let flags = u8::from(directory.is_dynamic(pid))
                + 2 * u8::from(directory.is_supervisor(pid))
                + 4 * u8::from(self.model.is_client(pid, &self.played.run.world))
                + 8 * u8::from(parent.is_none());
            let parent = parent.map_or(-1, |parent| self.number(parent));
            (directory.name(pid), directory.base(pid), directory.label(pid), parent, flags)
        });
        let rows: Vec<_> = rows.collect();
        let strings = &mut self.strings;
        rows.into_iter()
            .map(|(name, base, label, parent, flags)| {
                json!([strings.number(name), strings.number(base), strings.number(label), parent, flags])
            })
            .collect()
    }

    /// `[step, at, process, kind, peer, words, flags, before, causes…]`: what the process did before, or 0, and the other
    /// causes. The flags are 1 for machinery, 2 for what went wrong.
    fn events(&mut self) -> Vec<Value> {
        let recording =
            crate::trace::Recording::of(&self.played.run.events[..self.told], self.played.cast.directory());
        let marks = marks(&recording, &self.settings);
        let mut rows = Vec::with_capacity(marks.len());
        for (event, mark) in recording.events().iter().zip(&marks) {
            let kind = MarkKind::ALL.iter().position(|kind| *kind == mark.kind).expect("all are listed");
            let peer = mark.peer.map_or(-1, |peer| self.number(peer));
            let flags = u8::from(mark.machinery) + 2 * u8::from(mark.bad);
            let (who, words) = (self.number(event.pid), self.strings.number(&mark.words));
            let mut row: Vec<Value> = vec![
                event.step.into(),
                event.at.into(),
                who.into(),
                kind.into(),
                peer.into(),
                words.into(),
                flags.into(),
                recording.before(event.number).unwrap_or(0).into(),
            ];
            row.extend(recording.others(event.number).map(Value::from));
            rows.push(row.into());
        }
        rows
    }

    /// What everybody looked like when, `[step, process, face]`, and what each step took and what else was on offer,
    /// `[line, words, [[line, words]…], more]`.
    fn go_through(&mut self) -> (Vec<Value>, Vec<Value>) {
        let (run, cast) = (&self.played.run, &self.played.cast);
        let last = self.played.run.events[..self.told].last().map_or(0, |event| event.step);
        let mut events: EventsOf<M> = Events::ignored();
        let mut world = self.model.start(&mut events);
        let mut seen: BTreeMap<Pid, (Look, Vec<Remembered>)> = BTreeMap::new();
        let (mut looks, mut steps) = (Vec::new(), Vec::new());
        let mut at = 0;
        for step in 0..=run.choices.len() as u64 {
            if step > last {
                break;
            }
            let mut touched = BTreeSet::new();
            if let Some(choice) = step.checked_sub(1).and_then(|before| run.choices.get(before as usize)) {
                let end = at + run.events[at..self.told].partition_point(|event| event.step <= step);
                steps.push(self.step(*choice, &run.events[at..end], &world, cast));
                world.step(*choice, self.model.image(), &mut events);
                if let Choice::Run(pid) | Choice::Deliver { to: pid, .. } | Choice::Kill(pid) = choice {
                    touched.insert(*pid);
                }
            }
            while let Some(event) = run.events[..self.told].get(at).filter(|event| event.step <= step) {
                touched.insert(event.pid);
                at += 1;
            }
            for pid in touched {
                let now = look(&world, pid, cast.directory(), &self.settings);
                let now = now.map(|look| {
                    (look, world.process(pid).map(|alive| self.model.memory(alive)).unwrap_or_default())
                });
                if now.as_ref() == seen.get(&pid) {
                    continue;
                }
                let face = now.as_ref().map(|(look, memory)| {
                    let face = self.look(look, memory).to_string();
                    self.faces.number(&face)
                });
                looks.push(json!([step, self.number(pid), face]));
                match now {
                    Some(now) => drop(seen.insert(pid, now)),
                    None => drop(seen.remove(&pid)),
                }
            }
        }
        (looks, steps)
    }

    fn step(
        &mut self,
        choice: Choice,
        events: &[crate::model::EventOf<M>],
        world: &WorldOf<M>,
        cast: &Cast,
    ) -> Value {
        let atoms = self.model.atoms();
        let choices = world.choices();
        let mut others = Vec::new();
        let (mut more, mut index) = (choices.len().saturating_sub(1), 0);
        while others.len() < OFFERED_MAX && index <= OFFERED_MAX {
            let Some(other) = choices.get(index) else { break };
            index += 1;
            if other != choice {
                others.push((describe(other, cast), cast.offered(other, world, atoms)));
                more -= 1;
            }
        }
        let words = cast.clause(choice, events, atoms).to_string();
        let line = self.strings.number(&describe(choice, cast));
        let others: Vec<[usize; 2]> = others
            .iter()
            .map(|(line, words)| [self.strings.number(line), self.strings.number(words)])
            .collect();
        json!([line, self.strings.number(&words), others, more])
    }

    /// `[kind, state, registered, traps exits, mailbox, links, monitors, watchers, children, intensity, memory]`; each
    /// list begins with how many there are. Of what is remembered `[name, count, entries…]`, no count for one value.
    fn look(&mut self, look: &Look, memory: &[Remembered]) -> Value {
        let people = |(count, first): &(usize, Vec<Pid>)| {
            let mut row = vec![Value::from(*count)];
            row.extend(first.iter().map(|pid| Value::from(self.number(*pid))));
            row
        };
        let (links, monitors, watchers) =
            (people(&look.links), people(&look.monitors), people(&look.watchers));
        let mut mailbox = vec![Value::from(look.mailbox.0)];
        mailbox.extend(look.mailbox.1.iter().map(|mail| Value::from(self.strings.number(mail))));
        let registered = look.registered.as_ref().map(|name| self.strings.number(name));
        let children: Option<Vec<Value>> = look.children.as_ref().map(|children| {
            let child = |(id, pid, again): &(String, Option<Pid>, bool)| {
                let pid = pid.map_or(-1, |pid| self.number(pid));
                json!([self.strings.number(id), pid, u8::from(*again)])
            };
            children.iter().map(child).collect()
        });
        json!([
            self.strings.number(look.kind),
            self.strings.number(&look.state),
            registered,
            u8::from(look.trap_exit),
            mailbox,
            links,
            monitors,
            watchers,
            children,
            look.intensity,
            memory.iter().map(|remembered| self.remembered(remembered)).collect::<Vec<_>>(),
        ])
    }

    fn remembered(&mut self, remembered: &Remembered) -> Value {
        let directory = self.played.cast.directory();
        let names = Names { atoms: self.model.atoms(), directory, notation: Notation::fitting(directory) };
        let mut row = vec![self.strings.number(&remembered.name).into(), remembered.count.into()];
        row.extend(
            remembered.entries.iter().map(|entry| Value::from(self.strings.number(&names.term(entry)))),
        );
        row.into()
    }
}
