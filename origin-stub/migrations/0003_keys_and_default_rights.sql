-- Policy keys that were minted here, the public keys of viewer tokens, and the right of new videos.

-- What is minted elsewhere with a live signing key is good without a row; one that is revoked has a
-- row all the same. `data` is the JSON inside the key.
create table policy_keys (
    account_id text not null references accounts (id),
    key_id     text not null,
    data       text not null,
    created_at text not null,
    revoked_at text,
    primary key (account_id, key_id)
);

create index policy_keys_by_creation on policy_keys (account_id, created_at);

-- `value` is the base64 of the DER (SPKI).
create table token_keys (
    account_id text not null references accounts (id),
    id         text not null,
    value      text not null,
    created_at text not null,
    primary key (account_id, id)
);

-- As before, this repeats what SQL itself has to see of the document.
alter table playback_rights add column is_default boolean not null default false;

create unique index default_playback_rights on playback_rights (account_id) where is_default;
