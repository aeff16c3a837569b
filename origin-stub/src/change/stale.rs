//! From a change to the answers that it makes untrue, and how urgently they must go.

use std::collections::BTreeSet;

use playback_policy::{AccountId, ReferenceId, SurrogateKey};

use super::{Change, ChangeKind, Object};
use crate::purge::{Purge, PurgeKind};

/// What the edge must let go of, if it holds anything of it.
///
/// | object | change | purge | surrogate keys |
/// |---|---|---|---|
/// | account | content | soft | its own: every answer of it has that, its 404s too |
/// | account | others | hard | the same |
/// | video | content | soft | its own, those of its reference ids, its account's searches |
/// | video | others | hard | the same |
/// | playlist | content | soft | its own, those of its reference ids |
/// | playlist | others | hard | the same |
/// | playback right | content | soft | its videos', their account's searches; the account's if too many |
/// | playback right | rights | hard | the same |
/// | playback right | existence | – | no video can use one that was not there, or is to go |
/// | policy key | rights | hard | the account's: whoever shows it may have any answer |
/// | policy key | existence | – | it opens what it says by its signature alone |
/// | key of tokens | rights | hard | the account's, and those of what is remembered of tokens |
///
/// Hard wherever permission or existence may be other: a stale permission must not be served, not
/// even once. Soft where content alone is: viewers get the old title while one request fetches the
/// new one, and go on getting it while the origin is down.
///
/// A video's keys go with *any* edit of it to all that follows from a search, since any edit may
/// change what is found, or its order. A new video's are those of the 404s that asked for it too
/// early, and of the explicit playlists that named it too early.
pub(crate) fn stale(change: &Change) -> Option<Purge> {
    let account = &change.account;
    let keys: BTreeSet<_> = match &change.object {
        Object::Account { id } => [SurrogateKey::account(id)].into(),
        Object::Video { id, reference_ids } => [SurrogateKey::video(id)]
            .into_iter()
            .chain([SurrogateKey::search(account)])
            .chain(named(account, reference_ids, SurrogateKey::reference))
            .collect(),
        Object::Playlist { id, reference_ids } => [SurrogateKey::playlist(id)]
            .into_iter()
            .chain(named(
                account,
                reference_ids,
                SurrogateKey::playlist_reference,
            ))
            .collect(),
        Object::PlaybackRight { videos, .. } => match (change.kind, videos) {
            (ChangeKind::Existence, _) => return None,
            (_, None) => [SurrogateKey::account(account)].into(),
            (_, Some(videos)) if videos.is_empty() => return None,
            // A list carries its videos' keys, or the search's where those are too many for a
            // header.
            (_, Some(videos)) => videos
                .iter()
                .map(SurrogateKey::video)
                .chain([SurrogateKey::search(account)])
                .collect(),
        },
        Object::PolicyKey { .. } if change.kind == ChangeKind::Existence => return None,
        Object::PolicyKey { .. } => [SurrogateKey::account(account)].into(),
        Object::Key { .. } => [
            SurrogateKey::account(account),
            SurrogateKey::account_keys(account),
        ]
        .into(),
    };
    let kind = match change.kind {
        ChangeKind::Content => PurgeKind::Soft,
        ChangeKind::Rights | ChangeKind::Existence | ChangeKind::List | ChangeKind::Account => {
            PurgeKind::Hard
        }
    };
    Some(Purge { kind, keys })
}

