//! A complete answer.

use std::fmt;
use tc3_core::{Timestamp, response};
use tc3_embedded::http::Fields;

/// A complete HTTP answer. `Debug` shows neither headers nor body.
///
/// ```no_run
/// use tc3_core::{Credentials, Signer, api, response::Advice};
/// use tc3_std::{CallError, Client, SystemClock, tls::Trust};
///
/// let mut signer = Signer::new(Credentials::new("AKIDEXAMPLE", "key")?);
/// let request = api!("cvm", "2017-03-12").action("DescribeZones").json("{}")?;
/// let message = signer.sign(&request, SystemClock.now()?).into();
/// let mut connection = Client::new(Trust::public())?.open("cvm.tencentcloudapi.com")?;
/// match connection.send(message)?.into_success() {
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
    /// The HTTP status. The service answers 200 to every request it processed, also when it
    /// reports a failure.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// Status line and headers as received, with the empty line that ends them.
    #[must_use]
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// The body: the JSON envelope.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Whether the connection can be used for another request.
    #[must_use]
    pub const fn is_reusable(&self) -> bool {
        self.reusable
    }

    /// The value of the first header of this name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        Fields::of(&self.head).value(name)
    }

    /// The server's time: the header Date.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        Timestamp::from_http_date(str::from_utf8(self.header("date")?).ok()?).ok()
    }

    /// The request's id in the service's logs.
    #[must_use]
    pub fn request_id(&self) -> Option<String> {
        let answer = response::parse(&self.body).ok()?;
        answer.request_id().map(|id| id.to_string())
    }
}

// An answer may hold secrets: that of `AssumeRole` holds a key and a token.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("body_len", &self.body.len())
            .field("request_id", &self.request_id())
            .finish_non_exhaustive()
    }
}
