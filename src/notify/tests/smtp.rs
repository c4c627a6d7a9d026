//! Mail over the wire: a server that takes what we send, one that refuses, and what becomes of it.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::notify::tables::newest;

/// A mail server of one page: keeps what it takes, refuses so many times first.
#[derive(Clone, Default)]
struct Server {
    taken: Arc<Mutex<Vec<String>>>,
    refusals: Arc<Mutex<u32>>,
}

impl Server {
    async fn start(refusals: u32) -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let server = Self { refusals: Arc::new(Mutex::new(refusals)), ..Self::default() };
        let kept = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(kept.clone().talk(stream));
            }
        });
        (server, url)
    }

    async fn talk(self, stream: TcpStream) {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let (mut letter, mut in_letter) = (String::new(), false);
        write.write_all(b"220 here\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            let answer = match (in_letter, line.as_str()) {
                (true, ".") => {
                    in_letter = false;
                    self.taken.lock().unwrap().push(std::mem::take(&mut letter));
                    "250 taken"
                }
                (true, text) => {
                    letter.push_str(text);
                    letter.push('\n');
                    continue;
                }
                (false, "DATA") => {
                    in_letter = true;
                    "354 go on"
                }
                (false, text) if text.starts_with("RCPT") && self.refuses() => "451 not now",
                (false, "QUIT") => return,
                (false, text) if text.starts_with("EHLO") => "250 here",
                _ => "250 fine",
            };
            write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
        }
    }

    fn refuses(&self) -> bool {
        let mut left = self.refusals.lock().unwrap();
        *left = left.saturating_sub(1);
        *left > 0
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

/// Writes to one address, in a live marketplace that sends through `url`.
async fn live(url: &str) -> Place0 {
    let place = booked(Mode::Live).await;
    place.site.parts.put(Transport::new(url, "Board <hello@board.example>").unwrap());
    place
}

#[tokio::test]
async fn a_live_mail_travels_with_both_prints_and_the_way_to_end_it() {
    let (server, url) = Server::start(0).await;
    let place = live(&url).await;
    place.run().await;
    let taken = server.taken();
    assert_eq!(taken.len(), 2, "one for each side");
    let letter = taken.iter().find(|letter| letter.contains("To: emma@mail.example")).unwrap();
    for part in [
        "From: \"Board bookings\" <hello@board.example>",
        "Subject: Booked: Piano",
        "Content-Type: multipart/alternative",
        "Content-Type: text/plain",
        "Content-Type: text/html",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "List-Unsubscribe: <http://localhost:8080/unsubscribe/",
        "Auto-Submitted: auto-generated",
    ] {
        assert!(letter.contains(part), "{part} is missing in {letter}");
    }
    let mails = place.site.read(|r| newest(r, None, 10)).unwrap();
    assert!(mails.iter().all(|mail| mail.status == MailStatus::Sent && mail.lease_until.is_none()), "{mails:?}");
}

#[tokio::test]
async fn a_refused_mail_is_tried_again_at_the_pauses_and_says_why() {
    let (server, url) = Server::start(3).await;
    let place = live(&url).await;
    place.run().await;
    let failed = |place: &Place0| {
        let mails = place.site.read(|r| newest(r, None, 10)).unwrap();
        mails.into_iter().filter(|mail| mail.attempts > 0 && mail.status == MailStatus::Pending).collect::<Vec<_>>()
    };
    let waiting = failed(&place);
    assert!(!waiting.is_empty());
    for mail in &waiting {
        assert!(mail.last_error.as_deref().unwrap().contains("451"), "{mail:?}");
        assert_eq!(mail.next_attempt_at, plus_seconds(place.site.now(), 30));
    }
    place.forward_to(plus_seconds(place.site.now(), 30)).await;
    assert_eq!((server.taken().len(), failed(&place).len()), (2, 0));
}

#[tokio::test]
async fn a_mail_given_up_gets_new_tries_by_hand() {
    let (server, url) = Server::start(1000).await;
    let place = live(&url).await;
    place.run().await;
    place.forward_to(plus_hours(place.site.now(), 2)).await;
    let given_up = place.site.read(|r| newest(r, None, 10)).unwrap();
    assert!(given_up.iter().all(|mail| mail.status == MailStatus::Failed && mail.attempts == 5), "{given_up:?}");
    *server.refusals.lock().unwrap() = 0;
    for mail in &given_up {
        ops::retry(&place.site, crate::site::audit::By::default(), mail.id).await.unwrap();
    }
    place.run().await;
    assert_eq!(server.taken().len(), 2);
    let again = ops::retry(&place.site, crate::site::audit::By::default(), given_up[0].id).await.unwrap_err();
    assert_eq!(again.code, "MAIL_NOT_FAILED");
}

#[tokio::test]
async fn a_try_under_way_is_left_alone_for_its_lease() {
    let (server, url) = Server::start(0).await;
    let place = live(&url).await;
    let id = place
        .site
        .write(|tx| {
            let mut mail = crate::notify::tests::letter_to(tx, "somebody@mail.example");
            mail.status = MailStatus::Sending;
            mail.lease_until = Some(plus_seconds(tx.now(), 60));
            tx.put(&crate::notify::tables::MAILS, &mail.id, &mail)?;
            Ok(mail.id)
        })
        .await
        .unwrap();
    let to_them = || server.taken().iter().filter(|letter| letter.contains("somebody@mail.example")).count();
    ops::dispatch(&place.site, id).await.unwrap();
    assert_eq!(to_them(), 0);
    place.forward_to(plus_seconds(place.site.now(), 60)).await;
    assert_eq!(to_them(), 1, "the lease ran out with whoever held it");
}
