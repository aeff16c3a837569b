//! What an edit makes untrue at the edge: which answers, and how urgently.
//!
//! A change of rights or existence is purged hard: a stale permission must not be served, not even
//! once. A change of content alone is purged soft: viewers get the old title while one request
//! fetches the new one, and go on getting it while the origin is down.

use std::collections::BTreeSet;

use playback_policy::{AccountId, SurrogateKey, VideoId};

use crate::{
    model::{Account, Right, Video},
    purge::{MAX_KEYS_A_CALL, Purge, PurgeKind},
};

/// What an account's change touches: every answer of the account, its 404s too.
pub(crate) fn of_account(before: Option<&Account>, after: &Account) -> Option<Purge> {
    let kind = match before {
        Some(before) if before.fields == after.fields => return None,
        Some(before) if is_same_layer(before.fields.layer(), after.fields.layer()) => {
            PurgeKind::Soft
        }
        Some(_) | None => PurgeKind::Hard,
    };
    Some(Purge {
        kind,
        keys: BTreeSet::from([SurrogateKey::account(&after.id)]),
    })
}

/// What a right's change touches: the videos that use it, or their whole account where those are
/// more than one call names.
pub(crate) fn of_right(before: &Right, after: &Right, used_by: &[VideoId]) -> Option<Purge> {
    if before.fields == after.fields {
        return None;
    }
    let kind = match is_same_layer(before.fields.layer(), after.fields.layer()) {
        true => PurgeKind::Soft,
        false => PurgeKind::Hard,
    };
    let keys = keys_of_videos(&after.account, used_by);
    (!keys.is_empty()).then_some(Purge { kind, keys })
}

/// What a video's change touches: its answers by id and by every reference it had or has.
///
/// Neither `before` (it is new) nor `after` (it is deleted) need be there. A new video's keys are
/// those of the cached 404s that asked for it too early.
pub(crate) fn of_video(before: Option<&Video>, after: Option<&Video>) -> Option<Purge> {
    let kind = match (before, after) {
        (None, None) => return None,
        (Some(before), Some(after)) if before.fields == after.fields => return None,
        (Some(before), Some(after)) if is_same_access(before, after) => PurgeKind::Soft,
        _ => PurgeKind::Hard,
    };
    let mut keys = BTreeSet::new();
    for video in before.into_iter().chain(after) {
        keys.insert(SurrogateKey::video(&video.id));
        let reference = video.fields.reference_id.as_ref();
        keys.extend(reference.map(|reference| SurrogateKey::reference(&video.account, reference)));
    }
    Some(Purge { kind, keys })
}

/// Whether the same viewers find the same video under the same names.
fn is_same_access(before: &Video, after: &Video) -> bool {
    let (old, new) = (&before.fields, &after.fields);
    old.is_playable() == new.is_playable()
        && old.reference_id == new.reference_id
        && old.playback_rights_id == new.playback_rights_id
        && is_same_layer(old.layer(), new.layer())
}

/// A layer that cannot be made is like no other.
fn is_same_layer<T: PartialEq, E>(before: Result<T, E>, after: Result<T, E>) -> bool {
    matches!((before, after), (Ok(before), Ok(after)) if before == after)
}

fn keys_of_videos(account: &AccountId, videos: &[VideoId]) -> BTreeSet<SurrogateKey> {
    if videos.len() > MAX_KEYS_A_CALL {
        return BTreeSet::from([SurrogateKey::account(account)]);
    }
    videos.iter().map(SurrogateKey::video).collect()
}

#[cfg(test)]
mod tests;
