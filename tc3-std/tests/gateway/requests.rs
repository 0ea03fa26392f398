//! Every kind of request: the program shows and sends the bytes that the library signs.

use crate::peer::{Certificate, EMPTY, Peer, Play};
use crate::server::{
    CALL, CVM, ENCODED_TOKEN, ID, KEY, Ran, TOKEN, client, hex, run, run_shell, text, write,
};
use std::{io::Read, thread};
use tc3_core::v1::{self, Algorithm, Method};
use tc3_core::{
    Call, ContentType, Credentials, HashedPayload, Header, Host, Invalid, Language, Multipart, Param,
    ParamValue, Part, Query, Request, Signer, Timestamp,
};
use tc3_std::{Client, Message, tls::Trust};

/// What a shell, curl or HTTP could interpret.
macro_rules! hostile {
    () => {
        "'\"$(kill $$)`kill $$`${HOME}\\\\n\n\r\n!*?[a]%41;&|<>~#+= é温\t--data @/etc/passwd\\'\n"
    };
}

const HOSTILE: &str = hostile!();
/// The first character names a file in an argument of program or curl.
const FILE: &str = concat!("@", hostile!());
const OCTETS: &[u8] = &[0, 1, 255, b'\'', b'\n', 254];
const OCTETS_FILE: &str = "'$(id)`é";
const AT: u64 = 1_551_113_065;

/// Arguments of the program, and the same request by the library, which sends it.
type Row = (&'static [&'static str], fn(&mut Library<'_>) -> Expected);

/// One row for each option of a request at least, and for each kind of body.
const ROWS: [Row; 17] = [
    (&[], |library| library.tc3(call().json("{}"))),
    (&["-d", HOSTILE, "-r", "ap-guangzhou", "--language", "zh-CN"], |library| {
        library.tc3(call().region("ap-guangzhou").language(Language::Chinese).json(HOSTILE))
    }),
    (&["--data", "@hostile", "--charset", "--language", "en-US", "--sign-action"], |library| {
        let call = call().language(Language::English).headers(&[Header::SignAction]);
        library.tc3(call.post(ContentType::JsonUtf8, FILE.as_bytes()))
    }),
    (&["-d", "-", "--region", "ap-beijing"], |library| {
        library.tc3(call().region("ap-beijing").json(&large()))
    }),
    (&["-d", "@large"], |library| library.tc3(call().json(&large()))),
    (&["--v1", "HmacSHA1", "--nonce", "7", "--form", "Data=@large"], |library| {
        library.v1(call(), Method::Post, Algorithm::HmacSha1, &[param("Data", &large())])
    }),
    (&["--octets", "-"], |library| library.tc3(call().octets(OCTETS))),
    (&["--octets=--help"], |library| library.tc3(call().octets(b"--help"))),
    (&["--octets="], |library| library.tc3(call().octets(b""))),
    (&["--get"], |library| library.tc3(call().get(Query::params(&[]).unwrap()))),
    (&["--get", "Limit=1", "Empty=", "--get", concat!("Filters.0.Name=@", hostile!())], |library| {
        let params = [param("Limit", "1"), param("Empty", ""), param("Filters.0.Name", FILE)];
        library.tc3(call().get(Query::params(&params).unwrap()))
    }),
    (&["--form", concat!("Name=", hostile!()), "--form", "File=@./'$(id)`é"], |library| {
        let parts = [Part::text("Name", HOSTILE), Part::file("File", OCTETS_FILE, OCTETS)];
        let boundary = format!("tc3-part-{AT:016x}");
        library.tc3(call().multipart(Multipart::new(&boundary, &parts).unwrap()))
    }),
    (&["--host", "localhost:8443"], |library| library.tc3(at("localhost:8443").json("{}"))),
    // Curl leaves the default port out.
    (&["--host", "[::1]:443"], |library| library.tc3(at("[::1]").json("{}"))),
    (&["--v1", "HmacSHA1Unnamed", "--nonce", "7", "--get", concat!("Name=", hostile!())], |library| {
        library.v1(call(), Method::Get, Algorithm::HmacSha1Unnamed, &[param("Name", HOSTILE)])
    }),
    (
        &["--v1", "HmacSHA256", "--nonce", "7", "--form", "Name=@hostile", "A=b", "--language", "zh-CN"],
        |library| {
            let params = [param("Name", FILE), param("A", "b")];
            library.v1(call().language(Language::Chinese), Method::Post, Algorithm::HmacSha256, &params)
        },
    ),
    (&["--v1", "HmacSHA256", "--nonce", "7", "--host", "localhost:8443", "-r", "ap-beijing"], |library| {
        library.v1(at("localhost:8443").region("ap-beijing"), Method::Post, Algorithm::HmacSha256, &[])
    }),
];

/// The arguments of all rows.
pub(crate) fn arguments() -> impl Iterator<Item = &'static str> {
    ROWS.iter().flat_map(|(arguments, _)| *arguments).copied()
}

