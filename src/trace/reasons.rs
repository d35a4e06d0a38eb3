//! Exit reasons, told as Elixir's `Exception.format_exit/1` tells them.

use crate::kernel::{Atom, Term};

use super::terms::{Names, Notation, with_default};

impl Names<'_> {
    /// An exit reason in words: several lines if it has a story, each further one indented by four more.
    pub fn reason(&self, reason: &Term) -> String {
        self.told(reason, 0)
    }

    fn told(&self, reason: &Term, depth: usize) -> String {
        let margin = "    ".repeat(depth + 1);
        let because = |why: &Term| {
            let why = if depth < 16 { self.told(why, depth + 1) } else { self.term(why) };
            format!("\n{margin}** (EXIT) {why}")
        };
        if let Some(text) = self.plain_reason(reason) {
            return text;
        }
        match reason.as_tuple() {
            Some([why, mfa]) if self.call(mfa).is_some() => {
                let call = self.call(mfa).expect("it has just been one");
                format!("exited in: {call}{}", because(why))
            }
            Some([error, stack]) if stack.is(Atom::STACKTRACE) => {
                format!("an exception was raised:\n{margin}** {}", self.exception(error))
            }
            Some([tag, why]) if tag.is(Atom::SHUTDOWN) => match why.as_tuple() {
                Some([tag, id, why]) if tag.is(Atom::FAILED_TO_START_CHILD) => {
                    format!("shutdown: failed to start child: {}{}", self.term(id), because(why))
                }
                _ => format!("shutdown: {}", self.term(why)),
            },
            _ => self.term(reason),
        }
    }

    /// An exit reason in one line, however much of a story it has.
    pub fn brief_reason(&self, reason: &Term) -> String {
        self.brief(reason, 0)
    }

    fn brief(&self, reason: &Term, depth: usize) -> String {
        let because = |why: &Term| if depth < 16 { self.brief(why, depth + 1) } else { self.term(why) };
        if reason.is(Atom::NOPROC) {
            return "no process".to_owned();
        }
        if let Some(text) = self.plain_reason(reason) {
            return text;
        }
        match reason.as_tuple() {
            Some([why, mfa]) if self.call(mfa).is_some() => {
                format!("exited in: {}: {}", self.call(mfa).expect("it has just been one"), because(why))
            }
            Some([error, stack]) if stack.is(Atom::STACKTRACE) => self.exception(error),
            Some([tag, why]) if tag.is(Atom::SHUTDOWN) => match why.as_tuple() {
                Some([tag, id, why]) if tag.is(Atom::FAILED_TO_START_CHILD) => {
                    format!("shutdown: failed to start child: {}: {}", self.term(id), because(why))
                }
                _ => format!("shutdown: {}", self.term(why)),
            },
            _ => self.term(reason),
        }
    }

    /// Reasons that are told in one line.
    fn plain_reason(&self, reason: &Term) -> Option<String> {
        if let Some(atom) = reason.as_atom() {
            let text = match atom {
                Atom::NORMAL => "normal",
                Atom::SHUTDOWN => "shutdown",
                Atom::KILLED => "killed",
                Atom::TIMEOUT => "time out",
                Atom::CALLING_SELF => "process attempted to call itself",
                Atom::NOCONNECTION => "no connection",
                Atom::NOPROC => {
                    "no process: the process is not alive or there's no process currently associated with \
                     the given name, possibly because its application isn't started"
                }
                _ => return None,
            };
            return Some(text.to_owned());
        }
        match reason.as_tuple()? {
            [tag, value] if tag.is(Atom::BAD_RETURN_VALUE) => {
                Some(format!("bad return value: {}", self.term(value)))
            }
            [tag, value] if tag.is(Atom::ALREADY_STARTED) => {
                Some(format!("already started: {}", self.term(value)))
            }
            [tag, value] if tag.is(Atom::SUPERVISOR_DATA) => {
                Some(format!("bad supervisor configuration, {}", self.what_is_wrong(value)))
            }
            [tag, value] if tag.is(Atom::START_SPEC) || tag.is(Atom::BAD_START_SPEC) => {
                Some(format!("bad child specification, {}", self.what_is_wrong(value)))
            }
            _ => None,
        }
    }

    /// `{invalid_strategy, one_for_al}` as `invalid strategy: one_for_al`.
    fn what_is_wrong(&self, term: &Term) -> String {
        match term.as_tuple() {
            Some([tag, id]) if tag.is(Atom::DUPLICATE_CHILD_NAME) => {
                format!("more than one child specification has the id: {}", self.term(id))
            }
            Some([Term::Atom(tag), value]) => {
                format!("{}: {}", self.atoms.text(*tag).replace('_', " "), self.term(value))
            }
            _ => match term.as_atom() {
                Some(tag) => self.atoms.text(tag).replace('_', " "),
                None => format!("invalid: {}", self.term(term)),
            },
        }
    }

    /// `{Module, Function, [Argument]}` as the call it was.
    fn call(&self, mfa: &Term) -> Option<String> {
        let [Term::Atom(module), Term::Atom(function), Term::List(arguments, _)] = mfa.as_tuple()? else {
            return None;
        };
        let module = match self.notation {
            Notation::Elixir if *module == Atom::GEN_SERVER => "GenServer".to_owned(),
            _ => self.atom(*module),
        };
        let (dot, function) = match self.notation {
            Notation::Erlang => (':', self.atom(*function)),
            Notation::Elixir => ('.', self.atoms.text(*function).to_owned()),
        };
        Some(format!(
            "{module}{dot}{function}({})",
            match self.notation {
                Notation::Elixir if module == "GenServer" => self.terms(&with_default(arguments)),
                _ => self.terms(arguments),
            }
        ))
    }

    fn exception(&self, error: &Term) -> String {
        if self.notation == Notation::Erlang {
            return format!("error: {}", self.term(error));
        }
        match (error, error.as_tuple()) {
            (_, Some([tag, value])) if tag.is(Atom::BADMATCH) => {
                format!("(MatchError) no match of right hand side value: {}", self.term(value))
            }
            (error, _) if error.is(Atom::FUNCTION_CLAUSE) => {
                "(FunctionClauseError) no function clause matching".to_owned()
            }
            (error, _) if error.is(Atom::BADARG) => "(ArgumentError) argument error".to_owned(),
            (error, _) if error.is(Atom::UNDEF) => "(UndefinedFunctionError) undefined function".to_owned(),
            (error, _) => format!("(ErlangError) Erlang error: {}", self.term(error)),
        }
    }
}
