//! A signature verifies. After a change it does not, unless the change affects nothing that is signed.

use crate::rows::{format_error, without_allocating};
use crate::{draft::Draft, naive::Wire, source::Source, tc3, v1};
use tc3_core::verify::{self, Body, Message, Rejection, Verifier};
use tc3_core::{Credentials, Signer, Timestamp};

/// Verifies a signed TC3 request, then a changed copy; or an arbitrary request.
pub fn check_tc3(data: &[u8]) {
    let mut source = Source::new(data);
    if source.one_in(8) {
        return forged(&mut source, verify_tc3);
    }
    let drawn = tc3::Drawn::new(&mut source);
    let (Ok(credentials), now) = (drawn.draft.credentials(), drawn.draft.now()) else { return };
    let sent = drawn.with(|request| {
        let head = Signer::new(credentials).sign(&request, now).head().to_string();
        Wire::parse(&head, drawn.body())
    });
    let names = drawn.signed();
    let covered = |wire: &Wire, host: &[u8]| signed_data(wire, &names, host);
    if let Ok(sent) = sent {
        check(&mut source, &sent, &drawn.draft, verify_tc3, covered);
    }
}

/// Verifies a signed v1 request, then a changed copy; or an arbitrary request.
pub fn check_v1(data: &[u8]) {
    let mut source = Source::new(data);
    if source.one_in(8) {
        return forged(&mut source, verify_v1);
    }
    let drawn = v1::Drawn::new(&mut source);
    let sent = drawn.with(|signed| {
        let body = if drawn.is_post() { signed.wire().to_string() } else { String::new() };
        Wire::parse(&signed.head().to_string(), body.into_bytes())
    });
    if let Ok(sent) = sent {
        assert_eq!(string_to_sign(&sent, &sent.hosts()[0]), drawn.expected()[0].as_bytes());
        check(&mut source, &sent, &drawn.draft, verify_v1, string_to_sign);
    }
}

/// Verifies what was sent, then a changed copy, which may be accepted only if what is signed did not change.
fn check<T: PartialEq>(
    source: &mut Source<'_>,
    sent: &Wire,
    draft: &Draft,
    verify: Verify,
    covered: impl Fn(&Wire, &[u8]) -> T,
) {
    let (credentials, now) = (draft.credentials().expect("it is signed"), draft.now());
    assert_eq!(verify(sent, &credentials, now), Ok(()));
    // Not used any more. Without it, the corpus would change its meaning.
    source.short();
    let received = sent.tampered(source);
    if verify(&received, &credentials, now).is_ok() {
        let before = covered(sent, &sent.hosts()[0]);
        let is_covered = received.hosts().iter().any(|host| covered(&received, host) == before);
        assert!(is_covered, "accepted {received:?} instead of {sent:?}");
    }
}

