//! The chain of sources.

use super::{
    environment::{EnvCredentials, EnvError, SECRET_ID},
    error::CredentialError,
    found::{FoundCredentials, Lookup, Provider},
    ini::CredentialsFile,
    tccli::TccliProfile,
    variables::Variables,
};
use crate::signer::{CredentialSource, OwnedCredentials};
use std::{
    env::{self, VarError},
    error::Error,
    fmt,
    path::PathBuf,
    sync::Arc,
};
use tc3_core::Timestamp;

const FILE: &str = "TENCENTCLOUD_CREDENTIALS_FILE";
const TCCLI_DIRECTORY: &str = "TENCENTCLOUD_SHARED_CREDENTIALS_DIR";
/// tccli's name for the profile, and Terraform's.
const PROFILES: [&str; 2] = ["TCCLI_PROFILE", "TENCENTCLOUD_PROFILE"];
/// tccli's names for the role and its session, and Terraform's.
const ROLES: [&str; 2] = ["TENCENTCLOUD_ROLE_ARN", "TENCENTCLOUD_ASSUME_ROLE_ARN"];
const SESSIONS: [&str; 2] = ["TENCENTCLOUD_ROLE_SESSION_NAME", "TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME"];
#[cfg(feature = "tls")]
const DURATION: &str = "TENCENTCLOUD_ASSUME_ROLE_SESSION_DURATION";

/// Sources of credentials in an order. The first that is there counts.
///
/// Each [`find`](Self::find) reads the sources anew: a chain holds no secret. A source that is there but broken is an
/// error, and so is an expired one: the next source is not asked.
///
/// ```no_run
/// use tc3_core::Signer;
/// use tc3_std::{SystemClock, credentials::CredentialChain};
///
/// let found = CredentialChain::from_environment()?.find(SystemClock.now()?)?;
/// eprintln!("signing with {}, from {}", found.id(), found.origin());
/// let signer = Signer::new(found.credentials()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct CredentialChain {
    providers: Vec<Arc<dyn Provider>>,
}

impl CredentialChain {
    /// A chain of one source. [`or`](Self::or) adds others.
    #[must_use]
    pub fn of(provider: impl Provider + 'static) -> Self {
        Self::default().or(provider)
    }

    /// Asks this source if those before it are not there.
    #[must_use]
    pub fn or(mut self, provider: impl Provider + 'static) -> Self {
        self.providers.push(Arc::new(provider));
        self
    }

    /// The default order: the environment, the SDKs' ini file, tccli's profile, the role of the virtual machine, the
    /// OIDC token of a pod. The last two need the feature `tls`.
    ///
    /// `TCCLI_PROFILE` or `TENCENTCLOUD_PROFILE` selects the profile of both files. The roles are then not asked: a
    /// profile that does not exist is an error. With `TENCENTCLOUD_ROLE_ARN` and `TENCENTCLOUD_ROLE_SESSION_NAME`,
    /// or Terraform's `TENCENTCLOUD_ASSUME_ROLE_ARN` and `TENCENTCLOUD_ASSUME_ROLE_SESSION_NAME`, the credentials
    /// that were found are exchanged for those of that role.
    ///
    /// # Errors
    /// [`CredentialError::Environment`] if one of these variables is malformed or lacks its partner.
    pub fn from_environment() -> Result<Self, CredentialError> {
        Self::from_variables(|variable| env::var(variable))
    }

    /// As [`from_environment`](Self::from_environment), with `read` in place of the process's environment.
    ///
    /// # Errors
    /// As [`from_environment`](Self::from_environment).
    pub fn from_variables(
        read: impl Fn(&str) -> Result<String, VarError> + Send + Sync + 'static,
    ) -> Result<Self, CredentialError> {
        let variables = Variables::new(read);
        let profile = variables.one_of(PROFILES[0], PROFILES[1])?.map(|(_, profile)| profile);
        let chain = Self::of(Environment(variables.clone()));
        let chain = chain.and_files(&variables, profile.as_deref())?;
        let chain = if profile.is_some() { chain } else { chain.and_roles(&variables)? };
        chain.exchanged(&variables)
    }

    /// Only the files, with this profile, and not the environment's credentials.
    ///
    /// # Errors
    /// As [`from_environment`](Self::from_environment).
    pub fn from_profile(profile: &str) -> Result<Self, CredentialError> {
        let variables = Variables::new(|variable| env::var(variable));
        Self::default().and_files(&variables, Some(profile))?.exchanged(&variables)
    }

    /// Asks the sources in their order.
    ///
    /// # Errors
    /// [`CredentialError`]. It is [`CredentialError::Nowhere`] if no source is there.
    pub fn find(&self, now: Timestamp) -> Result<FoundCredentials, CredentialError> {
        match Provider::find(self, now)? {
            Lookup::Found(found) => Ok(found),
            Lookup::Absent(looked) => Err(CredentialError::Nowhere { looked }),
        }
    }

