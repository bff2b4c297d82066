//! German phrases.

use super::phrases::{Exchange, Language, Topic};

pub(super) static GERMAN: Language = Language {
    greetings: &[
        "Hallo! Ich bin der virtuelle Assistent. Wie kann ich helfen?",
        "Willkommen beim Kundendienst. Worum geht es bitte?",
    ],
    topics: &[
        Topic {
            openings: &[
                "Guten Tag, meine Bestellung ist noch nicht da. Sie sollte am {date} kommen.",
                "Wo bleibt mein Paket mit dem Artikel {item}? Die Sendungsverfolgung ändert sich seit Tagen nicht.",
            ],
            steps: &[
                (
                    "Guten Tag, mein Name ist {agent}. Die Verspätung tut mir leid, ich sehe sofort nach.",
                    "Danke, es ist ein Geschenk.",
                ),
                (
                    "Das Paket hat unser Lager am {date} verlassen.",
                    "Laut Sendungsverfolgung liegt es noch im Depot.",
                ),
                (
                    "Der Zusteller meldet, dass niemand zu Hause war.",
                    "Das stimmt nicht, ich war den ganzen Tag da.",
                ),
                (
                    "Ich habe eine neue Zustellung für den {date} beauftragt.",
                    "Kann es auch beim Nachbarn abgegeben werden?",
                ),
            ],
        },
        Topic {
            openings: &[
                "Ich verstehe meine letzte Rechnung nicht. Warum wurden {amount} berechnet?",
                "Auf der Rechnung vom {date} steht ein Posten über {amount}, den ich nicht kenne.",
            ],
            steps: &[
                (
                    "Ich öffne die Rechnung, einen Moment bitte.",
                    "Kein Problem, ich warte.",
                ),
                (
                    "Die {amount} sind für den erweiterten Tarif seit dem {date}.",
                    "Den habe ich nie bestellt.",
                ),
                (
                    "Ich habe ihn entfernt und {amount} gutgeschrieben.",
                    "Wann sehe ich die Gutschrift?",
                ),
                (
                    "Sie erscheint auf der nächsten Rechnung.",
                    "In Ordnung, bitte schicken Sie mir eine Bestätigung.",
                ),
            ],
        },
        Topic {
            openings: &[
                "Meine Kartenzahlung wurde zweimal abgelehnt.",
                "Ich habe bezahlt, aber die Bestellung steht immer noch auf offen.",
            ],
            steps: &[
                (
                    "Gab es eine Fehlermeldung?",
                    "Nur, dass der Vorgang abgelehnt wurde.",
                ),
                (
                    "Die Bank hat den ersten Versuch aus Sicherheitsgründen abgelehnt.",
                    "Seltsam, sonst geht die Karte überall.",
                ),
                (
                    "Ich kann Ihnen einen neuen Zahlungslink über {amount} schicken.",
                    "Ja, aber ich möchte nicht doppelt zahlen.",
                ),
            ],
        },
        Topic {
            openings: &[
                "Ich muss meine Buchung vom {date} verschieben.",
                "Kann ich für meine Reservierung noch eine Person anmelden?",
            ],
            steps: &[
                (
                    "Gerne, welches Datum passt Ihnen?",
                    "Jeder Tag nach dem {date}.",
                ),
                (
                    "Am {date} ist noch etwas frei. Der Aufpreis beträgt {amount}.",
                    "Das ist viel, geht es auch günstiger?",
                ),
                (
                    "Vormittags kostet es nichts extra.",
                    "Dann nehmen wir den Vormittag.",
                ),
            ],
        },
        Topic {
            openings: &[
                "Ich komme nicht in mein Konto, die Mail zum Zurücksetzen kommt nicht an.",
                "Mein Konto ist nach drei falschen Passwörtern gesperrt.",
            ],
            steps: &[
                (
                    "Haben Sie im Spam-Ordner nachgesehen?",
                    "Ja, da ist auch nichts.",
                ),
                (
                    "Ich habe gerade eine neue Mail ausgelöst.",
                    "Sie ist da, ich probiere es.",
                ),
                (
                    "Der Link gilt dreißig Minuten.",
                    "Es hat geklappt, ich bin wieder drin.",
                ),
            ],
        },
    ],
    personal: &[
        Exchange {
            ask: "Wie lautet die E-Mail-Adresse Ihres Kontos?",
            give: &["Sie lautet {email}", "Meine Mail ist {email}", "{email}"],
        },
        Exchange {
            ask: "Unter welcher Nummer erreichen wir Sie?",
            give: &[
                "Sie erreichen mich unter {phone}.",
                "{phone}",
                "Meine Handynummer ist {phone}, am besten abends.",
            ],
        },
        Exchange {
            ask: "Mit welcher Karte haben Sie bezahlt?",
            give: &["Die Kartennummer ist {card}", "{card}"],
        },
        Exchange {
            ask: "Auf welches Konto dürfen wir überweisen?",
            give: &[
                "Meine IBAN ist {iban}.",
                "Bitte auf {iban}, Kontoinhaber {name}.",
            ],
        },
        Exchange {
            ask: "Welche IP-Adresse steht in der Warnung?",
            give: &["Da steht {ip}.", "{ip}, das war ich aber nicht."],
        },
        Exchange {
            ask: "Nennen Sie mir bitte Ihren vollen Namen?",
            give: &["Ich heiße {name}.", "{name}"],
        },
        Exchange {
            ask: "Haben Sie die Bestellnummer zur Hand?",
            give: &["Bestellnummer {order}", "{order}"],
        },
        Exchange {
            ask: "An welche Adresse soll die Lieferung gehen?",
            give: &["Bitte an {address}.", "Ich wohne jetzt in {address}."],
        },
    ],
    updates: &[
        "Einen Moment bitte, ich prüfe das.",
        "Danke {first}, das stimmt mit unseren Daten überein.",
        "Sind Sie noch da?",
        "Ich habe Ihnen die Einzelheiten geschickt.",
        "Soll ich das jetzt so eintragen?",
    ],
    short: &[
        "ok",
        "ja",
        "nein",
        "alles klar",
        "passt",
        "👍",
        "ja bitte",
        "gut",
        "🙂",
        "danke",
    ],
    more: &[
        "Kann ich sonst noch etwas für Sie tun?",
        "Das wäre erledigt. Haben Sie noch ein Anliegen?",
    ],
    thanks: &[
        "Nein, das war alles. Vielen Dank!",
        "Danke für die Hilfe, tschüss.",
    ],
    goodbyes: &[
        "Gern geschehen, {first}. Einen schönen Tag noch!",
        "Danke für Ihre Nachricht. Auf Wiedersehen!",
    ],
    first_names: &[
        "Jonas",
        "Lena",
        "Maximilian",
        "Katharina",
        "Stefan",
        "Miriam",
        "Jürgen",
        "Anneliese",
    ],
    last_names: &[
        "Sommerfeldt",
        "Birkental",
        "Grünwalder",
        "Hohenbrück",
        "Lindemeyer",
        "Tannhäusler",
    ],
    streets: &["Musterstraße", "Beispielweg", "Am Testplatz"],
    cities: &["Musterstadt", "Neuheim", "Oberbach"],
    items: &[
        "Kaffeemaschine",
        "Winterjacke",
        "Kopfhörer",
        "Schreibtischlampe",
    ],
};
