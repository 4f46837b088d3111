//! Pictures of every view, to be looked at.

use std::fs;
use std::path::Path;

use base64::prelude::{BASE64_STANDARD, Engine};

use super::Error;
use super::browser::Browser;
use super::checks::is_live;
use super::scene::Scene;

/// Every view, wide and narrow, light and dark.
pub(super) async fn take(browser: &Browser, folder: &Path) -> Result<(), Error> {
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |source| Error::Picture { path, source }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let scene = Scene::start()?;
    for (size, width, height, mobile) in [("desktop", 1280, 800, false), ("phone", 390, 844, true)]
    {
        browser.resize(width, height, mobile).await?;
        for scheme in ["light", "dark"] {
            browser.prefer(scheme).await?;
            for (name, view) in scene.views() {
                browser.goto(&view).await?;
                if !view.contains("/page/") {
                    is_live(browser).await?;
                }
                let picture = BASE64_STANDARD
                    .decode(browser.picture().await?)
                    .map_err(|error| Error::Page(error.to_string()))?;
                let path = folder.join(format!("{name}-{size}-{scheme}.png"));
                fs::write(&path, picture).map_err(failed(&path))?;
            }
        }
    }
    Ok(())
}
