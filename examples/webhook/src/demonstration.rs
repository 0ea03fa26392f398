//! Sends good and bad requests to the webhook, and compares the answers.

use crate::{HOSTS, ID, KEY, now, serve, webhook::Webhook};
use std::{
    error::Error,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
};
use tc3_core::{Api, ContentType, Credentials, Header, Host, Request, Signer, Timestamp, api};

const API: Api<'_> = api!("cvm", "2017-03-12");

/// A description, the request, what is replaced in it on the way (old and new), and the expected answer.
type Row<'a> = (&'a str, String, (&'a str, &'a str), String);

pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    // The horizon of the cache. One second ago, so that requests of this second count as new: no earlier process
    // accepted any.
    let start = Timestamp::from_unix(now()?.unix().saturating_sub(1))?;
    let webhook = Webhook::new(Credentials::new(ID, KEY)?, HOSTS, start);
    let rows = rows()?;
    let requests = rows.len();
    let server = thread::spawn(move || {
        serve(&listener, webhook, requests.saturating_add(1)).map_err(|error| error.to_string())
    });
    // A client that goes away does not stop the server.
    drop(TcpStream::connect(address)?);
    for (what, request, (from, to), expected) in rows {
        let answer = send(address, &request.replacen(from, to, 1))?;
        println!("{what}\n    {answer}");
        if answer != expected {
            return Err(format!("expected: {expected}").into());
        }
    }
    server.join().map_err(|_| "the server failed")??;
    Ok(())
}

fn rows() -> Result<Vec<Row<'static>>, Box<dyn Error>> {
    let at = |host| API.at(Host::Unchecked(host));
    let own = at("hooks.example.com");
    let harmless = own.action("DescribeInstances");
    let sign = [Header::SignAction, Header::SignVersion];
    let body = r#"{"N":1}"#;
    let run = signed(&own.action("RunInstances").headers(&sign).json(body)?, body)?;
    let no_version = signed(&own.action("RunInstances").headers(&[Header::SignAction]).json(body)?, body)?;
    let unknown = signed(&own.action("TerminateInstances").headers(&sign).json(body)?, body)?;
    let describe = signed(&harmless.json(body)?, body)?;
    let unsigned = signed(&harmless.unsigned(ContentType::Json, 7)?, r#"{"N":9}"#)?;
    let foreign = signed(&at("elsewhere.example.com").action("DescribeInstances").json(body)?, body)?;
    let service = api!("iotcloud", "2021-04-08").at(Host::Unchecked("hooks.example.com"));
    let service = signed(&service.action("DescribeInstances").json(body)?, body)?;
    let (nothing, not_allowed) = (("", ""), "is none of those that this verifier accepts");
    let not_signed = "is not signed, and this verifier demands that it is";
    let row =
        |what, request: &String, change, answer: &str| (what, request.clone(), change, answer.to_owned());
    Ok(vec![
        row("an action that is signed", &run, nothing, "200 did RunInstances"),
        row("the same request again", &run, nothing, "403 this request was accepted before"),
        row(
            "and again, with a header that nobody signed",
            &run,
            ("Host:", "X-Own: 1\r\nHost:"),
            "403 this request was accepted before",
        ),
        row(
            "a signed action, changed on the way",
            &run,
            ("RunInstances", "UploadLog"),
            "403 the signature is wrong",
        ),
        row(
            "a signed action of a version that is not signed",
            &no_version,
            nothing,
            &format!("403 the header x-tc-version {not_signed}"),
        ),
        row("a signed action that is not served", &unknown, nothing, &format!("403 Action {not_allowed}")),
        row(
            "an action that is not signed, changed on the way",
            &describe,
            ("DescribeInstances", "RunInstances"),
            &format!("403 Action {not_allowed}"),
        ),
        row(
            "a region, added on the way",
            &run,
            ("Host:", "X-TC-Region: ap-beijing\r\nHost:"),
            &format!("403 the header x-tc-region {not_signed}"),
        ),
        row(
            "a client that adds a Host of its own",
            &describe,
            ("Host:", "Host: hooks.example.com\r\nHost:"),
            "403 the header host occurs twice",
        ),
        row("an action that is not signed and does no harm", &describe, nothing, "200 did DescribeInstances"),
        row(
            "a body, replaced under an unsigned payload",
            &unsigned,
            nothing,
            "403 the body is not signed (UNSIGNED-PAYLOAD), and this verifier demands that it is",
        ),
        row(
            "a request signed with the key of another service",
            &service,
            nothing,
            &format!("403 the service {not_allowed}"),
        ),
        row("a request for another host", &foreign, nothing, &format!("403 Host {not_allowed}")),
    ])
}

/// A signed request: head and body.
fn signed(request: &Request<'_>, body: &str) -> Result<String, Box<dyn Error>> {
    let mut signer = Signer::new(Credentials::new(ID, KEY)?);
    Ok(signer.sign(request, now()?).head().to_string() + body)
}

/// Status and text of the answer.
fn send(address: SocketAddr, request: &str) -> Result<String, Box<dyn Error>> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, text) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    Ok(format!("{} {text}", head.split(' ').nth(1).unwrap_or_default()))
}
