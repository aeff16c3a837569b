use serde_json::{Value, json};

use super::*;
use crate::model::{
    Account, AccountFields, Fields, IsoTime, Playlist, PlaylistFields, Record, Right, RightFields,
    Video, VideoFields, merge_patch,
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

fn references(change: &Change) -> Vec<&str> {
    match &change.object {
        Object::Video { reference_ids, .. } | Object::Playlist { reference_ids, .. } => {
            reference_ids.iter().map(ReferenceId::as_str).collect()
        }
        other => panic!("{other:?} has no reference ids"),
    }
}

#[test]
fn a_video_edit_is_told_by_what_it_changes() {
    for (patch, kind) in [
        (json!({"name": "other"}), ChangeKind::Content),
        (json!({"plays_total": 7}), ChangeKind::Content),
        (
            json!({"poster": "https://media.example.com/p.jpg"}),
            ChangeKind::Content,
        ),
        (
            json!({"rules_report_only": "token=required"}),
            ChangeKind::Content,
        ),
        (json!({"state": "INACTIVE"}), ChangeKind::Rights),
        (json!({"complete": false}), ChangeKind::Rights),
        (json!({"sources": []}), ChangeKind::Rights),
        (json!({"reference_id": "new"}), ChangeKind::Existence),
        (json!({"rules": r#"geo-deny=("KP")"#}), ChangeKind::Rights),
        (
            json!({"geo": {"restricted": true, "countries": ["de"]}}),
            ChangeKind::Rights,
        ),
        (
            json!({"geo": {"restricted": false, "countries": ["de"]}}),
            ChangeKind::Content,
        ),
        (
            json!({"schedule": {"ends_at": "2030-01-01T00:00:00Z"}}),
            ChangeKind::Rights,
        ),
        (json!({"playback_rights_id": "r"}), ChangeKind::Rights),
        (
            json!({"name": "other", "state": "INACTIVE"}),
            ChangeKind::Rights,
        ),
    ] {
        let change = Video::change(Some(&video(&json!({}))), Some(&video(&patch)), &[]);
        assert_eq!(change.expect("a change").kind, kind, "{patch}");
    }
}

#[test]
fn an_edit_that_changes_nothing_is_no_change() {
    let own = video(&json!({}));
    assert!(Video::change(Some(&own), Some(&own), &[]).is_none());
}

#[test]
fn a_moved_reference_names_the_old_and_the_new() {
    let moved = video(&json!({"reference_id": "new"}));
    let change = Video::change(Some(&video(&json!({}))), Some(&moved), &[]);
    assert_eq!(references(&change.expect("a change")), ["old", "new"]);
}

#[test]
fn coming_and_going_name_the_id_and_the_reference() {
    let own = video(&json!({}));
    for (before, after) in [(None, Some(&own)), (Some(&own), None)] {
        let change = Video::change(before, after, &[]).expect("a change");
        assert_eq!(change.kind, ChangeKind::Existence);
        assert_eq!(references(&change), ["old"]);
    }
}

#[test]
fn an_account_edit_is_told_by_what_it_changes() {
    let account = |members: &Value| {
        let fields = AccountFields::from_json(merge_patch(json!({"name": "a"}), members));
        let id = "1".parse().expect("an account id");
        Account::new(id, fields.expect("a valid account"), IsoTime::now())
    };
    let before = account(&json!({}));
    for (patch, kind) in [
        (json!({"name": "b"}), ChangeKind::Content),
        (
            json!({"rules_report_only": "token=required"}),
            ChangeKind::Content,
        ),
        (json!({"rights_need_tokens": true}), ChangeKind::Account),
        (json!({"ip_allow": ["192.0.2.0/24"]}), ChangeKind::Account),
        (json!({"rules": r#"geo-deny=("KP")"#}), ChangeKind::Account),
        (
            json!({"url_signing": {
                "key": "k", "hosts": ["media.example.com"], "lifetime": 60, "parameter": "token",
            }}),
            ChangeKind::Account,
        ),
    ] {
        let change = of_account(Some(&before), &account(&patch)).expect("a change");
        assert_eq!(change.kind, kind, "{patch}");
    }
    assert!(of_account(Some(&before), &before).is_none());
    assert_eq!(
        of_account(None, &before).expect("a change").kind,
        ChangeKind::Existence
    );
}

#[test]
fn a_right_edit_names_its_videos_unless_they_are_too_many() {
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
    for (count, want) in [(0, Some(0)), (255, Some(255)), (256, None)] {
        let change = Right::change(Some(&before), Some(&after), &videos(count));
        let Object::PlaybackRight { videos, .. } = change.expect("a change").object else {
            panic!("a right was edited");
        };
        assert_eq!(videos.map(|videos| videos.len()), want, "{count}");
    }
    for (before, after) in [(None, Some(&after)), (Some(&before), None)] {
        let change = Right::change(before, after, &[]).expect("a change");
        assert_eq!(change.kind, ChangeKind::Existence);
    }
}

#[test]
fn a_right_edit_is_told_by_what_it_changes() {
    let right = |members: &Value| {
        let fields = RightFields::from_json(members.clone()).expect("a valid right");
        let (account, id) = ("1".parse().expect("an id"), "r".parse().expect("an id"));
        Right::new(account, id, fields, IsoTime::now())
    };
    let used_by = ["7".parse().expect("a video id")];
    let before = right(&json!({}));
    for (members, kind) in [
        (json!({"name": "r"}), ChangeKind::Content),
        (json!({"is_default": true}), ChangeKind::Content),
        (
            json!({"rules_report_only": "token=required"}),
            ChangeKind::Content,
        ),
        (json!({"geo_global_rule": "allow_all"}), ChangeKind::Content),
        (json!({"geo_global_rule": "block_all"}), ChangeKind::Rights),
        (json!({"allowed_days": ["mon"]}), ChangeKind::Rights),
        // The account may ask its rights for tokens, or not.
        (json!({"allow_insecure": true}), ChangeKind::Rights),
        (
            json!({"allow_insecure": true, "rules": "token=required"}),
            ChangeKind::Rights,
        ),
        (json!({"disabled": true}), ChangeKind::Rights),
    ] {
        let change = Right::change(Some(&before), Some(&right(&members)), &used_by);
        assert_eq!(change.expect("a change").kind, kind, "{members}");
    }
}

fn playlist(members: &Value) -> Playlist {
    let base = json!({"name": "p", "reference_id": "old", "type": "ALPHABETICAL"});
    let fields = PlaylistFields::from_json(merge_patch(base, members)).expect("a valid playlist");
    let (account, id) = ("1".parse().expect("an id"), "9".parse().expect("an id"));
    Playlist::new(account, id, fields, IsoTime::now())
}

#[test]
fn a_playlist_edit_is_told_by_what_it_changes() {
    let explicit = json!({"type": "EXPLICIT", "video_ids": ["7", "8"]});
    for (before, patch, kind) in [
        (json!({}), json!({"name": "q"}), ChangeKind::Content),
        (json!({}), json!({"favorite": true}), ChangeKind::Content),
        (json!({}), json!({"description": "d"}), ChangeKind::Content),
        (
            json!({}),
            json!({"reference_id": "new"}),
            ChangeKind::Existence,
        ),
        (json!({}), json!({"type": "PLAYS_TOTAL"}), ChangeKind::List),
        (json!({}), json!({"search": "tags:x"}), ChangeKind::List),
        (json!({}), json!({"limit": 7}), ChangeKind::List),
        (json!({}), explicit.clone(), ChangeKind::List),
        (
            explicit.clone(),
            json!({"type": "EXPLICIT", "video_ids": ["8", "7"]}),
            ChangeKind::List,
        ),
    ] {
        let change = Playlist::change(Some(&playlist(&before)), Some(&playlist(&patch)), &[]);
        assert_eq!(change.expect("a change").kind, kind, "{patch}");
    }
    let own = playlist(&json!({}));
    assert!(Playlist::change(Some(&own), Some(&own), &[]).is_none());
}

#[test]
fn a_playlist_that_comes_moves_or_goes_is_named_by_every_reference() {
    let (own, moved) = (
        playlist(&json!({})),
        playlist(&json!({"reference_id": "new"})),
    );
    for (before, after, want) in [
        (None, Some(&own), vec!["old"]),
        (Some(&own), None, vec!["old"]),
        (Some(&own), Some(&moved), vec!["old", "new"]),
    ] {
        let change = Playlist::change(before, after, &[]).expect("a change");
        assert_eq!(
            (change.kind, references(&change)),
            (ChangeKind::Existence, want)
        );
    }
}

#[test]
fn cursors_are_whole_numbers_that_the_database_can_count_to() {
    for text in ["0", "1", "0017", "9223372036854775807"] {
        assert!(text.parse::<Seq>().is_ok(), "{text}");
    }
    for text in [
        "",
        "-1",
        "+1",
        " 1",
        "1.0",
        "1e3",
        "x",
        "9223372036854775808",
        "18446744073709551616",
    ] {
        assert!(text.parse::<Seq>().is_err(), "{text}");
    }
}

#[test]
fn a_change_reads_as_integrators_are_told() {
    let committed = |object: Object, kind| Committed {
        seq: Seq::of_row(17),
        at: "2026-01-01T00:00:00Z".parse().expect("a time"),
        change: Change {
            account: "1".parse().expect("an account id"),
            object,
            kind,
        },
    };
    let right = |videos| Object::PlaybackRight {
        id: "r".parse().expect("an id"),
        videos,
    };
    for (committed, want) in [
        (
            committed(
                Object::Video {
                    id: "7".parse().expect("an id"),
                    reference_ids: vec!["a b".parse().expect("a reference")],
                },
                ChangeKind::Rights,
            ),
            json!({"object": "video", "id": "7", "reference_ids": ["a b"], "kind": "rights"}),
        ),
        (
            committed(right(None), ChangeKind::Content),
            json!({"object": "playback_right", "id": "r", "videos": null, "kind": "content"}),
        ),
        (
            committed(right(Some(Vec::new())), ChangeKind::Existence),
            json!({"object": "playback_right", "id": "r", "videos": [], "kind": "existence"}),
        ),
    ] {
        let common = json!({"seq": 17, "at": "2026-01-01T00:00:00.000Z", "account": "1"});
        let want = merge_patch(common, &want);
        let shown = serde_json::to_value(&committed).expect("it can be shown");
        // A patch would take `null` for "not there".
        let videos = shown.get("videos").is_some_and(Value::is_null);
        assert_eq!(videos, committed.change.object == right(None));
        let shown = merge_patch(json!({}), &shown);
        assert_eq!(shown, want);
        let stored = serde_json::to_string(&committed.change.object).expect("it can be stored");
        let read: Object = serde_json::from_str(&stored).expect("it can be read");
        assert_eq!(read, committed.change.object);
    }
}
