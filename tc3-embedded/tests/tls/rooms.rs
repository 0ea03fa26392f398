//! embedded-tls is named in few files, so that another version is read for few.

use std::{fs, path::Path};

#[test]
fn only_four_files_name_embedded_tls() {
    let mut named = Vec::new();
    look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut named);
    named.sort();
    assert_eq!(named, ["asynchronous.rs", "cipher.rs", "connection.rs", "engine.rs"]);
}

fn look(folder: &Path, named: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            look(&path, named);
        } else if path.extension().is_some_and(|it| it == "rs")
            && fs::read_to_string(&path).unwrap().contains("use embedded_tls")
        {
            named.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
}
