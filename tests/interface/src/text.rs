//! The public interface as text, one item on each line.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

use public_api::Builder;

/// Automatic traits that are left out. `Send` and `Sync` stay.
const DERIVED: [&str; 6] =
    ["Freeze", "RefUnwindSafe", "StructuralPartialEq", "Unpin", "UnsafeUnpin", "UnwindSafe"];

/// Reads the interface from rustdoc's JSON.
pub(crate) fn read(document: &Path) -> Result<String, Box<dyn Error>> {
    let interface = Builder::from_rustdoc_json(document).omit_blanket_impls(true).build()?;
    let lines = interface.items().map(ToString::to_string).filter(|line| !is_derived(line));
    Ok(lines.map(|line| line + "\n").collect())
}

fn is_derived(line: &str) -> bool {
    let implemented = line.split_once(" for ").map(|(implemented, _)| implemented);
    let name = implemented.and_then(|it| it.rsplit("::").next());
    line.starts_with("impl") && name.is_some_and(|name| DERIVED.contains(&name))
}

/// The lines that are in only one of the two.
pub(crate) fn difference(written: &str, found: &str) -> Vec<String> {
    let lines = |text| str::lines(text).collect::<BTreeSet<_>>();
    let (written, found) = (lines(written), lines(found));
    let gone = written.difference(&found).map(|line| format!("- {line}"));
    let new = found.difference(&written).map(|line| format!("+ {line}"));
    gone.chain(new).collect()
}

#[cfg(test)]
mod tests {
    use super::{difference, is_derived};

    #[test]
    fn removed_and_added_items_are_reported() {
        let found = difference("pub fn a()\npub fn b()\n", "pub fn b()\npub fn c()\n");
        assert_eq!(found, ["- pub fn a()", "+ pub fn c()"]);
        assert!(difference("pub fn a()\n", "pub fn a()\n").is_empty());
    }

    #[test]
    fn send_and_sync_are_kept() {
        assert!(is_derived("impl<'a> core::marker::Freeze for tc3_core::Request<'a>"));
        assert!(!is_derived("impl<'a> core::marker::Send for tc3_core::Request<'a>"));
        assert!(!is_derived("impl !core::marker::Sync for tc3_core::Request"));
        assert!(!is_derived("pub fn core::marker::Freeze for"));
    }
}
