//! Reads an expression, by Python's precedence.
//!
//! Every bracket is counted, so that no text, however nested, exhausts the stack; and trees are counted as they
//! grow, so that whoever walks one need not fear its depth either. The functions on the way down are kept from being
//! inlined into one another, for a frame holds the variables of all that was inlined, used or not.

use super::advice;
use super::ast::{BinaryOp, CompareOp, Expr, ExprKind, Ident, Lambda, Step, UnaryOp, join, level};
use super::parse::{MAX_DEPTH, MAX_NESTING, Parser, repeated};
use super::token::{TokenKind, clip, syntax};
use crate::{Result, Span};

/// An expression and how deep its tree is.
pub(super) struct Parsed {
    pub(super) expr: Expr,
    pub(super) depth: usize,
}

/// The operator between two operands.
#[derive(Clone, Copy)]
enum Infix {
    Binary(BinaryOp),
    Compare(CompareOp),
}

impl Infix {
    fn level(self) -> u8 {
        match self {
            Infix::Binary(op) => op.level(),
            Infix::Compare(_) => level::COMPARE,
        }
    }

    fn operator(self) -> Option<BinaryOp> {
        if let Infix::Binary(op) = self { Some(op) } else { None }
    }

    fn comparison(self) -> Option<CompareOp> {
        if let Infix::Compare(op) = self { Some(op) } else { None }
    }
}

/// A chain of operators of one level whose last operand is still to come.
struct Chain {
    first: Parsed,
    level: u8,
    /// The depth of the deepest operand of `rest`.
    depth: usize,
    /// The last operator.
    op: (Infix, Span),
    rest: Vec<(Infix, Span, Expr)>,
}

impl Chain {
    /// Adds the operand behind the last operator, and the operator behind that.
    fn extend(&mut self, operand: Parsed, next: (Infix, Span)) {
        let (infix, span) = std::mem::replace(&mut self.op, next);
        self.depth = self.depth.max(operand.depth);
        self.rest.push((infix, span, operand.expr));
    }
}

/// The steps of a chain, all of whose operators are of the kind that `pick` picks.
fn steps<Op>(rest: Vec<(Infix, Span, Expr)>, pick: impl Fn(Infix) -> Option<Op>) -> Vec<Step<Op>> {
    rest.into_iter().filter_map(|(infix, op_span, expr)| pick(infix).map(|op| Step { op, op_span, expr })).collect()
}

