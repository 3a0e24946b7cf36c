//! What to say where the grammar ends: what was found, what was expected, and what to write instead.

use super::ast::{Expr, ExprKind, join, level};
use super::parse::Parser;
use super::token::{Token, TokenKind, clip, syntax};
use crate::{Error, Span};

/// A token in words.
fn found(parser: &Parser) -> String {
    match parser.kind() {
        TokenKind::End => "the end of the formula".into(),
        TokenKind::Newline => "the end of the line".into(),
        _ => format!("`{}`", clip(parser.slice(parser.token().span))),
    }
}

/// The place of the current token; where the line ends, the place just behind the last token.
fn place(parser: &Parser) -> Span {
    let token = parser.token();
    match parser.previous() {
        Some(previous) if matches!(token.kind, TokenKind::End | TokenKind::Newline) => after(parser, previous),
        _ => token.span,
    }
}

/// The empty span behind a token.
fn after(parser: &Parser, token: Token) -> Span {
    let width = parser.slice(token.span).chars().count();
    let Span { end, line, column, .. } = token.span;
    Span { start: end, end, line, column: column + width }
}

/// The source of a span if it is short enough to be part of a suggestion.
fn quotable<'s>(parser: &Parser<'s>, span: Span) -> Option<&'s str> {
    const LONGEST: usize = 40;
    Some(parser.slice(span)).filter(|s| s.len() <= LONGEST && !s.contains('\n') && !s.is_empty())
}

/// True of tokens that can begin an operand.
fn begins_operand(token: Token) -> bool {
    match token.kind {
        TokenKind::Number | TokenKind::Name | TokenKind::Str => true,
        TokenKind::Keyword(k) => matches!(k, "True" | "False" | "None"),
        TokenKind::Symbol(s) => s == "(" || s == "[",
        _ => false,
    }
}

/// An expression ended, and what follows is neither an operator nor what was expected.
pub(super) fn after_expression(parser: &mut Parser, expected: &str) -> Error {
    let token = parser.token();
    let message = match token.kind {
        TokenKind::Symbol("=") => assignment_inside(parser),
        TokenKind::Symbol("!") => factorial(parser),
        TokenKind::Symbol(":") if parser.ahead_is(1, "=") => "`:=` is not assignment; write `=`".into(),
        TokenKind::Symbol(";") => "`;` does not end a row; write the rows of a matrix as `[[1, 2], [3, 4]]`".into(),
        TokenKind::Keyword("for") => {
            "the formula language has no loops; operations work on whole arrays, as `x**2`".into()
        }
        TokenKind::Keyword("is") => "`is` is not an operator here; write `==`".into(),
        TokenKind::Keyword("in") => "`in` is not an operator here; write `any(x == y)`".into(),
        _ if begins_operand(token) => adjacent(parser, expected),
        _ => format!("found {}, expected {expected}", found(parser)),
    };
    syntax(place(parser), message)
}

/// `=` where no name can be assigned to.
fn assignment_inside(parser: &Parser) -> String {
    match parser.ahead(1).kind {
        TokenKind::Symbol(s @ (">" | "<")) if is_backward_comparison(parser) => {
            format!("`={s}` is not a comparison; write `{s}=`")
        }
        _ => "`=` gives a name to a value and stands once, at the front of a line; to compare, write `==`".into(),
    }
}

fn factorial(parser: &Parser) -> String {
    let operand = parser.previous().and_then(|t| quotable(parser, t.span)).filter(|s| *s != ")").unwrap_or("n");
    format!("`!` is not factorial; write `gamma({operand} + 1)`")
}

/// Two operands side by side.
fn adjacent(parser: &Parser, expected: &str) -> String {
    let token = parser.token();
    let right = clip(parser.slice(token.span));
    let Some(previous) = parser.previous() else { return format!("found `{right}`, expected {expected}") };
    let left = clip(parser.slice(previous.span));
    let in_list = expected.contains(']');
    if in_list && previous.span.end < token.span.start {
        return format!("found `{right}`, expected {expected}; write commas between elements, as `[1, 2]`");
    }
    match (previous.kind, token.kind) {
        (TokenKind::Number | TokenKind::Name, TokenKind::Number | TokenKind::Name) | (TokenKind::Number, _) => {
            let right = if right == "(" { "(…)".to_string() } else { right };
            format!("a product needs its operator; write `{left}*{right}`")
        }
        (TokenKind::Symbol(")" | "]"), TokenKind::Name | TokenKind::Number) => {
            format!("found `{right}`, expected {expected}; for a product write `…{left}*{right}`")
        }
        _ => format!("found `{right}`, expected {expected}"),
    }
}

