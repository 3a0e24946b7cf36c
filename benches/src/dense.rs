//! Solving and factoring beside faer called directly, on one thread, with the checks of Gradus and without them.

use faer::linalg::solvers::{Solve, SolveLstsq};
use faer::{Mat, Side};
use gradus::array::matrix::parts;
use gradus::{Array, DType, Plan, Tensor, grad};

use crate::rows::{Row, array, data};
use crate::timer::{Entry, compare, display, entry};

/// Every row.
pub const ALL: &[Row] = &[
    ("dense solve 100 f64", |n| solve(n, 100)),
    ("dense solve 200 f64", |n| solve(n, 200)),
    ("dense solve 1000 f64", |n| solve(n, 1000)),
    ("dense cholesky 100 f64", |n| cholesky(n, 100)),
    ("dense cholesky 200 f64", |n| cholesky(n, 200)),
    ("dense cholesky 1000 f64", |n| cholesky(n, 1000)),
    ("dense qr 100 f64", |n| qr(n, 100)),
    ("dense qr 200 f64", |n| qr(n, 200)),
    ("dense qr 1000 f64", |n| qr(n, 1000)),
    ("dense svd 100 f64", |n| svd(n, 100)),
    ("dense svd 500 f64", |n| svd(n, 500)),
    ("dense svd 1000 f64", |n| svd(n, 1000)),
    ("dense eigh 100 f64", |n| eigh(n, 100)),
    ("dense eigh 500 f64", |n| eigh(n, 500)),
    ("dense eigh 1000 f64", |n| eigh(n, 1000)),
    ("dense eig 100 f64", |n| eig(n, 100)),
    ("dense eig 500 f64", |n| eig(n, 500)),
    ("dense lstsq 10000x100 f64", lstsq),
    ("dense pinv 500x300 f64", pinv),
    ("dense small", |_| small()),
    ("dense gradients", |_| gradients()),
];

/// How many times faer's time a checked call may take: a few microseconds below n = 200, then a quarter, then a tenth.
fn checked(n: usize) -> f64 {
    if n >= 1000 { 1.1 } else { 1.25 }
}

/// Without the checks.
const BARE: f64 = 1.05;

fn matrix(m: usize, n: usize) -> (Array, Mat<f64>) {
    let values = data(m * n);
    let theirs = Mat::from_fn(m, n, |i, j| values[i * n + j]);
    (array(values, &[m, n], DType::F64), theirs)
}

/// A symmetric matrix, with `shift` on its diagonal.
fn symmetric(n: usize, shift: f64) -> (Array, Mat<f64>) {
    let v = data(n * n);
    let entry = |i: usize, j: usize| v[i * n + j] + v[j * n + i] + if i == j { shift } else { 0.0 };
    let values = (0..n * n).map(|t| entry(t / n, t % n)).collect();
    (array(values, &[n, n], DType::F64), Mat::from_fn(n, n, entry))
}

fn plan(outputs: &[&Tensor], inputs: &[&Tensor]) -> Plan {
    Plan::new(outputs, inputs).expect("a plan")
}

/// A row with the checks, and one without them where there is something to leave out.
fn both(name: &str, n: usize, ours: Entry, bare: Option<Entry>, mut theirs: impl FnMut() + Clone) {
    faer::set_global_parallelism(faer::Par::Seq);
    let mut again = theirs.clone();
    compare(name, vec![ours, entry("faer", &mut theirs).at_most(checked(n))]);
    if let Some(bare) = bare {
        compare(&format!("{name}, no checks"), vec![bare, entry("faer", &mut again).at_most(BARE)]);
    }
}

fn solve(name: &str, n: usize) {
    let ((a, fa), (b, fb)) = (matrix(n, n), matrix(n, 1));
    let (x, y) = (Tensor::from(&a), Tensor::from(&b));
    let p = plan(&[&x.solve(&y)], &[&x, &y]);
    let (va, vb) = (a.to_f64(), b.to_f64());
    let bare = entry("bare", || parts::solve_unchecked(&va, &vb, n));
    both(name, n, entry("gradus", || p.run(&[&a, &b])), Some(bare), || drop(fa.partial_piv_lu().solve(&fb)));
}

fn cholesky(name: &str, n: usize) {
    let (a, fa) = symmetric(n, 10.0 * n as f64);
    let x = Tensor::from(&a);
    let p = plan(&[&x.cholesky()], &[&x]);
    let va = a.to_f64();
    let bare = entry("bare", || parts::cholesky(&va, n));
    both(name, n, entry("gradus", || p.run(&[&a])), Some(bare), || drop(fa.llt(Side::Lower)));
}

fn qr(name: &str, n: usize) {
    let (a, fa) = matrix(n, n);
    let x = Tensor::from(&a);
    let (q, r) = x.qr(false);
    let p = plan(&[&q, &r], &[&x]);
    both(name, n, entry("gradus", || p.run(&[&a])), None, || {
        let f = fa.qr();
        std::hint::black_box((f.compute_thin_Q(), f.thin_R().to_owned()));
    });
}

