//! The phrases generated conversations are made of.
//!
//! A phrase may hold placeholders: `{first}`, `{name}`, `{email}`, `{phone}`, `{card}`, `{iban}`,
//! `{ssn}`, `{ip}`, `{order}` and `{address}` belong to the customer; `{agent}`, `{item}`,
//! `{amount}` and `{date}` are about the matter at hand.

/// All phrases and names of one language.
pub(super) struct Language {
    /// First words of the bot.
    pub(super) greetings: &'static [&'static str],
    pub(super) topics: &'static [Topic],
    /// The agent asks for personal data, the customer gives it.
    pub(super) personal: &'static [Exchange],
    /// What the agent says that needs no more than a short answer.
    pub(super) updates: &'static [&'static str],
    /// Short answers of the customer.
    pub(super) short: &'static [&'static str],
    /// The agent leads over to another topic.
    pub(super) more: &'static [&'static str],
    /// Last words of the customer.
    pub(super) thanks: &'static [&'static str],
    /// Last words of the agent.
    pub(super) goodbyes: &'static [&'static str],
    pub(super) first_names: &'static [&'static str],
    pub(super) last_names: &'static [&'static str],
    pub(super) streets: &'static [&'static str],
    pub(super) cities: &'static [&'static str],
    pub(super) items: &'static [&'static str],
}

/// A matter customers write about.
pub(super) struct Topic {
    /// How the customer begins.
    pub(super) openings: &'static [&'static str],
    /// How it goes on, in this order: the agent's words and the customer's answer.
    pub(super) steps: &'static [(&'static str, &'static str)],
}

/// A question for personal data and the ways it is answered.
pub(super) struct Exchange {
    pub(super) ask: &'static str,
    pub(super) give: &'static [&'static str],
}

#[cfg(test)]
mod tests {
    use super::super::generator::LANGUAGES;
    use super::super::personal_data::PLACEHOLDERS;

    #[test]
    fn every_placeholder_is_known() {
        for (language, _) in LANGUAGES {
            let lists = [
                language.greetings,
                language.updates,
                language.short,
                language.more,
                language.thanks,
                language.goodbyes,
            ];
            let mut phrases: Vec<&str> = lists.concat();
            for topic in language.topics {
                phrases.extend(topic.openings);
                phrases.extend(
                    topic
                        .steps
                        .iter()
                        .flat_map(|(agent, customer)| [agent, customer]),
                );
            }
            for exchange in language.personal {
                phrases.push(exchange.ask);
                phrases.extend(exchange.give);
            }
            for phrase in phrases {
                for part in phrase.split('{').skip(1) {
                    let (placeholder, _) = part.split_once('}').expect(phrase);
                    assert!(PLACEHOLDERS.contains(&placeholder), "{phrase}");
                }
            }
        }
    }
}
