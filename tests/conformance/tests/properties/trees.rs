//! Random structured parameters.

use crate::random::Random;
use conformance::Tree;
use tc3_core::MAX_DEPTH;

/// Parameters for TC3: any names and values, in any order.
pub(crate) fn any(random: &mut Random) -> Vec<(String, Tree)> {
    let name = |random: &mut Random| random.utf8(1..=6);
    (0..random.below(5)).map(|_| (name(random), tree(random, MAX_DEPTH, name, 0))).collect()
}

/// Parameters for v1: unique names of letters, digits and dots, and no empty values.
pub(crate) fn strict(random: &mut Random) -> Vec<(String, Tree)> {
    let count = random.below(8);
    let mut fields = Vec::new();
    for _ in 0..count {
        let name = strict_name(random);
        fields.push((name, tree(random, MAX_DEPTH, strict_name, 1)));
    }
    distinct(fields)
}

fn strict_name(random: &mut Random) -> String {
    random.text(|byte| byte.is_ascii_alphanumeric() || byte == b'.', 1..=4)
}

/// A value nested at most `depth` levels deep, and sometimes exactly that deep.
fn tree(random: &mut Random, depth: usize, name: fn(&mut Random) -> String, min: usize) -> Tree {
    let deep = random.one_in(12);
    if deep || (depth > 0 && random.one_in(4)) {
        return nested(random, depth, name, min, deep);
    }
    match random.below(8) {
        0 => Tree::Null,
        1 => Tree::Bool(random.one_in(2)),
        2 => Tree::Int(random.next().cast_signed()),
        3 => Tree::Int(random.below(100) as i64),
        _ => Tree::Text(random.utf8(min..=12)),
    }
}

fn nested(
    random: &mut Random,
    depth: usize,
    name: fn(&mut Random) -> String,
    min: usize,
    deep: bool,
) -> Tree {
    if deep {
        let leaf = Tree::Text(random.utf8(min.max(1)..=3));
        return (0..depth).fold(leaf, |inner, _| match random.below(2) {
            0 => Tree::List(vec![inner]),
            _ => Tree::Object(vec![(name(random), inner)]),
        });
    }
    if random.one_in(2) {
        let len = if random.one_in(4) { 12 } else { random.below(4) };
        let depth = if len == 12 { 0 } else { depth - 1 };
        return Tree::List((0..len).map(|_| tree_or_leaf(random, depth, name, min)).collect());
    }
    let fields: Vec<_> =
        (0..random.below(4)).map(|_| (name(random), tree_or_leaf(random, depth - 1, name, min))).collect();
    Tree::Object(if min > 0 { distinct(fields) } else { fields })
}

fn tree_or_leaf(random: &mut Random, depth: usize, name: fn(&mut Random) -> String, min: usize) -> Tree {
    if depth == 0 { Tree::Text(random.utf8(min..=4)) } else { tree(random, depth, name, min) }
}

/// Removes names that are duplicates or prefixes of another name.
fn distinct(fields: Vec<(String, Tree)>) -> Vec<(String, Tree)> {
    let inside = |a: &str, b: &str| a == b || a.strip_prefix(b).is_some_and(|rest| rest.starts_with('.'));
    let mut distinct: Vec<(String, Tree)> = Vec::new();
    for field in fields {
        if !distinct.iter().any(|(other, _)| inside(other, &field.0) || inside(&field.0, other)) {
            distinct.push(field);
        }
    }
    distinct
}
