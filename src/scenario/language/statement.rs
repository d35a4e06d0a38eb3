//! A statement of any family, in both of its forms.

use super::super::ast::Span;
use super::super::script::compiler::Compiler;
use super::super::script::parts::Parts;
use super::callback::{self, Callbacks};
use super::client::{self, Clients};
use super::control::{self, Compound, Control, End};
use super::data::{self, Data};
use super::effects::Effects;
use super::expectation::Expectation;
use super::form::{Lowered, Parsed};
use super::message::{self, Messages};
use super::network::{self, Network};
use super::process::{self, Processes};
use super::registry::{self, Registries};
use super::relation::{self, Relations};
use super::said::Said;
use super::supervisor::{self, Supervisors};
use super::task::{self, Tasks};
use super::word::Word;

/// Statements in order.
pub type Block = Vec<Statement>;

/// One line of code, with the block that it may hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it does.
    pub kind: StatementKind,
    /// Its line, without the block it may hold.
    pub span: Span,
}

/// One statement, lowered: a process carries it out.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// What it does.
    pub kind: OperationKind,
    /// What is done with its exits and errors.
    pub catch: Catch,
    /// What it can tell of others, and others of it. Touching what all share is among it.
    pub effects: Effects,
    /// Where it stands in the file.
    pub span: Span,
}

/// Which exits and errors of a statement do not end the process, or the callback, since the line after it asks for
/// them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Catch {
    /// It expects an exit, or has a clause for one.
    pub exit: bool,
    /// It expects an error, or has a clause for one.
    pub raise: bool,
}

impl Catch {
    /// What the line after a statement makes of it.
    pub fn by(next: Option<&Statement>) -> Catch {
        match next.map(|next| &next.kind) {
            Some(StatementKind::Clients(Clients::Expect { expected })) => Catch {
                exit: matches!(expected, Expectation::Exit { .. } | Expectation::Either { .. }),
                raise: matches!(expected, Expectation::Raise { .. }),
            },
            Some(StatementKind::Compound(Compound::Match { value: None, clauses, .. })) => {
                let catches = |end: End| clauses.iter().any(|clause| clause.of == end);
                Catch { exit: catches(End::Exited), raise: catches(End::Raised) }
            }
            _ => Catch::default(),
        }
    }
}

impl StatementKind {
    /// How long calls and tasks are awaited if the line does not say, in milliseconds: as in Erlang and Elixir.
    pub const CALL_TIMEOUT_MS: u64 = crate::otp::CALL_TIMEOUT_MS;
    /// `settle within=`, if unsaid.
    pub const SETTLE_WITHIN_MS: u64 = 60_000;
    /// `eventually within=`, if unsaid.
    pub const EVENTUALLY_WITHIN_MS: u64 = 1_000;
    /// `eventually every=`, if unsaid.
    pub const EVENTUALLY_EVERY_MS: u64 = 10;
}

macro_rules! families {
    ($($(#[$doc:meta])* $family:ident $words:path;)*) => {
        /// What a statement does.
        #[derive(Clone, Debug, PartialEq)]
        pub enum StatementKind {
            $( $(#[$doc])* $family($family<Parsed>), )*
            /// It holds blocks.
            Compound(Compound),
        }

        /// What an operation does.
        #[derive(Clone, Debug, PartialEq)]
        pub enum OperationKind {
            $( $(#[$doc])* $family($family<Lowered>), )*
            /// It leads through a program.
            Control(Control),
        }

        /// Every word that begins a statement.
        pub(in crate::scenario) fn words() -> impl Iterator<Item = &'static Word> {
            [$( $words, )* control::WORDS].into_iter().flatten()
        }

        impl StatementKind {
            /// Adds what it is lowered to to the program.
            pub(in crate::scenario) fn lower(&self, compiler: &mut Compiler<'_>, span: Span, catch: Catch) {
                let kind = match self {
                    $( Self::$family(said) => OperationKind::$family(said.lower(&mut compiler.resolver)), )*
                    Self::Compound(said) => return compiler.compound(said, span, catch),
                };
                compiler.catch = catch;
                compiler.push(kind, span);
            }
        }

        impl StatementKind {
            /// The same as a word with its operands, unless it holds blocks.
            pub fn said(&self) -> Result<Said<'_>, &Compound> {
                match self {
                    $( Self::$family(said) => Ok(said.said()), )*
                    Self::Compound(said) => Err(said),
                }
            }
        }

        impl OperationKind {
            /// What it can tell of others, and others of it.
            pub(in crate::scenario) fn effects(&self) -> Effects {
                match self {
                    $( Self::$family(said) => said.effects(), )*
                    Self::Control(said) => said.effects(),
                }
            }

            /// What it computes.
            pub(in crate::scenario) fn parts(&self) -> Parts<'_> {
                let mut parts = Parts::default();
                match self {
                    $( Self::$family(said) => said.parts(&mut parts), )*
                    Self::Control(said) => said.parts(&mut parts),
                }
                parts
            }
        }
    };
}

families! {
    /// What a server's callback returns.
    Callbacks callback::WORDS;
    /// Messages and time.
    Messages message::WORDS;
    /// The birth of processes, and their end.
    Processes process::WORDS;
    /// Links, monitors, aliases, names and exit signals.
    Relations relation::WORDS;
    /// What starts tasks, and what waits for them.
    Tasks task::WORDS;
    /// Supervisors and applications.
    Supervisors supervisor::WORDS;
    /// Registries and partition supervisors.
    Registries registry::WORDS;
    /// What concerns other nodes and the connection to them.
    Network network::WORDS;
    /// Variables, tables, queues and resources.
    Data data::WORDS;
    /// What clients do between their calls.
    Clients client::WORDS;
}
