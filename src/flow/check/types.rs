//! What an expression holds, worked out before any call, and what does not fit together in it.

use crate::flow::expr::{Expr, Function, Op};
use crate::flow::read::near;
use crate::flow::text::How;
use crate::flow::value::{Type, Value};
use std::collections::BTreeMap;

/// Why an expression has no type, or not the one wanted.
pub struct Misfit {
    /// `name` or `type`.
    pub code: &'static str,
    /// What is wrong.
    pub what: String,
    /// How to mend it.
    pub hint: String,
}

impl Misfit {
    fn name(what: String, hint: impl Into<String>) -> Misfit {
        Misfit { code: "name", what, hint: hint.into() }
    }

    fn of_type(what: String, hint: impl Into<String>) -> Misfit {
        Misfit { code: "type", what, hint: hint.into() }
    }
}

/// The type of an expression.
pub fn infer(expr: &Expr, variables: &BTreeMap<String, Type>) -> Result<Type, Misfit> {
    match expr {
        Expr::Literal(value) => literal(value).ok_or_else(|| Misfit::of_type("this value has no type".into(), "")),
        Expr::Name(path) => name(path, variables),
        Expr::Function(Function::Known, inner) => infer(inner, variables).map(|_| Type::Flag),
        Expr::Function(Function::Window, inner) => want(inner, &Type::Number, variables).map(|()| Type::Window),
        Expr::Not(inner) => want(inner, &Type::Flag, variables).map(|()| Type::Flag),
        Expr::Two(left, op, right) => two(infer(left, variables)?, *op, infer(right, variables)?),
    }
}

/// Whether an expression holds what is wanted.
pub fn want(expr: &Expr, wanted: &Type, variables: &BTreeMap<String, Type>) -> Result<(), Misfit> {
    let found = infer(expr, variables)?;
    if found == *wanted {
        return Ok(());
    }
    Err(match wanted {
        Type::Flag => Misfit::of_type(format!("a condition goes here, and this is a {found}"), compare_it(&found)),
        _ => Misfit::of_type(format!("a {wanted} goes here, and this is a {found}"), ""),
    })
}

fn two(left: Type, op: Op, right: Type) -> Result<Type, Misfit> {
    let both = |holds: &Type| left == *holds && right == *holds;
    let odd = |holds: &Type| if left == *holds { right.clone() } else { left.clone() };
    match op {
        Op::And | Op::Or if both(&Type::Flag) => Ok(Type::Flag),
        Op::And | Op::Or => {
            let odd = odd(&Type::Flag);
            Err(Misfit::of_type(format!("`and` and `or` join conditions, and this is a {odd}"), compare_it(&odd)))
        }
        Op::Plus | Op::Minus if both(&Type::Number) => Ok(Type::Number),
        Op::Plus | Op::Minus => {
            Err(Misfit::of_type(format!("only numbers are added, and this is a {}", odd(&Type::Number)), ""))
        }
        _ if left != right => Err(Misfit::of_type(
            format!("a {left} cannot be compared with a {right}"),
            "only like can be compared with like: a text with 'done', a number with 3",
        )),
        _ if matches!(left, Type::Record(_)) => {
            Err(Misfit::of_type("records cannot be compared".into(), "compare one of the fields, like payment.state"))
        }
        Op::Equal | Op::Unequal => Ok(Type::Flag),
        _ if matches!(left, Type::Number | Type::Date | Type::Moment | Type::Money) => Ok(Type::Flag),
        _ => Err(Misfit::of_type(format!("one {left} is not more or less than another"), "compare with == or !=")),
    }
}

fn compare_it(found: &Type) -> &'static str {
    match found {
        Type::Text => "compare it with something, like == 'done'",
        Type::Number => "compare it with something, like > 3",
        Type::Record(_) => "compare one of its fields, like payment.state == 'done'",
        _ => "compare it with something of its kind, or ask whether it is there: known(name)",
    }
}

fn literal(value: &Value) -> Option<Type> {
    match value {
        Value::Flag(_) => Some(Type::Flag),
        Value::Number(_) => Some(Type::Number),
        Value::Text(_) => Some(Type::Text),
        _ => None,
    }
}

fn name(path: &[String], variables: &BTreeMap<String, Type>) -> Result<Type, Misfit> {
    let words: Vec<&str> = path.iter().map(String::as_str).collect();
    match words[..] {
        ["caller", "number"] => return Ok(Type::Phone),
        ["caller", "account" | "name"] | ["line", "number"] => return Ok(Type::Text),
        ["caller", "level"] => return Ok(Type::Number),
        ["now"] => return Ok(Type::Moment),
        ["caller", field] => {
            let hint = near(field, ["number", "account", "name", "level"].into_iter());
            let all = "there are caller.number, caller.account, caller.name and caller.level";
            return Err(Misfit::name(format!("there is no `caller.{field}`"), hint.unwrap_or_else(|| all.into())));
        }
        _ => {}
    }
    let Some((first, rest)) = words.split_first() else { return Err(Misfit::name("an empty name".into(), "")) };
    let Some(mut holds) = variables.get(*first) else {
        let hint = near(first, variables.keys().map(String::as_str));
        let hint = hint.unwrap_or_else(|| "a variable is set by `ask`, `into:`, `set` or `takes:`".into());
        return Err(Misfit::name(format!("no step of this file sets `{first}`"), hint));
    };
    for field in rest {
        let Type::Record(fields) = holds else {
            return Err(Misfit::name(format!("`{first}` is a {holds} and has no `.{field}`"), "leave the dot out"));
        };
        holds = fields.get(*field).ok_or_else(|| {
            let names: Vec<&str> = fields.keys().map(String::as_str).collect();
            let hint = near(field, names.iter().copied());
            let hint = hint.unwrap_or_else(|| format!("it has {}", names.join(", ")));
            Misfit::name(format!("`{first}` has no field `{field}`"), hint)
        })?;
    }
    Ok(holds.clone())
}

/// Whether a value can be spoken in a way.
pub fn speaks(how: How, holds: &Type) -> bool {
    match how {
        How::Plain => !matches!(holds, Type::Record(_) | Type::Flag),
        How::Digits => matches!(holds, Type::Text | Type::Number | Type::Phone),
        How::Money => *holds == Type::Money,
        How::Date => matches!(holds, Type::Date | Type::Moment),
        How::Time => *holds == Type::Moment,
        How::Phone => *holds == Type::Phone,
        How::Count => *holds == Type::Number,
        How::Window => *holds == Type::Window,
    }
}

/// How a value is spoken instead.
pub fn way_to_speak(holds: &Type) -> &'static str {
    match holds {
        Type::Money => "write {…|money}",
        Type::Date => "write {…|date}",
        Type::Moment => "write {…|time} or {…|date}",
        Type::Phone => "write {…|phone}",
        Type::Window => "write {…|window}",
        Type::Number => "write {…|count} or {…|digits}",
        Type::Text => "write {…|plain} or {…|digits}",
        Type::Flag => "branch on it with `when:` instead",
        Type::Record(_) => "name one of its fields: {payment.amount|money}",
    }
}
