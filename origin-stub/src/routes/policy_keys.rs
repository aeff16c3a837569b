//! `/v1/accounts/{account}/policy_keys`
//!
//! A policy key is its own record: signed, never stored. The same data makes the same key.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use playback_policy::{AccountId, PolicyKey, PolicyKeyData};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    app::App,
    cms::EditError,
    error::ApiError,
    extract::{JsonBody, Segments, id},
    model::InvalidField,
};

/// What a key is asked for with and shown as.
#[derive(Serialize, Deserialize)]
#[serde(
    rename_all = "kebab-case",
    deny_unknown_fields,
    expecting = "an object"
)]
struct Document {
    key_data: PolicyKeyData,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    key_string: Option<String>,
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
    let Document { key_data, .. } = read(document)?;
    if key_data.account_id != account.as_str() {
        let reason = format!("expected the account in the path, `{account}`");
        return Err(ApiError::Invalid(InvalidField::new(
            "key-data.account-id",
            reason,
        )));
    }
    let key = PolicyKey::mint(&key_data, &app.keys.minting)?;
    let location = HeaderValue::try_from(format!("/v1/accounts/{account}/policy_keys/{key}"));
    let document = Document {
        key_data,
        key_string: Some(key),
    };
    let mut response = (StatusCode::CREATED, Json(document)).into_response();
    response
        .headers_mut()
        .extend(location.ok().map(|value| (header::LOCATION, value)));
    Ok(response)
}

pub(crate) async fn show(
    State(app): State<App>,
    Segments((account, key)): Segments<(String, String)>,
) -> Result<Response, ApiError> {
    let account: AccountId = id("account id", &account)?;
    let key_data = app.keys.ring.open(&key)?;
    if key_data.account_id != account.as_str() {
        return Err(ApiError::NotFound("such policy key".to_owned()));
    }
    Ok(Json(Document {
        key_data,
        key_string: Some(key),
    })
    .into_response())
}

fn read(document: Value) -> Result<Document, ApiError> {
    serde_path_to_error::deserialize(document).map_err(|error| {
        let path = error.path().to_string();
        ApiError::Invalid(InvalidField::new(path, error.into_inner().to_string()))
    })
}
