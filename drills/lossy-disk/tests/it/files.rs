//! Plain files.

use std::fs::{File, OpenOptions, metadata, read};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;

use crate::process::{Disk, Script};

pub(crate) const SCRIPTS: &[Script] = &[
    ("one synchronised write and one that is not", |folder| {
        let mut file = File::create(folder.join("file")).unwrap();
        file.write_all(b"kept").unwrap();
        file.sync_data().unwrap();
        file.write_all(b"lost").unwrap();
    }),
    ("a look at what is not synchronised", |folder| {
        let path = folder.join("file");
        let mut file = File::options().create(true).truncate(true).read(true).write(true).open(&path).unwrap();
        file.write_all(&[1; 1000]).unwrap();
        file.write_all_at(&[2; 100], 450).unwrap();
        assert_eq!((metadata(&path).unwrap().len(), file.metadata().unwrap().len()), (1000, 1000));
        assert_eq!(file.seek(SeekFrom::End(-600)).unwrap(), 400);
        let mut part = [0; 200];
        file.read_exact(&mut part).unwrap();
        assert_eq!((&part[..50], &part[50..150], &part[150..]), (&[1; 50][..], &[2; 100][..], &[1; 50][..]));
        let mut copy = file.try_clone().unwrap();
        drop(file);
        assert_eq!(copy.read(&mut [0; 1000]).unwrap(), 400);
        drop(copy);
        assert_eq!(read(&path).unwrap().len(), 1000);
    }),
    ("shorter, and longer again", |folder| {
        let path = folder.join("file");
        let file = File::options().read(true).write(true).open(&path).unwrap();
        file.set_len(700).unwrap();
        file.write_all_at(&[5], 2000).unwrap();
        file.set_len(3000).unwrap();
        let seen = read(&path).unwrap();
        assert_eq!((seen[699], seen[700], seen[1999], seen[2000], seen.len()), (7, 0, 0, 5, 3000));
        if folder.join("keep").exists() {
            file.sync_all().unwrap();
        }
    }),
    ("appending", |folder| {
        let mut file = OpenOptions::new().append(true).create(true).open(folder.join("file")).unwrap();
        file.write_all(b"one").unwrap();
        file.write_all(b" two").unwrap();
        file.sync_data().unwrap();
        file.write_all(b" three").unwrap();
    }),
    ("emptied by opening", |folder| {
        drop(File::create(folder.join("file")).unwrap());
        assert_eq!(metadata(folder.join("file")).unwrap().len(), 0);
    }),
    ("replaced by renaming", |folder| {
        std::fs::write(folder.join("new"), "new").unwrap();
        std::fs::rename(folder.join("new"), folder.join("file")).unwrap();
        assert_eq!(read(folder.join("file")).unwrap(), b"new");
    }),
    ("removed and made again", |folder| {
        let path = folder.join("file");
        std::fs::write(&path, "first").unwrap();
        std::fs::remove_file(&path).unwrap();
        let mut second = File::create(&path).unwrap();
        assert_eq!(second.metadata().unwrap().len(), 0);
        second.write_all(b"2nd").unwrap();
        second.sync_all().unwrap();
    }),
    ("every other place", |folder| {
        let file = File::create(folder.join("file")).unwrap();
        for number in 0..1000 {
            file.write_all_at(&[9; 512], number * 1024).unwrap();
        }
    }),
    ("beside the folder", |folder| {
        std::fs::write(folder.parent().unwrap().join("beside"), "not ours").unwrap();
    }),
];

#[test]
fn what_was_synchronised_is_there_after_a_power_cut_and_the_rest_is_not() {
    let disk = Disk::new();
    assert_eq!(disk.run("one synchronised write and one that is not").content("file"), b"kept");
}

#[test]
fn a_disk_that_lies_keeps_nothing_although_it_said_so() {
    let disk = Disk::lying();
    assert_eq!(disk.run("one synchronised write and one that is not").content("file"), b"");
}

#[test]
fn the_process_itself_sees_what_it_wrote() {
    let disk = Disk::new();
    assert_eq!(disk.run("a look at what is not synchronised").content("file"), b"");
}

#[test]
fn a_file_that_shrinks_and_grows_holds_zeros_between_and_is_as_before_without_a_sync() {
    let disk = Disk::new();
    std::fs::write(disk.file("file"), [7; 1500]).unwrap();
    assert_eq!(disk.run("shorter, and longer again").content("file"), [7; 1500]);
    std::fs::write(disk.file("keep"), "").unwrap();
    let kept = disk.run("shorter, and longer again").content("file");
    assert_eq!((&kept[..700], kept[2000], kept.len()), (&[7; 700][..], 5, 3000));
    assert!(kept[700..2000].iter().chain(&kept[2001..]).all(|byte| *byte == 0));
}

#[test]
fn appended_lines_follow_each_other() {
    let disk = Disk::new();
    assert_eq!(disk.run("appending").content("file"), b"one two");
    assert_eq!(disk.run("appending").content("file"), b"one twoone two");
}

#[test]
fn emptying_a_file_is_a_write_like_any_other() {
    let disk = Disk::new();
    std::fs::write(disk.file("file"), "before").unwrap();
    assert_eq!(disk.run("emptied by opening").content("file"), b"before");
}

#[test]
fn a_name_moves_at_once_and_its_content_is_lost_all_the_same() {
    let disk = Disk::new();
    std::fs::write(disk.file("file"), "old").unwrap();
    assert_eq!(disk.run("replaced by renaming").content("file"), b"");
}

#[test]
fn a_new_file_under_an_old_name_begins_empty() {
    let disk = Disk::new();
    assert_eq!(disk.run("removed and made again").content("file"), b"2nd");
}

#[test]
fn a_disk_that_leaks_has_some_of_the_sectors_and_others_with_another_seed() {
    let kept = |seed| {
        let disk = Disk::leaking(30, seed);
        let content = disk.run("every other place").content("file");
        content.chunks(512).map(|sector| sector[0] == 9).collect::<Vec<_>>()
    };
    let (first, second) = (kept(1), kept(2));
    let n_kept = first.iter().filter(|kept| **kept).count();
    assert!((200..400).contains(&n_kept), "{n_kept} of 1000");
    assert_ne!(first, second);
}

#[test]
fn what_lies_outside_of_the_folder_is_written_as_ever() {
    let disk = Disk::new();
    disk.run("beside the folder");
    assert_eq!(disk.content("../beside"), b"not ours");
}
