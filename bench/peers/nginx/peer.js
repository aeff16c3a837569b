// njs keeps nothing between requests: the rules are read anew for each.
import crypto from 'crypto';
import rules from 'rules.js';

const CONTEXT = 'playback-edge policy key\0';

// The name of the error that refuses the policy key; `null` where it is good.
function keyError(r) {
    const text = rules.keyText(r.headersIn.Accept);
    if (text === null) {
        return 'INVALID_POLICY_KEY';
    }
    const bytes = Buffer.from(text, 'base64url');
    const secret = process.env[`SIGNING_KEY_${bytes[1]}`];
    if (bytes[0] !== 1 || secret === undefined) {
        return 'INVALID_POLICY_KEY';
    }
    const json = bytes.slice(18);
    const tag = crypto.createHmac('sha256', secret).update(CONTEXT).update(bytes.slice(0, 2)).update(json).digest();
    if (tag.slice(0, 16).compare(bytes.slice(2, 18)) !== 0) {
        return 'INVALID_POLICY_KEY';
    }
    const account = rules.accountOf(json.toString());
    if (account === null) {
        return 'INVALID_POLICY_KEY';
    }
    return account === r.variables.account ? null : 'ACCOUNT_ID';
}

// The subcode of the refusal, or `null`.
function decide(r, entry, country) {
    const header = (layer) => entry.headersOut[`Playback-${layer}-Rules`];
    const texts = [header('Account'), header('Video')];
    // Only a playback right may be missing.
    if (header('Right') !== undefined) {
        texts.push(header('Right'));
    }
    return rules.decide(texts.map(rules.parse), {
        address: rules.address(r.headersIn['Local-Viewer']),
        country: country,
        site: () => rules.site(r.headersIn.Origin, r.headersIn.Referer),
    });
}

async function answer(r) {
    const country = r.variables.country === '' ? undefined : r.variables.country;
    r.headersOut['Content-Type'] = 'application/json';
    const refuse = (name) => {
        const refused = rules.error(name, country, r.variables.request_id);
        r.return(refused.status, refused.body);
    };
    const error = keyError(r);
    if (error !== null) {
        refuse(error);
        return;
    }
    try {
        const entry = await r.subrequest(`/entry${r.uri}`);
        if (![200, 403, 404].includes(entry.status)) {
            throw new Error(`the origin answered ${entry.status}`);
        }
        r.headersOut['X-Cache'] = entry.variables.upstream_cache_status;
        const subcode = entry.status === 200 ? decide(r, entry, country) : null;
        if (subcode === null) {
            r.return(entry.status, entry.responseBuffer);
        } else {
            refuse(subcode);
        }
    } catch (e) {
        r.error(e.message);
        refuse('BAD_ORIGIN');
    }
}

export default { answer };
