//! What several tests share.
#![allow(dead_code, reason = "no test uses all of it")]
#![allow(clippy::restriction, reason = "a test may panic")]

use sha2::Digest;
use tc3_core::verify::{self, Body, Message, Rejection, Verifier};
use tc3_core::{Credentials, Sha256Engine, Timestamp};

pub(crate) const ID: &str = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE";
pub(crate) const KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE";

/// The time of the sample in Tencent's document, 2019-02-25T16:44:25Z.
pub(crate) const NOW: u64 = 1_551_113_065;

pub(crate) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_unix(seconds).unwrap()
}

pub(crate) fn now() -> Timestamp {
    at(NOW)
}

pub(crate) fn credentials() -> Credentials<'static> {
    Credentials::new(ID, KEY).unwrap()
}

/// Random numbers that depend only on the seed (splitmix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.number() % u64::try_from(bound).unwrap()).unwrap()
    }

    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// An engine like a peripheral without midstates, which has no state between messages.
#[derive(Default)]
pub(crate) struct Peripheral {
    pub(crate) hash: Option<sha2::Sha256>,
    pub(crate) messages: usize,
    /// After this many messages, `finish` writes no digest.
    pub(crate) fails_after: Option<usize>,
}

impl Sha256Engine for Peripheral {
    fn begin(&mut self) {
        self.hash = Some(sha2::Sha256::new());
    }

    fn update(&mut self, bytes: &[u8]) {
        self.hash.as_mut().unwrap().update(bytes);
    }

    fn finish(&mut self, digest: &mut [u8; 32]) {
        let hash = self.hash.take().unwrap();
        if self.fails_after.is_none_or(|messages| self.messages < messages) {
            *digest = hash.finalize().into();
        }
        self.messages += 1;
    }
}

/// Method, target and headers.
pub(crate) type Parsed<'a> = (&'a str, &'a str, Vec<(&'a str, &'a [u8])>);

/// Parses a head like an HTTP server.
pub(crate) fn parse(head: &str) -> Option<Parsed<'_>> {
    let (line, rest) = head.split_once("\r\n")?;
    let (method, line) = line.split_once(' ')?;
    let target = line.strip_suffix(" HTTP/1.1")?;
    let headers = rest.strip_suffix("\r\n\r\n")?.split("\r\n");
    let headers = headers.map(|line| line.split_once(':').map(|(name, value)| (name, value.as_bytes())));
    Some((method, target, headers.collect::<Option<_>>()?))
}

/// What a verifier says about a received request, signed with either signature.
pub(crate) fn verdict<H: Sha256Engine>(
    verifier: &mut Verifier<H>,
    credentials: Credentials<'_>,
    head: &str,
    body: Body<'_>,
    now: Timestamp,
) -> Result<(), Rejection> {
    let (method, target, headers) = parse(head).ok_or(Rejection::Method)?;
    let message = Message { method, target, headers: &headers, body };
    if headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
        verifier.tc3(&verify::tc3::Claim::read(&message)?, &credentials, now)
    } else {
        let mut buffer = [verify::v1::Parameter::default(); 32];
        verifier.v1(&verify::v1::Claim::read(&message, &mut buffer)?, &credentials, now)
    }
}
