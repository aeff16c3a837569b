//! What a playback answer is made of, read at one moment.

use std::collections::BTreeMap;

use playback_policy::{AccountId, Page, PlaybackRequest, Resource, VideoId};

use super::{
    Store, StoreError, Stored, accounts,
    database::Connection,
    playlists,
    search::{Finding, related},
    videos,
};
use crate::model::{Account, IsoTime, Playlist, Right, RightId, Video};

/// What the catalog says about what an account's player asks for.
#[derive(Debug)]
pub(crate) struct PlaybackRecord {
    pub(crate) account: Account,
    pub(crate) found: Found,
    /// The rights that the found videos name.
    pub(crate) rights: BTreeMap<RightId, Right>,
}

/// What was found.
#[derive(Debug)]
pub(crate) enum Found {
    /// The account has no such video.
    NoVideo,
    /// The account has no such playlist.
    NoPlaylist,
    /// One video, which was asked for itself or a part of it.
    Video(Box<Video>),
    /// What a search finds.
    Search {
        /// How many there are on all pages.
        count: usize,
        /// The playable videos of the page.
        videos: Vec<Video>,
    },
    /// What is like a video.
    Related {
        to: Box<Video>,
        /// The playable videos of the page.
        videos: Vec<Video>,
    },
    /// A playlist.
    Playlist {
        playlist: Box<Playlist>,
        /// The playable videos of the page.
        videos: Vec<Video>,
    },
}

impl Store {
    /// What an account's player asks for, as it is at `now`; none where there is no such account.
    pub(crate) async fn playback(
        &self,
        request: &PlaybackRequest,
        now: IsoTime,
    ) -> Result<Option<PlaybackRecord>, StoreError> {
        // One transaction, so that everything is of the same moment.
        let mut transaction = self.database.begin_read().await?;
        let read = &mut transaction.connection();
        let Some(account) = accounts::select(read, &request.account).await? else {
            return Ok(None);
        };
        let found = find(read, &account.id, &request.resource, now).await?;
        let rights = rights_of(read, found.videos()).await?;
        transaction.commit().await?;
        Ok(Some(PlaybackRecord {
            account,
            found,
            rights,
        }))
    }
}

impl Found {
    /// The videos whose rules must be known.
    fn videos(&self) -> &[Video] {
        match self {
            Self::NoVideo | Self::NoPlaylist => &[],
            Self::Video(video) => std::slice::from_ref(&**video),
            Self::Search { videos, .. }
            | Self::Related { videos, .. }
            | Self::Playlist { videos, .. } => videos,
        }
    }
}

async fn find(
    read: &mut Connection<'_>,
    account: &AccountId,
    resource: &Resource,
    now: IsoTime,
) -> Result<Found, StoreError> {
    match resource {
        Resource::Video(asked) | Resource::Static(asked, _) => {
            let video = videos::select(read, account, asked).await?;
            Ok(video.map_or(Found::NoVideo, |video| Found::Video(Box::new(video))))
        }
        Resource::Search(search) => {
            let ids = Finding::of_search(search).run(read, account, now).await?;
            Ok(Found::Search {
                count: ids.len(),
                videos: page_of(read, account, &ids, search.page).await?,
            })
        }
        Resource::Related(asked, page) => {
            let Some(to) = videos::select(read, account, asked).await? else {
                return Ok(Found::NoVideo);
            };
            let ids = related(read, &to).await?;
            Ok(Found::Related {
                to: Box::new(to),
                videos: page_of(read, account, &ids, *page).await?,
            })
        }
        Resource::Playlist(asked, page) => {
            let Some(playlist) = playlists::select(read, account, asked).await? else {
                return Ok(Found::NoPlaylist);
            };
            let ids = match Finding::of_playlist(&playlist) {
                Some(finding) => finding.run(read, account, now).await?,
                None => videos::playable(read, account, &playlist.fields.video_ids).await?,
            };
            Ok(Found::Playlist {
                playlist: Box::new(playlist),
                videos: page_of(read, account, &ids, *page).await?,
            })
        }
    }
}

async fn page_of(
    read: &mut Connection<'_>,
    account: &AccountId,
    ids: &[VideoId],
    page: Page,
) -> Result<Vec<Video>, StoreError> {
    let number = |part: u32| usize::try_from(part).unwrap_or(usize::MAX);
    let ids = ids
        .iter()
        .skip(number(page.offset))
        .take(number(page.limit));
    videos::select_all(read, account, &ids.cloned().collect::<Vec<_>>()).await
}

/// The rights that videos name, each read once.
async fn rights_of(
    read: &mut Connection<'_>,
    videos: &[Video],
) -> Result<BTreeMap<RightId, Right>, StoreError> {
    let mut rights = BTreeMap::new();
    for video in videos {
        let Some(id) = &video.fields.playback_rights_id else {
            continue;
        };
        if !rights.contains_key(id)
            && let Some(right) = Right::select(read, &video.account, id).await?
        {
            rights.insert(id.clone(), right);
        }
    }
    Ok(rights)
}
