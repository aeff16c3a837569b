//! The origin as a process, over HTTP, with a real database and a real purge API to talk to.

/// Backups, and databases that are made from them.
mod backup;
/// The change feed: what it tells, in which order, from where on.
mod changes;
/// The CMS API: what is written is read, what is wrong is refused.
mod cms;
/// Starting, refusing to start, stopping.
mod command;
/// The database file, for what no editor can write.
mod database;
/// The edge's own check of what it is answered.
mod edge_check;
/// Why a viewer may play, and where it plays.
mod explain;
/// The process and its callers.
mod harness;
/// Bad input for the CMS.
mod hostile;
/// Importing other services' restrictions.
mod import;
/// Loading a catalog.
mod load;
/// Where a rendition or picture is.
mod location;
/// People's own shapes, row by row, in both directions.
mod mappings;
/// Media behind signed URLs.
mod media;
/// A database of an earlier version.
mod migration;
/// The policy key's rules, where the origin lays them over an answer.
mod overlay;
/// More requests than can be answered.
mod overload;
/// What the edge is answered.
mod playback;
/// The body of a playback answer.
mod playback_body;
/// Playlists as players get them.
mod playlist_answers;
/// Playlists and lists in the CMS.
mod playlists;
/// Policy keys on record: minted, listed, revoked.
mod policy_keys;
/// What only a server can do: these are left out where none is installed.
mod postgres;
/// What is purged after an edit, and what happens when that fails.
mod purge;
/// The purge API the origin tells.
mod purge_api;
/// The purger in a process of its own: killed, doubled, cut off, flooded.
mod purger;
/// Videos like another.
mod related;
/// Rules that are only reported.
mod report_only;
/// Playback rights beyond their rules: which videos get one, what is refused.
mod rights;
/// What a search finds.
mod search;
/// In which order and which pages a search is answered.
mod search_order;
/// A PostgreSQL server, where the tests run on one.
mod server;
/// The public keys of viewer tokens.
mod token_keys;
