//! The inputs of all images, read where the compiler cannot see what they are: nothing that depends
//! on them is done before the image runs.

use core::ptr;

use tc3_core::{Api, Credentials, Host, Invalid, Timestamp};

static ID: &str = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3xxxx";
static KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3Cozxxxx";
static SERVICE: &str = "cvm";
static VERSION: &str = "2017-03-12";
static HOST: &str = "cvm.tencentcloudapi.com";
static ACTION: &str = "DescribeInstances";
static REGION: &str = "ap-guangzhou";
static TIME: u64 = 1_551_113_065;
static BODY: &str = r#"{"Offset":0,"Limit":10}"#;

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
    Credentials::new(read(&ID), key())
}

/// The secret half of it.
pub fn key() -> &'static str {
    read(&KEY)
}

/// The second of the documents' sample.
///
/// # Errors
/// None.
pub fn now() -> Result<Timestamp, Invalid> {
    Timestamp::from_unix(read(&TIME))
}

/// An API at a host that is given as it is.
///
/// # Errors
/// None.
pub fn api() -> Result<Api<'static>, Invalid> {
    Ok(Api::new(read(&SERVICE), read(&VERSION))?.at(Host::Exactly(read(&HOST))))
}

/// What is called.
pub fn action() -> &'static str {
    read(&ACTION)
}

/// Where it is called.
pub fn region() -> &'static str {
    read(&REGION)
}

/// What is sent, in JSON.
pub fn body() -> &'static str {
    read(&BODY)
}
