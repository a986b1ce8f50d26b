//! What the engine makes, looked at from outside: by validators, readers and decoders.

mod conformance;
mod fitting;
mod given;
mod limits;
mod reading;
mod repeatability;
