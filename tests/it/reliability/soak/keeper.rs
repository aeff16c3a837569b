use std::{sync::Arc, time::Duration};

use fastrand::Rng;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::super::{record::Country, staleness::Over, system::System, viewer::Viewer};
use crate::harness::{
    connection::Connection,
    origin::cms_request,
    reply::Reply,
    stage::{fresh_number, playable},
};

/// Hands out policy keys of an account of its own, and revokes them.
///
/// Revoked keys are told with every answer of their account, so that account has one video only.
pub(super) struct Keeper {
    system: Arc<System>,
    cms: Connection,
    account: String,
    path: String,
}

/// What became of the keys.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) account: String,
    /// The account's video, and the only key that was not revoked.
    pub(super) path: String,
    pub(super) key: String,
    pub(super) revoked: u64,
    /// Keys that opened nothing before they were revoked, or something after it was settled.
    pub(super) wrong: Vec<String>,
}

/// Between two keys, at most.
const PAUSE: Duration = Duration::from_secs(10);

const RETRY: Duration = Duration::from_millis(100);

// === impl Keeper ===

impl Keeper {
    #[track_caller]
    pub(super) fn new(system: &Arc<System>) -> Self {
        let account = fresh_number().to_string();
        let video = fresh_number().to_string();
        system.origins[0].with(|origin| {
            origin.put_account(&account, &json!({ "name": "an account with keys" }));
            origin.put_video(&account, &video, &playable("behind many keys"));
        });
        Self {
            system: Arc::clone(system),
            cms: Connection::to(system.origins[system.origins.len() - 1].address),
            path: format!("/playback/v1/accounts/{account}/videos/{video}"),
            account,
        }
    }

    /// Key after key, until it is over.
    pub(super) async fn keep(mut self, mut dice: Rng, over: Over) -> Kept {
        let mut kept = Kept {
            account: self.account.clone(),
            path: self.path.clone(),
            key: self.mint("the-last").await,
            ..Kept::default()
        };
        while !over.is_told() {
            let id = format!("key-{}", kept.revoked);
            let key = self.mint(&id).await;
            for status in self.everywhere(&key).await {
                if ![200, 502, 504].contains(&status) {
                    kept.wrong
                        .push(format!("{id} is good, and was answered {status}"));
                }
            }
            let path = format!("/v1/accounts/{}/policy_keys/{id}", self.account);
            self.write("DELETE", &path, None).await;
            self.settle().await;
            kept.revoked += 1;
            for status in self.everywhere(&key).await {
                if ![401, 502, 504].contains(&status) {
                    kept.wrong
                        .push(format!("{id} is revoked, and was answered {status}"));
                }
            }
            over.sleep(PAUSE.mul_f64(dice.f64())).await;
        }
        kept
    }

    async fn mint(&mut self, id: &str) -> String {
        let path = format!("/v1/accounts/{}/policy_keys", self.account);
        let data = json!({ "key-data": { "account-id": self.account, "key-id": id } });
        let minted = self.write("POST", &path, Some(&data)).await;
        let key = &minted.json()["key-string"];
        key.as_str().expect("the answer holds the key").to_owned()
    }

    /// Waits until what was edited so far is purged twice.
    async fn settle(&mut self) {
        let of = |shown: &Reply, member: &str| shown.json()[member].as_u64();
        let shown = self.write("GET", "/v1/purger", None).await;
        let head = of(&shown, "head");
        while of(&self.write("GET", "/v1/purger", None).await, "settled") < head {
            sleep(RETRY).await;
        }
    }

    /// The same again, until the origin is there to answer.
    async fn write(&mut self, method: &str, path: &str, body: Option<&Value>) -> Reply {
        loop {
            let reply = self.cms.send(cms_request(method, path, body)).await;
            match reply {
                Ok(reply) if (200..300).contains(&reply.status) => return reply,
                Ok(reply) if reply.status < 500 => panic!("{method} {path}: {reply}"),
                Ok(_) | Err(_) => sleep(RETRY).await,
            }
        }
    }

    /// What the key opens, POP by POP: the status, or 0 for no answer.
    async fn everywhere(&self, key: &str) -> Vec<u16> {
        let mut statuses = Vec::new();
        for pop in 0..self.system.pop.edges.len() {
            let mut viewer = Viewer::at(&self.system, pop);
            let reply = viewer.ask(&self.path, key, Country::Germany).await;
            statuses.push(reply.map_or(0, |reply| reply.status));
        }
        statuses
    }
}
