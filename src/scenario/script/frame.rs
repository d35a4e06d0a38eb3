//! A scripted process at work. Advancing it is all that happens here; what each operation does is in `perform`.

use crate::kernel::{Received, Ref, Term};
use crate::otp::{Block, Callback, Cue, EnterLoop, Info, Message, Raise, Report, Return, Step, Then};

use super::super::language::effects::Effects;
use super::super::language::{Clients, Control, Event, Lowered, Messages, Operation, OperationKind};
use super::Image;
use super::evaluate::Scope;
use super::execution::{Execution, Loop, Returning};
use super::expression::{Address, Pattern, Slot};
use super::fault;
use super::machine::Happened;
use super::program::{Program, ProgramKind};
use super::{Note, Script, ScriptContext, say};

/// What an operation does to the flow.
pub(super) enum Flow {
    Next,
    Jump(Address),
    Block(Block<Script>),
    /// Others may run before the operation goes on.
    Preempt,
    Return,
    Raise(Raise),
    /// It is a server from now on.
    EnterLoop(Box<EnterLoop<Script>>),
}

/// What becomes of an operation.
pub(super) type Performed = Result<Flow, Raise>;

impl Execution {
    /// How many of its variables no longer hold what they began with.
    pub fn changed_variables(&self, image: &Image) -> usize {
        let begins = image.program(self.definition).variables.iter();
        begins
            .filter(|(slot, value)| self.slots.get(usize::from(*slot)) != Some(&Some(value.clone())))
            .count()
    }

    /// Its variables that outlive a callback; of a plain process, all of them.
    pub fn lasting(&self, image: &Image) -> &[Option<Term>] {
        &self.slots[..image.program(self.definition).lasting]
    }

    /// Whether the `receive` that it is in would take this message.
    pub fn accepts(&self, message: &Received<Message<Script>>, image: &Image) -> bool {
        let definition = image.program(self.definition);
        let operation = &definition.operations[self.at as usize];
        match &operation.kind {
            OperationKind::Control(Control::Receive { clauses, .. }) => {
                let message = self.message_term(message);
                clauses.iter().any(|(pattern, _)| self.would_match(pattern, &message))
            }
            OperationKind::Messages(Messages::ReceiveOne { pattern, .. }) => {
                self.would_match(pattern, &self.message_term(message))
            }
            OperationKind::Clients(Clients::AwaitClient { .. }) => {
                matches!(message, Received::Down { reference, .. } if Some(*reference) == self.awaited)
            }
            _ => false,
        }
    }

    fn would_match(&self, pattern: &Pattern, message: &Term) -> bool {
        // What a receive compares with is computed before it waits: shared variables are not read here.
        let scope = Scope { slots: &self.slots, shared: &[], pid: None };
        scope.matches(pattern, message, &mut Vec::new())
    }

    /// Runs on from a cue, until it waits, can be preempted, or returns.
    pub fn resume(&mut self, cue: Cue<Script>, context: &mut ScriptContext<'_>) -> Step<Script> {
        let definition = context.image().program(self.definition);
        let is_last = matches!(cue, Cue::Callback(Callback::Terminate(_)));
        if let Some(machine) = &mut self.machine {
            machine.terminates |= is_last;
        }
        let mut step = self.go_on(cue, definition, context);
        // A state machine handles whatever it has before it receives anything.
        while let (Some(machine), Step::Return(returned)) = (&self.machine, &step)
            && !machine.terminates
        {
            match self.turned(returned.clone(), definition, context) {
                Ok(()) => step = self.advance(true, definition, context),
                Err(last) => return last,
            }
        }
        step
    }

    fn go_on(
        &mut self,
        cue: Cue<Script>,
        definition: &Program,
        context: &mut ScriptContext<'_>,
    ) -> Step<Script> {
        match cue {
            Cue::Callback(callback) => {
                // By then whoever waits for the start or for a reply has got it, and may go on.
                let noticed = matches!(callback, Callback::Continue(_) | Callback::Info(Info::AtOnce(_)));
                match self.enter(callback, definition, context) {
                    Ok(()) => match fault::delay(context) {
                        Some(pause) => {
                            self.pausing = true;
                            pause
                        }
                        None => self.advance(noticed, definition, context),
                    },
                    Err(step) => step,
                }
            }
            Cue::Continue => {
                self.granted = true;
                self.advance(false, definition, context)
            }
            Cue::TimeUp if self.pausing => {
                self.pausing = false;
                self.advance(false, definition, context)
            }
            cue => {
                let operation = &definition.operations[self.at as usize];
                let flow = self.finish(operation, cue, context);
                match self.follow(flow, definition, context) {
                    Some(step) => step,
                    None => self.advance(false, definition, context),
                }
            }
        }
    }

