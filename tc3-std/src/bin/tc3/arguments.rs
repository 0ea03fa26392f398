//! The command line.

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use std::{net::SocketAddr, path::PathBuf};
use tc3_core::{Language, v1};

const EXIT_CODES: &str = "\
Credentials come from TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY; the token of a temporary
key from TENCENTCLOUD_TOKEN or TENCENTCLOUD_SECURITY_TOKEN.

Exit codes (where curl has the same trouble, curl's own number):
   0  success                          22  HTTP status other than 200
   1  the service refused or failed    23  output could not be written
   2  wrong usage                      26  input could not be read
   3  ended before anything is sent    28  timeout
   4  credentials missing or malformed 35  TLS handshake failed
   6  host not resolved                56  connection broke
   7  connection or listening failed   60  server's certificate not trusted
   8  answer is not the service's      77  CA file could not be read";

/// Calls Tencent Cloud API 3.0.
#[derive(Parser)]
#[command(name = "tc3", version, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a call and print the JSON of the answer
    #[command(after_help = EXIT_CODES)]
    Call(Call),
    /// Print a signed request, head and body, and send nothing
    Sign(Sign),
    /// Print what is hashed and signed, to compare with another signer
    Explain(Explain),
    /// Run a local gateway that verifies requests as the service does
    Serve(Serve),
}

#[derive(Args)]
pub(crate) struct Call {
    #[command(flatten)]
    pub(crate) request: Request,
    #[command(flatten)]
    pub(crate) route: Route,
    /// Show the heads of request and answer on standard error
    #[arg(short, long)]
    pub(crate) verbose: bool,
    /// Print the request that would be sent, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Args)]
pub(crate) struct Sign {
    #[command(flatten)]
    pub(crate) request: Request,
    #[command(flatten)]
    pub(crate) route: Route,
    /// Print a curl command line
    #[arg(long)]
    pub(crate) curl: bool,
}

#[derive(Args)]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) request: Request,
}

/// What is called.
#[derive(Args)]
#[command(group = ArgGroup::new("body").multiple(false))]
pub(crate) struct Request {
    /// Product, such as cvm
    pub(crate) service: String,
    /// Version of its API, such as 2017-03-12
    pub(crate) version: String,
    /// Action, such as DescribeInstances
    pub(crate) action: String,
    /// Region, such as ap-guangzhou
    #[arg(short, long)]
    pub(crate) region: Option<String>,
    /// POST of JSON: the text, @FILE, or - for standard input [default: {}]
    #[arg(short, long, value_name = "JSON|@FILE|-", group = "body", conflicts_with = "v1")]
    pub(crate) data: Option<String>,
    /// Say application/json; charset=utf-8, as the documented samples do
    #[arg(long, conflicts_with_all = ["octets", "get", "form", "v1"])]
    pub(crate) charset: bool,
    /// POST of raw bytes: the text, @FILE, or - for standard input
    #[arg(long, value_name = "TEXT|@FILE|-", group = "body", conflicts_with = "v1")]
    pub(crate) octets: Option<String>,
    /// GET of parameters
    #[arg(long, value_name = "K=V", num_args = 0.., value_parser = pair, group = "body")]
    pub(crate) get: Option<Vec<(String, String)>>,
    /// POST of a form: multipart/form-data, or with --v1 the parameters
    #[arg(long, value_name = "K=V|K=@FILE", num_args = 0.., value_parser = pair, group = "body")]
    pub(crate) form: Option<Vec<(String, String)>>,
    /// Sign with signature v1; parameters by --get or --form
    #[arg(long, value_enum, value_name = "METHOD")]
    pub(crate) v1: Option<Algorithm>,
    /// Host to sign for and to call [default: SERVICE.tencentcloudapi.com]
    #[arg(long, value_name = "HOST[:PORT]", value_parser = host)]
    pub(crate) host: Option<String>,
    /// Language of error messages
    #[arg(long, value_enum)]
    pub(crate) language: Option<Tongue>,
    /// Sign the header X-TC-Action too
    #[arg(long, conflicts_with = "v1")]
    pub(crate) sign_action: bool,
    /// Sign for this UNIX second instead of now
    #[arg(long, value_name = "SECONDS")]
    pub(crate) timestamp: Option<u64>,
    /// Sign with this nonce instead of a random one
    #[arg(long, requires = "v1")]
    pub(crate) nonce: Option<std::num::NonZeroU64>,
}

/// How the server is reached.
#[derive(Args)]
pub(crate) struct Route {
    /// Dial this address; the server still has to prove that it is the signed host
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    pub(crate) connect: Option<String>,
    /// Believe the authorities of this PEM file too
    #[arg(long, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Longest wait for the server to connect, to take or to send something
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) timeout: u64,
}

#[derive(Args)]
pub(crate) struct Serve {
    /// Loopback address to listen on; port 0 takes a free one
    #[arg(long, value_name = "127.0.0.1:PORT", default_value = "127.0.0.1:8443")]
    pub(crate) listen: SocketAddr,
    /// Write the certificate of the gateway's authority, as PEM
    #[arg(long, value_name = "FILE", conflicts_with = "plain_http")]
    pub(crate) ca_out: Option<PathBuf>,
    /// HTTP without TLS
    #[arg(long)]
    pub(crate) plain_http: bool,
    /// Accept this id, with the key in the next --key-env [default: those of the environment]
    #[arg(long, value_name = "ID")]
    pub(crate) id: Vec<String>,
    /// Environment variable that holds the key of the --id at the same place
    #[arg(long, value_name = "VAR", requires = "id")]
    pub(crate) key_env: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Algorithm {
    #[value(name = "HmacSHA1")]
    HmacSha1,
    /// HmacSHA1 without the parameter SignatureMethod, as the documented samples have it
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
pub(crate) enum Tongue {
    #[value(name = "zh-CN")]
    Chinese,
    #[value(name = "en-US")]
    English,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Self {
        match tongue {
            Tongue::Chinese => Self::Chinese,
            Tongue::English => Self::English,
        }
    }
}

/// Whatever else is wrong with a name, the signer says.
fn host(text: &str) -> Result<String, &'static str> {
    let port = text.rsplit_once(':').filter(|_| !text.ends_with(']')).map(|(_, port)| port.parse::<u16>());
    match port {
        None | Some(Ok(_)) if !text.contains('/') => Ok(text.to_owned()),
        _ => Err("give HOST or HOST:PORT, without https:// or a path"),
    }
}

fn address(text: &str) -> Result<String, &'static str> {
    match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => Ok(text.to_owned()),
        _ => Err("an address is written HOST:PORT"),
    }
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("a parameter is written NAME=VALUE"),
    }
}
