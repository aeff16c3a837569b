/// What is explained, and in what form.
mod answers;
/// Where a video plays.
mod places;
/// Questions that are not answered.
mod refusals;
/// An account with videos, and what the edge is answered about them.
mod world;
