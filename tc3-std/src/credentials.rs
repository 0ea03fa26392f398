//! Where credentials come from: the environment, files, and roles.
//!
//! | type | source | names |
//! |---|---|---|
//! | [`EnvCredentials`] | environment | [`SECRET_ID`], [`SECRET_KEY`]; one of [`TOKEN`], [`SECURITY_TOKEN`], [`SESSION_TOKEN`] |
#![cfg_attr(
    feature = "credentials",
    doc = "| [`CredentialsFile`] | ini file of the SDKs | `TENCENTCLOUD_CREDENTIALS_FILE`, else `~/.tencentcloud/credentials`, else `/etc/tencentcloud/credentials`: `[profile]`, `secret_id`, `secret_key`, `token` |
| [`TccliProfile`] | JSON file of tccli, never written | `~/.tccli/PROFILE.credential`; `TENCENTCLOUD_SHARED_CREDENTIALS_DIR` in place of `~/.tccli` |"
)]
#![cfg_attr(
    all(feature = "credentials", feature = "tls"),
    doc = "| [`CvmRole`] | metadata of a virtual machine | `http://metadata.tencentyun.com/latest/meta-data/cam/security-credentials/` |
| [`TkeOidc`] | OIDC token of a pod | `TKE_REGION`, `TKE_PROVIDER_ID`, `TKE_WEB_IDENTITY_TOKEN_FILE`, `TKE_ROLE_ARN` |
| [`AssumeRole`] | STS, with the credentials of any of these | `TENCENTCLOUD_ROLE_ARN`, `TENCENTCLOUD_ROLE_SESSION_NAME`, or Terraform's `TENCENTCLOUD_ASSUME_ROLE_ARN`, `_SESSION_NAME` and `_SESSION_DURATION` |"
)]
#![cfg_attr(
    feature = "credentials",
    doc = "
[`CredentialChain::from_environment`] asks them in this order and takes the first that is there. A source that is
there but broken is an error: the chain never goes on to another identity because of a typing mistake. Credentials come
whole from one source, never an id from one and a key from another."
)]

#[cfg(feature = "credentials")]
mod chain;
#[cfg(all(feature = "credentials", feature = "tls"))]
mod cvm;
mod environment;
#[cfg(feature = "credentials")]
mod error;
#[cfg(feature = "credentials")]
mod file;
#[cfg(feature = "credentials")]
mod found;
#[cfg(feature = "credentials")]
mod ini;
#[cfg(feature = "credentials")]
mod json;
#[cfg(all(feature = "credentials", feature = "tls"))]
mod sts;
#[cfg(feature = "credentials")]
mod tccli;
#[cfg(all(feature = "credentials", feature = "tls"))]
mod tke;
#[cfg(feature = "credentials")]
mod variables;

pub use environment::{
    EnvCredentials, EnvError, SECRET_ID, SECRET_KEY, SECURITY_TOKEN, SESSION_TOKEN, TOKEN,
};
#[cfg(feature = "credentials")]
pub use {
    chain::CredentialChain,
    error::{CredentialError, FileFault},
    found::{FoundCredentials, Lookup, Provider},
    ini::CredentialsFile,
    tccli::TccliProfile,
};
#[cfg(all(feature = "credentials", feature = "tls"))]
pub use {
    cvm::CvmRole,
    error::RemoteFault,
    sts::{AssumeRole, Sts},
    tke::TkeOidc,
};
