//! Shapes of the syntax tree that the checks look for.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt};

/// Calls `on_stmt` and `on_expr` for everything in `body`, outer before inner.
pub(super) fn each<'a>(body: &'a [Stmt], on_stmt: impl FnMut(&'a Stmt), on_expr: impl FnMut(&'a Expr)) {
    struct Each<S, E>(S, E);
    impl<'a, S: FnMut(&'a Stmt), E: FnMut(&'a Expr)> Visitor<'a> for Each<S, E> {
        fn visit_stmt(&mut self, stmt: &'a Stmt) {
            (self.0)(stmt);
            walk_stmt(self, stmt);
        }

        fn visit_expr(&mut self, expr: &'a Expr) {
            (self.1)(expr);
            walk_expr(self, expr);
        }
    }
    Each(on_stmt, on_expr).visit_body(body);
}

/// `a.b.c` as its parts; none for anything else.
pub(super) fn dotted(expr: &Expr) -> Option<Vec<&str>> {
    match expr {
        Expr::Name(name) => Some(vec![name.id.as_str()]),
        Expr::Attribute(attribute) => {
            let mut parts = dotted(&attribute.value)?;
            parts.push(attribute.attr.id.as_str());
            Some(parts)
        }
        _ => None,
    }
}

/// The name that an expression is, and nothing more.
pub(super) fn name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        _ => None,
    }
}

/// The text that an expression is, written out.
pub(super) fn text(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::StringLiteral(literal) => Some(literal.value.to_str()),
        _ => None,
    }
}

/// The last part of what is called: `f` of `f()` and of `a.b.f()`.
pub(super) fn called(call: &ExprCall) -> Option<&str> {
    match &*call.func {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.id.as_str()),
        _ => None,
    }
}

/// What a method is called on.
pub(super) fn receiver(call: &ExprCall) -> Option<&Expr> {
    match &*call.func {
        Expr::Attribute(attribute) => Some(&attribute.value),
        _ => None,
    }
}

/// The value of the argument called `name`.
pub(super) fn keyword<'a>(call: &'a ExprCall, name: &str) -> Option<&'a Expr> {
    let keywords = call.arguments.keywords.iter();
    keywords.into_iter().find(|one| one.arg.as_ref().is_some_and(|arg| arg.id.as_str() == name)).map(|one| &one.value)
}

/// Whether arguments are handed on that cannot be seen: `f(**options)`.
pub(super) fn hands_on(call: &ExprCall) -> bool {
    call.arguments.keywords.iter().any(|one| one.arg.is_none())
}
