//! The plan gives the bits of op-by-op evaluation: fused, shared, threaded, repeated, on tape or in loops.

use gradus::graph::{Plan, evaluate, evaluate_planned};
use gradus::{Array, DType, Tensor};

/// A small generator, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn normal(&mut self) -> f64 {
        let u = |r: &mut Random| (r.next() >> 11) as f64 / (1u64 << 53) as f64;
        (0..4).map(|_| u(self)).sum::<f64>() * 2.0 - 4.0
    }

    fn array(&mut self, shape: &[usize], dtype: DType) -> Array {
        let n = shape.iter().product();
        let values: Vec<f64> = (0..n).map(|_| self.normal()).collect();
        Array::from_vec(values, shape).and_then(|a| a.cast(dtype)).unwrap()
    }
}

/// Bits of every element; all NaNs count as one.
fn bits(a: &Array) -> (DType, Vec<usize>, Vec<u64>) {
    let canonical = |v: f64| if v.is_nan() { f64::NAN.to_bits() } else { v.to_bits() };
    (a.dtype(), a.shape().to_vec(), a.to_f64().into_iter().map(canonical).collect())
}

fn all_bits(values: &[Array]) -> Vec<(DType, Vec<usize>, Vec<u64>)> {
    values.iter().map(bits).collect()
}

/// Checks a graph: op by op, planned, planned alone, planned again, from the cache, and under pools of threads.
fn same_bits(outputs: &[Tensor], what: &str) {
    let refs: Vec<&Tensor> = outputs.iter().collect();
    let reference = evaluate(&refs, &mut vec![]);
    let plan = Plan::new(&refs, &[]);
    let reference = match reference {
        Ok(r) => all_bits(&r),
        Err(e) => {
            assert!(plan.and_then(|p| p.run(&[])).is_err(), "{what}: op by op fails, the plan does not: {e}");
            return;
        }
    };
    let plan = plan.unwrap_or_else(|e| panic!("{what}: {e}"));
    for round in 0..2 {
        let values = plan.run(&[]).unwrap_or_else(|e| panic!("{what}: {e}"));
        assert_eq!(all_bits(&values), reference, "{what}, run {round}");
    }
    for (k, t) in refs.iter().enumerate() {
        let alone = Plan::new(&[t], &[]).and_then(|p| p.run(&[])).unwrap();
        assert_eq!(bits(&alone[0]), reference[k], "{what}, output {k} alone");
    }
    assert_eq!(all_bits(&evaluate_planned(&refs, &mut vec![]).unwrap()), reference, "{what}, cached");
    for threads in [1, 2, 3, 4, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let values = pool.install(|| plan.run(&[]).unwrap());
        assert_eq!(all_bits(&values), reference, "{what}, {threads} threads");
    }
}

/// One more node over some of those that are there.
fn grow(r: &mut Random, nodes: &mut Vec<Tensor>, shape: &[usize]) {
    let pick = |r: &mut Random, nodes: &[Tensor]| nodes[r.below(nodes.len())].clone();
    let (a, b) = (pick(r, nodes), pick(r, nodes));
    let rank = a.shape().map_or(0, <[usize]>::len);
    let axis = r.below(rank.max(1)) as isize;
    let new = match r.below(30) {
        0 => &a + &b,
        1 => &a - &b,
        2 => &a * &b,
        3 => &a / (1.0 + b.square()),
        4 => -&a,
        5 => a.square(),
        6 => a.exp(),
        7 => a.sigmoid(),
        8 => a.abs().log1p(),
        9 => a.maximum(&b),
        10 => Tensor::select(&a.less(&b), &a, &(0.5 * &b)),
        11 => {
            Tensor::select(&a.isnan(), &Tensor::from(0.0), &a).greater(0.0).logical_and(b.greater(0.5)).cast(DType::F32)
        }
        12 if rank > 0 => a.sum(gradus::ops::keep(axis)),
        13 if rank > 0 => a.mean(gradus::ops::keep(-1)),
        14 if rank > 0 => a.max(gradus::ops::keep(-1)),
        15 => a.sum(()),
        16 => a.mean(()),
        17 if rank > 0 => a.softmax(-1),
        18 if rank > 0 => a.log_softmax(axis),
        19 if rank > 0 => a.logsumexp(gradus::ops::keep(-1)),
        20 if rank > 0 => a.norm(gradus::ops::keep(-1)),
        21 if rank == 2 => a.t(),
        22 => a.broadcast_like(&Tensor::from(Array::zeros(shape, DType::F32))),
        23 if rank > 0 => a.slice(axis, Some(1), None, 2),
        24 if rank > 0 => a.flatten(),
        25 => a.cast([DType::F32, DType::F64, DType::BF16, DType::F16][r.below(4)]),
        26 if rank > 0 => Tensor::concatenate(&[&a, &a], axis),
        27 => a.min(()) + &b,
        28 => a.stop_gradient() * &b,
        _ => a.tanh(),
    };
    if new.shape().is_ok_and(|s| s.iter().product::<usize>() <= 1 << 18) {
        nodes.push(new);
    }
}

