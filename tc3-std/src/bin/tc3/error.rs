//! Errors of the program, each with a cause, an exit code and usually a remedy.

use std::{error::Error, fmt, io, path::PathBuf};
use tc3_core::{Invalid, Limit, response::Advice};
use tc3_embedded::http::ResponseError;
use tc3_std::{
    CallError, ClockError, EnvError, Failure, Outcome, Step, SystemClock,
    credentials::{CredentialError, FileFault, RemoteFault, SECRET_ID, SECRET_KEY},
    gateway::StartError,
    tls::{TlsError, TrustError},
};

#[derive(Debug)]
pub(crate) enum CliError {
    Credentials(EnvError),
    /// No source has credentials, or one is broken.
    Source(CredentialError),
    /// A variable named by `tc3 serve --key-env` is unset, empty or not UTF-8.
    KeyVariable {
        variable: String,
    },
    /// The key in a variable named by `tc3 serve --key-env` is malformed.
    MalformedKey {
        variable: String,
        invalid: Invalid,
    },
    /// The SecretId of `tc3 serve --id` is malformed.
    MalformedId {
        id: String,
        invalid: Invalid,
    },
    /// `tc3 serve` got different numbers of `--id` and `--key-env`.
    Unpaired {
        ids: usize,
        keys: usize,
    },
    /// `tc3 call --plain-http` got another address than one of loopback.
    NotLoopback {
        address: String,
    },
    Clock(ClockError),
    Randomness(io::Error),
    Refused(Invalid),
    /// The file of a v1 parameter is not UTF-8.
    NotUtf8 {
        name: String,
    },
    Input {
        name: String,
        source: io::Error,
    },
    Output(io::Error),
    Trust {
        path: PathBuf,
        source: TrustError,
    },
    Call(CallError),
    Start(StartError),
    CaOut {
        path: PathBuf,
        source: io::Error,
    },
}

impl CliError {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Unpaired { .. }
            | Self::NotLoopback { .. }
            | Self::MalformedId { .. }
            | Self::Start(StartError::NotLoopback { .. } | StartError::DuplicateId { .. }) => 2,
            Self::Start(StartError::Bind { .. }) => 7,
            Self::Clock(_) | Self::Randomness(_) | Self::Refused(_) | Self::NotUtf8 { .. } => 3,
            Self::Start(_) => 3,
            Self::Credentials(_) | Self::Source(_) | Self::KeyVariable { .. } | Self::MalformedKey { .. } => {
                4
            }
            Self::Output(_) | Self::CaOut { .. } => 23,
            Self::Input { .. } => 26,
            Self::Trust { .. } => 77,
            Self::Call(error) => exit_code_of_call(error),
        }
    }

    /// What the user can do, unless that is clear from the error.
    pub(crate) fn remedy(&self) -> Option<String> {
        let remedy = match self {
            Self::Credentials(error) => return Some(remedy_for_variable(*error)),
            Self::Source(error) => return remedy_for_source(error),
            Self::KeyVariable { variable } => return Some(format!("export {variable}=...")),
            Self::MalformedKey { variable, .. } => {
                return Some(format!(
                    "copy {variable} again: the value is printable ASCII, without spaces or line ends around it"
                ));
            }
            Self::MalformedId { .. } => {
                "copy the SecretId again: it is printable ASCII, without spaces, '/' or ','"
            }
            Self::Start(StartError::DuplicateId { .. }) => "give each --id once, with its own --key-env",
            Self::Unpaired { .. } => "give each --id its own --key-env",
            Self::NotLoopback { .. } => "leave --plain-http out, or give --connect 127.0.0.1:PORT",
            Self::Clock(_) | Self::Start(StartError::Clock(_)) => "set the system clock",
            Self::Refused(invalid) => remedy_for_request(*invalid)?,
            Self::NotUtf8 { .. } => "send the file in a multipart form: leave --v1 out",
            Self::Trust { .. } => "give a PEM file, such as the one that `tc3 serve --ca-out FILE` writes",
            Self::Start(StartError::NotLoopback { .. } | StartError::Bind { .. }) => {
                "listen on another address with --listen 127.0.0.1:PORT; port 0 selects a free one"
            }
            Self::Call(error) => return remedy_for_call(error),
            Self::Input { .. } => {
                "give a file that exists and is readable: @FILE or - for a body, ACTION=FILE for --answer"
            }
            Self::CaOut { .. } => "give a writable file in a directory that exists",
            Self::Start(_) | Self::Randomness(_) | Self::Output(_) => return None,
        };
        Some(remedy.to_owned())
    }
}

fn of_transport(kind: io::ErrorKind) -> u8 {
    match kind {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => 28,
        _ => 56,
    }
}

