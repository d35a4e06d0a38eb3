//! Types in two forms, and the rows of a family.
//!
//! `forms!` makes a type that is generic over its operands, lowers it, shows it to others, and looks through what it
//! computes. `family!` makes one of the rows of a family, with the words that begin its statements and what each can
//! tell of others:
//!
//! ```text
//! Name                                  the type, a variant a statement
//! regular {
//!     /// What it says.
//!     Variant "word USAGE" PLACES       the word is the first of the usage; PLACES is one of `parse::scope`
//!         { operand: Role = "what", … } in the order in which they are read and lowered; "what" is how a mistake
//!                                       calls the operand, or the name of the property that it is, unless the
//!                                       role knows that by itself
//!         => EFFECTS;                   an expression of `effects`; it can use the lowered operands by reference
//! }
//! by hand {                             statements that no word of their own begins
//!     Variant { operand: Role, … } => EFFECTS;
//! }
//! words {                               words that a function reads: `fn(&mut Step) -> Option<StatementKind>`
//!     "word USAGE" PLACES function;
//! }
//! ```

macro_rules! forms {
    (
        $(#[$about:meta])* $name:ident {
            $( $(#[$doc:meta])* $variant:ident $({ $($operand:ident : $role:ty),+ $(,)? })?, )*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq)]
        #[allow(missing_docs, reason = "the operands are named after the words of the language")]
        pub enum $name<F: Form> {
            $( $(#[$doc])* $variant $({ $($operand: F::Of<$role>),+ })?, )*
        }

        impl $name<Parsed> {
            /// The same, with names, variables and places resolved.
            pub(in crate::scenario) fn lower(&self, _resolver: &mut Resolver<'_>) -> $name<Lowered> {
                match self {
                    $( Self::$variant $({ $($operand),+ })? => $name::$variant $({
                        $($operand: <$role as Operand>::lower($operand, _resolver)),+
                    })?, )*
                }
            }

            /// The same as a word with its operands.
            pub fn said(&self) -> Said<'_> {
                match self {
                    $( Self::$variant $({ $($operand),+ })? => Said::Words(
                        stringify!($variant),
                        vec![$( $(<$role as Operand>::said($operand)),+ )?],
                    ), )*
                }
            }
        }

        impl $name<Lowered> {
            /// What it computes.
            #[allow(dead_code, reason = "what an event matches is computed by nobody")]
            pub(in crate::scenario) fn parts<'a>(&'a self, _parts: &mut Parts<'a>) {
                match self {
                    $( Self::$variant $({ $($operand),+ })? => {
                        $( $(<$role as Operand>::parts($operand, _parts);)+ )?
                    } )*
                }
            }
        }
    };
}

macro_rules! family {
    (
        $(#[$about:meta])* $family:ident
        regular { $(
            $(#[$doc:meta])* $variant:ident $usage:literal $places:ident
                $({ $($operand:ident : $role:ty $(= $what:literal)?),+ $(,)? })? => $effects:expr;
        )* }
        by hand { $(
            $(#[$hand_doc:meta])* $hand_variant:ident
                $({ $($hand_operand:ident : $hand_role:ty),+ $(,)? })? => $hand_effects:expr;
        )* }
        words { $( $hand_usage:literal $hand_places:ident $read:path; )* }
    ) => {
        forms! {
            $(#[$about])* $family {
                $( $(#[$doc])* $variant $({ $($operand: $role),+ })?, )*
                $( $(#[$hand_doc])* $hand_variant $({ $($hand_operand: $hand_role),+ })?, )*
            }
        }

        /// The words of this family.
        pub(in crate::scenario) const WORDS: &[Word] = &[
            $( Word {
                usage: $usage,
                places: $places,
                read: |_step| Some($family::$variant $({
                    $($operand: <$role as Read>::read(_step, concat!($($what)?))?),+
                })?.into()),
            }, )*
            $( Word { usage: $hand_usage, places: $hand_places, read: $read }, )*
        ];

        impl From<$family<Parsed>> for StatementKind {
            fn from(said: $family<Parsed>) -> StatementKind {
                StatementKind::$family(said)
            }
        }

        impl $family<Lowered> {
            /// What it can tell of others, and others of it.
            #[allow(unused_variables, reason = "most effects do not depend on the operands")]
            pub(in crate::scenario) fn effects(&self) -> Effects {
                match self {
                    $( Self::$variant $({ $($operand),+ })? => $effects, )*
                    $( Self::$hand_variant $({ $($hand_operand),+ })? => $hand_effects, )*
                }
            }
        }
    };
}
