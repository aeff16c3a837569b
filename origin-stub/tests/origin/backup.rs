/// What cannot be restored, and says so.
mod damaged;
/// A disk that is full, a process that is killed.
mod faults;
/// What followers and purgers find after a restore.
mod followers;
/// Which rows are kept for whom, and how long.
mod kept;
/// Any moment between two edits.
mod moments;
/// A database, its backups, and what is made from them.
mod world;
/// Backups while editors write.
mod writers;
