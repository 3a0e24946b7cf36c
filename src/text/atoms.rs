//! Reads an operand: numbers, strings, names, and expressions in brackets.

use super::advice;
use super::ast::{Expr, ExprKind, Number, NumberValue};
use super::expression::Parsed;
use super::parse::Parser;
use super::prefix;
use super::token::{Token, TokenKind, clip, syntax};
use crate::Result;

impl Parser<'_> {
    #[inline(never)]
    pub(super) fn atom(&mut self) -> Result<Parsed> {
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
        let imaginary = digits.strip_suffix(['j', 'J']);
        let value = if let Some(digits) = imaginary {
            digits.parse().ok().filter(|v: &f64| v.is_finite()).map(NumberValue::Imaginary)
        } else if digits.contains(['.', 'e', 'E']) {
            digits.parse().ok().filter(|v: &f64| v.is_finite()).map(NumberValue::Float)
        } else {
            digits.parse().ok().map(NumberValue::Int)
        };
        let quoted = clip(text);
        match value {
            Some(value) => Ok(Number { text: text.to_string(), value }),
            None if imaginary.is_some() || digits.contains(['.', 'e', 'E']) => {
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

    /// Walks `np.linalg.` and stops at the name behind it.
    fn skip_modules(&mut self, root: Token) -> Token {
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
    pub(super) fn more(&mut self, close: &str) -> Result<bool> {
        if self.take(",") {
            return Ok(true);
        }
        if self.is(close) {
            return Ok(false);
        }
        Err(advice::after_expression(self, &format!("`,` or `{close}`")))
    }
}

/// An integer literal as the shortest float literal that names it.
fn as_float(digits: &str) -> String {
    const LONGEST: usize = 30;
    if digits.len() <= LONGEST { format!("{digits}.0") } else { "1e30".into() }
}
