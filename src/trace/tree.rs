//! The supervision tree at a moment, as Observer shows it.
//!
//! It is read from a world, not from events: this is what there is, not what happened.

use crate::kernel::{Pid, Process, World};
use crate::otp::{Actor, Guest, Member};

use super::line::{Line, Tone};
use super::names::Directory;
use super::phrases::grouped;
use super::settings::Settings;
use super::state;
use super::terms::Names;

/// How many children of one kind are shown before the rest is counted.
const ALIKE_SHOWN: usize = 20;

/// Under this width, the last two columns are left out.
const NARROW: usize = 72;

/// The columns after the name.
const HEADS: [&str; 6] = ["TYPE", "RESTART", "STATE", "MAIL", "LINKS", "MONITORS"];

/// The tree, as text: first what is supervised, then who is not, then who should be and is not any more.
pub fn tree<G: Guest>(world: &World<Actor<G>>, directory: &Directory, settings: &Settings<'_>) -> String {
    let mut view = View { world, names: settings.names(directory), rows: Vec::new() };
    view.all();
    let mut text = String::new();
    for line in lay_out(view.rows, settings.width.clamp(60, 200)) {
        text.push_str(&line.render(settings.colour));
        text.push('\n');
    }
    text
}

struct View<'a, G: Guest> {
    world: &'a World<Actor<G>>,
    names: Names<'a>,
    rows: Vec<Row>,
}

enum Row {
    Blank,
    /// Words that stand for themselves.
    Title(String),
    Process {
        branch: String,
        name: String,
        tone: Tone,
        cells: [String; 6],
    },
}

impl<G: Guest> View<'_, G> {
    fn all(&mut self) {
        let directory = self.names.directory;
        let mut everybody: Vec<&Process<Actor<G>>> = self.world.processes().collect();
        everybody.sort_by_key(|process| directory.birth(process.pid));
        let mut children: Vec<Pid> = Vec::new();
        for process in &everybody {
            children
                .extend(members(process.behaviour()).into_iter().flatten().filter_map(|member| member.pid));
        }
        children.sort_unstable();
        let supervised = |pid: Pid| children.binary_search(&pid).is_ok();
        let (mut roots, mut orphans, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for process in everybody.into_iter().filter(|process| !supervised(process.pid)) {
            let orphan = process.parent.is_some_and(|parent| {
                self.world.process(parent).is_none() && directory.is_supervisor(parent)
            });
            match (orphan, members(process.behaviour())) {
                (true, _) => orphans.push(process),
                (false, Some(_)) => roots.push(process),
                // The first process of all is the runtime's own: nobody drew it.
                (false, None) if process.parent.is_none() => (),
                (false, None) => others.push(process),
            }
        }
        for root in roots {
            self.process(root, None, "", "", "");
        }
        self.apart("not supervised", &others);
        self.apart("orphans: alive, though the supervisor that started them is not", &orphans);
    }

    fn apart(&mut self, title: &str, processes: &[&Process<Actor<G>>]) {
        if processes.is_empty() {
            return;
        }
        if !self.rows.is_empty() {
            self.rows.push(Row::Blank);
        }
        self.rows.push(Row::Title(title.to_owned()));
        for process in processes {
            self.process(process, None, "", "", "");
            // Whose it was says where to look.
            let parent = process.parent.filter(|parent| self.names.directory.is_supervisor(*parent));
            if let (Some(parent), Some(Row::Process { name, .. })) = (parent, self.rows.last_mut()) {
                name.push_str(&format!(" of {}", self.names.pid(parent)));
            }
        }
    }

    fn process(
        &mut self,
        process: &Process<Actor<G>>,
        member: Option<&Member>,
        indent: &str,
        branch: &str,
        trunk: &str,
    ) {
        let actor = process.behaviour();
        let mut name = self.names.pid(process.pid).to_owned();
        if let Some(registered) = process.name.map(|name| self.names.atoms.text(name))
            && registered != self.names.directory.label(process.pid)
        {
            name = format!("{name} ({registered})");
        }
        let count = |number: usize| if number == 0 { "-".to_owned() } else { grouped(number) };
        self.rows.push(Row::Process {
            branch: format!("{indent}{branch}"),
            name,
            tone: Tone::Name,
            cells: [
                state::kind(actor).to_owned(),
                member.map_or("", |member| member.restart.word()).to_owned(),
                state::state(process, self.names),
                count(process.mailbox.len()),
                count(process.links.len()),
                count(process.monitors.len()),
            ],
        });
        let Some(members) = members(actor) else { return };
        let indent = format!("{indent}{trunk}");
        let shown = match state::supervises_alike(actor) && members.len() > ALIKE_SHOWN + 2 {
            true => ALIKE_SHOWN,
            false => members.len(),
        };
        for (nth, member) in members[..shown].iter().enumerate() {
            let last = nth + 1 == members.len();
            let (branch, trunk) = if last { ("└ ", "  ") } else { ("├ ", "│ ") };
            match member.pid.and_then(|pid| self.world.process(pid)) {
                Some(child) => self.process(child, Some(member), &indent, branch, trunk),
                None => self.nobody(member, &format!("{indent}{branch}")),
            }
        }
        if shown < members.len() {
            let rest = grouped(members.len() - shown);
            self.rows.push(Row::Title(format!("{indent}└ … {rest} more")));
        }
    }

    /// A child without a living process.
    fn nobody(&mut self, member: &Member, branch: &str) {
        let state = match (member.restarting, member.pid) {
            (true, _) => "will be tried again",
            (false, Some(_)) => "dead, and its supervisor has not heard of it",
            (false, None) => "not running",
        };
        let name = match member.pid {
            Some(pid) => self.names.pid(pid).to_owned(),
            None => self.names.id(&member.id),
        };
        let restart = member.restart.word().to_owned();
        let empty = String::new;
        self.rows.push(Row::Process {
            branch: branch.to_owned(),
            name,
            tone: Tone::Bad,
            cells: [empty(), restart, state.to_owned(), empty(), empty(), empty()],
        });
    }
}

