//! The API as its users meet it: the real server as a process, on a real database, asked over HTTP.

pub(crate) mod agents;
mod audit;
mod backups;
pub(crate) mod begun;
pub(crate) mod beside;
pub(crate) mod client;
mod damaged;
mod decisions;
mod encrypted;
pub(crate) mod fleets;
mod importing;
mod keys;
mod live;
mod marked;
mod matrix;
mod models;
pub(crate) mod passkeys;
pub(crate) mod people;
mod permissions;
pub(crate) mod person;
mod requests;
mod rotating;
pub(crate) mod server;
pub(crate) mod sessions;
mod settings;
mod starting;
mod system;
mod traces;
mod workspaces;

pub(crate) use client::{Answer, Client};
pub(crate) use encrypted::{Encrypted, status};
pub(crate) use server::{Installation, KEY, Server, refused};

/// Tells each story twice: with the embedded database and with PostgreSQL.
macro_rules! on_both_databases {
    ($($story:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[test]
            fn $story() {
                super::$story($crate::api::Installation::sqlite());
            })+
        }
        mod on_postgres {
            $(#[test]
            fn $story() {
                super::$story($crate::api::Installation::postgres());
            })+
        }
    };
}
pub(crate) use on_both_databases;
