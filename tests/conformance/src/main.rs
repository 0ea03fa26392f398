//! Signs each case of the given files with `tc3-core`, and prints one line of JSON per case.

use conformance::{Case, Document, Kind, tc3, v1};
use serde::Serialize;
use std::{
    env, fs,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

/// One line of the output.
#[derive(Serialize)]
#[serde(untagged)]
enum Line<'c> {
    Tc3 { id: &'c str, canonical_request: String, string_to_sign: String, authorization: String },
    V1 { id: &'c str, string_to_sign: String, signature: String },
    Refused { id: &'c str, refused: String },
}

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
        serde_json::to_writer(&mut *out, &line(document.kind, &case))?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

fn line<'c>(kind: Kind, case: &'c Case<'_>) -> Line<'c> {
    let id = case.id.as_str();
    let line = match kind {
        Kind::Tc3 => case.input().and_then(|input| tc3::sign(&input)).map(|output| Line::Tc3 {
            id,
            canonical_request: output.canonical_request,
            string_to_sign: output.string_to_sign,
            authorization: output.authorization,
        }),
        Kind::V1 => case.input().and_then(|input| v1::sign(&input)).map(|output| Line::V1 {
            id,
            string_to_sign: output.string_to_sign,
            signature: output.signature,
        }),
    };
    line.unwrap_or_else(|refused| Line::Refused { id, refused: refused.to_string() })
}
