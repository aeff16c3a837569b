//! What an edit makes untrue at the edge: which answers, and how urgently.
//!
//! A change of rights or existence is purged hard: a stale permission must not be served, not even
//! once. A change of content alone is purged soft: viewers get the old title while one request
//! fetches the new one, and go on getting it while the origin is down.

use std::collections::BTreeSet;

use playback_policy::{AccountId, SurrogateKey, VideoId};

use crate::{
    model::{Account, Playlist, Record, Right, RightTokens, Video},
    purge::{MAX_KEYS_A_CALL, Purge, PurgeKind},
};

/// What a change of a record makes untrue.
pub(crate) trait Change: Record {
    /// Neither `before` (it is new) nor `after` (it is deleted) need be there. `used_by` are the
    /// videos whose answers it is part of without being one of them.
    fn purge(before: Option<&Self>, after: Option<&Self>, used_by: &[VideoId]) -> Option<Purge>;
}

/// What an account's change touches: every answer of the account, its 404s too.
pub(crate) fn of_account(before: Option<&Account>, after: &Account) -> Option<Purge> {
    let is_same_to_viewers = |before: &Account| {
        is_same_layer(before.layer(), after.layer())
            && before.fields.url_signing == after.fields.url_signing
            && before.fields.rights_need_tokens == after.fields.rights_need_tokens
    };
    let kind = match before {
        Some(before) if before.fields == after.fields => return None,
        Some(before) if is_same_to_viewers(before) => PurgeKind::Soft,
        Some(_) | None => PurgeKind::Hard,
    };
    Some(Purge {
        kind,
        keys: BTreeSet::from([SurrogateKey::account(&after.id)]),
    })
}

/// What a revoked policy key touches: whoever shows it may have any answer of the account.
pub(crate) fn of_revoked_key(account: &AccountId) -> Purge {
    Purge {
        kind: PurgeKind::Hard,
        keys: BTreeSet::from([SurrogateKey::account(account)]),
    }
}

/// What a change of the keys that viewer tokens are verified with touches: every answer of the
/// account, and the keys where they are kept by themselves.
pub(crate) fn of_token_keys(account: &AccountId) -> Purge {
    // An account's id is printable and short, and so is this.
    let own = format!("account-keys-{account}").parse().ok();
    Purge {
        kind: PurgeKind::Hard,
        keys: own
            .into_iter()
            .chain([SurrogateKey::account(account)])
            .collect(),
    }
}

impl Change for Right {
    /// The videos that use it and the lists these are in, or their whole account where those are
    /// more than one call names.
    fn purge(before: Option<&Self>, after: Option<&Self>, used_by: &[VideoId]) -> Option<Purge> {
        // No video can use a right that was not there, or is to go.
        let (before, after) = before.zip(after)?;
        if before.fields == after.fields || used_by.is_empty() {
            return None;
        }
        // The account's switch may be on or off.
        let is_same =
            |tokens| is_same_layer(before.fields.layer(tokens), after.fields.layer(tokens));
        let kind = match is_same(RightTokens::Asked) && is_same(RightTokens::NotAsked) {
            true => PurgeKind::Soft,
            false => PurgeKind::Hard,
        };
        let keys = keys_of_videos(&after.account, used_by);
        Some(Purge { kind, keys })
    }
}

impl Change for Video {
    /// Its answers by id and by every reference it had or has, and every list that follows from a
    /// search: any edit may change what is found, or its order.
    ///
    /// A new video's keys are those of the cached 404s that asked for it too early, and of the
    /// explicit playlists that named it too early.
    fn purge(before: Option<&Self>, after: Option<&Self>, _used_by: &[VideoId]) -> Option<Purge> {
        let kind = match (before, after) {
            (None, None) => return None,
            (Some(before), Some(after)) if before.fields == after.fields => return None,
            (Some(before), Some(after)) if is_same_access(before, after) => PurgeKind::Soft,
            _ => PurgeKind::Hard,
        };
        let mut keys = BTreeSet::new();
        for video in before.into_iter().chain(after) {
            keys.insert(SurrogateKey::video(&video.id));
            keys.insert(SurrogateKey::search(&video.account));
            let reference = video.fields.reference_id.as_ref();
            keys.extend(reference.map(|own| SurrogateKey::reference(&video.account, own)));
        }
        Some(Purge { kind, keys })
    }
}

impl Change for Playlist {
    /// Its answers by id and by every reference it had or has.
    fn purge(before: Option<&Self>, after: Option<&Self>, _used_by: &[VideoId]) -> Option<Purge> {
        let is_same_list = |before: &Self, after: &Self| {
            before.fields.reference_id == after.fields.reference_id
                && before.fields.has_members_of(&after.fields)
        };
        let kind = match (before, after) {
            (None, None) => return None,
            (Some(before), Some(after)) if before.fields == after.fields => return None,
            (Some(before), Some(after)) if is_same_list(before, after) => PurgeKind::Soft,
            _ => PurgeKind::Hard,
        };
        let mut keys = BTreeSet::new();
        for playlist in before.into_iter().chain(after) {
            keys.insert(SurrogateKey::playlist(&playlist.id));
            let reference = playlist.fields.reference_id.as_ref();
            keys.extend(
                reference.map(|own| SurrogateKey::playlist_reference(&playlist.account, own)),
            );
        }
        Some(Purge { kind, keys })
    }
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
    // A list carries its videos' keys, or the search's where those are too many for a header.
    let videos = videos.iter().map(SurrogateKey::video);
    videos.chain([SurrogateKey::search(account)]).collect()
}

#[cfg(test)]
mod tests;
