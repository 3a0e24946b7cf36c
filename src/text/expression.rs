//! Reads an expression, by Python's precedence.
//!
//! Every bracket is counted, so that no text, however nested, exhausts the stack; and trees are counted as they
//! grow, so that whoever walks one need not fear its depth either. The functions on the way down are kept from being
//! inlined into one another, for a frame holds the variables of all that was inlined, used or not.

use super::advice;
use super::ast::{
    Args, BinaryOp, Call, CompareOp, Expr, ExprKind, Ident, Item, Lambda, Link, LinkKind, Number, NumberValue, Step,
    UnaryOp, join, level,
};
use super::parse::{MAX_DEPTH, MAX_NESTING, Parser, repeated};
use super::prefix;
use super::token::{TokenKind, clip, syntax};
use crate::{Result, Span};

/// An expression and how deep its tree is.
pub(super) struct Parsed {
    pub(super) expr: Expr,
    depth: usize,
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

    fn leave(&mut self) {
        self.nesting -= 1;
    }

    /// A node over parts of at most this depth.
    fn node(&self, kind: ExprKind, span: Span, depth: usize) -> Result<Parsed> {
        check_depth(depth + 1, span)?;
        Ok(Parsed { expr: Expr { kind, span }, depth: depth + 1 })
    }

    /// The span from `start` to the end of the token just taken.
    fn since(&self, start: Span) -> Span {
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

    /// An atom with its methods, attributes, indices and calls.
    fn postfix(&mut self) -> Result<Parsed> {
        let mut base = self.atom()?;
        if matches!(base.expr.kind, ExprKind::Name(_)) && self.is("(") {
            // Brackets around the name of a function change nothing: `(f)(x)`.
            base = self.call(base.expr)?;
        }
        let start = base.expr.span;
        let mut depth = base.depth;
        let mut links = Vec::new();
        loop {
            let kind = match self.kind() {
                TokenKind::Symbol(".") => self.member(&mut depth)?,
                TokenKind::Symbol("[") => LinkKind::Index(self.index(&mut depth)?),
                TokenKind::Symbol("(") if is_callable(&base.expr) || !links.is_empty() => {
                    LinkKind::Call(self.args(&mut depth)?)
                }
                TokenKind::Symbol("(") => return Err(advice::not_callable(self, &base.expr)),
                _ => break,
            };
            links.push(Link { kind, span: self.since(start) });
        }
        if links.is_empty() {
            return Ok(base);
        }
        self.node(ExprKind::Chain { base: Box::new(base.expr), links }, self.since(start), depth)
    }

    /// `.name` or `.name(args)`.
    #[inline(never)]
    fn member(&mut self, depth: &mut usize) -> Result<LinkKind> {
        self.advance();
        let token = self.token();
        if token.kind != TokenKind::Name {
            return Err(advice::no_member(self));
        }
        self.advance();
        let ident = Ident { name: self.name_of(token).to_string(), span: token.span };
        if self.is("(") { Ok(LinkKind::Method(ident, self.args(depth)?)) } else { Ok(LinkKind::Attribute(ident)) }
    }

    #[inline(never)]
    fn atom(&mut self) -> Result<Parsed> {
        let token = self.token();
        let kind = match token.kind {
            TokenKind::Number => ExprKind::Number(self.number()?),
            TokenKind::Str => ExprKind::Str(self.string()?),
            TokenKind::Keyword("True") => ExprKind::Bool(true),
            TokenKind::Keyword("False") => ExprKind::Bool(false),
            TokenKind::Keyword("None") => ExprKind::None,
            TokenKind::Name => return self.name(),
            TokenKind::Symbol("(") => return self.group(),
            TokenKind::Symbol("[") => return self.list(),
            _ => return Err(advice::no_operand(self)),
        };
        self.advance();
        self.node(kind, token.span, 0)
    }

    #[inline(never)]
    fn number(&self) -> Result<Number> {
        let span = self.token().span;
        let text = self.slice(span);
        let digits = text.replace('_', "");
        let value = if digits.contains(['.', 'e', 'E']) {
            digits.parse().ok().filter(|v: &f64| v.is_finite()).map(NumberValue::Float)
        } else {
            digits.parse().ok().map(NumberValue::Int)
        };
        let quoted = clip(text);
        match value {
            Some(value) => Ok(Number { text: text.to_string(), value }),
            None if digits.contains(['.', 'e', 'E']) => {
                Err(syntax(span, format!("the number `{quoted}` is beyond the largest float, 1.8e308; write `inf`")))
            }
            None => Err(syntax(
                span,
                format!("the integer `{quoted}` does not fit into 64 bits; write it as a float, `{}`", as_float(text)),
            )),
        }
    }

    #[inline(never)]
    fn string(&self) -> Result<String> {
        let span = self.token().span;
        let quoted = self.slice(span);
        let inner = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or("");
        let mut text = String::with_capacity(inner.len());
        let mut chars = inner.chars();
        while let Some(c) = chars.next() {
            if c != '\\' {
                text.push(c);
                continue;
            }
            text.push(match chars.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some('0') => '\0',
                Some(c @ ('\\' | '\'' | '"')) => c,
                other => {
                    let escape: String = other.into_iter().collect();
                    return Err(syntax(
                        span,
                        format!("`\\{escape}` means nothing in a string; for a backslash write `\\\\`"),
                    ));
                }
            });
        }
        Ok(text)
    }

