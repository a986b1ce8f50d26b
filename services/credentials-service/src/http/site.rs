//! Which site a request is for.

use std::sync::Arc;

use actix_web::{HttpRequest, http::header::HOST};
use database::Error;
use web::Refusal;

use crate::{app::App, domain::site::Site, store};

/// The longest host name that is looked up; a longer one is nobody's.
const LONGEST_HOST: usize = 255;

/// The site of the request's host: exactly, else without the port, else the default one.
pub async fn site_of(app: &App, request: &HttpRequest) -> Result<Arc<Site>, Refusal> {
    let header = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let host = header.or_else(|| request.uri().host()).unwrap_or_default().to_ascii_lowercase();
    let host = if host.len() > LONGEST_HOST { String::new() } else { host };
    if let Some(known) = app.sites.get(&host) {
        return Ok(known);
    }
    let (wanted, default) = (host.clone(), app.default_site.id);
    let found = app
        .db
        .read(move |conn| {
            let bare = wanted.rsplit_once(':').map_or(wanted.as_str(), |(bare, _port)| bare);
            for domain in [&wanted, bare] {
                if let Some(site) = store::sites::find_by_domain(conn, domain)? {
                    return Ok(site);
                }
            }
            store::sites::get(conn, default)
        })
        .await
        .map_err(|error: Error| Refusal::from(error))?;
    let site = Arc::new(found);
    app.sites.insert(host, site.clone());
    Ok(site)
}
