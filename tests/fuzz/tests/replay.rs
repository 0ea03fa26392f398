//! Replays every input of the corpus as an ordinary test, without a fuzzer or a nightly compiler.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    entries.map(|entry| name(entry.expect("a folder can be read"))).collect()
}

#[test]
fn every_property_holds_for_its_corpus() {
    thread::scope(|scope| {
        for (target, check) in fuzz::TARGETS {
            scope.spawn(move || {
                let corpus = folder("corpus").join(target);
                let inputs = names(&corpus);
                assert!(!inputs.is_empty(), "the corpus of {target} is empty");
                for input in inputs {
                    let data = fs::read(corpus.join(&input)).expect("an input can be read");
                    let result = std::panic::catch_unwind(|| check(&data));
                    assert!(result.is_ok(), "the property {target} fails for corpus/{target}/{input}");
                }
            });
        }
    });
}

#[test]
fn there_is_exactly_one_target_and_one_corpus_for_each_property() {
    let properties: BTreeSet<_> = fuzz::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&folder("corpus")), properties);
    let targets: BTreeSet<_> = properties.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(names(&folder("fuzz_targets")), targets);
}
