//! The directory that holds everything the service keeps: made, locked and written to with care.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Makes the directory and its parents, readable for nobody but the user the service runs as. One that is there
/// already stays as it is.
///
/// # Errors
/// When it can't be made, or something else has its name.
pub fn create(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Keeps other processes from setting up the same directory while it lives.
#[derive(Debug)]
pub struct SetupLock {
    _file: File,
}

/// Waits until no other process sets something up in `dir`: a schema, a key. Held for milliseconds.
///
/// Blocks the thread; the kernel releases the lock when its holder dies.
///
/// # Errors
/// When the lock file can't be made or locked.
pub fn lock_for_setup(dir: &Path) -> io::Result<SetupLock> {
    let path = dir.join("setup.lock");
    touch_private(&path)?;
    let file = File::open(path)?;
    file.lock()?;
    Ok(SetupLock { _file: file })
}

/// Keeps a second server away from the same directory while it lives.
#[derive(Debug)]
pub struct ServeLock {
    _file: File,
}

/// Takes the directory for a server. The kernel gives it back when the server dies, however it does.
///
/// # Errors
/// When another server has it, or the lock file can't be made.
pub fn lock_for_serving(dir: &Path) -> io::Result<ServeLock> {
    let path = dir.join("serve.lock");
    touch_private(&path)?;
    let file = File::open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(ServeLock { _file: file }),
        Err(fs::TryLockError::Error(error)) => Err(error),
        Err(fs::TryLockError::WouldBlock) => Err(io::Error::new(
            io::ErrorKind::WouldBlock,
            format!(
                "another msnpd serves from {}: stop it, or give this one a data directory of its own",
                dir.display()
            ),
        )),
    }
}

/// Whether a server runs on the directory.
///
/// # Errors
/// When the lock file can't be read.
pub fn is_served(dir: &Path) -> io::Result<bool> {
    let file = match File::open(dir.join("serve.lock")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        file => file?,
    };
    // Had for an instant only, and not alone: others who look are not in each other's way.
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(fs::TryLockError::Error(error)) => Err(error),
        Err(fs::TryLockError::WouldBlock) => Ok(true),
    }
}

/// Makes an empty file that only its owner may read, if there is none.
///
/// # Errors
/// When it can't be made.
pub fn touch_private(path: &Path) -> io::Result<()> {
    match create_private(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Makes a file that only its owner may read, to append to.
///
/// # Errors
/// When it can't be made, or is there already.
pub fn create_private(path: &Path) -> io::Result<File> {
    let file = readable_by(Readers::Owner, OpenOptions::new().create_new(true).append(true)).open(path)?;
    give_to_owner(&file, path)?;
    Ok(file)
}

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Everyone: a certificate.
    Everyone,
    /// Only the user that the service runs as: a key.
    Owner,
}

/// Puts `contents` at `path` so that whoever looks, also after a power cut, finds the old contents or the new ones, never
/// a part. Whoever may race with others for the same file holds the [`SetupLock`].
///
/// # Errors
/// When the directory can't be written.
pub fn replace(path: &Path, contents: &[u8], readers: Readers) -> io::Result<()> {
    let temporary = temporary(path);
    // What a crash has left there may have other permissions, and these are only given to a file that is made.
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = readable_by(readers, OpenOptions::new().create_new(true).write(true)).open(&temporary)?;
    give_to_owner(&file, path)?;
    file.write_all(contents)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    // The new name is on the disk only when its directory is.
    #[cfg(unix)]
    File::open(directory_of(path))?.sync_all()?;
    Ok(())
}

/// The contents of `path`, `None` when there is no such file.
///
/// # Errors
/// When there is one and it can't be read.
pub fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(contents) => Ok(Some(contents)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Beside the file, and another one for each: `ca.pem` and `ca.key` may be written at the same time.
fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

/// A file that the administrator makes, by `sudo msnpd user …`, must be one that the server can read: it gets the owner
/// of its directory.
fn give_to_owner(file: &File, path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};

        let (dir, made) = (fs::metadata(directory_of(path))?, file.metadata()?);
        if dir.uid() != made.uid() && made.uid() == 0 {
            fchown(file, Some(dir.uid()), Some(dir.gid()))?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn readable_by(readers: Readers, options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(
        options,
        match readers {
            Readers::Everyone => 0o644,
            Readers::Owner => 0o600,
        },
    );
    #[cfg(not(unix))]
    let _ = readers;
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn is_for_nobody_else() {
        use std::os::unix::fs::PermissionsExt;

        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("a/b");
        create(&dir).unwrap();
        create(&dir).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&dir), 0o700);
        let file = dir.join("secret.key");
        // A crash has left a part behind.
        fs::write(temporary(&file), "half of i").unwrap();
        assert_eq!(read(&file).unwrap(), None);
        replace(&file, b"one", Readers::Owner).unwrap();
        replace(&file, b"two", Readers::Owner).unwrap();
        assert_eq!((mode(&file), read(&file).unwrap()), (0o600, Some(b"two".to_vec())));
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
        let public = dir.join("public.pem");
        replace(&public, b"three", Readers::Everyone).unwrap();
        // The umask may take some of it away.
        assert_eq!(mode(&public) & !0o044, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn what_root_makes_belongs_to_the_directorys_owner() {
        use std::os::unix::fs::{MetadataExt, chown};

        let temp = tempfile::tempdir().unwrap();
        // Only root can try it.
        if chown(temp.path(), Some(12_345), Some(12_345)).is_err() {
            return;
        }
        let [lock, key, certificate] =
            ["setup.lock", "some.key", "some.pem"].map(|name| temp.path().join(name));
        drop(lock_for_setup(temp.path()).unwrap());
        replace(&key, b"x", Readers::Owner).unwrap();
        replace(&certificate, b"x", Readers::Everyone).unwrap();
        for file in [lock, key, certificate] {
            let made = fs::metadata(file).unwrap();
            assert_eq!((made.uid(), made.gid()), (12_345, 12_345));
        }
    }

    #[test]
    fn is_set_up_by_one_at_a_time() {
        let temp = tempfile::tempdir().unwrap();
        let lock = lock_for_setup(temp.path()).unwrap();
        let other = File::open(temp.path().join("setup.lock")).unwrap();
        assert!(other.try_lock().is_err());
        drop(lock);
        other.lock().unwrap();
    }
}
