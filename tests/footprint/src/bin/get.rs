//! Signs a GET with parameters, and writes the request line and all headers.
#![no_std]
#![no_main]

use footprint::{fixture, image};
use tc3_core::{ParamValue, Query, Signer};

static OFFSET: i64 = 0;
static ZONE: &str = "ap-guangzhou-1";

image!(|_, out| {
    let zones = [ParamValue::Text(fixture::read(&ZONE))];
    let filter = [("Name", ParamValue::Text("zone")), ("Values", ParamValue::List(&zones))];
    let filters = [ParamValue::Object(&filter)];
    let params =
        [("Filters", ParamValue::List(&filters)), ("Offset", ParamValue::Int(fixture::read(&OFFSET)))];
    let call = fixture::api().ok()?.action(fixture::action()).region(fixture::region());
    let request = call.get(Query::params(&params).ok()?).ok()?;
    let mut signer = Signer::new(fixture::credentials().ok()?);
    let signed = signer.sign(&request, fixture::now().ok()?);
    Some(signed.head().encode(out).ok()?.len())
});
