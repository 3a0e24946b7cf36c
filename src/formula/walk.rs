//! Looks through syntax trees: the names in an expression and the files that a script loads.

use crate::text::{Args, Expr, ExprKind, Item, LinkKind, Script, StatementKind};

/// Calls `f` with an expression and everything inside it, without recursion.
pub(super) fn each<'e>(expr: &'e Expr, f: &mut dyn FnMut(&'e Expr)) {
    let mut pending = vec![expr];
    while let Some(expr) = pending.pop() {
        f(expr);
        let before = pending.len();
        children(expr, &mut pending);
        pending[before..].reverse();
    }
}

fn children<'e>(expr: &'e Expr, out: &mut Vec<&'e Expr>) {
    let args = |a: &'e Args, out: &mut Vec<&'e Expr>| {
        out.extend(&a.positional);
        out.extend(a.keyword.iter().map(|(_, v)| v));
    };
    match &expr.kind {
        ExprKind::List(items) | ExprKind::Tuple(items) => out.extend(items),
        ExprKind::Unary(_, x) => out.push(x),
        ExprKind::Binary { first, rest } => {
            out.push(first);
            out.extend(rest.iter().map(|s| &s.expr));
        }
        ExprKind::Compare { first, rest } => {
            out.push(first);
            out.extend(rest.iter().map(|s| &s.expr));
        }
        ExprKind::Power { base, exponent } => out.extend([&**base, &**exponent]),
        ExprKind::Call(call) => args(&call.args, out),
        ExprKind::Lambda(lambda) => out.push(&lambda.body),
        ExprKind::Chain { base, links } => {
            out.push(base);
            for link in links {
                match &link.kind {
                    LinkKind::Method(_, a) | LinkKind::Call(a) => args(a, out),
                    LinkKind::Index(items) => items.iter().for_each(|item| in_item(item, out)),
                    LinkKind::Attribute(_) => {}
                }
            }
        }
        _ => {}
    }
}

fn in_item<'e>(item: &'e Item, out: &mut Vec<&'e Expr>) {
    match item {
        Item::Expr(e) => out.push(e),
        Item::Slice { start, stop, step } => out.extend([start, stop, step].into_iter().flatten()),
        Item::Ellipsis | Item::NewAxis => {}
    }
}

/// The different names in an expression, those of called functions left out.
pub(super) fn names(expr: &Expr) -> Vec<&str> {
    let mut found: Vec<&str> = vec![];
    each(expr, &mut |e| {
        if let ExprKind::Name(name) = &e.kind
            && !found.contains(&name.as_str())
        {
            found.push(name);
        }
    });
    found
}

/// The expression of a statement.
pub(super) fn expression(kind: &StatementKind) -> &Expr {
    match kind {
        StatementKind::Assign { value, .. } => value,
        StatementKind::Function { body, .. } => body,
        StatementKind::Assume(e) | StatementKind::Expr(e) => e,
    }
}

/// The files that a script loads by a literal name.
pub(super) fn loaded_files(script: &Script) -> Vec<&str> {
    let mut files = vec![];
    for statement in &script.statements {
        each(expression(&statement.kind), &mut |e| {
            if let ExprKind::Call(call) = &e.kind
                && call.func.name == "load"
                && let Some(Expr { kind: ExprKind::Str(file), .. }) = call.args.positional.first()
            {
                files.push(file.as_str());
            }
        });
    }
    files
}

/// True if the name occurs anywhere in the script.
pub(super) fn mentions(script: &Script, name: &str) -> bool {
    script.statements.iter().any(|s| {
        let assigned = matches!(&s.kind, StatementKind::Assign { names, .. } if names.iter().any(|n| n.name == name));
        let mut found = assigned;
        each(expression(&s.kind), &mut |e| match &e.kind {
            ExprKind::Name(n) => found |= n == name,
            ExprKind::Call(call) => found |= call.func.name == name,
            _ => {}
        });
        found
    })
}
