//! The layers of rules of an account and of a video.

use std::collections::BTreeMap;

use playback_policy::{LayerKind, Rules};

use super::AssembleError;
use crate::model::{Account, InvalidField, Right, RightId, Video};

/// The account's own.
pub(super) fn account_layer(account: &Account) -> Result<(LayerKind, Rules), AssembleError> {
    named(LayerKind::Account, account.fields.layer())
}

/// The video's own, and that of the right it names.
pub(super) fn video_layers(
    video: &Video,
    rights: &BTreeMap<RightId, Right>,
) -> Result<Vec<(LayerKind, Rules)>, AssembleError> {
    let mut layers = vec![named(LayerKind::Video, video.fields.layer())?];
    if let Some(id) = &video.fields.playback_rights_id {
        let right = rights.get(id).ok_or(AssembleError::RightMissing)?;
        layers.push(named(LayerKind::Right, right.fields.layer())?);
    }
    Ok(layers)
}

fn named(
    layer: LayerKind,
    rules: Result<Rules, InvalidField>,
) -> Result<(LayerKind, Rules), AssembleError> {
    match rules {
        Ok(rules) => Ok((layer, rules)),
        Err(source) => Err(AssembleError::Layer { layer, source }),
    }
}
