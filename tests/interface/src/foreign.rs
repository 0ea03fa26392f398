//! The crates whose types are in the public interface: a breaking release of theirs breaks ours.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use toml::Table;

const STANDARD: [&str; 3] = ["core", "alloc", "std"];

/// The foreign crates that the interface names, each with one place that names it.
pub(crate) fn named(document: &Value) -> BTreeMap<&str, String> {
    let items = document.get("index").and_then(Value::as_object).into_iter().flatten();
    let mut named = BTreeMap::new();
    for (_, item) in items.filter(|(_, item)| is_ours(item)) {
        let mut ids = Vec::new();
        collect(item.get("inner").unwrap_or(&Value::Null), &mut ids);
        for id in ids {
            if let Some(owner) = owner(document, id).filter(|it| !STANDARD.contains(it)) {
                named.entry(owner).or_insert_with(|| place(item));
            }
        }
    }
    named
}

/// Neither a blanket nor an automatic implementation.
fn is_ours(item: &Value) -> bool {
    let blanket = item.pointer("/inner/impl/blanket_impl").is_some_and(|it| !it.is_null());
    let synthetic = item.pointer("/inner/impl/is_synthetic").is_some_and(|it| it == true);
    item.get("crate_id").is_some_and(|it| it == 0) && !blanket && !synthetic
}

/// Collects the ids of all paths in an item.
fn collect(inner: &Value, ids: &mut Vec<u64>) {
    match inner {
        Value::Array(values) => values.iter().for_each(|value| collect(value, ids)),
        Value::Object(fields) => {
            if fields.contains_key("path") || fields.contains_key("source") {
                ids.extend(fields.get("id").and_then(Value::as_u64));
            }
            fields.values().for_each(|value| collect(value, ids));
        }
        _ => (),
    }
}

/// The crate that defines the item, unless it is the documented one.
fn owner(document: &Value, id: u64) -> Option<&str> {
    let owner = document.pointer(&format!("/paths/{id}/crate_id"))?.as_u64().filter(|id| *id != 0)?;
    document.pointer(&format!("/external_crates/{owner}/name"))?.as_str()
}

/// The item's file and line.
fn place(item: &Value) -> String {
    let file = item.pointer("/span/filename").and_then(Value::as_str).unwrap_or("an unknown file");
    let line = item.pointer("/span/begin/0").and_then(Value::as_u64).unwrap_or_default();
    format!("{file}:{line}")
}

/// The crates that are named and not in the list, or in the list and not named.
pub(crate) fn difference(named: &BTreeMap<&str, String>, allowed: &Table) -> Vec<String> {
    let allowed: BTreeSet<&str> = allowed.keys().map(String::as_str).collect();
    let added = named.iter().filter(|(owner, _)| !allowed.contains(*owner));
    let added = added.map(|(owner, place)| format!("{owner} is not in the list and is named at {place}"));
    let unused = allowed.iter().filter(|owner| !named.contains_key(*owner));
    added.chain(unused.map(|owner| format!("{owner} is in the list and is never named"))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use toml::toml;

    use super::{difference, named};

    /// A function `answer() -> other::Reply`, and a blanket implementation.
    fn document() -> Value {
        let path = |id: u64| json!({ "resolved_path": { "path": "Reply", "id": id, "args": null } });
        json!({
            "index": {
                "1": { "crate_id": 0, "span": { "filename": "src/answer.rs", "begin": [7, 1] },
                       "inner": { "function": { "sig": { "output": path(10) } } } },
                "2": { "crate_id": 0, "inner": { "function": { "sig": { "output": path(11) } } } },
                "3": { "crate_id": 0, "inner": { "impl": { "blanket_impl": { "generic": "T" }, "trait": {
                       "path": "Same", "id": 12 } } } },
            },
            "paths": { "10": { "crate_id": 1 }, "11": { "crate_id": 2 }, "12": { "crate_id": 3 } },
            "external_crates": { "1": { "name": "other" }, "2": { "name": "core" }, "3": { "name": "typenum" } },
        })
    }

    #[test]
    fn a_crate_is_named_by_its_types_and_not_by_a_blanket_implementation() {
        let document = document();
        let named = named(&document);
        assert_eq!(named.into_iter().collect::<Vec<_>>(), [("other", "src/answer.rs:7".to_owned())]);
    }

    #[test]
    fn missing_and_unused_entries_of_the_list_are_reported() {
        let document = document();
        let unused = toml! { bytes = "a reason" };
        assert_eq!(
            difference(&named(&document), &unused),
            [
                "other is not in the list and is named at src/answer.rs:7",
                "bytes is in the list and is never named",
            ]
        );
        assert!(difference(&named(&document), &toml! { other = "a reason" }).is_empty());
    }
}