fn svd(name: &str, n: usize) {
    let (a, fa) = matrix(n, n);
    let x = Tensor::from(&a);
    let (u, s, vh) = x.svd(true);
    let p = plan(&[&u, &s, &vh], &[&x]);
    let m = parts::Matrix::new(n, n, a.to_f64());
    let bare = entry("bare", || parts::fast_svd(&m, true));
    both(name, n, entry("gradus", || p.run(&[&a])), Some(bare), || drop(fa.svd()));
}

fn eigh(name: &str, n: usize) {
    let (a, fa) = symmetric(n, 0.0);
    let x = Tensor::from(&a);
    let (w, q) = x.eigh();
    let p = plan(&[&w, &q], &[&x]);
    let m = parts::Matrix::new(n, n, a.to_f64());
    let bare = entry("bare", || parts::fast_eigh(&m));
    both(name, n, entry("gradus", || p.run(&[&a])), Some(bare), || drop(fa.self_adjoint_eigen(Side::Lower)));
}

fn eig(name: &str, n: usize) {
    let (a, fa) = matrix(n, n);
    let x = Tensor::from(&a);
    let (w, v) = x.eig();
    let p = plan(&[&w, &v], &[&x]);
    both(name, n, entry("gradus", || p.run(&[&a])), None, || drop(fa.eigen()));
}

fn lstsq(name: &str) {
    let ((a, fa), (b, fb)) = (matrix(10_000, 100), matrix(10_000, 1));
    let (x, y) = (Tensor::from(&a), Tensor::from(&b));
    let p = plan(&[&x.lstsq(&y, None)], &[&x, &y]);
    both(name, 1000, entry("gradus", || p.run(&[&a, &b])), None, || drop(fa.qr().solve_lstsq(&fb)));
}

fn pinv(name: &str) {
    let (a, fa) = matrix(500, 300);
    let x = Tensor::from(&a);
    let p = plan(&[&x.pinv(None)], &[&x]);
    both(name, 300, entry("gradus", || p.run(&[&a])), None, || {
        drop(fa.thin_svd().map(|d| d.pseudoinverse()));
    });
}

/// What a call costs beyond faer's time where matrices are small.
fn small() {
    faer::set_global_parallelism(faer::Par::Seq);
    for n in [4, 16, 32, 64, 100] {
        let ((a, fa), (s, fs), (b, fb)) = (matrix(n, n), symmetric(n, 10.0 * n as f64), matrix(n, 1));
        let (x, y) = (Tensor::from(&a), Tensor::from(&b));
        let (q, r) = x.qr(false);
        let plans = [plan(&[&x.solve(&y)], &[&x, &y]), plan(&[&x.cholesky()], &[&x]), plan(&[&q, &r], &[&x])];
        over("solve", n, entry("gradus", || plans[0].run(&[&a, &b])), entry("faer", || fa.partial_piv_lu().solve(&fb)));
        over("cholesky", n, entry("gradus", || plans[1].run(&[&s])), entry("faer", || fs.llt(Side::Lower)));
        let theirs = entry("faer", || {
            let f = fa.qr();
            (f.compute_thin_Q(), f.thin_R().to_owned())
        });
        over("qr", n, entry("gradus", || plans[2].run(&[&a])), theirs);
    }
}

/// Prints by how much the first takes longer than the second.
fn over(name: &str, n: usize, ours: Entry, theirs: Entry) {
    let times = compare(&format!("dense small {name} {n}"), vec![ours, theirs]);
    let more = times[0] - times[1];
    let within = if more <= 3e-6 { "" } else { "  over" };
    println!("{:<48} {:>11}  <= 3 us{within}", "  beyond it", display(more.max(0.0)));
}

/// A value that hangs on every entry of the parts, and its gradient, beside the value alone.
fn gradients() {
    for n in [100, 300, 1000] {
        let ((a, _), (s, _), (b, _)) = (matrix(n, n), symmetric(n, 10.0 * n as f64), matrix(n, 1));
        let weights = Tensor::from(matrix(n, n).0);
        let (x, y) = (Tensor::from(&a), Tensor::from(&b));
        let z = Tensor::from(&s);
        let (w, q) = z.eigh();
        let (u, sv, vh) = x.svd(false);
        let row = |name: &str, loss: &Tensor, leaf: &Tensor, at: &Array| {
            let (value, gradient) = (plan(&[loss], &[leaf]), plan(&[&grad(loss, leaf)], &[leaf]));
            let value = entry("its value", || value.run(&[at])).at_most(3.0);
            compare(&format!("dense gradient of {name} {n}"), vec![entry("gradus", || gradient.run(&[at])), value]);
        };
        row("solve", &x.solve(&y).sum(()), &x, &a);
        row("cholesky", &(z.cholesky() * &weights).sum(()), &z, &s);
        row("eigh", &((q * &weights).sum(()) + w.square().sum(())), &z, &s);
        row("svd", &((u * &weights).sum(()) + sv.square().sum(()) + (vh * &weights).sum(())), &x, &a);
    }
}
