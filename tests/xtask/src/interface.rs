//! `cargo xtask interface`: compares the public interface of the published crates with `tests/interface`: all items
//! with `CRATE.txt`, the foreign crates that they name with `foreign.toml`, and the types that are not `Send` or `Sync`
//! with `threads.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use cargo_metadata::Package;

use crate::command::run;
use crate::setup;
use crate::step::{self, Outcome, Step};
use crate::workspace::Workspace;

/// Automatic traits that are left out. `Send` and `Sync` stay.
const DERIVED: [&str; 6] =
    ["Freeze", "RefUnwindSafe", "StructuralPartialEq", "Unpin", "UnsafeUnpin", "UnwindSafe"];

pub(crate) fn task(workspace: &Workspace, arguments: &[&str]) -> Outcome {
    let bless = match arguments {
        [] => false,
        ["--bless"] => true,
        _ => return Err("usage: cargo xtask interface [--bless]".into()),
    };
    step::run_all("interface", [], [step(workspace, bless)])
}

pub(crate) fn step(workspace: &Workspace, bless: bool) -> Step<'_> {
    Step::new("public interface", move || compare(workspace, bless))
}

fn compare(workspace: &Workspace, bless: bool) -> Outcome {
    // The `public-api` crate reads the rustdoc JSON of this compiler.
    setup::is_pinned(workspace)?;
    let folder = workspace.root.join("tests/interface");
    let mut foreign: BTreeMap<String, BTreeMap<String, String>> =
        workspace.toml("tests/interface/foreign.toml")?;
    let mut bound: BTreeMap<String, BTreeSet<String>> = workspace.toml("tests/interface/threads.toml")?;
    let mut differences = Vec::new();
    for member in workspace.published() {
        let name = member.name.as_str();
        let found = interface(workspace, member)?;
        let place = folder.join(name).with_extension("txt");
        if bless {
            fs::write(&place, found.join("\n") + "\n")?;
        }
        let allowed = foreign.remove(name).unwrap_or_default();
        differences.extend(faults(name, &found, &fs::read_to_string(place)?, allowed, &mut bound));
    }
    differences.extend(foreign.keys().map(|name| format!("{name} is in foreign.toml and is not published")));
    differences.extend(bound.keys().map(|path| format!("{path} is in threads.toml, and is Send and Sync")));
    if differences.is_empty() { Ok(()) } else { Err(differences.join("\n").into()) }
}

/// Foreign crates, types that are not `Send` or `Sync`, and items that are only in the interface or only in the files.
/// Removes the types of the interface from `bound`.
fn faults(
    name: &str,
    found: &[String],
    written: &str,
    mut allowed: BTreeMap<String, String>,
    bound: &mut BTreeMap<String, BTreeSet<String>>,
) -> Vec<String> {
    let mut faults = Vec::new();
    for (other, item) in foreign_crates(found, name) {
        if allowed.remove(&other).is_none() {
            faults.push(format!("{name} names {other}, which is not in foreign.toml: {item}"));
        }
    }
    faults.extend(allowed.keys().map(|it| format!("{name} never names {it}, as foreign.toml says")));
    for (path, traits) in bound_to_a_thread(found) {
        let allowed = bound.remove(&path).unwrap_or_default();
        if allowed != traits {
            faults.push(format!("{path} is not {traits:?}; threads.toml allows {allowed:?}"));
        }
    }
    let written: BTreeSet<&str> = written.lines().collect();
    let found: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    if written != found {
        faults.extend(written.difference(&found).map(|line| format!("- {line}")));
        faults.extend(found.difference(&written).map(|line| format!("+ {line}")));
        faults.push(format!("{name}.txt differs; `cargo xtask interface --bless` writes it"));
    }
    faults
}

