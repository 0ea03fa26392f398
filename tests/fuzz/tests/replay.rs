//! Replays every input of the corpus as an ordinary test, without a fuzzer or a nightly compiler.

use fuzz::{Property, TARGETS};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, thread};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    entries.map(|entry| name(entry.expect("a folder can be read"))).collect()
}

/// Prints how many inputs there are, for `cargo xtask fuzz replay`.
fn replay(name: &str, check: Property) {
    let corpus = folder("corpus").join(name);
    let mut replayed = 0;
    for input in names(&corpus) {
        let data = fs::read(corpus.join(&input)).expect("an input can be read");
        let result = std::panic::catch_unwind(|| check(&data));
        assert!(result.is_ok(), "the property {name} fails for corpus/{name}/{input}");
        replayed += 1;
    }
    println!("replayed {replayed} inputs of {name}");
}

#[test]
fn every_property_holds_for_its_corpus() {
    thread::scope(|scope| {
        for (name, check) in TARGETS {
            scope.spawn(move || replay(name, check));
        }
    });
}

#[test]
fn there_is_exactly_one_target_and_one_corpus_for_each_property() {
    let properties: BTreeSet<_> = TARGETS.iter().map(|target| target.0.to_owned()).collect();
    assert_eq!(names(&folder("corpus")), properties);
    let targets: BTreeSet<_> = properties.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(names(&folder("fuzz_targets")), targets);
}

#[test]
#[should_panic = "the property sntp fails for corpus/sntp/"]
fn a_property_that_does_not_hold_fails() {
    replay("sntp", |_| panic!("planted"));
}
