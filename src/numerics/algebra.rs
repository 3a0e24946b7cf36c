//! Formulas seen modulo commutativity: n-ary sums and products, and classes of nodes that are equal as mathematics.

use std::rc::Rc;

use super::recipe::INDICES;
use crate::array::DType;
use crate::graph::{Attrs, Kernel, Op, QuickMap, Tensor};
use crate::ops::{
    ADD, BROADCAST, CONSTANT, DIV, DOT, EXP, EXPAND_DIMS, MUL, NEG, POW, RECIPROCAL, RESHAPE, SLICE, SQRT, SQUARE, SUB,
    SUM, TAKE, TRANSPOSE,
};

/// Terms or factors beyond which a chain is not looked into: planning stays linear.
const WIDTH: usize = 24;
/// Nested operations of one kind beyond which a chain is not looked into.
const DEPTH: usize = 48;
/// Operations of a sum or product that are looked into: one that uses its parts twice has exponentially many paths.
const STEPS: usize = 256;

/// `constant + Σ coefficient · term`.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    /// Coefficients and terms.
    pub terms: Vec<(f64, Tensor)>,
    /// The constant.
    pub constant: f64,
}

/// `coefficient · Π factor ** power`.
#[derive(Clone, Debug)]
pub struct Product {
    /// The constant factor.
    pub coefficient: f64,
    /// Factors and their powers.
    pub factors: Vec<(Tensor, f64)>,
}

/// Two nodes of one class are equal as mathematics.
pub type Class = u32;

/// What tells classes apart.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Leaf(u64, usize),
    Sum(Vec<(Class, u64)>, u64),
    Product(Vec<(Class, u64)>),
    Node(usize, Attrs, Vec<Class>, usize),
    /// Integers by their values: indices carry no derivative, so equal ones are one.
    Indices(Vec<usize>, Vec<i64>),
}

/// Classes of the nodes met so far.
#[derive(Default)]
pub struct Algebra {
    classes: QuickMap<Key, Class>,
    known: QuickMap<(u64, usize), Class>,
    sums: QuickMap<(u64, usize), Rc<Sum>>,
    products: QuickMap<(u64, usize), Rc<Product>>,
}

/// True of ops that only add.
pub fn adds(op: &Op) -> bool {
    *op == ADD || *op == SUB || *op == NEG
}

/// True of ops that only multiply.
pub fn multiplies(op: &Op) -> bool {
    *op == MUL || *op == DIV || *op == NEG || *op == RECIPROCAL || *op == SQUARE
}

/// True of ops that move elements of their first input.
pub fn moves(op: &Op) -> bool {
    [&EXPAND_DIMS, &RESHAPE, &BROADCAST, &SLICE, &TRANSPOSE, &TAKE].contains(&op)
}

/// An elementwise function of moved inputs instead of a moved elementwise function: `f(x)[i]` is `f(x[i])`.
pub fn lifted(t: &Tensor) -> Option<Tensor> {
    if !moves(t.op()) {
        return None;
    }
    let (inner, others) = t.node().inputs().split_first()?;
    let inner = lifted(inner).unwrap_or_else(|| inner.clone());
    if !matches!(inner.op().kernel, Kernel::Unary(_) | Kernel::Binary(_)) {
        return None;
    }
    let moved = |x: &Tensor| {
        if x.constant().is_some() {
            return x.clone();
        }
        let x = x.broadcast_like(&inner);
        t.op().call(&std::iter::once(&x).chain(others).collect::<Vec<_>>(), t.node().attrs().clone())
    };
    let inputs: Vec<Tensor> = inner.node().inputs().iter().map(moved).collect();
    Some(inner.op().call(&inputs.iter().collect::<Vec<_>>(), inner.node().attrs().clone()))
}

/// The formula as an n-ary sum.
pub fn sum_of(t: &Tensor) -> Sum {
    let mut sum = Sum::default();
    let mut left = STEPS;
    gather_terms(t, 1.0, DEPTH, &mut left, &mut sum);
    // Half a look would leave terms of the same kind, and looking at them would never end.
    if left == 0 { Sum { constant: 0.0, terms: vec![(1.0, t.clone())] } } else { sum }
}

