//! Checks that all contenders do the same work: each must write the same bytes as tc3-core.

use std::error::Error;
use std::fmt;

use crate::contender::Contender;

/// Signs once with each contender and compares.
pub(crate) fn check(contenders: &mut [Contender]) -> Result<(), NotTheSame> {
    for Contender { name, signer, twin, .. } in contenders {
        signer.sign();
        let theirs = signer.authorization();
        let expected = match twin {
            Some(twin) => {
                twin.sign();
                twin.authorization()
            }
            // The scheme differs, so only the form of the signature can be checked.
            None if is_signed(&theirs) => continue,
            None => String::new(),
        };
        if theirs != expected || !is_signed(&theirs) {
            return Err(NotTheSame { name, theirs, expected });
        }
    }
    Ok(())
}

fn is_signed(authorization: &str) -> bool {
    let signature = authorization.split_once("Signature=").map(|(_, signature)| signature);
    signature.is_some_and(|it| it.len() == 64 && it.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A contender that does not do the same work.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotTheSame {
    name: &'static str,
    theirs: String,
    expected: String,
}

impl fmt::Display for NotTheSame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, theirs, expected } = self;
        write!(f, "nothing is timed, because {name} does not do the same work: {theirs:?}, not {expected:?}")
    }
}

impl Error for NotTheSame {}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::contenders;
    use crate::fixture::{CALL, DATE, ID, NAMES, SECOND, SERVICE, SIZES, body};
    use crate::ours;

    /// Recorded from the official SDKs for Python and Node, for the body of 23 bytes.
    const SIGNATURE: &str = "7940295dee5eed8199f63a36695f4ec0c1f4e20af0091970ad50e676045cc928";

    #[test]
    fn the_signature_of_the_shortest_body_is_that_of_the_official_sdks() {
        let mut signer = ours::cached(CALL, body(23), SECOND);
        signer.sign();
        let credential = format!("TC3-HMAC-SHA256 Credential={ID}/{DATE}/{SERVICE}/tc3_request");
        let expected = format!("{credential}, SignedHeaders={NAMES}, Signature={SIGNATURE}");
        assert_eq!(signer.authorization(), expected);
    }

    #[test]
    fn all_contenders_sign_the_same_at_every_size() {
        for size in SIZES {
            assert_eq!(check(&mut contenders(size)), Ok(()));
        }
    }

    #[test]
    fn a_contender_that_signs_another_body_is_refused() {
        let mut contenders = contenders(23);
        contenders.iter_mut().take(1).for_each(|first| first.signer = ours::cached(CALL, body(24), SECOND));
        assert!(check(&mut contenders).is_err());
    }
}