fn call() -> Call<'static> {
    CVM.action("DescribeInstances")
}

fn at(host: &'static str) -> Call<'static> {
    CVM.at(Host::Endpoint(host)).action("DescribeInstances")
}

fn param<'a>(name: &'a str, value: &'a str) -> Param<'a> {
    (name, ParamValue::Text(value))
}

/// One byte longer than an argument may be.
fn large() -> String {
    FILE.repeat(2000)[..128 * 1024].to_owned()
}

/// The library with the credentials of a [`Key`].
struct Library<'c> {
    signer: Signer<'c>,
    client: Client,
}

/// What the library signed and sent.
struct Expected {
    head: String,
    body: Vec<u8>,
    /// The output of `tc3 explain`.
    explained: String,
}

impl Library<'_> {
    fn tc3(&mut self, request: Result<Request<'_>, Invalid>) -> Expected {
        let (request, now) = (request.unwrap(), Timestamp::from_unix(AT).unwrap());
        let explanation = self.signer.explain(&request, now);
        let signed = self.signer.sign(&request, now);
        self.client.call(signed).unwrap();
        let sections = [
            ("hash of the payload", hex(explanation.hashed_payload())),
            ("canonical request", explanation.canonical_request().to_string()),
            ("hash of the canonical request", hex(explanation.hashed_canonical_request())),
            ("string to sign", explanation.string_to_sign().to_string()),
            ("Authorization", signed.authorization().to_string()),
        ];
        let mut body = Vec::new();
        Message::from(signed).into_body().read_to_end(&mut body).unwrap();
        assert_eq!(hex(HashedPayload::of(&body).digest()), sections[0].1, "hash of the body sent");
        expected(signed.head().to_string(), body, &sections)
    }

    fn v1(&mut self, call: Call<'_>, method: Method, algorithm: Algorithm, params: &[Param<'_>]) -> Expected {
        let request = call.v1(method, algorithm, v1::Params::unsorted(params).unwrap()).unwrap();
        let (now, nonce) = (Timestamp::from_unix(AT).unwrap(), v1::Nonce::new(7.try_into().unwrap()));
        let signed = self.signer.sign_v1(&request, now, nonce).unwrap();
        self.client.call(signed).unwrap();
        let sections = [
            ("string to sign", signed.string_to_sign().to_string()),
            ("Signature", signed.signature().to_string()),
        ];
        let body = if method == Method::Get { Vec::new() } else { signed.wire().to_string().into_bytes() };
        expected(signed.head().to_string(), body, &sections)
    }
}

fn expected(head: String, body: Vec<u8>, sections: &[(&str, String)]) -> Expected {
    let explained = sections.iter().map(|(title, value)| format!("--- {title}\n{value}\n")).collect();
    Expected { head, body, explained }
}

/// Credentials in the environment.
struct Key {
    id: &'static str,
    /// Its variable, the token, and the token percent-encoded.
    token: Option<[&'static str; 3]>,
}

pub(crate) const TOKEN_VARIABLES: [&str; 3] =
    ["TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_SESSION_TOKEN"];

const KEYS: [Key; 3] = [
    Key { id: ID, token: None },
    // A token that occurs by chance in other fields, which are shown unmasked.
    Key { id: ID, token: Some([TOKEN_VARIABLES[0], "1", "1"]) },
    Key { id: "AKID'$(id)`id`\"\\", token: Some([TOKEN_VARIABLES[1], TOKEN, ENCODED_TOKEN]) },
];

impl Key {
    fn credentials(&self) -> Credentials<'static> {
        match self.token {
            None => Credentials::new(self.id, KEY),
            Some([_, token, _]) => Credentials::temporary(self.id, KEY, token),
        }
        .unwrap()
    }

    fn environment(&self) -> Vec<(&'static str, &'static str)> {
        // An empty token counts as unset.
        let token = self.token.map_or((TOKEN_VARIABLES[0], ""), |[variable, token, _]| (variable, token));
        let pair = [("TENCENTCLOUD_SECRET_ID", self.id), ("TENCENTCLOUD_SECRET_KEY", KEY)];
        pair.into_iter().chain([token]).collect()
    }

    /// The head of a server's answer. It has the token too, and a control character: a byte for each character.
    fn answer(&self) -> String {
        let token = self.token.map_or("", |[_, token, _]| token);
        format!("HTTP/1.1 200 OK\r\nX-TC-Token: {token}\r\nServer: \u{c2}\u{9b}\r\n\r\n")
    }

    /// The token as a header and as a parameter, masked.
    fn mask(&self, shown: &str) -> String {
        let Some([_, token, encoded]) = self.token else { return shown.to_owned() };
        let shown = shown.replace(&format!("X-TC-Token: {token}\r\n"), "X-TC-Token: ***\r\n");
        let shown = shown.replace(&format!("&Token={token}&"), "&Token=***&");
        shown.replace(&format!("&Token={encoded}&"), "&Token=***&")
    }
}

