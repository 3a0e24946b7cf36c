//! Sums of products as formulas over rows: einsum of one or two operands, inner and tensor products.

use super::{permute_core, reshape_core};
use crate::array::display_shape;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::{Attrs, Tensor};

/// An error of einsum.
fn wrong(subscripts: &str, what: String) -> Error {
    Error::new(ErrorKind::Argument, format!("einsum {subscripts:?}: {what}"))
}

/// An operand and the letters of its axes, each letter once.
struct Labelled {
    value: Tensor,
    letters: Vec<char>,
}

impl Labelled {
    /// Takes the diagonal where a letter stands twice.
    fn new(value: &Tensor, letters: &str, subscripts: &str) -> Result<Labelled> {
        let mut it = Labelled { value: value.clone(), letters: letters.chars().collect() };
        if it.letters.len() != value.rank() {
            let shape = display_shape(value.dims());
            return Err(wrong(subscripts, format!("{letters:?} does not name the axes of shape {shape}")));
        }
        while let Some((i, j)) = it.twice() {
            if it.value.dims()[i] != it.value.dims()[j] {
                let shape = display_shape(value.dims());
                return Err(wrong(subscripts, format!("{} has two lengths in shape {shape}", it.letters[i])));
            }
            let letter = it.letters[i];
            let rest: Vec<usize> = (0..it.letters.len()).filter(|&k| k != i && k != j).collect();
            let order: Vec<usize> = rest.iter().copied().chain([i, j]).collect();
            it.value = permuted(&it.value, &order).diagonal();
            it.letters = rest.iter().map(|&k| it.letters[k]).chain([letter]).collect();
        }
        Ok(it)
    }

    /// The places of a letter that stands twice.
    fn twice(&self) -> Option<(usize, usize)> {
        let at = |c: &char| self.letters.iter().position(|d| d == c).unwrap_or(0);
        (0..self.letters.len()).map(|j| (at(&self.letters[j]), j)).find(|(i, j)| i != j)
    }

    /// Sums over the letters that are not wanted.
    fn keep(mut self, wanted: impl Fn(char) -> bool) -> Labelled {
        let rank = self.letters.len() as isize;
        let gone = |i: &usize| !wanted(self.letters[*i]);
        let axes: Vec<isize> = (0..self.letters.len()).filter(gone).map(|i| i as isize - rank).collect();
        if !axes.is_empty() {
            self.value = super::SUM.call(&[&self.value], Attrs::Axes(axes));
            self.letters.retain(|&c| wanted(c));
        }
        self
    }

    /// The axes in the order of these letters.
    fn ordered(&self, letters: &[char]) -> Tensor {
        let at = |c: &char| self.letters.iter().position(|d| d == c).unwrap_or(0);
        permuted(&self.value, &letters.iter().map(at).collect::<Vec<_>>())
    }

    fn length(&self, letter: char) -> usize {
        self.letters.iter().position(|&c| c == letter).map_or(1, |i| self.value.dims()[i])
    }
}

/// The axes in this order; nothing to do if it is theirs.
fn permuted(x: &Tensor, order: &[usize]) -> Tensor {
    if order.iter().copied().eq(0..x.rank()) {
        return x.clone();
    }
    let rank = x.rank() as isize;
    permute_core(x, &order.iter().map(|&i| i as isize - rank).collect::<Vec<_>>())
}

/// Operands' letters and the output's: those that stand once, in alphabetic order, where none are given.
fn parse(subscripts: &str, operands: usize) -> Result<(Vec<String>, Vec<char>)> {
    let text: String = subscripts.chars().filter(|c| !c.is_whitespace()).collect();
    let (left, right) = text.split_once("->").map_or((text.as_str(), None), |(l, r)| (l, Some(r)));
    let inputs: Vec<String> = left.split(',').map(str::to_string).collect();
    if let Some(c) = text.replace("->", "").chars().find(|c| !c.is_ascii_alphabetic() && *c != ',') {
        return Err(wrong(subscripts, format!("{c:?} is no letter")));
    }
    if inputs.len() != operands {
        return Err(wrong(subscripts, format!("names {} operands, not {operands}", inputs.len())));
    }
    let all: String = inputs.concat();
    let output: Vec<char> = match right {
        Some(r) => r.chars().collect(),
        None => {
            let mut once: Vec<char> = all.chars().filter(|c| all.matches(*c).count() == 1).collect();
            once.sort_unstable();
            once
        }
    };
    let bad = |(i, c): (usize, &char)| !all.contains(*c) || output[..i].contains(c);
    match output.iter().enumerate().find(|&p| bad(p)) {
        Some((_, c)) => Err(wrong(subscripts, format!("the output names {c} twice, or no operand does"))),
        None => Ok((inputs, output)),
    }
}

