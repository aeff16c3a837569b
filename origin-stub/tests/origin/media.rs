/// What is served, and how: types, ranges, manifests; and what is not media.
mod files;
/// A folder of media, and attempts to open its files.
mod site;
/// Who may open it.
mod tokens;
