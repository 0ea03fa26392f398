//! The random bytes of a run. The image reads them from the emulator's standard input, not from the random device of
//! this machine, so that the test knows them and can tell what must become of each.

use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

use measure::{Result, replaced};
use peer::KnownSeed;

use crate::case::Case;
use crate::image::{IMAGES, Image, TERSE};
use crate::server::Seen;

const DEVICE: &[u8] = b"/dev/urandom\0";
/// The same length as [`DEVICE`].
const STANDARD_INPUT: &[u8] = b"/dev///stdin\0";

/// Copies the images, with [`STANDARD_INPUT`] in place of [`DEVICE`]. Fails if an image does not read the device.
pub(crate) fn redirect(folder: &Path) -> Result<PathBuf> {
    let copies = folder.join("redirected");
    for image in IMAGES.iter().chain([&TERSE]) {
        let bytes = replaced(fs::read(image.path(folder))?, DEVICE, STANDARD_INPUT)?;
        let copy = image.path(&copies);
        fs::create_dir_all(copy.parent().unwrap_or(&copies))?;
        fs::write(copy, bytes)?;
    }
    Ok(copies)
}

/// What an image draws in a case, in this order.
pub(crate) struct Draws {
    /// The seed of the network stack.
    stack: Option<u64>,
    /// A number for each SNTP request.
    questions: Vec<u64>,
    seed: KnownSeed,
    nonce: u64,
}

impl Draws {
    pub(crate) fn of(case: &Case, image: Image) -> Self {
        let name = format!("{} on {}", case.name, image.name);
        let number = |what: &str| {
            let seed = KnownSeed::of(&format!("{what} of {name}")).0;
            seed.first_chunk().map_or(0, |it| u64::from_be_bytes(*it))
        };
        Self {
            stack: image.has_ethernet.then(|| number("network stack")),
            questions: (0..case.replies.len()).map(|n| number(&format!("question {n}"))).collect(),
            nonce: number("nonce"),
            seed: KnownSeed::of(&name),
        }
    }

    /// The bytes of all draws. A further draw fails, because the emulator's standard input then ends.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = self.stack.iter().flat_map(|seed| seed.to_le_bytes()).collect();
        bytes.extend(self.questions.iter().flat_map(|number| number.to_be_bytes()));
        bytes.extend_from_slice(self.seed.draws().as_flattened());
        bytes.extend(self.nonce.to_be_bytes());
        bytes
    }

    /// What became of the draws that the servers saw, if it is not what should. `frames` are those of the board's
    /// network, and `port` is the server's. Panics if the board sent a secret.
    pub(crate) fn unmet(&self, seen: &Seen, frames: &[u8], port: u16) -> Vec<String> {
        let mut unmet = Vec::new();
        let mut compare = |is: &dyn Debug, should: &dyn Debug| {
            let (is, should) = (format!("{is:?}"), format!("{should:?}"));
            if is != should {
                unmet.push(format!("{should}\nfrom the random bytes, not {is}"));
            }
        };
        for (request, drawn) in seen.sntp_requests.iter().zip(&self.questions) {
            compare(&("SNTP", request.last_chunk::<8>()), &("SNTP", Some(&(drawn >> 1).to_be_bytes())));
        }
        for connection in &seen.connections {
            let sent = [&connection.wire[..], &connection.received].concat();
            self.seed.assert_secrets_are_not_in(&sent, "a connection");
            if !connection.wire.is_empty() {
                compare(&connection.client_hello(), &Some(self.seed.client_hello()));
                // The first port is the rest of the stack's seed divided by the number of ports, so it depends on
                // every bit of the seed. The socket for SNTP has the port before.
                let least = if self.questions.is_empty() { 1025 } else { 1026 };
                let first = |seed: u64| (seed % 64_510).saturating_add(least);
                compare(&("port", from(frames, port)), &("port", self.stack.map(first)));
            }
            let text = String::from_utf8_lossy(&connection.received);
            if text.contains("SignatureMethod=") {
                let nonce = text.split('&').find(|pair| pair.starts_with("Nonce="));
                compare(&nonce, &Some(format!("Nonce={}", self.nonce >> 1)));
            }
        }
        unmet
    }
}

/// The port from which the first segment of TCP to this port came. Its header follows the receiver's address.
fn from(frames: &[u8], to: u16) -> Option<u64> {
    frames.windows(8).find_map(|part| match *part {
        [10, 0, 2, 2, high, low, ref port @ ..] if *port == to.to_be_bytes() => {
            Some(u16::from_be_bytes([high, low]).into())
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Case, Draws, Seen};

    #[test]
    fn a_number_that_is_not_made_of_the_random_bytes_is_unmet() {
        let case = Case::new("drawn", crate::server::Plan::Gateway).sntp(&[None]);
        let received = b"SignatureMethod=HmacSHA256&Nonce=1".to_vec();
        let connections = vec![peer::Connection { wire: vec![0; 9], received, ..Default::default() }];
        let seen = Seen { connections, sntp_requests: vec![vec![0; 8]], ..Seen::default() };
        let draws = Draws::of(&case, crate::image::CORTEX_M_ETHERNET);
        let unmet = draws.unmet(&seen, &[10, 0, 2, 2, 4, 1, 1, 187], 443);
        let is: Vec<&str> = unmet.iter().filter_map(|it| Some(it.rsplit_once(", not ")?.1)).collect();
        let sntp = r#"("SNTP", Some([0, 0, 0, 0, 0, 0, 0, 0]))"#;
        assert_eq!(is, [sntp, "None", r#"("port", Some(1025))"#, r#"Some("Nonce=1")"#]);
    }
}
