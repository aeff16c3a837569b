//! The placeholders of `requests.toml`.

use serde_json::json;

use super::flipped;
use crate::harness::stage::{Props, Stage};

/// The values of placeholders for one row.
pub(super) struct FillIn {
    values: Vec<(&'static str, String)>,
}

impl FillIn {
    /// Reads the stage, and opens a second one for what must be foreign.
    pub(super) fn new(stage: &Stage<'_>) -> Self {
        let foreign = Stage::with(stage.world, &Props::default());
        let key = &stage.key;
        // Made of the same account but other data, so that it is good and different.
        let second = stage
            .world
            .origin()
            .mint_key(&stage.account, &json!({ "key-id": "second" }));
        let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let escaped: String = escape(&stage.video);
        let middle = key.len() / 2;
        let values = vec![
            ("{account}", stage.account.clone()),
            ("{video}", stage.video.clone()),
            ("{reference}", stage.reference.clone()),
            ("{key}", key.clone()),
            ("{second_key}", second),
            ("{foreign_key}", foreign.key),
            ("{foreign_video}", foreign.video),
            ("{other_account}", foreign.account),
            ("{video_escaped_twice}", escaped.replace('%', "%25")),
            ("{video_escaped}", escaped),
            ("{key_cut}", key[..key.len() - 1].to_owned()),
            // The first byte is the key's format, the second its signing number, then the tag.
            ("{key_flipped_format}", flipped(key, 0, 2)),
            ("{key_flipped_number}", flipped(key, 2, 2)),
            ("{key_flipped_tag}", flipped(key, 10, 0)),
            ("{key_flipped_data}", flipped(key, middle.max(26), 0)),
            ("{key_flipped_last}", flipped(key, key.len() - 1, 0)),
            ("{5k}", "7".repeat(5_000)),
            ("{10k}", "A".repeat(10_000)),
            ("{5k_unicode}", "%E6%98%A0".repeat(560)),
        ];
        Self { values }
    }

    /// The text with every placeholder filled in.
    ///
    /// # Panics
    ///
    /// When it holds a placeholder nobody knows.
    pub(super) fn text(&self, text: &str) -> String {
        let filled = self
            .values
            .iter()
            .fold(text.to_owned(), |text, (placeholder, value)| {
                text.replace(placeholder, value)
            });
        assert!(
            !filled.contains('{'),
            "an unknown placeholder is in `{text}`"
        );
        filled
    }
}
