//! The fields of an object, in the order in which they are put.

use serde_json::{Map, Value};

use crate::kernel::{Atom, Pid, Ref, Term};

use super::terms::Names;

/// An object in the making.
pub(super) struct Fields<'a> {
    pub(super) names: Names<'a>,
    map: Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// Nothing is in them yet.
    pub(super) fn new(names: Names<'a>) -> Self {
        Fields { names, map: Map::new() }
    }

    /// All of it.
    pub(super) fn object(self) -> Value {
        Value::Object(self.map)
    }

    pub(super) fn put(&mut self, field: &str, value: impl Into<Value>) {
        self.map.insert(field.to_owned(), value.into());
    }

    pub(super) fn event(&mut self, event: &str) {
        self.put("event", event);
    }

    pub(super) fn term(&mut self, field: &str, term: &Term) {
        self.put(field, self.names.term(term));
    }

    pub(super) fn maybe_term(&mut self, field: &str, term: Option<&Term>) {
        self.put(field, term.map(|term| self.names.term(term)));
    }

    pub(super) fn terms(&mut self, field: &str, terms: &[Term]) {
        let terms: Vec<Value> = terms.iter().map(|term| self.names.term(term).into()).collect();
        self.put(field, terms);
    }

    pub(super) fn pid(&mut self, field: &str, pid: Pid) {
        self.put(field, self.names.pid(pid));
    }

    pub(super) fn maybe_pid(&mut self, field: &str, pid: Option<Pid>) {
        self.put(field, pid.map(|pid| self.names.pid(pid)));
    }

    pub(super) fn atom(&mut self, field: &str, atom: Atom) {
        self.put(field, self.names.atoms.text(atom));
    }

    pub(super) fn maybe_atom(&mut self, field: &str, atom: Option<Atom>) {
        self.put(field, atom.map(|atom| self.names.atoms.text(atom)));
    }

    pub(super) fn reference(&mut self, field: &str, reference: Ref) {
        self.put(field, self.names.reference(reference));
    }
}
