// The rules that all peers are compared by, for both that run JavaScript. Written in the language that njs
// has: no destructuring, no `Map`, no `URL`.

const LIST = '\\("[^"]+"(?: "[^"]+")*\\)';
const COUNTRIES = '\\("[A-Z]{2}"(?: "[A-Z]{2}")*\\)';
const MEMBER = `(?:(?:ip|domain)-(?:allow|deny)=${LIST}|geo-(?:allow|deny)=${COUNTRIES}|(?:geo-default|domain-missing)=(?:allow|deny))`;
const DICTIONARY = new RegExp(`^${MEMBER}(?:, ${MEMBER})*$`);
const ORIGIN = /^(https?):\/\/([a-z0-9.-]+)(:[0-9]{1,5})?$/;
const PAGE = /^(https?):\/\/([a-z0-9.-]+)(:[0-9]{1,5})?(?:\/.*)?$/;

// An address as eight (IPv6) or two (IPv4) numbers of 16 bits; `null` for anything else.
function address(text) {
    const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
    if (v4) {
        const bytes = v4.slice(1).map(Number);
        return bytes.every((byte) => byte < 256) ? [bytes[0] * 256 + bytes[1], bytes[2] * 256 + bytes[3]] : null;
    }
    const halves = text.split('::');
    const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
    const given = groups.reduce((sum, half) => sum + half.length, 0);
    if (halves.length > 2 || (halves.length === 2 ? given > 7 : given !== 8)) {
        return null;
    }
    if (!groups.every((half) => half.every((group) => /^[0-9a-f]{1,4}$/i.test(group)))) {
        return null;
    }
    const zeros = [];
    while (zeros.length < 8 - given) {
        zeros.push('0');
    }
    const all = halves.length === 2 ? groups[0].concat(zeros, groups[1]) : groups[0];
    return all.map((group) => parseInt(group, 16));
}

function network(text) {
    const parts = text.split('/');
    const words = address(parts[0]);
    const length = parts.length > 1 ? Number(parts[1]) : words && words.length * 16;
    if (words === null || parts.length > 2 || !(length >= 0 && length <= words.length * 16)) {
        throw new Error(`no network: ${text}`);
    }
    return { words: words, length: length };
}

function contains(network, words) {
    if (network.words.length !== words.length) {
        return false;
    }
    for (let at = 0, left = network.length; left > 0; at += 1, left -= 16) {
        const shift = left >= 16 ? 0 : 16 - left;
        if (network.words[at] >> shift !== words[at] >> shift) {
            return false;
        }
    }
    return true;
}

// One layer. What cannot be read, or is none of the kinds compared, throws: the answer is then 502.
function parse(text) {
    if (typeof text !== 'string' || !DICTIONARY.test(text)) {
        throw new Error('rules that are not compared here');
    }
    const layer = { ipAllow: [], ipDeny: [], geoAllow: [], geoDeny: [], domainAllow: [], domainDeny: [] };
    text.split(', ').forEach((member) => {
        const at = member.indexOf('=');
        const name = member.slice(0, at).replace(/-(.)/, (_, letter) => letter.toUpperCase());
        const value = member.slice(at + 1);
        layer[name] = value[0] === '(' ? value.slice(2, -2).split('" "') : value;
    });
    layer.ipAllow = layer.ipAllow.map(network);
    layer.ipDeny = layer.ipDeny.map(network);
    return layer;
}

// The embedding site: `missing`, `opaque` (says nothing that can be believed) or known.
function site(origin, referer) {
    const header = origin === undefined ? referer : origin;
    if (header === undefined) {
        return { kind: 'missing' };
    }
    const found = (origin === undefined ? PAGE : ORIGIN).exec(header);
    if (!found) {
        return { kind: 'opaque' };
    }
    const own = found[1] === 'https' ? ':443' : ':80';
    const port = found[3] === undefined || found[3] === own ? '' : found[3];
    return { kind: 'known', origin: `${found[1]}://${found[2]}${port}`, host: found[2] };
}

function isOneOf(site, patterns) {
    return patterns.some((pattern) =>
        pattern.startsWith('*.') ? site.host.endsWith(pattern.slice(1)) : pattern === site.host || pattern === site.origin);
}

