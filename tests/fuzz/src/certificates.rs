//! A server is trusted if its certificates and its signature over the handshake are valid, and not if a
//! byte of them is changed.

use reference::Source;
use tc3_core::Timestamp;
use tc3_embedded::tls::roots::Root;
use tc3_embedded::tls::{Pin, Server, fuzzing};

/// Made by `tests/peer`, as described in `chains/README.md`.
struct Chain {
    leaf: &'static [u8],
    intermediate: &'static [u8],
    root: &'static [u8],
    scheme: u16,
    signature: &'static [u8],
}

macro_rules! chain {
    ($folder:literal, $scheme:literal) => {
        Chain {
            leaf: include_bytes!(concat!("../chains/", $folder, "/leaf.der")),
            intermediate: include_bytes!(concat!("../chains/", $folder, "/intermediate.der")),
            root: include_bytes!(concat!("../chains/", $folder, "/root.der")),
            scheme: $scheme,
            signature: include_bytes!(concat!("../chains/", $folder, "/signature")),
        }
    };
}

const CHAINS: [Chain; 2] = [chain!("ecdsa", 0x0403), chain!("rsa", 0x0804)];
const NOW: u64 = 1_800_000_000;
const YEAR: u64 = 365 * 24 * 60 * 60;
const HOST: &str = "cvm.tencentcloudapi.com";

/// A valid chain with up to three changes, or any bytes instead of the leaf.
pub(crate) fn check(data: &[u8]) {
    let mut source = Source::new(data);
    let chain = &CHAINS[source.below(CHAINS.len())];
    if source.wild {
        return check_any(chain, source.rest());
    }
    let mut certificates = vec![chain.leaf.to_vec(), chain.intermediate.to_vec()];
    let (mut signature, mut transcript, mut scheme) = (chain.signature.to_vec(), [7; 32], chain.scheme);
    for _ in 0..source.below(4) {
        match source.below(8) {
            0 => source.edit(&mut signature),
            1 => transcript[source.below(32)] = source.byte(),
            2 => scheme = u16::from_be_bytes([source.byte() % 16, source.byte()]),
            3 => certificates.rotate_left(1),
            4 => certificates.push(chain.root.to_vec()),
            5 => source.edit(&mut certificates[0]),
            _ => source.edit(&mut certificates[1]),
        }
    }
    let (time, pinned) =
        (source.maybe(Source::number).map_or(NOW, |time| time % (4 * NOW)), source.one_in(8));
    let valid = certificates.len() <= 4
        && certificates[0] == chain.leaf
        && certificates[1..].contains(&chain.intermediate.to_vec())
        && (&*signature, transcript, scheme) == (chain.signature, [7; 32], chain.scheme)
        && (NOW - YEAR..=NOW + YEAR).contains(&time)
        && !pinned;
    let root = [Root::from_certificate(chain.root).expect("the root is a certificate")];
    let server = Server::new(HOST, &root, Timestamp::from_unix(time).expect("it is before the year 10000"));
    let server = if pinned { server.pinned(&[Pin([0; 32])]) } else { server };
    let sent: Vec<_> = certificates.iter().map(Vec::as_slice).collect();
    let proved = fuzzing::prove(&server, &sent, scheme, &transcript, &signature);
    // webpki refuses a valid chain if a certificate that is not part of it is malformed.
    let may_be_refused = certificates.len() > 3;
    assert!(proved.is_ok() == valid || (may_be_refused && proved.is_err()), "{proved:?}");
    certificates.iter().for_each(|der| check_reader(der));
}

/// Any bytes as the leaf, as a root, and for the reader alone: no panic, and trusted only if they are the
/// valid leaf.
fn check_any(chain: &Chain, bytes: &[u8]) {
    let root = [Root::from_certificate(chain.root).expect("the root is a certificate")];
    let server = Server::new(HOST, &root, Timestamp::from_unix(NOW).expect("it is before the year 10000"));
    let sent = [bytes, chain.intermediate];
    let proved = fuzzing::prove(&server, &sent, chain.scheme, &[7; 32], chain.signature);
    assert_eq!(proved.is_ok(), bytes == chain.leaf, "{proved:?}");
    check_reader(bytes);
    let _ = Root::from_certificate(bytes).map_err(|error| assert!(!error.to_string().is_empty()));
}

/// The key that the reader returns is a SEQUENCE within the certificate.
fn check_reader(der: &[u8]) {
    match fuzzing::read(der) {
        Ok((spki, _)) => {
            assert!(spki.first() == Some(&0x30) && der.windows(spki.len()).any(|part| part == spki))
        }
        Err(at) => assert!(at <= der.len()),
    }
}