    /// A name without its module prefix.
    #[inline(never)]
    fn name(&mut self) -> Result<Parsed> {
        let start = self.token().span;
        let mut token = self.advance();
        if self.is_module_root(self.slice(token.span)) {
            token = self.skip_modules(token);
        }
        let name = self.name_of(token).to_string();
        self.node(ExprKind::Name(name), self.since(start), 0)
    }

    /// The call of a name; the name's span is its last word, so that a caret under it leaves out `np.`.
    #[inline(never)]
    fn call(&mut self, name: Expr) -> Result<Parsed> {
        let start = name.span;
        let word = self.previous().filter(|t| t.kind == TokenKind::Name).map_or(start, |t| t.span);
        let ExprKind::Name(name) = name.kind else { return Err(advice::no_operand(self)) };
        let func = Ident { name, span: word };
        let mut depth = 0;
        let args = self.args(&mut depth)?;
        self.node(ExprKind::Call(Box::new(Call { func, args })), self.since(start), depth)
    }

    /// Walks `np.linalg.` and stops at the name behind it.
    fn skip_modules(&mut self, root: super::Token) -> super::Token {
        let mut token = root;
        while self.is(".") && self.ahead(1).kind == TokenKind::Name {
            self.advance();
            token = self.advance();
            if !prefix::is_module(self.slice(token.span)) {
                break;
            }
        }
        token
    }

    #[inline(never)]
    fn list(&mut self) -> Result<Parsed> {
        let start = self.token().span;
        let (items, depth, _) = self.items("]")?;
        self.node(ExprKind::List(items), self.since(start), depth)
    }

    /// Brackets around an expression, or a tuple.
    #[inline(never)]
    fn group(&mut self) -> Result<Parsed> {
        let start = self.token().span;
        let (mut items, depth, comma) = self.items(")")?;
        let span = self.since(start);
        match items.pop() {
            Some(expr) if items.is_empty() && !comma => Ok(Parsed { expr: Expr { kind: expr.kind, span }, depth }),
            last => {
                items.extend(last);
                self.node(ExprKind::Tuple(items), span, depth)
            }
        }
    }

    /// Expressions in brackets, the depth of the deepest, and whether a comma was last or between them.
    fn items(&mut self, close: &str) -> Result<(Vec<Expr>, usize, bool)> {
        let open = self.advance().span;
        self.enter(open)?;
        let mut items = Vec::new();
        let (mut depth, mut comma) = (0, false);
        while !self.is(close) {
            let item = self.expression()?;
            depth = item.depth.max(depth);
            items.push(item.expr);
            if !self.more(close)? {
                break;
            }
            comma = true;
        }
        self.advance();
        self.leave();
        Ok((items, depth, comma))
    }

