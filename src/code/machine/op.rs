//! The instructions that the machine executes: those of the file, with their operands read and their labels looked up.

use crate::kernel::Atom;

use super::super::load::Mfa;
use super::super::natives::Native;
use super::super::term::Term;

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    /// A register, by its number.
    X(u16),
    /// A place in the frame, counted from its top.
    Y(u16),
    /// A small integer.
    Int(i64),
    /// An atom as it is.
    Atom(Atom),
    /// The empty list.
    Nil,
    /// A literal of the module.
    Literal(u32),
    /// A register of floats.
    Float(u16),
}

/// Where a value goes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// A register, by its number.
    X(u16),
    /// A place in the frame.
    Y(u16),
    /// A register of floats.
    Float(u16),
}

/// Where to go on: the place of an instruction; 0, which is never a place to go to, stands for nowhere.
pub type Label = u32;

/// How two numbers are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    /// What Erlang writes as `+`.
    Add,
    /// What Erlang writes as `-`.
    Subtract,
    /// What Erlang writes as `*`.
    Multiply,
    /// What Erlang writes as `/`.
    Divide,
}

/// What is asked of one term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What Erlang writes as `is_integer`.
    Integer,
    /// What Erlang writes as `is_float`.
    Float,
    /// What Erlang writes as `is_number`.
    Number,
    /// What Erlang writes as `is_atom`.
    Atom,
    /// What Erlang writes as `is_pid`.
    Pid,
    /// What Erlang writes as `is_reference`.
    Reference,
    /// What Erlang writes as `is_port`.
    Port,
    /// What Erlang writes as `[]`.
    Nil,
    /// What Erlang writes as `is_binary`.
    Binary,
    /// What Erlang writes as `is_bitstring`.
    BitString,
    /// What Erlang writes as `is_list`.
    List,
    /// What Erlang writes as `[_ | _]`.
    NonEmptyList,
    /// What Erlang writes as `is_tuple`.
    Tuple,
    /// What Erlang writes as `is_function`.
    Function,
    /// What Erlang writes as `is_boolean`.
    Boolean,
    /// What Erlang writes as `is_map`.
    Map,
}

/// How two terms are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// What Erlang writes as `<`.
    Less,
    /// What Erlang writes as `>=`.
    NotLess,
    /// What Erlang writes as `==`.
    Equal,
    /// What Erlang writes as `/=`.
    NotEqual,
    /// What Erlang writes as `=:=`.
    Exact,
    /// What Erlang writes as `=/=`.
    NotExact,
}

/// How a call leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// It comes back to the next instruction.
    Returns,
    /// It is the last thing that the function does: its frame of so many places goes first.
    Last(u16),
    /// The same, of a function without a frame.
    Only,
}

/// A segment of a binary that is matched or built.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Segment {
    /// An integer of some bits.
    Integer,
    /// A float of 16, 32 or 64 bits.
    Float,
    /// A binary or bit string.
    Binary,
    /// A character in UTF-8.
    Utf8,
    /// A character in UTF-16.
    Utf16,
    /// A character in UTF-32.
    Utf32,
    /// Bytes of the module's own.
    Text,
}

/// `little`, `signed`, `native`, as the bits of a field say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Flags {
    /// The least significant byte comes first.
    pub little: bool,
    /// The first bit is a sign.
    pub signed: bool,
}

/// A segment to build: of which kind, its unit and flags, its value and size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// The kind that it is of.
    pub segment: Segment,
    /// How many bits one of its size is.
    pub unit: u32,
    /// How its bytes lie.
    pub flags: Flags,
    /// What it holds.
    pub value: Source,
    /// How many units long; none if the value decides.
    pub size: Option<Source>,
}

/// A step of `bs_match` (OTP 26).
#[derive(Clone, Debug, PartialEq)]
pub enum MatchStep {
    /// At least so many bits are left, and what is left of them is a multiple of this.
    EnsureAtLeast(u64, u64),
    /// Exactly so many bits are left.
    EnsureExactly(u64),
    /// Takes an integer.
    Integer(Flags, u64, Target),
    /// Takes a binary.
    Binary(u64, Target),
    /// Passes over bits.
    Skip(u64),
    /// Takes the rest.
    Tail(Target),
    /// The next bits are this number.
    Exactly(u64, u64),
}

