//! `tc3 explain`

use crate::{
    args::ExplainArgs,
    error::CliError,
    output::print,
    signed::{Signature, sign},
};

pub(crate) fn run(arguments: &ExplainArgs) -> Result<(), CliError> {
    sign(&arguments.request, |call| {
        let sections = match &call.signature {
            Signature::Tc3(signed, explanation) => {
                let hex = |digest: &[u8; 32]| digest.iter().map(|byte| format!("{byte:02x}")).collect();
                vec![
                    ("hash of the payload", hex(explanation.hashed_payload())),
                    ("canonical request", explanation.canonical_request().to_string()),
                    ("hash of the canonical request", hex(explanation.hashed_canonical_request())),
                    ("string to sign", explanation.string_to_sign().to_string()),
                    ("Authorization", signed.authorization().to_string()),
                ]
            }
            Signature::V1(signed) => vec![
                ("string to sign", call.mask.hide(&signed.string_to_sign().to_string())),
                ("Signature", signed.signature().to_string()),
            ],
        };
        let shown = sections.iter().map(|(title, value)| format!("--- {title}\n{value}\n"));
        print(shown.collect::<String>().as_bytes())
    })
}
