//! Other crates that sign for Tencent Cloud, called as in their documentation. Whatever a crate lets a
//! caller prepare is prepared.

use std::hint::black_box;
use std::time::{SystemTime, UNIX_EPOCH};

use tc3_core::Header;
use tencent_cloud_sdk::utils::signature::SignatureBuilder;
use tencent_sdk::core::Credentials;
use tencent_sdk::signing::{SigningInput, build_tc3_headers};
use tencentcloud_sign_sdk::{Tc3Signer, sha256_hex};

use crate::contender::{Contender, Signer, returning};
use crate::fixture::{ACTION, CALL, CONTENT_TYPE, HOST, ID, KEY, NAMES, REGION, SECOND, SERVICE, VERSION};
use crate::ours;

pub(crate) fn contenders(body: &'static str) -> [Contender; 3] {
    let row = |name, signer, twin| Contender { name, kind: "tencent", signer, twin: Some(twin) };
    let action_signed = CALL.headers(&[Header::SignAction]);
    // This crate takes the date from the clock instead of the timestamp.
    let today = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    [
        row("tencentcloud-sign-sdk 0.1.0", sign_sdk(body), ours::cached(CALL, body, SECOND)),
        row("tencent-sdk 0.1.3", tencent_sdk(body), ours::cached(action_signed, body, SECOND)),
        row("tencent_cloud_sdk 0.0.3", cloud_sdk(body, today), ours::cached(CALL, body, today)),
    ]
}

fn sign_sdk(body: &'static str) -> Signer {
    let signer = Tc3Signer::new(ID.into(), KEY.into(), SERVICE.into(), false);
    let second = i64::try_from(SECOND).unwrap_or_default();
    returning(
        move || {
            let payload = sha256_hex(black_box(body));
            let headers = format!("content-type:{}\nhost:{}\n", black_box(CONTENT_TYPE), black_box(HOST));
            let signed = signer.sign("POST", "/", "", &headers, NAMES, &payload, black_box(second));
            signer.create_authorization_header(&signed, NAMES)
        },
        |signed| Some(signed),
    )
}

fn tencent_sdk(body: &'static str) -> Signer {
    let credentials = Credentials::new(ID, KEY);
    let second = i64::try_from(SECOND).unwrap_or_default();
    returning(
        move || {
            let input = SigningInput {
                service: SERVICE,
                host: black_box(HOST),
                path: "/",
                region: Some(REGION),
                action: ACTION,
                version: VERSION,
                payload: black_box(body),
                timestamp: black_box(second),
            };
            build_tc3_headers(black_box(&credentials), &input)
        },
        |headers| headers.as_ref().ok()?.get("Authorization").map(String::as_str),
    )
}

fn cloud_sdk(body: &'static str, second: u64) -> Signer {
    let signature = SignatureBuilder::new(ID.into(), KEY.into(), SERVICE.into(), HOST.into())
        .region(REGION.into())
        .action(ACTION.into())
        .version(VERSION.into())
        .timestamp(second)
        .payload(body.into());
    returning(
        move || black_box(&signature).build(),
        |signed| {
            signed.headers.iter().find_map(|(name, value)| (name == "Authorization").then_some(&**value))
        },
    )
}
