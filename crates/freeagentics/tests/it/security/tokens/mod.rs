//! Tokens and sessions: forged, stolen, replayed, outlived.
