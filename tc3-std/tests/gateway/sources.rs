//! Each source of credentials, whole and broken in each way: what is found, or the sentence that is told.

mod roles;

use crate::server::now;
use std::collections::HashMap;
use std::env::VarError;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use tc3_core::Timestamp;
use tc3_std::credentials::{
    CredentialChain, CredentialError, CredentialsFile, FoundCredentials, Lookup, Provider,
};
use tc3_std::signer::SharedSigner;

/// A directory of its own for each row.
fn home() -> String {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let home = format!("{}/sources-{number}", env!("CARGO_TARGET_TMPDIR"));
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home).unwrap();
    home
}

/// Id, key, token, expiry and origin, or the error's sentence. A key or token in `Debug` or a sentence fails.
fn shown(found: Result<FoundCredentials, CredentialError>) -> String {
    let (debug, text) = match &found {
        Err(error) => (format!("{error:?}"), error.to_string()),
        Ok(found) => {
            let expires = found.expires().map(|expires| format!(" until {expires}")).unwrap_or_default();
            let token = found.expose_token().map(|token| format!(" {token}")).unwrap_or_default();
            let values =
                format!("{} {}{token}{expires} of {}", found.id(), found.expose_key(), found.origin());
            (format!("{found:?}{:?}", found.credentials().unwrap()), values)
        }
    };
    let shows = if found.is_ok() { debug } else { debug + &text };
    assert!(!shows.contains("MARKER"), "a secret is shown: {shows}");
    text
}

fn unix(seconds: u64) -> Timestamp {
    Timestamp::from_unix(seconds).unwrap()
}

/// Situation, variables, files, and what is found or told. `~` is the home.
type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [(&'a str, &'a [u8])], &'a str);

const INI: &str = ".tencentcloud/credentials";
const TCCLI: &str = ".tccli/default.credential";
const ENV: [(&str, &str); 2] =
    [("TENCENTCLOUD_SECRET_ID", "AKIDENV"), ("TENCENTCLOUD_SECRET_KEY", "MARKER-E")];
const GOOD: &[u8] = b"[default]\nsecret_id = AKIDINI\nsecret_key = MARKER-I\n";
const GOOD_TCCLI: &[u8] = br#"{"secretId":"AKIDTCCLI","secretKey":"MARKER-T","token":null}"#;

