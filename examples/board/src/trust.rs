//! The trust anchor and the optional pin to verify the server's certificate chain with.

use tc3_core::Timestamp;
use tc3_embedded::tls::roots::{DIGICERT_GLOBAL_ROOT_G2, Root};
use tc3_embedded::tls::{Pin, Server};

use crate::file;
use crate::outcome::{Failed, report_error};
use crate::parameters::Parameters;

/// One trust anchor and at most one pin, for one host.
#[derive(Debug)]
pub struct Trust<'t> {
    host: &'t str,
    roots: [Root<'t>; 1],
    pins: Option<[Pin; 1]>,
}

impl<'t> Trust<'t> {
    /// Reads the root certificate of `ca=` into `buffer`. Without `ca=`, uses DigiCert Global Root G2, the
    /// root of Tencent Cloud's certificate chain.
    ///
    /// # Errors
    /// The file cannot be read or is not a certificate.
    pub fn read(parameters: &Parameters<'t>, buffer: &'t mut [u8]) -> Result<Self, Failed> {
        let root = match parameters.ca {
            None => DIGICERT_GLOBAL_ROOT_G2,
            Some(path) => {
                let der = file::read(path, buffer).map_err(|error| report_error("parameter", &error))?;
                Root::from_certificate(der).map_err(|error| report_error("parameter", &error))?
            }
        };
        let pins = parameters.pin.map(|digest| [Pin(digest.0)]);
        Ok(Self { host: parameters.host, roots: [root], pins })
    }

    /// The server to connect to at the time `now`, with its trust anchor and pin.
    #[must_use]
    pub fn server(&self, now: Timestamp) -> Server<'_> {
        let server = Server::new(self.host, &self.roots, now);
        match &self.pins {
            Some(pins) => server.pinned(pins),
            None => server,
        }
    }
}