    /// Finds where a callback begins; an error is a callback that is over at once.
    fn enter(
        &mut self,
        callback: Callback,
        definition: &Program,
        context: &mut ScriptContext<'_>,
    ) -> Result<(), Step<Script>> {
        if let Some(copied) = &self.copied {
            self.at = copied.from;
            return Ok(());
        }
        self.forget_callback(definition);
        match (&definition.kind, callback) {
            (ProgramKind::Process { trap_exit, .. }, _) => {
                if *trap_exit {
                    context.trap_exit(true);
                }
                self.at = 0;
                Ok(())
            }
            (ProgramKind::Task, _) => {
                self.at = 0;
                Ok(())
            }
            (ProgramKind::Server { trap_exit, inits, .. }, Callback::Init) => {
                if *trap_exit {
                    context.trap_exit(true);
                }
                let starts = fault::count_start(context);
                if let Some(step) = fault::instead(&Callback::Init, context) {
                    return Err(step);
                }
                let chosen = inits
                    .iter()
                    .find(|(when, _)| when.is_some_and(|when| when.covers(starts)))
                    .or_else(|| inits.iter().find(|(when, _)| when.is_none()));
                self.returning.is_awaited = true;
                match chosen {
                    Some((_, entry)) => {
                        self.at = *entry;
                        Ok(())
                    }
                    None => Err(Step::Return(Return::Ok(Then::Wait))),
                }
            }
            (ProgramKind::Server { .. }, callback @ Callback::Terminate(_))
                if let Some(step) = fault::instead(&callback, context) =>
            {
                Err(step)
            }
            (ProgramKind::Server { terminate, .. }, Callback::Terminate(reason)) => match terminate {
                Some((pattern, entry)) => {
                    self.bind(pattern, &reason, context);
                    self.returning.is_awaited = true;
                    self.at = *entry;
                    Ok(())
                }
                None => Err(Step::Return(Return::Ok(Then::Wait))),
            },
            (ProgramKind::Server { machine: true, .. }, callback) => {
                let machine = self.machine.get_or_insert_default();
                match callback {
                    // `init` is over, and its starter has heard of that.
                    Callback::Continue(_) => self.arrive(definition, context),
                    callback => {
                        let event = machine.heard(callback);
                        self.begin(event, definition, context)
                    }
                }
            }
            (ProgramKind::Server { .. }, callback) => {
                let event = Happened::Called(callback);
                if self.finds(&event, definition, context) {
                    return Ok(());
                }
                let Happened::Called(callback) = event else { unreachable!("it is one that was called") };
                Err(self.unhandled(callback, context))
            }
            (ProgramKind::Agent | ProgramKind::Worker, _) => {
                unreachable!("the built-in modules have no program")
            }
        }
    }

    /// A callback begins: nothing is left of the one before but what lasts.
    pub(super) fn forget_callback(&mut self, definition: &Program) {
        self.slots[definition.lasting..].fill(None);
        self.loops.clear();
        self.returning = Returning::default();
    }

    /// Finds the handler of an event.
    pub(super) fn finds(
        &mut self,
        event: &Happened,
        definition: &Program,
        context: &ScriptContext<'_>,
    ) -> bool {
        let ProgramKind::Server { handlers, .. } = &definition.kind else { return false };
        for handler in handlers {
            let in_phase = handler.phase.is_none_or(|phase| phase == self.phase);
            if in_phase && self.handles(&handler.event, event, context) {
                self.at = handler.entry;
                return true;
            }
        }
        false
    }