#[test]
fn each_source_of_variables_and_files_is_found_whole_or_said_to_be_broken() {
    let [id, key] = ENV;
    let rows: &[Row<'_>] = &[
        // The environment comes first, and all of its tokens count.
        ("all three", &ENV, &[(INI, GOOD), (TCCLI, GOOD_TCCLI)], "AKIDENV MARKER-E of TENCENTCLOUD_SECRET_ID"),
        ("tccli's token", &[id, key, ("TENCENTCLOUD_TOKEN", "MARKER")], &[], "AKIDENV MARKER-E MARKER of TENCENTCLOUD_TOKEN"),
        ("Terraform's token", &[id, key, ("TENCENTCLOUD_SECURITY_TOKEN", "MARKER")], &[], "AKIDENV MARKER-E MARKER of TENCENTCLOUD_SECURITY_TOKEN"),
        ("other tools' token", &[id, key, ("TENCENTCLOUD_SESSION_TOKEN", "MARKER")], &[], "AKIDENV MARKER-E MARKER of TENCENTCLOUD_SESSION_TOKEN"),
        ("two tokens", &[id, key, ("TENCENTCLOUD_TOKEN", "MARKER"), ("TENCENTCLOUD_SESSION_TOKEN", "MARKER-2")], &[], "TENCENTCLOUD_TOKEN and TENCENTCLOUD_SESSION_TOKEN hold different values"),
        // Half a pair is never completed from a file.
        ("only an id", &[id], &[(INI, GOOD)], "TENCENTCLOUD_SECRET_KEY is not set"),
        ("only a key", &[key], &[(INI, GOOD)], "TENCENTCLOUD_SECRET_ID is not set"),
        ("only a token", &[("TENCENTCLOUD_TOKEN", "MARKER")], &[(INI, GOOD)], "TENCENTCLOUD_SECRET_ID is not set"),
        ("an empty key", &[id, ("TENCENTCLOUD_SECRET_KEY", "")], &[(INI, GOOD)], "TENCENTCLOUD_SECRET_KEY is set but empty"),
        ("a key in quotes", &[id, ("TENCENTCLOUD_SECRET_KEY", "\"MARKER\"")], &[(INI, GOOD)], "TENCENTCLOUD_SECRET_KEY has quotes around its value (an env file keeps them)"),
        ("a key with a line end", &[id, ("TENCENTCLOUD_SECRET_KEY", "MARKER\n")], &[(INI, GOOD)], "TENCENTCLOUD_SECRET_KEY is malformed: secret key: a line feed is not allowed at byte 6 (visible ASCII characters are)"),
        ("a key that is not UTF-8", &[id, ("TENCENTCLOUD_SECRET_KEY", "NOT UTF-8")], &[(INI, GOOD)], "TENCENTCLOUD_SECRET_KEY is not UTF-8"),
        // The ini file.
        ("an ini file", &[], &[(INI, GOOD), (TCCLI, GOOD_TCCLI)], "AKIDINI MARKER-I of profile [default] of ~/.tencentcloud/credentials"),
        ("a variable names the file", &[("TENCENTCLOUD_CREDENTIALS_FILE", "~/other")], &[("other", b"[default]\r\n; comment\r\nSecret_Id=AKIDOTHER\r\n\r\nsecret_key:MARKER=\r\ntoken = MARKER-2 \r\nregion = x\r\n"), (INI, GOOD)], "AKIDOTHER MARKER= MARKER-2 of profile [default] of ~/other"),
        ("a byte order mark", &[], &[(INI, b"\xef\xbb\xbf[default]\nsecret_id = AKIDINI\nsecret_key = MARKER-I")], "AKIDINI MARKER-I of profile [default] of ~/.tencentcloud/credentials"),
        ("a variable names no file", &[("TENCENTCLOUD_CREDENTIALS_FILE", "~/other")], &[(INI, GOOD)], "~/other: could not read: No such file or directory (os error 2)"),
        ("a profile", &[("TCCLI_PROFILE", "prod")], &[(INI, b"[default]\nsecret_id=A\nsecret_key=MARKER\n[ prod ]\nsecret_id=AKIDPROD\nsecret_key=MARKER-P\n")], "AKIDPROD MARKER-P of profile [prod] of ~/.tencentcloud/credentials"),
        ("a profile of tccli", &[("TENCENTCLOUD_PROFILE", "prod")], &[(INI, GOOD), (".tccli/prod.credential", GOOD_TCCLI)], "AKIDTCCLI MARKER-T of ~/.tccli/prod.credential"),
        ("an unknown profile", &[("TENCENTCLOUD_PROFILE", "prod")], &[(INI, GOOD), (TCCLI, GOOD_TCCLI)], "no credentials were found: TENCENTCLOUD_SECRET_ID is not set; ~/.tencentcloud/credentials: no profile [prod], but [default]; there is no ~/.tccli/prod.credential"),
        ("two profiles", &[("TCCLI_PROFILE", "a"), ("TENCENTCLOUD_PROFILE", "b")], &[(INI, GOOD)], "TCCLI_PROFILE and TENCENTCLOUD_PROFILE hold different values"),
        ("an empty ini file", &[], &[(INI, b""), (TCCLI, GOOD_TCCLI)], "~/.tencentcloud/credentials: no profile [default], and no other"),
        ("no default profile", &[], &[(INI, b"[a]\n[b]\n"), (TCCLI, GOOD_TCCLI)], "~/.tencentcloud/credentials: no profile [default], but [a], [b]"),
        ("half a pair in the ini file", &[], &[(INI, b"[default]\nsecret_id = A\n[b]\nsecret_key = MARKER"), (TCCLI, GOOD_TCCLI)], "~/.tencentcloud/credentials: secret_key is missing"),
        ("an empty id", &[], &[(INI, b"[default]\nsecret_id =\nsecret_key = MARKER\n")], "~/.tencentcloud/credentials, line 2: secret_id is empty"),
        ("quotes", &[], &[(INI, b"[default]\nsecret_id = A\nsecret_key = 'MARKER'\n")], "~/.tencentcloud/credentials, line 3: secret_key has quotes around it, which would be part of it"),
        ("a space in a token", &[], &[(INI, b"[default]\nsecret_id=A\nsecret_key=MARKER\ntoken=MARKER x\n")], "~/.tencentcloud/credentials, line 4: token is malformed: token: a space is not allowed at byte 6 (visible ASCII characters are)"),
        ("not UTF-8", &[], &[(INI, b"[default]\nsecret_id = \xff\n")], "~/.tencentcloud/credentials, line 2: not UTF-8"),
        ("a stray line", &[], &[(INI, b"[default]\nMARKER\n")], "~/.tencentcloud/credentials, line 2: neither [PROFILE] nor NAME = VALUE"),
        ("no section", &[], &[(INI, b"secret_id = A\n")], "~/.tencentcloud/credentials, line 1: neither [PROFILE] nor NAME = VALUE"),
        ("an open section", &[], &[(INI, b"[default\n")], "~/.tencentcloud/credentials, line 1: neither [PROFILE] nor NAME = VALUE"),
        ("a continued line", &[], &[(INI, b"[default]\nsecret_id = A\n  secret_key = MARKER\n")], "~/.tencentcloud/credentials, line 3: neither [PROFILE] nor NAME = VALUE"),
        ("a setting twice", &[], &[(INI, b"[default]\nsecret_id = A\nSECRET_ID = B\n")], "~/.tencentcloud/credentials, line 3: secret_id occurs twice"),
        ("a profile twice", &[], &[(INI, b"[default]\n[default]\n")], "~/.tencentcloud/credentials, line 2: [default] occurs twice"),
        ("unreadable", &[], &[(&format!("{INI}/a"), b""), (TCCLI, GOOD_TCCLI)], "~/.tencentcloud/credentials: could not read: Is a directory (os error 21)"),
        ("too large", &[], &[(INI, &[b'#'; 1_048_577]), (TCCLI, GOOD_TCCLI)], "~/.tencentcloud/credentials: larger than 1 MiB: not a file of credentials"),
        // tccli's file.
        ("tccli's file", &[], &[(TCCLI, GOOD_TCCLI)], "AKIDTCCLI MARKER-T of ~/.tccli/default.credential"),
        ("Terraform's directory", &[("TENCENTCLOUD_SHARED_CREDENTIALS_DIR", "~/t")], &[("t/default.credential", GOOD_TCCLI)], "AKIDTCCLI MARKER-T of ~/t/default.credential"),
        ("a login of tccli", &[], &[(TCCLI, br#"{"type":"oauth","secretId":"A","secretKey":"MARKER","token":"MARKER\/2","expiresAt":1795286382}"#)], "A MARKER MARKER/2 until 2026-11-21T18:39:42Z of ~/.tccli/default.credential"),
        ("an expired login", &[], &[(TCCLI, br#"{"secretId":"A","secretKey":"MARKER","token":"MARKER","expiresAt":1795279182}"#)], "the credentials of ~/.tccli/default.credential expired at 2026-11-21T16:39:42Z"),
        ("malformed JSON", &[], &[(TCCLI, b"{\n\"secretId\": MARKER}")], "~/.tccli/default.credential, line 2: not a JSON object: see column 13"),
        ("another JSON", &[], &[(TCCLI, br#""MARKER""#)], "~/.tccli/default.credential, line 1: not a JSON object: see column 8"),
        ("an empty file of tccli", &[], &[(TCCLI, b"")], "~/.tccli/default.credential, line 1: not a JSON object: see column 0"),
        ("a number as key", &[], &[(TCCLI, br#"{"secretId":"A","secretKey":7}"#)], "~/.tccli/default.credential: secretKey has the wrong type"),
        ("half a pair of tccli", &[], &[(TCCLI, br#"{"secretKey":"MARKER"}"#)], "~/.tccli/default.credential: secretId is missing"),
        ("a role without session", &[], &[(TCCLI, br#"{"secretId":"A","secretKey":"MARKER","role-arn":"r"}"#)], "~/.tccli/default.credential: role-session-name is missing"),
        ("an expiry that is none", &[], &[(TCCLI, br#"{"secretId":"A","secretKey":"MARKER","expiresAt":"soon"}"#)], "~/.tccli/default.credential: expiresAt has the wrong type"),
        // Roles.
        ("half a role", &[id, key, ("TENCENTCLOUD_ROLE_ARN", "r")], &[], "TENCENTCLOUD_ROLE_SESSION_NAME is not set"),
        ("half a role of Terraform", &[id, key, ("TENCENTCLOUD_ASSUME_ROLE_ARN", "r")], &[], "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME is not set"),
        ("a duration that is none", &[id, key, ("TENCENTCLOUD_ASSUME_ROLE_ARN", "r"), ("TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME", "s"), ("TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION", "2h")], &[], "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION is not a whole number"),
        ("too long a role", &[id, key, ("TENCENTCLOUD_ASSUME_ROLE_ARN", "r"), ("TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME", "s"), ("TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION", "43201")], &[], "the role r (assumed with TENCENTCLOUD_SECRET_ID): DurationSeconds is malformed"),
        ("a pod without its token", &[("TKE_REGION", "ap-x"), ("TKE_PROVIDER_ID", "p"), ("TKE_ROLE_ARN", "r")], &[], "TKE_WEB_IDENTITY_TOKEN_FILE is not set"),
    ];
    for (name, variables, files, expected) in rows {
        let home = home();
        for (file, bytes) in *files {
            let path = std::path::PathBuf::from(format!("{home}/{file}"));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let mut environment: HashMap<_, _> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), value.replace('~', &home))).collect();
        environment.insert("HOME".to_owned(), home.clone());
        let read = move |variable: &str| match environment.get(variable) {
            None => Err(VarError::NotPresent),
            Some(value) if value == "NOT UTF-8" => Err(VarError::NotUnicode("MARKER".into())),
            Some(value) => Ok(value.clone()),
        };
        let chain = CredentialChain::from_variables(read);
        let text = shown(chain.and_then(|chain| chain.find(unix(1_795_279_182)))).replace(&home, "~");
        let text = text.replace("/etc/tencentcloud/credentials", "");
        assert_eq!(text, *expected, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_has_a_remark() {
    use std::os::unix::fs::PermissionsExt;
    let path = format!("{}/credentials", home());
    fs::write(&path, GOOD).unwrap();
    for (mode, expected) in [(0o600, None), (0o640, Some("")), (0o604, Some(""))] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let found = CredentialChain::of(CredentialsFile::new(&path)).find(now()).unwrap();
        let expected = expected.map(|_| format!("other users can read {path}: chmod 600 {path}"));
        assert_eq!(found.remark(), expected.as_deref(), "{mode:o}");
    }
}

#[test]
fn a_shared_signer_renews_its_credentials_by_the_chain() {
    struct Counter(AtomicUsize);
    impl Provider for Counter {
        fn find(&self, now: Timestamp) -> Result<Lookup, CredentialError> {
            let id = format!("AKID{}", self.0.fetch_add(1, Ordering::Relaxed));
            let ends = Some(unix(now.unix() + 3600));
            Ok(Lookup::Found(
                FoundCredentials::new(&id, "MARKER", Some("MARKER"), ends, "a counter").unwrap(),
            ))
        }
    }
    let signer = SharedSigner::from_source(CredentialChain::of(Counter(AtomicUsize::new(0))));
    // Renewed 300 s before the end.
    for (after, id) in [(0, "AKID0"), (3299, "AKID0"), (3301, "AKID1")] {
        let snapshot = signer.at(unix(1_795_279_182 + after)).unwrap();
        assert_eq!(snapshot.id(), id, "{after} s after the first");
        let ends = snapshot.expires().unwrap().unix();
        assert!(ends > 1_795_279_182 + after, "credentials of {id} end at {ends}");
    }
}
