//! Reads a script: its statements, one after the other.

use std::collections::HashSet;

use super::advice;
use super::ast::{Call, Expr, ExprKind, Ident, Script, Statement, StatementKind, join};
use super::prefix;
use super::token::{Token, TokenKind, syntax, tokenize};
use crate::{Result, Span};

/// How many brackets, prefix operators, powers and lambdas may stand inside one another.
pub const MAX_NESTING: usize = 500;

/// How deep a syntax tree may be; at most this many operators stand inside one another.
pub const MAX_DEPTH: usize = 1000;

/// Reads a script.
///
/// ```
/// let script = gradus::text::parse("y = 2*x + 1\ny**2")?;
/// assert_eq!(script.statements[1].text, "y**2");
/// let error = gradus::text::parse("y = x^2").unwrap_err();
/// assert_eq!(error.message(), "`^` is not power; write `x**2`");
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn parse(source: &str) -> Result<Script> {
    let mut parser = Parser::new(source)?;
    let mut statements = Vec::new();
    loop {
        while parser.at_separator() {
            parser.advance();
        }
        if parser.kind() == TokenKind::End {
            break;
        }
        statements.extend(parser.statement()?);
    }
    if statements.is_empty() {
        return Err(syntax(parser.token().span, "there is no formula here; write one, as `exp(1)`"));
    }
    Ok(Script { statements })
}

/// Reads a single expression.
///
/// ```
/// let expr = gradus::text::parse_expr("(a+b) * -c**2")?;
/// assert_eq!(expr.to_string(), "(a + b)*-c**2");
/// # Ok::<(), gradus::Error>(())
/// ```
pub fn parse_expr(source: &str) -> Result<Expr> {
    let mut parser = Parser::new(source)?;
    while parser.at_separator() {
        parser.advance();
    }
    if parser.kind() == TokenKind::End {
        return Err(syntax(parser.token().span, "there is no formula here; write one, as `exp(1)`"));
    }
    let expr = parser.expressions()?;
    while parser.at_separator() {
        parser.advance();
    }
    match parser.kind() {
        TokenKind::End => Ok(expr),
        _ => Err(advice::after_expression(&mut parser, "the end of the expression")),
    }
}

/// The state of reading: a place among the tokens and how deep it is.
pub(super) struct Parser<'s> {
    pub(super) source: &'s str,
    pub(super) tokens: Vec<Token>,
    pub(super) at: usize,
    pub(super) nesting: usize,
    /// Modules that import lines named, beside the well-known ones.
    imported: HashSet<String>,
    /// Well-known names of modules that the script gave to a value.
    shadowed: Vec<String>,
}

impl<'s> Parser<'s> {
    fn new(source: &'s str) -> Result<Parser<'s>> {
        let tokens = tokenize(source)?;
        Ok(Parser { source, tokens, at: 0, nesting: 0, imported: HashSet::new(), shadowed: Vec::new() })
    }

    /// The token `ahead` places on; past the end it is the end.
    pub(super) fn ahead(&self, ahead: usize) -> Token {
        let end = Token { kind: TokenKind::End, span: Span::default() };
        self.tokens.get(self.at + ahead).or(self.tokens.last()).copied().unwrap_or(end)
    }

    pub(super) fn token(&self) -> Token {
        self.ahead(0)
    }

    pub(super) fn kind(&self) -> TokenKind {
        self.token().kind
    }

    pub(super) fn advance(&mut self) -> Token {
        let token = self.token();
        self.at = (self.at + 1).min(self.tokens.len());
        token
    }

    /// The token before this one.
    pub(super) fn previous(&self) -> Option<Token> {
        self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).copied()
    }

    pub(super) fn is(&self, symbol: &str) -> bool {
        self.ahead_is(0, symbol)
    }

    pub(super) fn ahead_is(&self, ahead: usize, symbol: &str) -> bool {
        matches!(self.ahead(ahead).kind, TokenKind::Symbol(s) if s == symbol)
    }

    pub(super) fn is_keyword(&self, keyword: &str) -> bool {
        matches!(self.kind(), TokenKind::Keyword(k) if k == keyword)
    }

    /// Takes the symbol if it is next.
    pub(super) fn take(&mut self, symbol: &str) -> bool {
        let found = self.is(symbol);
        if found {
            self.advance();
        }
        found
    }

    pub(super) fn at_separator(&self) -> bool {
        self.kind() == TokenKind::Newline || self.is(";")
    }