/// Sums of products by NumPy's subscripts, of one operand or two: `"ij,jk->ik"` is the matrix product.
///
/// Two operands are multiplied as matrices over the letters that both have. Letters of one length only; no ellipsis.
///
/// ```
/// use gradus::{Tensor, ops::einsum};
/// let a = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
/// assert_eq!(einsum("ij,kj->ik", &[&a, &a]).eval()?.to_f64(), [5.0, 11.0, 11.0, 25.0]);
/// assert_eq!(einsum("ii", &[&a]).eval()?.item()?, 5.0);
/// # Ok::<(), gradus::Error>(())
/// ```
#[track_caller]
pub fn einsum(subscripts: &str, operands: &[&Tensor]) -> Tensor {
    if let Some(e) = operands.iter().find_map(|t| t.meta().err()) {
        return Tensor::poison(&super::MATMUL, e, operands);
    }
    let here = crate::Origin::Rust(std::panic::Location::caller());
    let built = parse(subscripts, operands.len()).and_then(|(inputs, output)| match operands {
        [a] => {
            let a = Labelled::new(a, &inputs[0], subscripts)?.keep(|c| output.contains(&c));
            Ok(a.ordered(&output))
        }
        [a, b] => {
            let (a, b) = (Labelled::new(a, &inputs[0], subscripts)?, Labelled::new(b, &inputs[1], subscripts)?);
            product(a, b, &output, subscripts)
        }
        _ => Err(wrong(subscripts, format!("takes one operand or two, not {}", operands.len()))),
    });
    built.unwrap_or_else(|e| Tensor::poison(&super::MATMUL, e.at(here), operands))
}

/// The product of two operands: shared letters of the output are batch axes, the other shared ones are summed over.
fn product(a: Labelled, b: Labelled, output: &[char], subscripts: &str) -> Result<Tensor> {
    if let Some(c) = a.letters.iter().find(|&&c| b.letters.contains(&c) && a.length(c) != b.length(c)) {
        let (n, m) = (a.length(*c), b.length(*c));
        return Err(wrong(subscripts, format!("{c} has length {n} in one operand and {m} in the other")));
    }
    let (in_a, in_b) = (a.letters.clone(), b.letters.clone());
    let a = a.keep(|c| output.contains(&c) || in_b.contains(&c));
    let b = b.keep(|c| output.contains(&c) || in_a.contains(&c));
    let shared = |c: &char| a.letters.contains(c) && b.letters.contains(c);
    let batch: Vec<char> = output.iter().copied().filter(shared).collect();
    let summed: Vec<char> = a.letters.iter().copied().filter(|c| shared(c) && !output.contains(c)).collect();
    let own = |l: &Labelled| l.letters.iter().copied().filter(|c| !shared(c)).collect::<Vec<_>>();
    let (left, right) = (own(&a), own(&b));
    let lengths = |l: &Labelled, letters: &[char]| letters.iter().map(|&c| l.length(c)).collect::<Vec<_>>();
    let count = |l: &Labelled, letters: &[char]| lengths(l, letters).iter().product::<usize>();
    let lead = lengths(&a, &batch);
    let matrix = |l: &Labelled, order: [&[char]; 2]| {
        let value = l.ordered(&[&batch, order[0], order[1]].concat());
        let shape = [&lead[..], &[count(l, order[0]), count(l, order[1])]].concat();
        reshape_core(&value, value.rank(), &shape)
    };
    let y = matrix(&a, [&left, &summed]).matmul(matrix(&b, [&summed, &right]));
    let shape = [lead.clone(), lengths(&a, &left), lengths(&b, &right)].concat();
    let value = reshape_core(&y, y.rank(), &shape);
    Ok(Labelled { value, letters: [batch, left, right].concat() }.ordered(output))
}

