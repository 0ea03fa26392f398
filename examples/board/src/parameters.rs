//! Parses the emulator's command line: words of the form `name=value`, separated by spaces.

use core::{fmt, net::Ipv4Addr, str::FromStr};

/// One line with all parameters.
pub const USAGE: &str = "usage: host=NAME [now=UNIX] [case=post|get|v1|keepalive|pieces|retry] \
    [ca=DER-FILE] [pin=SHA256] [service=S] [version=V] [region=R] [action=A] ['body=JSON'] [query=N=V&N=V] \
    [id=ID] [key=KEY] [timeout=MS] [port=N] [connect=IPV4] [ntp=PORT]";

/// The parameters of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters<'l> {
    /// Which calls to make.
    pub case: Case,
    /// The time in seconds since 1970. If it and `ntp` are `None`, the clock stays unset.
    pub now: Option<u64>,
    /// The host name to sign for. The server's certificate must be valid for it.
    pub host: &'l str,
    /// The server's port. Ignored over a UART, where the modem connects.
    pub port: u16,
    /// The address to connect to. `None` asks DNS for the address of `host`.
    pub connect: Option<Ipv4Addr>,
    /// The port of an SNTP server at the server's address. `None` sets the clock by `now` only.
    pub ntp: Option<u16>,
    /// Path of a root certificate in DER on the emulator's host, the only trust anchor. `None` uses DigiCert
    /// Global Root G2.
    pub ca: Option<&'l str>,
    /// SHA-256 of a SubjectPublicKeyInfo that must be in the server's certificate chain.
    pub pin: Option<Digest>,
    /// The service, such as `cvm`.
    pub service: &'l str,
    /// The version of the service's API.
    pub version: &'l str,
    /// The region, such as `ap-guangzhou`.
    pub region: &'l str,
    /// The action to call.
    pub action: &'l str,
    /// JSON body of a POST.
    pub body: &'l str,
    /// Parameters of a GET and of a v1 form: `name=value` joined by `&`, not percent-encoded.
    pub query: &'l str,
    /// Timeout of the handshake, and of each call, in milliseconds.
    pub timeout: u64,
    /// The SecretId.
    pub id: &'l str,
    /// The SecretKey. Every user who can list the host's processes can read it.
    pub key: &'l str,
}

/// Which calls to make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// One POST of JSON, signed by TC3-HMAC-SHA256.
    #[default]
    Post,
    /// One GET with parameters, signed by TC3-HMAC-SHA256.
    Get,
    /// One POST of a form, signed by HmacSHA256.
    V1,
    /// Three calls over one connection.
    KeepAlive,
    /// One call whose response body is passed on in pieces instead of stored.
    Pieces,
    /// One call. If the service refuses the time, the clock is set from the response's `Date`, and the request
    /// is signed and sent again, once.
    Retry,
}

/// A SHA-256 digest. On the command line it has 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(pub [u8; 32]);

impl Parameters<'_> {
    /// Example credentials, and a call that every account can make.
    const DEFAULT: Self = Self {
        case: Case::Post,
        now: None,
        host: "",
        port: 443,
        connect: None,
        ntp: None,
        ca: None,
        pin: None,
        service: "cvm",
        version: "2017-03-12",
        region: "ap-guangzhou",
        action: "DescribeInstances",
        body: "{\"Limit\":1}",
        query: "Limit=1",
        timeout: 30_000,
        id: "AKIDEXAMPLE",
        key: "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
    };
}

impl<'l> Parameters<'l> {
    /// Parses the words of a command line, without the program's name.
    ///
    /// # Errors
    /// [`ParameterError`] with the first wrong word, or if `host=` is missing.
    pub fn read(words: impl IntoIterator<Item = &'l str>) -> Result<Self, ParameterError<'l>> {
        let mut parameters = Parameters::DEFAULT;
        for word in words {
            let (name, value) = word.split_once('=').ok_or(ParameterError::NoValue { word })?;
            parameters.set(name, value)?;
        }
        if parameters.host.is_empty() {
            return Err(ParameterError::NoHost);
        }
        Ok(parameters)
    }

    fn set(&mut self, name: &'l str, value: &'l str) -> Result<(), ParameterError<'l>> {
        match name {
            "case" => self.case = parsed(name, value)?,
            "now" => self.now = Some(number(name, value)?),
            "port" => self.port = number(name, value)?,
            "connect" => self.connect = Some(address(name, value)?),
            "ntp" => self.ntp = Some(number(name, value)?),
            "pin" => self.pin = Some(parsed(name, value)?),
            "timeout" => self.timeout = number(name, value)?,
            _ => *self.text(name).ok_or(ParameterError::Unknown { name })? = value,
        }
        Ok(())
    }

    /// The parameter of this name, if it is any text.
    fn text(&mut self, name: &str) -> Option<&mut &'l str> {
        Some(match name {
            "ca" => self.ca.get_or_insert_default(),
            "host" => &mut self.host,
            "service" => &mut self.service,
            "version" => &mut self.version,
            "region" => &mut self.region,
            "action" => &mut self.action,
            "body" => &mut self.body,
            "query" => &mut self.query,
            "id" => &mut self.id,
            "key" => &mut self.key,
            _ => return None,
        })
    }
}

