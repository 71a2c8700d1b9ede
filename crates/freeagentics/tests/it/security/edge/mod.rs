//! The edge: limits, headers, slow clients, shapes of requests.
