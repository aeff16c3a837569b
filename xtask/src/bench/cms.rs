//! The origin's CMS API, for accounts that are measured.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::local_world::LocalWorld;

/// Editing one account.
pub(super) struct Cms {
    agent: ureq::Agent,
    /// Of the account.
    url: String,
    account: String,
    authorization: String,
}

// === impl Cms ===

impl Cms {
    pub(super) fn of(world: &LocalWorld, account: &str) -> Result<Self> {
        let (url, token) = world.cms()?;
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        Ok(Self {
            agent: config.build().into(),
            url: format!("{url}/accounts/{account}"),
            account: account.to_owned(),
            authorization: format!("Bearer {token}"),
        })
    }

    /// A new policy key that narrows nothing.
    pub(super) fn mint_key(&self) -> Result<String> {
        let data = json!({ "key-data": { "account-id": self.account } });
        let minted = self.post("/policy_keys", &data)?;
        let key = minted["key-string"].as_str().map(str::to_owned);
        key.context("the CMS minted a policy key")
    }

    /// The ids of its public keys.
    pub(super) fn keys(&self) -> Result<Vec<String>> {
        let request = self.agent.get(format!("{}/keys", self.url));
        let answer = request.header("Authorization", &self.authorization).call();
        let keys = told("GET /keys", answer, &[200])?;
        let keys = keys.as_array().context("`/keys` is a list")?;
        let id = |key: &Value| key["id"].as_str().map(str::to_owned);
        keys.iter()
            .map(|key| id(key).context("a key has an id"))
            .collect()
    }

    pub(super) fn put(&self, path: &str, document: &Value, wanted: &[u16]) -> Result<Value> {
        let request = self.agent.put(format!("{}{path}", self.url));
        let request = request.header("Authorization", &self.authorization);
        told(&format!("PUT {path}"), request.send_json(document), wanted)
    }

    pub(super) fn post(&self, path: &str, document: &Value) -> Result<Value> {
        let request = self.agent.post(format!("{}{path}", self.url));
        let request = request.header("Authorization", &self.authorization);
        told(
            &format!("POST {path}"),
            request.send_json(document),
            &[200, 201],
        )
    }

    pub(super) fn delete(&self, path: &str) -> Result<()> {
        let request = self.agent.delete(format!("{}{path}", self.url));
        let answer = request.header("Authorization", &self.authorization).call();
        told(&format!("DELETE {path}"), answer, &[204]).map(drop)
    }
}

/// The document of an answer with a wanted status; `null` where there is none.
fn told(
    what: &str,
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    wanted: &[u16],
) -> Result<Value> {
    let mut answer = answer.with_context(|| format!("{what}: the CMS does not answer"))?;
    let status = answer.status();
    let text = answer.body_mut().read_to_string()?;
    ensure!(
        wanted.contains(&status.as_u16()),
        "{what}: the CMS answered {status}: {text}"
    );
    if text.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_str(&text).with_context(|| format!("{what}: not JSON: {text}"))
}
