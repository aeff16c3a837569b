//! `/v1/accounts/{account}/keys`

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use playback_policy::AccountId;
use serde_json::{Value, json};

use super::edited::{Shown, deleted, show as shown, show_all, written};
use crate::{
    app::App,
    cms::EditError,
    error::ApiError,
    extract::{JsonBody, Segments, id, to_its_end},
    model::TokenKey,
};

/// Brightcove's members, and the account as elsewhere in this API.
impl Shown for TokenKey {
    fn shown(&self) -> Result<Value, serde_json::Error> {
        Ok(json!({
            "id": self.key.id(),
            "account_id": self.account.as_str(),
            "type": "public",
            "algorithm": self.algorithm(),
            "value": self.value(),
            "createdAt": self.created_at,
        }))
    }

    fn location(&self) -> String {
        format!("/v1/accounts/{}/keys/{}", self.account, self.key.id())
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    Segments(account): Segments<String>,
) -> Result<Response, ApiError> {
    let account: AccountId = id("account id", &account)?;
    let keys = app.cms.store.token_keys(&account).await?;
    if keys.is_empty() && app.cms.store.account(&account).await?.is_none() {
        return Err(EditError::NoAccount(account).into());
    }
    match keys.is_empty() {
        true => Ok(Json(json!([])).into_response()),
        false => show_all(&keys),
    }
}

pub(crate) async fn register(
    State(app): State<App>,
    Segments(account): Segments<String>,
    JsonBody(document): JsonBody,
) -> Result<Response, ApiError> {
    let account = id("account id", &account)?;
    let edit = async move { app.cms.register_token_key(account, &document).await };
    written(&to_its_end(edit).await?)
}

pub(crate) async fn show(
    State(app): State<App>,
    Segments((account, key)): Segments<(String, String)>,
) -> Result<Response, ApiError> {
    let (account, key) = (id("account id", &account)?, key_id(key)?);
    let keys = app.cms.store.token_keys(&account).await?;
    let found = keys.iter().find(|found| found.key.id() == key);
    let missing = || EditError::NoRecord {
        kind: "key",
        id: key.clone(),
    };
    shown(found.ok_or_else(missing)?)
}

pub(crate) async fn delete(
    State(app): State<App>,
    Segments((account, key)): Segments<(String, String)>,
) -> Result<Response, ApiError> {
    let (account, key) = (id("account id", &account)?, key_id(key)?);
    let edit = async move { app.cms.delete_token_key(account, &key).await };
    Ok(deleted(&to_its_end(edit).await?))
}

/// Anything else is the id of no key, and is not repeated.
fn key_id(text: String) -> Result<String, ApiError> {
    match TokenKey::is_id(&text) {
        true => Ok(text),
        false => Err(ApiError::NotFound("such key".to_owned())),
    }
}
