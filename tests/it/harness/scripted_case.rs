//! One account and video of a scripted origin, with a key that opens them.

use playback_policy::{PolicyKey, PolicyKeyData, SigningKey};
use serde_json::json;

use super::{
    edge::{Ask, Edge},
    local::SIGNING_KEY,
    scripted_origin::{Script, Then},
    stage::fresh_number,
};

/// An account no other test knows. No CMS has heard of it, so its key is minted here.
pub(crate) struct Case {
    pub(crate) account: String,
    pub(crate) video: String,
    pub(crate) key: String,
}

impl Case {
    pub(crate) fn fresh() -> Self {
        let account = fresh_number().to_string();
        let key = key_of(&account);
        Self {
            account,
            video: fresh_number().to_string(),
            key,
        }
    }

    pub(crate) fn ask(&self, edge: Edge) -> Ask {
        edge.get(&format!(
            "/playback/v1/accounts/{}/videos/{}",
            self.account, self.video
        ))
        .key(&self.key)
    }

    /// The headers of an answer with nothing wrong.
    pub(crate) fn good_headers(&self) -> Vec<(String, String)> {
        let keys = format!("video-id-{} account-id-{}", self.video, self.account);
        [
            ("Content-Type", "application/json"),
            ("Playback-Account-Rules", "geo-default=allow"),
            ("Playback-Video-Rules", "geo-default=allow"),
            ("Surrogate-Key", &keys),
            ("Surrogate-Control", "max-age=31536000"),
            ("ETag", "\"1\""),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// Its body.
    pub(crate) fn good_body(&self) -> Vec<u8> {
        body(&self.account, &self.video)
    }

    /// The whole answer.
    pub(crate) fn good(&self) -> Script {
        self.good_with(&[])
    }

    /// The whole answer with more headers, or other ones by these names.
    pub(crate) fn good_with(&self, others: &[(&str, &str)]) -> Script {
        let body = String::from_utf8(self.good_body()).expect("JSON is text");
        self.good_body_with(&body, others)
    }

    /// The same with another body.
    pub(crate) fn good_body_with(&self, body: &str, others: &[(&str, &str)]) -> Script {
        let mut headers = self.good_headers();
        headers.retain(|(name, _)| !others.iter().any(|(other, _)| other == name));
        headers.extend(
            others
                .iter()
                .map(|(name, value)| (str::to_owned(name), str::to_owned(value))),
        );
        headers.push(("Content-Length".to_owned(), body.len().to_string()));
        Script {
            bytes: [head(200, &headers), body.into()].concat(),
            then: Then::Close,
        }
    }
}

/// An unrestricted key of an account the CMS need not know.
pub(crate) fn key_of(account: &str) -> String {
    minted(account, Vec::new())
}

/// The same, enabled for searches.
pub(crate) fn search_key_of(account: &str) -> String {
    minted(account, vec!["search".to_owned()])
}

fn minted(account: &str, apis: Vec<String>) -> String {
    let (number, secret) = SIGNING_KEY.split_once('=').expect("a number and a secret");
    let number = number.parse().expect("a number");
    let signing = SigningKey::new(number, secret.as_bytes()).expect("the secret is long enough");
    let data = PolicyKeyData {
        account_id: account.to_owned(),
        apis,
        ..PolicyKeyData::default()
    };
    PolicyKey::mint(&data, &signing).expect("the data means something")
}

/// The body of a video.
pub(crate) fn body(account: &str, video: &str) -> Vec<u8> {
    json!({ "id": video, "account_id": account, "reference_id": null, "name": "a video", "sources": [] })
        .to_string()
        .into_bytes()
}

/// A status line and headers, up to the empty line.
pub(crate) fn head(status: u16, headers: &[(String, String)]) -> Vec<u8> {
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    format!("HTTP/1.1 {status} Scripted\r\n{lines}Connection: close\r\n\r\n").into_bytes()
}
