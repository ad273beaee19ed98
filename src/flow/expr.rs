//! The expression language of conditions and holes: names, literals, comparison, `and or not`, sums,
//! and two functions. Small on purpose: its tree is typed before any call, and followed for
//! verification levels.

use super::value::Value;

/// An expression's tree.
#[derive(Clone, PartialEq, Debug)]
pub enum Expr {
    /// A value written out.
    Literal(Value),
    /// A name with its fields: `payment.amount`.
    Name(Vec<String>),
    /// `not x`.
    Not(Box<Expr>),
    /// Two sides and what joins them.
    Two(Box<Expr>, Op, Box<Expr>),
    /// `window(n)`: the n-th callback window from now; `known(x)`: whether a variable is set.
    Function(Function, Box<Expr>),
}

/// What joins two sides.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    /// Both.
    And,
    /// Either.
    Or,
    /// The same.
    Equal,
    /// Not the same.
    Unequal,
    /// Less.
    Less,
    /// Less or the same.
    AtMost,
    /// More.
    More,
    /// More or the same.
    AtLeast,
    /// Sum.
    Plus,
    /// Difference.
    Minus,
}

/// A function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Function {
    /// The n-th callback window from now, counted from 1.
    Window,
    /// Whether a variable is set.
    Known,
}
