//! The fields that TC3 and v1 requests share, drawn from an input.

use crate::source::Source;
use tc3_core::{Api, Call, Credentials, Header, Host, Invalid, Language, Timestamp};

#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) service: String,
    pub(crate) version: String,
    pub(crate) host: Address,
    pub(crate) path: String,
    pub(crate) action: String,
    pub(crate) region: Option<String>,
    pub(crate) language: Option<Language>,
    pub(crate) client: Option<String>,
    pub(crate) trace: Option<String>,
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) token: Option<String>,
    pub(crate) time: u64,
    pub(crate) wild: bool,
}

pub(crate) fn label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}

fn region(byte: u8) -> bool {
    label(byte) && !byte.is_ascii_uppercase()
}

pub(crate) fn visible(byte: u8) -> bool {
    byte.is_ascii_graphic()
}

impl Draft {
    pub(crate) fn new(source: &mut Source<'_>) -> Self {
        let region = |source: &mut Source<'_>| source.text(region, 20);
        let path = |byte| label(byte) || b"/._~%!$&'()*+,;:@=".contains(&byte);
        let mut draft = Self {
            service: source.text(label, 31),
            version: source.text(visible, 255),
            host: Address::new(source),
            path: source.maybe(|source| format!("/{}", source.text(path, 255))).unwrap_or("/".to_owned()),
            action: source.text(|byte| visible(byte) && !b"/,".contains(&byte), 255),
            region: source.maybe(region),
            language: source.maybe(|source| source.pick(&[Language::Chinese, Language::English])),
            client: source.maybe(|source| source.text(|byte| label(byte) || b"_,;.".contains(&byte), 128)),
            trace: source.maybe(|source| source.text(visible, 255)),
            id: source.text(|byte| visible(byte) && !b"/,".contains(&byte), 255),
            key: source.text(visible, 255),
            token: source.maybe(|source| source.text(visible, 255)),
            time: source.number() % 253_402_300_800, // the year 10000
            wild: source.wild,
        };
        if source.tidy && source.one_in(8) {
            draft.use_special_host(source);
        }
        if !source.wild {
            // Derived instead of drawn, as in `is_endpoint`.
            let sum: usize = draft.version.bytes().map(usize::from).sum();
            draft.version = format!("{:04}-{:02}-{:02}", sum % 10_000, sum % 12 + 1, sum % 31 + 1);
        }
        draft
    }

    /// A finance region at its own host, a regional endpoint, or an address, which random letters never form.
    fn use_special_host(&mut self, source: &mut Source<'_>) {
        let finance = source.pick(&["ap-shanghai-fsi", "ap-shenzhen-fsi"]).to_owned();
        let endpoint = format!("{}.ap-guangzhou.TencentCloudAPI.com", self.service);
        let address = source.pick(&["127.0.0.1:8443", "[::1]:8443", "LocalHost"]).to_owned();
        let choice = source.below(3);
        let (family, part) = [(1, finance.clone()), (8, endpoint), (7, address)][choice].clone();
        self.region = if choice == 0 { Some(finance) } else { self.region.take() };
        self.host = Address { family, part };
    }

    pub(crate) fn call<'a>(&'a self, headers: Option<&'a [Header<'a>]>) -> Result<Call<'a>, Invalid> {
        let api = Api::new(&self.service, &self.version)?.at(self.host.host()).path(&self.path);
        let mut call = api.action(&self.action);
        call = headers.map_or(call, |headers| call.headers(headers));
        call = self.region.as_deref().map_or(call, |region| call.region(region));
        call = self.language.map_or(call, |language| call.language(language));
        call = self.client.as_deref().map_or(call, |client| call.request_client(client));
        Ok(self.trace.as_deref().map_or(call, |trace| call.trace_id(trace)))
    }

    pub(crate) fn credentials(&self) -> Result<Credentials<'_>, Invalid> {
        match &self.token {
            Some(token) => Credentials::temporary(&self.id, &self.key, token),
            None => Credentials::new(&self.id, &self.key),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_unix(self.time).expect("the time is before the year 10000")
    }

    pub(crate) fn language(&self) -> Option<String> {
        let is_chinese = self.language? == Language::Chinese;
        Some(if is_chinese { "zh-CN" } else { "en-US" }.to_owned())
    }

    /// The length of the URL, which is limited to 32 KiB.
    pub(crate) fn url(&self, query: &str) -> usize {
        let mark = usize::from(!query.is_empty());
        "https://".len() + self.host.name(&self.service).len() + self.path.len() + mark + query.len()
    }

    /// Whether tc3-core may refuse these fields: wild strings, an endpoint of another service, or a
    /// finance region, which has additional rules.
    pub(crate) fn may_be_refused(&self) -> bool {
        let host = self.host.name(&self.service);
        let is_finance = |name: &str| name.contains("-fsi");
        self.wild
            || is_finance(&host)
            || self.region.as_deref().is_some_and(is_finance)
            || (self.host.is_endpoint() && host.contains("tencentcloudapi"))
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) family: usize,
    /// The region or the host, if the family has one.
    pub(crate) part: String,
}

impl Address {
    fn new(source: &mut Source<'_>) -> Self {
        let family = source.below(8);
        let host = |byte| label(byte) || b"._:[]".contains(&byte);
        let mut drawn = Self { family, part: source.text(if family == 7 { host } else { region }, 255) };
        if drawn.is_endpoint() && !source.wild {
            // What is drawn is no IPv6 address.
            drawn.part = drawn.part.replace(['[', ']'], "-");
            if drawn.part.matches(':').count() > 1 {
                drawn.part = drawn.part.replace(':', "-");
            }
        }
        drawn
    }

    fn host(&self) -> Host<'_> {
        let part = &self.part;
        match self.family {
            0 => Host::Nearest,
            1 => Host::Regional(part),
            2 => Host::Internal,
            3 => Host::InternalRegional(part),
            4 => Host::Ai,
            5 => Host::AiRegional(part),
            6 => Host::Intl,
            _ if self.is_endpoint() => Host::Endpoint(part),
            _ => Host::Unchecked(part),
        }
    }

    /// Derived from the host's length instead of drawn: drawing a byte would change the meaning of the
    /// corpus.
    fn is_endpoint(&self) -> bool {
        self.family == 8 || (self.family == 7 && self.part.len().is_multiple_of(2))
    }

    /// The host name, built from the documents' tables.
    pub(crate) fn name(&self, service: &str) -> String {
        let Self { family, part } = self;
        let domain = "tencentcloudapi.com";
        let host = match family {
            0 => format!("{service}.{domain}"),
            1 => format!("{service}.{part}.{domain}"),
            2 => format!("{service}.internal.{domain}"),
            3 => format!("{service}.internal.{part}.{domain}"),
            4 => format!("{service}.ai.{domain}"),
            5 => format!("{service}.ai.{part}.{domain}"),
            6 => format!("{service}.intl.{domain}"),
            _ if self.is_endpoint() => part.strip_suffix(":443").unwrap_or(part).to_owned(),
            _ => part.clone(),
        };
        host.to_lowercase()
    }
}
