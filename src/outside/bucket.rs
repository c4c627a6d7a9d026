//! An S3-compatible bucket: folders of files, put in, taken out, listed and removed.
//!
//! Large files travel in parts, so neither side holds one in memory. A request that fails on the way is repeated by the
//! client. Nothing here knows what the files mean.

use std::path::Path;
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use object_store::aws::AmazonS3Builder;
use object_store::path::Path as Name;
use object_store::{ObjectStore, ObjectStoreExt as _, WriteMultipart};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Bytes of one part; S3 takes up to 10,000 of them.
const PART: usize = 16 * 1024 * 1024;
const PARTS_AT_ONCE: usize = 4;

/// Where a bucket is, and who may use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketSettings {
    /// `s3://bucket/prefix`.
    pub address: String,
    /// Another provider's URL; Amazon's own when left out.
    pub endpoint: Option<String>,
    pub region: Option<String>,
    pub access_key: String,
    pub secret_key: String,
}

pub struct Bucket {
    store: Arc<dyn ObjectStore>,
    prefix: Name,
    address: String,
}

impl Bucket {
    pub fn new(settings: &BucketSettings) -> Result<Self, String> {
        let (bucket, prefix) = parts(&settings.address)?;
        super::choose_tls();
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(settings.region.as_deref().unwrap_or("us-east-1"))
            .with_access_key_id(&settings.access_key)
            .with_secret_access_key(&settings.secret_key);
        if let Some(endpoint) = &settings.endpoint {
            builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
        }
        let store = builder.build().map_err(|e| format!("{} cannot be used: {e}", settings.address))?;
        Ok(Self { store: Arc::new(store), prefix: Name::from(prefix), address: settings.address.clone() })
    }

    /// As it was configured.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn name(&self, folder: &str, file: &str) -> Name {
        Name::from(format!("{}/{folder}/{file}", self.prefix))
    }

    fn failed(&self, what: &str, error: impl std::fmt::Display) -> String {
        format!("{} {what}: {error}", self.address)
    }

    /// Puts a local file in; it is there whole or not at all.
    pub async fn put(&self, folder: &str, file: &str, from: &Path) -> Result<(), String> {
        let failed = |e: &dyn std::fmt::Display| self.failed(&format!("did not take {folder}/{file}"), e);
        let mut input = tokio::fs::File::open(from).await.map_err(|e| failed(&e))?;
        let name = self.name(folder, file);
        if input.metadata().await.map_err(|e| failed(&e))?.len() < PART as u64 {
            let mut bytes = Vec::new();
            input.read_to_end(&mut bytes).await.map_err(|e| failed(&e))?;
            return self.store.put(&name, bytes.into()).await.map(drop).map_err(|e| failed(&e));
        }
        let upload = self.store.put_multipart(&name).await.map_err(|e| failed(&e))?;
        let mut parts = WriteMultipart::new_with_chunk_size(upload, PART);
        let mut buffer = vec![0; 1024 * 1024];
        loop {
            match input.read(&mut buffer).await.map_err(|e| failed(&e))? {
                0 => break,
                n => {
                    parts.wait_for_capacity(PARTS_AT_ONCE).await.map_err(|e| failed(&e))?;
                    parts.write(&buffer[..n]);
                }
            }
        }
        parts.finish().await.map(drop).map_err(|e| failed(&e))
    }

    /// Writes a file of the bucket to disk, making directories on the way.
    pub async fn get(&self, folder: &str, file: &str, to: &Path) -> Result<(), String> {
        let failed = |e: &dyn std::fmt::Display| self.failed(&format!("did not give {folder}/{file}"), e);
        if let Some(dir) = to.parent() {
            tokio::fs::create_dir_all(dir).await.map_err(|e| failed(&e))?;
        }
        let mut output = tokio::fs::File::create(to).await.map_err(|e| failed(&e))?;
        let mut parts = self.store.get(&self.name(folder, file)).await.map_err(|e| failed(&e))?.into_stream();
        while let Some(part) = parts.try_next().await.map_err(|e| failed(&e))? {
            output.write_all(&part).await.map_err(|e| failed(&e))?;
        }
        output.sync_all().await.map_err(|e| failed(&e))
    }

    /// The folders there are.
    pub async fn folders(&self) -> Result<Vec<String>, String> {
        let listed = self.store.list_with_delimiter(Some(&self.prefix)).await;
        let listed = listed.map_err(|e| self.failed("cannot be listed", e))?;
        Ok(listed.common_prefixes.iter().filter_map(|name| name.filename().map(str::to_owned)).collect())
    }

    /// Removes a folder. `first` goes first: without it the rest means nothing, however far this comes.
    pub async fn remove(&self, folder: &str, first: &str) -> Result<(), String> {
        let failed = |e: object_store::Error| self.failed(&format!("did not remove {folder}"), e);
        match self.store.delete(&self.name(folder, first)).await {
            Err(error) if !matches!(error, object_store::Error::NotFound { .. }) => return Err(failed(error)),
            _ => {}
        }
        let files = self.store.list(Some(&self.name(folder, ""))).try_collect::<Vec<_>>().await.map_err(failed)?;
        for file in files {
            self.store.delete(&file.location).await.map_err(failed)?;
        }
        Ok(())
    }
}

/// Bucket and prefix of `s3://bucket/prefix`.
fn parts(address: &str) -> Result<(&str, &str), String> {
    let rest = address.strip_prefix("s3://").ok_or_else(|| format!("{address:?} is not like s3://bucket/prefix"))?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.is_empty() {
        return Err(format!("{address:?} names no bucket"));
    }
    Ok((bucket, prefix.trim_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn addresses_name_a_bucket_and_a_prefix() {
        assert_eq!(parts("s3://shop/backups/nyc/"), Ok(("shop", "backups/nyc")));
        assert_eq!(parts("s3://shop"), Ok(("shop", "")));
        assert!(parts("https://shop").is_err() && parts("s3:///x").is_err());
    }
}
