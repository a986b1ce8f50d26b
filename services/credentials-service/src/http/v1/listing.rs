//! Lists as bare arrays: whole ones are streamed, slices say where they lie.

use actix_web::{HttpRequest, HttpResponse, web::Bytes};
use futures_util::{Stream, TryStreamExt, stream::try_unfold};
use serde::Serialize;
use web::{Query, Refusal};

/// How many items a slice has unless told otherwise.
const PAGE_SIZE: u64 = 100;

/// The most items of one slice, and of one step of a whole list.
const LARGEST: u64 = 1000;

/// Which slice of a list is wanted; without one it is the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// From 1.
    page: u64,
    size: u64,
}

impl Slice {
    /// Reads `page` and `page_size`; `None` if neither is there. Nonsense counts as the default.
    pub fn of(query: &Query) -> Option<Self> {
        let (page, size) = (query.text("page"), query.text("page_size"));
        if page.is_none() && size.is_none() {
            return None;
        }
        let number = |text: Option<&str>, default: u64| {
            let given = text.and_then(number_of);
            given.filter(|number| *number >= 1).unwrap_or(default)
        };
        Some(Self { page: number(page, 1), size: number(size, PAGE_SIZE).min(LARGEST) })
    }

    fn offset(self) -> u64 {
        (self.page - 1).saturating_mul(self.size)
    }
}

/// Answers with a slice of `count` items, or with all of them.
///
/// `fetch` reads items from an offset on, at most as many as asked for, `None` in place of each
/// that this caller may not see.
pub async fn respond<T, F, Fut>(
    request: &HttpRequest,
    url: &str,
    count: i64,
    fetch: F,
) -> Result<HttpResponse, Refusal>
where
    T: Serialize + 'static,
    F: Fn(i64, i64) -> Fut + 'static,
    Fut: Future<Output = Result<Vec<Option<T>>, Refusal>> + 'static,
{
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/json");
    let query = Query::of(request);
    let Some(slice) = Slice::of(&query) else {
        return Ok(answer.streaming(whole(fetch).map_err(actix_web::Error::from)));
    };
    let count = u64::try_from(count).unwrap_or(0);
    let items = match i64::try_from(slice.offset()) {
        Ok(offset) if slice.offset() < count => fetch(offset, signed(slice.size)).await?,
        _ => Vec::new(),
    };
    answer.insert_header(("X-Total-Count", count.to_string()));
    answer.insert_header(("Link", links(slice, count, url)));
    Ok(answer.json(items.into_iter().flatten().collect::<Vec<T>>()))
}

/// A number of any size: one that is too large is as good as the largest.
fn number_of(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn links(slice: Slice, count: u64, url: &str) -> String {
    let last = count.div_ceil(slice.size).max(1);
    let mut links = vec![("first", 1)];
    links.extend((slice.page > 1).then(|| ("prev", (slice.page - 1).min(last))));
    links.extend((slice.page < last).then(|| ("next", slice.page + 1)));
    links.push(("last", last));
    let link = |(rel, page): (&str, u64)| {
        format!("<{url}?page={page}&page_size={}>; rel=\"{rel}\"", slice.size)
    };
    links.into_iter().map(link).collect::<Vec<_>>().join(", ")
}

/// How far a whole list has been written.
struct Progress<F> {
    fetch: F,
    /// `None` after the end.
    offset: Option<i64>,
    /// Whether an item was written, so that the next one needs a comma.
    begun: bool,
}

/// The whole list, a step at a time.
fn whole<T, F, Fut>(fetch: F) -> impl Stream<Item = Result<Bytes, Refusal>>
where
    T: Serialize,
    F: Fn(i64, i64) -> Fut,
    Fut: Future<Output = Result<Vec<Option<T>>, Refusal>>,
{
    try_unfold(Progress { fetch, offset: Some(0), begun: false }, |mut progress| async move {
        let Some(offset) = progress.offset else { return Ok(None) };
        let items = (progress.fetch)(offset, signed(LARGEST)).await?;
        let is_last = u64::try_from(items.len()).is_ok_and(|length| length < LARGEST);
        let mut text = if offset == 0 { b"[".to_vec() } else { Vec::new() };
        for item in items.iter().flatten() {
            if progress.begun {
                text.push(b',');
            }
            progress.begun = true;
            serde_json::to_writer(&mut text, item).map_err(|error| Refusal::internal(&error))?;
        }
        if is_last {
            text.push(b']');
        }
        progress.offset = (!is_last).then(|| offset + signed(LARGEST));
        Ok(Some((Bytes::from(text), progress)))
    })
}
