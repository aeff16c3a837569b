"""Purges through Fastly's official PyPI package, `fastly`.

    FASTLY_API_TOKEN=… python purge.py BASE_URL SERVICE_ID OPERATION [KEY…]

Operations: tag, soft-tag (one key), header, soft-header (the keys in `Surrogate-Key`; the package has no type for a
body of keys), all. Prints the answer as JSON; a refusal is printed as {"status", "body"} and ends with exit status 1.
"""

import json
import os
import sys

import fastly
from fastly.api.purge_api import PurgeApi

base, service_id, operation, *keys = sys.argv[1:]

configuration = fastly.Configuration(host=base)
configuration.api_token = os.environ.get("FASTLY_API_TOKEN", "none")

with fastly.ApiClient(configuration) as client:
    api = PurgeApi(client)
    soft = {"fastly_soft_purge": 1} if operation.startswith("soft-") else {}
    try:
        match operation.removeprefix("soft-"):
            case "tag":
                answer = api.purge_tag(service_id, keys[0], **soft)
            case "header":
                answer = api.bulk_purge_tag(service_id, surrogate_key=" ".join(keys), **soft)
            case "all":
                answer = api.purge_all(service_id)
            case unknown:
                sys.exit(f"no operation `{unknown}`")
    except fastly.ApiException as refusal:
        print(json.dumps({"status": refusal.status, "body": json.loads(refusal.body)}))
        sys.exit(1)
    print(json.dumps(answer.to_dict()))
