//! A complete HTTP response.

use std::fmt;
use tc3_core::{Timestamp, response};
use tc3_embedded::http::Fields;
#[cfg(feature = "credentials")]
use zeroize::Zeroizing;

/// A complete HTTP response. `Debug` shows neither headers nor body.
///
/// ```no_run
/// use tc3_core::{Credentials, Signer, api, response::Advice};
/// use tc3_std::{CallError, Client, SystemClock, tls::Trust};
///
/// let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
/// let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}")?;
/// let signed = signer.sign(&request, SystemClock.now()?);
/// let mut connection = Client::new(Trust::public())?.open("cvm.tencentcloudapi.com")?;
/// match connection.send(signed)?.into_success() {
///     Ok(reply) => println!("{:?}: {} bytes", reply.request_id(), reply.body().len()),
///     Err(CallError::Service(failure)) if failure.advice == Advice::FixClock => {
///         println!("the server's clock shows {:?}", failure.reply.date());
///     }
///     Err(error) => return Err(error.into()),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    pub(super) status: u16,
    pub(super) head: Vec<u8>,
    pub(super) body: Vec<u8>,
    pub(super) reusable: bool,
}

impl Reply {
    /// The HTTP status. The service usually sends 200 even when it reports an error.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Status line and headers as received, including the empty line at their end.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The body, usually the service's JSON envelope.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body, wiped when dropped. For an answer that contains credentials.
    #[cfg(feature = "credentials")]
    pub(crate) fn into_secret_body(self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.body)
    }

    /// Whether another request can be sent on the same connection.
    #[must_use]
    pub const fn is_reusable(&self) -> bool {
        self.reusable
    }

    /// The value of the first header with this name. Upper and lower case are the same.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        Fields::of(&self.head).value(name)
    }

    /// The server's time, from the header Date. `None` if it is missing or malformed.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        Timestamp::from_http_date(str::from_utf8(self.header("date")?).ok()?).ok()
    }

    /// The `RequestId` that identifies the request in the service's logs. `None` if the body is not the
    /// service's envelope or has no id.
    #[must_use]
    pub fn request_id(&self) -> Option<String> {
        let envelope = response::parse(&self.body).ok()?;
        envelope.request_id().map(|id| id.to_string())
    }
}

// A response can contain secrets: that of `AssumeRole` contains a key and a token.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body_len", &self.body.len())
            .field("request_id", &self.request_id())
            .finish_non_exhaustive()
    }
}
