//! Builds the client, the signer and the requests from the parameters.

use core::time::Duration;

use tc3_core::{
    Api, Call, Credentials, Host, Invalid, Param, ParamValue, Query, Request, Signer, Timestamp, v1,
};
use tc3_embedded::client::Client;
use tc3_embedded::clock::SetClock;

use crate::buffers::HEAD;
use crate::clock::FLOOR;
use crate::outcome::{Failed, report_error};
use crate::parameters::{Case, Parameters};

/// Maximum number of parameters of a GET or a v1 form in this example.
const MAX_PARAMS: usize = 8;

/// The data that the requests of a run borrow.
#[derive(Debug)]
pub struct Calls<'p> {
    parameters: &'p Parameters<'p>,
    params: [Param<'p>; MAX_PARAMS],
    count: usize,
}

impl<'p> Calls<'p> {
    /// Splits `query=` into at most eight parameters and ignores further ones.
    #[must_use]
    pub fn new(parameters: &'p Parameters<'p>) -> Self {
        let mut calls = Self { parameters, params: [("", ParamValue::Null); MAX_PARAMS], count: 0 };
        let pairs = parameters.query.split('&').filter_map(|pair| pair.split_once('='));
        for (param, (name, value)) in calls.params.iter_mut().zip(pairs) {
            *param = (name, ParamValue::Text(value));
            calls.count = calls.count.saturating_add(1);
        }
        calls
    }

    /// Which calls to make.
    #[must_use]
    pub const fn case(&self) -> Case {
        self.parameters.case
    }

    /// The number of calls to make.
    #[must_use]
    pub const fn count(&self) -> u8 {
        if matches!(self.case(), Case::KeepAlive) { 3 } else { 1 }
    }

    /// The timeout of the handshake, and of each call.
    #[must_use]
    pub const fn timeout(&self) -> Duration {
        Duration::from_millis(self.parameters.timeout)
    }

    /// The client that makes the calls.
    #[must_use]
    pub fn client<C: SetClock>(&self, clock: C) -> Client<C> {
        let client = Client::new(clock).floor(FLOOR);
        if self.case() == Case::Retry { client.correcting_clock() } else { client }
    }

    /// Signs one request without sending it, to measure a signature that derives its key.
    ///
    /// # Errors
    /// The parameters do not make a valid request.
    pub fn sign_for_measurement(&self, now: Timestamp) -> Result<(), Failed> {
        let (mut signer, request) = (self.signer()?, self.request()?);
        let signed = signer.sign(&request, now);
        signed.head().encode(&mut [0; HEAD]).map_err(|error| report_error("request", &error))?;
        Ok(())
    }

    /// The signer of all calls.
    ///
    /// # Errors
    /// The credentials are invalid.
    pub fn signer(&self) -> Result<Signer<'p>, Failed> {
        let Parameters { id, key, .. } = *self.parameters;
        let credentials = Credentials::new(id, key).map_err(|error| report_error("request", &error))?;
        Ok(Signer::new(credentials))
    }

    /// The request to sign with TC3-HMAC-SHA256.
    ///
    /// # Errors
    /// The parameters do not make a valid request.
    pub fn request(&self) -> Result<Request<'_>, Failed> {
        let request = match self.case() {
            Case::Get => Query::params(self.params()).and_then(|query| self.call()?.get(query)),
            _ => self.call().and_then(|call| call.json(self.parameters.body)),
        };
        request.map_err(|error| report_error("request", &error))
    }

    /// The form to sign with v1's HmacSHA256.
    ///
    /// # Errors
    /// The parameters do not make a valid request.
    pub fn form(&self) -> Result<v1::Request<'_>, Failed> {
        let form = v1::Params::unsorted(self.params())
            .and_then(|params| self.call()?.v1(v1::Method::Post, v1::Algorithm::HmacSha256, params));
        form.map_err(|error| report_error("request", &error))
    }

    fn call(&self) -> Result<Call<'_>, Invalid> {
        let Parameters { service, version, host, action, region, .. } = *self.parameters;
        Ok(Api::new(service, version)?.at(Host::Endpoint(host)).action(action).region(region))
    }

    fn params(&self) -> &[Param<'p>] {
        self.params.get(..self.count).unwrap_or_default()
    }
}
