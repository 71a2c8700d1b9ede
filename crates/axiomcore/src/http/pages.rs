//! A page for every error code, from inside the binary.

use std::sync::Arc;

use axum::http::header::{ACCEPT, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::markdown::{escaped, html};
use super::{Catalogue, ErrorCode, Json, Open, Path, Problem, Routes, StatusCode, codes};

/// `GET /errors` and `GET /errors/{code}`: HTML for who asks for it, JSON otherwise.
pub(super) fn routes<S: Clone + Send + Sync + 'static>(catalogue: &Arc<Catalogue>) -> Routes<S> {
    let (list, one) = (catalogue.clone(), catalogue.clone());
    Routes::new()
        .get("/errors", move |_: Open, headers: HeaderMap| async move { by_accept(list_errors(&list, &headers)) })
        .get("/errors/style.css", async |_: Open| {
            ([(CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"))], include_str!("pages.css"))
        })
        .get("/errors/{code}", move |_: Open, Path(code): Path<String>, headers: HeaderMap| async move {
            by_accept(get_error(&one, &code, &headers))
        })
}

/// The same address has a page and a document.
fn by_accept(response: Response) -> Response {
    ([(VARY, HeaderValue::from_static("accept"))], response).into_response()
}

fn list_errors(catalogue: &Catalogue, headers: &HeaderMap) -> Response {
    if !wants_html(headers) {
        return Json(json!({ "errors": catalogue.iter().map(document).collect::<Vec<_>>() })).into_response();
    }
    let rows = catalogue.iter().map(|error| {
        let ErrorCode { code, status, title, .. } = error;
        format!("<li><a href=\"/errors/{code}\"><code>{code}</code></a> {} {}</li>", status.as_u16(), escaped(title))
    });
    page("Errors", &format!("<ul>{}</ul>", rows.collect::<String>()))
}

fn get_error(catalogue: &Catalogue, code: &str, headers: &HeaderMap) -> Response {
    let Some(error) = catalogue.find(code) else {
        return unknown(headers);
    };
    if !wants_html(headers) {
        return Json(document(error)).into_response();
    }
    let body = format!(
        "<p><code>{}</code>, answered with status {}.</p>{}<p><a href=\"/errors\">All errors</a></p>",
        error.code,
        error.status.as_u16(),
        html(error.help)
    );
    page(error.title, &body)
}

/// Whoever followed a link in a browser reads a page here as well.
fn unknown(headers: &HeaderMap) -> Response {
    if !wants_html(headers) {
        return Problem::new(&codes::NOT_FOUND).mend("`GET /errors` lists all codes.").into_response();
    }
    let body = "<p>This server knows no error of that name; it may be one of a newer version.</p>\
                <p><a href=\"/errors\">All errors</a></p>";
    (StatusCode::NOT_FOUND, page("No such error", body)).into_response()
}

fn document(error: &ErrorCode) -> serde_json::Value {
    let ErrorCode { code, status, title, help } = error;
    json!({ "code": code, "status": status.as_u16(), "title": title, "help": help })
}

fn wants_html(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

fn page(title: &str, body: &str) -> Response {
    let title = escaped(title);
    let text = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><link rel=\"stylesheet\" href=\"/errors/style.css\"><main><h1>{title}</h1>{body}</main></html>"
    );
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
            ),
        ),
    ];
    (headers, text).into_response()
}
