//! What comes out of randomness: each connection sends what its own seed says, and none of its secrets.

use std::cell::Cell;
use std::collections::HashSet;
use std::convert::Infallible;
use std::thread;

use p256::SecretKey;
use p256::elliptic_curve::sec1::ToEncodedPoint;
use peer::hostile::{self, Step, script};
use peer::{ClientHello, Connection, pki};
use sha2_tls::{Digest, Sha256};
use tc3_embedded::entropy;
use tc3_embedded::tls::{Buffers, Seed, TlsError};

use crate::client::{BODY, Call, MODES, NOW, TIMEOUT, dial};
use crate::faults::Replay;

/// A seed whose connection the test can predict.
#[derive(Clone, Debug)]
pub(crate) struct KnownSeed([u8; 32]);

thread_local! {
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

impl KnownSeed {
    /// The test's next seed. Each run of a test has the same seeds, and no two tests have one in common.
    pub(crate) fn next() -> Self {
        let number = NEXT.replace(NEXT.get() + 1);
        let thread = thread::current();
        let test = thread.name().unwrap_or_default();
        Self(Sha256::digest(format!("{test} {number}")).into())
    }

    /// Draws the seed from a source that gives another value first, which must not be used.
    pub(crate) fn draw(&self) -> Seed {
        let mut draws = [self.0.map(|byte| !byte), self.0].into_iter();
        let mut source = entropy::from_fn(|bytes| {
            bytes.copy_from_slice(&draws.next().unwrap());
            Ok::<(), Infallible>(())
        });
        Seed::draw(&mut source).unwrap()
    }

    /// The generator's n-th block, from 1.
    fn block(&self, n: u64) -> [u8; 32] {
        Sha256::digest([&self.0[..], &n.to_be_bytes()].concat()).into()
    }

    /// The ClientHello of a connection with this seed: the first block is public, and the second is the
    /// private key.
    fn client_hello(&self) -> ClientHello {
        let private = SecretKey::from_slice(&self.block(2)).unwrap();
        let share = private.public_key().to_encoded_point(false).as_bytes().to_vec();
        ClientHello { random: self.block(1), session_id: Vec::new(), share }
    }

    /// Everything from the seed that nobody else may know.
    fn secrets(&self) -> Vec<(String, [u8; 32])> {
        let blocks = (0..=8).filter(|n| *n != 1).map(|n| (format!("block {n}"), self.block(n)));
        [("seed".to_owned(), self.0), ("first draw".to_owned(), self.0.map(|byte| !byte))]
            .into_iter()
            .chain(blocks)
            .collect()
    }

    /// # Panics
    /// If eight consecutive bytes of a secret are in these bytes, in either order, plain, inverted, or XORed
    /// with the random of the ClientHello.
    #[track_caller]
    fn assert_secrets_are_not_in(&self, bytes: &[u8], what: &str) {
        let parts: HashSet<_> = bytes.windows(8).collect();
        let random = self.block(1);
        for (name, secret) in self.secrets() {
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

    #[track_caller]
    pub(crate) fn assert_is_that_of(&self, connection: &Connection, what: &str) {
        assert_eq!(connection.client_hello(), Some(self.client_hello()), "{what}");
        self.assert_secrets_are_not_in(&connection.wire, what);
    }
}

/// The values were computed with the integers of Python, from the seed 20 21 … 3f.
#[test]
fn the_client_hello_of_a_known_seed_has_the_known_random_and_key_share() {
    let identity = pki::ecdsa(NOW);
    for mode in MODES {
        let seed = KnownSeed(std::array::from_fn(|at| 0x20 + u8::try_from(at).unwrap()));
        let call = Call { seed: seed.clone(), ..Call::to(&identity, *mode) };
        let mut wire = Vec::new();
        let refused = call.run_over(Replay::of_nothing(&mut wire), &mut Box::default(), |_| Ok(()));
        assert_eq!(refused, Err(TlsError::HandshakeClosed), "{mode:?}");
        let connection = Connection { wire, ..Connection::default() };
        let hello = connection.client_hello().unwrap();
        let random = "fb76317d6e26241a9626df48efbaa3a628a770304151be369b9fcbc84f40aad1";
        let share = "04a9b7097cfce7b4b6d7c59f0f1d06f04386116185b0fb6960d62808007527b66c\
                     dd1829a3f3a1ee0422f9f833d86e75aac97d0acffa28abda9fe25ce0f9310c0a";
        let sent = (hex(&hello.random), hex(&hello.session_id), hex(&hello.share));
        assert_eq!(sent, (random.to_owned(), String::new(), share.to_owned()), "{mode:?}");
        seed.assert_is_that_of(&connection, "the handshake");
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Linux lets a process read its own memory from a file, including memory that Rust has freed.
#[cfg(target_os = "linux")]
mod memory {
    use super::*;
    use std::{fs::File, hint::black_box, os::unix::fs::FileExt, ptr};

    fn memory<T>(value: &T) -> Vec<u8> {
        let mut bytes = vec![0; size_of::<T>()];
        let at = ptr::from_ref(black_box(value)).addr().try_into().unwrap();
        File::open("/proc/self/mem").unwrap().read_exact_at(&mut bytes, at).unwrap();
        bytes
    }

    #[test]
    fn a_seed_is_wiped_when_dropped() {
        let known = KnownSeed::next();
        let mut slot = Some(known.draw());
        let before = memory(&slot);
        assert!(before.windows(32).any(|it| it == known.0), "{}", before.escape_ascii());
        slot = None;
        known.assert_secrets_are_not_in(&memory(&slot), "the memory of a dropped seed");
    }

    #[test]
    #[should_panic(expected = "seed is in a copy")]
    fn a_copy_of_a_seed_fails_the_check() {
        let known = KnownSeed::next();
        known.assert_secrets_are_not_in(&memory(&known), "a copy");
    }

    /// The seed, the private key and the state of the generator end with the handshake.
    #[test]
    fn a_connection_and_its_buffers_keep_nothing_of_the_generator() {
        let identity = pki::ecdsa(NOW);
        for mode in MODES {
            for script in [script::after_handshake(vec![], BODY), vec![Step::CloseTcp]] {
                let server = hostile::start(&identity, script).unwrap();
                let call = Call::to(&identity, *mode);
                let mut buffers = Box::new(Buffers::new());
                let connected = call.run_over(dial(server.addr(), TIMEOUT), &mut buffers, |tls| {
                    call.seed.assert_secrets_are_not_in(&memory(&tls), "the memory of a connection");
                    Ok(())
                });
                let what = format!("the buffers, {mode:?}, {connected:?}");
                call.seed.assert_secrets_are_not_in(&memory(&*buffers), &what);
            }
        }
    }
}
