//! Compiled code: where it is, and what of it a file runs.

use super::{Span, Spanned, Value};

/// What a file says of compiled code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Code {
    /// The folders that its modules are in: `code`.
    pub folders: Vec<Spanned<String>>,
    /// What orders that mean nothing, and bytes that look random, are made of: `shuffle=`.
    pub shuffle: u64,
    /// What is called before the clients begin: `start`.
    pub starts: Vec<CodeCall>,
    /// The modules whose tests are run: `test`.
    pub tests: Vec<CodeTests>,
    /// The calls that are clients: `run`.
    pub runs: Vec<CodeCall>,
}

/// A call of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeCall {
    /// The module, as Erlang calls it.
    pub module: String,
    /// The function that it names.
    pub function: String,
    /// The arguments that it is given.
    pub arguments: Vec<Value>,
    /// Where it stands.
    pub span: Span,
}

/// The tests of a module.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeTests {
    /// The module, as Erlang calls it.
    pub module: String,
    /// The one test that is run, if it is not all of them.
    pub only: Option<Spanned<String>>,
    /// Where it stands.
    pub span: Span,
}
