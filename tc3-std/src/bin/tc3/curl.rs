//! A signed request as a curl command.

use crate::{
    args::RouteArgs,
    error::CliError,
    signed::{Signature, SignedCall},
};
use base64ct::{Base64, Encoding};
use tc3_core::{Encoded, HeaderValue};

/// Linux refuses a command with an argument of this many bytes or more.
const MAX_ARGUMENT: usize = 128 * 1024;

/// A command for a POSIX shell. It contains the name of the token's variable, not the token.
pub(crate) fn command(call: &SignedCall<'_>, route: &RouteArgs) -> Result<String, CliError> {
    let headers = call.headers();
    let host = headers.iter().find(|(name, _)| *name == "Host");
    let host = host.map(|(_, value)| value.to_string()).unwrap_or_default();
    let is_get = call.method() == "GET";
    let mut words = vec!["curl --silent --show-error".to_owned()];
    words.extend(headers.into_iter().filter_map(|header| option(header, call.token_variable)));
    words.extend(routing(&host, route));
    let mut pipe = String::new();
    match (&call.signature, call.token_variable) {
        (Signature::V1(signed), Some(variable)) => {
            words.extend(is_get.then(|| "--get".to_owned()));
            // The service accepts parameters in any order, so the token can be last.
            let (producer, option) = data(signed.wire_without_token().to_string().as_bytes());
            pipe = producer;
            words.push(option);
            words.push(format!("--data-urlencode \"Token=${variable}\""));
            words.push(quote(&format!("https://{host}/")));
        }
        _ => {
            if !is_get {
                let (producer, option) = data(&call.body()?);
                pipe = producer;
                words.push(option);
            }
            words.push(quote(&format!("https://{host}{}", call.target())));
        }
    }
    Ok(format!("{pipe}{}\n", words.join(" \\\n  ")))
}

/// The option for a header. `None` for Content-Length: curl derives the same value from the body. From a URL with
/// port 443 it would derive a Host without the port.
fn option((name, value): (&str, Encoded<HeaderValue<'_>>), token_variable: Option<&str>) -> Option<String> {
    match token_variable {
        _ if name == "Content-Length" => None,
        Some(variable) if value.is_sensitive() => Some(format!("-H \"{name}: ${variable}\"")),
        _ => Some(format!("-H {}", quote(&format!("{name}: {value}")))),
    }
}

/// The option that sends the body, after the commands to pipe into curl, which are empty for most bodies.
fn data(body: &[u8]) -> (String, String) {
    match str::from_utf8(body) {
        Ok(string) if !string.contains('\0') && string.len() < MAX_ARGUMENT => {
            (String::new(), format!("--data-raw {}", quote(string)))
        }
        // A shell cannot quote a NUL, and not every shell passes on bytes that are not UTF-8.
        _ => (format!("echo {} | base64 -d | ", Base64::encode_string(body)), "--data-binary @-".to_owned()),
    }
}

fn routing(host: &str, route: &RouteArgs) -> Vec<String> {
    let connect = route.connect.as_ref().map(|address| {
        let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        let signed = if has_port { host.to_owned() } else { format!("{host}:443") };
        format!("--connect-to {}", quote(&format!("{signed}:{address}")))
    });
    let ca = route.ca.as_ref().map(|path| format!("--cacert {}", quote(&path.to_string_lossy())));
    // curl measures its timeouts otherwise: for connecting with the handshake, and for any time without a byte.
    let timeout = format!("--connect-timeout {0} --speed-limit 1 --speed-time {0}", route.timeout);
    [connect, ca, Some(timeout)].into_iter().flatten().collect()
}

/// Quotes a word for a POSIX shell.
fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
