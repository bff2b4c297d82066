//! How the content of a message becomes text.
//!
//! The text comes first, then each part of the content on a line of its own, unless the text says the same already:
//!
//! | content | text |
//! |---|---|
//! | Text | its body |
//! | QuickReply, QuickReplyV2 | `[quick reply: text]`; title and `[choice: text]` of each action |
//! | ButtonResponse | the text of the button |
//! | Card, Carousel | title, description, `[button: text]` of each action |
//! | ListPicker, DatePicker, InteractiveApplication | title and subtitle |
//! | Form | title and subtitle of the form and of its pages; the answers |
//! | Attachment | `[attachment: file name]` and its caption; never the URL, which opens the file to whoever has it |
//! | Location | `[location: address]` and its text |
//! | Notification, NotificationResponse | header, body and footer; the answer |
//! | everything else | its text, title or description, where it has them |

use serde::Deserialize;
use serde_json::Value;

use super::shapes::Message;

/// A part of a message's content: its kind, and whatever the kind has. Only texts are picked from it.
#[derive(Deserialize)]
pub(in crate::genesys::platform) struct Content(serde_json::Map<String, Value>);

/// The text of a message.
pub(super) fn text(message: &Message) -> String {
    let normalized = message.normalized_message.as_ref();
    let mut text = normalized
        .and_then(|message| message.text.clone())
        .filter(|text| !text.is_empty())
        .or_else(|| message.text_body.clone())
        .unwrap_or_default();
    for content in normalized.map_or(&[][..], |message| &message.content) {
        for line in lines(&content.0) {
            // Buttons and quick replies repeat their text as the message's.
            if line.is_empty() || text == line {
                continue;
            }
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&line);
        }
    }
    text
}

fn lines(content: &serde_json::Map<String, Value>) -> Vec<String> {
    let kind = content
        .get("contentType")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_ascii_lowercase();
    // The part is named after its kind; the kind is the one thing that is spelled in many ways.
    let part = content
        .iter()
        .find(|(name, value)| name.eq_ignore_ascii_case(&kind) && value.is_object())
        .or_else(|| content.iter().find(|(_, value)| value.is_object()));
    let Some((_, part)) = part else {
        return Vec::new();
    };
    match kind.as_str() {
        "text" => strings(part, &["body"]),
        "quickreply" => labelled("quick reply", part, "text"),
        "quickreplyv2" => with_actions(part, &["title"], "choice"),
        "buttonresponse" => strings(part, &["text"]),
        "card" => with_actions(part, &["title", "description"], "button"),
        "carousel" => items(part, "cards")
            .flat_map(|card| with_actions(card, &["title", "description"], "button"))
            .collect(),
        "attachment" => {
            let mut lines = labelled("attachment", part, "filename");
            if lines.is_empty() {
                lines.push("[attachment]".to_owned());
            }
            lines.extend(strings(part, &["text"]));
            lines
        }
        "location" => {
            let mut lines = labelled("location", part, "address");
            lines.extend(strings(part, &["text"]));
            lines
        }
        "form" => {
            let mut lines = strings(part, &["title", "text"]);
            lines.extend(strings(&part["introduction"], &["title", "subtitle"]));
            let pages = items(part, "formPages");
            lines.extend(pages.flat_map(|page| strings(page, &["title", "subtitle"])));
            lines.extend(items(part, "response").flat_map(|answer| {
                let mut lines = strings(answer, &["title", "text", "value"]);
                lines.extend(strings(&answer["component"]["buttonResponse"], &["text"]));
                lines
            }));
            lines
        }
        "notification" => {
            let mut lines = Vec::new();
            for name in ["header", "body", "footer"] {
                lines.extend(
                    part.get(name)
                        .map(|part| strings(part, &["text"]))
                        .unwrap_or_default(),
                );
            }
            lines
        }
        "notificationresponse" => strings(part, &["notificationText"]),
        // Of what is new, only what is surely text.
        _ => {
            let mut lines = strings(part, &["title", "subtitle", "description", "text", "body"]);
            lines.extend(strings(&part["receivedMessage"], &["title", "subtitle"]));
            lines
        }
    }
}

