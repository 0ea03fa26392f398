//! Crates that sign for AWS with SigV4. TC3 resembles SigV4, but derives its key without a region.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sign_v4::AwsSign;
use aws_sigv4::http_request::{self, SignableBody, SignableRequest, SigningSettings};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use chrono::{DateTime, Utc};
use http::HeaderMap;
use http::request::Parts;
use reqsign_aws_v4::{Credential, RequestSigner};
use reqsign_core::{SignRequest, hash::hex_sha256};

use crate::contender::{Contender, Signer, returning};
use crate::fixture::{CONTENT_TYPE, HOST, ID, KEY, REGION, SECOND, SERVICE};

const URL: &str = "https://cvm.tencentcloudapi.com/";

pub(crate) fn contenders(body: &'static str) -> [Contender; 3] {
    let row = |name, signer| Contender { name, kind: "aws", signer, twin: None };
    [
        row("aws-sigv4 1.6.4", sigv4(body)),
        row("aws-sign-v4 0.3.0", sign_v4(body)),
        row("reqsign-aws-v4 3.3.1", reqsign(body)),
    ]
}

fn sigv4(body: &'static str) -> Signer {
    let identity: Identity = Credentials::new(ID, KEY, None, None, "bench").into();
    let sign = move || {
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(REGION)
            .name(SERVICE)
            .time(UNIX_EPOCH.checked_add(Duration::from_secs(black_box(SECOND)))?)
            .settings(SigningSettings::default())
            .build()
            .ok()?;
        let headers = [("content-type", black_box(CONTENT_TYPE)), ("host", black_box(HOST))];
        let body = SignableBody::Bytes(black_box(body).as_bytes());
        let request = SignableRequest::new("POST", URL, headers.into_iter(), body).ok()?;
        http_request::sign(request, &params.into()).ok()
    };
    returning(sign, |signed| {
        let mut headers = signed.as_ref()?.output().headers();
        headers.find_map(|(name, value)| (name == "authorization").then_some(value))
    })
}

fn sign_v4(body: &'static str) -> Signer {
    let second = i64::try_from(SECOND).unwrap_or_default();
    let time: DateTime<Utc> = DateTime::from_timestamp(second, 0).unwrap_or_default();
    let headers: HeaderMap = [("content-type", CONTENT_TYPE), ("host", HOST)]
        .into_iter()
        .filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?)))
        .collect();
    returning(
        move || {
            let (time, headers) = (black_box(&time), black_box(&headers));
            AwsSign::new("POST", URL, time, headers, REGION, ID, black_box(KEY), SERVICE, black_box(body))
                .sign()
        },
        |signed| Some(signed),
    )
}

fn reqsign(body: &'static str) -> Signer {
    let signer = RequestSigner::new(SERVICE, REGION);
    let credential =
        Credential { access_key_id: ID.into(), secret_access_key: KEY.into(), ..Credential::default() };
    let context = reqsign_core::Context::new();
    let sign = move || -> Option<Parts> {
        let request = http::Request::post(URL)
            .header("content-type", black_box(CONTENT_TYPE))
            .header("x-amz-content-sha256", hex_sha256(black_box(body).as_bytes()));
        let (mut parts, ()) = request.body(()).ok()?.into_parts();
        ready(signer.sign_request(&context, &mut parts, Some(black_box(&credential)), None))?.ok()?;
        Some(parts)
    };
    returning(sign, |parts| parts.as_ref()?.headers.get("authorization")?.to_str().ok())
}

/// Polls a future once. `None` if it is not ready.
fn ready<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
