//! Variables, tables, queues, resources, arithmetic, and the tables of `ets`.

use super::super::ast::Operator;
use super::super::script::EtsFunction;
use super::super::script::expression::Variable;
use super::condition::{Queue, Table, TableOrQueue, table, table_or_queue};
use super::registry;
use super::row::*;

family! {
    /// What computes and keeps values. What all share is seen by whoever touches it, which is found where a
    /// statement is lowered.
    Data
    regular {
        /// A `var` or a `shared` gets a value.
        Set "set NAME VALUE…" ANYWHERE { variable: Declared, value: Row = "a value" } => ALONE;
        /// A number is added to a `var` or a `shared`.
        Add "add NAME NUMBER" ANYWHERE { variable: Declared, amount: Amount = "a number" } => ALONE;
        /// `ets:insert/2`
        Insert "insert TABLE KEY VALUE" ANYWHERE
            { table: Table, key: One = "a key", value: Row = "a value" } => ALONE;
        /// `ets:delete/2`
        Delete "delete TABLE KEY" ANYWHERE { table: Table, key: One = "a key" } => ALONE;
        /// Looks up and deletes; `nil` if absent.
        Take "take TABLE KEY as=$value" ANYWHERE
            { table: Table, key: One = "a key", bind: Bind = "as" } => ALONE;
        /// The virtual time, in milliseconds.
        Now "now as=$time" ANYWHERE { bind: Bind = "as" } => ALONE;
        /// What a table or a queue holds, as a list.
        Members "members TABLE_OR_QUEUE as=$list" ANYWHERE { of: TableOrQueue, bind: Bind = "as" } => ALONE;
        /// `length/1`
        Length "length $list as=$number" ANYWHERE { list: One = "a list", bind: Bind = "as" } => ALONE;
        /// Behind the last in a queue.
        Push "push QUEUE VALUE…" SERVER { queue: Queue, value: Row = "a value" } => ALONE;
        /// The first in a queue; `nil` if it is empty.
        Pop "pop QUEUE as=$value" SERVER { queue: Queue, bind: Bind = "as" } => ALONE;
        /// Held until released, or for ever by the dead.
        Acquire "acquire RESOURCE" ANYWHERE { resource: Called = "a resource" } => SEES;
        /// A resource is given back.
        Release "release RESOURCE" ANYWHERE { resource: Called = "a resource" } => SEES;
    }
    by hand {
        /// A value gets a name.
        Bind { variable: Fresh, value: Row } => ALONE;
        /// What the last operation has returned, or exited with or raised where that was caught.
        LastResult { bind: Bind } => ALONE;
        /// The value of a key; `nil` if absent.
        Lookup { table: Table, key: One, bind: Bind } => ALONE;
        /// How many a table or queue holds.
        Size { of: TableOrQueue, bind: Bind } => ALONE;
        /// `$left + 1`: of anything but two integers it is `badarith`.
        Compute { left: One, operator: Copied<Operator>, right: One, bind: Bind } => ALONE;
        // Whoever has a table can be found by it.
        /// A function of `ets`, on a table that some process owns.
        Ets { function: Copied<EtsFunction>, arguments: Values, bind: Bind } => SEES.uncovering();
    }
    words {
        "bind $name VALUE…" ANYWHERE bind;
        "result as=$value" ANYWHERE last_result;
        "lookup TABLE KEY as=$value" ANYWHERE lookup;
        "size TABLE_OR_QUEUE as=$number" ANYWHERE size;
        "compute VALUE + VALUE as=$number" ANYWHERE compute;
        "ets FUNCTION VALUE… as=$result" ANYWHERE ets;
    }
}

roles! {
    /// A `var` of the server or a `shared` of the file, by its name without `$`.
    Declared: Name => Variable, lower(name, resolver) resolver.place(name);
    /// A variable that the line binds.
    Fresh: Name => Option<Pattern>, lower(name, resolver) resolver.bind(Some(name));
}

alike! {
    /// A number, as far as one can see.
    Amount is One, |step, what| {
        let amount = step.value(what)?;
        if !matches!(amount.kind, ValueKind::Int(_) | ValueKind::Variable(_)) {
            let message = "only numbers can be added";
            step.report(Mistake::new(amount.span, message, "not a number"));
        }
        Some(amount)
    };
}

readings! {
    Declared, |step, _| declared(step);
}