fn strings(part: &Value, names: &[&str]) -> Vec<String> {
    names
        .iter()
        .filter_map(|name| part.get(*name)?.as_str().map(str::to_owned))
        .collect()
}

fn labelled(label: &str, part: &Value, name: &str) -> Vec<String> {
    strings(part, &[name])
        .into_iter()
        .map(|text| format!("[{label}: {text}]"))
        .collect()
}

fn with_actions(part: &Value, names: &[&str], label: &str) -> Vec<String> {
    let mut lines = strings(part, names);
    lines.extend(items(part, "actions").flat_map(|action| labelled(label, action, "text")));
    lines
}

fn items<'a>(part: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    part.get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rendered(normalized: Value) -> String {
        let message = json!({"id": "m", "normalizedMessage": normalized});
        text(&serde_json::from_value(message).unwrap())
    }

    #[test]
    fn the_text_comes_first_and_content_follows() {
        let card = json!({
            "text": "Look at this",
            "content": [{"contentType": "Card", "card": {
                "title": "Blue shirt", "description": "Size M", "image": "https://example.com/?token=hush",
                "actions": [{"type": "Link", "text": "Buy", "url": "https://example.com/buy"}]
            }}]
        });
        assert_eq!(
            rendered(card),
            "Look at this\nBlue shirt\nSize M\n[button: Buy]"
        );
    }

    #[test]
    fn attachments_show_name_and_caption_and_never_their_url() {
        let attachment = json!({"content": [{"contentType": "ATTACHMENT", "attachment": {
            "filename": "bill.pdf", "text": "my bill", "url": "https://example.com/?token=hush", "sha256": "hush"
        }}]});
        assert_eq!(rendered(attachment), "[attachment: bill.pdf]\nmy bill");
    }

    #[test]
    fn a_button_is_not_said_twice() {
        let button = json!({"text": "Yes", "content": [
            {"contentType": "ButtonResponse", "buttonResponse": {"type": "QuickReply", "text": "Yes", "payload": "yes"}}
        ]});
        assert_eq!(rendered(button), "Yes");
    }

    #[test]
    fn a_form_shows_what_is_asked_and_what_is_answered() {
        let asked = json!({"content": [{"contentType": "Form", "form": {
            "introduction": {"title": "A few questions", "buttonText": "Start"},
            "formPages": [{"title": "Your address", "pageComponents": []}],
        }}]});
        assert_eq!(rendered(asked), "A few questions\nYour address");
        let answered = json!({"content": [{"contentType": "Form", "form": {"response": [
            {"id": "street", "component": {"contentType": "ButtonResponse",
                "buttonResponse": {"type": "Form", "text": "12 Sample Street", "payload": "hush"}}}
        ]}}]});
        assert_eq!(rendered(answered), "12 Sample Street");
        let list = json!({"content": [{"contentType": "ListPicker", "listPicker": {
            "sections": [], "receivedMessage": {"title": "Please choose", "subtitle": "One only"}}}]});
        assert_eq!(rendered(list), "Please choose\nOne only");
        let response = json!({"content": [{"contentType": "NotificationResponse",
            "notificationResponse": {"notificationText": "Notify me"}}]});
        assert_eq!(rendered(response), "Notify me");
    }

    #[test]
    fn secrets_and_the_unknown_are_left_out() {
        let unknown = json!({"text": null, "content": [
            {"contentType": "CoBrowse", "coBrowse": {"sessionJoinToken": "hush"}},
            {"contentType": "Hologram", "hologram": {"title": "Hello", "jwt": "hush"}},
            {"contentType": "Push", "push": {"deviceToken": "hush"}},
            {}
        ]});
        assert_eq!(rendered(unknown), "Hello");
    }

    #[test]
    fn the_old_text_body_is_the_fallback() {
        let message = json!({"id": "m", "textBody": "old", "normalizedMessage": {"text": ""}});
        assert_eq!(text(&serde_json::from_value(message).unwrap()), "old");
    }
}
