//! Any tree is printed and read back the same, and no text makes the parser panic.

use gradus::text::*;
use proptest::prelude::*;

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
