//! The topology as a file that operators import before any service starts.
//!
//! Members stand in the order in which they are written here: serde_json keeps it (`preserve_order`).

use serde_json::{Map, Value, json};

use super::topology::{Binding, Exchange, Queue, Topology};
use crate::Subscription;

/// The virtual host that is described.
const VHOST: &str = "testamur";

/// The definitions of all that these listeners and everybody who publishes need, as
/// `rabbitmqctl import_definitions` reads them: an entry a line.
pub fn definitions(listeners: &[Subscription]) -> String {
    let topologies = listeners.iter().map(Topology::of_listener);
    let all: Vec<Topology> = [Topology::of_publishers()].into_iter().chain(topologies).collect();
    let sections = [
        ("vhosts", vec![json!({ "name": VHOST })]),
        ("policies", vec![policy(listeners)]),
        ("exchanges", all.iter().flat_map(|all| &all.exchanges).map(exchange).collect()),
        ("queues", all.iter().flat_map(|all| &all.queues).map(queue).collect()),
        ("bindings", all.iter().flat_map(|all| &all.bindings).map(binding).collect()),
    ];
    let sections = sections.map(|(name, entries)| {
        let lines: Vec<String> = entries.iter().map(|entry| format!("    {entry}")).collect();
        format!("  \"{name}\": [\n{}\n  ]", lines.join(",\n"))
    });
    format!("{{\n{}\n}}\n", sections.join(",\n"))
}

/// Spreads the leaders of the queues over the nodes of a cluster.
fn policy(listeners: &[Subscription]) -> Value {
    let families: Vec<&str> = listeners.iter().map(|listener| listener.family).collect();
    json!({
        "vhost": VHOST,
        "name": "spread-leaders",
        "pattern": format!("^({})(\\..*)?$", families.join("|")),
        "apply-to": "queues",
        "definition": { "queue-leader-locator": "balanced" },
        "priority": 0,
    })
}

fn exchange(exchange: &Exchange) -> Value {
    json!({
        "name": exchange.name,
        "vhost": VHOST,
        "type": exchange.kind,
        "durable": true,
        "auto_delete": false,
        "internal": false,
        "arguments": {},
    })
}

fn queue(queue: &Queue) -> Value {
    let arguments =
        queue.arguments().into_iter().map(|(key, value)| (key.to_owned(), json!(value)));
    json!({
        "name": queue.name,
        "vhost": VHOST,
        "durable": true,
        "auto_delete": false,
        "arguments": arguments.collect::<Map<_, _>>(),
    })
}

fn binding(binding: &Binding) -> Value {
    json!({
        "source": binding.exchange,
        "vhost": VHOST,
        "destination": binding.queue,
        "destination_type": "queue",
        "routing_key": binding.routing_key,
        "arguments": {},
    })
}
