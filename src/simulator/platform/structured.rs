//! One or more messages of every content type, none of which means anybody or opens anything.

use serde_json::{Value, json};

/// A message whose content is more than text.
pub(super) struct Sample {
    /// From the customer.
    pub(super) inbound: bool,
    pub(super) text: Option<&'static str>,
    /// A list of content parts.
    pub(super) content: Value,
}

fn inbound(text: Option<&'static str>, content: Value) -> Sample {
    Sample {
        inbound: true,
        text,
        content,
    }
}

fn outbound(text: Option<&'static str>, content: Value) -> Sample {
    Sample {
        inbound: false,
        text,
        content,
    }
}

/// All samples, in the order in which they are sent.
pub(super) fn samples() -> Vec<Sample> {
    let mut samples = choices();
    samples.extend(pickers());
    samples.extend(media());
    samples.extend(applications());
    samples
}

fn choices() -> Vec<Sample> {
    vec![
        outbound(
            Some("Which parcel is this about?"),
            json!([
                {"contentType": "QuickReply",
                 "quickReply": {"text": "The first one", "payload": "parcel-1", "action": "Message"}},
                {"contentType": "QuickReply",
                 "quickReply": {"text": "The second one", "payload": "parcel-2", "action": "Message"}},
            ]),
        ),
        inbound(
            Some("The second one"),
            json!([{"contentType": "ButtonResponse", "buttonResponse":
                {"type": "QuickReply", "text": "The second one", "payload": "parcel-2"}}]),
        ),
        outbound(
            None,
            json!([{"contentType": "QuickReplyV2", "quickReplyV2": {
            "title": "Shall we send it again?",
            "actions": [
                {"text": "Yes, please", "payload": "yes", "action": "Message"},
                {"text": "No", "payload": "no", "action": "Message"},
            ]}}]),
        ),
        outbound(
            None,
            json!([{"contentType": "Card", "card": card("Express delivery", "At your door tomorrow")}]),
        ),
        outbound(
            None,
            json!([{"contentType": "Carousel", "carousel": {"cards": [
                card("Parcel shop", "Open until eight"),
                card("Parcel locker", "Open day and night"),
            ]}}]),
        ),
        inbound(
            None,
            json!([{"contentType": "Text",
                "text": {"type": "Text", "body": "My other number is 555-0142"}}]),
        ),
    ]
}

fn card(title: &str, description: &str) -> Value {
    json!({
        "title": title,
        "description": description,
        "image": "https://media.example.com/card.png?token=simulated-secret-image",
        "actions": [
            {"type": "Postback", "text": "Choose", "payload": "choose"},
            {"type": "Link", "text": "Read more", "url": "https://www.example.com/delivery"},
        ],
    })
}

fn pickers() -> Vec<Sample> {
    let times = json!([{"dateTime": "2026-06-01T09:00:00.000Z", "duration": 3600},
        {"dateTime": "2026-06-02T14:00:00.000Z", "duration": 3600}]);
    vec![
        outbound(
            None,
            json!([{"contentType": "ListPicker", "listPicker": {
                "id": "simulated-list",
                "sections": [{"title": "Sizes", "multipleSelection": false, "items": [
                    {"id": "s", "title": "Small", "subtitle": "Fits a letter box"},
                    {"id": "l", "title": "Large"},
                ]}],
                "replyMessage": {"title": "Your choice"},
                "receivedMessage": {"title": "Please choose a size", "subtitle": "One only"},
            }}]),
        ),
        inbound(
            Some("Large"),
            json!([{"contentType": "ButtonResponse", "buttonResponse":
                {"type": "ListPicker", "text": "Large", "payload": "l"}}]),
        ),
        outbound(
            None,
            json!([{"contentType": "DatePicker", "datePicker": {
                "id": "simulated-dates", "title": "When may we come?",
                "subtitle": "We need about an hour", "availableTimes": times}}]),
        ),
        outbound(
            None,
            json!([{"contentType": "Form", "form": {
                "cannedResponseId": "simulated-form",
                "introduction": {"title": "A few questions", "subtitle": "Two minutes",
                    "buttonText": "Start"},
                "formPages": [{"title": "Your address", "subtitle": "Where we deliver to",
                    "pageComponents": [{"formComponentType": "Input", "input": {
                        "id": "street", "title": "Street", "isRequired": true,
                        "isMultipleLine": false}}]}],
                "showSummary": true,
            }}]),
        ),
        inbound(
            None,
            json!([{"contentType": "Form", "form": {
                "cannedResponseId": "simulated-form",
                "response": [{"id": "street", "component": {"contentType": "ButtonResponse",
                    "buttonResponse": {"type": "Form", "text": "12 Sample Street, Springfield",
                        "payload": "12 Sample Street, Springfield"}}}],
            }}]),
        ),
    ]
}

