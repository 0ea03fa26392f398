//! Finds the places to change in a source file.

use std::ops::Range;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, BinOp, Block, Expr, ExprIf, Lit, Stmt};

/// One change of a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mutant {
    pub(crate) line: usize,
    pub(crate) bytes: Range<usize>,
    pub(crate) replacement: String,
    /// The innermost function or constant.
    pub(crate) within: String,
}

/// All mutants of a file, in the order of the file.
pub(crate) fn mutants(source: &str) -> syn::Result<Vec<Mutant>> {
    let mut finder = Finder { source, found: Vec::new(), within: String::new(), in_constant: false };
    finder.visit_file(&syn::parse_file(source)?);
    let mut found = finder.found;
    found.sort_by_key(|mutant| (mutant.bytes.start, mutant.bytes.end));
    Ok(found)
}

struct Finder<'s> {
    source: &'s str,
    found: Vec<Mutant>,
    within: String,
    in_constant: bool,
}

impl Finder<'_> {
    fn add(&mut self, at: Span, bytes: Range<usize>, replacement: impl Into<String>) {
        let (line, within) = (at.start().line, self.within.clone());
        self.found.push(Mutant { line, bytes, replacement: replacement.into(), within });
    }

    fn replace(&mut self, at: Span, replacement: impl Into<String>) {
        self.add(at, at.byte_range(), replacement);
    }

    fn text(&self, span: Span) -> String {
        self.source.get(span.byte_range()).unwrap_or_default().to_owned()
    }

    /// Visits an item by its name, unless it is only built for tests.
    fn item(
        &mut self,
        attributes: &[Attribute],
        name: String,
        in_constant: bool,
        visit: impl FnOnce(&mut Self),
    ) {
        if attributes.iter().any(is_for_tests) {
            return;
        }
        let outer = (std::mem::replace(&mut self.within, name), self.in_constant);
        self.in_constant = in_constant;
        visit(self);
        (self.within, self.in_constant) = outer;
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    let Ok(list) = attribute.meta.require_list() else { return false };
    list.path.is_ident("cfg") && matches!(list.tokens.to_string().as_str(), "test" | "fuzzing" | "kani")
}

fn is_deletable(statement: &Stmt, has_successor: bool) -> bool {
    match statement {
        Stmt::Expr(_, Some(_)) => true,
        Stmt::Macro(it) => it.semi_token.is_some(),
        Stmt::Expr(Expr::ForLoop(_) | Expr::While(_) | Expr::Loop(_), None) => true,
        // An `if` is changed by `visit_expr_if`.
        Stmt::Expr(it, None) => has_successor && !matches!(it, Expr::If(_)),
        Stmt::Local(_) | Stmt::Item(_) => false,
    }
}

