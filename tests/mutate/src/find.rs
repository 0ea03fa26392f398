//! Finds the places to change in a source file.

use std::ops::Range;

use proc_macro2::Span;
use serde::Deserialize;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, Lit, Stmt};

/// One change of a source file.
pub(crate) struct Mutant {
    pub(crate) line: usize,
    /// The changed lines, before and after, as one line.
    pub(crate) change: String,
    at: Range<usize>,
    replacement: String,
    /// Where the body of the function around it is.
    pub(crate) body: Option<Range<usize>>,
}

impl Mutant {
    /// The changed file, or the part of it that has the change.
    pub(crate) fn source(&self, source: &str, part: &Range<usize>) -> String {
        let before = source.get(part.start..self.at.start).unwrap_or_default();
        let after = source.get(self.at.end..part.end).unwrap_or_default();
        [before, &self.replacement, after].concat()
    }
}

/// All mutants of a file, those that cargo-mutants lists for it included.
pub(crate) fn mutants(source: &str, listed: &[Listed]) -> syn::Result<Vec<Mutant>> {
    let mut finder = Finder { source, found: Vec::new(), in_constant: false, body: None, bodies: Vec::new() };
    finder.visit_file(&syn::parse_file(source)?);
    for it in listed {
        let at = position(source, &it.span.start)..position(source, &it.span.end);
        let body = finder.bodies.iter().find(|body| body.start <= at.start && at.end <= body.end);
        let (_, change) = it.name.split_once(": ").unwrap_or_default();
        let (line, change, replacement) = (it.span.start.line, change.to_owned(), it.replacement.clone());
        let body = body.cloned();
        finder.found.push(Mutant { line, change, at, replacement, body });
    }
    Ok(finder.found)
}

/// What `cargo mutants --list --json` prints.
#[derive(Deserialize)]
pub(crate) struct Listed {
    pub(crate) file: String,
    name: String,
    replacement: String,
    span: Lines,
}

#[derive(Deserialize)]
struct Lines {
    start: Position,
    end: Position,
}

/// Counted from 1, in characters.
#[derive(Deserialize)]
struct Position {
    line: usize,
    column: usize,
}

fn position(source: &str, at: &Position) -> usize {
    let mut lines = source.split_inclusive('\n');
    let before: usize = lines.by_ref().take(at.line.saturating_sub(1)).map(str::len).sum();
    let line = lines.next().unwrap_or_default();
    let within: usize = line.chars().take(at.column.saturating_sub(1)).map(char::len_utf8).sum();
    before.saturating_add(within)
}

struct Finder<'s> {
    source: &'s str,
    found: Vec<Mutant>,
    in_constant: bool,
    /// The body of the function that is visited, and those of all that were.
    body: Option<Range<usize>>,
    bodies: Vec<Range<usize>>,
}

impl Finder<'_> {
    fn replace(&mut self, at: Span, replacement: &str) {
        let (before, after) =
            (self.source.get(..at.byte_range().start), self.source.get(at.byte_range().end..));
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        let start = before.rfind('\n').unwrap_or_default();
        let end = after.split_once('\n').map_or(0, |(_, lines)| lines.len());
        let [from, to] = [self.source, &[before, replacement, after].concat()].map(|text| {
            let lines = text.get(start..text.len().saturating_sub(end)).unwrap_or_default();
            lines.split_whitespace().collect::<Vec<_>>().join(" ")
        });
        let (line, change) = (at.start().line, format!("{from} => {to}"));
        let (at, replacement, body) = (at.byte_range(), replacement.to_owned(), self.body.clone());
        self.found.push(Mutant { line, change, at, replacement, body });
    }

    /// Visits what a function has, whose mutants then know its body, unless they are within another function.
    fn within(&mut self, signature: &syn::Signature, body: &Block, visit: impl FnOnce(&mut Self)) {
        // Each body of a function that returns `impl Trait` has another type.
        let is_outermost = self.body.is_none() && !self.text(&signature.output).contains("impl ");
        if is_outermost {
            self.body = Some(body.span().byte_range());
            self.bodies.push(body.span().byte_range());
        }
        visit(self);
        if is_outermost {
            self.body = None;
        }
    }

    fn text(&self, node: &impl Spanned) -> String {
        self.source.get(node.span().byte_range()).unwrap_or_default().to_owned()
    }

    fn constant(&mut self, value: &Expr) {
        self.in_constant = true;
        self.visit_expr(value);
        self.in_constant = false;
    }
}

fn is_deletable(statement: &Stmt, has_successor: bool) -> bool {
    match statement {
        Stmt::Expr(_, Some(_)) | Stmt::Expr(Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_), None) => true,
        Stmt::Macro(it) => it.semi_token.is_some(),
        // An `if` is changed by `visit_expr_if`.
        Stmt::Expr(it, None) => has_successor && !matches!(it, Expr::If(_)),
        Stmt::Local(_) | Stmt::Item(_) => false,
    }
}

