"""What Schemathesis cannot know of this system: who asks, and which failure is a documented answer."""

import os
import zlib

import schemathesis

# Viewers of demo/viewers.json: allowed here, refused there, behind a proxy, on no map, on IPv6.
VIEWERS = [
    "203.0.113.10",  # London
    "203.0.113.5",  # Paris
    "198.51.100.1",  # New York
    "192.0.2.69",  # a Tor exit in Frankfurt
    "203.0.113.245",  # without a geolocation record
    "2001:db8:107e:2::1",  # a hotel in Nice, on a deny list
]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Sends each request as one of the viewers, always the same one for the same request."""
    if "VIEWER_HEADER" in os.environ:
        asked = f"{case.method} {case.formatted_path} {case.query}"
        viewer = VIEWERS[zlib.crc32(asked.encode(errors="replace")) % len(VIEWERS)]
        case.headers = {**(case.headers or {}), os.environ["VIEWER_HEADER"]: viewer}


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Lets pass what is right, and more than an OpenAPI document can say."""
    # A list of advertisements without telling whose is a 500 by contract.
    is_vmap = case.path.endswith(".vmap") and not dict(case.query or {}).get("ad_config_id")
    if is_vmap and response.status_code == 500:
        return failure.title not in ("Server error", "Schema-valid request rejected")
    # A URL beyond 8192 bytes is refused by the platform, in words of its own.
    if response.status_code == 414 and response.headers["content-type"][0].startswith("text/plain"):
        return False
    # Limits are in bytes, a schema's in characters.
    is_long = len(response.request.url) > 1024
    return not (is_long and failure.title == "Schema-valid request rejected")
