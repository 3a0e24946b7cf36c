//! Formulas as flat lists of nodes, read from the text of rules, built as tensors and evaluated as truth.

use std::collections::HashMap;

use gradus::graph::{Attrs, Kernel, Notation, Op, topological};
use gradus::text::{BinaryOp, Call, CompareOp, Expr, ExprKind, NumberValue, UnaryOp, parse_expr};
use gradus::{Tensor, ops};

/// One node; its arguments stand before it.
#[derive(Clone, Debug)]
pub enum Node {
    Number(f64),
    Leaf(usize),
    Op(&'static Op, Vec<usize>),
    /// A reduction or a function of a whole vector; true if the reduced axis stays.
    Along(&'static Op, usize, bool),
    /// How many elements a vector has.
    Count(usize),
}

/// A formula; its last node is the result.
#[derive(Clone, Debug, Default)]
pub struct Formula {
    pub nodes: Vec<Node>,
    pub leaves: Vec<String>,
    pub root: usize,
}

/// What one-letter variables stand for, as text; a variable without an entry is a leaf.
pub type Bindings = HashMap<String, String>;

/// The row of this name.
pub fn row(name: &str) -> Result<&'static Op, String> {
    ops::all().find(|op| op.name == name).ok_or_else(|| format!("no op `{name}`"))
}

/// The row that is written with this sign between its operands.
fn infix(sign: &str) -> Result<&'static Op, String> {
    let is = |op: &&Op| matches!(op.notation, Notation::Infix(s, _) if s == sign);
    ops::all().find(is).ok_or_else(|| format!("no op `{sign}`"))
}

/// True of rows that look at a whole axis.
pub fn is_along(op: &Op) -> bool {
    matches!(op.kernel, Kernel::Reduce(_) | Kernel::Lanes(_)) || ["argmax", "argmin"].contains(&op.name)
}

impl Formula {
    /// Reads a formula; leaves are numbered in the order of `leaves`, new ones behind.
    pub fn parse(text: &str, bindings: &Bindings, leaves: &[String]) -> Result<Formula, String> {
        let mut f = Formula { leaves: leaves.to_vec(), ..Formula::default() };
        let e = parse_expr(text).map_err(|e| format!("{text}: {e}"))?;
        f.root = f.expr(&e, bindings)?;
        Ok(f)
    }

    /// The formula that a graph of elementwise ops is; its nodes stand in the order of `topological`.
    pub fn of(root: &Tensor, leaves: &[String]) -> Result<Formula, String> {
        let mut f = Formula { leaves: leaves.to_vec(), ..Formula::default() };
        let mut places: HashMap<u64, usize> = HashMap::new();
        for t in topological(&[root], |_| true) {
            let args = t.node().inputs().iter().map(|i| places[&i.node().id()]).collect();
            let label = || t.label().ok_or_else(|| format!("`{t}` has no name"));
            let at = match (t.constant(), t.data()) {
                (Some(v), _) => f.push(Node::Number(v)),
                (None, Some(_)) => f.leaf(label()?),
                _ => f.push(Node::Op(t.op(), args)),
            };
            places.insert(t.node().id(), at);
        }
        Ok(f)
    }

    /// Adds a node.
    pub fn push(&mut self, n: Node) -> usize {
        self.nodes.push(n);
        self.root = self.nodes.len() - 1;
        self.root
    }

    /// The leaf of this name.
    pub fn leaf(&mut self, name: &str) -> usize {
        let at = self.leaves.iter().position(|l| l == name).unwrap_or_else(|| {
            self.leaves.push(name.into());
            self.leaves.len() - 1
        });
        self.push(Node::Leaf(at))
    }

