//! A `tower` layer that signs.

use super::sign;
use crate::{clock::SystemClock, signer::SharedSigner};
use ::http::Request;
use bytes::Bytes;
use http_body::Body;
use http_body_util::{BodyExt, Full, Limited};
use std::{
    error::Error,
    fmt, mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tc3_core::{Call, Limit};
use tower_layer::Layer;
use tower_service::Service;

type BoxError = Box<dyn Error + Send + Sync>;

/// A `tower` layer that signs each request with the system's time, as [`sign`](super::sign) does.
///
/// The extensions of a request name its [`Call`]: `request.extensions_mut().insert(call)`. The body is read whole, at
/// most 10 MiB. Put the layer inside one that repeats requests, so that each attempt is signed anew.
///
/// Errors are those of the inner service, [`HttpError`](super::HttpError),
/// [`SignerError`](crate::signer::SignerError), [`ClockError`](crate::ClockError), [`NoCall`], and those of reading
/// the body.
///
/// The source of the credentials may block: call [`SharedSigner::at`] regularly on a thread of its own, so that
/// requests find renewed credentials.
#[cfg_attr(feature = "gateway", doc = include_str!("tower.md"))]
#[derive(Clone, Debug)]
pub struct SignLayer(Arc<SharedSigner>);

impl SignLayer {
    /// A layer that signs with this signer.
    #[must_use]
    pub fn new(signer: Arc<SharedSigner>) -> Self {
        Self(signer)
    }
}

impl<S> Layer<S> for SignLayer {
    type Service = SignService<S>;

    fn layer(&self, inner: S) -> SignService<S> {
        SignService { inner, signer: Arc::clone(&self.0) }
    }
}

/// The service that [`SignLayer`] makes of another service.
#[derive(Clone, Debug)]
pub struct SignService<S> {
    inner: S,
    signer: Arc<SharedSigner>,
}

impl<S, B> Service<Request<B>> for SignService<S>
where
    S: Service<Request<Full<Bytes>>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // Only this instance is known to be ready. A clone of it is not.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let signer = Arc::clone(&self.signer);
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let call = *head.extensions.get::<Call<'static>>().ok_or(NoCall)?;
            let limit = usize::try_from(Limit::Body.bytes()).unwrap_or(usize::MAX);
            let body = Limited::new(body, limit).collect().await?.to_bytes();
            let mut request = Request::from_parts(head, body);
            let now = SystemClock.now()?;
            sign(signer.at(now)?, call, &mut request, now)?;
            inner.call(request.map(Full::new)).await.map_err(Into::into)
        })
    }
}

/// The extensions of a request have no [`Call`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoCall;

impl fmt::Display for NoCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request cannot be signed: its extensions name no call")
    }
}

impl Error for NoCall {}
