//! Varnish: what VCL cannot find out for itself is compiled into it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::{authorization, origin_host, write};
use crate::bench::peers::catalog::NetworkList;
use crate::bench::peers::stage::Stage;

pub(super) const PROGRAM: &str = "/usr/sbin/varnishd";

pub(super) fn prepare(stage: &Stage<'_>, folder: &Path, listen: SocketAddr) -> Result<Command> {
    let origin = origin_host(stage)?;
    let mut tables = format!(
        "backend origin {{ .host = \"{}\"; .port = \"{}\"; }}\n\
         sub prove {{ set bereq.http.Authorization = \"{}\"; }}\n",
        origin.ip(),
        origin.port(),
        authorization(stage)
    );
    tables.push_str(&known_keys(&stage.keys.by_account()));
    tables.push_str(&places(&stage.countries));
    tables.push_str(&lists(&stage.lists));
    write(folder, "tables.vcl", &tables)?;
    let mut varnishd = Command::new(PROGRAM);
    // In the foreground, without a console on another port and without another user, who could not read
    // the folder.
    varnishd.args(["-F", "-j", "none", "-T", "none"]);
    varnishd.args(["-a", &listen.to_string(), "-s", "malloc,64m"]);
    varnishd.arg("-n").arg(folder.join("work"));
    varnishd
        .arg("-p")
        .arg(format!("vcl_path={}", folder.display()));
    varnishd.arg("-f").arg(folder.join("default.vcl"));
    Ok(varnishd)
}

/// VCL has no HMAC: it knows the keys there are.
fn known_keys(keys: &[(String, &str)]) -> String {
    let mut text = "sub find_key {\n".to_owned();
    for (key, account) in keys {
        let _ = writeln!(
            text,
            "    if (req.http.X-Key == \"{key}\") {{ set req.http.X-Key-Account = \"{account}\"; return; }}"
        );
    }
    text + "}\n"
}

fn places(countries: &BTreeMap<String, String>) -> String {
    let mut by_country: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (address, country) in countries {
        let is_it = format!("req.http.Local-Viewer == \"{address}\"");
        by_country.entry(country).or_default().push(is_it);
    }
    let mut text = "sub find_country {\n".to_owned();
    for (country, addresses) in by_country {
        let _ = writeln!(
            text,
            "    if ({}) {{ set req.http.X-Country = \"{country}\"; return; }}",
            addresses.join(" || ")
        );
    }
    text + "    set req.http.X-Country = \"--\";\n}\n"
}

/// A pattern in VCL is fixed, and so is an ACL: the lists of today get a number each.
fn lists(lists: &[NetworkList]) -> String {
    let mut acls = String::new();
    let mut find = "sub find_lists {\n".to_owned();
    let mut look = "sub find_on_list {\n    set req.http.X-On-List = \"no\";\n".to_owned();
    for (number, list) in lists.iter().enumerate() {
        let _ = writeln!(acls, "acl list_{number} {{");
        for (address, length) in list.networks() {
            let length = length.map_or(String::new(), |length| format!("/{length}"));
            let _ = writeln!(acls, "    \"{address}\"{length};");
        }
        acls.push_str("}\n");
        let NetworkList { verdict, text } = list;
        // Literally: a list holds addresses, and of what has a meaning in patterns only these.
        let pattern = text
            .replace('.', "\\.")
            .replace('(', "\\(")
            .replace(')', "\\)");
        let _ = writeln!(
            find,
            "    if (bereq.http.X-Rules ~ {{\"(?:^|, )ip-{verdict}={pattern}(?:, |$)\"}}) {{ \
             set bereq.http.X-Lists = bereq.http.X-Lists + \" {verdict}={number}\"; }}"
        );
        let _ = writeln!(
            look,
            "    if (req.http.X-List == \"{number}\") {{ \
             if (std.ip(req.http.Local-Viewer, \"0.0.0.0\") ~ list_{number}) {{ \
             set req.http.X-On-List = \"yes\"; }} return; }}"
        );
    }
    // None of them may be without a use: VCL refuses what nobody refers to.
    format!("{acls}{find}    return;\n}}\n{look}}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_list_is_an_acl_found_by_its_text() {
        let list = NetworkList {
            verdict: "deny".to_owned(),
            text: r#"("192.0.2.0/24" "2001:db8::7")"#.to_owned(),
        };
        let vcl = lists(&[list]);
        for part in [
            "acl list_0 {\n    \"192.0.2.0\"/24;\n    \"2001:db8::7\";\n}\n",
            r#"{"(?:^|, )ip-deny=\("192\.0\.2\.0/24" "2001:db8::7"\)(?:, |$)"}"#,
            r#""0.0.0.0") ~ list_0"#,
        ] {
            assert!(vcl.contains(part), "no {part} in\n{vcl}");
        }
    }

    #[test]
    fn viewers_of_one_country_are_one_condition() {
        let places = places(&BTreeMap::from([
            ("192.0.2.1".to_owned(), "GB".to_owned()),
            ("2001:db8::1".to_owned(), "GB".to_owned()),
        ]));
        let want = r#"if (req.http.Local-Viewer == "192.0.2.1" || req.http.Local-Viewer == "2001:db8::1") { set req.http.X-Country = "GB"; return; }"#;
        assert!(places.contains(want), "{places}");
    }
}
