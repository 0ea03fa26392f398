//! A request as received, possibly changed on the way.

use crate::edit;
use crate::naive::Wire;
use crate::source::Source;
use tc3_core::verify::{Body, Message};

#[derive(Clone)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl From<Wire> for Received {
    fn from(Wire { method, target, headers, body }: Wire) -> Self {
        let headers = headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect();
        Self { method, target, headers, body }
    }
}

const NAMES: [&str; 8] = [
    "Authorization",
    "Content-Type",
    "Host",
    "X-TC-Action",
    "X-TC-Content-SHA256",
    "X-TC-Timestamp",
    "X-TC-Token",
    "X-TC-Version",
];

impl Received {
    /// A request with any method, target, headers and body.
    pub(crate) fn any(source: &mut Source<'_>) -> Self {
        let header = |source: &mut Source<'_>| {
            let name = if source.one_in(3) { source.utf8() } else { source.pick(&NAMES).to_owned() };
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
    pub(crate) fn tampered(&self, source: &mut Source<'_>) -> Self {
        let mut changed = self.clone();
        for _ in 0..=source.below(3) {
            changed.change(source);
        }
        changed
    }

    fn change(&mut self, source: &mut Source<'_>) {
        let (change, header) = (source.below(8), source.byte());
        let at = usize::from(header) % self.headers.len().max(1);
        match (change, self.headers.get_mut(at)) {
            (0, _) => edit::string(&mut self.method, source),
            (1, _) => edit::string(&mut self.target, source),
            (2, _) => edit::byte(&mut self.body, source),
            (3, Some((name, _))) => edit::string(name, source),
            (4, Some(_)) => drop(self.headers.remove(at)),
            (5, Some(header)) => {
                let mut duplicate = header.clone();
                edit::byte(&mut duplicate.1, source);
                self.headers.push(duplicate);
            }
            (_, Some((_, value))) => edit::byte(value, source),
            _ => {}
        }
    }

    pub(crate) fn with<R>(&self, then: impl FnOnce(&Message<'_>) -> R) -> R {
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        let headers: Vec<_> = headers.collect();
        let Self { method, target, body, .. } = self;
        then(&Message { method, target, headers: &headers, body: Body::Whole(body) })
    }

    /// The trimmed value of the first header of this name.
    pub(crate) fn header(&self, name: &str) -> &[u8] {
        let mut named = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value.trim_ascii()).unwrap_or_default()
    }

    /// The hosts that may have been signed: with and without the port, because "some clients add the
    /// port after they have signed".
    pub(crate) fn hosts(&self) -> [Vec<u8>; 2] {
        let host = self.header("host").to_ascii_lowercase();
        let name = String::from_utf8_lossy(&host).into_owned();
        let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        let bare = name.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(&*name, |(bare, _)| bare);
        [host, bare.as_bytes().to_vec()]
    }
}
