//! Who calls, known by a token in the header or by the LMS's cookies.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header::ACCEPT, web::Data};
use auth::{Claims, Presented, presented};
use web::{Query, Refusal};

use crate::{
    actions::sign_in::sign_in,
    app::App,
    domain::{
        course_enrollment::RunOfProgram,
        permission::{Grants, Permission},
        program::Program,
        user::{Introduction, User},
    },
    error::Error,
    store::programs,
};

/// A signed-in caller, who also accepts what we answer with: 406 goes before 401.
#[derive(Debug, Clone)]
pub struct Caller {
    pub user: User,
    pub grants: Grants,
}

impl FromRequest for Caller {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Self::of(&request).await })
    }
}

impl Caller {
    /// The caller of a request.
    ///
    /// # Errors
    ///
    /// 406, 401, or 403 for a token that is restricted.
    pub async fn of(request: &HttpRequest) -> Result<Self, Refusal> {
        if !accepts_our_answers(request) {
            return Err(Refusal::NotAcceptable);
        }
        let app = request.app_data::<Data<App>>();
        let app = app.ok_or_else(|| Refusal::internal(&"the routes have no app"))?;
        let introduction = match presented(request) {
            Presented::Header(token) => introduction(app, &token).await?,
            Presented::Malformed | Presented::Nothing => return Err(Refusal::no_credentials()),
            // A cookie that is not believed is as none: browsers keep old ones.
            Presented::Cookie(token) => match introduction(app, &token).await {
                Ok(introduction) => {
                    app.csrf.check(request)?;
                    introduction
                }
                Err(Refusal::Unauthenticated(_)) => return Err(Refusal::no_credentials()),
                Err(refusal) => return Err(refusal),
            },
        };
        let signed_in = sign_in(app, introduction).await?;
        Ok(Self { user: signed_in.user, grants: signed_in.grants })
    }

    /// The program with this key, on which the caller has `permission`.
    ///
    /// # Errors
    ///
    /// 404 before 403: keys of programs are no secret among callers.
    pub async fn program(
        &self,
        app: &App,
        key: &str,
        permission: Permission,
    ) -> Result<Program, Refusal> {
        let program = existing_program(app, key).await?;
        if self.grants.on(&program).contains(&permission) {
            Ok(program)
        } else {
            Err(Error::NotPermitted.into())
        }
    }

    /// The run of a program that the caller was let to, by either of its keys.
    ///
    /// # Errors
    ///
    /// 404 if the active curriculum has no such run.
    pub async fn course_run(
        &self,
        app: &App,
        program: Program,
        course_id: &str,
    ) -> Result<RunOfProgram, Refusal> {
        let (id, course_id) = (program.id, course_id.to_owned());
        let run = app.db.read(move |conn| programs::course_run(conn, id, &course_id));
        let run = run.await.map_err(Error::from)?.ok_or(Error::NoSuchCourseRun)?;
        Ok(RunOfProgram { program, course_key: run.key })
    }
}

/// The program with this key, whoever asks.
///
/// # Errors
///
/// 404 if there is none.
pub async fn existing_program(app: &App, key: &str) -> Result<Program, Refusal> {
    let key = key.to_owned();
    let found = app.db.read(move |conn| Ok::<_, Error>(programs::find(conn, &key)?)).await?;
    Ok(found.ok_or(Error::NoSuchProgram)?)
}

async fn introduction(app: &App, token: &str) -> Result<Introduction, Refusal> {
    let claims = app.verifier.verify(token).await.map_err(|error| {
        tracing::debug!(%error, "a token was refused");
        Refusal::invalid_token()
    })?;
    if claims.is_restricted == Some(true) {
        return Err(Refusal::forbidden());
    }
    introduce(&claims)
}

fn introduce(claims: &Claims) -> Result<Introduction, Refusal> {
    let username = claims.username().ok_or_else(|| {
        let detail = "JWT must include a preferred_username or username claim!";
        Refusal::Unauthenticated(detail.to_owned())
    })?;
    Introduction::new(username, claims.email.as_deref(), claims.administrator)
        .ok_or_else(Refusal::invalid_token)
}

/// We answer in JSON, and to people in HTML. `?format=json` asks whatever `Accept` says.
fn accepts_our_answers(request: &HttpRequest) -> bool {
    if Query::of(request).last("format") == Some("json") {
        return true;
    }
    let mut ranges = Vec::new();
    for header in request.headers().get_all(ACCEPT) {
        ranges.extend(header.to_str().unwrap_or_default().split(','));
    }
    let ours = |range: &&str| {
        let kind = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        ["*/*", "application/*", "application/json", "text/*", "text/html"].contains(&kind.as_str())
    };
    ranges.iter().all(|range| range.trim().is_empty()) || ranges.iter().any(ours)
}
