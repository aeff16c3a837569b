use super::{
    super::record::{History, Moment, Version},
    Editor, Own,
};
use crate::harness::{origin::cms_request, reply::Reply};

/// Times in the database are cut to the millisecond, and clocks are read one after the other.
const BLUR: Moment = Moment::from_millis(2);

// === impl Editor ===

impl Editor {
    /// The database is as of this moment again: what was edited later never was. Answers what is
    /// not as it was then.
    pub(in super::super) async fn go_back(&mut self, to: Moment) -> Vec<String> {
        let mut wrong = Vec::new();
        for at in 0..self.videos.len() {
            let record = self.system.catalog.record(self.videos[at].video);
            let shown = self.connection.send(cms_request("GET", &record, None));
            let shown = shown.await.expect("the origin is back");
            if let Err(told) = self.videos[at].go_back(to, &shown) {
                wrong.push(format!("{record}: {told}"));
            }
        }
        wrong
    }

    /// What the videos have been so far.
    pub(in super::super) fn histories(&self) -> impl Iterator<Item = (usize, History)> {
        self.videos
            .iter()
            .map(|own| (own.video, own.history.clone()))
    }
}

// === impl Own ===

impl Own {
    /// Begins a history with what is shown, which must be what it was then. What was being edited at
    /// that moment may be either.
    fn go_back(&mut self, to: Moment, shown: &Reply) -> Result<(), String> {
        let History { rights, content } = &self.history;
        let number = |member: &str, prefix: &str| {
            let label = &shown.json()[member];
            let number = label.as_str().and_then(|label| label.strip_prefix(prefix));
            number.and_then(|number| number.parse::<u32>().ok())
        };
        let own_rights = |version: &Version<_>| match shown.status {
            404 => self.deletions.contains(&version.number),
            _ => Some(version.number) == number("description", "rights "),
        };
        let rights = then(rights, to, own_rights).ok_or_else(|| shown.to_string())?;
        let own_content = |version: &Version<_>| match shown.status {
            404 => version.started <= rights.committed_by,
            _ => Some(version.number) == number("name", "content "),
        };
        let content = then(content, to, own_content).ok_or_else(|| shown.to_string())?;
        self.is_deleted = shown.status == 404;
        self.history = History {
            rights: vec![Version::of(rights.number, rights.says, Default::default())],
            content: vec![Version::of(content.number, (), Default::default())],
        };
        Ok(())
    }
}

/// The newest of the versions that may have been the last one at a moment, and is it.
fn then<T: Copy>(
    versions: &[Version<T>],
    moment: Moment,
    is_it: impl Fn(&Version<T>) -> bool,
) -> Option<Version<T>> {
    let surely = versions.partition_point(|version| version.committed_by + BLUR < moment);
    let perhaps = versions.partition_point(|version| version.started <= moment + BLUR);
    let candidates = &versions[surely.saturating_sub(1)..perhaps];
    candidates
        .iter()
        .rev()
        .find(|version| is_it(version))
        .copied()
}

#[test]
fn what_was_then_is_told_from_what_was_before_and_after() {
    let version = |number: u32, from: u64, to: u64| {
        Version::of(
            number,
            (),
            (Moment::from_millis(from), Moment::from_millis(to)),
        )
    };
    let versions = [version(0, 0, 0), version(1, 100, 120), version(3, 200, 220)];
    for (moment, number, is_found) in [
        (60, 0, true),
        (60, 1, false),
        (110, 0, true),
        (110, 1, true),
        (110, 3, false),
        (160, 0, false),
        (160, 1, true),
        (160, 3, false),
        (300, 1, false),
        (300, 3, true),
    ] {
        let found = then(&versions, Moment::from_millis(moment), |own| {
            own.number == number
        });
        assert_eq!(found.is_some(), is_found, "version {number} at {moment} ms");
    }
}
