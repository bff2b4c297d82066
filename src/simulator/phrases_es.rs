//! Spanish phrases.

use super::phrases::{Exchange, Language, Topic};

pub(super) static SPANISH: Language = Language {
    greetings: &[
        "¡Hola! Soy el asistente virtual. ¿En qué puedo ayudarle?",
        "Bienvenido a atención al cliente. Cuénteme brevemente su consulta.",
    ],
    topics: &[
        Topic {
            openings: &[
                "Hola, mi pedido no ha llegado. Tenía que estar aquí el {date}.",
                "¿Dónde está mi {item}? El seguimiento no cambia desde hace días.",
            ],
            steps: &[
                (
                    "Buenos días, soy {agent}. Siento el retraso, lo miro ahora mismo.",
                    "Gracias, lo necesito para esta semana.",
                ),
                (
                    "El paquete salió del almacén el {date}.",
                    "Pero la página dice que sigue en tránsito.",
                ),
                (
                    "El transportista indica que no había nadie en casa.",
                    "Eso no es verdad, estuve todo el día.",
                ),
                (
                    "He pedido una nueva entrega para el {date}.",
                    "Perfecto, por la tarde si es posible.",
                ),
            ],
        },
        Topic {
            openings: &[
                "No entiendo mi última factura. ¿Por qué me han cobrado {amount}?",
                "En la factura del {date} hay un cargo de {amount} que no reconozco.",
            ],
            steps: &[
                (
                    "Voy a abrir la factura, un momento por favor.",
                    "De acuerdo, espero.",
                ),
                (
                    "Los {amount} corresponden al plan ampliado desde el {date}.",
                    "Yo no he pedido ningún plan ampliado.",
                ),
                (
                    "Lo he anulado y le devolvemos {amount}.",
                    "¿Cuándo veré el abono?",
                ),
                (
                    "Aparecerá en la próxima factura.",
                    "Muy bien, envíeme una confirmación.",
                ),
            ],
        },
        Topic {
            openings: &[
                "Mi pago con tarjeta fue rechazado dos veces.",
                "He pagado el {item} pero el pedido sigue pendiente de pago.",
            ],
            steps: &[
                (
                    "¿Ha visto algún mensaje de error?",
                    "Solo ponía operación denegada.",
                ),
                (
                    "El banco rechazó el primer intento por seguridad.",
                    "Qué raro, la tarjeta funciona en otras tiendas.",
                ),
                (
                    "Le puedo mandar un nuevo enlace de pago por {amount}.",
                    "Sí, pero no quiero pagar dos veces.",
                ),
            ],
        },
        Topic {
            openings: &[
                "Necesito cambiar mi reserva del {date} a otro día.",
                "¿Puedo añadir una persona a mi reserva?",
            ],
            steps: &[
                (
                    "Claro, ¿qué fecha le viene bien?",
                    "Cualquier día después del {date}.",
                ),
                (
                    "Hay sitio el {date}. La diferencia es de {amount}.",
                    "Es bastante, ¿no hay nada más barato?",
                ),
                (
                    "Por la mañana no hay suplemento.",
                    "Entonces por la mañana.",
                ),
            ],
        },
        Topic {
            openings: &[
                "No puedo entrar en mi cuenta, el correo para cambiar la contraseña no llega.",
                "Mi cuenta está bloqueada.",
            ],
            steps: &[
                (
                    "¿Ha mirado en la carpeta de correo no deseado?",
                    "Sí, tampoco está ahí.",
                ),
                (
                    "Acabo de enviarle un nuevo enlace.",
                    "Ya ha llegado, lo pruebo.",
                ),
                (
                    "El enlace vale treinta minutos.",
                    "Funciona, ya estoy dentro.",
                ),
            ],
        },
    ],
    personal: &[
        Exchange {
            ask: "¿Me puede dar el correo electrónico de la cuenta?",
            give: &["Es {email}", "Mi correo es {email}", "{email}"],
        },
        Exchange {
            ask: "¿En qué teléfono podemos localizarle?",
            give: &[
                "Mi número es {phone}.",
                "{phone}",
                "Llámeme al {phone} por la tarde.",
            ],
        },
        Exchange {
            ask: "¿Con qué tarjeta hizo el pago?",
            give: &["El número de la tarjeta es {card}", "{card}"],
        },
        Exchange {
            ask: "¿A qué cuenta hacemos la transferencia?",
            give: &["Mi IBAN es {iban}.", "{iban}, a nombre de {name}"],
        },
        Exchange {
            ask: "¿Qué dirección IP aparece en el aviso?",
            give: &["Pone {ip}.", "Es {ip}, pero no fui yo."],
        },
        Exchange {
            ask: "¿Me dice su nombre completo?",
            give: &["Me llamo {name}.", "{name}"],
        },
        Exchange {
            ask: "¿Tiene el número de pedido?",
            give: &["El pedido es {order}", "{order}"],
        },
        Exchange {
            ask: "¿Cuál es la dirección de entrega?",
            give: &["Envíelo a {address}.", "Vivo en {address}."],
        },
    ],
    updates: &[
        "Un momento por favor, lo estoy comprobando.",
        "Gracias {first}, los datos coinciden.",
        "¿Sigue ahí?",
        "Le he enviado los detalles.",
        "¿Le parece bien si lo tramito ahora?",
    ],
    short: &[
        "ok",
        "sí",
        "vale",
        "no",
        "de acuerdo",
        "👍",
        "sí, por favor",
        "perfecto",
        "🙂",
        "gracias",
    ],
    more: &[
        "¿Puedo ayudarle en algo más?",
        "Eso está resuelto. ¿Alguna otra cosa?",
    ],
    thanks: &[
        "No, eso es todo. ¡Muchas gracias!",
        "Gracias por la ayuda, adiós.",
    ],
    goodbyes: &[
        "De nada, {first}. ¡Que tenga un buen día!",
        "Gracias por contactarnos. ¡Hasta pronto!",
    ],
    first_names: &[
        "Lucía", "Mateo", "Carmen", "Javier", "Elena", "Diego", "Inés", "Álvaro",
    ],
    last_names: &[
        "Valdecasas",
        "Montealbo",
        "Riverol",
        "Castañeda Ruiz",
        "Olmedilla",
        "Peñarroja",
    ],
    streets: &["Calle del Ejemplo", "Avenida de la Prueba", "Calle Mayor"],
    cities: &["Villanueva", "Puerto Claro", "Sanjuán"],
    items: &["cafetera", "abrigo", "auricular", "lámpara"],
};
