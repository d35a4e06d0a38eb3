//! What a line starts, or makes a specification of.

use super::tree::{Child, ChildOptions, Registration};
use super::value::{Name, Value};

/// A module that is started by itself, and what `name=` says.
#[derive(Clone, Debug, PartialEq)]
pub struct StartedModule {
    /// The definition that is started.
    pub module: Name,
    /// As what it is registered.
    pub name: Registration,
}

/// What `start_child` starts.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a tree of syntax is built once and then only read")]
pub enum NewChild {
    /// `start_child SUPERVISOR MODULE arguments… id= restart= …`
    Module {
        /// The definition that the child runs.
        module: Name,
        /// The start arguments.
        arguments: Vec<Value>,
        /// What the line says of the child spec. The id is the module's name if unsaid.
        options: ChildOptions,
    },
    /// `start_child SUPERVISOR { worker … }`
    Node(Box<Child>),
    /// `start_child SUPERVISOR (term)"#{…}"`: a child spec, verbatim.
    Raw(Value),
    /// `start_child SUPERVISOR args VALUE…`: extra arguments for a template.
    Arguments(Vec<Value>),
}

/// Whose child spec `child_spec` makes.
#[derive(Clone, Debug, PartialEq)]
pub enum SpecSource {
    /// That of a definition, with these start arguments.
    Module(Name, Vec<Value>),
    /// Whatever Elixir takes a child for: a module, a module and its argument, or a specification.
    Raw(Value),
}