/// The interface as text, one item on each line.
fn interface(workspace: &Workspace, member: &Package) -> Outcome<Vec<String>> {
    let mut cargo = workspace.cargo(["rustdoc", "--quiet", "--package", &member.name, "--lib"]);
    cargo.args(["--all-features", "--", "-Zunstable-options", "--output-format=json"]);
    cargo.env("RUSTDOC", workspace.root.join("tests/interface/rustdoc"));
    run(&mut cargo)?;
    let document = workspace.target.join("doc").join(member.name.replace('-', "_")).with_extension("json");
    let interface = public_api::Builder::from_rustdoc_json(document).omit_blanket_impls(true).build()?;
    let is_derived = |item: &String| DERIVED.iter().any(|name| item.contains(&format!("::{name} for ")));
    Ok(interface.items().map(ToString::to_string).filter(|item| !is_derived(item)).collect())
}

/// The types that are not `Send` or not `Sync`, by their path. Rustdoc says of every type whether it is.
fn bound_to_a_thread(items: &[String]) -> BTreeMap<String, BTreeSet<String>> {
    let mut bound = BTreeMap::<_, BTreeSet<_>>::new();
    for item in items {
        let Some((name, path)) =
            item.split_once(" !core::marker::").and_then(|(_, it)| it.split_once(" for "))
        else {
            continue;
        };
        let path = path.split('<').next().unwrap_or(path);
        bound.entry(path.to_owned()).or_default().insert(name.to_owned());
    }
    bound
}

/// The other crates that the interface names, but for the standard library, each with an item that names it.
fn foreign_crates<'i>(items: &'i [String], own: &str) -> BTreeMap<String, &'i str> {
    let own = own.replace('-', "_");
    let mut crates = BTreeMap::new();
    for item in items {
        // Only an item of another crate is shown as a re-export, and without that crate's name.
        if item.starts_with("pub use ") {
            crates.insert(item.clone(), item.as_str());
        }
        for path in item.split(|char: char| !char.is_alphanumeric() && !"_:".contains(char)) {
            let Some((owner, _)) = path.split_once("::") else { continue };
            let is_crate = owner.starts_with(|first: char| first.is_lowercase());
            if is_crate && !["core", "alloc", "std", "crate", "super", &own].contains(&owner) {
                crates.entry(owner.to_owned()).or_insert(item.as_str());
            }
        }
    }
    crates
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_item_or_a_foreign_crate_or_a_type_of_one_thread_that_is_new_or_gone_is_a_fault() {
        let thread = ["Send for a::T<'t>", "Sync for a::T<'t>", "Send for a::U", "Sync for a::V"];
        let thread = thread.map(|it| format!("impl !core::marker::{it}"));
        let found = ["pub fn a::f(b::X)", "pub use a::Y", "pub fn a::g(core::X, A::B)"].map(str::to_owned);
        let written = format!("pub fn a::f(b::X)\npub use a::Y\npub fn a::h()\n{}", thread.join("\n"));
        let found = [&found[..], &thread].concat();
        let allowed = ["b", "c"].map(|it| (it.to_owned(), String::new())).into();
        let bound = [("a::T", &["Send", "Sync"][..]), ("a::V", &["Send"]), ("a::W", &["Send"])];
        let mut bound = bound
            .map(|(path, traits)| (path.to_owned(), traits.iter().map(ToString::to_string).collect()))
            .into();
        let faults = super::faults("a", &found, &written, allowed, &mut bound);
        let expected = [
            "a names pub use a::Y, which is not in foreign.toml: pub use a::Y",
            "a never names c, as foreign.toml says",
            r#"a::U is not {"Send"}; threads.toml allows {}"#,
            r#"a::V is not {"Sync"}; threads.toml allows {"Send"}"#,
            "- pub fn a::h()",
            "+ pub fn a::g(core::X, A::B)",
            "a.txt differs; `cargo xtask interface --bless` writes it",
        ];
        assert_eq!(faults, expected);
        assert_eq!(bound.keys().collect::<Vec<_>>(), ["a::W"]);
    }
}
