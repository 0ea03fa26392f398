//! The command line.

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use std::{
    net::{Ipv6Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};
use tc3_core::{Language, v1};

const EXIT_CODES: &str = "\
Credentials come from the first of these that is there; one that is there but broken is an error:
  TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY; the token of a temporary key from
    TENCENTCLOUD_TOKEN, TENCENTCLOUD_SECURITY_TOKEN or TENCENTCLOUD_SESSION_TOKEN
  ~/.tencentcloud/credentials or /etc/tencentcloud/credentials, the ini file of the SDKs
  ~/.tccli/PROFILE.credential, the JSON file of tccli
  the role of the virtual machine, or of the pod

Exit codes (curl's own number where curl has the same error):
   0  success                          23  output could not be written
   1  the service refused or failed    26  input could not be read
   2  wrong usage                      28  timeout
   3  ended before anything was sent   35  TLS handshake failed
   4  credentials missing or malformed 52  connection closed before any answer
   6  host not resolved                56  connection broke
   7  connection or listening failed   60  server's certificate not trusted
   8  response is not the service's    77  CA file could not be read
  18  connection closed within an answer
  22  HTTP status other than 2xx";

/// Calls Tencent Cloud API 3.0.
#[derive(Parser)]
#[command(name = "tc3", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a call and print the JSON of the response
    #[command(after_help = EXIT_CODES)]
    Call(CallArgs),
    /// Print a signed request, head and body, without sending it
    Sign(SignArgs),
    /// Print the strings that are hashed and signed, to compare with another signer's
    Explain(ExplainArgs),
    /// Run a local gateway that verifies requests as the service does
    Serve(ServeArgs),
}

#[derive(Args)]
pub(crate) struct CallArgs {
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    #[command(flatten)]
    pub(crate) route: RouteArgs,
    /// Use HTTP without TLS, for tc3 serve --plain-http: --connect must be a loopback address
    #[arg(long, requires = "connect", conflicts_with = "ca")]
    pub(crate) plain_http: bool,
    /// Show the headers of request and response on standard error
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Print the request without sending it
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Args)]
pub(crate) struct SignArgs {
    #[command(flatten)]
    pub(crate) request: RequestArgs,
    #[command(flatten)]
    pub(crate) route: RouteArgs,
    /// Print a curl command that sends the request
    #[arg(long)]
    pub(crate) curl: bool,
}

#[derive(Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    pub(crate) request: RequestArgs,
}

/// What to sign, and when.
#[derive(Args)]
#[command(group = ArgGroup::new("body").multiple(false))]
pub(crate) struct RequestArgs {
    /// Service, such as cvm
    pub(crate) service: String,
    /// Version of the service's API, such as 2017-03-12
    pub(crate) version: String,
    /// Action, such as DescribeInstances
    pub(crate) action: String,
    /// Region, such as ap-guangzhou
    #[arg(short, long)]
    pub(crate) region: Option<String>,
    /// POST this JSON: a string, @FILE, or - for standard input [default: {}]
    #[arg(short, long, value_name = "JSON|@FILE|-", group = "body", conflicts_with = "v1")]
    pub(crate) data: Option<String>,
    /// Send the Content-Type application/json; charset=utf-8, as in Tencent's samples
    #[arg(long, conflicts_with_all = ["octets", "get", "form", "v1"])]
    pub(crate) charset: bool,
    /// POST raw bytes: a string, @FILE, or - for standard input
    #[arg(long, value_name = "STRING|@FILE|-", group = "body", conflicts_with = "v1")]
    pub(crate) octets: Option<String>,
    /// GET with these parameters
    #[arg(long, value_name = "K=V", num_args = 0.., value_parser = pair, group = "body")]
    pub(crate) get: Option<Vec<(String, String)>>,
    /// POST a form: as multipart/form-data, or with --v1 as application/x-www-form-urlencoded
    #[arg(long, value_name = "K=V|K=@FILE", num_args = 0.., value_parser = pair, group = "body")]
    pub(crate) form: Option<Vec<(String, String)>>,
    /// Sign with signature v1, with the parameters of --get or --form
    #[arg(long, value_enum, value_name = "ALGORITHM")]
    pub(crate) v1: Option<Algorithm>,
    /// Host to sign for and to connect to [default: SERVICE.tencentcloudapi.com]
    #[arg(long, value_name = "HOST[:PORT]", value_parser = host)]
    pub(crate) host: Option<String>,
    /// Language of error messages
    #[arg(long, value_enum)]
    pub(crate) language: Option<Lang>,
    /// Also sign the header X-TC-Action
    #[arg(long, conflicts_with = "v1")]
    pub(crate) sign_action: bool,
    /// Sign with this UNIX time instead of the current one
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timestamp: Option<u64>,
    /// Sign with this v1 nonce instead of a random one
    #[arg(long, requires = "v1")]
    pub(crate) nonce: Option<std::num::NonZeroU64>,
    #[command(flatten)]
    pub(crate) credentials: CredentialArgs,
}

