//! Compares the URL of a request with the one that its call is signed for.

use super::HttpError;
use ::http::Uri;
use tc3_core::Request;

/// Refuses a URL that is not the one of the call: the signature would not fit.
pub(super) fn check(call: &Request<'_>, uri: &Uri) -> Result<(), HttpError> {
    let (target, query) = (uri.path_and_query(), uri.query());
    if let Some(authority) = uri.authority() {
        // Clients leave the default port out of `Host`.
        let default = match uri.scheme_str() {
            Some("https") => Some(443),
            Some("http") => Some(80),
            _ => None,
        };
        let mut sent = authority.host().to_owned();
        if let Some(port) = authority.port_u16().filter(|port| Some(*port) != default) {
            sent = format!("{sent}:{port}");
        }
        if authority.as_str().contains('@') {
            return Err(HttpError::User);
        }
        let signed = call.host().to_string();
        // With case: some clients send capitals as they are, and the signature is made for what the call says.
        if sent != signed {
            return Err(HttpError::Host { signed, url: sent });
        }
    }
    let signed = call.target().to_string();
    match target.map_or("/", |target| target.as_str()) {
        sent if sent == signed => Ok(()),
        _ if call.method() == "POST" && query.is_some() => Err(HttpError::PostQuery),
        _ => {
            let path = signed.split('?').next().unwrap_or_default().to_owned();
            Err(HttpError::Path { signed: path, url: uri.path().to_owned() })
        }
    }
}