fn exit_code_of_call(error: &CallError) -> u8 {
    match error {
        CallError::Dial(error) if error.step == Step::Resolve => 6,
        CallError::Dial(error) if error.kind() == io::ErrorKind::TimedOut => 28,
        CallError::Dial(_) => 7,
        CallError::Tls(TlsError::NotTrusted(_)) => 60,
        CallError::Tls(TlsError::Broken(error)) => match of_transport(error.kind()) {
            28 => 28,
            _ => 35,
        },
        CallError::Tls(_) => 35,
        CallError::Transport(error) => of_transport(error.kind()),
        CallError::Body(_) | CallError::Request(_) => 26,
        CallError::Status(_) => 22,
        CallError::Service(_) => 1,
        CallError::Http(ResponseError::NoResponse) => 52,
        CallError::Http(error) if error.is_truncated() => 18,
        CallError::Incomplete(error, _) => exit_code_of_call(error),
        _ => 8,
    }
}

fn remedy_for_variable(error: EnvError) -> String {
    match error {
        EnvError::Unset { variable } | EnvError::Empty { variable }
            if ![SECRET_ID, SECRET_KEY].contains(&variable) =>
        {
            format!("export {variable}=..., or unset the variables that go with it")
        }
        EnvError::Unset { variable } | EnvError::Empty { variable } => {
            format!("export {variable}=... (create keys at https://console.tencentcloud.com/cam/capi)")
        }
        EnvError::Malformed { variable, .. } | EnvError::NotUnicode { variable } => {
            format!(
                "copy {variable} again: the value is printable ASCII, without spaces or line ends around it"
            )
        }
        EnvError::Quoted { variable } => format!("write {variable}=VALUE without quotes in the env file"),
        EnvError::NotANumber { variable } => format!("export {variable}=7200, or unset it"),
        _ => "unset one of the two".to_owned(),
    }
}

fn remedy_for_source(error: &CredentialError) -> Option<String> {
    let remedy = match error {
        CredentialError::Environment(error) => return Some(remedy_for_variable(*error)),
        CredentialError::Nowhere { .. } => {
            "export TENCENTCLOUD_SECRET_ID=... and TENCENTCLOUD_SECRET_KEY=... (create keys at \
             https://console.tencentcloud.com/cam/capi), or give --credentials FILE"
        }
        CredentialError::Expired { .. } => {
            "fetch new credentials there (tccli: tccli auth login); if they are new, set the system clock"
        }
        CredentialError::File { fault, .. } => remedy_for_file(fault),
        CredentialError::Remote { fault: RemoteFault::Call(error), .. } => return remedy_for_call(error),
        CredentialError::Remote { fault: RemoteFault::Setting { name }, .. } => {
            return Some(format!("check the {name} of the role"));
        }
        CredentialError::Remote { .. } => "check the role in the console: CAM, Roles",
        _ => return None,
    };
    Some(remedy.to_owned())
}

const fn remedy_for_file(fault: &FileFault) -> &'static str {
    match fault {
        FileFault::Unreadable(_) => "give a file that exists and that you can read",
        FileFault::NoProfile { .. } => "give --profile NAME with a profile that it has, or add that section",
        FileFault::Quoted { .. } => "delete the quotes",
        FileFault::NotUtf8 => "save the file as UTF-8",
        FileFault::Twice { .. } => "delete one of the two",
        FileFault::Json { .. } => "write the file again: tccli configure",
        FileFault::Missing { .. } | FileFault::Empty { .. } => "add it to that profile",
        FileFault::Malformed { .. } => {
            "copy the value again: it is printable ASCII, without spaces or line ends around it"
        }
        _ => {
            "a file of credentials has lines as in: [default], secret_id = AKID..., secret_key = ..., each unindented"
        }
    }
}

fn remedy_for_request(invalid: Invalid) -> Option<&'static str> {
    Some(match invalid {
        Invalid::TooLarge { limit: Limit::GetUrl, .. } => "send the parameters by POST",
        Invalid::TooLarge { limit: Limit::FormBody, .. } => "sign with TC3-HMAC-SHA256: leave --v1 out",
        Invalid::Milliseconds { .. } => "give seconds since 1970",
        Invalid::Isolated => "give the region's own host: --host SERVICE.REGION.tencentcloudapi.com",
        Invalid::OtherService => "the first label of the host is the service",
        _ => return None,
    })
}

fn remedy_for_call(error: &CallError) -> Option<String> {
    let remedy = match error {
        CallError::Dial(error) if error.step == Step::Resolve => {
            "check the service's name and the network; --connect HOST:PORT connects to another address"
        }
        CallError::Dial(_) => "check that a server listens there and that no firewall blocks it",
        CallError::Tls(TlsError::NotTrusted(_)) => {
            "check the host; if its certificate authority is private (tc3 serve, a private cloud), give it with --ca FILE"
        }
        CallError::Tls(TlsError::Handshake(rustls::Error::InvalidMessage(_))) => {
            "check that the port uses TLS 1.2 or 1.3; call `tc3 serve --plain-http` with --plain-http too"
        }
        CallError::Tls(_) => "check that the port uses TLS 1.2 or 1.3; --timeout SECONDS waits longer",
        CallError::Transport(error) if of_transport(error.kind()) == 28 => {
            return Some(format!("{}; --timeout SECONDS waits longer", Outcome::Unknown));
        }
        CallError::Incomplete(error, _) if exit_code_of_call(error) == 28 => return remedy_for_call(error),
        CallError::Status(_) => "check host and network: something other than the service answered",
        CallError::Malformed(malformed, _) if !malformed.is_envelope => {
            "check host and network: something other than the service answered"
        }
        CallError::Http(error) if !error.is_truncated() => {
            "check host and network: something other than the service answered"
        }
        CallError::Service(failure) => return remedy_for_failure(failure),
        CallError::Body(_) | CallError::Request(_) => return None,
        error => return Some(error.outcome().to_string()),
    };
    Some(remedy.to_owned())
}

