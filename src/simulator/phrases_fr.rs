//! French phrases.

use super::phrases::{Exchange, Language, Topic};

pub(super) static FRENCH: Language = Language {
    greetings: &[
        "Bonjour ! Je suis l'assistant virtuel. Comment puis-je vous aider ?",
        "Bienvenue au service client. Quel est l'objet de votre demande ?",
    ],
    topics: &[
        Topic {
            openings: &[
                "Bonjour, ma commande n'est pas arrivée. Elle était prévue pour le {date}.",
                "Où est mon colis ? Le suivi ne change plus depuis des jours.",
            ],
            steps: &[
                (
                    "Bonjour, je m'appelle {agent}. Désolé pour ce retard, je regarde tout de suite.",
                    "Merci, c'est pour un cadeau.",
                ),
                (
                    "Le colis a quitté notre entrepôt le {date}.",
                    "Mais le suivi indique qu'il est encore au dépôt.",
                ),
                (
                    "Le transporteur signale une absence lors du passage.",
                    "C'est faux, j'étais à la maison toute la journée.",
                ),
                (
                    "J'ai demandé une nouvelle livraison pour le {date}.",
                    "Le voisin peut-il le recevoir ?",
                ),
            ],
        },
        Topic {
            openings: &[
                "Je ne comprends pas ma dernière facture. Pourquoi {amount} de plus ?",
                "Il y a un montant de {amount} sur la facture du {date} que je ne reconnais pas.",
            ],
            steps: &[
                (
                    "J'ouvre la facture, un instant s'il vous plaît.",
                    "D'accord, j'attends.",
                ),
                (
                    "Les {amount} correspondent à l'option activée le {date}.",
                    "Je n'ai jamais demandé cette option.",
                ),
                (
                    "Je l'ai retirée et je vous rembourse {amount}.",
                    "Quand vais-je voir le remboursement ?",
                ),
                (
                    "Il figurera sur la prochaine facture.",
                    "Très bien, envoyez-moi une confirmation.",
                ),
            ],
        },
        Topic {
            openings: &[
                "Mon paiement par carte a été refusé deux fois.",
                "J'ai payé mais la commande est toujours en attente de paiement.",
            ],
            steps: &[
                (
                    "Avez-vous vu un message d'erreur ?",
                    "Seulement que l'opération est refusée.",
                ),
                (
                    "La banque a refusé le premier essai par sécurité.",
                    "Bizarre, la carte marche partout ailleurs.",
                ),
                (
                    "Je peux vous envoyer un nouveau lien de paiement de {amount}.",
                    "Oui, mais je ne veux pas payer deux fois.",
                ),
            ],
        },
        Topic {
            openings: &[
                "Je dois déplacer ma réservation du {date}.",
                "Puis-je ajouter une personne à ma réservation ?",
            ],
            steps: &[
                (
                    "Bien sûr, quelle date vous convient ?",
                    "N'importe quel jour après le {date}.",
                ),
                (
                    "Il reste une place le {date}, avec un supplément de {amount}.",
                    "C'est beaucoup, y a-t-il moins cher ?",
                ),
                (
                    "Le matin, il n'y a pas de supplément.",
                    "Alors prenons le matin.",
                ),
            ],
        },
        Topic {
            openings: &[
                "Je n'arrive pas à me connecter, le mail de réinitialisation n'arrive pas.",
                "Mon compte est bloqué après trois essais.",
            ],
            steps: &[
                (
                    "Avez-vous regardé dans les indésirables ?",
                    "Oui, il n'y a rien non plus.",
                ),
                (
                    "Je viens d'envoyer un nouveau lien.",
                    "Il est arrivé, j'essaie.",
                ),
                (
                    "Le lien est valable trente minutes.",
                    "Ça marche, je suis connecté.",
                ),
            ],
        },
    ],
    personal: &[
        Exchange {
            ask: "Quelle est l'adresse e-mail du compte ?",
            give: &["C'est {email}", "Mon adresse est {email}", "{email}"],
        },
        Exchange {
            ask: "À quel numéro peut-on vous joindre ?",
            give: &[
                "Mon numéro est le {phone}.",
                "{phone}",
                "Appelez-moi au {phone} en soirée.",
            ],
        },
        Exchange {
            ask: "Avec quelle carte avez-vous payé ?",
            give: &["Le numéro de carte est {card}", "{card}"],
        },
        Exchange {
            ask: "Sur quel compte faire le virement ?",
            give: &["Mon IBAN est {iban}.", "{iban}, au nom de {name}"],
        },
        Exchange {
            ask: "Quelle adresse IP figure dans l'alerte ?",
            give: &["C'est écrit {ip}.", "{ip}, mais ce n'était pas moi."],
        },
        Exchange {
            ask: "Puis-je avoir votre nom complet ?",
            give: &["Je m'appelle {name}.", "{name}"],
        },
        Exchange {
            ask: "Avez-vous le numéro de commande ?",
            give: &["Commande {order}", "{order}"],
        },
        Exchange {
            ask: "Quelle est l'adresse de livraison ?",
            give: &["Envoyez-le au {address}.", "J'habite au {address}."],
        },
    ],
    updates: &[
        "Un instant s'il vous plaît, je vérifie.",
        "Merci {first}, cela correspond à nos données.",
        "Êtes-vous toujours là ?",
        "Je vous ai envoyé les détails.",
        "Puis-je valider maintenant ?",
    ],
    short: &[
        "ok",
        "oui",
        "non",
        "d'accord",
        "ça marche",
        "👍",
        "oui merci",
        "parfait",
        "🙂",
        "merci",
    ],
    more: &[
        "Puis-je faire autre chose pour vous ?",
        "C'est réglé. Avez-vous une autre question ?",
    ],
    thanks: &[
        "Non, c'est tout. Merci beaucoup !",
        "Merci pour votre aide, au revoir.",
    ],
    goodbyes: &[
        "Je vous en prie, {first}. Bonne journée !",
        "Merci de nous avoir contactés. Au revoir !",
    ],
    first_names: &[
        "Camille", "Antoine", "Élodie", "Julien", "Margaux", "Rémi", "Solène", "Théo",
    ],
    last_names: &[
        "Beaumarchand",
        "Delacourt",
        "Fontanelle",
        "Rochebrune",
        "Vasseurin",
        "Montclair",
    ],
    streets: &["rue de l'Exemple", "avenue du Modèle", "rue du Moulin"],
    cities: &["Villeneuve", "Saint-Exemple", "Belleville"],
    items: &["cafetière", "veste", "casque", "lampe"],
};
