//! What the emulator's command line says: `name=value`, separated by blanks.

use core::{fmt, net::Ipv4Addr, str::FromStr};

/// One line that says what can be said.
pub const USAGE: &str = "usage: host=NAME [now=UNIX] [case=post|get|v1|keepalive|pieces|retry] \
    [ca=DER-FILE] [service=S] [version=V] [action=A] ['body=JSON'] [id=ID] [key=KEY] \
    [port=N] [connect=IPV4] [ntp=PORT]";

/// What is to be done, with whom, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameters<'l> {
    /// Which calls to make.
    pub case: Case,
    /// The time in seconds since 1970; without it the clock stays unset.
    pub now: Option<u64>,
    /// The name that is signed, and that the server's certificate must prove.
    pub host: &'l str,
    /// Where the server listens. Over a UART somebody else dials.
    pub port: u16,
    /// The address to dial instead of asking a resolver for that of the host.
    pub connect: Option<Ipv4Addr>,
    /// Port of an SNTP server beside the one dialled; without it `now` tells the time.
    pub ntp: Option<u16>,
    /// Path, on the machine of the emulator, of a root certificate in DER to trust alone.
    pub ca: Option<&'l str>,
    /// The service, as in the host's name.
    pub service: &'l str,
    /// Version of the service's interface.
    pub version: &'l str,
    /// The action called.
    pub action: &'l str,
    /// What is sent: JSON.
    pub body: &'l str,
    /// Public half of the credentials.
    pub id: &'l str,
    /// Secret half of the credentials: whoever lists the host's processes sees it.
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
    /// One call whose answer is handed out in pieces instead of kept.
    Pieces,
    /// One call that may correct the clock by the answer's `Date`, and sign again, once.
    Retry,
}

impl Parameters<'_> {
    /// The credentials of the local gateway, and a call that every account may make.
    const DEFAULT: Self = Self {
        case: Case::Post,
        now: None,
        host: "",
        port: 443,
        connect: None,
        ntp: None,
        ca: None,
        service: "cvm",
        version: "2017-03-12",
        action: "DescribeZones",
        body: "{}",
        id: "AKIDEXAMPLE",
        key: "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
    };
}

impl<'l> Parameters<'l> {
    /// Reads the words of a command line, the program's own name left out.
    ///
    /// # Errors
    /// The first word that makes no sense, or the host if there is none.
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
            "now" => self.now = Some(parsed(name, value)?),
            "host" => self.host = value,
            "port" => self.port = parsed(name, value)?,
            "connect" => self.connect = Some(parsed(name, value)?),
            "ntp" => self.ntp = Some(parsed(name, value)?),
            "ca" => self.ca = Some(value),
            "service" => self.service = value,
            "version" => self.version = value,
            "action" => self.action = value,
            "body" => self.body = value,
            "id" => self.id = value,
            "key" => self.key = value,
            _ => return Err(ParameterError::Unknown { name }),
        }
        Ok(())
    }
}

fn parsed<'l, T: FromStr>(name: &'l str, value: &'l str) -> Result<T, ParameterError<'l>> {
    value.parse().map_err(|_| ParameterError::Unfit { name, value })
}

impl FromStr for Case {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Ok(match name {
            "post" => Self::Post,
            "get" => Self::Get,
            "v1" => Self::V1,
            "keepalive" => Self::KeepAlive,
            "pieces" => Self::Pieces,
            "retry" => Self::Retry,
            _ => return Err(()),
        })
    }
}

/// A command line that makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParameterError<'l> {
    /// No equals sign.
    NoValue {
        /// What stands there instead.
        word: &'l str,
    },
    /// No parameter has this name.
    Unknown {
        /// The name.
        name: &'l str,
    },
    /// The value is not of the parameter's kind.
    Unfit {
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
            Self::Unfit { name, value } => write!(f, "{name}={value}: not a value that {name}= can have"),
            Self::NoHost => f.write_str("host= is missing"),
        }
    }
}

impl core::error::Error for ParameterError<'_> {}

#[cfg(test)]
mod tests {
    use super::{Case, ParameterError, Parameters};

    fn read(line: &'static str) -> Result<Parameters<'static>, ParameterError<'static>> {
        Parameters::read(line.split(' '))
    }

    #[test]
    fn every_parameter_arrives_where_it_belongs() {
        let line = "case=v1 now=1795279182 host=h port=8443 connect=10.0.2.2 ntp=123 ca=/c \
                    service=s version=v action=a body={\"a\":\"=\"} id=i key=k";
        let expected = Parameters {
            case: Case::V1,
            now: Some(1_795_279_182),
            host: "h",
            port: 8443,
            connect: Some([10, 0, 2, 2].into()),
            ntp: Some(123),
            ca: Some("/c"),
            service: "s",
            version: "v",
            action: "a",
            body: "{\"a\":\"=\"}",
            id: "i",
            key: "k",
        };
        assert_eq!(read(line), Ok(expected));
    }

    #[test]
    fn a_word_that_makes_no_sense_is_named() {
        assert_eq!(read("host=h verbose"), Err(ParameterError::NoValue { word: "verbose" }));
        assert_eq!(read("host=h nou=1"), Err(ParameterError::Unknown { name: "nou" }));
        for (name, value, line) in [
            ("port", "65536", "host=h port=65536"),
            ("case", "put", "host=h case=put"),
            ("now", "-1", "host=h now=-1"),
            ("connect", "localhost", "host=h connect=localhost"),
        ] {
            assert_eq!(read(line), Err(ParameterError::Unfit { name, value }));
        }
        assert_eq!(read("now=1"), Err(ParameterError::NoHost));
    }
}
