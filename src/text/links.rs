//! Reads what follows an operand: members, indices, calls and their arguments.

use super::advice;
use super::ast::{Args, Call, Expr, ExprKind, Ident, Item, Link, LinkKind, join};
use super::expression::Parsed;
use super::parse::Parser;
use super::token::{TokenKind, clip, syntax};
use crate::Result;

impl Parser<'_> {
    /// An atom with its methods, attributes, indices and calls.
    pub(super) fn postfix(&mut self) -> Result<Parsed> {
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
}

/// True of what may be called: names, and what names and calls give.
fn is_callable(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Name(_) | ExprKind::Call(_) | ExprKind::Chain { .. } | ExprKind::Lambda(_))
}
