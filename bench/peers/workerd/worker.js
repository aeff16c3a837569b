// workerd's cache API is a door to a service that somebody else provides. What it has of its own is the
// isolate's memory, so entries are kept there, with their rules already read.
import countries from 'countries.json';
import rules from 'rules.js';
import signingKeys from 'signing_keys.json';

const CONTEXT = new TextEncoder().encode('playback-edge policy key\0');
const PATH = /^\/playback\/v1\/accounts\/([A-Za-z0-9_-]{1,64})\/videos\/[A-Za-z0-9_-]{1,64}$/;
const entries = new Map();
const countryOf = new Map(Object.entries(countries));
const keys = new Map();

function signingKey(number) {
    if (!keys.has(number) && signingKeys[number] !== undefined) {
        const secret = new TextEncoder().encode(signingKeys[number]);
        keys.set(number, crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']));
    }
    return keys.get(number);
}

// The name of the error that refuses the policy key; `null` where it is good.
async function keyError(text, account) {
    const bytes = text === null ? [] : Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    const key = bytes[0] === 1 ? await signingKey(bytes[1]) : undefined;
    if (key === undefined) {
        return 'INVALID_POLICY_KEY';
    }
    const json = bytes.subarray(18);
    const signed = new Uint8Array(CONTEXT.length + 2 + json.length);
    signed.set(CONTEXT);
    signed.set(bytes.subarray(0, 2), CONTEXT.length);
    signed.set(json, CONTEXT.length + 2);
    // The tag is cut short, so that `verify` cannot be asked.
    const tag = new Uint8Array(await crypto.subtle.sign('HMAC', key, signed)).subarray(0, 16);
    if (!crypto.subtle.timingSafeEqual(tag, bytes.subarray(2, 18))) {
        return 'INVALID_POLICY_KEY';
    }
    const opens = rules.accountOf(new TextDecoder().decode(json));
    if (opens === null) {
        return 'INVALID_POLICY_KEY';
    }
    return opens === account ? null : 'ACCOUNT_ID';
}

async function fill(path, env) {
    const headers = { Authorization: env.ORIGIN_AUTHORIZATION };
    const answer = await fetch(`http://origin${path}`, { headers });
    const entry = { status: answer.status, body: await answer.arrayBuffer(), layers: [] };
    if (![200, 403, 404].includes(entry.status)) {
        throw new Error(`the origin answered ${entry.status}`);
    }
    if (entry.status === 200) {
        const texts = ['Account', 'Video', 'Right'].map((layer) => answer.headers.get(`Playback-${layer}-Rules`));
        // Only a playback right may be missing.
        entry.layers = texts.filter((text, at) => text !== null || at < 2).map(rules.parse);
    }
    entries.set(path, entry);
    return entry;
}

function answer(status, body, cache) {
    return new Response(body, { status, headers: { 'Content-Type': 'application/json', 'X-Cache': cache } });
}

export default {
    async fetch(request, env) {
        const requestId = crypto.randomUUID();
        const header = (name) => request.headers.get(name) ?? undefined;
        const country = countryOf.get(header('Local-Viewer'));
        const refused = (name, cache) => {
            const error = rules.error(name, country, requestId);
            return answer(error.status, error.body, cache);
        };
        const path = new URL(request.url).pathname;
        const named = PATH.exec(path);
        if (named === null) {
            return refused('NOT_FOUND', 'MISS');
        }
        const error = await keyError(rules.keyText(header('Accept')), named[1]);
        if (error !== null) {
            return refused(error, 'MISS');
        }
        try {
            const cached = entries.get(path);
            const entry = cached ?? (await fill(path, env));
            const cache = cached ? 'HIT' : 'MISS';
            const viewer = {
                address: rules.address(header('Local-Viewer')),
                country,
                site: () => rules.site(header('Origin'), header('Referer')),
            };
            const subcode = rules.decide(entry.layers, viewer);
            return subcode === null ? answer(entry.status, entry.body, cache) : refused(subcode, cache);
        } catch (error) {
            console.error(error.message);
            return refused('BAD_ORIGIN', 'MISS');
        }
    },
};
