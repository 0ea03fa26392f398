//! A received request, for the verifier.

use ::http::{HeaderMap, Method, Request, Uri, Version, request::Parts};
use std::{borrow::Cow, fmt};
use tc3_core::verify::{Body, Message};

/// A received request, lent to a [`Verifier`](tc3_core::verify::Verifier).
///
/// The page [`in_a_webhook_or_gateway`](tc3_core::verify::in_a_webhook_or_gateway) says what to demand.
///
/// ```
/// use tc3_core::{Credentials, Timestamp, verify::{Demands, Rejection, Verifier, tc3}};
/// use tc3_std::http::Received;
///
/// const DEMANDS: Demands<'_> = Demands::new().hosts(&["hooks.example.com"]).services(&["cvm"]).signed_body();
///
/// fn check(request: &http::Request<Vec<u8>>, credentials: &Credentials<'_>, now: Timestamp) -> Result<(), Rejection> {
///     let received = Received::new(request);
///     let message = received.message();
///     let claim = tc3::Claim::read(&message)?; // look up the credentials of `claim.secret_id()` here
///     Verifier::new().demanding(DEMANDS).tc3(&claim, credentials, now)
/// }
/// # let (credentials, now) = (Credentials::new("AKIDEXAMPLE", "key")?, Timestamp::from_unix(1_551_113_065)?);
/// # let api = tc3_core::api!("cvm", "2017-03-12").at(tc3_core::Host::Unchecked("hooks.example.com"));
/// # let mut request = http::Request::post("/").body(b"{}".to_vec())?;
/// # let signer = tc3_core::Signer::new(credentials);
/// # tc3_std::http::sign(signer, api.action("Call"), &mut request, now)?;
/// # assert_eq!(check(&request, &credentials, now), Ok(()));
/// # request.body_mut().push(b' ');
/// # assert_eq!(check(&request, &credentials, now), Err(Rejection::Signature));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Received<'a> {
    method: &'a str,
    target: Cow<'a, str>,
    headers: Vec<(&'a str, &'a [u8])>,
    body: Body<'a>,
}

impl<'a> Received<'a> {
    /// A request with its whole body, as received.
    #[must_use]
    pub fn new<B: AsRef<[u8]>>(request: &'a Request<B>) -> Self {
        let body = Body::Whole(request.body().as_ref());
        Self::of(request.method(), request.uri(), request.version(), request.headers(), body)
    }

    /// The head of a request whose body is stored or was hashed elsewhere.
    #[must_use]
    pub fn from_parts(head: &'a Parts, body: Body<'a>) -> Self {
        Self::of(&head.method, &head.uri, head.version, &head.headers, body)
    }

    /// The request as the verifier reads it.
    #[must_use]
    pub fn message(&self) -> Message<'_> {
        Message { method: self.method, target: &self.target, headers: &self.headers, body: self.body }
    }

    fn of(
        method: &'a Method,
        uri: &'a Uri,
        version: Version,
        headers: &'a HeaderMap,
        body: Body<'a>,
    ) -> Self {
        let mut headers: Vec<_> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let target = uri.path_and_query().map(|target| Cow::Borrowed(target.as_str()));
        let target = match (target, uri.authority()) {
            (Some(target), None) => target,
            // The libraries for HTTP/2 and HTTP/3 move `:authority` and `:scheme` into the URI.
            (Some(target), Some(authority)) if version >= Version::HTTP_2 => {
                headers.push((":authority", authority.as_str().as_bytes()));
                target
            }
            // The absolute form of HTTP/1.1, which the verifier refuses.
            _ => Cow::Owned(uri.to_string()),
        };
        Self { method: method.as_str(), target, headers, body }
    }
}

// Only the method: headers, query and form may contain a token.
impl fmt::Debug for Received<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").field("method", &self.method).finish_non_exhaustive()
    }
}