/// Where the credentials come from. By default: from the first source that is there.
#[derive(Args)]
pub(crate) struct CredentialArgs {
    /// Use this profile of the ini file or of tccli, not the environment's credentials
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Read the credentials from this ini file, or from tccli's JSON file if its name ends with .credential
    #[arg(long, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
}

/// How to reach the server.
#[derive(Args)]
pub(crate) struct RouteArgs {
    /// Connect to this address; the server's certificate must still be valid for the signed host
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    pub(crate) connect: Option<String>,
    /// Also trust the certificate authorities of this PEM file
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Timeout for connecting, for each read and for each write
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) timeout: u64,
}

#[derive(Args)]
pub(crate) struct ServeArgs {
    /// Loopback address to listen on; port 0 selects a free one
    #[arg(long, value_name = "127.0.0.1:PORT", default_value = "127.0.0.1:8443")]
    pub(crate) listen: SocketAddr,
    /// Write the gateway's CA certificate to this file, as PEM, for clients to trust
    #[arg(long, value_name = "FILE", conflicts_with = "plain_http")]
    pub(crate) ca_out: Option<PathBuf>,
    /// Use HTTP without TLS
    #[arg(long)]
    pub(crate) plain_http: bool,
    /// Accept this SecretId, with the key of the --key-env at the same position [default: the credentials of the environment]
    #[arg(long, value_name = "ID")]
    pub(crate) id: Vec<String>,
    /// Environment variable that holds the SecretKey for the --id at the same position
    #[arg(long, value_name = "VAR", requires = "id")]
    pub(crate) key_env: Vec<String>,
    /// Answer requests of this action with a file; several for one action in turn, the last one stays. Options follow the
    /// file: FILE,status=502,delay=2s,type=text/plain
    #[arg(long, value_name = "ACTION=FILE", value_parser = file_answer)]
    pub(crate) answer: Vec<FileAnswer>,
    /// Also accept v1 requests without Version: those of API 2.0
    #[arg(long)]
    pub(crate) api2: bool,
}

/// An answer of `tc3 serve` from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileAnswer {
    pub(crate) action: String,
    pub(crate) file: PathBuf,
    pub(crate) status: u16,
    pub(crate) delay: Duration,
    pub(crate) content_type: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Algorithm {
    #[value(name = "HmacSHA1")]
    HmacSha1,
    /// HmacSHA1 without the parameter SignatureMethod, as in Tencent's samples
    #[value(name = "HmacSHA1Unnamed")]
    HmacSha1Unnamed,
    #[value(name = "HmacSHA256")]
    HmacSha256,
}

impl From<Algorithm> for v1::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::HmacSha1 => Self::HmacSha1,
            Algorithm::HmacSha1Unnamed => Self::HmacSha1Unnamed,
            Algorithm::HmacSha256 => Self::HmacSha256,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Lang {
    #[value(name = "zh-CN")]
    Chinese,
    #[value(name = "en-US")]
    English,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Chinese => Self::Chinese,
            Lang::English => Self::English,
        }
    }
}

/// Refuses URLs and invalid ports. The signer checks the characters.
fn host(value: &str) -> Result<String, &'static str> {
    let brackets = value.strip_prefix('[').map(|rest| rest.split(']').next().map(str::parse::<Ipv6Addr>));
    if brackets.is_some_and(|address| !matches!(address, Some(Ok(_)))) {
        return Err("an IPv6 address is written [::1] or [::1]:PORT");
    }
    let port = value.rsplit_once(':').filter(|_| !value.ends_with(']')).map(|(_, port)| port.parse::<u16>());
    match port {
        None | Some(Ok(_)) if !value.contains('/') => Ok(value.to_owned()),
        _ => Err("give HOST or HOST:PORT, without https:// or a path"),
    }
}

fn address(value: &str) -> Result<String, &'static str> {
    match value.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => Ok(value.to_owned()),
        _ => Err("an address is written HOST:PORT"),
    }
}

fn pair(argument: &str) -> Result<(String, String), &'static str> {
    match argument.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a parameter is written NAME=VALUE"),
    }
}