/// The children of a supervisor; nobody else has any.
pub(super) fn members<G: Guest>(actor: &Actor<G>) -> Option<Vec<Member>> {
    match actor {
        Actor::Supervisor(supervisor) => Some(supervisor.members()),
        Actor::DynamicSupervisor(supervisor) => Some(supervisor.members()),
        Actor::Server(_)
        | Actor::Plain(_)
        | Actor::RegistryPartition(_)
        | Actor::Task(_)
        | Actor::StreamMonitor(_)
        | Actor::ApplicationController(_)
        | Actor::ApplicationMaster(_)
        | Actor::ApplicationRoot(_) => None,
    }
}

fn lay_out(rows: Vec<Row>, width: usize) -> Vec<Line> {
    let measured = |text: &str| Line::new().with(Tone::Plain, text).width();
    let mut widths = HEADS.map(str::len);
    let mut name_width = "PROCESS".len();
    for row in &rows {
        if let Row::Process { branch, name, cells, .. } = row {
            name_width = name_width.max(measured(branch) + measured(name));
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(measured(cell));
            }
        }
    }
    // What is too wide is cut in the columns of names and of states: the others say little, and all of it.
    let count = if width < NARROW { HEADS.len() - 2 } else { HEADS.len() };
    let fixed: usize = 2 * count + widths[..count].iter().sum::<usize>() - widths[2];
    let room = width.saturating_sub(fixed);
    let state_width = widths[2].min(room.saturating_sub(name_width).max(room / 2));
    widths[2] = state_width;
    name_width = name_width.min(room.saturating_sub(state_width).max(12));
    let mut lines = vec![cells_line(
        Line::new().with(Tone::Faint, "PROCESS"),
        name_width,
        &HEADS.map(str::to_owned)[..count],
        &widths,
        Tone::Faint,
    )];
    for row in rows {
        lines.push(match row {
            Row::Blank => Line::new(),
            Row::Title(title) => Line::new().with(Tone::Faint, title),
            Row::Process { branch, name, tone, cells } => {
                let room = name_width.saturating_sub(measured(&branch));
                let line = Line::new().with(Tone::Faint, branch).with(tone, end_of(&name, room));
                cells_line(line, name_width, &cells[..count], &widths, Tone::Plain)
            }
        });
    }
    lines
}

fn cells_line(mut line: Line, name_width: usize, cells: &[String], widths: &[usize], tone: Tone) -> Line {
    let mut column = name_width;
    for (place, (cell, &width)) in cells.iter().zip(widths).enumerate() {
        line.pad_to(column + 2);
        let cell = if place == 2 { begin_of(cell, width) } else { cell.clone() };
        // Numbers end where their column ends.
        line.push(tone, if place > 2 { format!("{cell:>width$}") } else { cell });
        column += 2 + width;
    }
    line
}

/// The end of a name says which one it is.
fn end_of(name: &str, width: usize) -> String {
    let letters = name.chars().count();
    if letters <= width {
        return name.to_owned();
    }
    let kept: String = name.chars().skip(letters + 1 - width.max(1)).collect();
    format!("…{kept}")
}

fn begin_of(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}…")
}
