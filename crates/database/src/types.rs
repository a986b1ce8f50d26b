//! Column types with one meaning in Rust and a native encoding on each database.

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::{
    deserialize::FromSqlRow, expression::AsExpression, query_builder::QueryId, sql_types::SqlType,
};

/// `uuid` on PostgreSQL, hyphenated text on SQLite.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951), sqlite_type(name = "Text"))]
pub struct Uid;

/// `jsonb` on PostgreSQL, JSON text on SQLite.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807), sqlite_type(name = "Text"))]
pub struct JsonText;

/// `timestamptz` on PostgreSQL, fixed-width UTC text on SQLite, so that text sorts as time.
#[derive(Debug, Clone, Copy, Default, SqlType, QueryId)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185), sqlite_type(name = "Text"))]
pub struct Instant;

/// A JSON value in a [`JsonText`] column.
#[derive(Debug, Clone, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = JsonText)]
pub struct Json(pub serde_json::Value);

/// Teaches PostgreSQL, SQLite and the run-time choice between them one column type:
/// `$pg` natively on PostgreSQL, text on SQLite. `$rust` is a tuple struct around `$inner`.
#[macro_export]
macro_rules! portable_type {
    (
        $(@[$($generic:ident),+])? $rust:ty as $sql:ty, pg: $pg:ty as $inner:ty,
        wrap: |$raw:ident| $wrap:expr, unwrap: |$this:ident| $unwrap:expr,
        text: |$v:ident| $write:expr, |$s:ident| $read:expr
    ) => {
        impl$(<$($generic: 'static),+>)? ::diesel::serialize::ToSql<$sql, ::diesel::pg::Pg> for $rust {
            fn to_sql<'b>(
                &'b self,
                out: &mut ::diesel::serialize::Output<'b, '_, ::diesel::pg::Pg>,
            ) -> ::diesel::serialize::Result {
                let $this = self;
                <$inner as ::diesel::serialize::ToSql<$pg, ::diesel::pg::Pg>>::to_sql($unwrap, out)
            }
        }
        impl$(<$($generic: 'static),+>)? ::diesel::deserialize::FromSql<$sql, ::diesel::pg::Pg> for $rust {
            fn from_sql(
                bytes: <::diesel::pg::Pg as ::diesel::backend::Backend>::RawValue<'_>,
            ) -> ::diesel::deserialize::Result<Self> {
                let $raw =
                    <$inner as ::diesel::deserialize::FromSql<$pg, ::diesel::pg::Pg>>::from_sql(bytes)?;
                Ok($wrap)
            }
        }
        impl$(<$($generic: 'static),+>)? ::diesel::serialize::ToSql<$sql, ::diesel::sqlite::Sqlite> for $rust {
            fn to_sql<'b>(
                &'b self,
                out: &mut ::diesel::serialize::Output<'b, '_, ::diesel::sqlite::Sqlite>,
            ) -> ::diesel::serialize::Result {
                let $this = self;
                let $v = $unwrap;
                out.set_value($write);
                Ok(::diesel::serialize::IsNull::No)
            }
        }
        impl$(<$($generic: 'static),+>)? ::diesel::deserialize::FromSql<$sql, ::diesel::sqlite::Sqlite> for $rust {
            fn from_sql(
                bytes: <::diesel::sqlite::Sqlite as ::diesel::backend::Backend>::RawValue<'_>,
            ) -> ::diesel::deserialize::Result<Self> {
                let text = <String as ::diesel::deserialize::FromSql<
                    ::diesel::sql_types::Text,
                    ::diesel::sqlite::Sqlite,
                >>::from_sql(bytes)?;
                let $s = text.as_str();
                let $raw = $read?;
                Ok($wrap)
            }
        }
        impl$(<$($generic: 'static),+>)? ::diesel::serialize::ToSql<$sql, $crate::MultiBackend> for $rust {
            fn to_sql<'b>(
                &'b self,
                out: &mut ::diesel::serialize::Output<'b, '_, $crate::MultiBackend>,
            ) -> ::diesel::serialize::Result {
                out.set_value((<$sql>::default(), self));
                Ok(::diesel::serialize::IsNull::No)
            }
        }
        impl$(<$($generic: 'static),+>)? ::diesel::deserialize::FromSql<$sql, $crate::MultiBackend> for $rust {
            fn from_sql(
                bytes: <$crate::MultiBackend as ::diesel::backend::Backend>::RawValue<'_>,
            ) -> ::diesel::deserialize::Result<Self> {
                bytes.from_sql::<Self, $sql>()
            }
        }
    };
}

/// Makes a column type known to the run-time choice between the databases.
macro_rules! known_to_both {
    ($($sql:ty),+) => {$(
        impl diesel::sql_types::HasSqlType<$sql> for crate::MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                crate::MultiBackend::lookup_sql_type::<$sql>(lookup)
            }
        }
    )+};
}

known_to_both!(Uid, JsonText, Instant);

portable_type!(Json as JsonText, pg: diesel::sql_types::Jsonb as serde_json::Value,
    wrap: |value| Self(value), unwrap: |this| &this.0,
    text: |v| v.to_string(), |s| serde_json::from_str::<serde_json::Value>(s));

/// An instant as SQLite keeps it: UTC, microseconds, always 27 characters.
pub fn instant_to_text(instant: &DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Reads what [`instant_to_text`] wrote.
///
/// # Errors
///
/// If the text is no RFC 3339 instant.
pub fn instant_from_text(text: &str) -> Result<DateTime<Utc>, chrono::ParseError> {
    DateTime::parse_from_rfc3339(text).map(|instant| instant.to_utc())
}
