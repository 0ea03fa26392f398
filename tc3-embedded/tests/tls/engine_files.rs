//! Few files depend on embedded-tls, so that an update of it needs the review of few.

use std::{fs, path::Path};

#[test]
fn only_four_files_use_embedded_tls() {
    let mut files = Vec::new();
    find_users(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    files.sort();
    assert_eq!(files, ["asynchronous.rs", "cipher.rs", "connection.rs", "engine.rs"]);
}

fn find_users(folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find_users(&path, files);
        } else if path.extension().is_some_and(|it| it == "rs")
            && fs::read_to_string(&path).unwrap().contains("use embedded_tls")
        {
            files.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
}
