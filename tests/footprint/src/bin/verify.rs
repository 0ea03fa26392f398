//! Verifies a POST that was signed with TC3, and writes its SecretId.
#![no_std]
#![no_main]

use footprint::{fixture, image};
use tc3_core::verify::{Body, Message, Verifier, tc3::Claim};

static HEADERS: [(&str, &[u8]); 6] = [
    ("Host", b"cvm.tencentcloudapi.com"),
    ("Content-Type", b"application/json; charset=utf-8"),
    ("X-TC-Action", b"DescribeInstances"),
    ("X-TC-Version", b"2017-03-12"),
    ("X-TC-Timestamp", b"1551113065"),
    (
        "Authorization",
        b"TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3xxxx/2019-02-25/cvm/tc3_request, \
          SignedHeaders=content-type;host, \
          Signature=7940295dee5eed8199f63a36695f4ec0c1f4e20af0091970ad50e676045cc928",
    ),
];

image!(|_, out| {
    let headers = fixture::read(&HEADERS);
    let body = Body::Whole(fixture::body().as_bytes());
    let message = Message { method: "POST", target: "/", headers: &headers, body };
    let claim = Claim::read(&message).ok()?;
    Verifier::new().tc3(&claim, &fixture::credentials().ok()?, fixture::now().ok()?).ok()?;
    let id = claim.secret_id().as_bytes();
    out.get_mut(..id.len())?.iter_mut().zip(id).for_each(|(to, from)| *to = *from);
    Some(id.len())
});
