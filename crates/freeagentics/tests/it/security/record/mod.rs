//! The record of who did what, and secrets: altered, cut, read.
