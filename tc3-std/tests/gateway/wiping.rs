//! No copy of a key or token is left in memory.
#![cfg(target_os = "linux")]

use crate::server::{CVM, now};
use std::fs::{self, File};
use std::os::unix::{fs::FileExt, net::UnixStream};
use std::{env, hint::black_box, io::Write, process::Command};
use tc3_core::v1::{Algorithm, Method, Params};
use tc3_core::{Credentials, ParamValue, Signer};
use tc3_std::credentials::{CredentialChain, CredentialsFile, SECRET_ID, SECRET_KEY, TOKEN, TccliProfile};
use tc3_std::signer::{OwnedCredentials, SharedSigner};
use tc3_std::{Connection, EnvCredentials, Message, gateway::Account, nonce};

/// As long as a real token: the memory of short ones is soon used again.
macro_rules! long {
    ($text:literal) => {
        concat!($text, $text, $text, $text, $text, $text, $text, $text, $text, $text, $text, $text, $text)
    };
}

/// A key and a token.
const SECRETS: [&str; 2] = [
    long!("a-secret-key-that-is-looked-for-in-all-of-memory"),
    long!("the-token-that-goes-with-that-key-and-is-looked-for-at-the-same-time"),
];

/// Whether writable memory holds 16 bytes of each secret. The main stack is left out: the environment is there.
fn copies() -> [bool; 2] {
    let memory = File::open("/proc/self/mem").unwrap();
    let (mut found, mut page) = ([false; 2], [0; 4096]);
    let mappings = fs::read_to_string("/proc/self/maps").unwrap();
    for mapping in mappings.lines().filter(|line| line.contains(" rw") && !line.ends_with("[stack]")) {
        let range = mapping.split(' ').next().unwrap().split('-');
        let range: Vec<_> = range.map(|address| u64::from_str_radix(address, 16).unwrap()).collect();
        for at in (range[0]..range[1]).step_by(page.len()) {
            memory.read_exact_at(&mut page, at).unwrap();
            // Most pages are zeros, and a search takes long.
            let texts = page.split(|byte| *byte == 0).filter(|text| text.len() >= 16);
            for text in texts.take_while(|_| page != [0; 4096]) {
                let has = |part: &[u8]| text.windows(16).any(|window| window == part);
                let in_text = SECRETS.map(|secret| secret.as_bytes()[..48].chunks(16).any(has));
                found = [found[0] | in_text[0], found[1] | in_text[1]];
            }
        }
    }
    // The next search would find this copy.
    black_box(&mut page).fill(0);
    found
}

/// Fails unless the value holds the secrets, and nothing does after its end.
fn check<T>(name: &str, held: [bool; 2], value: T, end: impl FnOnce(T)) {
    assert_eq!(copies(), held, "copies of key and token in {name}");
    end(value);
    assert_eq!(copies(), [false; 2], "copies of key and token after {name}");
}

fn send(message: Message<'_>) {
    let (mut server, client) = UnixStream::pair().unwrap();
    server.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
    Connection::new(client).send(message).unwrap();
}

#[test]
fn no_key_or_token_is_left_in_memory_by_credentials_accounts_and_messages() {
    // In a process of its own, with the secrets in its environment.
    if env::var(SECRET_ID).is_err() {
        let name = "wiping::no_key_or_token_is_left_in_memory_by_credentials_accounts_and_messages";
        let mut alone = Command::new(env::current_exe().unwrap());
        alone.args(["--exact", name]).env(SECRET_ID, "id").env(SECRET_KEY, SECRETS[0]).env(TOKEN, SECRETS[1]);
        let ran = alone.output().unwrap();
        let shown = String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned();
        assert!(ran.status.success() && shown.contains("1 passed"), "{shown}");
        return;
    }
    // Between blocks in use, a buffer that grows is moved and leaves a copy.
    let mut blocks: Vec<_> = (0..400).map(|number| Some(vec![0_u8; 8 * number])).collect();
    blocks.iter_mut().step_by(2).for_each(|block| *block = None);
    check("EnvCredentials", [true, true], EnvCredentials::read().unwrap(), drop);
    for (path, parts) in [
        (
            "wiped.ini",
            ["[default]\nsecret_id = id\nsecret_key = ", SECRETS[0], "\ntoken = ", SECRETS[1], "\n"],
        ),
        (
            "wiped.credential",
            [r#"{"secretId":"id","secretKey":""#, SECRETS[0], r#"","token":""#, SECRETS[1], "\"}"],
        ),
    ] {
        let path = format!("{}/{path}", env!("CARGO_TARGET_TMPDIR"));
        let mut file = File::create(&path).unwrap();
        parts.iter().for_each(|part| file.write_all(part.as_bytes()).unwrap());
        let chain = match path.ends_with("ini") {
            true => CredentialChain::of(CredentialsFile::new(&path)),
            false => CredentialChain::of(TccliProfile::file(&path)),
        };
        check(&path, [true, true], chain.find(now()).unwrap(), drop);
    }
    check("Account", [true, true], Account::temporary("id", SECRETS[0], SECRETS[1]), drop);
    let call = CVM.action("DescribeInstances");
    let owned = OwnedCredentials::temporary("id", SECRETS[0], SECRETS[1], None).unwrap();
    check("OwnedCredentials", [true, true], owned, drop);
    let signer = SharedSigner::new(OwnedCredentials::temporary("id", SECRETS[0], SECRETS[1], None).unwrap());
    signer.at(now()).unwrap().sign(&call.json("{}").unwrap(), now()).unwrap();
    let replace = |signer: &SharedSigner| signer.replace(OwnedCredentials::new("id", "key").unwrap());
    check("SharedSigner", [true, true], &signer, replace);
    let tc3 = call.json("{}").unwrap();
    // The token comes early, where a buffer would grow among the blocks, or after more than a buffer.
    let long = "x".repeat(20_000);
    let data = [("Data", ParamValue::Text(&long))];
    let params = [Params::EMPTY, Params::unsorted(&data).unwrap()];
    let v1 = [Method::Get, Method::Post]
        .map(|method| params.map(|params| call.v1(method, Algorithm::HmacSha256, params).unwrap()));
    let mut signer = Signer::new(Credentials::temporary("id", "key", SECRETS[1]).unwrap());
    let ends: [fn(Message<'_>); 2] = [|message| drop(message), send];
    for end in ends {
        check("TC3", [false, true], signer.sign(&tc3, now()).into(), end);
        for request in v1.as_flattened() {
            let signed = signer.sign_v1(request, now(), nonce().unwrap()).unwrap();
            check("v1", [false, true], signed.into(), end);
        }
    }
    drop(blocks);
}