/// A graph over leaves that broadcast to `shape`.
fn random_graph(seed: u64, shape: &[usize]) -> Vec<Tensor> {
    let mut r = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let dtype = if seed.is_multiple_of(2) { DType::F64 } else { DType::F32 };
    let mut nodes: Vec<Tensor> = vec![];
    let last = shape.last().copied().unwrap_or(1);
    let mut rows = shape.to_vec();
    rows.iter_mut().next_back().into_iter().for_each(|d| *d = 1);
    for s in [shape, &rows[..], &[last], &[]] {
        nodes.push(r.array(s, dtype).into());
    }
    let other = if seed.is_multiple_of(3) { DType::F32 } else { dtype };
    nodes.push(r.array(shape, other).into());
    for _ in 0..12 + r.below(20) {
        grow(&mut r, &mut nodes, shape);
    }
    let count = 1 + r.below(4);
    (0..count).map(|_| nodes[5 + r.below(nodes.len() - 5)].clone()).collect()
}

#[test]
fn random_graphs_have_the_bits_of_op_by_op() {
    let shapes: [&[usize]; 9] = [&[], &[3], &[2, 3], &[7, 130], &[5000], &[3, 2500], &[65, 33], &[4, 5, 6], &[2, 1100]];
    for seed in seeds(270) {
        let shape = shapes[seed as usize % shapes.len()];
        same_bits(&random_graph(seed, shape), &format!("seed {seed}, shape {shape:?}"));
    }
}

#[test]
fn long_loops_on_threads_have_the_bits_of_op_by_op() {
    for (seed, shape) in [(1, &[150_000][..]), (2, &[300, 500]), (3, &[70_000, 2]), (4, &[2, 90_000]), (5, &[131_073])]
    {
        for k in 0..4 {
            same_bits(&random_graph(1000 + 10 * seed + k, shape), &format!("seed {seed}.{k}, shape {shape:?}"));
        }
    }
}

/// How many random graphs to try: more where the environment asks for it.
fn seeds(default: u64) -> std::ops::Range<u64> {
    let count = std::env::var("GRADUS_SEEDS").ok().and_then(|s| s.parse().ok());
    0..count.unwrap_or(default)
}

#[test]
fn inputs_take_new_data() {
    let mut r = Random(7);
    let (x, w) = (Tensor::from(r.array(&[40, 30], DType::F32)), Tensor::from(r.array(&[30], DType::F32)));
    let p = (x.matmul(&w)).sigmoid();
    let outputs = [&p, &p.log().mean(()), &(&x * &w).softmax(-1)];
    let plan = Plan::new(&outputs, &[&w, &x]).unwrap();
    for _ in 0..3 {
        let (a, b) = (r.array(&[40, 30], DType::F32), r.array(&[30], DType::F32));
        let (xs, ws) = (Tensor::from(&a), Tensor::from(&b));
        let p = (xs.matmul(&ws)).sigmoid();
        let reference = evaluate(&[&p, &p.log().mean(()), &(&xs * &ws).softmax(-1)], &mut vec![]).unwrap();
        // A view in another order of memory is data like any other.
        let turned = a.transpose().to_contiguous().transpose();
        assert_eq!(all_bits(&plan.run(&[&b, &turned]).unwrap()), all_bits(&reference));
    }
    let e = plan.run(&[&Array::from([1.0f32]), &r.array(&[40, 30], DType::F32)]).unwrap_err();
    assert_eq!(e.to_string(), "plan: input 0 is f32 of shape (30,), the new data are f32 of shape (1,)");
    let e = plan.run(&[&r.array(&[30], DType::F64), &r.array(&[40, 30], DType::F32)]).unwrap_err();
    assert!(e.is_dtype(), "{e}");
    assert!(plan.run(&[]).unwrap_err().is_argument());
    assert!(Plan::new(&[&p], &[&p]).unwrap_err().to_string().starts_with("plan: input 0 is `sigmoid`, not a leaf"));
}

