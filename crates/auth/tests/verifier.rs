//! Which tokens are believed: those that a trusted issuer signed with its own kind of key, now.

use auth::{
    Audience, Claims, JwkSet, KeyKind, KeyRing, KeySource, SigningKey, TokenError, TrustedIssuer,
    Verifier,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header};

const ISSUER: &str = "https://lms.example.org";

fn key(kind: KeyKind) -> SigningKey {
    auth::install_cryptography();
    SigningKey::generate(kind).unwrap()
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_secs()).unwrap()
}

fn claims() -> Claims {
    Claims {
        iss: ISSUER.into(),
        iat: now() - 1,
        exp: now() + 60,
        preferred_username: Some("pat".into()),
        ..Claims::default()
    }
}

fn trusting(key: &SigningKey) -> Verifier {
    trusting_for(key, None)
}

fn trusting_for(key: &SigningKey, audience: Option<&str>) -> Verifier {
    let keys = JwkSet { keys: vec![key.public().clone()] };
    let audience = audience.map(str::to_owned);
    Verifier::new(vec![TrustedIssuer::new(ISSUER, audience, KeySource::Static(keys))])
}

#[tokio::test]
async fn every_kind_of_key_signs_tokens_that_are_believed() {
    for kind in [KeyKind::Ed25519, KeyKind::P256, KeyKind::Rsa] {
        let key = key(kind);
        let token = key.sign(&claims()).unwrap();

        let believed = trusting(&key).verify(&token).await.unwrap();

        assert_eq!(believed.username(), Some("pat"), "{kind:?}");
    }
}

#[tokio::test]
async fn a_key_survives_its_file() {
    let folder = tempfile::tempdir().unwrap();
    auth::install_cryptography();
    let first = KeyRing::load_or_generate(folder.path(), "service", KeyKind::Ed25519).unwrap();
    let again = KeyRing::load_or_generate(folder.path(), "service", KeyKind::Ed25519).unwrap();

    assert_eq!(first.public(), again.public());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = std::fs::metadata(folder.path().join("service.pem")).unwrap();
        assert_eq!(file.permissions().mode() & 0o077, 0);
    }
}

#[tokio::test]
async fn tokens_of_others_are_not_believed() {
    let (ours, theirs) = (key(KeyKind::Rsa), key(KeyKind::Rsa));
    let verifier = trusting(&ours);

    let forged = theirs.sign(&claims()).unwrap();
    let stranger = ours.sign(&Claims { iss: "https://other.example".into(), ..claims() }).unwrap();

    assert_eq!(verifier.verify(&forged).await, Err(TokenError::WrongSignature));
    assert_eq!(verifier.verify(&stranger).await, Err(TokenError::UnknownIssuer));
    assert_eq!(Verifier::new(Vec::new()).verify(&forged).await, Err(TokenError::UnknownIssuer));
}

#[tokio::test]
async fn the_token_does_not_choose_its_algorithm() {
    let key = key(KeyKind::Rsa);
    let verifier = trusting(&key);

    let public = serde_json::to_vec(key.public()).unwrap();
    let public_pem = key.pem().as_bytes().to_vec();
    for secret in [public, public_pem] {
        let secret = EncodingKey::from_secret(&secret);
        let token =
            jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims(), &secret).unwrap();
        assert_eq!(verifier.verify(&token).await, Err(TokenError::WrongAlgorithm));
    }

    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let part = |json: &str| URL_SAFE_NO_PAD.encode(json);
    let body = serde_json::to_string(&claims()).unwrap();
    for header in [r#"{"alg":"none"}"#, r#"{"alg":"NONE","typ":"JWT"}"#] {
        let token = format!("{}.{}.", part(header), part(&body));
        assert_eq!(verifier.verify(&token).await, Err(TokenError::Malformed), "{header}");
    }
}

#[tokio::test]
async fn an_rsa_key_may_sign_either_way() {
    let key = key(KeyKind::Rsa);
    let pem = EncodingKey::from_rsa_pem(key.pem().as_bytes()).unwrap();
    for algorithm in [Algorithm::RS256, Algorithm::RS512] {
        let token = jsonwebtoken::encode(&Header::new(algorithm), &claims(), &pem).unwrap();
        assert!(trusting(&key).verify(&token).await.is_ok(), "{algorithm:?}");
    }
    let token = jsonwebtoken::encode(&Header::new(Algorithm::RS384), &claims(), &pem).unwrap();
    assert_eq!(trusting(&key).verify(&token).await, Err(TokenError::WrongAlgorithm));
}