fn media() -> Vec<Sample> {
    vec![
        inbound(
            None,
            json!([attachment(
                "File",
                "invoice-Alex-Sample.pdf",
                "application/pdf",
                Some("The invoice, sent to alex.sample@example.com")
            )]),
        ),
        outbound(
            None,
            json!([attachment("Image", "label.png", "image/png", None)]),
        ),
        inbound(
            None,
            json!([{"contentType": "Location", "location": {
                "url": "https://maps.example.com/?key=simulated-secret-map",
                "address": "12 Sample Street, Springfield", "text": "I am here",
                "latitude": 0.0, "longitude": 0.0}}]),
        ),
        inbound(
            None,
            json!([{"contentType": "Reactions",
                "reactions": [{"reactionType": "Like", "count": 1}]}]),
        ),
        inbound(
            None,
            json!([{"contentType": "Story", "story": {"type": "Mention",
                "url": "https://media.example.com/story?token=simulated-secret-story"}}]),
        ),
    ]
}

fn attachment(media_type: &str, name: &str, mime: &str, caption: Option<&str>) -> Value {
    let mut content = json!({"contentType": "Attachment", "attachment": {
        "id": "5d41402abc4b2a76b9719d911017c592",
        "mediaType": media_type,
        "url": format!("https://media.example.com/{name}?token=simulated-secret-attachment"),
        "mime": mime,
        "sha256": "0".repeat(64),
        "filename": name,
        "contentSizeBytes": 4711,
    }});
    if let Some(caption) = caption {
        content["attachment"]["text"] = caption.into();
    }
    content
}

fn applications() -> Vec<Sample> {
    let origin = "00000000000000000000000000000000";
    vec![
        outbound(
            None,
            json!([{"contentType": "Notification", "template": {
                "id": "simulated-template", "language": "en",
                "header": {"type": "Text", "text": "Delivery"},
                "body": {"text": "Your parcel comes on Monday, Alex",
                    "parameters": [{"name": "1", "text": "Alex"}]},
                "footer": {"text": "Sent by a machine"}}}]),
        ),
        inbound(
            None,
            json!([{"contentType": "NotificationResponse", "notificationResponse": {
                "originatingMessageId": origin, "notificationStatus": "Accepted",
                "notificationText": "Notify me"}}]),
        ),
        outbound(
            None,
            json!([{"contentType": "InteractiveApplication", "interactiveApplication": {
                "name": "Sample app", "url": "https://app.example.com/?key=simulated-secret-app",
                "receivedMessage": {"title": "Try our app"}}}]),
        ),
        outbound(
            None,
            json!([{"contentType": "PaymentRequest", "paymentRequest": {
                "paymentPlatform": "ApplePay", "countryCode": "GB", "currencyCode": "GBP",
                "orderTotal": 4.99, "lineItems": [{"name": "Postage", "price": 4.99}]}}]),
        ),
        inbound(
            None,
            json!([{"contentType": "PaymentResponse", "paymentResponse": {
                "originatingMessageId": origin, "paymentStatus": "Completed"}}]),
        ),
        outbound(
            None,
            json!([{"contentType": "Push", "push": {
                "deviceType": "Android", "deviceTokenId": "simulated-device",
                "deviceToken": "simulated-secret-device", "failedMessages": [{"id": origin}],
                "notificationMessage": {"title": "New message", "body": "You have an answer"},
                "pushProviderIntegration": {"id": "simulated-push", "provider": "FCM"},
                "expiration": 60}}]),
        ),
        inbound(Some("\u{1f44b}"), json!([{"contentType": "Unknown"}])),
    ]
}
