//! Mistakes are explained where they stand, under a caret.

use gradus::text::*;
use gradus::{Error, ErrorKind};

use super::error;

/// Source, message, what the error points at (empty: a place between characters), line and column.
const MISTAKES: &[(&str, &str, &str, (usize, usize))] = &[
    ("y = x^2", "`^` is not power; write `x**2`", "^", (1, 6)),
    ("e^(-x)", "`^` is not power; write `e**(-x)`", "^", (1, 2)),
    ("(a+b)^2", "`^` is not power; write `(a+b)**2`", "^", (1, 6)),
    ("x^", "`^` is not power; write `a**b`", "^", (1, 2)),
    ("|x|", "bars are not brackets: for `|x|` write `abs(x)`", "|", (1, 1)),
    ("2*|x - y|", "bars are not brackets: for `|x - y|` write `abs(x - y)`", "|", (1, 3)),
    ("||x||", "bars are not brackets: for `||x||` write `norm(x)`", "|", (1, 1)),
    ("2x", "a product needs its operator; write `2*x`", "x", (1, 2)),
    ("2e + 1", "a product needs its operator; write `2*e`", "e", (1, 2)),
    ("2(x+1)", "a product needs its operator; write `2*(…)`", "(", (1, 2)),
    (
        "(a)(b)(c+1)2",
        "found `2`, expected an operator or the end of the line; for a product write `…)*2`",
        "2",
        (1, 12),
    ),
    ("(a+b)(c+d)", "`(a+b)` is not a function; for a product write `(a+b)*(…)`", "(", (1, 6)),
    ("x y", "a product needs its operator; write `x*y`", "y", (1, 3)),
    ("log(det(A)", "`(` is never closed; write `)` where it ends", "(", (1, 4)),
    ("x = [1,\n 2\ny", "`[` is never closed; write `]` where it ends", "[", (1, 5)),
    ("f(x))", "`)` closes nothing; no bracket is open here", ")", (1, 5)),
    ("f(x]", "found `]`, expected `)` to close the `(` at 1:2", "]", (1, 4)),
    (
        "y = (a = b)",
        "`=` gives a name to a value and stands once, at the front of a line; to compare, write `==`",
        "=",
        (1, 8),
    ),
    (
        "x = y = 3",
        "`=` gives a name to a value and stands once, at the front of a line; to compare, write `==`",
        "=",
        (1, 7),
    ),
    ("where(x => 0, 1, 2)", "`=>` is not a comparison; write `>=`", "=", (1, 9)),
    ("x => 0", "`=>` is not a comparison; write `>=`", "=", (1, 3)),
    ("2 = x", "found `2` before `=`, expected a name; to compare, write `==`", "2", (1, 1)),
    (
        "a + b = 3",
        "found `a + b` before `=`, expected a name, as in `y = 2*x`; to compare, write `==`",
        "a + b",
        (1, 1),
    ),
    (
        "x[0] = 1",
        "`x[0]` cannot be assigned to, for values never change; build a new one, as with `where(…)`",
        "x[0]",
        (1, 1),
    ),
    ("a, 2 = b", "found `2` before `=`, expected a name to assign to", "2", (1, 4)),
    ("f(2) = 3", "found `2` before `=`, expected a parameter's name", "2", (1, 3)),
    ("f(x=1) = x", "parameters have no default values; write just `x`", "x=1", (1, 3)),
    ("f(x, x) = x", "the name `x` stands here twice", "x", (1, 6)),
    ("a, a = b", "the name `a` stands here twice", "a", (1, 4)),
    ("x += 1", "`+=` is not assignment here; write `x = x + …`", "+=", (1, 3)),
    ("x := 1", "`:=` is not assignment; write `=`", ":", (1, 3)),
    ("x = ", "found the end of the formula, expected an expression after `=`", "", (1, 4)),
    ("x =\ny", "found the end of the line, expected an expression after `=`", "", (1, 4)),
    ("a + ", "found the end of the formula, expected an expression after `+`", "", (1, 4)),
    ("a * / b", "found `/`, expected an expression after `*`", "/", (1, 5)),
    ("f(,)", "found `,`, expected an expression after `(`", ",", (1, 3)),
    ("", "there is no formula here; write one, as `exp(1)`", "", (1, 1)),
    (" # only words\n", "there is no formula here; write one, as `exp(1)`", "", (2, 1)),
    ("x = 1 ? 2", "found the character `?`, which no formula contains; leave it out or write its name", "?", (1, 7)),
    ("x\u{7}", "found the character '\\u{7}', which no formula contains; leave it out", "\u{7}", (1, 2)),
    ("load(\"a.csv)", "this string has no end; close it with `\"`", "\"", (1, 6)),
    ("A'", "`'` does not transpose; write `.T`", "'", (1, 2)),
    ("'a\\qb'", "`\\q` means nothing in a string; for a backslash write `\\\\`", "'a\\qb'", (1, 1)),
    ("if x > 0: y", "the formula language has no statements like `if`; write `where(condition, a, b)`", "if", (1, 1)),
    (
        "for i in x: i",
        "the formula language has no statements like `for`; operations work on whole arrays, as `sum(x**2)`",
        "for",
        (1, 1),
    ),
    ("y = 1\ndef f(x): x", "the formula language has no statements like `def`; write `f(x) = …`", "def", (2, 1)),
    ("return x", "the formula language has no statements like `return`; write just the expression", "return", (1, 1)),
    (
        "class A: x",
        "the formula language has no statements like `class`; a line is `name = expression`, `f(x) = expression`, `assume(condition)` or an expression",
        "class",
        (1, 1),
    ),
    ("y = x if x > 0 else -x", "a choice is a function here; write `where(x > 0, x, -x)`", "if", (1, 7)),
    ("y = x if", "a choice is a function here; write `where(condition, a, b)`", "if", (1, 7)),
    ("[a for a in b]", "the formula language has no loops; operations work on whole arrays, as `x**2`", "for", (1, 4)),
    ("a in b", "`in` is not an operator here; write `any(x == y)`", "in", (1, 3)),
    ("a is None", "`is` is not an operator here; write `==`", "is", (1, 3)),
    ("a && b", "`&&` is not an operator; write `and`", "&", (1, 4)),
    ("a || b", "`||` is not an operator; write `or`", "|", (1, 4)),
    ("!a", "`!` is not an operator; write `not x`", "!", (1, 1)),
    ("n!", "`!` is not factorial; write `gamma(n + 1)`", "!", (1, 2)),
    (
        "lambda*exp(-lambda*x)",
        "`lambda` begins a function, as `lambda x: x**2`; as the name of a variable write `lam`",
        "lambda",
        (1, 1),
    ),
    (
        "2*lambda",
        "`lambda` begins a function; put `lambda x: …` in brackets here, or name a variable `lam`",
        "lambda",
        (1, 3),
    ),
    ("a + not b", "`not` binds loosely; put `not …` in brackets here", "not", (1, 5)),
    ("-not b", "`not` binds loosely; put `not …` in brackets here", "not", (1, 2)),
    (
        "pass + 1",
        "the formula language has no statements like `pass`; a line is `name = expression`, `f(x) = expression`, `assume(condition)` or an expression",
        "pass",
        (1, 1),
    ),
    ("1 + pass", "found `pass`, a reserved word, expected an expression; choose another name", "pass", (1, 5)),
    ("x.", "found the end of the formula, expected a name after `.`, as in `A.T`", "", (1, 3)),
    ("x.*y", "`.*` is not an operator; operators work element by element, so leave out the dot", "*", (1, 3)),
    ("x[]", "this index is empty; write one, as `x[0]` or `x[:]`", "[]", (1, 2)),
    ("f(...)", "`...` may stand only in an index, as in `x[..., 0]`", "...", (1, 3)),
    ("f(:)", "`:` may stand only in an index, as in `x[:, 0]`", ":", (1, 3)),
    ("[1 2]", "found `2`, expected `,` or `]`; write commas between elements, as `[1, 2]`", "2", (1, 4)),
    ("[1, 2; 3, 4]", "`;` does not end a row; write the rows of a matrix as `[[1, 2], [3, 4]]`", ";", (1, 6)),
    ("f(a=1, a=2)", "the argument `a` is given twice", "a", (1, 8)),
    ("f(a=1, b)", "an argument without a name cannot follow one with a name; move it to the front", "b", (1, 8)),
    ("assume(x > 0, y > 0)", "`assume` takes one condition, as `assume(x > 0)`", "assume(x > 0, y > 0)", (1, 1)),
    ("0xFF", "`0xFF`: numbers are written in decimal, as `255` or `1e-3`", "0xFF", (1, 1)),
    ("1e999", "the number `1e999` is beyond the largest float, 1.8e308; write `inf`", "1e999", (1, 1)),
    (
        "9223372036854775808",
        "the integer `9223372036854775808` does not fit into 64 bits; write it as a float, `9223372036854775808.0`",
        "9223372036854775808",
        (1, 1),
    ),
    (
        "a × b",
        "`×` is not an operator; write `*` for a product element by element, `@` for a matrix product",
        "×",
        (1, 3),
    ),
    (
        "a · b",
        "`·` is not an operator; write `*` for a product element by element, `@` for a matrix product",
        "·",
        (1, 3),
    ),
    ("x²", "`²` is not power; write `**2`", "²", (1, 2)),
    ("x⁷", "`⁷` is not power; write `**7`", "⁷", (1, 2)),
    ("Aᵀ", "`ᵀ` does not transpose; write `.T`", "ᵀ", (1, 2)),
    ("√x", "`√` is not an operator; write `sqrt(x)`", "√", (1, 1)),
    ("1 – x", "`–` is a dash, not a minus; write `-`", "–", (1, 3)),
    ("load(“a”)", "`“` is not a quote here; write `\"`", "“", (1, 6)),
    ("{1}", "`{` is not a bracket of the formula language; write `(…)` or, for an array, `[…]`", "{", (1, 1)),
    ("\\frac{a}{b}", "`\\frac` looks like LaTeX; write the formula as in Python, as `exp(-x**2/2)`", "\\", (1, 1)),
    ("a \\ b", "`\\b` looks like LaTeX; write the formula as in Python, as `exp(-x**2/2)`", "\\", (1, 3)),
    ("a \\ 2", "`\\` may stand only at the end of a line, which it joins with the next one", "\\", (1, 3)),
];

