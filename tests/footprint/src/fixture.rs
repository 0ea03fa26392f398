//! The inputs of all images. All reads are volatile, so that the compiler cannot compute results in advance.

use core::num::NonZeroU64;
use core::ptr;

use tc3_core::{Api, ContentType, Credentials, Host, Invalid, ParamValue, Signer, Timestamp, v1};

/// All inputs in one static, so that an image needs only one address for them.
struct Inputs {
    id: &'static str,
    key: &'static str,
    service: &'static str,
    version: &'static str,
    host: &'static str,
    action: &'static str,
    region: &'static str,
    time: u64,
    body: &'static str,
}

static INPUTS: Inputs = Inputs {
    id: "AKIDz8krbsJ5yKBZQpn74WFkmLPx3xxxx",
    key: "Gu5t9xGARNpq86cd98joQYCN3Cozxxxx",
    service: "cvm",
    version: "2017-03-12",
    host: "cvm.tencentcloudapi.com",
    action: "DescribeInstances",
    region: "ap-guangzhou",
    time: 1_551_113_065,
    body: r#"{"Offset":0,"Limit":10}"#,
};

/// Reads a value that the compiler must not know.
pub fn read<T: Copy>(from: &T) -> T {
    // SAFETY: a reference is valid for reads.
    unsafe { ptr::read_volatile(from) }
}

/// A long-term key pair.
pub fn credentials() -> Result<Credentials<'static>, Invalid> {
    Credentials::new(read(&INPUTS.id), key())
}

/// The SecretKey.
pub fn key() -> &'static str {
    read(&INPUTS.key)
}

/// 2019-02-25T16:44:25Z, the time of the sample in Tencent's document.
pub fn now() -> Result<Timestamp, Invalid> {
    Timestamp::from_unix(read(&INPUTS.time))
}

/// A service at [`Host::Unchecked`].
pub fn api() -> Result<Api<'static>, Invalid> {
    api_at(Host::Unchecked)
}

/// A service at the host that `form` makes of the fixture's host name.
pub fn api_at(form: impl FnOnce(&'static str) -> Host<'static>) -> Result<Api<'static>, Invalid> {
    Ok(Api::new(read(&INPUTS.service), read(&INPUTS.version))?.at(form(read(&INPUTS.host))))
}

/// Derives the key, signs a POST of JSON, and writes the Authorization value. `form` is as in [`api_at`].
#[inline(always)]
pub fn signed(form: impl FnOnce(&'static str) -> Host<'static>, out: &mut [u8]) -> Option<usize> {
    let call = api_at(form).ok()?.action(action()).region(region());
    let request = call.text(ContentType::JsonUtf8, body());
    let request = request.as_ref().ok()?;
    let mut signer = Signer::new(credentials().ok()?);
    let signed = signer.sign(request, now().ok()?);
    Some(signed.authorization().encode(out).ok()?.len())
}

static LIMIT: i64 = 20;
static NONCE: u64 = 11_886;

/// Signs a POST with signature v1, and writes what `write` writes.
#[inline(always)]
pub fn signed_v1(
    algorithm: v1::Algorithm,
    write: impl FnOnce(v1::Signed<'_>) -> Option<usize>,
) -> Option<usize> {
    let mut params = [("Offset", ParamValue::Int(0)), ("Limit", ParamValue::Int(read(&LIMIT)))];
    let params = v1::Params::sorted(&mut params).ok()?;
    let call = api().ok()?.action(action()).region(region());
    let request = call.v1(v1::Method::Post, algorithm, params).ok()?;
    let nonce = v1::Nonce::new(NonZeroU64::new(read(&NONCE))?);
    let mut signer = Signer::new(credentials().ok()?);
    write(signer.sign_v1(&request, now().ok()?, nonce).ok()?)
}

/// The action.
pub fn action() -> &'static str {
    read(&INPUTS.action)
}

/// The region.
pub fn region() -> &'static str {
    read(&INPUTS.region)
}

/// The body, in JSON.
pub fn body() -> &'static str {
    read(&INPUTS.body)
}
