use tokio::time::Instant;

use super::*;

const LENGTH: Duration = Duration::from_secs(300);

#[tokio::test(start_paused = true)]
async fn a_pause_is_as_long_as_it_is_or_as_its_fault() {
    let force = Force::default();
    let pause = force.watch().pause(LENGTH);
    let start = Instant::now();
    pause.wait().await;
    assert_eq!(start.elapsed(), LENGTH);

    let start = Instant::now();
    let part = Duration::from_secs(7);
    tokio::join!(pause.wait(), async {
        tokio::time::sleep(part).await;
        drop(force);
    });
    assert_eq!(start.elapsed(), part);
    pause.wait().await;
    assert_eq!(start.elapsed(), part);
}
