//! The registered keys, and tokens that they signed.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use ed25519_dalek::Signer as _;
use p256::ecdsa;
use playback_policy::{AccountKey, AccountKeys};

/// When tokens are looked at: in the life of [`rsa_token`].
pub(crate) const NOW: i64 = 1_767_229_200;

/// An RSA key that OpenSSL made; what it signed with was thrown away.
const RSA: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAn901BK+mGglmvnYFbp3+1w0MSPFj2c51tByJRxBkqnq4bKyfm+DsbeL1Xllphgh0ILE1kXvcm55LqMoj8tSrjCNS3cI6+HI2YVDAZLVJMPQGvA8GDqQBVXrxGAIRr2bgh6zv9lXlwppw7HoY6XRiAko/++YaElTGadQtrBKG0EzoTBvM8mSqoyO3OjReX/rulOX+gdSDJIp3/lum9BMePAD2wtRVZuR93LSIwszXX58HqAZxj0dT/aKy+omwHmNCxekK7HNQZfbya99O1lk/z2oTsPIrYC38e4EDA5JZJc27j4zm8wrF5bElq/++0jS1lbQsiiYcVXN4I5yTWDdcAQIDAQAB";
const RSA_HEADER: &str = r#"{"alg":"RS256","type":"JWT"}"#;
const RSA_CLAIMS: &str =
    r#"{"accid":"938456","iat":1767225600,"exp":1767312000,"vids":["132413"]}"#;
const RSA_SIGNATURE: &str = "YCwE-nnlITwwVhOU4Yhx-VZvPr2OulbTd8TtHAtLg689wg-u97BCIwaiUY4B7RNDx-2beJeONk0YqbeKn4spy8lpw0vfWnA9mDdZKsv3lGfr6ggFfTN2-zJaK8_Yq-Yr1gIwt4w9YqFHB1vAp72V7i_iEoLesMl0274ejtumkKOwIe4B2I70MNxNG1IhQpSDPDd1H73aL-fdOPw_tVV0p4Pl5kn23fAnFujDT6HgBp8v-p_Ofo6WD1mR29HtFqHzlu0bguwWW7Oi0ilme7IMoKCfWtfbtxxbVIXdiNNCTKkJXBg8IF6O_bfP2y1XL-bvmQRA8bd6AZQi5Q08fdYGeA";

/// What stands before the key in the DER of an Ed25519 key, RFC 8410 §4.
const ED_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
/// What stands before the point in the DER of a P-256 key, RFC 5480 §2.
#[rustfmt::skip]
const EC_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 3, 1, 7, 3, 0x42, 0,
];

/// A key that signs here, with a secret anybody can read. Neither draws random numbers, so that the
/// same text has the same signature.
#[derive(Clone, Copy)]
pub(super) enum Signer {
    P256,
    Ed25519,
}

impl Signer {
    pub(super) const ALL: [Self; 2] = [Self::P256, Self::Ed25519];

    /// As headers name it.
    pub(super) fn algorithm(self) -> &'static str {
        match self {
            Self::P256 => "ES256",
            Self::Ed25519 => "EdDSA",
        }
    }

    /// The token of a header and claims that are encoded already.
    pub(super) fn sign(self, content: &str) -> String {
        let signature = match self {
            Self::P256 => {
                let signature: ecdsa::Signature = p256().sign(content.as_bytes());
                encode(signature.to_bytes())
            }
            Self::Ed25519 => encode(ed25519().sign(content.as_bytes()).to_bytes()),
        };
        format!("{content}.{signature}")
    }
}

fn p256() -> ecdsa::SigningKey {
    ecdsa::SigningKey::from_slice(&[1; 32]).expect("a secret")
}

fn ed25519() -> ed25519_dalek::SigningKey {
    ed25519_dalek::SigningKey::from_bytes(&[1; 32])
}

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// One key of each algorithm.
pub(super) fn registered() -> AccountKeys {
    let rsa = STANDARD.decode(RSA).expect("base64");
    let point = p256().verifying_key().to_sec1_point(false);
    let ec = [EC_PREFIX.as_slice(), point.as_bytes()].concat();
    let ed = [ED_PREFIX.as_slice(), ed25519().verifying_key().as_bytes()].concat();
    let key = |id, der: &[u8]| AccountKey::new(id, der).expect("a key");
    AccountKeys::new(vec![key("rsa", &rsa), key("ec", &ec), key("ed", &ed)]).expect("three keys")
}

/// The one token that the RSA key ever signed.
pub(super) fn rsa_token() -> String {
    let (header, claims) = (encode(RSA_HEADER), encode(RSA_CLAIMS));
    format!("{header}.{claims}.{RSA_SIGNATURE}")
}
