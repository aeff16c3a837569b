vcl 4.1;

# One of the peers that `cargo xtask bench --only peers` measures. tables.vcl is written when it starts: what
# VCL cannot find out for itself (a policy key's account, the networks of a list) is compiled in there.

import std;

include "tables.vcl";

sub vcl_recv {
    # Nothing a viewer sends under our own names may be believed.
    unset req.http.X-Key-Account;
    unset req.http.X-Refused;
    unset req.http.X-Country;
    unset req.http.X-Site;
    set req.http.X-Cache = "MISS";
    if (req.url !~ "^/playback/v1/accounts/[A-Za-z0-9_-]{1,64}/videos/[A-Za-z0-9_-]{1,64}$") {
        return (synth(404, "RESOURCE_NOT_FOUND"));
    }
    set req.http.X-Account = regsub(req.url, "^/playback/v1/accounts/([^/]+)/.*$", "\1");
    set req.http.X-Key = regsub(req.http.Accept, "^application/json;pk=", "");
    call find_key;
    if (!req.http.X-Key-Account) {
        return (synth(401, "INVALID_POLICY_KEY"));
    }
    if (req.http.X-Key-Account != req.http.X-Account) {
        return (synth(403, "ACCOUNT_ID"));
    }
    return (hash);
}

sub vcl_hash {
    hash_data(req.url);
    return (lookup);
}

sub vcl_backend_fetch {
    # The origin is asked with the path alone.
    unset bereq.http.Accept;
    unset bereq.http.Cookie;
    unset bereq.http.Local-Viewer;
    unset bereq.http.Origin;
    unset bereq.http.Referer;
    unset bereq.http.User-Agent;
    unset bereq.http.X-Account;
    unset bereq.http.X-Cache;
    unset bereq.http.X-Key;
    unset bereq.http.X-Key-Account;
    unset bereq.http.X-Forwarded-For;
    call prove;
}

sub vcl_backend_response {
    if (beresp.status != 200 && beresp.status != 403 && beresp.status != 404) {
        return (error(502, "VIDEO_RETRIEVE_FAILURE"));
    }
    # Purges, not clocks, end an entry.
    unset beresp.http.Vary;
    unset beresp.http.Set-Cookie;
    set beresp.uncacheable = false;
    set beresp.ttl = 365d;
    set beresp.grace = 0s;
    if (beresp.status == 200) {
        if (!beresp.http.Playback-Account-Rules || !beresp.http.Playback-Video-Rules) {
            return (error(502, "VIDEO_RETRIEVE_FAILURE"));
        }
        set bereq.http.X-Rules = beresp.http.Playback-Account-Rules;
        call check;
        set beresp.http.X-Account-Lists = bereq.http.X-Lists;
        set bereq.http.X-Rules = beresp.http.Playback-Video-Rules;
        call check;
        set beresp.http.X-Video-Lists = bereq.http.X-Lists;
        if (beresp.http.Playback-Right-Rules) {
            set bereq.http.X-Rules = beresp.http.Playback-Right-Rules;
            call check;
            set beresp.http.X-Right-Lists = bereq.http.X-Lists;
        }
    }
}

