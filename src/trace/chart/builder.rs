//! Goes through the events of a run and finds a lane for everybody.

use std::collections::BTreeMap;

use crate::kernel::{Event, EventKind, Fate, Pid, Received, Signal};
use crate::otp::{Actor, Decision, Guest, Message, Report, is_abnormal};
use crate::trace::narrate::Narrate;
use crate::trace::recording::Recording;
use crate::trace::signals::row;
use crate::trace::terms::Names;

use super::data::{Arrow, Chart, End, Happening, Kind, Lane, Life, Mark, Moment, Use};
use super::words;

/// The processes that set a scenario up, and those that are how OTP does applications, by their labels: nobody
/// drew them.
const BACKSTAGE: [&str; 5] =
    ["boot", "application_controller", "application_master", "application_root", "global_name_server"];

/// The chart of a whole run.
pub(super) fn build<G: Guest>(recording: &Recording<'_, G>, names: Names<'_>) -> Chart
where
    G::Note: Narrate,
{
    let (lanes, places, sent) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut builder = Builder { names, chart: Chart::default(), lanes, places, sent };
    for event in recording.events() {
        builder.hear(event);
    }
    builder.in_order()
}

struct Builder<'a> {
    names: Names<'a>,
    chart: Chart,
    /// The lane of everybody who has one.
    lanes: BTreeMap<Pid, usize>,
    /// The lanes of each place, by its name.
    places: BTreeMap<String, Vec<usize>>,
    /// The arrows by the events that sent them.
    sent: BTreeMap<u64, usize>,
}

