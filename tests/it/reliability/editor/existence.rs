use super::{
    super::{
        catalog::{rights_label, video},
        record::{Audience, Version},
    },
    Editor,
};
use crate::harness::reply::Reply;

// === impl Editor ===

impl Editor {
    /// Deletes one of this editor's videos: a version of its rights that lets in nobody.
    pub(super) async fn delete(&mut self, at: usize) {
        let number = self.next_rights(at);
        self.videos[at].rights = number;
        let is_gone = |shown: &Reply| shown.status == 404;
        if let Some(written) = self.write(at, "DELETE", None, is_gone).await {
            self.videos[at].is_deleted = true;
            self.videos[at].deletions.push(number);
            self.note_rights(at, Version::of(number, Audience::NOBODY, written));
        }
    }

    /// Makes it again, with the content that it had.
    pub(super) async fn make_again(&mut self, at: usize) {
        let number = self.next_rights(at);
        self.videos[at].rights = number;
        let audience = Audience::ALL[self.dice.usize(0..Audience::ALL.len())];
        let content = &self.videos[at].history.content;
        let body = video(number, content[content.len() - 1].number, audience);
        let label = rights_label(number);
        let is_there = |shown: &Reply| shown.status == 200 && shown.json()["description"] == label;
        if let Some(written) = self.write(at, "PUT", Some(&body), is_there).await {
            self.videos[at].is_deleted = false;
            self.note_rights(at, Version::of(number, audience, written));
        }
    }
}
