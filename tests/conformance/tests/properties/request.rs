//! Random requests that the protocol allows.

use crate::{random::Random, trees};
use conformance::Tree;
use tc3_core::{Host, Language, region};

/// The fields that TC3 and v1 requests share.
#[derive(Clone, Debug)]
pub(crate) struct Common {
    pub(crate) service: String,
    pub(crate) version: String,
    pub(crate) host: Address,
    pub(crate) path: &'static str,
    pub(crate) action: String,
    pub(crate) region: Option<String>,
    pub(crate) language: Option<Language>,
    pub(crate) client: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) timestamp: u64,
}

#[derive(Clone, Debug)]
pub(crate) enum Address {
    Nearest,
    Regional(String),
    Internal,
    InternalRegional(String),
    Ai,
    AiRegional(String),
    Intl,
    Endpoint(String),
    Exactly(String),
}

#[derive(Clone, Debug)]
pub(crate) struct Tc3 {
    pub(crate) common: Common,
    /// Name, value, and whether it is signed.
    pub(crate) headers: Vec<(String, String, bool)>,
    /// Which of action, version and region are signed.
    pub(crate) sign: [bool; 3],
    pub(crate) content: Content,
}

#[derive(Clone, Debug)]
pub(crate) enum Content {
    Params(Vec<(String, Tree)>),
    Encoded(String),
    /// Content type, body, and how the body is hashed.
    Body(&'static str, Vec<u8>, How),
    Form(String, Vec<Part>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum How {
    Whole,
    Pieces(usize),
    Unsigned,
}

#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) filename: Option<String>,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) data: Vec<u8>,
}

#[derive(Clone, Debug)]
pub(crate) struct V1 {
    pub(crate) common: Common,
    pub(crate) post: bool,
    /// The value of `SignatureMethod`; `None` leaves the parameter out.
    pub(crate) algorithm: Option<&'static str>,
    pub(crate) nonce: u64,
    pub(crate) params: Vec<(String, Tree)>,
}

/// The last second of 2199.
const LAST: usize = 7_258_118_399;

impl Common {
    fn new(random: &mut Random) -> Self {
        let service = random.label(1..=31);
        let mut region = random.maybe(region_id);
        let mut host = Address::new(random, &service);
        if random.one_in(30) {
            let finance = random.pick(&[region::AP_SHANGHAI_FSI, region::AP_SHENZHEN_FSI]);
            (host, region) = (Address::Regional(finance.to_owned()), Some(finance.to_owned()));
        }
        Self {
            host,
            service,
            version: random.visible(1..=12),
            path: random.pick(&["/", "/", "/", "/v2/index.php", "/%7e/a'b"]),
            action: random.visible(1..=20),
            region,
            language: random.maybe(|random| random.pick(&[Language::Chinese, Language::English])),
            client: random.maybe(|random| random.label(1..=128)),
            token: random.maybe(|random| random.visible(1..=300)),
            id: random.text(|byte| byte.is_ascii_graphic() && !b"/,".contains(&byte), 1..=60),
            key: random.key(),
            timestamp: random.within(0..=LAST) as u64,
        }
    }
}

fn region_id(random: &mut Random) -> String {
    if random.one_in(4) {
        return format!("xy-{}1", random.text(|byte| byte.is_ascii_lowercase(), 1..=10));
    }
    let open: Vec<_> = region::ALL.iter().filter(|id| !id.ends_with("-fsi")).copied().collect();
    random.pick(&open).to_owned()
}

impl Address {
    fn new(random: &mut Random, service: &str) -> Self {
        match random.below(12) {
            0 => Self::Regional(region_id(random)),
            1 => Self::Internal,
            2 => Self::InternalRegional(region_id(random)),
            3 => Self::Ai,
            4 => Self::AiRegional(region_id(random)),
            5 => Self::Intl,
            6 => Self::Endpoint(format!("{service}.{}.TencentCloudAPI.com", region_id(random))),
            7 => Self::Exactly(format!("{}.example.com:{}", random.label(1..=20), random.within(1..=65535))),
            8 => Self::Exactly(random.pick(&["127.0.0.1:8443", "[::1]:8443", "LocalHost"]).to_owned()),
            _ => Self::Nearest,
        }
    }

    pub(crate) fn host(&self) -> Host<'_> {
        match self {
            Self::Nearest => Host::Nearest,
            Self::Regional(region) => Host::Regional(region),
            Self::Internal => Host::Internal,
            Self::InternalRegional(region) => Host::InternalRegional(region),
            Self::Ai => Host::Ai,
            Self::AiRegional(region) => Host::AiRegional(region),
            Self::Intl => Host::Intl,
            Self::Endpoint(host) => Host::Endpoint(host),
            Self::Exactly(host) => Host::Unchecked(host),
        }
    }

    /// The host name, built from the documents' tables.
    pub(crate) fn name(&self, service: &str) -> String {
        let host = match self {
            Self::Nearest => format!("{service}.tencentcloudapi.com"),
            Self::Regional(region) => format!("{service}.{region}.tencentcloudapi.com"),
            Self::Internal => format!("{service}.internal.tencentcloudapi.com"),
            Self::InternalRegional(region) => format!("{service}.internal.{region}.tencentcloudapi.com"),
            Self::Ai => format!("{service}.ai.tencentcloudapi.com"),
            Self::AiRegional(region) => format!("{service}.ai.{region}.tencentcloudapi.com"),
            Self::Intl => format!("{service}.intl.tencentcloudapi.com"),
            Self::Endpoint(host) | Self::Exactly(host) => host.clone(),
        };
        host.to_lowercase()
    }
}

impl Tc3 {
    pub(crate) fn new(random: &mut Random) -> Self {
        let mut headers: Vec<(String, String, bool)> = Vec::new();
        for at in 0..random.below(5) {
            // The index makes the name unique, and different from those that the signer adds.
            let name = format!("{}-{at}", random.label(1..=12));
            let value = random.text(|byte| (b' '..=b'~').contains(&byte), 0..=20);
            headers.push((name, value.trim().to_owned(), !random.one_in(3)));
        }
        let content = Content::new(random);
        let common = Common::new(random);
        let sign = [true, true, common.region.is_some()].map(|may| may && random.one_in(3));
        Self { common, headers, sign, content }
    }
}

const QUERY: &[&str] = &[
    "a", "Z", "0", "&", "=", "+", "?", "/", ":", "@", "!", "$", "'", "(", ")", "*", ",", ";", "%7E", "%e5",
    "%20",
];
const BOUNDARY: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789-_.'+";

impl Content {
    fn new(random: &mut Random) -> Self {
        let how = match random.below(4) {
            0 => How::Pieces(random.within(1..=70)),
            1 => How::Unsigned,
            _ => How::Whole,
        };
        match random.below(10) {
            0..=2 => Self::Params(trees::any(random)),
            3 => Self::Encoded((0..random.below(40)).map(|_| random.pick(QUERY)).collect()),
            4 => Self::Body("application/json", random.utf8(0..=200).into_bytes(), how),
            5 => Self::Body("application/json; charset=utf-8", random.utf8(0..=99).into_bytes(), how),
            6 => Self::Body("application/octet-stream", random.bytes(0..=300), how),
            7 => Self::Body("application/octet-stream; charset=utf-8", random.bytes(0..=200), how),
            8 => Self::Body("multipart/form-data; boundary=b0undary", random.bytes(0..=99), how),
            _ => {
                let boundary = random.text(|byte| BOUNDARY.contains(&byte), 8..=70);
                let parts = (0..random.below(4)).map(|_| Part::new(random)).collect();
                Self::Form(boundary, parts)
            }
        }
    }
}

impl Part {
    fn new(random: &mut Random) -> Self {
        let quotable = |random: &mut Random| {
            random.utf8(1..=9).replace(|c: char| c.is_control() || "\"\\".contains(c), "x")
        };
        Self {
            name: quotable(random),
            filename: random.maybe(quotable),
            content_type: random.maybe(|random| random.pick(&["text/plain", "image/jpeg"])),
            data: random.bytes(0..=80),
        }
    }
}

impl V1 {
    pub(crate) fn new(random: &mut Random) -> Self {
        Self {
            common: Common::new(random),
            post: random.one_in(2),
            algorithm: random.pick(&[None, Some("HmacSHA1"), Some("HmacSHA256")]),
            nonce: (random.next() >> random.below(64)).max(1),
            params: trees::strict(random),
        }
    }
}