    /// The source of a span.
    pub(super) fn slice(&self, span: Span) -> &'s str {
        self.source.get(span.start..span.end).unwrap_or("")
    }

    /// The name that a token spells.
    pub(super) fn name_of(&self, token: Token) -> &'s str {
        match self.slice(token.span) {
            "π" => "pi",
            "∞" => "inf",
            name => name,
        }
    }

    /// True of a name that stands for a module here.
    pub(super) fn is_module_root(&self, name: &str) -> bool {
        (prefix::is_root(name) || self.imported.contains(name)) && !self.shadowed.iter().any(|m| m == name)
    }

    fn bind(&mut self, names: &[Ident]) {
        let modules = names.iter().map(|n| n.name.clone()).filter(|n| self.is_module_root(n)).collect::<Vec<_>>();
        self.shadowed.extend(modules);
    }

    /// One statement and the separator behind it; nothing for an import line.
    fn statement(&mut self) -> Result<Option<Statement>> {
        if self.is_keyword("import") || self.is_keyword("from") {
            self.import();
            return Ok(None);
        }
        if let Some(error) = advice::foreign_statement(self) {
            return Err(error);
        }
        let start = self.token().span;
        let mut text_start = start;
        let left = self.expressions()?;
        let kind = if self.is("=") && !advice::is_backward_comparison(self) {
            let target = target(self, left)?;
            self.advance();
            text_start = self.token().span;
            self.assignment(target)?
        } else {
            bare(left)?
        };
        let span = Span { end: self.previous_end(), ..start };
        let text = match &kind {
            StatementKind::Assume(condition) => self.slice(condition.span),
            _ => self.slice(Span { end: span.end, ..text_start }),
        };
        let text = text.to_string();
        if !self.at_separator() && self.kind() != TokenKind::End {
            return Err(advice::after_expression(self, "an operator or the end of the line"));
        }
        Ok(Some(Statement { kind, span, text }))
    }

    /// The end of the token before this one.
    fn previous_end(&self) -> usize {
        self.previous().map_or(0, |t| t.span.end)
    }

    /// The right side of an assignment or definition.
    fn assignment(&mut self, target: Target) -> Result<StatementKind> {
        match target {
            Target::Names(names) => {
                let value = self.expressions()?;
                self.bind(&names);
                Ok(StatementKind::Assign { names, value })
            }
            Target::Function(name, params) => {
                let outer = self.shadowed.len();
                self.bind(&params);
                let body = self.expressions()?;
                self.shadowed.truncate(outer);
                self.bind(std::slice::from_ref(&name));
                Ok(StatementKind::Function { name, params, body })
            }
        }
    }

    /// An expression, or several with commas between them: a tuple without brackets.
    fn expressions(&mut self) -> Result<Expr> {
        let first = self.expression()?.expr;
        if !self.is(",") {
            return Ok(first);
        }
        let start = first.span;
        let mut items = vec![first];
        while self.take(",") {
            items.push(self.expression()?.expr);
        }
        let span = Span { end: self.previous_end(), ..start };
        Ok(Expr { kind: ExprKind::Tuple(items), span })
    }

    /// Skips an import line, remembering the names it gives to modules: a pasted formula brings them along.
    fn import(&mut self) {
        let from = self.is_keyword("from");
        let mut previous = None;
        while !self.at_separator() && self.kind() != TokenKind::End {
            let token = self.advance();
            let word = self.slice(token.span);
            let module = if previous == Some("as") { !from || self.renames_module() } else { prefix::is_module(word) };
            if token.kind == TokenKind::Name && module {
                self.imported.insert(word.to_string());
            }
            previous = Some(word);
        }
    }

    /// True where the name before the last `as` is that of a module: `from torch.nn import functional as F`.
    fn renames_module(&self) -> bool {
        let original = self.at.checked_sub(3).and_then(|i| self.tokens.get(i));
        original.is_some_and(|t| prefix::is_module(self.slice(t.span)))
    }
}

/// The left side of `=`.
enum Target {
    Names(Vec<Ident>),
    Function(Ident, Vec<Ident>),
}

/// Turns an expression before `=` into what it defines.
fn target(parser: &Parser, left: Expr) -> Result<Target> {
    let target = match left.kind {
        ExprKind::Name(name) => Target::Names(vec![Ident { name, span: left.span }]),
        ExprKind::Tuple(items) if items.len() > 1 => Target::Names(names(parser, items, "a name to assign to")?),
        ExprKind::Call(call) => {
            let Call { func, args } = *call;
            if let Some((keyword, value)) = args.keyword.first() {
                let span = join(keyword.span, value.span);
                return Err(syntax(span, format!("parameters have no default values; write just `{}`", keyword.name)));
            }
            Target::Function(func, names(parser, args.positional, "a parameter's name")?)
        }
        _ => return Err(advice::not_a_target(parser, &left)),
    };
    let repeated = match &target {
        Target::Names(names) => repeated(names).filter(|i| i.name != "_"),
        Target::Function(_, params) => repeated(params),
    };
    match repeated {
        Some(ident) => Err(syntax(ident.span, format!("the name `{}` stands here twice", ident.name))),
        None => Ok(target),
    }
}

/// Expressions that must all be names.
fn names(parser: &Parser, items: Vec<Expr>, expected: &str) -> Result<Vec<Ident>> {
    let mut names = Vec::with_capacity(items.len());
    for item in items {
        match item.kind {
            ExprKind::Name(name) => names.push(Ident { name, span: item.span }),
            _ => {
                let found = super::token::clip(parser.slice(item.span));
                return Err(syntax(item.span, format!("found `{found}` before `=`, expected {expected}")));
            }
        }
    }
    Ok(names)
}

/// The first name that stood before, if any.
pub(super) fn repeated(names: &[Ident]) -> Option<&Ident> {
    let mut seen = HashSet::new();
    names.iter().find(|ident| ident.name != "_" && !seen.insert(ident.name.as_str()))
}

/// A bare expression, or the assumption that it spells.
fn bare(expr: Expr) -> Result<StatementKind> {
    match expr.kind {
        ExprKind::Call(mut call) if call.func.name == "assume" => {
            let condition = call.args.positional.pop();
            match condition {
                Some(c) if call.args.positional.is_empty() && call.args.keyword.is_empty() => {
                    Ok(StatementKind::Assume(c))
                }
                _ => Err(syntax(expr.span, "`assume` takes one condition, as `assume(x > 0)`")),
            }
        }
        kind => Ok(StatementKind::Expr(Expr { kind, span: expr.span })),
    }
}
