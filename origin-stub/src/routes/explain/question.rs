//! What is asked: about whom, and with which policy key.

use std::net::{IpAddr, Ipv4Addr};

use playback_policy::{AccountId, InvalidFacts, Places, PolicyKey, Viewer, ViewerFacts};
use serde::{Deserialize, Serialize};

use crate::{
    app::Keys,
    error::ApiError,
    model::{Fields, InvalidField},
};

/// Why one viewer may play.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "an object")]
pub(super) struct Question {
    viewer: Option<ViewerFacts>,
    /// The text of a policy key.
    key: Option<String>,
}

/// What many viewers get, who are like one but for some facts.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "an object")]
pub(super) struct WhereQuestion {
    viewer: Option<ViewerFacts>,
    key: Option<String>,
    /// Somebody in each of these.
    places: Option<Places>,
    /// Or these.
    viewers: Option<Vec<ViewerFacts>>,
}

/// Who asks.
pub(super) struct Asked {
    pub(super) viewer: Viewer,
    pub(super) key: Option<PolicyKey>,
}

/// Whom nothing is told of has an address reserved for documentation (RFC 5737), which no rule means.
const ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
const MAX_VIEWERS: usize = 1_000;
/// Of the lists that have one address.
const MAX_ACLS: usize = 100;
/// No origin is longer, nor any other text.
const MAX_TEXT: usize = 2_048;

impl Fields for Question {
    fn check(&self) -> Result<(), InvalidField> {
        check_facts("viewer", self.viewer.iter())
    }
}

impl Fields for WhereQuestion {
    fn check(&self) -> Result<(), InvalidField> {
        check_facts("viewer", self.viewer.iter())?;
        match (&self.places, &self.viewers) {
            (Some(_), None) => Ok(()),
            (None, Some(viewers)) if viewers.len() <= MAX_VIEWERS => (0..)
                .zip(viewers)
                .try_for_each(|(at, facts)| check_facts(&format!("viewers[{at}]"), [facts])),
            (None, Some(viewers)) => {
                let found = viewers.len();
                let reason = format!("expected at most {MAX_VIEWERS} viewers, found {found}");
                Err(InvalidField::new("viewers", reason))
            }
            (Some(_), Some(_)) | (None, None) => {
                let reason = "expected either `places` or `viewers`";
                Err(InvalidField::new("body", reason))
            }
        }
    }
}

impl Question {
    /// Who asks at `now`: the credential is looked at first.
    pub(super) fn asked(
        &self,
        keys: &Keys,
        account: &AccountId,
        now: i64,
    ) -> Result<Asked, ApiError> {
        asked(
            self.viewer.as_ref(),
            self.key.as_deref(),
            keys,
            account,
            now,
        )
    }
}

impl WhereQuestion {
    /// Who asks at `now`, and in what the others differ.
    pub(super) fn asked(
        self,
        keys: &Keys,
        account: &AccountId,
        now: i64,
    ) -> Result<(Asked, Vec<ViewerFacts>), ApiError> {
        let asked = asked(
            self.viewer.as_ref(),
            self.key.as_deref(),
            keys,
            account,
            now,
        )?;
        let viewers = match (self.places, self.viewers) {
            (Some(places), _) => places.viewers(),
            (None, viewers) => viewers.unwrap_or_default(),
        };
        for (at, facts) in viewers.iter().enumerate() {
            let viewer = facts.applied_to(&asked.viewer);
            viewer.map_err(|error| invalid(&format!("viewers[{at}]"), &error))?;
        }
        Ok((asked, viewers))
    }
}

fn asked(
    facts: Option<&ViewerFacts>,
    key: Option<&str>,
    keys: &Keys,
    account: &AccountId,
    now: i64,
) -> Result<Asked, ApiError> {
    let key = key.map(|text| verified(keys, account, text)).transpose()?;
    let mut viewer = Viewer::new(ADDRESS, now);
    viewer.key_id = key.as_ref().and_then(|key| key.key_id.clone());
    if let Some(facts) = facts {
        let told = facts.applied_to(&viewer);
        viewer = told.map_err(|error| invalid("viewer", &error))?;
    }
    Ok(Asked { viewer, key })
}

fn verified(keys: &Keys, account: &AccountId, text: &str) -> Result<PolicyKey, ApiError> {
    let wrong = |reason: String| ApiError::Invalid(InvalidField::new("key", reason));
    let key = keys.ring.verify(text);
    let key = key.map_err(|error| wrong(error.to_string()))?;
    match key.account == *account {
        true => Ok(key),
        false => Err(wrong("the policy key opens another account".to_owned())),
    }
}

/// Facts that cannot be, by the member that tells them.
pub(super) fn invalid(path: &str, error: &InvalidFacts) -> ApiError {
    ApiError::Invalid(match error {
        InvalidFacts::Value { member, expected } => {
            InvalidField::new(format!("{path}.{member}"), format!("expected {expected}"))
        }
        InvalidFacts::Dictionary(_) | InvalidFacts::Member(_) => {
            InvalidField::new(path, error.to_string())
        }
    })
}

/// Every viewer is made of a copy of these.
fn check_facts<'f>(
    path: &str,
    told: impl IntoIterator<Item = &'f ViewerFacts>,
) -> Result<(), InvalidField> {
    for facts in told {
        let acls = facts.acls.as_ref().map_or(0, Vec::len);
        if acls > MAX_ACLS {
            let reason = format!("expected at most {MAX_ACLS} items, found {acls}");
            return Err(InvalidField::new(format!("{path}.acls"), reason));
        }
        for (member, text) in [
            ("country", &facts.country),
            ("region", &facts.region),
            ("postal", &facts.postal),
            ("position", &facts.position),
            ("origin", &facts.origin),
            ("key-id", &facts.key_id),
        ] {
            if text.as_ref().is_some_and(|text| text.len() > MAX_TEXT) {
                let reason = format!("expected at most {MAX_TEXT} bytes");
                return Err(InvalidField::new(format!("{path}.{member}"), reason));
            }
        }
    }
    Ok(())
}