impl<'a> Visit<'a> for Finder<'_> {
    fn visit_attribute(&mut self, _: &'a Attribute) {}

    // A changed length of an array type does not compile.
    fn visit_type(&mut self, _: &'a syn::Type) {}

    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        self.item(&item.attrs, self.within.clone(), false, |it| visit::visit_item_mod(it, item));
    }

    fn visit_item_impl(&mut self, item: &'a syn::ItemImpl) {
        self.item(&item.attrs, self.within.clone(), false, |it| visit::visit_item_impl(it, item));
    }

    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.item(&item.attrs, item.sig.ident.to_string(), false, |it| visit::visit_item_fn(it, item));
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.item(&item.attrs, item.sig.ident.to_string(), false, |it| visit::visit_impl_item_fn(it, item));
    }

    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        self.item(&item.attrs, item.ident.to_string(), true, |it| visit::visit_item_const(it, item));
    }

    fn visit_impl_item_const(&mut self, item: &'a syn::ImplItemConst) {
        self.item(&item.attrs, item.ident.to_string(), true, |it| visit::visit_impl_item_const(it, item));
    }

    fn visit_item_static(&mut self, item: &'a syn::ItemStatic) {
        self.item(&item.attrs, item.ident.to_string(), true, |it| visit::visit_item_static(it, item));
    }

    fn visit_block(&mut self, block: &'a Block) {
        let last = block.stmts.len().saturating_sub(1);
        for (index, statement) in block.stmts.iter().enumerate() {
            if is_deletable(statement, index < last) {
                self.replace(statement.span(), "");
            }
        }
        visit::visit_block(self, block);
    }

    fn visit_expr_if(&mut self, it: &'a ExprIf) {
        match &it.else_branch {
            // As if the condition were false.
            Some((_, other)) => self.replace(it.span(), self.text(other.span())),
            // A body of one statement becomes empty when that is deleted.
            None if matches!(it.then_branch.stmts.as_slice(), [one] if is_deletable(one, false)) => {}
            None => self.replace(it.then_branch.span(), "{}"),
        }
        visit::visit_expr_if(self, it);
    }

    fn visit_expr_binary(&mut self, it: &'a syn::ExprBinary) {
        if matches!(it.op, BinOp::And(_) | BinOp::Or(_)) {
            self.replace(it.span(), self.text(it.left.span()));
            self.replace(it.span(), self.text(it.right.span()));
        }
        visit::visit_expr_binary(self, it);
    }

    fn visit_arm(&mut self, arm: &'a syn::Arm) {
        if let Some((word, condition)) = &arm.guard {
            let bytes = word.span.byte_range().start..condition.span().byte_range().end;
            self.add(word.span, bytes, "");
        }
        visit::visit_arm(self, arm);
    }

    fn visit_lit(&mut self, literal: &'a Lit) {
        match literal {
            Lit::Int(number) => {
                let Ok(value) = number.base10_parse::<u128>() else { return };
                let changed = [value.checked_add(1), value.checked_sub(1)];
                for value in changed.into_iter().flatten() {
                    self.replace(number.span(), format!("{value}{}", number.suffix()));
                }
            }
            Lit::Byte(byte) => self.replace(byte.span(), byte.value().wrapping_add(1).to_string() + "u8"),
            Lit::Str(_) | Lit::ByteStr(_) | Lit::CStr(_) | Lit::Char(_) if self.in_constant => {
                if let Some(changed) = with_one_byte_changed(&self.text(literal.span())) {
                    self.replace(literal.span(), changed);
                }
            }
            _ => {}
        }
    }
}

/// Changes the last letter or digit that is not part of an escape.
fn with_one_byte_changed(literal: &str) -> Option<String> {
    let mut bytes = literal.as_bytes().to_vec();
    let escape = literal.rfind('\\').map_or(0, |at| at.saturating_add("\\u{ffff}".len()));
    let at = literal.bytes().rposition(|byte| byte.is_ascii_alphanumeric())?;
    let byte = bytes.get_mut(at).filter(|_| at > escape.max(1))?;
    *byte = if matches!(*byte, b'9' | b'Z' | b'z') { byte.wrapping_sub(1) } else { byte.wrapping_add(1) };
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::mutants;

    /// What becomes of one line in a function.
    fn changes(statement: &str) -> Vec<String> {
        let source = format!("fn f() {{ {statement} end }}");
        let found = mutants(&source).map_err(|error| error.to_string());
        let changed = found.unwrap_or_default().into_iter().map(|mutant| {
            let mut changed = source.clone();
            changed.replace_range(mutant.bytes, &mutant.replacement);
            changed.trim_start_matches("fn f() {").trim_end_matches("end }").trim().to_owned()
        });
        changed.collect()
    }

    #[test]
    fn each_operator_makes_its_mutants() {
        for (statement, expected) in [
            ("let é = f();", &[][..]),
            ("f(x)?;", &[""]),
            ("é = x;", &[""]),
            ("if x { y() } else { z() }", &["{ z() }"]),
            ("if x { y(); z() }", &["if x {}", "if x {  z() }"]),
            ("if x { return; }", &["if x {  }"]),
            ("g(x && y || z);", &["", "g(x || z);", "g(y || z);", "g(x && y);", "g(z);"]),
            ("match x { y if z => a, _ => b }", &["", "match x { y  => a, _ => b }"]),
            ("let a = [0; 2];", &["let a = [1; 2];", "let a = [0; 3];", "let a = [0; 1];"]),
            ("let a = (b'a', \"text\");", &["let a = (98u8, \"text\");"]),
            ("const A: &str = \"text\";", &["const A: &str = \"texu\";"]),
            ("#[cfg(test)] const A: u8 = 1;", &[]),
        ] {
            assert_eq!(changes(statement), expected, "{statement}");
        }
    }
}
