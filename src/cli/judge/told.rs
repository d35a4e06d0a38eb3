//! A judgement, for people: the design as it is, what mends it, what each costs, and what does not help.

use crate::judge::{Broken, COST_SEEDS, Change, Costs, How, Judged, LeftOut, Measure, Row, Verdict, front};
use crate::scenario::ast::{Child, Supervisor};
use crate::trace::{Line, Tone};

use super::super::words::count;
use super::report::Report;

/// So many changes that hold are told one by one.
const SHOWN: usize = 10;
/// So many reasons, and so many changes of each.
const REASONS: usize = 8;
const OF_EACH: usize = 12;
/// A reason that is longer than this is cut.
const LONGEST: usize = 150;

/// The whole judgement.
pub(super) fn lines(report: &Report<'_>, width: usize) -> Vec<Line> {
    let mut lines = own(report);
    lines.push(Line::new());
    lines.extend(changes(report));
    let table = table(report, width);
    if !table.is_empty() {
        lines.push(Line::new());
        lines.extend(table);
    }
    let rejected = rejected(report);
    if !rejected.is_empty() {
        lines.push(Line::new());
        lines.extend(rejected);
    }
    lines.push(Line::new());
    lines.extend(worth(report).into_iter().map(|text| Line::new().with(Tone::Faint, text)));
    lines
}

/// The design as it is.
fn own(report: &Report<'_>) -> Vec<Line> {
    let (tone, word) = match &report.judging.own.verdict {
        Verdict::Proved(_) | Verdict::Sampled(_) => (Tone::Good, "holds"),
        Verdict::Breaks(_) => (Tone::Bad, "breaks"),
        Verdict::Unclear(_) | Verdict::Refused => (Tone::Warning, "unclear"),
    };
    let mut lines = vec![Line::new().with(Tone::Plain, report.loaded.name.clone())];
    for tree in &report.loaded.scenario.trees {
        let line = Line::new().with(Tone::Faint, "as it is  ");
        lines.push(line.with(Tone::Name, drawn(&tree.supervisor)));
    }
    let verdict = Line::new().with(tone, format!("{word:<8}  "));
    lines.push(verdict.with(Tone::Plain, verdict_words(&report.judging.own.verdict)));
    lines
}

/// A tree on one line: `KV.Supervisor one_for_one: KV.BucketSupervisor, KV.Registry`.
pub(super) fn drawn(supervisor: &Supervisor) -> String {
    let children: Vec<String> = supervisor.body.children().iter().map(drawn_child).collect();
    match children.as_slice() {
        [] => supervisor.name.text.clone(),
        children => {
            format!("{} {}: {}", supervisor.name.text, supervisor.strategy().word(), children.join(", "))
        }
    }
}

fn drawn_child(child: &Child) -> String {
    match child {
        Child::Supervisor(below) if !below.body.children().is_empty() => format!("({})", drawn(below)),
        Child::Supervisor(_) | Child::Worker(_) => child.name().text.clone(),
    }
}

/// What a design came to, in words.
pub(in crate::cli) fn verdict_words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Proved(states) => format!("in every order ({})", count(*states, "state")),
        Verdict::Sampled(seeds) => format!("under {}, not in every order", count(*seeds, "seed")),
        Verdict::Breaks(Broken { property, why, how, .. }) => {
            format!("{property}, {}: {why}", how_words(*how))
        }
        Verdict::Unclear(why) => why.clone(),
        Verdict::Refused => "what it makes is no scenario".to_owned(),
    }
}

fn how_words(how: How) -> String {
    match how {
        How::Calm => "in the calm run".to_owned(),
        How::Alike => "in the order that breaks the file's own".to_owned(),
        How::Order => "in one order of all".to_owned(),
        How::Seed(seed) => format!("under seed {seed} of swarm"),
    }
}

/// The changes that make a design, in words.
pub(in crate::cli) fn change_words(changes: &[Change]) -> String {
    changes.iter().map(Change::words).collect::<Vec<_>>().join(" and ")
}

