//! The formula language as text: tokens, the syntax tree, printing trees and graphs, and carets under mistakes.
//!
//! This layer knows the grammar and no names of functions. Start at [`parse`]:
//!
//! ```
//! let script = gradus::text::parse("s(x) = 1/(1+exp(-x))\ny = s(1000); y")?;
//! assert_eq!(script.statements.len(), 3);
//! assert_eq!(script.to_string(), "s(x) = 1/(1 + exp(-x))\ny = s(1000)\ny");
//! # Ok::<(), gradus::Error>(())
//! ```

mod advice;
mod ast;
mod atoms;
mod attributes;
mod caret;
mod dot;
mod expression;
mod infix;
mod json;
mod latex;
mod links;
pub(crate) mod near;
mod parse;
mod prefix;
mod print;
mod token;

pub use ast::{
    Args, BinaryOp, Call, CompareOp, Expr, ExprKind, Ident, Item, Lambda, Link, LinkKind, Number, NumberValue, Script,
    Statement, StatementKind, Step, UnaryOp, join,
};
pub use caret::render;
pub use dot::dot;
pub use infix::{Names, brief, defined, infix};
pub use json::{json, json_array, json_number, json_string};
pub use latex::latex;
pub use parse::{MAX_DEPTH, MAX_NESTING, parse, parse_expr};
pub use prefix::strip_prefix;
pub use token::{Token, TokenKind, tokenize};