/// True at `=>` and `=<`, which are meant as comparisons.
pub(super) fn is_backward_comparison(parser: &Parser) -> bool {
    is_backward_comparison_at(parser, 0)
}

/// True where `=>` or `=<` stands that many tokens ahead.
pub(super) fn is_backward_comparison_at(parser: &Parser, ahead: usize) -> bool {
    let next = parser.ahead(ahead + 1);
    matches!(next.kind, TokenKind::Symbol(">" | "<")) && parser.ahead(ahead).span.end == next.span.start
}

/// An operand was expected and something else stands there.
pub(super) fn no_operand(parser: &mut Parser) -> Error {
    let token = parser.token();
    let message = match token.kind {
        TokenKind::Symbol("|") => absolute_value(parser),
        TokenKind::Symbol("&") if parser.previous().is_some_and(|t| t.kind == token.kind) => {
            "`&&` is not an operator; write `and`".into()
        }
        TokenKind::Symbol("=") if is_after_operator(parser) => return augmented(parser),
        TokenKind::Symbol("!") => "`!` is not an operator; write `not x`".into(),
        TokenKind::Symbol("...") => "`...` may stand only in an index, as in `x[..., 0]`".into(),
        TokenKind::Symbol(":") => "`:` may stand only in an index, as in `x[:, 0]`".into(),
        TokenKind::Symbol(s @ ("*" | "/" | "^" | "**")) if parser.previous().is_some_and(is_dot) => {
            format!("`.{s}` is not an operator; operators work element by element, so leave out the dot")
        }
        TokenKind::Keyword("lambda") => {
            "`lambda` begins a function; put `lambda x: …` in brackets here, or name a variable `lam`".into()
        }
        TokenKind::Keyword("not") => "`not` binds loosely; put `not …` in brackets here".into(),
        TokenKind::Keyword(k) => format!("found `{k}`, a reserved word, expected an expression; choose another name"),
        _ => missing(parser),
    };
    syntax(place(parser), message)
}

fn is_dot(token: Token) -> bool {
    token.kind == TokenKind::Symbol(".")
}

/// Nothing special can be said of what stands where an expression was expected.
fn missing(parser: &Parser) -> String {
    match parser.previous().filter(|t| !matches!(t.kind, TokenKind::Newline | TokenKind::Symbol(";"))) {
        Some(previous) => {
            let previous = clip(parser.slice(previous.span));
            format!("found {}, expected an expression after `{previous}`", found(parser))
        }
        None => format!("found {}, expected an expression", found(parser)),
    }
}

/// `|x|`, `||x||`, or `a || b`.
fn absolute_value(parser: &Parser) -> String {
    let bar = TokenKind::Symbol("|");
    if parser.previous().is_some_and(|t| t.kind == bar && t.span.end == parser.token().span.start) {
        return "`||` is not an operator; write `or`".into();
    }
    let doubled = parser.ahead(1).kind == bar;
    let name = if doubled { "norm" } else { "abs" };
    let bars = if doubled { "||" } else { "|" };
    let first = parser.at + bars.len();
    let inside = parser.tokens.get(first..).unwrap_or(&[]);
    let length = inside.iter().take_while(|t| t.kind != bar && t.kind != TokenKind::Newline).count();
    let closed = inside.get(length).is_some_and(|t| t.kind == bar);
    let text = match (inside.first(), length.checked_sub(1).and_then(|l| inside.get(l))) {
        (Some(first), Some(last)) if closed => quotable(parser, join(first.span, last.span)),
        _ => None,
    };
    let text = text.unwrap_or("x");
    format!("bars are not brackets: for `{bars}{text}{bars}` write `{name}({text})`")
}

/// True where an operator stands directly before the current token, as in `+=`.
fn is_after_operator(parser: &Parser) -> bool {
    let Some(previous) = parser.previous() else { return false };
    let operator =
        matches!(previous.kind, TokenKind::Symbol("+" | "-" | "*" | "/" | "//" | "%" | "@" | "**" | "&" | "|"));
    operator && previous.span.end == parser.token().span.start
}

