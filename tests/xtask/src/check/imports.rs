//! Checks the direction of imports: sibling modules must not import each other in a circle, and [`RULES`] forbids
//! some imports between siblings.
//!
//! Paths are read from the sources. A module may always import its ancestors and descendants.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::step::Outcome;
use crate::workspace::Workspace;

enum May {
    ImportOnly(&'static [&'static str]),
    NeverImport(&'static [&'static str]),
}

use May::{ImportOnly, NeverImport};

/// A library or program, some of its top-level modules (an empty list means all), and what these may import.
type Rule = (&'static str, &'static [&'static str], May);

const BASE: &[&str] = &["crypto", "encode", "error", "limit"];

#[rustfmt::skip]
const RULES: &[Rule] = &[
    ("tc3_core", BASE, ImportOnly(BASE)),
    ("tc3_core", &["response"], ImportOnly(&[])),
    ("tc3_core", &["tc3"], NeverImport(&["v1"])),
    ("tc3_core", &["v1"], NeverImport(&["tc3"])),
    ("tc3_core", &[], NeverImport(&["signer", "verify"])),
    ("tc3_embedded", &["clock", "deadline", "entropy", "http", "signer"], NeverImport(&["client", "tls"])),
    ("tc3_embedded", &["client"], NeverImport(&["tls"])),
    ("tc3_embedded", &["tls"], NeverImport(&["client"])),
    ("tc3_std", &["client"], NeverImport(&["credentials", "gateway"])),
    ("tc3_std", &["credentials", "tls"], NeverImport(&["gateway"])),
    ("tc3_std", &["gateway"], NeverImport(&["client"])),
    ("tc3_std", &["http"], NeverImport(&["client", "gateway", "tls"])),
    ("tc3_std", &["signer"], NeverImport(&["client", "credentials", "gateway", "http", "tls"])),
];

/// Imports by their text, by the names of the two siblings, by the folder of these.
type Folders = BTreeMap<Vec<String>, BTreeMap<[String; 2], String>>;

pub(crate) fn check(workspace: &Workspace) -> Outcome {
    let (mut faults, mut checked) = (Vec::new(), BTreeSet::new());
    for target in workspace.published().flat_map(|package| &package.targets) {
        if target.is_lib() || target.is_bin() {
            let found = faults_of(&target.name, target.src_path.as_std_path())?;
            faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", target.name)));
            checked.insert(target.name.as_str());
        }
    }
    let unchecked = RULES.iter().filter(|(name, ..)| !checked.contains(name));
    faults.extend(unchecked.map(|(name, ..)| format!("a rule is about {name}, only {checked:?} were read")));
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// Reads the root module and every file that a `mod` line refers to.
fn faults_of(target: &str, root: &Path) -> Outcome<Vec<String>> {
    let root_code = without_tests(&fs::read_to_string(root)?);
    let mut modules = BTreeMap::new();
    let mut unread: Vec<Vec<String>> = children(&root_code).map(|name| vec![name]).collect();
    while let Some(module) = unread.pop() {
        let file = root.with_file_name(module.join("/") + ".rs");
        let code = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let code = without_tests(&code);
        unread.extend(children(&code).map(|name| [module.as_slice(), &[name]].concat()));
        modules.insert(module, code);
    }
    let mut faults = Vec::new();
    let mut folders = Folders::new();
    for (from, path) in
        modules.iter().flat_map(|(from, code)| paths_in(code).into_iter().map(move |it| (from, it)))
    {
        let import = format!("`{}` imports `{path}`", from.join("::"));
        let to = imported(from, &path, &modules);
        // The path of a re-export does not show which module is imported. A public macro has no other path.
        if to.is_empty() && root_code.contains("pub use ") && !path.starts_with('$') {
            faults.push(format!("{import}: name the module that defines it"));
        }
        let depth = from.iter().zip(&to).take_while(|(from, to)| from == to).count();
        if let (Some(from_here), Some(to_here)) = (from.get(depth), to.get(depth)) {
            let folder = from.iter().take(depth).cloned().collect();
            let siblings = [from_here.clone(), to_here.clone()];
            folders.entry(folder).or_default().insert(siblings, import);
        }
    }
    for (_, bound, may) in RULES.iter().filter(|(name, ..)| *name == target) {
        let (ImportOnly(named) | NeverImport(named)) = may;
        let absent =
            bound.iter().chain(*named).filter(|name| !modules.contains_key([name.to_string()].as_slice()));
        faults.extend(absent.map(|name| format!("a rule names the module `{name}`, which does not exist")));
        for ([from, to], import) in folders.get([].as_slice()).into_iter().flatten() {
            let is_bound = bound.is_empty() || bound.contains(&from.as_str());
            if is_bound && named.contains(&to.as_str()) == matches!(may, NeverImport(_)) {
                faults.push(format!("{import}: `{from}` must not import `{to}`"));
            }
        }
    }
    faults.extend(folders.values().filter_map(circle));
    Ok(faults)
}

/// The modules that `mod` lines declare.
fn children(code: &str) -> impl Iterator<Item = String> {
    code.lines().filter_map(|line| Some(line.strip_suffix(';')?.rsplit_once("mod ")?.1.to_owned()))
}

/// The module that a path in `from` leads to; the root if it is empty.
fn imported(from: &[String], path: &str, modules: &BTreeMap<Vec<String>, String>) -> Vec<String> {
    let mut to = from.to_vec();
    for word in path.split("::") {
        match word {
            "self" => {}
            "crate" | "$crate" => to.clear(),
            "super" => drop(to.pop()),
            name => to.push(name.to_owned()),
        }
    }
    while !to.is_empty() && !modules.contains_key(&to) {
        to.pop();
    }
    to
}

fn circle(imports: &BTreeMap<[String; 2], String>) -> Option<String> {
    let mut left = imports.clone();
    loop {
        // A module that imports none of the others, or that none of them imports, is in no circle.
        let (importing, imported): (BTreeSet<_>, BTreeSet<_>) = left.keys().cloned().map(Into::into).unzip();
        let before = left.len();
        left.retain(|[from, to], _| imported.contains(from) && importing.contains(to));
        match left.len() {
            0 => return None,
            now if now == before => break,
            _ => {}
        }
    }
    Some(left.values().fold("a circle of imports:".to_owned(), |list, import| list + "\n  " + import))
}

/// Leaves out comments and every item after `#[cfg(test)]`.
fn without_tests(source: &str) -> String {
    let (mut is_test, mut is_inline) = (false, false);
    let mut code = String::new();
    for line in source.lines() {
        is_test |= line == "#[cfg(test)]";
        is_inline = line != "}" && (is_inline || line.starts_with("mod ") && line.ends_with('{'));
        if !is_test && !line.trim_start().starts_with("//") {
            // In a module within the file, `super` is the file's own module.
            code += &if is_inline { line.replace("super::", "self::") } else { line.to_owned() };
            code.push('\n');
        }
        is_test &= line.starts_with(' ') || !line.ends_with([';', '}']);
    }
    code
}

/// The paths that start at `crate`, `self` or `super`; one for each name of a `use` with braces.
fn paths_in(code: &str) -> BTreeSet<String> {
    let is_mark = |char: char| !char.is_alphanumeric() && !"_$:*".contains(char);
    let (mut paths, mut open, mut is_first) = (BTreeSet::new(), Vec::new(), false);
    // Each piece is a part of a path, and the mark after it.
    for piece in code.split_inclusive(is_mark) {
        let word = piece.trim_end_matches(is_mark).trim_start_matches('*');
        let before = open.last().filter(|_| is_first).cloned().unwrap_or_default();
        let path = if word.is_empty() { String::new() } else { before + word };
        let is_import = ["crate::", "$crate::", "self::", "super::"].iter().any(|it| path.starts_with(it));
        is_first &= path.is_empty();
        if piece.ends_with('{') {
            open.push(if path.ends_with("::") { path } else { String::new() });
        } else if is_import {
            paths.insert(path.trim_end_matches("::").to_owned());
        }
        if piece.ends_with('}') {
            open.pop();
        }
        is_first |= piece.ends_with(['{', ',']);
    }
    paths
}
