//! More writes than the disk takes: a bounded queue, a clear refusal, and figures that say so.

use std::sync::mpsc;

use super::*;
use crate::base::limits::{WRITE_BATCH, WRITE_QUEUE};

#[test]
fn a_full_queue_refuses_at_once_and_loses_nothing_it_took() {
    let store = Store::in_memory().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (go, wait) = mpsc::channel::<()>();
    let (started, has_started) = mpsc::channel();
    // A disk that takes long, played by a write that waits.
    let mut slow = Box::pin(store.write(stamp(), move |_| {
        started.send(()).unwrap();
        let _ = wait.recv();
        Ok(())
    }));
    let write = |n: u64| store.write(stamp(), move |tx| tx.put(&ROWS, &n, &row("red")));
    runtime.block_on(async {
        let polled = futures_util::poll!(slow.as_mut());
        assert!(polled.is_pending());
        has_started.recv().unwrap();
        let mut queued: Vec<_> = (0..WRITE_QUEUE as u64).map(|n| Box::pin(write(n))).collect();
        for write in &mut queued {
            assert!(futures_util::poll!(write.as_mut()).is_pending());
        }
        assert_eq!(store.figures().queued, WRITE_QUEUE as u64);
        let refused = write(1 << 40).await.unwrap_err();
        assert_eq!((refused.status, refused.code), (503, "OVERLOADED"));
        assert_eq!(refused.extra["retry_after"], 1);
        go.send(()).unwrap();
        slow.await.unwrap();
        for write in queued {
            write.await.unwrap();
        }
    });
    let figures = store.figures();
    // The write that waited changed nothing, but it was answered too.
    assert_eq!((figures.queued, figures.largest_batch), (0, WRITE_BATCH as u64));
    assert_eq!(figures.writes, WRITE_QUEUE as u64);
    assert!(
        figures.commits >= (WRITE_QUEUE / WRITE_BATCH) as u64 && figures.commit_micros >= figures.slowest_commit_micros
    );
    let snapshot = store.snapshot().unwrap();
    assert_eq!(snapshot.scan(&ROWS, Span::all(), 2 * WRITE_QUEUE, Dir::Up).unwrap().len(), WRITE_QUEUE);
}
