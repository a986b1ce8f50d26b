//! Which paths and methods a service's API document promises.

use actix_web::dev::ResourceDef;
use utoipa::openapi::{OpenApi, path::PathItem};

/// The promised routes, to tell "no such method" from "no such path".
#[derive(Clone)]
pub struct RouteTable {
    routes: Vec<(ResourceDef, Vec<&'static str>)>,
}

impl RouteTable {
    /// The routes of an API document.
    pub fn of(document: &OpenApi) -> Self {
        let routes = document
            .paths
            .paths
            .iter()
            .map(|(path, item)| (ResourceDef::new(path.as_str()), methods(item)))
            .collect();
        Self { routes }
    }

    /// The methods of `path`, in the order of Django's `Allow`; empty when there is no such path.
    pub fn methods_of(&self, path: &str) -> Vec<&'static str> {
        let fitting = self.routes.iter().filter(|(pattern, _)| pattern.is_match(path));
        let all: Vec<&'static str> = fitting.flat_map(|(_, methods)| methods.clone()).collect();
        ORDER.into_iter().filter(|method| all.contains(method)).collect()
    }
}

/// Django's order.
const ORDER: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

fn methods(item: &PathItem) -> Vec<&'static str> {
    let mut methods = Vec::new();
    let described = [
        ("GET", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
        ("PATCH", item.patch.is_some()),
        ("DELETE", item.delete.is_some()),
        ("HEAD", item.get.is_some()),
    ];
    methods.extend(described.iter().filter(|(_, there)| *there).map(|(method, _)| *method));
    methods.push("OPTIONS");
    methods
}
