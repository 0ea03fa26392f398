//! The seven calls.

use crate::show;
use std::error::Error;
use tc3_core::{
    Api, Call, ContentType, Credentials, Invalid, Multipart, ParamValue, Part, PayloadHasher, Query, Request,
    Signed, Signer, api, v1,
};
use tc3_std::{Client, Message, SystemClock, nonce};

pub(crate) const CVM: Api<'_> = api!("cvm", "2017-03-12");

pub(crate) fn describe() -> Call<'static> {
    CVM.action("DescribeInstances").region("ap-guangzhou")
}

/// Every successful response of the gateway contains the name of the received action.
const ACCEPTED: &str = r#""Action":"DescribeInstances""#;

pub(crate) fn make(client: &Client, credentials: Credentials<'_>) -> Result<(), Box<dyn Error>> {
    let mut signer = Signer::new(credentials);
    post_json(client, &mut signer)?;
    get(client, &mut signer)?;
    multipart(client, &mut signer)?;
    streamed(client, &mut signer)?;
    unsigned(client, &mut signer)?;
    v1_get(client, &mut signer)?;
    v1_post(client, &mut signer)
}

/// The first request. `--live` sends it to the real service.
pub(crate) fn first() -> Result<Request<'static>, Invalid> {
    describe().json(r#"{"Offset":0,"Limit":10}"#)
}

fn post_json(client: &Client, signer: &mut Signer<'_>) -> Result<(), Box<dyn Error>> {
    show::title("1. TC3-HMAC-SHA256: POST JSON");
    send(client, signer, &first()?, |signed| signed.into())
}

fn get(client: &Client, signer: &mut Signer<'_>) -> Result<(), Box<dyn Error>> {
    show::title("2. TC3-HMAC-SHA256: GET, nested parameters flattened and percent-encoded");
    let names = [ParamValue::Text("web 1"), ParamValue::Text("数据库")];
    let filter = [("Name", ParamValue::Text("instance-name")), ("Values", ParamValue::List(&names))];
    let filters = [ParamValue::Object(&filter)];
    let params = [("Limit", ParamValue::Int(10)), ("Filters", ParamValue::List(&filters))];
    let request = describe().get(Query::params(&params)?)?;
    send(client, signer, &request, |signed| signed.into())
}

fn multipart(client: &Client, signer: &mut Signer<'_>) -> Result<(), Box<dyn Error>> {
    show::title("3. TC3-HMAC-SHA256: POST multipart/form-data");
    let parts = [Part::text("Offset", "0"), Part::file("Data", "frame.bin", &[0x00, 0x01, 0xff])];
    let request = describe().multipart(Multipart::new("58731222010402", &parts)?)?;
    send(client, signer, &request, |signed| signed.into())
}

fn streamed(client: &Client, signer: &mut Signer<'_>) -> Result<(), Box<dyn Error>> {
    show::title("4. TC3-HMAC-SHA256: POST octets, hashed in pieces first and read again while sending");
    let pages = [[0x5a; 4096]; 4];
    let mut hasher = PayloadHasher::new();
    pages.iter().for_each(|page| hasher.update(page));
    let payload = hasher.finish();
    let request = describe().streamed(ContentType::Octets, &payload)?;
    send(client, signer, &request, |signed| Message::from(signed).with_body(pages.as_flattened()))
}

fn unsigned(client: &Client, signer: &mut Signer<'_>) -> Result<(), Box<dyn Error>> {
    show::title("5. TC3-HMAC-SHA256: POST with UNSIGNED-PAYLOAD, whose signature does not include the body");
    let body = br#"{"Sensor":"known only when it is sent"}"#;
    let request = describe().unsigned(ContentType::Json, u64::try_from(body.len())?)?;
    send(client, signer, &request, |signed| Message::from(signed).with_body(&body[..]))
}

fn send<'c: 'r, 'r>(
    client: &Client,
    signer: &mut Signer<'c>,
    request: &'r Request<'r>,
    message: impl FnOnce(Signed<'r>) -> Message<'r>,
) -> Result<(), Box<dyn Error>> {
    let now = SystemClock.now()?;
    let signed = signer.sign(request, now);
    show::head(&signed);
    show::block("to sign:", signer.explain(request, now).string_to_sign());
    accepted(client, message(signed))
}

fn v1_get(client: &Client, signer: &mut Signer<'_>) -> Result<(), Box<dyn Error>> {
    show::title("6. Signature v1: GET with HmacSHA1");
    let params = [
        ("Limit", ParamValue::Int(10)),
        ("InstanceIds", ParamValue::List(&[ParamValue::Text("ins-09dx96dg")])),
    ];
    let request = describe().v1(v1::Method::Get, v1::Algorithm::HmacSha1, v1::Params::unsorted(&params)?)?;
    send_v1(client, signer, &request)
}

fn v1_post(client: &Client, signer: &mut Signer<'_>) -> Result<(), Box<dyn Error>> {
    show::title("7. Signature v1: POST form with HmacSHA256, parameters sorted in place");
    let mut params = [("Offset", ParamValue::Int(0)), ("Name", ParamValue::Text("# + = % & 广州"))];
    let request =
        describe().v1(v1::Method::Post, v1::Algorithm::HmacSha256, v1::Params::sorted(&mut params)?)?;
    send_v1(client, signer, &request)
}

fn send_v1<'c: 'r, 'r>(
    client: &Client,
    signer: &mut Signer<'c>,
    request: &'r v1::Request<'r>,
) -> Result<(), Box<dyn Error>> {
    let signed = signer.sign_v1(request, SystemClock.now()?, nonce()?)?;
    show::block(">", signed.head());
    if signed.body_len() > 0 {
        println!(">");
        show::block(">", signed.wire());
    }
    show::block("to sign:", signed.string_to_sign());
    accepted(client, signed.into())
}

fn accepted(client: &Client, message: Message<'_>) -> Result<(), Box<dyn Error>> {
    let reply = client.call(message)?;
    let body = String::from_utf8_lossy(reply.body()).into_owned();
    show::block("<", &body);
    Ok(show::expect(ACCEPTED, body)?)
}
