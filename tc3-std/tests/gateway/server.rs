//! A gateway for tests, and the program, whose output is searched for secrets.

use std::{
    env,
    ffi::OsString,
    fs,
    io::Write,
    net::Ipv4Addr,
    path::PathBuf,
    process::{Command, Stdio},
    sync::{
        Mutex,
        mpsc::{self, Receiver},
    },
    time::Duration,
};
use tc3_core::{Api, Credentials, Signer, Timestamp, api, v1};
use tc3_std::{
    CallError, Client, Failure, Message, Reply, SystemClock,
    gateway::{Account, Config, Gateway, Record, Transport},
    tls::Trust,
};

pub(crate) const CVM: Api<'static> = api!("cvm", "2017-03-12");

/// A long-term key and a temporary one. Key and token may occur in no output.
pub(crate) const ID: &str = "AKIDEXAMPLE";
pub(crate) const KEY: &str = "MARKER-OF-THE-KEY";
pub(crate) const TEMPORARY_ID: &str = "AKIDTEMPORARY";
pub(crate) const TOKEN: &str = "MARKER+OF/THE=TOKEN";
pub(crate) const ENCODED_TOKEN: &str = "MARKER%2BOF%2FTHE%3DTOKEN";

pub(crate) struct TestServer {
    pub(crate) gateway: Gateway,
    records: Mutex<Receiver<Record>>,
    ca: PathBuf,
}

impl TestServer {
    pub(crate) fn new() -> Self {
        Self::with(Config::new())
    }

    pub(crate) fn plain() -> Self {
        Self::with(Config::new().transport(Transport::PlainHttp))
    }

    pub(crate) fn with(config: Config) -> Self {
        let (sender, records) = mpsc::channel();
        let config = config.account(Account::new(ID, KEY)).record_to(sender);
        let config = config.account(Account::temporary(TEMPORARY_ID, KEY, TOKEN));
        let gateway = Gateway::start(config).unwrap();
        let ca = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("ca-{}.pem", gateway.addr().port()));
        if let Some(pem) = gateway.ca_pem() {
            fs::write(&ca, pem).unwrap();
        }
        Self { gateway, records: Mutex::new(records), ca }
    }

    pub(crate) fn client(&self) -> Client {
        let trust = Trust::empty().and_file(&self.ca).unwrap();
        Client::new(trust).unwrap().connect_to(self.gateway.addr().to_string())
    }

    pub(crate) fn call<'a>(&self, message: impl Into<Message<'a>>) -> Result<Reply, CallError> {
        self.client().call(message)
    }

    /// The records of the requests since the last call.
    pub(crate) fn records(&self) -> Vec<Record> {
        // The gateway sends the record before the answer, so the record of an answered request is here.
        self.records.lock().unwrap().try_iter().collect()
    }

    /// Runs the program against this gateway with the long-term key.
    pub(crate) fn tc3(&self, arguments: &[&str]) -> Ran {
        self.tc3_with(arguments, &[("TENCENTCLOUD_SECRET_ID", ID), ("TENCENTCLOUD_SECRET_KEY", KEY)])
    }

    /// As [`tc3`](Self::tc3), with the temporary key.
    pub(crate) fn temporary_tc3(&self, arguments: &[&str]) -> Ran {
        self.tc3_with(
            arguments,
            &[
                ("TENCENTCLOUD_SECRET_ID", TEMPORARY_ID),
                ("TENCENTCLOUD_SECRET_KEY", KEY),
                ("TENCENTCLOUD_SECURITY_TOKEN", TOKEN),
            ],
        )
    }

    pub(crate) fn tc3_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
        let address = self.gateway.addr().to_string();
        let ca = self.ca.to_string_lossy();
        let mut arguments = arguments.to_vec();
        if !matches!(arguments[..], ["explain", ..]) {
            arguments.extend(["--connect", &address, "--ca", &ca]);
        }
        run(&arguments, environment, b"")
    }
}

/// Exit code and output of the program.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The file for the program's coverage data, when coverage is measured.
pub(crate) fn coverage() -> Option<(&'static str, OsString)> {
    let name = "LLVM_PROFILE_FILE";
    env::var_os(name).map(|file| (name, file))
}

/// Runs the program, and fails if its output holds key or token.
pub(crate) fn run(arguments: &[&str], environment: &[(&str, &str)], stdin: &[u8]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tc3"));
    command.args(arguments).env_clear().envs(coverage()).envs(environment.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    let output = child.wait_with_output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    for secret in [KEY, TOKEN, ENCODED_TOKEN] {
        assert!(!out.contains(secret) && !err.contains(secret), "{arguments:?} shows {secret}: {out}{err}");
    }
    Ran { code: output.status.code().unwrap(), out, err }
}

pub(crate) fn signer() -> Signer<'static> {
    Signer::new(Credentials::new(ID, KEY).unwrap())
}

pub(crate) fn temporary_signer() -> Signer<'static> {
    Signer::new(Credentials::temporary(TEMPORARY_ID, KEY, TOKEN).unwrap())
}

pub(crate) fn now() -> Timestamp {
    SystemClock.now().unwrap()
}

/// The current time plus a number of seconds.
pub(crate) fn off_by(seconds: i64) -> Timestamp {
    Timestamp::from_unix(now().unix().checked_add_signed(seconds).unwrap()).unwrap()
}

pub(crate) fn nonce() -> v1::Nonce {
    tc3_std::nonce().unwrap()
}

/// A field of the `Echo` in the gateway's answer.
pub(crate) fn echo(body: &[u8], field: &str) -> String {
    let answer: serde_json::Value = serde_json::from_slice(body).unwrap();
    let value = &answer["Response"]["Echo"][field];
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(crate) fn failure(outcome: Result<Reply, CallError>) -> Failure {
    match outcome {
        Err(CallError::Service(failure)) => *failure,
        other => panic!("not refused by the gateway: {other:?}"),
    }
}

pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) fn localhost(port: u16) -> (Ipv4Addr, u16) {
    (Ipv4Addr::LOCALHOST, port)
}
