//! An answer of many pages: each is read when the one before it is on its way, and told only while whoever asked still may.
//!
//! Such an answer takes as long as its reader likes. A credential that is taken away meanwhile is worth nothing for what is
//! read from then on, and the answer breaks off, so that nobody takes what there is for the whole.

use std::sync::Arc;

use axiomcore::http::Problem;
use axiomcore::identity::{Identity, Permission, Principal};
use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use futures_util::stream;

/// What is read page by page.
pub(crate) trait Pages: Sized + Send + 'static {
    /// The next page, and what remains to be read.
    fn page(self) -> impl Future<Output = Result<(Bytes, Option<Self>), Problem>> + Send;
}

/// Who has asked, and what they need as long as it takes.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) identity: Identity,
    pub(crate) principal: Arc<Principal>,
    pub(crate) needs: &'static [Permission],
}

/// Answers with all pages. The first is read before the answer begins, so that what fails at once is a problem and no broken
/// answer.
pub(crate) async fn answer<P: Pages>(reader: Reader, pages: P, media_type: &'static str) -> Result<Response, Problem> {
    let (first, rest) = pages.page().await?;
    let rest = stream::try_unfold((reader, rest), |(reader, rest)| async move {
        let Some(pages) = rest else { return Ok(None) };
        let (page, rest) = pages.page().await.map_err(|problem| std::io::Error::other(problem.to_string()))?;
        // Looked at after the page was read: then nothing is in it that came after the end of the credential.
        reader.still_may().await?;
        Ok(Some((page, (reader, rest))))
    });
    let first = stream::once(async move { Ok::<_, std::io::Error>(first) });
    let mut response = Response::new(Body::from_stream(stream::StreamExt::chain(first, rest)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    Ok(response)
}

impl Reader {
    async fn still_may(&self) -> std::io::Result<()> {
        let current = self.identity.current(&self.principal).await.map_err(std::io::Error::other)?;
        let may = |current: &Principal| self.needs.iter().all(|need| current.permissions.has(*need));
        if current.as_ref().is_some_and(may) {
            return Ok(());
        }
        tracing::info!(principal = %self.principal.id, "an answer breaks off: who asked for it may not read it any more");
        Err(std::io::Error::other("who asked for it may not read it any more"))
    }
}
