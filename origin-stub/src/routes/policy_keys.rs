//! `/v1/accounts/{account}/policy_keys`
//!
//! A policy key carries what it says and is good without a record. Those that are minted here have
//! one, so that they can be listed and revoked.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use playback_policy::{AccountId, KeyId, PolicyKey, PolicyKeyData};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::edited::{deleted, located, noted};
use crate::{
    app::{App, Keys},
    cms::{EditError, WhichKey},
    error::ApiError,
    extract::{JsonBody, ListPage, Segments, id, to_its_end},
    model::{InvalidField, IsoTime, MintedKey},
};

/// What a key is asked for with.
#[derive(Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "an object"
)]
struct Request {
    key_data: PolicyKeyData,
}

/// What a key is shown as.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document {
    key_data: PolicyKeyData,
    /// As a live signing key makes it.
    key_string: String,
    /// `null` of a key that is on no record.
    created_at: Option<IsoTime>,
    revoked_at: Option<IsoTime>,
}

pub(crate) async fn mint(
    State(app): State<App>,
    Segments(account): Segments<String>,
    JsonBody(document): JsonBody,
) -> Result<Response, ApiError> {
    let account: AccountId = id("account id", &account)?;
    if app.cms.store.account(&account).await?.is_none() {
        return Err(EditError::NoAccount(account).into());
    }
    let Request { key_data } = read(document)?;
    if key_data.account_id != account.as_str() {
        let reason = format!("expected the account in the path, `{account}`");
        return Err(ApiError::Invalid(InvalidField::new(
            "key-data.account-id",
            reason,
        )));
    }
    PolicyKey::try_from(&key_data)?;
    let cms = app.cms.clone();
    let edit = async move { cms.mint_policy_key(account, key_data).await };
    let edited = to_its_end(edit).await?;
    let document = Document::on_record(edited.record.clone(), &app.keys)?;
    let location = document.location();
    let status = match edited.is_new {
        true => StatusCode::CREATED,
        false => StatusCode::OK,
    };
    let response = located(status, Json(document).into_response(), &location);
    Ok(noted(response, &edited))
}

pub(crate) async fn list(
    State(app): State<App>,
    Segments(account): Segments<String>,
    ListPage(page): ListPage,
) -> Result<Response, ApiError> {
    let account: AccountId = id("account id", &account)?;
    let keys = app.cms.store.policy_keys(&account, page).await?;
    if keys.is_empty() && app.cms.store.account(&account).await?.is_none() {
        return Err(EditError::NoAccount(account).into());
    }
    let keys = keys
        .into_iter()
        .map(|key| Document::on_record(key, &app.keys));
    Ok(Json(keys.collect::<Result<Vec<_>, _>>()?).into_response())
}

pub(crate) async fn show(
    State(app): State<App>,
    Segments((account, key)): Segments<(String, String)>,
) -> Result<Response, ApiError> {
    let account: AccountId = id("account id", &account)?;
    if let Ok(key_id) = key.parse::<KeyId>() {
        let found = app.cms.store.policy_key(&account, &key_id).await?;
        let found = found.ok_or_else(no_key)?;
        return Ok(Json(Document::on_record(found, &app.keys)?).into_response());
    }
    let key_data = open(&app.keys, &account, &key)?;
    let key_id = key_data.key_id.as_deref().and_then(|id| id.parse().ok());
    let record = match key_id {
        Some(key_id) => app.cms.store.policy_key(&account, &key_id).await?,
        None => None,
    };
    Ok(Json(Document {
        key_data,
        key_string: key,
        created_at: record.as_ref().map(|record| record.created_at),
        revoked_at: record.and_then(|record| record.revoked_at),
    })
    .into_response())
}

pub(crate) async fn revoke(
    State(app): State<App>,
    Segments((account, key)): Segments<(String, String)>,
) -> Result<Response, ApiError> {
    let account: AccountId = id("account id", &account)?;
    let which = match key.parse::<KeyId>() {
        Ok(key_id) => WhichKey::OnRecord(key_id),
        // No key is as short as an id.
        Err(_) => {
            let data = open(&app.keys, &account, &key)?;
            let key_id = data.key_id.as_deref().and_then(|id| id.parse().ok());
            WhichKey::Shown(key_id.ok_or(EditError::NoKeyId)?, data)
        }
    };
    let edit = async move { app.cms.revoke_policy_key(account, which).await };
    Ok(deleted(&to_its_end(edit).await?))
}

impl Document {
    fn on_record(key: MintedKey, keys: &Keys) -> Result<Self, ApiError> {
        Ok(Self {
            key_string: PolicyKey::mint(&key.data, &keys.minting)?,
            key_data: key.data,
            created_at: Some(key.created_at),
            revoked_at: key.revoked_at,
        })
    }

    fn location(&self) -> String {
        let (account, key) = (&self.key_data.account_id, &self.key_string);
        format!("/v1/accounts/{account}/policy_keys/{key}")
    }
}

/// What a key of the account says.
fn open(keys: &Keys, account: &AccountId, key: &str) -> Result<PolicyKeyData, ApiError> {
    let key_data = keys.ring.open(key)?;
    match key_data.account_id == account.as_str() {
        true => Ok(key_data),
        false => Err(no_key()),
    }
}

fn no_key() -> ApiError {
    ApiError::NotFound("such policy key".to_owned())
}

fn read(document: Value) -> Result<Request, ApiError> {
    serde_path_to_error::deserialize(document).map_err(|error| {
        let path = error.path().to_string();
        ApiError::Invalid(InvalidField::new(path, error.into_inner().to_string()))
    })
}
