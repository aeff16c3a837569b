use serde_json::{Value, json};

use super::*;
use crate::model::{AccountFields, Fields, IsoTime, RightFields, VideoFields, merge_patch};

fn video(members: &Value) -> Video {
    let base = json!({
        "name": "v",
        "reference_id": "old",
        "sources": [{"src": "https://media.example.com/v.mp4", "container": "MP4"}],
    });
    let fields = VideoFields::from_json(merge_patch(base, members)).expect("a valid video");
    let account = "1".parse().expect("an account id");
    Video::new(
        account,
        "7".parse().expect("a video id"),
        fields,
        IsoTime::now(),
    )
}

fn keys(purge: &Purge) -> Vec<&str> {
    purge.keys.iter().map(SurrogateKey::as_str).collect()
}

fn reference_key(text: &str) -> SurrogateKey {
    let reference = text.parse().expect("a reference id");
    SurrogateKey::reference(&"1".parse().expect("an account id"), &reference)
}

#[test]
fn a_video_edit_purges_by_what_it_changes() {
    for (patch, kind) in [
        (json!({"name": "other"}), PurgeKind::Soft),
        (
            json!({"poster": "https://media.example.com/p.jpg"}),
            PurgeKind::Soft,
        ),
        (json!({"state": "INACTIVE"}), PurgeKind::Hard),
        (json!({"complete": false}), PurgeKind::Hard),
        (json!({"sources": []}), PurgeKind::Hard),
        (json!({"reference_id": "new"}), PurgeKind::Hard),
        (json!({"rules": r#"geo-deny=("KP")"#}), PurgeKind::Hard),
        (
            json!({"geo": {"restricted": true, "countries": ["de"]}}),
            PurgeKind::Hard,
        ),
        (
            json!({"geo": {"restricted": false, "countries": ["de"]}}),
            PurgeKind::Soft,
        ),
        (
            json!({"schedule": {"ends_at": "2030-01-01T00:00:00Z"}}),
            PurgeKind::Hard,
        ),
        (json!({"playback_rights_id": "r"}), PurgeKind::Hard),
        (
            json!({"name": "other", "state": "INACTIVE"}),
            PurgeKind::Hard,
        ),
    ] {
        let purge = of_video(Some(&video(&json!({}))), Some(&video(&patch)));
        assert_eq!(purge.expect("a change").kind, kind, "{patch}");
    }
}

#[test]
fn an_edit_that_changes_nothing_purges_nothing() {
    assert!(of_video(Some(&video(&json!({}))), Some(&video(&json!({})))).is_none());
}

#[test]
fn a_moved_reference_purges_the_old_name_and_the_new() {
    let purge = of_video(
        Some(&video(&json!({}))),
        Some(&video(&json!({"reference_id": "new"}))),
    );
    let purge = purge.expect("a change");
    assert_eq!(purge.keys.len(), 3, "{:?}", keys(&purge));
    assert!(purge.keys.contains(&reference_key("old")));
    assert!(purge.keys.contains(&reference_key("new")));
}

#[test]
fn coming_and_going_purge_the_id_and_the_reference_hard() {
    let own = video(&json!({}));
    for purge in [of_video(None, Some(&own)), of_video(Some(&own), None)] {
        let purge = purge.expect("a change");
        assert_eq!(purge.kind, PurgeKind::Hard);
        assert!(keys(&purge).contains(&"video-id-7"));
        assert!(purge.keys.contains(&reference_key("old")));
    }
}

#[test]
fn an_account_edit_purges_by_what_it_changes() {
    let account = |members: &Value| {
        let fields = AccountFields::from_json(merge_patch(json!({"name": "a"}), members));
        let id = "1".parse().expect("an account id");
        Account::new(id, fields.expect("a valid account"), IsoTime::now())
    };
    let before = account(&json!({}));
    for (patch, kind) in [
        (json!({"name": "b"}), PurgeKind::Soft),
        (json!({"ip_allow": ["192.0.2.0/24"]}), PurgeKind::Hard),
        (json!({"rules": r#"geo-deny=("KP")"#}), PurgeKind::Hard),
    ] {
        let purge = of_account(Some(&before), &account(&patch)).expect("a change");
        assert_eq!(
            (purge.kind, keys(&purge)),
            (kind, vec!["account-id-1"]),
            "{patch}"
        );
    }
    assert!(of_account(Some(&before), &before).is_none());
    assert_eq!(
        of_account(None, &before).expect("a change").kind,
        PurgeKind::Hard
    );
}

#[test]
fn a_right_edit_purges_its_videos_or_beyond_one_call_their_account() {
    let right = |rules: Value| {
        let fields = RightFields::from_json(json!({"name": "r", "rules": rules}));
        let (account, id) = ("1".parse().expect("an id"), "r".parse().expect("an id"));
        Right::new(account, id, fields.expect("a valid right"), IsoTime::now())
    };
    let (before, after) = (right(json!(null)), right(json!(r#"geo-deny=("KP")"#)));
    let videos = |count: usize| -> Vec<VideoId> {
        (0..count)
            .map(|at| at.to_string().parse().expect("a video id"))
            .collect()
    };
    let of = |count| of_right(&before, &after, &videos(count));
    assert!(of(0).is_none(), "nobody uses it");
    assert_eq!(keys(&of(2).expect("used")), ["video-id-0", "video-id-1"]);
    assert_eq!(of(256).expect("used").keys.len(), 256);
    assert_eq!(keys(&of(257).expect("used")), ["account-id-1"]);
}
