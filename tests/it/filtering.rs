//! Lists for many viewers: what the edge leaves out of the demo's lists is what a naive filter
//! leaves out, and the origin is asked once for each list, whoever asks.

mod naive;
mod validators;

use crate::harness::{
    demo::{self, DemoAccount, DemoKey, DemoViewer},
    edge::send_all,
    oracle, scenario,
};
use naive::{OriginList, Wanted};

/// The pages viewers ask from: each in turn.
const SITES: [Option<&str>; 3] = [
    None,
    Some("https://www.kittiwake-tv.example"),
    Some("https://intranet.brackenfield.example"),
];

const VIEWERS: usize = 60;

/// As far apart as 60 of them can be in the list, which is ordered.
fn viewers() -> impl Iterator<Item = &'static DemoViewer> {
    let all = demo::viewers();
    (0..VIEWERS).map(|at| &all[at * all.len() / VIEWERS])
}

/// Who asks, with which key, from which page.
struct Asking<'a> {
    viewer: &'static DemoViewer,
    key: &'a DemoKey,
    site: Option<&'static str>,
}

/// Every viewer once, keys and pages in turn.
fn askings(keys: &[DemoKey]) -> Vec<Asking<'_>> {
    let turn = |(at, viewer): (usize, &'static DemoViewer)| Asking {
        viewer,
        key: &keys[at % keys.len()],
        site: SITES[at / keys.len() % SITES.len()],
    };
    viewers().enumerate().map(turn).collect()
}

/// What came of one list.
#[derive(Default)]
struct Tally {
    asked: usize,
    whole: usize,
    cut: usize,
    empty: usize,
    refused: usize,
    complaints: Vec<String>,
}

impl Tally {
    /// Asks for a list as every viewer, and compares each answer with the naive filter's.
    fn compare(&mut self, target: &str, keys: &[DemoKey]) {
        let world = demo::world();
        let media = format!("http://{}/", world.origin().address);
        let list = OriginList::read(&world.origin().playback(target));
        let askings = askings(keys);
        let asks = askings.iter().map(|asking| {
            let ask = world.edge().get(target).key(&asking.key.text);
            asking.viewer.asks(ask, asking.site)
        });
        let replies = send_all(asks.collect());
        for (asking, reply) in askings.iter().zip(&replies) {
            let DemoViewer {
                name,
                address,
                place,
            } = asking.viewer;
            let viewer = oracle::viewer(*address, place, asking.site);
            let wanted = list.wanted(&asking.key.key, &viewer);
            self.count(&wanted, &list);
            let complaint = match Wanted::read(reply, &media) {
                Ok(found) if found == wanted => continue,
                Ok(found) => difference(&wanted, &found),
                Err(complaint) => complaint,
            };
            let site = asking.site.unwrap_or("no page");
            self.complaints
                .push(format!("{target} for {name} on {site}: {complaint}"));
        }
        let fills = world.fills.passed(&format!("GET {target} "));
        if fills != 1 {
            self.complaints
                .push(format!("{target}: the origin was asked {fills} times"));
        }
    }

    fn count(&mut self, wanted: &Wanted, of: &OriginList) {
        self.asked += 1;
        match wanted {
            Wanted::Refused(_) => self.refused += 1,
            Wanted::List(list) if list.videos.is_empty() => self.empty += 1,
            Wanted::List(list) if list.videos.len() < of.len() => self.cut += 1,
            Wanted::List(_) => self.whole += 1,
        }
    }

    /// Everything was as the naive filter has it, and every outcome came about.
    #[track_caller]
    fn assert_alike(&self) {
        scenario::assert_all_hold(self.asked, &self.complaints);
        let Self { cut, refused, .. } = self;
        assert!(
            *cut > 0 && *refused > 0,
            "{cut} cut and {refused} refused lists show too little"
        );
    }
}

/// Two answers in one line: what differs, not all there is.
fn difference(wanted: &Wanted, found: &Wanted) -> String {
    let (Wanted::List(wanted), Wanted::List(found)) = (wanted, found) else {
        let short = |text: String| text.chars().take(300).collect::<String>();
        return format!(
            "wanted {}, found {}",
            short(format!("{wanted:?}")),
            short(format!("{found:?}"))
        );
    };
    let ids = |list: &naive::List| -> Vec<String> {
        let ids = list.videos.iter().map(|video| video["id"].to_string());
        ids.collect()
    };
    if ids(wanted) != ids(found) {
        return format!(
            "wanted the videos {:?}, found {:?}",
            ids(wanted),
            ids(found)
        );
    }
    let differs = |(wanted, found): &(_, _)| wanted != found;
    match wanted.videos.iter().zip(&found.videos).find(differs) {
        Some((wanted, found)) => format!("wanted the video {wanted}, found {found}"),
        None if wanted.errors != found.errors => {
            format!("wanted {:?}, found {:?}", wanted.errors, found.errors)
        }
        None => format!("wanted {:?}, found {:?}", wanted.members, found.members),
    }
}

fn lists(account: &DemoAccount) -> impl Iterator<Item = String> {
    let ids = account
        .playlists
        .iter()
        .filter_map(|list| list["id"].as_str());
    ids.map(|id| account.path(&format!("/playlists/{id}?limit=100")))
}

#[test]
fn every_playlist_is_to_each_viewer_what_a_naive_filter_leaves_of_it() {
    let mut tally = Tally::default();
    for account in demo::accounts() {
        let keys = account.keys(false);
        for target in lists(account) {
            tally.compare(&target, &keys);
        }
    }
    let Tally { whole, empty, .. } = tally;
    assert!(whole > 0 && empty > 0, "{whole} whole, {empty} empty");
    tally.assert_alike();
}

#[test]
fn every_search_is_to_each_viewer_what_a_naive_filter_leaves_of_it() {
    let mut tally = Tally::default();
    for account in demo::accounts() {
        let keys = account.keys(true);
        let like = account.videos[0]["id"].as_str().expect("an id");
        for below in [
            "/videos?limit=100".to_owned(),
            format!("/videos/{like}/related?limit=50"),
        ] {
            tally.compare(&account.path(&below), &keys);
        }
    }
    tally.assert_alike();
}

#[test]
fn a_page_is_cut_before_it_is_filtered_and_never_filled_up() {
    // Its videos are sold in other places each, so that every page is short for many.
    let account = demo::account("5820417306001");
    let mut tally = Tally::default();
    for page in [
        "?limit=4",
        "?limit=4&offset=4",
        "?limit=7&offset=11",
        "?offset=1000",
    ] {
        let target = account.path(&format!("/playlists/4208644759017{page}"));
        tally.compare(&target, &account.keys(false));
    }
    assert!(tally.empty > 0, "the page behind the last is empty");
    tally.assert_alike();
}
