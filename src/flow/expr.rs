//! The expression language of conditions and holes: names, literals, comparison, `and or not`, sums,
//! and two functions. Small on purpose: its tree is typed before any call, and followed for
//! verification levels. Reading is bounded, evaluating cannot fail or loop.

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

/// The longest expression that is read, and how deep its parentheses may go.
const MAX_LENGTH: usize = 500;
const MAX_DEPTH: usize = 16;

impl Expr {
    /// Reads an expression; the error says what was expected and what was found.
    pub fn parse(text: &str) -> Result<Expr, String> {
        if text.len() > MAX_LENGTH {
            return Err(format!("the expression is longer than {MAX_LENGTH} characters"));
        }
        let mut parser = ExprParser { tokens: tokens(text)?, at: 0, depth: 0 };
        let expr = parser.expression(0)?;
        match parser.peek() {
            None => Ok(expr),
            Some(token) => Err(format!("expected an operator or the end, found {}", token.show())),
        }
    }

    /// The value, with names looked up by `names`. What does not fit — text against number, an
    /// unset name — is simply not true, never an error: the check before publishing refuses it.
    pub fn eval(&self, names: &dyn Fn(&[String]) -> Value, window: &dyn Fn(i64) -> Value) -> Value {
        match self {
            Expr::Literal(value) => value.clone(),
            Expr::Name(path) => names(path),
            Expr::Not(inner) => Value::Flag(!inner.eval(names, window).is_true()),
            Expr::Function(Function::Known, inner) => Value::Flag(inner.eval(names, window) != Value::None),
            Expr::Function(Function::Window, inner) => match inner.eval(names, window) {
                Value::Number(n) => window(n),
                _ => Value::None,
            },
            Expr::Two(left, Op::And, right) => {
                Value::Flag(left.eval(names, window).is_true() && right.eval(names, window).is_true())
            }
            Expr::Two(left, Op::Or, right) => {
                Value::Flag(left.eval(names, window).is_true() || right.eval(names, window).is_true())
            }
            Expr::Two(left, op, right) => join(&left.eval(names, window), *op, &right.eval(names, window)),
        }
    }

    /// Calls `visit` with every name in it.
    pub fn each_name<'a>(&'a self, visit: &mut dyn FnMut(&'a [String])) {
        match self {
            Expr::Literal(_) => {}
            Expr::Name(path) => visit(path),
            Expr::Not(inner) | Expr::Function(_, inner) => inner.each_name(visit),
            Expr::Two(left, _, right) => {
                left.each_name(visit);
                right.each_name(visit);
            }
        }
    }
}

impl Value {
    /// Whether a condition holds: only a flag that is set does.
    pub fn is_true(&self) -> bool {
        *self == Value::Flag(true)
    }
}