/// What holds, if the file's own does not: the smallest changes.
fn changes(report: &Report<'_>) -> Vec<Line> {
    if report.judging.own.verdict.holds() {
        let of = report.holding.len();
        let text = match of {
            0 => "No design next to it holds.".to_owned(),
            of => format!(
                "{} next to it hold{} as well.",
                count(of as u64, "design"),
                if of == 1 { "s" } else { "" }
            ),
        };
        return vec![Line::new().with(Tone::Plain, text)];
    }
    let Some(first) = report.holding.first() else {
        let text = match report.judging.distance {
            1 => "No single change holds.",
            _ => "No change holds, nor do any two.",
        };
        return vec![Line::new().with(Tone::Warning, text)];
    };
    let headline =
        if first.changes.len() == 1 { "One change that holds" } else { "Two changes that hold together" };
    let mut lines = vec![Line::new().with(Tone::Plain, headline)];
    let shown = if report.args.all { report.holding.len() } else { SHOWN };
    for (place, judged) in report.holding.iter().enumerate().take(shown) {
        let was: Vec<&str> = judged.changes.iter().filter_map(|change| change.was.as_deref()).collect();
        let was = if was.is_empty() { String::new() } else { format!(", was {}", was.join(" and ")) };
        lines.push(
            Line::new()
                .with(Tone::Faint, format!("{:>3}  ", place + 1))
                .with(Tone::Good, change_words(&judged.changes))
                .with(Tone::Faint, was),
        );
        let costs = judged.costs.as_ref().map_or_else(String::new, costs_words);
        let proof = format!("     {}: ", verdict_words(&judged.verdict));
        lines.push(Line::new().with(Tone::Faint, proof).with(Tone::Plain, costs));
    }
    if report.holding.len() > shown {
        let more = report.holding.len() - shown;
        lines.push(Line::new().with(Tone::Faint, format!("     and {more} more (--all)")));
    }
    lines
}

/// What a design costs, without what is nothing.
pub(super) fn costs_words(costs: &Costs) -> String {
    let mut parts = Vec::new();
    let mut say = |one: &str, many: &str, measure: &Measure| {
        if measure.total > 0 {
            let names: Vec<&str> = measure.by.keys().map(String::as_str).collect();
            let what = if measure.total == 1 { one } else { many };
            parts.push(format!("{} {what} ({})", measure.total, names.join(", ")));
        }
    };
    say("restart", "restarts", &costs.restarts);
    say("innocent stopped", "innocents stopped", &costs.innocent);
    say("ms unserved", "ms unserved", &costs.unserved);
    say("entry lost", "entries lost", &costs.lost);
    say("message refused", "messages refused", &costs.refused);
    if costs.gave_up {
        parts.push("a supervisor gives up".to_owned());
    }
    if parts.is_empty() { "nothing that is counted".to_owned() } else { parts.join(", ") }
}

/// The designs that hold and that none beats.
fn table(report: &Report<'_>, width: usize) -> Vec<Line> {
    let own_holds = report.judging.own.verdict.holds();
    let mut designs: Vec<&Judged> = if own_holds { vec![&report.judging.own] } else { Vec::new() };
    designs.extend(&report.holding);
    if designs.len() < 2 {
        return Vec::new();
    }
    let number = |place: usize| if own_holds { place } else { place + 1 };
    let (rows, left) = front(&designs, own_holds.then_some(0));
    let runs = format!("the calm run and {COST_SEEDS} seeds");
    let mut lines = vec![
        Line::new()
            .with(Tone::Plain, "What they cost")
            .with(Tone::Faint, format!(", at most in any of {runs}")),
        Line::new().with(Tone::Faint, format!("     {HEAD}  design")),
    ];
    for Row { place, .. } in rows {
        let judged = designs[place];
        let costs = judged.costs.as_ref().map_or_else(String::new, row);
        let name = match judged.changes.as_slice() {
            [] => "as it is".to_owned(),
            changes => change_words(changes),
        };
        // The number is what it is known by; the name is for whoever has the room.
        let room = width.saturating_sub(HEAD.len() + 7);
        let name = cut(&name, room);
        lines.push(
            Line::new()
                .with(Tone::Faint, format!("{:>3}  ", number(place)))
                .with(Tone::Value, costs)
                .with(Tone::Plain, format!("  {name}")),
        );
    }
    lines.extend(left_out(&left, &number));
    lines
}

/// The columns of the table.
const HEAD: &str = "restarts innocent unserved  lost refused  closest";

