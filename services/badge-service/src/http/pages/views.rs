//! What the pages show, gathered.

use crate::{
    app::{App, documents::Basis},
    domain::{
        assertion::{Assertion, AssertionState, Evidence},
        badge_class::{Alignment, BadgeClass},
        entity_id::EntityId,
        issuer::Issuer,
        origin::Kind,
    },
    error::Error,
    http::documents,
    pages::{
        Address, IssuerLink, Site,
        assertion::{self as assertion_page, AssertionView},
        badge_class::{self as badge_class_page, BadgeClassView},
        issuer::{BadgeLink, IssuerView},
    },
    store,
};

/// How many badge classes the page of an issuer shows.
const MOST_BADGES: i64 = 60;

pub(super) fn site(app: &App) -> Site {
    Site { name: app.settings.public.name.clone(), home_url: Some("/".to_owned()) }
}

/// The view, and what it rests on.
pub(super) async fn issuer(app: &App, id: EntityId) -> Result<Option<(IssuerView, Basis)>, Error> {
    let found = app
        .db
        .read(move |conn| {
            let Some(issuer) = store::issuers::find(conn, id)? else { return Ok(None) };
            let classes = store::badge_classes::of_issuer(conn, id, Some(MOST_BADGES))?;
            Ok::<_, Error>(Some((issuer, classes)))
        })
        .await?;
    let Some((issuer, classes)) = found else { return Ok(None) };
    let basis = documents::basis_of_issuer(&issuer);
    let view = IssuerView {
        site: site(app),
        address: address(app, Kind::Issuer, id),
        image_url: issuer.image.as_ref().map(|_| app.origin.image(Kind::Issuer, id)),
        name: issuer.name.into(),
        description: issuer.description.into(),
        home_url: issuer.url.into(),
        email: issuer.email.into(),
        badges: classes.into_iter().map(|class| badge_link(app, class)).collect(),
    };
    Ok(Some((view, basis)))
}

/// The view, and what it rests on.
pub(super) async fn badge_class(
    app: &App,
    id: EntityId,
) -> Result<Option<(BadgeClassView, Basis)>, Error> {
    let Some((class, issuer)) = documents::badge_class(app, id).await? else { return Ok(None) };
    let basis = documents::basis_of_badge_class(&class);
    let view = BadgeClassView {
        site: site(app),
        address: address(app, Kind::BadgeClass, id),
        criteria_narrative: class.criteria_narrative().map(str::to_owned),
        issuer: issuer_link(app, &issuer),
        image_url: Some(app.origin.image(Kind::BadgeClass, id)),
        criteria_url: class.criteria.url.map(Into::into),
        name: class.name.into(),
        description: class.description.into(),
        tags: class.tags,
        alignments: class.alignments.into_iter().map(alignment).collect(),
    };
    Ok(Some((view, basis)))
}

/// The view, and what it rests on.
pub(super) async fn assertion(
    app: &App,
    id: EntityId,
) -> Result<Option<(AssertionView, Basis)>, Error> {
    let Some(whole) = documents::assertion(app, id).await? else { return Ok(None) };
    let basis = documents::basis_of_assertion(&whole, app.clock.now());
    let (assertion, class) = (whole.kept.assertion, whole.class);
    let baked = |kind: &str| {
        format!("{}/baked?type={kind}", app.origin.public(Kind::Assertion, assertion.id))
    };
    let stands = assertion.image();
    let view = AssertionView {
        site: site(app),
        address: address(app, Kind::Assertion, id),
        state: state(app, &assertion),
        badge_name: class.name.as_str().to_owned(),
        badge_page_url: app.origin.page(Kind::BadgeClass, class.id),
        description: class.description.as_str().to_owned(),
        issuer: issuer_link(app, &whole.issuer),
        image_url: stands.map(|_| app.origin.image(Kind::Assertion, id)),
        issued_on: assertion.issued_on.timestamp().utc().date_naive(),
        expires_on: assertion.expires.map(|expires| expires.utc().date_naive()),
        recipient: recipient(&assertion),
        criteria_url: class.criteria.url.as_ref().map(|url| url.as_str().to_owned()),
        criteria_narrative: class.criteria_narrative().map(str::to_owned),
        narrative: assertion.narrative.as_ref().map(|text| text.as_str().to_owned()),
        evidence: assertion.evidence.iter().map(evidence).collect(),
        verify_url: None,
        baked_png_url: stands.map(|_| baked("png")),
        baked_svg_url: stands.filter(|image| image.is_svg()).map(|_| baked("svg")),
    };
    Ok(Some((view, basis)))
}

fn state(app: &App, assertion: &Assertion) -> assertion_page::AssertionState {
    match &assertion.state {
        AssertionState::Revoked { reason, .. } => {
            assertion_page::AssertionState::Revoked { reason: Some(reason.as_str().to_owned()) }
        }
        AssertionState::Issued { .. } if assertion.is_expired(app.clock.now()) => {
            assertion_page::AssertionState::Expired
        }
        AssertionState::Issued { .. } => assertion_page::AssertionState::Valid,
    }
}

fn recipient(assertion: &Assertion) -> assertion_page::Recipient {
    let identity = if assertion.hashed {
        assertion.recipient.hashed_with(&assertion.salt)
    } else {
        assertion.recipient.identity().to_owned()
    };
    assertion_page::Recipient {
        kind: assertion.recipient.kind().in_open_badges().to_owned(),
        identity,
        is_hashed: assertion.hashed,
    }
}

fn evidence(evidence: &Evidence) -> assertion_page::Evidence {
    assertion_page::Evidence {
        url: evidence.url().map(|url| url.as_str().to_owned()),
        narrative: evidence.narrative().map(|text| text.as_str().to_owned()),
    }
}

fn alignment(alignment: Alignment) -> badge_class_page::Alignment {
    badge_class_page::Alignment {
        name: alignment.target_name,
        url: alignment.target_url.into(),
        framework: alignment.target_framework,
        description: alignment.target_description,
    }
}

fn issuer_link(app: &App, issuer: &Issuer) -> IssuerLink {
    IssuerLink {
        name: issuer.name.as_str().to_owned(),
        page_url: app.origin.page(Kind::Issuer, issuer.id),
    }
}

fn badge_link(app: &App, class: BadgeClass) -> BadgeLink {
    BadgeLink {
        name: class.name.into(),
        page_url: app.origin.page(Kind::BadgeClass, class.id),
        image_url: Some(app.origin.image(Kind::BadgeClass, class.id)),
    }
}

fn address(app: &App, kind: Kind, id: EntityId) -> Address {
    let public_url = app.origin.public(kind, id);
    Address {
        page_url: app.origin.page(kind, id),
        json_url: format!("{public_url}.json"),
        public_url,
    }
}
