//! What all contenders sign: the call of the official signature document, with a body of any length.
#![allow(clippy::unwrap_used, reason = "all inputs are constants")]

use tc3_core::{Api, Call, ContentType, Credentials, Request, Timestamp, api};

pub(crate) const ID: &str = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3xxxx";
pub(crate) const KEY: &str = "Gu5t9xGARNpq86cd98joQYCN3Cozxxxx";
pub(crate) const SERVICE: &str = "cvm";
pub(crate) const VERSION: &str = "2017-03-12";
pub(crate) const ACTION: &str = "DescribeInstances";
pub(crate) const REGION: &str = "ap-guangzhou";
pub(crate) const HOST: &str = "cvm.tencentcloudapi.com";
pub(crate) const CONTENT_TYPE: &str = "application/json; charset=utf-8";
#[cfg(feature = "peers")]
pub(crate) const NAMES: &str = "content-type;host";
pub(crate) const SECOND: u64 = 1_551_113_065;
pub(crate) const DATE: &str = "2019-02-25";

/// Lengths of the body, from a small call to an upload.
pub(crate) const SIZES: [usize; 4] = [SHORT, 1 << 10, 1 << 16, 1 << 20];
pub(crate) const SHORT: usize = 23;

pub(crate) const API: Api<'static> = api!(SERVICE, VERSION);
pub(crate) const CALL: Call<'static> = API.action(ACTION).region(REGION);

/// A JSON body of this length: the shortest has 23 bytes, the others are padded with spaces.
pub(crate) fn body(len: usize) -> &'static str {
    let (head, tail) = (r#"{"Offset":0,"Limit":10"#, "}");
    let spaces = " ".repeat(len.saturating_sub(head.len()).saturating_sub(tail.len()));
    String::leak([head, &spaces, tail].concat())
}

pub(crate) fn request(call: Call<'static>, body: &'static str) -> &'static Request<'static> {
    Box::leak(Box::new(call.post(ContentType::JsonUtf8, body.as_bytes()).unwrap()))
}

pub(crate) fn credentials() -> Credentials<'static> {
    Credentials::new(ID, KEY).unwrap()
}

pub(crate) fn at(second: u64) -> Timestamp {
    Timestamp::from_unix(second).unwrap()
}
