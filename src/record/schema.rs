//! The JSON Schemas (draft 2020-12), generated from the types.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Value, json};

use super::AuditRecord;
use crate::transcript::Sanitized;

/// The schema of a sanitized transcript.
pub fn transcript_schema() -> Value {
    schema_of::<Sanitized<'_>>()
}

/// The schema of an audit record.
pub fn audit_schema() -> Value {
    schema_of::<AuditRecord<'_>>()
}

/// The schema of a job in its two JSON forms; a bare conversation id as text is the third form.
pub fn job_schema() -> Value {
    let id = json!({
        "type": "string",
        "format": "uuid",
        "pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
        "description": "The conversation's id, hyphenated, in any case."
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Job",
        "description": "A conversation to fetch, redact and publish. The body may also be the bare id as text.",
        "type": "object",
        "anyOf": [
            { "properties": { "conversationId": id }, "required": ["conversationId"] },
            {
                "description": "The Genesys customer.end event from EventBridge.",
                "not": { "required": ["conversationId"] },
                "properties": {
                    "detail": {
                        "type": "object",
                        "properties": {
                            "eventBody": {
                                "type": "object",
                                "properties": {
                                    "conversationId": id,
                                    "mediaType": {
                                        "description": "A string: other media than MESSAGE are acknowledged and ignored."
                                    }
                                },
                                "required": ["conversationId"]
                            }
                        },
                        "required": ["eventBody"]
                    }
                },
                "required": ["detail"]
            }
        ]
    })
}

/// The formats of Rust's unsigned integers are unknown elsewhere, and strict validators refuse what they do not know.
fn without_uint(schema: &mut Schema) {
    let format = schema.get("format").and_then(Value::as_str);
    if format.is_some_and(|format| format.starts_with("uint")) {
        schema.remove("format");
    }
}

fn schema_of<T: schemars::JsonSchema>() -> Value {
    let schema: Schema = SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(RecursiveTransform(without_uint))
        .into_generator()
        .into_root_schema_for::<T>();
    schema.into()
}
