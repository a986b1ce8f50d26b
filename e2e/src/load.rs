//! What the load program measures with: a light client, processor time, ceilings.

pub mod ceilings;
pub mod cpu;
pub mod hammer;
pub mod table;
