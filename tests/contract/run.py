#!/usr/bin/env python3
"""Holds the running system to its OpenAPI documents.

Starts the real origin with the demo catalog, and the real edge program in a local POP. Schemathesis
makes up requests from docs/openapi/playback.yaml and docs/openapi/cms.yaml and checks each answer: its
status, media type, headers and body must be documented, and no request may cause a 5xx. Afterwards
the edge must be able to show whatever the CMS was made to accept.

A test is one operation of a document, or one kind of answer afterwards.
"""

import argparse
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import urllib.request
import xml.etree.ElementTree
from contextlib import ExitStack

import schemathesis
from schemathesis.core.failures import FailureGroup

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DOCUMENTS = ROOT / "docs/openapi"
# The accounts of the demo that editors and viewers ask for here.
ACCOUNTS = ["5820417306001", "4409318250001"]
CMS_TOKEN = "local-cms-token"
PURGE_TOKEN = "local-purge-token"
SERVICE_ID = "local0service0playback"
# As fastly.toml has them.
EDGE_PROOF = "local-edge-proof-not-a-secret"
SIGNING_KEY = "1=local-policy-signing-key-1-not-a-secret"
URL_SIGNING_KEY = "media-1=local-url-signing-key-media-1-not-a-secret"
VIEWER_HEADER = "Local-Viewer"
FILL_DEADLINE_MS = "10000"


