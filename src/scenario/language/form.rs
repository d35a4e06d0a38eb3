//! The two forms of a statement, which differ in nothing but what stands for its operands.

use std::fmt::Debug;

/// What an operand is for. A type for each form is all that there is to a role here; how it is read and lowered is
/// in `operand.rs`.
pub trait Role {
    /// As it stands in the file.
    type Parsed: Clone + Debug + PartialEq;
    /// As a process computes it.
    type Lowered: Clone + Debug + PartialEq;
}

/// One of the two forms.
pub trait Form: Clone + Debug + PartialEq {
    /// What stands for an operand of this role.
    type Of<R: Role>: Clone + Debug + PartialEq;
}

/// As the parser reads it.
#[derive(Clone, Debug, PartialEq)]
pub enum Parsed {}

/// As a process carries it out.
#[derive(Clone, Debug, PartialEq)]
pub enum Lowered {}

impl Form for Parsed {
    type Of<R: Role> = R::Parsed;
}

impl Form for Lowered {
    type Of<R: Role> = R::Lowered;
}
