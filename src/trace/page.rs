//! All there is to know about one process at a moment: Observer's process page.

use crate::kernel::{Pid, World};
use crate::otp::{Actor, ChildType, Guest};

use super::forest::members;
use super::line::{Line, Tone};
use super::names::Directory;
use super::phrases::{grouped, restarts};
use super::settings::Settings;
use super::signals::mail_line;
use super::state;
use super::terms::Names;

/// How many entries of a list are shown before the rest is counted.
const SHOWN: usize = 20;

/// The page of a process; none if it is not alive.
pub fn page<G: Guest>(
    world: &World<Actor<G>>,
    pid: Pid,
    directory: &Directory,
    settings: &Settings<'_>,
) -> Option<String> {
    let rows = rows(world, pid, settings.names(directory))?;
    let width = settings.width.clamp(60, 200);
    let column = rows.iter().map(|(head, _)| head.len()).max().unwrap_or(0) + 2;
    let mut text = Line::new().with(Tone::Name, directory.name(pid)).render(settings.colour);
    text.push('\n');
    for (head, value) in rows {
        let mut line = Line::new().with(Tone::Faint, format!("  {head}"));
        for part in value.wrap(width.saturating_sub(column + 2), 2) {
            line.pad_to(column + 2);
            line.append(part);
            text.push_str(&line.render(settings.colour));
            text.push('\n');
            line = Line::new();
        }
    }
    Some(text)
}

fn rows<G: Guest>(world: &World<Actor<G>>, pid: Pid, names: Names<'_>) -> Option<Vec<(&'static str, Line)>> {
    let process = world.process(pid)?;
    let actor = process.behaviour();
    let plain = |text: &str| Line::new().with(Tone::Plain, text);
    let people = |pids: Vec<Pid>| -> Vec<Line> { pids.iter().map(|pid| plain(names.pid(*pid))).collect() };
    let mut rows = Vec::new();
    rows.push(("type", plain(state::kind(actor))));
    rows.push(("state", plain(&state::state(process, names))));
    let registered = process.name.map(|name| plain(names.atoms.text(name)));
    list(&mut rows, "registered as", registered.into_iter().collect());
    list(&mut rows, "started by", people(process.parent.into_iter().collect()));
    rows.push(("traps exits", plain(if process.trap_exit { "yes" } else { "no" })));
    list(&mut rows, "links", people(process.links.entries().into_iter().map(|(pid, _)| pid).collect()));
    let ends = |table: Vec<(_, &crate::kernel::Monitor)>| table.iter().map(|(_, end)| end.pid).collect();
    list(&mut rows, "monitors", people(ends(process.monitors.entries())));
    list(&mut rows, "monitored by", people(ends(process.watchers.entries())));
    let timers = world.timers().filter(|(_, meant)| *meant == Some(pid));
    list(&mut rows, "timers", timers.map(|(due, _)| plain(&format!("due at {due} ms"))).collect());
    list(&mut rows, "mailbox", process.mailbox.iter().map(|mail| mail_line(mail, names)).collect());
    if let Actor::Supervisor(supervisor) = actor {
        let flags = supervisor.flags();
        rows.push(("intensity", plain(&restarts(flags.intensity, flags.period).replace('\u{a0}', " "))));
    }
    if let Some(members) = members(actor) {
        let which = members.iter().map(|member| {
            let process = match (member.pid, member.restarting) {
                (_, true) => "restarting".to_owned(),
                (Some(pid), false) => format!("<{}>", names.pid(pid)),
                (None, false) => "undefined".to_owned(),
            };
            let id = names.term(&member.id);
            plain(&format!("{{{id}, {process}, {}}}, {}", member.kind.word(), member.restart.word()))
        });
        list(&mut rows, "children", which.collect());
        let active = members.iter().filter(|member| member.pid.is_some() && !member.restarting).count();
        let supervisors = members.iter().filter(|member| member.kind == ChildType::Supervisor).count();
        let (specs, workers) = (members.len(), members.len() - supervisors);
        let specs =
            if state::supervises_alike(actor) && matches!(actor, Actor::Supervisor(_)) { 1 } else { specs };
        let count = format!("specs {specs}, active {active}, supervisors {supervisors}, workers {workers}");
        rows.push(("count", plain(&count)));
    }
    Some(rows)
}

/// A list with its head before the first entry; `-` if there is none.
fn list(rows: &mut Vec<(&'static str, Line)>, head: &'static str, entries: Vec<Line>) {
    if entries.is_empty() {
        return rows.push((head, Line::new().with(Tone::Faint, "-")));
    }
    let count = entries.len();
    let shown = if count > SHOWN + 2 { SHOWN } else { count };
    for (nth, entry) in entries.into_iter().take(shown).enumerate() {
        rows.push((if nth == 0 { head } else { "" }, entry));
    }
    if shown < count {
        rows.push(("", Line::new().with(Tone::Faint, format!("… {} more", grouped(count - shown)))));
    }
}
