//! The syntax tree of a script; left-to-right chains are flat, so the depth of a tree is bounded by its nesting.
//!
//! Equality of nodes ignores spans: two trees are equal when they say the same thing, wherever they were written.

use crate::Span;

/// A whole script: its statements in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// The statements, import lines left out.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// What the statement does.
    pub kind: StatementKind,
    /// The whole statement.
    pub span: Span,
    /// The exact source of its expression: the right side of an assignment, the body of a function, the condition of
    /// an assumption, or the bare expression itself.
    pub text: String,
}

/// What a statement does.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `x = value`, or with several names the unpacking `U, S, Vh = value`.
    Assign {
        /// One name, or two and more to unpack into.
        names: Vec<Ident>,
        /// The right side.
        value: Expr,
    },
    /// `f(x, y) = body`.
    Function {
        /// The name of the function.
        name: Ident,
        /// Its parameters, all different.
        params: Vec<Ident>,
        /// The right side.
        body: Expr,
    },
    /// `assume(condition)`.
    Assume(Expr),
    /// A bare expression, whose value is a result.
    Expr(Expr),
}

/// A name and where it stands.
#[derive(Clone, Debug)]
pub struct Ident {
    /// The name, without a prefix such as `np.`.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// An expression and where it stands, its own brackets included.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A number.
    Number(Number),
    /// A name.
    Name(String),
    /// A string, escapes resolved.
    Str(String),
    /// `True` or `False`.
    Bool(bool),
    /// `None`.
    None,
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `(a, b)`, also where the brackets were left out.
    Tuple(Vec<Expr>),
    /// `-x`, `+x`, `~x`, `not x`.
    Unary(UnaryOp, Box<Expr>),
    /// A chain of operators of one precedence, applied from left to right: `a - b + c` is `a`, then `- b`, then `+ c`.
    Binary {
        /// The leftmost operand.
        first: Box<Expr>,
        /// The operators and their right operands, at least one, all of one [`BinaryOp::level`].
        rest: Vec<Step<BinaryOp>>,
    },
    /// `base**exponent`.
    Power {
        /// The base.
        base: Box<Expr>,
        /// The exponent.
        exponent: Box<Expr>,
    },
    /// A chain of comparisons: `a < b <= c` means `a < b and b <= c`.
    Compare {
        /// The leftmost operand.
        first: Box<Expr>,
        /// The comparisons and their right operands, at least one.
        rest: Vec<Step<CompareOp>>,
    },
    /// A call of a name: `f(x, axis=0)`, also where it was written `np.f(x, axis=0)`.
    Call(Box<Call>),
    /// Something followed by methods, attributes, indices, calls: `svd(A).U[:, 0].sum()`.
    Chain {
        /// What comes before the first link.
        base: Box<Expr>,
        /// The links in order, at least one.
        links: Vec<Link>,
    },
    /// `lambda x: body`.
    Lambda(Box<Lambda>),
}

/// A number as written and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// The literal as written.
    pub text: String,
    /// Its value.
    pub value: NumberValue,
}

/// The value of a number literal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NumberValue {
    /// Digits only.
    Int(i64),
    /// With a point or an exponent.
    Float(f64),
    /// With a `j` behind it: a multiple of the imaginary unit.
    Imaginary(f64),
}

/// The operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-x`
    Neg,
    /// `+x`
    Pos,
    /// `~x`
    Invert,
    /// `not x`
    Not,
}

/// The operators with two operands, except power and comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `a + b`
    Add,
    /// `a - b`
    Sub,
    /// `a * b`
    Mul,
    /// `a / b`
    Div,
    /// `a // b`
    FloorDiv,
    /// `a % b`
    Mod,
    /// `a @ b`
    MatMul,
    /// `a & b`
    BitAnd,
    /// `a | b`
    BitOr,
    /// `a and b`
    And,
    /// `a or b`
    Or,
}

/// The comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `a < b`
    Less,
    /// `a <= b`
    LessEqual,
    /// `a > b`
    Greater,
    /// `a >= b`
    GreaterEqual,
    /// `a == b`
    Equal,
    /// `a != b`
    NotEqual,
}

/// One operator of a chain and its right operand.
#[derive(Clone, Debug)]
pub struct Step<Op> {
    /// The operator.
    pub op: Op,
    /// Where the operator stands; [`join`] the first operand with `expr` for the place of the whole up to here.
    pub op_span: Span,
    /// The right operand.
    pub expr: Expr,
}

/// A call of a named function.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The function's name.
    pub func: Ident,
    /// The arguments.
    pub args: Args,
}

/// The arguments of a call or method.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Args {
    /// Those without a name.
    pub positional: Vec<Expr>,
    /// Those with a name, all different.
    pub keyword: Vec<(Ident, Expr)>,
}