/// `x += 1`
fn augmented(parser: &Parser) -> Error {
    let token = parser.token();
    let operator = parser.previous().unwrap_or(token);
    let symbol = parser.slice(operator.span);
    let name = parser.at.checked_sub(2).and_then(|i| parser.tokens.get(i)).and_then(|t| quotable(parser, t.span));
    let name = name.unwrap_or("x");
    let message = format!("`{symbol}=` is not assignment here; write `{name} = {name} {symbol} …`");
    syntax(join(operator.span, token.span), message)
}

/// `x^2`: the suggestion repeats the operands where they are short.
pub(super) fn caret_for_power(parser: &mut Parser, base: &Expr) -> Error {
    let place = parser.advance().span;
    // Counted as nesting: a chain of carets would come back here at every one of them.
    let exponent = parser.enter(place).and_then(|()| parser.binary(level::UNARY)).ok();
    let exponent = exponent.and_then(|e| quotable(parser, e.expr.span));
    let (base, exponent) = match (quotable(parser, base.span), exponent) {
        (Some(base), Some(exponent)) => (base, exponent),
        _ => ("a", "b"),
    };
    syntax(place, format!("`^` is not power; write `{base}**{exponent}`"))
}

/// `a if c else b`
pub(super) fn conditional(parser: &mut Parser, then: &Expr) -> Error {
    let place = parser.advance().span;
    let condition = parser.binary(level::OR).ok().and_then(|c| quotable(parser, c.expr.span));
    let otherwise = if parser.is_keyword("else") {
        parser.advance();
        parser.binary(level::OR).ok().and_then(|e| quotable(parser, e.expr.span))
    } else {
        None
    };
    let suggestion = match (condition, quotable(parser, then.span), otherwise) {
        (Some(c), Some(a), Some(b)) => format!("where({c}, {a}, {b})"),
        _ => "where(condition, a, b)".into(),
    };
    syntax(place, format!("a choice is a function here; write `{suggestion}`"))
}

/// Brackets behind something that is no function: most often a product without its operator.
pub(super) fn not_callable(parser: &Parser, base: &Expr) -> Error {
    let text = quotable(parser, base.span).unwrap_or("(…)");
    let message = match base.kind {
        ExprKind::Number(_) => format!("a product needs its operator; write `{text}*(…)`"),
        _ => format!("`{text}` is not a function; for a product write `{text}*(…)`"),
    };
    syntax(parser.token().span, message)
}

/// A dot without a name behind it.
pub(super) fn no_member(parser: &mut Parser) -> Error {
    if matches!(parser.kind(), TokenKind::Symbol("*" | "/" | "^" | "**")) {
        return no_operand(parser);
    }
    syntax(place(parser), format!("found {}, expected a name after `.`, as in `A.T`", found(parser)))
}

/// A lambda whose parameters are not names followed by `:`.
pub(super) fn bad_lambda(parser: &Parser, start: Span) -> Error {
    let message = "`lambda` begins a function, as `lambda x: x**2`; as the name of a variable write `lam`";
    syntax(join(start, parser.previous().map_or(start, |t| t.span)), message)
}

/// Something before `=` that cannot be assigned to.
pub(super) fn not_a_target(parser: &Parser, left: &Expr) -> Error {
    let found = clip(parser.slice(left.span));
    let message = match &left.kind {
        ExprKind::Chain { .. } => {
            format!("`{found}` cannot be assigned to, for values never change; build a new one, as with `where(…)`")
        }
        ExprKind::Number(_) | ExprKind::Str(_) | ExprKind::Bool(_) | ExprKind::None => {
            format!("found `{found}` before `=`, expected a name; to compare, write `==`")
        }
        _ => format!("found `{found}` before `=`, expected a name, as in `y = 2*x`; to compare, write `==`"),
    };
    syntax(left.span, message)
}

/// A statement of Python that the formula language does not have.
pub(super) fn foreign_statement(parser: &Parser) -> Option<Error> {
    let token = parser.token();
    let TokenKind::Keyword(word) = token.kind else { return None };
    let instead = match word {
        "not" | "lambda" | "True" | "False" | "None" => return None,
        "def" => "write `f(x) = …`",
        "return" => "write just the expression",
        "if" | "elif" | "else" => "write `where(condition, a, b)`",
        "for" | "while" => "operations work on whole arrays, as `sum(x**2)`",
        "assert" => "write `assume(x > 0)`",
        _ => "a line is `name = expression`, `f(x) = expression`, `assume(condition)` or an expression",
    };
    Some(syntax(token.span, format!("the formula language has no statements like `{word}`; {instead}")))
}
