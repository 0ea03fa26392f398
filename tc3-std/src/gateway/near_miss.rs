//! Finds the mistake behind a wrong signature: it makes the mistakes that signers are known to make, one by one, and
//! looks which of them gives the signature that was sent.
//!
//! Each table pairs a mistake with the recipes that make it. The work is bounded: a request over a size limit is not
//! searched, and the number of recipes for a request is limited. The gateway is for tests and knows the key. A server
//! for others must not do this: it would tell them how to sign.

mod form;
mod headers;
mod json;
mod key;
mod lines;
mod mac;
mod payload;
mod query;
mod recipe;
mod text;
mod to_sign;

use super::{account::Account, diagnosis::Diagnosis, inbound::Inbound};
use recipe::Recipe;
use tc3_core::verify::{tc3, v1};

/// A longer canonical request or string to sign is not searched.
const MAX_SEARCHED: usize = 64 * 1024;

/// What is known about a TC3 request.
struct Facts<'a> {
    accounts: &'a [Account],
    account: &'a Account,
    inbound: &'a Inbound<'a>,
    claim: &'a tc3::Claim<'a>,
}

/// A mistake, and the recipes that make it. The sentence names the mistake and the remedy; the note of the recipe
/// completes it.
type Mistake = (&'static str, fn(&Facts<'_>, &Recipe) -> Vec<Recipe>);

/// Recomputes the signature of a TC3 request.
pub(super) fn of_tc3(
    accounts: &[Account],
    account: &Account,
    inbound: &Inbound<'_>,
    claim: &tc3::Claim<'_>,
) -> Diagnosis {
    let facts = Facts { accounts, account, inbound, claim };
    let base = Recipe::of(&facts);
    let tables = [
        lines::MISTAKES,
        headers::MISTAKES,
        query::MISTAKES,
        payload::MISTAKES,
        to_sign::MISTAKES,
        key::MISTAKES,
    ];
    let fits = |recipe: &Recipe| *recipe.signature() == claim.signature()[..];
    let near_miss = match base.canonical_request().len() {
        0..=MAX_SEARCHED => {
            let make = |mistake: &Mistake| (mistake.1)(&facts, &base);
            tables.into_iter().flatten().find_map(|it| search(it.0, make(it), fits, |it| &it.note))
        }
        _ => None,
    };
    let shown = base.without_token();
    Diagnosis {
        canonical_request: Some(text::lossy(&shown.canonical_request())),
        string_to_sign: text::lossy(&shown.string_to_sign_of(&base)),
        near_miss,
    }
}

/// Recomputes the signature of a v1 request.
pub(super) fn of_v1(
    accounts: &[Account],
    account: &Account,
    inbound: &Inbound<'_>,
    claim: &v1::Claim<'_, '_>,
) -> Diagnosis {
    let facts = form::Facts { accounts, account, inbound, host: claim.host() };
    let base = form::Recipe::of(&facts);
    let fits = |recipe: &form::Recipe| *recipe.signature() == *claim.signature();
    let near_miss = match base.string_to_sign().len() {
        0..=MAX_SEARCHED => {
            let make = |mistake: &form::Mistake| (mistake.1)(&facts, &base);
            form::MISTAKES.iter().find_map(|it| search(it.0, make(it), fits, |it| &it.note))
        }
        _ => None,
    };
    let string_to_sign = text::lossy(&base.without_token().string_to_sign());
    Diagnosis { canonical_request: None, string_to_sign, near_miss }
}

/// The sentence of a mistake, completed by the note of the recipe that fits.
fn search<R>(
    sentence: &str,
    recipes: Vec<R>,
    fits: impl Fn(&R) -> bool,
    note: impl Fn(&R) -> &str,
) -> Option<String> {
    let found = recipes.iter().find(|recipe| fits(recipe))?;
    Some(format!("{sentence}{}", note(found)))
}

/// A copy of a recipe for each item, changed with that item.
fn each<R: Clone, T>(base: &R, items: impl IntoIterator<Item = T>, change: impl Fn(&mut R, T)) -> Vec<R> {
    let changed = |item| {
        let mut recipe = base.clone();
        change(&mut recipe, item);
        recipe
    };
    items.into_iter().map(changed).collect()
}
