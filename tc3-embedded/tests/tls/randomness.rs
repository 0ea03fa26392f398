//! What comes out of randomness: each connection sends what its own seed says, and none of its secrets.

use peer::hostile::{self, Step, script};
use peer::{KnownSeed, pki};
use tc3_embedded::tls::Buffers;

use crate::client::{BODY, Call, MODES, NOW, TIMEOUT, dial, draw};

/// Computed with the integers of Python, from the seed 20 21 … 3f. All other tests compare with `client_hello`.
#[test]
fn the_client_hello_of_a_known_seed_has_the_known_random_and_key_share() {
    let hello = KnownSeed(std::array::from_fn(|at| 0x20 + u8::try_from(at).unwrap())).client_hello();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(hex(&hello.random), "fb76317d6e26241a9626df48efbaa3a628a770304151be369b9fcbc84f40aad1");
    let share = "04a9b7097cfce7b4b6d7c59f0f1d06f04386116185b0fb6960d62808007527b66c\
                 dd1829a3f3a1ee0422f9f833d86e75aac97d0acffa28abda9fe25ce0f9310c0a";
    assert_eq!((hex(&hello.share).as_str(), hello.session_id), (share, Vec::new()));
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
        let mut slot = Some(draw(&known));
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