class Program:
    """A program of ours, which ends when its standard input closes."""

    def __init__(self, name, folder, *arguments):
        self.log = folder / f"{name}.log"
        self.process = subprocess.Popen(
            [*arguments, "--stop-when-stdin-closes"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log.open("w"),
            text=True,
        )
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"`{name}` did not get ready:\n{self.log.read_text()}")
        self.ready = json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def output(*arguments):
    return subprocess.run(arguments, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def start_origin(binary, folder, purge_port):
    origin = Program(
        "origin-stub", folder, binary, "serve", "--listen", "127.0.0.1:0",
        "--database", str(folder / "origin.db"), "--edge-proof", EDGE_PROOF, "--cms-token", CMS_TOKEN,
        "--signing-key", SIGNING_KEY, "--media", "demo/media", "--url-signing-key", URL_SIGNING_KEY,
        "--purge-url", f"http://127.0.0.1:{purge_port}", "--purge-token", PURGE_TOKEN,
        "--service-id", SERVICE_ID, "--fill-deadline-ms", FILL_DEADLINE_MS, "--stop-timeout-ms", "1000",
    )  # fmt: skip
    media = f"http://{origin.ready['listen']}/media"
    output(binary, "load", "--database", str(folder / "origin.db"), "--media-url", media, "demo/catalog.json")
    return origin


def start_pop(binary, wasm, folder, origin, purge_port):
    changes = {
        "backends.origin.url": f"http://{origin}",
        "backends.origin.first_byte_timeout_ms": int(FILL_DEADLINE_MS),
        "backends.origin.between_bytes_timeout_ms": int(FILL_DEADLINE_MS),
        "config_stores.playback-config.contents.fill-deadline-ms": FILL_DEADLINE_MS,
    }
    # These values are written alike in JSON and in TOML.
    set_ = [word for key, value in changes.items() for word in ("--set", f"local_server.{key}={json.dumps(value)}")]
    return Program(
        "local-pop", folder, binary, "--wasm", wasm, "--config", "fastly.toml", "--pop", "fra=127.0.0.1:0",
        "--purge-listen", f"127.0.0.1:{purge_port}", "--service-id", SERVICE_ID, "--purge-token", PURGE_TOKEN,
        "--viewer-header", VIEWER_HEADER, "--endpoint-log", str(folder / "endpoint.log"), *set_,
    )  # fmt: skip


def mint(binary, account):
    data = {"account-id": account, "apis": ["search"]}
    return output(binary, "mint", "--signing-key", SIGNING_KEY, "--data", json.dumps(data))


def generated(document, url, folder, arguments, **environment):
    """Runs the tests that are made up from one document. Answers how many passed and how many failed."""
    report = folder / f"{document}.xml"
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / f"{document}.toml"), "run",
        str(DOCUMENTS / f"{document}.yaml"), "--url", url, "--phases", "examples,coverage,fuzzing",
        "--max-examples", str(arguments.max_examples), "--seed", str(arguments.seed),
        "--request-timeout", "20", "--no-color", "--report", "junit", "--report-junit-path", str(report),
    ]  # fmt: skip
    environment |= {"PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run(command, cwd=folder, env=os.environ | environment)
    if not report.exists():
        sys.exit(f"Schemathesis ended with {ended.returncode} and no report")
    operations = list(xml.etree.ElementTree.parse(report).iter("testcase"))
    failed = sum(1 for one in operations if one.find("failure") is not None or one.find("error") is not None)
    # It may fail as a whole, and no operation of it.
    failed = failed or int(ended.returncode != 0)
    return max(len(operations) - failed, 0), failed


def listed(origin, kind):
    """What the CMS holds, page by page: accounts and ids."""
    for account in ACCOUNTS:
        for offset in range(0, 1000, 100):
            request = urllib.request.Request(
                f"http://{origin}/v1/accounts/{account}/{kind}?limit=100&offset={offset}",
                headers={"Authorization": f"Bearer {CMS_TOKEN}"},
            )
            with urllib.request.urlopen(request) as response:
                page = json.load(response)
            yield from ((account, record["id"]) for record in page)
            if len(page) < 100:
                break


def afterwards(edge, origin, keys):
    """Asks the edge for everything the CMS now holds. Answers how many kinds passed and failed."""
    schema = schemathesis.openapi.from_path(DOCUMENTS / "playback.yaml")
    below = "/playback/v1/accounts/{account}"
    pages = [(account, offset) for account in ACCOUNTS for offset in range(0, 1000, 100)]
    kinds = {
        f"{below}/videos/{{video}}": [({"account": at, "video": id}, {}) for at, id in listed(origin, "videos")],
        f"{below}/playlists/{{playlist}}": [
            ({"account": at, "playlist": id}, {"limit": 100}) for at, id in listed(origin, "playlists")
        ],
        f"{below}/videos": [({"account": at}, {"limit": 100, "offset": offset}) for at, offset in pages],
    }
    failed = 0
    for path, asked in kinds.items():
        faults = []
        for parameters, query in asked:
            headers = {"BCOV-Policy": keys[parameters["account"]], VIEWER_HEADER: "203.0.113.10"}
            case = schema[path]["GET"].Case(path_parameters=parameters, query=query, headers=headers)
            response = case.call(base_url=edge)
            try:
                case.validate_response(response)
            except FailureGroup as fault:
                faults.append(f"{parameters} {query}: {fault.message}")
        print(f"GET {path}: {len(asked)} asked for, {len(faults)} faults", *faults[:5], sep="\n  ")
        failed += bool(faults or not asked)
    return len(kinds) - failed, failed


def tell_why(folder):
    """Prints what the programs noted of their own faults, each once."""
    origin = [line.split("ERROR ")[1] for line in (folder / "origin-stub.log").read_text().splitlines() if "ERROR " in line]
    prefix = "playback-log :: "
    lines = (folder / "endpoint.log").read_text().splitlines()
    edge = [json.loads(line.removeprefix(prefix)) for line in lines if line.startswith(prefix)]
    edge = [f"{line['failure']}: {line['detail']}" for line in edge if line["failure"]]
    for name, noted in ("origin-stub", origin), ("edge", edge):
        noted = [text for text in dict.fromkeys(noted) if "answered method=" not in text]
        print(f"What {name} logged:", *(noted[:20] or ["nothing"]), sep="\n  ")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for program in ("--origin-stub", "--local-pop", "--wasm"):
        parser.add_argument(program, required=True, help="what was built")
    parser.add_argument("--max-examples", type=int, default=25, help="made-up requests for each operation")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    # Its lines and Schemathesis's are to stay in their order.
    sys.stdout.reconfigure(line_buffering=True)

    purge_port = free_port()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        folder = pathlib.Path(folder)
        origin = running.enter_context(start_origin(arguments.origin_stub, folder, purge_port)).ready["listen"]
        pop = start_pop(arguments.local_pop, arguments.wasm, folder, origin, purge_port)
        edge = f"http://{running.enter_context(pop).ready['pops'][0]['listen']}"
        keys = {account: mint(arguments.origin_stub, account) for account in ACCOUNTS}
        results = [
            generated("playback", edge, folder, arguments, SEARCH_KEY=keys[ACCOUNTS[0]], VIEWER_HEADER=VIEWER_HEADER),
            generated("cms", f"http://{origin}", folder, arguments, CMS_TOKEN=CMS_TOKEN),
            afterwards(edge, origin, keys),
        ]
        passed, failed = (sum(counts) for counts in zip(*results))
        if failed:
            tell_why(folder)
    # As `cargo test` says it, for `cargo xtask test` to add up.
    print(f"test result: {'FAILED' if failed else 'ok'}. {passed} passed; {failed} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
