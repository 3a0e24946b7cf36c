//! Formulas at some of their elements: what is left to look at where error bounds vouch for the rest.

use std::collections::HashMap;

use crate::array::Array;
use crate::graph::{Kernel, Tensor, topological, with_origin};

/// Formulas of one shape at these elements, as vectors; `None` if an element hangs on others of such an array.
pub fn at_elements(outputs: &[&Tensor], elements: &[usize]) -> Option<Vec<Tensor>> {
    let shape = outputs.first()?.shape().ok()?;
    let mut made: HashMap<u64, Tensor> = HashMap::new();
    for t in topological(outputs, |_| true) {
        let single = t.node().outs().as_ref().is_ok_and(|o| o.len() == 1);
        let of = match t.shape() {
            // One number stays what it is, with all that it is made of.
            Ok([]) if single => Some(t.clone()),
            Ok(s) if single && s == shape => part(&t, &made, elements),
            _ => None,
        };
        if let Some(of) = of {
            made.insert(t.node().id(), of);
        }
    }
    outputs.iter().map(|t| made.get(&t.node().id()).cloned()).collect()
}

/// An elementwise op, or data, at some elements.
fn part(t: &Tensor, made: &HashMap<u64, Tensor>, elements: &[usize]) -> Option<Tensor> {
    let elementwise = matches!(
        t.op().kernel,
        Kernel::Unary(_) | Kernel::Binary(_) | Kernel::Compare(_) | Kernel::Test(_) | Kernel::Select | Kernel::Cast
    );
    if elementwise {
        let inputs: Vec<&Tensor> = t.node().inputs().iter().map(|i| made.get(&i.node().id())).collect::<Option<_>>()?;
        return Some(with_origin(t.origin(), || t.op().call(&inputs, t.node().attrs().clone())));
    }
    let data = t.data().filter(|a| !a.dtype().is_complex())?;
    let all = data.to_f64();
    let some = elements.iter().map(|&i| all.get(i).copied()).collect::<Option<Vec<f64>>>()?;
    let leaf = Array::from_vec(some, &[elements.len()]).and_then(|a| a.cast(data.dtype())).ok()?;
    let leaf = with_origin(t.origin(), || Tensor::new(leaf));
    Some(t.label().map_or(leaf.clone(), |name| leaf.named(name)))
}
