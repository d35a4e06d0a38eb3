//! Functions that stand in for a module's own and call others one after another, which no native can: a module that no
//! compiler has written, in the machine's own instructions. This is what it holds; `module.rs` makes it.

/// What the module is called.
pub const ASSEMBLED: &str = "$treefall";

/// A name, and how many arguments it takes.
pub type Named = (&'static str, &'static str, u8);

/// What calls a function of the emulator first thing: it is given the module, the function and the arguments.
pub const SPAWNED: Named = (ASSEMBLED, "apply", 3);

/// A function: in place of what it stands, what goes into its registers first, and what it calls. What one call comes
/// to is what the next one is given.
pub(super) struct Chain {
    pub(super) of: Named,
    pub(super) moves: &'static [(Given, u16)],
    pub(super) calls: &'static [Named],
}

/// What a register is given.
pub(super) enum Given {
    Nil,
    Name(&'static str),
    /// The tuple `{local, Name}`, as servers are named.
    Local(&'static str),
}

const PRINT: &[Named] = &[("io_lib", "format", 2), ("io", "put_chars", 1)];
const START: &[Named] = &[("gen_server", "start", 4), (ASSEMBLED, "started", 1)];
const APPLY: Named = ("erlang", "apply", 3);
const WITHOUT_ARGUMENTS: &[(Given, u16)] = &[(Given::Nil, 1)];
const TIMER_SERVER: &[(Given, u16)] =
    &[(Given::Local("timer_server"), 0), (Given::Name("timer"), 1), (Given::Nil, 2), (Given::Nil, 3)];

pub(super) const CHAINS: &[Chain] = &[
    Chain { of: ("io", "format", 1), moves: WITHOUT_ARGUMENTS, calls: PRINT },
    Chain { of: ("io", "format", 2), moves: &[], calls: PRINT },
    Chain { of: ("io", "fwrite", 1), moves: WITHOUT_ARGUMENTS, calls: PRINT },
    Chain { of: ("io", "fwrite", 2), moves: &[], calls: PRINT },
    // What a process begins with that is spawned with a function of the emulator.
    Chain { of: SPAWNED, moves: &[], calls: &[APPLY] },
    // Its supervisor is a part of the kernel, which does not run (OTP 24, OTP 25).
    Chain { of: ("timer", "ensure_started", 0), moves: TIMER_SERVER, calls: START },
    Chain { of: ("timer", "do_start", 0), moves: TIMER_SERVER, calls: START },
];

impl Chain {
    /// How many instructions it has, with the one that stands for its name.
    fn len(&self) -> usize {
        2 + self.moves.len() + self.calls.len()
    }
}

/// The functions that these stand in for, and where each begins.
pub fn stand_ins() -> impl Iterator<Item = (Named, u32)> {
    let begins = CHAINS.iter().scan(1, |next, chain| {
        let begin = *next;
        *next += chain.len();
        Some(begin as u32 + 1)
    });
    CHAINS.iter().map(|chain| chain.of).zip(begins)
}
