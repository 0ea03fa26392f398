//! Signs a random request by tc3-core, the signer under test.

use crate::request::{self, Common, Content, How};
use conformance::Arena;
use core::num::NonZeroU64;
use tc3_core::{
    Api, Call, ContentType, Credentials, HashedPayload, Header, Multipart, Part, PayloadHasher, Query,
    Request, Signer, Timestamp, v1,
};

impl Common {
    fn call<'a>(&'a self, headers: &'a [Header<'a>]) -> Call<'a> {
        let api = Api::new(&self.service, &self.version).unwrap().at(self.host.host()).path(self.path);
        let mut call = api.action(&self.action);
        // An empty list of headers takes another code path than no list.
        if !headers.is_empty() || self.timestamp.is_multiple_of(2) {
            call = call.headers(headers);
        }
        if let Some(region) = &self.region {
            call = call.region(region);
        }
        if let Some(language) = self.language {
            call = call.language(language);
        }
        if let Some(client) = &self.client {
            call = call.request_client(client);
        }
        call
    }

    fn signer(&self) -> Signer<'_> {
        let credentials = match &self.token {
            Some(token) => Credentials::temporary(&self.id, &self.key, token),
            None => Credentials::new(&self.id, &self.key),
        };
        Signer::new(credentials.unwrap())
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.timestamp).unwrap()
    }
}

/// Canonical request, string to sign, Authorization, request target.
pub(crate) fn tc3(of: &request::Tc3) -> Vec<String> {
    let own = of.headers.iter().map(|(name, value, signed)| {
        if *signed { Header::Signed(name, value) } else { Header::Unsigned(name, value) }
    });
    let also = [Header::SignAction, Header::SignVersion, Header::SignRegion].into_iter().zip(of.sign);
    let also = also.filter_map(|(header, signed)| signed.then_some(header));
    let headers: Vec<_> = also.chain(own).collect();
    let call = of.common.call(&headers);
    let (arena, mut payload) = (Arena::default(), None);
    let request = match &of.content {
        Content::Params(fields) => call.get(Query::params(arena.params(fields)).unwrap()),
        Content::Encoded(query) => call.get(Query::encoded(query).unwrap()),
        Content::Body(content_type, body, how) => post(call, content_type, body, *how, &mut payload),
        Content::Form(boundary, parts) => {
            let parts: Vec<_> = parts.iter().map(request::Part::borrowed).collect();
            return output(&call.multipart(Multipart::new(boundary, &parts).unwrap()).unwrap(), &of.common);
        }
    };
    output(&request.unwrap(), &of.common)
}

fn output(request: &Request<'_>, common: &Common) -> Vec<String> {
    let mut signer = common.signer();
    let explanation = signer.explain(request, common.now());
    let signed = signer.sign(request, common.now());
    vec![
        explanation.canonical_request().to_string(),
        explanation.string_to_sign().to_string(),
        signed.authorization().to_string(),
        request.target().to_string(),
    ]
}

fn post<'a>(
    call: Call<'a>,
    content_type: &'a str,
    body: &'a [u8],
    how: How,
    payload: &'a mut Option<HashedPayload>,
) -> Result<Request<'a>, tc3_core::Invalid> {
    let content_type = match content_type {
        "application/json" => ContentType::Json,
        "application/json; charset=utf-8" => ContentType::JsonUtf8,
        "application/octet-stream" => ContentType::Octets,
        "application/octet-stream; charset=utf-8" => ContentType::OctetsUtf8,
        other => ContentType::Multipart { boundary: other.split('=').nth(1).unwrap() },
    };
    match (how, content_type) {
        (How::Whole, ContentType::Json) => call.json(str::from_utf8(body).unwrap()),
        (How::Whole, ContentType::Octets) => call.octets(body),
        (How::Whole, _) => call.post(content_type, body),
        (How::Unsigned, _) => call.unsigned(content_type, body.len() as u64),
        (How::Pieces(len), _) => {
            let mut hasher = PayloadHasher::new();
            body.chunks(len).for_each(|piece| hasher.update(piece));
            call.streamed(content_type, payload.insert(hasher.finish()))
        }
    }
}

impl request::Part {
    fn borrowed(&self) -> Part<'_> {
        Part {
            name: &self.name,
            filename: self.filename.as_deref(),
            content_type: self.content_type,
            data: &self.data,
        }
    }
}

/// String to sign, signature and wire form, of sorted and then of unsorted parameters.
pub(crate) fn v1(of: &request::V1) -> Vec<String> {
    let arena = Arena::default();
    let sorted = v1::Params::sorted(arena.params(&of.params)).unwrap();
    let unsorted = v1::Params::unsorted(arena.params(&of.params)).unwrap();
    [sorted, unsorted].into_iter().flat_map(|params| v1_output(of, params)).collect()
}

fn v1_output(of: &request::V1, params: v1::Params<'_>) -> [String; 3] {
    let method = if of.post { v1::Method::Post } else { v1::Method::Get };
    let algorithm = match of.algorithm {
        None => v1::Algorithm::HmacSha1Unnamed,
        Some("HmacSHA1") => v1::Algorithm::HmacSha1,
        Some(_) => v1::Algorithm::HmacSha256,
    };
    let request = of.common.call(&[]).v1(method, algorithm, params).unwrap();
    let nonce = v1::Nonce::new(NonZeroU64::new(of.nonce).unwrap());
    let signed = of.common.signer().sign_v1(&request, of.common.now(), nonce).unwrap();
    [signed.string_to_sign().to_string(), signed.signature().to_string(), signed.wire().to_string()]
}
