//! `tc3 explain`

use crate::{
    arguments::Explain,
    print,
    shot::{Either, sign},
    trouble::Trouble,
};

pub(crate) fn run(arguments: &Explain) -> Result<(), Trouble> {
    sign(&arguments.request, |shot| {
        let sections = match &shot.signed {
            Either::Tc3(signed, explain) => {
                let canonical = explain.canonical_request().to_string();
                let to_sign = explain.string_to_sign().to_string();
                let last = |text: &str| text.lines().last().unwrap_or_default().to_owned();
                vec![
                    ("hash of the payload", last(&canonical)),
                    ("canonical request", canonical),
                    ("hash of the canonical request", last(&to_sign)),
                    ("string to sign", to_sign),
                    ("Authorization", signed.authorization().to_string()),
                ]
            }
            Either::V1(signed) => vec![
                ("string to sign", shot.mask.hide(&signed.string_to_sign().to_string())),
                ("Signature", signed.signature().to_string()),
            ],
        };
        let text = sections.iter().map(|(title, text)| format!("--- {title}\n{text}\n")).collect::<String>();
        print(text.as_bytes())
    })
}
