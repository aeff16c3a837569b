//! An account of a test's own, with one video: in place of an empty cache.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use super::{edge::Ask, eventually::eventually, scenario::Layers, world::World};

/// One account, one video, one policy key, that no other test knows.
pub(crate) struct Stage<'w> {
    pub(crate) world: &'w World,
    pub(crate) account: String,
    pub(crate) video: String,
    pub(crate) reference: String,
    pub(crate) key: String,
}

/// What is on stage when the curtain rises. The default restricts nothing.
#[derive(Default)]
pub(crate) struct Props {
    pub(crate) layers: Layers,
    /// Members of the policy key's data, or nothing for an unrestricted key.
    pub(crate) key: Value,
    pub(crate) reference: Option<String>,
}

/// A number no other test of this run has, with as many digits as real ids.
pub(crate) fn fresh_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    6_300_000_000_000 + NEXT.fetch_add(1, Ordering::Relaxed)
}

/// A video as an editor writes it: playable, with one source.
pub(crate) fn playable(name: &str) -> Value {
    json!({
        "name": name,
        "state": "ACTIVE",
        "complete": true,
        "duration": 60_000,
        "sources": [{
            "src": "https://media.example.com/video/master.m3u8",
            "type": "application/x-mpegURL",
            "ext_x_version": "4",
        }],
    })
}

impl<'w> Stage<'w> {
    #[track_caller]
    pub(crate) fn open(world: &'w World) -> Self {
        Self::with(world, &Props::default())
    }

    /// Sets the stage by way of the CMS.
    #[track_caller]
    pub(crate) fn with(world: &'w World, props: &Props) -> Self {
        let stage = Self::without_video(world, props);
        let right = props.layers.right.as_ref().map(|rules| {
            let right = format!("right-{}", stage.video);
            let body = json!({ "name": "a right", "rules": rules });
            stage
                .world
                .origin()
                .put_right(&stage.account, &right, &body);
            right
        });
        let mut body = playable("a video");
        body["reference_id"] = json!(stage.reference);
        if let Some(rules) = &props.layers.video {
            body["rules"] = json!(rules);
        }
        if let Some(right) = right {
            body["playback_rights_id"] = json!(right);
        }
        stage
            .world
            .origin()
            .put_video(&stage.account, &stage.video, &body);
        stage
    }

    /// An account and a key, and the id of a video that is not there yet.
    #[track_caller]
    pub(crate) fn without_video(world: &'w World, props: &Props) -> Self {
        let account = fresh_number().to_string();
        let video = fresh_number().to_string();
        let mut body = json!({ "name": "an account" });
        world.origin().put_account(&account, &body);
        let members = if props.key.is_null() {
            json!({})
        } else {
            props.key.clone()
        };
        let key = world.origin().mint_key(&account, &members);
        // After the key is minted: the rules may revoke it.
        if let Some(rules) = &props.layers.account {
            body["rules"] = json!(rules);
            world.origin().put_account(&account, &body);
        }
        let reference = props
            .reference
            .clone()
            .unwrap_or_else(|| format!("ref-{video}"));
        Self {
            world,
            account,
            video,
            reference,
            key,
        }
    }

    /// The path of the video.
    pub(crate) fn path(&self) -> String {
        format!(
            "/playback/v1/accounts/{}/videos/{}",
            self.account, self.video
        )
    }

    /// The path of the video by its reference, which must need no escapes.
    pub(crate) fn reference_path(&self) -> String {
        format!(
            "/playback/v1/accounts/{}/videos/ref:{}",
            self.account, self.reference
        )
    }

    /// Asks for the video with the key.
    pub(crate) fn ask(&self) -> Ask {
        self.ask_at(&self.path())
    }

    pub(crate) fn ask_at(&self, path: &str) -> Ask {
        self.world.edge().get(path).key(&self.key)
    }

    /// How often the origin was asked about this account.
    #[track_caller]
    pub(crate) fn origin_calls(&self) -> u64 {
        self.world.origin().playback_answers(&self.account)
    }

    /// Waits until the purges that setting the stage has caused are over, second ones included: from
    /// now on the cache is emptied by nobody but the test.
    #[track_caller]
    pub(crate) fn settle(self) -> Self {
        self.settle_account();
        self.settle_label(&self.video_label());
        self
    }

    /// [`Stage::settle`], where there is no video yet.
    #[track_caller]
    pub(crate) fn settle_account(&self) {
        self.settle_label(&self.account_label());
    }

    #[track_caller]
    fn settle_label(&self, label: &str) {
        eventually(&format!("{label} is purged for the last time"), || {
            (self.world.purges.passed(label) >= self.world.rounds).then_some(())
        });
    }

    /// The account's surrogate key as a purge call writes it.
    pub(crate) fn account_label(&self) -> String {
        format!("\"account-id-{}\"", self.account)
    }

    /// The video's surrogate key as a purge call writes it.
    pub(crate) fn video_label(&self) -> String {
        format!("\"video-id-{}\"", self.video)
    }

    /// What the fills of this account have in their target.
    pub(crate) fn fill_label(&self) -> String {
        format!("/accounts/{}/", self.account)
    }

    #[track_caller]
    pub(crate) fn patch(&self, body: &Value) {
        self.world
            .origin()
            .patch_video(&self.account, &self.video, body);
    }
}
