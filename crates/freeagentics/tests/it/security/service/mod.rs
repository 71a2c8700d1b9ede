//! The service as a whole: its settings, its routes, what it asks of others.