fn parsed<'l, T: FromStr>(name: &'l str, value: &'l str) -> Result<T, ParameterError<'l>> {
    value.parse().map_err(|_| ParameterError::InvalidValue { name, value })
}

fn number<'l, T: TryFrom<u64>>(name: &'l str, value: &'l str) -> Result<T, ParameterError<'l>> {
    let number: u64 = parsed(name, value)?;
    number.try_into().map_err(|_| ParameterError::InvalidValue { name, value })
}

/// Four numbers with dots. The standard library's parser would take 500 B more on a Cortex-M4.
fn address<'l>(name: &'l str, value: &'l str) -> Result<Ipv4Addr, ParameterError<'l>> {
    let (mut octets, mut parts) = ([0_u8; 4], value.split('.'));
    let mut is_valid = true;
    for octet in &mut octets {
        match number(name, parts.next().unwrap_or_default()) {
            Ok(number) => *octet = number,
            Err(_) => is_valid = false,
        }
    }
    match parts.next() {
        None if is_valid => Ok(octets.into()),
        _ => Err(ParameterError::InvalidValue { name, value }),
    }
}

const CASES: [(&str, Case); 6] = [
    ("post", Case::Post),
    ("get", Case::Get),
    ("v1", Case::V1),
    ("keepalive", Case::KeepAlive),
    ("pieces", Case::Pieces),
    ("retry", Case::Retry),
];

impl FromStr for Case {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        CASES.iter().find(|(case, _)| *case == name).map(|(_, case)| *case).ok_or(())
    }
}

impl FromStr for Digest {
    type Err = ();

    fn from_str(digits: &str) -> Result<Self, ()> {
        let (pairs, rest) = digits.as_bytes().as_chunks();
        let mut digest = [0; 32];
        if pairs.len() != digest.len() || !rest.is_empty() {
            return Err(());
        }
        for (byte, [high, low]) in digest.iter_mut().zip(pairs) {
            *byte = (digit(*high)? << 4) | digit(*low)?;
        }
        Ok(Self(digest))
    }
}

fn digit(byte: u8) -> Result<u8, ()> {
    char::from(byte).to_digit(16).and_then(|digit| digit.try_into().ok()).ok_or(())
}

/// What is wrong with a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParameterError<'l> {
    /// A word without an equals sign.
    NoValue {
        /// The word.
        word: &'l str,
    },
    /// No parameter has this name.
    Unknown {
        /// The name.
        name: &'l str,
    },
    /// The parameter cannot have this value.
    InvalidValue {
        /// The parameter's name.
        name: &'l str,
        /// The value.
        value: &'l str,
    },
    /// `host=` is missing.
    NoHost,
}

impl fmt::Display for ParameterError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoValue { word } => write!(f, "{word}: not of the form name=value"),
            Self::Unknown { name } => write!(f, "{name}=: no such parameter"),
            Self::InvalidValue { name, value } => write!(f, "{name}={value}: not a valid value of {name}="),
            Self::NoHost => f.write_str("host= is missing"),
        }
    }
}

impl core::error::Error for ParameterError<'_> {}

#[cfg(test)]
mod tests {
    use super::{Case, Digest, ParameterError, Parameters};

    fn read(line: &'static str) -> Result<Parameters<'static>, ParameterError<'static>> {
        Parameters::read(line.split(' '))
    }

    #[test]
    fn every_parameter_is_parsed_into_its_field() {
        let line = "case=v1 now=1795279182 host=h port=8443 connect=10.0.2.2 ntp=123 ca=/c \
                    pin=000102030405060708090A0b0c0d0e0f101112131415161718191a1b1c1d1e1f \
                    service=s version=v region=r action=a body={\"a\":\"=\"} query=a=b&c=d timeout=9 id=i key=k";
        let expected = Parameters {
            case: Case::V1,
            now: Some(1_795_279_182),
            host: "h",
            port: 8443,
            connect: Some([10, 0, 2, 2].into()),
            ntp: Some(123),
            ca: Some("/c"),
            pin: Some(Digest(core::array::from_fn(|place| u8::try_from(place).unwrap_or(0)))),
            service: "s",
            version: "v",
            region: "r",
            action: "a",
            body: "{\"a\":\"=\"}",
            query: "a=b&c=d",
            timeout: 9,
            id: "i",
            key: "k",
        };
        assert_eq!(read(line), Ok(expected));
    }

    #[test]
    fn the_error_names_the_word_that_is_wrong() {
        assert_eq!(read("host=h verbose"), Err(ParameterError::NoValue { word: "verbose" }));
        assert_eq!(read("host=h nou=1"), Err(ParameterError::Unknown { name: "nou" }));
        for (name, value, line) in [
            ("port", "65536", "host=h port=65536"),
            ("case", "put", "host=h case=put"),
            ("now", "-1", "host=h now=-1"),
            ("pin", "00", "host=h pin=00"),
            ("connect", "10.0.2", "host=h connect=10.0.2"),
            ("connect", "10.0.2.2.2", "host=h connect=10.0.2.2.2"),
        ] {
            assert_eq!(read(line), Err(ParameterError::InvalidValue { name, value }));
        }
        assert_eq!(read("now=1"), Err(ParameterError::NoHost));
    }
}