#[test]
fn outputs_that_a_caller_keeps_stay_as_they_are() {
    let x = Tensor::from(Array::from(vec![1.0; 3000]));
    let plan = Plan::new(&[&x.exp()], &[&x]).unwrap();
    let first = plan.run(&[&Array::from(vec![0.0; 3000])]).unwrap();
    let second = plan.run(&[&Array::from(vec![1.0; 3000])]).unwrap();
    assert_eq!((first[0].get(&[7]).unwrap(), second[0].get(&[7]).unwrap()), (1.0, std::f64::consts::E));
}

#[test]
fn runs_that_follow_runs() {
    let descend = |n: usize| {
        let (x, y) = (Tensor::from(r_array(n, -1.2)), Tensor::from(r_array(n, 1.0)));
        let loss = ((1.0 - &x).square() + 100.0 * (&y - x.square()).square()).sum(());
        let steps = [&x - 1e-3 * gradus::grad(&loss, &x), &y - 1e-3 * gradus::grad(&loss, &y), loss.clone()];
        let refs: Vec<&Tensor> = steps.iter().collect();
        let plan = Plan::new(&refs, &[&x, &y]).unwrap();
        let (mut a, mut b) = (r_array(n, -1.2), r_array(n, 1.0));
        let together = plan.iterate(50, &[&a, &b], &[(0, 0), (1, 1)]).unwrap();
        let mut last = vec![];
        for _ in 0..50 {
            last = plan.run(&[&a, &b]).unwrap();
            (a, b) = (last[0].clone(), last[1].clone());
        }
        assert_eq!(all_bits(&together), all_bits(&last), "{n} elements");
        assert!(plan.iterate(2, &[&a, &b], &[(2, 0)]).is_err() || n == 0);
        assert!(plan.iterate(0, &[&a, &b], &[]).unwrap_err().is_argument());
        plan.steps()
    };
    // Three numbers are a tape alone; three thousand are loops.
    assert_eq!(descend(3), 1);
    descend(3000);
}

fn r_array(n: usize, value: f64) -> Array {
    Array::from(vec![value; n])
}

#[test]
fn one_pass_for_a_value_and_its_gradients() {
    let x = Tensor::from(Random(3).array(&[100_000], DType::F64));
    let (mu, sigma) = (Tensor::from(Array::scalar(0.3)), Tensor::from(Array::scalar(1.7)));
    let y = (-0.5 * ((&x - &mu) / &sigma).square() - sigma.log()).sum(());
    let outputs = [y.clone(), gradus::grad(&y, &mu), gradus::grad(&y, &sigma)];
    let plan = Plan::new(&outputs.iter().collect::<Vec<_>>(), &[&x, &mu, &sigma]).unwrap();
    assert_eq!(format!("{plan:?}").matches("loop").count(), 1, "{plan:?}");
    assert_eq!(plan.peak_bytes(), 0, "nothing of the size of the data is stored");
    same_bits(&outputs, "gaussian");
}

#[test]
fn notes_are_those_of_op_by_op() {
    let x = Tensor::from([[f64::NEG_INFINITY; 3], [0.0, 1.0, 2.0]]);
    let y = x.softmax(-1) + 1.0;
    let (mut ours, mut theirs) = (vec![], vec![]);
    evaluate(&[&y], &mut theirs).unwrap();
    Plan::new(&[&y], &[]).and_then(|p| p.run_with_notes(&[], &mut ours)).unwrap();
    assert_eq!(ours, theirs);
    assert_eq!(ours.len(), 1);
}

#[test]
fn memory_is_refused_before_anything_runs() {
    let ones = Tensor::from(Array::scalar(1.0)).broadcast_to(&[100_000_000_000]);
    assert!(Plan::new(&[&ones.sum(())], &[]).unwrap_err().is_memory());
    assert!(Plan::new(&[&(&ones + 1.0)], &[]).unwrap_err().is_memory());
}

#[test]
fn long_graphs_plan_and_run() {
    for n in [1, 100] {
        let start = Tensor::from(r_array(n, 0.5));
        let mut x = start.clone();
        for k in 0..100_000 {
            x = if k % 3 == 0 { (&x * 0.999).sin() } else { &x + 1e-3 };
        }
        let reference = evaluate(&[&x], &mut vec![]).unwrap();
        let plan = Plan::new(&[&x], &[&start]).unwrap();
        assert_eq!(all_bits(&plan.run(&[&r_array(n, 0.5)]).unwrap()), all_bits(&reference));
    }
}

