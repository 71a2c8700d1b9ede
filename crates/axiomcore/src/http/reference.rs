//! The reference of all routes, written from their table: who may call what.

use super::{Access, Route};

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
}
