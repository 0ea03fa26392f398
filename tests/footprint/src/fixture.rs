//! The inputs of all images, read where the compiler cannot see what they are: nothing that depends
//! on them is done before the image runs.

use core::ptr;

use tc3_core::{Api, ContentType, Credentials, Host, Invalid, Signer, Timestamp};

/// In one place: each by itself would cost an image an address that is not the library's.
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

/// Reads what the compiler must not know.
pub fn read<T: Copy>(from: &T) -> T {
    // SAFETY: a reference is good to be read through.
    unsafe { ptr::read_volatile(from) }
}

/// A long-term key pair.
///
/// # Errors
/// None.
pub fn credentials() -> Result<Credentials<'static>, Invalid> {
    Credentials::new(read(&INPUTS.id), key())
}

/// The secret half of it.
pub fn key() -> &'static str {
    read(&INPUTS.key)
}

/// The second of the documents' sample.
///
/// # Errors
/// None.
pub fn now() -> Result<Timestamp, Invalid> {
    Timestamp::from_unix(read(&INPUTS.time))
}

/// An API at a host that is given as it is.
///
/// # Errors
/// None.
pub fn api() -> Result<Api<'static>, Invalid> {
    api_at(Host::Unchecked)
}

/// An API at a host of this form.
///
/// # Errors
/// None.
pub fn api_at(form: impl FnOnce(&'static str) -> Host<'static>) -> Result<Api<'static>, Invalid> {
    Ok(Api::new(read(&INPUTS.service), read(&INPUTS.version))?.at(form(read(&INPUTS.host))))
}

/// Signs a POST of JSON to a host of this form with a key that is derived for it, and writes its
/// Authorization value: what images that differ in the host alone do.
#[inline(always)]
pub fn signed(form: impl FnOnce(&'static str) -> Host<'static>, out: &mut [u8]) -> Option<usize> {
    let call = api_at(form).ok()?.action(action()).region(region());
    let request = call.text(ContentType::JsonUtf8, body());
    let request = request.as_ref().ok()?;
    let mut signer = Signer::new(credentials().ok()?);
    let signed = signer.sign(request, now().ok()?);
    Some(signed.authorization().encode(out).ok()?.len())
}

/// What is called.
pub fn action() -> &'static str {
    read(&INPUTS.action)
}

/// Where it is called.
pub fn region() -> &'static str {
    read(&INPUTS.region)
}

/// What is sent, in JSON.
pub fn body() -> &'static str {
    read(&INPUTS.body)
}
