//! `instainstru region …`: an operator's own city instead of the built-in one.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::config::Config;
use crate::places::packs;
use crate::places::rules::import::{Wish, import};

#[derive(Subcommand)]
pub enum RegionCommand {
    /// Check a GeoJSON file of neighborhoods and make it the region of this marketplace.
    Import(ImportFlags),
    /// Go back to the built-in region (New York City).
    Reset,
}

#[derive(Args)]
pub struct ImportFlags {
    /// A FeatureCollection of polygons in WGS84, one per neighborhood.
    file: PathBuf,
    /// What the city is called.
    #[arg(long)]
    name: String,
    /// Its time zone, such as America/Chicago.
    #[arg(long)]
    timezone: String,
    /// The state of its addresses, such as IL.
    #[arg(long)]
    state: String,
    #[arg(long, default_value = "US")]
    country: String,
    /// The property that names a neighborhood.
    #[arg(long, default_value = "name")]
    name_field: String,
    /// The property that names its borough or town; without it there is one, the city.
    #[arg(long)]
    parent_field: Option<String>,
    /// What a parent is called: borough, district, town.
    #[arg(long, default_value = "district")]
    parent_label: String,
    /// Whose data it is, for the about page.
    #[arg(long, default_value = "the operator")]
    source: String,
    #[arg(long, default_value = "as the operator holds it")]
    licence: String,
}

pub fn run(config: &Config, command: RegionCommand) -> Result<String, String> {
    match command {
        RegionCommand::Import(flags) => bring_in(config, flags),
        RegionCommand::Reset => match packs::remove(&config.data_dir).map_err(|e| e.to_string())? {
            true => {
                Ok("The built-in region is in force from the next start on; the other is kept as region.old.".into())
            }
            false => Ok("The built-in region is in force already.".into()),
        },
    }
}

fn bring_in(config: &Config, flags: ImportFlags) -> Result<String, String> {
    let text =
        std::fs::read_to_string(&flags.file).map_err(|e| format!("{} cannot be read: {e}.", flags.file.display()))?;
    let wish = Wish {
        name: flags.name,
        timezone: flags.timezone,
        state: flags.state,
        country: flags.country,
        name_field: flags.name_field,
        parent_field: flags.parent_field,
        parent_label: flags.parent_label,
        source: flags.source,
        licence: flags.licence,
    };
    let pack = import(&text, &wish).map_err(|e| e.to_string())?;
    std::fs::create_dir_all(&config.data_dir)
        .map_err(|e| format!("{} cannot be made: {e}.", config.data_dir.display()))?;
    packs::install(&config.data_dir, &pack).map_err(|e| e.to_string())?;
    let told: String = pack.notes.iter().map(|note| format!("\nNote: {note}")).collect();
    Ok(format!("{} neighborhoods of {} are in force from the next start on.{told}", pack.count, wish.name))
}
