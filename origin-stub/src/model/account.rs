//! An account.

use playback_policy::{AccountId, AccountKeys, KeyId, Rules};
use serde::{Deserialize, Serialize};

use super::{
    addresses::Addresses,
    check::{self, InvalidField},
    right::RightTokens,
    text,
    time::IsoTime,
    url_signing::UrlSigningFields,
    write::Fields,
};

/// An account as stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Account {
    pub(crate) id: AccountId,
    pub(crate) fields: AccountFields,
    /// The policy keys that no longer open anything.
    pub(crate) revoked_keys: Vec<KeyId>,
    /// The public keys that viewer tokens are verified with.
    pub(crate) token_keys: AccountKeys,
    pub(crate) created_at: IsoTime,
    pub(crate) updated_at: IsoTime,
}

/// What an editor writes of an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(crate) struct AccountFields {
    pub(crate) name: String,
    /// Only these addresses play anything of the account; empty means every address.
    #[serde(default, with = "text::list")]
    pub(crate) ip_allow: Vec<Addresses>,
    /// Further restrictions: the dictionary text of a layer.
    #[serde(default, with = "text::option")]
    pub(crate) rules: Option<Rules>,
    /// Restrictions that are only logged: the dictionary text of a layer.
    #[serde(default, with = "text::option")]
    pub(crate) rules_report_only: Option<Rules>,
    /// Whether videos with a playback right need a viewer token, unless the right is
    /// `allow_insecure`.
    #[serde(default)]
    pub(crate) rights_need_tokens: bool,
    /// How the edge signs the URLs of the account's media; unset, it leaves them as they are.
    pub(crate) url_signing: Option<UrlSigningFields>,
}

impl Account {
    pub(crate) fn new(id: AccountId, fields: AccountFields, now: IsoTime) -> Self {
        Self {
            id,
            fields,
            revoked_keys: Vec::new(),
            token_keys: AccountKeys::default(),
            created_at: now,
            updated_at: now,
        }
    }

    pub(crate) fn edited(&self, fields: AccountFields, now: IsoTime) -> Self {
        Self {
            fields,
            updated_at: now,
            ..self.clone()
        }
    }
}

impl AccountFields {
    pub(crate) fn right_tokens(&self) -> RightTokens {
        match self.rights_need_tokens {
            true => RightTokens::Asked,
            false => RightTokens::NotAsked,
        }
    }
}

impl Fields for AccountFields {
    fn check(&self) -> Result<(), InvalidField> {
        check::text("name", &self.name, 1, 256)?;
        check::count("ip_allow", self.ip_allow.len(), 1000)?;
        if let Some(signing) = &self.url_signing {
            signing.signing()?;
        }
        self.layer(&[]).map(drop)
    }
}