type Verify = fn(&Wire, &Credentials<'_>, Timestamp) -> Result<(), Rejection>;

fn verify_tc3(received: &Wire, credentials: &Credentials<'_>, now: Timestamp) -> Result<(), Rejection> {
    received.with(|message| {
        without_allocating("verification", || {
            Verifier::new().tc3(&verify::tc3::Claim::read(message)?, credentials, now)
        })
    })
}

fn verify_v1(received: &Wire, credentials: &Credentials<'_>, now: Timestamp) -> Result<(), Rejection> {
    received.with(|message| {
        let form = received.body.iter().chain(received.target.as_bytes());
        let ampersands = form.filter(|byte| **byte == b'&').count();
        let mut buffer = vec![verify::v1::Parameter::default(); 1 + ampersands];
        let (claim, verified) = without_allocating("verification", || {
            let claim = verify::v1::Claim::read(message, &mut buffer)?;
            let verified = Verifier::new().v1(&claim, credentials, now);
            Ok((claim, verified))
        })?;
        assert!(claim.parameter("Nonce").is_some(), "{claim:?} has no nonce");
        verified
    })
}

fn forged(source: &mut Source<'_>, verify: Verify) {
    let credentials = Credentials::new("AKIDEXAMPLE", "not-to-be-known").expect("they are valid");
    let received = Wire::any(source);
    let now = Timestamp::from_unix(1_551_113_065).expect("it is valid");
    let refused = verify(&received, &credentials, now).expect_err("a signature needs the key");
    format_error(&refused);
    assert_ne!(refused.code(), "", "{refused}");
}

const NAMES: &str = "Authorization Content-Type Host X-TC-Action X-TC-Content-SHA256 X-TC-Timestamp X-TC-Token \
    X-TC-Version";

impl Wire {
    /// A request with any method, target, headers and body.
    fn any(source: &mut Source<'_>) -> Self {
        let names: Vec<_> = NAMES.split(' ').collect();
        let header = |source: &mut Source<'_>| {
            let name = if source.one_in(3) { source.utf8() } else { source.pick(&names).to_owned() };
            (name, source.bytes().to_vec())
        };
        Self {
            method: if source.one_in(8) { source.utf8() } else { source.pick(&["GET", "POST"]).to_owned() },
            target: source.utf8(),
            headers: source.list(12, header),
            body: source.bytes().to_vec(),
        }
    }

    /// A copy with up to three changes, each of one byte or of one header.
    fn tampered(&self, source: &mut Source<'_>) -> Self {
        let mut changed = self.clone();
        for _ in 0..=source.below(3) {
            let (change, header) = (source.below(8), source.byte());
            let at = usize::from(header) % changed.headers.len().max(1);
            match (change, changed.headers.get_mut(at)) {
                (0, _) => source.edit_string(&mut changed.method),
                (1, _) => source.edit_string(&mut changed.target),
                (2, _) => source.edit(&mut changed.body),
                (3, Some((name, _))) => source.edit_string(name),
                (4, Some(_)) => drop(changed.headers.remove(at)),
                (5, Some(header)) => {
                    let mut duplicate = header.clone();
                    source.edit(&mut duplicate.1);
                    changed.headers.push(duplicate);
                }
                (_, Some((_, value))) => source.edit(value),
                _ => {}
            }
        }
        changed
    }

    fn with<R>(&self, then: impl FnOnce(&Message<'_>) -> R) -> R {
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        let headers: Vec<_> = headers.collect();
        let Self { method, target, body, .. } = self;
        then(&Message { method, target, headers: &headers, body: Body::Whole(body) })
    }

    /// The hosts that may have been signed: with and without the port, because "some clients add the
    /// port after they have signed".
    fn hosts(&self) -> [Vec<u8>; 2] {
        let host = self.header("host").to_ascii_lowercase();
        let name = String::from_utf8_lossy(&host).into_owned();
        let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        let bare = name.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(&*name, |(bare, _)| bare);
        [host, bare.as_bytes().to_vec()]
    }
}

/// Everything that the verifier's result depends on: the signed data, the credential, the time and the
/// signature.
fn signed_data(of: &Wire, names: &[String], host: &[u8]) -> Vec<Vec<u8>> {
    let mut signed = of.clone();
    signed.headers.insert(0, ("host".to_owned(), host.to_vec()));
    let fields = of.header("authorization").split(|byte| *byte == b',');
    // Any number of spaces may follow the algorithm.
    let fields = fields.flat_map(|field| field.trim_ascii().splitn(2, |byte| *byte == b' '));
    let authorization = fields.map(|field| field.trim_ascii().to_vec());
    let read = ["x-tc-timestamp", "x-tc-token"].map(|name| of.header(name).to_vec());
    [signed.canonical_request(names).into_bytes()].into_iter().chain(read).chain(authorization).collect()
}

/// Method, host, path, `?`, and all parameters except the signature, decoded and sorted.
fn string_to_sign(of: &Wire, host: &[u8]) -> Vec<u8> {
    let (path, query) = of.target.split_once('?').unwrap_or((&of.target, ""));
    let form = if of.method == "POST" { &of.body[..] } else { query.as_bytes() };
    let split = |pair: &[u8]| {
        let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        (decoded(&pair[..at]), decoded(pair.get(at + 1..).unwrap_or_default()))
    };
    let mut parameters: Vec<_> = form.split(|byte| *byte == b'&').map(split).collect();
    parameters.retain(|(name, _)| name != b"Signature");
    parameters.sort();
    let parameters: Vec<_> =
        parameters.iter().map(|(name, value)| [name, &b"="[..], value].concat()).collect();
    [of.method.as_bytes(), host, path.as_bytes(), b"?", &parameters.join(&b'&')].concat()
}

/// Decodes `%XX` and `+`.
pub fn decoded(encoded: &[u8]) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), encoded.iter());
    while let Some(byte) = rest.next() {
        let mut digit =
            || rest.next().and_then(|digit| char::from(*digit).to_digit(16)).unwrap_or_default() as u8;
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => 16 * digit() + digit(),
            byte => *byte,
        });
    }
    bytes
}
