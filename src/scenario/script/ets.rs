//! `ets` for scripts: its functions as compiled code has them, on the same tables.

use crate::code::raise::Raise;
use crate::code::term::Term as Value;
use crate::kernel::{Atom, Term};

use super::ScriptContext;
use super::compiled::convert;
use super::ets_function::EtsFunction;

/// Calls it, in the name of the running process.
///
/// # Errors
///
/// What it raises.
pub(super) fn call(
    function: EtsFunction,
    arguments: &[Term],
    context: &mut ScriptContext<'_>,
) -> Result<Term, Term> {
    let image = context.image();
    let atoms = image.atoms();
    let mut values: Vec<Value> = arguments.iter().map(|term| convert::inward(term, atoms)).collect();
    let me = context.pid();
    let answer = match function.name() {
        "new" => {
            let reference = context.make_ref();
            context.common_mut().compiled_mut().tables.create(
                me,
                reference,
                &values,
                image.code.shuffle,
                atoms,
            )
        }
        "give_away" => give_away(&values, context),
        "tab2list" => {
            values.push(Value::Atom(atoms.intern("_")));
            let found = native("match_object", 2, &values, context);
            found.map(|rows| sorted(&rows, context))
        }
        "delete_all_objects" => {
            values.push(Atom::UNDEFINED.into());
            native("internal_delete_all", 2, &values, context).map(|_| Atom::TRUE.into())
        }
        _ => match function.row() {
            Some(row) => (row.run)(&mut context.common_mut().compiled_mut().tables, me, &values, atoms),
            None => Err(Raise::badarg()),
        },
    };
    answer.map(|value| convert::outward(&value)).map_err(|raise| convert::outward(&raise.value))
}

fn native(
    name: &'static str,
    arity: usize,
    values: &[Value],
    context: &mut ScriptContext<'_>,
) -> Result<Value, Raise> {
    let (me, image) = (context.pid(), context.image());
    let row = EtsFunction::of(name, arity).row().ok_or_else(Raise::badarg)?;
    (row.run)(&mut context.common_mut().compiled_mut().tables, me, values, image.atoms())
}

fn give_away(values: &[Value], context: &mut ScriptContext<'_>) -> Result<Value, Raise> {
    let to = values[1].as_pid().ok_or_else(Raise::badarg)?;
    if !context.is_alive(to) {
        return Err(Raise::badarg());
    }
    let me = context.pid();
    let transfer = context.common_mut().compiled_mut().tables.give_away(me, values)?;
    let body = convert::message(&transfer.message);
    context.send(transfer.to, body);
    Ok(Atom::TRUE.into())
}

/// The real order is that of a hash: here it is Erlang's order of terms.
fn sorted(rows: &Value, context: &ScriptContext<'_>) -> Value {
    let atoms = context.image().atoms();
    let mut rows: Vec<Value> = rows.as_list().unwrap_or_default();
    rows.sort_by(|left, right| left.compare(right, atoms));
    Value::list(rows)
}
