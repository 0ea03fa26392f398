//! The calls that the parameters ask for.

use core::time::Duration;

use tc3_core::{
    Api, Call, Credentials, Host, Invalid, Param, ParamValue, Query, Request, Signer, Timestamp, v1,
};
use tc3_embedded::client::Client;
use tc3_embedded::clock::SetClock;

use crate::clock::FLOOR;
use crate::parameters::{Case, Parameters};
use crate::room::HEAD;
use crate::verdict::{Refused, refuse};

/// The most parameters that a GET or a form can have here.
const PAIRS: usize = 8;

/// What the requests of a run borrow.
#[derive(Debug)]
pub struct Calls<'p> {
    parameters: &'p Parameters<'p>,
    pairs: [Param<'p>; PAIRS],
    used: usize,
}

impl<'p> Calls<'p> {
    /// Takes the query apart; what is beyond its eighth parameter is left out.
    #[must_use]
    pub fn new(parameters: &'p Parameters<'p>) -> Self {
        let mut calls = Self { parameters, pairs: [("", ParamValue::Null); PAIRS], used: 0 };
        let words = parameters.query.split('&').filter_map(|word| word.split_once('='));
        for (pair, (name, value)) in calls.pairs.iter_mut().zip(words) {
            *pair = (name, ParamValue::Text(value));
            calls.used = calls.used.saturating_add(1);
        }
        calls
    }

    /// Which calls to make.
    #[must_use]
    pub const fn case(&self) -> Case {
        self.parameters.case
    }

    /// How many calls there are to make.
    #[must_use]
    pub const fn count(&self) -> u8 {
        if matches!(self.case(), Case::KeepAlive) { 3 } else { 1 }
    }

    /// What each may take.
    #[must_use]
    pub const fn patience(&self) -> Duration {
        Duration::from_millis(self.parameters.patience)
    }

    /// Who makes them.
    ///
    /// # Errors
    /// The credentials cannot be.
    pub fn client<C: SetClock>(&self, clock: C) -> Result<Client<'p, C>, Refused> {
        let client = Client::new(self.signer()?, clock).floor(FLOOR);
        Ok(if self.case() == Case::Retry { client.correcting_clock() } else { client })
    }

    /// Signs for nobody, as the first of a day: for the counter.
    ///
    /// # Errors
    /// There is nothing to be signed.
    pub fn sign(&self, now: Timestamp) -> Result<(), Refused> {
        let (mut signer, request) = (self.signer()?, self.request()?);
        let signed = signer.sign(&request, now);
        signed.head().encode(&mut [0; HEAD]).map_err(|error| refuse("request", &error))?;
        Ok(())
    }

    fn signer(&self) -> Result<Signer<'p>, Refused> {
        let Parameters { id, key, .. } = *self.parameters;
        let credentials = Credentials::new(id, key).map_err(|error| refuse("request", &error))?;
        Ok(Signer::new(credentials))
    }

    /// The request that TC3-HMAC-SHA256 signs.
    ///
    /// # Errors
    /// The parameters make no request.
    pub fn request(&self) -> Result<Request<'_>, Refused> {
        let request = match self.case() {
            Case::Get => Query::params(self.pairs()).and_then(|query| self.call()?.get(query)),
            _ => self.call().and_then(|call| call.json(self.parameters.body)),
        };
        request.map_err(|error| refuse("request", &error))
    }

    /// The form that HmacSHA256 signs.
    ///
    /// # Errors
    /// The parameters make no request.
    pub fn form(&self) -> Result<v1::Request<'_>, Refused> {
        let form = v1::Params::unsorted(self.pairs())
            .and_then(|params| self.call()?.v1(v1::Method::Post, v1::Algorithm::HmacSha256, params));
        form.map_err(|error| refuse("request", &error))
    }

    fn call(&self) -> Result<Call<'_>, Invalid> {
        let Parameters { service, version, host, action, region, .. } = *self.parameters;
        Ok(Api::new(service, version)?.at(Host::Endpoint(host)).action(action).region(region))
    }

    fn pairs(&self) -> &[Param<'p>] {
        self.pairs.get(..self.used).unwrap_or_default()
    }
}
