//! The memory budget: what a formula needs at one time is known before anything runs, and refused where it is too much.

use gradus::array::memory;
use gradus::{Array, DType, Plan, Tensor, eval};

const MIB: u64 = 1 << 20;

/// A leaf of so many MiB of f64.
fn leaf(mib: usize) -> Tensor {
    Tensor::from(Array::zeros(&[mib << 17], DType::F64).unwrap())
}

/// The budget belongs to the process, so all of this is one test.
#[test]
fn what_is_needed_at_one_time_is_refused_before_anything_runs() {
    // No machine has these, whatever the budget.
    for n in [100_000_000_000, 1_000_000_000_000_000, usize::MAX] {
        let ones = Tensor::ones(&[n], DType::F64);
        for t in [ones.clone(), &ones + 1.0, ones.exp().sum(()), ones.sort(0)] {
            assert!(t.eval().unwrap_err().is_memory(), "{n} elements");
        }
    }

    // A chain of outer products is refused at the first link that is too large; the links before it are not computed.
    memory::set_budget(Some(512 * MIB));
    let u = Tensor::from(Array::full(&[1000], 1.0, DType::F64));
    let mut chain = u.clone();
    let start = std::time::Instant::now();
    for _ in 0..4 {
        chain = chain.flatten().outer(&u);
    }
    let e = chain.sum(()).eval().unwrap_err();
    assert!(e.is_memory(), "{e}");
    assert!(e.to_string().contains("more than the memory budget of 512.0 MiB"), "{e}");
    assert!(start.elapsed().as_secs() < 5);

    // Values that are needed at one time count together, though each of them would fit.
    let x = leaf(8);
    let three = [x.sort(0), x.cumsum(0), x.cumprod(0)];
    let refs: Vec<&Tensor> = three.iter().collect();
    memory::set_budget(Some(20 * MIB));
    assert!(eval(&refs[..2]).is_ok(), "two values of 8 MiB, and the places that the sort gives as well");
    let e = eval(&refs).unwrap_err();
    assert!(e.is_memory(), "{e}");
    assert!(e.to_string().contains("needed at one time"), "{e}");
    memory::set_budget(Some(64 * MIB));
    assert!(eval(&refs).is_ok());

    // One after the other they need no more than a few, however many there are: a value, the next, and its places.
    let mut long = leaf(8);
    for k in 0..20 {
        long = if k % 2 == 0 { long.cumsum(0) } else { long.sort(0) };
    }
    memory::set_budget(Some(26 * MIB));
    let plan = Plan::new(&[&long], &[]).unwrap();
    assert_eq!(plan.peak_bytes() as u64, 24 * MIB);
    assert!(plan.run(&[]).is_ok());

    // What a loop fuses is never there.
    let x = leaf(8);
    let y = ((&x * 2.0 + 1.0).exp() - &x).sum(());
    assert_eq!(Plan::new(&[&y], &[]).unwrap().peak_bytes(), 0);
    assert_eq!(memory::budget(), Some(26 * MIB));
    memory::set_budget(None);
}