fn gather_terms(t: &Tensor, c: f64, depth: usize, left: &mut usize, sum: &mut Sum) {
    if let Some(v) = t.constant() {
        sum.constant += c * v;
        return;
    }
    let op = t.op();
    let x = t.node().inputs();
    let scaled = |i: usize| x.get(i).and_then(Tensor::constant).filter(|v| v.is_finite());
    if depth > 0 && *left > 0 && sum.terms.len() < WIDTH {
        let depth = depth - 1;
        *left -= 1;
        if *op == ADD || *op == SUB {
            gather_terms(&x[0], c, depth, left, sum);
            return gather_terms(&x[1], if *op == ADD { c } else { -c }, depth, left, sum);
        }
        if *op == NEG {
            return gather_terms(&x[0], -c, depth, left, sum);
        }
        if let Some(t) = lifted(t).filter(|t| adds(t.op()) || multiplies(t.op())) {
            return gather_terms(&t, c, depth, left, sum);
        }
        if let (true, Some(v)) = (*op == MUL, scaled(0)) {
            return gather_terms(&x[1], c * v, depth, left, sum);
        }
        if let (true, Some(v)) = (*op == MUL, scaled(1)) {
            return gather_terms(&x[0], c * v, depth, left, sum);
        }
        if let (true, Some(v)) = (*op == DIV, scaled(1).filter(|&v| v != 0.0)) {
            return gather_terms(&x[0], c / v, depth, left, sum);
        }
        // A constant factor deeper in a product, power or root belongs to the coefficient.
        if multiplies(op) || *op == POW || *op == SQRT {
            let p = product_of(t);
            if p.coefficient != 1.0 && !p.factors.is_empty() {
                sum.terms.push((c * p.coefficient, emit_factors(&p.factors)));
                return;
            }
        }
    }
    sum.terms.push((c, t.clone()));
}

/// The formula as an n-ary product.
pub fn product_of(t: &Tensor) -> Product {
    let mut product = Product { coefficient: 1.0, factors: vec![] };
    let mut left = STEPS;
    gather_factors(t, 1.0, DEPTH, &mut left, &mut product);
    if left > 0 && product.coefficient.is_finite() {
        return product;
    }
    Product { coefficient: 1.0, factors: vec![(t.clone(), 1.0)] }
}

fn gather_factors(t: &Tensor, power: f64, depth: usize, left: &mut usize, product: &mut Product) {
    if let Some(v) = t.constant().filter(|v| v.is_finite() && *v != 0.0 && (*v > 0.0 || power.fract() == 0.0)) {
        product.coefficient *= v.powf(power);
        return;
    }
    let op = t.op();
    let x = t.node().inputs();
    let whole = power.fract() == 0.0;
    if depth > 0 && *left > 0 && product.factors.len() < WIDTH && whole {
        let depth = depth - 1;
        *left -= 1;
        if let Some(t) = lifted(t).filter(|t| multiplies(t.op()) || [&SQRT, &POW].contains(&t.op())) {
            return gather_factors(&t, power, depth, left, product);
        }
        if *op == MUL || *op == DIV {
            gather_factors(&x[0], power, depth, left, product);
            return gather_factors(&x[1], if *op == MUL { power } else { -power }, depth, left, product);
        }
        if *op == NEG {
            product.coefficient *= if power % 2.0 == 0.0 { 1.0 } else { -1.0 };
            return gather_factors(&x[0], power, depth, left, product);
        }
        if *op == RECIPROCAL {
            return gather_factors(&x[0], -power, depth, left, product);
        }
        if *op == SQUARE {
            return gather_factors(&x[0], 2.0 * power, depth, left, product);
        }
        if *op == SQRT {
            return gather_factors(&x[0], 0.5 * power, depth, left, product);
        }
        if let (true, Some(c)) = (*op == POW, x.get(1).and_then(Tensor::constant)) {
            // (√x)² is x on its domain, but √(x²) is |x|: a fractional power keeps its base whole.
            return gather_factors(&x[0], c * power, depth, left, product);
        }
    }
    if depth > 0 && !whole && multiplies(op) {
        // A positive constant may leave a root, and the root of a reciprocal is the reciprocal of a root.
        let inside = product_of(t);
        if let (true, [(base, -1.0)]) = (inside.coefficient > 0.0, &inside.factors[..]) {
            product.coefficient *= inside.coefficient.powf(power);
            product.factors.push((base.clone(), -power));
            return;
        }
        if inside.coefficient > 0.0 && inside.coefficient != 1.0 {
            product.coefficient *= inside.coefficient.powf(power);
            product.factors.push((emit_factors(&inside.factors), power));
            return;
        }
    }
    product.factors.push((t.clone(), power));
}

/// A tensor to a constant power.
pub fn power(t: &Tensor, p: f64) -> Tensor {
    match p {
        1.0 => t.clone(),
        2.0 => t.square(),
        0.5 => t.sqrt(),
        _ => t.pow(p),
    }
}