impl<'a> Visit<'a> for Finder<'_> {
    fn visit_attribute(&mut self, _: &'a syn::Attribute) {}

    // An array type of another length does not compile.
    fn visit_type(&mut self, _: &'a syn::Type) {}

    // Neither does the length of an array, nearly always.
    fn visit_expr_repeat(&mut self, it: &'a syn::ExprRepeat) {
        self.visit_expr(&it.expr);
    }

    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        let is_for_tests = |it: &syn::Attribute| self.text(it) == "#[cfg(test)]";
        if !item.attrs.iter().any(is_for_tests) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        self.constant(&item.expr);
    }

    fn visit_impl_item_const(&mut self, item: &'a syn::ImplItemConst) {
        self.constant(&item.expr);
    }

    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.within(&item.sig, &item.block, |it| visit::visit_item_fn(it, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.within(&item.sig, &item.block, |it| visit::visit_impl_item_fn(it, item));
    }

    fn visit_trait_item_fn(&mut self, item: &'a syn::TraitItemFn) {
        match &item.default {
            Some(body) => self.within(&item.sig, body, |it| visit::visit_trait_item_fn(it, item)),
            None => visit::visit_trait_item_fn(self, item),
        }
    }

    fn visit_block(&mut self, block: &'a Block) {
        let last = block.stmts.len().saturating_sub(1);
        for (index, statement) in block.stmts.iter().enumerate() {
            if is_deletable(statement, index < last) {
                self.replace(statement.span(), "");
            }
            self.visit_stmt(statement);
        }
    }

    fn visit_expr_if(&mut self, it: &'a syn::ExprIf) {
        match &it.else_branch {
            Some((_, otherwise)) => self.replace(it.span(), &self.text(otherwise)),
            // A body of one statement becomes empty when that is deleted.
            None if matches!(it.then_branch.stmts.as_slice(), [one] if is_deletable(one, false)) => {}
            None => self.replace(it.then_branch.span(), "{}"),
        }
        visit::visit_expr_if(self, it);
    }

    fn visit_expr_binary(&mut self, it: &'a syn::ExprBinary) {
        if matches!(it.op, BinOp::And(_) | BinOp::Or(_)) {
            self.replace(it.span(), &self.text(&it.left));
            self.replace(it.span(), &self.text(&it.right));
        } else if let Some("+" | "-" | "*" | "|" | "&" | "^") = self.text(&it.op).strip_suffix('=') {
            self.replace(it.op.span(), "=");
        }
        visit::visit_expr_binary(self, it);
    }

    fn visit_lit(&mut self, literal: &'a Lit) {
        match literal {
            Lit::Int(number) => {
                let Ok(value) = number.base10_parse::<u128>() else { return };
                for changed in [value.checked_add(1), value.checked_sub(1)].into_iter().flatten() {
                    self.replace(number.span(), &format!("{changed}{}", number.suffix()));
                }
            }
            Lit::Byte(byte) => self.replace(byte.span(), &format!("{}u8", byte.value().wrapping_add(1))),
            Lit::Str(_) | Lit::ByteStr(_) if self.in_constant => {
                let mut text = self.text(literal);
                // An escape is left alone, and so is the prefix `b`.
                let last = text.rfind(|it: char| it.is_ascii_alphanumeric()).filter(|_| !text.contains('\\'));
                if let Some(at) = last.filter(|at| *at > 0) {
                    let other = if text.get(at..).is_some_and(|it| it.starts_with('x')) { "y" } else { "x" };
                    text.replace_range(at..=at, other);
                    self.replace(literal.span(), &text);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_operator_makes_its_mutants() {
        for (statement, expected) in [
            ("let é = f();", &[][..]),
            ("f(x)?;", &[""]),
            ("é = x;", &[""]),
            ("if x { y() } else { z() }", &["{ z() }"]),
            ("if x { y(); z() }", &["if x {}", "if x { z() }"]),
            ("if x { return; }", &["if x { }"]),
            ("g(x && y || z);", &["", "g(x && y);", "g(z);", "g(x || z);", "g(y || z);"]),
            ("é |= x == y;", &["", "é = x == y;"]),
            ("let a = [2; 2];", &["let a = [3; 2];", "let a = [1; 2];"]),
            ("let a = (b'a', \"text\");", &["let a = (98u8, \"text\");"]),
            ("const A: &str = \"text\\n\";", &[]),
            ("const A: &[u8] = b\"-\";", &[]),
            ("const A: &str = \"text\";", &["const A: &str = \"texx\";"]),
            ("#[cfg(test)] mod a { const A: u8 = 1; }", &[]),
        ] {
            let source = format!("fn f() {{\n{statement}\nend\n}}");
            let found = super::mutants(&source, &[]).unwrap_or_default();
            let changes: Vec<String> = found.into_iter().map(|it| it.change).collect();
            let expected: Vec<String> = expected.iter().map(|to| format!("{statement} => {to}")).collect();
            assert_eq!(changes, expected);
        }
    }
}
