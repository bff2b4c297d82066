//! The topology as resources of RabbitMQ's Messaging Topology Operator, with a user of least rights for each role.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::queue::{Declaration, Rights};

/// The RabbitmqCluster that the resources are for; an overlay may patch it.
const CLUSTER: &str = "rabbitmq";
/// The scaler asks the management API, which is a matter of tags and not of permissions.
const SCALER_TAG: &str = "management";

/// One YAML document for each declaration, user and set of rights, in the order of `plan`.
pub(super) fn manifests(plan: &[Declaration], rights: &[Rights], vhost: &str) -> String {
    let mut documents: Vec<_> = plan.iter().map(|one| declared(one, vhost)).collect();
    for rights in rights {
        documents.push(user(rights));
        documents.push(permission(rights, vhost));
    }
    let mut text = String::from("# Made by `interceptor topology show --format kubernetes`.\n");
    for document in &documents {
        text.push_str("---\n");
        yaml(&mut text, document, 0);
    }
    text
}

fn declared(declaration: &Declaration, vhost: &str) -> Value {
    match declaration {
        Declaration::Exchange {
            name,
            kind,
            arguments,
        } => {
            let spec = json!({"type": kind, "durable": true});
            resource("Exchange", name, named(spec, name, vhost, arguments))
        }
        Declaration::Queue { name, arguments } => {
            // The operator has a field for it, and makes the argument of the field.
            let mut arguments = arguments.clone();
            let kind = arguments.remove("x-queue-type");
            // What waits in a queue must not go with the resource.
            let spec = json!({"type": kind, "durable": true, "deletionPolicy": "retain"});
            resource("Queue", name, named(spec, name, vhost, &arguments))
        }
        Declaration::Binding {
            exchange,
            queue,
            key,
        } => resource(
            "Binding",
            queue,
            json!({
                "vhost": vhost,
                "source": exchange,
                "destination": queue,
                "destinationType": "queue",
                "routingKey": key,
            }),
        ),
    }
}

fn named(mut spec: Value, name: &str, vhost: &str, arguments: &Map<String, Value>) -> Value {
    spec["name"] = name.into();
    spec["vhost"] = vhost.into();
    if !arguments.is_empty() {
        spec["arguments"] = Value::Object(arguments.clone());
    }
    spec
}

/// The user's name and password come from a Secret of the same name as the user, with the keys `username` and `password`.
fn user(rights: &Rights) -> Value {
    let name = user_name(rights);
    let mut spec = json!({"importCredentialsSecret": {"name": format!("{name}-rabbitmq")}});
    if rights.role == "scaler" {
        spec["tags"] = json!([SCALER_TAG]);
    }
    resource("User", &name, spec)
}

fn permission(rights: &Rights, vhost: &str) -> Value {
    let name = user_name(rights);
    let spec = json!({
        "vhost": vhost,
        "userReference": {"name": name},
        "permissions": {
            "configure": rights.configure,
            "write": rights.write,
            "read": rights.read,
        },
    });
    resource("Permission", &name, spec)
}

fn user_name(rights: &Rights) -> String {
    format!("interceptor-{}", rights.role)
}

fn resource(kind: &str, name: &str, mut spec: Value) -> Value {
    spec["rabbitmqClusterReference"] = json!({"name": CLUSTER});
    // What Kubernetes takes as a name; the broker's own is in the specification.
    let name: String = name
        .to_ascii_lowercase()
        .chars()
        .map(|letter| match letter {
            'a'..='z' | '0'..='9' | '.' | '-' => letter,
            _ => '-',
        })
        .collect();
    json!({
        "apiVersion": "rabbitmq.com/v1beta1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": spec,
    })
}

/// Writes a mapping as block YAML; every scalar is its JSON form, which is YAML too.
fn yaml(text: &mut String, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    for (key, value) in value.as_object().into_iter().flatten() {
        if value.as_object().is_some_and(|map| !map.is_empty()) {
            let _ = writeln!(text, "{indent}{key}:");
            yaml(text, value, depth + 1);
        } else {
            let _ = writeln!(text, "{indent}{key}: {value}");
        }
    }
}
