//! A browser that has signed in before carries a signed note about it. // rule: 20§2 device cookies
//!
//! What goes wrong with the note is counted apart from what strangers get wrong, so nobody can lock an owner out of the
//! browser they use. The note is no proof of anything else: the password is asked all the same.

use crate::base::secret;

pub const DAYS: i64 = 365;
const ID_CHARS: usize = 32;

/// A note for the browser `id` (hex), bound to the account's address.
pub fn write(key: &[u8], email: &str, id: &str) -> String {
    format!("{id}.{}", mac(key, email, id))
}

/// The browser's id, if the note was written by us for this address.
pub fn read<'a>(keys: &[[u8; 32]], email: &str, note: &'a str) -> Option<&'a str> {
    let (id, given) = note.split_once('.')?;
    let sane = id.len() == ID_CHARS && id.bytes().all(|b| b.is_ascii_hexdigit());
    let genuine = |key: &[u8; 32]| secret::same(mac(key, email, id).as_bytes(), given.as_bytes());
    (sane && keys.iter().any(genuine)).then_some(id)
}

fn mac(key: &[u8], email: &str, id: &str) -> String {
    secret::hmac_sha256_hex(key, format!("{id}|{email}").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_good_for_one_address_and_only_from_us() {
        let (old, new) = ([1; 32], [2; 32]);
        let id = "0123456789abcdef0123456789abcdef";
        let note = write(&old, "a@b.co", id);
        assert_eq!(read(&[new, old], "a@b.co", &note), Some(id), "an older key still reads");
        assert_eq!(read(&[new], "a@b.co", &note), None);
        assert_eq!(read(&[old], "c@d.co", &note), None);
        for forged in ["", "1", "0123.456", &note[1..], &note.replace('0', "O")] {
            assert_eq!(read(&[old], "a@b.co", forged), None, "{forged}");
        }
    }
}