    fn and_files(self, variables: &Variables, profile: Option<&str>) -> Result<Self, EnvError> {
        let home = match variables.setting("HOME")? {
            Some(home) => Some(home),
            None => variables.setting("USERPROFILE")?,
        };
        let in_home = |path: &str| home.as_ref().map(|home| PathBuf::from(home).join(path));
        let file = match variables.setting(FILE)? {
            Some(path) => CredentialsFile::new(path),
            None => {
                let own = in_home(".tencentcloud/credentials");
                let paths = own.into_iter().chain([PathBuf::from("/etc/tencentcloud/credentials")]);
                CredentialsFile::first_of(paths.collect())
            }
        };
        let file = profile.map_or_else(|| file.clone(), |profile| file.clone().profile(profile));
        let directory = variables.setting(TCCLI_DIRECTORY)?.map(PathBuf::from).or_else(|| in_home(".tccli"));
        let chain = self.or(file);
        Ok(match directory {
            None => chain,
            Some(directory) => chain.or(TccliProfile::new(directory, profile.unwrap_or("default"))),
        })
    }

    #[cfg(feature = "tls")]
    fn and_roles(self, variables: &Variables) -> Result<Self, EnvError> {
        let chain = self.or(super::cvm::CvmRole::default());
        Ok(match super::tke::TkeOidc::from_variables(variables)? {
            None => chain,
            Some(pod) => chain.or(pod),
        })
    }

    #[cfg(not(feature = "tls"))]
    #[allow(clippy::unnecessary_wraps, reason = "has the signature of the other")]
    fn and_roles(self, _: &Variables) -> Result<Self, EnvError> {
        Ok(self)
    }

    /// Assumes the role that the environment names, if it does.
    fn exchanged(self, variables: &Variables) -> Result<Self, CredentialError> {
        let role = variables.one_of(ROLES[0], ROLES[1])?;
        let session = variables.one_of(SESSIONS[0], SESSIONS[1])?;
        let Some((variable, arn)) = role else { return Ok(self) };
        let Some((_, session)) = session else {
            let [tccli, terraform] = SESSIONS;
            let variable = if variable == ROLES[0] { tccli } else { terraform };
            return Err(EnvError::Unset { variable }.into());
        };
        self.with_role(variables, arn, session)
    }

    #[cfg(feature = "tls")]
    fn with_role(self, variables: &Variables, arn: String, session: String) -> Result<Self, CredentialError> {
        let role = super::sts::AssumeRole::new(self, arn, session);
        let Some(seconds) = variables.setting(DURATION)? else { return Ok(Self::of(role)) };
        match seconds.parse() {
            Ok(seconds) => Ok(Self::of(role.duration(seconds))),
            Err(_) => Err(EnvError::NotANumber { variable: DURATION }.into()),
        }
    }

    #[cfg(not(feature = "tls"))]
    #[allow(clippy::unused_self, reason = "has the signature of the other")]
    fn with_role(self, _: &Variables, arn: String, _: String) -> Result<Self, CredentialError> {
        Err(CredentialError::NeedsNetwork { origin: arn })
    }
}

/// A chain is a source itself, for example of the credentials that assume a role.
impl Provider for CredentialChain {
    fn find(&self, now: Timestamp) -> Result<Lookup, CredentialError> {
        let mut looked = Vec::new();
        for provider in &self.providers {
            match provider.find(now)? {
                Lookup::Absent(by) => looked.push(by),
                Lookup::Found(found) => match found.expires() {
                    Some(expires) if expires <= now => {
                        return Err(CredentialError::Expired { origin: found.origin, expires });
                    }
                    _ => return Ok(Lookup::Found(found)),
                },
            }
        }
        Ok(Lookup::Absent(looked.join("; ")))
    }
}

/// A [`SharedSigner`](crate::signer::SharedSigner) renews its credentials by the chain.
///
/// ```no_run
/// use tc3_std::{credentials::CredentialChain, signer::SharedSigner};
///
/// let signer = SharedSigner::from_source(CredentialChain::from_environment()?);
/// # Ok::<(), tc3_std::credentials::CredentialError>(())
/// ```
impl CredentialSource for CredentialChain {
    fn load(&self, now: Timestamp) -> Result<OwnedCredentials, Box<dyn Error + Send + Sync>> {
        Ok(self.find(now)?.owned)
    }
}

impl fmt::Debug for CredentialChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialChain").field("sources", &self.providers.len()).finish()
    }
}

/// The variables of [`EnvCredentials`].
struct Environment(Variables);

impl Provider for Environment {
    fn find(&self, _: Timestamp) -> Result<Lookup, CredentialError> {
        let read = |variable: &str| self.0.read(variable);
        if !EnvCredentials::is_there(read) {
            return Ok(Lookup::Absent(format!("{SECRET_ID} is not set")));
        }
        let env = EnvCredentials::read_by(read)?;
        let owned = OwnedCredentials::try_from(&env)?;
        let variable = env.expose_token().map_or(SECRET_ID, |(variable, _)| variable);
        Ok(Lookup::Found(FoundCredentials { owned, origin: variable.to_owned(), remark: None }))
    }
}
