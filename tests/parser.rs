//! The formula language is read by Python's rules, printed back, and its mistakes are explained.

use gradus::text::*;
use gradus::{Error, ErrorKind};
use proptest::prelude::*;

/// A tree with every bracket written out, so that precedence can be seen.
fn tree(expr: &Expr) -> String {
    let chain = |first: &Expr, rest: Vec<String>| format!("({} {})", tree(first), rest.join(" "));
    match &expr.kind {
        ExprKind::Number(n) => n.text.clone(),
        ExprKind::Name(name) => name.clone(),
        ExprKind::Str(text) => format!("{text:?}"),
        ExprKind::Bool(b) => format!("{b}"),
        ExprKind::None => "none".into(),
        ExprKind::List(items) => format!("[{}]", items.iter().map(tree).collect::<Vec<_>>().join(" ")),
        ExprKind::Tuple(items) => format!("<{}>", items.iter().map(tree).collect::<Vec<_>>().join(" ")),
        ExprKind::Unary(op, operand) => format!("({} {})", op.symbol(), tree(operand)),
        ExprKind::Binary { first, rest } => {
            chain(first, rest.iter().map(|s| format!("{} {}", s.op.symbol(), tree(&s.expr))).collect())
        }
        ExprKind::Compare { first, rest } => {
            chain(first, rest.iter().map(|s| format!("{} {}", s.op.symbol(), tree(&s.expr))).collect())
        }
        ExprKind::Power { base, exponent } => format!("({} ** {})", tree(base), tree(exponent)),
        ExprKind::Call(call) => format!("{}{}", call.func.name, args(&call.args)),
        ExprKind::Chain { base, links } => {
            format!("{{{}{}}}", tree(base), links.iter().map(|l| format!(" {}", link(&l.kind))).collect::<String>())
        }
        ExprKind::Lambda(lambda) => {
            let params = lambda.params.iter().map(|p| p.name.clone()).collect::<Vec<_>>().join(" ");
            format!("(λ {params} . {})", tree(&lambda.body))
        }
    }
}

fn args(args: &Args) -> String {
    let mut all: Vec<String> = args.positional.iter().map(tree).collect();
    all.extend(args.keyword.iter().map(|(name, value)| format!("{}={}", name.name, tree(value))));
    format!("({})", all.join(" "))
}

fn link(kind: &LinkKind) -> String {
    let part = |e: &Option<Expr>| e.as_ref().map(tree).unwrap_or_default();
    match kind {
        LinkKind::Method(name, a) => format!(".{}{}", name.name, args(a)),
        LinkKind::Attribute(name) => format!(".{}", name.name),
        LinkKind::Call(a) => args(a),
        LinkKind::Index(items) => {
            let items = items.iter().map(|item| match item {
                Item::Expr(e) => tree(e),
                Item::Slice { start, stop, step } => format!("{}:{}:{}", part(start), part(stop), part(step)),
                Item::Ellipsis => "...".into(),
                Item::NewAxis => "new".into(),
            });
            format!("[{}]", items.collect::<Vec<_>>().join(" "))
        }
    }
}

#[track_caller]
fn expr(source: &str) -> Expr {
    parse_expr(source).unwrap_or_else(|e| panic!("{}", render(&e, None, source)))
}

#[track_caller]
fn error(source: &str) -> Error {
    match parse(source) {
        Ok(script) => panic!("{source:?} was read as {script}"),
        Err(e) => e,
    }
}

