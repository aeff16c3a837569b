//! Geolocation records from a JSON file, read once.
//!
//! Viceroy reads such a file again at every lookup: with a few hundred records that takes ten times
//! as long as the rest of a hit. Records written in the manifest itself it keeps in memory.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Error};
use toml::{Table, Value};

/// Address → name → value. A `null` is a value that is not known, which TOML has no word for.
type Records = BTreeMap<String, BTreeMap<String, Option<Value>>>;

/// Puts the records of the JSON file that the manifest names into the manifest.
///
/// # Errors
///
/// A file that cannot be read, or is not records by address.
pub(super) fn read_once(manifest: &mut Table) -> Result<(), Error> {
    let local_server = manifest
        .get_mut("local_server")
        .and_then(Value::as_table_mut);
    let geolocation = local_server.and_then(|table| table.get_mut("geolocation"));
    let Some(geolocation) = geolocation.and_then(Value::as_table_mut) else {
        return Ok(());
    };
    let is_json = geolocation.get("format").and_then(Value::as_str) == Some("json");
    let Some(file) = geolocation
        .get("file")
        .and_then(Value::as_str)
        .filter(|_| is_json)
    else {
        return Ok(());
    };
    let named = || format!("the geolocation records `{file}` (`local_server.geolocation.file`)");
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", named()))?;
    let records: Records =
        serde_json::from_str(&text).with_context(|| format!("cannot use {}", named()))?;
    let addresses: Table = records
        .into_iter()
        .map(|(address, record)| {
            let known = record
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?)));
            (address, Value::Table(known.collect()))
        })
        .collect();
    geolocation.remove("file");
    geolocation.insert("format".into(), "inline-toml".into());
    geolocation.insert("addresses".into(), addresses.into());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_json_file_becomes_records_in_the_manifest() {
        let text = "[local_server.geolocation]
            use_default_loopback = false
            format = 'json'
            file = '../demo/geolocation.json'";
        let mut manifest: Table = text.parse().expect("a manifest");
        read_once(&mut manifest).expect("the demo has records");
        let geolocation = &manifest["local_server"]["geolocation"];
        assert_eq!(geolocation["format"].as_str(), Some("inline-toml"));
        assert_eq!(geolocation["use_default_loopback"].as_bool(), Some(false));
        let record = &geolocation["addresses"]["203.0.113.5"];
        assert_eq!(record["country_code"].as_str(), Some("FR"));
        toml::to_string(&manifest).expect("it is TOML");
    }

    #[test]
    fn err_file_that_is_not_there() {
        let text = "[local_server.geolocation]\nformat = 'json'\nfile = 'no/such/file.json'";
        let error = read_once(&mut text.parse().expect("a manifest")).expect_err("no file");
        assert!(error.to_string().contains("no/such/file.json"), "{error}");
    }

    #[test]
    fn records_in_the_manifest_stay_as_they_are() {
        let text = "[local_server.geolocation]\nformat = 'inline-toml'";
        let mut manifest: Table = text.parse().expect("a manifest");
        read_once(&mut manifest).expect("nothing to read");
        assert_eq!(manifest, text.parse().expect("a manifest"));
    }
}