/// The product of factors to powers, negative powers as divisors.
pub fn emit_factors(factors: &[(Tensor, f64)]) -> Tensor {
    let side = |positive: bool| {
        let chosen = factors.iter().filter(move |(_, p)| (*p > 0.0) == positive && *p != 0.0);
        chosen.map(|(t, p)| power(t, p.abs())).reduce(|a, b| a * b)
    };
    match (side(true), side(false)) {
        (Some(n), Some(d)) => n / d,
        (Some(n), None) => n,
        (None, Some(d)) => 1.0 / d,
        (None, None) => Tensor::from(1.0),
    }
}

impl Product {
    /// The product as a formula.
    pub fn emit(&self) -> Tensor {
        scale(&emit_factors(&self.factors), self.coefficient)
    }
}

/// A constant times a tensor.
pub fn scale(t: &Tensor, c: f64) -> Tensor {
    match (t.constant(), c) {
        (_, 1.0) => t.clone(),
        (Some(v), _) => Tensor::from(c * v),
        (_, -1.0) => -t,
        _ => c * t,
    }
}

impl Sum {
    /// The sum as a formula.
    pub fn emit(&self) -> Tensor {
        // A positive term first, so that no sign has to be turned.
        let mut terms: Vec<&(f64, Tensor)> = self.terms.iter().collect();
        if let Some(first) = terms.iter().position(|(c, _)| *c > 0.0) {
            terms[..=first].rotate_right(1);
        }
        let mut sum: Option<Tensor> =
            (self.constant != 0.0 && terms.first().is_none_or(|(c, _)| *c < 0.0)).then(|| Tensor::from(self.constant));
        let late = sum.is_none() && self.constant != 0.0;
        for (c, t) in terms {
            sum = Some(match sum {
                None => scale(t, *c),
                Some(s) if *c < 0.0 => s - scale(t, -c),
                Some(s) => s + scale(t, *c),
            });
        }
        match sum {
            None => Tensor::from(self.constant),
            Some(s) if late => s + self.constant,
            Some(s) => s,
        }
    }

    /// This sum plus `c` times another.
    pub fn plus(mut self, c: f64, other: Sum) -> Sum {
        self.constant += c * other.constant;
        self.terms.extend(other.terms.into_iter().map(|(k, t)| (c * k, t)));
        self
    }
}

impl Algebra {
    /// The class of a tensor.
    pub fn class(&mut self, t: &Tensor) -> Class {
        if let Some(&c) = self.known.get(&t.key()) {
            return c;
        }
        let class = self.classify(t);
        self.known.insert(t.key(), class);
        class
    }

    /// True if two tensors are equal as mathematics.
    pub fn same(&mut self, a: &Tensor, b: &Tensor) -> bool {
        a.key() == b.key() || self.class(a) == self.class(b)
    }

    fn intern(&mut self, key: Key) -> Class {
        let next = self.classes.len() as Class;
        *self.classes.entry(key).or_insert(next)
    }

    fn classify(&mut self, t: &Tensor) -> Class {
        let op = t.op();
        let scaled = *op == MUL || *op == DIV;
        if adds(op) || scaled || *op == CONSTANT {
            let sum = sum_of(t);
            let itself = matches!(&sum.terms[..], [(_, only)] if sum.constant == 0.0 && only.key() == t.key());
            if !itself {
                let key = self.sum_key(sum);
                return match key {
                    Key::Sum(terms, 0) if terms.len() == 1 && terms[0].1 == 1f64.to_bits() => terms[0].0,
                    key => self.intern(key),
                };
            }
        }
        if multiplies(op) || *op == SQRT || (*op == POW && t.node().inputs()[1].constant().is_some()) {
            let p = product_of(t);
            let class = self.product_class(p.factors);
            let scaled = Key::Sum(vec![(class, p.coefficient.to_bits())], 0);
            return if p.coefficient == 1.0 { class } else { self.intern(scaled) };
        }
        if *op == EXP {
            return self.product_class(vec![(t.clone(), 1.0)]);
        }
        self.atom(t)
    }

