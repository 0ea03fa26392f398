//! Responds to one HTTP request.

use super::{
    answer::{Answer, http_date, request_id},
    config::Config,
    judge::{Judgement, judge},
    record::Record,
    tap::Head,
};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response, StatusCode,
    body::Incoming,
    header::{CONNECTION, CONTENT_TYPE, DATE, HOST, HeaderValue},
};
use std::net::SocketAddr;
use tc3_core::{HashedPayload, Limit, PayloadHasher};
use tokio::time::sleep;

/// Maximum number of bytes read of a body that is too large. If the connection closed earlier, a client
/// that is still sending would not read the response.
const MAX_READ: u64 = 64 * 1024 * 1024;

pub(super) async fn respond(
    request: Request<Incoming>,
    peer: SocketAddr,
    raw: &Head,
    config: &Config,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let has_two_lengths = raw.has_two_lengths();
    let (body, payload) = receive(body).await?;
    raw.reset();
    let now = (config.clock)();
    let Judgement { action, answer, diagnosis } = match now {
        Ok(now) => judge(config, &head, (body, payload, has_two_lengths), now),
        Err(error) => {
            let answer = Answer::failure("InternalError", error.to_string()).into();
            Judgement { action: None, answer, diagnosis: None }
        }
    };
    sleep(answer.delay).await;
    let request_id = request_id();
    if let Some(records) = &config.records {
        let host = head.headers.get(HOST).map(HeaderValue::as_bytes).unwrap_or_default();
        // Sending fails if the receiver was dropped.
        let _ = records.send(Record {
            peer,
            method: head.method.to_string(),
            host: String::from_utf8_lossy(host).into_owned(),
            action,
            body_len: payload.len(),
            error: answer.error(),
            status: answer.status,
            diagnosis,
            request_id: request_id.clone(),
        });
    }
    let status =
        StatusCode::from_u16(answer.status).ok().filter(|status| (200..600).contains(&status.as_u16()));
    let content_type = HeaderValue::try_from(&*answer.content_type);
    let mut response = Response::new(Full::from(answer.into_body(&request_id)));
    *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if let Ok(content_type) = content_type {
        headers.insert(CONTENT_TYPE, content_type);
    }
    if let Ok(Ok(date)) = now.map(http_date).map(HeaderValue::try_from) {
        headers.insert(DATE, date);
    }
    if payload.len() > MAX_READ {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

/// Reads a body, and stops after [`MAX_READ`] bytes. Returns its start, up to one byte more than
/// [`Limit::Body`], and the hash and length of all bytes read.
async fn receive(mut body: Incoming) -> Result<(Bytes, HashedPayload), hyper::Error> {
    let limit = usize::try_from(Limit::Body.bytes().saturating_add(1)).unwrap_or(usize::MAX);
    let (mut stored, mut hasher, mut read) = (BytesMut::new(), PayloadHasher::new(), 0usize);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        hasher.update(&data);
        read = read.saturating_add(data.len());
        let left = limit.saturating_sub(stored.len()).min(data.len());
        stored.extend_from_slice(data.get(..left).unwrap_or_default());
        if u64::try_from(read).is_ok_and(|read| read > MAX_READ) {
            break;
        }
    }
    Ok((stored.freeze(), hasher.finish()))
}