fn declared(step: &mut Step<'_, '_, '_>) -> Option<Name> {
    let name = step.name("a variable (without its `$`)")?;
    let shared = step.parser.names.shared.contains_key(&name.text);
    let is_var = step.scope.state.variables.contains(&name.text);
    let elsewhere = step.scope.place == Code::Parallel;
    if shared || is_var && !elsewhere {
        return Some(name);
    }
    if is_var {
        let message = format!("`{}` changes a variable of a server from another process", step.line.word);
        let mistake = Mistake::new(name.span, message, "the block runs in a task of its own");
        step.report(mistake.with_help("a `shared` variable can be changed by everybody"));
        return None;
    }
    let bound = step.scope.bound.contains(&name.text);
    let word = step.line.word;
    let advice = match bound {
        true => format!("`${}` is bound once and for all: `{word}` needs a `var` or a `shared`", name.text),
        false if SCRIPT.contains(&step.scope.place) => {
            format!("declare it at the top level: `shared {} VALUE`", name.text)
        }
        false => format!("declare it in the server: `var {} VALUE`", name.text),
    };
    let known = step.scope.state.variables.iter().chain(step.parser.names.shared.keys());
    step.report(unknown("variable", &name, known, &advice));
    Some(name)
}

fn bind(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let variable = step.variable("a variable")?;
    let value = step.value_row("a value")?;
    step.bind_variable(&variable);
    Some(Data::Bind { variable, value }.into())
}

fn last_result(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    step.check_result();
    Some(Data::LastResult { bind: step.bind_property("as") }.into())
}

fn lookup(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if registry::is_meant(step) {
        return registry::lookup(step);
    }
    let (table, key) = (table(step)?, step.value("a key")?);
    Some(Data::Lookup { table, key, bind: step.bind_property("as") }.into())
}

fn size(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    if registry::is_meant(step) {
        return registry::size(step);
    }
    let of = table_or_queue(step)?;
    Some(Data::Size { of, bind: step.bind_property("as") }.into())
}

impl Sayable for Operator {
    fn said(&self) -> Said<'_> {
        Said::Default(format!("'{}'", self.word()))
    }
}

impl Sayable for EtsFunction {
    fn said(&self) -> Said<'_> {
        Said::Word(self.name())
    }
}

fn compute(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let left = step.value("a number")?;
    let Some(entry) = step.peek() else {
        step.name("one of `+`, `-`, `*`, `div`, `rem`, `min`, `max`")?;
        return None;
    };
    step.skip();
    let operator = step.entry_choice(entry, "the operator", Operator::WORDS)?.value;
    let right = step.value("a number")?;
    for side in [&left, &right] {
        let is_number = matches!(side.kind, ValueKind::Int(_) | ValueKind::Variable(_));
        if !is_number && !matches!(operator, Operator::Min | Operator::Max) {
            let message = "only integers can be computed with";
            step.report(Mistake::new(side.span, message, "always `badarith`"));
        }
    }
    Some(Data::Compute { left, operator, right, bind: step.bind_property("as") }.into())
}

fn ets(step: &mut Step<'_, '_, '_>) -> Option<StatementKind> {
    let name = step.name("a function of `ets`")?;
    let arguments = step.values()?;
    let known: Vec<EtsFunction> = EtsFunction::all().filter(|known| known.name() == name.text).collect();
    let Some(function) = known.iter().find(|known| known.arity() == arguments.len()) else {
        let mistake = if known.is_empty() {
            unknown("function of `ets`", &name, EtsFunction::all().map(EtsFunction::name), "")
        } else {
            let arities: Vec<String> = known.iter().map(|known| known.arity().to_string()).collect();
            let message = format!("`ets:{}` takes {} values", name.text, arities.join(" or "));
            let help = "the first is the table; a tuple or a list as one value is `(term)\"{key, $value}\"`";
            Mistake::new(step.line.span, message, format!("and not {}", arguments.len())).with_help(help)
        };
        step.report(mistake);
        return None;
    };
    if !step.parser.names.nodes.is_empty() {
        let mistake =
            Mistake::new(step.line.word_span, "tables of `ets` are not for files with nodes", "not here");
        step.report(mistake.with_help("`table` is a server's own, and `shared_table` one that all see"));
    }
    Some(Data::Ets { function: *function, arguments, bind: step.bind_property("as") }.into())
}
