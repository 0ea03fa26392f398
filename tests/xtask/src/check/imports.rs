//! Checks the direction of imports: sibling modules must not import each other in a circle, and [`RULES`] forbids
//! some imports between siblings.
//!
//! Paths are read from the sources. A module may always import its ancestors and descendants.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;

use crate::step::Outcome;
use crate::workspace::{Workspace, list, string};

enum May {
    ImportOnly(&'static [&'static str]),
    NeverImport(&'static [&'static str]),
}

use May::{ImportOnly, NeverImport};

/// A library or program, some of its top-level modules (an empty list means all), and what these may import.
type Rule = (&'static str, &'static [&'static str], May);

const RULES: &[Rule] = &[
    (
        "tc3_core",
        &["crypto", "encode", "error", "limit"],
        ImportOnly(&["crypto", "encode", "error", "limit"]),
    ),
    ("tc3_core", &["response"], ImportOnly(&[])),
    ("tc3_core", &["tc3"], NeverImport(&["v1"])),
    ("tc3_core", &["v1"], NeverImport(&["tc3"])),
    ("tc3_core", &[], NeverImport(&["signer", "verify"])),
    (
        "tc3_embedded",
        &["clock", "credentials", "deadline", "entropy", "http"],
        NeverImport(&["client", "tls"]),
    ),
    ("tc3_embedded", &["client"], NeverImport(&["tls"])),
    ("tc3_embedded", &["tls"], NeverImport(&["client"])),
    ("tc3_std", &["client"], NeverImport(&["gateway"])),
    ("tc3_std", &["gateway"], NeverImport(&["client"])),
];

pub(crate) fn check(workspace: &Workspace) -> Outcome {
    let mut all = Vec::new();
    for target in workspace.published().flat_map(|member| list(&member.manifest, "/targets")) {
        let root = Path::new(string(target, "src_path")?);
        if list(target, "/kind").any(|kind| kind == "lib" || kind == "bin") {
            let name = string(target, "name")?;
            let found = faults(name, RULES, |file| match file {
                "" => fs::read_to_string(root),
                file => fs::read_to_string(root.with_file_name(file)),
            })?;
            all.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
        }
    }
    if all.is_empty() { Ok(()) } else { Err(all.join("\n").into()) }
}

/// Reads the root module, whose name is empty, and every file that a `mod` line refers to.
fn faults(
    target: &str,
    rules: &[Rule],
    source: impl Fn(&str) -> io::Result<String>,
) -> Result<Vec<String>, Box<dyn Error>> {
    let mut modules = BTreeSet::new();
    let mut paths = Vec::new();
    let mut reexports = false;
    let mut unread = vec![(Vec::new(), String::new())];
    while let Some((module, file)) = unread.pop() {
        let code = without_tests(&source(&file).map_err(|error| format!("{file}: {error}"))?);
        for name in code.lines().filter_map(|line| Some(line.strip_suffix(';')?.rsplit_once("mod ")?.1)) {
            let module: Vec<String> = [module.as_slice(), &[name.to_owned()]].concat();
            let file = format!("{}.rs", module.join("/"));
            unread.push((module, file));
        }
        // The root may import everything.
        if module.is_empty() {
            reexports = code.contains("pub use ");
        } else {
            paths.extend(paths_in(&code).into_iter().map(|path| (module.clone(), path)));
            modules.insert(module);
        }
    }
    let mut faults = Vec::new();
    // For each folder: pairs of siblings of which the first imports the second, with one such import.
    let mut folders = BTreeMap::<_, BTreeMap<_, _>>::from([(Vec::new(), BTreeMap::new())]);
    for (from, path) in paths {
        let mut to = from.clone();
        for word in path.split("::") {
            match word {
                "self" => {}
                "crate" | "$crate" => to.clear(),
                "super" => drop(to.pop()),
                name => to.push(name.to_owned()),
            }
        }
        while !to.is_empty() && !modules.contains(&to) {
            to.pop();
        }
        let import = format!("`{}` imports `{path}`", from.join("::"));
        // The path of a re-export does not show which module is imported. A public macro has no other path.
        if to.is_empty() && reexports && !path.starts_with('$') {
            faults.push(format!("{import}: name the module that defines it"));
        }
        let depth = from.iter().zip(&to).take_while(|(from, to)| from == to).count();
        if let (Some(from_here), Some(to_here)) = (from.get(depth), to.get(depth)) {
            let folder = from.iter().take(depth).cloned().collect();
            folders.entry(folder).or_default().insert([from_here.clone(), to_here.clone()], import);
        }
    }
    for (_, bound, may) in rules.iter().filter(|(name, ..)| *name == target) {
        let (ImportOnly(named) | NeverImport(named)) = may;
        for name in bound.iter().chain(*named).filter(|name| !modules.contains([name.to_string()].as_slice()))
        {
            faults.push(format!("a rule names the module `{name}`, which does not exist"));
        }
        for ([from, to], import) in folders.first_key_value().into_iter().flat_map(|(_, top)| top) {
            let is_bound = bound.is_empty() || bound.contains(&from.as_str());
            if is_bound && named.contains(&to.as_str()) == matches!(may, NeverImport(_)) {
                faults.push(format!("{import}: `{from}` must not import `{to}`"));
            }
        }
    }
    faults.extend(folders.values().filter_map(circle));
    Ok(faults)
}

fn circle(imports: &BTreeMap<[String; 2], String>) -> Option<String> {
    let mut left: Vec<&[String; 2]> = imports.keys().collect();
    // A module that imports none of the others is in no circle.
    while let Some(at) = left.iter().position(|[_, to]| !left.iter().any(|[from, _]| from == to)) {
        left.remove(at);
    }
    let (mut walked, mut here) = (Vec::new(), *left.first()?);
    while !walked.contains(&here) {
        walked.push(here);
        here = left.iter().find(|next| next[0] == here[1])?;
    }
    let circle = walked.into_iter().skip_while(|import| *import != here);
    Some(circle.fold("a circle of imports:".to_owned(), |list, it| list + "\n  " + &imports[it]))
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
    let mut paths = BTreeSet::new();
    let (mut path, mut open, mut is_new) = (String::new(), Vec::new(), true);
    for char in code.chars() {
        let continues = path.ends_with("::");
        let is_name = char.is_alphanumeric() || matches!(char, '_' | '$' | ':') || char == '*' && continues;
        if continues && char == '{' {
            open.push(path.clone());
        } else if is_name && (continues || !is_new) {
            path.push(char);
        } else if !(char.is_whitespace() && continues) {
            // The path ends here.
            if !continues
                && ["crate::", "$crate::", "self::", "super::"].iter().any(|it| path.starts_with(it))
            {
                paths.insert(path.clone());
            }
            path = if is_name { char.into() } else { String::new() };
            match char {
                '{' => open.push(String::new()),
                '}' => drop(open.pop()),
                ',' => path = open.last().cloned().unwrap_or_default(),
                _ => {}
            }
        }
        is_new = !is_name;
    }
    paths
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail by panic")]

    use super::*;

    const ROOT: (&str, &str) = ("", "mod error;\npub mod tc3;\nmod v1;\npub use v1::Any;\n");

    /// The faults of a crate in which `planted` is one file and the rest imports nothing.
    fn faults_of(planted: &[(&str, &str)]) -> Vec<String> {
        let rules = [
            ("demo", ["error"].as_slice(), ImportOnly(&[])),
            ("demo", &["tc3"], NeverImport(&["v1"])),
            ("another", &["absent"], ImportOnly(&[])),
        ];
        let source = |file: &str| {
            let planted = planted.iter().chain([&ROOT]).find(|(name, _)| *name == file);
            let mods = if file == "tc3.rs" { "mod key;\nmod scope;\n" } else { "" };
            Ok(mods.to_owned() + planted.map_or("", |(_, source)| source))
        };
        faults("demo", &rules, source).unwrap()
    }

    #[test]
    fn a_module_may_import_downwards_and_its_parent_and_its_children() {
        let tc3 = "use self::key::Key;\n#[cfg(test)]\n#[allow(unused)]\nmod tests {\n    use crate::v1;\n}\n";
        let key = "use super::{Scope, scope::{self, Day as _}};\nuse crate::{\n    error::*,\n    tc3::Scope,\n};\n";
        let scope =
            "// crate::v1\npub(crate) fn new() {\n    $crate::Api\n}\nmod inline {\n    use super::key;\n}\n";
        assert_eq!(faults_of(&[("tc3.rs", tc3), ("tc3/key.rs", key), ("tc3/scope.rs", scope)]), [""; 0]);
    }

    #[test]
    fn an_upward_import_is_found_in_a_use_and_in_an_expression() {
        let expected = "`error` imports `crate::tc3::Day`: `error` must not import `tc3`";
        for error in ["use crate::{tc3::{Day}};\n", "fn day() -> usize {\n    size_of(&crate::tc3::Day)\n}\n"]
        {
            assert_eq!(faults_of(&[("error.rs", error)]), [expected]);
        }
    }

    #[test]
    fn two_siblings_apart_must_not_import_each_other() {
        let expected = "`tc3::key` imports `crate::v1::Mac`: `tc3` must not import `v1`";
        assert_eq!(faults_of(&[("tc3/key.rs", "use crate::{error::Fault, v1::Mac};\n")]), [expected]);
    }

    #[test]
    fn a_circle_is_found_between_folders_and_within_one() {
        let found = faults_of(&[("v1.rs", "use crate::tc3;\n"), ("tc3/key.rs", "use crate::v1;\n")]);
        let between = "a circle of imports:\n  `tc3::key` imports `crate::v1`\n  `v1` imports `crate::tc3`";
        assert_eq!(found.last().unwrap(), between);
        let found =
            faults_of(&[("tc3/key.rs", "use super::scope::A;\n"), ("tc3/scope.rs", "use super::key::B;\n")]);
        let within = "a circle of imports:\n  `tc3::key` imports `super::scope::A`\n  `tc3::scope` imports `super::key::B`";
        assert_eq!(found, [within]);
    }

    #[test]
    fn an_import_from_the_root_and_a_rule_about_no_module_are_faults() {
        let found =
            faults_of(&[("", "mod error;\nmod tc3;\npub use tc3::Any;\n"), ("tc3.rs", "use crate::Any;\n")]);
        let import = "`tc3` imports `crate::Any`: name the module that defines it";
        assert_eq!(found, [import, "a rule names the module `v1`, which does not exist"]);
    }
}
