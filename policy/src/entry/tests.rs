use super::*;
use crate::{LayerKind, Needs, Rules, compile, layout::LayoutWriter};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn entry(rules: &str) -> Entry {
    let rules: Rules = rules.parse().unwrap();
    Entry {
        kind: EntryKind::Video,
        etag: "abc".to_owned(),
        rules: compile(&[(LayerKind::Video, &rules)]),
        layout: Vec::new(),
        tokens: Vec::new(),
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
        assert_eq!((head.kind, head.etag), (EntryKind::Video, "abc"));
        assert_eq!(head.front_len > 0, in_front);
        assert!(
            metadata.len() <= MAX_PLAN_IN_METADATA + 32,
            "{}",
            metadata.len()
        );
        let front = entry.front();
        let plan = head.plan(&front).unwrap();
        assert_eq!(
            plan.rules.needs(),
            Needs {
                site: true,
                ..Needs::default()
            }
        );
    }
}

#[test]
fn an_entry_cut_short_is_never_read_as_one_with_fewer_rules() {
    for entry in [entry(r#"geo-allow=("DE")"#), large()] {
        let (metadata, front) = (entry.metadata(), entry.front());
        let is_read = |metadata: &[u8], front: &[u8]| {
            EntryHead::read(metadata)
                .and_then(|head| head.plan(front).map(drop))
                .is_ok()
        };
        assert!(is_read(&metadata, &front));
        for len in 0..metadata.len() {
            assert!(!is_read(&metadata[..len], &front), "{len} bytes");
        }
        for len in 0..front.len() {
            assert!(!is_read(&metadata, &front[..len]), "{len} bytes in front");
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

#[test]
fn no_other_number_of_a_format_is_read() {
    let metadata = entry("until=@1").metadata();
    for format in 0..=u16::MAX {
        let mut other = metadata.clone();
        other[2..4].copy_from_slice(&format.to_le_bytes());
        let read = EntryHead::read(&other).map(|head| head.kind);
        let want = match format {
            FORMAT => Ok(EntryKind::Video),
            _ => Err(InvalidEntry::Format),
        };
        assert_eq!(read, want, "{format}");
    }
}

#[test]
fn every_kind_is_at_its_own_position() {
    for (at, kind) in EntryKind::ALL.into_iter().enumerate() {
        assert_eq!(kind as usize, at, "{kind:?}");
        let entry = Entry {
            kind,
            ..entry("until=@1")
        };
        let metadata = entry.metadata();
        assert_eq!(EntryHead::read(&metadata).map(|head| head.kind), Ok(kind));
    }
    let mut metadata = entry("until=@1").metadata();
    metadata[4] = u8::try_from(EntryKind::ALL.len()).unwrap();
    assert_eq!(EntryHead::read(&metadata), Err(InvalidEntry::Format));
}

#[test]
fn a_layout_goes_with_the_rules() {
    for (len, in_front) in [
        (MAX_PLAN_IN_METADATA, false),
        (MAX_PLAN_IN_METADATA + 1, true),
    ] {
        let small = entry("until=@1");
        let layout_of = |rules_len: usize| {
            let mut layout = LayoutWriter::default();
            layout.item(0, 0, vec![0; rules_len], Needs::default());
            layout.finish()
        };
        let rest = layout_of(0).len() + small.rules.len();
        let entry = Entry {
            layout: layout_of(len - rest),
            ..small
        };
        let (metadata, front) = (entry.metadata(), entry.front());
        let head = EntryHead::read(&metadata).unwrap();
        assert_eq!(head.front_len, if in_front { len } else { 0 });
        assert_eq!(front.len(), head.front_len);
        assert!(head.plan(&front).is_ok());
    }
}

#[test]
fn a_validator_that_does_not_fit_is_none() {
    for (len, want) in [(0, 0), (255, 255), (256, 0)] {
        let etag = "e".repeat(len);
        let entry = Entry {
            etag,
            ..entry("until=@1")
        };
        let metadata = entry.metadata();
        assert_eq!(EntryHead::read(&metadata).unwrap().etag.len(), want);
    }
}

#[test]
fn kinds_of_found_things_are_no_errors() {
    for kind in EntryKind::ALL {
        let is_found = matches!(
            kind,
            EntryKind::Video | EntryKind::List | EntryKind::Location
        );
        assert_eq!(kind.error().is_none(), is_found, "{kind:?}");
    }
}
