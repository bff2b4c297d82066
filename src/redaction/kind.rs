//! The kinds of personal data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Declares the kinds once: name in code, name in records, meaning.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// A kind of personal data, as it stands in records (`"type": "EMAIL"`) and in typed replacements (`[EMAIL]`).
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum Kind {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Kind {
            /// Every kind, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name as it stands in records.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The replacement that names the kind.
            pub(crate) const fn placeholder(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!("[", $name, "]"),)+
                }
            }
        }
    };
}

kinds! {
    /// A one-time or access code.
    AccessCode = "ACCESS_CODE",
    /// A customer's, bank or other account number, or an identifier whose use is unknown.
    AccountNumber = "ACCOUNT_NUMBER",
    /// A postal address.
    Address = "ADDRESS",
    /// A booking, confirmation or ticket reference.
    BookingReference = "BOOKING_REFERENCE",
    /// The number of an insurance claim or a case.
    ClaimNumber = "CLAIM_NUMBER",
    /// A payment card number.
    CreditCard = "CREDIT_CARD",
    /// What a pattern of the policy file found.
    Custom = "CUSTOM",
    /// A date of birth.
    DateOfBirth = "DATE_OF_BIRTH",
    /// An e-mail address.
    Email = "EMAIL",
    /// An international bank account number.
    Iban = "IBAN",
    /// An IPv4 or IPv6 address.
    Ip = "IP",
    /// The hardware address of a network device.
    MacAddress = "MAC_ADDRESS",
    /// A national identity, health or tax number.
    NationalId = "NATIONAL_ID",
    /// The number of an order.
    OrderId = "ORDER_ID",
    /// A password.
    Password = "PASSWORD",
    /// A person's name.
    Person = "PERSON",
    /// A telephone number.
    Phone = "PHONE",
    /// A personal identification number.
    Pin = "PIN",
    /// The number of an insurance policy or a contract.
    PolicyNumber = "POLICY_NUMBER",
    /// A postcode.
    PostalCode = "POSTAL_CODE",
    /// A bank's routing number or sort code.
    RoutingNumber = "ROUTING_NUMBER",
    /// A key, a token or another secret of a computer system.
    Secret = "SECRET",
    /// The answer to a security question.
    SecurityAnswer = "SECURITY_ANSWER",
    /// A US social security or taxpayer number, whole or its last four digits.
    Ssn = "SSN",
    /// A web address that carries credentials or personal data.
    Url = "URL",
    /// A login name.
    Username = "USERNAME",
}

impl Kind {
    /// Whether values of this kind are redacted whatever a policy says, but for single values that it allows.
    pub(super) const fn is_mandatory(self) -> bool {
        matches!(self, Self::Email | Self::Phone)
    }

    /// Whether words can announce a value of this kind; the others are told by their form alone.
    pub(super) const fn has_cues(self) -> bool {
        !matches!(
            self,
            Self::Iban | Self::Ip | Self::MacAddress | Self::Secret
        )
    }

    /// Whether a value of this kind is made of digits, or of digits and a few letters.
    pub(super) const fn is_number(self) -> bool {
        matches!(
            self,
            Self::AccessCode
                | Self::AccountNumber
                | Self::BookingReference
                | Self::ClaimNumber
                | Self::CreditCard
                | Self::NationalId
                | Self::OrderId
                | Self::Phone
                | Self::Pin
                | Self::PolicyNumber
                | Self::PostalCode
                | Self::RoutingNumber
                | Self::Ssn
        )
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct KindSet(u32);

impl KindSet {
    pub(super) const EMPTY: Self = Self(0);

    pub(super) const fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u32)
    }

    /// The kinds of both sets.
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn contains(self, kind: Kind) -> bool {
        self.0 & 1 << kind as u32 != 0
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The first kind of the set for which `wanted` holds.
    pub(super) fn first(self, wanted: impl Fn(Kind) -> bool) -> Option<Kind> {
        if self.is_empty() {
            return None;
        }
        Kind::ALL
            .iter()
            .copied()
            .find(|&kind| self.contains(kind) && wanted(kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_spellings_agree() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(kind.placeholder(), format!("[{}]", kind.as_str()));
        }
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set = KindSet::EMPTY.with(Kind::Person).with(Kind::Pin);
        assert!(set.contains(Kind::Pin) && !set.contains(Kind::Email));
        assert_eq!(set.first(Kind::is_number), Some(Kind::Pin));
        assert_eq!(KindSet::EMPTY.first(|_| true), None);
    }
}
