//! The trace format of Chrome, which Perfetto opens: lanes are processes, flows are signals, counters are how much of
//! their intensity supervisors have used.
//!
//! Virtual time often stands still while much happens, so a step of the run is a millisecond of the trace; the clock
//! is a counter of its own.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::trace::chart::{Chart, Happening, Kind, Moment};

/// How long a step is, in the microseconds of the format, and how much of that what happens in it takes.
const STEP: u64 = 1_000;
const BUSY: u64 = 900;

/// The one process of the format; the processes of the run are its threads.
const PID: u64 = 1;

/// A run as a trace. `other` is said of the whole of it.
pub fn chrome(chart: &Chart, name: &str, other: Map<String, Value>) -> Value {
    let mut events = vec![metadata("process_name", 0, json!({ "name": name }))];
    for (lane, at) in chart.lanes.iter().enumerate() {
        events.push(metadata("thread_name", tid(lane), json!({ "name": at.name })));
        events.push(metadata("thread_sort_index", tid(lane), json!({ "sort_index": lane })));
    }
    let last = chart.events.last().map_or(0, |last| begin(last.moment) + BUSY);
    lives(chart, last, &mut events);
    steps(chart, &mut events);
    flows(chart, &mut events);
    clock(chart, &mut events);
    intensity(chart, &mut events);
    json!({ "displayTimeUnit": "ms", "otherData": other, "traceEvents": events })
}

fn tid(lane: usize) -> u64 {
    lane as u64 + 1
}

fn begin(moment: Moment) -> u64 {
    moment.step.saturating_mul(STEP)
}

fn metadata(what: &str, tid: u64, args: Value) -> Value {
    json!({ "ph": "M", "name": what, "pid": PID, "tid": tid, "args": args })
}

/// A slice for each process, around all that it does.
fn lives(chart: &Chart, last: u64, events: &mut Vec<Value>) {
    for (lane, at) in chart.lanes.iter().enumerate() {
        let mut free = 0;
        for life in &at.lives {
            // Two slices of a lane may lie within each other, and not across.
            let from = begin(life.born).max(free);
            let to = life.ended.as_ref().map_or(last, |end| begin(end.moment) + BUSY).max(from);
            free = to;
            let ended = life.ended.as_ref().map(|end| end.reason.as_str());
            events.push(json!({
                "ph": "X", "cat": "life", "name": life.name, "pid": PID, "tid": tid(lane), "ts": from,
                "dur": to - from, "args": { "ended": ended, "born_at_ms": life.born.at },
            }));
        }
    }
}

/// A slice for all that one does in a step.
fn steps(chart: &Chart, events: &mut Vec<Value>) {
    let mut slices: BTreeMap<(u64, usize), Vec<&Happening>> = BTreeMap::new();
    for happening in &chart.events {
        slices.entry((happening.moment.step, happening.lane)).or_default().push(happening);
    }
    for ((step, lane), happenings) in slices {
        let words: Vec<&str> = happenings.iter().map(|happening| happening.words.as_str()).collect();
        let first = happenings[0];
        events.push(json!({
            "ph": "X", "cat": "step", "name": words[0], "pid": PID, "tid": tid(lane), "ts": begin(first.moment),
            "dur": BUSY, "args": { "step": step, "at_ms": first.moment.at, "events": words },
        }));
    }
}

/// An arrow for each signal that somebody sent and that arrived.
fn flows(chart: &Chart, events: &mut Vec<Value>) {
    for (id, arrow) in chart.arrows.iter().enumerate() {
        let (Some(from), Some(arrived)) = (arrow.from, arrow.arrived) else { continue };
        let category = match arrow.kind {
            Kind::Start => "start",
            Kind::Call => "call",
            Kind::Reply => "reply",
            Kind::Message => "message",
            Kind::Exit => "exit",
            Kind::Machinery => "machinery",
        };
        let end = |phase: &str, lane: usize, ts: u64| {
            json!({
                "ph": phase, "cat": category, "name": arrow.words, "id": id, "pid": PID, "tid": tid(lane), "ts": ts,
                "bp": "e", "args": { "lost": arrow.lost },
            })
        };
        // What is sent and arrives at once would end before it begins.
        let (sent, taken) = (begin(arrow.sent) + 1, begin(arrived) + 2);
        events.push(end("s", from, sent));
        events.push(end("f", arrow.to, taken));
    }
}

fn counter(name: &str, ts: u64, args: Value) -> Value {
    json!({ "ph": "C", "name": name, "pid": PID, "tid": 0, "ts": ts, "args": args })
}

fn clock(chart: &Chart, events: &mut Vec<Value>) {
    let mut now = None;
    for happening in &chart.events {
        if now != Some(happening.moment.at) {
            now = Some(happening.moment.at);
            events.push(counter(
                "virtual time",
                begin(happening.moment),
                json!({ "ms": happening.moment.at }),
            ));
        }
    }
}

/// How many restarts count, of each supervisor that did any: it falls as they become older than the period.
fn intensity(chart: &Chart, events: &mut Vec<Value>) {
    let mut supervisors: BTreeMap<usize, Vec<Moment>> = BTreeMap::new();
    for used in &chart.uses {
        supervisors.entry(used.lane).or_default().push(used.moment);
    }
    for (lane, moments) in supervisors {
        let uses: Vec<_> = chart.uses.iter().filter(|used| used.lane == lane).collect();
        let (intensity, period_ms) = (uses[0].intensity, u64::from(uses[0].period) * 1_000);
        let name = format!("restarts of {}", chart.lanes[lane].name);
        let births: Vec<u64> = chart.lanes[lane].lives.iter().map(|life| life.born.event).collect();
        let (mut counted, mut clock) = (None, None);
        for happening in &chart.events {
            let (now, event) = (happening.moment.at, happening.moment.event);
            // It changes with a restart, as time passes, or as the supervisor itself comes back and has restarted nobody.
            let changes = births.contains(&event) || moments.iter().any(|moment| moment.event == event);
            if clock.replace(now) == Some(now) && !changes {
                continue;
            }
            let born = births.iter().copied().filter(|born| *born <= event).max().unwrap_or(0);
            let is_recent =
                |moment: &&Moment| (born..=event).contains(&moment.event) && moment.at + period_ms >= now;
            let count = moments.iter().filter(is_recent).count();
            if counted != Some(count) {
                counted = Some(count);
                let args = json!({ "used": count, "intensity": intensity });
                events.push(counter(&name, begin(happening.moment), args));
            }
        }
    }
}