// From the most specific level to the broadest; the first with a match decides.
function placeRefuses(layer, viewer) {
    const isIn = (networks) => networks.some((network) => contains(network, viewer.address));
    if (isIn(layer.ipDeny)) {
        return 'CLIENT_IP';
    }
    if (isIn(layer.ipAllow)) {
        return null;
    }
    if (layer.geoDeny.includes(viewer.country)) {
        return 'CLIENT_GEO';
    }
    if (layer.geoAllow.includes(viewer.country)) {
        return null;
    }
    if (layer.geoDefault !== undefined) {
        return layer.geoDefault === 'deny' ? 'CLIENT_GEO' : null;
    }
    if (layer.geoAllow.length > 0) {
        return 'CLIENT_GEO';
    }
    return layer.ipAllow.length > 0 && layer.geoDeny.length === 0 ? 'CLIENT_IP' : null;
}

function siteRefuses(layer, viewer) {
    const hasAllow = layer.domainAllow.length > 0;
    if (!hasAllow && layer.domainDeny.length === 0 && layer.domainMissing === undefined) {
        return null;
    }
    const missing = layer.domainMissing === undefined ? (hasAllow ? 'deny' : 'allow') : layer.domainMissing;
    const found = viewer.site();
    if (found.kind !== 'known') {
        return found.kind === 'missing' && missing === 'allow' ? null : 'DOMAIN';
    }
    if (isOneOf(found, layer.domainDeny)) {
        return 'DOMAIN';
    }
    return hasAllow && !isOneOf(found, layer.domainAllow) ? 'DOMAIN' : null;
}

// The subcode of the first refusal, or `null`: check by check, and in a check layer by layer.
function decide(layers, viewer) {
    const checks = [placeRefuses, siteRefuses];
    for (let check = 0; check < checks.length; check += 1) {
        for (let layer = 0; layer < layers.length; layer += 1) {
            const subcode = checks[check](layers[layer], viewer);
            if (subcode !== null) {
                return subcode;
            }
        }
    }
    return null;
}

const ERRORS = {
    INVALID_POLICY_KEY: [401, 'INVALID_POLICY_KEY', null, 'The policy key is missing, malformed or revoked.'],
    ACCOUNT_ID: [403, 'ACCESS_DENIED', 'ACCOUNT_ID', 'The policy key belongs to another account.'],
    CLIENT_IP: [403, 'ACCESS_DENIED', 'CLIENT_IP', 'This video may not be played from this network.'],
    CLIENT_GEO: [403, 'ACCESS_DENIED', 'CLIENT_GEO', 'This video may not be played in this place.'],
    DOMAIN: [403, 'ACCESS_DENIED', 'DOMAIN', 'This video may not be embedded on this site.'],
    NOT_FOUND: [404, 'RESOURCE_NOT_FOUND', null, 'There is nothing at this path.'],
    BAD_ORIGIN: [502, 'SERVER_ERROR', 'VIDEO_RETRIEVE_FAILURE', "The video's data could not be retrieved."],
};

// Status and body of an error, in the form of the Playback API.
function error(name, country, requestId) {
    const told = ERRORS[name];
    const body = { error_code: told[1] };
    if (told[2] !== null) {
        body.error_subcode = told[2];
    }
    body.message = told[3];
    if (name === 'CLIENT_GEO') {
        body.client_geo = country === undefined ? 'unknown' : country.toLowerCase();
    }
    body.request_id = requestId;
    return { status: told[0], body: JSON.stringify([body]) };
}

// The text of the policy key, from the one place that is compared.
function keyText(accept) {
    const found = /^application\/json;pk=([A-Za-z0-9_-]{24,4096})$/.exec(accept === undefined ? '' : accept);
    return found ? found[1] : null;
}

// The account that a verified key opens. A key with restrictions of its own is none that is compared.
function accountOf(json) {
    const data = JSON.parse(json);
    const others = Object.keys(data).filter((name) => name !== 'account-id' && name !== 'key-id');
    return others.length === 0 ? data['account-id'] : null;
}

export default { accountOf, address, decide, error, keyText, parse, site };