#[test]
fn every_mistake_is_explained_where_it_stands() {
    for (source, message, under, place) in MISTAKES {
        let error = error(source);
        assert_eq!(error.message(), *message, "{source:?}");
        assert_eq!(error.kind(), ErrorKind::Syntax);
        let span = error.span().unwrap();
        assert_eq!(&source[span.start..span.end], *under, "the place in {source:?}");
        assert_eq!((span.line, span.column), *place, "the place in {source:?}");
    }
}

#[test]
fn a_single_expression_is_no_script() {
    for (source, message) in [
        ("x = 1", "`=` gives a name to a value and stands once, at the front of a line; to compare, write `==`"),
        ("x\ny", "found `y`, expected the end of the expression"),
        ("", "there is no formula here; write one, as `exp(1)`"),
    ] {
        assert_eq!(parse_expr(source).unwrap_err().message(), message);
    }
}

#[test]
fn errors_are_shown_with_a_caret() {
    let show = |source: &str| render(&error(source), Some("one_step.gr"), source);
    assert_eq!(
        show("# step\n\ny = x^2"),
        "error: `^` is not power; write `x**2`\n --> one_step.gr:3:6\n3 | y = x^2\n  |      ^\n"
    );
    assert_eq!(
        render(&error("\tσ + 数据 + x[0] = 1"), None, "\tσ + 数据 + x[0] = 1").lines().skip(1).collect::<Vec<_>>(),
        [" --> formula:1:2", "1 |     σ + 数据 + x[0] = 1", "  |     ^^^^^^^^^^^^^^^"]
    );
    assert_eq!(
        show(&("\n".repeat(9) + "x = ")).lines().skip(1).collect::<Vec<_>>(),
        ["  --> one_step.gr:10:4", "10 | x =", "   |    ^"]
    );
    // Only the first line of a place is shown, and control characters do not reach the terminal.
    assert_eq!(
        show("f(x,\n\u{1b}[31m)").lines().skip(1).collect::<Vec<_>>(),
        [" --> one_step.gr:2:1", "2 | \u{fffd}[31m)", "  | ^"]
    );
    let plain = Error::new(ErrorKind::Io, "no such file");
    assert_eq!(render(&plain, None, ""), "error: no such file\n");
}

#[test]
fn long_lines_are_clipped_around_the_caret() {
    let source = "a + ".repeat(100) + "x^2" + &" + b".repeat(100);
    let shown = render(&error(&source), None, &source);
    let lines: Vec<&str> = shown.lines().collect();
    assert!(lines[2].chars().count() < 110, "{shown}");
    let caret = lines[3].chars().position(|c| c == '^').unwrap();
    assert_eq!(lines[2].chars().nth(caret), Some('^'));
    assert!(lines[2].starts_with("1 | …") && lines[2].ends_with('…'));
    let source = "1".to_string() + &"+1".repeat(5000) + " = 3";
    assert!(render(&error(&source), None, &source).len() < 1000);
}
