//! What leads a compiled process from call to call: starting what a file starts, running a module's tests one after
//! another as ExUnit does (lib/ex_unit/runner.ex), and one test.

use crate::code::load::Found;
use crate::code::machine::Entry;
use crate::code::term::{Map, Term as Value};
use crate::kernel::{Atom, Received, Spawn, Term};
use crate::otp::{Actor, Message, Plain, Started};

use super::super::common::{FailedExpectation, Unmet};
use super::super::image::{Call, Image};
use super::super::{Script, ScriptContext};
use super::convert;
use super::running::{Driver, Running, Stage, Test, TestRun};

const EX_UNIT: Atom = Atom::of("__ex_unit__");
const ON_EXIT: Atom = Atom::of("Elixir.ExUnit.OnExitHandler");
const SETUP: Atom = Atom::of("setup");
const SETUP_ALL: Atom = Atom::of("setup_all");
const TESTS: Atom = Atom::of("tests");
const TAGS: Atom = Atom::of("tags");
const NAME: Atom = Atom::of("name");
const CASE: Atom = Atom::of("case");
const TEST: Atom = Atom::of("test");
const LINE: Atom = Atom::of("line");
/// What is tagged so is not run.
const SKIP: Atom = Atom::of("skip");
/// How long the callbacks of `on_exit` may take, in milliseconds (ExUnit's default timeout).
const ON_EXIT_TIMEOUT_MS: i64 = 60_000;

/// What comes next.
pub(super) enum Next {
    /// What was begun goes on.
    Goes,
    Call(Entry),
    /// A message that the driver takes.
    Waits,
    Ends,
    Exits(Term),
}

impl Driver {
    /// The driver of a line that runs a module's tests.
    pub fn tests(line: u16) -> Driver {
        let context = Value::Nil;
        Driver::Tests(Box::new(TestRun { line, stage: Stage::Begin, context, tests: Vec::new() }))
    }

    /// Whether the driver waits for a message, and not the code.
    pub(super) fn is_waiting(&self) -> bool {
        match self {
            Driver::Tests(run) => matches!(run.stage, Stage::Waiting(..)),
            Driver::Start(_, true) => true,
            _ => false,
        }
    }

    /// Whether the driver takes this message, if it is the driver who waits.
    pub(super) fn waits_for(&self, message: &Received<Message<Script>>) -> Option<bool> {
        match (self, message) {
            (Driver::Tests(run), message) => match (&run.stage, message) {
                (Stage::Waiting(_, wanted), Received::Down { reference, .. }) => Some(reference == wanted),
                (Stage::Waiting(..), _) => Some(false),
                _ => None,
            },
            (Driver::Start(_, true), _) => Some(false),
            _ => None,
        }
    }

    /// What comes next: at the beginning, after a call that has returned, or after a message.
    pub(super) fn next(&mut self, value: Option<Value>, context: &mut ScriptContext<'_>) -> Next {
        match self {
            Driver::Ends => match value {
                None => Next::Goes,
                Some(_) => Next::Ends,
            },
            Driver::Undefined(module, function) => {
                let entry =
                    Term::tuple([(*module).into(), (*function).into(), Term::list([]), Term::list([])]);
                Next::Exits(Term::tuple([Atom::UNDEF.into(), Term::list([entry])]))
            }
            Driver::Start(line, started) => match value {
                None => {
                    context.trap_exit(true);
                    let image = context.image();
                    Next::Call(image.compiled.starts[usize::from(*line)].entry(image))
                }
                Some(value) => {
                    *started = true;
                    let started = match Started::of(convert::outward(&value)) {
                        // It was no start function: `application:start/1`, which says `ok`, and such.
                        Started::Junk(term) if term.is(Atom::OK) || term.untag(Atom::OK).is_some() => {
                            Started::Ok { pid: context.pid(), info: None }
                        }
                        started => started,
                    };
                    acknowledge(started, context);
                    Next::Waits
                }
            },
            Driver::Run(line) => match value {
                None => {
                    let (image, line) = (context.image(), usize::from(*line));
                    Next::Call(image.compiled.runs[line].0.entry(image))
                }
                Some(_) => Next::Ends,
            },
            Driver::Tests(run) => run.next(value, context),
            Driver::Test(test) => test.next(value, context),
        }
    }

    /// What becomes of a process whose code has raised what nobody caught: what it was and where, and the reason it
    /// would die of.
    pub(super) fn raised(&mut self, told: Term, reason: Term, context: &mut ScriptContext<'_>) -> Term {
        match self {
            Driver::Test(test) => {
                failed(context.image().compiled.tests[usize::from(test.line)].span, test.name, told, context);
                Atom::SHUTDOWN.into()
            }
            Driver::Start(_, started @ false) => {
                *started = true;
                acknowledge(Started::Raised(reason.clone()), context);
                reason
            }
            Driver::Tests(run) => {
                failed(context.image().compiled.tests[usize::from(run.line)].span, SETUP_ALL, told, context);
                Atom::SHUTDOWN.into()
            }
            Driver::Run(line) => {
                let (call, span) = &context.image().compiled.runs[usize::from(*line)];
                failed(*span, call.label, told, context);
                Atom::SHUTDOWN.into()
            }
            _ => reason,
        }
    }
}

fn acknowledge(result: Started, context: &mut ScriptContext<'_>) {
    let me = context.pid();
    let parent = context.world().process(me).and_then(|process| process.parent);
    if let Some(parent) = parent {
        context.send(parent, Message::Ack { child: me, result, dying: false });
    }
}

/// A test or a client has failed: nobody waits for the end of the run to say so.
fn failed((start, end): (usize, usize), test: Atom, reason: Term, context: &mut ScriptContext<'_>) {
    let pid = context.pid();
    let why = Unmet::Test { name: test, reason };
    context.common_mut().failures.push(FailedExpectation { pid, start, end, why });
}

