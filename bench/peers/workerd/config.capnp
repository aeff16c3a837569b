# One of the peers that `cargo xtask bench --only peers` measures; countries.json is written when it starts.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .peer),
    (name = "origin", external = (address = "127.0.0.1:1", http = ())),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);

const peer :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "rules.js", esModule = embed "rules.js"),
    (name = "countries.json", json = embed "countries.json"),
    (name = "signing_keys.json", json = embed "signing_keys.json"),
  ],
  compatibilityDate = "2026-01-01",
  globalOutbound = "origin",
  bindings = [(name = "ORIGIN_AUTHORIZATION", fromEnvironment = "ORIGIN_AUTHORIZATION")],
);
