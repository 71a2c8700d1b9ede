//! The reference of all routes, written from their table: who may call what.

use super::{Access, Route};
use crate::identity::Role;

impl Route {
    /// The routes with who may call them, in Markdown, by path.
    pub fn reference(table: &[Self]) -> String {
        let mut routes: Vec<&Self> = table.iter().collect();
        routes.sort_by_key(|route| (route.path, route.method.as_str()));
        let head = "| method | path | who may call it |\n|---|---|---|\n".to_owned();
        routes.iter().fold(head, |page, route| {
            let who = match route.access {
                Access::Open => "everybody".to_owned(),
                Access::Authenticated => "everybody with a credential".to_owned(),
                Access::Needs(permission) => format!("`{}`: {}", permission.name, permission.meaning),
            };
            page + &format!("| {} | `{}` | {who} |\n", route.method, route.path)
        })
    }

    /// Which role may call which route, in Markdown: a row for each route, a column for each role.
    pub fn matrix(table: &[Self], roles: &[Role]) -> String {
        let mut routes: Vec<&Self> = table.iter().filter(|route| route.access != Access::Open).collect();
        routes.sort_by_key(|route| (route.path, route.method.as_str()));
        let names: String = roles.iter().map(|role| format!(" {} |", role.name)).collect();
        let head = format!("| route |{names}\n|---|{}\n", "---|".repeat(roles.len()));
        routes.iter().fold(head, |page, route| {
            let marks = roles.iter().map(|role| match route.access {
                Access::Needs(permission) if !role.permissions().has(permission) => " – |",
                _ => " yes |",
            });
            page + &format!("| `{} {}` |{}\n", route.method, route.path, marks.collect::<String>())
        })
    }
}