#[test]
fn every_command_shows_and_sends_what_the_library_signs() {
    write("hostile", FILE.as_bytes());
    write("large", large().as_bytes());
    write(OCTETS_FILE, OCTETS);
    thread::scope(|scope| {
        for key in KEYS {
            scope.spawn(move || {
                let peer = Peer::start(Play::Answer(key.answer() + EMPTY), Certificate::Valid);
                ROWS.into_iter().for_each(|row| check(row, &key, &peer));
                assert_eq!(peer.unread(), [""; 0], "requests that no command should have sent");
            });
        }
    });
}

fn check((arguments, library): Row, key: &Key, peer: &Peer) {
    let client = client(Trust::empty(), &peer.address, &peer.ca);
    let expected = library(&mut Library { signer: Signer::new(key.credentials()), client });
    let name = format!("{arguments:?} with token {:?}", key.token);
    let route = ["--connect", &peer.address, "--ca", &peer.ca];
    let at = AT.to_string();
    let program = |command: &[&str], route: &[&str]| {
        let (command, more) = command.split_at(1);
        let all = [command, &CALL[1..], more, route, &["--timestamp", &at], arguments].concat();
        let stdin = if arguments.contains(&"-d") { large().into() } else { OCTETS.to_vec() };
        run(&all, &key.environment(), &stdin)
    };

    let request = expected.head.clone() + &text(&expected.body);
    assert_eq!(peer.request(), request, "sent by the library for {name}");
    let mut shown = key.mask(&request);
    if !shown.ends_with('\n') && str::from_utf8(&expected.body).is_ok() {
        shown.push('\n');
    }
    let note = key.token.map(|[variable, ..]| format!("tc3: *** stands for the token in {variable}\n"));
    let shown = Ran { code: 0, out: shown, err: note.unwrap_or_default() };
    assert_eq!(program(&["sign"], &route), shown, "sign {name}");
    assert_eq!(program(&["call", "--dry-run"], &route), shown, "call --dry-run {name}");
    let explained = Ran { code: 0, out: key.mask(&expected.explained), err: String::new() };
    assert_eq!(program(&["explain"], &[]), explained, "explain {name}");

    let lines = |start: &str, head: &str| -> String {
        key.mask(head).lines().map(|line| format!("{start} {line}\n")).collect()
    };
    let host = expected.head.split("\r\nHost: ").nth(1).and_then(|rest| rest.lines().next()).unwrap();
    let err = format!("* connected to {}, TLS 1.3, certificate of {host} verified\n", peer.address)
        + &format!(
            "* credentials of {}\n",
            key.token.map_or("TENCENTCLOUD_SECRET_ID", |[variable, ..]| variable)
        )
        + &lines(">", &expected.head)
        + &lines("<", &key.answer()).replace("\u{c2}\u{9b}", r"\u{9b}")
        + "* request id: r-1\n";
    let answered = Ran { code: 0, out: format!("{EMPTY}\n"), err };
    assert_eq!(program(&["call", "--verbose"], &route), answered, "call {name}");
    assert_eq!(peer.request(), request, "sent by call {name}");
    let curl = program(&["sign", "--curl"], &route);
    assert_eq!((curl.code, &*curl.err), (0, ""), "sign --curl {name}");
    let ran = run_shell(&curl.out, &key.environment());
    assert_eq!((ran.code, &*ran.err, ran.out + "\n"), (0, "", answered.out), "{name}: {}", curl.out);
    same_request(&expected, &peer.request(), &format!("{name}: {}", curl.out));
}

/// Compares a request by curl: it may have more headers. In a v1 request the token may be at another place, and
/// curl 7.88 writes the hex digits of a query in lower case; the signature covers neither.
fn same_request(expected: &Expected, received: &str, name: &str) {
    let (head, body) = received.split_once("\r\n\r\n").unwrap();
    let expected_head = expected.head.trim_end();
    let is_v1 = !expected.head.contains("\r\nAuthorization: ");
    let sorted = |form: &str| {
        let mut params: Vec<_> = form.split(['&', '?', ' ']).map(str::to_owned).collect();
        if is_v1 {
            params.iter_mut().for_each(|param| param.make_ascii_uppercase());
            params.sort();
        }
        params
    };
    let line = |head: &str| sorted(head.lines().next().unwrap());
    assert_eq!(line(head), line(expected_head), "request line of {name}");
    assert_eq!(sorted(body), sorted(&text(&expected.body)), "body of {name}");
    let missing: Vec<_> =
        expected_head.lines().skip(1).filter(|header| !head.lines().any(|line| line == *header)).collect();
    assert_eq!(missing, [""; 0], "headers that are not in {head}, of {name}");
}
