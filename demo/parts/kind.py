"""What kind of restriction a video shows, told from the video itself. A video with several kinds shows none."""

from .dictionary import members
from .limits import epoch

KINDS = ["unrestricted", "account", "geo-allow", "geo-deny", "subdivision", "metro", "ip-allow", "ip-deny", "proxy",
         "domain", "domain-wildcard", "window-past", "window-future", "window-open", "schedule", "right", "inactive",
         "incomplete"]

# No date of the demo lies between these two: "past" and "future" stay true for as long as anybody runs it.
LATEST_PAST = epoch("2025-01-01T00:00:00Z")
EARLIEST_FUTURE = epoch("2045-01-01T00:00:00Z")


def kind_of(video, account_layer):
    """One of `KINDS`, or `None` for a mixture, and for what only the account's address list decides."""
    limits = _limits(video)
    if "no-sources" in limits and limits != {"no-sources", "incomplete"}:
        return None
    limits.discard("no-sources")
    if len(limits) > 1:
        return None
    if limits & {"inactive", "incomplete"}:
        return limits.pop()
    if not limits:
        return "account" if account_layer else "unrestricted"
    return None if account_layer.get("ip_allow") else limits.pop()


def _limits(video):
    limits = set()
    if video["state"] != "ACTIVE":
        limits.add("inactive")
    if not video["complete"]:
        limits.add("incomplete")
    if not video["sources"]:
        limits.add("no-sources")
    if "playback_rights_id" in video:
        limits.add("right")
    geo = video.get("geo")
    if geo and geo["restricted"]:
        limits.add("geo-deny" if geo["exclude_countries"] else "geo-allow")
    if "schedule" in video:
        bounds = [moment and epoch(moment) for moment in video["schedule"].values()]
        limits.add(_window(*bounds, still_open="schedule"))
    if "rules" in video:
        limits |= _rules_limits(members(video["rules"]))
    return limits


def _rules_limits(rules):
    limits = {name for name in ("ip-allow", "ip-deny") if name in rules}
    if "geo-default" in rules:
        limits |= {"geo-default", "geo"}
    elif "geo-allow" in rules or "geo-deny" in rules:
        limits |= _geo_limits(rules.get("geo-allow", []), rules.get("geo-deny", []))
    if "proxy-deny" in rules:
        limits.add("proxy")
    domains = rules.get("domain-allow", []) + rules.get("domain-deny", [])
    if domains:
        limits.add("domain-wildcard" if any(domain.startswith("*.") for domain in domains) else "domain")
    if "from" in rules or "until" in rules:
        limits.add(_window(rules.get("from"), rules.get("until"), still_open="window-open"))
    return limits


def _geo_limits(allowed, denied):
    places = allowed + denied
    if any(place.startswith("metro:") for place in places):
        return {"metro"}
    if any("-" in place for place in places):
        return {"subdivision"}
    return {name for name, listed in (("geo-allow", allowed), ("geo-deny", denied)) if listed}


def _window(start, end, still_open):
    if end is not None and end <= LATEST_PAST:
        return "window-past"
    if start is not None and start >= EARLIEST_FUTURE:
        return "window-future"
    return still_open
