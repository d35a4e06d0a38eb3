//! What a statement can tell of others, and others of it.
//!
//! This decides where a process can be preempted and what exhaustive search may leave out, so every row says it
//! and nothing has it by default.

use super::super::script::expression::Expression;

/// The effects of one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effects {
    /// Its outcome depends on names, on who lives or on what others share: it matters who runs before it.
    pub sees: bool,
    /// It depends on others, but only a process that has nothing else to do asks: it is no place to be preempted.
    pub looks: bool,
    /// Others can notice that it was done.
    pub noticed: bool,
    /// It is the end of the process or of its callback.
    pub ends: bool,
    /// It tells others of the process, or makes it one end of more than a call.
    pub exposes: bool,
    /// With it in a file, anybody may come to know any client.
    pub uncovers: bool,
    /// It sets a timer of so many milliseconds, beside those that its operands name.
    pub sets: Option<u64>,
}

/// Nobody can tell that it was done, and it can tell nothing of others.
pub const ALONE: Effects = Effects {
    sees: false,
    looks: false,
    noticed: false,
    ends: false,
    exposes: false,
    uncovers: false,
    sets: None,
};

/// It depends on others, who may therefore notice it.
pub const SEES: Effects = Effects { sees: true, noticed: true, ..ALONE };

/// Others notice it, and it notices nobody.
pub const NOTICED: Effects = Effects { noticed: true, ..ALONE };

/// It ends the process or its callback.
pub const ENDS: Effects = Effects { ends: true, ..ALONE };

/// Others notice it, and whom it reaches depends on them if it is said by name.
pub fn reaches(target: &Expression) -> Effects {
    match target {
        Expression::Constant(_) | Expression::Tuple(_) => SEES,
        Expression::Slot(_)
        | Expression::Shared(_)
        | Expression::SelfPid
        | Expression::List(_)
        | Expression::Map(_) => NOTICED,
    }
}

impl Effects {
    /// Beside this, it tells others of the process.
    pub const fn exposing(self) -> Effects {
        Effects { exposes: true, ..self }
    }

    /// Beside this, no client is out of reach any more.
    pub const fn uncovering(self) -> Effects {
        Effects { uncovers: true, ..self }
    }

    /// Beside this, it sets a timer.
    pub const fn setting(self, milliseconds: u64) -> Effects {
        Effects { sets: Some(milliseconds), ..self }
    }
}
