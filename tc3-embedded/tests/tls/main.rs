//! Handshakes over loopback, with servers whose identity is valid and with others.
#![allow(clippy::restriction, reason = "a test fails by panicking")]

mod client;
mod faults;
mod hostile;
mod link;
mod randomness;
mod refused;
mod sentences;
mod trusted;

use std::{fs, path::Path};

/// So that an update of it needs the review of few files.
#[test]
fn only_four_files_use_embedded_tls() {
    let (mut files, mut folders) = (Vec::new(), vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if fs::read(&path).unwrap().windows(16).any(|it| it == b"use embedded_tls") {
                files.push(path.file_name().unwrap().to_owned());
            }
        }
    }
    files.sort();
    assert_eq!(files, ["asynchronous.rs", "cipher.rs", "connection.rs", "engine.rs"]);
}
