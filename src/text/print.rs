//! Prints a syntax tree back as a formula with as few brackets as keep its meaning.
//!
//! Sums are printed with spaces (`a + b`), products without (`a*b`), and reading the text back gives the same tree.

use std::fmt::{self, Display, Formatter, Write};

use super::ast::{
    Args, BinaryOp, Expr, ExprKind, Ident, Item, Link, LinkKind, Script, Statement, StatementKind, Step, UnaryOp, level,
};
use super::prefix;

impl Display for Script {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (i, statement) in self.statements.iter().enumerate() {
            if i > 0 {
                f.write_char('\n')?;
            }
            statement.fmt(f)?;
        }
        Ok(())
    }
}

impl Display for Statement {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            StatementKind::Assign { names, value } => {
                separated(f, names)?;
                write!(f, " = {value}")
            }
            StatementKind::Function { name, params, body } => {
                write!(f, "{name}(")?;
                separated(f, params)?;
                write!(f, ") = {body}")
            }
            StatementKind::Assume(condition) => write!(f, "assume({condition})"),
            StatementKind::Expr(expr) => expr.fmt(f),
        }
    }
}

impl Display for Ident {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Number(number) => f.write_str(&number.text),
            ExprKind::Name(name) => f.write_str(name),
            ExprKind::Str(text) => string(f, text),
            ExprKind::Bool(true) => f.write_str("True"),
            ExprKind::Bool(false) => f.write_str("False"),
            ExprKind::None => f.write_str("None"),
            ExprKind::List(items) => {
                f.write_char('[')?;
                separated(f, items)?;
                f.write_char(']')
            }
            ExprKind::Tuple(items) => {
                f.write_char('(')?;
                separated(f, items)?;
                f.write_str(if items.len() == 1 { ",)" } else { ")" })
            }
            ExprKind::Unary(op, operand) => unary(f, *op, operand),
            ExprKind::Binary { first, rest } => {
                let level = self.kind.level() + 1;
                at_least(f, first, level)?;
                rest.iter().try_for_each(|step| binary_step(f, step, level))
            }
            ExprKind::Power { base, exponent } => {
                at_least(f, base, level::ATOM)?;
                f.write_str("**")?;
                at_least(f, exponent, level::UNARY)
            }
            ExprKind::Compare { first, rest } => {
                at_least(f, first, level::COMPARE + 1)?;
                rest.iter().try_for_each(|step| {
                    write!(f, " {} ", step.op.symbol())?;
                    at_least(f, &step.expr, level::COMPARE + 1)
                })
            }
            ExprKind::Call(call) => write!(f, "{}({})", call.func, call.args),
            ExprKind::Chain { base, links } => {
                if stands_before_link(base) {
                    base.fmt(f)?
                } else {
                    write!(f, "({base})")?
                }
                links.iter().try_for_each(|link| link.fmt(f))
            }
            ExprKind::Lambda(lambda) => {
                f.write_str(if lambda.params.is_empty() { "lambda" } else { "lambda " })?;
                separated(f, &lambda.params)?;
                write!(f, ": {}", lambda.body)
            }
        }
    }
}

impl Display for Args {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        separated(f, &self.positional)?;
        for (i, (name, value)) in self.keyword.iter().enumerate() {
            if i > 0 || !self.positional.is_empty() {
                f.write_str(", ")?;
            }
            write!(f, "{name}={value}")?;
        }
        Ok(())
    }
}

impl Display for Link {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            LinkKind::Method(name, args) => write!(f, ".{name}({args})"),
            LinkKind::Attribute(name) => write!(f, ".{name}"),
            LinkKind::Call(args) => write!(f, "({args})"),
            LinkKind::Index(items) => {
                f.write_char('[')?;
                separated(f, items)?;
                f.write_char(']')
            }
        }
    }
}

impl Display for Item {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Item::Expr(expr) => expr.fmt(f),
            Item::Slice { start, stop, step } => {
                start.iter().try_for_each(|e| e.fmt(f))?;
                f.write_char(':')?;
                stop.iter().try_for_each(|e| e.fmt(f))?;
                step.iter().try_for_each(|e| write!(f, ":{e}"))
            }
            Item::Ellipsis => f.write_str("..."),
            Item::NewAxis => f.write_str("None"),
        }
    }
}

/// Writes an operand, in brackets if it binds more loosely than its place asks for.
fn at_least(f: &mut Formatter<'_>, expr: &Expr, level: u8) -> fmt::Result {
    if expr.kind.level() < level { write!(f, "({expr})") } else { expr.fmt(f) }
}

/// True of what needs no brackets before a link: `2.T` would be the number `2.` and a name, `np.T` the name `T`, and
/// the call in `(x.f)(y)` would become part of the method.
fn stands_before_link(base: &Expr) -> bool {
    match &base.kind {
        ExprKind::Number(_) | ExprKind::Chain { .. } => false,
        ExprKind::Name(name) => !prefix::is_root(name),
        kind => kind.level() == level::ATOM,
    }
}

fn unary(f: &mut Formatter<'_>, op: UnaryOp, operand: &Expr) -> fmt::Result {
    f.write_str(op.symbol())?;
    if op == UnaryOp::Not {
        f.write_char(' ')?;
        return at_least(f, operand, level::NOT);
    }
    at_least(f, operand, level::UNARY)
}

fn binary_step(f: &mut Formatter<'_>, step: &Step<BinaryOp>, level: u8) -> fmt::Result {
    match step.op {
        BinaryOp::Mul | BinaryOp::Div | BinaryOp::FloorDiv => f.write_str(step.op.symbol())?,
        op => write!(f, " {} ", op.symbol())?,
    }
    at_least(f, &step.expr, level)
}

fn separated<T: Display>(f: &mut Formatter<'_>, items: &[T]) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        item.fmt(f)?;
    }
    Ok(())
}

fn string(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            '\r' => f.write_str("\\r")?,
            '\0' => f.write_str("\\0")?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}