/// Formula, tree, printed form.
const PRECEDENCE: &[(&str, &str, &str)] = &[
    ("a+b*c", "(a + (b * c))", "a + b*c"),
    ("a-b+c-d", "(a - b + c - d)", "a - b + c - d"),
    ("a-(b+c)", "(a - (b + c))", "a - (b + c)"),
    ("(a+b)+c", "((a + b) + c)", "(a + b) + c"),
    ("a*b/c//d%e@f", "(a * b / c // d % e @ f)", "a*b/c//d % e @ f"),
    ("a/(b*c)", "(a / (b * c))", "a/(b*c)"),
    ("-x**2", "(- (x ** 2))", "-x**2"),
    ("(-x)**2", "((- x) ** 2)", "(-x)**2"),
    ("2**-x", "(2 ** (- x))", "2**-x"),
    ("2**3**4", "(2 ** (3 ** 4))", "2**3**4"),
    ("(2**3)**4", "((2 ** 3) ** 4)", "(2**3)**4"),
    ("-2**-3**-4", "(- (2 ** (- (3 ** (- 4)))))", "-2**-3**-4"),
    ("--x", "(- (- x))", "--x"),
    ("-a*b", "((- a) * b)", "-a*b"),
    ("-(a*b)", "(- (a * b))", "-(a*b)"),
    ("a*-b", "(a * (- b))", "a*-b"),
    ("+x - +y", "((+ x) - (+ y))", "+x - +y"),
    ("~a & b | c", "(((~ a) & b) | c)", "~a & b | c"),
    ("a | b & c == d", "((a | (b & c)) == d)", "a | b & c == d"),
    ("a & (b == c)", "(a & (b == c))", "a & (b == c)"),
    ("0 < x <= 1 != y", "(0 < x <= 1 != y)", "0 < x <= 1 != y"),
    ("(a < b) < c", "((a < b) < c)", "(a < b) < c"),
    ("not a == b", "(not (a == b))", "not a == b"),
    ("not not a", "(not (not a))", "not not a"),
    ("a or not b and c", "(a or ((not b) and c))", "a or not b and c"),
    ("a and b and c or d or e", "((a and b and c) or d or e)", "a and b and c or d or e"),
    ("(a or b) and c", "((a or b) and c)", "(a or b) and c"),
    ("x.T @ y", "({x .T} @ y)", "x.T @ y"),
    ("-x.T", "(- {x .T})", "-x.T"),
    ("x[0]**2", "({x [0]} ** 2)", "x[0]**2"),
    ("(a+b).sum(axis=0).T[1]", "{(a + b) .sum(axis=0) .T [1]}", "(a + b).sum(axis=0).T[1]"),
    ("svd(A).U", "{svd(A) .U}", "svd(A).U"),
    ("f(x)(y)", "{f(x) (y)}", "f(x)(y)"),
    ("(f)(x)", "f(x)", "f(x)"),
    ("(lambda x: x)(3)", "{(λ x . x) (3)}", "(lambda x: x)(3)"),
    ("f(lambda x, y: x+y, z)", "f((λ x y . (x + y)) z)", "f(lambda x, y: x + y, z)"),
    ("lambda: 1", "(λ  . 1)", "lambda: 1"),
    ("f(x, axis=0, keepdims=True,)", "f(x axis=0 keepdims=true)", "f(x, axis=0, keepdims=True)"),
    ("f()", "f()", "f()"),
    ("x[:, 0:4]", "{x [:: 0:4:]}", "x[:, 0:4]"),
    ("x[::2, 1:, :-1, ::]", "{x [::2 1:: :(- 1): ::]}", "x[::2, 1:, :-1, :]"),
    ("x[..., None, np.newaxis]", "{x [... new new]}", "x[..., None, None]"),
    ("x[[0, 1]]", "{x [[0 1]]}", "x[[0, 1]]"),
    ("x[i][j].T", "{x [i] [j] .T}", "x[i][j].T"),
    ("[[1, 2], [3, 4],]", "[[1 2] [3 4]]", "[[1, 2], [3, 4]]"),
    ("[]", "[]", "[]"),
    ("()", "<>", "()"),
    ("(1,)", "<1>", "(1,)"),
    ("(1, 2)", "<1 2>", "(1, 2)"),
    ("a, b", "<a b>", "(a, b)"),
    ("((((x))))", "x", "x"),
    ("True, False, None", "<true false none>", "(True, False, None)"),
    ("f('a\\'b', \"c\\\"d\\n\")", "f(\"a'b\" \"c\\\"d\\n\")", "f(\"a'b\", \"c\\\"d\\n\")"),
    (
        "1_000 + 1e-3 + .5 + 5. + 1.5E+3 + 0",
        "(1_000 + 1e-3 + .5 + 5. + 1.5E+3 + 0)",
        "1_000 + 1e-3 + .5 + 5. + 1.5E+3 + 0",
    ),
    ("(5).T", "{5 .T}", "(5).T"),
    ("np.exp(x)", "exp(x)", "exp(x)"),
    ("jax.numpy.sum(x)", "sum(x)", "sum(x)"),
    ("jax.nn.relu(jnp.abs(x))", "relu(abs(x))", "relu(abs(x))"),
    ("torch.nn.functional.softmax(x, dim=-1)", "softmax(x dim=(- 1))", "softmax(x, dim=-1)"),
    ("np.linalg.inv(A).T", "{inv(A) .T}", "inv(A).T"),
    ("scipy.special.erf(x) * math.pi", "(erf(x) * pi)", "erf(x)*pi"),
    ("torch.linalg.svd(A).S[0]", "{svd(A) .S [0]}", "svd(A).S[0]"),
    ("2*π*σ₁ − ∞", "((2 * pi * σ₁) - inf)", "2*pi*σ₁ - inf"),
    ("a ≤ b ≥ c ≠ d", "(a <= b >= c != d)", "a <= b >= c != d"),
    ("(a +\n  b  # and\n  * c\n)", "(a + (b * c))", "a + b*c"),
    ("a + \\\n b", "(a + b)", "a + b"),
    ("f(x == 1)", "f((x == 1))", "f(x == 1)"),
];

