//! The record of who did what, and secrets: altered, cut, read.

mod flooded_record;
mod forgotten_makers;
mod leaked_secrets;
mod tampering;
mod unseen_guessing;
mod wiped_tracks;
