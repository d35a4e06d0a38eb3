//! What the file of every family needs to declare its rows.

pub(super) use super::super::ast::{Name, StatementKind, Target, Value, ValueKind};
pub(super) use super::super::mistake::Mistake;
pub(super) use super::super::parse::scope::{
    ANYWHERE, CALL, CALLBACK, Code, HANDLER, INIT, PROCESS, SCRIPT, SERVER, TASK,
};
pub(super) use super::super::parse::step::{Step, unknown};
pub(super) use super::super::script::StartFunction;
pub(super) use super::super::script::expression::{Expression, Pattern};
pub(super) use super::super::script::parts::Parts;
pub(super) use super::super::script::resolver::Resolver;
pub(super) use super::effects::{ALONE, ENDS, Effects, NOTICED, SEES, reaches};
pub(super) use super::form::{Form, Lowered, Parsed, Role};
pub(super) use super::operand::{
    Bind, Boolean, Called, Copied, Defined, FiniteTime, Flag, Maybe, MonitorAlias, Near, One, Operand,
    OptionalOne, OrSelf, Patience, Priority, Property, Read, Reason, Row, Time, Timeout, Values, Wanted,
    Whom, Within,
};
pub(super) use super::said::{Said, Sayable};
pub(super) use super::word::Word;