fn join(left: &Value, op: Op, right: &Value) -> Value {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let order = match (left, right) {
        (Value::Number(a), Value::Number(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Moment(a), Value::Moment(b)) => Some(a.cmp(b)),
        (Value::Money(a), Value::Money(b)) if a.currency == b.currency => Some(a.minor.cmp(&b.minor)),
        _ => None,
    };
    match op {
        Op::Equal => Value::Flag(left == right),
        Op::Unequal => Value::Flag(left != right),
        Op::Less => Value::Flag(order == Some(Less)),
        Op::AtMost => Value::Flag(matches!(order, Some(Less | Equal))),
        Op::More => Value::Flag(order == Some(Greater)),
        Op::AtLeast => Value::Flag(matches!(order, Some(Greater | Equal))),
        Op::Plus | Op::Minus => match (left, right) {
            (Value::Number(a), Value::Number(b)) => {
                Value::Number(if op == Op::Plus { a.saturating_add(*b) } else { a.saturating_sub(*b) })
            }
            _ => Value::None,
        },
        Op::And | Op::Or => Value::Flag(left.is_true() || right.is_true()),
    }
}

#[derive(Clone, PartialEq, Debug)]
enum Token {
    Name(Vec<String>),
    Literal(Value),
    Op(Op),
    Not,
    Open,
    Close,
}

impl Token {
    fn show(&self) -> String {
        match self {
            Token::Name(path) => format!("`{}`", path.join(".")),
            Token::Literal(value) => format!("`{}`", value.plain()),
            Token::Op(_) => "an operator".into(),
            Token::Not => "`not`".into(),
            Token::Open => "`(`".into(),
            Token::Close => "`)`".into(),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            '\'' => {
                let end = rest[1..].find('\'').ok_or("a text begins with ' and does not end")?;
                (Token::Literal(Value::Text(rest[1..=end].to_owned())), end + 2)
            }
            '0'..='9' => {
                let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                let number = rest[..end].parse().map_err(|_| format!("`{}` is too large a number", &rest[..end]))?;
                (Token::Literal(Value::Number(number)), end)
            }
            'a'..='z' | 'A'..='Z' | '_' => word(rest)?,
            _ => operator(rest)?,
        };
        found.push(token);
        rest = rest.get(length..).unwrap_or("").trim_start();
    }
    Ok(found)
}

fn word(rest: &str) -> Result<(Token, usize), String> {
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').unwrap_or(rest.len());
    let token = match &rest[..end] {
        "and" => Token::Op(Op::And),
        "or" => Token::Op(Op::Or),
        "not" => Token::Not,
        "true" => Token::Literal(Value::Flag(true)),
        "false" => Token::Literal(Value::Flag(false)),
        name if name.split('.').any(str::is_empty) => return Err(format!("`{name}` has a dot too many")),
        name => Token::Name(name.split('.').map(str::to_owned).collect()),
    };
    Ok((token, end))
}

fn operator(rest: &str) -> Result<(Token, usize), String> {
    const OPERATORS: [(&str, Op); 8] = [
        ("==", Op::Equal),
        ("!=", Op::Unequal),
        ("<=", Op::AtMost),
        (">=", Op::AtLeast),
        ("<", Op::Less),
        (">", Op::More),
        ("+", Op::Plus),
        ("-", Op::Minus),
    ];
    if let Some((sign, op)) = OPERATORS.into_iter().find(|(sign, _)| rest.starts_with(sign)) {
        return Ok((Token::Op(op), sign.len()));
    }
    Err(match rest.chars().next() {
        Some('=') => "`=` alone compares nothing; write `==`".into(),
        Some('"') => "texts stand in single quotes: 'text'".into(),
        Some(c) => format!("`{c}` means nothing in an expression"),
        None => "nothing is left to read".into(),
    })
}

struct ExprParser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl ExprParser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    /// Precedence climbing: takes operators that bind at least as tightly as `floor`.
    fn expression(&mut self, floor: u8) -> Result<Expr, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("nested deeper than {MAX_DEPTH} levels"));
        }
        let mut left = self.operand()?;
        while let Some(Token::Op(op)) = self.peek() {
            let op = *op;
            let (binds, chains) = binding(op);
            if binds < floor {
                break;
            }
            self.at += 1;
            let right = self.expression(binds + 1)?;
            left = Expr::Two(Box::new(left), op, Box::new(right));
            if let (false, Some(Token::Op(next))) = (chains, self.peek())
                && binding(*next).0 == binds
            {
                return Err("comparisons do not chain; join two with `and`".into());
            }
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expr, String> {
        match self.next() {
            Some(Token::Literal(value)) => Ok(Expr::Literal(value)),
            Some(Token::Not) => Ok(Expr::Not(Box::new(self.expression(3)?))),
            Some(Token::Op(Op::Minus)) => match self.next() {
                Some(Token::Literal(Value::Number(n))) => Ok(Expr::Literal(Value::Number(-n))),
                _ => Err("a minus in front goes with a number only".into()),
            },
            Some(Token::Open) => {
                let inner = self.expression(0)?;
                self.close().map(|()| inner)
            }
            Some(Token::Name(path)) if self.peek() == Some(&Token::Open) => {
                let function = match path.join(".").as_str() {
                    "window" => Function::Window,
                    "known" => Function::Known,
                    other => {
                        return Err(format!("there is no function `{other}`; there are `window(n)` and `known(name)`"));
                    }
                };
                self.at += 1;
                let inner = self.expression(0)?;
                self.close().map(|()| Expr::Function(function, Box::new(inner)))
            }
            Some(Token::Name(path)) => Ok(Expr::Name(path)),
            Some(token) => Err(format!("expected a name, a number or a text, found {}", token.show())),
            None => Err("something is missing at the end".into()),
        }
    }

    fn close(&mut self) -> Result<(), String> {
        match self.next() {
            Some(Token::Close) => Ok(()),
            _ => Err("a `(` is not closed".into()),
        }
    }
}

/// How tightly an operator binds, and whether it may follow one of its kind.
fn binding(op: Op) -> (u8, bool) {
    match op {
        Op::Or => (1, true),
        Op::And => (2, true),
        Op::Plus | Op::Minus => (5, true),
        _ => (4, false),
    }
}