    fn handles(&mut self, event: &Event<Lowered>, happened: &Happened, context: &ScriptContext<'_>) -> bool {
        let callback = match (event, happened) {
            (Event::Enter, Happened::Entered) => return true,
            (Event::Internal { pattern }, Happened::Internal(content))
            | (Event::Elapsed { pattern }, Happened::Elapsed(content)) => {
                return self.bind(pattern, content, context);
            }
            (_, Happened::Called(callback)) => callback,
            _ => return false,
        };
        match (event, callback) {
            (Event::Call { pattern, from: slot }, Callback::Call { from, request }) => {
                let handles = self.bind(pattern, request, context);
                if handles {
                    self.returning.from = Some(*from);
                    if let Some(slot) = slot {
                        self.slots[usize::from(*slot)] = Some(from.term());
                    }
                }
                handles
            }
            (Event::Cast { pattern }, Callback::Cast(request))
            | (Event::Continue { pattern }, Callback::Continue(request)) => {
                self.bind(pattern, request, context)
            }
            (Event::Timeout, Callback::Info(Info::Timeout)) => true,
            (Event::Info { pattern }, Callback::Info(info)) => {
                let message = self.info_term(info);
                message.is_some_and(|message| self.bind(pattern, &message, context))
            }
            _ => false,
        }
    }

    /// Matches and keeps what was bound.
    pub(super) fn bind(&mut self, pattern: &Pattern, value: &Term, context: &ScriptContext<'_>) -> bool {
        let mut bound = Vec::new();
        let matches = self.scope(context).matches(pattern, value, &mut bound);
        self.keep(matches, bound)
    }

    pub(super) fn keep(&mut self, matches: bool, bound: Vec<(Slot, Term)>) -> bool {
        if matches && !bound.is_empty() {
            for (slot, value) in bound {
                self.slots[usize::from(slot)] = Some(value);
            }
        }
        matches
    }