#[test]
fn precedence_is_pythons_and_printing_needs_no_more_brackets() {
    for (source, shape, printed) in PRECEDENCE {
        let expr = expr(source);
        assert_eq!(tree(&expr), *shape, "the tree of {source:?}");
        assert_eq!(expr.to_string(), *printed, "{source:?} printed");
        assert_eq!(self::expr(printed), expr, "{source:?} printed and read again");
    }
}

#[test]
fn numbers_keep_their_text_and_have_their_value() {
    let value = |source: &str| match expr(source).kind {
        ExprKind::Number(n) => {
            assert_eq!(n.text, source);
            n.value
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(value("1_000"), NumberValue::Int(1000));
    assert_eq!(value("9223372036854775807"), NumberValue::Int(i64::MAX));
    assert_eq!(value("1e3"), NumberValue::Float(1000.0));
    assert_eq!(value("5."), NumberValue::Float(5.0));
    assert_eq!(value(".5"), NumberValue::Float(0.5));
    assert_eq!(value("1_0.2_5e-1_0"), NumberValue::Float(10.25e-10));
}

#[test]
fn statements_are_read_with_their_text_and_place() {
    let source = "# a script\nimport numpy as np; from torch.nn import functional as F\r\n\
                  x = np.array([1,\n  2]) ; p(w, b) = F.softmax(w*x + b)\n\nassume(x > 0)\nU, _, _ = svd(A)\n  (x+1) ; x, y";
    let script = parse(source).unwrap();
    let seen: Vec<_> = script.statements.iter().map(|s| (s.to_string(), s.text.as_str(), s.span.line)).collect();
    let expected = [
        ("x = array([1, 2])", "np.array([1,\n  2])", 3),
        ("p(w, b) = softmax(w*x + b)", "F.softmax(w*x + b)", 4),
        ("assume(x > 0)", "x > 0", 6),
        ("U, _, _ = svd(A)", "svd(A)", 7),
        ("x + 1", "(x+1)", 8),
        ("(x, y)", "x, y", 8),
    ];
    let seen: Vec<_> = seen.iter().map(|(printed, text, line)| (printed.as_str(), *text, *line)).collect();
    assert_eq!(seen, expected);
    assert!(matches!(&script.statements[1].kind, StatementKind::Function { params, .. } if params.len() == 2));
    assert!(matches!(&script.statements[2].kind, StatementKind::Assume(_)));
    assert!(matches!(&script.statements[3].kind, StatementKind::Assign { names, .. } if names.len() == 3));
    assert_eq!(parse(&script.to_string()).unwrap(), script);
}

#[test]
fn a_module_prefix_gives_way_to_a_variable_of_its_name() {
    assert_eq!(parse("F.T").unwrap().to_string(), "F.T");
    assert_eq!(parse("import torch.nn.functional as F\nF.relu(x)").unwrap().to_string(), "relu(x)");
    assert_eq!(parse("import torch as t\nt.nn.functional.relu(x)").unwrap().to_string(), "relu(x)");
    let script = parse("np = 3\nnp.T").unwrap();
    assert_eq!(
        tree(match &script.statements[1].kind {
            StatementKind::Expr(e) => e,
            other => panic!("{other:?}"),
        }),
        "{np .T}"
    );
    assert_eq!(parse(&script.to_string()).unwrap(), script);
}

#[test]
fn spans_cut_the_source() {
    let source = "y = 1\nz = (a + μ) * np.exp(-x).sum(axis=0)[1:] - b";
    let script = parse(source).unwrap();
    let StatementKind::Assign { value, .. } = &script.statements[1].kind else { panic!() };
    let cut = |span: gradus::Span| &source[span.start..span.end];
    let ExprKind::Binary { first, rest } = &value.kind else { panic!() };
    assert_eq!(cut(first.span), "(a + μ) * np.exp(-x).sum(axis=0)[1:]");
    assert_eq!((cut(rest[0].op_span), rest[0].op_span.line, rest[0].op_span.column), ("-", 2, 42));
    let ExprKind::Binary { first, rest } = &first.kind else { panic!() };
    assert_eq!((cut(first.span), first.span.column), ("(a + μ)", 5));
    let ExprKind::Chain { base, links } = &rest[0].expr.kind else { panic!() };
    assert_eq!(cut(base.span), "np.exp(-x)");
    assert_eq!(cut(links[0].span), "np.exp(-x).sum(axis=0)");
    assert_eq!(cut(links[1].span), "np.exp(-x).sum(axis=0)[1:]");
    let ExprKind::Call(call) = &base.kind else { panic!() };
    assert_eq!(cut(call.func.span), "exp");
}

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

/// The textbook formulas that the project is measured on.
const TEXTBOOK: &[&str] = &[
    "sqrt(sum(x**2))",
    "sum(abs(x)**3)**(1/3)",
    "log(det(A))",
    "log(det(A) / det(B))",
    "log(prod(x))",
    "(g @ g) / (g @ H @ g)",
    "prod(x)",
    "sqrt(trace(A.T @ A))",
    "sum(x**2) - 2*sum(x*y) + sum(y**2)",
    "log(sqrt(1/(2*pi*s2)) * exp(-(x-mu)**2/(2*s2)))",
    "log(sqrt(beta/(2*pi)) * exp(-0.5*beta*(x-mu)**2))",
    "log(sum(w * sqrt(1/(2*pi*s2)) * exp(-(x-mu)**2/(2*s2))))",
    "w*sqrt(1/(2*pi*s2))*exp(-(x-mu)**2/(2*s2)) / sum(w*sqrt(1/(2*pi*s2))*exp(-(x-mu)**2/(2*s2)))",
    "log(sqrt(1/((2*pi)**3*det(S))) * exp(-0.5*(x-m) @ inv(S) @ (x-m)))",
    "log(sqrt(det(B)/((2*pi)**30)) * exp(-0.5*(x-m) @ B @ (x-m)))",
    "log(lam*exp(-lam*x))",
    "log(1/(2*g) * exp(-abs(x-mu)/g))",
    "-mean(y*log(1/(1+exp(-z))) + (1-y)*log(1-1/(1+exp(-z))))",
    "exp(ll)*prior / sum(exp(ll)*prior)",
    "mean(x**2) - mean(x)**2",
    "sqrt(mean((x-mean(x))**2))",
    "1/(1+exp(-x))",
    "log(1+exp(x))",
    "log(1/(1+exp(-x)))",
    "1 - 0.5*(1+erf(x/sqrt(2)))",
    "exp(x)/sum(exp(x))",
    "log(exp(x)/sum(exp(x)))",
    "-mean(sum(y*log(exp(z)/sum(exp(z), axis=1, keepdims=True)), axis=1))",
    "log(sum(exp(x)))",
    "log(mean(exp(x)))",
    "log(exp(a) + exp(b))",
    "log(exp(a) - exp(b))",
    "-sum(p*log(p))",
    "-p*log(p) - (1-p)*log(1-p)",
    "sum(p*log(p/q))",
    "0.5*sum(p*log(p/(0.5*(p+q)))) + 0.5*sum(q*log(q/(0.5*(p+q))))",
    "log(exp(x))",
    "log(1+x)",
    "log(a/b)",
    "sqrt(x+1)-sqrt(x)",
    "1/x - 1/(x+1)",
    "1-cos(x)",
    "(-b+sqrt(b**2-4*a*c))/(2*a)",
    "exp(x+h)-exp(x)",
    "sum(where(x > 0, sqrt(x), 0*x))",
    "sum(where(x == 0, 0*x, 1/x))",
    "mean(x)",
    "argmax(a+1)",
    "f - e*(g @ g) + 0.5*e**2*(g @ H @ g)",
    "x*0.5*(1+erf(x/sqrt(2)))",
];

#[test]
fn textbook_formulas_are_read_and_printed_back() {
    for source in TEXTBOOK {
        let script = parse(source).unwrap_or_else(|e| panic!("{}", render(&e, None, source)));
        assert_eq!(script.statements[0].text, *source);
        assert_eq!(parse(&script.to_string()).unwrap(), script, "{source}");
    }
}

fn node(kind: ExprKind) -> Expr {
    Expr { kind, span: gradus::Span::default() }
}

fn ident() -> impl Strategy<Value = Ident> {
    "[a-d][a-z0-9_]{0,2}|[A-Z]|σ"
        .prop_filter("a reserved word", |name| parse_expr(name).is_ok())
        .prop_map(|name| Ident { name, span: gradus::Span::default() })
}

fn leaf() -> impl Strategy<Value = Expr> {
    prop_oneof![
        (0..i64::MAX).prop_map(|i| ExprKind::Number(Number { text: i.to_string(), value: NumberValue::Int(i) })),
        (0.0..1e300f64).prop_map(|v| ExprKind::Number(Number { text: format!("{v:?}"), value: NumberValue::Float(v) })),
        ident().prop_map(|i| ExprKind::Name(i.name)),
        ".{0,6}".prop_map(ExprKind::Str),
        any::<bool>().prop_map(ExprKind::Bool),
        Just(ExprKind::None),
    ]
    .prop_map(node)
}

fn ops(level: usize) -> Vec<BinaryOp> {
    use BinaryOp::*;
    [vec![Add, Sub], vec![Mul, Div, FloorDiv, Mod, MatMul], vec![BitAnd], vec![BitOr], vec![And], vec![Or]][level]
        .clone()
}

fn compare_op() -> impl Strategy<Value = CompareOp> {
    use CompareOp::*;
    prop::sample::select(vec![Less, LessEqual, Greater, GreaterEqual, Equal, NotEqual])
}

fn step<Op>(op: Op, expr: Expr) -> Step<Op> {
    Step { op, op_span: gradus::Span::default(), expr }
}

fn arguments(expr: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = Args> {
    let keyword = prop::collection::vec((ident(), expr.clone()), 0..3);
    (prop::collection::vec(expr, 0..3), keyword).prop_map(|(positional, mut keyword)| {
        let mut seen = std::collections::HashSet::new();
        keyword.retain(|(name, _)| seen.insert(name.name.clone()));
        Args { positional, keyword }
    })
}

fn index(expr: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = Item> {
    let bound = prop::option::of(expr.clone());
    prop_oneof![
        expr.prop_filter("a new axis", |e| e.kind != ExprKind::None).prop_map(Item::Expr),
        (bound.clone(), bound.clone(), bound).prop_map(|(start, stop, step)| Item::Slice { start, stop, step }),
        Just(Item::Ellipsis),
        Just(Item::NewAxis),
    ]
}

fn links(expr: impl Strategy<Value = Expr> + Clone) -> impl Strategy<Value = Vec<Link>> {
    let kind = prop_oneof![
        (ident(), arguments(expr.clone())).prop_map(|(name, args)| LinkKind::Method(name, args)),
        ident().prop_map(LinkKind::Attribute),
        prop::collection::vec(index(expr), 1..3).prop_map(LinkKind::Index),
    ];
    prop::collection::vec(kind.prop_map(|kind| Link { kind, span: gradus::Span::default() }), 1..4)
}

fn any_expr() -> impl Strategy<Value = Expr> {
    leaf().prop_recursive(5, 60, 4, |expr| {
        let many = prop::collection::vec(expr.clone(), 0..4);
        let unary = prop::sample::select(vec![UnaryOp::Neg, UnaryOp::Pos, UnaryOp::Invert, UnaryOp::Not]);
        let chain = (0..6usize).prop_flat_map({
            let expr = expr.clone();
            move |level| prop::collection::vec((prop::sample::select(ops(level)), expr.clone()), 1..4)
        });
        let compares = prop::collection::vec((compare_op(), expr.clone()), 1..4);
        prop_oneof![
            many.clone().prop_map(ExprKind::List),
            many.prop_map(ExprKind::Tuple),
            (unary, expr.clone()).prop_map(|(op, e)| ExprKind::Unary(op, Box::new(e))),
            (expr.clone(), chain).prop_map(|(first, rest)| ExprKind::Binary {
                first: Box::new(first),
                rest: rest.into_iter().map(|(op, e)| step(op, e)).collect()
            }),
            (expr.clone(), compares).prop_map(|(first, rest)| ExprKind::Compare {
                first: Box::new(first),
                rest: rest.into_iter().map(|(op, e)| step(op, e)).collect()
            }),
            (expr.clone(), expr.clone())
                .prop_map(|(b, e)| ExprKind::Power { base: Box::new(b), exponent: Box::new(e) }),
            (ident(), arguments(expr.clone())).prop_map(|(func, args)| ExprKind::Call(Box::new(Call { func, args }))),
            (expr.clone(), links(expr.clone()))
                .prop_map(|(base, links)| ExprKind::Chain { base: Box::new(base), links }),
            (prop::collection::vec(ident(), 0..3), expr).prop_map(|(mut params, body)| {
                params.sort_by(|a, b| a.name.cmp(&b.name));
                params.dedup();
                ExprKind::Lambda(Box::new(Lambda { params, body }))
            }),
        ]
        .prop_map(node)
    })
}

/// Pieces of formulas in any order: more of them mean something than of arbitrary characters.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "x",
        "f",
        "np.",
        "lambda",
        "1",
        "2.5",
        ".",
        "(",
        ")",
        "[",
        "]",
        ",",
        ":",
        "=",
        "==",
        "+",
        "-",
        "**",
        "*",
        "@",
        "<",
        "not ",
        " and ",
        "|",
        "&",
        "^",
        "!",
        "\n",
        ";",
        " ",
        "'",
        "\"",
        "\\",
        "#",
        "if ",
        "else ",
        "assume(",
        "...",
        "None",
        "π",
        "²",
        "import a as b\n",
        "f(x)",
        "x.T",
        "(a)",
        "[0]",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Reading never panics, an error can be shown, and what was read is printed and read again.
fn survives(source: &str) {
    match parse(source) {
        Ok(script) => {
            let printed = script.to_string();
            let again = parse(&printed).unwrap_or_else(|e| panic!("{source:?}: {}", render(&e, None, &printed)));
            assert_eq!(again, script, "{source:?} printed as {printed:?}");
        }
        Err(error) => {
            let span = error.span().expect("a syntax error has a place");
            assert!(source.get(span.start..span.end).is_some(), "{source:?}: {span:?}");
            assert!(!render(&error, None, source).is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(source in "\\PC{0,40}|[ -~\n\t]{0,40}") {
        survives(&source);
    }

    #[test]
    fn any_pieces_are_read_or_refused(source in pieces()) {
        survives(&source);
    }

    #[test]
    fn any_tree_is_printed_and_read_again(expr in any_expr()) {
        let printed = expr.to_string();
        let again = parse_expr(&printed).unwrap_or_else(|e| panic!("{}", render(&e, None, &printed)));
        prop_assert_eq!(again, expr, "{}", printed);
    }
}
