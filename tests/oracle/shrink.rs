//! The smallest case that still shows what a large one showed.

use crate::case::{Geo, Key, Layer, Record, RuleSet, Who};

/// An unremarkable viewer's address and time.
const PLAIN_IP: [u8; 4] = [203, 0, 113, 3];
const PLAIN_TIME: i64 = 1_767_225_600;

/// Leaves out whatever can be, one thing after the other, while the case still does what it did.
pub(crate) fn smallest(
    mut rules: RuleSet,
    mut who: Who,
    still: impl Fn(&RuleSet, &Who) -> bool,
) -> (RuleSet, Who) {
    loop {
        if let Some(less) = less_rules(&rules)
            .into_iter()
            .find(|less| still(less, &who))
        {
            rules = less;
        } else if let Some(less) = less_viewer(&who)
            .into_iter()
            .find(|less| still(&rules, less))
        {
            who = less;
        } else {
            return (rules, who);
        }
    }
}

/// The rules with one thing less, whole layers first.
fn less_rules(rules: &RuleSet) -> Vec<RuleSet> {
    let mut less = Vec::new();
    for layer in without(&rules.account, less_layer) {
        less.push(changed(rules, |rules| rules.account = layer));
    }
    for layer in without(&rules.video, less_layer) {
        less.push(changed(rules, |rules| rules.video = layer));
    }
    for layer in without(&rules.right, less_layer) {
        less.push(changed(rules, |rules| rules.right = layer));
    }
    for key in without(&rules.key, less_key) {
        less.push(changed(rules, |rules| rules.key = key));
    }
    less
}

fn less_key(key: &Key) -> Vec<Key> {
    let mut less = Vec::new();
    if key.key_id.is_some() {
        less.push(changed(key, |key| key.key_id = None));
    }
    for domains in fewer(&key.allowed_domains) {
        less.push(changed(key, |key| key.allowed_domains = domains));
    }
    for geo in without(&key.geo, less_geo) {
        less.push(changed(key, |key| key.geo = geo));
    }
    for rules in without(&key.rules, less_layer) {
        less.push(changed(key, |key| key.rules = rules));
    }
    less
}

fn less_geo(geo: &Geo) -> Vec<Geo> {
    let fewer = fewer(&geo.countries).into_iter();
    fewer
        .filter(|countries| !countries.is_empty())
        .map(|countries| changed(geo, |geo| geo.countries = countries))
        .collect()
}

fn less_layer(layer: &Layer) -> Vec<Layer> {
    let with = |member, items| changed(layer, |layer| layer.set(member, items));
    let whole = layer.members().map(|(member, _)| with(member, Vec::new()));
    let items = layer.members().flat_map(|(member, items)| {
        let fewer = fewer(items).into_iter();
        fewer.map(move |items| with(member, items))
    });
    whole.chain(items).collect()
}

/// The viewer of whom one thing less is known.
fn less_viewer(who: &Who) -> Vec<Who> {
    let changes: [fn(&mut Who); 5] = [
        |who| who.record = Record::default(),
        |who| who.ip = PLAIN_IP.into(),
        |who| who.time = PLAIN_TIME,
        |who| who.token = None,
        |who| who.referer = None,
    ];
    let mut less = changes.map(|change| changed(who, change)).to_vec();
    for origin in fewer(&who.origin) {
        less.push(changed(who, |who| who.origin = origin));
    }
    for acls in fewer(&who.acls) {
        less.push(changed(who, |who| who.acls = acls));
    }
    for vpn in fewer(&who.vpn) {
        less.push(changed(who, |who| who.vpn = vpn));
    }
    for record in less_record(&who.record) {
        less.push(changed(who, |who| who.record = record));
    }
    less.retain(|less| less != who);
    less
}

/// A record keeps its country: without one it would not be a record.
fn less_record(record: &Record) -> Vec<Record> {
    let changes: [fn(&mut Record); 7] = [
        |record| record.subdivision = None,
        |record| record.metro = None,
        |record| record.postal = None,
        |record| (record.latitude, record.longitude) = (None, None),
        |record| record.asn = None,
        |record| record.proxy_type = None,
        |record| record.proxy_description = None,
    ];
    changes.map(|change| changed(record, change)).into()
}

/// A copy in which something is different.
fn changed<T: Clone>(thing: &T, change: impl FnOnce(&mut T)) -> T {
    let mut changed = thing.clone();
    change(&mut changed);
    changed
}

/// Nothing, and then the thing with less in it.
fn without<T>(thing: &Option<T>, less: impl Fn(&T) -> Vec<T>) -> Vec<Option<T>> {
    let Some(thing) = thing else {
        return Vec::new();
    };
    let less = less(thing).into_iter().map(Some);
    [None].into_iter().chain(less).collect()
}

/// The items without each of them.
fn fewer<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    let without = |at| {
        changed(&items.to_vec(), |items| {
            items.remove(at);
        })
    };
    (0..items.len()).map(without).collect()
}

#[test]
fn a_case_is_shrunk_to_what_matters() {
    let mut rng = fastrand::Rng::with_seed(7);
    let denies_germany = |rules: &RuleSet, who: &Who| {
        let layers = rules.layers();
        let mut denied = layers.iter().flat_map(|(_, layer)| layer.items("geo-deny"));
        denied.any(|place| place == "DE") && who.record.country.as_deref() == Some("DE")
    };
    let (rules, who) = (0..)
        .map(|_| {
            let rules = crate::generate::rules(&mut rng);
            let who = crate::generate::viewer(&mut rng, &rules);
            (rules, who)
        })
        .find(|(rules, who)| denies_germany(rules, who))
        .expect("it does not end");
    let (rules, who) = smallest(rules, who, denies_germany);
    let layers: Vec<_> = rules
        .layers()
        .iter()
        .map(|(_, layer)| layer.text())
        .collect();
    assert_eq!(layers, ["geo-deny=(\"DE\")"]);
    let plain = Who {
        ip: PLAIN_IP.into(),
        record: Record {
            country: Some("DE".to_owned()),
            ..Record::default()
        },
        origin: vec![],
        referer: None,
        time: PLAIN_TIME,
        acls: vec![],
        vpn: vec![],
        token: None,
    };
    assert_eq!(who, plain);
}
