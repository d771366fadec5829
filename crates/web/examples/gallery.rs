//! Writes every page with sample answers to a folder, with style, script and logo beside:
//! `cargo run -p aftercare-web --example gallery -- FOLDER`, then open `FOLDER/index.html`.

#[path = "../tests/it/gallery/mod.rs"]
mod gallery;

use aftercare_web::assets;
use std::{error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let folder =
        std::env::args_os().nth(1).map(PathBuf::from).ok_or("name a folder to write to")?;
    fs::create_dir_all(&folder)?;
    for asset in assets::ALL {
        fs::write(folder.join(asset.name), asset.bytes)?;
    }
    let pages = gallery::pages();
    for (name, page) in &pages {
        fs::write(folder.join(name).with_extension("html"), page.clone().into_string())?;
    }
    let index = maud::html! {
        (maud::DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "Gallery" } link rel="stylesheet" href="style.css"; }
            body { main { h1 { "Gallery" } ul {
                @for (name, _) in &pages { li { a href={ (name) ".html" } { (name) } } }
            } } }
        }
    };
    fs::write(folder.join("index.html"), index.into_string())?;
    Ok(())
}
