//! Validators of what each viewer gets another form of: lists without some items, signed URLs.

use crate::harness::{
    demo::{self, DemoViewer},
    edge::Ask,
    reply::Reply,
};

const KITTIWAKE: &str = "5820417306001";
const LEAGUE: &str = "4409318250001";
/// Sold in other places video by video.
const ONE_EVENING: &str = "/playlists/4208644759017";
/// Refused whole outside Great Britain and Ireland.
const ISLES_ONLY: &str = "/playlists/5089517987476";
/// Its media are signed, for everybody alike.
const TEST_CARD: &str = "/videos/4717200654403";
const TEST_CARD_FOR_THE_ISLES: &str = "/videos/6129583268900";
/// Its media are signed for the viewer's network.
const BIG_SCREEN_TEST: &str = "/videos/6663783050613";

/// Asks for something of an account as one of the viewers, with the account's plain key.
fn ask(account: &str, below: &str, viewer: &DemoViewer) -> Ask {
    let account = demo::account(account);
    let ask = demo::world().edge().get(&account.path(below));
    viewer.asks(ask.key(&account.key("web-player").text), None)
}

fn ask_again(account: &str, below: &str, viewer: &DemoViewer, tags: &str) -> Reply {
    ask(account, below, viewer)
        .header("if-none-match", tags)
        .send()
}

#[track_caller]
fn etag(reply: &Reply) -> String {
    let etag = reply.assert_status(200).header("etag");
    etag.unwrap_or_else(|| panic!("no validator: {reply}"))
        .to_owned()
}

/// Both get the same bytes under the same tag, and each may use the other's.
#[track_caller]
fn assert_shared(account: &str, below: &str, one: &DemoViewer, other: &DemoViewer) {
    let (first, second) = (
        ask(account, below, one).send(),
        ask(account, below, other).send(),
    );
    assert_eq!(
        etag(&first),
        etag(&second),
        "{} and {}",
        one.name,
        other.name
    );
    assert_eq!(first.body, second.body);
    for viewer in [one, other] {
        let again = ask_again(account, below, viewer, &etag(&first));
        again.assert_status(304).assert_fit_for_viewers();
        assert!(again.body.is_empty(), "{again}");
        assert_eq!(again.header("etag"), first.header("etag"));
    }
}

/// Each gets other bytes under another tag, and neither may use the other's.
#[track_caller]
fn assert_apart(account: &str, below: &str, one: &DemoViewer, other: &DemoViewer) {
    let (first, second) = (
        ask(account, below, one).send(),
        ask(account, below, other).send(),
    );
    assert_ne!(
        etag(&first),
        etag(&second),
        "{} and {}",
        one.name,
        other.name
    );
    for (viewer, own, foreign) in [(one, &first, &second), (other, &second, &first)] {
        let again = ask_again(account, below, viewer, &etag(foreign));
        assert_eq!(etag(&again), etag(own), "{}", viewer.name);
        assert_eq!(again.body.is_empty(), own.body.is_empty());
        ask_again(account, below, viewer, &etag(own)).assert_status(304);
    }
}

#[test]
fn viewers_of_the_same_items_share_a_validator_and_others_do_not() {
    let [dublin, paris, lyon, new_york] =
        ["dublin-home", "paris-home", "lyon-home", "new-york-home"].map(demo::viewer);
    let tag_of = |viewer| etag(&ask(KITTIWAKE, ONE_EVENING, viewer).send());
    assert_eq!(tag_of(paris), tag_of(paris), "the same viewer");
    assert_eq!(tag_of(paris), tag_of(lyon), "the same items");
    for viewer in [dublin, paris, lyon, new_york] {
        let again = ask_again(KITTIWAKE, ONE_EVENING, viewer, &tag_of(viewer));
        again.assert_status(304);
        assert!(again.body.is_empty(), "{again}");
    }
    assert_apart(KITTIWAKE, ONE_EVENING, dublin, paris);
    assert_apart(KITTIWAKE, ONE_EVENING, paris, new_york);
}

#[test]
fn a_list_that_is_whole_to_everybody_has_one_validator() {
    let [lisbon, tokyo] = ["lisbon-home", "tokyo-home"].map(demo::viewer);
    assert_shared(KITTIWAKE, "/playlists/6297866097733", lisbon, tokyo);
}

#[test]
fn urls_signed_for_everybody_share_a_validator() {
    let [lisbon, tokyo] = ["lisbon-home", "tokyo-home"].map(demo::viewer);
    assert_shared(KITTIWAKE, TEST_CARD, lisbon, tokyo);
}

#[test]
fn urls_signed_for_a_network_have_a_validator_for_each_network() {
    let [lisbon, dublin, tokyo, porto] =
        ["lisbon-home", "dublin-home", "tokyo-home", "porto-home"].map(demo::viewer);
    // Lisbon and Dublin are in one /24 of the demo, the others in other networks.
    assert_shared(LEAGUE, BIG_SCREEN_TEST, lisbon, dublin);
    assert_apart(LEAGUE, BIG_SCREEN_TEST, lisbon, tokyo);
    assert_apart(LEAGUE, BIG_SCREEN_TEST, lisbon, porto);
}

#[test]
fn a_refused_viewer_is_told_so_whatever_validator_they_send() {
    let [dublin, paris] = ["dublin-home", "paris-home"].map(demo::viewer);
    for below in [ISLES_ONLY, TEST_CARD_FOR_THE_ISLES] {
        let tag = etag(&ask(KITTIWAKE, below, dublin).send());
        for tags in [tag.as_str(), tag.trim_start_matches("W/"), "*"] {
            ask_again(KITTIWAKE, below, dublin, tags).assert_status(304);
            let refused = ask_again(KITTIWAKE, below, paris, tags);
            refused.assert_error(403, "ACCESS_DENIED", Some("CLIENT_GEO"));
            assert_eq!(refused.header("etag"), None, "{refused}");
        }
    }
}

#[test]
fn head_has_the_validator_of_get() {
    let account = demo::account(KITTIWAKE);
    let paris = demo::viewer("paris-home");
    for below in [ONE_EVENING, TEST_CARD] {
        let tag = etag(&ask(KITTIWAKE, below, paris).send());
        let head = demo::world().edge().ask("HEAD", &account.path(below));
        let head = paris.asks(head.key(&account.key("web-player").text), None);
        let reply = head.clone().send();
        assert_eq!(etag(&reply), tag, "{reply}");
        assert!(reply.body.is_empty(), "{reply}");
        head.header("if-none-match", &tag).send().assert_status(304);
    }
}
