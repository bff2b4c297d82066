//! A page that shows each conversation before and after redaction, with the reason for each replacement; conversations
//! with misses come first. One file, nothing is loaded from elsewhere. It holds raw text: it is for the eyes of who may
//! see the marked conversations.

use std::io::{self, Write};

use super::{GoldMessage, Leak, Outcome, Score, leak};
use crate::redaction::Verdict;

const HEAD: &str = "<!doctype html>
<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">
<title>Redaction, before and after</title>
<style>
body{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:76em;padding:0 1em}
table{border-collapse:collapse;width:100%}td,th{border-top:1px solid #ddd;padding:.3em .6em;text-align:left;vertical-align:top}
h2{font-size:1em;margin:2em 0 .3em}td.who{color:#666;white-space:nowrap}td.text{width:45%;white-space:pre-wrap;overflow-wrap:anywhere}
mark{background:#cdebc5}mark.miss{background:#f6b5b0}mark.part{background:#fbdf9d}span.out{background:#dde7f7}small{color:#666}
</style></head><body><h1>Redaction, before and after</h1>
<p><mark>marked and redacted</mark> <mark class=\"part\">left in part</mark> <mark class=\"miss\">leaked</mark>
<span class=\"out\">replaced</span>: point at a replacement for its reason.</p>
";

/// Writes the page.
///
/// # Errors
/// The output cannot be written.
pub fn write(output: &mut dyn Write, score: &Score, outcomes: &[Outcome]) -> io::Result<()> {
    output.write_all(HEAD.as_bytes())?;
    writeln!(
        output,
        "<p>{} messages, {} marked values: {} leaked, {} in part or whole; {} of {} plain words lost; {} messages withheld.</p>",
        score.messages,
        score.all.values,
        score.all.leaked,
        score.all.leaked_in_part,
        score.lost_words,
        score.plain_words,
        score.withheld
    )?;
    let mut order: Vec<(usize, &Outcome)> = outcomes
        .iter()
        .map(|outcome| (misses(outcome), outcome))
        .collect();
    // Stable: conversations with as many misses keep the order of the file.
    order.sort_by_key(|(misses, _)| std::cmp::Reverse(*misses));
    for (misses, outcome) in order {
        writeln!(
            output,
            "<h2>{} <small>{misses} missed</small></h2><table>",
            escape(&outcome.gold.id)
        )?;
        for (message, verdict) in outcome.gold.messages.iter().zip(&outcome.verdicts) {
            writeln!(
                output,
                "<tr><td class=\"who\">{} {}</td><td class=\"text\">{}</td><td class=\"text\">{}</td></tr>",
                message.sequence_id,
                escape(message.from.as_deref().unwrap_or_default()),
                before(message, verdict),
                after(message, verdict)
            )?;
        }
        output.write_all(b"</table>\n")?;
    }
    output.write_all(b"</body></html>\n")
}

fn misses(outcome: &Outcome) -> usize {
    outcome
        .gold
        .messages
        .iter()
        .zip(&outcome.verdicts)
        .map(|(message, verdict)| match verdict {
            Verdict::Redacted(redacted) => message
                .marks
                .iter()
                .filter(|mark| {
                    !mark.optional && leak(&message.text, mark, &redacted.findings) != Leak::Nothing
                })
                .count(),
            Verdict::Withheld { .. } => 0,
        })
        .sum()
}

/// The raw text with its marks.
fn before(message: &GoldMessage, verdict: &Verdict<'_>) -> String {
    let mut html = String::new();
    let mut at = 0;
    let mut marks: Vec<_> = message.marks.iter().filter(|mark| !mark.optional).collect();
    marks.sort_by_key(|mark| mark.range.start);
    for mark in marks {
        if mark.range.start < at {
            continue;
        }
        let class = match verdict {
            Verdict::Redacted(redacted) => match leak(&message.text, mark, &redacted.findings) {
                Leak::Nothing => "",
                Leak::Part => " class=\"part\"",
                Leak::Whole => " class=\"miss\"",
            },
            Verdict::Withheld { .. } => "",
        };
        html += &escape(&message.text[at..mark.range.start]);
        html += &format!(
            "<mark{class} title=\"{}\">{}</mark>",
            escape(&mark.kind),
            escape(&message.text[mark.range.clone()])
        );
        at = mark.range.end;
    }
    html + &escape(&message.text[at..])
}

/// The redacted text with the reason for each replacement.
fn after(message: &GoldMessage, verdict: &Verdict<'_>) -> String {
    let Verdict::Redacted(redacted) = verdict else {
        return "<small>withheld</small>".to_owned();
    };
    let mut html = String::new();
    let mut at = 0;
    for finding in &redacted.findings {
        html += &escape(&message.text[at..finding.raw.start]);
        html += &format!(
            "<span class=\"out\" title=\"{kind}: {rule}\">[{kind}]</span>",
            kind = finding.kind.as_str(),
            rule = escape(finding.rule)
        );
        at = finding.raw.end;
    }
    html + &escape(&message.text[at..])
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::{decode, redact};
    use crate::redaction::{Engine, Replacement};

    #[test]
    fn misses_come_first_and_markup_is_escaped() {
        let engine = Engine::new(Replacement::Plain);
        let clean =
            r#"{"id":"<clean>","messages":[{"sequenceId":1,"text":"<b>jo@example.com</b> & co"}]}"#;
        let leaky = r#"{"id":"leaky","messages":[{"sequenceId":1,"text":"a walnut","spans":[{"start":2,"end":8,"type":"X\"Y"}]}]}"#;
        let outcomes = [clean, leaky].map(|line| redact(&engine, decode(line.as_bytes()).unwrap()));
        let mut page = Vec::new();
        write(&mut page, &Score::default(), &outcomes).unwrap();
        let page = String::from_utf8(page).unwrap();
        assert!(page.find("leaky").unwrap() < page.find("&lt;clean&gt;").unwrap());
        assert!(!page.contains("<b>") && page.contains("[EMAIL]") && page.contains("X&quot;Y"));
    }
}