    fn expr(&mut self, e: &Expr, bindings: &Bindings) -> Result<usize, String> {
        match &e.kind {
            ExprKind::Number(n) => Ok(self.push(Node::Number(match n.value {
                NumberValue::Int(i) => i as f64,
                NumberValue::Float(f) => f,
                NumberValue::Imaginary(_) => panic!("rules are about real numbers"),
            }))),
            ExprKind::Name(n) => match (n.as_str(), bindings.get(n)) {
                ("pi", _) => Ok(self.push(Node::Number(std::f64::consts::PI))),
                ("inf", _) => Ok(self.push(Node::Number(f64::INFINITY))),
                ("nan", _) => Ok(self.push(Node::Number(f64::NAN))),
                (_, Some(text)) => {
                    let e = parse_expr(text).map_err(|e| format!("{text}: {e}"))?;
                    self.expr(&e, bindings)
                }
                (name, None) => Ok(self.leaf(name)),
            },
            ExprKind::Unary(UnaryOp::Neg, x) => match self.expr(x, bindings)? {
                at if matches!(self.nodes[at], Node::Number(_)) => {
                    let Node::Number(v) = self.nodes[at] else { unreachable!() };
                    Ok(self.push(Node::Number(-v)))
                }
                at => Ok(self.push(Node::Op(row("neg")?, vec![at]))),
            },
            ExprKind::Binary { first, rest } => {
                let mut left = self.expr(first, bindings)?;
                for s in rest {
                    let right = self.expr(&s.expr, bindings)?;
                    left = self.push(Node::Op(infix(BinaryOp::symbol(s.op))?, vec![left, right]));
                }
                Ok(left)
            }
            ExprKind::Power { base, exponent } => {
                let args = vec![self.expr(base, bindings)?, self.expr(exponent, bindings)?];
                Ok(self.push(Node::Op(row("pow")?, args)))
            }
            ExprKind::Compare { first, rest } if rest.len() == 1 => {
                let args = vec![self.expr(first, bindings)?, self.expr(&rest[0].expr, bindings)?];
                Ok(self.push(Node::Op(infix(CompareOp::symbol(rest[0].op))?, args)))
            }
            ExprKind::Call(call) => self.call(call, bindings),
            _ => Err(format!("`{e}` is not read by this test")),
        }
    }

    fn call(&mut self, call: &Call, bindings: &Bindings) -> Result<usize, String> {
        let args: Vec<usize> = call.args.positional.iter().map(|e| self.expr(e, bindings)).collect::<Result<_, _>>()?;
        let name = call.func.name.as_str();
        if name == "count" {
            return Ok(self.push(Node::Count(args[0])));
        }
        let op = row(name)?;
        Ok(self.push(match &args[..] {
            [x] if is_along(op) => Node::Along(op, *x, !call.args.keyword.is_empty()),
            _ => Node::Op(op, args),
        }))
    }

    /// True if some op looks at a whole axis.
    pub fn has_vectors(&self) -> bool {
        self.nodes.iter().any(|n| matches!(n, Node::Along(..)))
    }

    /// True if some op changes within a distance that does not grow with its argument.
    pub fn is_periodic(&self) -> bool {
        let names = ["sin", "cos", "tan", "versin"];
        self.nodes.iter().any(|n| matches!(n, Node::Op(op, _) if names.contains(&op.name)))
    }

    /// The formula over these tensors, as written; `kept` keeps every reduced axis.
    pub fn tensor(&self, leaves: &[Tensor], kept: bool) -> Tensor {
        let mut made: Vec<Tensor> = vec![];
        let axis = || Attrs::Axes(vec![-1]);
        for n in &self.nodes {
            let t = match n {
                Node::Number(v) => Tensor::from(*v),
                Node::Leaf(i) => leaves[*i].clone(),
                Node::Op(op, args) => op.call(&args.iter().map(|&i| &made[i]).collect::<Vec<_>>(), Attrs::None),
                Node::Along(op, x, keep) => {
                    let y = op.call(&[&made[*x]], axis());
                    if (*keep || kept) && !matches!(op.kernel, Kernel::Lanes(_)) {
                        row("expand_dims").map(|op| op.call(&[&y], axis())).unwrap_or(y)
                    } else {
                        y
                    }
                }
                Node::Count(x) => {
                    let n = made[*x].shape().ok().and_then(|s| s.last().copied()).unwrap_or(1);
                    Tensor::from(n as f64)
                }
            };
            made.push(t);
        }
        made.swap_remove(self.root)
    }
}
