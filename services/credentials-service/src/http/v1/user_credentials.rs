//! `/api/v1/user-credentials/`: issue credentials, one or a thousand.

mod award;

use actix_web::{
    HttpRequest, HttpResponse, ResponseError,
    http::StatusCode,
    web::{Data, Payload},
};
use serde::Serialize;
use serde_json::Value;
use web::Refusal;

use super::{
    access::{self, Admitted, admit, body},
    view::{UserCredentialView, view},
};
use crate::{
    actions::{self, Actor, Awarded, Urgency},
    app::App,
    domain::{
        award::Named,
        role::{Deed, Roles},
    },
    http::wrong::{self, Wrong},
};

/// The most credentials of one request.
const MOST: usize = 1000;

/// What came of one of many.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IssueOutcome {
    /// 201, 200, 400 or 403: what the item alone would have been answered with.
    pub status: u16,
    /// A user credential, or what is wrong.
    #[schema(value_type = Object)]
    pub body: Value,
}

/// Issue credentials
///
/// An object issues one credential: 201, or 200 if the learner had it before. An array of up to 1000
/// such objects issues each that can be issued: 207, with an outcome for each in the same order.
#[utoipa::path(
    post,
    path = "/api/v1/user-credentials/",
    tag = "v1",
    request_body = Object,
    responses(
        (status = 201, body = UserCredentialView), (status = 200, body = UserCredentialView),
        (status = 207, body = [IssueOutcome]), (status = "4XX", body = Object)
    )
)]
pub async fn issue(
    app: Data<App>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Refusal> {
    let admitted = admit(&app, &request, Deed::IssueCredentials).await?;
    match body(&request, payload).await?.value {
        Value::Array(items) if items.len() > MOST => {
            Err(Refusal::TooLarge(format!("A request takes no more than {MOST} credentials.")))
        }
        Value::Array(items) => {
            let outcomes = issue_all(&app, admitted, items, Urgency::Bulk).await?;
            let outcomes: Vec<IssueOutcome> = outcomes.into_iter().map(outcome).collect();
            Ok(HttpResponse::MultiStatus().json(outcomes))
        }
        item => {
            let outcomes = issue_all(&app, admitted, vec![item], Urgency::Interactive).await?;
            let (status, view) = outcomes.into_iter().next().ok_or(Refusal::Internal)??;
            Ok(HttpResponse::build(status).json(view))
        }
    }
}

/// `OPTIONS`, and 405 for methods that the path does not take.
pub async fn other_methods(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, Refusal> {
    let description = "Issues credentials, one or many.";
    access::answer_other(&app, &request, Deed::IssueCredentials, "User Credentials", description)
        .await
}

type Issued = Result<(StatusCode, UserCredentialView), Refusal>;

/// An outcome for each item, in order.
async fn issue_all(
    app: &App,
    admitted: Admitted,
    items: Vec<Value>,
    urgency: Urgency,
) -> Result<Vec<Issued>, Refusal> {
    let Admitted { user, site, roles } = admitted;
    let (mut awards, mut wrongs, mut is_award) = (Vec::new(), Vec::new(), Vec::new());
    for item in &items {
        let read = award::read(item);
        is_award.push(read.is_ok());
        match read {
            Ok(award) => awards.push(award),
            Err(wrong) => wrongs.push(wrong),
        }
    }
    let site_id = site.id;
    let mut refusals = everything_wrong(app, site_id, roles.clone(), wrongs).await?.into_iter();
    let actor = Actor { name: user.profile.username, channel: "api-v1" };
    let issued = actions::issue_credentials(app, &site, roles, awards, urgency, actor).await?;
    let mut issued = issued.into_iter();
    let shown = |done: Awarded| {
        let status = if done.is_new { StatusCode::CREATED } else { StatusCode::OK };
        (status, view(app, &site, done.credential, done.attributes, done.is_documented))
    };
    let outcome = |is_award: bool| match is_award {
        true => issued.next().map(|each| each.map(shown).map_err(Refusal::from)),
        false => refusals.next().map(Err),
    };
    Ok(is_award.into_iter().filter_map(outcome).collect())
}

/// What is wrong with each of these, with its fields and with what it names.
async fn everything_wrong(
    app: &App,
    site_id: i64,
    roles: Roles,
    wrongs: Vec<Wrong<Named>>,
) -> Result<Vec<Refusal>, Refusal> {
    let named: Vec<Named> = wrongs.iter().filter_map(|wrong| wrong.what.clone()).collect();
    if named.is_empty() {
        return Ok(wrongs.into_iter().map(|wrong| *wrong.refusal).collect());
    }
    let checked =
        app.db.read(move |conn| actions::check_issuable(conn, site_id, roles, &named)).await?;
    let mut checked = checked.into_iter();
    let refusal = |wrong: Wrong<Named>| match wrong.what.and_then(|_| checked.next()) {
        Some(Err(error)) => wrong::both(*wrong.refusal, error.into()),
        Some(Ok(())) | None => *wrong.refusal,
    };
    Ok(wrongs.into_iter().map(refusal).collect())
}

fn outcome(issued: Issued) -> IssueOutcome {
    match issued {
        Ok((status, view)) => {
            let body = serde_json::to_value(view).unwrap_or_default();
            IssueOutcome { status: status.as_u16(), body }
        }
        Err(refusal) => {
            IssueOutcome { status: refusal.status_code().as_u16(), body: refusal.body() }
        }
    }
}
