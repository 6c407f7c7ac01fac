//! Both disks by the same cases, then what only the simulated one can do.

use super::{
    Disk, OpenMode, give_back,
    mem::{Faults, MemDisk, Ops, PowerLoss},
    os::{Fsync, OsDisk},
};
use std::{
    io::ErrorKind,
    ops::ControlFlow,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// Runs a case on the real disk and on the simulated one, each with an empty folder.
fn on_both(case: impl Fn(&dyn Disk, &Path)) {
    let temporary = tempfile::tempdir().unwrap();
    case(&OsDisk::new(Fsync::On), temporary.path());
    let disk = MemDisk::new();
    disk.create_dir_all(Path::new("/a/b")).unwrap();
    case(&disk, Path::new("/a/b"));
}

#[test]
fn files() {
    on_both(|disk, dir| {
        let path = dir.join("f");
        assert_eq!(disk.open(&path, OpenMode::ReadWrite).unwrap_err().kind(), ErrorKind::NotFound);
        let file = disk.open(&path, OpenMode::CreateNew).unwrap();
        assert!(file.is_empty().unwrap());
        file.write_all_at(b"world", 6).unwrap();
        file.write_all_at(b"hello", 0).unwrap();
        assert_eq!(file.len().unwrap(), 11);
        let mut buf = [9; 11];
        file.read_exact_at(&mut buf, 0).unwrap();
        assert_eq!(&buf, b"hello\0world");
        assert_eq!(file.read_exact_at(&mut buf, 1).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        assert_eq!(file.read_exact_at(&mut buf, 1 << 40).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        file.set_len(5).unwrap();
        file.allocate(8).unwrap();
        file.allocate(3).unwrap();
        let mut buf = [9; 8];
        file.read_exact_at(&mut buf, 0).unwrap();
        assert_eq!(&buf, b"hello\0\0\0");
        assert_eq!(file.len().unwrap(), 8);
        file.sync_data().unwrap();
        assert_eq!(disk.open(&path, OpenMode::CreateNew).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(disk.open(&path, OpenMode::Create).unwrap().len().unwrap(), 8);
        assert!(disk.open(&path, OpenMode::Read).unwrap().write_all_at(b"x", 0).is_err());
    });
}

#[test]
fn names() {
    on_both(|disk, dir| {
        let at = |name: &str| dir.join(name);
        disk.create_dir_all(&at("x/y")).unwrap();
        disk.create_dir_all(&at("x/y")).unwrap();
        disk.open(&at("x/b"), OpenMode::Create).unwrap().write_all_at(b"b", 0).unwrap();
        disk.open(&at("x/a"), OpenMode::Create).unwrap();
        assert_eq!(disk.list(&at("x")).unwrap(), ["a", "b", "y"]);
        disk.rename(&at("x/b"), &at("x/a")).unwrap();
        assert_eq!(disk.open(&at("x/a"), OpenMode::Read).unwrap().len().unwrap(), 1);
        disk.sync_dir(&at("x")).unwrap();
        assert!(!disk.exists(&at("x/b")));
        assert!(disk.exists(&at("x/y")));
        disk.rename(&at("x"), &at("z")).unwrap();
        assert_eq!(disk.list(&at("z")).unwrap(), ["a", "y"]);
        disk.remove_file(&at("z/a")).unwrap();
        assert_eq!(disk.remove_file(&at("z/a")).unwrap_err().kind(), ErrorKind::NotFound);
        disk.remove_dir_all(&at("z")).unwrap();
        assert_eq!(disk.list(&at("z")).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(disk.open(&at("z/a"), OpenMode::Create).unwrap_err().kind(), ErrorKind::NotFound);
    });
}

#[test]
fn locks() {
    on_both(|disk, dir| {
        let first = disk.open(&dir.join("f"), OpenMode::Create).unwrap();
        let second = disk.open(&dir.join("f"), OpenMode::Create).unwrap();
        first.try_lock().unwrap();
        first.try_lock().unwrap();
        assert_eq!(second.try_lock().unwrap_err().kind(), ErrorKind::WouldBlock);
        drop(first);
        second.try_lock().unwrap();
    });
}

#[test]
fn only_the_owner_may_read() {
    let temporary = tempfile::tempdir().unwrap();
    let disk = OsDisk::new(Fsync::Off);
    let dir = temporary.path().join("a/b");
    disk.create_dir_all(&dir).unwrap();
    disk.open(&dir.join("f"), OpenMode::Create).unwrap();
    let mode = |path: &Path| path.metadata().unwrap().mode() & 0o777;
    assert_eq!((mode(&dir), mode(&dir.join("f"))), (0o700, 0o600));
}

fn with_file(synced: &[u8]) -> (MemDisk, PathBuf) {
    let disk = MemDisk::new();
    let path = PathBuf::from("/f");
    disk.write_file(&path, synced).unwrap();
    (disk, path)
}

#[test]
fn a_crash_kills_handles_and_frees_locks() {
    let (disk, path) = with_file(b"abc");
    let file = disk.open(&path, OpenMode::ReadWrite).unwrap();
    file.try_lock().unwrap();
    disk.crash(1);
    assert!(file.len().is_err());
    assert!(file.write_all_at(b"x", 0).is_err());
    let again = disk.open(&path, OpenMode::ReadWrite).unwrap();
    drop(file);
    again.try_lock().unwrap();
    assert_eq!(disk.read_file(&path).unwrap(), b"abc");
}

#[test]
fn names_need_their_own_sync() {
    let mut survived = 0;
    for seed in 0..50 {
        let disk = MemDisk::new();
        let file = disk.open(Path::new("/f"), OpenMode::CreateNew).unwrap();
        file.sync_data().unwrap();
        disk.crash(seed);
        survived += u32::from(disk.exists(Path::new("/f")));
    }
    assert!((10..40).contains(&survived), "{survived}");
    let disk = MemDisk::new();
    disk.open(Path::new("/f"), OpenMode::CreateNew).unwrap().write_all_at(b"x", 0).unwrap();
    disk.sync_dir(Path::new("/")).unwrap();
    disk.crash(0);
    assert!(disk.exists(Path::new("/f")));
}

#[test]
fn a_rename_survives_whole_or_not_at_all() {
    for seed in 0..50 {
        let (disk, path) = with_file(b"x");
        disk.rename(&path, Path::new("/g")).unwrap();
        disk.crash(seed);
        assert_eq!(disk.list(Path::new("/")).unwrap().len(), 1);
    }
}

#[test]
fn the_same_seed_leaves_the_same_bytes() {
    for seed in 0..50 {
        let (disk, path) = with_file(&[0; 2000]);
        let file = disk.open(&path, OpenMode::ReadWrite).unwrap();
        (0..20).for_each(|i| file.write_all_at(&[i; 700], u64::from(i) * 100).unwrap());
        let twin = disk.fork();
        disk.crash(seed);
        twin.crash(seed);
        assert_eq!(disk.read_file(&path).unwrap(), twin.read_file(&path).unwrap());
    }
}

#[test]
fn the_power_goes_at_the_planned_operation() {
    let (disk, path) = with_file(b"");
    let file = disk.open(&path, OpenMode::ReadWrite).unwrap();
    assert_eq!(disk.ops(), Ops::default());
    disk.set_faults(Faults { power_loss: Some(PowerLoss::AtWrite(2)), ..Faults::default() });
    file.write_all_at(b"1", 0).unwrap();
    file.write_all_at(b"2", 1).unwrap_err();
    file.sync_data().unwrap_err();
    disk.list(Path::new("/")).unwrap_err();
    disk.crash(3);
    let file = disk.open(&path, OpenMode::ReadWrite).unwrap();
    file.write_all_at(b"3", 0).unwrap();
    disk.set_faults(Faults { power_loss: Some(PowerLoss::AtSync(1)), ..Faults::default() });
    file.sync_data().unwrap_err();
    file.write_all_at(b"4", 0).unwrap_err();
    assert_eq!(disk.ops(), Ops { syncs: 1, writes: 3 });
}

#[test]
fn a_failing_sync_fails_when_planned() {
    let (disk, path) = with_file(b"");
    let file = disk.open(&path, OpenMode::ReadWrite).unwrap();
    disk.set_faults(Faults { failing_sync: Some(2), failing_syncs_from: Some(4), ..Faults::default() });
    let results: Vec<bool> = (0..5).map(|_| file.sync_data().is_ok()).collect();
    assert_eq!(results, [true, false, true, false, false]);
}

#[test]
fn a_full_disk_refuses_and_changes_nothing() {
    let (disk, path) = with_file(b"12345");
    let file = disk.open(&path, OpenMode::ReadWrite).unwrap();
    disk.set_faults(Faults { capacity_bytes: Some(8), ..Faults::default() });
    assert_eq!(file.write_all_at(b"abcdefg", 2).unwrap_err().kind(), ErrorKind::StorageFull);
    assert_eq!(file.allocate(9).unwrap_err().kind(), ErrorKind::StorageFull);
    assert_eq!(disk.read_file(&path).unwrap(), b"12345");
    file.write_all_at(b"abcdef", 2).unwrap();
    file.write_all_at(b"x", 7).unwrap();
    assert_eq!(file.write_all_at(b"x", 8).unwrap_err().kind(), ErrorKind::StorageFull);
}

#[test]
fn a_flipped_bit_stays() {
    let (disk, path) = with_file(b"a");
    disk.flip_bit(&path, 0, 1).unwrap();
    disk.crash(0);
    assert_eq!(disk.read_file(&path).unwrap(), b"c");
    assert!(disk.flip_bit(&path, 1, 0).is_err());
}

/// A process was killed between making a folder and making it durable. The next one finds it, and relies on it.
#[test]
fn a_folder_that_was_there_already_is_durable_too() {
    for seed in 0..20 {
        let disk = MemDisk::new();
        let dir = Path::new("/a/b");
        disk.create_dir_all(Path::new("/a")).unwrap();
        disk.set_faults(Faults { power_loss: Some(PowerLoss::AtSync(disk.ops().syncs + 2)), ..Faults::default() });
        disk.create_dir_all(dir).unwrap_err();
        disk.kill();
        assert!(disk.exists(dir), "a kill loses nothing");
        disk.create_dir_all(dir).unwrap();
        disk.crash(seed);
        assert!(disk.exists(dir), "crash {seed}");
    }
}

#[test]
fn blocks_are_given_back_piece_by_piece() {
    on_both(|disk, dir| {
        let path = dir.join("f");
        let file = disk.open(&path, OpenMode::CreateNew).unwrap();
        let lens = |end: u64| {
            file.set_len(10 << 20).unwrap();
            let mut lens = vec![];
            give_back(file.as_ref(), || {
                lens.push(file.len().unwrap() >> 20);
                if lens.last() == Some(&end) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            lens
        };
        assert_eq!(lens(99), [6, 2, 0]);
        assert_eq!(lens(6), [6]);
    });
}