/// A text that fits, with three dots if it had to be cut.
fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let kept: String = text.chars().take(room.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

fn row(costs: &Costs) -> String {
    let close = match &costs.tightest {
        _ if costs.gave_up => "gave up".to_owned(),
        Some((_, used, of)) => format!("{used} of {of}"),
        None => "-".to_owned(),
    };
    format!(
        "{:>8} {:>8} {:>5} ms {:>5} {:>7}  {:>7}",
        costs.restarts.total,
        costs.innocent.total,
        costs.unserved.total,
        costs.lost.total,
        costs.refused.total,
        close
    )
}

/// Why others are not in the table.
fn left_out(left: &[(usize, LeftOut)], number: &dyn Fn(usize) -> usize) -> Vec<Line> {
    let mut beaten: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut alike: Vec<(usize, Vec<usize>)> = Vec::new();
    let mut room = 0;
    for (place, why) in left {
        let (groups, other) = match why {
            LeftOut::Beaten(by) => (&mut beaten, by),
            LeftOut::Alike(with) => (&mut alike, with),
            LeftOut::NoRoom => {
                room += 1;
                continue;
            }
        };
        match groups.iter_mut().find(|(known, _)| known == other) {
            Some((_, places)) => places.push(number(*place)),
            None => groups.push((*other, vec![number(*place)])),
        }
    }
    let mut told: Vec<String> = Vec::new();
    for (groups, how) in [(alike, "as much as"), (beaten, "no less of anything, and more of something, than")]
    {
        for (other, mut places) in groups {
            places.sort_unstable();
            let cost = if places.len() == 1 { "costs" } else { "cost" };
            let places: Vec<String> = places.iter().map(usize::to_string).collect();
            told.push(format!("{} {cost} {how} {}", places.join(", "), number(other)));
        }
    }
    if room > 0 {
        told.push(format!("{room} more that none beats"));
    }
    told.into_iter().map(|text| Line::new().with(Tone::Faint, format!("     {text}"))).collect()
}

/// Designs that break, by why they do.
pub(super) fn reasons<'r>(report: &Report<'r>) -> Vec<(&'r Broken, Vec<&'r Judged>)> {
    let mut groups: Vec<(&Broken, Vec<&Judged>)> = Vec::new();
    // What is broken by two changes only matters where two were asked for.
    let most = report.args.distance.map_or(1, usize::from);
    for judged in report.judging.others.iter().filter(|judged| judged.changes.len() <= most) {
        let Verdict::Breaks(broken) = &judged.verdict else { continue };
        match groups
            .iter_mut()
            .find(|(known, _)| (&known.property, &known.shape) == (&broken.property, &broken.shape))
        {
            Some((_, alike)) => alike.push(judged),
            None => groups.push((broken, vec![judged])),
        }
    }
    groups
}

fn rejected(report: &Report<'_>) -> Vec<Line> {
    let own = match &report.judging.own.verdict {
        Verdict::Breaks(broken) => Some((&broken.property, &broken.shape)),
        _ => None,
    };
    let groups = reasons(report);
    if groups.is_empty() {
        return Vec::new();
    }
    let headline = if own.is_some() { "What does not help" } else { "What would break it" };
    let mut lines = vec![Line::new().with(Tone::Plain, headline)];
    let (most, of_each) = if report.args.all { (usize::MAX, usize::MAX) } else { (REASONS, OF_EACH) };
    for (broken, alike) in groups.iter().take(most) {
        let same = own == Some((&broken.property, &broken.shape));
        let why = if same { "breaks as the file's own does".to_owned() } else { cut(&broken.why, LONGEST) };
        let property = if same { String::new() } else { format!("{}: ", broken.property) };
        lines.push(Line::new().with(Tone::Bad, format!("  {property}")).with(Tone::Plain, why));
        let mut words: Vec<String> =
            alike.iter().take(of_each).map(|judged| change_words(&judged.changes)).collect();
        if alike.len() > of_each {
            words.push(format!("and {} more (--all)", alike.len() - of_each));
        }
        lines.push(Line::new().with(Tone::Faint, format!("    {}", words.join("; "))));
    }
    if groups.len() > most {
        lines.push(
            Line::new().with(Tone::Faint, format!("  and {} reasons more (--all)", groups.len() - most)),
        );
    }
    lines
}

/// What was tried, under which budget, and what was not.
pub(super) fn worth(report: &Report<'_>) -> Vec<String> {
    let judging = report.judging;
    let of =
        |is: &dyn Fn(&Verdict) -> bool| judging.others.iter().filter(|judged| is(&judged.verdict)).count();
    let refused = of(&|verdict| *verdict == Verdict::Refused);
    let parts = [
        (of(&|verdict| matches!(verdict, Verdict::Proved(_))), "holds in every order", "hold in every order"),
        (of(&|verdict| matches!(verdict, Verdict::Sampled(_))), "holds under seeds", "hold under seeds"),
        (of(&|verdict| matches!(verdict, Verdict::Breaks(_))), "breaks", "break"),
        (of(&|verdict| matches!(verdict, Verdict::Unclear(_))), "is unclear", "are unclear"),
    ];
    let parts = parts.iter().filter(|(of, ..)| *of > 0);
    let parts: Vec<String> =
        parts.map(|(of, one, many)| format!("{of} {}", if *of == 1 { one } else { many })).collect();
    let tried = judging.others.len() - refused;
    let changes = if judging.distance == 1 { "one change" } else { "one change or two" };
    let mut told =
        vec![format!("Tried {} of {changes}: {}.", count(tried as u64, "design"), parts.join(", "))];
    let states = report.args.max_states;
    let seeds = report.args.seeds;
    told.push(format!(
        "Each in every order up to {states} states (--max-states), else under {seeds} seeds (--seeds)."
    ));
    if judging.untried > 0 {
        told.push(format!(
            "{} of two changes were not tried (--max-pairs).",
            count(judging.untried as u64, "design")
        ));
    }
    if judging.given_up {
        told.push("It was given up before all was tried.".to_owned());
    }
    if judging.distance == 1 {
        told.push("Two changes at once were not tried (--distance 2).".to_owned());
    }
    told
}
