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
                let canonical = explanation.canonical_request().to_string();
                let to_sign = explanation.string_to_sign().to_string();
                // Both end with a hash, on a line of its own.
                let hash = |signed: &str| signed.lines().last().unwrap_or_default().to_owned();
                vec![
                    ("hash of the payload", hash(&canonical)),
                    ("canonical request", canonical),
                    ("hash of the canonical request", hash(&to_sign)),
                    ("string to sign", to_sign),
                    ("Authorization", signed.authorization().to_string()),
                ]
            }
            Signature::V1(signed, _) => vec![
                ("string to sign", call.mask.hide(&signed.string_to_sign().to_string())),
                ("Signature", signed.signature().to_string()),
            ],
        };
        let shown = sections.iter().map(|(title, value)| format!("--- {title}\n{value}\n"));
        print(shown.collect::<String>().as_bytes())
    })
}