    /// The class of a node that is no sum and no product.
    fn atom(&mut self, t: &Tensor) -> Class {
        let node = t.node();
        if *node.op() == DOT {
            let product = &node.inputs()[0] * &node.inputs()[1];
            return self.class(&SUM.call(&[&product], Attrs::Axes(vec![-1])));
        }
        if let Some(lifted) = lifted(t) {
            return self.class(&lifted);
        }
        if let Some(data) = t.data().filter(|d| d.dtype() == DType::I64 && d.len() <= INDICES) {
            let values = data.to_vec::<i64>().unwrap_or_default();
            return self.intern(Key::Indices(data.shape().to_vec(), values));
        }
        if node.inputs().is_empty() {
            return self.intern(Key::Leaf(node.id(), t.output()));
        }
        let inputs = node.inputs().iter().map(|i| self.class(i)).collect();
        let op = std::ptr::from_ref(node.op()) as usize;
        self.intern(Key::Node(op, node.attrs().clone(), inputs, t.output()))
    }

    fn sum_key(&mut self, sum: Sum) -> Key {
        let sum = self.collect(sum);
        let mut terms: Vec<(Class, u64)> = sum.terms.iter().map(|(c, t)| (self.class(t), c.to_bits())).collect();
        terms.sort_unstable();
        Key::Sum(terms, sum.constant.to_bits())
    }

    /// The class of a product with coefficient 1; exp(c·u) counts as exp(u) to the power c.
    fn product_class(&mut self, factors: Vec<(Tensor, f64)>) -> Class {
        let mut powers: Vec<(Class, f64)> = vec![];
        for (t, p) in &factors {
            let (class, p) = self.factor(t, *p);
            match powers.iter_mut().find(|(c, _)| *c == class) {
                Some((_, sum)) => *sum += p,
                None => powers.push((class, p)),
            }
        }
        if let [(class, 1.0)] = powers[..] {
            return class;
        }
        let mut key: Vec<(Class, u64)> = powers.into_iter().map(|(c, p)| (c, p.to_bits())).collect();
        key.sort_unstable();
        self.intern(Key::Product(key))
    }

    /// The class and power of one factor.
    fn factor(&mut self, t: &Tensor, p: f64) -> (Class, f64) {
        if *t.op() == EXP {
            let u = sum_of(&t.node().inputs()[0]);
            if let ([(c, term)], 0.0) = (&u.terms[..], u.constant) {
                let inner = self.class(term);
                let op = std::ptr::from_ref(t.op()) as usize;
                return (self.intern(Key::Node(op, Attrs::None, vec![inner], 0)), c * p);
            }
            return (self.atom(t), p);
        }
        if multiplies(t.op()) || *t.op() == SQRT || *t.op() == POW {
            return (self.atom(t), p);
        }
        (self.class(t), p)
    }

    /// The sum with equal terms merged.
    pub fn sum(&mut self, t: &Tensor) -> Rc<Sum> {
        if let Some(known) = self.sums.get(&t.key()) {
            return known.clone();
        }
        let sum = Rc::new(self.collect(sum_of(t)));
        self.sums.insert(t.key(), sum.clone());
        sum
    }

    /// The product with equal factors merged.
    pub fn product(&mut self, t: &Tensor) -> Rc<Product> {
        if let Some(known) = self.products.get(&t.key()) {
            return known.clone();
        }
        let p = product_of(t);
        let product = Rc::new(self.merged(p));
        self.products.insert(t.key(), product.clone());
        product
    }

    /// Forgets sums and products, but no class: nodes that they made are to be new to whoever asks next.
    pub fn forget(&mut self) {
        self.sums.clear();
        self.products.clear();
    }

    /// A product with equal factors merged; factors whose powers cancel stay, since x/x is no 1 at 0.
    pub fn merged(&mut self, p: Product) -> Product {
        let mut out: Vec<(Class, Tensor, f64)> = vec![];
        for (t, n) in p.factors {
            let class = self.class(&t);
            match out.iter_mut().find(|(k, _, m)| *k == class && *m * n > 0.0) {
                Some((.., m)) => *m += n,
                None => out.push((class, t, n)),
            }
        }
        Product { coefficient: p.coefficient, factors: out.into_iter().map(|(_, t, n)| (t, n)).collect() }
    }

    /// The sum with equal terms merged; terms whose coefficients cancel are gone.
    pub fn collect(&mut self, sum: Sum) -> Sum {
        let mut out: Vec<(Class, f64, Tensor)> = vec![];
        for (c, t) in sum.terms {
            let class = self.class(&t);
            match out.iter_mut().find(|(k, ..)| *k == class) {
                Some((_, total, _)) => *total += c,
                None => out.push((class, c, t)),
            }
        }
        out.retain(|(_, c, _)| *c != 0.0);
        Sum { constant: sum.constant, terms: out.into_iter().map(|(_, c, t)| (c, t)).collect() }
    }
}
