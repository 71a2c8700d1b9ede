//! Tests of the product as a whole, in one binary because each further one is linked anew after every edit.
#![cfg(test)]

mod api;
mod browser;
mod commands;
mod demo;
mod lamp;
mod monitoring;
mod page;
mod repo;
mod security;
