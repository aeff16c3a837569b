//! From an edit to a change: what of a record is other than it was.

use playback_policy::{AccountId, KeyId, ReferenceId, VideoId};

use super::{Change, ChangeKind, MAX_VIDEOS, Object};
use crate::model::{Account, Playlist, Record, Right, RightTokens, Video};

/// A record whose edits are changes.
pub(crate) trait Edits: Record {
    /// What an edit changed, if anything. Neither `before` (it is new) nor `after` (it is deleted)
    /// need be there. `used_by` are the videos whose answers it is part of without being one of
    /// them.
    fn change(before: Option<&Self>, after: Option<&Self>, used_by: &[VideoId]) -> Option<Change>;
}

/// What an edit of an account changed.
pub(crate) fn of_account(before: Option<&Account>, after: &Account) -> Option<Change> {
    let is_same_to_viewers = |before: &Account| {
        is_same_layer(before.layer(), after.layer())
            && before.fields.url_signing == after.fields.url_signing
            && before.fields.rights_need_tokens == after.fields.rights_need_tokens
    };
    let kind = match before {
        Some(before) if before.fields == after.fields => return None,
        Some(before) if is_same_to_viewers(before) => ChangeKind::Content,
        Some(_) => ChangeKind::Account,
        None => ChangeKind::Existence,
    };
    let (account, id) = (after.id.clone(), after.id.clone());
    Some(Change {
        account,
        object: Object::Account { id },
        kind,
    })
}

/// A policy key that was put on record (existence) or revoked (rights).
pub(crate) fn of_policy_key(account: &AccountId, id: &KeyId, kind: ChangeKind) -> Change {
    Change {
        account: account.clone(),
        object: Object::PolicyKey { id: id.clone() },
        kind,
    }
}

/// A public key of viewer tokens that was registered or deleted.
pub(crate) fn of_token_key(account: &AccountId, id: &str) -> Change {
    Change {
        account: account.clone(),
        object: Object::Key { id: id.to_owned() },
        kind: ChangeKind::Rights,
    }
}

impl Edits for Right {
    fn change(before: Option<&Self>, after: Option<&Self>, used_by: &[VideoId]) -> Option<Change> {
        // The account's switch may be on or off.
        let is_same_to_viewers = |before: &Self, after: &Self| {
            let is_same =
                |tokens| is_same_layer(before.fields.layer(tokens), after.fields.layer(tokens));
            is_same(RightTokens::Asked) && is_same(RightTokens::NotAsked)
        };
        let kind = match (before, after) {
            (Some(before), Some(after)) if before.fields == after.fields => return None,
            (Some(before), Some(after)) if is_same_to_viewers(before, after) => ChangeKind::Content,
            (Some(_), Some(_)) => ChangeKind::Rights,
            _ => ChangeKind::Existence,
        };
        let record = after.or(before)?;
        let videos = (used_by.len() <= MAX_VIDEOS).then(|| used_by.to_vec());
        Some(Change {
            account: record.account.clone(),
            object: Object::PlaybackRight {
                id: record.id.clone(),
                videos,
            },
            kind,
        })
    }
}

impl Edits for Video {
    fn change(before: Option<&Self>, after: Option<&Self>, _used_by: &[VideoId]) -> Option<Change> {
        let kind = match (before, after) {
            (Some(before), Some(after)) if before.fields == after.fields => return None,
            (Some(before), Some(after)) => {
                let (old, new) = (&before.fields, &after.fields);
                let is_same_access = old.is_playable() == new.is_playable()
                    && old.playback_rights_id == new.playback_rights_id
                    && is_same_layer(old.layer(), new.layer());
                match (old.reference_id == new.reference_id, is_same_access) {
                    (false, _) => ChangeKind::Existence,
                    (true, false) => ChangeKind::Rights,
                    (true, true) => ChangeKind::Content,
                }
            }
            _ => ChangeKind::Existence,
        };
        let record = after.or(before)?;
        Some(Change {
            account: record.account.clone(),
            object: Object::Video {
                id: record.id.clone(),
                reference_ids: references(before, after, |video| &video.fields.reference_id),
            },
            kind,
        })
    }
}

impl Edits for Playlist {
    fn change(before: Option<&Self>, after: Option<&Self>, _used_by: &[VideoId]) -> Option<Change> {
        let kind = match (before, after) {
            (Some(before), Some(after)) if before.fields == after.fields => return None,
            (Some(before), Some(after)) => {
                let is_same_reference = before.fields.reference_id == after.fields.reference_id;
                match (
                    is_same_reference,
                    before.fields.has_members_of(&after.fields),
                ) {
                    (false, _) => ChangeKind::Existence,
                    (true, false) => ChangeKind::List,
                    (true, true) => ChangeKind::Content,
                }
            }
            _ => ChangeKind::Existence,
        };
        let record = after.or(before)?;
        Some(Change {
            account: record.account.clone(),
            object: Object::Playlist {
                id: record.id.clone(),
                reference_ids: references(before, after, |list| &list.fields.reference_id),
            },
            kind,
        })
    }
}

/// A layer that cannot be made is like no other.
fn is_same_layer<T: PartialEq, E>(before: Result<T, E>, after: Result<T, E>) -> bool {
    matches!((before, after), (Ok(before), Ok(after)) if before == after)
}

/// The reference id that a record had and the one that it has, each once.
fn references<R>(
    before: Option<&R>,
    after: Option<&R>,
    of: impl Fn(&R) -> &Option<ReferenceId>,
) -> Vec<ReferenceId> {
    let both = before.into_iter().chain(after);
    let mut references: Vec<_> = both.filter_map(|record| of(record).clone()).collect();
    references.dedup();
    references
}
