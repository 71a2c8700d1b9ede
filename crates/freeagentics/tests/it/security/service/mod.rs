//! The service as a whole: its settings, its routes, what it asks of others.

mod hostile_answers;
mod inventory;
mod misconfiguration;
mod poisoned_learning;
mod request_forgery;
mod stolen_idempotency_keys;
