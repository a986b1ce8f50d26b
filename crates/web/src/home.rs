//! The page at each service's root.
