//! The OIDC token of a pod in TKE.

use super::{
    environment::EnvError,
    error::{CredentialError, FileFault},
    file::{fail, read, text},
    found::{Lookup, Provider},
    sts::Sts,
    variables::Variables,
};
use std::path::PathBuf;
use tc3_core::Timestamp;

const REGION: &str = "TKE_REGION";
const PROVIDER: &str = "TKE_PROVIDER_ID";
const TOKEN_FILE: &str = "TKE_WEB_IDENTITY_TOKEN_FILE";
const ROLE: &str = "TKE_ROLE_ARN";

/// The role of a pod in Tencent Kubernetes Engine, by `AssumeRoleWithWebIdentity` of STS.
///
/// The cluster replaces the token in the file before it expires, so the file is read each time.
#[derive(Clone, Debug)]
pub struct TkeOidc {
    provider: String,
    token_file: PathBuf,
    arn: String,
    sts: Sts,
}

impl TkeOidc {
    /// The role `arn`, with the token in this file, which the identity provider with this id has signed.
    #[must_use]
    pub fn new(provider: impl Into<String>, token_file: impl Into<PathBuf>, arn: impl Into<String>) -> Self {
        let (provider, token_file, arn) = (provider.into(), token_file.into(), arn.into());
        Self { provider, token_file, arn, sts: Sts::default() }
    }

    /// Reaches STS in this way.
    #[must_use]
    pub fn sts(self, sts: Sts) -> Self {
        Self { sts, ..self }
    }

    /// `None` if no variable of TKE is set.
    pub(super) fn from_variables(variables: &Variables) -> Result<Option<Self>, EnvError> {
        let mut is_there = false;
        for variable in [REGION, PROVIDER, TOKEN_FILE, ROLE] {
            is_there |= variables.setting(variable)?.is_some();
        }
        if !is_there {
            return Ok(None);
        }
        let sts = Sts::default().region(variables.require(REGION)?);
        let [provider, file] = [PROVIDER, TOKEN_FILE].map(|variable| variables.require(variable));
        Ok(Some(Self::new(provider?, file?, variables.require(ROLE)?).sts(sts)))
    }
}

impl Provider for TkeOidc {
    fn find(&self, now: Timestamp) -> Result<Lookup, CredentialError> {
        let path = &*self.token_file;
        let Some(contents) = read(path, true)? else { return Ok(Lookup::Absent(String::new())) };
        let token = text(path, &contents.bytes)?.trim();
        if token.is_empty() {
            return Err(fail(path, None, FileFault::Empty { name: "the OIDC token" }));
        }
        // As the SDKs do: a name that the account's log shows.
        let session = format!("tc3-{}", now.unix());
        let fields = [
            ("ProviderId", &*self.provider),
            ("WebIdentityToken", token),
            ("RoleArn", &*self.arn),
            ("RoleSessionName", &*session),
        ];
        let origin = format!("the role {} (assumed with the OIDC token of {})", self.arn, path.display());
        self.sts.assume_with_token(&fields, origin, now).map(Lookup::Found)
    }
}
