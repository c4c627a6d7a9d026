//! Which region pack is in force: the operator's own in the data directory, or the one compiled in.
//!
//! A pack is read and checked whole before it is put in place, it is put in place by one rename, and the one before it
//! is kept beside it. It takes effect when the program starts: the words of search are built from it once.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::rules::Gazetteer;
use super::rules::import::Imported;
use super::rules::pack::{PackError, PackText};

const SETTINGS: &str = "region.toml";
const REGIONS: &str = "regions.geojson";
const ZIPS: &str = "zips.csv";
const ZIP_REGIONS: &str = "zip_regions.csv";
const ALIASES: &str = "aliases.csv";

static ACTIVE: OnceLock<Arc<Gazetteer>> = OnceLock::new();

/// The pack of this process; the compiled-in one unless another was activated first.
pub fn active() -> Arc<Gazetteer> {
    ACTIVE.get_or_init(Gazetteer::builtin).clone()
}

/// Takes the data directory's own pack for this process, if it has one. Called before anything asks for a place.
pub fn activate(data_dir: &Path) -> Result<(), PackError> {
    let dir = place(data_dir);
    if dir.is_dir() {
        let pack = Arc::new(read(&dir)?);
        if ACTIVE.set(pack.clone()).is_err() && active().settings().code != pack.settings().code {
            return Err(PackError("Another region is already in use in this process.".into()));
        }
    }
    Ok(())
}

fn place(data_dir: &Path) -> PathBuf {
    data_dir.join("region")
}

fn read(dir: &Path) -> Result<Gazetteer, PackError> {
    let text = |name: &str| {
        let path = dir.join(name);
        fs::read_to_string(&path).map_err(|e| PackError(format!("{} cannot be read: {e}.", path.display())))
    };
    let (settings, regions, zips) = (text(SETTINGS)?, text(REGIONS)?, text(ZIPS)?);
    let (zip_regions, aliases) = (text(ZIP_REGIONS)?, text(ALIASES)?);
    Gazetteer::read(PackText {
        settings: &settings,
        regions: &regions,
        zips: &zips,
        zip_regions: &zip_regions,
        aliases: &aliases,
    })
}

/// Puts a pack in place; the one before it stays beside it as `region.old`.
pub fn install(data_dir: &Path, pack: &Imported) -> Result<(), PackError> {
    let (dir, new, old) = (place(data_dir), data_dir.join("region.new"), data_dir.join("region.old"));
    let failed = |path: &Path, e: std::io::Error| PackError(format!("{} cannot be written: {e}.", path.display()));
    drop(fs::remove_dir_all(&new));
    fs::create_dir_all(&new).map_err(|e| failed(&new, e))?;
    let files = [
        (SETTINGS, &pack.settings),
        (REGIONS, &pack.regions),
        (ZIPS, &pack.zips),
        (ZIP_REGIONS, &pack.zip_regions),
        (ALIASES, &pack.aliases),
    ];
    for (name, text) in files {
        let path = new.join(name);
        fs::write(&path, text).map_err(|e| failed(&path, e))?;
    }
    // As it lies there, it must be a pack that starts.
    read(&new)?;
    if dir.is_dir() {
        drop(fs::remove_dir_all(&old));
        fs::rename(&dir, &old).map_err(|e| failed(&old, e))?;
    }
    fs::rename(&new, &dir).map_err(|e| {
        drop(fs::rename(&old, &dir));
        failed(&dir, e)
    })
}

/// Back to the compiled-in region; says whether there was another.
pub fn remove(data_dir: &Path) -> Result<bool, PackError> {
    let (dir, old) = (place(data_dir), data_dir.join("region.old"));
    if !dir.is_dir() {
        return Ok(false);
    }
    drop(fs::remove_dir_all(&old));
    fs::rename(&dir, &old).map_err(|e| PackError(format!("{} cannot be moved: {e}.", dir.display())))?;
    Ok(true)
}
