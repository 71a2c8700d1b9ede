//! The record of who did what, and secrets: altered, cut, read.

mod flooded_record;
mod leaked_secrets;
mod tampering;
mod unseen_guessing;
mod wiped_tracks;
