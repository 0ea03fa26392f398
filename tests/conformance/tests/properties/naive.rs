//! Signs a random request by the naive signer.

use crate::{
    reference,
    request::{self, Content, How},
};
use tc3_core::Language;

/// The same strings as [`subject::tc3`](crate::subject::tc3).
pub(crate) fn tc3(of: &request::Tc3) -> Vec<String> {
    let common = &of.common;
    let (content_type, query, payload) = content(&of.content);
    let mut headers = vec![
        ("Host".to_owned(), common.host.name(&common.service)),
        ("Content-Type".to_owned(), content_type),
    ];
    let signed = of.headers.iter().filter(|(_, _, signed)| *signed);
    headers.extend(signed.map(|(name, value, _)| (name.clone(), value.clone())));
    let region = common.region.clone().unwrap_or_default();
    let own = [("X-TC-Action", &common.action), ("X-TC-Version", &common.version), ("X-TC-Region", &region)];
    let own = own.into_iter().zip(of.sign).filter(|(_, signed)| *signed);
    headers.extend(own.map(|((name, value), _)| (name.to_owned(), value.clone())));
    let method = if matches!(of.content, Content::Params(_) | Content::Encoded(_)) { "GET" } else { "POST" };
    let request = reference::Tc3 {
        method,
        path: common.path,
        query: &query,
        headers,
        payload: &payload,
        id: &common.id,
        key: &common.key,
        service: &common.service,
        timestamp: common.timestamp,
    };
    let separator = if query.is_empty() { "" } else { "?" };
    let target = format!("{}{separator}{query}", common.path);
    reference::tc3(&request).into_iter().chain([target]).collect()
}

/// Content type, query, and the payload that is hashed.
fn content(content: &Content) -> (String, String, Vec<u8>) {
    let get = |query| ("application/x-www-form-urlencoded".to_owned(), query, Vec::new());
    match content {
        Content::Params(fields) => get(reference::query(fields)),
        Content::Encoded(query) => get(query.clone()),
        Content::Body(kind, _, How::Unsigned) => {
            ((*kind).to_owned(), String::new(), b"UNSIGNED-PAYLOAD".to_vec())
        }
        Content::Body(kind, body, _) => ((*kind).to_owned(), String::new(), body.clone()),
        Content::Form(boundary, parts) => {
            let mut body: Vec<u8> = parts.iter().flat_map(|part| encoded(part, boundary)).collect();
            body.extend(format!("--{boundary}--\r\n").bytes());
            (format!("multipart/form-data; boundary={boundary}"), String::new(), body)
        }
    }
}

fn encoded(part: &request::Part, boundary: &str) -> Vec<u8> {
    let filename = part.filename.as_ref().map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
    let kind = part.content_type.map(|kind| format!("\r\nContent-Type: {kind}")).unwrap_or_default();
    let name = &part.name;
    let head =
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{filename}{kind}\r\n\r\n");
    [head.as_bytes(), &part.data, b"\r\n"].concat()
}

/// The same strings as [`subject::v1`](crate::subject::v1).
pub(crate) fn v1(of: &request::V1) -> Vec<String> {
    let common = &of.common;
    let language = common.language.map(|language| match language {
        Language::Chinese => "zh-CN".to_owned(),
        Language::English => "en-US".to_owned(),
    });
    let mut params = reference::flat(&of.params);
    let common_params = [
        ("Action", Some(common.action.clone())),
        ("Version", Some(common.version.clone())),
        ("Timestamp", Some(common.timestamp.to_string())),
        ("Nonce", Some(of.nonce.to_string())),
        ("SecretId", Some(common.id.clone())),
        ("Region", common.region.clone()),
        ("SignatureMethod", of.algorithm.map(str::to_owned)),
        ("Token", common.token.clone()),
        ("Language", language),
        ("RequestClient", common.client.clone()),
    ];
    params.extend(common_params.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    let method = if of.post { "POST" } else { "GET" };
    let target = format!("{method}{}{}", common.host.name(&common.service), common.path);
    let output = reference::v1(&target, params, &common.key, of.algorithm == Some("HmacSHA256"));
    [output.clone(), output].concat()
}
