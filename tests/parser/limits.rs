//! Nesting has a limit, chains have none.

use gradus::text::*;

use super::{error, expr};

#[test]
fn nesting_is_limited_and_chains_are_not() {
    let n = 100_000;
    let deep = [
        "(".repeat(n) + "1" + &")".repeat(n),
        "[".repeat(n) + &"]".repeat(n),
        "-".repeat(n) + "1",
        "not ".repeat(n) + "1",
        "f(".repeat(n) + &")".repeat(n),
        "x[".repeat(n) + "0" + &"]".repeat(n),
        "1**".repeat(n) + "1",
        "lambda: ".repeat(n) + "1",
        "(1+2*".repeat(n) + "1" + &")".repeat(n),
        "(".repeat(n) + "1" + &"*1+1<1)".repeat(n),
        "(1 or 1 and 1<1|1&1+1*-1**".repeat(n) + "1" + &")".repeat(n),
        "a, (lambda: x[f(k=".repeat(n) + "1" + &")])".repeat(n),
    ];
    for source in &deep {
        let error = error(source);
        assert!(error.message().contains("nested"), "{error}");
        assert!(error.span().is_some());
    }
    assert_eq!(error(&"x^".repeat(n)).message(), "`^` is not power; write `a**b`");
    assert_eq!(error(&"x if ".repeat(n)).message(), "a choice is a function here; write `where(condition, a, b)`");
    assert!(error(&"|".repeat(n)).message().starts_with("bars are not brackets"));
    assert_eq!(error(&"(".repeat(n)).message(), "`(` is never closed; write `)` where it ends");
    let limit = error(&deep[0]).span().unwrap();
    assert_eq!(limit.column, MAX_NESTING + 1);
    for long in [
        "1".to_string() + &"+1".repeat(n),
        "1".to_string() + &"*1".repeat(n),
        "1".to_string() + &" and 1".repeat(n),
        "1".to_string() + &" < 1".repeat(n),
        "x".to_string() + &".T".repeat(n),
        "x".to_string() + &"[0]".repeat(n),
        "f".to_string() + &"(x)".repeat(n),
        "[".to_string() + &"1,".repeat(n) + "1]",
        "f(".to_string() + &"1,".repeat(n) + "1)",
        "(".repeat(MAX_NESTING) + "1" + &")".repeat(MAX_NESTING),
        "(1+".repeat(MAX_NESTING - 1) + "1" + &")".repeat(MAX_NESTING - 1),
        "sin(".repeat(MAX_NESTING) + "1" + &")".repeat(MAX_NESTING),
        "-".repeat(MAX_NESTING) + "1",
    ] {
        let read = expr(&long);
        assert_eq!(expr(&read.to_string()), read.clone());
    }
}

/// A mixture of everything, as deep as the limits let it be, fits the stack of a thread.
#[test]
fn the_deepest_tree_fits_the_stack() {
    for part in ["(1 or 1 and 1<1|1&1+1*", "(1+2*", "f(-", "x[-", "[-x**", "g(lambda: ", "not (", "y.f(k=1*", "(1,"] {
        let close = if part.contains("x[") || part.starts_with('[') { "]" } else { ")" };
        let deepest = (1..=MAX_NESTING)
            .rev()
            .find_map(|n| parse_expr(&(part.repeat(n) + "1" + &close.repeat(n))).ok())
            .expect("some depth is accepted");
        assert_eq!(expr(&deepest.to_string()), deepest);
    }
}
