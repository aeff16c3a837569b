//! What the edge does with a request, by the code that it does it with: from the path to the verdict.

use std::net::IpAddr;

use anyhow::{Context as _, Result, anyhow, bail};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use playback_policy::{
    Answer, CacheKey, Compiled, Decision, EntryHead, Hex, KeyRing, LayerKind, Limits, Overlay,
    PlaybackRequest, PolicyKey, PolicyKeyData, Route, SigningKey, TokenState, Viewer, ViewerPlace,
    compile, decide,
};

/// Noon of a Thursday: no rule of the model looks at the clock.
const NOW: i64 = 1_767_268_800;

/// An answer as it lies in a cache.
pub struct Stored {
    metadata: Vec<u8>,
    front: Vec<u8>,
    /// What a viewer who may have it is sent.
    pub body: usize,
    /// What the origin sent.
    pub answer: usize,
}

/// A policy key, verified once, as a sandbox does.
pub struct Key {
    pub text: String,
    policy: PolicyKey,
    rules: Vec<u8>,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub struct Visitor<'a> {
    pub address: IpAddr,
    pub country: &'a str,
}

/// A video's path.
#[must_use]
pub fn path(account: &str, video: &str) -> String {
    format!("/playback/v1/accounts/{account}/videos/{video}")
}

/// The request that a path is.
///
/// # Errors
///
/// When it is no playback request.
pub fn parsed(path: &str) -> Result<PlaybackRequest> {
    match Route::parse(path, None) {
        Ok(Route::Playback(request)) => Ok(request),
        Ok(Route::Health) => bail!("`{path}` asks for no video"),
        Err(error) => Err(anyhow!("`{path}`: {error}")),
    }
}

/// What the answer is cached under.
#[must_use]
pub fn cache_key(request: &PlaybackRequest, key: Option<&Key>, overlay: Overlay) -> CacheKey {
    match (overlay, key) {
        (Overlay::Origin, Some(key)) => {
            let digest = Hex::sha256(&[key.text.as_bytes()]);
            request.cache_key().of_policy_key(digest)
        }
        (Overlay::Origin, None) | (Overlay::Edge, _) => request.cache_key(),
    }
}

// === impl Stored ===

impl Stored {
    /// What the edge makes of an origin's answer, where this video has these rules.
    ///
    /// # Errors
    ///
    /// When it makes nothing of it.
    pub fn insert(
        request: &PlaybackRequest,
        video: &str,
        rules: &str,
        (overlay, key): (Overlay, Option<&str>),
        body_bytes: usize,
    ) -> Result<Self> {
        let mut headers = HeaderMap::new();
        let mut add = |name: &'static str, value: &str| -> Result<()> {
            let value = HeaderValue::from_str(value).with_context(|| format!("{name}: {value}"))?;
            headers.append(HeaderName::from_static(name), value);
            Ok(())
        };
        add("surrogate-key", &format!("video-id-{video}"))?;
        add("playback-account-rules", "geo-default=allow")?;
        add("playback-video-rules", rules)?;
        if let (Overlay::Origin, Some(rules)) = (overlay, key) {
            add("playback-key-rules", rules)?;
        }
        let said = serde_json::json!({
            "id": video,
            "account_id": request.account.as_str(),
            "long_description": "",
        });
        let said = said.to_string();
        let filler = "a".repeat(body_bytes.saturating_sub(said.len()));
        let body = said.replace(
            r#""long_description":"""#,
            &format!(r#""long_description":"{filler}""#),
        );
        let sent = headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len() + 4);
        let answer = body.len() + sent.sum::<usize>();
        let overlay = match key {
            Some(_) => overlay,
            None => Overlay::Edge,
        };
        let (ok, limits) = (StatusCode::OK, Limits::EDGE);
        let checked = Answer::check(request, overlay, ok, &headers, body.into_bytes(), limits)?;
        Ok(Self {
            metadata: checked.entry.metadata(),
            front: checked.entry.front(),
            body: checked.entry.body.len(),
            answer,
        })
    }

    /// Whether this viewer may have it. The key's rules are laid over it here, unless they came with it.
    ///
    /// # Errors
    ///
    /// When the entry cannot be read.
    pub fn is_allowed(
        &self,
        visitor: &Visitor<'_>,
        key: Option<&Key>,
        overlay: Overlay,
    ) -> Result<bool> {
        let plan = EntryHead::read(&self.metadata)?.plan(&self.front)?;
        let key_rules = match (overlay, key) {
            (Overlay::Edge, Some(key)) => key.rules.as_slice(),
            (Overlay::Origin, _) | (_, None) => &[],
        };
        let rules = plan.rules.overlaid(Compiled::read(key_rules)?);
        let needs = rules.needs().or(plan.layout.needs());
        let mut viewer = Viewer::new(visitor.address, NOW);
        viewer.key_id = key.and_then(|key| key.policy.key_id.clone());
        viewer.token = TokenState::Missing;
        if needs.geolocation {
            viewer.place = ViewerPlace::from_labels(visitor.country, None, 0);
        }
        Ok(decide(&rules, &viewer) == Decision::Allow)
    }
}

// === impl Key ===

impl Key {
    /// Mints and verifies the account's key of this number.
    ///
    /// # Errors
    ///
    /// When there is no such key.
    pub fn of(account: &str, number: usize) -> Result<Self> {
        let signing = SigningKey::new(1, &[7; 32]).map_err(|error| anyhow!("{error}"))?;
        let data = PolicyKeyData {
            account_id: account.to_owned(),
            key_id: Some(format!("site-{number}")),
            ..PolicyKeyData::default()
        };
        let text = PolicyKey::mint(&data, &signing)?;
        let policy = KeyRing::new(vec![signing]).verify(&text)?;
        let layers = policy.rules.iter().map(|rules| (LayerKind::Key, rules));
        let rules = compile(&layers.collect::<Vec<_>>());
        Ok(Self {
            text,
            policy,
            rules,
        })
    }
}