    pub(super) fn scope<'a>(&'a self, context: &'a ScriptContext<'_>) -> Scope<'a> {
        Scope { slots: &self.slots, shared: &context.common().variables, pid: Some(context.pid()) }
    }

    /// Runs operations until one of them blocks or ends the callback. Until it has done something that others
    /// can notice, being preempted is the same as having begun later; `noticed` says that it has already.
    fn advance(
        &mut self,
        mut noticed: bool,
        definition: &Program,
        context: &mut ScriptContext<'_>,
    ) -> Step<Script> {
        loop {
            let operation = &definition.operations[self.at as usize];
            // Between two things that others notice, and before one that depends on others, it matters whether
            // somebody runs, or kills it.
            let Effects { sees, looks, noticed: is_noticed, .. } = operation.effects;
            let matters = sees || is_noticed || self.ends_here(operation, definition);
            if matters && noticed && !self.granted {
                return Step::Preempt;
            }
            let place = u32::try_from(operation.span.start).unwrap_or(u32::MAX);
            if !context.may_go_on(place) {
                return Step::Preempt;
            }
            self.granted = false;
            if sees || looks {
                context.look_around();
            }
            if context.is_recorded() {
                self.tell_sights(operation, context);
            }
            let done = self.perform(operation, context);
            noticed |= is_noticed;
            match done {
                // Nearly all operations come to one of these: whatever else one may come to is not moved about.
                Ok(Flow::Next) => self.at += 1,
                Ok(Flow::Jump(address)) => self.at = address,
                done => {
                    let flow = self.caught(done, operation, context);
                    if let Some(step) = self.follow(flow, definition, context) {
                        return step;
                    }
                }
            }
            if context.is_doomed() {
                return Step::Preempt;
            }
        }
    }

    /// Whether what comes next is an answer, the end of `init` or of `terminate`, or the end of the process.
    fn ends_here(&self, operation: &Operation, definition: &Program) -> bool {
        if !matches!(operation.kind, OperationKind::Control(Control::Return)) {
            return operation.effects.ends;
        }
        let is_process = matches!(definition.kind, ProgramKind::Process { .. } | ProgramKind::Task);
        let Returning { reply, stop, is_awaited, .. } = &self.returning;
        is_process || reply.is_some() || stop.is_some() || *is_awaited
    }

    /// Applies what an operation does to the flow; a step is where the process stops going on.
    fn follow(
        &mut self,
        flow: Flow,
        definition: &Program,
        context: &mut ScriptContext<'_>,
    ) -> Option<Step<Script>> {
        match flow {
            Flow::Next => self.at += 1,
            Flow::Jump(address) => self.at = address,
            Flow::Block(block) => return Some(Step::Block(block)),
            Flow::Preempt => return Some(Step::Preempt),
            Flow::EnterLoop(entered) => return Some(Step::EnterLoop(entered)),
            Flow::Return => {
                self.give_back_locks(0, context);
                return Some(Step::Return(self.take_return()));
            }
            Flow::Raise(raise) => {
                if self.tries_again(context) {
                    let every = match self.loops.last() {
                        Some(Loop::Eventually { every, .. }) => *every,
                        _ => 0,
                    };
                    return Some(Step::Block(Block::Sleep(Some(every))));
                }
                self.give_back_locks(0, context);
                let operation = &definition.operations[self.at as usize];
                if let ProgramKind::Process { client: Some(_), .. } = definition.kind
                    && self.copied.is_none()
                {
                    self.record_crash(operation.span, &raise, context);
                } else if !operation.effects.ends
                    && raise == Raise::Error(crate::kernel::Atom::BADARG.into())
                    && let Some((line, code)) = context.image().line_of(operation.span)
                {
                    say(|| Note::BadArgument { line, code: code.to_owned() }, context);
                }
                return Some(Step::Raise(raise));
            }
        }
        None
    }

    /// Whether it is in an `eventually` block that has time left: then goes back to its start.
    pub(super) fn tries_again(&mut self, context: &mut ScriptContext<'_>) -> bool {
        let place = self.loops.iter().rposition(|entry| match entry {
            Loop::Eventually { deadline, every, .. } => context.now() + every <= *deadline,
            Loop::Each(_) | Loop::Repeat(_) | Loop::Tasks(_) => false,
        });
        let Some(place) = place else { return false };
        self.loops.truncate(place + 1);
        self.give_back_locks(place + 1, context);
        if let Some(Loop::Eventually { start, .. }) = self.loops.last() {
            self.at = *start;
        }
        self.pausing = true;
        true
    }

    fn take_return(&mut self) -> Return {
        let Returning { from, is_awaited, reply, stop, ignore, timeout, continues } = &mut self.returning;
        (*from, *is_awaited) = (None, false);
        let (reply, stop, ignore) = (reply.take(), stop.take(), std::mem::take(ignore));
        let (timeout, continues) = (timeout.take(), continues.take());
        if ignore {
            return Return::Ignore;
        }
        let then = match (continues, timeout) {
            (Some(payload), _) => Then::Continue(payload),
            (None, Some((after, None))) => Then::Timeout(after),
            (None, Some((after, Some(message)))) => Then::EventTimeout(after, message),
            (None, None) => Then::Wait,
        };
        match (stop, reply) {
            (Some(reason), None) => Return::Stop(reason),
            (Some(reason), Some(reply)) => Return::StopReply(reason, reply),
            (None, Some(reply)) => Return::Reply(reply, then),
            (None, None) => Return::Ok(then),
        }
    }
}

impl Execution {
    /// A monitor's messages have this tag.
    pub(super) fn tagged(&mut self, reference: Ref, tag: Option<Term>) {
        if let Some(tag) = tag {
            self.tags.push((reference, tag));
        }
    }

    /// No handler matches: `function_clause` for calls and casts; other messages are logged and dropped.
    fn unhandled(&self, callback: Callback, context: &mut ScriptContext<'_>) -> Step<Script> {
        match callback {
            Callback::Call { .. } | Callback::Cast(_) | Callback::Continue(_) => {
                Step::Raise(Raise::Error(crate::kernel::Atom::FUNCTION_CLAUSE.into()))
            }
            Callback::Info(info) => {
                let message = self.info_term(&info).unwrap_or(crate::kernel::Atom::TIMEOUT.into());
                context.report(|| Report::Unexpected { message });
                Step::Return(Return::Ok(Then::Wait))
            }
            Callback::Main | Callback::Init | Callback::Terminate(_) => {
                unreachable!("these have been entered without looking for a handler")
            }
        }
    }
}