#[tokio::test]
async fn what_a_token_calls_critical_is_not_passed_over() {
    let key = key(KeyKind::Rsa);
    let pem = EncodingKey::from_rsa_pem(key.pem().as_bytes()).unwrap();
    let header = Header { crit: Some(vec!["x".into()]), ..Header::new(Algorithm::RS512) };
    let token = jsonwebtoken::encode(&header, &claims(), &pem).unwrap();

    assert_eq!(trusting(&key).verify(&token).await, Err(TokenError::Malformed));
}

#[tokio::test]
async fn dates_may_have_fractions() {
    let mut told = serde_json::to_value(claims()).unwrap();
    told["exp"] = serde_json::json!(4_102_444_800.5);
    told["nbf"] = serde_json::json!(1_700_000_000.25);

    let read: Claims = serde_json::from_value(told).unwrap();

    assert_eq!((read.exp, read.nbf), (4_102_444_800, Some(1_700_000_000)));
}

#[tokio::test]
async fn a_token_is_believed_only_in_its_time() {
    let key = key(KeyKind::Ed25519);
    let verifier = trusting(&key);
    for (claims, believed) in [
        (Claims { exp: now() - 10, ..claims() }, false),
        (Claims { iat: now() + 100, exp: now() + 200, ..claims() }, false),
        (Claims { nbf: Some(now() + 100), ..claims() }, false),
        (claims(), true),
    ] {
        let token = key.sign(&claims).unwrap();
        assert_eq!(verifier.verify(&token).await.is_ok(), believed, "{claims:?}");
    }
}

#[tokio::test]
async fn a_remembered_token_still_expires() {
    let key = key(KeyKind::Ed25519);
    let verifier = trusting(&key);
    let token = key.sign(&Claims { exp: now() + 1, ..claims() }).unwrap();
    assert!(verifier.verify(&token).await.is_ok());

    while now() < serde_exp(&token) + 1 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }

    assert_eq!(verifier.verify(&token).await, Err(TokenError::NotNow));
}

fn serde_exp(token: &str) -> i64 {
    jsonwebtoken::dangerous::insecure_decode_claims::<Claims>(token).unwrap().exp
}

#[tokio::test]
async fn audience_and_version_count_when_they_are_asked_for() {
    let key = key(KeyKind::Ed25519);
    let verifier = trusting_for(&key, Some("registrar"));
    for (aud, version, verdict) in [
        (Audience::One("registrar".into()), None, Ok(())),
        (Audience::Many(vec!["x".into(), "registrar".into()]), Some("1.9.9"), Ok(())),
        (Audience::Anyone, None, Err(TokenError::WrongAudience)),
        (Audience::One("other".into()), None, Err(TokenError::WrongAudience)),
        (Audience::One("registrar".into()), Some("2.0.0"), Err(TokenError::WrongVersion)),
        (Audience::One("registrar".into()), Some("x"), Err(TokenError::WrongVersion)),
    ] {
        let version = version.map(str::to_owned);
        let token = key.sign(&Claims { aud, version, ..claims() }).unwrap();
        assert_eq!(verifier.verify(&token).await.map(drop), verdict, "{token}");
    }
}

#[tokio::test]
async fn a_token_for_somebody_else_is_refused_where_a_service_says_its_name() {
    let key = key(KeyKind::Ed25519);
    let names = ["renderer".to_owned(), "https://renderer.example".to_owned()];
    let named = trusting(&key).for_audience(names.clone());
    let held_by_its_issuer = trusting_for(&key, Some("openedx")).for_audience(names);
    for (aud, by_name, by_issuer) in [
        (Audience::Anyone, Ok(()), Err(TokenError::WrongAudience)),
        (Audience::One("renderer".into()), Ok(()), Err(TokenError::WrongAudience)),
        (
            Audience::Many(vec!["x".into(), "https://renderer.example".into()]),
            Ok(()),
            Err(TokenError::WrongAudience),
        ),
        (Audience::One("openedx".into()), Err(TokenError::WrongAudience), Ok(())),
        (
            Audience::Many(Vec::new()),
            Err(TokenError::WrongAudience),
            Err(TokenError::WrongAudience),
        ),
    ] {
        let token = key.sign(&Claims { aud: aud.clone(), ..claims() }).unwrap();
        assert_eq!(named.verify(&token).await.map(drop), by_name, "{aud:?}");
        assert_eq!(held_by_its_issuer.verify(&token).await.map(drop), by_issuer, "{aud:?}");
    }
}

#[tokio::test]
async fn garbage_is_malformed() {
    let verifier = trusting(&key(KeyKind::Ed25519));
    for token in ["", "a", "a.b", "a.b.c", "....", &"x".repeat(20_000)] {
        assert_eq!(verifier.verify(token).await, Err(TokenError::Malformed), "{token:.20}");
    }
}
