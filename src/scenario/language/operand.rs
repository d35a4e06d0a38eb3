//! The roles of operands: how each is read, what it is lowered to, and what of it a process computes.

use std::fmt::Debug;
use std::marker::PhantomData;

use crate::kernel::{Alias, Atom, Term};

use super::super::ast::{Duration, Name, Target, Value};
use super::super::mistake::Mistake;
use super::super::parse::step::Step;
use super::super::script::StartFunction;
use super::super::script::expression::{Expression, Pattern};
use super::super::script::parts::Parts;
use super::super::script::resolver::{Resolver, milliseconds};
use super::form::Role;
use super::said::{Said, Sayable};

/// A role that can be lowered.
pub trait Operand: Role {
    /// What a process computes for it.
    fn lower(parsed: &Self::Parsed, resolver: &mut Resolver<'_>) -> Self::Lowered;

    /// How it is shown to those who make something else of it.
    fn said(parsed: &Self::Parsed) -> Said<'_>;

    /// The values and times in it, patterns aside.
    fn parts<'a>(lowered: &'a Self::Lowered, parts: &mut Parts<'a>);
}

/// A role that a regular row can have.
pub trait Read: Role {
    /// Reads it. `what` is how a mistake calls it, or the name of the property that it is.
    fn read(step: &mut Step<'_, '_, '_>, what: &'static str) -> Option<Self::Parsed>;
}

/// Declares roles: the two types of each, how it is shown if not as its type is, how it is lowered, and what of it is
/// computed if anything is. How it is read is in [`readings!`].
macro_rules! roles {
    ($(
        $(#[$doc:meta])* $role:ident: $parsed:ty => $lowered:ty,
        $(said($shown:pat) $said_as:expr,)?
        lower($said:pat, $resolver:pat) $lower:expr
        $(, parts($computed:pat, $parts:ident) $visit:expr)?;
    )*) => { $(
        $(#[$doc])*
        pub enum $role {}

        impl Role for $role {
            type Parsed = $parsed;
            type Lowered = $lowered;
        }

        impl Operand for $role {
            fn lower($said: &$parsed, $resolver: &mut Resolver<'_>) -> $lowered {
                $lower
            }

            fn said(parsed: &$parsed) -> Said<'_> {
                shown!(parsed $(, $shown => $said_as)?)
            }

            fn parts<'a>(_lowered: &'a $lowered, _parts: &mut Parts<'a>) {
                $( let ($computed, $parts) = (_lowered, _parts); $visit; )?
            }
        }
    )* };
}

/// How a role shows what it has in the file: as it says, or as the type does.
macro_rules! shown {
    ($parsed:ident) => {
        Sayable::said($parsed)
    };
    ($parsed:ident, $shown:pat => $said_as:expr) => {{
        let $shown = $parsed;
        $said_as
    }};
}

/// Declares how roles are read.
macro_rules! readings {
    ($( $role:ident, |$step:ident, $what:pat_param| $read:expr; )*) => { $(
        impl Read for $role {
            fn read($step: &mut Step<'_, '_, '_>, $what: &'static str) -> Option<Self::Parsed> {
                $read
            }
        }
    )* };
}

/// Declares roles that differ from another in nothing but how they are read.
macro_rules! alike {
    ($( $(#[$doc:meta])* $role:ident is $like:ident, |$step:ident, $what:pat_param| $read:expr; )*) => { $(
        $(#[$doc])*
        pub enum $role {}

        impl Role for $role {
            type Parsed = <$like as Role>::Parsed;
            type Lowered = <$like as Role>::Lowered;
        }

        impl Operand for $role {
            fn lower(parsed: &Self::Parsed, resolver: &mut Resolver<'_>) -> Self::Lowered {
                <$like as Operand>::lower(parsed, resolver)
            }

            fn said(parsed: &Self::Parsed) -> Said<'_> {
                <$like as Operand>::said(parsed)
            }

            fn parts<'a>(lowered: &'a Self::Lowered, parts: &mut Parts<'a>) {
                <$like as Operand>::parts(lowered, parts);
            }
        }

        readings! { $role, |$step, $what| $read; }
    )* };
}

roles! {
    /// One value, which it needs.
    One: Value => Expression,
        lower(value, resolver) resolver.value(value), parts(value, parts) parts.values.push(value);
    /// A value that need not be there.
    Maybe: Option<Value> => Option<Expression>,
        lower(value, resolver) value.as_ref().map(|value| resolver.value(value)),
        parts(value, parts) parts.values.extend(value);
    /// Any number of values.
    Values: Vec<Value> => Vec<Expression>,
        lower(values, resolver) resolver.values(values), parts(values, parts) parts.values.extend(values);
    /// A property with a reason: `normal` if it is not there.
    Reason: Option<Value> => Expression,
        said(reason) reason.as_ref().map_or(Said::Default("normal".to_owned()), Said::Value),
        lower(reason, resolver) match reason {
            Some(reason) => resolver.value(reason),
            None => Expression::Constant(Term::Atom(Atom::NORMAL)),
        },
        parts(reason, parts) parts.values.push(reason);
    /// Whom it is for: a name, a variable or `self`.
    Whom: Target => Expression,
        lower(target, resolver) resolver.target(target), parts(target, parts) parts.values.push(target);
    /// Whom it is for: the process itself if nobody is named.
    OrSelf: Option<Target> => Expression,
        said(target) target.as_ref().map_or(Said::Word("self"), Said::Target),
        lower(target, resolver) target.as_ref().map_or(Expression::SelfPid, |target| resolver.target(target)),
        parts(target, parts) parts.values.push(target);
    /// A time, or for ever.
    Time: Duration => Expression,
        lower(time, resolver) resolver.duration(time), parts(time, parts) parts.times.push(time);
    /// A property that says for how long at most.
    Timeout: Option<Duration> => Option<Expression>,
        lower(time, resolver) time.as_ref().map(|time| resolver.duration(time)),
        parts(time, parts) parts.times.extend(time);
    /// A property that says for how long at most: for ever if it is not there.
    Patience: Option<Duration> => Expression,
        said(time) time.as_ref().map_or(Said::Default("infinity".to_owned()), Said::Time),
        lower(time, resolver) resolver.duration_or(time.as_ref(), Expression::Constant(Atom::INFINITY.into())),
        parts(time, parts) parts.times.push(time);
    /// `as=$name`: what succeeds with `{ok, X}` (`start`, `start_link`, `start_child`, `restart_child`,
    /// `get_childspec`, `which_child`) binds `X`, and anything else is a `{badmatch, Result}`; everything else binds
    /// its result.
    Bind: Option<Name> => Option<Pattern>, lower(name, resolver) resolver.bind(name.as_ref());
    /// `alias=` of a monitor: the reference is an address too, until then.
    MonitorAlias: Option<Alias> => Option<Alias>, lower(alias, _) *alias;
    /// `#true` or `#false`.
    Boolean: bool => bool, lower(flag, _) *flag;
    /// A name that stands for itself: of a process, of a resource.
    Called: Name => Atom, lower(name, resolver) resolver.atom(name);
    /// What a value must look like.
    Wanted: Value => Pattern, said(pattern) Said::Pattern(pattern), lower(pattern, resolver) resolver.pattern(pattern);
    /// A definition that can be started.
    Defined: Name => StartFunction, lower(name, resolver) resolver.names.start_function(&name.text);
}

alike! {
    /// One value, which can be left out.
    OptionalOne is Maybe, |step, what| if step.at_end() { Some(None) } else { step.value(what).map(Some) };
    /// The values of the rest of the line: several are a tuple, one alone is itself.
    Row is One, |step, what| step.value_row(what);
    /// A property with a value.
    Property is Maybe, |step, property| Some(step.value_property(property));
    /// Whom it is for, where only a pid or a name of the own node will do.
    Near is Whom, |step, what| {
        let target = step.target(what)?;
        step.check_near(&target);
        Some(target)
    };
    /// How long, and not for ever.
    FiniteTime is Time, |step, what| step.finite_duration(what);
    /// A property with `#true` or `#false`, which it is if it is not there.
    Flag is Boolean, |step, property| Some(step.boolean_property(property).is_some_and(|said| said.value));
    /// `priority=#true`: what is sent, or comes of it, is a priority message.
    Priority is Boolean, |step, property| {
        let said = step.boolean_property(property);
        let otp = step.parser.names.otp;
        if let Some(said) = &said
            && otp < 28
        {
            let message = format!("OTP {otp} has no priority messages");
            step.report(Mistake::new(said.span, message, "since OTP 28"));
        }
        Some(said.is_some_and(|said| said.value))
    };
}

readings! {
    One, |step, what| step.value(what);
    Values, |step, _| step.values();
    Reason, |step, property| Some(step.value_property(property));
    Whom, |step, what| step.target(what);
    OrSelf, |step, what| if step.at_end() { Some(None) } else { step.target(what).map(Some) };
    Time, |step, what| step.duration(what);
    Timeout, |step, property| Some(step.duration_property(property));
    Patience, |step, property| Some(step.duration_property(property));
    Bind, |step, property| Some(step.bind_property(property));
    Boolean, |step, _| step.boolean();
    MonitorAlias, |step, property| Some(step.choice_property(property, ALIASES).map(|said| said.value));
    Called, |step, what| step.name(what);
}

/// When an address ends.
const ALIASES: &[(&str, Alias)] = &[
    ("explicit_unalias", Alias::ExplicitUnalias),
    ("demonitor", Alias::Demonitor),
    ("reply_demonitor", Alias::ReplyDemonitor),
];

/// What a program takes over as it is.
pub struct Copied<T>(PhantomData<T>);

impl<T: Copy + Debug + PartialEq> Role for Copied<T> {
    type Parsed = T;
    type Lowered = T;
}

impl<T: Copy + Debug + PartialEq + Sayable> Operand for Copied<T> {
    fn lower(said: &T, _resolver: &mut Resolver<'_>) -> T {
        *said
    }

