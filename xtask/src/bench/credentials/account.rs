//! An account to measure with: one video that nothing restricts, a policy key, and a public key for
//! each kind of token.

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::signers::Signer;
use crate::bench::local_world::LocalWorld;

/// Beside the demo's accounts, in the local origin's own database.
pub(super) const ACCOUNT: &str = "credentials-bench";
pub(super) const VIDEO: &str = "1";

/// The origin's CMS API.
struct Cms {
    agent: ureq::Agent,
    /// Of the account.
    url: String,
    authorization: String,
}

/// Brings the account to what is measured, and answers with its policy key.
pub(super) fn prepare(world: &LocalWorld, signers: &[Signer]) -> Result<String> {
    let (url, token) = world.cms()?;
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    let cms = Cms {
        agent: config.build().into(),
        url: format!("{url}/accounts/{ACCOUNT}"),
        authorization: format!("Bearer {token}"),
    };
    cms.put("", &json!({ "name": "Credentials" }), &[200, 201])?;
    let source = json!({
        "type": "application/x-mpegURL", "src": "https://media.example.com/1/master.m3u8",
    });
    let video = json!({ "name": "A video", "sources": [source] });
    // 409: it is there from another run.
    cms.put(&format!("/videos/{VIDEO}"), &video, &[201, 409])?;
    // What signed with them is gone, and there may be no more than three.
    for old in cms.keys()? {
        cms.delete(&format!("/keys/{old}"))?;
    }
    for signer in signers {
        cms.post("/keys", &json!({ "value": signer.public_key }))?;
    }
    let data = json!({ "key-data": { "account-id": ACCOUNT } });
    let minted = cms.post("/policy_keys", &data)?;
    let key = minted["key-string"].as_str().map(str::to_owned);
    key.context("the CMS minted a policy key")
}

// === impl Cms ===

impl Cms {
    fn keys(&self) -> Result<Vec<String>> {
        let request = self.agent.get(format!("{}/keys", self.url));
        let answer = request.header("Authorization", &self.authorization).call();
        let keys = told("GET /keys", answer, &[200])?;
        let keys = keys.as_array().context("`/keys` is a list")?;
        let id = |key: &Value| key["id"].as_str().map(str::to_owned);
        keys.iter()
            .map(|key| id(key).context("a key has an id"))
            .collect()
    }

    fn put(&self, path: &str, document: &Value, wanted: &[u16]) -> Result<Value> {
        let request = self.agent.put(format!("{}{path}", self.url));
        let request = request.header("Authorization", &self.authorization);
        told(&format!("PUT {path}"), request.send_json(document), wanted)
    }

    fn post(&self, path: &str, document: &Value) -> Result<Value> {
        let request = self.agent.post(format!("{}{path}", self.url));
        let request = request.header("Authorization", &self.authorization);
        told(
            &format!("POST {path}"),
            request.send_json(document),
            &[200, 201],
        )
    }

    fn delete(&self, path: &str) -> Result<()> {
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
