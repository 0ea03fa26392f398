//! Verifies a POST that was signed with v1, and writes its SecretId.
#![no_std]
#![no_main]

use footprint::{fixture, image};
use tc3_core::verify::{Body, Message, Verifier, v1::Claim, v1::Parameter};

static HEADERS: [(&str, &[u8]); 2] =
    [("Host", b"cvm.tencentcloudapi.com"), ("Content-Type", b"application/x-www-form-urlencoded")];
static BODY: &[u8] = b"Action=DescribeInstances&Limit=20&Nonce=11886&Offset=0&Region=ap-guangzhou&\
    SecretId=AKIDz8krbsJ5yKBZQpn74WFkmLPx3xxxx&SignatureMethod=HmacSHA256&Timestamp=1551113065&\
    Version=2017-03-12&Signature=l%2F7kAZqVxzSzZVyS4kxoSuoMD9UzKzMXnK1rpOGxATE%3D";

image!(|_, out| {
    let headers = fixture::read(&HEADERS);
    let body = Body::Whole(fixture::read(&BODY));
    let message = Message { method: "POST", target: "/", headers: &headers, body };
    let mut parameters = [Parameter::default(); 12];
    let claim = Claim::read(&message, &mut parameters).ok()?;
    Verifier::new().v1(&claim, &fixture::credentials().ok()?, fixture::now().ok()?).ok()?;
    let id = claim.secret_id().bytes();
    Some(out.iter_mut().zip(id).map(|(to, from)| *to = from).count())
});
