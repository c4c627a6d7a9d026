//! A passkey in software: one P-256 key that answers the browser's calls, honestly or not.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

pub struct Authenticator {
    key: EcdsaKeyPair,
    rng: SystemRandom,
    pub id: Vec<u8>,
    /// Whose it is, as the site said at registration.
    handle: String,
    /// Grows with every use, as an honest one does.
    pub count: u32,
    pub origin: String,
    /// Off: as if somebody merely touched it.
    pub verifies: bool,
}

fn text(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn client_data(kind: &str, challenge: &Value, origin: &str) -> Vec<u8> {
    json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false }).to_string().into_bytes()
}

impl Authenticator {
    /// Makes a key as `navigator.credentials.create` would, and answers what the browser would send.
    pub fn create(options: &Value, origin: &str) -> (Self, Value) {
        let wanted = &options["publicKey"];
        assert_eq!(wanted["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(wanted["authenticatorSelection"]["userVerification"], "required");
        assert!(wanted["attestation"].is_null() || wanted["attestation"] == "none");
        let rng = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &rng).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &rng).unwrap();
        let id = digest(&SHA256, key.public_key().as_ref()).as_ref().to_vec();
        let handle = wanted["user"]["id"].as_str().unwrap().to_owned();
        let made = Self { key, rng, id, handle, count: 1, origin: origin.to_owned(), verifies: true };
        let client = client_data("webauthn.create", &wanted["challenge"], origin);
        let mut data = made.data(wanted["rp"]["id"].as_str().unwrap(), ATTESTED);
        data.extend([0; 16]);
        data.extend([0, 32]);
        data.extend(&made.id);
        data.extend(made.public_key());
        // {"fmt": "none", "attStmt": {}, "authData": …}
        let mut object = vec![0xA3, 0x63];
        object.extend(b"fmt\x64none\x67attStmt\xA0\x68authData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(&data);
        let response = json!({ "attestationObject": text(object), "clientDataJSON": text(client) });
        let answer =
            json!({ "id": text(&made.id), "rawId": text(&made.id), "type": "public-key", "response": response });
        (made, answer)
    }

    /// Signs as `navigator.credentials.get` would.
    pub fn sign(&mut self, options: &Value) -> Value {
        let wanted = &options["publicKey"];
        self.count += 1;
        let data = self.data(wanted["rpId"].as_str().unwrap(), 0);
        let client = client_data("webauthn.get", &wanted["challenge"], &self.origin);
        let signed = [data.as_slice(), digest(&SHA256, &client).as_ref()].concat();
        let signature = self.key.sign(&self.rng, &signed).unwrap();
        let response = json!({
            "authenticatorData": text(&data), "clientDataJSON": text(client), "signature": text(signature),
            "userHandle": self.handle,
        });
        json!({ "id": text(&self.id), "rawId": text(&self.id), "type": "public-key", "response": response })
    }

    fn data(&self, rp_id: &str, more: u8) -> Vec<u8> {
        let mut out = digest(&SHA256, rp_id.as_bytes()).as_ref().to_vec();
        out.push(PRESENT | if self.verifies { VERIFIED } else { 0 } | more);
        out.extend(self.count.to_be_bytes());
        out
    }

    /// COSE: {kty: EC2, alg: ES256, crv: P-256, x, y}.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let mut out = vec![0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        out.extend(&point[1..33]);
        out.extend([0x22, 0x58, 0x20]);
        out.extend(&point[33..]);
        out
    }
}