# Whether a layer holds nothing but what is compared, and which of the compiled lists of networks.
sub check {
    if (bereq.http.X-Rules !~ {"^(?:(?:(?:ip|domain)-(?:allow|deny)=\("[^"]++"(?: "[^"]++")*+\)|geo-(?:allow|deny)=\("[A-Z]{2}"(?: "[A-Z]{2}")*+\)|(?:geo-default|domain-missing)=(?:allow|deny))(?:, (?!$)|$))++$"}) {
        return (error(502, "VIDEO_RETRIEVE_FAILURE"));
    }
    set bereq.http.X-Lists = "";
    call find_lists;
    # A list of networks that came after VCL was compiled cannot be matched.
    if (bereq.http.X-Rules ~ "(?:^|, )ip-deny=" && bereq.http.X-Lists !~ "deny=") {
        return (error(502, "VIDEO_RETRIEVE_FAILURE"));
    }
    if (bereq.http.X-Rules ~ "(?:^|, )ip-allow=" && bereq.http.X-Lists !~ "allow=") {
        return (error(502, "VIDEO_RETRIEVE_FAILURE"));
    }
}

sub vcl_deliver {
    if (obj.hits > 0) {
        set req.http.X-Cache = "HIT";
    }
    set resp.http.X-Cache = req.http.X-Cache;
    if (resp.status == 200) {
        call judge;
    }
    unset resp.http.Playback-Account-Keys;
    unset resp.http.Playback-Account-Rules;
    unset resp.http.Playback-Purge-Tiers;
    unset resp.http.Playback-Right-Rules;
    unset resp.http.Playback-Url-Signing;
    unset resp.http.Playback-Video-Rules;
    unset resp.http.Surrogate-Control;
    unset resp.http.Surrogate-Key;
    unset resp.http.X-Account-Lists;
    unset resp.http.X-Right-Lists;
    unset resp.http.X-Video-Lists;
    if (req.http.X-Refused) {
        return (synth(403, req.http.X-Refused));
    }
}

# Check by check, and in a check layer by layer. A sub takes no arguments: headers stand in for them.
sub judge {
    set req.http.X-Rules = resp.http.Playback-Account-Rules;
    set req.http.X-Lists = resp.http.X-Account-Lists;
    call judge_place;
    set req.http.X-Rules = resp.http.Playback-Video-Rules;
    set req.http.X-Lists = resp.http.X-Video-Lists;
    call judge_place;
    if (resp.http.Playback-Right-Rules) {
        set req.http.X-Rules = resp.http.Playback-Right-Rules;
        set req.http.X-Lists = resp.http.X-Right-Lists;
        call judge_place;
    }
    set req.http.X-Rules = resp.http.Playback-Account-Rules;
    call judge_site;
    set req.http.X-Rules = resp.http.Playback-Video-Rules;
    call judge_site;
    if (resp.http.Playback-Right-Rules) {
        set req.http.X-Rules = resp.http.Playback-Right-Rules;
        call judge_site;
    }
}

# From the most specific level to the broadest; the first with a match decides.
sub judge_place {
    if (req.http.X-Refused || req.http.X-Rules == "geo-default=allow") {
        return;
    }
    if (req.http.X-Lists ~ "deny=") {
        set req.http.X-List = regsub(req.http.X-Lists, "^.*deny=([0-9]+).*$", "\1");
        call find_on_list;
        if (req.http.X-On-List == "yes") {
            set req.http.X-Refused = "CLIENT_IP";
            return;
        }
    }
    if (req.http.X-Lists ~ "allow=") {
        set req.http.X-List = regsub(req.http.X-Lists, "^.*allow=([0-9]+).*$", "\1");
        call find_on_list;
        if (req.http.X-On-List == "yes") {
            return;
        }
    }
    if (req.http.X-Rules ~ "geo-") {
        if (!req.http.X-Country) {
            call find_country;
        }
        # A pattern is fixed, so what is looked for is put in front and referred back to.
        set req.http.X-Subject = req.http.X-Country + "|" + req.http.X-Rules;
        if (req.http.X-Subject ~ {"^(..)\|.*geo-deny=\([^)]*"\1""}) {
            set req.http.X-Refused = "CLIENT_GEO";
            return;
        }
        if (req.http.X-Subject ~ {"^(..)\|.*geo-allow=\([^)]*"\1""}) {
            return;
        }
        if (req.http.X-Rules ~ "geo-default=") {
            if (req.http.X-Rules ~ "geo-default=deny") {
                set req.http.X-Refused = "CLIENT_GEO";
            }
            return;
        }
        if (req.http.X-Rules ~ "geo-allow=") {
            set req.http.X-Refused = "CLIENT_GEO";
        }
        return;
    }
    if (req.http.X-Rules ~ "ip-allow=") {
        set req.http.X-Refused = "CLIENT_IP";
    }
}

sub judge_site {
    if (req.http.X-Refused || req.http.X-Rules !~ "domain-") {
        return;
    }
    if (!req.http.X-Site) {
        call find_site;
    }
    if (req.http.X-Site == "missing") {
        if (req.http.X-Rules ~ "domain-missing=deny"
            || (req.http.X-Rules ~ "domain-allow=" && req.http.X-Rules !~ "domain-missing=")) {
            set req.http.X-Refused = "DOMAIN";
        }
        return;
    }
    if (req.http.X-Site == "opaque") {
        set req.http.X-Refused = "DOMAIN";
        return;
    }
    # `origin|host|rules`: the first is listed whole, the second whole or below some `*.`.
    set req.http.X-Subject = req.http.X-Site + "|" + req.http.X-Rules;
    if (req.http.X-Subject ~ {"^([^|]+)\|([^|]+)\|.*domain-deny=\([^)]*"(?:\1|\2)""}
        || req.http.X-Subject ~ {"^[^|]+\|[^|.]+(?:\.[^|.]+)*?\.([^|]+)\|.*domain-deny=\([^)]*"\*\.\1""}) {
        set req.http.X-Refused = "DOMAIN";
        return;
    }
    if (req.http.X-Rules ~ "domain-allow="
        && req.http.X-Subject !~ {"^([^|]+)\|([^|]+)\|.*domain-allow=\([^)]*"(?:\1|\2)""}
        && req.http.X-Subject !~ {"^[^|]+\|[^|.]+(?:\.[^|.]+)*?\.([^|]+)\|.*domain-allow=\([^)]*"\*\.\1""}) {
        set req.http.X-Refused = "DOMAIN";
    }
}

sub find_site {
    if (req.http.Origin) {
        set req.http.X-Site = req.http.Origin;
    } elseif (req.http.Referer) {
        set req.http.X-Site = regsub(req.http.Referer, "^(https?://[^/]+)/.*$", "\1");
    } else {
        set req.http.X-Site = "missing";
        return;
    }
    if (req.http.X-Site !~ "^https?://[a-z0-9.-]+(?::[0-9]{1,5})?$") {
        set req.http.X-Site = "opaque";
        return;
    }
    set req.http.X-Site = regsub(req.http.X-Site, "^(https://[^:]+):443$", "\1");
    set req.http.X-Site = regsub(req.http.X-Site, "^(http://[^:]+):80$", "\1");
    set req.http.X-Site = regsub(req.http.X-Site, "^(https?://([^:]+).*)$", "\1|\2");
}

sub vcl_backend_error {
    set beresp.status = 502;
    set beresp.http.Content-Type = "application/json";
    synthetic({"[{"error_code":"SERVER_ERROR","error_subcode":"VIDEO_RETRIEVE_FAILURE","message":"The video's data could not be retrieved.","request_id":""} + bereq.xid + """"}]""");
    return (deliver);
}

# A text in `{"…"}` cannot hold what ends one, and in `"""…"""` cannot end with a quotation mark.
sub vcl_synth {
    set resp.http.Content-Type = "application/json";
    set resp.http.X-Cache = req.http.X-Cache;
    if (resp.reason == "CLIENT_GEO") {
        synthetic({"[{"error_code":"ACCESS_DENIED","error_subcode":"CLIENT_GEO","message":"This video may not be played in this place.","client_geo":""} + regsub(std.tolower(req.http.X-Country), "^--$", "unknown") + {"","request_id":""} + req.xid + """"}]""");
    } elseif (resp.reason == "CLIENT_IP") {
        synthetic({"[{"error_code":"ACCESS_DENIED","error_subcode":"CLIENT_IP","message":"This video may not be played from this network.","request_id":""} + req.xid + """"}]""");
    } elseif (resp.reason == "DOMAIN") {
        synthetic({"[{"error_code":"ACCESS_DENIED","error_subcode":"DOMAIN","message":"This video may not be embedded on this site.","request_id":""} + req.xid + """"}]""");
    } elseif (resp.reason == "ACCOUNT_ID") {
        synthetic({"[{"error_code":"ACCESS_DENIED","error_subcode":"ACCOUNT_ID","message":"The policy key belongs to another account.","request_id":""} + req.xid + """"}]""");
    } elseif (resp.reason == "INVALID_POLICY_KEY") {
        synthetic({"[{"error_code":"INVALID_POLICY_KEY","message":"The policy key is missing, malformed or revoked.","request_id":""} + req.xid + """"}]""");
    } else {
        synthetic({"[{"error_code":"RESOURCE_NOT_FOUND","message":"There is nothing at this path.","request_id":""} + req.xid + """"}]""");
    }
    return (deliver);
}