/// One link of a chain.
#[derive(Clone, Debug)]
pub struct Link {
    /// What the link does with what comes before it.
    pub kind: LinkKind,
    /// From the start of the chain's base to the end of this link.
    pub span: Span,
}

/// The kinds of links.
#[derive(Clone, Debug, PartialEq)]
pub enum LinkKind {
    /// `.name(args)`
    Method(Ident, Args),
    /// `.name`
    Attribute(Ident),
    /// `[items]`, at least one.
    Index(Vec<Item>),
    /// `(args)`
    Call(Args),
}

/// One item of an index.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// `x[i]`
    Expr(Expr),
    /// `x[start:stop:step]`, each of which may be missing.
    Slice {
        /// The first index.
        start: Option<Expr>,
        /// The index before which to stop.
        stop: Option<Expr>,
        /// The step.
        step: Option<Expr>,
    },
    /// `x[...]`
    Ellipsis,
    /// `x[None]` or `x[np.newaxis]`: a new axis.
    NewAxis,
}

/// A function without a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Lambda {
    /// Its parameters, all different.
    pub params: Vec<Ident>,
    /// What it gives.
    pub body: Expr,
}

/// How tightly each kind of expression binds, loosest first.
pub(super) mod level {
    pub const LAMBDA: u8 = 0;
    pub const OR: u8 = 1;
    pub const AND: u8 = 2;
    pub const NOT: u8 = 3;
    pub const COMPARE: u8 = 4;
    pub const BIT_OR: u8 = 5;
    pub const BIT_AND: u8 = 6;
    pub const SUM: u8 = 7;
    pub const PRODUCT: u8 = 8;
    pub const UNARY: u8 = 9;
    pub const POWER: u8 = 10;
    pub const ATOM: u8 = 11;
}

impl UnaryOp {
    /// The operator as written.
    pub fn symbol(self) -> &'static str {
        match self {
            UnaryOp::Neg => "-",
            UnaryOp::Pos => "+",
            UnaryOp::Invert => "~",
            UnaryOp::Not => "not",
        }
    }
}

impl BinaryOp {
    /// The operator as written.
    pub fn symbol(self) -> &'static str {
        match self {
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::FloorDiv => "//",
            BinaryOp::Mod => "%",
            BinaryOp::MatMul => "@",
            BinaryOp::BitAnd => "&",
            BinaryOp::BitOr => "|",
            BinaryOp::And => "and",
            BinaryOp::Or => "or",
        }
    }

    /// How tightly it binds; a [`ExprKind::Binary`] chain holds operators of one level.
    pub fn level(self) -> u8 {
        match self {
            BinaryOp::Or => level::OR,
            BinaryOp::And => level::AND,
            BinaryOp::BitOr => level::BIT_OR,
            BinaryOp::BitAnd => level::BIT_AND,
            BinaryOp::Add | BinaryOp::Sub => level::SUM,
            BinaryOp::Mul | BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod | BinaryOp::MatMul => level::PRODUCT,
        }
    }
}

impl CompareOp {
    /// The operator as written.
    pub fn symbol(self) -> &'static str {
        match self {
            CompareOp::Less => "<",
            CompareOp::LessEqual => "<=",
            CompareOp::Greater => ">",
            CompareOp::GreaterEqual => ">=",
            CompareOp::Equal => "==",
            CompareOp::NotEqual => "!=",
        }
    }
}

impl ExprKind {
    /// How tightly this kind binds.
    pub(super) fn level(&self) -> u8 {
        match self {
            ExprKind::Lambda(_) => level::LAMBDA,
            ExprKind::Binary { rest, .. } => rest.first().map_or(level::ATOM, |step| step.op.level()),
            ExprKind::Compare { .. } => level::COMPARE,
            ExprKind::Unary(UnaryOp::Not, _) => level::NOT,
            ExprKind::Unary(..) => level::UNARY,
            ExprKind::Power { .. } => level::POWER,
            _ => level::ATOM,
        }
    }
}

/// The span from the start of one to the end of the other.
pub fn join(first: Span, last: Span) -> Span {
    Span { end: last.end.max(first.end), ..first }
}

impl PartialEq for Expr {
    fn eq(&self, other: &Expr) -> bool {
        self.kind == other.kind
    }
}

impl PartialEq for Ident {
    fn eq(&self, other: &Ident) -> bool {
        self.name == other.name
    }
}

impl<Op: PartialEq> PartialEq for Step<Op> {
    fn eq(&self, other: &Step<Op>) -> bool {
        self.op == other.op && self.expr == other.expr
    }
}

impl PartialEq for Link {
    fn eq(&self, other: &Link) -> bool {
        self.kind == other.kind
    }
}

impl PartialEq for Statement {
    fn eq(&self, other: &Statement) -> bool {
        self.kind == other.kind
    }
}
