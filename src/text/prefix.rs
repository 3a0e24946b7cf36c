//! The module prefixes (`np.`, `torch.nn.functional.`) that pasted formulas carry and the language ignores.

/// Modules whose name alone is recognised.
const ROOTS: [&str; 8] = ["np", "numpy", "jnp", "jax", "torch", "math", "scipy", "cupy"];

/// Modules inside modules.
const MODULES: [&str; 13] = [
    "numpy",
    "scipy",
    "linalg",
    "special",
    "nn",
    "functional",
    "random",
    "fft",
    "stats",
    "lax",
    "distributions",
    "autograd",
    "math",
];

/// True of a name that starts a module path.
pub(super) fn is_root(name: &str) -> bool {
    ROOTS.contains(&name)
}

/// True of a name that continues a module path.
pub(super) fn is_module(name: &str) -> bool {
    MODULES.contains(&name)
}

/// A dotted path without its leading modules.
///
/// ```
/// use gradus::text::strip_prefix;
/// assert_eq!(strip_prefix("np.linalg.inv"), "inv");
/// assert_eq!(strip_prefix("torch.nn.functional.softmax"), "softmax");
/// assert_eq!(strip_prefix("x.T"), "x.T");
/// ```
pub fn strip_prefix(path: &str) -> &str {
    let Some((root, mut rest)) = path.split_once('.') else { return path };
    if !is_root(root) {
        return path;
    }
    while let Some((module, name)) = rest.split_once('.') {
        if !is_module(module) {
            break;
        }
        rest = name;
    }
    rest
}
