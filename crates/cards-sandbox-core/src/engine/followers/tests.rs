use tokio::time::{Instant, sleep};

use super::*;

/// Tells whether the place is still its holder's.
fn stays(place: &mut Place) -> bool {
    !place.ending().has_come()
}

#[tokio::test]
async fn the_oldest_idle_one_makes_room() {
    let followers = Arc::new(Followers::new(2));
    let mut first = followers.enter().await.unwrap();
    let mut second = followers.enter().await.unwrap();
    first.is_busy();
    assert!(stays(&mut first) && stays(&mut second));
    let enter = tokio::spawn({
        let followers = Arc::clone(&followers);
        async move { followers.enter().await.unwrap() }
    });
    second.ending().wait().await;
    assert!(stays(&mut first));
    drop(second);
    let mut third = enter.await.unwrap();
    assert!(stays(&mut first) && stays(&mut third));
    // One that was told is not taken for busy again.
    first.is_busy();
    drop((first, third));
    assert!(followers.idle().ends.is_empty());
    assert_eq!(followers.places.available_permits(), 2);
}

#[tokio::test(start_paused = true)]
async fn many_who_come_at_once_come_in_one_after_the_other() {
    let followers = Arc::new(Followers::new(1));
    let stay = |followers: Arc<Followers>| async move {
        let mut place = followers.enter().await.unwrap();
        place.ending().wait().await;
    };
    let started = Instant::now();
    let all: Vec<_> = (0..5)
        .map(|_| tokio::spawn(stay(Arc::clone(&followers))))
        .collect();
    let last = async {
        sleep(Duration::from_secs(20)).await;
        followers.idle().ends.pop_first()
    };
    assert!(last.await.is_some());
    for one in all {
        one.await.unwrap();
    }
    assert!(started.elapsed() < Duration::from_secs(60));
}
