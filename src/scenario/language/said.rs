//! A statement as a word with its operands: what is shown of it to those who make something else of it than a
//! program. Nothing here knows what that is.

use crate::kernel::Alias;
use crate::otp::{Restart, Shutdown};

use super::super::ast::{
    ChildOptions, Comparison, ConnectionChange, CountField, Deed, Duration, Entry, MessageKind, Name,
    NewChild, Pool, Reports, Spanned, SpecSource, StartFault, StartedModule, Supervisor, Target,
    TerminateFault, Value, Via,
};

/// A statement, or an operand.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "named after what they hold")]
pub enum Said<'a> {
    /// A word with its operands. The word is written as in Rust: `StartChild`.
    Words(&'static str, Vec<Said<'a>>),
    /// It is left out, and that has a meaning of its own.
    Nothing,
    /// One of a few words, which stands for itself.
    Word(&'static str),
    /// A text for people.
    Text(&'a str),
    /// A value that the file need not write, as Erlang writes it.
    Default(String),
    Number(u64),
    Value(&'a Value),
    Values(&'a [Value]),
    Pattern(&'a Value),
    Target(&'a Target),
    Targets(&'a [Target]),
    Name(&'a Name),
    Names(&'a [Name]),
    /// A name that a process registers, which may be a global one.
    Registered(&'a Name),
    Time(&'a Duration),
    Entry(&'a Entry),
    Pool(&'a Pool),
    Via(&'a Via),
    Shutdown(Shutdown),
    /// The definition of what is spawned.
    Process(&'a Name),
    Started(&'a StartedModule),
    Child(&'a NewChild),
    Init(&'a Supervisor),
    SpecOf(&'a SpecSource),
    Overrides(&'a ChildOptions),
    Reports(&'a Reports),
    Counts(&'a [(CountField, u64)]),
}

/// What a role has in the file.
pub trait Sayable {
    /// How it is shown, unless its role says otherwise.
    fn said(&self) -> Said<'_>;
}

impl<T: Sayable> Sayable for Option<T> {
    fn said(&self) -> Said<'_> {
        self.as_ref().map_or(Said::Nothing, Sayable::said)
    }
}

macro_rules! sayings {
    ($($sayable:ty, $it:pat => $said:expr;)*) => { $(
        impl Sayable for $sayable {
            fn said(&self) -> Said<'_> {
                let $it = self;
                $said
            }
        }
    )* };
}

sayings! {
    bool, it => Said::Word(if *it { "true" } else { "false" });
    u64, it => Said::Number(*it);
    String, it => Said::Text(it);
    Value, it => Said::Value(it);
    Vec<Value>, it => Said::Values(it);
    Target, it => Said::Target(it);
    Vec<Target>, it => Said::Targets(it);
    Name, it => Said::Name(it);
    Vec<Name>, it => Said::Names(it);
    Duration, it => Said::Time(it);
    Entry, it => Said::Entry(it);
    Pool, it => Said::Pool(it);
    Via, it => Said::Via(it);
    Shutdown, it => Said::Shutdown(*it);
    Spanned<Restart>, it => Said::Word(it.value.word());
    Alias, it => Said::Word(match it {
        Alias::ExplicitUnalias => "explicit_unalias",
        Alias::Demonitor => "demonitor",
        Alias::ReplyDemonitor => "reply_demonitor",
    });
    StartedModule, it => Said::Started(it);
    NewChild, it => Said::Child(it);
    Box<Supervisor>, it => Said::Init(it);
    SpecSource, it => Said::SpecOf(it);
    ChildOptions, it => Said::Overrides(it);
    Box<Reports>, it => Said::Reports(it);
    Vec<(CountField, u64)>, it => Said::Counts(it);
    CountField, it => Said::Word(it.word());
    Comparison, it => Said::Word(it.word());
    ConnectionChange, it => Said::Word(it.word());
    Deed, it => Said::Word(it.word());
    MessageKind, it => Said::Word(it.word());
    StartFault, it => Said::Word(it.word());
    TerminateFault, it => Said::Word(it.word());
}