fn file_answer(argument: &str) -> Result<FileAnswer, &'static str> {
    let (action, mut file) = pair(argument).map_err(|_| "an answer is written ACTION=FILE")?;
    let (mut status, mut delay, mut content_type) = (200, Duration::ZERO, None);
    // A file's name may contain a comma and '=': only these names are options.
    while let Some((rest, (name, value))) =
        file.rsplit_once(',').and_then(|(rest, option)| Some((rest, option.split_once('=')?)))
    {
        match name {
            "status" => {
                status =
                    value.parse().ok().filter(|it| (200..600).contains(it)).ok_or("give status=200 to 599")?
            }
            "delay" => delay = duration(value).ok_or("give delay=2s or delay=500ms, at most 3600s")?,
            "type" => content_type = Some(value.to_owned()),
            _ => break,
        }
        file = rest.to_owned();
    }
    match file.is_empty() {
        true => Err("an answer is written ACTION=FILE"),
        false => Ok(FileAnswer { action, file: file.into(), status, delay, content_type }),
    }
}

fn duration(value: &str) -> Option<Duration> {
    let (number, unit) = match value.strip_suffix("ms") {
        Some(number) => (number, 1),
        None => (value.strip_suffix('s')?, 1000),
    };
    let millis = number.parse::<u64>().ok()?.checked_mul(unit)?;
    (millis <= 3_600_000).then_some(Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::error::ErrorKind;

    #[test]
    fn options_that_exclude_each_other_and_malformed_values_are_refused() {
        let conflicts = [
            "-d {} --octets x,-d {} --get a=b,-d {} --form a=b,-d {} --v1 HmacSHA1,--octets x --get a=b",
            "--octets x --form a=b,--octets x --v1 HmacSHA1,--octets x --charset,--get a=b --form a=b",
            "--get a=b --charset,--form a=b --charset,--v1 HmacSHA1 --charset,--v1 HmacSHA1 --sign-action",
        ];
        let malformed = [
            "--get novalue,--get =value,--form =value,--connect a,--connect :443,--connect a:65536",
            "--host https://a,--host a/,--host a:,--host a:65536,--host a:b",
            "--nonce 0,--timeout 0,--timestamp x",
        ];
        let accepted =
            "--timeout 1 --host a:65535 --connect [::1]:65535,--v1 HmacSHA1 --nonce 1 --get a= b=c=d";
        for (lines, expected) in [
            (conflicts.join(","), Some(ErrorKind::ArgumentConflict)),
            (malformed.join(","), Some(ErrorKind::ValueValidation)),
            ("--v1 HmacMD5,--language fr".to_owned(), Some(ErrorKind::InvalidValue)),
            ("--nonce 7".to_owned(), Some(ErrorKind::MissingRequiredArgument)),
            (accepted.to_owned(), None),
        ] {
            for line in lines.split(',') {
                let line = format!("tc3 call cvm 2017-03-12 DescribeZones {line}");
                let kind = Cli::try_parse_from(line.split_whitespace()).err().map(|error| error.kind());
                assert_eq!(kind, expected, "{line}");
            }
        }
    }

    #[test]
    fn an_answer_is_a_file_with_options_after_it() {
        let answer = |file: &str, status, millis, content_type: Option<&str>| FileAnswer {
            action: "A".to_owned(),
            file: file.into(),
            status,
            delay: Duration::from_millis(millis),
            content_type: content_type.map(str::to_owned),
        };
        for (argument, expected) in [
            ("A=a.json", Ok(answer("a.json", 200, 0, None))),
            ("A=a,b=c.json", Ok(answer("a,b=c.json", 200, 0, None))),
            ("A=a,b,status=502,delay=2s", Ok(answer("a,b", 502, 2000, None))),
            ("A=a,delay=15ms,type=text/plain,status=599", Ok(answer("a", 599, 15, Some("text/plain")))),
            ("A=", Err("an answer is written ACTION=FILE")),
            ("=a", Err("an answer is written ACTION=FILE")),
            ("a.json", Err("an answer is written ACTION=FILE")),
            ("A=,status=502", Err("an answer is written ACTION=FILE")),
            ("A=a,status=199", Err("give status=200 to 599")),
            ("A=a,status=600", Err("give status=200 to 599")),
            ("A=a,delay=2", Err("give delay=2s or delay=500ms, at most 3600s")),
            ("A=a,delay=3601s", Err("give delay=2s or delay=500ms, at most 3600s")),
        ] {
            assert_eq!(file_answer(argument), expected, "{argument}");
        }
    }

    #[test]
    fn timeouts_and_the_gateways_address_have_the_documented_defaults() {
        for (command, default) in [("call", "60"), ("sign", "60"), ("serve", "127.0.0.1:8443")] {
            let help = Cli::try_parse_from(["tc3", command, "--help"]).err().map(|help| help.to_string());
            let help = help.unwrap_or_default();
            assert!(help.contains(&format!("[default: {default}]")), "{default} is not in {help}");
        }
    }
}
