//! Passwords and second factors: guessed, bypassed, replayed.
