//! A gateway for tests, and the program, whose output is searched for secrets.

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, SupportedProtocolVersion as Version};
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::{env, fs, net::TcpStream, sync::Arc, thread, time::Duration};
use tc3_core::{Api, Credentials, Signer, Timestamp, api};
use tc3_std::gateway::{Account, Config, Gateway, Record};
use tc3_std::{Client, SystemClock, tls::Trust};

pub(crate) const CVM: Api<'static> = api!("cvm", "2017-03-12");

/// A long-term key and a temporary one. Key and token may occur in no output: [`run`] looks for `MARKER`.
pub(crate) const ID: &str = "AKIDEXAMPLE";
pub(crate) const KEY: &str = "MARKER-OF-THE-KEY";
/// Another account, which some tests add.
pub(crate) const OTHER_ID: &str = "AKIDOTHER";
pub(crate) const OTHER_KEY: &str = "MARKER-OF-ANOTHER-KEY";
pub(crate) const TEMPORARY_ID: &str = "AKIDTEMPORARY";
/// With characters that a shell interprets.
pub(crate) const TOKEN: &str = r#"MARKER+OF/THE=TOKEN"$(id)`id`'\"#;
pub(crate) const ENCODED_TOKEN: &str = "MARKER%2BOF%2FTHE%3DTOKEN%22%24%28id%29%60id%60%27%5C";

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct TestServer {
    pub(crate) gateway: Gateway,
    /// `HOST:PORT`
    pub(crate) address: String,
    records: Receiver<Record>,
    pub(crate) ca: String,
}

impl TestServer {
    pub(crate) fn new() -> Self {
        Self::with(Config::new())
    }

    pub(crate) fn with(config: Config) -> Self {
        let (sender, records) = mpsc::channel();
        let config = config.account(Account::new(ID, KEY)).record_to(sender);
        let config = config.account(Account::temporary(TEMPORARY_ID, KEY, TOKEN));
        let gateway = Gateway::start(config).unwrap();
        let pem = gateway.ca_pem().unwrap_or_default();
        let ca = write(&format!("{CA}{}.pem", gateway.addr().port()), pem.as_bytes());
        Self { address: gateway.addr().to_string(), gateway, records, ca }
    }

    pub(crate) fn client(&self) -> Client {
        client(Trust::empty(), &self.address, &self.ca)
    }

    pub(crate) fn roots(&self) -> Arc<RootCertStore> {
        Arc::new(Trust::empty().and_file(self.ca.as_ref()).unwrap().into())
    }

    /// A TLS session of a client that prefers HTTP/2 with this host.
    pub(crate) fn session(&self, host: &str, versions: &[&'static Version]) -> io::Result<ClientConnection> {
        let config = ClientConfig::builder_with_protocol_versions(versions);
        let mut config = config.with_root_certificates(self.roots()).with_no_client_auth();
        config.alpn_protocols = ["h2", "http/1.1"].map(Into::into).to_vec();
        let name = ServerName::try_from(host.to_owned()).unwrap();
        let mut session = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut socket = TcpStream::connect(&self.address).unwrap();
        while session.is_handshaking() {
            session.complete_io(&mut socket)?;
        }
        Ok(session)
    }

    /// The records of the requests since the last call.
    pub(crate) fn records(&self) -> Vec<Record> {
        // The gateway sends the record before the answer, so the record of an answered request is here.
        self.records.try_iter().collect()
    }

    /// Makes a call by the program.
    pub(crate) fn tc3(&self, more: &[&str], environment: &[(&str, &str)]) -> Ran {
        run(&[&CALL, more, &["--connect", &self.address, "--ca", &self.ca]].concat(), environment, b"")
    }
}

/// A client that connects to this address, and also trusts the certificates of a file.
pub(crate) fn client(trust: Trust, address: &str, ca: &str) -> Client {
    Client::new(trust.and_file(ca.as_ref()).unwrap()).unwrap().connect_to(address)
}

pub(crate) const CALL: [&str; 4] = ["call", "cvm", "2017-03-12", "DescribeInstances"];

pub(crate) const LONG_TERM_KEY: [(&str, &str); 2] =
    [("TENCENTCLOUD_SECRET_ID", ID), ("TENCENTCLOUD_SECRET_KEY", KEY)];
pub(crate) const TEMPORARY_KEY: [(&str, &str); 3] = [
    ("TENCENTCLOUD_SECRET_ID", TEMPORARY_ID),
    ("TENCENTCLOUD_SECRET_KEY", KEY),
    ("TENCENTCLOUD_SECURITY_TOKEN", TOKEN),
];

/// Writes a file where [`run`] starts the program, and returns its path.
pub(crate) fn write(name: &str, data: &[u8]) -> String {
    let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    fs::write(&path, data).unwrap();
    path
}

/// How the names of files with certificates begin. A shell could interpret them.
pub(crate) const CA: &str = "ca '\"$(id)`id`\\n\né ";

/// Text as it is. Other bytes are written in hexadecimal, so that a replacement of them is seen.
pub(crate) fn text(bytes: &[u8]) -> String {
    bytes.utf8_chunks().map(|chunk| chunk.valid().to_owned() + &hex(chunk.invalid())).collect()
}

/// Exit code and output of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_tc3");

/// A command in the directory for the tests' files, with no other environment.
pub(crate) fn command(words: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).current_dir(env!("CARGO_TARGET_TMPDIR")).env_clear();
    // The second is the file for the program's coverage data, when coverage is measured.
    let kept = ["PATH", "LLVM_PROFILE_FILE"].map(|name| env::var_os(name).map(|value| (name, value)));
    command.envs(kept.into_iter().flatten()).envs(environment.iter().copied());
    command
}

