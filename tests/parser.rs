//! The formula language is read by Python's rules, printed back, and its mistakes are explained.

#[path = "parser/limits.rs"]
mod limits;
#[path = "parser/mistakes.rs"]
mod mistakes;
#[path = "parser/properties.rs"]
mod properties;

use gradus::Error;
use gradus::text::*;

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
