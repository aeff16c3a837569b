// Purges through Fastly's official npm package, `fastly`.
//
//   FASTLY_API_TOKEN=… node purge.mjs BASE_URL SERVICE_ID OPERATION [KEY…]
//
// Run it in the folder that has the package in its `node_modules`. Operations: tag, soft-tag (one key), tags, soft-tags
// (the keys in the body), header, soft-header (the keys in `Surrogate-Key`), all. Prints the answer as JSON; a refusal is
// printed as {"status", "body"} and ends with exit status 1.

import { createRequire } from "node:module";

const { ApiClient, PurgeApi } = createRequire(`${process.cwd()}/`)("fastly");
const [base, service_id, operation, ...keys] = process.argv.slice(2);

// Every operation of the package names https://api.fastly.com itself, whatever `basePath` says: hence a superagent plugin.
const client = ApiClient.instance;
client.plugins = [(request) => (request.url = request.url.replace("https://api.fastly.com", base))];
client.authenticate(process.env.FASTLY_API_TOKEN ?? "none");

const api = new PurgeApi();
const soft = operation.startsWith("soft-") ? { fastly_soft_purge: 1 } : {};
const operations = {
  tag: () => api.purgeTag({ service_id, surrogate_key: keys[0], ...soft }),
  tags: () => api.bulkPurgeTag({ service_id, purge_response: { surrogate_keys: keys }, ...soft }),
  header: () => api.bulkPurgeTag({ service_id, surrogate_key: keys.join(" "), ...soft }),
  all: () => api.purgeAll({ service_id }),
};

try {
  console.log(JSON.stringify(await operations[operation.replace("soft-", "")]()));
} catch (refusal) {
  if (refusal.status === undefined) throw refusal.error ?? refusal;
  console.log(JSON.stringify({ status: refusal.status, body: refusal.body }));
  process.exitCode = 1;
}
