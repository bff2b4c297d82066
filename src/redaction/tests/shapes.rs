//! What is found, and what survives, without a conversation around it.

use super::*;

#[test]
fn shapes_need_no_context() {
    expect(&[
        &[("C: call 555-010-4477 now", "call [PHONE] now")],
        &[("C: 5550104477", "[PHONE]")],
        &[("C: call (555) 010-4477.", "call [PHONE].")],
        &[("C: it is 555 010 4477", "it is [PHONE]")],
        &[("C: +1 555 010 4477 ok", "[PHONE] ok")],
        &[("C: +44 20 7946 0958", "[PHONE]")],
        &[("C: 020 7946 0958 please", "[PHONE] please")],
        &[("C: mail jo.doe+x@example.com!", "mail [EMAIL]!")],
        &[("C: JOSÉ@EXAMPLE.COM", "[EMAIL]")],
        &[("C: card 4111 1111 1111 1111 123", "card [CREDIT_CARD]")],
        &[("C: 4111-1111-1111-1111", "[CREDIT_CARD]")],
        &[("C: 4111111111111111", "[CREDIT_CARD]")],
        &[("C: 378282246310005 amex", "[CREDIT_CARD] amex")],
        &[(
            "C: iban GB82 WEST 1234 5698 7654 32 please",
            "iban [IBAN] please",
        )],
        &[("C: de89370400440532013000", "[IBAN]")],
        &[("C: call 555-010-4477x123", "call [PHONE]")],
        &[("C: 0044 20 7946 0958", "[PHONE]")],
        &[("C: 00442079460958", "[PHONE]")],
        &[("C: 011 44 20 7946 0958", "[PHONE]")],
        &[("C: 0151 12345678", "[PHONE]")],
        &[("C: 01 23 45 67 89", "[PHONE]")],
        &[("C: +4915112345678", "[PHONE]")],
        &[("C: 4111.1111.1111.1111", "[CREDIT_CARD]")],
        &[("C: visa4111111111111111", "[CREDIT_CARD]")],
        &[(
            "C: DE89\u{a0}3704\u{a0}0044\u{a0}0532\u{a0}0130\u{a0}00",
            "[IBAN]",
        )],
        &[("C: IP:2001:db8::8a2e:370:7334: mine", "IP:[IP]: mine")],
        &[("C: ssn 078-05-1120", "ssn [SSN]")],
        &[("C: from 192.0.2.17, today", "from [IP], today")],
        &[("C: 2001:db8::8a2e:370:7334 is mine", "[IP] is mine")],
    ]);
}

#[test]
fn plain_replacement_is_the_tutorials() {
    let engine = Engine::new(Replacement::Plain);
    assert_eq!(
        engine.redact_label("jo@example.com").as_deref(),
        Some("[REDACTED]")
    );
}

#[test]
fn identifiers_are_published_as_they_are() {
    let engine = Engine::new(Replacement::Plain);
    let mut random = fastrand::Rng::with_seed(7);
    let mut published = |form: fn(uuid::Uuid) -> String| {
        let id = form(uuid::Builder::from_random_bytes(random.u128(..).to_ne_bytes()).into_uuid());
        assert_eq!(engine.redact_label(&id).as_deref(), Some(&*id));
    };
    for _ in 0..10_000 {
        published(|id| id.to_string());
        published(|id| id.simple().to_string());
        published(|id| id.to_string().to_uppercase());
    }
}

#[test]
fn what_only_resembles_an_identifier_is_redacted() {
    let engine = Engine::new(Replacement::Plain);
    for label in [
        "4111-1111-1111-1111",
        "41111111-1111-1111-5550-104477000000",
        "41111111111111115550104477000000",
        "4111111111111111-aaaa-aaaa-aaaa-aaaa",
        "jo.doe-9c4e-4d5f-8a6b-75d@example.com",
    ] {
        assert_ne!(engine.redact_label(label).as_deref(), Some(label));
    }
    let own = Rules::parse("[[patterns]]\nname = \"tenant\"\npattern = '^6f2d'").unwrap();
    let engine = Engine::with_rules(Replacement::Plain, own, None);
    assert_eq!(
        engine
            .redact_label("6f2d0c9e-35b4-4a1c-9a55-0d7a1a6f4f10")
            .as_deref(),
        Some("[REDACTED]0c9e-35b4-4a1c-9a55-0d7a1a6f4f10")
    );
}

#[test]
fn numbers_that_are_not_personal_survive() {
    survive(&[
        "C: see you at 12:30:45 on 2026-11-23",
        "C: that is $1,234.50 for 3 items",
        "C: version 10.4 build 300",
        "C: on 05.03.2024 14:00 Uhr",
        "C: 03/04/2024 10:30",
        "C: Due 01/02/2024 250 EUR",
        "C: am 05.03.24 14.30",
        "C: between $100-1500",
        "C: we sold 123456 units in 2024",
        "C: at 12:30:45:",
        "C: a :: b",
        "C: @ 5pm",
    ]);
}
