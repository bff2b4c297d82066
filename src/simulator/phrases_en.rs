//! English phrases.

use super::phrases::{Exchange, Language, Topic};

pub(super) static ENGLISH: Language = Language {
    greetings: &[
        "Hi! I'm the virtual assistant. How can I help you today?",
        "Welcome to customer care. Please tell me briefly what this is about.",
        "Hello, you are chatting with our assistant. What can I do for you?",
    ],
    topics: &[
        Topic {
            openings: &[
                "Hi, I'm still waiting for my {item}. It should have been here on {date}.",
                "Hello, can you tell me where my {item} is? The tracking page has not changed for days.",
                "My {item} still hasn't arrived!!",
            ],
            steps: &[
                (
                    "Hi, this is {agent}. I'm sorry about the delay, let me look into it right away.",
                    "Thank you, it was supposed to be a birthday present.",
                ),
                (
                    "I can see the parcel with the {item} left our warehouse on {date}.",
                    "But the tracking says it is still in the depot.",
                ),
                (
                    "The carrier reports a missed delivery attempt. Was somebody at home?",
                    "I was home all day and nobody rang the bell.",
                ),
                (
                    "I have asked the carrier for a new attempt on {date}.",
                    "Could they leave it with my neighbour if I'm out?",
                ),
                (
                    "Yes, I have added that note to the delivery.",
                    "Great, that would help a lot.",
                ),
            ],
        },
        Topic {
            openings: &[
                "I don't understand my last bill. Why was I charged {amount}?",
                "There is a charge of {amount} on my invoice from {date} that I don't recognise.",
                "hello my bill went up again, what happened",
            ],
            steps: &[
                (
                    "Let me open the invoice. One moment please.",
                    "Sure, take your time.",
                ),
                (
                    "The {amount} is for the extended plan that started on {date}.",
                    "I never ordered an extended plan.",
                ),
                (
                    "I see, it was activated together with the {item}.",
                    "Nobody told me about that. Can you take it off?",
                ),
                (
                    "I have removed it and credited {amount} to your account.",
                    "When will I see the credit?",
                ),
                (
                    "It will show on the invoice of {date}.",
                    "Okay, please send me a confirmation.",
                ),
            ],
        },
        Topic {
            openings: &[
                "My card payment was declined twice when I tried to buy the {item}.",
                "I paid for the {item} but the order page still says payment pending.",
                "I was charged twice for the same {item}, {amount} each time.",
            ],
            steps: &[
                (
                    "I'm {agent} from the payments team. Did you get an error message?",
                    "It only said 'transaction refused'.",
                ),
                (
                    "The bank refused the first attempt for security reasons.",
                    "Strange, the same card works everywhere else.",
                ),
                (
                    "I can send you a new payment link for {amount}.",
                    "Yes please, but I don't want to pay twice.",
                ),
                (
                    "Don't worry, the pending amount is released automatically by {date}.",
                    "Fine, I'll try it again tonight.",
                ),
                (
                    "I can see the new payment of {amount} now.",
                    "Perfect, so the {item} will be shipped?",
                ),
            ],
        },
        Topic {
            openings: &[
                "I need to move my booking from {date} to a later day.",
                "Can I change the date of my reservation? Something came up at work.",
                "Hi, I'd like to add one more person to my booking on {date}.",
            ],
            steps: &[
                (
                    "Of course, I'm {agent}. Which date would suit you?",
                    "Any time after {date} is fine.",
                ),
                (
                    "There is a place on {date}. The difference is {amount}.",
                    "That's quite a lot, is there anything cheaper?",
                ),
                (
                    "In the morning of {date} there would be no extra charge.",
                    "Then let's take the morning.",
                ),
                (
                    "Done, the booking is changed. Do you need a late check-in?",
                    "Yes, we will arrive around 9 pm.",
                ),
                (
                    "Noted. Breakfast is included as before.",
                    "Wonderful, we are looking forward to it.",
                ),
            ],
        },
        Topic {
            openings: &[
                "I can't log in, the password reset mail never arrives.",
                "My account is locked after three wrong passwords.",
                "help, I forgot my password and I don't have the old phone any more",
            ],
            steps: &[
                (
                    "I'm sorry to hear that. Have you checked the spam folder?",
                    "Yes, there is nothing there either.",
                ),
                (
                    "I have just triggered a new reset mail. Please wait a minute.",
                    "Ok, waiting...",
                ),
                (
                    "The link is valid for 30 minutes.",
                    "It arrived now, but the link says it has expired.",
                ),
                (
                    "Please use the latest mail only, older links stop working.",
                    "Ah, I clicked on the wrong one. Now it asks for a code.",
                ),
                (
                    "The code is shown in the app under Security.",
                    "It worked, I'm in again.",
                ),
            ],
        },
        Topic {
            openings: &[
                "The {item} I received is broken. I want my money back.",
                "I'd like to return the {item}, it is the wrong size.",
                "How long does a refund take? I sent the {item} back on {date}.",
            ],
            steps: &[
                (
                    "I'm sorry the {item} did not meet your expectations. Would you like a refund or a replacement?",
                    "A refund please.",
                ),
                (
                    "I have created a return label. You can drop the parcel at any shop.",
                    "I don't have a printer, is there a QR code?",
                ),
                (
                    "Yes, the QR code is in your account under Returns.",
                    "Found it.",
                ),
                (
                    "Once we receive it, the {amount} is paid back within five days.",
                    "Is the shipping fee refunded as well?",
                ),
                ("Yes, all of it.", "That's fair."),
            ],
        },
    ],
    personal: &[
        Exchange {
            ask: "Could you give me the email address of the account?",
            give: &[
                "it's {email}",
                "My email is {email}",
                "{email}",
                "Sure: {email}, but I rarely read it.",
            ],
        },
        Exchange {
            ask: "What is the best number to reach you on?",
            give: &[
                "You can reach me at {phone}.",
                "{phone}",
                "my mobile is {phone}, after 5 pm please",
                "Call me on {phone} or write to {email}.",
            ],
        },
        Exchange {
            ask: "Which card did you use for the payment?",
            give: &[
                "The card number is {card}",
                "{card}",
                "I used {card}, it expires next year.",
                "my visa {card} if that helps",
            ],
        },
        Exchange {
            ask: "Where should we send the money?",
            give: &[
                "My IBAN is {iban}.",
                "Please transfer it to {iban}, account holder {name}.",
                "{iban}",
            ],
        },
        Exchange {
            ask: "For the identity check I need your Social Security number.",
            give: &["My SSN is {ssn}.", "{ssn}", "sure, {ssn}"],
        },
        Exchange {
            ask: "Can you see which IP address the login alert showed?",
            give: &[
                "It says {ip}.",
                "The mail mentions a login from {ip}, that was not me!",
            ],
        },
        Exchange {
            ask: "May I have your full name, please?",
            give: &[
                "My name is {name}.",
                "{name}",
                "This is {name}, I wrote to you last week already.",
            ],
        },
        Exchange {
            ask: "Do you have the order number at hand?",
            give: &[
                "Order number {order}",
                "{order}",
                "It should be {order}, ordered under the name {name}.",
            ],
        },
        Exchange {
            ask: "Which delivery address do we have to use?",
            give: &[
                "Please send it to {address}.",
                "I live at {address} now.",
                "{name}, {address}",
            ],
        },
    ],
    updates: &[
        "One moment please, I'm checking that for you.",
        "Thanks {first}, that matches our records.",
        "I have updated the notes in your account.",
        "Are you still there?",
        "Please give me two minutes.",
        "Is it alright if I put this through now?",
        "I have sent you the details.",
        "That is confirmed, {first}.",
    ],
    short: &[
        "ok",
        "yes",
        "Ok thanks",
        "no",
        "sure",
        "👍",
        "yes please",
        "alright",
        "🙂",
        "hmm ok",
        "k",
        "no problem",
        "great",
        "yep",
        "🙏",
    ],
    more: &[
        "Is there anything else I can help you with?",
        "That is settled then. Anything else today?",
        "Good. What else can I do for you, {first}?",
    ],
    thanks: &[
        "No, that was all. Thank you!",
        "Thanks for your help, bye.",
        "Great service, thank you {agent}!",
        "ok thx bye",
    ],
    goodbyes: &[
        "You're welcome, {first}. Have a nice day!",
        "Thank you for contacting us. Goodbye!",
        "My pleasure. Take care!",
    ],
    first_names: &[
        "Emma", "Oliver", "Grace", "Daniel", "Hannah", "Marcus", "Priya", "Liam", "Chloe",
        "Samuel", "Aisha", "Peter",
    ],
    last_names: &[
        "Whitfield",
        "Harcastle",
        "Okonjo",
        "Brambley",
        "Fairmont",
        "Castellan",
        "Thornbury",
        "Ravensworth",
        "Lindgrove",
        "Pemberley",
    ],
    streets: &[
        "Sample Street",
        "Example Avenue",
        "Maple Test Road",
        "Orchard Lane",
        "Station Road",
    ],
    cities: &["Springfield", "Fairhaven", "Millbrook", "Easton"],
    items: &[
        "coffee machine",
        "winter jacket",
        "wireless headset",
        "desk lamp",
        "running shoes",
        "tablet",
    ],
};