    fn said(said: &T) -> Said<'_> {
        said.said()
    }

    fn parts<'a>(_said: &'a T, _parts: &mut Parts<'a>) {}
}

/// A property that says for how long at most, and how many milliseconds that is if it is not there.
pub enum Within<const DEFAULT_MS: u64> {}

impl<const DEFAULT_MS: u64> Role for Within<DEFAULT_MS> {
    type Parsed = Option<Duration>;
    type Lowered = Expression;
}

impl<const DEFAULT_MS: u64> Read for Within<DEFAULT_MS> {
    fn read(step: &mut Step<'_, '_, '_>, property: &'static str) -> Option<Option<Duration>> {
        Some(step.duration_property(property))
    }
}

impl<const DEFAULT_MS: u64> Operand for Within<DEFAULT_MS> {
    fn lower(time: &Option<Duration>, resolver: &mut Resolver<'_>) -> Expression {
        resolver.duration_or(time.as_ref(), milliseconds(DEFAULT_MS))
    }

    fn said(time: &Option<Duration>) -> Said<'_> {
        time.as_ref().map_or_else(|| Said::Default(DEFAULT_MS.to_string()), Said::Time)
    }

    fn parts<'a>(time: &'a Expression, parts: &mut Parts<'a>) {
        parts.times.push(time);
    }
}