impl Builder<'_> {
    fn hear<G: Guest>(&mut self, event: &Event<Actor<G>>)
    where
        G::Note: Narrate,
    {
        let moment = Moment { event: event.number, step: event.step, at: event.at };
        if let EventKind::Spawned { parent, .. } = &event.kind {
            self.born(event.pid, *parent, moment);
        }
        if let EventKind::Arrived { signal, fate, .. } = &event.kind {
            let known = event.origin.and_then(|origin| self.sent.get(&origin).copied());
            match known {
                Some(arrow) => {
                    let arrow = &mut self.chart.arrows[arrow];
                    arrow.arrived = Some(moment);
                    (arrow.kind, arrow.lost) = words::became(arrow.kind, signal, *fate);
                }
                None => self.of_a_timer(event.pid, moment, signal, *fate),
            }
        }
        let Some(lane) = self.lanes.get(&event.pid).copied() else { return };
        if let Some(row) = row(event, self.names) {
            self.chart.events.push(Happening { lane, moment, words: row.words() });
        }
        match &event.kind {
            EventKind::Sent { to, signal } => {
                if let Some(to) = self.lanes.get(to).copied() {
                    let (kind, words) = words::signal(signal, self.names);
                    self.sent.insert(event.number, self.chart.arrows.len());
                    let (from, arrived) = (Some(lane), None);
                    self.chart.arrows.push(Arrow {
                        from,
                        to,
                        sent: moment,
                        arrived,
                        words,
                        kind,
                        lost: false,
                    });
                }
            }
            EventKind::Exited { reason, .. } => {
                let end = End { moment, reason: self.names.brief_reason(reason), bad: is_abnormal(reason) };
                self.chart.lanes[lane].lives.last_mut().expect("whoever dies has lived").ended = Some(end);
            }
            EventKind::KilledByFault => self.mark(lane, moment, "killed by a fault".to_owned(), true),
            EventKind::TimedOut => self.mark(lane, moment, "has waited long enough".to_owned(), true),
            EventKind::Unsent { to, .. } => {
                self.mark(lane, moment, format!("finds nobody called {}", self.names.term(to)), true);
            }
            EventKind::Reported(report) => self.reported(lane, moment, report),
            EventKind::Took(Received::Message(_) | Received::Exit { .. } | Received::Down { .. })
            | EventKind::Spawned { .. }
            | EventKind::Arrived { .. }
            | EventKind::Saw { .. }
            | EventKind::Wrote { .. }
            | EventKind::Registered(_)
            | EventKind::Unregistered(_)
            | EventKind::TimerSet { .. }
            | EventKind::TimerFired(_)
            | EventKind::TimerCancelled { .. } => (),
        }
    }

    fn reported<G: Guest>(&mut self, lane: usize, moment: Moment, report: &Report<G>)
    where
        G::Note: Narrate,
    {
        if let Report::Decision(Decision::Restarting { used, intensity, period, again: false, .. }) = report {
            self.chart.uses.push(Use { lane, moment, used: *used, intensity: *intensity, period: *period });
        }
        if let Some((words, bad)) = words::report(report, self.names) {
            self.mark(lane, moment, words, bad);
        }
    }

    fn mark(&mut self, lane: usize, moment: Moment, words: String, bad: bool) {
        self.chart.marks.push(Mark { lane, moment, words, bad });
    }

    /// Nobody has sent it whom an event has told of.
    fn of_a_timer<G: Guest>(&mut self, pid: Pid, moment: Moment, signal: &Signal<Message<G>>, fate: Fate) {
        if let Some(to) = self.lanes.get(&pid).copied() {
            let (from, arrived) = (None, Some(moment));
            let (kind, words) = words::signal(signal, self.names);
            let (kind, lost) = words::became(kind, signal, fate);
            self.chart.arrows.push(Arrow { from, to, sent: moment, arrived, words, kind, lost });
        }
    }

    fn born(&mut self, pid: Pid, parent: Option<Pid>, moment: Moment) {
        let directory = self.names.directory;
        if BACKSTAGE.contains(&directory.label(pid)) {
            return;
        }
        let name = directory.name(pid).to_owned();
        let life = Life { name: name.clone(), born: moment, ended: None };
        let place = if directory.is_dynamic(pid) { name } else { directory.base(pid).to_owned() };
        let above = parent.and_then(|parent| self.lanes.get(&parent).copied());
        // Two incarnations can be alive at once, if something is wrong: they need room beside each other.
        let lanes = &mut self.chart.lanes;
        let of_place = self.places.entry(place.clone()).or_default();
        let is_free = |lane: &usize| lanes[*lane].lives.last().is_none_or(|last| last.ended.is_some());
        let lane = of_place.iter().copied().find(is_free).unwrap_or_else(|| {
            lanes.push(Lane { name: place, supervises: false, above, lives: Vec::new() });
            of_place.push(lanes.len() - 1);
            lanes.len() - 1
        });
        self.chart.lanes[lane].supervises |= directory.is_supervisor(pid);
        self.chart.lanes[lane].lives.push(life);
        self.lanes.insert(pid, lane);
        if let Some(from) = above.filter(|from| *from != lane) {
            let (kind, words, arrived) = (Kind::Start, "starts".to_owned(), Some(moment));
            let sent = moment;
            self.chart.arrows.push(Arrow {
                from: Some(from),
                to: lane,
                sent,
                arrived,
                words,
                kind,
                lost: false,
            });
        }
    }

    /// Puts the lanes below those above them, each family together, in the order in which they came to life.
    fn in_order(self) -> Chart {
        let mut chart = self.chart;
        let mut order = Vec::with_capacity(chart.lanes.len());
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); chart.lanes.len()];
        let mut open = Vec::new();
        for (lane, what) in chart.lanes.iter().enumerate().rev() {
            match what.above {
                Some(above) => children[above].push(lane),
                None => open.push(lane),
            }
        }
        while let Some(lane) = open.pop() {
            order.push(lane);
            open.extend(&children[lane]);
        }
        let mut place = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = new;
        }
        let mut lanes: Vec<Lane> = order.iter().map(|old| chart.lanes[*old].clone()).collect();
        lanes.iter_mut().flat_map(|lane| &mut lane.above).for_each(|above| *above = place[*above]);
        chart.lanes = lanes;
        for arrow in &mut chart.arrows {
            arrow.to = place[arrow.to];
            arrow.from.iter_mut().for_each(|from| *from = place[*from]);
        }
        chart.marks.iter_mut().for_each(|mark| mark.lane = place[mark.lane]);
        chart.events.iter_mut().for_each(|event| event.lane = place[event.lane]);
        chart.uses.iter_mut().for_each(|used| used.lane = place[used.lane]);
        chart
    }
}
