//! Signs each case of the given files with `tc3-core`, and prints one line of JSON per case.

use conformance::{Case, Document, Kind, Refused, tc3, v1};
use serde_json::{Value, json};
use std::io::{self, Write};
use std::{env, ffi::OsStr, fs, process::ExitCode};

fn main() -> ExitCode {
    let files: Vec<_> = env::args_os().skip(1).collect();
    if files.is_empty() {
        eprintln!("usage: conformance FILE...");
        return ExitCode::from(2);
    }
    let mut code = ExitCode::SUCCESS;
    for file in files {
        if let Err(error) = run(&file) {
            eprintln!("{}: {error}", file.display());
            code = ExitCode::from(2);
        }
    }
    code
}

fn run(file: &OsStr) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let document = Document::parse(&fs::read(file)?)?;
    for case in document.cases() {
        let line = line(document.kind, &case);
        let line = line.unwrap_or_else(|refused| json!({ "id": case.id, "refused": refused.to_string() }));
        writeln!(out, "{line}")?;
    }
    out.flush()
}

fn line(kind: Kind, case: &Case<'_>) -> Result<Value, Refused> {
    let (mut values, printed) = match kind {
        Kind::Tc3 => {
            (tc3::sign(&case.field("input")?)?, &["canonical_request", "string_to_sign", "authorization"][..])
        }
        Kind::V1 => (v1::sign(&case.field("input")?)?, &["string_to_sign", "signature"][..]),
    };
    values.retain(|name, _| printed.contains(&name.as_str()));
    values.insert("id".to_owned(), json!(case.id));
    Ok(Value::Object(values))
}
