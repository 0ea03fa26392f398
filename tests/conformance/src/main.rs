//! Signs each case of the given files with `tc3-core`, and prints one line of JSON per case.

use conformance::{Case, Document, Kind, Refused, tc3, v1};
use serde_json::{Value, json};
use std::{
    env, fs,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

fn main() -> ExitCode {
    let files: Vec<_> = env::args_os().skip(1).collect();
    if files.is_empty() {
        eprintln!("usage: conformance FILE...");
        return ExitCode::from(2);
    }
    let mut code = ExitCode::SUCCESS;
    let mut out = io::stdout().lock();
    for file in files {
        let file = Path::new(&file);
        match run(file, &mut out) {
            Ok(()) => {}
            // The reader closed the pipe, as `head` does. That is not an error.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return code,
            Err(error) => {
                eprintln!("{}: {error}", file.display());
                code = ExitCode::from(2);
            }
        }
    }
    code
}

fn run(file: &Path, out: &mut impl Write) -> io::Result<()> {
    let document = Document::parse(&fs::read(file)?)?;
    for case in document.cases() {
        let line = match document.kind {
            Kind::Tc3 => tc3(&case),
            Kind::V1 => v1(&case),
        };
        let line = line.unwrap_or_else(|refused| json!({ "id": case.id, "refused": refused.to_string() }));
        writeln!(out, "{line}")?;
    }
    out.flush()
}

fn tc3(case: &Case<'_>) -> Result<Value, Refused> {
    let tc3::Output { canonical_request, string_to_sign, authorization, .. } =
        tc3::sign(&case.field("input")?)?;
    let id = &case.id;
    Ok(json!({
        "id": id,
        "canonical_request": canonical_request,
        "string_to_sign": string_to_sign,
        "authorization": authorization,
    }))
}

fn v1(case: &Case<'_>) -> Result<Value, Refused> {
    let v1::Output { string_to_sign, signature, .. } = v1::sign(&case.field("input")?)?;
    Ok(json!({ "id": case.id, "string_to_sign": string_to_sign, "signature": signature }))
}
