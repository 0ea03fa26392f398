//! Compares the public interface of crates with `CRATE.txt`, and the foreign crates that it names with
//! `foreign.toml`.
//!
//! `cargo xtask interface` runs rustdoc, which writes the interface as JSON, and then this program.

mod foreign;
mod text;

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use serde_json::Value;
use toml::Table;

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match perform(&arguments) {
        Ok(differences) if differences.is_empty() => ExitCode::SUCCESS,
        Ok(differences) => {
            for difference in differences {
                eprintln!("{difference}");
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("interface: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The arguments are `--bless` or `--check`, the folder that rustdoc wrote to, and the crates.
fn perform(arguments: &[&str]) -> Result<Vec<String>, Box<dyn Error>> {
    let [mode, documents, crates @ ..] = arguments else {
        return Err("usage: interface --check|--bless FOLDER CRATE ...".into());
    };
    let foreign: Table = fs::read_to_string(Path::new(FOLDER).join("foreign.toml"))?.parse()?;
    let mut differences = Vec::new();
    for name in crates {
        let document = Path::new(documents).join(name.replace('-', "_")).with_extension("json");
        let found = text::read(&document)?;
        let place = Path::new(FOLDER).join(name).with_extension("txt");
        match *mode {
            "--bless" => fs::write(place, &found)?,
            _ => differences.extend(changed(name, &fs::read_to_string(place).unwrap_or_default(), &found)),
        }
        let document: Value = serde_json::from_slice(&fs::read(&document)?)?;
        let none = Table::new();
        let allowed = foreign.get(*name).and_then(toml::Value::as_table).unwrap_or(&none);
        let named = foreign::difference(&foreign::named(&document), allowed);
        differences.extend(named.iter().map(|it| format!("{name}: {it}: tests/interface/foreign.toml")));
    }
    Ok(differences)
}

fn changed(name: &str, written: &str, found: &str) -> Vec<String> {
    let mut lines = text::difference(written, found);
    if !lines.is_empty() {
        lines.push(format!(
            "the public interface of {name} differs from tests/interface/{name}.txt; \
             `cargo xtask interface --bless` writes it"
        ));
    }
    lines
}
