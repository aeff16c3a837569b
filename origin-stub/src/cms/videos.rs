//! Edits of videos.

use std::str::FromStr;

use playback_policy::{AccountId, VideoId};
use serde_json::{Value, json};

use super::{Cms, EditError, Edited};
use crate::{
    change,
    model::{Fields, IsoTime, Video, VideoFields, merge_patch},
    store::{StoreError, Write},
};

impl Cms {
    /// Creates a video, under `id` or under a new one.
    pub(crate) async fn create_video(
        &self,
        account: AccountId,
        id: Option<VideoId>,
        document: &Value,
    ) -> Result<Edited<Video>, EditError> {
        let _under_way = self.edits.read().await;
        let fields = VideoFields::from_json(merge_patch(json!({}), document))?;
        let now = IsoTime::now();
        let mut write = self.store.write().await?;
        if write.account(&account).await?.is_none() {
            return Err(EditError::NoAccount(account));
        }
        let id = match id {
            Some(id) => id,
            None => unused_id(&mut write, now).await?,
        };
        let video = Video::new(account, id, fields, now);
        write.add_video(&video).await?;
        write.commit().await?;
        // The edge may remember that there was no such video.
        let purged = self.purge(change::of_video(None, Some(&video))).await;
        Ok(Edited {
            record: video,
            is_new: true,
            purged,
        })
    }

    /// Changes what `patch` names of a video.
    pub(crate) async fn patch_video(
        &self,
        account: AccountId,
        id: VideoId,
        patch: &Value,
    ) -> Result<Edited<Video>, EditError> {
        let _under_way = self.edits.read().await;
        let mut write = self.store.write().await?;
        let before = write
            .video(&account, &id)
            .await?
            .ok_or(EditError::NoVideo(id))?;
        let fields = before.fields.patched(patch)?;
        let after = match fields == before.fields {
            true => before.clone(),
            false => before.edited(fields, IsoTime::now()),
        };
        write.replace_video(&after).await?;
        write.commit().await?;
        let purged = self
            .purge(change::of_video(Some(&before), Some(&after)))
            .await;
        Ok(Edited {
            record: after,
            is_new: false,
            purged,
        })
    }

    /// Deletes a video.
    pub(crate) async fn delete_video(
        &self,
        account: AccountId,
        id: VideoId,
    ) -> Result<Edited<Video>, EditError> {
        let _under_way = self.edits.read().await;
        let mut write = self.store.write().await?;
        let before = write
            .video(&account, &id)
            .await?
            .ok_or(EditError::NoVideo(id))?;
        write.delete_video(&before).await?;
        write.commit().await?;
        let purged = self.purge(change::of_video(Some(&before), None)).await;
        Ok(Edited {
            record: before,
            is_new: false,
            purged,
        })
    }
}

/// Ids as real ones are, 13 decimal digits, and ascending: the milliseconds since 1970.
async fn unused_id(write: &mut Write, now: IsoTime) -> Result<VideoId, StoreError> {
    let mut number = now.milliseconds();
    loop {
        let id =
            VideoId::from_str(&number.to_string()).map_err(|reason| StoreError::Unreadable {
                what: "new video id",
                id: number.to_string(),
                reason: reason.to_string(),
            })?;
        if !write.video_exists(&id).await? {
            return Ok(id);
        }
        number += 1;
    }
}
