//! What a playback answer is made of, read at one moment.

use playback_policy::{AccountId, VideoSelector};

use super::{Store, StoreError, accounts, rights, videos};
use crate::model::{Account, Right, Video};

/// What the catalog says about one asked-for video.
#[derive(Debug)]
pub(crate) enum PlaybackRecord {
    /// There is no such account.
    NoAccount,
    /// The account has no such video.
    NoVideo,
    /// The video with its account and the right it names.
    Video {
        account: Box<Account>,
        video: Box<Video>,
        right: Option<Box<Right>>,
    },
}

impl Store {
    /// The video an account's player asks for.
    pub(crate) async fn playback(
        &self,
        account: &AccountId,
        asked: &VideoSelector,
    ) -> Result<PlaybackRecord, StoreError> {
        // One transaction, so that all three are of the same moment.
        let mut read = self.readers.begin().await?;
        let Some(account) = accounts::select(&mut read, account).await? else {
            return Ok(PlaybackRecord::NoAccount);
        };
        let video = match asked {
            VideoSelector::Id(id) => videos::select(&mut read, &account.id, id).await?,
            VideoSelector::Reference(reference) => {
                videos::select_by_reference(&mut read, &account.id, reference).await?
            }
        };
        let Some(video) = video else {
            return Ok(PlaybackRecord::NoVideo);
        };
        let right = match &video.fields.playback_rights_id {
            Some(id) => rights::select(&mut read, &account.id, id)
                .await?
                .map(Box::new),
            None => None,
        };
        read.commit().await?;
        Ok(PlaybackRecord::Video {
            account: Box::new(account),
            video: Box::new(video),
            right,
        })
    }
}