impl Parser<'_> {
    /// Counts a bracket, prefix, power or lambda on the way down.
    pub(super) fn enter(&mut self, place: Span) -> Result<()> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            let message = format!("this is nested more than {MAX_NESTING} deep; give a part a name on a line before");
            return Err(syntax(place, message));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.nesting -= 1;
    }

    /// A node over parts of at most this depth.
    pub(super) fn node(&self, kind: ExprKind, span: Span, depth: usize) -> Result<Parsed> {
        check_depth(depth + 1, span)?;
        Ok(Parsed { expr: Expr { kind, span }, depth: depth + 1 })
    }

    /// The span from `start` to the end of the token just taken.
    pub(super) fn since(&self, start: Span) -> Span {
        self.previous().map_or(start, |t| join(start, t.span))
    }

    /// A whole expression.
    pub(super) fn expression(&mut self) -> Result<Parsed> {
        if self.is_keyword("lambda") {
            return self.lambda();
        }
        let parsed = self.binary(level::OR)?;
        if self.is_keyword("if") {
            return Err(advice::conditional(self, &parsed.expr));
        }
        Ok(parsed)
    }

    /// An operand and all operators behind it that bind at least as tightly as `min`.
    ///
    /// Unfinished chains wait on a stack of their own, loosest first, so that operators cost no recursion.
    pub(super) fn binary(&mut self, min: u8) -> Result<Parsed> {
        let mut open: Vec<Chain> = Vec::new();
        loop {
            let tightest = open.last().map_or(min, |chain| chain.level + 1);
            let mut left = if self.is_keyword("not") { self.not(tightest)? } else { self.unary()? };
            let next = self.infix().filter(|infix| infix.level() >= min);
            let level = next.map_or(0, Infix::level);
            while let Some(chain) = open.pop_if(|chain| chain.level > level) {
                left = self.close(chain, left)?;
            }
            let Some(infix) = next else { return Ok(left) };
            let op = (infix, self.advance().span);
            match open.last_mut().filter(|chain| chain.level == level) {
                Some(chain) => chain.extend(left, op),
                None => open.push(Chain { first: left, level, depth: 0, op, rest: Vec::new() }),
            }
        }
    }

    fn infix(&self) -> Option<Infix> {
        let (TokenKind::Symbol(word) | TokenKind::Keyword(word)) = self.kind() else { return None };
        Some(match word {
            "+" => Infix::Binary(BinaryOp::Add),
            "-" => Infix::Binary(BinaryOp::Sub),
            "*" => Infix::Binary(BinaryOp::Mul),
            "/" => Infix::Binary(BinaryOp::Div),
            "//" => Infix::Binary(BinaryOp::FloorDiv),
            "%" => Infix::Binary(BinaryOp::Mod),
            "@" => Infix::Binary(BinaryOp::MatMul),
            "&" => Infix::Binary(BinaryOp::BitAnd),
            "|" => Infix::Binary(BinaryOp::BitOr),
            "and" => Infix::Binary(BinaryOp::And),
            "or" => Infix::Binary(BinaryOp::Or),
            "<" => Infix::Compare(CompareOp::Less),
            "<=" => Infix::Compare(CompareOp::LessEqual),
            ">" => Infix::Compare(CompareOp::Greater),
            ">=" => Infix::Compare(CompareOp::GreaterEqual),
            "==" => Infix::Compare(CompareOp::Equal),
            "!=" => Infix::Compare(CompareOp::NotEqual),
            _ => return None,
        })
    }

    /// Ends a chain with its last operand.
    #[inline(never)]
    fn close(&mut self, mut chain: Chain, last: Parsed) -> Result<Parsed> {
        let end = last.expr.span;
        let op = chain.op;
        chain.extend(last, op);
        let Chain { first, level, depth, rest, .. } = chain;
        let span = join(first.expr.span, end);
        let depth = depth.max(first.depth);
        let first = Box::new(first.expr);
        let kind = if level == level::COMPARE {
            ExprKind::Compare { first, rest: steps(rest, Infix::comparison) }
        } else {
            ExprKind::Binary { first, rest: steps(rest, Infix::operator) }
        };
        self.node(kind, span, depth)
    }

    #[inline(never)]
    fn not(&mut self, min: u8) -> Result<Parsed> {
        let start = self.token().span;
        if min > level::NOT {
            return Err(syntax(start, "`not` binds loosely; put `not …` in brackets here"));
        }
        self.advance();
        self.enter(start)?;
        let operand = self.binary(level::NOT)?;
        self.leave();
        self.node(ExprKind::Unary(UnaryOp::Not, Box::new(operand.expr)), self.since(start), operand.depth)
    }

    /// A signed operand; a sign binds more loosely than a power.
    fn unary(&mut self) -> Result<Parsed> {
        let before = self.nesting;
        let mut signs = Vec::new();
        loop {
            let op = match self.kind() {
                TokenKind::Symbol("-") => UnaryOp::Neg,
                TokenKind::Symbol("+") => UnaryOp::Pos,
                TokenKind::Symbol("~") => UnaryOp::Invert,
                _ => break,
            };
            let place = self.advance().span;
            self.enter(place)?;
            signs.push((op, place));
        }
        let mut operand = self.power()?;
        self.nesting = before;
        while let Some((op, place)) = signs.pop() {
            let span = join(place, operand.expr.span);
            operand = self.node(ExprKind::Unary(op, Box::new(operand.expr)), span, operand.depth)?;
        }
        Ok(operand)
    }

    fn power(&mut self) -> Result<Parsed> {
        let base = self.postfix()?;
        if self.is("^") {
            return Err(advice::caret_for_power(self, &base.expr));
        }
        if self.is("**") { self.exponent(base) } else { Ok(base) }
    }

    #[inline(never)]
    fn exponent(&mut self, base: Parsed) -> Result<Parsed> {
        let place = self.advance().span;
        self.enter(place)?;
        let exponent = self.unary()?;
        self.leave();
        let span = self.since(base.expr.span);
        let depth = base.depth.max(exponent.depth);
        let kind = ExprKind::Power { base: Box::new(base.expr), exponent: Box::new(exponent.expr) };
        self.node(kind, span, depth)
    }

    #[inline(never)]
    fn lambda(&mut self) -> Result<Parsed> {
        let start = self.advance().span;
        self.enter(start)?;
        let mut params = Vec::new();
        while !self.is(":") {
            let token = self.token();
            if token.kind != TokenKind::Name {
                return Err(advice::bad_lambda(self, start));
            }
            self.advance();
            params.push(Ident { name: self.name_of(token).to_string(), span: token.span });
            if !self.take(",") {
                break;
            }
        }
        if let Some(ident) = repeated(&params) {
            return Err(syntax(ident.span, format!("the name `{}` stands here twice", clip(&ident.name))));
        }
        if !self.take(":") {
            return Err(advice::bad_lambda(self, start));
        }
        let body = self.expression()?;
        self.leave();
        let kind = ExprKind::Lambda(Box::new(Lambda { params, body: body.expr }));
        self.node(kind, self.since(start), body.depth)
    }
}

fn check_depth(depth: usize, place: Span) -> Result<()> {
    if depth <= MAX_DEPTH {
        return Ok(());
    }
    let message =
        format!("more than {MAX_DEPTH} operations are nested in one another here; give a part a name on a line before");
    Err(syntax(place, message))
}