impl Tensor {
    /// NumPy's `dot`: of a number the product, else the sum of products over the last axis of this and the first of the
    /// last two axes of the other.
    #[track_caller]
    pub fn dot(&self, other: &Tensor) -> Tensor {
        match (self.rank(), other.rank()) {
            (0, _) | (_, 0) => self * other,
            (1 | 2, 1 | 2) => self.matmul(other),
            (_, 1) => self.tensordot(other, &[-1], &[0]),
            _ => self.tensordot(other, &[-1], &[-2]),
        }
    }

    /// The Kronecker product: every element of this times the whole of the other, side by side.
    ///
    /// ```
    /// use gradus::Tensor;
    /// let x = Tensor::from([1.0, 10.0]);
    /// assert_eq!(x.kron(&Tensor::from([1.0, 2.0])).eval()?.to_f64(), [1.0, 2.0, 10.0, 20.0]);
    /// # Ok::<(), gradus::Error>(())
    /// ```
    #[track_caller]
    pub fn kron(&self, other: &Tensor) -> Tensor {
        let rank = self.rank().max(other.rank());
        let padded = |t: &Tensor| [&vec![1; rank - t.rank()], t.dims()].concat();
        let (a, b) = (padded(self), padded(other));
        // Axes of the one between axes of length 1 for the other.
        let spread = |t: &Tensor, shape: Vec<usize>| reshape_core(t, t.rank(), &shape);
        let left = spread(self, a.iter().flat_map(|&n| [n, 1]).collect());
        let right = spread(other, b.iter().flat_map(|&n| [1, n]).collect());
        let shape: Vec<usize> = a.iter().zip(&b).map(|(a, b)| a * b).collect();
        reshape_core(&(left * right), 2 * rank, &shape)
    }

    /// The sum of products over the last axes of both, as NumPy's `inner`.
    #[track_caller]
    pub fn inner(&self, other: &Tensor) -> Tensor {
        if self.rank() == 0 || other.rank() == 0 {
            return self * other;
        }
        self.tensordot(other, &[-1], &[-1])
    }

    /// The scalar product of all elements of both, flattened.
    #[track_caller]
    pub fn vdot(&self, other: &Tensor) -> Tensor {
        self.flatten().matmul(other.flatten())
    }

    /// The sum of products over these axes of the one and of the other, as NumPy's `tensordot`.
    #[track_caller]
    pub fn tensordot(&self, other: &Tensor, axes: &[isize], other_axes: &[isize]) -> Tensor {
        let letters = |n: usize, from: u8| (0..n).map(|i| (from + i as u8) as char).collect::<Vec<_>>();
        if self.rank() > 26 || other.rank() > 26 || axes.len() != other_axes.len() {
            let e = Error::new(ErrorKind::Argument, "tensordot: axes do not pair up");
            return Tensor::poison(&super::MATMUL, e, &[self, other]);
        }
        let (mine, mut theirs) = (letters(self.rank(), b'a'), letters(other.rank(), b'A'));
        let mut summed = vec![];
        for (&i, &j) in axes.iter().zip(other_axes) {
            match (super::negative_axis(i, self.dims()), super::negative_axis(j, other.dims())) {
                (Ok(i), Ok(j)) => {
                    let c = mine[(self.rank() as isize + i) as usize];
                    theirs[(other.rank() as isize + j) as usize] = c;
                    summed.push(c);
                }
                (Err(e), _) | (_, Err(e)) => return Tensor::poison(&super::MATMUL, e, &[self, other]),
            }
        }
        let free: String = mine.iter().chain(&theirs).filter(|c| !summed.contains(c)).collect();
        let text = |l: &[char]| l.iter().collect::<String>();
        einsum(&format!("{},{}->{free}", text(&mine), text(&theirs)), &[self, other])
    }
}
