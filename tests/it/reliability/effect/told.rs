//! What the feed tells of edits of rights, and when it arrives.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::SystemTime,
};

use jiff::Timestamp;
use tokio::time::sleep;

use super::{
    super::{
        record::Moment,
        sse::{Event, Stream},
        system::System,
    },
    LOOK,
};
use crate::harness::http::RUNTIME;

/// For each video the commits of its edits of rights and when they were told, in order.
#[derive(Default)]
pub(super) struct Told {
    videos: Mutex<BTreeMap<usize, Vec<(Moment, Moment)>>>,
}

/// Reads the feed from its beginning, in the background.
pub(super) fn listen(system: &Arc<System>) -> Arc<Told> {
    let told = Arc::new(Told::default());
    let (system, listening) = (Arc::clone(system), Arc::clone(&told));
    RUNTIME.spawn(async move {
        // It ends with the origin.
        if let Ok(mut stream) = Stream::open(system.origin, 0).await {
            while let Ok(event) = stream.next().await {
                listening.add(&system, &event);
            }
        }
    });
    told
}

// === impl Told ===

impl Told {
    /// When this version was committed, and when the feed told of it. Waits for that.
    pub(super) async fn of(&self, video: usize, number: u32) -> (Moment, Moment) {
        let index = number as usize - 1;
        loop {
            let told = {
                let videos = self.videos.lock().expect("nobody panics");
                videos.get(&video).and_then(|told| told.get(index).copied())
            };
            match told {
                Some(told) => return told,
                None => sleep(LOOK).await,
            }
        }
    }

    fn add(&self, system: &System, event: &Event) {
        let arrived = system.clock.now();
        let data = &event.data;
        // Its making is a change of existence.
        if data["object"] != "video" || data["kind"] != "rights" {
            return;
        }
        let video = system.catalog.number(&data["id"]);
        let video = video.unwrap_or_else(|| panic!("no video of ours: {data}"));
        let at: Timestamp = data["at"]
            .as_str()
            .and_then(|at| at.parse().ok())
            .unwrap_or_else(|| panic!("no time: {data}"));
        let committed = system.clock.moment(SystemTime::from(at));
        let mut videos = self.videos.lock().expect("nobody panics");
        videos.entry(video).or_default().push((committed, arrived));
    }
}