/// Formulas of every kind that computes in its own way, under the names that a failure prints.
fn kinds(dtype: DType) -> Vec<(String, Tensor)> {
    let mut r = Random(11);
    // Longer than what stays on one thread, along every axis.
    let x = Tensor::from(r.array(&[24, 90, 70], dtype));
    let (wide, tall) = (Tensor::from(r.array(&[3, 70_001], dtype)), Tensor::from(r.array(&[70_001, 3], dtype)));
    let (a, b) = (Tensor::from(r.array(&[140, 150], dtype)), Tensor::from(r.array(&[150, 130], dtype)));
    let mut all: Vec<(String, Tensor)> = vec![];
    let mut add = |name: &str, t: Tensor| all.push((format!("{name} {dtype}"), t));
    for (shape, x) in [("cube", &x), ("wide", &wide), ("tall", &tall)] {
        let rank = x.shape().unwrap().len() as isize;
        for axis in 0..rank {
            add(&format!("sum {shape} {axis}"), (x * 2.0).sum(axis));
            add(&format!("mean {shape} {axis}"), x.square().mean(axis));
            add(&format!("max {shape} {axis}"), (-x).max(axis));
            add(&format!("min {shape} {axis}"), x.min(axis) + 1.0);
            add(&format!("argmax {shape} {axis}"), x.argmax(axis));
            add(&format!("norm {shape} {axis}"), (x - 1.0).norm(axis));
            add(&format!("std {shape} {axis}"), x.std(axis, 1));
            add(&format!("softmax {shape} {axis}"), (x * 3.0).softmax(axis));
            add(&format!("log_softmax {shape} {axis}"), x.log_softmax(axis) * 0.5);
            add(&format!("logsumexp {shape} {axis}"), x.logsumexp(axis).exp());
            add(&format!("sort {shape} {axis}"), x.sin().sort(axis));
            add(&format!("argsort {shape} {axis}"), x.argsort(axis));
            add(&format!("cumsum {shape} {axis}"), x.exp().cumsum(axis));
            add(&format!("cumprod {shape} {axis}"), (1.0 + 1e-3 * x).cumprod(axis));
            add(&format!("gradient {shape} {axis}"), gradus::grad(&(x.log_softmax(axis) * x).sum(()), x));
        }
        add(&format!("sum of all {shape}"), (x.sigmoid() / 3.0).sum(()));
        add(&format!("logsumexp of all {shape}"), x.logsumexp(()));
        add(&format!("softmax over all {shape}"), x.flatten().softmax(-1));
    }
    add("prod", (1.0 + 1e-3 * &x).prod(()));
    add("matmul", a.matmul(&b).tanh());
    add("matmul of a batch", x.matmul(x.mt()));
    add("matmul with a vector", a.matmul(b.slice(-1, Some(0), Some(1), 1).flatten()));
    add("gradient of a product", gradus::grad(&a.matmul(&b).square().sum(()), &a));
    add("uniform rows", Tensor::random_uniform(&gradus::ops::key(3), &[700, 130], dtype) + 1.0);
    add("normal rows", Tensor::random_normal(&gradus::ops::key(4), &[700, 130], dtype).sum(-1));
    all
}

/// The same bits: each formula op by op, alone, beside all the others, and under every number of threads.
#[test]
fn every_kind_has_the_same_bits_however_it_runs() {
    let pools = [1, 2, 3, 4, 8].map(|n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap());
    for dtype in [DType::F32, DType::F64] {
        let all = kinds(dtype);
        let refs: Vec<&Tensor> = all.iter().map(|(_, t)| t).collect();
        let reference = pools[0].install(|| all_bits(&evaluate(&refs, &mut vec![]).unwrap()));
        let together = Plan::new(&refs, &[]).unwrap();
        let alone: Vec<Plan> = refs.iter().map(|t| Plan::new(&[t], &[]).unwrap()).collect();
        for pool in &pools {
            let threads = pool.current_num_threads();
            let compare = |how: &str, values: &[Array]| {
                for ((name, _), (got, want)) in all.iter().zip(all_bits(values).iter().zip(&reference)) {
                    assert!(got == want, "{name}: {how} on {threads} threads differs from op by op on one");
                }
            };
            pool.install(|| {
                compare("op by op", &evaluate(&refs, &mut vec![]).unwrap());
                compare("beside others", &together.run(&[]).unwrap());
                let values: Vec<Array> = alone.iter().map(|p| p.run(&[]).unwrap().remove(0)).collect();
                compare("alone", &values);
            });
        }
    }
}