impl Call {
    /// The call as a process begins it.
    fn entry(&self, image: &Image) -> Entry {
        let arguments = self.arguments.iter().map(|term| convert::inward(term, image.atoms())).collect();
        Entry::of(&image.code, self.module, self.function, arguments)
    }
}

impl TestRun {
    fn next(&mut self, value: Option<Value>, context: &mut ScriptContext<'_>) -> Next {
        let image = context.image();
        let asked = &image.compiled.tests[usize::from(self.line)];
        let code = &image.code;
        let call = |function: Atom, arguments: Vec<Value>| {
            Next::Call(Entry::of(code, asked.module, function, arguments))
        };
        match (&self.stage, value) {
            (Stage::Begin, _) => {
                self.stage = Stage::Listing;
                call(EX_UNIT, Vec::new())
            }
            (Stage::Listing, Some(module)) => {
                self.tests = listed(&module, asked.only, code);
                self.context = Value::Map(Map::of(
                    [(MODULE.into(), asked.module.into()), (CASE.into(), asked.module.into())],
                    image.atoms(),
                ));
                self.stage = Stage::SettingUp;
                match code.find(asked.module, EX_UNIT, 2) {
                    Found::Code(..) => call(EX_UNIT, vec![SETUP_ALL.into(), self.context.clone()]),
                    _ => self.next(None, context),
                }
            }
            (Stage::SettingUp, made) => {
                if let Some(made @ Value::Map(_)) = made {
                    self.context = made;
                }
                self.begin(context)
            }
            (Stage::Waiting(pid, _), Some(_)) => {
                let pid = *pid;
                self.stage = Stage::CleaningUp;
                let arguments = vec![pid.into(), Value::Int(ON_EXIT_TIMEOUT_MS)];
                Next::Call(Entry::of(code, ON_EXIT, Atom::RUN, arguments))
            }
            (Stage::CleaningUp, _) => self.begin(context),
            (Stage::Listing | Stage::Waiting(..), None) => Next::Waits,
        }
    }

    /// Begins the next test.
    fn begin(&mut self, context: &mut ScriptContext<'_>) -> Next {
        let Some(test) = self.tests.pop() else { return Next::Ends };
        let image = context.image();
        let module = image.compiled.tests[usize::from(self.line)].module;
        let Some(name) = field(&test, NAME).and_then(Value::as_atom) else { return Next::Ends };
        let mut made = match (&self.context, field(&test, TAGS)) {
            (Value::Map(context), Some(Value::Map(tags))) => {
                tags.iter().fold(context.clone(), |made, (key, value)| {
                    made.put(key.clone(), value.clone(), image.atoms())
                })
            }
            _ => return Next::Ends,
        };
        for (key, value) in [(MODULE, module), (CASE, module), (TEST, name)] {
            made = made.put(key.into(), value.into(), image.atoms());
        }
        let driver = Driver::Test(Box::new(Test {
            line: self.line,
            module,
            name,
            context: Value::Map(made),
            begun: 0,
        }));
        let script = Script::Compiled(Box::new(Running::driven(driver, context.pid())));
        let how = Spawn { label: name, link: false, monitor: true, awaited: false };
        let (pid, reference) = context.spawn(Actor::Plain(Plain::new(script)), how);
        self.stage = Stage::Waiting(pid, reference.expect("it is monitored"));
        // Those of several modules run at the same time, and none is before another.
        if image.compiled.tests.len() == 1 {
            context.common_mut().compiled_mut().tests_begun += 1;
        }
        Next::Waits
    }
}

impl Test {
    fn next(&mut self, value: Option<Value>, context: &mut ScriptContext<'_>) -> Next {
        let image = context.image();
        self.begun += 1;
        match self.begun {
            1 => Next::Call(Entry::of(&image.code, ON_EXIT, Atom::REGISTER, vec![context.pid().into()])),
            2 => {
                let arguments = vec![SETUP.into(), self.context.clone()];
                Next::Call(Entry::of(&image.code, self.module, EX_UNIT, arguments))
            }
            3 => {
                if let Some(made @ Value::Map(_)) = value {
                    self.context = made;
                }
                let made = std::mem::replace(&mut self.context, Value::Nil);
                Next::Call(Entry::of(&image.code, self.module, self.name, vec![made]))
            }
            _ => Next::Exits(Atom::SHUTDOWN.into()),
        }
    }
}

/// The tests that a module says it has, by their lines, the first one last.
fn listed(module: &Value, only: Option<Atom>, code: &crate::code::load::Code) -> Vec<Value> {
    let mut tests: Vec<Value> = field(module, TESTS).and_then(Value::as_list).unwrap_or_default();
    let wanted = |test: &Value| match (only, field(test, NAME).and_then(Value::as_atom)) {
        (None, _) => true,
        (Some(only), Some(name)) => {
            name == only || code.atoms.text(name) == format!("test {}", code.atoms.text(only))
        }
        (Some(_), None) => false,
    };
    tests.retain(wanted);
    let skips = |tag: &Value| !tag.is(Atom::NIL) && !tag.is(Atom::FALSE);
    tests.retain(|test| !field(test, TAGS).and_then(|tags| field(tags, SKIP)).is_some_and(skips));
    let line = |test: &Value| field(test, TAGS).and_then(|tags| field(tags, LINE)?.as_int());
    tests.sort_by_key(|test| std::cmp::Reverse(line(test)));
    tests
}

fn field(map: &Value, key: Atom) -> Option<&Value> {
    match map {
        Value::Map(map) => map.get(&Value::Atom(key)),
        _ => None,
    }
}

const MODULE: Atom = Atom::of("module");
