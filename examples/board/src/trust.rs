//! Whom to believe.

use tc3_core::Timestamp;
use tc3_embedded::tls::roots::{DIGICERT_GLOBAL_ROOT_G2, Root};
use tc3_embedded::tls::{Pin, Server};

use crate::file;
use crate::parameters::Parameters;
use crate::verdict::{Refused, refuse};

/// A root, and a pin if there is one.
#[derive(Debug)]
pub struct Trust<'t> {
    host: &'t str,
    roots: [Root<'t>; 1],
    pins: Option<[Pin; 1]>,
}

impl<'t> Trust<'t> {
    /// The root that the parameters name, or the one that the service's public chain ends in.
    ///
    /// # Errors
    /// There is no such file, or no certificate in it.
    pub fn read(parameters: &Parameters<'t>, room: &'t mut [u8]) -> Result<Self, Refused> {
        let root = match parameters.ca {
            None => DIGICERT_GLOBAL_ROOT_G2,
            Some(path) => {
                let der = file::read(path, room).map_err(|error| refuse("parameter", &error))?;
                Root::from_certificate(der).map_err(|error| refuse("parameter", &error))?
            }
        };
        let pins = parameters.pin.map(|digest| [Pin(digest.0)]);
        Ok(Self { host: parameters.host, roots: [root], pins })
    }

    /// The server to be talked to.
    #[must_use]
    pub fn server(&self, now: Timestamp) -> Server<'_> {
        let server = Server::new(self.host, &self.roots, now);
        match &self.pins {
            Some(pins) => server.pinned(pins),
            None => server,
        }
    }
}
