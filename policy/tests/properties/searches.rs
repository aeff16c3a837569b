//! Searches are written in one way, which reads back as itself.

use playback_policy::Query;
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::dice::Dice;

fn word() -> impl Strategy<Value = String> {
    let words = [
        "cat", "Dog", "THE", "of", "ab", "x", "İ", "ΟΔΟΣ", "straße", "東京", "२", "ǅ", "ﬃ", "é",
        "e\u{301}", "🦆", "2nd", "name", "now", "..", "a:b", "#1", "C++", "%2B", "&", "?", "\\",
        "\u{a0}", "\u{200f}", "-", "+", "_",
    ];
    prop_oneof![
        4 => select(words.to_vec()).prop_map(str::to_owned),
        1 => "[^\\pC\\s\",]{1,8}",
    ]
}

fn alternatives() -> impl Strategy<Value = String> {
    let quoted = vec(word(), 1..4).prop_map(|words| format!("\"{}\"", words.join(" ")));
    vec(prop_oneof![word(), quoted], 1..4).prop_map(|all| all.join(","))
}

fn date() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("NOW".to_owned()),
        (0..10_000_u32, 1..13_u32, 1..29_u32)
            .prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}")),
        (0..24_u32, 0..60_u32, option::of(0..1000_u32)).prop_map(|(hour, minute, millis)| {
            let fraction = millis.map_or(String::new(), |millis| format!(".{millis:03}"));
            format!("2026-02-28T{hour:02}:{minute:02}:59{fraction}Z")
        }),
        (
            select(vec!["+", "-"]),
            prop_oneof![0..5_u64, any::<u32>().prop_map(u64::from), any::<u64>()],
            select(vec!["s", "minutes", "Hours", "day"]),
        )
            .prop_map(|(sign, number, unit)| format!("{sign}{number}{unit}")),
    ]
}

fn clause() -> impl Strategy<Value = String> {
    let fields = [
        "",
        "text:",
        "name:",
        "tags:",
        "Season:",
        "custom_fields:",
        "reference_id:",
        "x.y_z:",
    ];
    let text =
        (select(fields.to_vec()), alternatives()).prop_map(|(field, of)| field.to_owned() + &of);
    let moments = ["created_at:", "schedule.starts_at:", "schedule_ends_at:"];
    let range = prop_oneof![
        date(),
        date().prop_map(|from| format!("{from}..")),
        date().prop_map(|until| format!("..{until}")),
        (date(), date()).prop_map(|(from, until)| format!("{from}..{until}")),
    ];
    let date =
        (select(moments.to_vec()), range).prop_map(|(field, range)| field.to_owned() + &range);
    let exact = select(vec![
        "id:1",
        "id:a-B,2",
        "id:\"1\",1",
        "state:active",
        "state:DELETED,pending",
        "complete:true",
        "complete:\"FALSE\"",
        "id:",
        "state:x",
        "complete:1",
    ]);
    let value = prop_oneof![4 => text, 2 => date, 1 => exact.prop_map(str::to_owned)];
    (select(vec!["", "", "+", "-"]), value).prop_map(|(sign, value)| sign.to_owned() + &value)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn a_search_reads_back_as_it_is_written(clauses in vec(clause(), 0..8)) {
        let text = clauses.join(" ");
        if let Ok(query) = text.parse::<Query>() {
            let written = query.to_string();
            let again = written.parse::<Query>();
            prop_assert_eq!(again.as_ref(), Ok(&query), "{} as {}", text, written);
            prop_assert_eq!(again.unwrap().to_string(), written);
        }
    }

    #[test]
    fn the_order_of_clauses_does_not_matter(clauses in vec(clause(), 0..6), seed in any::<u64>()) {
        let mut shuffled = clauses.clone();
        Dice(seed).shuffle(&mut shuffled);
        let [one, other] = [clauses, shuffled].map(|clauses| clauses.join(" ").parse::<Query>());
        // Which of several mistakes is told follows from the order.
        prop_assert_eq!(one.ok(), other.ok());
    }
}