fn remedy_for_failure(failure: &Failure) -> Option<String> {
    let remedy = match failure.advice {
        Advice::FixClock => return Some(remedy_for_clock(failure)),
        Advice::RenewCredential => "fetch a new temporary key, its id and its token together",
        Advice::BackOff => "wait a second, then twice as long each time",
        Advice::RetryIdempotent => "try again if doing the action twice is harmless",
        Advice::FixRequest => "change the request: the same request would fail again",
        Advice::FixCredential => "check that id and key belong together and are complete",
        Advice::NotPermitted => "ask the account's administrator for the permission",
        _ => "see the message; give the request id to the service's support",
    };
    Some(remedy.to_owned())
}

fn remedy_for_clock(failure: &Failure) -> String {
    match (failure.reply.date(), SystemClock.now()) {
        (Some(theirs), Ok(ours)) if ours.abs_diff(theirs) > 60 => {
            let side = if ours < theirs { "behind" } else { "ahead of" };
            format!("set the system clock: it is {} s {side} the server's", ours.abs_diff(theirs))
        }
        _ => "sign again just before sending; check the system clock".to_owned(),
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Credentials(error) => error.fmt(f),
            Self::Source(error) => error.fmt(f),
            Self::KeyVariable { variable } => write!(f, "{variable} holds no key"),
            Self::MalformedKey { variable, invalid } => write!(f, "{variable} is malformed: {invalid}"),
            Self::MalformedId { id, invalid } => write!(f, "--id {id:?} is malformed: {invalid}"),
            Self::Unpaired { ids, keys } => write!(f, "{ids} --id and {keys} --key-env were given"),
            Self::NotLoopback { address } => {
                write!(
                    f,
                    "{address} is not a loopback address: a request without TLS may only go to this machine"
                )
            }
            Self::Clock(error) => error.fmt(f),
            Self::Randomness(error) => write!(f, "the operating system has no randomness: {error}"),
            Self::Refused(invalid) => write!(f, "refused before sending: {invalid}"),
            Self::NotUtf8 { name } => write!(f, "parameter {name} is not UTF-8"),
            Self::Input { name, source } => write!(f, "could not read {name}: {source}"),
            Self::Output(error) => write!(f, "could not write the output: {error}"),
            Self::Trust { path, source } => write!(f, "CA file {}: {source}", path.display()),
            Self::Call(error) => error.fmt(f),
            Self::Start(error) => error.fmt(f),
            Self::CaOut { path, source } => write!(f, "could not write {}: {source}", path.display()),
        }
    }
}

impl Error for CliError {}

macro_rules! from {
    ($($error:ty => $variant:ident),*) => {
        $(impl From<$error> for CliError {
            fn from(error: $error) -> Self {
                Self::$variant(error)
            }
        })*
    };
}

from!(EnvError => Credentials, CredentialError => Source, ClockError => Clock, Invalid => Refused, CallError => Call, StartError => Start);

#[cfg(test)]
mod tests {
    use super::*;
    use tc3_embedded::http::RequestError;

    #[test]
    fn errors_that_no_test_of_the_program_causes_have_their_exit_code_and_remedy() {
        let clock = ClockError::OutOfRange { now: u64::MAX };
        let too_large = |limit| CliError::Refused(Invalid::TooLarge { limit, bytes: 99_999_999 });
        let short = RequestError::MissingBody { declared: 5, sent: 3 };
        let slow = || io::Error::from(io::ErrorKind::TimedOut);
        for (error, code, remedy) in [
            (CliError::Clock(clock), 3, Some("set the system clock")),
            (CliError::Start(StartError::Clock(clock)), 3, Some("set the system clock")),
            (CliError::Start(StartError::Thread(slow())), 3, None),
            (CliError::Randomness(slow()), 3, None),
            (too_large(Limit::FormBody), 3, Some("sign with TC3-HMAC-SHA256: leave --v1 out")),
            (too_large(Limit::Body), 3, None),
            (CliError::Call(CallError::Body(slow())), 26, None),
            (CliError::Call(CallError::Request(short)), 26, None),
            (
                CliError::Call(CallError::Transport(slow())),
                28,
                Some(
                    "the call may have been done: check before you repeat it, or use a ClientToken; \
                     --timeout SECONDS waits longer",
                ),
            ),
        ] {
            assert_eq!((error.exit_code(), error.remedy().as_deref()), (code, remedy), "{error}");
        }
        assert_eq!(CliError::Clock(clock).to_string(), clock.to_string());
        let says = "the operating system has no randomness: timed out";
        assert_eq!(CliError::Randomness(slow()).to_string(), says);
    }
}
