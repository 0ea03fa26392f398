//! What a connection of tc3-embedded must send whose seed is known.

use crate::{client_hello::ClientHello, log::Connection};
use p256::{SecretKey, elliptic_curve::sec1::ToEncodedPoint};
use sha2_tls::{Digest, Sha256};
use std::{cell::Cell, collections::HashSet, convert::Infallible, thread};

/// A seed whose connection the test can predict.
#[derive(Clone, Debug)]
pub struct KnownSeed(pub [u8; 32]);

thread_local! {
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

impl KnownSeed {
    /// The test's next seed. Each run of a test has the same seeds, and no two tests have one in common.
    pub fn next() -> Self {
        let number = NEXT.replace(NEXT.get() + 1);
        let thread = thread::current();
        Self::of(&format!("{} {number}", thread.name().unwrap_or_default()))
    }

    /// The seed of this name.
    pub fn of(name: &str) -> Self {
        Self(Sha256::digest(name).into())
    }

    /// What a source gives. The first draw is only compared, and must not be used.
    pub fn draws(&self) -> [[u8; 32]; 2] {
        [self.0.map(|byte| !byte), self.0]
    }

    /// A source that gives [`draws`](Self::draws).
    pub fn source(&self) -> impl FnMut(&mut [u8]) -> Result<(), Infallible> {
        let mut draws = self.draws().into_iter();
        move |bytes| {
            bytes.copy_from_slice(&draws.next().expect("a seed is drawn twice"));
            Ok(())
        }
    }

    /// The generator's n-th block, from 1.
    fn block(&self, n: u64) -> [u8; 32] {
        Sha256::digest([&self.0[..], &n.to_be_bytes()].concat()).into()
    }

    /// The ClientHello of a connection with this seed: the first block is public, and the second is the
    /// private key.
    pub fn client_hello(&self) -> ClientHello {
        let private = SecretKey::from_slice(&self.block(2)).expect("nearly every number is a key");
        let share = private.public_key().to_encoded_point(false).as_bytes().to_vec();
        ClientHello { random: self.block(1), session_id: Vec::new(), share }
    }

    /// # Panics
    /// If eight consecutive bytes of a secret are in these bytes, in either order, plain, inverted, or XORed
    /// with the random of the ClientHello.
    #[track_caller]
    pub fn assert_secrets_are_not_in(&self, bytes: &[u8], what: &str) {
        let parts: HashSet<_> = bytes.windows(8).collect();
        let (random, [first, seed]) = (self.block(1), self.draws());
        let blocks = (0..=8).filter(|n| *n != 1).map(|n| (format!("block {n}"), self.block(n)));
        let draws = [("seed".to_owned(), seed), ("first draw".to_owned(), first)];
        for (name, secret) in draws.into_iter().chain(blocks) {
            let mut masked = secret;
            masked.iter_mut().zip(random).for_each(|(byte, random)| *byte ^= random);
            for (form, secret) in
                [("", secret), (" inverted", secret.map(|byte| !byte)), (" XOR random", masked)]
            {
                let reversed: Vec<u8> = secret.iter().rev().copied().collect();
                let found = secret.windows(8).chain(reversed.windows(8)).find(|part| parts.contains(part));
                assert_eq!(found, None, "{name}{form} is in {what}: {}", bytes.escape_ascii());
            }
        }
    }

    /// # Panics
    /// If the connection did not send what this seed says, or sent a secret of it.
    #[track_caller]
    pub fn assert_is_that_of(&self, connection: &Connection, what: &str) {
        assert_eq!(connection.client_hello(), Some(self.client_hello()), "{what}");
        self.assert_secrets_are_not_in(&connection.wire, what);
    }
}
