//! Lists as header texts: what is printed is read back, up to the longest that is accepted.

use http::{HeaderMap, HeaderValue, StatusCode};
use playback_policy::{
    Answer, EntryHead, InvalidAnswer, LayerKind, Limits, Member, Network, Overlay, PlaybackRequest,
    Route, Rules, compile,
};

use crate::{
    cidr::Cidr,
    dice::Dice,
    layers::decided,
    random::cidrs,
    table::{Table, network},
};

fn denying(networks: &[Network]) -> Rules {
    Rules {
        ip_deny: networks.to_vec(),
        ..Rules::default()
    }
}

#[track_caller]
fn round_trip(rules: &Rules) {
    let text = rules.to_string();
    let parsed: Rules = text.parse().unwrap();
    assert!(parsed == *rules, "reads back as other rules: {text:.200}");
    let layer = |rules| compile(&[(LayerKind::Right, rules)]);
    assert!(
        layer(&parsed) == layer(rules),
        "compiles to others: {text:.200}"
    );
}

#[test]
fn nested_networks_read_back_as_they_are_printed() {
    let table = Table::read();
    let texts: Vec<_> = table.networks.iter().map(|row| &row.cidr).collect();
    let networks: Vec<_> = texts.iter().map(|text| network(text)).collect();
    for at in 0..=networks.len() {
        let (deny, allow) = networks.split_at(at);
        round_trip(&Rules {
            ip_allow: allow.to_vec(),
            ..denying(deny)
        });
    }
    let quoted: Vec<_> = texts.iter().map(|text| format!("\"{text}\"")).collect();
    let text = format!("ip-deny=({})", quoted.join(" "));
    assert_eq!(denying(&networks).to_string(), text);
    assert_eq!(text.parse(), Ok(denying(&networks)));
}

#[test]
fn every_spelling_prints_in_the_one_way() {
    for spelling in Table::read().spellings {
        let want = format!("ip-allow=(\"{}\")", spelling.cidr);
        for text in spelling.also {
            let rules: Rules = format!("ip-allow=(\"{text}\")").parse().unwrap();
            assert_eq!(rules.to_string(), want, "{text}");
        }
    }
}

#[test]
fn long_lists_read_back_as_they_are_printed() {
    for count in [10_000, 100_000] {
        let cidrs = cidrs(count, &mut Dice(5));
        let networks: Vec<_> = cidrs.iter().map(|cidr| cidr.to_network()).collect();
        let (deny, allow) = networks.split_at(count / 3);
        round_trip(&Rules {
            ip_allow: allow.to_vec(),
            ..denying(deny)
        });
    }
}

fn request() -> PlaybackRequest {
    match Route::parse("/playback/v1/accounts/7/videos/9", None) {
        Ok(Route::Playback(request)) => request,
        other => panic!("{other:?}"),
    }
}

fn answer(account: &Rules) -> Result<Answer, InvalidAnswer> {
    let text = account.to_string();
    let headers: HeaderMap = [
        ("surrogate-key", "x"),
        ("playback-account-rules", &text),
        ("playback-video-rules", "geo-default=allow"),
    ]
    .into_iter()
    .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap()))
    .collect();
    let body = br#"{"id":"9","account_id":"7"}"#.to_vec();
    Answer::check(
        &request(),
        Overlay::Edge,
        StatusCode::OK,
        &headers,
        body,
        Limits::EDGE,
    )
}

/// As many of the networks as one header can hold.
fn fitting(cidrs: &[Cidr]) -> usize {
    // Each in quotation marks, and a space between two.
    let mut len = "ip-deny=()".len();
    let mut count = 0;
    for cidr in cidrs {
        len += cidr.to_network().to_string().len() + 2 + usize::from(count > 0);
        if len > Limits::EDGE.rules {
            break;
        }
        count += 1;
    }
    count
}

#[test]
fn the_longest_list_that_is_accepted_decides_as_it_is_written() {
    let cidrs = cidrs(20_000, &mut Dice(6));
    let networks: Vec<_> = cidrs.iter().map(|cidr| cidr.to_network()).collect();
    let count = fitting(&cidrs);
    let too_many = answer(&denying(&networks[..=count])).err();
    assert_eq!(too_many, Some(InvalidAnswer::TooLarge("rules header")));

    let answer = answer(&denying(&networks[..count])).unwrap();
    let (metadata, front) = (answer.entry.metadata(), answer.entry.front());
    let plan = EntryHead::read(&metadata).unwrap().plan(&front).unwrap();
    let mut admitted = 0;
    for (at, cidr) in cidrs.iter().enumerate() {
        let address = cidr.last();
        let is_named = cidrs[..count].iter().any(|cidr| cidr.contains(address));
        let want = is_named.then_some((LayerKind::Account, Member::IpDeny));
        assert_eq!(decided(&plan.rules, address), want, "{address}");
        assert!(is_named || at >= count, "{cidr} is one of the list");
        admitted += usize::from(!is_named);
    }
    assert!(admitted > 1_000, "only {admitted} are admitted");
}
