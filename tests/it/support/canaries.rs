//! The personal data that is planted, secrets, and whether any of it comes out anywhere.

use std::collections::{BTreeSet, HashMap};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use regex::Regex;
use serde_json::Value;

use super::Stand;

/// How the simulator writes the values that it plants. Knows nothing of the program's own patterns.
const PLANTED: &str = r"(?x)
    [A-Za-z0-9._+]+ @ (?: mail\. )? example\. (?: com | org | net )
  | (?: \+1\x20 )? \b 555 [\x20-] 0\d\d [\x20-] \d{4} \b
  | \( 555 \) \x20 0\d\d - \d{4} \b
  | \b 5550 \d{6} \b
  | \+44 \x20 20 \x20 7946 \x20 \d{4} \b
  | \b (?: \d{4} [\x20-]? ){3} \d{4} \b
  | \b 3\d{3} [\x20-]? \d{6} [\x20-]? \d{5} \b
  | \b (?: GB82 | DE89 | FR14 | ES91 | NL91 ) (?: \x20? [0-9A-Z]{1,4} ){3,6} \b
  | \b (?: 219-09-9999 | 000-\d\d-\d{4} | 987-65-43\d\d ) \b
  | \b (?: 192\.0\.2 | 198\.51\.100 | 203\.0\.113 ) \. \d{1,3} \b
";

/// Known personal data, by the conversation in which it was said.
pub(crate) struct Canaries {
    pattern: Regex,
    planted: HashMap<String, String>,
    /// Looked for as they are, whatever stands around them, and what each is called.
    literals: Vec<(String, &'static str)>,
}

impl Canaries {
    /// Those of `conversations`, as the simulator serves them.
    pub(crate) async fn of(stand: &Stand, conversations: impl Iterator<Item = &str>) -> Self {
        let client = reqwest::Client::new();
        let mut texts = Vec::new();
        for id in conversations {
            let url = format!("{}/simulator/conversations/{id}", stand.simulator_url);
            let body = client.get(url).send().await.unwrap().bytes().await.unwrap();
            let served: Value = serde_json::from_slice(&body).unwrap();
            let messages = served["messages"].as_array().unwrap();
            texts.extend(messages.iter().map(|message| {
                let text = message["text"].as_str().unwrap();
                (id, text.to_owned())
            }));
        }
        Self::planted(texts.iter().map(|(id, text)| (*id, text.as_str())))
    }

    /// Those of texts, each with its conversation.
    pub(crate) fn planted<'a>(texts: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let pattern = Regex::new(PLANTED).unwrap();
        let mut planted = HashMap::new();
        for (id, text) in texts {
            let found = pattern.find_iter(text);
            planted.extend(found.map(|found| (found.as_str().to_owned(), id.to_owned())));
        }
        Self {
            pattern,
            planted,
            literals: Vec::new(),
        }
    }

    /// Looks for `value` too: as it is, in base 64, and as Rust prints bytes.
    pub(crate) fn and(mut self, name: &'static str, value: &str) -> Self {
        let bytes = format!("{:?}", value.as_bytes());
        for form in [value, bytes.trim_matches(['[', ']']), &BASE64.encode(value)] {
            self.literals.push((form.to_owned(), name));
        }
        self
    }

    /// Number of distinct values.
    pub(crate) fn count(&self) -> usize {
        self.planted.len()
    }

    /// What of it `text` holds: of which conversations. Does not repeat the values: they would end up in CI's log.
    pub(crate) fn in_text(&self, text: &str) -> BTreeSet<&str> {
        let found = self.pattern.find_iter(text);
        let planted =
            found.filter_map(|found| self.planted.get(found.as_str()).map(String::as_str));
        let literals = self.literals.iter();
        let literals = literals.filter(|(literal, _)| text.contains(literal));
        planted.chain(literals.map(|(_, name)| *name)).collect()
    }
}