/// Runs the program, and fails if its output holds key or token, or if it writes the keys of TLS to a file.
pub(crate) fn run(arguments: &[&str], environment: &[(&str, &str)], stdin: &[u8]) -> Ran {
    let mut command = command(&[&["timeout", "100", PROGRAM], arguments].concat(), environment);
    let keys = concat!(env!("CARGO_TARGET_TMPDIR"), "/tls-keys");
    command.env("SSLKEYLOGFILE", keys);
    let ran = finish(command, stdin);
    assert!(fs::remove_file(keys).is_err(), "{arguments:?} writes the keys of TLS to a file");
    assert!(!format!("{ran:?}").contains("MARKER"), "{arguments:?} shows a secret: {ran:?}");
    ran
}

/// Runs commands in a POSIX shell. It reads them, because they can be longer than an argument.
pub(crate) fn run_shell(commands: &str, environment: &[(&str, &str)]) -> Ran {
    finish(command(&["timeout", "100", "sh", "-s"], environment), commands.as_bytes())
}

fn finish(mut command: Command, stdin: &[u8]) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let output = thread::scope(|scope| {
        // A command may end before it has read all.
        scope.spawn(move || drop(input.write_all(stdin)));
        child.wait_with_output().unwrap()
    });
    // A signal ends a command without a code.
    let code = output.status.code().unwrap_or(-1);
    Ran { code, out: text(&output.stdout), err: text(&output.stderr) }
}

/// A running `tc3 serve` with few file descriptors, killed when dropped.
pub(crate) struct Serve {
    child: Child,
    log: Receiver<String>,
    /// What it printed first, the address included.
    pub(crate) started: String,
    /// `HOST:PORT`
    pub(crate) address: String,
}

impl Serve {
    pub(crate) fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let limited = ["sh", "-c", "ulimit -n 48 && exec \"$0\" serve \"$@\"", PROGRAM];
        let mut command = command(&[&limited, arguments].concat(), environment);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (sender, log) = mpsc::channel();
        thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut serve = Self { child, log, started: String::new(), address: String::new() };
        while !serve.started.contains("tc3: listening on http") {
            serve.started += &(serve.line() + "\n");
        }
        serve.address = serve.started.trim_end().rsplit('/').next().unwrap().to_owned();
        serve
    }

    /// The next line of the log.
    pub(crate) fn line(&self) -> String {
        let line = self.log.recv_timeout(PATIENCE);
        line.unwrap_or_else(|error| panic!("no line after {:?}: {error}", self.started))
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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