    /// Takes a comma; false at the closing bracket, and an error at anything else.
    fn more(&mut self, close: &str) -> Result<bool> {
        if self.take(",") {
            return Ok(true);
        }
        if self.is(close) {
            return Ok(false);
        }
        Err(advice::after_expression(self, &format!("`,` or `{close}`")))
    }

    /// The arguments of a call, brackets included.
    fn args(&mut self, depth: &mut usize) -> Result<Args> {
        let open = self.advance().span;
        self.enter(open)?;
        let mut args = Args::default();
        while !self.is(")") {
            self.arg(&mut args, depth)?;
            if !self.more(")")? {
                break;
            }
        }
        self.advance();
        self.leave();
        Ok(args)
    }

    #[inline(never)]
    fn arg(&mut self, args: &mut Args, depth: &mut usize) -> Result<()> {
        let token = self.token();
        if token.kind == TokenKind::Name && self.ahead_is(1, "=") && !advice::is_backward_comparison_at(self, 1) {
            let name = Ident { name: self.name_of(token).to_string(), span: token.span };
            if args.keyword.iter().any(|(other, _)| *other == name) {
                return Err(syntax(token.span, format!("the argument `{}` is given twice", clip(&name.name))));
            }
            self.advance();
            self.advance();
            let value = self.expression()?;
            *depth = value.depth.max(*depth);
            args.keyword.push((name, value.expr));
            return Ok(());
        }
        let value = self.expression()?;
        *depth = value.depth.max(*depth);
        if !args.keyword.is_empty() && !self.is("=") {
            let message = "an argument without a name cannot follow one with a name; move it to the front";
            return Err(syntax(value.expr.span, message));
        }
        args.positional.push(value.expr);
        Ok(())
    }

    /// The items of an index, brackets included.
    #[inline(never)]
    fn index(&mut self, depth: &mut usize) -> Result<Vec<Item>> {
        let open = self.advance().span;
        self.enter(open)?;
        if self.is("]") {
            return Err(syntax(join(open, self.token().span), "this index is empty; write one, as `x[0]` or `x[:]`"));
        }
        let mut items = Vec::new();
        while !self.is("]") {
            items.push(self.item(depth)?);
            if !self.more("]")? {
                break;
            }
        }
        self.advance();
        self.leave();
        Ok(items)
    }

    #[inline(never)]
    fn item(&mut self, depth: &mut usize) -> Result<Item> {
        if self.take("...") {
            return Ok(Item::Ellipsis);
        }
        let start = self.bound(depth)?;
        if !self.take(":") {
            return Ok(match start {
                Some(Expr { kind: ExprKind::None, .. }) => Item::NewAxis,
                Some(Expr { kind: ExprKind::Name(name), .. }) if name == "newaxis" => Item::NewAxis,
                Some(expr) => Item::Expr(expr),
                None => return Err(advice::no_operand(self)),
            });
        }
        let stop = self.bound(depth)?;
        let step = if self.take(":") { self.bound(depth)? } else { None };
        Ok(Item::Slice { start, stop, step })
    }

    /// A bound of a slice, if there is one.
    fn bound(&mut self, depth: &mut usize) -> Result<Option<Expr>> {
        if self.is(":") || self.is(",") || self.is("]") {
            return Ok(None);
        }
        let value = self.expression()?;
        *depth = value.depth.max(*depth);
        Ok(Some(value.expr))
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

/// True of what may be called: names, and what names and calls give.
fn is_callable(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Name(_) | ExprKind::Call(_) | ExprKind::Chain { .. } | ExprKind::Lambda(_))
}

/// An integer literal as the shortest float literal that names it.
fn as_float(digits: &str) -> String {
    const LONGEST: usize = 30;
    if digits.len() <= LONGEST { format!("{digits}.0") } else { "1e30".into() }
}