/// The keys of reference ids.
fn named<'a>(
    account: &'a AccountId,
    reference_ids: &'a [ReferenceId],
    key: impl Fn(&AccountId, &ReferenceId) -> SurrogateKey + 'a,
) -> impl Iterator<Item = SurrogateKey> + 'a {
    reference_ids.iter().map(move |id| key(account, id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::ChangeKind::{Account, Content, Existence, List, Rights};

    fn change(object: &str, kind: ChangeKind) -> Change {
        Change {
            account: "1".parse().expect("an account id"),
            object: serde_json::from_str(object).expect("an object"),
            kind,
        }
    }

    /// The table above, row by row.
    #[test]
    fn what_is_stale_and_how_urgently() {
        let reference = |key: fn(&AccountId, &ReferenceId) -> SurrogateKey, text: &str| {
            let account = "1".parse().expect("an account id");
            let reference = text.parse().expect("a reference id");
            key(&account, &reference).to_string()
        };
        let video = |text| reference(SurrogateKey::reference, text);
        let playlist = |text| reference(SurrogateKey::playlist_reference, text);
        let own = |key: &str| key.to_owned();
        for (object, soft, hard, keys) in [
            (
                r#"{"object":"account","id":"1"}"#,
                vec![Content],
                vec![Account, Existence],
                vec![own("account-id-1")],
            ),
            (
                r#"{"object":"video","id":"7","reference_ids":[]}"#,
                vec![Content],
                vec![Rights, Existence],
                vec![own("search-account-id-1"), own("video-id-7")],
            ),
            (
                r#"{"object":"video","id":"7","reference_ids":["old","new"]}"#,
                vec![Content],
                vec![Rights, Existence],
                vec![
                    own("search-account-id-1"),
                    own("video-id-7"),
                    video("old"),
                    video("new"),
                ],
            ),
            (
                r#"{"object":"playlist","id":"9","reference_ids":["old"]}"#,
                vec![Content],
                vec![List, Existence],
                vec![own("playlist-id-9"), playlist("old")],
            ),
            (
                r#"{"object":"playback_right","id":"r","videos":["7","8"]}"#,
                vec![Content],
                vec![Rights],
                vec![
                    own("search-account-id-1"),
                    own("video-id-7"),
                    own("video-id-8"),
                ],
            ),
            (
                r#"{"object":"playback_right","id":"r","videos":null}"#,
                vec![Content],
                vec![Rights],
                vec![own("account-id-1")],
            ),
            (
                r#"{"object":"policy_key","id":"k"}"#,
                vec![],
                vec![Rights],
                vec![own("account-id-1")],
            ),
            (
                r#"{"object":"key","id":"k"}"#,
                vec![],
                vec![Rights],
                vec![own("account-id-1"), own("account-keys-1")],
            ),
        ] {
            let soft = soft.into_iter().map(|kind| (kind, PurgeKind::Soft));
            let hard = hard.into_iter().map(|kind| (kind, PurgeKind::Hard));
            for (kind, want) in soft.chain(hard) {
                let purge = stale(&change(object, kind)).expect("something is stale");
                assert_eq!(purge.kind, want, "{object} {kind:?}");
                let mut shown: Vec<_> = purge.keys.iter().map(ToString::to_string).collect();
                let mut wanted = keys.clone();
                shown.sort();
                wanted.sort();
                assert_eq!(shown, wanted, "{object} {kind:?}");
            }
        }
    }

    #[test]
    fn what_no_answer_shows_makes_none_stale() {
        for (object, kind) in [
            (
                r#"{"object":"playback_right","id":"r","videos":[]}"#,
                Rights,
            ),
            (
                r#"{"object":"playback_right","id":"r","videos":["7"]}"#,
                Existence,
            ),
            (r#"{"object":"policy_key","id":"k"}"#, Existence),
        ] {
            assert_eq!(stale(&change(object, kind)), None, "{object} {kind:?}");
        }
    }

    #[test]
    fn what_one_change_makes_stale_fits_one_call() {
        let videos: Vec<_> = (0..crate::change::MAX_VIDEOS)
            .map(|id| id.to_string())
            .collect();
        let object = serde_json::json!({"object": "playback_right", "id": "r", "videos": videos});
        let purge = stale(&change(&object.to_string(), Rights)).expect("something is stale");
        assert_eq!(purge.keys.len(), 256);
    }
}
