//! What an operation computes: the values that it may hand to others, and the times that it may set.

use super::child_spec::Source;
use super::control::Control;
use super::data::Data;
use super::operation::{OperationKind, SuperviseRequest};
use super::program::{Expected, Expression, Measure, Question};
use super::relation::Relation;

/// The expressions of one operation, patterns aside: those hand nothing on.
#[derive(Debug, Default)]
pub struct Parts<'a> {
    /// Values, targets and reasons.
    pub values: Vec<&'a Expression>,
    /// For how long, in milliseconds.
    pub times: Vec<&'a Expression>,
}

impl OperationKind {
    /// What it computes.
    pub fn parts(&self) -> Parts<'_> {
        use OperationKind as Op;
        let mut parts = Parts::default();
        let Parts { values, times } = &mut parts;
        match self {
            Op::Control(Control::Jump(_))
            | Op::Control(Control::EachBegin(_))
            | Op::Control(Control::EachNext { .. })
            | Op::Control(Control::RepeatBegin(_))
            | Op::Control(Control::RepeatNext(_))
            | Op::Control(Control::EventuallyEnd)
            | Op::Control(Control::Unbind(_))
            | Op::Control(Control::Return)
            | Op::Goto(_)
            | Op::Ignore
            | Op::Hang
            | Op::Relation(Relation::TrapExit(_))
            | Op::Relation(Relation::Unregister(_))
            | Op::Relation(Relation::Whereis { .. })
            | Op::StartApplication { .. }
            | Op::StopApplication(_)
            | Op::Data(Data::Now { .. })
            | Op::Data(Data::Size { .. })
            | Op::Relation(Relation::Alias { .. })
            | Op::Relation(Relation::MakeRef { .. })
            | Op::Callers { .. }
            | Op::Data(Data::Pop { .. })
            | Op::Acquire(_)
            | Op::Release(_)
            | Op::Connection(_)
            | Op::Relation(Relation::MonitorNode { .. })
            | Op::Await(_) => (),
            // Where there is a registry nobody is local, so nobody asks.
            Op::Registry(_) => (),
            Op::Control(Control::Unless(question, _)) => asked(question, values),
            Op::Control(Control::Match { value, .. }) => values.extend(value),
            Op::Control(Control::EventuallyBegin { within, every }) => times.extend([within, every]),
            Op::Reply(value)
            | Op::Continue(value)
            | Op::StopSelf(value)
            | Op::Fail(value)
            | Op::InitAck(value)
            | Op::Relation(Relation::Link { target: value, .. })
            | Op::Relation(Relation::Unlink(value))
            | Op::ExitSelf(value)
            | Op::Raise(value)
            | Op::Throw(value)
            | Op::Data(Data::Set(_, value))
            | Op::Data(Data::Add(_, value))
            | Op::Data(Data::Bind(_, value))
            | Op::Data(Data::Delete { key: value, .. })
            | Op::Data(Data::Lookup { key: value, .. })
            | Op::Data(Data::Push { value, .. })
            | Op::CancelTimer { timer: value, .. }
            | Op::Relation(Relation::Demonitor { reference: value, .. })
            | Op::Relation(Relation::Register { target: value, .. })
            | Op::Relation(Relation::IsAlive { target: value, .. })
            | Op::CodeChange { supervisor: value, .. }
            | Op::Suspend { target: value, .. }
            | Op::Resume { target: value, .. }
            | Op::Relation(Relation::Unalias { alias: value, .. })
            | Op::Relation(Relation::Parent { target: value, .. })
            | Op::TaskReturn(value)
            | Op::ShutdownTask { task: value, .. } => values.push(value),
            Op::Relation(Relation::Monitor { target, tag, .. }) => {
                values.push(target);
                values.extend(tag);
            }
            Op::Async { arguments, supervisor, .. } => {
                values.extend(arguments);
                values.extend(supervisor);
            }
            Op::AsyncStream(stream) => {
                values.push(&stream.over);
                values.extend(&stream.arguments);
                values.extend(&stream.supervisor);
                times.push(&stream.timeout);
            }
            Op::AwaitTask { task, timeout, .. } | Op::YieldTask { task, timeout, .. } => {
                values.push(task);
                times.push(timeout);
            }
            Op::Timeout { after, message } => {
                values.extend(message);
                times.push(after);
            }
            Op::Sleep(time) | Op::Settle(time) => times.push(time),
            Op::ReplyTo { from: one, value: other }
            | Op::Send { target: one, value: other, .. }
            | Op::Cast { target: one, value: other }
            | Op::InitFail { value: one, reason: other }
            | Op::Relation(Relation::Exit { target: one, reason: other, .. })
            | Op::Data(Data::Insert { key: one, value: other, .. }) => values.extend([one, other]),
            Op::Call { target, value, timeout, .. } => {
                values.extend([target, value]);
                times.push(timeout);
            }
            Op::Stop { target, reason, timeout, .. } => {
                values.extend([target, reason]);
                times.push(timeout);
            }
            Op::Receive { after, .. } => times.extend(after.iter().map(|(after, _)| after)),
            Op::ReceiveOne { timeout, .. } => times.extend(timeout),
            Op::SendAfter { after, target, value, .. } => {
                values.extend([target, value]);
                times.push(after);
            }
            Op::Spawn { arguments, tag, .. } => {
                values.extend(arguments);
                values.extend(tag);
            }
            Op::EnterLoop { arguments, timeout, continues, .. } => {
                values.extend(arguments);
                values.extend(continues);
                times.extend(timeout);
            }
            Op::Start { arguments, via, timeout, .. } => {
                values.extend(arguments);
                values.extend(via);
                times.extend(timeout);
            }
            Op::Supervise { supervisor, request, .. } => {
                values.push(supervisor);
                requested(request, values);
            }
            Op::CheckChildspecs { specs, auto_shutdown, .. } => {
                values.push(specs);
                values.extend(auto_shutdown);
            }
            Op::ChildSpec { of, overrides, .. } => {
                match of {
                    Source::Module(_, arguments) => values.extend(arguments),
                    Source::Raw(child) => values.push(child),
                }
                values.extend(overrides.iter().map(|(_, value)| value));
            }
            Op::Log { values: logged, .. } => values.extend(logged),
            Op::Expect(expected) => expects(expected, values),
        }
        parts
    }
}

