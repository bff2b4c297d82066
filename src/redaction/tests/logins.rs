//! How somebody logs in: names of users, and passwords.

use super::*;

#[test]
fn names_of_users_are_found_by_their_sign_and_by_their_cue() {
    expect(&[
        &[("C: you can dm me @kiki_87", "you can dm me [USERNAME]")],
        &[("C: find me (@lou.paints7)", "find me ([USERNAME])")],
        &[("C: my login is live:anna.k", "my login is [USERNAME]")],
        &[(
            "C: my username is the.real.gaz",
            "my username is [USERNAME]",
        )],
        &[("C: username red_panda", "username [USERNAME]")],
        &[("C: my snapchat jess_b2004", "my snapchat [USERNAME]")],
        &[("C: my skype is annakay", "my skype is [USERNAME]")],
        &[
            ("B: What's your user ID?", "What's your user ID?"),
            ("C: the.real.gaz", "[USERNAME]"),
        ],
    ]);
    survive(&[
        "B: Write to us @quellmart",
        "C: thanks @quellhelp",
        "C: telegram: sign-in fails, discord is read-only",
        "C: I have no wifi @home, meet me @noon or @ 5pm, 3 @ $5",
        "C: Skype keeps crashing and telegram is down",
        "C: my Instagram is full of ads",
    ]);
}

#[test]
fn passwords_are_found_though_they_are_words() {
    expect(&[
        &[(
            "C: my pw is sunshine and it doesnt work",
            "my pw is [PASSWORD] and it doesnt work",
        )],
        &[(
            "C: i tried Summer2023! as my password but it says incorrect",
            "i tried [PASSWORD] as my password but it says incorrect",
        )],
        &[(
            "C: hunter22 is my password help me",
            "[PASSWORD] is my password help me",
        )],
        &[(
            "C: the password to the R7000 router is hT7kLp2Q",
            "the password to the [PASSWORD] router is [PASSWORD]",
        )],
        &[(
            "C: the temp password you sent Xk29pQ is refused",
            "the temp password you sent [PASSWORD] is refused",
        )],
        &[(
            "C: the password i used is sunshine",
            "the password i used is [PASSWORD]",
        )],
        &[(
            "C: i changed my password to Monkey.",
            "i changed my password to [PASSWORD].",
        )],
        &[(
            "C: i used sunshine as my password",
            "i used [PASSWORD] as my password",
        )],
        &[("C: sunshine is my password", "[PASSWORD] is my password")],
        &[(
            "C: username jodoe and password sunshine",
            "username [USERNAME] and password [PASSWORD]",
        )],
        &[("C: passcode is qwerty", "passcode is [ACCESS_CODE]")],
    ]);
    survive(&[
        "C: the password i used is not working",
        "C: what is the password you are using?",
        "C: i need my password to log in",
        "C: i reset my password to get in",
        "C: problem is my password",
        "C: i used google as my password manager",
        "C: the password is sent to my email but never arrives",
        "C: my password is wrong and I cannot log in",
        "C: the password reset email at 10pm did not arrive",
        "C: my pw is broken and i need a new one",
        "B: Your password is encrypted and we cannot see it.",
        "B: The password you use for Quell365 is another",
    ]);
    survive(&["C: i tried Quellos11 as my password manager"]);
}
