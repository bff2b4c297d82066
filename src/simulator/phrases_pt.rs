//! Portuguese phrases.

use super::phrases::{Exchange, Language, Topic};

pub(super) static PORTUGUESE: Language = Language {
    greetings: &[
        "Olá! Sou o assistente virtual. Como posso ajudar?",
        "Bem-vindo ao apoio ao cliente. Qual é o assunto?",
    ],
    topics: &[
        Topic {
            openings: &[
                "Olá, a minha encomenda ainda não chegou. Devia estar cá no dia {date}.",
                "Onde está a minha encomenda? O rastreio não muda há dias.",
            ],
            steps: &[
                (
                    "Bom dia, o meu nome é {agent}. Lamento o atraso, vou verificar já.",
                    "Obrigado, é um presente.",
                ),
                (
                    "A encomenda saiu do armazém no dia {date}.",
                    "Mas o rastreio diz que ainda está no depósito.",
                ),
                (
                    "O transportador indica que não estava ninguém em casa.",
                    "Não é verdade, estive em casa o dia todo.",
                ),
                (
                    "Pedi uma nova entrega para o dia {date}.",
                    "Pode ficar com o vizinho?",
                ),
            ],
        },
        Topic {
            openings: &[
                "Não percebo a minha última fatura. Porque me cobraram {amount}?",
                "Há um valor de {amount} na fatura de {date} que não reconheço.",
            ],
            steps: &[
                (
                    "Vou abrir a fatura, um momento por favor.",
                    "Está bem, eu espero.",
                ),
                (
                    "Os {amount} são do plano alargado desde {date}.",
                    "Nunca pedi esse plano.",
                ),
                (
                    "Já o retirei e vamos devolver {amount}.",
                    "Quando vejo a devolução?",
                ),
                (
                    "Vai aparecer na próxima fatura.",
                    "Muito bem, envie-me uma confirmação.",
                ),
            ],
        },
        Topic {
            openings: &[
                "O meu pagamento com cartão foi recusado duas vezes.",
                "Já paguei mas a encomenda continua pendente.",
            ],
            steps: &[
                (
                    "Viu alguma mensagem de erro?",
                    "Só dizia operação recusada.",
                ),
                (
                    "O banco recusou a primeira tentativa por segurança.",
                    "Estranho, o cartão funciona nas outras lojas.",
                ),
                (
                    "Posso enviar uma nova ligação de pagamento de {amount}.",
                    "Sim, mas não quero pagar duas vezes.",
                ),
            ],
        },
        Topic {
            openings: &[
                "Preciso de mudar a minha reserva de {date}.",
                "Posso juntar mais uma pessoa à reserva?",
            ],
            steps: &[
                ("Claro, que data prefere?", "Qualquer dia depois de {date}."),
                (
                    "Há lugar no dia {date}. A diferença é de {amount}.",
                    "É muito, não há nada mais barato?",
                ),
                ("De manhã não há custo adicional.", "Então fica de manhã."),
            ],
        },
        Topic {
            openings: &[
                "Não consigo entrar na minha conta, o email de recuperação não chega.",
                "A minha conta está bloqueada.",
            ],
            steps: &[
                ("Já viu na pasta de spam?", "Sim, também não está lá."),
                (
                    "Acabei de enviar uma nova ligação.",
                    "Já chegou, vou experimentar.",
                ),
                (
                    "A ligação é válida durante trinta minutos.",
                    "Funcionou, já entrei.",
                ),
            ],
        },
    ],
    personal: &[
        Exchange {
            ask: "Qual é o email da conta?",
            give: &["É {email}", "O meu email é {email}", "{email}"],
        },
        Exchange {
            ask: "Para que número podemos ligar?",
            give: &[
                "O meu número é {phone}.",
                "{phone}",
                "Ligue-me para {phone} à tarde.",
            ],
        },
        Exchange {
            ask: "Com que cartão fez o pagamento?",
            give: &["O número do cartão é {card}", "{card}"],
        },
        Exchange {
            ask: "Para que conta fazemos a transferência?",
            give: &["O meu IBAN é {iban}.", "{iban}, em nome de {name}"],
        },
        Exchange {
            ask: "Que endereço IP aparece no aviso?",
            give: &["Diz {ip}.", "{ip}, mas não fui eu."],
        },
        Exchange {
            ask: "Pode dizer-me o seu nome completo?",
            give: &["Chamo-me {name}.", "{name}"],
        },
        Exchange {
            ask: "Tem o número da encomenda?",
            give: &["Encomenda {order}", "{order}"],
        },
        Exchange {
            ask: "Qual é a morada de entrega?",
            give: &["Envie para {address}.", "Moro em {address}."],
        },
    ],
    updates: &[
        "Um momento por favor, estou a verificar.",
        "Obrigado {first}, os dados coincidem.",
        "Ainda está aí?",
        "Enviei-lhe os detalhes.",
        "Posso avançar agora?",
    ],
    short: &[
        "ok",
        "sim",
        "não",
        "está bem",
        "certo",
        "👍",
        "sim, por favor",
        "perfeito",
        "🙂",
        "obrigado",
    ],
    more: &[
        "Posso ajudar em mais alguma coisa?",
        "Está resolvido. Mais alguma questão?",
    ],
    thanks: &[
        "Não, é tudo. Muito obrigado!",
        "Obrigado pela ajuda, adeus.",
    ],
    goodbyes: &[
        "De nada, {first}. Tenha um bom dia!",
        "Obrigado pelo contacto. Até breve!",
    ],
    first_names: &[
        "Beatriz", "Tiago", "Mariana", "Gonçalo", "Inês", "Rui", "Leonor", "Duarte",
    ],
    last_names: &[
        "Vilarinho",
        "Montenegro Sá",
        "Carvalhosa",
        "Ribeirinha",
        "Alvorada",
        "Pedrosa Lima",
    ],
    streets: &["Rua do Exemplo", "Avenida do Modelo", "Rua das Flores"],
    cities: &["Vila Clara", "Porto Belo", "Santa Rita"],
    items: &["máquina de café", "casaco", "auscultadores", "candeeiro"],
};