impl Expression {
    /// Visits this expression and all that it is made of.
    pub fn visit<'a>(&'a self, visitor: &mut dyn FnMut(&'a Expression)) {
        visitor(self);
        match self {
            Expression::Constant(_) | Expression::Slot(_) | Expression::Shared(_) | Expression::SelfPid => (),
            Expression::Tuple(parts) | Expression::List(parts) => {
                parts.iter().for_each(|part| part.visit(visitor));
            }
            Expression::Map(pairs) => {
                for (key, value) in pairs {
                    key.visit(visitor);
                    value.visit(visitor);
                }
            }
        }
    }
}

fn requested<'a>(request: &'a SuperviseRequest, values: &mut Vec<&'a Expression>) {
    match request {
        SuperviseRequest::Start(_, arguments, via) => {
            values.extend(arguments);
            values.extend(via);
        }
        SuperviseRequest::StartWith(arguments) | SuperviseRequest::StartTask { arguments, .. } => {
            values.extend(arguments)
        }
        SuperviseRequest::StartRaw(value)
        | SuperviseRequest::Terminate(value)
        | SuperviseRequest::Restart(value)
        | SuperviseRequest::Delete(value)
        | SuperviseRequest::WhichChild(value)
        | SuperviseRequest::GetChildspec(value) => values.push(value),
        SuperviseRequest::WhichChildren | SuperviseRequest::CountChildren => (),
    }
}

fn expects<'a>(expected: &'a Expected, values: &mut Vec<&'a Expression>) {
    match expected {
        Expected::Result(_)
        | Expected::Exit(_)
        | Expected::Either(..)
        | Expected::Raise(_)
        | Expected::Restarted(_)
        | Expected::Untouched(_)
        | Expected::Incarnation(..) => (),
        Expected::Alive(targets) | Expected::Dead(targets) | Expected::Children(targets) => {
            values.extend(targets);
        }
        Expected::CountOf(target, _) => values.push(target),
        Expected::Question(asked_for) => asked(&asked_for.question, values),
    }
}

/// What a question is about.
pub(super) fn asked<'a>(question: &'a Question, values: &mut Vec<&'a Expression>) {
    match question {
        Question::Has { key, .. } => values.push(key),
        Question::Empty { .. } => (),
        Question::Alive { target, .. } => values.push(target),
        Question::Compare { left, right, .. } => {
            match left {
                Measure::Value(value) | Measure::Count(value, _) => values.push(value),
                Measure::Size(_) => (),
                Measure::Reports(wanted) => values.extend(wanted.child.iter().chain(&wanted.reason)),
            }
            values.push(right);
        }
    }
}
