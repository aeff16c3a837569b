use serde_json::{Value, json};

use super::*;
use crate::model::{
    AccountFields, Fields, IsoTime, PlaylistFields, RightFields, VideoFields, merge_patch,
};

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
        (json!({"plays_total": 7}), PurgeKind::Soft),
        (
            json!({"poster": "https://media.example.com/p.jpg"}),
            PurgeKind::Soft,
        ),
        (
            json!({"rules_report_only": "token=required"}),
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
        let purge = Video::purge(Some(&video(&json!({}))), Some(&video(&patch)), &[]);
        let purge = purge.expect("a change");
        assert_eq!(purge.kind, kind, "{patch}");
        assert!(keys(&purge).contains(&"search-account-id-1"), "{patch}");
    }
}

#[test]
fn an_edit_that_changes_nothing_purges_nothing() {
    let own = video(&json!({}));
    assert!(Video::purge(Some(&own), Some(&own), &[]).is_none());
}

#[test]
fn a_moved_reference_purges_the_old_name_and_the_new() {
    let moved = video(&json!({"reference_id": "new"}));
    let purge = Video::purge(Some(&video(&json!({}))), Some(&moved), &[]);
    let purge = purge.expect("a change");
    assert_eq!(purge.keys.len(), 4, "{:?}", keys(&purge));
    assert!(purge.keys.contains(&reference_key("old")));
    assert!(purge.keys.contains(&reference_key("new")));
}

#[test]
fn coming_and_going_purge_the_id_and_the_reference_hard() {
    let own = video(&json!({}));
    for (before, after) in [(None, Some(&own)), (Some(&own), None)] {
        let purge = Video::purge(before, after, &[]);
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
        (
            json!({"rules_report_only": "token=required"}),
            PurgeKind::Soft,
        ),
        (json!({"rights_need_tokens": true}), PurgeKind::Hard),
        (json!({"ip_allow": ["192.0.2.0/24"]}), PurgeKind::Hard),
        (json!({"rules": r#"geo-deny=("KP")"#}), PurgeKind::Hard),
        (
            json!({"url_signing": {
                "key": "k", "hosts": ["media.example.com"], "lifetime": 60, "parameter": "token",
            }}),
            PurgeKind::Hard,
        ),
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
    let of = |count| Right::purge(Some(&before), Some(&after), &videos(count));
    assert!(of(0).is_none(), "nobody uses it");
    assert_eq!(
        keys(&of(2).expect("used")),
        ["search-account-id-1", "video-id-0", "video-id-1"]
    );
    assert_eq!(of(256).expect("used").keys.len(), 257);
    assert_eq!(keys(&of(257).expect("used")), ["account-id-1"]);
    assert!(Right::purge(None, Some(&after), &[]).is_none());
    assert!(Right::purge(Some(&before), None, &[]).is_none());
}

#[test]
fn a_right_edit_purges_by_what_it_changes() {
    let right = |members: &Value| {
        let fields = RightFields::from_json(members.clone()).expect("a valid right");
        let (account, id) = ("1".parse().expect("an id"), "r".parse().expect("an id"));
        Right::new(account, id, fields, IsoTime::now())
    };
    let used_by = ["7".parse().expect("a video id")];
    let before = right(&json!({}));
    for (members, kind) in [
        (json!({"name": "r"}), PurgeKind::Soft),
        (json!({"is_default": true}), PurgeKind::Soft),
        (
            json!({"rules_report_only": "token=required"}),
            PurgeKind::Soft,
        ),
        (json!({"geo_global_rule": "allow_all"}), PurgeKind::Soft),
        (json!({"geo_global_rule": "block_all"}), PurgeKind::Hard),
        (json!({"allowed_days": ["mon"]}), PurgeKind::Hard),
        // The account may ask its rights for tokens, or not.
        (json!({"allow_insecure": true}), PurgeKind::Hard),
        (
            json!({"allow_insecure": true, "rules": "token=required"}),
            PurgeKind::Hard,
        ),
        (json!({"disabled": true}), PurgeKind::Hard),
    ] {
        let purge = Right::purge(Some(&before), Some(&right(&members)), &used_by);
        assert_eq!(purge.expect("a change").kind, kind, "{members}");
    }
}

fn playlist(members: &Value) -> Playlist {
    let base = json!({"name": "p", "reference_id": "old", "type": "ALPHABETICAL"});
    let fields = PlaylistFields::from_json(merge_patch(base, members)).expect("a valid playlist");
    let (account, id) = ("1".parse().expect("an id"), "9".parse().expect("an id"));
    Playlist::new(account, id, fields, IsoTime::now())
}

#[test]
fn a_playlist_edit_purges_by_what_it_changes() {
    let explicit = json!({"type": "EXPLICIT", "video_ids": ["7", "8"]});
    for (before, patch, kind) in [
        (json!({}), json!({"name": "q"}), PurgeKind::Soft),
        (json!({}), json!({"favorite": true}), PurgeKind::Soft),
        (json!({}), json!({"description": "d"}), PurgeKind::Soft),
        (json!({}), json!({"reference_id": "new"}), PurgeKind::Hard),
        (json!({}), json!({"type": "PLAYS_TOTAL"}), PurgeKind::Hard),
        (json!({}), json!({"search": "tags:x"}), PurgeKind::Hard),
        (json!({}), json!({"limit": 7}), PurgeKind::Hard),
        (json!({}), explicit.clone(), PurgeKind::Hard),
        (
            explicit.clone(),
            json!({"type": "EXPLICIT", "video_ids": ["8", "7"]}),
            PurgeKind::Hard,
        ),
    ] {
        let purge = Playlist::purge(Some(&playlist(&before)), Some(&playlist(&patch)), &[]);
        let purge = purge.expect("a change");
        assert_eq!(purge.kind, kind, "{patch}");
        assert!(keys(&purge).contains(&"playlist-id-9"), "{patch}");
    }
    let own = playlist(&json!({}));
    assert!(Playlist::purge(Some(&own), Some(&own), &[]).is_none());
}

#[test]
fn a_playlist_that_comes_moves_or_goes_is_purged_hard_under_every_name() {
    let (own, moved) = (
        playlist(&json!({})),
        playlist(&json!({"reference_id": "new"})),
    );
    for (before, after, count) in [
        (None, Some(&own), 2),
        (Some(&own), None, 2),
        (Some(&own), Some(&moved), 3),
    ] {
        let purge = Playlist::purge(before, after, &[]).expect("a change");
        assert_eq!((purge.kind, purge.keys.len()), (PurgeKind::Hard, count));
        let by_reference = keys(&purge)
            .iter()
            .filter(|key| key.starts_with("playlist-ref-id-"))
            .count();
        assert_eq!(by_reference, count - 1);
    }
}
