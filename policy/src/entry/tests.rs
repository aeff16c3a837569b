use super::*;
use crate::{LayerKind, Needs, Rules, compile};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn entry(rules: &str) -> Entry {
    let rules: Rules = rules.parse().unwrap();
    Entry {
        kind: EntryKind::Video,
        etag: "\"abc\"".to_owned(),
        rules: compile(&[(LayerKind::Video, &rules)]),
        body: b"{}".to_vec(),
    }
}

fn large() -> Entry {
    let networks: Vec<_> = (0..2000)
        .map(|at| format!("\"10.{}.{}.1\"", at / 200, at % 200))
        .collect();
    entry(&format!(
        "ip-deny=({}), domain-missing=deny",
        networks.join(" ")
    ))
}

#[test]
fn an_entry_is_read_as_it_was_written() {
    for (entry, in_front) in [(entry("domain-missing=deny"), false), (large(), true)] {
        let metadata = entry.metadata();
        let head = EntryHead::read(&metadata).unwrap();
        assert_eq!((head.kind, head.etag), (EntryKind::Video, "\"abc\""));
        assert_eq!(head.front_len > 0, in_front);
        assert!(
            metadata.len() <= MAX_RULES_IN_METADATA + 16,
            "{}",
            metadata.len()
        );
        let rules = head.rules(entry.front()).unwrap();
        assert_eq!(
            rules.needs(),
            Needs {
                geolocation: false,
                site: true
            }
        );
    }
}

#[test]
fn an_entry_cut_short_is_never_read_as_one_with_fewer_rules() {
    for entry in [entry(r#"geo-allow=("DE")"#), large()] {
        let metadata = entry.metadata();
        let is_read = |metadata: &[u8], front: &[u8]| {
            EntryHead::read(metadata)
                .and_then(|head| head.rules(front).map(drop))
                .is_ok()
        };
        assert!(is_read(&metadata, entry.front()));
        // Where nothing is left of the rules, the layer itself is missing: an entry of a video
        // always has one.
        let without_rules = metadata.len()
            - if entry.front().is_empty() {
                entry.rules.len()
            } else {
                0
            };
        for len in (0..metadata.len()).filter(|len| *len != without_rules) {
            assert!(!is_read(&metadata[..len], entry.front()), "{len} bytes");
        }
        for len in 0..entry.front().len() {
            assert!(
                !is_read(&metadata, &entry.front()[..len]),
                "{len} bytes in front"
            );
        }
    }
}

#[test]
fn another_format_is_not_read() {
    let mut metadata = entry("until=@1").metadata();
    metadata[2] = metadata[2].wrapping_add(1);
    assert_eq!(EntryHead::read(&metadata), Err(InvalidEntry::Format));
    assert_eq!(
        EntryHead::read(b"XX\x01\0\0\0\0\0\0\0"),
        Err(InvalidEntry::Format)
    );
    assert!(EntryHead::read(b"").is_err());
}
