//! Two POPs to purge, and how to see whether they were.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use http_body_util::Full;
use hyper::Request;
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{
    geolocation::Geolocation,
    http,
    local::{PURGE_TOKEN, SERVICE_ID},
    pop::{Pop, PopPlan},
    reply::Reply,
    scripted_case::Case,
    scripted_origin::{Script, ScriptedOrigin, Then},
    world,
};

/// Two POPs before a scripted origin. One test at a time: some of them empty the whole cache.
pub(super) struct Purged {
    pub(super) pop: Pop,
    pub(super) origin: ScriptedOrigin,
    _folder: TempDir,
}

pub(super) fn purged() -> (&'static Purged, MutexGuard<'static, ()>) {
    static PURGED: OnceLock<Purged> = OnceLock::new();
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    // A test that failed has left the POPs as good as they were.
    let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let purged = PURGED.get_or_init(|| {
        let origin = ScriptedOrigin::start();
        let folder = world::folder();
        let plan = PopPlan {
            names: &["fra", "nrt"],
            origins: &[origin.address],
            fill_deadline_ms: 1_000,
            stale_s: world::A_DAY,
            geolocation: Geolocation::Scenarios,
            overlay: "edge",
            settings: &[],
        };
        Purged {
            pop: Pop::start(folder.path(), &plan),
            origin,
            _folder: folder,
        }
    });
    (purged, turn)
}

impl Purged {
    /// A video that both POPs have in their caches.
    pub(super) fn cached(&self) -> Case {
        let case = Case::fresh();
        self.origin.script(&case.account, case.good());
        self.ask_everywhere(&case);
        self.ask_everywhere(&case);
        assert_eq!(self.fills(&case), 2, "each POP has filled its cache");
        case
    }

    fn ask_everywhere(&self, case: &Case) {
        for edge in &self.pop.edges {
            case.ask(*edge).send().assert_video(&case.video);
        }
    }

    fn fills(&self, case: &Case) -> usize {
        self.origin.asked(&case.account).len()
    }

    /// Whether both POPs had to ask the origin again.
    #[track_caller]
    pub(super) fn assert_purged(&self, case: &Case) {
        let before = self.fills(case);
        self.ask_everywhere(case);
        assert_eq!(
            self.fills(case),
            before + 2,
            "not every POP has dropped the video"
        );
    }

    /// Whether a copy was left in both POPs that stands in for a failing origin.
    #[track_caller]
    pub(super) fn assert_softly_purged(&self, case: &Case) {
        let failing = Script {
            bytes: b"HTTP/1.1 503 Busy\r\n\r\n".to_vec(),
            then: Then::Close,
        };
        self.origin.script(&case.account, failing);
        for edge in &self.pop.edges {
            let reply = case.ask(*edge).send();
            assert_eq!(
                reply.assert_video(&case.video).header("x-cache"),
                Some("STALE"),
                "{reply}"
            );
        }
        self.origin.script(&case.account, case.good());
    }

    #[track_caller]
    pub(super) fn assert_kept(&self, case: &Case) {
        let before = self.fills(case);
        self.ask_everywhere(case);
        assert_eq!(self.fills(case), before, "a POP has dropped the video");
    }

    /// A call with the right token.
    #[track_caller]
    pub(super) fn call(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
        let token = [("fastly-key", PURGE_TOKEN)];
        self.call_as(&[&token, headers].concat(), "POST", path, body)
    }

    #[track_caller]
    pub(super) fn call_as(
        &self,
        headers: &[(&str, &str)],
        method: &str,
        path: &str,
        body: &Value,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() {
            Full::default()
        } else {
            Full::from(body.to_string())
        };
        let request = request.body(body).expect("tests write valid requests");
        http::send_now(self.pop.purge_api, request)
    }
}

/// A path of the service whose POPs they are.
pub(super) fn path(rest: &str) -> String {
    format!("/service/{SERVICE_ID}/{rest}")
}

/// The surrogate key of the case's video.
pub(super) fn label(case: &Case) -> String {
    format!("video-id-{}", case.video)
}
