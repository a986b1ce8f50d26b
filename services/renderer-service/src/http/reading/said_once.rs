//! JSON in which nothing is said twice: of two members with one name, another reader may believe the
//! other.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The longest pointer that an error names, in characters: the names are the client's.
const LONGEST_POINTER: usize = 200;

/// The JSON of a body.
///
/// # Errors
///
/// What is wrong with it, and where; the JSON Pointer of a member that is there twice.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Place::Root.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Where in the document a value stands. What is read below it knows it as its parent.
#[derive(Clone, Copy)]
enum Place<'a> {
    Root,
    Member(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(parent, key) => {
                write!(formatter, "{parent}/{}", key.replace('~', "~0").replace('/', "~1"))
            }
            Self::Item(parent, index) => write!(formatter, "{parent}/{index}"),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Place<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(Place::Item(&self, items.len()))? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            let place = Place::Member(&self, &key);
            if members.contains_key(&key) {
                let pointer: String = place.to_string().chars().take(LONGEST_POINTER).collect();
                return Err(A::Error::custom(format!("{pointer} is there twice")));
            }
            let value = object.next_value_seed(place)?;
            members.insert(key, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_once_is_read_as_ever() {
        let text =
            r#"{"b":[1,-2,1.5,"a\u00e9",true,null,{}],"a":{"b":{"b":18446744073709551615}}}"#;
        assert_eq!(parse(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
        for broken in ["", "{", "{} {}", "nul", "[1,]", "{\"a\"}", "1e400", "\"\\ud800\""] {
            assert!(parse(broken.as_bytes()).is_err(), "{broken}");
        }
        assert!(parse("[".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn a_member_that_is_there_twice_is_named_wherever_it_is() {
        let named = |text: &str| parse(text.as_bytes()).unwrap_err().to_string();
        assert!(named(r#"{"a":1,"a":1}"#).starts_with("/a is there twice"));
        assert!(named(r#"{"a":[0,{"b":{},"b":null}]}"#).starts_with("/a/1/b is there twice"));
        assert!(named(r#"{"a/~":1,"\u0061/~":2}"#).starts_with("/a~1~0 is there twice"));
        let long = format!("{{\"{0}\":1,\"{0}\":2}}", "x".repeat(1_000));
        assert!(named(&long).len() < 300);
    }
}