/// An instruction of the machine.
#[derive(Clone, Debug)]
pub enum Op {
    /// The function is one of the machine's, whatever its module says.
    Native(Mfa, Native),
    /// The function has no clause for these arguments.
    FunctionClause,
    /// Calls a function of this module.
    Call(Label, Tail),
    /// Calls a function of the table of imports.
    CallExternal(u32, Tail),
    /// Calls a fun in the register behind so many arguments.
    CallFun(u8, Source),
    /// Calls a function by its name: module and function stand behind the arguments.
    Apply(u8, Tail),
    /// Calls a function of the table of imports that is an expression: where to go if it fails.
    Bif(u32, Label, Box<[Source]>, Target),
    /// `+`, `-`, `*` of two values.
    Arithmetic(Arithmetic, Label, Source, Source, Target),
    /// A frame of so many places.
    Allocate(u16),
    /// The frame goes.
    Deallocate(u16),
    /// The first places of the frame go.
    Trim(u16),
    /// These places of the frame hold nothing.
    Forget(Box<[u16]>),
    /// Back to the caller.
    Return,
    /// Sends the second register to the first.
    Send,
    /// Looks at the next message, or goes to where it waits.
    LookAtMessage(Label, Target),
    /// The message has matched.
    TakeMessage,
    /// The message has not matched: to the next.
    NextMessage(Label),
    /// Waits for ever.
    Wait(Label),
    /// Waits for so long.
    WaitTimeout(Label, Source),
    /// The time is up.
    Timeout,
    /// Goes on elsewhere if the comparison does not hold.
    Compare(Comparison, Label, Source, Source),
    /// Goes on elsewhere if the term is of another kind.
    Is(Kind, Label, Source),
    /// Goes on elsewhere if the term is no function of so many arguments.
    IsFunctionOf(Label, Source, Source),
    /// Goes on elsewhere if the tuple has another size.
    HasArity(Label, Source, u32),
    /// Goes on elsewhere if it is no tuple of this size that begins with this atom.
    IsTagged(Label, Source, u32, Atom),
    /// Goes on where the value says.
    Select(Source, Label, Box<[(Source, Label)]>),
    /// Goes on where the size of the tuple says.
    SelectArity(Source, Label, Box<[(u32, Label)]>),
    /// Goes on there.
    Jump(Label),
    /// Whatever is raised from here on goes there: of `catch`, or of `try`.
    Catch(Label, Handler),
    /// `catch` has ended well.
    CatchEnd,
    /// `try` has ended well.
    TryEnd,
    /// No clause of `of` matches.
    TryCaseEnd(Source),
    /// Raises again what `catch` clauses do not take: the trace, the value.
    Reraise(Source, Source),
    /// Raises the class, value and trace in the first registers.
    RawRaise,
    /// Makes of a trace what code can look at.
    BuildStacktrace,
    /// Copies a value.
    Move(Source, Target),
    /// Exchanges two values.
    Swap(Target, Target),
    /// Head and tail.
    GetList(Source, Target, Target),
    /// The head of a list.
    GetHead(Source, Target),
    /// The tail of a list.
    GetTail(Source, Target),
    /// An element of a tuple, from 0.
    GetElement(Source, u32, Target),
    /// Sets an element of a tuple that nobody else has seen, from 0.
    SetElement(Source, Source, u32),
    /// What Erlang writes as `[Head | Tail]`.
    PutList(Source, Source, Target),
    /// What Erlang writes as `{A, B}`.
    PutTuple(Target, Box<[Source]>),
    /// Records with some fields changed (OTP 26), by places from 0.
    UpdateRecord(Source, Target, Box<[(u32, Source)]>),
    /// `error({badmatch, Value})`, `error(if_clause)`, and such.
    Fail(Failure, Source),
    /// `fun`: of the table of lambdas, with what it closes over.
    MakeFun(u32, Target, Box<[Source]>),
    /// Sets keys of a map, which must be there if it says so.
    PutMap(Label, Source, Target, Box<[(Source, Source)]>, bool),
    /// Goes on elsewhere if a key is not there.
    HasKeys(Label, Source, Box<[Source]>),
    /// The values of keys.
    GetKeys(Label, Source, Box<[(Source, Target)]>),
    /// A float, or an integer as a float.
    ToFloat(Source, Target),
    /// Arithmetic of floats.
    FloatArithmetic(Arithmetic, Source, Source, Target),
    /// What Erlang writes as `-`.
    FloatNegate(Source, Target),
    /// Begins to match a binary.
    StartMatch(Label, Source, Target),
    /// Takes a segment: the context, its size (none for the rest), unit and flags.
    GetSegment(Label, Source, Segment, Option<Source>, u32, Flags, Target),
    /// Passes over so many units.
    SkipBits(Label, Source, Option<Source>, u32),
    /// Passes over a character.
    SkipUtf(Label, Source, Segment, Flags),
    /// Exactly so many bits are left.
    TestTail(Label, Source, u32),
    /// What is left is a multiple of this.
    TestUnit(Label, Source, u32),
    /// The next bits are those of the module, from a byte on.
    MatchString(Label, Source, u32, u32),
    /// What has not been matched.
    RestOf(Source, Target),
    /// How far the match is.
    GetPosition(Source, Target),
    /// The match goes on from there.
    SetPosition(Source, Source),
    /// Several steps at once (OTP 26).
    Match(Label, Source, Box<[MatchStep]>),
    /// Builds a binary of pieces.
    CreateBinary(Label, Target, Box<[Piece]>),
    /// The size of a character in bytes, or in bytes of UTF-16.
    UtfSize(Segment, Source, Target),
    /// A sum with a multiple, for sizes.
    AddSizes(Label, Source, Source, u32, Target),
    /// An empty binary to append to.
    InitWritable,
    /// An instruction that is not known here.
    Unknown(u8),
}

/// What it is that catches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Handler {
    /// What Erlang writes as `catch Expression`.
    Catch,
    /// What Erlang writes as `try Expression catch`.
    Try,
}

/// What fails without a function that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// What Erlang writes as `{badmatch, Value}`.
    BadMatch,
    /// What Erlang writes as `if_clause`.
    If,
    /// What Erlang writes as `{case_clause, Value}`.
    Case,
    /// What Erlang writes as `{badrecord, Value}`.
    BadRecord,
}

impl Source {
    /// The term, where it needs no register to say so.
    pub fn constant(self) -> Option<Term> {
        Some(match self {
            Source::Int(value) => Term::Int(value),
            Source::Atom(atom) => Term::Atom(atom),
            Source::Nil => Term::Nil,
            _ => return None,
        })
    }
}
