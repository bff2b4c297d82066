//! The kinds of personal data.

use schemars::JsonSchema;
use serde::Serialize;

/// A kind of personal data, as it stands in records (`"type": "EMAIL"`) and in typed replacements (`[EMAIL]`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// A payment card number.
    CreditCard,
    /// An e-mail address.
    Email,
    /// An international bank account number.
    Iban,
    /// An IPv4 or IPv6 address.
    Ip,
    /// A telephone number.
    Phone,
    /// A US social security or taxpayer number.
    Ssn,
}

impl Kind {
    /// The name as it stands in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CreditCard => "CREDIT_CARD",
            Self::Email => "EMAIL",
            Self::Iban => "IBAN",
            Self::Ip => "IP",
            Self::Phone => "PHONE",
            Self::Ssn => "SSN",
        }
    }

    /// The replacement that names the kind.
    pub(crate) const fn placeholder(self) -> &'static str {
        match self {
            Self::CreditCard => "[CREDIT_CARD]",
            Self::Email => "[EMAIL]",
            Self::Iban => "[IBAN]",
            Self::Ip => "[IP]",
            Self::Phone => "[PHONE]",
            Self::Ssn => "[SSN]",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_spellings_agree() {
        for kind in [
            Kind::CreditCard,
            Kind::Email,
            Kind::Iban,
            Kind::Ip,
            Kind::Phone,
            Kind::Ssn,
        ] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(kind.placeholder(), format!("[{}]", kind.as_str()));
        }
    }
}
