//! A design: the text of a scenario, understood.

use std::collections::BTreeMap;

use crate::scenario::ast::{
    Child, ChildOptions, Knob, Name, Scenario, Span, Supervisor, SupervisorBody, WorkerModule,
};
use crate::scenario::{FileLine, Simulation, places};

use super::change::Change;

/// What a text says, and the same ready to run.
pub type Lowered = (Scenario, Simulation);

/// How a text is read; none of one that is no scenario.
pub type Read<'r> = dyn Fn(&str) -> Option<Lowered> + Sync + 'r;

/// A text, understood, and how it came from the one that is judged.
#[derive(Debug)]
pub struct Design {
    /// What it says.
    pub text: String,
    /// The same, understood.
    pub scenario: Scenario,
    /// The same, ready to run.
    pub simulation: Simulation,
    /// The changes that have made it, in that order.
    pub changes: Vec<Change>,
    places: Vec<FileLine>,
}

/// A line that says something of a child's specification.
#[derive(Debug)]
pub(super) struct SpecLine<'d> {
    /// Whose specification it says something of.
    pub(super) name: &'d Name,
    /// What the line itself says.
    pub(super) own: &'d ChildOptions,
    /// What holds: the line, then the definition of its module.
    pub(super) options: ChildOptions,
    /// Where a property is put in.
    pub(super) end: Span,
    /// Whether it is a supervisor.
    pub(super) supervisor: bool,
    /// Who supervises it, if it is drawn below somebody.
    pub(super) under: Option<&'d Supervisor>,
}

impl Design {
    /// A text with what has been made of it; none if it is no scenario.
    pub fn of(text: String, changes: Vec<Change>, read: &Read<'_>) -> Option<Design> {
        let (scenario, simulation) = read(&text)?;
        let places = places(&text);
        Some(Design { text, scenario, simulation, changes, places })
    }

    /// Every line, with the block that it stands in.
    pub(super) fn visit<'d>(&'d self, visitor: &mut dyn FnMut(&'d FileLine, &'d [FileLine])) {
        self.places.iter().for_each(|place| place.visit(&self.places, visitor));
    }

    /// The line that begins there.
    pub(super) fn place(&self, line: Span) -> Option<&FileLine> {
        let mut found = None;
        self.visit(&mut |place, _| {
            if place.line.start == line.start {
                found = Some(place);
            }
        });
        found
    }

    /// The name of the block of the top level that this stands in.
    pub(super) fn block_of(&self, span: Span) -> Option<&str> {
        let holds = |place: &&FileLine| place.whole.start <= span.start && span.end <= place.whole.end;
        let name = self.places.iter().find(holds)?.arguments.first()?;
        Some(self.said(*name).trim_matches('"'))
    }

    /// What stands somewhere.
    pub(super) fn said(&self, span: Span) -> &str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    /// The number of the line of a place, from 1.
    pub(super) fn line_number(&self, span: Span) -> usize {
        self.text.get(..span.start).map_or(0, |before| before.matches('\n').count()) + 1
    }

    /// Whether nobody has fixed this.
    pub(super) fn may_vary(&self, knob: Knob, of: &str) -> bool {
        !self.scenario.fixed.iter().any(|fixed| fixed.keeps(knob, of))
    }

    /// All supervisors that the file draws, those of the top level and those within, in its order.
    pub(super) fn supervisors(&self) -> Vec<&Supervisor> {
        let mut found = Vec::new();
        let mut open: Vec<&Supervisor> =
            self.scenario.trees.iter().rev().map(|tree| &tree.supervisor).collect();
        while let Some(supervisor) = open.pop() {
            found.push(supervisor);
            open.extend(supervisor.body.children().iter().rev().filter_map(|child| match child {
                Child::Supervisor(below) => Some(below),
                Child::Worker(_) => None,
            }));
        }
        found
    }

    /// All lines that say how a child is restarted and stopped: of those that are drawn, and of the modules that
    /// `start_child` starts.
    pub(super) fn spec_lines(&self) -> Vec<SpecLine<'_>> {
        let modules = self.scenario.module_options();
        let mut lines = Vec::new();
        for supervisor in self.supervisors() {
            for child in supervisor.body.children() {
                let module = match child {
                    Child::Worker(worker) => match &worker.module {
                        WorkerModule::Definition(name) => Some(name),
                        WorkerModule::Plain | WorkerModule::Agent => None,
                    },
                    Child::Supervisor(below) => Some(&below.name),
                };
                let defined = module.and_then(|name| modules.get(name.text.as_str()));
                let own = child.options();
                let options = defined.map_or_else(|| own.clone(), |(defined, _)| own.over(defined));
                lines.push(SpecLine {
                    name: child.name(),
                    own,
                    options,
                    end: end_of(child.span()),
                    supervisor: matches!(child, Child::Supervisor(_)),
                    under: Some(supervisor),
                });
            }
        }
        let started = self.started();
        for definition in &self.scenario.definitions {
            if started.contains_key(definition.name.text.as_str()) {
                lines.push(SpecLine {
                    name: &definition.name,
                    own: &definition.options,
                    options: definition.options.clone(),
                    end: end_of(definition.span),
                    supervisor: false,
                    under: None,
                });
            }
        }
        for tree in &self.scenario.trees {
            let supervisor = &tree.supervisor;
            if started.contains_key(supervisor.name.text.as_str()) {
                lines.push(SpecLine {
                    name: &supervisor.name,
                    own: &supervisor.options,
                    options: supervisor.options.clone(),
                    end: end_of(supervisor.span),
                    supervisor: true,
                    under: None,
                });
            }
        }
        lines
    }

    /// Whether somebody may look at how a child is restarted and stopped, beside its supervisor.
    pub(super) fn shows_specifications(&self) -> bool {
        let mut shows = !self.scenario.code.folders.is_empty();
        self.visit(&mut |place, _| shows |= place.word == "get_childspec");
        shows
    }

    /// The modules that `start_child` lines start, and where one of these lines stands.
    fn started(&self) -> BTreeMap<String, Span> {
        let mut started = BTreeMap::new();
        self.visit(&mut |place, _| {
            if let ("start_child", [_, module, ..]) = (place.word.as_str(), place.arguments.as_slice()) {
                started.insert(self.said(*module).trim_matches('"').to_owned(), place.line);
            }
        });
        started
    }

    /// Whether a supervisor draws its children itself, and they are not all alike.
    pub(super) fn draws(supervisor: &Supervisor) -> Option<&[Child]> {
        match &supervisor.body {
            SupervisorBody::Children(children)
                if supervisor.strategy() != crate::otp::Strategy::SimpleOneForOne =>
            {
                Some(children)
            }
            _ => None,
        }
    }
}

/// Where a line ends: something put in there is one more property of it.
pub(super) fn end_of(line: Span) -> Span {
    Span::new(line.end, line.end)
}
