//! What the routes of both kinds of configurations do.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use database::AnyConnection;
use serde::Serialize;
use web::{Body, Query, Refusal};

use super::{
    access::{self, Admitted, admit, body},
    listing,
};
use crate::{
    actions::{self, Configuration, Saved, Target},
    app::App,
    domain::role::Deed,
    error::Error,
};

/// How a kind of configuration is written and read.
pub trait Editable: Configuration {
    /// What is shown of one.
    type View: Serialize + Send + 'static;

    /// The view of one that these sign, in order.
    fn view(self, signatories: Vec<i64>) -> Self::View;

    /// What a list's query asks for.
    fn filter(query: &Query) -> Self::Filter;

    /// The configuration of a body, and the id that it names.
    fn read(
        app: &App,
        admitted: &Admitted,
        body: &Body,
    ) -> impl Future<Output = Result<(Option<i64>, Self::Draft), Refusal>>;
}

/// All of a site that the caller may read, or a slice of them.
pub async fn list<C: Editable>(
    app: Data<App>,
    request: HttpRequest,
) -> Result<HttpResponse, Refusal> {
    let Admitted { site, roles, .. } = admit(&app, &request, Deed::ReadConfigurations).await?;
    let filter = C::filter(&Query::of(&request));
    let site_id = site.id;
    let url = format!("{}{}", app.base_url_of(&site), request.path());
    let counted = filter.clone();
    let count = app
        .db
        .read(move |conn| C::count(conn, site_id, &counted))
        .await
        .map_err(|error: database::Error| Refusal::from(error))?;
    let fetch = move |offset, limit| {
        let (app, filter, roles) = (app.clone(), filter.clone(), roles.clone());
        async move {
            app.db
                .read(move |conn| {
                    let all = C::list(conn, site_id, &filter, offset, limit)?;
                    let mut views = Vec::with_capacity(all.len());
                    for each in all {
                        let of = each.belonging(conn, site_id)?;
                        let may_see = roles.may(Deed::ReadConfigurations, &of);
                        views.push(may_see.then(|| signed(conn, each)).transpose()?);
                    }
                    Ok(views)
                })
                .await
                .map_err(|error: database::Error| Refusal::from(error))
        }
    };
    listing::respond(&request, &url, count, fetch).await
}

/// Makes one, or changes the one with the same key.
pub async fn create<C: Editable>(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let admitted = admit(&app, &request, Deed::EditConfigurations).await?;
    let (_, draft) = C::read(&app, &admitted, &body(&request, payload).await?).await?;
    save::<C>(&app, admitted, draft, Target::Key).await
}

/// Changes the one with the body's id, else the one with its key.
pub async fn replace_by_key<C: Editable>(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let admitted = admit(&app, &request, Deed::EditConfigurations).await?;
    let (id, draft) = C::read(&app, &admitted, &body(&request, payload).await?).await?;
    save::<C>(&app, admitted, draft, id.map_or(Target::ExistingKey, Target::Id)).await
}

/// Shows one.
pub async fn detail<C: Editable>(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let Admitted { site, roles, .. } = admit(&app, &request, Deed::ReadConfigurations).await?;
    let (id, site_id) = (access::id(&id)?, site.id);
    let view = app
        .db
        .read(move |conn| {
            let found = C::find(conn, site_id, id)?.ok_or(Error::NoSuch(C::KIND))?;
            if !roles.may(Deed::ReadConfigurations, &found.belonging(conn, site_id)?) {
                return Err(Error::NoSuch(C::KIND));
            }
            Ok(signed(conn, found)?)
        })
        .await?;
    Ok(HttpResponse::Ok().json(view))
}

/// Changes one.
pub async fn replace<C: Editable>(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let admitted = admit(&app, &request, Deed::EditConfigurations).await?;
    let id = access::id(&id)?;
    permit_id::<C>(&app, &admitted, id).await?;
    let (_, draft) = C::read(&app, &admitted, &body(&request, payload).await?).await?;
    save::<C>(&app, admitted, draft, Target::Id(id)).await
}

/// Removes one.
pub async fn delete<C: Editable>(
    app: Data<App>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Refusal> {
    let Admitted { site, roles, .. } = admit(&app, &request, Deed::EditConfigurations).await?;
    actions::delete_configuration::<C>(&app, site.id, access::id(&id)?, roles).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Refuses what lies outside the caller's scope, before anything is said of the rest of a body.
pub async fn permit<C: Editable>(
    app: &App,
    admitted: &Admitted,
    id: Option<i64>,
    name: C::Name,
) -> Result<(), Refusal> {
    if let Some(id) = id {
        permit_id::<C>(app, admitted, id).await?;
    }
    let (site_id, roles) = (admitted.site.id, admitted.roles.clone());
    app.db
        .read(move |conn| actions::permit_name::<C>(conn, site_id, &roles, &name))
        .await
        .map_err(|error: Error| error.into())
}

async fn permit_id<C: Editable>(app: &App, admitted: &Admitted, id: i64) -> Result<(), Refusal> {
    let (site_id, roles) = (admitted.site.id, admitted.roles.clone());
    app.db
        .read(move |conn| actions::permit_id::<C>(conn, site_id, &roles, id))
        .await
        .map_err(|error: Error| error.into())
}

async fn save<C: Editable>(
    app: &App,
    admitted: Admitted,
    draft: C::Draft,
    target: Target,
) -> Result<HttpResponse, Refusal> {
    let site_id = admitted.site.id;
    let Saved { configuration, signatories, is_new } =
        actions::save_configuration::<C>(app, site_id, draft, target, admitted.roles).await?;
    let mut answer = if is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.json(configuration.view(signatories)))
}

fn signed<C: Editable>(
    conn: &mut AnyConnection,
    configuration: C,
) -> Result<C::View, database::Error> {
    let people = C::signatories(conn, configuration.id())?;
    Ok(configuration.view(people.iter().map(|person| person.id).collect()))
}
