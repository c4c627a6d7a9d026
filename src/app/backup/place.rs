//! Where backups go: a directory, or a bucket that gives back what it was given.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::config::Config;
use crate::app::rooms;
use crate::base::refusal::Refusal;
use crate::outside::bucket::{Bucket, BucketSettings};
use crate::site::Site;
use crate::store::backup::{self, MANIFEST, Scratch, Taken};

#[derive(Clone)]
pub enum Place {
    Dir(PathBuf),
    Bucket(Arc<Bucket>),
}

impl Place {
    /// What the configuration names.
    pub fn configured(config: &Config) -> Result<Self, String> {
        let Some(address) = &config.backup_bucket else { return Ok(Self::Dir(config.backup_dir())) };
        let key = |name: &str, value: &Option<String>| {
            value.clone().ok_or_else(|| format!("backup_bucket needs {name} beside it."))
        };
        let settings = BucketSettings {
            address: address.clone(),
            endpoint: config.s3_endpoint.clone(),
            region: config.s3_region.clone(),
            access_key: key("s3_access_key", &config.s3_access_key)?,
            secret_key: key("s3_secret_key", &config.s3_secret_key)?,
        };
        Ok(Self::Bucket(Arc::new(Bucket::new(&settings)?)))
    }

    pub fn address(&self) -> String {
        match self {
            Self::Dir(dir) => dir.display().to_string(),
            Self::Bucket(bucket) => bucket.address().to_owned(),
        }
    }

    /// Takes a proved backup of this name.
    pub(super) async fn take(&self, site: &Site, name: &str) -> Result<Taken, String> {
        match self {
            Self::Dir(into) => take_here(site, into.clone(), name).await,
            Self::Bucket(bucket) => {
                let near = scratch(&site.data_dir, "outgoing")?;
                let taken = take_here(site, near.0.clone(), name).await?;
                deliver(site, bucket, &taken, name).await?;
                Ok(Taken { path: PathBuf::from(format!("{}/{name}", bucket.address())), ..taken })
            }
        }
    }

    /// The names of what lies there.
    pub(super) async fn names(&self) -> Result<Vec<String>, String> {
        match self {
            Self::Bucket(bucket) => bucket.folders().await,
            Self::Dir(dir) => {
                let entries = std::fs::read_dir(dir).map_err(|e| format!("{} cannot be listed: {e}", dir.display()))?;
                Ok(entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect())
            }
        }
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), String> {
        match self {
            Self::Bucket(bucket) => bucket.remove(name, MANIFEST).await,
            Self::Dir(dir) => {
                let path = dir.join(name);
                std::fs::remove_dir_all(&path).map_err(|e| format!("{} cannot be removed: {e}", path.display()))
            }
        }
    }
}

/// A directory of our own beside the data, on the same disk.
pub(super) fn scratch(data_dir: &Path, name: &str) -> Result<Scratch, String> {
    Scratch::new(data_dir.join(format!(".{name}"))).map_err(|e| e.to_string())
}

async fn take_here(site: &Site, into: PathBuf, name: &str) -> Result<Taken, String> {
    let (site, name) = (site.clone(), name.to_owned());
    let work = move || {
        backup::take(&site.store, &site.data_dir, &into, (&name, site.stamp()), &rooms::catalogue())
            .map_err(|e| e.to_string())
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| Refusal::internal(e).to_string())?
}

/// Everything but the manifest goes up, comes back down and is proved; the manifest follows, and makes it count.
async fn deliver(site: &Site, bucket: &Bucket, taken: &Taken, name: &str) -> Result<(), String> {
    let manifest = taken.path.join(MANIFEST);
    let back = scratch(&site.data_dir, "returned")?;
    for file in listed(&taken.path)? {
        bucket.put(name, &file, &taken.path.join(&file)).await?;
        bucket.get(name, &file, &back.0.join("backup").join(&file)).await?;
    }
    std::fs::copy(&manifest, back.0.join("backup").join(MANIFEST)).map_err(|e| e.to_string())?;
    prove(site, &back.0).await?;
    bucket.put(name, MANIFEST, &manifest).await
}

async fn prove(site: &Site, dir: &Path) -> Result<(), String> {
    let (dir, stamp) = (dir.to_owned(), site.stamp());
    let work = move || {
        backup::restore(&dir.join("backup"), &dir.join("proof"), false, &rooms::catalogue(), stamp)
            .map(drop)
            .map_err(|e| format!("what came back from the bucket is not what went there: {e}"))
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| e.to_string())?
}

fn listed(dir: &Path) -> Result<Vec<String>, String> {
    let manifest = backup::manifest(dir).map_err(|e| e.to_string())?;
    Ok(manifest.files.into_iter().map(|file| file.path).collect())
}

/// Brings a backup from its bucket to a directory.
pub(super) async fn fetch(bucket: &Bucket, name: &str, to: &Path) -> Result<(), String> {
    bucket.get(name, MANIFEST, &to.join(MANIFEST)).await?;
    for file in listed(to)? {
        bucket.get(name, &file, &to.join(&file)).await?;
    }
    Ok(())
}
